add_library(lisei_test_coupled STATIC ${CMAKE_CURRENT_SOURCE_DIR}/../support/coupled.c)
target_link_libraries(lisei_test_coupled PUBLIC lisei_solver PRIVATE lisei_flags)
lisei_verification_test(test_interface_newton test_interface_newton.c RANKS 1 LIBS lisei_test_coupled)
lisei_verification_test(test_time test_time.c RANKS 1 LIBS lisei_test_coupled)
