/* What the tests of the output files share: a folder of their own, and errors that are caught and kept instead of
 * printed. */
#ifndef LISEI_OUTPUT_SUPPORT_H
#define LISEI_OUTPUT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hdf5.h>
#include <petscsys.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char test_dir[] = "/tmp/lisei-output-XXXXXX";
static char caught_error[2048]; /* message of the first error since the last expect_error */

static inline PetscErrorCode KeepError(MPI_Comm comm, int line, const char *function, const char *file,
                                       PetscErrorCode code, PetscErrorType type, const char *message, void *context) {
  (void)comm, (void)line, (void)function, (void)file, (void)context;
  if (type == PETSC_ERROR_INITIAL && message) {
    snprintf(caught_error, sizeof caught_error, "%s", message);
  }
  return code;
}

#define assert_ok(call) assert_int_equal(0, (call))

/* The call fails and its message holds both words. */
#define expect_error(call, word, other_word)                                                                           \
  do {                                                                                                                 \
    PetscErrorCode code_;                                                                                              \
    caught_error[0] = '\0';                                                                                            \
    PetscPushErrorHandler(KeepError, NULL);                                                                            \
    code_ = (call);                                                                                                    \
    PetscPopErrorHandler();                                                                                            \
    assert_int_not_equal(0, code_);                                                                                    \
    if (!strstr(caught_error, word) || !strstr(caught_error, other_word)) {                                            \
      fail_msg("the message should name \"%s\" and \"%s\": %s", word, other_word, caught_error);                       \
    }                                                                                                                  \
  } while (0)

static inline const char *InDir(const char *name) {
  static char path[4][256];
  static int next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", test_dir, name);
  return path[next];
}

static inline int MakeDir(void **state) {
  char command[320];
  PetscMPIInt rank;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Barrier(PETSC_COMM_WORLD); /* nobody looks into the folder of the test before any more */
  if (rank == 0) {
    if (!strstr(test_dir, "XXXXXX")) { /* a fresh one for each test */
      snprintf(command, sizeof command, "rm -rf '%s'", test_dir);
      if (system(command)) { /* NOLINT(cert-env33-c) */
        return -1;
      }
      strcpy(test_dir, "/tmp/lisei-output-XXXXXX");
    }
    if (!mkdtemp(test_dir)) {
      return -1;
    }
  }
  MPI_Bcast(test_dir, sizeof test_dir, MPI_CHAR, 0, PETSC_COMM_WORLD);
  return 0;
}

static inline void RemoveDir(void) {
  char command[320];
  PetscMPIInt rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Barrier(PETSC_COMM_WORLD);
  if (rank == 0 && !strstr(test_dir, "XXXXXX")) {
    snprintf(command, sizeof command, "rm -rf '%s'", test_dir);
    if (system(command)) { /* NOLINT(cert-env33-c) */
      fprintf(stderr, "cannot remove %s\n", test_dir);
    }
  }
}

/* Read a whole dataset of a file; returns its number of elements, fails the test if it is not there. */
static inline size_t ReadDataset(const char *path, const char *name, double **values, hsize_t dims[2]) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set, space;
  size_t count;
  dims[0] = 0, dims[1] = 1;
  assert_true(file >= 0);
  set = H5Dopen2(file, name, H5P_DEFAULT);
  assert_true(set >= 0);
  space = H5Dget_space(set);
  assert_true(H5Sget_simple_extent_ndims(space) <= 2);
  H5Sget_simple_extent_dims(space, dims, NULL);
  count = (size_t)(dims[0] * dims[1]);
  *values = malloc((count + 1) * sizeof **values);
  assert_non_null(*values);
  assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  H5Fclose(file);
  return count;
}

/* A text attribute of an object of a file. */
static inline void ReadText(const char *path, const char *object, const char *name, char text[], size_t length) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), attribute, type;
  assert_true(file >= 0);
  attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0);
  type = H5Aget_type(attribute);
  assert_true(H5Tget_size(type) < length);
  memset(text, 0, length);
  assert_true(H5Aread(attribute, type, text) >= 0);
  H5Tclose(type);
  H5Aclose(attribute);
  H5Fclose(file);
}

#endif
