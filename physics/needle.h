/* The needle that presses the lithium on the electrolyte; equations, smoothing and limits: needle.c. */
#ifndef LISEI_NEEDLE_H
#define LISEI_NEEDLE_H

#include "parameter.h"

typedef struct {
  double pressure;  /* [Pa] p0 at the start: needle force per nominal contact area */
  double stiffness; /* [Pa/m] K: loss of pressure per retreat of the lithium */
  double adhesion;  /* [Pa] pull the contact bears: lowest pressure is minus this */
} Needle;

extern const Parameter needle_parameters[];

/* [Pa/s] dp/dt at the pressure p [Pa] and the area mean [m/s] of the velocity at which the lithium body approaches the
   electrolyte (positive: stripping lets the needle sink and unload) */
double needle_pressure_rate(const Needle *needle, double pressure, double approach_velocity);
/* Its derivatives: [1/s] by the pressure and [Pa/m] by the velocity. */
void needle_pressure_rate_slopes(const Needle *needle, double pressure, double approach_velocity, double *by_pressure,
                                 double *by_velocity);

/* [Pa] stress on the lithium that touches in a ring, and the part *driven of it that the needle's load causes.
   profile [1]: local over mean pressure; mean_touching [1]: area mean of profile times touching fraction. */
double needle_contact_stress(double pressure, double adhesion, double profile, double mean_touching, double *driven);

/* [Pa] of a contact stress, what shifts the equilibrium of the interface, and its slope [1]: all of it up to
   NEEDLE_FLOW_STRESS; beyond, where lithium flows and its contact spreads, it tends to twice that. */
#define NEEDLE_FLOW_STRESS 100e6 /* [Pa] lithium, a micrometre in size, flows at some 20 to 175 MPa */
double needle_borne_stress(double stress, double *slope);

/* What rings under one load have in common: the driven part is pressing*profile/mean_touching, and with `adhering` it
   makes the stress. */
typedef struct {
  double pressing, pressing_slope; /* [Pa] sp(p), [1] d/dp */
  double adhering, adhering_slope; /* [Pa], [1] d/dp */
} NeedleLoad;
NeedleLoad needle_load(double pressure, double adhesion);

#endif
