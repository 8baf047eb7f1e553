#include "fit_model.h"
#include "../experiment/run.h"
#include "../system/error_capture.h"
#include <math.h>
#include <string.h>

struct FitModel_ {
  ParameterTable table;
  FitStudy study;
  FitProblem problem;
  double *lower, *upper;
  char *asked;       /* output.sensitivities=[...] */
  PetscBool refined; /* runs of a tenth of their tolerances */
  char failure[1024];
  FitModelState state;
};

/* The columns of a run that a fit looks at: time and quantity, then the derivatives of both by each parameter. */
typedef struct {
  FitModel model;
  const char *quantity;
  PetscInt width, count, capacity, *column;
  double *rows;
} Curve;

static PetscErrorCode Begin(void *context, const HistoryOptions *options) {
  Curve *curve = context;
  const FitStudy study = curve->model->study;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < curve->width; k++) {
    const char *of = k % 2 ? curve->quantity : "time";
    char name[256];
    (void)snprintf(name, sizeof name, "%s", of);
    if (k >= 2) {
      RunSensitivityName(of, study->parameters[k / 2 - 1].key, name, sizeof name);
    }
    curve->column[k] = -1;
    for (PetscInt c = 0; c < options->column_count; c++) {
      curve->column[k] = strcmp(options->columns[c].name, name) ? curve->column[k] : c;
    }
    PetscCheck(curve->column[k] >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The history has no column %s", name);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AddRow(void *context, const double row[]) {
  Curve *curve = context;

  PetscFunctionBeginUser;
  if (curve->count == curve->capacity) {
    curve->capacity = PetscMax(1024, 2 * curve->capacity);
    PetscCall(PetscRealloc((size_t)(curve->capacity * curve->width) * sizeof(double), &curve->rows));
  }
  for (PetscInt k = 0; k < curve->width; k++) {
    curve->rows[curve->count * curve->width + k] = row[curve->column[k]];
  }
  curve->count++;
  PetscFunctionReturn(0);
}

/* y + (t - t0)/(t1 - t0) (y1 - y0) and its derivatives; times of rows move with the parameters. `at`: the last row that
   is not later, moved on from call to call. */
static void Interpolate(const Curve *curve, double t, PetscInt *at, double values[]) {
  const double *a, *b;
  double part, slope, width;

  while (*at + 2 < curve->count && curve->rows[(*at + 1) * curve->width] <= t) {
    (*at)++;
  }
  a = curve->rows + *at * curve->width;
  b = a + curve->width;
  width = b[0] - a[0];
  if (width <= 0.0) { /* a jump at the end of the run */
    for (PetscInt k = 1; k < curve->width; k += 2) {
      values[k / 2] = b[k];
    }
    return;
  }
  part = (t - a[0]) / width;
  slope = (b[1] - a[1]) / width;
  values[0] = a[1] + part * (b[1] - a[1]);
  for (PetscInt k = 2; k < curve->width; k += 2) {
    values[k / 2] = a[k + 1] + part * (b[k + 1] - a[k + 1]) - slope * (a[k] + part * (b[k] - a[k]));
  }
}

/* The deck at these numbers; NULL if it is not valid. */
static PetscErrorCode ReadDeck(FitModel model, const FitExperiment *e, const double u[], Diagnostics diagnostics,
                               Deck *deck) {
  const FitStudy study = model->study;
  const PetscInt n = study->parameter_count;
  DeckAssignment *assignments;
  char(*texts)[FIT_TEXT];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n + 1, &assignments, n, &texts));
  for (PetscInt k = 0; k < n; k++) {
    const FitParameter *p = &study->parameters[k];
    const char *unit = p->declaration->unit;
    (void)snprintf(texts[k], FIT_TEXT, "%s=%.17g%s%s", p->key, FitNumberOf(p, u[k]), strcmp(unit, "1") ? " " : "",
                   strcmp(unit, "1") ? unit : "");
    assignments[k] = (DeckAssignment){texts[k], study->path, p->line};
  }
  assignments[n] = (DeckAssignment){model->asked, study->path, e->line};
  PetscCall(DeckBaseVary(e->base, n + 1, assignments, diagnostics, deck));
  PetscCall(PetscFree2(assignments, texts));
  PetscFunctionReturn(0);
}

