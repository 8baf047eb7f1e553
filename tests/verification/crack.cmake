# The closed forms of crack and contact against boundary elements and the cylindrical grid.
lisei_verification_test(crack_network test_crack_network.c RANKS 1 LIBS lisei_solver)
