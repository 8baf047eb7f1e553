#include "table.h"
#include "words.h"
#include <string.h>

PetscErrorCode TableCreate(ParameterTable *table) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(table));
  PetscFunctionReturn(0);
}

PetscErrorCode TableDestroy(ParameterTable *table) {
  PetscFunctionBeginUser;
  if (!*table) {
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < (*table)->count; i++) {
    PetscCall(PetscFree((*table)->entries[i].path));
    PetscCall(PetscFree((*table)->entries[i].selector));
    PetscCall(PetscFree((*table)->entries[i].word));
  }
  for (PetscInt i = 0; i < (*table)->group_count; i++) {
    PetscCall(PetscFree((*table)->groups[i].group));
  }
  PetscCall(PetscFree((*table)->entries));
  PetscCall(PetscFree((*table)->groups));
  PetscCall(PetscFree(*table));
  PetscFunctionReturn(0);
}

/* A declaration that cannot be read by the deck reader is a mistake in the program, found when the table is built. */
static PetscErrorCode CheckDeclaration(const char *path, const Parameter *declaration) {
  const bool chosen = declaration->kind == PARAMETER_CHOICE || declaration->kind == PARAMETER_CHOICE_LIST;

  PetscFunctionBeginUser;
  PetscCheck(declaration->meaning, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The key %s is declared without its meaning", path);
  PetscCheck(!IsNumberWithUnit(declaration) || declaration->unit, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "The key %s is declared without a unit", path);
  PetscCheck(!chosen || (declaration->choices && declaration->choices[0]), PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "The key %s is declared without choices", path);
  PetscFunctionReturn(0);
}

/* Where a new key goes: behind the last key of its group or of the nearest group around it, so that what belongs
   together stands together in help, manual and decks. */
static PetscInt PlaceOf(ParameterTable table, const char *path) {
  char around[PATH_LENGTH], *dot = NULL;

  (void)snprintf(around, sizeof(around), "%s", path);
  while ((dot = strrchr(around, '.'))) {
    *dot = '\0';
    for (PetscInt i = table->count; i > 0; i--) {
      if (PathBelow(table->entries[i - 1].path, around)) {
        return i;
      }
    }
  }
  return table->count;
}

PetscErrorCode TableAdd(ParameterTable table, const char *group, const Parameter *declarations, const char *selector,
                        const char *word) {
  PetscFunctionBeginUser;
  table->checked = false;
  for (const Parameter *declaration = declarations; declaration->key; declaration++) {
    TableEntry *entry = NULL;
    char path[PATH_LENGTH];
    PathJoin(group, declaration->key, path);
    PetscCall(CheckDeclaration(path, declaration));
    PetscCheck(!TableFind(table, path) && !TableIsGroup(table, path), PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "The key %s is declared twice", path);
    if (table->count == table->capacity) {
      table->capacity = 2 * table->capacity + 64;
      PetscCall(PetscRealloc((size_t)table->capacity * sizeof(TableEntry), &table->entries));
    }
    entry = &table->entries[PlaceOf(table, path)];
    memmove(entry + 1, entry, (size_t)(&table->entries[table->count++] - entry) * sizeof(*entry));
    *entry = (TableEntry){.declaration = declaration};
    PetscCall(PetscStrallocpy(path, &entry->path));
    if (selector) {
      PetscCall(PetscStrallocpy(selector, &entry->selector));
    }
    if (word) {
      PetscCall(PetscStrallocpy(word, &entry->word));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode TableDescribe(ParameterTable table, const char *group, const char *meaning) {
  PetscFunctionBeginUser;
  if (table->group_count == table->group_capacity) {
    table->group_capacity = 2 * table->group_capacity + 16;
    PetscCall(PetscRealloc((size_t)table->group_capacity * sizeof(TableGroup), &table->groups));
  }
  PetscCall(PetscStrallocpy(group, &table->groups[table->group_count].group));
  table->groups[table->group_count++].meaning = meaning;
  PetscFunctionReturn(0);
}

const TableEntry *TableFind(ParameterTable table, const char *path) {
  for (PetscInt i = 0; i < table->count; i++) {
    if (!strcmp(table->entries[i].path, path)) {
      return &table->entries[i];
    }
  }
  return NULL;
}

bool TableIsGroup(ParameterTable table, const char *path) {
  for (PetscInt i = 0; i < table->count; i++) {
    if (PathBelow(table->entries[i].path, path)) {
      return true;
    }
  }
  return false;
}

const char *TableMeaning(ParameterTable table, const char *group) {
  for (PetscInt i = 0; i < table->group_count; i++) {
    if (!strcmp(table->groups[i].group, group)) {
      return table->groups[i].meaning;
    }
  }
  return NULL;
}

bool TableUsedByDefault(ParameterTable table, const TableEntry *entry) {
  const TableEntry *selector = entry->selector ? TableFind(table, entry->selector) : NULL;
  char text[PATH_LENGTH], *rest = text, *word;

  if (!entry->selector) {
    return true;
  }
  if (!selector || !selector->declaration->fallback || !TableUsedByDefault(table, selector)) {
    return false;
  }
  (void)snprintf(text, sizeof(text), "%s", selector->declaration->fallback);
  while ((word = strtok_r(rest, "[], ", &rest))) {
    if (WordIndex(entry->word, word) >= 0) {
      return true;
    }
  }
  return false;
}

PetscErrorCode TableCheck(ParameterTable table) {
  PetscFunctionBeginUser;
  if (table->checked) { /* decks are made from one table by the thousand */
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i], *selector = NULL;
    const char *next = entry->selector;
    for (PetscInt depth = 0; next; depth++) {
      const TableEntry *outer = TableFind(table, next);
      PetscCheck(depth < 16, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The conditions of %s form a ring", entry->path);
      next = outer ? outer->selector : NULL;
    }
    if (!entry->selector) {
      continue;
    }
    selector = TableFind(table, entry->selector);
    PetscCheck(selector, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The key %s depends on %s, which is not declared",
               entry->path, entry->selector);
    for (PetscInt k = 0; k < WordCount(entry->word); k++) {
      const char *words =
          selector->declaration->kind == PARAMETER_BOOLEAN ? "true|false" : selector->declaration->choices;
      char word[128];
      WordCopy(entry->word, k, word, sizeof(word));
      PetscCheck(WordIndex(words, word) >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB,
                 "The key %s depends on %s being %s, never", entry->path, entry->selector, word);
    }
  }
  table->checked = true;
  PetscFunctionReturn(0);
}

/* Keep the closer candidate. */
static void Consider(const char *wrong, const char *candidate, const char *result, const char **best,
                     PetscInt *distance) {
  const PetscInt here = EditDistance(wrong, candidate);

  if (!IsTypo(wrong, here) || (*best && here >= *distance)) {
    return;
  }
  *best = result;
  *distance = here;
}

/* The keys and groups directly in `group`, each once: "a, b, c". */
static void ListMembers(ParameterTable table, const char *group, char *text, size_t size) {
  const char *last = NULL;
  size_t used = 0;

  text[0] = '\0';
  for (PetscInt i = 0; i < table->count && used < size; i++) {
    const char *rest = PathBelow(table->entries[i].path, group);
    const size_t length = rest ? strcspn(rest, ".") : 0;
    /* the entries of a group stand together */
    const bool seen = rest && last && strcspn(last, ".") == length && !strncmp(last, rest, length);
    last = rest ? rest : last;
    if (rest && !seen) {
      used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? ", " : "", (int)length, rest);
    }
  }
}

/* Is this an entry of a protocol step? Steps and settings are not confused with each other. */
static bool InProtocol(const char *path) {
  return PathBelow(path, "protocol") || !strcmp(path, "protocol");
}

PetscErrorCode TableSuggest(ParameterTable table, const char *group, const char *name, char *text, size_t size) {
  const char *best = NULL;
  char found[128] = "", members[4096];
  PetscInt distance = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->count; i++) { /* a typing mistake? */
    const char *rest = PathBelow(table->entries[i].path, group);
    if (!rest) {
      continue;
    }
    if (!strncmp(found, rest, strcspn(rest, ".")) && !found[strcspn(rest, ".")]) {
      continue; /* the group of the entry before, which was looked at */
    }
    (void)snprintf(found, sizeof(found), "%.*s", (int)strcspn(rest, "."), rest);
    Consider(name, found, rest, &best, &distance);
  }
  if (!group[0]) { /* what no declaration of its own stands for */
    Consider(name, "protocol", "protocol", &best, &distance);
    Consider(name, "include", "include", &best, &distance);
    Consider(name, "petsc", "petsc", &best, &distance);
  }
  if (best) {
    (void)snprintf(text, size, "; did you mean '%.*s'?", (int)strcspn(best, "."), best);
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < table->count; i++) { /* the right name in the wrong place? */
    const char *path = table->entries[i].path, *dot = strrchr(path, '.');
    if (InProtocol(path) == InProtocol(group) && !strcmp(dot ? dot + 1 : path, name)) {
      (void)snprintf(text, size, "; there is a key '%s'", path);
      PetscFunctionReturn(0);
    }
    if (InProtocol(path) == InProtocol(group) && dot) {
      const size_t length = strlen(name), start = (size_t)(dot - path);
      if (start > length && path[start - length - 1] == '.' && !strncmp(path + start - length, name, length)) {
        (void)snprintf(text, size, "; there is a group '%.*s'", (int)start, path);
        PetscFunctionReturn(0);
      }
    }
  }
  ListMembers(table, group, members, sizeof(members));
  (void)snprintf(text, size, "; %s%s%s", group[0] ? "the keys of this group are" : "the top level holds include, petsc",
                 group[0] ? ": " : ", ", members);
  PetscFunctionReturn(0);
}
