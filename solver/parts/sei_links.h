/* The links of the SEI block: what a current meets between two cells of the block, or below it.

     drop(f) = R_c f + sum over the two half cells of V asinh(R f/V)

   R resistance of a half cell at no field, V = l E_c its length times the field scale of i = sigma E_c sinh(E/E_c)
   (paper eq. 3 as a local law; E_c = RT/(z F a_h)); R_c linear: boundaries between phases, or all of it where
   conduction is linear. Convex as an energy, odd, slope falling with |f|: Newton's method in f cannot overflow.
   Private to the SEI part. */
#ifndef LISEI_SEI_LINKS_H
#define LISEI_SEI_LINKS_H

#include <petscsys.h>

/* Structure of arrays, `count` links each. */
typedef struct {
  PetscInt count;
  PetscBool nonlinear;                      /* else the halves are in `series` and the four below are not used */
  double *near_resistance, *far_resistance; /* [Ohm] half cells at no field */
  double *near_voltage, *far_voltage;       /* [V] l E_c */
  double *series;                           /* [Ohm] R_c */
  double *scale;                            /* [A] per unit of the largest current density: the link's own share */
  double *drop, *slope;                     /* [V], [Ohm] at the flows of the last SeiLinksEvaluate */
  double *error;                            /* [V] potential difference less drop, there */
  double *conductance;                      /* [1] unit/slope of the factored matrix */
} SeiLinks;

PetscErrorCode SeiLinksCreate(PetscInt count, PetscBool nonlinear, SeiLinks *links);
PetscErrorCode SeiLinksDestroy(SeiLinks *links);
/* drop and slope at the flows [A] */
void SeiLinksEvaluate(SeiLinks *links, const double flow[]);
/* Drop [V] of one half cell at the flow [A]; *slope [Ohm]. voltage INFINITY: linear. */
double SeiHalfDrop(double resistance, double voltage, double flow, double *slope);
/* Flow [A] of link l at a drop [V], by Newton's method in the logarithm of the flow; NAN if it cannot be found. */
double SeiLinkFlow(const SeiLinks *links, PetscInt l, double drop);

#endif
