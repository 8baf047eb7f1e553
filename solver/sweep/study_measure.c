/* The measures of a study as its file gives them. */
#include "../../io/deck/units.h"
#include "../../io/deck/words.h"
#include "study.h"

enum { MOST_CYCLES = 1000 };

static PetscErrorCode Add(Study study, Measure **measure) {
  PetscFunctionBeginUser;
  if (study->measure_count == study->measure_capacity) {
    study->measure_capacity = 2 * study->measure_capacity + 8;
    PetscCall(PetscRealloc((size_t)study->measure_capacity * sizeof *study->measures, &study->measures));
  }
  *measure = &study->measures[study->measure_count++];
  **measure = (Measure){0};
  PetscFunctionReturn(0);
}

static PetscErrorCode UnknownKind(const struct YamlNode_ *node, const char *name, Diagnostics diagnostics) {
  const char *best = NULL;
  PetscInt closest = PETSC_MAX_INT;
  char list[1024] = "";

  PetscFunctionBeginUser;
  for (const MeasureKind *kind = MeasureKinds; kind->name; kind++) {
    const size_t used = strlen(list);
    (void)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", kind->name);
    if (EditDistance(name, kind->name) < closest) {
      closest = EditDistance(name, kind->name);
      best = kind->name;
    }
  }
  if (best && IsTypo(name, closest)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "no measure '%s'; did you mean '%s'?",
                             name, best));
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures",
                             "no measure '%s': expected one of %s; or {column: ..., of: ...}, {expression: ...}", name,
                             list));
  }
  PetscFunctionReturn(0);
}

/* What a measure looks at: exactly one of a kind, a column, an expression. */
static PetscErrorCode ReadSubject(const struct YamlNode_ *node, Diagnostics diagnostics, Measure *m) {
  const char *kind = StudyText(node, "measure", diagnostics), *column = StudyText(node, "column", diagnostics);
  const char *expression = StudyText(node, "expression", diagnostics), *of = StudyText(node, "of", diagnostics);
  const char *name = StudyText(node, "name", diagnostics);
  const int given = (kind != NULL) + (column != NULL) + (expression != NULL);

  PetscFunctionBeginUser;
  if (given != 1 || (!kind && !name) || (of && !column)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures",
                             "expected the name of a measure, or a group with one of `measure`, `column` (with `of`), "
                             "`expression`, the latter two with a `name`"));
    PetscFunctionReturn(0);
  }
  m->kind = kind ? MeasureKindByName(kind) : NULL;
  if (kind && !m->kind) {
    PetscCall(UnknownKind(node, kind, diagnostics));
  }
  if (column) {
    PetscCall(PetscStrallocpy(column, &m->column));
  }
  if (expression) {
    PetscCall(PetscStrallocpy(expression, &m->expression));
  }
  for (m->reduction = REDUCE_LAST; of && m->reduction < REDUCE_COUNT; m->reduction++) {
    if (!strcmp(ReductionNames[m->reduction], of)) {
      break;
    }
  }
  if (m->reduction == REDUCE_COUNT) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures",
                             "of: expected last, first, largest, smallest or mean, got '%s'", of));
    m->reduction = REDUCE_LAST;
  }
  PetscCall(PetscStrallocpy(name ? name : kind, &m->name));
  PetscFunctionReturn(0);
}

