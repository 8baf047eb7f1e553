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
  const CheckpointArray arrays[] = {
      {"state", COUNT, written, PETSC_FALSE}, {"time", 1, &time, PETSC_FALSE}, {"empty", 0, no_values, PETSC_FALSE}};
  Fill(step);
  return CheckpointWrite(PETSC_COMM_WORLD, test_dir, step, "grid: {rings: 8}\n", 3, arrays);
}

static PetscErrorCode Read(PetscInt step) {
  CheckpointArray arrays[] = {{"time", 1, &single, PETSC_FALSE},
                              {"state", COUNT, read_back, PETSC_FALSE},
                              {"empty", 0, no_values, PETSC_FALSE}};
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
  char *deck = NULL;
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
  assert_ok(CheckpointReadDeck(PETSC_COMM_WORLD, test_dir, 12, &deck));
  assert_string_equal(deck, "grid: {rings: 8}\n");
  assert_ok(PetscFree(deck));
  assert_ok(CheckpointReadDeck(PETSC_COMM_WORLD, test_dir, 13, &deck));
  assert_null(deck);
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
  MPI_Barrier(PETSC_COMM_WORLD);
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
  assert_ok(Write(2));
  Damage(InDir("checkpoint/00000002.h5"), "grid: {r", PETSC_FALSE); /* one bit of the text */
  assert_int_equal(1, Find());
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

/* Replace an attribute of a file, of its root or of a dataset, by `count` numbers. */
static void Craft(const char *path, const char *object, const char *name, hid_t type, hsize_t count) {
  hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), attribute, space = H5Screate_simple(1, &count, NULL);
  void *values = calloc(count, 64);
  assert_true(file >= 0);
  assert_non_null(values);
  assert_true(H5Adelete_by_name(file, object, name, H5P_DEFAULT) >= 0);
  attribute = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0);
  assert_true(H5Awrite(attribute, type, values) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Fclose(file);
  free(values);
}

/* Replace the values of "state" by a dataset of other type or extent; it has room only for what is written. */
static void CraftArray(const char *path, hid_t type, int dimensions, hsize_t count) {
  const hsize_t dims[2] = {count, 1};
  hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate_simple(dimensions, dims, NULL), set;
  assert_true(H5Ldelete(file, "state", H5P_DEFAULT) >= 0);
  set = H5Dcreate2(file, "state", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(set >= 0);
  H5Dclose(set);
  H5Sclose(space);
  H5Fclose(file);
}

/* What was not written by this program is passed over, and nothing is read past the end of anything. */
static void PassesOverCrafted(void **state) {
  const char *path = NULL;
  hid_t text;
  (void)state;
  for (int damage = 0; damage < 8; damage++) {
    assert_ok(Write(1));
    assert_ok(Write(2));
    path = InDir("checkpoint/00000002.h5");
    text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 8);
    if (rank == 0) {
      switch (damage) {
      case 0:
        Craft(path, "state", "checksum", H5T_STD_U64LE, 5000);
        break;
      case 1:
        Craft(path, "/", "lisei_format", text, 5000);
        break;
      case 2:
        Craft(path, "state", "checksum", text, 1);
        break;
      case 3:
        Craft(path, "/", "lisei_format", H5T_STD_U64LE, 1);
        break;
      case 4:
        H5Tset_size(text, H5T_VARIABLE);
        Craft(path, "/", "lisei_format", text, 1);
        break;
      case 5:
        CraftArray(path, H5T_IEEE_F64LE, 1, (hsize_t)1 << 33); /* more than an index can count */
        break;
      case 6:
        CraftArray(path, H5T_IEEE_F64LE, 2, COUNT);
        break;
      default:
        CraftArray(path, text, 1, COUNT);
      }
    }
    H5Tclose(text);
    MPI_Barrier(PETSC_COMM_WORLD);
    assert_int_equal(1, Find());
    expect_error(Read(2), "00000002.h5", "");
  }
}

/* A name that no checkpoint has is left alone: negative, too long for a number, another spelling of one. */
static void IgnoresOtherNames(void **state) {
  static const char *const names[] = {"checkpoint/-5.h5",
                                      "checkpoint/99999999999.h5",
                                      "checkpoint/7.h5",
                                      "checkpoint/000000007.h5",
                                      "checkpoint/00000007.h5.bak",
                                      "checkpoint/+0000007.h5",
                                      "checkpoint/99999999999999999999999.h5"};
  (void)state;
  assert_ok(Write(3));
  for (size_t k = 0; k < sizeof names / sizeof *names && rank == 0; k++) {
    FILE *stream = fopen(InDir(names[k]), "w");
    assert_non_null(stream);
    fclose(stream);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(3, Find());
  assert_ok(Write(5));
  assert_ok(Write(6));
  assert_ok(Write(7));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(7, Find());
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    assert_int_equal(0, access(InDir(names[k]), F_OK));
  }
}

static void ErrorsSayWhat(void **state) {
  CheckpointArray wrong_count[] = {{"state", COUNT - 1, read_back, PETSC_FALSE}},
                  wrong_name[] = {{"velocity", 3, read_back, PETSC_FALSE}};
  CheckpointArray part_of_it[] = {{"time", 1, &single, PETSC_FALSE}, {"state", COUNT, read_back, PETSC_FALSE}};
  (void)state;
  assert_ok(Write(1));
  MPI_Barrier(PETSC_COMM_WORLD);
  expect_error(Read(2), "00000002.h5", "missing");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 1, wrong_count), "100 numbers", "99 are due");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 1, wrong_name), "velocity", "00000001.h5");
  expect_error(CheckpointRead(PETSC_COMM_WORLD, test_dir, 1, 2, part_of_it), "empty", "does not know");
  if (rank == 0) {
    const CheckpointArray arrays[] = {{"state", COUNT, written, PETSC_FALSE}};
    expect_error(CheckpointWrite(PETSC_COMM_SELF, InDir("no-such-folder"), 1, "", 1, arrays), "no-such-folder",
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
      cmocka_unit_test_setup(PassesOverCrafted, MakeDir),
      cmocka_unit_test_setup(IgnoresOtherNames, MakeDir),
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
