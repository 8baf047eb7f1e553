/* A group of the deck against the table: unknown keys, values, conditions, missing keys. */
#include "deck_private.h"
#include "parameter_text.h"
#include "plain_text.h"
#include <string.h>

/* What a walk through the tree needs. */
typedef struct {
  DeckValues *values;
  const char *const *skipped; /* names at the group's top that somebody else reads; NULL-terminated */
  const char *file;           /* where missing keys are reported */
  const struct YamlNode_ *root;
  Diagnostics diagnostics;
} Walk;

/* FNV-1a */
static uint32_t Hash(const char *key) {
  uint32_t hash = UINT32_C(2166136261);

  for (; *key; key++) {
    hash = (hash ^ (unsigned char)*key) * UINT32_C(16777619);
  }
  return hash;
}

/* Keys are looked up some hundred times a run: not one after another. */
static PetscErrorCode MakeSlots(DeckValues *values) {
  PetscFunctionBeginUser;
  for (values->slot_mask = 15; values->slot_mask < 2 * (uint32_t)values->count;) {
    values->slot_mask = 2 * values->slot_mask + 1;
  }
  PetscCall(PetscMalloc1((size_t)values->slot_mask + 1, &values->slot));
  for (size_t s = 0; s <= values->slot_mask; s++) {
    values->slot[s] = -1;
  }
  for (PetscInt i = 0; i < values->count; i++) {
    uint32_t s = Hash(PathBelow(values->value[i].entry->path, values->group)) & values->slot_mask;
    while (values->slot[s] >= 0) {
      s = (s + 1) & values->slot_mask;
    }
    values->slot[s] = (int)i;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValuesCreate(ParameterTable table, const char *group, const char *shown, DeckValues *values) {
  const bool whole = !group[0];

  PetscFunctionBeginUser;
  *values = (DeckValues){.table = table};
  (void)snprintf(values->group, sizeof(values->group), "%s", group);
  (void)snprintf(values->shown, sizeof(values->shown), "%s", shown);
  PetscCall(PetscCalloc1(table->count, &values->value));
  for (PetscInt i = 0; i < table->count; i++) {
    const char *path = table->entries[i].path;
    if (!PathBelow(path, group) || (whole && PathBelow(path, "protocol"))) {
      continue;
    }
    values->value[values->count].entry = &table->entries[i];
    values->value[values->count].rank = -1;
    values->count++;
  }
  PetscCall(MakeSlots(values));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValuesFree(DeckValues *values) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    PetscCall(DeckValueFree(&values->value[i]));
  }
  PetscCall(PetscFree(values->value));
  PetscCall(PetscFree(values->slot));
  values->count = 0;
  PetscFunctionReturn(0);
}

DeckValue *DeckValuesFind(const DeckValues *values, const char *key) {
  for (uint32_t s = Hash(key) & values->slot_mask; values->slot[s] >= 0; s = (s + 1) & values->slot_mask) {
    DeckValue *value = &values->value[values->slot[s]];
    if (!strcmp(PathBelow(value->entry->path, values->group), key)) {
      return value;
    }
  }
  return NULL;
}

const DeckValue *DeckValuesNeed(const DeckValues *values, const char *key, unsigned kinds) {
  const DeckValue *value = DeckValuesFind(values, key);

  if (!value) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for a deck key that is not declared: %s.%s",
                values->group, key);
  }
  if (!(kinds & (1U << value->entry->declaration->kind))) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for a deck key by the wrong kind: %s.%s",
                values->group, key);
  }
  if (!value->filled) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for a deck key that has no value: %s.%s",
                values->group, key);
  }
  return value;
}

static bool IsSkipped(const Walk *walk, const char *rest) {
  for (PetscInt i = 0; walk->skipped && walk->skipped[i]; i++) {
    if (!strcmp(walk->skipped[i], rest)) {
      return true;
    }
  }
  return false;
}

static PetscErrorCode UnknownKey(const Walk *walk, const struct YamlNode_ *node, const char *group, const char *shown) {
  char suggestion[4200], table_group[PATH_LENGTH], unlike[160];

  PetscFunctionBeginUser;
  if (strchr(node->key, '.')) {
    PetscCall(DiagnosticsAdd(
        walk->diagnostics, node->file, node->line, shown,
        "unknown key: a dot does not separate groups in a deck; write each group on its own line, its keys "
        "indented below it"));
    PetscFunctionReturn(0);
  }
  (void)snprintf(table_group, sizeof(table_group), "%s", walk->values->group);
  if (group[0]) {
    PathJoin(walk->values->group, group, table_group);
  }
  PlainComplaint(node->key, strlen(node->key), unlike, sizeof(unlike));
  PetscCall(TableSuggest(walk->values->table, table_group, node->key, suggestion, sizeof(suggestion)));
  PetscCall(DiagnosticsAdd(walk->diagnostics, node->file, node->line, shown, "unknown key%s%s", unlike, suggestion));
  PetscFunctionReturn(0);
}

