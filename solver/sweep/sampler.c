#include "sampler.h"
#include "../../physics/constants.h"
#include "../system/error_capture.h"
#include "text_hash.h"
#include <math.h>

struct Sampler_ {
  MPI_Comm comm;
  Study study;
  DeckBase base;
  Deck deck;        /* of the last sample; NULL: none */
  bool deck_is_odd; /* it has an override more than the others */
  Recorder recorder;
  RunResult last;
  const char *histories;                                /* NULL: none */
  PetscInt variable_count, first_column, first_measure; /* limit and measures; measures */
  double area, seconds;                                 /* [m^2], [s] of the last run */
  char (*names)[STUDY_NAME_LENGTH];                     /* of the variables of formulae */
  const char **name_list;
  double *variables;       /* area, parameters, columns */
  Expression *expressions; /* measures; NULL where it is none */
  Expression beyond;       /* of a limit, or NULL */
};

enum { LIMIT_COLUMNS = 4 };

PetscInt StudyColumnCount(Study study) {
  return study->measure_count + (study->limit ? LIMIT_COLUMNS : 0);
}

void StudyColumn(Study study, PetscInt column, char name[STUDY_NAME_LENGTH], const char **unit) {
  static const char *const suffix[LIMIT_COLUMNS] = {"", "_lower", "_upper", "_runs"};
  const PetscInt measure = column - (study->limit ? LIMIT_COLUMNS : 0);

  if (measure >= 0) {
    (void)snprintf(name, STUDY_NAME_LENGTH, "%s", study->measures[measure].name);
    *unit = study->measures[measure].unit;
  } else {
    (void)snprintf(name, STUDY_NAME_LENGTH, "%s%s", study->limit->parameter.name, suffix[column]);
    *unit = column == LIMIT_COLUMNS - 1 ? "1" : study->limit->parameter.si;
  }
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static PetscErrorCode CreateExpressions(Sampler s, Diagnostics diagnostics) {
  const Study study = s->study;
  const StudyLimit *limit = study->limit;
  char error[512];

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(study->measure_count, &s->expressions));
  for (PetscInt k = 0; k < study->measure_count; k++) {
    const Measure *m = &study->measures[k];
    if (m->expression) { /* knows the measures before it */
      PetscCall(ExpressionCreate(m->expression, s->first_measure + k, s->name_list, s->variables, error, sizeof error,
                                 &s->expressions[k]));
      if (*error) {
        PetscCall(DiagnosticsAdd(diagnostics, study->path, m->line, m->name, "%s", error));
      }
    }
  }
  if (limit && limit->expression) {
    PetscCall(ExpressionCreate(limit->expression, s->first_measure + study->measure_count, s->name_list, s->variables,
                               error, sizeof error, &s->beyond));
    if (*error) {
      PetscCall(DiagnosticsAdd(diagnostics, study->path, limit->parameter.line, "limit", "%s", error));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateVariables(Sampler s) {
  const Study study = s->study;

  PetscFunctionBeginUser;
  s->first_column = 1 + study->parameter_count;
  s->variable_count = s->first_column + StudyColumnCount(study);
  s->first_measure = s->variable_count - study->measure_count;
  PetscCall(
      PetscMalloc3(s->variable_count, &s->names, s->variable_count, &s->name_list, s->variable_count, &s->variables));
  (void)snprintf(s->names[0], STUDY_NAME_LENGTH, "area");
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    (void)snprintf(s->names[1 + k], STUDY_NAME_LENGTH, "%s", study->parameters[k].name);
  }
  for (PetscInt k = 0; k < StudyColumnCount(study); k++) {
    const char *unit;
    StudyColumn(study, k, s->names[s->first_column + k], &unit);
  }
  for (PetscInt k = 0; k < s->variable_count; k++) {
    const PetscInt parameter = k - 1;
    const bool words = parameter >= 0 && parameter < study->parameter_count && !study->parameters[parameter].numbers;
    s->name_list[k] = words ? NULL : s->names[k];
    s->variables[k] = 1.0;
  }
  PetscFunctionReturn(0);
}

/* A column measure: is there the column? Its unit becomes the measure's. */
static PetscErrorCode CheckColumn(Study study, Measure *m, PetscInt count, const HistoryField columns[],
                                  Diagnostics diagnostics) {
  PetscInt c = 0;

  PetscFunctionBeginUser;
  while (m->column && c < count && strcmp(columns[c].name, m->column) != 0) {
    c++;
  }
  if (m->column && c == count) {
    PetscCall(DiagnosticsAdd(diagnostics, study->path, m->line, m->name, "the history of these runs has no column '%s'",
                             m->column));
  } else if (m->column && *m->unit && strcmp(m->unit, columns[c].unit) != 0) {
    PetscCall(DiagnosticsAdd(diagnostics, study->path, m->line, m->name,
                             "the column '%s' is in '%s', not in '%s': leave `unit` out", m->column, columns[c].unit,
                             m->unit));
  } else if (m->column) {
    PetscCall(PetscFree(m->unit));
    PetscCall(PetscStrallocpy(columns[c].unit, &m->unit));
  }
  PetscFunctionReturn(0);
}

/* Has the first sample the columns that are measured, and the end that is searched for? */
static PetscErrorCode CheckMeasures(Sampler s, Diagnostics diagnostics) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  HistoryField columns[RUN_HISTORY_COLUMNS];
  Simulation simulation = NULL;
  Deck deck = NULL;
  PetscInt count;
  bool searches = false;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < s->study->measure_count; k++) {
    searches = searches || s->study->measures[k].column;
  }
  if (!searches && !(s->study->limit && s->study->limit->end)) {
    PetscFunctionReturn(0);
  }
  PetscCall(SamplerFirst(s, diagnostics, &deck, &simulation));
  if (simulation && DiagnosticsCount(diagnostics) == before) {
    const Protocol protocol = simulation->protocol;
    PetscInt kind = 0;
    PetscCall(SimulationSetUp(simulation));
    PetscCall(RunColumns(simulation, &count, columns));
    for (PetscInt k = 0; k < s->study->measure_count; k++) {
      PetscCall(CheckColumn(s->study, &s->study->measures[k], count, columns, diagnostics));
    }
    while (s->study->limit && s->study->limit->end && EndName(kind) && strcmp(EndName(kind), s->study->limit->end)) {
      kind++;
    }
    if (s->study->limit && s->study->limit->end &&
        (!EndName(kind) || !ProtocolHasEnd(protocol, &protocol->steps[protocol->step_count - 1], kind))) {
      PetscCall(DiagnosticsAdd(diagnostics, s->study->path, s->study->limit->parameter.line, "limit",
                               "the last step of the protocol has no end `until: {%s: ...}`", s->study->limit->end));
    }
  }
  PetscCall(SimulationDestroy(&simulation));
  PetscCall(DeckDestroy(&deck));
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerCreate(MPI_Comm comm, ParameterTable table, Study study, Diagnostics diagnostics,
                             Sampler *sampler) {
  DeckAssignment *settings;
  PetscInt count;
  Sampler s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  *sampler = s;
  s->comm = comm;
  s->study = study;
  PetscCall(StudySettings(study, &count, &settings));
  PetscCall(DeckBaseRead(table, study->base, count, settings, diagnostics, &s->base));
  PetscCall(StudyFreeAssignments(count, &settings));
  for (PetscInt k = 0; k < study->measure_count; k++) {
    s->recorder.keeps_impedance = s->recorder.keeps_impedance || MeasureIsImpedance(&study->measures[k]);
  }
  PetscCall(CreateVariables(s));
  PetscCall(CreateExpressions(s, diagnostics));
  if (s->base && DiagnosticsCount(diagnostics) == 0) {
    PetscCall(CheckMeasures(s, diagnostics));
  }
  PetscFunctionReturn(0);
}

void SamplerKeepHistories(Sampler sampler, const char *dir) {
  sampler->histories = dir;
  sampler->recorder.keeps_rings = dir != NULL;
}

PetscErrorCode SamplerDestroy(Sampler *sampler) {
  Sampler s = *sampler;

  PetscFunctionBeginUser;
  if (!s) {
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < s->study->measure_count; k++) {
    PetscCall(ExpressionDestroy(&s->expressions[k]));
  }
  PetscCall(ExpressionDestroy(&s->beyond));
  PetscCall(PetscFree(s->expressions));
  PetscCall(PetscFree3(s->names, s->name_list, s->variables));
  PetscCall(RecorderFree(&s->recorder));
  PetscCall(DeckDestroy(&s->deck));
  PetscCall(DeckBaseDestroy(&s->base));
  PetscCall(PetscFree(*sampler));
  PetscFunctionReturn(0);
}

/* --- decks -------------------------------------------------------------------------------------------------------- */

/* The overrides of a sample; with a limit at that value of it. */
static PetscErrorCode Assign(Sampler s, PetscInt sample, const char *limit, PetscInt *count,
                             DeckAssignment **assignments) {
  PetscFunctionBeginUser;
  PetscCall(StudyAssign(s->study, sample, count, assignments));
  if (s->study->limit) {
    PetscCall(StudyAssignLimit(s->study, limit ? limit : s->study->limit->parameter.from, count, assignments));
  }
  PetscFunctionReturn(0);
}

/* The sampler's deck becomes that of the sample, in place where it can; NULL if it is wrong. */
static PetscErrorCode MakeDeck(Sampler s, PetscInt sample, const char *limit, const char *extra,
                               Diagnostics diagnostics, Deck *deck) {
  DeckAssignment *assignments;
  PetscInt count;
  bool done = false;

  PetscFunctionBeginUser;
  PetscCall(Assign(s, sample, limit, &count, &assignments));
  if (extra) {
    char *text;
    PetscCall(PetscRealloc((size_t)(count + 1) * sizeof *assignments, &assignments));
    PetscCall(PetscStrallocpy(extra, &text));
    assignments[count++] = (DeckAssignment){text, s->study->path, 0};
  }
  if (s->deck && (extra || s->deck_is_odd)) {
    PetscCall(DeckDestroy(&s->deck));
  }
  s->deck_is_odd = extra != NULL;
  if (s->deck) {
    PetscCall(DeckBaseRevary(s->base, count, assignments, s->deck, &done));
  }
  if (!done) {
    PetscCall(DeckDestroy(&s->deck));
    PetscCall(DeckBaseVary(s->base, count, assignments, diagnostics, &s->deck));
  }
  *deck = s->deck;
  PetscCall(StudyFreeAssignments(count, &assignments));
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerFirst(Sampler s, Diagnostics diagnostics, Deck *deck, Simulation *simulation) {
  DeckAssignment *assignments;
  PetscInt count;

  PetscFunctionBeginUser;
  *simulation = NULL;
  PetscCall(Assign(s, 0, NULL, &count, &assignments));
  PetscCall(DeckBaseVary(s->base, count, assignments, diagnostics, deck));
  PetscCall(StudyFreeAssignments(count, &assignments));
  if (*deck) {
    PetscCall(SimulationCreate(s->comm, *deck, diagnostics, simulation));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerBaseDeck(Sampler s, Diagnostics diagnostics, Deck *deck) {
  PetscFunctionBeginUser;
  PetscCall(DeckBaseVary(s->base, 0, NULL, diagnostics, deck));
  PetscFunctionReturn(0);
}

/* The range of a limit is part of what a sample is made from. */
static PetscErrorCode HashSample(Sampler s, Deck deck, char hash[SAMPLE_HASH_LENGTH]) {
  const StudyLimit *limit = s->study->limit;
  TextHash sum = TextHashStart;
  char *record;

  PetscFunctionBeginUser;
  PetscCall(DeckRecord(deck, &record));
  TextHashAdd(&sum, record);
  if (limit) {
    char tolerance[32];
    (void)snprintf(tolerance, sizeof tolerance, "%.17g", limit->tolerance);
    TextHashAdd(&sum, limit->parameter.from);
    TextHashAdd(&sum, limit->parameter.to);
    TextHashAdd(&sum, limit->parameter.logarithmic ? "log" : "linear");
    TextHashAdd(&sum, limit->end ? limit->end : limit->expression);
    TextHashAdd(&sum, tolerance);
  }
  TextHashPrint(&sum, hash);
  PetscCall(PetscFree(record));
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerCheck(Sampler s, PetscInt sample, Diagnostics diagnostics, char hash[SAMPLE_HASH_LENGTH]) {
  Simulation simulation = NULL;
  Deck deck = NULL;

  PetscFunctionBeginUser;
  hash[0] = '\0';
  for (int end = 0; end < (s->study->limit ? 2 : 1); end++) { /* both ends of the range of a limit */
    PetscCall(MakeDeck(s, sample, end ? s->study->limit->parameter.to : NULL, NULL, diagnostics, &deck));
    if (deck) {
      PetscCall(SimulationCreate(s->comm, deck, diagnostics, &simulation));
      PetscCall(HashSample(s, deck, hash));
    }
    PetscCall(SimulationDestroy(&simulation));
  }
  PetscFunctionReturn(0);
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

/* Everything that the last run gives, in order; later formulae see earlier numbers. */
static void TakeMeasures(Sampler s, PetscInt sample) {
  const Study study = s->study;
  const MeasuredRun run = {&s->recorder, &s->last, s->area, s->seconds};

  s->variables[0] = s->area;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    s->variables[1 + k] = p->numbers ? p->numbers[StudyValueIndex(study, sample, k)] : NAN;
  }
  for (PetscInt k = 0; k < study->measure_count; k++) {
    s->variables[s->first_measure + k] =
        s->expressions[k] ? ExpressionEvaluate(s->expressions[k]) : MeasureTake(&study->measures[k], &run);
  }
}

typedef struct {
  Sampler sampler;
  PetscInt sample;
  const char *extra;
  SampleResult *result;
} OneSample;

static PetscErrorCode KeepHistory(Sampler s, PetscInt sample, Deck deck) {
  char dir[PETSC_MAX_PATH_LEN], *text;

  PetscFunctionBeginUser;
  (void)snprintf(dir, sizeof dir, "%s/%06d", s->histories, (int)sample + 1);
  PetscCall(DeckResolved(deck, &text));
  s->recorder.options.title = DeckText(deck, "title");
  PetscCall(RecorderWrite(&s->recorder, dir, text));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

/* One run, with its outcome and measures. */
static PetscErrorCode RunDeck(OneSample *one, const char *limit) {
  const Sampler s = one->sampler;
  const RunListener listener = RecorderListener(&s->recorder);
  PetscLogDouble start, end;
  Diagnostics diagnostics;
  Simulation simulation = NULL;
  Deck deck = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(DiagnosticsCreate(&diagnostics));
  PetscCall(MakeDeck(s, one->sample, limit, one->extra, diagnostics, &deck));
  if (deck) {
    PetscCall(SimulationCreate(s->comm, deck, diagnostics, &simulation));
  }
  s->recorder.row_count = 0;
  if (DiagnosticsCount(diagnostics) || !simulation) {
    s->last = (RunResult){.outcome = RUN_BAD_INPUT, .end = -1};
    (void)snprintf(s->last.reason, sizeof s->last.reason, "%s",
                   DiagnosticsCount(diagnostics) ? DiagnosticsMessage(diagnostics, 0) : "the deck makes no simulation");
  } else {
    PetscCall(SimulationSetUp(simulation));
    PetscCall(RunListen(simulation, &listener, &s->last));
    PetscCall(PetscTime(&end));
    s->area = PI * simulation->model.initial_radius * simulation->model.initial_radius;
    s->seconds = end - start;
    TakeMeasures(s, one->sample);
    if (s->histories && !one->extra) {
      PetscCall(KeepHistory(s, one->sample, deck));
    }
  }
  one->result->outcome = (int)s->last.outcome;
  PetscCall(PetscStrncpy(one->result->reason, s->last.reason, sizeof one->result->reason));
  PetscCall(SimulationDestroy(&simulation));
  PetscCall(DiagnosticsDestroy(&diagnostics));
  PetscFunctionReturn(0);
}

/* Is the limit passed at that value of it? */
static PetscErrorCode RunAtLimit(void *context, const char *value, double number, int *beyond) {
  OneSample *one = context;
  const Sampler s = one->sampler;
  const StudyLimit *limit = s->study->limit;

  PetscFunctionBeginUser;
  s->variables[s->first_column] = number;
  PetscCall(RunDeck(one, value));
  *beyond = s->last.outcome != RUN_FINISHED ? -1
            : limit->end                    ? s->last.end >= 0 && !strcmp(EndName(s->last.end), limit->end)
                                            : ExpressionEvaluate(s->beyond) != 0.0;
  PetscFunctionReturn(0);
}

static PetscErrorCode Sample(OneSample *one) {
  const Sampler s = one->sampler;

  PetscFunctionBeginUser;
  if (s->study->limit) {
    const LimitRun run = {one, RunAtLimit};
    double found[LIMIT_COLUMNS];
    char reason[SAMPLE_REASON_LENGTH] = "";
    PetscCall(LimitSearch(s->study->limit, &run, found, reason, sizeof reason));
    PetscCall(PetscArraycpy(s->variables + s->first_column, found, LIMIT_COLUMNS));
    if (s->last.outcome == RUN_FINISHED) { /* formulae may use the limit */
      TakeMeasures(s, one->sample);
    }
    if (*reason) {
      PetscCall(PetscStrncpy(one->result->reason, reason, sizeof one->result->reason));
    }
  } else {
    PetscCall(RunDeck(one, NULL));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerRun(Sampler s, PetscInt sample, const char *extra, PetscErrorCode (*poll)(void *), void *context,
                          SampleResult *result) {
  OneSample one = {s, sample, extra, result};
  PetscLogDouble start, end;
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  s->recorder.poll = poll;
  s->recorder.poll_context = context;
  s->last = (RunResult){.outcome = RUN_FAILED, .end = -1};
  for (PetscInt k = s->first_column; k < s->variable_count; k++) {
    s->variables[k] = NAN;
  }
  PetscCall(PetscTime(&start));
  PetscCall(ErrorCaptureBegin(&capture));
  code = Sample(&one);
  PetscCall(ErrorCaptureEnd());
  PetscCall(PetscTime(&end));
  if (code) { /* the other samples do not suffer from it */
    result->outcome = RUN_FAILED;
    (void)snprintf(result->reason, sizeof result->reason, "error: %.490s",
                   *capture.message ? capture.message : "internal error");
  }
  result->seconds = end - start;
  PetscCall(PetscArraycpy(result->values, s->variables + s->first_column, StudyColumnCount(s->study)));
  PetscFunctionReturn(0);
}

void SamplerLastRun(Sampler s, PetscInt *rows, PetscInt *columns, double *time) {
  *rows = s->recorder.row_count;
  *columns = s->recorder.options.column_count;
  *time = s->last.time;
}
