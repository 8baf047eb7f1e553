/* fields/NNNNNN.hdf and fields.xdmf. That ParaView and VTK open them is a matter of the application tests. */
#include "output_support.h"

#include "io/output/fields.h"

#include <math.h>

#define COLUMNS 3
#define LAYERS 4
#define CELLS (COLUMNS * LAYERS)
#define NODES ((COLUMNS + 1) * (LAYERS + 1))

static double corner_r[NODES], corner_z[NODES];
static FieldsBlock block = {COLUMNS, LAYERS, corner_r, corner_z, 1.0};
static double potential[CELLS], current_density[3 * CELLS];
static const CellField cell_fields[] = {{"potential", "V", 1, potential},
                                        {"current_density", "A m-2", 3, current_density}};

/* A box of COLUMNS x LAYERS cells of 1 x 2 m; only what the writer looks at. */
static int MakeGrid(void **state) {
  int i;
  if (MakeDir(state)) {
    return -1;
  }
  block.scale = 1.0;
  for (i = 0; i < NODES; i++) {
    corner_r[i] = i % (COLUMNS + 1);
    corner_z[i] = -2.0 * (i / (COLUMNS + 1)); /* NOLINT(bugprone-integer-division) */
  }
  for (i = 0; i < CELLS; i++) {
    potential[i] = sqrt(1 + i);
  }
  for (i = 0; i < 3 * CELLS; i++) {
    current_density[i] = sin(i);
  }
  return 0;
}

static char *ReadFile(const char *path) {
  FILE *stream = fopen(path, "r");
  char *text = calloc(1, 1 << 20);
  assert_non_null(stream);
  assert_non_null(text);
  assert_true(fread(text, 1, (1 << 20) - 1, stream) > 0);
  fclose(stream);
  return text;
}

static int Count(const char *text, const char *word) {
  int count = 0;
  for (text = strstr(text, word); text; text = strstr(text + 1, word)) {
    count++;
  }
  return count;
}

/* The cells tile the box, scaled by two, each counter-clockwise: areas 4 x 2 all positive. */
static void assert_tiled(const char *path) {
  double *points, *corner, *offset, area = 0;
  hsize_t dims[2];

  assert_int_equal(3 * NODES, ReadDataset(path, "VTKHDF/Points", &points, dims));
  assert_int_equal(4 * CELLS, ReadDataset(path, "VTKHDF/Connectivity", &corner, dims));
  assert_int_equal(CELLS + 1, ReadDataset(path, "VTKHDF/Offsets", &offset, dims));
  assert_true(offset[0] == 0 && offset[CELLS] == 4 * CELLS);
  for (int cell = 0; cell < CELLS; cell++) {
    double cell_area = 0, lowest = INFINITY, inmost = INFINITY;
    for (int i = 0; i < 4; i++) {
      const size_t first = (size_t)corner[4 * (size_t)cell + (size_t)i],
                   second = (size_t)corner[4 * (size_t)cell + (size_t)(i + 1) % 4];
      const double *p = points + 3 * first, *q = points + 3 * second;
      cell_area += 0.5 * (p[0] * q[1] - q[0] * p[1]);
      inmost = fmin(inmost, p[0]);
      lowest = fmin(lowest, p[1]);
    }
    assert_true(fabs(cell_area - 8) < 1e-12);
    assert_true(inmost == 2.0 * (cell % COLUMNS));      /* cell = column + columns*layer */
    assert_true(lowest == -4.0 * (1 + cell / COLUMNS)); /* NOLINT(bugprone-integer-division) */
    area += cell_area;
  }
  free(points);
  free(corner);
  free(offset);
  assert_true(fabs(area - 8 * CELLS) < 1e-12);
}

static void WritesVtkhdf(void **state) {
  const char *path;
  double *values;
  hsize_t dims[2];
  Fields fields;
  char text[64];
  int version[2] = {-1, -1};
  hid_t file, attribute;
  (void)state;
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 0, &fields));
  block.scale = 2.0;
  assert_ok(FieldsWrite(fields, 12.5, 3.0, &block, 2, cell_fields));
  block.scale = 1.0;
  assert_ok(FieldsDestroy(&fields));
  path = InDir("fields/000000.hdf");
  assert_int_not_equal(0, access(InDir("fields/000000.hdf.part"), F_OK));
  ReadText(path, "VTKHDF", "Type", text, sizeof text);
  assert_string_equal("UnstructuredGrid", text);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  attribute = H5Aopen_by_name(file, "VTKHDF", "Version", H5P_DEFAULT, H5P_DEFAULT);
  assert_true(H5Aread(attribute, H5T_NATIVE_INT, version) >= 0);
  H5Aclose(attribute);
  H5Fclose(file);
  assert_int_equal(1, version[0]);
  assert_int_equal(0, version[1]);
  ReadText(path, "VTKHDF/CellData/current_density", "units", text, sizeof text);
  assert_string_equal("A m-2", text);

  assert_int_equal(CELLS, ReadDataset(path, "VTKHDF/CellData/potential", &values, dims));
  assert_memory_equal(potential, values, sizeof potential);
  free(values);
  assert_int_equal(3 * CELLS, ReadDataset(path, "VTKHDF/CellData/current_density", &values, dims));
  assert_int_equal(3, dims[1]);
  assert_memory_equal(current_density, values, sizeof current_density);
  free(values);
  assert_int_equal(1, ReadDataset(path, "VTKHDF/FieldData/TimeValue", &values, dims));
  assert_true(values[0] == 12.5);
  free(values);
  assert_int_equal(1, ReadDataset(path, "VTKHDF/FieldData/contact_radius", &values, dims));
  assert_true(values[0] == 3.0);
  free(values);

  assert_tiled(path);
}

