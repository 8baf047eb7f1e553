/* What the parts of a study must not be to one another: two things of one name, two values of one deck key. */
#include "study.h"

/* Names that formulae know already: the area and muParser's functions and constants; columns of the results. */
static const char *const taken[] = {"area",  "pi",   "sin",  "cos",   "tan",    "asin",    "acos",   "atan",
                                    "atan2", "sinh", "cosh", "tanh",  "asinh",  "acosh",   "atanh",  "exp",
                                    "ln",    "log",  "log2", "log10", "sqrt",   "abs",     "sign",   "rint",
                                    "min",   "max",  "sum",  "avg",   "sample", "outcome", "reason", NULL};
static const char *const limit_suffix[] = {"", "_lower", "_upper", "_runs", NULL};

/* Names become columns and variables. */
static bool IsName(const char *name) {
  static const char letters[] = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return *name && strspn(name, letters) == strlen(name) && !strchr("0123456789._", name[0]);
}

/* A name of a study, with where it stands. */
typedef struct {
  const char *name, *file, *what;
  int line;
  const MeasureKind *kind; /* the measure of the program that it is; NULL: something else */
} Named;

static PetscErrorCode CheckName(const Named *n, Diagnostics diagnostics) {
  const MeasureKind *kind = MeasureKindByName(n->name);

  PetscFunctionBeginUser;
  if (!IsName(n->name)) {
    PetscCall(DiagnosticsAdd(diagnostics, n->file, n->line, n->what,
                             "'%s' is no name: letters, digits, _ and ., a letter first", n->name));
  }
  for (int k = 0; taken[k]; k++) {
    if (!strcmp(taken[k], n->name)) {
      PetscCall(DiagnosticsAdd(diagnostics, n->file, n->line, n->what,
                               "the name '%s' means something else in formulae or results: give another name",
                               n->name));
    }
  }
  if (kind && kind != n->kind) {
    PetscCall(DiagnosticsAdd(diagnostics, n->file, n->line, n->what,
                             "'%s' is the name of a measure, which this is not: give another name", n->name));
  }
  PetscFunctionReturn(0);
}

/* All names of the study. Free with PetscFree. */
static PetscErrorCode ListNames(Study study, char (*derived)[STUDY_NAME_LENGTH], PetscInt *count, Named **names) {
  PetscFunctionBeginUser;
  *count = 0;
  PetscCall(PetscMalloc1((size_t)(study->parameter_count + study->measure_count + 4), names));
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    (*names)[(*count)++] = (Named){p->name, p->file, "parameters", p->line, NULL};
  }
  for (int k = 0; study->limit && limit_suffix[k]; k++) {
    const StudyParameter *p = &study->limit->parameter;
    (void)snprintf(derived[k], STUDY_NAME_LENGTH, "%s%s", p->name, limit_suffix[k]);
    (*names)[(*count)++] = (Named){derived[k], p->file, "limit", p->line, NULL};
  }
  for (PetscInt k = 0; k < study->measure_count; k++) {
    const Measure *m = &study->measures[k];
    if (m->name) {
      (*names)[(*count)++] = (Named){m->name, study->path, "measures", m->line, m->kind};
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyCheckNames(Study study, Diagnostics diagnostics) {
  char derived[4][STUDY_NAME_LENGTH];
  PetscInt count;
  Named *names;

  PetscFunctionBeginUser;
  PetscCall(ListNames(study, derived, &count, &names));
  for (PetscInt k = 0; k < count; k++) {
    bool twice = false;
    PetscCall(CheckName(&names[k], diagnostics));
    for (PetscInt j = 0; j < k; j++) {
      twice = twice || !strcmp(names[j].name, names[k].name);
    }
    if (twice) {
      PetscCall(DiagnosticsAdd(diagnostics, names[k].file, names[k].line, names[k].what,
                               "the name '%s' stands for something already: give another `name`", names[k].name));
    }
  }
  PetscCall(PetscFree(names));
  PetscFunctionReturn(0);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

/* Is one path the other one, or a group or list around it? */
static bool Overlap(const char *one, const char *other) {
  const size_t a = strlen(one), b = strlen(other), shorter = a < b ? a : b;

  return !strncmp(one, other, shorter) && (a == b || (a > b ? one : other)[shorter] == '.');
}

/* A key is given by the parameter: is it, or a part of it, given by one before, or twice? `later`: the limit. */
static PetscErrorCode CheckKeys(Study study, const StudyParameter *p, PetscInt before, const char *what,
                                Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < p->key_count; k++) {
    for (PetscInt j = 0; j < before; j++) {
      const StudyParameter *other = &study->parameters[j];
      for (PetscInt i = 0; i < other->key_count; i++) {
        if (Overlap(p->keys[k], other->keys[i])) {
          PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, what,
                                   "'%s' gives the key %s, which the parameter '%s' gives already (%s)", p->name,
                                   p->keys[k], other->name, other->keys[i]));
        }
      }
    }
    for (PetscInt i = 0; i < k; i++) {
      if (Overlap(p->keys[k], p->keys[i])) {
        PetscCall(
            DiagnosticsAdd(diagnostics, p->file, p->line, what, "'%s' gives the key %s twice", p->name, p->keys[k]));
      }
    }
    for (PetscInt i = 0; i < study->setting_count; i++) {
      const size_t length = strcspn(study->settings[i], "=");
      if (!strncmp(study->settings[i], p->keys[k], length) && !p->keys[k][length]) {
        PetscCall(DiagnosticsAdd(diagnostics, study->path, study->setting_lines[i], "set",
                                 "%s is varied by '%s': this value would count for no sample", p->keys[k], p->name));
      }
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyCheckDistinct(Study study, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    PetscCall(CheckKeys(study, &study->parameters[k], k, "parameters", diagnostics));
  }
  if (study->limit) {
    PetscCall(CheckKeys(study, &study->limit->parameter, study->parameter_count, "limit", diagnostics));
  }
  PetscFunctionReturn(0);
}
