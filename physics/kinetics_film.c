/* Ohmic film: the SEI as a layer of constant conductivity.

     eta = L i/sigma(T),   sigma(T) = sigma exp[-E_A/R (1/T - 1/T0)]

   Sign: anodic positive.
   Source: the low-field limit of eq. 3 of Singh et al. 2023, 10.1002/advs.202302521.
   Validity: field across the film well below RT/(F a), a the half jump distance (1e8 V/m for 0.2 nm).
   Limits: slope L/sigma everywhere, zero for L = 0; odd. */
#include "arrhenius.h"
#include "kinetics_laws.h"

static double resistance_at(const FilmKinetics *p, const InterfaceConditions *conditions) {
  return conditions->sei_thickness /
         (p->conductivity * arrhenius_factor(p->activation_energy, conditions->temperature));
}

static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  *slope = resistance_at(parameters, conditions);
  return *slope * i;
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  return eta / resistance_at(parameters, conditions);
}

static const Parameter declarations[] = {
    {.key = "conductivity",
     .kind = PARAMETER_REAL,
     .unit = "S m-1",
     .shown = "S cm-1",
     .fallback = "3e-6 S cm-1",
     .minimum = 1e-12,
     .maximum = 1e3,
     .meaning = "Ionic conductivity of the SEI at 298.15 K",
     .source =
         "1e-6 to 1e-5 S/cm from the interface resistance of a 10 nm film (docs/theory.md); bulk Li2S has 1e-13 S/cm",
     .offset = offsetof(FilmKinetics, conductivity)},
    ACTIVATION_ENERGY_PARAMETER(FilmKinetics, "0 J mol-1", NULL),
    {.key = NULL}};

const KineticsLaw kinetics_film = {.name = "film",
                                   .meaning = "Ohmic film of the local SEI thickness",
                                   .parameters = declarations,
                                   .parameters_size = sizeof(FilmKinetics),
                                   .overpotential = overpotential,
                                   .current_density = current_density};
