/* Generalised viscosity of the lithium from the deck's creep laws. */
#ifndef LISEI_BODY_RHEOLOGY_H
#define LISEI_BODY_RHEOLOGY_H

#include "../../physics/creep.h"
#include <petscsys.h>

typedef struct {
  CreepModel creep;
  CreepConditions conditions; /* [K], [m] */
  double smallest_rate;       /* [1/s] equivalent strain rate below which the body is linear */
} BodyRheology;

typedef struct {
  double viscosity;           /* [Pa s] eta, deviatoric stress = 2 eta strain rate */
  double viscosity_by_square; /* [Pa s^3] d eta/d (rate^2) <= 0 */
} BodyViscosity;

/* Every law proportional to the stress? */
PetscBool BodyRheologyIsLinear(const BodyRheology *rheology);
/* No creep law at any stress: the body cannot flow. */
PetscBool BodyRheologyIsRigid(const BodyRheology *rheology);
/* rate: equivalent strain rate >= 0 [1/s] */
BodyViscosity BodyRheologyViscosity(const BodyRheology *rheology, double rate);
/* [Pa] equivalent stress at which the laws give the rate > 0 [1/s]; *slope [Pa s] */
double BodyRheologyStress(const BodyRheology *rheology, double rate, double *slope);

#endif
