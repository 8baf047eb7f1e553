#include "fit_study.h"
#include "../../io/deck/number.h"
#include "../../io/deck/units.h"
#include "../experiment/run.h"
#include "../sweep/study.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double FitNumberOf(const FitParameter *p, double u) {
  return p->logarithmic ? exp(u) : u * p->scale;
}

double FitCoordinateOf(const FitParameter *p, double number) {
  return p->logarithmic ? log(number) : number / p->scale;
}

/* A number with a unit that becomes `si`. */
static PetscErrorCode ReadQuantity(const struct YamlNode_ *node, const char *shown, const char *si,
                                   Diagnostics diagnostics, double *number) {
  char digits[NUMBER_LENGTH];
  const char *unit = "";
  UnitsFit fit = UNITS_FIT;
  const bool plain = !si || !strcmp(si, "1");

  PetscFunctionBeginUser;
  *number = NAN;
  if (!node || node->kind != YAML_TEXT || !NumberSplit(node->text, digits, &unit)) {
    PetscCall(DiagnosticsAdd(diagnostics, node ? node->file : NULL, node ? node->line : 0, shown,
                             "expected a number%s%s", plain ? "" : " with a unit that becomes ", plain ? "" : si));
    PetscFunctionReturn(0);
  }
  if (!*unit && plain) {
    *number = strtod(digits, NULL);
    PetscFunctionReturn(0);
  }
  if (*unit) {
    PetscCall(UnitsConvert(digits, unit, plain ? "1" : si, number, &fit));
  }
  if (!*unit || fit != UNITS_FIT) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, shown,
                             "expected a number with a unit that becomes %s, got '%s'", si, node->text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadPrior(const struct YamlNode_ *node, Diagnostics diagnostics, FitParameter *p) {
  const char *si = p->declaration->unit;
  double value, deviation;

  PetscFunctionBeginUser;
  if (node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, p->key, "expected prior: {value: ..., sigma: ...}"));
    PetscFunctionReturn(0);
  }
  PetscCall(StudyCheckKeys(node, p->key, "value|sigma", diagnostics));
  PetscCall(ReadQuantity(YamlFind(node, "value"), p->key, si, diagnostics, &value));
  PetscCall(ReadQuantity(YamlFind(node, "sigma"), p->key, p->logarithmic ? "1" : si, diagnostics, &deviation));
  if (!(deviation > 0.0) || (p->logarithmic && !(value > 0.0))) {
    PetscCall(
        DiagnosticsAdd(diagnostics, node->file, node->line, p->key, "a prior needs sigma greater than zero%s",
                       p->logarithmic ? " (relative, without unit, where scale is log) and a value likewise" : ""));
    PetscFunctionReturn(0);
  }
  p->has_prior = true;
  p->prior = FitCoordinateOf(p, value);
  p->prior_deviation = p->logarithmic ? deviation : deviation / p->scale;
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckBounds(const struct YamlNode_ *node, Diagnostics diagnostics, FitParameter *p) {
  PetscFunctionBeginUser;
  if (!(p->least < p->most)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, p->key, "the bounds must rise"));
  } else if (!(p->start >= p->least && p->start <= p->most)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, p->key,
                             "the start is not within the bounds: move one of them"));
  } else if (p->least <= 0.0 && p->most >= 0.0) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, p->key,
                             "the bounds may not hold 0: derivatives are by the logarithm"));
  } else if (p->logarithmic && p->least < 0.0) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, p->key, "scale: log needs numbers above zero"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadParameter(ParameterTable table, const struct YamlNode_ *node, Diagnostics diagnostics,
                                    FitParameter *p) {
  const TableEntry *entry = TableFind(table, node->key);
  const struct YamlNode_ *bounds;
  const PetscInt before = DiagnosticsCount(diagnostics);
  const char *scale, *si;
  char suggestion[1024];

  PetscFunctionBeginUser;
  *p = (FitParameter){.key = node->key, .line = node->line, .scale = 1.0};
  if (!entry) {
    PetscCall(StudySuggest(table, node->key, suggestion, sizeof suggestion));
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, node->key, "unknown key%s", suggestion));
    PetscFunctionReturn(0);
  }
  p->declaration = entry->declaration;
  if (entry->declaration->kind != PARAMETER_REAL || node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, node->key,
                             "expected a key of a real number with {start: ..., bounds: [..., ...]}"));
    PetscFunctionReturn(0);
  }
  si = entry->declaration->unit;
  PetscCall(StudyCheckKeys(node, node->key, "start|bounds|scale|prior", diagnostics));
  scale = StudyText(node, "scale", diagnostics);
  p->logarithmic = scale && !strcmp(scale, "log");
  if (scale && !p->logarithmic && strcmp(scale, "linear") != 0) {
    PetscCall(
        DiagnosticsAdd(diagnostics, node->file, node->line, node->key, "scale is linear or log, not '%s'", scale));
  }
  PetscCall(ReadQuantity(YamlFind(node, "start"), node->key, si, diagnostics, &p->start));
  bounds = YamlFind(node, "bounds");
  if (!bounds || bounds->kind != YAML_LIST || bounds->count != 2) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, node->key, "expected bounds: [least, most]"));
    PetscFunctionReturn(0);
  }
  PetscCall(ReadQuantity(bounds->child[0], node->key, si, diagnostics, &p->least));
  PetscCall(ReadQuantity(bounds->child[1], node->key, si, diagnostics, &p->most));
  if (DiagnosticsCount(diagnostics) == before) {
    PetscCall(CheckBounds(node, diagnostics, p));
    p->scale = p->most - p->least;
  }
  if (YamlFind(node, "prior") && DiagnosticsCount(diagnostics) == before) {
    PetscCall(ReadPrior(YamlFind(node, "prior"), diagnostics, p));
  }
  PetscFunctionReturn(0);
}

