#include "yaml_tree.h"
#include "plain_text.h"
#include <ctype.h>
#include <search.h>
#include <string.h>
#include <yaml.h>

enum { DEEPEST = 32 }; /* levels of nesting; a deck needs about six */

typedef struct {
  yaml_parser_t parser;
  const char *text, *file;
  size_t length;
  Diagnostics diagnostics;
  bool broken; /* a syntax error was met: nothing more can be read */
} Reader;

PetscErrorCode YamlCreate(YamlKind kind, const char *key, const char *text, const char *file, int line,
                          YamlNode *node) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(node));
  (*node)->kind = kind;
  (*node)->file = file;
  (*node)->line = line;
  if (key) {
    PetscCall(PetscStrallocpy(key, &(*node)->key));
  }
  if (text) {
    PetscCall(PetscStrallocpy(text, &(*node)->text));
  }
  PetscFunctionReturn(0);
}

/* A large group is searched through a tree of its places, so that a deck of many keys does not take their square. */
enum { LARGE = 64 };

static int ComparePlaces(const void *one, const void *other) {
  return strcmp(((const YamlPlace *)one)->key, ((const YamlPlace *)other)->key);
}

static void DropIndex(YamlNode node) {
  while (node->index) {
    YamlPlace *place = *(YamlPlace **)node->index;
    (void)tdelete(place, &node->index, ComparePlaces);
    free(place);
  }
}

