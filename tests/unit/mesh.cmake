# The grids, and what of the bulk operators needs no exact solution: refused input, the cache on disk.
lisei_unit_test(grid test_grid.c lisei_mesh)
lisei_unit_test(bulk_input test_bulk_input.c lisei_solver)
lisei_unit_test(bulk_cache test_bulk_cache.c lisei_solver)
