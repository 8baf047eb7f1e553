/* The file of a study. */
#include "study.h"
#include "../../io/deck/words.h"
#include <errno.h>
#include <stdlib.h>

static PetscErrorCode ReadFile(const char *path, Diagnostics diagnostics, char **text, size_t *length) {
  FILE *stream = fopen(path, "rb");
  char buffer[65536];
  size_t count;

  PetscFunctionBeginUser;
  *text = NULL;
  *length = 0;
  while (stream && (count = fread(buffer, 1, sizeof buffer, stream)) > 0) {
    PetscCall(PetscRealloc(*length + count + 1, text));
    PetscCall(PetscArraycpy(*text + *length, buffer, count));
    *length += count;
  }
  if (!stream || ferror(stream)) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "the study cannot be read: %s", strerror(errno)));
    PetscCall(PetscFree(*text));
  } else if (!*text) {
    PetscCall(PetscStrallocpy("", text));
  }
  if (stream) {
    (void)fclose(stream);
  }
  PetscFunctionReturn(0);
}

/* `path` as seen from the folder of the study. */
static PetscErrorCode Beside(Study study, const char *path, char **joined) {
  const char *slash = strrchr(study->path, '/');
  const size_t folder = slash && path[0] != '/' ? (size_t)(slash - study->path) + 1 : 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(folder + strlen(path) + 1, joined));
  PetscCall(PetscArraycpy(*joined, study->path, folder));
  PetscCall(PetscArraycpy(*joined + folder, path, strlen(path) + 1));
  PetscFunctionReturn(0);
}