/* Read the members of a group; `group` is its path below the values' own group. */
static PetscErrorCode ReadMembers(const Walk *walk, const struct YamlNode_ *node, const char *group) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < node->count; i++) {
    const struct YamlNode_ *child = node->child[i];
    const bool dotted = strchr(child->key, '.') != NULL;
    char rest[PATH_LENGTH], shown[PATH_LENGTH], path[PATH_LENGTH];
    DeckValue *value = NULL;
    PathJoin(group, child->key, rest);
    PathJoin(walk->values->shown, rest, shown);
    PathJoin(walk->values->group, rest, path);
    if (IsSkipped(walk, rest)) {
      continue;
    }
    value = dotted ? NULL : DeckValuesFind(walk->values, rest);
    if (value) {
      PetscCall(DeckValueRead(value, child, shown, walk->diagnostics));
    } else if (dotted || !child->key[0] || !TableIsGroup(walk->values->table, path)) {
      PetscCall(UnknownKey(walk, child, group, shown));
    } else if (child->kind == YAML_GROUP) {
      PetscCall(ReadMembers(walk, child, rest));
    } else if (!YamlIsNull(child)) { /* a group whose keys are all commented out is empty, not wrong */
      PetscCall(DiagnosticsAdd(walk->diagnostics, child->file, child->line, shown,
                               "expected a group of keys, got %s%s%s",
                               child->kind == YAML_LIST ? "a list" : "the value '",
                               child->kind == YAML_LIST ? "" : child->text, child->kind == YAML_LIST ? "" : "'"));
    }
  }
  PetscFunctionReturn(0);
}

/* --- conditions
 * ------------------------------------------------------------------------------------------------------- */

/* The selector of an entry among the same values; selectors of steps are not supported, so the path is whole. */
static const DeckValue *Selector(const DeckValues *values, const DeckValue *value) {
  return value->entry->selector ? DeckValuesFind(values, value->entry->selector) : NULL;
}

static bool Matches(const DeckValue *selector, const char *words) {
  for (PetscInt i = 0; i < selector->count; i++) {
    if (WordIndex(words, selector->written[i]) >= 0) {
      return true;
    }
  }
  return false;
}

/* The selector that keeps a value from being used, and the words it would need; NULL if the value is used. *unknown: a
   selector is wrong, so nobody knows. */
static const DeckValue *Blocker(const DeckValues *values, const DeckValue *value, const char **needed, bool *unknown) {
  const DeckValue *selector = Selector(values, value), *outer = NULL;

  if (!selector) {
    return NULL;
  }
  outer = Blocker(values, selector, needed, unknown);
  if (outer || *unknown) {
    return outer;
  }
  if (!selector->filled) {
    *unknown = true;
    return NULL;
  }
  *needed = value->entry->word;
  return Matches(selector, value->entry->word) ? NULL : selector;
}

/* A key that the chosen law does not use is an error, unless the choice was made by a source that overrides the one
   which holds the key (an including deck, the command line). Then the key lies idle. */
static PetscErrorCode ReportUnused(const DeckValues *values, const DeckValue *value, const DeckValue *blocker,
                                   const char *needed, Diagnostics diagnostics) {
  char shown[PATH_LENGTH], text[PATH_LENGTH], words[PATH_LENGTH];

  PetscFunctionBeginUser;
  PathJoin(values->shown, PathBelow(value->entry->path, values->group), shown);
  PetscCall(DeckValueShow(blocker, text, sizeof(text)));
  WordList(needed, words, sizeof(words));
  PetscCall(DiagnosticsAdd(diagnostics, value->file, value->line, shown,
                           "not used because %s is %s (it is used with %s): remove the key or change %s",
                           blocker->entry->path, text, words, blocker->entry->path));
  PetscFunctionReturn(0);
}

/* The line of the innermost group on the way to `key` that the deck has; 0 if it has none. */
static int LineOfGroup(const struct YamlNode_ *node, const char *key, const char **file) {
  const size_t length = strcspn(key, ".");
  int line = node->key ? node->line : 0;

  *file = node->file;
  for (PetscInt i = 0; key[length] && node->kind == YAML_GROUP && i < node->count; i++) {
    const struct YamlNode_ *child = node->child[i];
    if (!strncmp(child->key, key, length) && !child->key[length]) {
      return LineOfGroup(child, key + length + 1, file);
    }
  }
  return line;
}

static PetscErrorCode ReportMissing(const Walk *walk, const DeckValue *value) {
  const Parameter *declaration = value->entry->declaration;
  const char *rest = PathBelow(value->entry->path, walk->values->group), *file = NULL;
  char shown[PATH_LENGTH], expected[1200], because[PATH_LENGTH + 64] = "";
  const int line = LineOfGroup(walk->root, rest, &file);

  PetscFunctionBeginUser;
  PathJoin(walk->values->shown, rest, shown);
  PetscCall(ParameterExpected(declaration, expected, sizeof(expected)));
  if (value->entry->selector) {
    char words[PATH_LENGTH];
    WordList(value->entry->word, words, sizeof(words));
    (void)snprintf(because, sizeof(because), ", required because %s is %s", value->entry->selector, words);
  }
  PetscCall(DiagnosticsAdd(walk->diagnostics, line > 0 ? file : walk->file, line, shown, "missing%s: expected %s. %s",
                           because, expected, declaration->meaning));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckConditions(const Walk *walk) {
  DeckValues *values = walk->values;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    DeckValue *value = &values->value[i];
    const char *needed = NULL;
    bool unknown = false;
    const DeckValue *blocker = Blocker(values, value, &needed, &unknown);
    value->used = !blocker && !unknown;
    if (blocker && value->set && value->rank >= blocker->rank) {
      PetscCall(ReportUnused(values, value, blocker, needed, walk->diagnostics));
    }
    if (value->used && !value->set && !value->entry->declaration->fallback) {
      PetscCall(ReportMissing(walk, value));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValuesRead(DeckValues *values, const struct YamlNode_ *node, const char *const skipped[],
                              const char *file, Diagnostics diagnostics) {
  const Walk walk = {.values = values, .skipped = skipped, .file = file, .root = node, .diagnostics = diagnostics};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    PetscCall(DeckValueDefault(&values->value[i]));
  }
  PetscCall(ReadMembers(&walk, node, ""));
  PetscCall(CheckConditions(&walk));
  PetscFunctionReturn(0);
}
