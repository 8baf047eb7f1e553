/* Grids: sums that geometry fixes, one cell checked by hand, and impossible grids refused. */
#include "mesh/grid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define RADIUS 2e-6 /* [m] */

static void assert_near(double value, double expected, double tolerance) {
  if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
    fail_msg("%.17g is not %.17g within %g", value, expected, tolerance);
  }
}

static double ring_sum(Grid grid) {
  double sum = 0;
  for (PetscInt j = 0; j < grid->rings; j++) {
    sum += grid->ring_area[j];
  }
  return sum;
}

static double volume_sum(Grid grid) {
  double sum = 0;
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    sum += grid->volume[c];
  }
  return sum;
}

static OblateOptions oblate_options(void) {
  return (OblateOptions){.rings = 12, .layers = 9, .radius = RADIUS, .ring_grading = 2, .layer_grading = 3};
}

static void check_rings(Grid grid) {
  assert_near(ring_sum(grid), PETSC_PI * RADIUS * RADIUS, 1e-13);
  assert_true(grid->ring_edge[0] == 0);
  assert_near(grid->ring_edge[grid->rings], RADIUS, 1e-14);
  for (PetscInt j = 0; j < grid->rings; j++) {
    const double r = GridRingRadius(grid, j) * RADIUS;
    assert_true(grid->ring_area[j] > 0);
    assert_true(r > grid->ring_edge[j] && r < grid->ring_edge[j + 1]);
  }
}

static void test_oblate(void **state) {
  OblateOptions options = oblate_options();
  Grid grid = NULL;
  (void)state;
  options.depth = 5 * RADIUS;
  assert_int_equal(GridCreateOblate(&options, &grid), 0);
  check_rings(grid);
  assert_false(grid->self_similar);
  assert_true(grid->separable.valid);
  /* half of the spheroid with semi-axes 5 and sqrt(26) */
  assert_near(volume_sum(grid), 2 * PETSC_PI / 3 * 26 * 5 * pow(RADIUS, 3), 1e-13);
  /* the first column ends on the axis, the last layer at the depth */
  assert_near(grid->corner_z[(size_t)(grid->columns + 1) * (size_t)grid->layers], -5 * RADIUS, 1e-13);
  for (PetscInt k = 0; k < grid->layers; k++) {
    assert_true(grid->half_conductance[FACE_INWARD][(ptrdiff_t)grid->columns * k] == 0);
    assert_true(grid->corner_r[(ptrdiff_t)(grid->columns + 1) * k] == 0);
  }
  assert_int_equal(GridDestroy(&grid), 0);
  assert_null(grid);
}

/* A single cell: its four half conductances from the formulae of numerics.md, and its metric lengths */
static void test_oblate_cell(void **state) {
  OblateOptions options = {
      .rings = 1, .layers = 1, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1, .depth = RADIUS};
  const double xi = 0.5 * asinh(1), eta = PETSC_PI / 4, g = 2 * atan(tanh(0.5 * xi));
  Grid grid = NULL;
  (void)state;
  assert_int_equal(GridCreateOblate(&options, &grid), 0);
  assert_near(grid->half_conductance[FACE_UP][0], 2 * PETSC_PI * RADIUS / g, 1e-14);
  assert_near(grid->half_conductance[FACE_DOWN][0], 2 * PETSC_PI * RADIUS / (PETSC_PI / 4 - g), 1e-14);
  assert_near(grid->half_conductance[FACE_OUTWARD][0], 2 * PETSC_PI * RADIUS / atanh(sin(eta)), 1e-14);
  assert_near(grid->volume[0], 2 * PETSC_PI / 3 * 2 * pow(RADIUS, 3), 1e-14);
  assert_int_equal(GridDestroy(&grid), 0);
}

static void test_sei_block(void **state) {
  const OblateOptions options = oblate_options();
  const SeiBlockOptions sei = {.layers = 4, .thickness = 100e-9};
  double smallest = 0, largest = 0;
  Grid grid = NULL;
  (void)state;
  assert_int_equal(GridCreateOblateSei(&options, &sei, &grid), 0);
  check_rings(grid);
  assert_int_equal(grid->layers, 13);
  assert_int_equal(grid->sei_layers, 4);
  assert_false(grid->separable.valid);
  assert_false(grid->self_similar);
  double volume = 0;
  for (PetscInt c = 0; c < 4 * 12; c++) {
    volume += grid->volume[c];
  }
  assert_near(volume, PETSC_PI * RADIUS * RADIUS * 100e-9, 1e-13);
  assert_near(grid->corner_z[0], 100e-9, 1e-14);
  assert_true(grid->corner_z[52] == 0);
  /* the disk of the first ring, half a layer high */
  assert_near(grid->half_conductance[FACE_UP][0], grid->ring_area[0] / 12.5e-9, 1e-13);
  assert_int_equal(GridSpacing(grid, &smallest, &largest), 0);
  assert_true(smallest > 0 && smallest <= 25e-9);
  assert_true(largest > RADIUS);
  assert_int_equal(GridDestroy(&grid), 0);
}

