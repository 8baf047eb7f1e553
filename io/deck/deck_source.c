/* From files to one tree: includes first, the including file over them, the command line over all. Each source has a
 * rank in this order. */
#include "deck_private.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INCLUDES = 100, LARGEST_FILE = 64 * 1024 * 1024 };

/* The chain of files that are being read, to find cycles. */
typedef struct Chain_ {
  const struct Chain_ *outer;
  const char *path;
  char real[PATH_MAX];
} Chain;

PetscErrorCode DeckKeepName(Deck deck, const char *name, const char **kept) {
  PetscFunctionBeginUser;
  if (deck->file_count == deck->file_capacity) {
    deck->file_capacity = 2 * deck->file_capacity + 4;
    PetscCall(PetscRealloc((size_t)deck->file_capacity * sizeof(char *), &deck->file));
  }
  PetscCall(PetscStrallocpy(name, &deck->file[deck->file_count]));
  *kept = deck->file[deck->file_count++];
  PetscFunctionReturn(0);
}

PetscErrorCode DeckRelativePath(const char *file, const char *path, char **joined) {
  const char *slash = strrchr(file, '/');
  const size_t folder = slash && path[0] != '/' ? (size_t)(slash - file) + 1 : 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(folder + strlen(path) + 1, joined));
  memcpy(*joined, file, folder);
  memcpy(*joined + folder, path, strlen(path) + 1);
  PetscFunctionReturn(0);
}

/* The whole file as text; NULL with errno set if it cannot be read. */
static char *ReadFile(const char *path, size_t *length) {
  FILE *stream = fopen(path, "rb");
  char *text = NULL;
  size_t capacity = 0;
  int error = 0;

  *length = 0;
  if (!stream) {
    return NULL;
  }
  do {
    char *larger = realloc(text, capacity = 2 * capacity + 8192);
    if (!larger) {
      error = ENOMEM;
    } else {
      text = larger;
      *length += fread(text + *length, 1, capacity - *length - 1, stream);
      if (ferror(stream)) {
        error = errno;
      } else if (*length > LARGEST_FILE) {
        error = EFBIG;
      }
    }
  } while (!error && *length == capacity - 1);
  (void)fclose(stream);
  if (error) {
    free(text);
    errno = error;
    return NULL;
  }
  text[*length] = '\0';
  return text;
}

static PetscErrorCode ReadSource(Deck deck, const char *path, const char *includer, int line, const Chain *chain,
                                 Diagnostics diagnostics, YamlNode *root);

/* Read one file that `include` names and lay it on `base`. */
static PetscErrorCode Include(Deck deck, const struct YamlNode_ *entry, const Chain *chain, Diagnostics diagnostics,
                              YamlNode base, bool *broken) {
  YamlNode included = NULL;
  char *path = NULL;
  const char *kept = NULL;

  PetscFunctionBeginUser;
  if (entry->kind != YAML_TEXT || YamlIsNull(entry)) {
    PetscCall(DiagnosticsAdd(diagnostics, entry->file, entry->line, "include",
                             "expected the name of a file or a list of them"));
    PetscFunctionReturn(0);
  }
  PetscCall(DeckRelativePath(entry->file, entry->text, &path));
  PetscCall(DeckKeepName(deck, path, &kept));
  PetscCall(PetscFree(path));
  PetscCall(ReadSource(deck, kept, entry->file, entry->line, chain, diagnostics, &included));
  if (included) {
    PetscCall(YamlMerge(base, &included));
  } else {
    *broken = true;
  }
  PetscFunctionReturn(0);
}

/* Lay `*root` over the files that its key `include` names. */
static PetscErrorCode ResolveIncludes(Deck deck, const Chain *chain, Diagnostics diagnostics, YamlNode *root) {
  YamlNode include = YamlTake(*root, "include"), base = NULL;
  bool broken = false;

  PetscFunctionBeginUser;
  if (include) {
    PetscCall(YamlCreate(YAML_GROUP, NULL, NULL, (*root)->file, (*root)->line, &base));
    if (include->kind == YAML_LIST) {
      for (PetscInt i = 0; i < include->count; i++) {
        PetscCall(Include(deck, include->child[i], chain, diagnostics, base, &broken));
      }
    } else {
      PetscCall(Include(deck, include, chain, diagnostics, base, &broken));
    }
  }
  YamlSetRank(*root, deck->sources++);
  if (base) {
    PetscCall(YamlMerge(base, root));
    *root = base;
  }
  if (broken) {
    PetscCall(YamlDestroy(root));
  }
  PetscCall(YamlDestroy(&include));
  PetscFunctionReturn(0);
}

