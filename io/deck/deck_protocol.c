/* The protocol: a list of steps, each a mapping with one kind. */
#include "deck_private.h"
#include <string.h>

enum { DEEPEST_REPEAT = 8, MOST_STEPS = 100000 };

static PetscErrorCode ReadSteps(Deck deck, const struct YamlNode_ *list, const char *shown, int depth,
                                Diagnostics diagnostics, PetscInt *count, DeckStep *steps[]);

/* The kinds of steps: "cv|current|...". */
static void Kinds(ParameterTable table, char *text, size_t size) {
  size_t used = 0;

  text[0] = '\0';
  for (PetscInt i = 0; i < table->count && used < size; i++) {
    const char *rest = PathBelow(table->entries[i].path, "protocol");
    char kind[64];
    if (!rest) {
      continue;
    }
    (void)snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(rest, "."), rest);
    if (WordIndex(text, kind) < 0) {
      used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "|" : "", kind);
    }
  }
}

static PetscErrorCode UnknownKind(Deck deck, const struct YamlNode_ *node, const char *shown, Diagnostics diagnostics) {
  char kinds[1024], words[1024], word[64], best[64] = "";
  PetscInt distance = PETSC_MAX_INT;

  PetscFunctionBeginUser;
  Kinds(deck->table, kinds, sizeof(kinds));
  WordList(kinds, words, sizeof(words));
  for (PetscInt i = 0; i < WordCount(kinds); i++) {
    WordCopy(kinds, i, word, sizeof(word));
    if (EditDistance(node->key, word) >= distance) {
      continue;
    }
    distance = EditDistance(node->key, word);
    (void)snprintf(best, sizeof(best), "%s", word);
  }
  if (IsTypo(node->key, distance)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, shown,
                             "unknown kind of step '%s'; did you mean '%s'?", node->key, best));
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, shown, "unknown kind of step '%s'; there are %s",
                             node->key, words));
  }
  PetscFunctionReturn(0);
}

/* The member of a step that names its kind; NULL after an error. */
static PetscErrorCode FindKind(Deck deck, const struct YamlNode_ *node, const char *shown, Diagnostics diagnostics,
                               const struct YamlNode_ **kind) {
  char path[PATH_LENGTH];

  PetscFunctionBeginUser;
  *kind = NULL;
  if (node->kind != YAML_GROUP || node->count == 0) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, shown,
                             "expected a step such as '- hold: {potential: 5 mV, duration: 10 s}'"));
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 1; i < node->count; i++) {
    PetscCall(DiagnosticsAdd(
        diagnostics, node->child[i]->file, node->child[i]->line, shown,
        "'%s' stands beside '%s', but a step has one kind: indent the step's keys below its kind, and begin "
        "the next step with its own '-'",
        node->child[i]->key, node->child[0]->key));
  }
  if (node->count > 1) {
    PetscFunctionReturn(0);
  }
  PathJoin("protocol", node->child[0]->key, path);
  if (strchr(node->child[0]->key, '.') || !TableIsGroup(deck->table, path)) {
    PetscCall(UnknownKind(deck, node->child[0], shown, diagnostics));
  } else {
    *kind = node->child[0];
  }
  PetscFunctionReturn(0);
}

/* A step without length and without conditions would never end. */
static PetscErrorCode CheckEnd(const DeckStep step, Diagnostics diagnostics) {
  const DeckValue *duration = DeckValuesFind(&step->values, "duration");
  bool ends = !duration || !duration->filled || duration->real[0] > 0.;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < step->values.count && !ends; i++) {
    const DeckValue *value = &step->values.value[i];
    ends = value->set && PathBelow(PathBelow(value->entry->path, step->values.group), "until");
  }
  if (!ends && !duration->wrong) {
    PetscCall(DiagnosticsAdd(diagnostics, step->file, step->line, step->values.shown,
                             "the step would never end: give it a duration or an `until` condition"));
  }
  PetscFunctionReturn(0);
}

/* A constant current is given in one of its two ways. */
static PetscErrorCode CheckCurrent(const DeckStep step, Diagnostics diagnostics) {
  const DeckValue *current = DeckValuesFind(&step->values, "current"), *rate = DeckValuesFind(&step->values, "c_rate");
  char shown[PATH_LENGTH];

  PetscFunctionBeginUser;
  if (!rate || current->wrong || rate->wrong || current->set != rate->set) {
    PetscFunctionReturn(0);
  }
  PathJoin(step->values.shown, current->set ? "c_rate" : "current", shown);
  PetscCall(DiagnosticsAdd(diagnostics, current->set ? rate->file : step->file, current->set ? rate->line : step->line,
                           shown,
                           "%s: expected one of `current`, a current or current density (unit such as nA or mA/cm2), "
                           "and `c_rate`, a plain number",
                           current->set ? "given beside `current`" : "missing"));
  PetscFunctionReturn(0);
}

