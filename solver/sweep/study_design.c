/* Which combinations of the parameters' values are samples. */
#include "study.h"
#include <math.h>

PetscInt StudyValueIndex(Study study, PetscInt sample, PetscInt parameter) {
  PetscInt point = study->chosen ? study->chosen[sample] : sample;

  if (study->design != DESIGN_GRID) {
    return point;
  }
  for (PetscInt k = study->parameter_count - 1; k > parameter; k--) { /* the last parameter varies fastest */
    point /= study->parameters[k].value_count;
  }
  return point % study->parameters[parameter].value_count;
}

/* Points of the design before the constraints; a double, for it may be more than an integer holds. */
static PetscErrorCode CountPoints(Study study, Diagnostics diagnostics, double *points) {
  double longest = 0.0;

  PetscFunctionBeginUser;
  *points = 1.0;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    *points *= (double)study->parameters[k].value_count;
    longest = fmax(longest, (double)study->parameters[k].value_count);
  }
  if (study->design == DESIGN_GRID) {
    PetscFunctionReturn(0);
  }
  *points = study->parameter_count ? longest : 0.0;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    if ((double)p->value_count != longest) {
      PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                               "design: list takes the values of all parameters one by one: this one has %d, another "
                               "%.0f",
                               (int)p->value_count, longest));
    }
  }
  PetscFunctionReturn(0);
}

/* The constraints as formulae over the parameters that are numbers. */
static PetscErrorCode CreateConstraints(Study study, const char *names[], double values[], Expression formulae[],
                                        Diagnostics diagnostics) {
  PetscInt count = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    names[k] = p->numbers ? p->name : NULL;
    values[k] = p->numbers ? p->numbers[0] : NAN;
    count++;
  }
  for (PetscInt k = 0; k < study->constraint_count; k++) {
    char error[512];
    PetscCall(ExpressionCreate(study->constraints[k], count, names, values, error, sizeof error, &formulae[k]));
    if (*error) {
      PetscCall(DiagnosticsAdd(diagnostics, study->path, study->constraint_lines[k], "constraints", "%s", error));
    }
  }
  PetscFunctionReturn(0);
}

/* A constraint that is no number somewhere says nothing: an error, once. */
static PetscErrorCode NotANumber(Study study, PetscInt constraint, PetscInt point, double value, bool *told,
                                 Diagnostics diagnostics) {
  char where[1024] = "";

  PetscFunctionBeginUser;
  if (!isnan(value) || *told) {
    PetscFunctionReturn(0);
  }
  *told = true;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    const size_t used = strlen(where);
    (void)snprintf(where + used, sizeof where - used, "%s%s = %s", k ? ", " : "", p->name,
                   p->values[StudyValueIndex(study, point, k)]);
  }
  PetscCall(DiagnosticsAdd(diagnostics, study->path, study->constraint_lines[constraint], "constraints",
                           "'%s' is no number at %s: neither true nor false", study->constraints[constraint], where));
  PetscFunctionReturn(0);
}

static PetscErrorCode Constrain(Study study, PetscInt points, Diagnostics diagnostics) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  const char **names;
  double *values;
  bool *undefined;
  Expression *formulae;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(study->parameter_count, &names, study->parameter_count, &values, study->constraint_count,
                         &formulae, study->constraint_count, &undefined));
  PetscCall(CreateConstraints(study, names, values, formulae, diagnostics));
  if (DiagnosticsCount(diagnostics) == before) {
    PetscInt *chosen, count = 0;
    PetscCall(PetscMalloc1(points, &chosen));
    for (PetscInt point = 0; point < points; point++) {
      bool admitted = true;
      for (PetscInt k = 0; k < study->parameter_count; k++) {
        const StudyParameter *p = &study->parameters[k];
        values[k] = p->numbers ? p->numbers[StudyValueIndex(study, point, k)] : NAN;
      }
      for (PetscInt k = 0; k < study->constraint_count && admitted; k++) {
        const double value = ExpressionEvaluate(formulae[k]);
        admitted = value != 0.0;
        PetscCall(NotANumber(study, k, point, value, &undefined[k], diagnostics));
      }
      if (admitted) {
        chosen[count++] = point;
      }
    }
    study->chosen = chosen;
    study->sample_count = count;
    study->excluded = points - count;
  }
  for (PetscInt k = 0; k < study->constraint_count; k++) {
    PetscCall(ExpressionDestroy(&formulae[k]));
  }
  PetscCall(PetscFree4(names, values, formulae, undefined));
  PetscFunctionReturn(0);
}

PetscErrorCode StudyChooseSamples(Study study, Diagnostics diagnostics) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  double points;

  PetscFunctionBeginUser;
  PetscCall(CountPoints(study, diagnostics, &points));
  if (DiagnosticsCount(diagnostics) != before) {
    PetscFunctionReturn(0);
  }
  if (points > STUDY_MOST_SAMPLES) {
    PetscCall(
        DiagnosticsAdd(diagnostics, study->path, 0, "parameters",
                       "the design has %.10g samples, more than the %d that one sweep may have: give fewer values, "
                       "or a table with a sample of them (scripts/sweep_design)",
                       points, STUDY_MOST_SAMPLES));
    PetscFunctionReturn(0);
  }
  study->sample_count = (PetscInt)points;
  if (study->constraint_count && points > 0.0) {
    PetscCall(Constrain(study, (PetscInt)points, diagnostics));
  }
  if (study->sample_count == 0 && DiagnosticsCount(diagnostics) == before) {
    PetscCall(DiagnosticsAdd(diagnostics, study->path, 0, study->excluded ? "constraints" : "parameters",
                             study->excluded ? "the design is empty: the constraints exclude all of its %d samples"
                                             : "the design is empty: it has %d samples",
                             (int)study->excluded));
  }
  PetscFunctionReturn(0);
}
