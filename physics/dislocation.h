/* Dislocations in lithium lower the charge-transfer resistance (eq. 6-7); the law and its limits: dislocation.c. */
#ifndef LISEI_DISLOCATION_H
#define LISEI_DISLOCATION_H

#include "parameter.h"

typedef struct {
  double density;           /* [1/m^2] rho_d */
  double vacancy_enthalpy;  /* [J/mol] H_V */
  double lattice_expansion; /* [1] alpha */
  double volume_ratio;      /* [1] Omega_Li/Omega_V */
  double symmetry_factor;   /* [1] beta */
} Dislocations;

extern const Parameter dislocation_parameters[];

/* [1] effective share of vacant sites (eq. 6) */
double dislocation_vacant_sites(const Dislocations *dislocations, double temperature);
/* [1] R_CT/R_0,CT (eq. 7): 1 without dislocations, smaller with them */
double dislocation_resistance_ratio(const Dislocations *dislocations, double temperature);

#endif
