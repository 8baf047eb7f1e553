/* A parameter of a study: its keys, and its values as a list or a range. */
#include "../../io/deck/number.h"
#include "../../io/deck/units.h"
#include "../../io/deck/words.h"
#include "../../io/output/number_text.h"
#include "study.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* The path without the numbers of list items. */
static void StripIndices(const char *key, char path[PATH_LENGTH]) {
  size_t used = 0;

  path[0] = '\0';
  while (*key) {
    const size_t length = strcspn(key, ".");
    if (strspn(key, "0123456789") != length) {
      used += (size_t)snprintf(path + used, PATH_LENGTH - used, "%s%.*s", used ? "." : "", (int)length, key);
      used = used < PATH_LENGTH ? used : PATH_LENGTH - 1;
    }
    key += length + (key[length] == '.');
  }
}

const Parameter *StudyDeclaration(ParameterTable table, const char *key) {
  char path[PATH_LENGTH], inner[PATH_LENGTH];
  const TableEntry *entry;

  StripIndices(key, path);
  entry = TableFind(table, path);
  /* a step within a repetition has the keys of any step */
  for (const char *rest = PathBelow(path, "protocol"); !entry && rest; rest = strchr(rest, '.')) {
    rest += *rest == '.';
    PathJoin("protocol", rest, inner);
    entry = TableFind(table, inner);
  }
  return entry ? entry->declaration : NULL;
}

PetscErrorCode StudySuggest(ParameterTable table, const char *key, char text[], size_t size) {
  char group[PATH_LENGTH] = "", longer[PATH_LENGTH];
  const char *name = key;

  PetscFunctionBeginUser;
  for (const char *dot = strchr(key, '.'); dot; dot = strchr(dot + 1, '.')) { /* the groups that exist */
    (void)snprintf(longer, sizeof longer, "%.*s", (int)(dot - key), key);
    if (!TableIsGroup(table, longer)) {
      break;
    }
    (void)snprintf(group, sizeof group, "%s", longer);
    name = dot + 1;
  }
  PetscCall(TableSuggest(table, group, name, text, size));
  PetscFunctionReturn(0);
}

PetscErrorCode StudyAddValue(StudyParameter *parameter, const char *text) {
  PetscFunctionBeginUser;
  if (parameter->value_count == parameter->value_capacity) {
    parameter->value_capacity = 2 * parameter->value_capacity + 16;
    PetscCall(PetscRealloc((size_t)parameter->value_capacity * sizeof(char *), &parameter->values));
  }
  PetscCall(PetscStrallocpy(text, &parameter->values[parameter->value_count++]));
  PetscFunctionReturn(0);
}

