/* Annotated values: `key: {value: 2.8 mS/cm, range: [2.5 mS/cm, 5 mS/cm], source: ..., fitted_to: [...], note: ...}`.

   The range belongs to the key: a value of a stronger source keeps it, unless that source states its own. Source, fit
   and note belong to the value and go with it. A value outside the range is an error, except from the command line,
   where it is a deliberate departure (an ablation) that is noted. */
#include "deck_private.h"
#include "parameter_text.h"
#include <string.h>

enum { RANGE_LENGTH = COMMENT_LENGTH + 512 }; /* two numbers and the name of a file */
static const char MEMBERS[] = "value|range|source|fitted_to|note";

bool DeckIsAnnotated(const struct YamlNode_ *node) {
  if (node->kind != YAML_GROUP) {
    return false;
  }
  for (PetscInt i = 0; i < node->count; i++) {
    if (WordIndex(MEMBERS, node->child[i]->key) >= 0) {
      return true;
    }
  }
  return false;
}

PetscErrorCode DeckMarkAnnotated(ParameterTable table, YamlNode node, const char *path) {
  char below[PATH_LENGTH];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < node->count; i++) {
    YamlNode child = node->child[i];
    if (node->kind == YAML_LIST) { /* of steps */
      PetscCall(DeckMarkAnnotated(table, child, "protocol"));
      continue;
    }
    PathJoin(path, child->key, below);
    if (child->kind == YAML_GROUP && TableFind(table, below)) {
      child->whole = true;
    } else if (child->kind != YAML_TEXT) {
      PetscCall(DeckMarkAnnotated(table, child, below));
    }
  }
  PetscFunctionReturn(0);
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------------- */

/* A text in one line, as it can stand in a comment: what YAML takes for the end of a line (also U+0085,
   U+2028 and U+2029) becomes a space. */
static void OneLine(char *text) {
  static const char *const breaks[] = {"\xc2\x85", "\u2028", "\u2029"};

  for (char *c = text; *c; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7f) {
      *c = ' ';
    }
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
      if (!strncmp(c, breaks[i], strlen(breaks[i]))) {
        memset(c, ' ', strlen(breaks[i]));
      }
    }
  }
}

