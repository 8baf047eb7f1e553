#include "units.h"
#include "../../physics/constants.h"
#include "units_root.h"
#include <ctype.h>
#include <math.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

typedef struct {
  char *given, *unit;
  UnitsFit fit;
  cv_converter *converter; /* NULL unless they fit; of the squares where one of the two has a half power */
  bool squared;            /* the converter is one of squares */
  bool decimal;            /* the factor is 10^exponent, without offset */
  int exponent;
  double particles; /* [1/mol] Avogadro's constant for an energy per particle, else 1 */
} Conversion;

/* What the process knows of units: the database takes some 5 ms to load, so it is loaded once and only when needed. */
static struct {
  ut_system *system;
  void *conversions; /* a search tree of Conversion, by the two units */
} units;

static int Compare(const void *one, const void *other) {
  const Conversion *a = one, *b = other;
  const int order = strcmp(a->given, b->given);
  return order ? order : strcmp(a->unit, b->unit);
}

static void Release(void) {
  while (units.conversions) {
    Conversion *conversion = *(Conversion **)units.conversions;
    (void)tdelete(conversion, &units.conversions, Compare);
    free(conversion->given);
    free(conversion->unit);
    if (conversion->converter) {
      cv_free(conversion->converter);
    }
    free(conversion);
  }
  ut_free_system(units.system);
}

/* Map a symbol to factor*base, in place of what the database says. */
static PetscErrorCode Define(const char *symbol, double factor, const char *base) {
  ut_unit *base_unit = ut_parse(units.system, base, UT_ASCII);
  ut_unit *unit = base_unit ? ut_scale(factor, base_unit) : NULL;

  PetscFunctionBeginUser;
  (void)ut_unmap_symbol_to_unit(units.system, symbol, UT_ASCII);
  PetscCheck(unit && ut_map_symbol_to_unit(symbol, UT_ASCII, unit) == UT_SUCCESS, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "UDUNITS-2 does not take the unit %s = %g %s", symbol, factor, base);
  ut_free(unit);
  ut_free(base_unit);
  PetscFunctionReturn(0);
}

static PetscErrorCode Load(void) {
  PetscFunctionBeginUser;
  if (units.system) {
    PetscFunctionReturn(0);
  }
  (void)ut_set_error_message_handler(ut_ignore);
  units.system = ut_read_xml(NULL);
  PetscCheck(units.system, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "Cannot read the unit database of UDUNITS-2: install its data (Debian: libudunits2-data) or point "
             "UDUNITS2_XML_PATH at udunits2.xml");
  PetscCall(Define("eV", ELEMENTARY_CHARGE, "J"));
  PetscCall(Define("Ah", 3600., "C"));
  PetscCheck(atexit(Release) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "Cannot register the release of the units");
  PetscFunctionReturn(0);
}

/* Digits may stand in a unit without roots as whole powers ("cm2", "m^-2", "s**2") and as a leading "1/"; anything else
   is a factor. */
static bool HoldsNumber(const char *unit) {
  const size_t length = strlen(unit);

  for (size_t i = 0; i < length; i++) {
    size_t k = i;
    if (!isdigit((unsigned char)unit[i]) || (i > 0 && isdigit((unsigned char)unit[i - 1]))) {
      continue;
    }
    if (i == 0 && unit[0] == '1' && (length == 1 || unit[1 + strspn(unit + 1, " ")] == '/')) {
      continue;
    }
    if (k > 0 && (unit[k - 1] == '-' || unit[k - 1] == '+')) {
      k--;
    }
    if (k == 0) {
      return true;
    }
    if (unit[k - 1] == '^' || (k > 1 && unit[k - 1] == '*' && unit[k - 2] == '*')) {
      continue;
    }
    if (isalpha((unsigned char)unit[k - 1]) || (unsigned char)unit[k - 1] >= 0x80) {
      continue;
    }
    return true;
  }
  return false;
}

/* The number in the other unit. */
static double Through(const Conversion *conversion, double number) {
  if (conversion->squared) {
    return number * sqrt(cv_convert_double(conversion->converter, 1.));
  }
  return cv_convert_double(conversion->converter, number);
}

/* Exponent of a conversion that only moves the decimal point. */
static bool IsDecimal(const Conversion *conversion, int *exponent) {
  const double factor = Through(conversion, 1.), digits = factor > 0. ? log10(factor) : 0.5;

  *exponent = (int)lround(digits);
  return fabs(digits - *exponent) < 1e-14 * fmax(1., fabs(digits)) && Through(conversion, 0.) == 0.;
}

