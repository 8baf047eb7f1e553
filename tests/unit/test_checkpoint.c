/* Checkpoints: bit-exact on every process, the two newest kept, damaged ones passed over. Runs on any number of ranks.
 */
#include "output_support.h"

#include "io/output/checkpoint.h"

#include <math.h>

#define COUNT 100

static PetscMPIInt rank;
static double written[COUNT], read_back[COUNT], single, no_values[1];

static void Fill(PetscInt step) {
  int i;
  for (i = 0; i < COUNT; i++) {
    written[i] = tan(i + (double)step);
    read_back[i] = NAN;
  }
  written[7] = -0.0;
  written[8] = 4.9e-324;
}

static PetscErrorCode Write(PetscInt step) {
  double time = (double)step / 3;
  const CheckpointArray arrays[] = {{"state", COUNT, written}, {"time", 1, &time}, {"empty", 0, no_values}};
  Fill(step);
  return CheckpointWrite(PETSC_COMM_WORLD, test_dir, step, 3, arrays);
}

static PetscErrorCode Read(PetscInt step) {
  CheckpointArray arrays[] = {{"time", 1, &single}, {"state", COUNT, read_back}, {"empty", 0, no_values}};
  return CheckpointRead(PETSC_COMM_WORLD, test_dir, step, 3, arrays);
}

static PetscInt Find(void) {
  PetscInt step = -2;
  assert_ok(CheckpointFind(PETSC_COMM_WORLD, test_dir, &step));
  return step;
}

/* Change one byte (offset from the end if negative), or cut the file there. */
static void Damage(const char *path, const void *near, PetscBool cut) {
  char *content = malloc(1 << 16), *place;
  FILE *stream;
  size_t length;
  MPI_Barrier(PETSC_COMM_WORLD);
  if (rank == 0) {
    stream = fopen(path, "r+");
    assert_non_null(stream);
    length = fread(content, 1, 1 << 16, stream);
    place = memmem(content, length, near, 8);
    assert_non_null(place); /* the value is where we think it is */
    if (cut) {
      assert_int_equal(0, ftruncate(fileno(stream), place - content));
    } else {
      fseek(stream, place - content, SEEK_SET);
      fputc(*place ^ 1, stream);
    }
    fclose(stream);
  }
  free(content);
  MPI_Barrier(PETSC_COMM_WORLD);
}

static void RoundTrip(void **state) {
  PetscInt count;
  (void)state;
  assert_int_equal(-1, Find());
  assert_ok(Write(12));
  assert_int_equal(12, Find());
  assert_ok(CheckpointArrayCount(PETSC_COMM_WORLD, test_dir, 12, "state", &count));
  assert_int_equal(COUNT, count);
  assert_ok(CheckpointArrayCount(PETSC_COMM_WORLD, test_dir, 12, "empty", &count));
  assert_int_equal(0, count);
  assert_ok(CheckpointArrayCount(PETSC_COMM_WORLD, test_dir, 12, "nothing", &count));
  assert_int_equal(-1, count);
  assert_ok(Read(12));
  assert_memory_equal(written, read_back, sizeof written);
  assert_true(single == 4.0);
}

static void KeepsTwo(void **state) {
  const PetscInt steps[] = {5, 40, 700, 123456789};
  size_t i;
  (void)state;
  for (i = 0; i < 4; i++) {
    assert_ok(Write(steps[i]));
    MPI_Barrier(PETSC_COMM_WORLD);
    assert_int_equal(steps[i], Find());
  }
  assert_int_not_equal(0, access(InDir("checkpoint/00000005.h5"), F_OK));
  assert_int_not_equal(0, access(InDir("checkpoint/00000040.h5"), F_OK));
  assert_int_equal(0, access(InDir("checkpoint/00000700.h5"), F_OK));
  assert_int_equal(0, access(InDir("checkpoint/123456789.h5"), F_OK));
  /* Resumed from an earlier step: later ones are of a history that no longer is. */
  assert_ok(Write(800));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(800, Find());
  assert_int_not_equal(0, access(InDir("checkpoint/123456789.h5"), F_OK));
}

static void PassesOverDamaged(void **state) {
  (void)state;
  assert_ok(Write(1));
  assert_ok(Write(2));
  assert_int_equal(2, Find());
  Damage(InDir("checkpoint/00000002.h5"), &written[50], PETSC_FALSE); /* one bit of a value */
  assert_int_equal(1, Find());
  expect_error(Read(2), "00000002.h5", "damaged");
  Fill(1);
  assert_ok(Read(1));
  assert_memory_equal(written, read_back, sizeof written);
  Damage(InDir("checkpoint/00000001.h5"), &written[50], PETSC_TRUE); /* the end is missing */
  assert_int_equal(-1, Find());
  expect_error(Read(1), "00000001.h5", "damaged");
}

/* A process that dies while it writes leaves its temporary file; it is not taken for a checkpoint and goes with the
 * next one. */
static void IgnoresUnfinished(void **state) {
  (void)state;
  assert_ok(Write(3));
  if (rank == 0) {
    FILE *stream = fopen(InDir("checkpoint/00000004.h5.part"), "w");
    assert_non_null(stream);
    fclose(stream);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(3, Find());
  assert_ok(Write(5));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_not_equal(0, access(InDir("checkpoint/00000004.h5.part"), F_OK));
}

static void RefusesUnknownFormat(void **state) {
  hid_t file, attribute, type;
  (void)state;
  assert_ok(Write(1));
  assert_ok(Write(2));
  if (rank == 0) {
    file = H5Fopen(InDir("checkpoint/00000002.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    attribute = H5Aopen(file, "lisei_format", H5P_DEFAULT);
    type = H5Aget_type(attribute);
    assert_true(H5Awrite(attribute, type, "9.0") >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Fclose(file);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(1, Find());
}

static void ErrorsSayWhat(void **state) {
  CheckpointArray wrong_count[] = {{"state", COUNT - 1, read_back}}, wrong_name[] = {{"velocity", 3, read_back}};
  CheckpointArray part_of_it[] = {{"time", 1, &single}, {"state", COUNT, read_back}};
  (void)state;
  assert_ok(Write(1));
  MPI_Barrier(PETSC_COMM_WORLD);
  expect_error(Read(2), "00000002.h5", "missing");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 1, wrong_count), "100 numbers", "99 are due");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 1, wrong_name), "velocity", "00000001.h5");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 2, part_of_it), "empty", "does not know");
  if (rank == 0) {
    const CheckpointArray arrays[] = {{"state", COUNT, written}};
    expect_error(CheckpointWrite(PETSC_COMM_SELF, InDir("no-such-folder"), 1, 1, arrays), "no-such-folder",
                 "No such file or directory");
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(RoundTrip, MakeDir),
      cmocka_unit_test_setup(KeepsTwo, MakeDir),
      cmocka_unit_test_setup(PassesOverDamaged, MakeDir),
      cmocka_unit_test_setup(IgnoresUnfinished, MakeDir),
      cmocka_unit_test_setup(RefusesUnknownFormat, MakeDir),
      cmocka_unit_test_setup(ErrorsSayWhat, MakeDir),
  };
  int failed;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  RemoveDir();
  return PetscFinalize() || failed;
}
