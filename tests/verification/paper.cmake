# The equations of the paper with its own numbers.
lisei_verification_test(paper_equations test_paper_equations.c RANKS 1 LIBS lisei_solver)