static PetscErrorCode Fail(FitModel model, FitModelState state, const FitExperiment *e, const char *text) {
  PetscFunctionBeginUser;
  model->state = state;
  (void)snprintf(model->failure, sizeof model->failure, "experiment '%s': %s", e->name, text);
  PetscFunctionReturn(0);
}

/* Run the deck; the curve has a row at least where it is valid. */
static PetscErrorCode RunDeck(FitModel model, const FitExperiment *e, Deck deck, Diagnostics diagnostics,
                              Curve *curve) {
  const RunListener listener = {.context = curve, .begin = Begin, .row = AddRow};
  Simulation simulation = NULL;
  ErrorCapture capture = {""};
  RunResult result = {.outcome = RUN_FAILED};
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(SimulationCreate(PETSC_COMM_SELF, deck, diagnostics, &simulation));
  if (DiagnosticsCount(diagnostics)) {
    PetscCall(Fail(model, FIT_MODEL_INPUT, e, DiagnosticsMessage(diagnostics, 0)));
  } else {
    PetscCall(ErrorCaptureBegin(&capture));
    code = SimulationSetUp(simulation);
    code = code ? code : RunListen(simulation, &listener, &result);
    PetscCall(ErrorCaptureEnd());
    if (code || result.outcome != RUN_FINISHED) {
      PetscCall(Fail(model, FIT_MODEL_NUMERICAL, e, code ? capture.message : result.reason));
    }
  }
  PetscCall(SimulationDestroy(&simulation));
  PetscFunctionReturn(0);
}

/* The curve of an experiment at u; model->state tells. */
static PetscErrorCode MakeCurve(FitModel model, const FitExperiment *e, const double u[], Curve *curve) {
  Diagnostics diagnostics;
  Deck deck = NULL;

  PetscFunctionBeginUser;
  model->state = FIT_MODEL_GOOD;
  PetscCall(DiagnosticsCreate(&diagnostics));
  PetscCall(ReadDeck(model, e, u, diagnostics, &deck));
  if (!deck) {
    PetscCall(Fail(model, FIT_MODEL_INPUT, e, DiagnosticsMessage(diagnostics, 0)));
  } else {
    for (int k = 0; k < 2 && model->refined; k++) {
      const char *key = k ? "output.curve_tolerance" : "time.tolerance";
      DeckVary(deck, key, 0.1 * DeckReal(deck, key));
    }
    PetscCall(RunDeck(model, e, deck, diagnostics, curve));
    PetscCall(DeckDestroy(&deck));
  }
  PetscCall(DiagnosticsDestroy(&diagnostics));
  if (model->state == FIT_MODEL_GOOD) {
    const double end = curve->count ? curve->rows[(curve->count - 1) * curve->width] : 0.0;
    char text[256];
    if (curve->count < 2 || e->time[e->count - 1] > end * (1.0 + 1e-9) || e->time[0] < curve->rows[0]) {
      (void)snprintf(text, sizeof text, "the run ends at %g s, its data reach from %g s to %g s", end, e->time[0],
                     e->time[e->count - 1]);
      PetscCall(Fail(model, FIT_MODEL_INPUT, e, text));
    }
  }
  PetscFunctionReturn(0);
}

double FitModelNoise(FitModel model, PetscInt experiment) {
  const FitExperiment *e = &model->study->experiments[experiment];
  double largest = 0.0;

  for (PetscInt i = 0; i < e->count && e->noise <= 0.0; i++) {
    largest = fmax(largest, fabs(e->value[i]));
  }
  return e->noise > 0.0 ? e->noise : largest > 0.0 ? largest : 1.0;
}

