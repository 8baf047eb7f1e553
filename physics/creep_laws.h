/* The creep mechanisms one by one, with their parameter structs: for the registry and for tests. Everybody else
   chooses a law by name (creep.h). */
#ifndef LISEI_CREEP_LAWS_H
#define LISEI_CREEP_LAWS_H

#include "creep.h"

typedef struct {
  double grain_boundary_diffusivity; /* [m^2/s] D_GB at 298.15 K */
  double grain_boundary_width;       /* [m] delta_GB */
  double activation_energy;          /* [J/mol] of D_GB */
} CobleCreep;

typedef struct {
  double lattice_diffusivity; /* [m^2/s] D_V at 298.15 K */
  double activation_energy;   /* [J/mol] of D_V */
} NabarroHerringCreep;

typedef struct {
  double reference_rate;    /* [1/s] at the reference stress and 298.15 K */
  double reference_stress;  /* [Pa] */
  double stress_exponent;   /* [1] n */
  double activation_energy; /* [J/mol] */
} PowerLawCreep;

typedef struct {
  double material_constant;   /* [1] A */
  double diffusivity;         /* [m^2/s] D at 298.15 K */
  double activation_energy;   /* [J/mol] of D */
  double shear_modulus;       /* [Pa] G */
  double grain_size_exponent; /* [1] r */
  double stress_exponent;     /* [1] p */
} GeneralCreep;

typedef struct {
  double yield_stress; /* [Pa] */
  double viscosity;    /* [Pa s] stress in excess of the yield stress per strain rate */
  double width;        /* [1] smoothing of the onset as a share of the yield stress */
} PlasticLimit;

extern const CreepLaw creep_coble, creep_nabarro_herring, creep_power_law, creep_general, creep_plastic_limit;

#endif
