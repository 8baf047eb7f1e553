# Reading a run: scripts/plot, scripts/render and ParaView on a made-up output folder.
add_executable(output_sample output_sample.c)
target_link_libraries(output_sample PRIVATE lisei_flags lisei_io lisei_mesh m)
add_test(NAME application/output COMMAND ${LISEI_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/test_output.py $<TARGET_FILE:output_sample>)
set_tests_properties(application/output PROPERTIES LABELS application TIMEOUT 300
                     ENVIRONMENT "${LISEI_TEST_ENVIRONMENT};OMPI_MCA_ess_singleton_isolated=1;OMPI_MCA_pml=ob1")
