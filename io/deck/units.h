/* Units at the border of the program: UDUNITS-2, loaded on first use, with every pair of units kept once it was met.

   Two additions to UDUNITS's database: the electronvolt has its CODATA 2018 value, and "Ah" (so "mAh") is 3600 C. Half
   powers, which UDUNITS does not have, are converted through the squares of the units: "MPa m^0.5", "MPa m^(1/2)",
   "MPa sqrt(m)", "MPa √m"; such a unit may also be declared ("Pa m^0.5"). What UDUNITS would accept but nobody means is
   refused: reciprocal units (ohm for S), logarithmic units, and factors inside a unit. */
#ifndef LISEI_UNITS_H
#define LISEI_UNITS_H

#include <petscsys.h>

typedef enum {
  UNITS_FIT,     /* the conversion exists */
  UNITS_UNKNOWN, /* not a unit */
  UNITS_DIFFER,  /* a unit of another dimension */
  UNITS_NUMBER   /* a number stands inside the unit: a factor, or a power that is not whole or half */
} UnitsFit;

/* Convert the decimal number (as text, so that "9.64 um" is the same double as 9.64e-6) from the unit `given` to
   `unit`. For a `unit` of energy per amount ("J mol-1") an energy per particle ("eV") is multiplied by Avogadro's
   constant. */
PetscErrorCode UnitsConvert(const char *number, const char *given, const char *unit, double *value, UnitsFit *fit);
/* The number to show for `value` [unit] in the unit `shown`; stops the program if the two do not fit. */
PetscErrorCode UnitsShow(double value, const char *unit, const char *shown, double *number);
/* The quantity measured in this unit, in words with article ("an electric potential"); NULL if it has no name here. */
PetscErrorCode UnitsQuantity(const char *unit, const char **quantity);

#endif
