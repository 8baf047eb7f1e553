/* The needle that presses the lithium on the electrolyte; equations, smoothing and limits: needle.c. */
#ifndef LISEI_NEEDLE_H
#define LISEI_NEEDLE_H

#include "parameter.h"
#include <stdbool.h>

/* In the order of the word list of `needle.law`. */
typedef enum { NEEDLE_SPRING, NEEDLE_FRESH_LAYER } NeedleLaw;

typedef struct {
  int law;            /* NeedleLaw */
  double pressure;    /* [Pa] p0 at the start: needle force per nominal contact area */
  double stiffness;   /* [Pa/m] K: loss of pressure per retreat of the lithium (spring) */
  double adhesion;    /* [Pa] pull the contact bears: lowest pressure is minus this */
  double body_length; /* [m] l_b: the needle sinks into the creeping body at l_b rate(p); 0: a rigid body (spring) */
  double layer_thickness; /* [m] l0 of fresh lithium at the start (fresh_layer) */
  double coarsening_time; /* [s] tau_g in which fresh lithium coarsens; 0: never (fresh_layer) */
} Needle;

extern const Parameter needle_parameters[];

/* [Pa/s] dp/dt at the load p [Pa] (see needle_driving_pressure), the area mean [m/s] of the velocity at which the
   lithium body approaches the electrolyte (positive: stripping lets the needle sink and unload), and the strain rate
   [1/s] of the lithium under the stress p (needed where the body creeps, with its slope) */
double needle_pressure_rate(const Needle *needle, double pressure, double approach_velocity, double body_strain_rate);
/* Its derivatives: [1/s] by the pressure and [Pa/m] by the velocity; body_strain_slope [1/(Pa s)]. */
void needle_pressure_rate_slopes(const Needle *needle, double pressure, double approach_velocity,
                                 double body_strain_slope, double *by_pressure, double *by_velocity);
/* Does the body creep under the needle, so that rate(p) is needed? */
bool needle_body_creeps(const Needle *needle);

/* One number evolves, the load p [Pa]. With `spring` it is the needle's pressure; with `fresh_layer` that stays at p0
   and p is p0 l/l0, the load that would supply as much through a layer of l0. What presses [Pa], and by what the creep
   velocity is multiplied [1]. */
double needle_driving_pressure(const Needle *needle, double load);
double needle_supply_share(const Needle *needle, double load);

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
