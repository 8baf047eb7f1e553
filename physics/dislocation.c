/* Charge transfer in the presence of dislocations.

     theta_V = exp(-H_V/RT) + alpha (Omega_Li/Omega_V) rho_d b^2                                   (eq. 6)
     R_CT/R_0,CT = theta_V^(beta - 1) exp(-(1 - beta) H_V/RT)                                      (eq. 7)

   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 6-7, after Shishvan, Fleck, Deshpande 2021
   (10.1016/j.jpowsour.2020.229437). Evaluated as [1 + alpha (Omega_Li/Omega_V) rho_d b^2 exp(H_V/RT)]^-(1 - beta),
   which is the same and exactly 1 at rho_d = 0. The factor multiplies the resistance at small overpotential
   (kinetics_series.c).
   Validity: uniform, dense dislocations, rho_d b^2 << 1.
   Limits: 1 at rho_d = 0; falls as rho_d^-(1 - beta) when dislocations dominate; 1 for beta = 1. With beta = 0.5, H_V
   = 50 kJ/mol, alpha = 0.1, 298.15 K: 0.043, 0.0137, 0.0043 at 1e14, 1e15, 1e16 m^-2. */
#include "dislocation.h"
#include "constants.h"
#include <math.h>

static double expanded_sites(const Dislocations *d) {
  return d->lattice_expansion * d->volume_ratio * d->density * LITHIUM_BURGERS_VECTOR * LITHIUM_BURGERS_VECTOR;
}

double dislocation_vacant_sites(const Dislocations *d, double temperature) {
  return exp(-d->vacancy_enthalpy / (GAS_CONSTANT * temperature)) + expanded_sites(d);
}

double dislocation_resistance_ratio(const Dislocations *d, double temperature) {
  const double per_thermal = exp(d->vacancy_enthalpy / (GAS_CONSTANT * temperature));
  return pow(1.0 + expanded_sites(d) * per_thermal, d->symmetry_factor - 1.0);
}

const Parameter dislocation_parameters[] = {
    {.key = "density",
     .kind = PARAMETER_REAL,
     .unit = "m-2",
     .fallback = "0 m-2",
     .minimum = 0.0,
     .maximum = 1e18,
     .meaning = "Dislocation density of the lithium; 0: no effect",
     .source = "10.1002/advs.202302521, eq. 6",
     .offset = offsetof(Dislocations, density)},
    {.key = "vacancy_enthalpy",
     .kind = PARAMETER_REAL,
     .unit = "J mol-1",
     .shown = "kJ mol-1",
     .fallback = "50 kJ mol-1",
     .minimum = 1e4,
     .maximum = 1e5,
     .meaning = "Enthalpy of formation of a vacancy in lithium",
     .source = "0.34-0.57 eV (docs/theory.md)",
     .offset = offsetof(Dislocations, vacancy_enthalpy)},
    {.key = "lattice_expansion",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.1",
     .minimum = 0.0,
     .maximum = 2.0,
     .meaning = "Constant alpha of the lattice expansion around a dislocation",
     .source = "assumed; depends on the crystal structure (10.1016/j.jpowsour.2020.229437)",
     .offset = offsetof(Dislocations, lattice_expansion)},
    {.key = "volume_ratio",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1",
     .minimum = 0.1,
     .maximum = 10.0,
     .meaning = "Molar volume of lithium over that of a vacancy",
     .source = "assumed: an unrelaxed vacancy",
     .offset = offsetof(Dislocations, volume_ratio)},
    {.key = "symmetry_factor",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.5",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Symmetry factor beta of the charge-transfer barrier",
     .source = "10.1002/advs.202302521, below eq. 7",
     .offset = offsetof(Dislocations, symmetry_factor)},
    {.key = NULL}};
