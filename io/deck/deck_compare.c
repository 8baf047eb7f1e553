/* What a run was made from, as a text that its checkpoints keep, and what differs from that now. */
#include "deck_private.h"
#include <stdlib.h>
#include <string.h>

static const char CHECKSUMS[] = "# waveforms:", MAP_CHECKSUM[] = "\n# map: ", MAP_FILE[] = "sei.block.map.file";

/* One comparison. */
typedef struct {
  Deck now, then;
  const char *path; /* of the deck that may be changed */
  const DeckCompareRules *rules;
  const char *record, *checksums; /* checksums: of the waveforms then, in the order of the steps */
  Diagnostics diagnostics;
} Comparison;

/* --- record ------------------------------------------------------------------------------------------------------- */

/* FNV-1a. */
static const uint64_t CHECKSUM_START = UINT64_C(14695981039346656037);

static uint64_t AddToChecksum(uint64_t sum, const void *data, size_t size) {
  const unsigned char *byte = (const unsigned char *)data;

  for (size_t i = 0; i < size; i++) {
    sum = (sum ^ byte[i]) * UINT64_C(1099511628211);
  }
  return sum;
}

/* Over the bytes of the numbers. */
static uint64_t Checksum(const DeckStep step) {
  const size_t size = (size_t)step->waveform->count * sizeof(double);

  return AddToChecksum(AddToChecksum(CHECKSUM_START, step->waveform->time, size), step->waveform->value, size);
}

/* Over the bytes of the map's file, in the digits of the record; "" if the deck uses no map, or the file is gone. */
static PetscErrorCode MapChecksum(Deck deck, char text[17]) {
  const DeckValue *value = DeckValuesFind(&deck->values, MAP_FILE);
  uint64_t sum = CHECKSUM_START;
  unsigned char block[65536];
  FILE *stream = NULL;
  char *path;
  size_t size;

  PetscFunctionBeginUser;
  text[0] = '\0';
  if (!value || !value->used || !value->filled) {
    PetscFunctionReturn(0);
  }
  PetscCall(DeckPath(deck, MAP_FILE, &path));
  stream = fopen(path, "rb");
  PetscCall(PetscFree(path));
  if (!stream) {
    PetscFunctionReturn(0);
  }
  while ((size = fread(block, 1, sizeof(block), stream)) > 0) {
    sum = AddToChecksum(sum, block, size);
  }
  if (!ferror(stream)) {
    (void)snprintf(text, 17, "%016llx", (unsigned long long)sum);
  }
  (void)fclose(stream);
  PetscFunctionReturn(0);
}

static void WriteChecksums(FILE *stream, PetscInt count, DeckStep steps[]) {
  for (PetscInt i = 0; i < count; i++) {
    if (steps[i]->waveform) {
      (void)fprintf(stream, " %016llx", (unsigned long long)Checksum(steps[i]));
    }
    WriteChecksums(stream, steps[i]->child_count, steps[i]->child);
  }
}

PetscErrorCode DeckRecord(Deck deck, char **text) {
  char *buffer = NULL, *resolved = NULL, map[17];
  size_t size = 0;
  FILE *stream = open_memstream(&buffer, &size);

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the record of the deck");
  PetscCall(DeckResolved(deck, &resolved));
  (void)fputs(CHECKSUMS, stream);
  WriteChecksums(stream, deck->step_count, deck->step);
  PetscCall(MapChecksum(deck, map));
  if (map[0]) {
    (void)fprintf(stream, "%s%s", MAP_CHECKSUM, map);
  }
  (void)fprintf(stream, "\n%s", resolved);
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the record of the deck");
  PetscCall(PetscFree(resolved));
  PetscCall(PetscStrallocpy(buffer, text));
  free(buffer);
  PetscFunctionReturn(0);
}

/* --- files of the deck -------------------------------------------------------------------------------------------- */