static void test_cylindrical(void **state) {
  const CylindricalOptions options = {.rings = 6,
                                      .columns_outside = 5,
                                      .layers = 7,
                                      .radius = RADIUS,
                                      .outer_radius = 4 * RADIUS,
                                      .depth = 3 * RADIUS,
                                      .ring_grading = 3,
                                      .outside_grading = 4,
                                      .layer_grading = 5,
                                      .grounded_wall = PETSC_TRUE};
  Grid grid = NULL;
  (void)state;
  assert_int_equal(GridCreateCylindrical(&options, &grid), 0);
  check_rings(grid);
  assert_true(grid->corner_r[6] == RADIUS); /* an edge lies exactly on the contact's */
  assert_near(volume_sum(grid), PETSC_PI * 16 * 3 * pow(RADIUS, 3), 1e-13);
  assert_near((grid->ring_edge[1] - grid->ring_edge[0]) / (grid->ring_edge[6] - grid->ring_edge[5]), 3, 1e-12);
  assert_near((grid->corner_r[11] - grid->corner_r[10]) / (grid->corner_r[7] - grid->corner_r[6]), 4, 1e-12);
  /* two half cells in series make the exact logarithm between the centres */
  const double r0 = 0.5 * (grid->corner_r[1] + grid->corner_r[2]), r1 = 0.5 * (grid->corner_r[2] + grid->corner_r[3]);
  const double series = 1 / grid->half_conductance[FACE_OUTWARD][1] + 1 / grid->half_conductance[FACE_INWARD][2];
  assert_near(series, log(r1 / r0) / (2 * PETSC_PI * -grid->corner_z[12]), 1e-12);
  assert_true(grid->outward_grounded && grid->down_grounded);
  assert_int_equal(GridDestroy(&grid), 0);
}

static void test_halfspace(void **state) {
  (void)state;
  for (PetscInt rings = 1; rings < 200; rings = 2 * rings + 1) {
    Grid grid = NULL;
    assert_int_equal(GridCreateHalfspace(rings, RADIUS, 3, &grid), 0);
    check_rings(grid);
    double second = 0, share = 0;
    for (PetscInt j = 0; j < rings; j++) {
      /* integral of mu^2 over the disk's area: 1/2; Gauss's rule has it exactly */
      share = grid->ring_area[j] / (PETSC_PI * RADIUS * RADIUS);
      second += share * pow(sin(grid->column_eta[j]), 2);
      if (j > 0) {
        assert_true(grid->column_eta[j] < grid->column_eta[j - 1]); /* from the axis outward */
      }
      const double node = RADIUS * cos(grid->column_eta[j]);
      assert_true(node > grid->ring_edge[j] && node < grid->ring_edge[j + 1]);
    }
    if (rings > 1) {
      assert_near(second, 0.5, 1e-13);
    }
    assert_int_equal(GridDestroy(&grid), 0);
  }
}

#define assert_refused(call) assert_int_not_equal((call), 0)

static void test_impossible_oblate(void **state) {
  const double bad[] = {0, -1, NAN, INFINITY};
  Grid grid = NULL;
  OblateOptions o;
  (void)state;
  for (size_t n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
    o = oblate_options(), o.radius = bad[n];
    assert_refused(GridCreateOblate(&o, &grid));
    o = oblate_options(), o.ring_grading = bad[n];
    assert_refused(GridCreateOblate(&o, &grid));
    o = oblate_options(), o.layer_grading = bad[n];
    assert_refused(GridCreateOblate(&o, &grid));
    o = oblate_options(), o.depth = bad[n];
    if (bad[n] != 0) {
      assert_refused(GridCreateOblate(&o, &grid));
    }
  }
  o = oblate_options(), o.rings = 0;
  assert_refused(GridCreateOblate(&o, &grid));
  o = oblate_options(), o.layers = -3;
  assert_refused(GridCreateOblate(&o, &grid));
  o = oblate_options(), o.ring_grading = 1e7;
  assert_refused(GridCreateOblate(&o, &grid));
  o = oblate_options(), o.rings = o.layers = 1000000; /* would overflow the cell index */
  assert_refused(GridCreateOblate(&o, &grid));
  o = oblate_options(), o.depth = 1e-13;
  assert_refused(GridCreateOblate(&o, &grid));
  assert_null(grid);
}

