# The lithium body on its grid: flows against closed forms, motion, volume.
lisei_verification_test(body_flow test_body_flow.c RANKS 1 LIBS lisei_solver)
lisei_verification_test(body_motion test_body_motion.c RANKS 1 LIBS lisei_solver)
