/* The table as a JSON Schema, for editors that complete and check decks while they are written. The schema knows names,
   types, choices and ranges of plain numbers, each value plain or annotated; dimensions, ranges with units and
   conditions are checked by `lisei check`. */
#include "parameter_text.h"
#include "table.h"
#include "words.h"
#include <jansson.h>
#include <string.h>

#define NUMBER_PATTERN "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?"

/* Plain numbers are numbers to YAML readers, or texts where they are written like "1e-4". */
static json_t *PlainNumber(const Parameter *declaration) {
  json_t *number = json_pack("{s:s}", "type", "number");

  if (declaration->minimum == PARAMETER_POSITIVE) {
    json_object_set_new(number, "exclusiveMinimum", json_integer(0));
  } else if (declaration->minimum > -1e300) {
    json_object_set_new(number, "minimum", json_real(declaration->minimum));
  }
  if (declaration->maximum < 1e300) {
    json_object_set_new(number, "maximum", json_real(declaration->maximum));
  }
  return json_pack("{s:[o,{s:s,s:s}]}", "anyOf", number, "type", "string", "pattern",
                   "^" NUMBER_PATTERN "( *[^0-9 ].*)?$");
}

static json_t *Words(const char *choices) {
  json_t *words = json_array();

  for (PetscInt i = 0; i < WordCount(choices); i++) {
    char word[128];
    WordCopy(choices, i, word, sizeof(word));
    json_array_append_new(words, json_string(word));
  }
  return json_pack("{s:o}", "enum", words);
}

/* The type of a value, or of a list's item. */
static json_t *ItemType(const Parameter *declaration) {
  switch (declaration->kind) {
  case PARAMETER_REAL:
  case PARAMETER_REAL_LIST:
    if (ParameterIsDimensionless(declaration)) {
      return PlainNumber(declaration);
    }
    return json_pack("{s:s,s:s}", "type", "string", "pattern", "^" NUMBER_PATTERN " *[^0-9 ].*$");
  case PARAMETER_INTEGER:
    if (declaration->minimum == 0. && declaration->maximum == 0.) {
      return json_pack("{s:s}", "type", "integer");
    }
    return json_pack("{s:s,s:f,s:f}", "type", "integer", "minimum", declaration->minimum, "maximum",
                     declaration->maximum);
  case PARAMETER_BOOLEAN:
    return json_pack("{s:s}", "type", "boolean");
  case PARAMETER_TEXT:
  case PARAMETER_TEXT_LIST:
    return json_pack("{s:[s,s]}", "type", "string", "number");
  default:
    return Words(declaration->choices);
  }
}

static PetscErrorCode Describe(const TableEntry *entry, json_t *type) {
  const Parameter *declaration = entry->declaration;
  char text[4096], range[256], words[PATH_LENGTH];
  size_t used;

  PetscFunctionBeginUser;
  PetscCall(ParameterRange(declaration, range, sizeof(range)));
  used = (size_t)snprintf(text, sizeof(text), "%s.", declaration->meaning);
  if (ParameterUnit(declaration)[0]) {
    used += (size_t)snprintf(text + used, sizeof(text) - used, " Unit such as %s.", ParameterUnit(declaration));
  }
  if (range[0]) {
    used += (size_t)snprintf(text + used, sizeof(text) - used, " Valid: %s.", range);
  }
  if (entry->selector) {
    WordList(entry->word, words, sizeof(words));
    (void)snprintf(text + used, sizeof(text) - used, " Used when %s is %s.", entry->selector, words);
  }
  PetscCheck(!json_object_set_new(type, "description", json_string(text)), PETSC_COMM_SELF, PETSC_ERR_LIB,
             "The text about %s is not UTF-8", entry->path);
  if (declaration->fallback && declaration->fallback[0]) {
    json_object_set_new(type, "x-default", json_string(declaration->fallback));
  }
  PetscFunctionReturn(0);
}

/* The value alone. */
static json_t *Bare(const Parameter *declaration) {
  if (IsList(declaration)) {
    json_t *list = json_pack("{s:s,s:o}", "type", "array", "items", ItemType(declaration));
    if (!declaration->fallback) {
      json_object_set_new(list, "minItems", json_integer(1));
    }
    if (declaration->kind == PARAMETER_CHOICE_LIST) {
      json_object_set_new(list, "uniqueItems", json_true());
    }
    return json_pack("{s:[o,o]}", "anyOf", list, ItemType(declaration));
  }
  return ItemType(declaration);
}

/* The value with its plausible range, source and fit. */
static json_t *Annotated(const Parameter *declaration) {
  const bool number = IsNumberWithUnit(declaration) || declaration->kind == PARAMETER_INTEGER;
  json_t *members = json_pack("{s:o,s:{s:s},s:{s:[{s:s},{s:s,s:{s:s}}]},s:{s:s}}", "value", Bare(declaration), "source",
                              "type", "string", "fitted_to", "anyOf", "type", "string", "type", "array", "items",
                              "type", "string", "note", "type", "string");

  if (number) {
    json_object_set_new(
        members, "range",
        json_pack("{s:s,s:o,s:i,s:i}", "type", "array", "items", ItemType(declaration), "minItems", 2, "maxItems", 2));
  }
  return json_pack("{s:s,s:o,s:[s],s:b}", "type", "object", "properties", members, "required", "value",
                   "additionalProperties", 0);
}

