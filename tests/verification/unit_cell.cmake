# The three-dimensional unit cell: exact and published values; manufactured solutions.
lisei_verification_test(unit_cell test_unit_cell.c RANKS 1 LIBS lisei_solver lisei_microstructure)
lisei_verification_test(unit_cell_manufactured test_unit_cell_manufactured.c RANKS 1 2 LIBS lisei_solver)
