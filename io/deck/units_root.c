/* product = power {[ . * · ⋅ / ] power}, from left to right as in UDUNITS; power = primary [exponent];
   primary = (product) | sqrt(product) | √primary | symbol | 1 in front of a "/". Every function returns the square of
   what it reads, NULL after a mistake, and moves the cursor behind it. */
#include "units_root.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_SIGN "\u221a"
enum { DEEPEST = 8, LONGEST_SYMBOL = 64, LARGEST_POWER = 20 };

typedef struct {
  ut_system *system;
  const char *at;
  int depth;
  bool number; /* a factor, or a power that is neither whole nor half, was met */
} Cursor;

static ut_unit *Product(Cursor *cursor);

static bool StartsWith(const char *text, const char *start) {
  return !strncmp(text, start, strlen(start));
}

static size_t SkipSpace(const char *c) {
  return strspn(c, " ");
}

/* Length of a sign of multiplication here, and 0 if there is none; "**" is a power. */
static size_t Times(const char *c) {
  static const char *const signs[] = {"\u00b7", "\u22c5", "\u00d7", "."};

  if (*c == '*') {
    return c[1] == '*' ? 0 : 1;
  }
  for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
    if (StartsWith(c, signs[i])) {
      return strlen(signs[i]);
    }
  }
  return 0;
}

/* Behind a "^": is it more than a whole power? */
static bool IsBroken(const char *c) {
  c += SkipSpace(c);
  if (*c == '(') {
    return true;
  }
  c += *c == '+' || *c == '-';
  c += strspn(c, "0123456789");
  return *c == '.' && isdigit((unsigned char)c[1]);
}

bool UnitsHasRoot(const char *unit) {
  if (strstr(unit, ROOT_SIGN) || strstr(unit, "sqrt")) {
    return true;
  }
  for (const char *c = unit; *c; c++) {
    if ((*c == '^' && IsBroken(c + 1)) || (StartsWith(c, "**") && IsBroken(c + 2))) {
      return true;
    }
  }
  return false;
}

static ut_unit *Take(ut_unit *unit, ut_unit *result) {
  ut_free(unit);
  return result;
}

static ut_unit *Root(ut_unit *unit) {
  return unit ? Take(unit, ut_root(unit, 2)) : NULL;
}

/* The decimal number at the cursor, its sign included; NaN if there is none. */
static double Number(Cursor *cursor) {
  const char *digits = cursor->at + (*cursor->at == '+' || *cursor->at == '-');
  size_t length = strspn(digits, "0123456789");
  char text[32];

  if (digits[length] == '.' && isdigit((unsigned char)digits[length + 1])) {
    length += 1 + strspn(digits + length + 1, "0123456789");
  }
  if (!length || (size_t)(digits - cursor->at) + length >= sizeof(text)) {
    return NAN;
  }
  length += (size_t)(digits - cursor->at);
  memcpy(text, cursor->at, length); /* copied, so that "2e" of a unit is no exponent */
  text[length] = '\0';
  cursor->at += length;
  return strtod(text, NULL);
}

/* The exponent at the cursor, 1 if there is none; NaN if it is wrong. */
static double Exponent(Cursor *cursor) {
  const char *c = cursor->at + SkipSpace(cursor->at);
  const bool marked = *c == '^' || StartsWith(c, "**");
  double exponent;
  bool closed;

  if (!marked) {
    return isdigit((unsigned char)*cursor->at) || *cursor->at == '-' || *cursor->at == '+' ? Number(cursor) : 1.;
  }
  c += *c == '^' ? 1 : 2;
  cursor->at = c + SkipSpace(c);
  if (*cursor->at != '(') {
    return Number(cursor);
  }
  cursor->at += 1 + SkipSpace(cursor->at + 1);
  exponent = Number(cursor);
  cursor->at += SkipSpace(cursor->at);
  if (*cursor->at == '/') {
    cursor->at += 1 + SkipSpace(cursor->at + 1);
    exponent /= Number(cursor);
    cursor->at += SkipSpace(cursor->at);
  }
  closed = *cursor->at == ')';
  cursor->at += closed;
  return closed ? exponent : NAN;
}