static PetscErrorCode Value(const TableEntry *entry, json_t **type) {
  const Parameter *declaration = entry->declaration;

  PetscFunctionBeginUser;
  *type = json_pack("{s:[o,o]}", "anyOf", Bare(declaration), Annotated(declaration));
  PetscCheck(*type, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the schema of %s", entry->path);
  PetscCall(Describe(entry, *type));
  PetscFunctionReturn(0);
}

static json_t *NewGroup(const char *meaning) {
  json_t *group = json_pack("{s:[s,s],s:{},s:b}", "type", "object", "null", "properties", "additionalProperties", 0);

  if (meaning) {
    json_object_set_new(group, "description", json_string(meaning));
  }
  return group;
}

/* The group that holds the last component of `path`, made on the way. */
static json_t *FindGroup(ParameterTable table, json_t *root, const char *full, const char *path) {
  const size_t skip = (size_t)(path - full);
  json_t *group = root;

  for (const char *c = path; strchr(c, '.'); c += strcspn(c, ".") + 1) {
    const size_t length = strcspn(c, ".");
    json_t *properties = json_object_get(group, "properties"), *next = NULL;
    char name[PATH_LENGTH], sofar[PATH_LENGTH];
    (void)snprintf(name, sizeof(name), "%.*s", (int)length, c);
    (void)snprintf(sofar, sizeof(sofar), "%.*s", (int)(skip + (size_t)(c - path) + length), full);
    next = json_object_get(properties, name);
    if (!next) {
      next = NewGroup(TableMeaning(table, sofar));
      json_object_set_new(properties, name, next);
    }
    group = next;
  }
  return group;
}

/* Required keys are demanded in steps; in groups of the deck they may come from an included file or the command line.
 */
static PetscErrorCode AddKeys(ParameterTable table, const char *prefix, bool protocol, json_t *root) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i];
    const char *rest = PathBelow(entry->path, prefix), *dot = rest ? strrchr(rest, '.') : NULL;
    const char *name = dot ? dot + 1 : rest;
    json_t *group = NULL, *type = NULL;
    if (!rest || (PathBelow(entry->path, "protocol") != NULL) != protocol) {
      continue;
    }
    group = FindGroup(table, root, entry->path, rest);
    PetscCall(Value(entry, &type));
    json_object_set_new(json_object_get(group, "properties"), name, type);
    if (!protocol || entry->declaration->fallback) {
      continue;
    }
    if (!json_object_get(group, "required")) {
      json_object_set_new(group, "required", json_array());
    }
    json_array_append_new(json_object_get(group, "required"), json_string(name));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Protocol(ParameterTable table, json_t *root) {
  json_t *steps = json_object(), *step = NULL, *list = NULL;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->count; i++) {
    const char *rest = PathBelow(table->entries[i].path, "protocol");
    char kind[64], group[PATH_LENGTH];
    json_t *keys = NULL;
    if (!rest) {
      continue;
    }
    (void)snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(rest, "."), rest);
    if (json_object_get(steps, kind)) {
      continue;
    }
    PathJoin("protocol", kind, group);
    keys = NewGroup(TableMeaning(table, group));
    PetscCall(AddKeys(table, group, true, keys));
    if (!strcmp(kind, "repeat")) {
      json_object_set_new(json_object_get(keys, "properties"), "steps", json_pack("{s:s}", "$ref", "#/$defs/steps"));
      json_array_append_new(json_object_get(keys, "required"), json_string("steps"));
    }
    json_object_set_new(steps, kind, keys);
  }
  step = json_pack("{s:s,s:i,s:i,s:o,s:b}", "type", "object", "minProperties", 1, "maxProperties", 1, "properties",
                   steps, "additionalProperties", 0);
  list = json_pack("{s:s,s:i,s:o}", "type", "array", "minItems", 1, "items", step);
  PetscCheck(list, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the schema of the protocol");
  json_object_set_new(root, "$defs", json_pack("{s:o}", "steps", list));
  json_object_set_new(json_object_get(root, "properties"), "protocol", json_pack("{s:s}", "$ref", "#/$defs/steps"));
  PetscFunctionReturn(0);
}

PetscErrorCode TableSchema(ParameterTable table, FILE *stream) {
  json_t *root = NewGroup(NULL), *properties = NULL;

  PetscFunctionBeginUser;
  PetscCheck(root, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the schema");
  json_object_set_new(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
  json_object_set_new(root, "title", json_string("lisei deck"));
  json_object_set_new(root, "type", json_string("object"));
  PetscCall(AddKeys(table, "", false, root));
  PetscCall(Protocol(table, root));
  properties = json_object_get(root, "properties");
  json_object_set_new(properties, "include",
                      json_pack("{s:[{s:s},{s:s,s:{s:s}}],s:s}", "anyOf", "type", "string", "type", "array", "items",
                                "type", "string", "description", "Other decks whose keys this one overrides."));
  json_object_set_new(properties, "petsc",
                      json_pack("{s:[s,s],s:s}", "type", "object", "null", "description", "Options handed to PETSc."));
  /* A deck that includes another may leave the protocol to it. */
  json_object_set_new(root, "anyOf", json_pack("[{s:[s]},{s:[s]}]", "required", "protocol", "required", "include"));
  PetscCheck(json_dumpf(root, stream, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(10)) == 0,
             PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "Cannot write the schema");
  (void)fputc('\n', stream);
  json_decref(root);
  PetscFunctionReturn(0);
}
