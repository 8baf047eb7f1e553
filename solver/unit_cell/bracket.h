/* What two grids with a bracket each say of a positive quantity. Plain C. */
#ifndef LISEI_BRACKET_H
#define LISEI_BRACKET_H

#include <stdbool.h>

typedef struct {
  double lower, upper; /* for conductivities of the cells as they are rigorous, but for the tolerance of the solves */
} Bracket;

typedef struct {
  double value;
  double error;    /* [1] relative, an estimate */
  double order;    /* in the size of cells, at which the bracket closes; NAN: it is closed, or does not close */
  bool converging; /* false: the bracket hardly closes from the one grid to the other; nothing is extrapolated */
} BracketEstimate;

/* Cells of half the size from `coarse` to `fine`. With g the geometric mean of a bracket (on a two-dimensional
   checkerboard exact, by duality), d = ln g_fine - ln g_coarse, b = ln(upper/lower), w = b_fine/(b_coarse - b_fine):
   both bounds, continued at the order at which the bracket closes, meet at ln g_fine + w d. Taken is the more cautious
   ln g_fine + min(w, 1) d; the error is max(w, 1) |d| + b_fine/4: what has been extrapolated, and a quarter of
   the bracket. Where the bracket does not close (an order below 0.1): g_fine, with |d| and half the bracket. */
BracketEstimate BracketExtrapolate(Bracket coarse, Bracket fine);

#endif