static PetscErrorCode ParseSource(Deck deck, const char *text, size_t length, const char *file, const Chain *chain,
                                  Diagnostics diagnostics, YamlNode *root) {
  PetscFunctionBeginUser;
  PetscCall(YamlParse(text, length, file, diagnostics, root));
  if (*root && (*root)->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, file, (*root)->line, NULL, "a deck is made of lines 'key: value'"));
    PetscCall(YamlDestroy(root));
  }
  if (*root) {
    PetscCall(DeckMarkAnnotated(deck->table, *root, ""));
    PetscCall(ResolveIncludes(deck, chain, diagnostics, root));
  }
  PetscFunctionReturn(0);
}

/* `includer` is NULL for the deck itself. */
static PetscErrorCode ReadSource(Deck deck, const char *path, const char *includer, int line, const Chain *chain,
                                 Diagnostics diagnostics, YamlNode *root) {
  Chain here = {.outer = chain, .path = path};
  size_t length = 0;
  char *text = NULL;

  PetscFunctionBeginUser;
  *root = NULL;
  if (!realpath(path, here.real)) {
    (void)snprintf(here.real, sizeof(here.real), "%s", path);
  }
  for (const Chain *outer = chain; outer; outer = outer->outer) {
    if (strcmp(outer->real, here.real) != 0) {
      continue;
    }
    PetscCall(DiagnosticsAdd(diagnostics, includer, line, "include", "'%s' includes itself: remove one of the includes",
                             path));
    PetscFunctionReturn(0);
  }
  if (deck->file_count > MOST_INCLUDES) {
    PetscCall(DiagnosticsAdd(diagnostics, includer, line, "include", "more than %d files are included", MOST_INCLUDES));
    PetscFunctionReturn(0);
  }
  text = ReadFile(path, &length);
  if (!text && includer) {
    PetscCall(DiagnosticsAdd(diagnostics, includer, line, "include", "'%s' cannot be read: %s", path, strerror(errno)));
  } else if (!text) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "the deck cannot be read: %s", strerror(errno)));
  } else {
    PetscCall(ParseSource(deck, text, length, path, &here, diagnostics, root));
  }
  free(text);
  PetscFunctionReturn(0);
}

