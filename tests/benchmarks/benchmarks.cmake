# Not a measurement: that the script still runs, reads the output of lisei and writes its tables.
add_test(NAME application/benchmarks COMMAND ${LISEI_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/run --quick --only startup
                                             --only discretisation --binary $<TARGET_FILE:lisei>)
set_tests_properties(application/benchmarks PROPERTIES LABELS application TIMEOUT 300 ENVIRONMENT "${LISEI_TEST_ENVIRONMENT}"
                     PASS_REGULAR_EXPRESSION "64 x 96 \\| [0-9.e-]+ \\| (1\\.9|2\\.)" FAIL_REGULAR_EXPRESSION "missed")
