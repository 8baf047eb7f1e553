# A few numbers per deck of inputs/, so that a change of them does not go unnoticed.
add_test(NAME regression/decks COMMAND ${LISEI_PYTHON} -m unittest -v test_decks WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(regression/decks PROPERTIES LABELS regression TIMEOUT 300
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;MPIEXEC=${MPIEXEC_EXECUTABLE};PYTHONDONTWRITEBYTECODE=1")