/* "0.5 MPa" in SI; false, with an error, if it is none. `unit` may be NULL or receives what is written. */
static PetscErrorCode ReadQuantity(const StudyParameter *parameter, const char *text, Diagnostics diagnostics,
                                   double *number, char unit[], size_t size, bool *good) {
  const char *given, *expected = NULL;
  char digits[NUMBER_LENGTH];
  UnitsFit fit = UNITS_FIT;

  PetscFunctionBeginUser;
  *number = NAN;
  *good = NumberSplit(text, digits, &given);
  if (*good && !strcmp(parameter->si, "1") && !*given) {
    *number = strtod(digits, NULL);
  } else if (*good) {
    PetscCall(UnitsConvert(digits, given, parameter->si, number, &fit));
    *good = *given && fit == UNITS_FIT;
  }
  if (!*good) {
    PetscCall(UnitsQuantity(parameter->si, &expected));
    PetscCall(DiagnosticsAdd(diagnostics, parameter->file, parameter->line, parameter->name,
                             "expected %s (number and unit, such as '1 %s'), got '%s'",
                             expected ? expected : "a quantity", parameter->si, text));
  }
  if (unit && *good) {
    (void)snprintf(unit, size, "%s", given);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyNumbers(StudyParameter *parameter, Diagnostics diagnostics) {
  char unit[128] = "";

  PetscFunctionBeginUser;
  if (!*parameter->si) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(parameter->value_count, &parameter->numbers));
  for (PetscInt k = 0; k < parameter->value_count; k++) {
    bool good;
    PetscCall(ReadQuantity(parameter, parameter->values[k], diagnostics, &parameter->numbers[k], k ? NULL : unit,
                           sizeof unit, &good));
    if (good && parameter->ranged &&
        (parameter->numbers[k] < parameter->least - 1e-9 * fabs(parameter->least) ||
         parameter->numbers[k] > parameter->most + 1e-9 * fabs(parameter->most))) {
      PetscCall(DiagnosticsAdd(diagnostics, parameter->file, parameter->line, parameter->name,
                               "the value '%s' of the table is outside the range of the parameter, %s to %s",
                               parameter->values[k], parameter->from, parameter->to));
    }
  }
  if (!parameter->unit) {
    PetscCall(PetscStrallocpy(unit, &parameter->unit));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyRangeValue(const StudyParameter *parameter, double share, char **text, double *number) {
  const double a = parameter->least, b = parameter->most;
  const double value = parameter->logarithmic ? a * pow(b / a, share) : a + (b - a) * share;
  char digits[NUMBER_TEXT_LENGTH + 192];

  PetscFunctionBeginUser;
  *number = share == 0.0 ? a : share == 1.0 ? b : value;
  (void)NumberText(value, digits);
  if (share == 0.0 || share == 1.0) { /* the ends as they are written */
    PetscCall(PetscStrallocpy(share == 0.0 ? parameter->from : parameter->to, text));
    PetscFunctionReturn(0);
  }
  if (strcmp(parameter->si, "1") != 0) {
    const size_t used = strlen(digits);
    (void)snprintf(digits + used, sizeof digits - used, " %s", parameter->si);
  }
  PetscCall(PetscStrallocpy(digits, text));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRange(const struct YamlNode_ *node, bool counted, Diagnostics diagnostics,
                                StudyParameter *p) {
  const char *from = StudyText(node, "from", diagnostics), *to = StudyText(node, "to", diagnostics);
  const char *scale = StudyText(node, "scale", diagnostics);
  bool good, also;
  double points;
  char unit[128] = "";

  PetscFunctionBeginUser;
  p->ranged = true;
  p->logarithmic = scale && !strcmp(scale, "log");
  if (scale && !p->logarithmic && strcmp(scale, "linear") != 0) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name, "scale: expected linear or log, got '%s'", scale));
  }
  PetscCall(StudyNumber(node, "points", 1, STUDY_MOST_SAMPLES * 1000.0, counted ? NAN : 0, diagnostics, &points));
  if (!from || !to || !*p->si || isnan(points)) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                             !*p->si   ? "a range needs a key that is a number"
                             : counted ? "a range needs `from`, `to` and `points`"
                                       : "a range needs `from` and `to`"));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscStrallocpy(from, &p->from));
  PetscCall(PetscStrallocpy(to, &p->to));
  PetscCall(ReadQuantity(p, from, diagnostics, &p->least, unit, sizeof unit, &good));
  PetscCall(ReadQuantity(p, to, diagnostics, &p->most, NULL, 0, &also));
  PetscCall(PetscStrallocpy(unit, &p->unit));
  if (good && also && (!(p->most > p->least) || (p->logarithmic && p->least <= 0.0))) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                             p->most > p->least ? "a logarithmic range begins above zero, not at %s"
                                                : "`from: %s` must be less than `to`",
                             from));
    good = false;
  }
  if (counted && points != floor(points)) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name, "points: expected a whole number"));
    good = false;
  }
  p->value_count = good && also ? (PetscInt)fmin(points, PETSC_MAX_INT) : 0; /* the texts: FillRange */
  PetscFunctionReturn(0);
}