static ut_unit *Symbol(Cursor *cursor) {
  char symbol[LONGEST_SYMBOL];
  size_t length = 0;
  ut_unit *unit = NULL;

  while (cursor->at[length] && !strchr(" ^*/()+-0123456789", cursor->at[length]) && !Times(cursor->at + length) &&
         !StartsWith(cursor->at + length, ROOT_SIGN)) {
    length++;
  }
  if (!length || length >= sizeof(symbol)) {
    cursor->number = cursor->number || isdigit((unsigned char)*cursor->at);
    return NULL;
  }
  memcpy(symbol, cursor->at, length);
  symbol[length] = '\0';
  cursor->at += length;
  unit = ut_parse(cursor->system, symbol, UT_UTF8);
  return unit ? Take(unit, ut_raise(unit, 2)) : NULL;
}

static ut_unit *Bracket(Cursor *cursor) {
  ut_unit *inner = NULL;

  cursor->at++;
  if (cursor->depth++ < DEEPEST) {
    inner = Product(cursor);
  }
  cursor->depth--;
  cursor->at += SkipSpace(cursor->at);
  if (*cursor->at != ')') {
    return inner ? Take(inner, NULL) : NULL;
  }
  cursor->at++;
  return inner;
}

static ut_unit *Primary(Cursor *cursor) {
  const char *c = cursor->at;

  if (*c == '(') {
    return Bracket(cursor);
  }
  if (StartsWith(c, "sqrt") && c[4 + SkipSpace(c + 4)] == '(') {
    cursor->at += 4 + SkipSpace(c + 4);
    return Root(Bracket(cursor));
  }
  if (StartsWith(c, ROOT_SIGN)) {
    cursor->at += strlen(ROOT_SIGN);
    cursor->at += SkipSpace(cursor->at);
    return Root(*cursor->at == '(' ? Bracket(cursor) : Symbol(cursor));
  }
  if (*c == '1' && c[1 + SkipSpace(c + 1)] == '/') {
    cursor->at++;
    return ut_get_dimensionless_unit_one(cursor->system);
  }
  return Symbol(cursor);
}

static ut_unit *Power(Cursor *cursor) {
  ut_unit *unit = NULL;
  double exponent, twice;

  cursor->at += SkipSpace(cursor->at);
  unit = Primary(cursor);
  if (!unit) {
    return NULL;
  }
  exponent = Exponent(cursor);
  twice = 2. * exponent;
  if (!(fabs(twice) <= LARGEST_POWER) || twice != rint(twice)) {
    cursor->number = !isnan(exponent);
    return Take(unit, NULL);
  }
  if (exponent == rint(exponent)) {
    return Take(unit, ut_raise(unit, (int)exponent));
  }
  return Root(Take(unit, ut_raise(unit, (int)twice)));
}

static ut_unit *Product(Cursor *cursor) {
  ut_unit *product = Power(cursor);

  while (product) {
    const char *c = cursor->at + SkipSpace(cursor->at);
    const bool divide = *c == '/';
    ut_unit *next = NULL;
    if (!*c || *c == ')') {
      break;
    }
    cursor->at = c + (divide ? 1 : Times(c));
    next = Power(cursor);
    if (!next) {
      return Take(product, NULL);
    }
    product = Take(product, divide ? ut_divide(product, next) : ut_multiply(product, next));
    ut_free(next);
  }
  return product;
}

ut_unit *UnitsSquare(ut_system *system, const char *unit, bool *number) {
  Cursor cursor = {.system = system, .at = unit};
  ut_unit *square = Product(&cursor);

  cursor.at += SkipSpace(cursor.at);
  if (square && *cursor.at) {
    square = Take(square, NULL);
  }
  *number = cursor.number;
  return square;
}
