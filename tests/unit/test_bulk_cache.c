/* The condensed operator on disk: found again, distinguished by grid and material, and never trusted when damaged. */
#include "solver/electrolyte/bulk.h"

#include <dirent.h>
#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { RINGS = 6, LAYERS = 8, CELLS = RINGS * LAYERS };

#define assert_done(call) assert_int_equal((call), 0)

static char folder[256];
static double conductivity[CELLS];

/* Build with the cache and say whether it was used; z[RINGS]: potentials at some currents. */
static bool build(double sigma, const char *cache, double z[RINGS]) {
  const OblateOptions oblate = {
      .rings = RINGS, .layers = LAYERS, .radius = 1e-6, .ring_grading = 1, .layer_grading = 1};
  double scaled[CELLS], current[RINGS], *phi = NULL;
  const BulkOptions options = {.conductivity = sigma, .cell_conductivity = scaled, .cache_dir = cache};
  BulkStatistics statistics;
  Grid grid = NULL;
  Bulk bulk = NULL;
  for (int c = 0; c < CELLS; c++) {
    scaled[c] = sigma * conductivity[c];
  }
  for (int j = 0; j < RINGS; j++) {
    current[j] = 1e-9 * (1 + j);
  }
  assert_done(GridCreateOblate(&oblate, &grid));
  assert_done(BulkCreate(PETSC_COMM_SELF, BULK_CONDENSED, grid, &options, &bulk));
  assert_done(BulkPotential(bulk, current, z));
  /* the field is recovered without the factor that the cache has spared */
  phi = (double *)calloc(CELLS, sizeof(double));
  assert_non_null(phi);
  assert_done(BulkCellField(bulk, current, phi, NULL, NULL));
  assert_true(phi[0] > 0 && phi[0] < z[0]);
  free(phi);
  assert_done(BulkGetStatistics(bulk, &statistics));
  assert_done(BulkDestroy(&bulk));
  assert_done(GridDestroy(&grid));
  return statistics.from_cache;
}

/* Number of files in the cache, and the path of one of them */
static int files(char path[512]) {
  DIR *directory = opendir(folder);
  int count = 0;
  assert_non_null(directory);
  for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    if (path) {
      (void)snprintf(path, 512, "%.200s/%.200s", folder, entry->d_name);
    }
    count++;
  }
  closedir(directory);
  return count;
}

static int set_up(void **state) {
  (void)state;
  for (int c = 0; c < CELLS; c++) {
    conductivity[c] = 1 + 0.5 * sin(c);
  }
  (void)snprintf(folder, sizeof(folder), "%s/lisei-cache-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
  char path[512];
  (void)state;
  while (files(path) > 0) {
    if (remove(path)) {
      return -1;
    }
  }
  return rmdir(folder);
}

static void test_found_again(void **state) {
  double first[RINGS], again[RINGS];
  char path[512];
  (void)state;
  assert_false(build(0.1, folder, first));
  assert_int_equal(files(path), 1); /* the temporary name is gone */
  assert_true(build(0.1, folder, again));
  assert_memory_equal(first, again, sizeof(first));
  /* every conductivity doubled: the same operator, half the potential */
  assert_true(build(0.2, folder, again));
  for (int j = 0; j < RINGS; j++) {
    assert_true(fabs(2 * again[j] / first[j] - 1) < 1e-14);
  }
}

static void test_distinguished(void **state) {
  double first[RINGS], other[RINGS];
  (void)state;
  assert_false(build(0.1, folder, first));
  conductivity[CELLS - 1] *= 1 + 1e-9; /* in one cell, in the ninth digit */
  assert_false(build(0.1, folder, other));
  assert_int_equal(files(NULL), 2);
}

/* An attribute becomes an array of 5000 numbers. */
static void craft(const char *path, const char *name) {
  static const unsigned long long values[5000];
  const hsize_t count = 5000;
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate_simple(1, &count, NULL);
  hid_t attribute = -1;
  assert_true(H5Adelete(file, name) >= 0);
  attribute = H5Acreate2(file, name, H5T_STD_U64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(H5Awrite(attribute, H5T_NATIVE_ULLONG, values) >= 0);
  assert_true(H5Aclose(attribute) >= 0 && H5Sclose(space) >= 0 && H5Fclose(file) >= 0);
}

/* Whatever has happened to the file: rebuilt, right, and replaced by a sound one. */
static void test_damaged(void **state) {
  double first[RINGS], again[RINGS];
  char path[512];
  (void)state;
  assert_false(build(0.1, folder, first));
  assert_int_equal(files(path), 1);
  for (int damage = 0; damage < 6; damage++) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    if (damage == 0) {
      assert_int_equal(truncate(path, info.st_size / 2), 0);
    }
    if (damage == 1) {
      assert_int_equal(truncate(path, 0), 0);
    }
    if (damage >= 4) { /* attributes that are longer than what is read into */
      craft(path, damage == 4 ? "checksum" : "lisei_bulk_format");
    } else if (damage >= 2) {
      /* text instead of HDF5; a few bits of the values: the last dataset ends the file */
      FILE *file = fopen(path, "r+b");
      assert_non_null(file);
      assert_int_equal(fseek(file, damage == 2 ? 0 : info.st_size - 16, SEEK_SET), 0);
      assert_true(fputs("not HDF5", file) >= 0);
      assert_int_equal(fclose(file), 0);
    }
    assert_false(build(0.1, folder, again));
    assert_memory_equal(first, again, sizeof(first));
    assert_true(build(0.1, folder, again));
  }
}

static void test_unwritable(void **state) {
  double z[RINGS];
  char path[512];
  FILE *file = NULL;
  (void)state;
  /* a file where the folder should be: nobody, not even root, can write into it */
  (void)snprintf(path, sizeof(path), "%.200s/file", folder);
  file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fclose(file), 0);
  assert_false(build(0.1, path, z));
  assert_true(z[0] > 0);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_found_again, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_distinguished, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_unwritable, set_up, tear_down),
  };
  int failures = 0;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  failures = cmocka_run_group_tests(tests, NULL, NULL);
  return PetscFinalize() || failures ? 1 : 0;
}