/* The points of a range, each as a deck writes it. */
static PetscErrorCode FillRange(bool whole, StudyParameter *p) {
  const PetscInt points = p->value_count;

  PetscFunctionBeginUser;
  p->value_count = 0;
  for (PetscInt k = 0; k < points; k++) {
    char *text;
    double number;
    PetscCall(StudyRangeValue(p, points > 1 ? (double)k / (double)(points - 1) : 0.0, &text, &number));
    if (whole) {
      char digits[NUMBER_TEXT_LENGTH];
      (void)snprintf(digits, sizeof digits, "%.0f", round(number));
      PetscCall(PetscFree(text));
      PetscCall(PetscStrallocpy(digits, &text));
    }
    PetscCall(StudyAddValue(p, text));
    PetscCall(PetscFree(text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadKeys(ParameterTable table, const struct YamlNode_ *node, Diagnostics diagnostics,
                               StudyParameter *p) {
  const char *key = StudyText(node, "key", diagnostics);
  const struct YamlNode_ *keys = YamlFind(node, "keys");

  PetscFunctionBeginUser;
  if (key && keys) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name, "give `key` or `keys`, not both"));
  }
  p->key_count = keys && keys->kind == YAML_LIST ? keys->count : 1;
  PetscCall(PetscCalloc1(p->key_count, &p->keys));
  for (PetscInt k = 0; k < p->key_count; k++) {
    const char *text = keys && keys->kind == YAML_LIST && keys->child[k]->kind == YAML_TEXT ? keys->child[k]->text
                       : key                                                                ? key
                                                                                            : p->name;
    const Parameter *declaration = StudyDeclaration(table, text);
    const char *si;
    PetscCall(PetscStrallocpy(text, &p->keys[k]));
    si = declaration && (declaration->kind == PARAMETER_REAL || declaration->kind == PARAMETER_REAL_LIST)
             ? declaration->unit
         : declaration && declaration->kind == PARAMETER_INTEGER ? "1"
                                                                 : "";
    if (!declaration) {
      char suggestion[1024];
      PetscCall(StudySuggest(table, text, suggestion, sizeof suggestion));
      PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name, "no deck key '%s'%s", text, suggestion));
    } else if (k > 0 && strcmp(si, p->si) != 0) {
      PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                               "keys that move together have one unit: %s is in '%s', %s in '%s'", p->keys[0], p->si,
                               text, si));
    }
    p->si = k == 0 ? si : p->si;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyReadParameter(ParameterTable table, const struct YamlNode_ *node, const char *group, bool counted,
                                  Diagnostics diagnostics, StudyParameter *p) {
  const struct YamlNode_ *values;
  const Parameter *declaration;
  const PetscInt before = DiagnosticsCount(diagnostics);

  PetscFunctionBeginUser;
  *p = (StudyParameter){.file = node->file, .line = node->line, .si = ""};
  PetscCall(PetscStrallocpy(group, &p->name));
  if (node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                             "expected a group such as {values: [1 nm, 2 nm]} or {from: 1 nm, to: 9 nm, points: 5}"));
    PetscFunctionReturn(0);
  }
  PetscCall(ReadKeys(table, node, diagnostics, p));
  declaration = StudyDeclaration(table, p->keys[0]);
  values = YamlFind(node, "values");
  if (values && (YamlFind(node, "from") || values->kind != YAML_LIST)) {
    PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name, "expected `values: [...]`, or a range"));
  } else if (values) {
    for (PetscInt k = 0; k < values->count; k++) {
      PetscCall(StudyAddValue(p, values->child[k]->kind == YAML_TEXT ? values->child[k]->text : ""));
    }
  } else if (counted || YamlFind(node, "from")) {
    PetscCall(ReadRange(node, counted, diagnostics, p));
    if (counted && DiagnosticsCount(diagnostics) == before && p->value_count <= STUDY_MOST_SAMPLES) {
      PetscCall(FillRange(declaration && declaration->kind == PARAMETER_INTEGER, p));
    }
  }
  if (DiagnosticsCount(diagnostics) == before && p->values) {
    PetscCall(StudyNumbers(p, diagnostics));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyFreeParameter(StudyParameter *p) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < p->key_count; k++) {
    PetscCall(PetscFree(p->keys[k]));
  }
  for (PetscInt k = 0; p->values && k < p->value_count; k++) {
    PetscCall(PetscFree(p->values[k]));
  }
  PetscCall(PetscFree(p->name));
  PetscCall(PetscFree(p->keys));
  PetscCall(PetscFree(p->values));
  PetscCall(PetscFree(p->numbers));
  PetscCall(PetscFree(p->unit));
  PetscCall(PetscFree(p->from));
  PetscCall(PetscFree(p->to));
  PetscFunctionReturn(0);
}