/* Find the waveform's file as seen from the deck that names it, and read it. */
static PetscErrorCode ReadWaveform(DeckStep step, double area, Diagnostics diagnostics) {
  DeckValue *file = DeckValuesFind(&step->values, "file");
  const DeckValue *control = DeckValuesFind(&step->values, "control");
  Diagnostics found = NULL;
  char *path = NULL, shown[PATH_LENGTH];

  PetscFunctionBeginUser;
  if (!file || !file->filled || !control || !control->filled) {
    PetscFunctionReturn(0);
  }
  PetscCall(DeckRelativePath(file->file, file->written[0], &path));
  PetscCall(PetscFree(file->written[0]));
  file->written[0] = path;
  PetscCall(DiagnosticsCreate(&found));
  PetscCall(WaveformRead(path, strcmp(control->written[0], "current") ? "V" : "A", area, found, &step->waveform));
  step->areal = step->waveform && step->waveform->areal;
  PathJoin(step->values.shown, "file", shown);
  for (PetscInt i = 0; i < DiagnosticsCount(found); i++) {
    PetscCall(DiagnosticsAdd(diagnostics, file->file, file->line, shown, "%s", DiagnosticsMessage(found, i)));
  }
  PetscCall(DiagnosticsDestroy(&found));
  PetscFunctionReturn(0);
}

double DeckContactArea(Deck deck) {
  const DeckValue *diameter = DeckValuesFind(&deck->values, "contact.diameter");

  return diameter && diameter->filled && diameter->set ? 0.25 * PETSC_PI * diameter->real[0] * diameter->real[0] : 0.;
}

static bool StepsUse(PetscInt count, DeckStep steps[], const char *key) {
  for (PetscInt i = 0; i < count; i++) {
    const DeckStep step = steps[i];
    for (PetscInt k = 0; k < step->values.count; k++) {
      const DeckValue *value = &step->values.value[k];
      if ((value->areal && !strcmp(key, "contact.diameter")) ||
          (value->set && !strcmp(value->entry->path, "protocol.current.c_rate") && !strcmp(key, "deposit.volume"))) {
        return true;
      }
    }
    if ((step->areal && !strcmp(key, "contact.diameter")) || StepsUse(step->child_count, step->child, key)) {
      return true;
    }
  }
  return false;
}

bool DeckProtocolRefersTo(Deck deck, const char *key) {
  return StepsUse(deck->step_count, deck->step, key);
}

