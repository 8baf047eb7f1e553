/* The kinetic laws one by one, with their parameter structs: for the registry and for tests. Everybody else chooses a
   law by name (kinetics.h). */
#ifndef LISEI_KINETICS_LAWS_H
#define LISEI_KINETICS_LAWS_H

#include "kinetics.h"

typedef struct {
  double resistance;        /* [Ohm m^2] at 298.15 K */
  double activation_energy; /* [J/mol] of the conductance */
} LinearKinetics;

typedef struct {
  double exchange_current_density; /* [A/m^2] i0 at 298.15 K */
  double inverse_scale;            /* [1/V] beta */
  double activation_energy;        /* [J/mol] of i0 */
} SinhKinetics;

typedef struct {
  double resistance;               /* [Ohm m^2] R of the linear path at 298.15 K */
  double exchange_current_density; /* [A/m^2] i0 of the non-linear path at 298.15 K */
  double inverse_scale;            /* [1/V] beta */
  double activation_energy;        /* [J/mol] of both */
} ParallelKinetics;

typedef struct {
  int charge_number;            /* [1] z */
  double half_jump_distance;    /* [m] a */
  double carrier_concentration; /* [mol/m^3] n */
  double attempt_frequency;     /* [1/s] nu */
  double activation_energy;     /* [J/mol] W */
} HoppingKinetics;

typedef struct {
  double exchange_current_density;      /* [A/m^2] i0 at 298.15 K */
  double anodic_transfer_coefficient;   /* [1] alpha_a */
  double cathodic_transfer_coefficient; /* [1] alpha_c; 0: 1 - alpha_a */
  double activation_energy;             /* [J/mol] of i0 */
  double stress_shift;                  /* [1] multiple of -Omega sigma_n/F by which the equilibrium potential shifts */
} ButlerVolmerKinetics;

typedef struct {
  double conductivity;      /* [S/m] of the film at 298.15 K */
  double activation_energy; /* [J/mol] of the conductivity */
} FilmKinetics;

extern const KineticsLaw kinetics_linear, kinetics_sinh, kinetics_parallel, kinetics_hopping, kinetics_butler_volmer,
    kinetics_film;

#endif