PetscErrorCode DeckSourceFile(Deck deck, const char *path, Diagnostics diagnostics, YamlNode *root) {
  PetscFunctionBeginUser;
  PetscCall(DeckKeepName(deck, path, &deck->name));
  PetscCall(ReadSource(deck, deck->name, NULL, 0, NULL, diagnostics, root));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckSourceText(Deck deck, const char *text, const char *name, Diagnostics diagnostics, YamlNode *root) {
  PetscFunctionBeginUser;
  PetscCall(DeckKeepName(deck, name, &deck->name));
  PetscCall(ParseSource(deck, text, strlen(text), deck->name, NULL, diagnostics, root));
  PetscFunctionReturn(0);
}

/* --- overrides
 * -------------------------------------------------------------------------------------------------------- */

static void ComesFrom(const DeckAssignment *from, YamlNode node) {
  node->file = from->file;
  node->line = from->line;
  for (PetscInt i = 0; i < node->count; i++) {
    ComesFrom(from, node->child[i]);
  }
}

/* The value of an override: a list or a quoted text in YAML's flow style, else the text as it stands. */
PetscErrorCode DeckOverrideValue(const DeckAssignment *from, const char *path, const char *text,
                                 Diagnostics diagnostics, YamlNode *value) {
  Diagnostics found = NULL;

  PetscFunctionBeginUser;
  while (isspace((unsigned char)*text)) {
    text++;
  }
  if (!*text || !strchr("[{\"'", *text)) {
    PetscCall(YamlCreate(YAML_TEXT, NULL, text, from->file, from->line, value));
    YamlSetRank(*value, PETSC_MAX_INT);
    PetscFunctionReturn(0);
  }
  PetscCall(DiagnosticsCreate(&found));
  PetscCall(YamlParse(text, strlen(text), "", found, value));
  if (DiagnosticsCount(found)) {
    const char *message = DiagnosticsMessage(found, 0), *problem = strstr(message, "syntax: ");
    PetscCall(DiagnosticsAdd(diagnostics, from->file, from->line, path, "'%s' is not a list or a quoted text: %s", text,
                             problem ? problem + strlen("syntax: ") : message));
    PetscCall(YamlDestroy(value));
  }
  PetscCall(DiagnosticsDestroy(&found));
  if (!*value) {
    PetscFunctionReturn(0);
  }
  ComesFrom(from, *value);
  YamlSetRank(*value, PETSC_MAX_INT);
  PetscFunctionReturn(0);
}

/* The place in a list that a path component names, or -1. */
static PetscInt ListIndex(const struct YamlNode_ *list, const char *name) {
  char *end = NULL;
  const long index = strtol(name, &end, 10);

  return isdigit((unsigned char)name[0]) && !*end && index < list->count ? (PetscInt)index : -1;
}

/* Step down from `*node` to its member `name`, which is made a group if it does not exist or is empty. */
static PetscErrorCode Descend(const DeckAssignment *from, const char *path, const char *name, Diagnostics diagnostics,
                              YamlNode *node) {
  YamlNode child = NULL;

  PetscFunctionBeginUser;
  if ((*node)->kind == YAML_LIST) {
    const PetscInt index = ListIndex(*node, name);
    if (index >= 0) {
      child = (*node)->child[index];
    } else {
      PetscCall(DiagnosticsAdd(diagnostics, from->file, from->line, path,
                               "'%s' must be the number of a list item, 0 to %" PetscInt_FMT, name,
                               (*node)->count - 1));
    }
  } else {
    child = YamlFind(*node, name);
    if (!child || YamlIsNull(child)) {
      PetscCall(YamlCreate(YAML_GROUP, name, NULL, from->file, from->line, &child));
      child->rank = PETSC_MAX_INT;
      PetscCall(YamlPut(*node, child));
    } else if (child->kind == YAML_TEXT) {
      PetscCall(DiagnosticsAdd(diagnostics, from->file, from->line, path,
                               "'%s' holds the value '%s' and has no keys below it", name, child->text));
      child = NULL;
    } else if (child->whole) {
      PetscCall(DiagnosticsAdd(diagnostics, from->file, from->line, path,
                               "'%s' holds an annotated value and has no keys below it: give the value to '%s' itself",
                               name, name));
      child = NULL;
    }
  }
  *node = child;
  PetscFunctionReturn(0);
}

/* Put the value where the last component of the path says. Takes the value. */
static PetscErrorCode Place(const DeckAssignment *from, const char *path, const char *name, Diagnostics diagnostics,
                            YamlNode node, YamlNode value) {
  PetscFunctionBeginUser;
  if (node->kind == YAML_LIST) {
    const PetscInt index = ListIndex(node, name);
    if (index < 0) {
      PetscCall(DiagnosticsAdd(diagnostics, from->file, from->line, path,
                               "'%s' must be the number of a list item, 0 to %" PetscInt_FMT, name, node->count - 1));
      PetscCall(YamlDestroy(&value));
    } else {
      PetscCall(YamlDestroy(&node->child[index]));
      node->child[index] = value;
    }
  } else {
    PetscCall(PetscStrallocpy(name, &value->key));
    PetscCall(YamlPut(node, value));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckOverride(Deck deck, YamlNode root, const DeckAssignment *from, Diagnostics diagnostics) {
  const char *assignment = from->text;
  const char *equals = strchr(assignment, '=');
  char path[PATH_LENGTH], names[PATH_LENGTH], *rest = names, *name = NULL, *next = NULL;
  YamlNode node = root, value = NULL;

  PetscFunctionBeginUser;
  if (!equals || equals == assignment || equals - assignment >= PATH_LENGTH) {
    PetscCall(
        DiagnosticsAdd(diagnostics, from->file, from->line, NULL, "expected key.path=value, got '%s'", assignment));
    PetscFunctionReturn(0);
  }
  (void)snprintf(path, sizeof(path), "%.*s", (int)(equals - assignment), assignment);
  (void)snprintf(names, sizeof(names), "%s", path);
  PetscCall(DeckOverrideValue(from, path, equals + 1, diagnostics, &value));
  if (!value) {
    PetscFunctionReturn(0);
  }
  name = strtok_r(rest, ".", &rest);
  next = strtok_r(NULL, ".", &rest);
  while (node && name && next) {
    PetscCall(Descend(from, path, name, diagnostics, &node));
    name = next;
    next = strtok_r(NULL, ".", &rest);
  }
  if (node && name) {
    const bool group = value->kind == YAML_GROUP;
    PetscCall(Place(from, path, name, diagnostics, node, value));
    if (group) {
      PetscCall(DeckMarkAnnotated(deck->table, root, ""));
    }
  } else {
    if (!name) {
      PetscCall(
          DiagnosticsAdd(diagnostics, from->file, from->line, NULL, "expected key.path=value, got '%s'", assignment));
    }
    PetscCall(YamlDestroy(&value));
  }
  PetscFunctionReturn(0);
}
