/* Bulk operators: combinations and values that are refused, and the order of calls. */
#include "solver/electrolyte/bulk.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RINGS = 4, LAYERS = 5 };
static const OblateOptions oblate = {
    .rings = RINGS, .layers = LAYERS, .radius = 1e-6, .ring_grading = 1, .layer_grading = 1};

#define assert_done(call) assert_int_equal((call), 0)
#define assert_refused(call) assert_int_not_equal((call), 0)

static PetscErrorCode create(BulkType type, Grid grid, const BulkOptions *options, Bulk *bulk) {
  *bulk = NULL;
  return BulkCreate(PETSC_COMM_SELF, type, grid, options, bulk);
}

static void test_auto(void **state) {
  double source[RINGS * LAYERS] = {1e-9};
  BulkOptions options = {.conductivity = 1};
  Grid grid = NULL, rings = NULL;
  Bulk bulk = NULL;
  (void)state;
  assert_done(GridCreateOblate(&oblate, &grid));
  assert_done(GridCreateHalfspace(RINGS, 1e-6, 0, &rings));
  assert_done(create(BULK_AUTO, rings, &options, &bulk));
  assert_int_equal(BulkGetType(bulk), BULK_HALFSPACE);
  assert_done(BulkDestroy(&bulk));
  assert_done(create(BULK_AUTO, grid, &options, &bulk));
  assert_int_equal(BulkGetType(bulk), BULK_CONDENSED);
  assert_int_equal(BulkRings(bulk), RINGS);
  assert_done(BulkDestroy(&bulk));
  options.cell_source = source;
  assert_done(create(BULK_AUTO, grid, &options, &bulk));
  assert_int_equal(BulkGetType(bulk), BULK_FIELD);
  assert_done(BulkDestroy(&bulk));
  assert_done(GridDestroy(&grid));
  assert_done(GridDestroy(&rings));
}

static void test_refused(void **state) {
  double array[RINGS * LAYERS];
  const PetscInt cell = 3;
  const double bad[] = {0, -1, NAN, INFINITY};
  BulkOptions options = {.conductivity = 1};
  Grid grid = NULL, rings = NULL;
  Bulk bulk = NULL;
  (void)state;
  assert_done(GridCreateOblate(&oblate, &grid));
  assert_done(GridCreateHalfspace(RINGS, 1e-6, LAYERS, &rings));
  assert_refused(create(BULK_HALFSPACE, grid, &options, &bulk));
  assert_refused(create(BULK_CONDENSED, rings, &options, &bulk));
  assert_refused(create(BULK_FIELD, rings, &options, &bulk));
  assert_null(bulk);
  for (int n = 0; n < 4; n++) {
    options.conductivity = bad[n];
    assert_refused(create(BULK_CONDENSED, grid, &options, &bulk));
  }
  for (int n = 0; n < 4; n++) {
    for (int c = 0; c < RINGS * LAYERS; c++) {
      array[c] = 1 + c;
    }
    array[7] = bad[n];
    options = (BulkOptions){.conductivity = 1, .cell_conductivity = array};
    assert_refused(create(BULK_CONDENSED, grid, &options, &bulk));
    options = (BulkOptions){.conductivity = 1, .face_resistance_down = array};
    if (n > 0) {
      assert_refused(create(BULK_FIELD, grid, &options, &bulk));
    }
  }
  array[7] = 1;
  options = (BulkOptions){.conductivity = 1, .cell_conductivity = array};
  assert_refused(create(BULK_HALFSPACE, rings, &options, &bulk)); /* not homogeneous */
  options = (BulkOptions){.conductivity = 1, .cell_source = array};
  assert_refused(create(BULK_CONDENSED, grid, &options, &bulk));
  options = (BulkOptions){.conductivity = 1};
  double conductance = 0;
  assert_refused(BulkElectrodeConductance(PETSC_COMM_SELF, grid, &options, 0, &conductance)); /* none there */
  assert_done(GridMarkElectrode(grid, 1, &cell, 1));
  assert_refused(create(BULK_CONDENSED, grid, &options, &bulk));
  assert_refused(BulkElectrodeConductance(PETSC_COMM_SELF, grid, &options, 2, &conductance));
  assert_done(BulkElectrodeConductance(PETSC_COMM_SELF, grid, &options, 1, &conductance));
  assert_true(conductance > 0);
  assert_done(GridDestroy(&grid));
  assert_done(GridDestroy(&rings));
}

