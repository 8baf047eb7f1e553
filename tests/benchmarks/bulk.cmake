# Not a test: run it by hand, or by the benchmark script.
add_executable(bench_bulk ${CMAKE_CURRENT_LIST_DIR}/bench_bulk.c)
target_link_libraries(bench_bulk PRIVATE lisei_solver lisei_flags m)