/* Enter the places from `first` on. */
static PetscErrorCode ExtendIndex(YamlNode group, PetscInt first) {
  PetscFunctionBeginUser;
  for (PetscInt i = first; i < group->count; i++) {
    YamlPlace *place = malloc(sizeof(*place));
    PetscCheck(place, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the keys of a deck");
    *place = (YamlPlace){group->child[i]->key, i};
    PetscCheck(tsearch(place, &group->index, ComparePlaces), PETSC_COMM_SELF, PETSC_ERR_MEM,
               "No memory for the keys of a deck");
  }
  PetscFunctionReturn(0);
}

PetscErrorCode YamlDestroy(YamlNode *node) {
  PetscFunctionBeginUser;
  if (!*node) {
    PetscFunctionReturn(0);
  }
  DropIndex(*node); /* while its keys are there */
  for (PetscInt i = 0; i < (*node)->count; i++) {
    PetscCall(YamlDestroy(&(*node)->child[i]));
  }
  PetscCall(YamlDestroy(&(*node)->covered));
  PetscCall(PetscFree((*node)->child));
  PetscCall(PetscFree((*node)->key));
  PetscCall(PetscFree((*node)->text));
  PetscCall(PetscFree(*node));
  PetscFunctionReturn(0);
}

static bool IsOpenGroup(const struct YamlNode_ *node) {
  return node && node->kind == YAML_GROUP && !node->whole;
}

static PetscInt IndexOf(const struct YamlNode_ *group, const char *key) {
  if (group->index) {
    const YamlPlace wanted = {(char *)key, 0};
    YamlPlace *const *const found = tfind(&wanted, &group->index, ComparePlaces);
    return found ? (*found)->index : -1;
  }
  for (PetscInt i = 0; group->kind == YAML_GROUP && i < group->count; i++) {
    if (!strcmp(group->child[i]->key, key)) {
      return i;
    }
  }
  return -1;
}

YamlNode YamlFind(const struct YamlNode_ *group, const char *key) {
  const PetscInt index = IndexOf(group, key);
  return index < 0 ? NULL : group->child[index];
}

PetscErrorCode YamlAdd(YamlNode parent, YamlNode child) {
  PetscFunctionBeginUser;
  if (parent->count == parent->capacity) {
    parent->capacity = 2 * parent->capacity + 4;
    PetscCall(PetscRealloc((size_t)parent->capacity * sizeof(YamlNode), &parent->child));
  }
  parent->child[parent->count++] = child;
  if (parent->kind == YAML_GROUP && parent->count > LARGE) {
    PetscCall(ExtendIndex(parent, parent->index ? parent->count - 1 : 0));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode YamlPut(YamlNode group, YamlNode child) {
  const PetscInt index = IndexOf(group, child->key);

  PetscFunctionBeginUser;
  if (index < 0) {
    PetscCall(YamlAdd(group, child));
    PetscFunctionReturn(0);
  }
  child->covered = group->child[index];
  group->child[index] = child; /* the index keeps the key of the covered node, which lives as long */
  PetscFunctionReturn(0);
}

PetscErrorCode YamlCopy(const struct YamlNode_ *node, YamlNode *copy) {
  PetscFunctionBeginUser;
  PetscCall(YamlCreate(node->kind, node->key, node->text, node->file, node->line, copy));
  (*copy)->rank = node->rank;
  (*copy)->quoted = node->quoted;
  (*copy)->whole = node->whole;
  for (PetscInt i = 0; i < node->count; i++) {
    YamlNode child;
    PetscCall(YamlCopy(node->child[i], &child));
    PetscCall(YamlAdd(*copy, child));
  }
  if (node->covered) {
    PetscCall(YamlCopy(node->covered, &(*copy)->covered));
  }
  PetscFunctionReturn(0);
}

YamlNode YamlTake(YamlNode group, const char *key) {
  const PetscInt index = IndexOf(group, key);
  YamlNode taken = NULL;

  if (index < 0) {
    return NULL;
  }
  DropIndex(group); /* at the next key that is added it is made again */
  taken = group->child[index];
  group->count--;
  for (PetscInt i = index; i < group->count; i++) {
    group->child[i] = group->child[i + 1];
  }
  return taken;
}

PetscErrorCode YamlMerge(YamlNode base, YamlNode *over) {
  PetscFunctionBeginUser;
  DropIndex(*over);
  for (PetscInt i = 0; i < (*over)->count; i++) {
    YamlNode child = (*over)->child[i], old = YamlFind(base, child->key);
    if (IsOpenGroup(child) && IsOpenGroup(old)) {
      PetscCall(YamlMerge(old, &child));
      /* An empty `group:` in the overriding file does not wipe out the group below it. */
    } else if (IsOpenGroup(old) && YamlIsNull(child)) {
      PetscCall(YamlDestroy(&child));
    } else {
      PetscCall(YamlPut(base, child));
    }
  }
  (*over)->count = 0;
  PetscCall(YamlDestroy(over));
  PetscFunctionReturn(0);
}

void YamlSetRank(YamlNode node, PetscInt rank) {
  node->rank = rank;
  for (PetscInt i = 0; i < node->count; i++) {
    YamlSetRank(node->child[i], rank);
  }
}

bool YamlIsNull(const struct YamlNode_ *node) {
  if (node->kind != YAML_TEXT || node->quoted) {
    return false;
  }
  return !node->text[0] || !strcmp(node->text, "~") || !strcmp(node->text, "null");
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------------- */

/* Is the mistake in a line, from 1, a character that cannot be told from the right one? */
static void LookOnLine(const Reader *reader, size_t line, char complaint[], size_t size) {
  const char *start = reader->text, *end = reader->text + reader->length, *next;

  for (; line > 1 && (next = memchr(start, '\n', (size_t)(end - start))); line--) {
    start = next + 1;
  }
  next = memchr(start, '\n', (size_t)(end - start));
  PlainComplaint(start, (size_t)((next ? next : end) - start), complaint, size);
}

static PetscErrorCode SyntaxError(Reader *reader) {
  const yaml_parser_t *parser = &reader->parser;
  const char *problem = parser->problem ? parser->problem : "cannot be read as YAML";
  size_t line = parser->problem_mark.line + 1, at = parser->problem_mark.index;
  char unlike[160];

  PetscFunctionBeginUser;
  reader->broken = true;
  if (parser->error == YAML_READER_ERROR) { /* bad bytes: libyaml knows the place, not the line */
    line = 1;
    for (size_t i = 0; i < parser->problem_offset && i < reader->length; i++) {
      line += reader->text[i] == '\n';
    }
    const bool wide =
        reader->length > 1 && (!memcmp(reader->text, "\xFF\xFE", 2) || !memcmp(reader->text, "\xFE\xFF", 2));
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, (int)line, NULL,
                             "not YAML: %s: decks are plain UTF-8 text%s", problem,
                             wide ? "; this file is UTF-16: save it as UTF-8" : ""));
  } else if (at < reader->length && reader->text[at] == '\t') {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, (int)line, NULL,
                             "a tab is used for indentation: YAML needs spaces"));
  } else {
    LookOnLine(reader, line, unlike, sizeof(unlike));
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, (int)line, NULL, "YAML syntax: %s%s%s%s", problem,
                             parser->context ? " " : "", parser->context ? parser->context : "", unlike));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Next(Reader *reader, yaml_event_t *event) {
  PetscFunctionBeginUser;
  memset(event, 0, sizeof(*event));
  if (!yaml_parser_parse(&reader->parser, event)) {
    PetscCall(SyntaxError(reader));
  }
  PetscFunctionReturn(0);
}

