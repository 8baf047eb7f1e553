/* One value: text to number, unit, range, word; and back to text for people. */
#include "deck_private.h"
#include "number.h"
#include "parameter_text.h"
#include "plain_text.h"
#include "units.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where an item stands, for messages. */
typedef struct {
  const Parameter *declaration;
  const struct YamlNode_ *node;
  const char *shown; /* key path */
  Diagnostics diagnostics;
  double area; /* [m^2] by which values per area are multiplied; 0: not known */
} Place;

static PetscErrorCode Complain(const Place *place, const char *got) {
  const ParameterKind kind = place->declaration->kind;
  char expected[1200], unlike[160], typed[600];

  PetscFunctionBeginUser;
  PetscCall(ParameterExpected(place->declaration, expected, sizeof(expected)));
  (void)snprintf(typed, sizeof(typed), "%s", got);
  if (kind == PARAMETER_INTEGER || IsNumberWithUnit(place->declaration)) { /* there most are taken for what they mean */
    (void)PlainNumber(got, typed, sizeof(typed));
  }
  PlainComplaint(typed, strlen(typed), unlike, sizeof(unlike));
  PetscCall(DiagnosticsAdd(place->diagnostics, place->node->file, place->node->line, place->shown,
                           "expected %s, got %s%s", expected, got, unlike));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckRange(const Place *place, double si, const char *written, bool *good) {
  char range[256];

  PetscFunctionBeginUser;
  *good = ParameterInRange(place->declaration, si);
  if (*good) {
    PetscFunctionReturn(0);
  }
  PetscCall(ParameterRange(place->declaration, range, sizeof(range)));
  PetscCall(DiagnosticsAdd(place->diagnostics, place->node->file, place->node->line, place->shown,
                           "'%.200s' is out of range: valid is %s", written, range));
  PetscFunctionReturn(0);
}

/* A number whose unit is missing, unknown or of another dimension. */
static PetscErrorCode ComplainUnit(const Place *place, const char *written, const char *unit, UnitsFit fit) {
  const char *quantity = NULL;
  char got[512];

  PetscFunctionBeginUser;
  if (fit == UNITS_DIFFER) {
    PetscCall(UnitsQuantity(unit, &quantity));
  }
  if (!unit[0]) {
    (void)snprintf(got, sizeof(got), "the plain number '%.200s': write its unit", written);
  } else if (unit[0] == ',') {
    (void)snprintf(got, sizeof(got), "'%.200s': write the decimal point as '.'", written);
  } else if (fit == UNITS_NUMBER) {
    (void)snprintf(
        got, sizeof(got),
        "'%.200s': numbers inside a unit are whole or half powers only (cm2, m-1, m^0.5); one value has one number",
        written);
  } else if (fit == UNITS_UNKNOWN) {
    (void)snprintf(got, sizeof(got), "'%.200s' with the unknown unit '%.100s'", written, unit);
  } else if (!strcmp(unit, "C") && !strcmp(place->declaration->unit, "K")) {
    (void)snprintf(got, sizeof(got), "a charge '%.200s': write degC for degrees Celsius", written);
  } else {
    (void)snprintf(got, sizeof(got), "%s '%.200s'", quantity ? quantity : "another quantity", written);
  }
  PetscCall(Complain(place, got));
  PetscFunctionReturn(0);
}

static bool SaysNotFinite(const char *text) {
  const char *c = text + (text[0] == '+' || text[0] == '-');

  c += *c == '.';
  return !strncasecmp(c, "nan", 3) || !strncasecmp(c, "inf", 3);
}

/* A value per area of the nominal contact, where the key takes one: a current density in place of a current. */
static PetscErrorCode ReadAreal(const Place *place, const char *number, const char *unit, double *si, UnitsFit *fit,
                                bool *areal) {
  const char *per_area = place->declaration->areal;
  UnitsFit other = UNITS_DIFFER;

  PetscFunctionBeginUser;
  if (per_area && *fit == UNITS_DIFFER) {
    PetscCall(UnitsConvert(number, unit, per_area, si, &other));
  }
  if (other == UNITS_FIT) {
    *si *= place->area;
    *fit = UNITS_FIT;
    *areal = true;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadReal(const Place *place, const char *written, double *si, bool *good, bool *areal) {
  char number[NUMBER_LENGTH], plain[PATH_LENGTH], got[300];
  const char *unit = NULL;
  UnitsFit fit = UNITS_FIT;

  PetscFunctionBeginUser;
  *good = false;
  if (!PlainNumber(written, plain, sizeof(plain)) || !NumberSplit(plain, number, &unit)) {
    (void)snprintf(got, sizeof(got), "'%.200s'%s", written, SaysNotFinite(written) ? ": numbers must be finite" : "");
    PetscCall(Complain(place, got));
    PetscFunctionReturn(0);
  }
  if (!unit[0] && !ParameterIsDimensionless(place->declaration)) {
    PetscCall(ComplainUnit(place, written, unit, fit));
    PetscFunctionReturn(0);
  }
  if (!unit[0]) {
    *si = strtod(number, NULL);
  } else {
    PetscCall(UnitsConvert(number, unit, place->declaration->unit, si, &fit));
    PetscCall(ReadAreal(place, number, unit, si, &fit, areal));
  }
  if (*areal && place->area <= 0.) {
    PetscCall(DiagnosticsAdd(
        place->diagnostics, place->node->file, place->node->line, place->shown,
        "'%.200s' is per area of the nominal contact, but the deck gives no valid contact.diameter", written));
    PetscFunctionReturn(0);
  }
  if (fit != UNITS_FIT) {
    PetscCall(ComplainUnit(place, written, unit, fit));
    PetscFunctionReturn(0);
  }
  if (!isfinite(*si)) {
    (void)snprintf(got, sizeof(got), "'%.200s': numbers must be finite", written);
    PetscCall(Complain(place, got));
    PetscFunctionReturn(0);
  }
  PetscCall(CheckRange(place, *si, written, good));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadInteger(const Place *place, const char *written, PetscInt *integer, bool *good) {
  char *end = NULL, plain[64], got[300];
  const bool fits = PlainNumber(written, plain, sizeof(plain));
  const long value = fits ? strtol(plain, &end, 10) : 0;

  PetscFunctionBeginUser;
  *good = false;
  if (!fits || end == plain || *end) {
    (void)snprintf(got, sizeof(got), "'%.200s'", written);
    PetscCall(Complain(place, got));
    PetscFunctionReturn(0);
  }
  PetscCall(CheckRange(place, (double)value, written, good));
  if (value > PETSC_MAX_INT || value < PETSC_MIN_INT) {
    *good = false;
  }
  *integer = *good ? (PetscInt)value : 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadWord(const Place *place, const char *written, PetscInt *index, bool *good) {
  const char *choices = place->declaration->choices;
  char got[512], word[128], best[128] = "";
  PetscInt distance = PETSC_MAX_INT;

  PetscFunctionBeginUser;
  *index = WordIndex(choices, written);
  *good = *index >= 0 && written[0] && !strchr(written, '|');
  if (*good) {
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < WordCount(choices); i++) {
    WordCopy(choices, i, word, sizeof(word));
    if (EditDistance(written, word) >= distance) {
      continue;
    }
    distance = EditDistance(written, word);
    (void)snprintf(best, sizeof(best), "%s", word);
  }
  if (IsTypo(written, distance)) {
    (void)snprintf(got, sizeof(got), "'%.200s'; did you mean '%s'?", written, best);
  } else {
    (void)snprintf(got, sizeof(got), "'%.200s'", written);
  }
  PetscCall(Complain(place, got));
  PetscFunctionReturn(0);
}

/* Read item `index` out of its text. */
static PetscErrorCode ReadItem(const Place *place, const char *written, DeckValue *value, PetscInt index, bool *good) {
  char got[300];
  bool areal = false;

  PetscFunctionBeginUser;
  *good = true;
  switch (place->declaration->kind) {
  case PARAMETER_REAL:
  case PARAMETER_REAL_LIST:
    PetscCall(ReadReal(place, written, &value->real[index], good, &areal));
    value->areal = value->areal || areal;
    break;
  case PARAMETER_INTEGER:
    PetscCall(ReadInteger(place, written, &value->integer, good));
    break;
  case PARAMETER_BOOLEAN:
    value->integer = !strcmp(written, "true");
    *good = value->integer || !strcmp(written, "false");
    (void)snprintf(got, sizeof(got), "'%.200s'", written);
    if (!*good) {
      PetscCall(Complain(place, got));
    }
    break;
  case PARAMETER_TEXT:
  case PARAMETER_TEXT_LIST:
    break;
  default:
    PetscCall(ReadWord(place, written, &value->integer, good));
    for (PetscInt i = 0; *good && i < index; i++) {
      if (strcmp(value->written[i], written) != 0) {
        continue;
      }
      PetscCall(DiagnosticsAdd(place->diagnostics, place->node->file, place->node->line, place->shown,
                               "'%s' is given twice", written));
      *good = false;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckNumberRead(const DeckValue *value, const struct YamlNode_ *node, const char *shown,
                              Diagnostics diagnostics, double *number, bool *good) {
  const Parameter *declaration = value->entry->declaration;
  const Place place = {declaration, node, shown, diagnostics, value->area};
  PetscInt integer = 0;
  bool areal = false;

  PetscFunctionBeginUser;
  *good = false;
  if (node->kind != YAML_TEXT) {
    PetscCall(Complain(&place, node->kind == YAML_LIST ? "a list" : "a group of keys"));
  } else if (declaration->kind != PARAMETER_INTEGER) {
    PetscCall(ReadReal(&place, node->text, number, good, &areal));
  } else {
    PetscCall(ReadInteger(&place, node->text, &integer, good));
    *number = (double)integer;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadItems(const Place *place, const struct YamlNode_ *node, DeckValue *value) {
  const bool list = node->kind == YAML_LIST;
  bool all = true;

  PetscFunctionBeginUser;
  value->count = list ? node->count : 1;
  PetscCall(PetscCalloc1(value->count, &value->written));
  PetscCall(PetscCalloc1(value->count, &value->real));
  for (PetscInt i = 0; i < value->count; i++) {
    const struct YamlNode_ *item = list ? node->child[i] : node;
    Place here = *place;
    bool good = false;
    here.node = item;
    if (item->kind != YAML_TEXT) {
      PetscCall(Complain(&here, item->kind == YAML_LIST ? "a list" : "a group of keys"));
    } else if (YamlIsNull(item)) {
      PetscCall(Complain(&here, "nothing"));
    }
    PetscCall(PetscStrallocpy(item->text ? item->text : "", &value->written[i]));
    if (item->kind == YAML_TEXT && !YamlIsNull(item)) {
      PetscCall(ReadItem(&here, item->text, value, i, &good));
    }
    all = all && good;
  }
  value->filled = all;
  value->wrong = !all;
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValueRead(DeckValue *value, const struct YamlNode_ *node, const char *shown,
                             Diagnostics diagnostics) {
  const Parameter *declaration = value->entry->declaration;
  const struct YamlNode_ *written = DeckIsAnnotated(node) ? YamlFind(node, "value") : node;
  const Place place = {declaration, written ? written : node, shown, diagnostics, value->area};
  const bool optional = declaration->fallback != NULL;

  PetscFunctionBeginUser;
  PetscCall(DeckValueFree(value));
  value->set = true;
  value->file = place.node->file;
  value->line = place.node->line;
  value->rank = node->rank;
  value->wrong = true;
  if (!written) {
    PetscCall(Complain(&place, "its annotation only: write {value: ...} with it"));
  } else if (written->kind == YAML_GROUP) {
    PetscCall(Complain(&place, "a group of keys"));
  } else if (written->kind == YAML_LIST && !IsList(declaration)) {
    PetscCall(Complain(&place, "a list"));
  } else if (written->kind == YAML_LIST && !written->count && !optional) {
    PetscCall(Complain(&place, "an empty list"));
  } else if (declaration->kind == PARAMETER_TEXT && !optional && !written->text[0]) {
    PetscCall(Complain(&place, "an empty text"));
  } else {
    PetscCall(ReadItems(&place, written, value));
  }
  PetscCall(DeckAnnotationRead(value, node, shown, diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValueDefault(DeckValue *value) {
  const Parameter *declaration = value->entry->declaration;
  const char *fallback = declaration->fallback;
  const bool unset = !fallback || (!fallback[0] && declaration->kind != PARAMETER_TEXT);
  Diagnostics diagnostics = NULL;
  YamlNode node = NULL;

  PetscFunctionBeginUser;
  value->rank = -1;
  if (unset) {
    PetscFunctionReturn(0);
  }
  PetscCall(DiagnosticsCreate(&diagnostics));
  if (IsList(declaration) && fallback[0] == '[') {
    PetscCall(YamlParse(fallback, strlen(fallback), "", diagnostics, &node));
  } else {
    PetscCall(YamlCreate(YAML_TEXT, NULL, fallback, "", 0, &node));
    node->quoted = true;
  }
  if (node) {
    PetscCall(DeckValueRead(value, node, value->entry->path, diagnostics));
  }
  PetscCheck(DiagnosticsCount(diagnostics) == 0, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "The default of a key is declared wrong: %s", DiagnosticsMessage(diagnostics, 0));
  value->set = false;
  value->file = NULL;
  value->line = 0;
  value->rank = -1;
  PetscCall(YamlDestroy(&node));
  PetscCall(DiagnosticsDestroy(&diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValueFree(DeckValue *value) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; value->written && i < value->count; i++) {
    PetscCall(PetscFree(value->written[i]));
  }
  PetscCall(PetscFree(value->written));
  PetscCall(PetscFree(value->real));
  PetscCall(DeckAnnotationFree(&value->annotation));
  *value = (DeckValue){.entry = value->entry, .used = value->used, .rank = -1, .area = value->area};
  PetscFunctionReturn(0);
}

PetscErrorCode DeckValueShow(const DeckValue *value, char *text, size_t size) {
  const Parameter *declaration = value->entry->declaration;
  const bool list = IsList(declaration);
  size_t used = 0;

  PetscFunctionBeginUser;
  text[0] = '\0';
  if (!value->filled) {
    (void)snprintf(text, size, "not set");
    PetscFunctionReturn(0);
  }
  if (list) {
    used += (size_t)snprintf(text, size, "[");
  }
  for (PetscInt i = 0; i < value->count && used < size; i++) {
    char item[PATH_LENGTH];
    if (IsNumberWithUnit(declaration)) {
      PetscCall(ParameterNumber(declaration, value->real[i], 10, item, sizeof(item)));
    } else {
      (void)snprintf(item, sizeof(item), "%s", value->written[i]);
    }
    used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", item);
  }
  if (list && used < size) {
    (void)snprintf(text + used, size - used, "]");
  }
  PetscFunctionReturn(0);
}