/* A path as seen from here, of a file named beside the fit. */
static void Beside(const char *fit, const char *name, char path[PETSC_MAX_PATH_LEN]) {
  const char *slash = strrchr(fit, '/');

  if (name[0] == '/' || !slash) {
    (void)snprintf(path, PETSC_MAX_PATH_LEN, "%s", name);
  } else {
    (void)snprintf(path, PETSC_MAX_PATH_LEN, "%.*s/%s", (int)(slash - fit), fit, name);
  }
}

/* `set`, and what a run without files has no use for. */
static PetscErrorCode ReadSettings(const struct YamlNode_ *node, Diagnostics diagnostics, FitExperiment *e) {
  const struct YamlNode_ *set = YamlFind(node, "set");
  const PetscInt count = set && set->kind == YAML_GROUP ? set->count : 0;

  PetscFunctionBeginUser;
  if (set && set->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, set->file, set->line, "set", "expected a group of `key.path: value`"));
  }
  PetscCall(PetscCalloc2(count + 2, &e->settings, count + 2, &e->setting_texts));
  for (PetscInt k = 0; k < count; k++) {
    char text[FIT_TEXT], **kept = &e->setting_texts[e->setting_count];
    (void)snprintf(text, sizeof text, "%s=%s", set->child[k]->key, set->child[k]->text ? set->child[k]->text : "");
    PetscCall(PetscStrallocpy(text, kept));
    e->settings[e->setting_count++] = (DeckAssignment){*kept, set->child[k]->file, set->child[k]->line};
  }
  for (int k = 0; k < 2; k++) {
    char **kept = &e->setting_texts[e->setting_count];
    PetscCall(PetscStrallocpy(k ? "output.grid_error=none" : "output.fields=none", kept));
    e->settings[e->setting_count++] = (DeckAssignment){*kept, node->file, node->line};
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadExperiment(ParameterTable table, FitStudy study, const struct YamlNode_ *node,
                                     PetscInt number, Diagnostics diagnostics, FitExperiment *e) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  const char *deck, *data, *quantity, *name;
  FitColumns columns = {0};

  PetscFunctionBeginUser;
  e->line = node->line;
  if (node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "experiments", "expected {deck: ..., data: ...}"));
    PetscFunctionReturn(0);
  }
  PetscCall(StudyCheckKeys(node, "experiments", "name|deck|data|quantity|time|value|time_unit|value_unit|noise|set",
                           diagnostics));
  name = StudyText(node, "name", diagnostics);
  deck = StudyText(node, "deck", diagnostics);
  data = StudyText(node, "data", diagnostics);
  quantity = StudyText(node, "quantity", diagnostics);
  columns = (FitColumns){.time = StudyText(node, "time", diagnostics),
                         .value = StudyText(node, "value", diagnostics),
                         .time_unit = StudyText(node, "time_unit", diagnostics),
                         .value_unit = StudyText(node, "value_unit", diagnostics)};
  (void)snprintf(e->quantity, sizeof e->quantity, "%s", quantity ? quantity : "current");
  if (name) {
    (void)snprintf(e->name, sizeof e->name, "%s", name);
  } else {
    (void)snprintf(e->name, sizeof e->name, "%d", (int)number);
  }
  if (!deck || !data) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "experiments",
                             "each needs a deck and its data: {deck: DECK.yaml, data: DATA.csv}"));
    PetscFunctionReturn(0);
  }
  e->unit = RunSensitiveUnit(e->quantity);
  if (!e->unit) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "quantity",
                             "a run has no column '%s' with derivatives: choose current, potential or another physical "
                             "column of the history",
                             e->quantity));
    PetscFunctionReturn(0);
  }
  columns.si = e->unit;
  if (YamlFind(node, "noise")) {
    PetscCall(ReadQuantity(YamlFind(node, "noise"), "noise", e->unit, diagnostics, &e->noise));
    if (DiagnosticsCount(diagnostics) == before && !(e->noise > 0.0)) {
      PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "noise", "must be greater than zero"));
    }
  }
  Beside(study->path, deck, e->deck);
  Beside(study->path, data, e->data);
  PetscCall(ReadSettings(node, diagnostics, e));
  PetscCall(FitDataRead(e->data, &columns, diagnostics, &e->count, &e->time, &e->value));
  PetscCall(DeckBaseRead(table, e->deck, e->setting_count, e->settings, diagnostics, &e->base));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRoot(ParameterTable table, FitStudy study, Diagnostics diagnostics) {
  const struct YamlNode_ *root = study->root, *parameters, *experiments;

  PetscFunctionBeginUser;
  PetscCall(StudyCheckKeys(root, NULL, "title|parameters|experiments|starts|profiles", diagnostics));
  study->title = StudyText(root, "title", diagnostics);
  PetscCall(StudyWhole(root, "starts", 1.0, 10000.0, 1.0, diagnostics, &study->starts));
  PetscCall(StudyBoolean(root, "profiles", true, diagnostics, &study->profiles));
  parameters = YamlFind(root, "parameters");
  experiments = YamlFind(root, "experiments");
  if (!parameters || parameters->kind != YAML_GROUP || !parameters->count) {
    PetscCall(DiagnosticsAdd(diagnostics, study->path, 0, "parameters",
                             "expected a group of `key.path: {start: ..., bounds: [..., ...]}`"));
  } else {
    PetscCall(PetscCalloc1(parameters->count, &study->parameters));
    study->parameter_count = parameters->count;
    for (PetscInt k = 0; k < parameters->count; k++) {
      PetscCall(ReadParameter(table, parameters->child[k], diagnostics, &study->parameters[k]));
    }
  }
  if (!experiments || experiments->kind != YAML_LIST || !experiments->count) {
    PetscCall(DiagnosticsAdd(diagnostics, study->path, 0, "experiments",
                             "expected a list of `- {deck: DECK.yaml, data: DATA.csv}`"));
  } else {
    PetscCall(PetscCalloc1(experiments->count, &study->experiments));
    study->experiment_count = experiments->count;
    for (PetscInt k = 0; k < experiments->count; k++) {
      if (k && !YamlFind(experiments->child[k], "noise") != !YamlFind(experiments->child[0], "noise")) {
        PetscCall(DiagnosticsAdd(diagnostics, study->path, experiments->child[k]->line, "noise",
                                 "give the noise of all experiments, or of none"));
      }
      PetscCall(ReadExperiment(table, study, experiments->child[k], k + 1, diagnostics, &study->experiments[k]));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadFile(const char *path, Diagnostics diagnostics, char **text) {
  FILE *file = fopen(path, "rb");
  size_t length = 0, count;
  char buffer[65536];

  PetscFunctionBeginUser;
  *text = NULL;
  while (file && (count = fread(buffer, 1, sizeof buffer, file)) > 0) {
    PetscCall(PetscRealloc(length + count + 1, text));
    PetscCall(PetscArraycpy(*text + length, buffer, count));
    length += count;
    (*text)[length] = '\0';
  }
  if (!file || ferror(file)) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "the fit cannot be read: %s", strerror(errno)));
    PetscCall(PetscFree(*text));
  } else if (!*text) {
    PetscCall(PetscStrallocpy("", text));
  }
  if (file) {
    (void)fclose(file);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitStudyRead(ParameterTable table, const char *path, Diagnostics diagnostics, FitStudy *study) {
  const PetscInt before = DiagnosticsCount(diagnostics);

  PetscFunctionBeginUser;
  PetscCall(PetscNew(study));
  (*study)->path = path;
  PetscCall(ReadFile(path, diagnostics, &(*study)->text));
  if ((*study)->text) {
    PetscCall(YamlParse((*study)->text, strlen((*study)->text), path, diagnostics, &(*study)->root));
  }
  if ((*study)->root && (*study)->root->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "a fit is made of lines 'key: value'"));
  } else if ((*study)->root) {
    PetscCall(ReadRoot(table, *study, diagnostics));
  }
  if (DiagnosticsCount(diagnostics) != before) {
    PetscCall(FitStudyDestroy(study));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitStudyDestroy(FitStudy *study) {
  FitStudy s = *study;

  PetscFunctionBeginUser;
  if (!s) {
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < s->experiment_count; k++) {
    FitExperiment *e = &s->experiments[k];
    if (e->base) {
      PetscCall(DeckBaseDestroy(&e->base));
    }
    for (PetscInt n = 0; n < e->setting_count; n++) {
      PetscCall(PetscFree(e->setting_texts[n]));
    }
    PetscCall(PetscFree2(e->settings, e->setting_texts));
    PetscCall(PetscFree(e->time));
    PetscCall(PetscFree(e->value));
  }
  PetscCall(PetscFree(s->experiments));
  PetscCall(PetscFree(s->parameters));
  PetscCall(PetscFree(s->text));
  if (s->root) {
    PetscCall(YamlDestroy(&s->root));
  }
  PetscCall(PetscFree(*study));
  PetscFunctionReturn(0);
}