static bool IsAffine(const cv_converter *converter) {
  const double f0 = cv_convert_double(converter, 0.), f1 = cv_convert_double(converter, 1.);
  const double f2 = cv_convert_double(converter, 2.);

  return isfinite(f0) && fabs(f2 - 2. * f1 + f0) <= 1e-9 * (fabs(f2) + fabs(f0)); /* not so for 1/x and log x */
}

/* The converter from one unit to another; NULL unless their dimensions are the same (the reciprocal is not). */
static cv_converter *Converter(ut_unit *from, ut_unit *to) {
  cv_converter *converter = ut_are_convertible(from, to) ? ut_get_converter(from, to) : NULL;

  if (converter && !IsAffine(converter)) {
    cv_free(converter);
    converter = NULL;
  }
  return converter;
}

/* The square of any unit; NULL if it is none. */
static ut_unit *Square(const char *unit, bool *number) {
  ut_unit *whole = NULL, *square = NULL;

  if (UnitsHasRoot(unit)) {
    return UnitsSquare(units.system, unit, number);
  }
  *number = HoldsNumber(unit);
  whole = *number ? NULL : ut_parse(units.system, unit, UT_UTF8);
  square = whole ? ut_raise(whole, 2) : NULL;
  ut_free(whole);
  return square;
}

/* One of the two has a half power: the conversion of their squares. */
static PetscErrorCode PrepareSquares(Conversion *conversion) {
  bool number = false, wrong = false;
  ut_unit *from = Square(conversion->given, &number), *to = Square(conversion->unit, &wrong);

  PetscFunctionBeginUser;
  PetscCheck(to, PETSC_COMM_SELF, PETSC_ERR_PLIB, "A key is declared with the unit '%s', which cannot be read",
             conversion->unit);
  conversion->squared = true;
  if (!from) {
    conversion->fit = number ? UNITS_NUMBER : UNITS_UNKNOWN;
  } else {
    conversion->converter = Converter(from, to);
    conversion->fit = conversion->converter ? UNITS_FIT : UNITS_DIFFER;
    conversion->decimal = conversion->converter && IsDecimal(conversion, &conversion->exponent);
  }
  ut_free(from);
  ut_free(to);
  PetscFunctionReturn(0);
}