/* The numbers as they were read, so that the copy is read to the same bits, also of what can be read only once. */
static PetscErrorCode WriteWaveform(const char *path, const DeckStep step) {
  const bool current = !strcmp(DeckValuesFind(&step->values, "control")->written[0], "current");
  FILE *stream = fopen(path, "w");
  int failed;

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "Cannot write '%s'", path);
  (void)fprintf(stream, "time [s],%s\n", current ? "current [A]" : "potential [V]");
  for (PetscInt i = 0; i < step->waveform->count; i++) {
    (void)fprintf(stream, "%.17g,%.17g\n", step->waveform->time[i], step->waveform->value[i]);
  }
  failed = ferror(stream);
  failed |= fclose(stream);
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "Cannot write '%s'", path);
  PetscFunctionReturn(0);
}

static PetscErrorCode SettleSteps(PetscInt count, DeckStep steps[], const char *dir, bool write, PetscInt *number) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    if (steps[i]->waveform) {
      char path[PETSC_MAX_PATH_LEN];
      ++*number;
      (void)snprintf(steps[i]->settled, sizeof(steps[i]->settled), DECK_WAVEFORM, *number);
      (void)snprintf(path, sizeof(path), "%s/%s", dir, steps[i]->settled);
      if (write) {
        PetscCall(WriteWaveform(path, steps[i]));
      }
    }
    PetscCall(SettleSteps(steps[i]->child_count, steps[i]->child, dir, write, number));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckSettle(Deck deck, const char *dir, bool write) {
  PetscInt number = 0;

  PetscFunctionBeginUser;
  PetscCall(SettleSteps(deck->step_count, deck->step, dir, write, &number));
  PetscFunctionReturn(0);
}

/* --- comparison --------------------------------------------------------------------------------------------------- */

/* Is one path the other one or a group around it? */
static bool Related(const char *one, const char *other) {
  const size_t a = strlen(one), b = strlen(other), shorter = a < b ? a : b;

  return !strncmp(one, other, shorter) && (a == b || (a > b ? one : other)[shorter] == '.');
}

/* Does the command line give this key, or a group around it? */
static bool IsCovered(const Comparison *comparison, const char *key) {
  for (PetscInt i = 0; i < comparison->rules->override_count; i++) {
    const char *override = comparison->rules->overrides[i];
    const size_t length = strcspn(override, "=");
    if (length <= strlen(key) && !strncmp(override, key, length) && (!key[length] || key[length] == '.')) {
      return true;
    }
  }
  return false;
}

/* Does the command line say that the change of this key is meant? */
static bool IsNamed(const Comparison *comparison, const char *key) {
  for (PetscInt i = 0; i < comparison->rules->override_count; i++) {
    const char *override = comparison->rules->overrides[i];
    char path[PATH_LENGTH];
    (void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(override, "="), override);
    if (Related(path, key) || (Related("petsc", path) && Related("petsc", key))) { /* options have several spellings */
      return true;
    }
  }
  return false;
}

/* meant: the command line says so. */
static PetscErrorCode Report(const Comparison *comparison, const char *key, bool meant, const DeckValue *where,
                             const char *now, const char *then) {
  const DeckCompareRules *rules = comparison->rules;
  const char *file = where && where->file ? where->file : comparison->path;
  bool fixed = false;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; rules->fixed && rules->fixed[i]; i++) {
    fixed = fixed || Related(rules->fixed[i], key);
  }
  if (!fixed && meant) {
    PetscFunctionReturn(0);
  }
  PetscCall(DiagnosticsAdd(comparison->diagnostics, file, where && where->file ? where->line : 0, key,
                           "%s, but %s in the run%s", now, then, fixed ? rules->fixed_advice : rules->advice));
  PetscFunctionReturn(0);
}