static void CollectsInXdmf(void **state) {
  Fields fields;
  char *text;
  int i;
  (void)state;
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 0, &fields));
  text = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(0, Count(text, "<Time"));
  free(text);
  for (i = 0; i < 5; i++) {
    assert_ok(FieldsWrite(fields, 10.0 * i, 1.5, &block, 2, cell_fields));
    text = ReadFile(InDir("fields.xdmf")); /* whole at any time, and not ahead of the files */
    assert_true(Count(text, "<Time") <= i + 1);
    assert_int_equal(1, Count(text, "</Xdmf>"));
    assert_int_equal(Count(text, "<Grid"), Count(text, "</Grid>"));
    free(text);
  }
  (void)usleep(1100000);
  assert_ok(FieldsUpdateCollection(fields)); /* a second later a running job's collection is up to date */
  text = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(5, Count(text, "<Time"));
  free(text);
  assert_ok(FieldsWrite(fields, 50.0, 1.5, &block, 2, cell_fields));
  assert_ok(FieldsDestroy(&fields)); /* writes what waits */
  text = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(6, Count(text, "<Time"));
  assert_non_null(strstr(text, "<Time Value=\"40\"/>"));
  assert_non_null(
      strstr(text, ">fields/000004.hdf:/VTKHDF/CellData/current_density<")); /* relative: the folder can be moved */
  free(text);
}

/* A resumed run drops what came after its checkpoint and keeps the rest in the collection, even if fields.xdmf was
 * lost. */
static void ResumesAtIndex(void **state) {
  Fields fields;
  char *text, *before;
  int i;
  (void)state;
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 0, &fields));
  for (i = 0; i < 4; i++) {
    assert_ok(FieldsWrite(fields, 0.1 * i, 1.5, &block, 2, cell_fields));
  }
  assert_ok(FieldsDestroy(&fields));
  before = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(0, unlink(InDir("fields.xdmf")));
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 2, &fields));
  assert_int_equal(0, access(InDir("fields/000001.hdf"), F_OK));
  assert_int_not_equal(0, access(InDir("fields/000002.hdf"), F_OK));
  assert_int_not_equal(0, access(InDir("fields/000003.hdf"), F_OK));
  text = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(2, Count(text, "<Time"));
  free(text);
  for (i = 2; i < 4; i++) {
    assert_ok(FieldsWrite(fields, 0.1 * i, 1.5, &block, 2, cell_fields));
  }
  assert_ok(FieldsDestroy(&fields));
  text = ReadFile(InDir("fields.xdmf"));
  assert_int_equal(strlen(before), strlen(text));
  free(text);
  free(before);
}

/* The last layer of an infinite grid cannot be drawn; the rest can. */
static void LeavesOutInfinity(void **state) {
  double *values;
  hsize_t dims[2];
  Fields fields;
  int i;
  (void)state;
  for (i = NODES - COLUMNS - 1; i < NODES; i++) {
    corner_z[i] = -INFINITY;
  }
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 0, &fields));
  assert_ok(FieldsWrite(fields, 0, 1.5, &block, 2, cell_fields));
  assert_ok(FieldsDestroy(&fields));
  assert_int_equal(CELLS - COLUMNS,
                   ReadDataset(InDir("fields/000000.hdf"), "VTKHDF/CellData/potential", &values, dims));
  assert_memory_equal(potential, values, (CELLS - COLUMNS) * sizeof *values);
  free(values);
}

static void ErrorsNameTheFile(void **state) {
  const char *missing = InDir("no-such-folder");
  Fields fields;
  char command[320];
  (void)state;
  expect_error(FieldsCreate(PETSC_COMM_WORLD, missing, 1, &block, 0, &fields), "no-such-folder", "No such file");
  assert_ok(FieldsCreate(PETSC_COMM_WORLD, test_dir, 1, &block, 0, &fields));
  snprintf(command, sizeof command, "rm -r '%s/fields'", test_dir);
  assert_int_equal(0, system(command)); /* NOLINT(cert-env33-c) */
  expect_error(FieldsWrite(fields, 0, 1.5, &block, 2, cell_fields), "fields/000000.hdf", "No such file");
  assert_ok(FieldsDestroy(&fields));
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(WritesVtkhdf, MakeGrid),      cmocka_unit_test_setup(CollectsInXdmf, MakeGrid),
      cmocka_unit_test_setup(ResumesAtIndex, MakeGrid),    cmocka_unit_test_setup(LeavesOutInfinity, MakeGrid),
      cmocka_unit_test_setup(ErrorsNameTheFile, MakeGrid),
  };
  int failed;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  RemoveDir();
  return PetscFinalize() || failed;
}