/* d(number)/du over the number: d/d ln(number) becomes d/du. */
static double ByCoordinate(const FitParameter *p, double u) {
  return p->logarithmic ? 1.0 : 1.0 / u;
}

static PetscErrorCode EvaluateExperiment(FitModel model, PetscInt number, const double u[], PetscInt first, double r[],
                                         double jacobian[]) {
  const FitStudy study = model->study;
  const FitExperiment *e = &study->experiments[number];
  const PetscInt n = study->parameter_count, m = model->problem.residuals;
  const double noise = FitModelNoise(model, number);
  Curve curve = {.model = model, .quantity = e->quantity, .width = 2 + 2 * n};
  double *values;
  PetscInt at = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(curve.width, &curve.column, n + 1, &values));
  PetscCall(MakeCurve(model, e, u, &curve));
  for (PetscInt i = 0; i < e->count && model->state == FIT_MODEL_GOOD; i++) {
    Interpolate(&curve, e->time[i], &at, values);
    r[first + i] = (values[0] - e->value[i]) / noise;
    for (PetscInt k = 0; k < n; k++) {
      jacobian[k * m + first + i] = values[k + 1] * ByCoordinate(&study->parameters[k], u[k]) / noise;
    }
  }
  PetscCall(PetscFree2(curve.column, values));
  PetscCall(PetscFree(curve.rows));
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(void *context, const double u[], double r[], double jacobian[], PetscBool *valid) {
  const FitModel model = context;
  const FitStudy study = model->study;
  PetscInt first = 0;

  PetscFunctionBeginUser;
  *valid = PETSC_TRUE;
  for (PetscInt e = 0; e < study->experiment_count && *valid; e++) {
    PetscCall(EvaluateExperiment(model, e, u, first, r, jacobian));
    *valid = model->state == FIT_MODEL_GOOD ? PETSC_TRUE : PETSC_FALSE;
    first += study->experiments[e].count;
  }
  for (PetscInt k = 0; k < study->parameter_count && *valid; k++) {
    const FitParameter *p = &study->parameters[k];
    if (p->has_prior) {
      r[first] = (u[k] - p->prior) / p->prior_deviation;
      jacobian[k * model->problem.residuals + first++] = 1.0 / p->prior_deviation;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitModelNumericalError(FitModel model, const double u[], double squares, double *change) {
  const PetscInt m = model->problem.residuals;
  double *r, *jacobian, sum = 0.0;
  PetscBool valid;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(m, &r, (size_t)(m * model->problem.parameters), &jacobian));
  model->refined = PETSC_TRUE;
  PetscCall(Evaluate(model, u, r, jacobian, &valid));
  model->refined = PETSC_FALSE;
  for (PetscInt i = 0; i < m; i++) {
    sum += r[i] * r[i];
  }
  *change = valid ? sum - squares : NAN;
  PetscCall(PetscFree2(r, jacobian));
  PetscFunctionReturn(0);
}

const FitProblem *FitModelProblem(FitModel model) {
  return &model->problem;
}

FitModelState FitModelFailure(FitModel model, const char **text) {
  *text = model->failure;
  return model->state;
}

PetscInt FitModelDataCount(FitModel model) {
  PetscInt count = 0;

  for (PetscInt e = 0; e < model->study->experiment_count; e++) {
    count += model->study->experiments[e].count;
  }
  return count;
}

/* The decks at the start, with everything that is wrong with them. */
static PetscErrorCode CheckDecks(FitModel model, Diagnostics diagnostics) {
  const FitStudy study = model->study;
  double *u;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(study->parameter_count, &u));
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    u[k] = FitCoordinateOf(&study->parameters[k], study->parameters[k].start);
  }
  for (PetscInt e = 0; e < study->experiment_count; e++) {
    Simulation simulation = NULL;
    Deck deck = NULL;
    PetscCall(ReadDeck(model, &study->experiments[e], u, diagnostics, &deck));
    if (deck) {
      PetscCall(SimulationCreate(PETSC_COMM_SELF, deck, diagnostics, &simulation));
      PetscCall(SimulationDestroy(&simulation));
      PetscCall(DeckDestroy(&deck));
    }
  }
  PetscCall(PetscFree(u));
  PetscFunctionReturn(0);
}