static bool SameValue(const DeckValue *a, const DeckValue *b) {
  const ParameterKind kind = a->entry->declaration->kind;

  if (a->filled != b->filled || (a->filled && a->count != b->count)) {
    return false;
  }
  for (PetscInt i = 0; a->filled && i < a->count; i++) {
    const bool same = IsNumberWithUnit(a->entry->declaration) ? a->real[i] == b->real[i]
                                                              : (kind == PARAMETER_INTEGER || kind == PARAMETER_BOOLEAN
                                                                     ? a->integer == b->integer
                                                                     : !strcmp(a->written[i], b->written[i]));
    if (!same) {
      return false;
    }
  }
  return true;
}

/* A map by its file's bytes, wherever the file is. */
static PetscErrorCode CompareMap(const Comparison *comparison, const DeckValue *value) {
  const char *then = strstr(comparison->record, MAP_CHECKSUM);
  char now[17], shown[PATH_LENGTH + 64];

  PetscFunctionBeginUser;
  PetscCall(MapChecksum(comparison->now, now));
  if (then && now[0] && !strncmp(then + strlen(MAP_CHECKSUM), now, 16)) {
    PetscFunctionReturn(0);
  }
  (void)snprintf(shown, sizeof(shown), "'%.*s' holds something else", PATH_LENGTH, value->written[0]);
  PetscCall(Report(comparison, MAP_FILE, IsNamed(comparison, MAP_FILE), value, then ? shown : "the map has a checksum",
                   then ? "it did not" : "none is kept"));
  PetscFunctionReturn(0);
}

/* Does the command line name every item in which the lists differ? */
static bool NamesItems(const Comparison *comparison, const char *key, const DeckValue *a, const DeckValue *b) {
  if (!a->filled || !b->filled || a->count != b->count) {
    return false;
  }
  for (PetscInt i = 0; i < a->count; i++) {
    const bool same =
        IsNumberWithUnit(a->entry->declaration) ? a->real[i] == b->real[i] : !strcmp(a->written[i], b->written[i]);
    char item[PATH_LENGTH + 24];
    (void)snprintf(item, sizeof(item), "%s.%" PetscInt_FMT, key, i);
    if (!same && !IsCovered(comparison, item)) {
      return false;
    }
  }
  return true;
}

static bool IsMeant(const Comparison *comparison, const char *key, const DeckValue *a, const DeckValue *b) {
  const ParameterKind kind = a->entry->declaration->kind;
  const bool list = kind == PARAMETER_REAL_LIST || kind == PARAMETER_TEXT_LIST || kind == PARAMETER_CHOICE_LIST;

  return list ? IsCovered(comparison, key) || NamesItems(comparison, key, a, b) : IsNamed(comparison, key);
}

static PetscErrorCode CompareValues(const Comparison *comparison, const DeckValues *now, const DeckValues *then) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < now->count; i++) {
    const DeckValue *a = &now->value[i], *b = &then->value[i];
    char key[PATH_LENGTH], shown[2][1024];
    /* What a changed choice makes used or idle is not named beside it; files are compared by what they hold. */
    if (!a->used || !b->used || !strcmp(a->entry->path, "protocol.waveform.file")) {
      continue;
    }
    if (!strcmp(a->entry->path, MAP_FILE)) {
      PetscCall(CompareMap(comparison, a));
      continue;
    }
    if (SameValue(a, b)) {
      continue;
    }
    PathJoin(now->shown, PathBelow(a->entry->path, now->group), key);
    PetscCall(DeckValueShow(a, shown[0], sizeof(shown[0])));
    PetscCall(DeckValueShow(b, shown[1], sizeof(shown[1])));
    PetscCall(Report(comparison, key, IsMeant(comparison, key, a, b), a, shown[0], shown[1]));
  }
  PetscFunctionReturn(0);
}