/* What a measure has no use for is a mistake. */
static PetscErrorCode CheckTaken(const struct YamlNode_ *node, const Measure *m, Diagnostics diagnostics) {
  const struct {
    const char *key;
    bool used;
  } options[] = {{"unit", !m->kind},
                 {"at", m->kind && (m->kind->at > 0.0 || MeasureIsImpedance(m))},
                 {"share", m->kind && m->kind->share > 0.0},
                 {"state", MeasureIsImpedance(m)},
                 {"cycle", !m->expression},
                 {"cycles", !m->expression},
                 {"step", !m->expression}};

  PetscFunctionBeginUser;
  for (size_t k = 0; m->name && k < sizeof options / sizeof *options; k++) {
    if (!options[k].used && YamlFind(node, options[k].key)) {
      PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "'%s' has no use for `%s`", m->name,
                               options[k].key));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadNumbers(const struct YamlNode_ *node, Diagnostics diagnostics, Measure *m, PetscInt *cycles) {
  const char *at = StudyText(node, "at", diagnostics), *unit = StudyText(node, "unit", diagnostics);

  PetscFunctionBeginUser;
  PetscCall(StudyWhole(node, "cycle", 1, 1e6, m->kind ? (double)m->kind->cycle : 0, diagnostics, &m->cycle));
  PetscCall(StudyWhole(node, "step", 1, 1e6, 0, diagnostics, &m->step));
  PetscCall(StudyNumber(node, "share", 0, 1, m->kind ? m->kind->share : 0, diagnostics, &m->share));
  PetscCall(StudyWhole(node, "cycles", 1, MOST_CYCLES, 0, diagnostics, cycles));
  PetscCall(StudyWhole(node, "state", 1, 1e6, 1, diagnostics, &m->state));
  m->at = m->kind ? m->kind->at : 0.0;
  if (MeasureIsImpedance(m) && !at) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "at which frequency? `at: 1 kHz`"));
  }
  if (at) {
    char digits[64] = "", given[64] = "";
    UnitsFit fit = UNITS_UNKNOWN;
    if (sscanf(at, "%63s %63s", digits, given) == 2) {
      PetscCall(UnitsConvert(digits, given, MeasureIsImpedance(m) ? "Hz" : "V", &m->at, &fit));
    }
    if (fit != UNITS_FIT || !(m->at > 0.0)) {
      PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "at: expected %s, got '%s'",
                               MeasureIsImpedance(m) ? "a frequency such as '1 kHz'" : "a potential such as '1 mV'",
                               at));
    }
  }
  PetscCall(CheckTaken(node, m, diagnostics));
  PetscCall(PetscStrallocpy(m->kind ? m->kind->unit : unit ? unit : m->column ? "" : "1", &m->unit));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadMeasure(Study study, const struct YamlNode_ *node, Diagnostics diagnostics) {
  static const char known[] = "name|measure|column|of|expression|unit|cycle|cycles|step|at|state|share";
  Measure *m, first;
  PetscInt cycles = 0;

  PetscFunctionBeginUser;
  PetscCall(Add(study, &m));
  m->line = node->line;
  if (node->kind == YAML_TEXT) {
    m->kind = MeasureKindByName(node->text);
    PetscCall(PetscStrallocpy(node->text, &m->name));
    if (!m->kind) {
      PetscCall(UnknownKind(node, node->text, diagnostics));
    } else {
      m->cycle = m->kind->cycle;
      m->at = m->kind->at;
      if (MeasureIsImpedance(m)) {
        PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures",
                                 "at which frequency? {measure: %s, at: 1 kHz}", node->text));
      }
      m->share = m->kind->share;
      PetscCall(PetscStrallocpy(m->kind->unit, &m->unit));
    }
    PetscFunctionReturn(0);
  }
  if (node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "expected a name or a group"));
    PetscFunctionReturn(0);
  }
  PetscCall(StudyCheckKeys(node, "measures", known, diagnostics));
  PetscCall(ReadSubject(node, diagnostics, m));
  PetscCall(ReadNumbers(node, diagnostics, m, &cycles));
  if (cycles && m->name && !m->expression) { /* name_1 ... name_n */
    first = *m;
    study->measure_count--;
    for (PetscInt k = 1; k <= cycles; k++) {
      char name[STUDY_NAME_LENGTH];
      PetscCall(Add(study, &m));
      *m = first;
      m->cycle = k;
      (void)snprintf(name, sizeof name, "%s_%d", first.name, (int)k);
      PetscCall(PetscStrallocpy(name, &m->name));
      PetscCall(PetscStrallocpy(first.unit, &m->unit));
      if (first.column) {
        PetscCall(PetscStrallocpy(first.column, &m->column));
      }
    }
    PetscCall(PetscFree(first.name));
    PetscCall(PetscFree(first.unit));
    PetscCall(PetscFree(first.column));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyReadMeasures(Study study, const struct YamlNode_ *node, Diagnostics diagnostics) {
  static const char *const usual[] = {"peak_current_anodic", "peak_current_cathodic", "charge",
                                      "smallest_contact_fraction"};

  PetscFunctionBeginUser;
  if (node && node->kind != YAML_LIST) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "measures", "expected a list"));
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; node && k < node->count; k++) {
    PetscCall(ReadMeasure(study, node->child[k], diagnostics));
  }
  for (size_t k = 0; !node && k < sizeof usual / sizeof *usual; k++) {
    const MeasureKind *kind = MeasureKindByName(usual[k]);
    Measure *m;
    PetscCall(Add(study, &m));
    *m = (Measure){.kind = kind, .cycle = kind->cycle, .at = kind->at, .share = kind->share};
    PetscCall(PetscStrallocpy(kind->name, &m->name));
    PetscCall(PetscStrallocpy(kind->unit, &m->unit));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyFreeMeasures(Study study) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->measure_count; k++) {
    PetscCall(PetscFree(study->measures[k].name));
    PetscCall(PetscFree(study->measures[k].column));
    PetscCall(PetscFree(study->measures[k].expression));
    PetscCall(PetscFree(study->measures[k].unit));
  }
  PetscCall(PetscFree(study->measures));
  PetscFunctionReturn(0);
}