static PetscErrorCode ReadRepeat(Deck deck, const struct YamlNode_ *node, int depth, Diagnostics diagnostics,
                                 DeckStep step) {
  const struct YamlNode_ *list = YamlFind(node, "steps");
  char shown[PATH_LENGTH];

  PetscFunctionBeginUser;
  PathJoin(step->values.shown, "steps", shown);
  if (depth >= DEEPEST_REPEAT) {
    PetscCall(DiagnosticsAdd(diagnostics, step->file, step->line, step->values.shown,
                             "`repeat` is nested deeper than %d levels", DEEPEST_REPEAT));
  } else if (!list || list->kind != YAML_LIST || !list->count) {
    PetscCall(DiagnosticsAdd(diagnostics, list ? list->file : step->file, list ? list->line : step->line, shown,
                             "expected a list of steps to repeat"));
  } else {
    PetscCall(ReadSteps(deck, list, shown, depth + 1, diagnostics, &step->child_count, &step->child));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadStep(Deck deck, const struct YamlNode_ *node, const char *shown, int depth,
                               Diagnostics diagnostics, DeckStep step) {
  static const char *const skipped[] = {"steps", NULL};
  const struct YamlNode_ *kind = NULL, *keys = NULL;
  YamlNode empty = NULL;
  char group[PATH_LENGTH], below[PATH_LENGTH];
  bool repeat;

  PetscFunctionBeginUser;
  step->file = node->file;
  step->line = node->line;
  PetscCall(FindKind(deck, node, shown, diagnostics, &kind));
  if (!kind) {
    PetscFunctionReturn(0);
  }
  step->file = kind->file;
  step->line = kind->line;
  (void)snprintf(step->kind, sizeof(step->kind), "%s", kind->key);
  PathJoin("protocol", kind->key, group);
  PathJoin(shown, kind->key, below);
  repeat = !strcmp(kind->key, "repeat");
  PetscCall(DeckValuesCreate(deck->table, group, below, &step->values));
  for (PetscInt i = 0; i < step->values.count; i++) {
    step->values.value[i].area = DeckContactArea(deck);
  }
  keys = kind;
  if (kind->kind != YAML_GROUP) {
    if (!YamlIsNull(kind)) {
      PetscCall(DiagnosticsAdd(diagnostics, kind->file, kind->line, below, "expected the keys of the step, got %s",
                               kind->kind == YAML_LIST ? "a list" : "a value"));
    }
    PetscCall(YamlCreate(YAML_GROUP, kind->key, NULL, kind->file, kind->line, &empty));
    keys = empty;
  }
  PetscCall(DeckValuesRead(&step->values, keys, repeat ? skipped : NULL, kind->file, diagnostics));
  if (repeat) {
    PetscCall(ReadRepeat(deck, keys, depth, diagnostics, step));
  } else {
    PetscCall(CheckEnd(step, diagnostics));
    PetscCall(CheckCurrent(step, diagnostics));
  }
  if (!strcmp(kind->key, "waveform") && !deck->record) {
    PetscCall(ReadWaveform(step, DeckContactArea(deck), diagnostics));
  }
  PetscCall(YamlDestroy(&empty));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSteps(Deck deck, const struct YamlNode_ *list, const char *shown, int depth,
                                Diagnostics diagnostics, PetscInt *count, DeckStep *steps[]) {
  PetscFunctionBeginUser;
  if (list->count > MOST_STEPS) {
    PetscCall(
        DiagnosticsAdd(diagnostics, list->file, list->line, shown, "more than %d steps: use `repeat`", MOST_STEPS));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(list->count, steps));
  *count = list->count;
  for (PetscInt i = 0; i < list->count; i++) {
    char number[32], here[PATH_LENGTH];
    (void)snprintf(number, sizeof(number), "%" PetscInt_FMT, i);
    PathJoin(shown, number, here);
    PetscCall(PetscNew(&(*steps)[i]));
    PetscCall(ReadStep(deck, list->child[i], here, depth, diagnostics, (*steps)[i]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckReadProtocol(Deck deck, const struct YamlNode_ *root, Diagnostics diagnostics) {
  const struct YamlNode_ *protocol = YamlFind(root, "protocol");

  PetscFunctionBeginUser;
  if (!protocol) {
    PetscCall(
        DiagnosticsAdd(diagnostics, deck->name, 0, "protocol", "missing: a deck needs a list of steps, `protocol:`"));
  } else if (protocol->kind != YAML_LIST && !YamlIsNull(protocol)) {
    PetscCall(DiagnosticsAdd(diagnostics, protocol->file, protocol->line, "protocol",
                             "expected a list of steps, each beginning with '-'"));
  } else if (!protocol->count) {
    PetscCall(DiagnosticsAdd(diagnostics, protocol->file, protocol->line, "protocol",
                             "empty: a run needs at least one step"));
  } else {
    PetscCall(ReadSteps(deck, protocol, "protocol", 0, diagnostics, &deck->step_count, &deck->step));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FreeSteps(PetscInt count, DeckStep *steps[]) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    PetscCall(DeckValuesFree(&(*steps)[i]->values));
    PetscCall(WaveformDestroy(&(*steps)[i]->waveform));
    PetscCall(FreeSteps((*steps)[i]->child_count, &(*steps)[i]->child));
    PetscCall(PetscFree((*steps)[i]));
  }
  PetscCall(PetscFree(*steps));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckFreeProtocol(Deck deck) {
  PetscFunctionBeginUser;
  PetscCall(FreeSteps(deck->step_count, &deck->step));
  deck->step_count = 0;
  PetscFunctionReturn(0);
}

/* --- what the solver asks
 * ------------------------------------------------------------------------------------------------ */

PetscInt DeckStepCount(Deck deck) {
  return deck->step_count;
}

DeckStep DeckGetStep(Deck deck, PetscInt index) {
  return index >= 0 && index < deck->step_count ? deck->step[index] : NULL;
}

const char *DeckStepKind(DeckStep step) {
  return step->kind;
}

void DeckStepWhere(DeckStep step, const char **file, int *line) {
  *file = step->file;
  *line = step->line;
}

PetscInt DeckStepChildCount(DeckStep step) {
  return step->child_count;
}

DeckStep DeckStepChild(DeckStep step, PetscInt index) {
  return index >= 0 && index < step->child_count ? step->child[index] : NULL;
}

bool DeckStepIsSet(DeckStep step, const char *key) {
  const DeckValue *value = DeckValuesFind(&step->values, key);
  return value && value->set;
}

double DeckStepReal(DeckStep step, const char *key) {
  return DeckValuesNeed(&step->values, key, KIND_REAL)->real[0];
}

bool DeckStepBoolean(DeckStep step, const char *key) {
  return DeckValuesNeed(&step->values, key, KIND_BOOLEAN)->integer != 0;
}

PetscInt DeckStepInteger(DeckStep step, const char *key) {
  return DeckValuesNeed(&step->values, key, KIND_INTEGER)->integer;
}

const char *DeckStepText(DeckStep step, const char *key) {
  return DeckValuesNeed(&step->values, key, KIND_TEXT | KIND_CHOICE)->written[0];
}

PetscInt DeckStepListLength(DeckStep step, const char *key) {
  return DeckValuesNeed(&step->values, key, KIND_REAL_LIST | KIND_CHOICE_LIST)->count;
}

double DeckStepListReal(DeckStep step, const char *key, PetscInt index) {
  const DeckValue *value = DeckValuesNeed(&step->values, key, KIND_REAL_LIST);

  if (index < 0 || index >= value->count) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for item %" PetscInt_FMT " of the deck list %s",
                index, key);
  }
  return value->real[index];
}

PetscInt DeckStepWaveform(DeckStep step, const double **time, const double **value) {
  *time = step->waveform ? step->waveform->time : NULL;
  *value = step->waveform ? step->waveform->value : NULL;
  return step->waveform ? step->waveform->count : 0;
}
