# The bulk operators: sources relative to solver/, and what they need beside PETSc and HDF5. PETSc's shared library does not pass
# LAPACK on to those who link it.
find_package(LAPACK REQUIRED)
set(LISEI_BULK_SOURCES
    bulk.c
    bulk_cache.c
    bulk_condensed.c
    bulk_condensed_direct.c
    bulk_dense.c
    bulk_electrode.c
    bulk_face.c
    bulk_field.c
    bulk_field_nonlinear.c
    bulk_halfspace.c
    bulk_network.c
    bulk_separable.c
    bulk_solver.c)
