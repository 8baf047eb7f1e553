# The mesh and the bulk operators against exact solutions.
lisei_verification_test(disk_primary test_disk_primary.c RANKS 1 2 LIBS lisei_solver)
lisei_verification_test(disk_film test_disk_film.c RANKS 1 LIBS lisei_solver)