static void test_impossible_others(void **state) {
  const OblateOptions oblate = oblate_options();
  const CylindricalOptions good = {.rings = 2,
                                   .columns_outside = 2,
                                   .layers = 2,
                                   .radius = 1,
                                   .outer_radius = 2,
                                   .depth = 1,
                                   .ring_grading = 1,
                                   .outside_grading = 1,
                                   .layer_grading = 1};
  const double r[] = {0, 1, 1}, z[] = {0, -1, -2}, rising[] = {0, 1, 2}, offset[] = {1, 2, 3};
  CylindricalOptions c;
  Grid grid = NULL;
  (void)state;
  assert_refused(GridCreateOblateSei(&oblate, &(SeiBlockOptions){.layers = 0, .thickness = 1e-8}, &grid));
  assert_refused(GridCreateOblateSei(&oblate, &(SeiBlockOptions){.layers = 2, .thickness = -1e-8}, &grid));
  assert_refused(GridCreateOblateSei(&oblate, &(SeiBlockOptions){.layers = 2, .thickness = NAN}, &grid));
  assert_refused(GridCreateOblateSei(&oblate, &(SeiBlockOptions){.layers = 2, .thickness = RADIUS}, &grid));
  c = good, c.outer_radius = 0.5;
  assert_refused(GridCreateCylindrical(&c, &grid));
  c = good, c.depth = -1;
  assert_refused(GridCreateCylindrical(&c, &grid));
  c = good, c.columns_outside = 0;
  assert_refused(GridCreateCylindrical(&c, &grid));
  c = good, c.columns_outside = -1;
  assert_refused(GridCreateCylindrical(&c, &grid));
  c = good, c.layer_grading = NAN;
  assert_refused(GridCreateCylindrical(&c, &grid));
  assert_refused(GridCreateTensor(2, r, 2, z, 1, PETSC_FALSE, &grid));
  assert_refused(GridCreateTensor(2, rising, 2, rising, 1, PETSC_FALSE, &grid));
  assert_refused(GridCreateTensor(2, offset, 2, z, 1, PETSC_FALSE, &grid));
  assert_refused(GridCreateTensor(2, rising, 2, z, 3, PETSC_FALSE, &grid));
  assert_refused(GridCreateHalfspace(0, RADIUS, 1, &grid));
  assert_refused(GridCreateHalfspace(4, -RADIUS, 1, &grid));
  assert_refused(GridCreateHalfspace(4, RADIUS, -1, &grid));
  assert_null(grid);
}

static void test_electrode_marks(void **state) {
  const OblateOptions options = oblate_options();
  const PetscInt cells[] = {0, 5}, outside[] = {12 * 9};
  Grid grid = NULL;
  (void)state;
  assert_int_equal(GridCreateOblate(&options, &grid), 0);
  assert_refused(GridMarkElectrode(grid, 1, outside, 1));
  assert_refused(GridMarkElectrode(grid, 2, cells, 0));
  assert_null(grid->electrode);
  assert_int_equal(GridMarkElectrode(grid, 2, cells, 3), 0);
  assert_int_equal(grid->electrode[5], 3);
  assert_int_equal(grid->electrode[4], 0);
  assert_false(grid->separable.valid);
  assert_int_equal(GridDestroy(&grid), 0);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oblate),
      cmocka_unit_test(test_oblate_cell),
      cmocka_unit_test(test_sei_block),
      cmocka_unit_test(test_cylindrical),
      cmocka_unit_test(test_halfspace),
      cmocka_unit_test(test_impossible_oblate),
      cmocka_unit_test(test_impossible_others),
      cmocka_unit_test(test_electrode_marks),
  };
  int failures = 0;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  if (PetscPushErrorHandler(PetscReturnErrorHandler, NULL)) {
    return 1; /* refusals are asked for */
  }
  failures = cmocka_run_group_tests(tests, NULL, NULL);
  return PetscFinalize() || failures ? 1 : 0;
}
