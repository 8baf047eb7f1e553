# scripts/reproduce: its checks on curves that are known, its counts, and small sets with the program.
add_test(NAME application/reproduce COMMAND ${LISEI_PYTHON} -m unittest -v test_reproduce WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(application/reproduce PROPERTIES LABELS application TIMEOUT 600
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;PYTHONDONTWRITEBYTECODE=1")
