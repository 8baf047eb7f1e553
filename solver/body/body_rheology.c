/* The creep laws give the equivalent rate at an equivalent stress; a flow asks the other way round:

     eta(e) = sigma(e')/(3 e'),   e' = sqrt(e^2 + e0^2),   rate(sigma(e')) = e'

   e equivalent strain rate, sqrt(2/3 e:e); sigma equivalent stress, sqrt(3/2 s:s), s = 2 eta e. Below e0
   (`smallest_rate`) the body is linear with the viscosity that it has there: a power law, whose viscosity grows without
   bound at rest, and a yield stress, below which nothing flows, are both bounded so. The stress at e >> e0 is that of
   the laws within (e0/e)^2 (1 - 1/n)/2.
   Source: generalised Newtonian flow, e.g. Cuffey & Paterson, The Physics of Glaciers (2010), ch. 3. */
#include "body_rheology.h"
#include "../../physics/bracketed_newton.h"

static double Rate(const BodyRheology *rheology, double stress, double *slope) {
  return creep_strain_rate(&rheology->creep, &rheology->conditions, stress, slope);
}

PetscBool BodyRheologyIsRigid(const BodyRheology *rheology) {
  double slope;
  return Rate(rheology, 1e9, &slope) > 0.0 ? PETSC_FALSE : PETSC_TRUE;
}

PetscBool BodyRheologyIsLinear(const BodyRheology *rheology) {
  static const double stresses[] = {1e3, 1e5, 1e7, 1e9};
  double slope;
  const double first = Rate(rheology, 1.0, &slope);

  for (size_t k = 0; k < sizeof stresses / sizeof *stresses; k++) {
    if (fabs(Rate(rheology, stresses[k], &slope) - first * stresses[k]) > 1e-9 * first * stresses[k]) {
      return PETSC_FALSE;
    }
  }
  return PETSC_TRUE;
}

/* Newton's method on ln rate(exp x) = ln rate, which is between 1 and n in slope for sums of powers. */
double BodyRheologyStress(const BodyRheology *rheology, double rate, double *slope) {
  BracketedNewton newton = {.low = -INFINITY, .high = INFINITY, .stride = 2.0};
  double x = log(1e6);

  for (int iteration = 0; iteration < 200; iteration++) {
    const double stress = exp(x), own = Rate(rheology, stress, slope);
    const double next = own > 0.0 ? bracketed_newton_step(&newton, x, log(own / rate), *slope * stress / own) : x + 2.0;
    if (fabs(next - x) < 1e-14 * (1.0 + fabs(x))) {
      break;
    }
    x = next;
  }
  (void)Rate(rheology, exp(x), slope);
  *slope = 1.0 / *slope;
  return exp(x);
}

BodyViscosity BodyRheologyViscosity(const BodyRheology *rheology, double rate) {
  const double bounded = hypot(rate, rheology->smallest_rate);
  double slope;
  const double stress = BodyRheologyStress(rheology, bounded, &slope);

  return (BodyViscosity){stress / (3.0 * bounded), (slope - stress / bounded) / (6.0 * bounded * bounded)};
}
