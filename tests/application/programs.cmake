# A user's whole way through the program, each file a test of its own.
if(LISEI_SANITIZE)
  set(most_ranks 2) # everything is slow there
else()
  set(most_ranks 4)
endif()
foreach(name bad_input body cell run protocol resume ranks physics failure help robustness crack passivity unattended petsc contact_zone sei sei_large structure ends grid_error held impedance sweep sweep_folder sensitivity fit python measured field_units)
  add_test(NAME application/${name} COMMAND ${LISEI_PYTHON} -m unittest -v test_${name}
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(application/${name} PROPERTIES LABELS application TIMEOUT 600
                       ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;MPIEXEC=${MPIEXEC_EXECUTABLE};PYTHONDONTWRITEBYTECODE=1;LISEI_MOST_RANKS=${most_ranks}")
endforeach()
set_tests_properties(application/ranks PROPERTIES PROCESSORS 2)
add_test(NAME application/sei_random COMMAND ${LISEI_PYTHON} -m unittest -v test_sei.RandomDecks
         WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(application/sei_random PROPERTIES LABELS "application;long" TIMEOUT 3600
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;MPIEXEC=${MPIEXEC_EXECUTABLE};PYTHONDONTWRITEBYTECODE=1;LISEI_RANDOM_DECKS=300")
# A Slurm of its own; skipped where it is not installed.
add_test(NAME application/slurm COMMAND ${LISEI_PYTHON} -m unittest -v test_slurm WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(application/slurm PROPERTIES LABELS "application;long" TIMEOUT 1800 RUN_SERIAL TRUE
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};LISEI=$<TARGET_FILE:lisei>;MPIEXEC=${MPIEXEC_EXECUTABLE};PYTHONDONTWRITEBYTECODE=1")
