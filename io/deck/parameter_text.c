#include "parameter_text.h"
#include "table.h"
#include "units.h"
#include "words.h"
#include <math.h>
#include <string.h>

bool ParameterIsDimensionless(const Parameter *declaration) {
  return !declaration->unit || !strcmp(declaration->unit, "1");
}

/* A declaration that gives no range has zeros in it. */
static bool HasRange(const Parameter *declaration) {
  const bool number = IsNumberWithUnit(declaration) || declaration->kind == PARAMETER_INTEGER;
  const bool given = declaration->minimum != 0. || declaration->maximum != 0.;

  return number && given && !(isinf(declaration->minimum) && isinf(declaration->maximum));
}

bool ParameterInRange(const Parameter *declaration, double si) {
  return !HasRange(declaration) || (si >= declaration->minimum && si <= declaration->maximum);
}

const char *ParameterUnit(const Parameter *declaration) {
  if (ParameterIsDimensionless(declaration)) {
    return "";
  }
  return declaration->shown ? declaration->shown : declaration->unit;
}

PetscErrorCode ParameterNumber(const Parameter *declaration, double si, int digits, char *text, size_t size) {
  const char *unit = ParameterUnit(declaration);
  double number = si;

  PetscFunctionBeginUser;
  if (unit[0]) {
    PetscCall(UnitsShow(si, declaration->unit, unit, &number));
  }
  (void)snprintf(text, size, "%.*g%s%s", digits, number, unit[0] ? " " : "", unit);
  PetscFunctionReturn(0);
}

PetscErrorCode ParameterRange(const Parameter *declaration, char *text, size_t size) {
  char least[128], most[128];
  const int digits = declaration->kind == PARAMETER_INTEGER ? 10 : 6;

  PetscFunctionBeginUser;
  text[0] = '\0';
  if (!HasRange(declaration)) {
    PetscFunctionReturn(0);
  }
  PetscCall(ParameterNumber(declaration, declaration->minimum, digits, least, sizeof(least)));
  PetscCall(ParameterNumber(declaration, declaration->maximum, digits, most, sizeof(most)));
  if (declaration->minimum == PARAMETER_POSITIVE && isinf(declaration->maximum)) {
    (void)snprintf(text, size, "greater than zero");
  } else if (declaration->minimum == PARAMETER_POSITIVE) {
    (void)snprintf(text, size, "greater than zero, at most %s", most);
  } else if (isinf(declaration->maximum)) {
    (void)snprintf(text, size, "at least %s", least);
  } else if (isinf(declaration->minimum)) {
    (void)snprintf(text, size, "at most %s", most);
  } else {
    (void)snprintf(text, size, "%s to %s", least, most);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ParameterExpected(const Parameter *declaration, char *text, size_t size) {
  const char *quantity = NULL;

  PetscFunctionBeginUser;
  switch (declaration->kind) {
  case PARAMETER_REAL:
  case PARAMETER_REAL_LIST:
    if (ParameterIsDimensionless(declaration)) {
      (void)snprintf(text, size, "a plain number");
      break;
    }
    PetscCall(UnitsQuantity(declaration->unit, &quantity));
    (void)snprintf(text, size, "%s (unit such as %s)%s", quantity ? quantity : "a quantity", ParameterUnit(declaration),
                   declaration->areal ? " or the same per area of the nominal contact" : "");
    break;
  case PARAMETER_INTEGER:
    (void)snprintf(text, size, "a whole number");
    break;
  case PARAMETER_BOOLEAN:
    (void)snprintf(text, size, "true or false");
    break;
  case PARAMETER_TEXT:
  case PARAMETER_TEXT_LIST:
    (void)snprintf(text, size, "a text");
    break;
  default:
    WordList(declaration->choices, text, size);
  }
  PetscFunctionReturn(0);
}

const char *ParameterFallback(const Parameter *declaration) {
  if (!declaration->fallback) {
    return "required";
  }
  if (declaration->fallback[0]) {
    return declaration->fallback;
  }
  return declaration->kind == PARAMETER_TEXT ? "empty" : "not set";
}

/* A round number within the range, in the unit people use. */
static PetscErrorCode NumberInRange(const Parameter *declaration, char *text, size_t size) {
  const double low = declaration->minimum, high = declaration->maximum;
  double unit = 1., si;

  PetscFunctionBeginUser;
  if (ParameterUnit(declaration)[0]) {
    double number;
    PetscCall(UnitsShow(1., declaration->unit, ParameterUnit(declaration), &number));
    unit = number != 0. ? 1. / number : 1.;
  }
  si = unit; /* one of the unit, if that is valid */
  if (!ParameterInRange(declaration, si)) {
    si = low > 0. && isfinite(high) ? sqrt(low * high) : 0.5 * (low + high);
  }
  if (!isfinite(si)) {
    si = isfinite(low) ? low : high;
  }
  PetscCall(ParameterNumber(declaration, si, declaration->kind == PARAMETER_INTEGER ? 10 : 3, text, size));
  PetscFunctionReturn(0);
}

PetscErrorCode ParameterExample(const char *path, const Parameter *declaration, char *text, size_t size) {
  static const char *const examples[][2] = {
      {"protocol.cv.vertices", "[-10 mV, 10 mV]"},
      {"protocol.cv.rate", "0.2 mV s-1"},
      {"protocol.current.current", "-2 nA"},
      {"protocol.current.duration", "10 min"},
      {"protocol.hold.potential", "5 mV"},
      {"protocol.hold.duration", "10 min"},
      {"protocol.rest.duration", "1 min"},
      {"protocol.waveform.file", "waveform.csv"},
      {"protocol.repeat.times", "3"},
  };
  char number[128];

  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
    if (strcmp(examples[i][0], path) != 0) {
      continue;
    }
    (void)snprintf(text, size, "%s", examples[i][1]);
    PetscFunctionReturn(0);
  }
  if (declaration->fallback && (declaration->fallback[0] || declaration->kind == PARAMETER_TEXT)) {
    (void)snprintf(text, size, "%s", declaration->fallback);
    PetscFunctionReturn(0);
  }
  switch (declaration->kind) {
  case PARAMETER_REAL:
  case PARAMETER_REAL_LIST:
  case PARAMETER_INTEGER:
    PetscCall(NumberInRange(declaration, number, sizeof(number)));
    (void)snprintf(text, size, IsList(declaration) ? "[%s]" : "%s", number);
    break;
  case PARAMETER_BOOLEAN:
    (void)snprintf(text, size, "false");
    break;
  case PARAMETER_TEXT:
  case PARAMETER_TEXT_LIST:
    (void)snprintf(text, size, IsList(declaration) ? "[text]" : "text");
    break;
  default:
    WordCopy(declaration->choices, 0, number, sizeof(number));
    (void)snprintf(text, size, IsList(declaration) ? "[%s]" : "%s", number);
  }
  PetscFunctionReturn(0);
}