static PetscErrorCode Prepare(const char *given, const char *unit, Conversion *conversion) {
  ut_unit *from = NULL, *to = NULL;

  PetscFunctionBeginUser;
  *conversion = (Conversion){.fit = UNITS_UNKNOWN, .particles = 1.};
  conversion->given = strdup(given);
  conversion->unit = strdup(unit);
  PetscCheck(conversion->given && conversion->unit, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a unit");
  if (UnitsHasRoot(given) || UnitsHasRoot(unit)) {
    PetscCall(PrepareSquares(conversion));
    PetscFunctionReturn(0);
  }
  to = ut_parse(units.system, unit, UT_UTF8);
  PetscCheck(to, PETSC_COMM_SELF, PETSC_ERR_PLIB, "A key is declared with the unit '%s', which UDUNITS-2 does not know",
             unit);
  if (HoldsNumber(given)) {
    conversion->fit = UNITS_NUMBER;
  } else if ((from = ut_parse(units.system, given, UT_UTF8))) {
    conversion->converter = Converter(from, to);
    if (!conversion->converter) {
      ut_unit *mole = ut_parse(units.system, "mol", UT_ASCII), *per_particle = ut_multiply(to, mole);
      ut_unit *joule = ut_parse(units.system, "J", UT_ASCII);
      if (per_particle && ut_are_convertible(per_particle, joule)) {
        conversion->converter = Converter(from, per_particle);
        conversion->particles = AVOGADRO_CONSTANT;
      }
      ut_free(joule);
      ut_free(per_particle);
      ut_free(mole);
    }
    conversion->fit = conversion->converter ? UNITS_FIT : UNITS_DIFFER;
    conversion->decimal = conversion->converter && IsDecimal(conversion, &conversion->exponent);
    ut_free(from);
  }
  ut_free(to);
  PetscFunctionReturn(0);
}

static PetscErrorCode Find(const char *given, const char *unit, const Conversion **conversion) {
  const Conversion wanted = {.given = (char *)given, .unit = (char *)unit};
  Conversion *const *const known = tfind(&wanted, &units.conversions, Compare);
  Conversion *new = NULL;

  PetscFunctionBeginUser;
  if (known) {
    *conversion = *known;
    PetscFunctionReturn(0);
  }
  PetscCall(Load());
  new = malloc(sizeof(*new));
  PetscCheck(new, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a unit");
  PetscCall(Prepare(given, unit, new));
  PetscCheck(tsearch(new, &units.conversions, Compare), PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a unit");
  *conversion = new;
  PetscFunctionReturn(0);
}

/* number*10^shift, rounded once. */
static double Shifted(const char *number, int shift) {
  const size_t mantissa = strcspn(number, "eE");
  const long exponent = number[mantissa] ? strtol(number + mantissa + 1, NULL, 10) : 0;
  char text[128];

  if (mantissa > 64 || exponent > 10000 || exponent < -10000) {
    return strtod(number, NULL) * pow(10., shift);
  }
  (void)snprintf(text, sizeof(text), "%.*se%ld", (int)mantissa, number, exponent + shift);
  return strtod(text, NULL);
}

PetscErrorCode UnitsConvert(const char *number, const char *given, const char *unit, double *value, UnitsFit *fit) {
  const Conversion *conversion = NULL;

  PetscFunctionBeginUser;
  PetscCall(Find(given, unit, &conversion));
  *fit = conversion->fit;
  *value = NAN;
  if (*fit != UNITS_FIT) {
    PetscFunctionReturn(0);
  }
  if (conversion->decimal) {
    *value = Shifted(number, conversion->exponent);
  } else {
    *value = Through(conversion, strtod(number, NULL));
  }
  *value *= conversion->particles;
  PetscFunctionReturn(0);
}

PetscErrorCode UnitsShow(double value, const char *unit, const char *shown, double *number) {
  const Conversion *conversion = NULL;

  PetscFunctionBeginUser;
  *number = value;
  if (!shown || !strcmp(shown, unit)) {
    PetscFunctionReturn(0);
  }
  /* Backwards through the reading direction, so that an energy per particle can be shown for one per mole. */
  PetscCall(Find(shown, unit, &conversion));
  PetscCheck(conversion->fit == UNITS_FIT, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "A key in '%s' is declared to be shown in '%s'", unit, shown);
  if (conversion->decimal) {
    *number = value / conversion->particles;
    *number =
        conversion->exponent < 0 ? *number * pow(10., -conversion->exponent) : *number / pow(10., conversion->exponent);
  } else {
    const double f0 = Through(conversion, 0.), f1 = Through(conversion, 1.);
    *number = (value / conversion->particles - f0) / (f1 - f0);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode UnitsQuantity(const char *unit, const char **quantity) {
  static const char *const known[][2] = {
      {"1", "a plain number"},
      {"m", "a length"},
      {"m2", "an area"},
      {"m3", "a volume"},
      {"m-2", "a density per area"},
      {"s", "a time"},
      {"s-1", "a rate (per time)"},
      {"K", "a temperature"},
      {"kg", "a mass"},
      {"mol", "an amount of substance"},
      {"V", "an electric potential"},
      {"V s-1", "a sweep rate (potential per time)"},
      {"V-1", "an inverse potential"},
      {"V m-1", "an electric field"},
      {"A", "a current"},
      {"A m-2", "a current density"},
      {"C", "a charge"},
      {"C m-2", "a charge per area"},
      {"ohm", "a resistance"},
      {"ohm m2", "an area resistance (resistance times area)"},
      {"ohm m", "a resistivity"},
      {"S", "a conductance"},
      {"S m-1", "a conductivity"},
      {"S m-2", "a conductance per area"},
      {"F", "a capacitance"},
      {"F m-2", "a capacitance per area"},
      {"N", "a force"},
      {"N m-1", "a stiffness (force per length)"},
      {"Pa", "a pressure"},
      {"Pa m-1", "a pressure per length"},
      {"Pa m^0.5", "a fracture toughness (pressure times root of length)"},
      {"Pa-1 s-1", "a creep rate per pressure"},
      {"J", "an energy"},
      {"J mol-1", "an energy per amount"},
      {"W", "a power"},
      {"m s-1", "a velocity"},
      {"m2 s-1", "a diffusivity (area per time)"},
      {"mol m-3", "a concentration"},
      {"m3 mol-1", "a molar volume"},
  };
  UnitsFit fit = UNITS_UNKNOWN;
  double value;

  PetscFunctionBeginUser;
  *quantity = NULL;
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    const Conversion *conversion = NULL;
    PetscCall(UnitsConvert("1", unit, known[i][0], &value, &fit));
    PetscCall(Find(unit, known[i][0], &conversion));
    if (fit == UNITS_FIT && conversion->particles == 1.) {
      *quantity = known[i][1];
      break;
    }
  }
  PetscFunctionReturn(0);
}
