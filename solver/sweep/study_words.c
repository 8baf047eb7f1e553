#include "../../io/deck/number.h"
#include "../../io/deck/words.h"
#include "study.h"
#include <math.h>
#include <stdlib.h>

PetscErrorCode StudyCheckKeys(const struct YamlNode_ *group, const char *shown, const char *known,
                              Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < group->count; i++) {
    const char *key = group->child[i]->key;
    char best[64] = "", list[512];
    PetscInt closest = PETSC_MAX_INT;
    if (WordIndex(known, key) >= 0) {
      continue;
    }
    for (PetscInt k = 0; k < WordCount(known); k++) {
      char word[64];
      WordCopy(known, k, word, sizeof word);
      if (EditDistance(key, word) < closest) {
        closest = EditDistance(key, word);
        (void)snprintf(best, sizeof best, "%s", word);
      }
    }
    WordList(known, list, sizeof list);
    PetscCall(DiagnosticsAdd(diagnostics, group->child[i]->file, group->child[i]->line, shown,
                             "unknown key '%s': expected %s%s%s%s", key, list,
                             IsTypo(key, closest) ? "; did you mean '" : "", IsTypo(key, closest) ? best : "",
                             IsTypo(key, closest) ? "'?" : ""));
  }
  PetscFunctionReturn(0);
}

const char *StudyText(const struct YamlNode_ *group, const char *key, Diagnostics diagnostics) {
  const struct YamlNode_ *node = YamlFind(group, key);

  if (!node) {
    return NULL;
  }
  if (node->kind != YAML_TEXT || YamlIsNull(node)) {
    (void)DiagnosticsAdd(diagnostics, node->file, node->line, key, "expected a single value");
    return NULL;
  }
  return node->text;
}

PetscErrorCode StudyNumber(const struct YamlNode_ *group, const char *key, double least, double most, double fallback,
                           Diagnostics diagnostics, double *number) {
  const struct YamlNode_ *node = YamlFind(group, key);
  const char *text = StudyText(group, key, diagnostics), *rest = NULL;
  char digits[NUMBER_LENGTH];

  PetscFunctionBeginUser;
  *number = fallback;
  if (!text) {
    PetscFunctionReturn(0);
  }
  if (NumberSplit(text, digits, &rest) && !*rest) {
    *number = strtod(digits, NULL);
  }
  if (!rest || *rest || *number < least || *number > most) {
    PetscCall(DiagnosticsAdd(diagnostics, node->file, node->line, key,
                             "expected a number without unit from %g to %g, got '%s'", least, most, text));
    *number = fallback;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyWhole(const struct YamlNode_ *group, const char *key, double least, double most, double fallback,
                          Diagnostics diagnostics, PetscInt *number) {
  const struct YamlNode_ *node = YamlFind(group, key);
  double value;

  PetscFunctionBeginUser;
  PetscCall(StudyNumber(group, key, least, most, fallback, diagnostics, &value));
  if (value != floor(value)) {
    PetscCall(
        DiagnosticsAdd(diagnostics, node->file, node->line, key, "expected a whole number, got '%s'", node->text));
    value = fallback;
  }
  *number = (PetscInt)value;
  PetscFunctionReturn(0);
}

PetscErrorCode StudyBoolean(const struct YamlNode_ *group, const char *key, bool fallback, Diagnostics diagnostics,
                            bool *value) {
  const char *text = StudyText(group, key, diagnostics);

  PetscFunctionBeginUser;
  *value = text ? !strcmp(text, "true") : fallback;
  if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
    PetscCall(DiagnosticsAdd(diagnostics, YamlFind(group, key)->file, YamlFind(group, key)->line, key,
                             "expected true or false, got '%s'", text));
  }
  PetscFunctionReturn(0);
}