/* The next checksum of the record against the one of the step's numbers. */
static PetscErrorCode CompareWaveform(Comparison *comparison, const DeckStep step, const char *shown) {
  char *end = NULL, key[PATH_LENGTH];
  const uint64_t then = strtoull(comparison->checksums, &end, 16);

  PetscFunctionBeginUser;
  comparison->checksums = end;
  PathJoin(shown, "waveform.file", key);
  if (step->waveform && Checksum(step) != then) {
    PetscCall(Report(comparison, key, IsNamed(comparison, key), DeckValuesFind(&step->values, "file"),
                     "the file holds other numbers", "it did not"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CompareSteps(Comparison *comparison, PetscInt count, DeckStep now[], PetscInt count_then,
                                   DeckStep then[], const char *shown) {
  PetscFunctionBeginUser;
  if (count != count_then) {
    char here[64], there[64];
    (void)snprintf(here, sizeof(here), "%" PetscInt_FMT " steps", count);
    (void)snprintf(there, sizeof(there), "%" PetscInt_FMT, count_then);
    PetscCall(Report(comparison, shown, IsCovered(comparison, shown), NULL, here, there));
  }
  for (PetscInt i = 0; i < count && i < count_then; i++) {
    char number[32], here[PATH_LENGTH], below[PATH_LENGTH];
    (void)snprintf(number, sizeof(number), "%" PetscInt_FMT, i);
    PathJoin(shown, number, here);
    if (strcmp(now[i]->kind, then[i]->kind) != 0) {
      PetscCall(Report(comparison, here, IsCovered(comparison, here), NULL, now[i]->kind, then[i]->kind));
      continue;
    }
    PetscCall(CompareValues(comparison, &now[i]->values, &then[i]->values));
    if (!strcmp(now[i]->kind, "waveform")) {
      PetscCall(CompareWaveform(comparison, now[i], here));
    }
    PathJoin(here, "repeat.steps", below);
    PetscCall(
        CompareSteps(comparison, now[i]->child_count, now[i]->child, then[i]->child_count, then[i]->child, below));
  }
  PetscFunctionReturn(0);
}

/* Options of the one deck that the other has not, or with another value. */
static PetscErrorCode CompareOptions(const Comparison *comparison, Deck one, Deck other, bool forward) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < one->option_count; i++) {
    const char *value = NULL;
    char key[PATH_LENGTH], shown[2][256];
    for (PetscInt k = 0; k < other->option_count; k++) {
      value = strcasecmp(one->option[i].name, other->option[k].name) ? value : other->option[k].value;
    }
    if (value && (!forward || !strcmp(value, one->option[i].value))) {
      continue;
    }
    PathJoin("petsc", one->option[i].name + 1, key);
    (void)snprintf(shown[0], sizeof(shown[0]), "'%.200s'", one->option[i].value);
    (void)snprintf(shown[1], sizeof(shown[1]), value ? "'%.200s'" : "not given", value);
    PetscCall(Report(comparison, key, IsNamed(comparison, key), NULL, shown[forward ? 0 : 1], shown[forward ? 1 : 0]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckCompare(Deck deck, const char *path, const char *record, const DeckCompareRules *rules,
                           Diagnostics diagnostics) {
  const bool has_sums = !strncmp(record, CHECKSUMS, strlen(CHECKSUMS));
  Comparison comparison = {.now = deck,
                           .path = path,
                           .rules = rules,
                           .record = record,
                           .checksums = has_sums ? record + strlen(CHECKSUMS) : "",
                           .diagnostics = diagnostics};

  PetscFunctionBeginUser;
  PetscCall(DeckReadRecord(deck->table, record, path, diagnostics, &comparison.then));
  if (!comparison.then) {
    PetscFunctionReturn(0);
  }
  PetscCall(CompareValues(&comparison, &deck->values, &comparison.then->values));
  PetscCall(CompareSteps(&comparison, deck->step_count, deck->step, comparison.then->step_count, comparison.then->step,
                         "protocol"));
  PetscCall(CompareOptions(&comparison, deck, comparison.then, true));
  PetscCall(CompareOptions(&comparison, comparison.then, deck, false));
  PetscCall(DeckDestroy(&comparison.then));
  PetscFunctionReturn(0);
}
