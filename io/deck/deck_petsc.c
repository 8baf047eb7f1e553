/* The subtree `petsc:`, handed to PETSc as options. What the options mean is PETSc's business. */
#include "deck_private.h"
#include <ctype.h>
#include <string.h>

enum { MOST_OPTIONS = 400 }; /* PETSc itself takes 512, its own included */

static DeckOption *FindOption(Deck deck, const char *name) {
  for (PetscInt i = 0; i < deck->option_count; i++) {
    if (!strcasecmp(deck->option[i].name, name)) { /* as PETSc compares them */
      return &deck->option[i];
    }
  }
  return NULL;
}

static PetscErrorCode Append(Deck deck, const char *name, const char *value, const char *file, int line) {
  DeckOption *option = NULL;

  PetscFunctionBeginUser;
  if (deck->option_count == deck->option_capacity) {
    deck->option_capacity = 2 * deck->option_capacity + 8;
    PetscCall(PetscRealloc((size_t)deck->option_capacity * sizeof(DeckOption), &deck->option));
  }
  option = &deck->option[deck->option_count++];
  *option = (DeckOption){.file = file, .line = line};
  PetscCall(PetscStrallocpy(name, &option->name));
  PetscCall(PetscStrallocpy(value, &option->value));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddOption(Deck deck, const struct YamlNode_ *node, const char *name, const char *value,
                                Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  if (deck->option_count >= MOST_OPTIONS) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "petsc", "more than %d options", MOST_OPTIONS));
  } else if (FindOption(deck, name)) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "petsc", "the option %s is given twice", name));
  } else {
    PetscCall(Append(deck, name, value, node->file, node->line));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckSetPetscOption(Deck deck, const char *name, const char *value) {
  DeckOption *option = FindOption(deck, name);

  PetscFunctionBeginUser;
  if (!option) {
    PetscCall(Append(deck, name, value, NULL, 0));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree(option->value));
  PetscCall(PetscStrallocpy(value, &option->value));
  option->file = NULL;
  option->line = 0;
  PetscFunctionReturn(0);
}

static bool IsOptionName(const char *key) {
  if (!isalpha((unsigned char)key[0])) {
    return false;
  }
  for (const char *c = key; *c; c++) {
    if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-') {
      return false;
    }
  }
  return true;
}

/* Items joined by commas, as PETSc writes arrays. */
static PetscErrorCode JoinItems(const struct YamlNode_ *list, char *text, size_t size, bool *good) {
  size_t used = 0;

  PetscFunctionBeginUser;
  text[0] = '\0';
  *good = true;
  for (PetscInt i = 0; i < list->count && *good; i++) {
    *good = list->child[i]->kind == YAML_TEXT && used + strlen(list->child[i]->text) + 2 < size;
    if (*good) {
      used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "", list->child[i]->text);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadOptions(Deck deck, const struct YamlNode_ *group, const char *prefix,
                                  Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < group->count; i++) {
    const struct YamlNode_ *node = group->child[i];
    const char *key = node->key + (node->key[0] == '-');
    char name[PATH_LENGTH], items[4096];
    bool good = true;
    (void)snprintf(name, sizeof(name), "%s%s%s", prefix[0] ? prefix : "-", prefix[0] ? "_" : "", key);
    if (!IsOptionName(key)) {
      PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "petsc",
                               "'%s' cannot be the name of a PETSc option", node->key));
    } else if (node->kind == YAML_GROUP) {
      PetscCall(ReadOptions(deck, node, name, diagnostics));
    } else if (node->kind == YAML_TEXT) {
      PetscCall(AddOption(deck, node, name, YamlIsNull(node) ? "" : node->text, diagnostics));
    } else {
      PetscCall(JoinItems(node, items, sizeof(items), &good));
      if (good) {
        PetscCall(AddOption(deck, node, name, items, diagnostics));
      } else {
        PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "petsc",
                                 "'%s' must be a list of words or numbers", key));
      }
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckReadOptions(Deck deck, const struct YamlNode_ *root, Diagnostics diagnostics) {
  const struct YamlNode_ *petsc = YamlFind(root, "petsc");

  PetscFunctionBeginUser;
  if (!petsc || YamlIsNull(petsc)) {
    PetscFunctionReturn(0);
  }
  if (petsc->kind == YAML_GROUP) {
    PetscCall(ReadOptions(deck, petsc, "", diagnostics));
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, petsc->file, petsc->line, "petsc",
                             "expected PETSc options as 'name: value' lines"));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckFreeOptions(Deck deck) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < deck->option_count; i++) {
    PetscCall(PetscFree(deck->option[i].name));
    PetscCall(PetscFree(deck->option[i].value));
  }
  PetscCall(PetscFree(deck->option));
  PetscFunctionReturn(0);
}

PetscInt DeckPetscOptionCount(Deck deck) {
  return deck->option_count;
}

void DeckPetscOption(Deck deck, PetscInt index, const char **name, const char **value) {
  *name = deck->option[index].name;
  *value = deck->option[index].value;
}

void DeckPetscOptionWhere(Deck deck, PetscInt index, const char **file, int *line) {
  *file = deck->option[index].file;
  *line = deck->option[index].line;
}
