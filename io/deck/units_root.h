/* Units with half powers ("MPa m^0.5"), which UDUNITS-2 cannot hold: a unit is kept as its square, which it can. */
#ifndef LISEI_UNITS_ROOT_H
#define LISEI_UNITS_ROOT_H

#include <stdbool.h>
#include <udunits2.h>

/* Is a root written in it: sqrt(m), √m, m^0.5, m^(1/2)? */
bool UnitsHasRoot(const char *unit);
/* The square of a unit, of whole or half powers. NULL if it is none; *number: because of a factor, or a power that is
   neither whole nor half. The caller frees it (ut_free). */
ut_unit *UnitsSquare(ut_system *system, const char *unit, bool *number);

#endif
