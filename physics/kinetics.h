/* Interfacial kinetics: overpotential against true current density (current per area that really touches).

   Sign: anodic (stripping) current and overpotential are positive. Every law is strictly increasing and vanishes at
   zero current (a stress shift moves the zero). Laws add in series: eta(i) = sum of eta_k(i), so each law gives the
   overpotential at a current; the inverse (current at an overpotential) is given too, for tests and guesses. */
#ifndef LISEI_KINETICS_H
#define LISEI_KINETICS_H

#include "parameter.h"

/* What may change during a run, per ring. */
typedef struct {
  double temperature;   /* [K] */
  double sei_thickness; /* [m] local SEI thickness L */
  double normal_stress; /* [Pa] contact stress on the lithium, compression positive */
} InterfaceConditions;

typedef struct {
  const char *name;            /* as the deck writes it */
  const char *meaning;         /* one sentence */
  const Parameter *parameters; /* ends with a NULL key; offsets into the law's own struct */
  size_t parameters_size;      /* [byte] of that struct */
  /* Overpotential [V] at the true current density i [A/m^2]; *slope = d eta/d i [Ohm m^2] (> 0). Finite for any i. */
  double (*overpotential)(const void *parameters, const InterfaceConditions *conditions, double i, double *slope);
  /* True current density [A/m^2] at the overpotential eta [V]; may overflow to infinity for a large eta. */
  double (*current_density)(const void *parameters, const InterfaceConditions *conditions, double eta);
  /* d eta/d normal stress [V/Pa] at a current density, the same at any; NULL: the law does not see the stress. */
  double (*stress_slope)(const void *parameters);
} KineticsLaw;

/* All laws, in the order of the manual: linear, sinh, parallel, hopping, butler_volmer, film; NULL-terminated. */
extern const KineticsLaw *const kinetics_laws[];
const KineticsLaw *kinetics_law_by_name(const char *name); /* NULL if there is none */

enum { KINETICS_MAX_PROCESSES = 3 };

/* What a law stands for; one that stands for the whole interface counts as charge transfer. */
typedef enum { PROCESS_CHARGE_TRANSFER, PROCESS_SEI_TRANSPORT, PROCESS_SE_TRANSFER, PROCESS_COUNT } InterfaceProcess;

/* Up to three processes in series (Li|SEI charge transfer, SEI transport, SE|SEI transfer; paper 2.3). Not owned. */
typedef struct {
  int count;
  const KineticsLaw *law[KINETICS_MAX_PROCESSES];
  const void *parameters[KINETICS_MAX_PROCESSES];
  double charge_transfer_factor; /* [1] R_CT/R_0,CT of the dislocations (eq. 7): divides i0 of process 0; 1 without */
  InterfaceProcess process[KINETICS_MAX_PROCESSES];
} KineticsSeries;

/* Sum of the processes' overpotentials [V] and slopes [Ohm m^2] at the true current density i [A/m^2]. */
double kinetics_series_overpotential(const KineticsSeries *series, const InterfaceConditions *conditions, double i,
                                     double *slope);
/* The same of process k alone. */
double kinetics_series_process(const KineticsSeries *series, int k, const InterfaceConditions *conditions, double i,
                               double *slope);
/* d eta/d normal stress [V/Pa] of the sum at a current density. */
double kinetics_series_stress_slope(const KineticsSeries *series);
/* True current density [A/m^2] at which the processes together need eta [V]; safeguarded scalar Newton. */
double kinetics_series_current_density(const KineticsSeries *series, const InterfaceConditions *conditions, double eta);

#endif
