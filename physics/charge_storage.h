/* Charge stored beside the conduction, for small signals.

     j = i(eta) + Y(s) eta per area,    Y = C s^alpha t0^(alpha-1)    double layers of Li|SEI and SE|SEI
                                        Y = s eps0 eps_SEI/L          SEI of thickness L, as a plate capacitor
     i = (sigma + s eps0 eps_SE) E                                    electrolyte

   s = i omega [1/s]; alpha = 1 is a capacitor, less a constant-phase element, with t0 = 1 s: C is then the capacitance
   at 1 rad/s. An element of zero stores nothing.
   Source: Orazem & Tribollet, Electrochemical Impedance Spectroscopy, 2nd ed. 2017, 10.1002/9781119363682, chapters 13
   and 14. Validity: potentials within the linear range of the double layer. */
#ifndef LISEI_CHARGE_STORAGE_H
#define LISEI_CHARGE_STORAGE_H

#include "kinetics.h"
#include <complex.h>
#include <stdbool.h>
#undef I /* is a current here */

typedef struct {
  double charge_transfer, charge_transfer_exponent; /* [F/m^2] true contact area, [1] of Li|SEI */
  double se_transfer, se_transfer_exponent;         /* [F/m^2], [1] of SE|SEI */
  double sei_permittivity;                          /* [1] relative, of the SEI; 0: none */
  double electrolyte_permittivity;                  /* [1] relative, of the electrolyte; 0: none */
} ChargeStorage;

extern const Parameter charge_storage_parameters[];

/* Y [S/m^2] of a process across the interface; sei_thickness [m]. */
double complex charge_storage_admittance(const ChargeStorage *storage, InterfaceProcess process, double sei_thickness,
                                         double complex s);
/* [F/m^2] of a process; with an exponent below 1 that at 1 rad/s. */
double charge_storage_capacitance(const ChargeStorage *storage, InterfaceProcess process, double sei_thickness);
/* [F/m] eps0 eps */
double charge_storage_permittivity(double relative);
/* No constant-phase element: finitely many relaxation times. */
bool charge_storage_is_ideal(const ChargeStorage *storage);
bool charge_storage_is_empty(const ChargeStorage *storage);

#endif
