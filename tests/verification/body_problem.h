/* Lithium bodies for the tests: creep laws in SI, a flow on a grid. */
#ifndef LISEI_BODY_PROBLEM_H
#define LISEI_BODY_PROBLEM_H

#include "../../physics/creep_laws.h"
#include "../../solver/body/body_flow.h"
#include "check.h"

/* rate = rate0 (stress/1 MPa)^n; the body is linear below `smallest` [1/s]. */
static inline BodyRheology BodyPower(PowerLawCreep *law, double rate0, double n, double smallest) {
  *law = (PowerLawCreep){.reference_rate = rate0, .reference_stress = 1e6, .stress_exponent = n};
  return (BodyRheology){.creep = {.count = 1, .law = {&creep_power_law}, .parameters = {law}},
                        .conditions = {298.15, 1e-7},
                        .smallest_rate = smallest};
}

#endif