PetscErrorCode FitModelCreate(ParameterTable table, FitStudy study, Diagnostics diagnostics, FitModel *model) {
  const PetscInt n = study->parameter_count;
  size_t length = 64;
  FitModel m;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&m));
  *model = m;
  m->table = table;
  m->study = study;
  for (PetscInt k = 0; k < n; k++) {
    length += strlen(study->parameters[k].key) + 2;
  }
  PetscCall(PetscMalloc1(length, &m->asked));
  (void)snprintf(m->asked, length, "output.sensitivities=[");
  PetscCall(PetscMalloc2(n, &m->lower, n, &m->upper));
  m->problem = (FitProblem){.context = m, .parameters = n, .lower = m->lower, .upper = m->upper, .evaluate = Evaluate};
  m->problem.residuals = FitModelDataCount(m);
  m->problem.noise_known = PETSC_TRUE;
  for (PetscInt k = 0; k < n; k++) {
    const FitParameter *p = &study->parameters[k];
    const size_t used = strlen(m->asked);
    (void)snprintf(m->asked + used, length - used, "%s%s", p->key, k + 1 < n ? ", " : "]");
    m->lower[k] = FitCoordinateOf(p, p->least);
    m->upper[k] = FitCoordinateOf(p, p->most);
    m->problem.residuals += p->has_prior ? 1 : 0;
  }
  for (PetscInt e = 0; e < study->experiment_count; e++) {
    m->problem.noise_known = study->experiments[e].noise > 0.0 ? m->problem.noise_known : PETSC_FALSE;
  }
  PetscCall(CheckDecks(m, diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode FitModelDestroy(FitModel *model) {
  PetscFunctionBeginUser;
  if (*model) {
    PetscCall(PetscFree((*model)->asked));
    PetscCall(PetscFree2((*model)->lower, (*model)->upper));
  }
  PetscCall(PetscFree(*model));
  PetscFunctionReturn(0);
}

/* FNV-1a */
static uint64_t Hash(uint64_t hash, const void *data, size_t length) {
  const unsigned char *bytes = data;

  for (size_t k = 0; k < length; k++) {
    hash = (hash ^ bytes[k]) * 1099511628211ULL;
  }
  return hash;
}

PetscErrorCode FitModelRecord(FitModel model, char **text) {
  const FitStudy study = model->study;
  uint64_t hash = 14695981039346656037ULL;
  double *u;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(study->parameter_count, &u));
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    u[k] = FitCoordinateOf(&study->parameters[k], study->parameters[k].start);
  }
  hash = Hash(hash, study->text, strlen(study->text));
  for (PetscInt e = 0; e < study->experiment_count; e++) {
    const FitExperiment *experiment = &study->experiments[e];
    Diagnostics diagnostics;
    Deck deck = NULL;
    char *record = NULL;
    PetscCall(DiagnosticsCreate(&diagnostics));
    PetscCall(ReadDeck(model, experiment, u, diagnostics, &deck));
    if (deck) {
      PetscCall(DeckRecord(deck, &record));
      hash = Hash(hash, record, strlen(record));
      PetscCall(PetscFree(record));
      PetscCall(DeckDestroy(&deck));
    }
    PetscCall(DiagnosticsDestroy(&diagnostics));
    hash = Hash(hash, experiment->time, (size_t)experiment->count * sizeof(double));
    hash = Hash(hash, experiment->value, (size_t)experiment->count * sizeof(double));
  }
  PetscCall(PetscFree(u));
  PetscCall(PetscMalloc1(64, text));
  (void)snprintf(*text, 64, "lisei fit 1 %016llx\n", (unsigned long long)hash);
  PetscFunctionReturn(0);
}
