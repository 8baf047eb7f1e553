# The resolved SEI as a part: its block alone, and solved together with the rings.
lisei_verification_test(sei_part test_sei_part.c RANKS 1 LIBS lisei_solver)
lisei_verification_test(sei_corners test_sei_corners.c RANKS 1 LIBS lisei_solver)
lisei_verification_test(sei_field test_sei_field.c RANKS 1 LIBS lisei_solver)
lisei_verification_test(sei_coupled test_sei_coupled.c RANKS 1 LIBS lisei_test_coupled)
lisei_verification_test(sei_large test_sei_large.c RANKS 1 2 3 4 LIBS lisei_solver)
