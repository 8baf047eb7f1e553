/* history.h5 and history.csv: what is written is read back to the last bit, also after the run was cut off at any
 * place. */
#include "output_support.h"

#include "io/output/hdf5_util.h"
#include "io/output/history.h"
#include "io/output/number_text.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define RINGS 7
#define FIELDS 2
#define COLUMNS 9
#define STEP 1 /* a column of whole numbers */

static const double radius[RINGS] = {1, 2, 3, 4, 5, 6, 7}, area[RINGS] = {1, 1, 1, 1, 1, 1, 1};
static const HistoryField columns[COLUMNS] = {{"time", "s", "simulated time"},
                                              {"step", "1", "number of the time step"},
                                              {"potential", "V", "of the electrode"},
                                              {"current", "A", "anodic positive"},
                                              {"current_density", "A m-2", "per nominal contact area"},
                                              {"charge", "C", "passed since the start"},
                                              {"dt", "s", "length of the time step"},
                                              {"stress_intensity", "Pa m^0.5", "of a part"},
                                              {"length", "m", "of a part"}};
static const HistoryField fields[FIELDS] = {{"contact_fraction", "1", "part that touches"},
                                            {"sei_thickness", "m", NULL}};

static HistoryOptions Options(double flush_interval) {
  HistoryOptions options = {.rings = RINGS,
                            .ring_radius = radius,
                            .ring_area = area,
                            .column_count = COLUMNS,
                            .columns = columns,
                            .field_count = FIELDS,
                            .fields = fields,
                            .deck_text = "title: test\n",
                            .title = "a test",
                            .flush_interval = flush_interval};
  return options;
}

/* Numbers without a short decimal form, different everywhere. */
static double Value(int row, int column) {
  return column == STEP ? row : sin(1 + row + 1e4 * column) * pow(10, 3 * column - 12);
}

static double RingValue(int row, int field, int ring) {
  return cos(row + 100.0 * field + 1e4 * ring);
}

static void AppendRows(History history, int first, int last) {
  double row[COLUMNS], values[FIELDS * RINGS];
  int r, c, f, ring;
  for (r = first; r < last; r++) {
    for (c = 0; c < COLUMNS; c++) {
      row[c] = Value(r, c);
    }
    assert_ok(HistoryAppend(history, row));
    if (r % 3 == 0) {
      for (f = 0; f < FIELDS; f++) {
        for (ring = 0; ring < RINGS; ring++) {
          values[f * RINGS + ring] = RingValue(r / 3, f, ring);
        }
      }
      assert_ok(HistoryAppendInterface(history, r, values));
    }
  }
}

/* Both files hold rows 0 .. rows-1, exactly. */
static void CheckFiles(int rows) {
  const int interface_rows = (rows + 2) / 3;
  char name[64], line[2048];
  double *values;
  hsize_t dims[2];
  FILE *stream;
  int r, c, f, i;
  for (c = 0; c < COLUMNS; c++) {
    snprintf(name, sizeof name, "history/%s", columns[c].name);
    assert_int_equal(rows, ReadDataset(InDir("history.h5"), name, &values, dims));
    for (r = 0; r < rows; r++) {
      assert_true(values[r] == Value(r, c));
    }
    free(values);
  }
  assert_int_equal(interface_rows, ReadDataset(InDir("history.h5"), "interface/time", &values, dims));
  for (r = 0; r < interface_rows; r++) {
    assert_true(values[r] == 3.0 * r);
  }
  free(values);
  for (f = 0; f < FIELDS; f++) {
    snprintf(name, sizeof name, "interface/%s", fields[f].name);
    assert_int_equal(interface_rows * RINGS, ReadDataset(InDir("history.h5"), name, &values, dims));
    assert_int_equal(RINGS, dims[1]);
    for (i = 0; i < interface_rows * RINGS; i++) {
      assert_true(values[i] == RingValue(i / RINGS, f, i % RINGS));
    }
    free(values);
  }
  stream = fopen(InDir("history.csv"), "r");
  assert_non_null(stream);
  for (r = -1; fgets(line, sizeof line, stream);) {
    char *word = line;
    if (line[0] == '#') {
      continue;
    }
    for (c = 0; r >= 0 && c < COLUMNS; c++) {
      assert_true(strtod(word, &word) == Value(r, c));
      assert_int_equal(c + 1 < COLUMNS ? ',' : '\n', *word++);
    }
    r++;
  }
  fclose(stream);
  assert_int_equal(rows, r);
}

static void RoundTrip(void **state) {
  const double intervals[] = {0, 0.01, 1e9}; /* every row by itself, some together, all at the end */
  size_t i;
  (void)state;
  for (i = 0; i < sizeof intervals / sizeof *intervals; i++) {
    const HistoryOptions options = Options(intervals[i]);
    const int rows = i ? 5000 : 50;
    History history;
    assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
    AppendRows(history, 0, rows);
    assert_ok(HistoryDestroy(&history));
    assert_null(history);
    CheckFiles(rows);
  }
}

