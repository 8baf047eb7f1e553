/* report.json: valid JSON at any time, with what was put in. */
#include "output_support.h"

#include "io/output/report.h"

#include <jansson.h>
#include <math.h>

static json_t *Load(void) {
  json_error_t error;
  json_t *root = json_load_file(InDir("report.json"), JSON_REJECT_DUPLICATES, &error);
  if (!root) {
    fail_msg("report.json:%d: %s", error.line, error.text);
  }
  return root;
}

static const json_t *Get(const json_t *root, const char *section, const char *key) {
  const json_t *value = json_object_get(json_object_get(root, section), key);
  if (!value) {
    fail_msg("report.json has no %s.%s", section, key);
  }
  return value;
}

static PetscErrorCode AddStep(Report report, PetscInt index) {
  const ReportStep step = {.index = index,
                           .kind = "cv",
                           .start_time = 100.0 * (double)index,
                           .end_time = 100.0 * (double)index + 1.0 / 3,
                           .reason = "the last vertex was reached",
                           .cycles = 11};
  return ReportAddStep(report, &step);
}

static void RoundTrip(void **state) {
  const ReportTimings timings = {0.05, 0.2, 0.01};
  const ReportCounts counts = {1000, 3, 2500, 0};
  const ReportBalances balances = {2e-11, NAN, INFINITY};
  Report report;
  json_t *root;
  const json_t *step;
  (void)state;
  assert_ok(ReportCreate(PETSC_COMM_WORLD, test_dir, "a \"title\"\nof two lines, d = 9.64 \302\265m", &report));
  assert_ok(ReportWrite(report)); /* a run that has only begun */
  root = Load();
  assert_int_equal(REPORT_RUNNING, json_integer_value(Get(root, "exit", "status")));
  json_decref(root);

  assert_ok(AddStep(report, 1));
  assert_ok(AddStep(report, 2));
  assert_ok(ReportSetExit(report, 0, "the protocol is finished"));
  assert_ok(ReportSetTimings(report, &timings));
  assert_ok(ReportSetCounts(report, &counts));
  assert_ok(ReportSetBalances(report, &balances));
  assert_ok(ReportNoteInteger(report, "discretisation", "rings", 32));
  assert_ok(ReportNoteInteger(report, "discretisation", "rings", 64));
  assert_ok(ReportNoteReal(report, "discretisation", "smallest_spacing", 1.25e-9));
  assert_ok(ReportNoteText(report, "discretisation", "bulk", "halfspace"));
  assert_ok(ReportNoteReal(report, "part", "length", 62e-6));
  assert_ok(ReportNoteReal(report, "part", "initiated", NAN));
  assert_ok(ReportWrite(report));
  assert_ok(ReportDestroy(&report));
  assert_int_not_equal(0, access(InDir("report.json.part"), F_OK));

  root = Load();
  assert_string_equal(LISEI_FORMAT, json_string_value(json_object_get(root, "lisei_format")));
  assert_string_equal("a \"title\"\nof two lines, d = 9.64 \302\265m",
                      json_string_value(json_object_get(root, "title")));
  assert_true(json_integer_value(Get(root, "provenance", "ranks")) >= 1);
  assert_true(json_string_length(Get(root, "provenance", "version")) > 0);
  assert_int_equal(0, json_integer_value(Get(root, "exit", "status")));
  assert_string_equal("the protocol is finished", json_string_value(Get(root, "exit", "reason")));
  assert_int_equal(2, json_array_size(json_object_get(root, "steps")));
  step = json_array_get(json_object_get(root, "steps"), 1);
  assert_int_equal(2, json_integer_value(json_object_get(step, "index")));
  assert_string_equal("cv", json_string_value(json_object_get(step, "kind")));
  assert_true(json_real_value(json_object_get(step, "end_time")) == 200 + 1.0 / 3); /* to the last bit */
  assert_int_equal(11, json_integer_value(json_object_get(step, "cycles")));
  assert_true(json_real_value(Get(root, "timings", "stepping")) == 0.2);
  assert_int_equal(2500, json_integer_value(Get(root, "counts", "newton_iterations")));
  assert_true(json_real_value(Get(root, "balances", "current")) == 2e-11);
  assert_true(json_is_null(Get(root, "balances", "volume"))); /* JSON has no NaN */
  assert_true(json_is_null(Get(root, "balances", "force")));
  assert_int_equal(64, json_integer_value(Get(root, "discretisation", "rings")));
  assert_string_equal("halfspace", json_string_value(Get(root, "discretisation", "bulk")));
  assert_int_equal(0, json_object_size(json_object_get(root, "warnings"))); /* there, and empty */
  assert_true(json_real_value(Get(root, "part", "length")) == 62e-6);
  assert_true(json_is_null(Get(root, "part", "initiated")));
  json_decref(root);
}

static void Survives(void **state) {
  const char *missing = InDir("no-such-folder");
  Report report;
  json_t *root;
  (void)state;
  assert_ok(ReportCreate(PETSC_COMM_WORLD, test_dir, "Latin-1: \265m", &report)); /* no UTF-8 */
  assert_ok(ReportWrite(report));
  assert_ok(ReportDestroy(&report));
  root = Load();
  json_decref(root);
  assert_ok(ReportCreate(PETSC_COMM_WORLD, missing, "", &report));
  expect_error(ReportWrite(report), "no-such-folder/report.json", "No such file or directory");
  assert_ok(ReportDestroy(&report));
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup(RoundTrip, MakeDir),
                                     cmocka_unit_test_setup(Survives, MakeDir)};
  int failed;
  if (PetscInitialize(&argc, &argv, NULL, NULL)) {
    return 1;
  }
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  RemoveDir();
  return PetscFinalize() || failed;
}
