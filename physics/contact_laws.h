/* The contact laws one by one, with their parameter structs: for the registry and for tests. Everybody else chooses a
   law by name (contact.h). */
#ifndef LISEI_CONTACT_LAWS_H
#define LISEI_CONTACT_LAWS_H

#include "contact.h"

typedef struct {
  double contact_fraction; /* [1] theta */
} ConstantContact;

typedef struct {
  double initial_contact_fraction; /* [1] theta at the start */
  double loss_coefficient;         /* [m^2/C] k_s */
  double healing_rate;             /* [1/s] k_h */
} FirstOrderContact;

typedef struct {
  double depth_limit;       /* [m] s0: void depth at which contact is lost */
  double smallest_fraction; /* [1] theta_min */
  double creep_length;      /* [m] l over which creep supplies lithium */
  double supply_limit;      /* [A/m^2] v_max as a current density: what full contact can pass */
  double filling_fraction;  /* [1] x: share of the plated lithium that fills voids */
  double filling_pressure;  /* [Pa] p_ref above which filling is complete */
  double healing_fraction;  /* [1] h: share of the surplus supply that closes voids */
} VoidContact;

typedef struct {
  double depth_limit;        /* [m] s0 */
  double smallest_fraction;  /* [1] theta_min */
  double creep_length;       /* [m] l; creep velocity l*rate(sigma) */
  double supply_limit;       /* [A/m^2] v_max as a current density */
  double filling_fraction;   /* [1] x */
  double healing_fraction;   /* [1] h */
  double healing_exponent;   /* [1] th: healing goes as theta_v^th */
  double asperity_fraction;  /* [1] theta_0: share that touches at rest */
  double gap_depth;          /* [m] y0 of the gaps between asperities */
  double flow_overpotential; /* [V] eta_y above which plating fills gaps */
  double flow_width;         /* [V] w_y of that threshold */
  double dewetting_time;     /* [s] tau in which gaps open again */
  double reservoir_depth;    /* [m] r0 of lithium that grain boundaries give quickly */
  double reservoir_supply;   /* [A/m^2] v_rho as a current density: the most the reservoir gives */
  double reservoir_exponent; /* [1] kr: that limit goes as theta_v^kr */
} VoidReservoirContact;

extern const ContactLaw contact_none, contact_first_order, contact_void, contact_void_reservoir;

#endif