static void Describes(void **state) {
  const HistoryOptions options = Options(1);
  char text[512], line[2048], deck[64] = "";
  History history;
  FILE *stream;
  hid_t file, set, type;
  (void)state;
  assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
  assert_ok(HistoryDestroy(&history));
  ReadText(InDir("history.h5"), ".", "lisei_format", text, sizeof text);
  assert_string_equal(LISEI_FORMAT, text);
  ReadText(InDir("history.h5"), ".", "sign_convention", text, sizeof text);
  assert_non_null(strstr(text, "positive = anodic = stripping"));
  ReadText(InDir("history.h5"), "history/current_density", "units", text, sizeof text);
  assert_string_equal("A m-2", text);
  ReadText(InDir("history.h5"), "history/stress_intensity", "meaning", text, sizeof text);
  assert_string_equal("of a part", text);
  ReadText(InDir("history.h5"), "interface/contact_fraction", "meaning", text, sizeof text);
  assert_string_equal("part that touches", text);
  ReadText(InDir("history.h5"), "interface/sei_thickness", "units", text, sizeof text);
  assert_string_equal("m", text);
  ReadText(InDir("history.h5"), "provenance", "version", text, sizeof text);
  assert_true(strlen(text) > 0);
  file = H5Fopen(InDir("history.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
  set = H5Dopen2(file, "deck", H5P_DEFAULT);
  type = H5Dget_type(set);
  assert_true(H5Tget_size(type) < sizeof deck);
  assert_true(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, deck) >= 0);
  assert_string_equal("title: test\n", deck);
  H5Tclose(type);
  H5Dclose(set);
  H5Fclose(file);
  stream = fopen(InDir("history.csv"), "r");
  do {
    assert_non_null(fgets(line, sizeof line, stream));
  } while (line[0] == '#');
  fclose(stream);
  assert_int_equal(0, strncmp(line, "time [s],step [1],", 18));
}

/* A run is killed some rows after its checkpoint and resumed from it: the files are those of a run without
 * interruption. */
static void ResumeCutsLaterRows(void **state) {
  const HistoryOptions options = Options(0.005);
  const int cuts[] = {0, 1, 600, 1000};
  size_t i;
  (void)state;
  for (i = 0; i < sizeof cuts / sizeof *cuts; i++) {
    History history;
    FILE *stream;
    assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
    AppendRows(history, 0, 1000);
    assert_ok(HistoryDestroy(&history));
    stream = fopen(InDir("history.csv"), "a");
    fputs("0.1,0.2,0.", stream); /* the line that was being written */
    fclose(stream);
    assert_ok(HistoryReopen(PETSC_COMM_WORLD, test_dir, cuts[i], (cuts[i] + 2) / 3, &options, &history));
    AppendRows(history, cuts[i], 1100);
    assert_ok(HistoryDestroy(&history));
    CheckFiles(1100);
  }
}

static void ResumeRestoresLostCsv(void **state) {
  const HistoryOptions options = Options(1e9);
  History history;
  FILE *stream;
  char head[4096];
  size_t length;
  (void)state;
  assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
  AppendRows(history, 0, 100);
  assert_ok(HistoryDestroy(&history));
  assert_int_equal(0, unlink(InDir("history.csv")));
  assert_ok(HistoryReopen(PETSC_COMM_WORLD, test_dir, 90, 30, &options, &history));
  AppendRows(history, 90, 100);
  assert_ok(HistoryDestroy(&history));
  CheckFiles(100);
  /* Only the first part is left. */
  stream = fopen(InDir("history.csv"), "r+");
  length = fread(head, 1, sizeof head, stream);
  assert_int_equal(sizeof head, length);
  assert_int_equal(0, ftruncate(fileno(stream), (off_t)length));
  fclose(stream);
  assert_ok(HistoryReopen(PETSC_COMM_WORLD, test_dir, 90, 30, &options, &history));
  AppendRows(history, 90, 100);
  assert_ok(HistoryDestroy(&history));
  CheckFiles(100);
}

/* The writer dies with the file open: HDF5 then refuses to open it until the mark is taken away. */
static void ResumeAfterKill(void **state) {
  const HistoryOptions options = Options(1e9);
  History history;
  hid_t file;
  pid_t child;
  int status;
  (void)state;
  assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
  AppendRows(history, 0, 100);
  assert_ok(HistoryDestroy(&history));
  child = fork();
  if (child == 0) {
    if (!Hdf5OpenToWrite(InDir("history.h5"), PETSC_TRUE, &file)) {
      raise(SIGKILL);
    }
    _exit(0);
  }
  assert_true(child > 0);
  assert_int_equal(child, waitpid(child, &status, 0));
  assert_true(WIFSIGNALED(status));
  expect_error(Hdf5OpenToWrite(InDir("history.h5"), PETSC_FALSE, &file), "history.h5", "open"); /* the mark is there */
  file = H5Fopen(InDir("history.h5"), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, H5P_DEFAULT);
  assert_true(file >= 0); /* and readers do not mind */
  H5Fclose(file);
  assert_ok(HistoryReopen(PETSC_COMM_WORLD, test_dir, 80, 27, &options, &history));
  AppendRows(history, 80, 120);
  assert_ok(HistoryDestroy(&history));
  CheckFiles(120);
}

static void ErrorsNameTheFile(void **state) {
  const HistoryOptions options = Options(1e9);
  HistoryOptions other = options;
  const char *missing = InDir("no-such-folder");
  History history, lost;
  struct rlimit limit, small;
  expect_error(HistoryCreate(PETSC_COMM_WORLD, missing, &options, &lost), "no-such-folder/history.h5",
               "No such file or directory");
  assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
  AppendRows(history, 0, 10);
  assert_ok(HistoryDestroy(&history));
  expect_error(HistoryReopen(PETSC_COMM_WORLD, test_dir, 11, 4, &options, &lost), "history.h5", "10 rows");
  other.rings = 3;
  expect_error(HistoryReopen(PETSC_COMM_WORLD, test_dir, 10, 4, &other, &lost), "history.h5", "7 rings");

  assert_int_equal(0, MakeDir(state)); /* the files of a failed call stay open */
  /* No room left on the disk: the limit on a file's size looks the same to a writer. */
  assert_ok(HistoryCreate(PETSC_COMM_WORLD, test_dir, &options, &history));
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &limit));
  small = limit;
  small.rlim_cur = 2000;
  assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
  {
    const double row[COLUMNS] = {1.0 / 3};
    PetscErrorCode code = 0;
    int r;
    PetscPushErrorHandler(KeepError, NULL);
    for (r = 0; r < 100 && !code; r++) {
      code = HistoryAppend(history, row);
    }
    PetscPopErrorHandler();
    assert_int_not_equal(0, code);
  }
  setrlimit(RLIMIT_FSIZE, &limit);
  assert_non_null(strstr(caught_error, "history.csv"));
  assert_non_null(strstr(caught_error, "File too large"));
  small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  expect_error(HistoryFlush(history), "history.h5", "File too large");
  setrlimit(RLIMIT_FSIZE, &limit);
}