/* A list of texts, or a single one. */
static PetscErrorCode ReadTexts(const struct YamlNode_ *node, const char *key, Diagnostics diagnostics, PetscInt *count,
                                char ***texts, int **lines) {
  const PetscInt items = !node ? 0 : node->kind == YAML_LIST ? node->count : 1;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(items, texts));
  PetscCall(PetscCalloc1(items, lines));
  for (PetscInt k = 0; k < items; k++) {
    const struct YamlNode_ *item = node->kind == YAML_LIST ? node->child[k] : node;
    if (item->kind != YAML_TEXT) {
      PetscCall(DiagnosticsAdd(diagnostics, item->file, item->line, key, "expected a formula"));
      continue;
    }
    (*lines)[*count] = item->line;
    PetscCall(PetscStrallocpy(item->text, &(*texts)[(*count)++]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSettings(Study study, const struct YamlNode_ *node, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  if (!node) {
    PetscFunctionReturn(0);
  }
  if (node->kind != YAML_GROUP) {
    PetscCall(
        DiagnosticsAdd(diagnostics, node->file, node->line, "set", "expected lines 'key.path: value', as for --set"));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc2(node->count, &study->settings, node->count, &study->setting_lines));
  for (PetscInt k = 0; k < node->count; k++) {
    const struct YamlNode_ *item = node->child[k];
    char text[2048];
    if (item->kind != YAML_TEXT) {
      PetscCall(DiagnosticsAdd(diagnostics, item->file, item->line, item->key, "expected a single value"));
      continue;
    }
    (void)snprintf(text, sizeof text, "%s=%s", item->key, item->text);
    study->setting_lines[study->setting_count] = item->line;
    PetscCall(PetscStrallocpy(text, &study->settings[study->setting_count++]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadDesign(Study study, const struct YamlNode_ *node, Diagnostics diagnostics) {
  const char *table;

  PetscFunctionBeginUser;
  if (!node || (node->kind == YAML_TEXT && !strcmp(node->text, "grid"))) {
    study->design = DESIGN_GRID;
  } else if (node->kind == YAML_TEXT && !strcmp(node->text, "list")) {
    study->design = DESIGN_LIST;
  } else if (node->kind == YAML_GROUP) {
    study->design = DESIGN_TABLE;
    study->table_line = node->line;
    PetscCall(StudyCheckKeys(node, "design", "table|method|samples|seed|second_order", diagnostics));
    table = StudyText(node, "table", diagnostics);
    if (table) {
      PetscCall(Beside(study, table, &study->table));
    } else {
      PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "design", "expected `table: FILE.csv`"));
    }
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "design",
                             "expected grid, list or {table: FILE.csv}%s%s", node->kind == YAML_TEXT ? ", got " : "",
                             node->kind == YAML_TEXT ? node->text : ""));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadParameters(ParameterTable table, Study study, const struct YamlNode_ *node,
                                     Diagnostics diagnostics) {
  static const char known[] = "key|keys|values|from|to|points|scale";

  PetscFunctionBeginUser;
  if (node && node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "parameters",
                             "expected groups 'name: {key: ..., values: [...]}'"));
    PetscFunctionReturn(0);
  }
  if (!node || node->count == 0) {
    if (study->design != DESIGN_TABLE) {
      PetscCall(DiagnosticsAdd(diagnostics, study->path, node ? node->line : 0, "parameters",
                               "the design is empty: name at least one parameter and its values"));
    }
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(node->count, &study->parameters));
  for (PetscInt k = 0; k < node->count; k++) {
    const struct YamlNode_ *item = node->child[k];
    StudyParameter *p = &study->parameters[study->parameter_count++];
    if (item->kind == YAML_GROUP) {
      PetscCall(StudyCheckKeys(item, item->key, known, diagnostics));
    }
    PetscCall(StudyReadParameter(table, item, item->key, study->design != DESIGN_TABLE, diagnostics, p));
    for (PetscInt i = 0; i < p->key_count; i++) {
      if (p->keys[i] && !strncmp(p->keys[i], "petsc", 5)) {
        PetscCall(DiagnosticsAdd(diagnostics, p->file, p->line, p->name,
                                 "PETSc options hold for the whole program: give them under `set`"));
      }
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadLimit(ParameterTable table, Study study, const struct YamlNode_ *node,
                                Diagnostics diagnostics) {
  const char *end, *expression, *name;
  StudyLimit *limit;

  PetscFunctionBeginUser;
  if (!node) {
    PetscFunctionReturn(0);
  }
  if (node->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "limit", "expected a group"));
    PetscFunctionReturn(0);
  }
  PetscCall(StudyCheckKeys(node, "limit", "name|key|keys|from|to|scale|until|expression|tolerance", diagnostics));
  PetscCall(PetscNew(&study->limit));
  limit = study->limit;
  name = StudyText(node, "name", diagnostics);
  end = StudyText(node, "until", diagnostics);
  expression = StudyText(node, "expression", diagnostics);
  PetscCall(StudyReadParameter(table, node, name ? name : "limit", false, diagnostics, &limit->parameter));
  PetscCall(StudyNumber(node, "tolerance", 1e-12, 0.5, 1e-3, diagnostics, &limit->tolerance));
  if (!limit->parameter.from) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "limit", "expected `from` and `to`"));
  }
  if (!end == !expression) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, "limit",
                             "expected one of `until: END` (the limit is passed when that end ends the last step) and "
                             "`expression: FORMULA`"));
  }
  if (end) {
    PetscCall(PetscStrallocpy(end, &limit->end));
  }
  if (expression) {
    PetscCall(PetscStrallocpy(expression, &limit->expression));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRest(ParameterTable table, Study study, Diagnostics diagnostics) {
  const struct YamlNode_ *root = study->root;
  const char *title = StudyText(root, "title", diagnostics), *base = StudyText(root, "base", diagnostics);

  PetscFunctionBeginUser;
  PetscCall(StudyCheckKeys(
      root, NULL, "title|base|set|design|parameters|constraints|measures|limit|ranks_per_run|histories", diagnostics));
  PetscCall(PetscStrallocpy(title ? title : "", &study->title));
  if (base) {
    PetscCall(Beside(study, base, &study->base));
  } else {
    PetscCall(
        DiagnosticsAdd(diagnostics, study->path, 0, "base", "expected `base: DECK.yaml`, the deck that is varied"));
  }
  PetscCall(ReadSettings(study, YamlFind(root, "set"), diagnostics));
  PetscCall(ReadDesign(study, YamlFind(root, "design"), diagnostics));
  PetscCall(ReadParameters(table, study, YamlFind(root, "parameters"), diagnostics));
  PetscCall(ReadTexts(YamlFind(root, "constraints"), "constraints", diagnostics, &study->constraint_count,
                      &study->constraints, &study->constraint_lines));
  PetscCall(StudyWhole(root, "ranks_per_run", 1, 1e5, 1, diagnostics, &study->ranks_per_run));
  PetscCall(StudyBoolean(root, "histories", false, diagnostics, &study->histories));
  PetscCall(ReadLimit(table, study, YamlFind(root, "limit"), diagnostics));
  if (study->table) {
    PetscCall(StudyReadTable(table, study, diagnostics));
  }
  PetscCall(StudyReadMeasures(study, YamlFind(root, "measures"), diagnostics));
  PetscCall(StudyCheckNames(study, diagnostics));
  PetscCall(StudyCheckDistinct(study, diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode StudyRead(ParameterTable table, const char *path, Diagnostics diagnostics, Study *study) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  char *text;
  size_t length;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(study));
  PetscCall(PetscStrallocpy(path, &(*study)->path));
  PetscCall(ReadFile(path, diagnostics, &text, &length));
  if (text) {
    PetscCall(YamlParse(text, length, (*study)->path, diagnostics, &(*study)->root));
    PetscCall(PetscFree(text));
  }
  if ((*study)->root && (*study)->root->kind != YAML_GROUP) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "a study is made of lines 'key: value'"));
  } else if ((*study)->root) {
    PetscCall(ReadRest(table, *study, diagnostics));
  }
  if (DiagnosticsCount(diagnostics) == before) {
    PetscCall(StudyChooseSamples(*study, diagnostics));
  }
  if (DiagnosticsCount(diagnostics) != before) {
    PetscCall(StudyDestroy(study));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FreeTexts(PetscInt count, char **texts) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < count; k++) {
    PetscCall(PetscFree(texts[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyDestroy(Study *study) {
  Study s = *study;

  PetscFunctionBeginUser;
  if (!s) {
    PetscFunctionReturn(0);
  }
  PetscCall(FreeTexts(s->setting_count, s->settings));
  PetscCall(FreeTexts(s->constraint_count, s->constraints));
  PetscCall(PetscFree2(s->settings, s->setting_lines));
  PetscCall(PetscFree(s->constraints));
  PetscCall(PetscFree(s->constraint_lines));
  for (PetscInt k = 0; k < s->parameter_count; k++) {
    PetscCall(StudyFreeParameter(&s->parameters[k]));
  }
  PetscCall(PetscFree(s->parameters));
  PetscCall(StudyFreeMeasures(s));
  if (s->limit) {
    PetscCall(StudyFreeParameter(&s->limit->parameter));
    PetscCall(PetscFree(s->limit->end));
    PetscCall(PetscFree(s->limit->expression));
    PetscCall(PetscFree(s->limit));
  }
  PetscCall(PetscFree(s->chosen));
  PetscCall(PetscFree(s->title));
  PetscCall(PetscFree(s->base));
  PetscCall(PetscFree(s->table));
  PetscCall(PetscFree(s->origin));
  PetscCall(YamlDestroy(&s->root));
  PetscCall(PetscFree(s->path));
  PetscCall(PetscFree(*study));
  PetscFunctionReturn(0);
}

static PetscErrorCode Assign(const StudyParameter *p, const char *value, PetscInt *count, DeckAssignment *assignments) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < p->key_count; k++) {
    const size_t size = strlen(p->keys[k]) + strlen(value) + 2;
    char *text;
    PetscCall(PetscMalloc1(size, &text));
    (void)snprintf(text, size, "%s=%s", p->keys[k], value);
    assignments[(*count)++] = (DeckAssignment){text, p->file, p->line};
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyAssign(Study study, PetscInt sample, PetscInt *count, DeckAssignment **assignments) {
  PetscInt most = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    most += study->parameters[k].key_count;
  }
  *count = 0;
  PetscCall(PetscMalloc1(most, assignments));
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    PetscCall(Assign(p, p->values[StudyValueIndex(study, sample, k)], count, *assignments));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyAssignLimit(Study study, const char *value, PetscInt *count, DeckAssignment **assignments) {
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(*count + study->limit->parameter.key_count) * sizeof **assignments, assignments));
  PetscCall(Assign(&study->limit->parameter, value, count, *assignments));
  PetscFunctionReturn(0);
}

PetscErrorCode StudyFreeAssignments(PetscInt count, DeckAssignment **assignments) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < count; k++) {
    char *text = (char *)(*assignments)[k].text;
    PetscCall(PetscFree(text));
  }
  PetscCall(PetscFree(*assignments));
  PetscFunctionReturn(0);
}

PetscErrorCode StudySettings(Study study, PetscInt *count, DeckAssignment **assignments) {
  PetscFunctionBeginUser;
  *count = study->setting_count;
  PetscCall(PetscMalloc1(*count, assignments));
  for (PetscInt k = 0; k < *count; k++) {
    char *text;
    PetscCall(PetscStrallocpy(study->settings[k], &text));
    (*assignments)[k] = (DeckAssignment){text, study->path, study->setting_lines[k]};
  }
  PetscFunctionReturn(0);
}
