/* Radial distribution of the contact pressure under the needle; shapes, sources and limits: pressure_profile.c. */
#ifndef LISEI_PRESSURE_PROFILE_H
#define LISEI_PRESSURE_PROFILE_H

#include "parameter.h"

typedef enum { PRESSURE_UNIFORM, PRESSURE_FLAT_PUNCH, PRESSURE_POWER_LAW } PressureShape;

typedef struct {
  int shape;                /* PressureShape */
  double exponent;          /* [1] m of the power law */
  double flow_stress_ratio; /* [1] cap of the flat punch: flow stress over mean pressure */
} PressureProfile;

extern const Parameter pressure_profile_parameters[];

/* Ring averages of local over mean pressure, exact within each ring, for rings between the radii edge[0..rings] (any
   unit, the last is the contact radius), each with the share area_share[] of the area (adds to 1). The area mean of
   profile[] is 1. */
void pressure_profile_fill(const PressureProfile *shape, size_t rings, const double edge[], const double area_share[],
                           double profile[]);

#endif
