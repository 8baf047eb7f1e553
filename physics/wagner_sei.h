/* Growth of the SEI between lithium and Li6PS5Cl; the law, its sources and limits: wagner_sei.c. */
#ifndef LISEI_WAGNER_SEI_H
#define LISEI_WAGNER_SEI_H

#include "parameter.h"

typedef struct {
  double growth_constant;   /* [m^2/s] k at 298.15 K */
  double activation_energy; /* [J/mol] of k */
  double porosity;          /* [1] pore volume per SEI volume */
  double initial_thickness; /* [m] L0 when contact is made; the deck's sei.thickness, which needs no growth */
} WagnerSei;

extern const Parameter wagner_sei_parameters[];

/* [m] thickness when the contact is `age` [s] >= 0 old */
double wagner_sei_thickness(const WagnerSei *sei, double temperature, double age);
/* [m/s] dL/dt at the thickness [m] > 0 */
double wagner_sei_growth_rate(const WagnerSei *sei, double temperature, double thickness);
/* [mol/m^3] lithium metal consumed per volume of SEI, pores included */
double wagner_sei_lithium_content(const WagnerSei *sei);
/* [C/m^2] charge equivalent of the lithium that a thickness [m] has consumed */
double wagner_sei_charge(const WagnerSei *sei, double thickness);

typedef enum { SEI_LITHIUM_SULFIDE, SEI_LITHIUM_CHLORIDE, SEI_LITHIUM_PHOSPHIDE, SEI_PORE, SEI_PHASE_COUNT } SeiPhase;
/* [1] share of a phase in the volume of SEI, pores included; the four add to 1 */
double wagner_sei_phase_fraction(const WagnerSei *sei, SeiPhase phase);

#endif
