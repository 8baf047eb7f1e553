# What the run leaves behind: history, fields, checkpoints, report.
foreach(part history fields checkpoint report)
  lisei_unit_test(test_${part} test_${part}.c lisei_io)
endforeach()
add_test(NAME unit/test_checkpoint/ranks2
         COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} 2 $<TARGET_FILE:test_checkpoint>)
set_tests_properties(unit/test_checkpoint/ranks2 PROPERTIES LABELS unit ENVIRONMENT "${LISEI_TEST_ENVIRONMENT}" TIMEOUT 120
                     PROCESSORS 2)