/* Complain of an anchor or a tag; reading goes on without it. */
static PetscErrorCode RefuseExtras(Reader *reader, int line, const yaml_char_t *anchor, const yaml_char_t *tag) {
  PetscFunctionBeginUser;
  if (anchor) {
    PetscCall(
        DiagnosticsAdd(reader->diagnostics, reader->file, line, NULL,
                       "the anchor '&%s' is not supported: write the value where it is used, or `include:` a file",
                       (const char *)anchor));
  }
  if (tag) {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, line, NULL,
                             "the tag '%s' is not supported: write the value alone", (const char *)tag));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadScalar(Reader *reader, const yaml_event_t *event, int line, YamlNode *node) {
  const char *value = (const char *)event->data.scalar.value;

  PetscFunctionBeginUser;
  PetscCall(RefuseExtras(reader, line, event->data.scalar.anchor, event->data.scalar.tag));
  if (strlen(value) != event->data.scalar.length) {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, line, NULL, "the text holds a NUL character"));
  }
  PetscCall(YamlCreate(YAML_TEXT, NULL, value, reader->file, line, node));
  (*node)->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadNode(Reader *reader, yaml_event_t *event, int depth, YamlNode *node);

static PetscErrorCode ReadList(Reader *reader, int depth, YamlNode list) {
  PetscFunctionBeginUser;
  while (!reader->broken) {
    yaml_event_t event;
    YamlNode child = NULL;
    PetscCall(Next(reader, &event));
    if (reader->broken || event.type == YAML_SEQUENCE_END_EVENT) {
      yaml_event_delete(&event);
      break;
    }
    PetscCall(ReadNode(reader, &event, depth + 1, &child));
    if (child) {
      PetscCall(YamlAdd(list, child));
    }
  }
  PetscFunctionReturn(0);
}

/* Store a value under its key; the first of duplicates stays. */
static PetscErrorCode Store(Reader *reader, YamlNode group, const char *key, int line, YamlNode child) {
  const struct YamlNode_ *old = YamlFind(group, key);

  PetscFunctionBeginUser;
  if (old) {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, line, key,
                             "duplicate key: already given in line %d; keep one", old->line));
    PetscCall(YamlDestroy(&child));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscStrallocpy(key, &child->key));
  child->line = line;
  PetscCall(YamlAdd(group, child));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadGroup(Reader *reader, int depth, YamlNode group) {
  PetscFunctionBeginUser;
  while (!reader->broken) {
    yaml_event_t event;
    YamlNode name = NULL, child = NULL;
    PetscCall(Next(reader, &event));
    if (reader->broken || event.type == YAML_MAPPING_END_EVENT) {
      yaml_event_delete(&event);
      break;
    }
    PetscCall(ReadNode(reader, &event, depth + 1, &name));
    if (!reader->broken) {
      PetscCall(Next(reader, &event));
      if (!reader->broken) {
        PetscCall(ReadNode(reader, &event, depth + 1, &child));
      }
    }
    if (name && name->kind != YAML_TEXT) {
      PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, name->line, NULL, "a key must be a single word"));
    }
    if (child && name && name->kind == YAML_TEXT) {
      PetscCall(Store(reader, group, name->text, name->line, child));
    } else {
      PetscCall(YamlDestroy(&child));
    }
    PetscCall(YamlDestroy(&name));
  }
  PetscFunctionReturn(0);
}