/* The member's text, or the texts of its list joined by ", "; stays NULL for an empty list. */
static PetscErrorCode ReadMember(const struct YamlNode_ *group, const char *name, bool list, const char *shown,
                                 Diagnostics diagnostics, char **text) {
  const struct YamlNode_ *member = YamlFind(group, name);
  const PetscInt count = member && member->kind == YAML_LIST ? member->count : 1;
  char joined[COMMENT_LENGTH] = "", key[PATH_LENGTH];
  size_t used = 0;
  bool good = member && (member->kind == YAML_TEXT || (list && member->kind == YAML_LIST));

  PetscFunctionBeginUser;
  if (!member) {
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; good && i < count; i++) {
    const struct YamlNode_ *item = member->kind == YAML_LIST ? member->child[i] : member;
    good = item->kind == YAML_TEXT && !YamlIsNull(item) && item->text[0];
    if (good && used < sizeof(joined)) {
      used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s", i ? ", " : "", item->text);
    }
  }
  good = good && used < sizeof(joined);
  PathJoin(shown, name, key);
  if (!good) {
    PetscCall(DiagnosticsAdd(diagnostics, member->file, member->line, key, "expected a text%s of at most %d bytes",
                             list ? ", or a list of texts," : "", (int)sizeof(joined)));
  } else if (joined[0]) {
    OneLine(joined);
    PetscCall(PetscStrallocpy(joined, text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckMembers(const struct YamlNode_ *group, const char *shown, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < group->count; i++) {
    const struct YamlNode_ *member = group->child[i];
    char key[PATH_LENGTH], words[256], word[32], best[32] = "";
    PetscInt distance = PETSC_MAX_INT;
    if (WordIndex(MEMBERS, member->key) >= 0) {
      continue;
    }
    for (PetscInt k = 0; k < WordCount(MEMBERS); k++) {
      WordCopy(MEMBERS, k, word, sizeof(word));
      if (EditDistance(member->key, word) >= distance) {
        continue;
      }
      distance = EditDistance(member->key, word);
      (void)snprintf(best, sizeof(best), "%s", word);
    }
    PathJoin(shown, member->key, key);
    WordList(MEMBERS, words, sizeof(words));
    if (IsTypo(member->key, distance)) {
      PetscCall(DiagnosticsAdd(diagnostics, member->file, member->line, key, "unknown key; did you mean '%s'?", best));
    } else {
      PetscCall(DiagnosticsAdd(diagnostics, member->file, member->line, key, "unknown key; an annotated value has %s",
                               words));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRange(const DeckValue *value, const struct YamlNode_ *range, const char *shown,
                                Diagnostics diagnostics, DeckAnnotation *annotation) {
  const Parameter *declaration = value->entry->declaration;
  const bool number = IsNumberWithUnit(declaration) || declaration->kind == PARAMETER_INTEGER;
  char key[PATH_LENGTH];
  bool least = false, most = false;

  PetscFunctionBeginUser;
  PathJoin(shown, "range", key);
  if (!number) {
    PetscCall(DiagnosticsAdd(diagnostics, range->file, range->line, key, "only a number has a range: remove it"));
    PetscFunctionReturn(0);
  }
  if (range->kind != YAML_LIST || range->count != 2) {
    PetscCall(DiagnosticsAdd(diagnostics, range->file, range->line, key,
                             "expected the least and the largest plausible value, [least, largest]"));
    PetscFunctionReturn(0);
  }
  PetscCall(DeckNumberRead(value, range->child[0], key, diagnostics, &annotation->least, &least));
  PetscCall(DeckNumberRead(value, range->child[1], key, diagnostics, &annotation->most, &most));
  if (!least || !most) {
    PetscFunctionReturn(0);
  }
  annotation->ranged = annotation->least <= annotation->most;
  annotation->file = range->file;
  annotation->line = range->line;
  if (!annotation->ranged) {
    PetscCall(DiagnosticsAdd(diagnostics, range->file, range->line, key,
                             "the least value comes first: '%.200s' is larger than '%.200s'", range->child[0]->text,
                             range->child[1]->text));
  }
  PetscFunctionReturn(0);
}

/* "2.5 mS cm-1 to 5 mS cm-1", with " of parameters.yaml:3" if it is not stated beside the value. Without folders
   where the text goes into files, which do not tell where they were made. */
static PetscErrorCode RangeText(const DeckValue *value, bool short_name, char *text, size_t size) {
  const DeckAnnotation *annotation = &value->annotation;
  const Parameter *declaration = value->entry->declaration;
  const int digits = declaration->kind == PARAMETER_INTEGER ? 10 : 6;
  const char *slash = annotation->file && short_name ? strrchr(annotation->file, '/') : NULL;
  const char *file = slash ? slash + 1 : annotation->file;
  char least[128], most[128], line[16] = "";

  PetscFunctionBeginUser;
  PetscCall(ParameterNumber(declaration, annotation->least, digits, least, sizeof(least)));
  PetscCall(ParameterNumber(declaration, annotation->most, digits, most, sizeof(most)));
  if (annotation->line > 0) {
    (void)snprintf(line, sizeof(line), ":%d", annotation->line);
  }
  (void)snprintf(text, size, "%s to %s%s%s%s", least, most, annotation->kept ? " of " : "",
                 annotation->kept ? file : "", annotation->kept ? line : "");
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckInRange(DeckValue *value, bool deliberate, const char *shown, Diagnostics diagnostics) {
  DeckAnnotation *annotation = &value->annotation;
  const bool integer = value->entry->declaration->kind == PARAMETER_INTEGER;
  char range[RANGE_LENGTH];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < value->count; i++) {
    const double number = integer ? (double)value->integer : value->real[i];
    if (number >= annotation->least && number <= annotation->most) {
      continue;
    }
    annotation->beyond = true;
    if (deliberate) {
      continue;
    }
    PetscCall(RangeText(value, false, range, sizeof(range)));
    PetscCall(DiagnosticsAdd(diagnostics, value->file, value->line, shown,
                             "'%.200s' is outside its plausible range %s: change the value, or the range and say why",
                             value->written[i], range));
    value->filled = false;
    value->wrong = true;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckAnnotationRead(DeckValue *value, const struct YamlNode_ *node, const char *shown,
                                  Diagnostics diagnostics) {
  const struct YamlNode_ *holder = node, *range = NULL;
  DeckAnnotation *annotation = &value->annotation;

  PetscFunctionBeginUser;
  if (DeckIsAnnotated(node)) {
    PetscCall(CheckMembers(node, shown, diagnostics));
    PetscCall(ReadMember(node, "source", false, shown, diagnostics, &annotation->source));
    PetscCall(ReadMember(node, "fitted_to", true, shown, diagnostics, &annotation->fitted_to));
    PetscCall(ReadMember(node, "note", false, shown, diagnostics, &annotation->note));
  }
  while (holder && !(range = DeckIsAnnotated(holder) ? YamlFind(holder, "range") : NULL)) {
    holder = holder->covered;
  }
  if (!range) {
    PetscFunctionReturn(0);
  }
  annotation->kept = holder != node;
  PetscCall(ReadRange(value, range, shown, diagnostics, annotation));
  if (annotation->ranged && value->filled) {
    PetscCall(CheckInRange(value, node->rank == PETSC_MAX_INT && holder->rank < PETSC_MAX_INT, shown, diagnostics));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckAnnotationFree(DeckAnnotation *annotation) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(annotation->source));
  PetscCall(PetscFree(annotation->fitted_to));
  PetscCall(PetscFree(annotation->note));
  PetscFunctionReturn(0);
}

/* --- writing
 * ---------------------------------------------------------------------------------------------------------- */

PetscErrorCode DeckAnnotationComment(const DeckValue *value, char *text, size_t size) {
  const DeckAnnotation *annotation = &value->annotation;
  const char *const named[][2] = {
      {"fitted to ", annotation->fitted_to}, {"source: ", annotation->source}, {"note: ", annotation->note}};
  size_t used = 0;

  PetscFunctionBeginUser;
  text[0] = '\0';
  if (annotation->ranged) {
    char range[RANGE_LENGTH];
    PetscCall(RangeText(value, true, range, sizeof(range)));
    used += (size_t)snprintf(text, size, "%s %s",
                             annotation->beyond ? "OUTSIDE its plausible range" : "plausible range", range);
  }
  for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
    if (named[i][1] && used < size) {
      used += (size_t)snprintf(text + used, size - used, "%s%s%s", used ? "; " : "", named[i][0], named[i][1]);
    }
  }
  OneLine(text);
  PetscFunctionReturn(0);
}

static PetscErrorCode PrintNotes(const DeckValues *values, FILE *stream) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    const DeckValue *value = &values->value[i];
    char key[PATH_LENGTH], shown[1024], range[RANGE_LENGTH];
    if (!value->annotation.beyond || !value->used) {
      continue;
    }
    PathJoin(values->shown, PathBelow(value->entry->path, values->group), key);
    PetscCall(DeckValueShow(value, shown, sizeof(shown)));
    PetscCall(RangeText(value, false, range, sizeof(range)));
    (void)fprintf(stream, "lisei: note: %s: %s = %s is outside its plausible range %s\n", value->file, key, shown,
                  range);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode PrintStepNotes(PetscInt count, DeckStep steps[], FILE *stream) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    PetscCall(PrintNotes(&steps[i]->values, stream));
    PetscCall(PrintStepNotes(steps[i]->child_count, steps[i]->child, stream));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckPrintNotes(Deck deck, FILE *stream) {
  PetscFunctionBeginUser;
  PetscCall(PrintNotes(&deck->values, stream));
  PetscCall(PrintStepNotes(deck->step_count, deck->step, stream));
  PetscFunctionReturn(0);
}