static void NumbersReadBack(void **state) {
  const struct {
    double value;
    const char *text;
  } known[] = {{0, "0"},
               {1, "1"},
               {-1, "-1"},
               {0.1, "0.1"},
               {0.01, "0.01"},
               {1500, "1500"},
               {1e-5, "1e-05"},
               {4.82e-6, "4.82e-06"},
               {0.0001, "0.0001"},
               {123456.789, "123456.789"},
               {1e15, "1000000000000000"},
               {1e17, "1e+17"},
               {-2.5e-9, "-2.5e-09"},
               {99.99, "99.99"},
               {9.999e22, "9.999e+22"}};
  const double limits[] = {5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e36, 1e-36, 0x1p53, 0x1p-54};
  uint64_t random = 88172645463325252U;
  char text[NUMBER_TEXT_LENGTH];
  size_t i;
  int trial, length;
  (void)state;
  for (i = 0; i < sizeof known / sizeof *known; i++) {
    length = NumberText(known[i].value, text);
    assert_int_equal(strlen(known[i].text), length);
    assert_string_equal(known[i].text, text);
  }
  for (i = 0; i < sizeof limits / sizeof *limits; i++) {
    NumberText(limits[i], text);
    assert_true(strtod(text, NULL) == limits[i]);
  }
  for (trial = 0; trial < 1000000; trial++) {
    union {
      uint64_t bits;
      double value;
    } number;
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    number.bits = random;
    if (trial % 8) { /* most of them of a size that occurs: 1e-36 to 1e36 */
      number.bits = (random & ~(UINT64_C(0x7ff) << 52)) | ((UINT64_C(1023) - 119 + (random >> 52) % 238) << 52);
    }
    if (!isfinite(number.value)) {
      continue;
    }
    length = NumberText(number.value, text);
    assert_int_equal(length, strlen(text));
    if (strtod(text, NULL) != number.value) {
      fail_msg("%.17g was written as %s", number.value, text);
    }
  }
  NumberText((double)NAN, text);
  assert_true(isnan(strtod(text, NULL)));
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup(RoundTrip, MakeDir),
                                     cmocka_unit_test_setup(Describes, MakeDir),
                                     cmocka_unit_test_setup(ResumeCutsLaterRows, MakeDir),
                                     cmocka_unit_test_setup(ResumeRestoresLostCsv, MakeDir),
                                     cmocka_unit_test_setup(ResumeAfterKill, MakeDir),
                                     cmocka_unit_test_setup(ErrorsNameTheFile, MakeDir),
                                     cmocka_unit_test(NumbersReadBack)};
  int failed;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  RemoveDir();
  return PetscFinalize() || failed;
}