static void test_calls(void **state) {
  static const BulkType types[] = {BULK_HALFSPACE, BULK_CONDENSED, BULK_FIELD};
  const BulkOptions options = {.conductivity = 1};
  (void)state;
  for (int n = 0; n < 3; n++) {
    double film[RINGS] = {1e6, 1e6, 1e6, 1e6}, b[RINGS] = {1, 1, 1, 1}, first[RINGS];
    Grid grid = NULL;
    Bulk bulk = NULL;
    if (n == 0) {
      assert_done(GridCreateHalfspace(RINGS, 1e-6, 0, &grid));
    } else {
      assert_done(GridCreateOblate(&oblate, &grid));
    }
    assert_done(create(types[n], grid, &options, &bulk));
    assert_refused(BulkSolve(bulk, 1, b)); /* nothing factored */
    assert_done(BulkFactor(bulk, film));
    assert_done(BulkSolve(bulk, 1, b));
    for (int j = 0; j < RINGS; j++) {
      first[j] = b[j], b[j] = 1, film[j] *= 0.5;
    }
    assert_done(BulkFactor(bulk, film)); /* half the film: more current, less than twice as much */
    assert_done(BulkSolve(bulk, 1, b));
    for (int j = 0; j < RINGS; j++) {
      assert_true(b[j] > first[j] && b[j] < 2 * first[j]);
    }
    film[2] = NAN;
    assert_refused(BulkFactor(bulk, film));
    assert_refused(BulkSolve(bulk, 1, b));
    assert_done(BulkDestroy(&bulk));
    assert_done(GridDestroy(&grid));
  }
}

/* The plan is what is then built: same type, same method. */
static void assert_plan(BulkType type, Grid grid, const BulkOptions *options, BulkPlan *plan) {
  BulkStatistics statistics;
  Bulk bulk = NULL;
  assert_done(BulkMakePlan(PETSC_COMM_SELF, type, grid, options, plan));
  assert_done(create(type, grid, options, &bulk));
  assert_done(BulkGetStatistics(bulk, &statistics));
  assert_int_equal(plan->type, BulkGetType(bulk));
  assert_string_equal(plan->method, statistics.method);
  assert_done(BulkDestroy(&bulk));
}

static void test_plan(void **state) {
  double source[RINGS * LAYERS] = {1e-9}, conductivity[RINGS * LAYERS];
  BulkOptions options = {.conductivity = 1};
  BulkPlan separable, built, cells, halfspace;
  Grid grid = NULL;
  (void)state;
  for (int c = 0; c < RINGS * LAYERS; c++) {
    conductivity[c] = 1 + c % 7;
  }
  assert_done(GridCreateOblate(&oblate, &grid));
  assert_plan(BULK_AUTO, grid, &options, &separable);
  assert_plan(BULK_FIELD, grid, &options, &cells);
  assert_true(separable.bytes > RINGS * LAYERS * 8 && separable.bytes < cells.bytes && cells.bytes < 1e6);
  assert_false(separable.build_is_shared || separable.solve_is_shared);
  options.cell_conductivity = conductivity;
  assert_plan(BULK_CONDENSED, grid, &options, &built);
  assert_true(built.bytes > separable.bytes);
  assert_false(built.solve_is_shared); /* a dense operator: each process the same */
  options.cell_source = source;
  assert_plan(BULK_AUTO, grid, &options, &cells);
  assert_int_equal(cells.type, BULK_FIELD);
  assert_done(GridDestroy(&grid));
  assert_done(GridCreateHalfspace(RINGS, 1e-6, LAYERS, &grid));
  assert_plan(BULK_AUTO, grid, &(BulkOptions){.conductivity = 1}, &halfspace);
  assert_int_equal(halfspace.type, BULK_HALFSPACE);
  assert_done(GridDestroy(&grid));
}

/* A large field is shared; the operator of as many cells is built together, but used by each. */
static void test_plan_of_many_cells(void **state) {
  const OblateOptions large = {.rings = 128, .layers = 192, .radius = 1e-6, .ring_grading = 1, .layer_grading = 1};
  const PetscInt cells = 128 * 192;
  BulkPlan built, field;
  double *conductivity = NULL;
  Grid grid = NULL;
  (void)state;
  assert_done(GridCreateOblate(&large, &grid));
  assert_done(PetscMalloc1(cells, &conductivity));
  for (PetscInt c = 0; c < cells; c++) {
    conductivity[c] = 1 + (double)(c % 7);
  }
  const BulkOptions options = {.conductivity = 1, .cell_conductivity = conductivity};
  assert_done(BulkMakePlan(PETSC_COMM_SELF, BULK_CONDENSED, grid, &options, &built));
  assert_done(BulkMakePlan(PETSC_COMM_SELF, BULK_FIELD, grid, &options, &field));
  assert_true(built.build_is_shared && !built.solve_is_shared);
  assert_true(field.solve_is_shared);
  assert_done(PetscFree(conductivity));
  assert_done(GridDestroy(&grid));
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_auto),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_calls),
      cmocka_unit_test(test_plan),
      cmocka_unit_test(test_plan_of_many_cells),
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