/* Read the node that the event begins; deletes the event. */
static PetscErrorCode ReadNode(Reader *reader, yaml_event_t *event, int depth, YamlNode *node) {
  const int line = (int)event->start_mark.line + 1;

  PetscFunctionBeginUser;
  if (depth > DEEPEST) {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, line, NULL, "nested deeper than %d levels", DEEPEST));
    reader->broken = true;
  } else if (event->type == YAML_SCALAR_EVENT) {
    PetscCall(ReadScalar(reader, event, line, node));
  } else if (event->type == YAML_ALIAS_EVENT) {
    PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, line, NULL,
                             "the alias '*%s' is not supported: write the value again, or `include:` a file",
                             (const char *)event->data.alias.anchor));
    PetscCall(YamlCreate(YAML_TEXT, NULL, "", reader->file, line, node));
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    PetscCall(RefuseExtras(reader, line, event->data.sequence_start.anchor, event->data.sequence_start.tag));
    PetscCall(YamlCreate(YAML_LIST, NULL, NULL, reader->file, line, node));
    PetscCall(ReadList(reader, depth, *node));
  } else if (event->type == YAML_MAPPING_START_EVENT) {
    PetscCall(RefuseExtras(reader, line, event->data.mapping_start.anchor, event->data.mapping_start.tag));
    PetscCall(YamlCreate(YAML_GROUP, NULL, NULL, reader->file, line, node));
    PetscCall(ReadGroup(reader, depth, *node));
  }
  yaml_event_delete(event);
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadStream(Reader *reader, YamlNode *root) {
  bool done = false;

  PetscFunctionBeginUser;
  while (!reader->broken && !done) {
    yaml_event_t event;
    const struct YamlNode_ *first = *root;
    PetscCall(Next(reader, &event));
    done = event.type == YAML_STREAM_END_EVENT;
    if (event.type == YAML_DOCUMENT_START_EVENT && first) {
      PetscCall(DiagnosticsAdd(reader->diagnostics, reader->file, (int)event.start_mark.line + 1, NULL,
                               "a second YAML document starts here: a deck is one document"));
      done = true;
    }
    if (event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
        event.type == YAML_MAPPING_START_EVENT) {
      PetscCall(ReadNode(reader, &event, 0, root));
    } else {
      yaml_event_delete(&event);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode YamlParse(const char *text, size_t length, const char *file, Diagnostics diagnostics, YamlNode *root) {
  const size_t mark = length >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0; /* some editors put one */
  Reader reader = {.text = text + mark, .length = length - mark, .file = file, .diagnostics = diagnostics};

  PetscFunctionBeginUser;
  *root = NULL;
  PetscCheck(yaml_parser_initialize(&reader.parser), PETSC_COMM_SELF, PETSC_ERR_MEM, "Cannot start the YAML reader");
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text, reader.length);
  PetscCall(ReadStream(&reader, root));
  yaml_parser_delete(&reader.parser);
  if (reader.broken) {
    PetscCall(YamlDestroy(root));
  } else if (!*root || YamlIsNull(*root)) {
    PetscCall(YamlDestroy(root));
    PetscCall(YamlCreate(YAML_GROUP, NULL, NULL, file, 1, root));
  }
  PetscFunctionReturn(0);
}

/* --- writing
 * ---------------------------------------------------------------------------------------------------------- */

/* Can the text stand plain, also inside a flow list, and without being taken for something else? */
static bool IsPlain(const char *text) {
  const size_t length = strlen(text);
  const size_t dots = strspn(text, "-+.");
  static const char *const taken[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  static const size_t longest = 5;

  if (!length || text[length - 1] == ' ' || dots == length) {
    return false;
  }
  if (!isalnum((unsigned char)text[dots]) || (dots > 0 && !isdigit((unsigned char)text[dots]))) {
    return false;
  }
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && !strchr(" ._+-/^*()%", text[i])) {
      return false;
    }
  }
  for (size_t i = 0; length <= longest && isalpha((unsigned char)text[0]) && i < sizeof(taken) / sizeof(taken[0]);
       i++) {
    if (!strcasecmp(text, taken[i])) {
      return false;
    }
  }
  return true;
}

void YamlWriteText(FILE *stream, const char *text) {
  if (IsPlain(text)) {
    (void)fputs(text, stream);
    return;
  }
  (void)fputc('"', stream);
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (*c == '"' || *c == '\\') {
      (void)fprintf(stream, "\\%c", *c);
    } else if (*c == '\n') {
      (void)fputs("\\n", stream);
    } else if (*c == '\t') {
      (void)fputs("\\t", stream);
    } else if (*c < 0x20 || *c == 0x7f) {
      (void)fprintf(stream, "\\x%02X", *c);
    } else {
      (void)fputc(*c, stream);
    }
  }
  (void)fputc('"', stream);
}
