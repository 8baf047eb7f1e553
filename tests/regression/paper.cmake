# Verdicts and held-out counts of the sets of the paper, and the report about them.
add_test(NAME regression/paper COMMAND ${LISEI_PYTHON} -m unittest -v test_paper WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(regression/paper PROPERTIES LABELS regression TIMEOUT 900
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;PYTHONDONTWRITEBYTECODE=1")
