/* The lithium-filled crack: opening by pressed lithium, stress intensity, toughness, growth; equations, signs and
   limits: crack.c. Volume is the lithium added since the native flaw was filled and unloaded. */
#ifndef LISEI_CRACK_H
#define LISEI_CRACK_H

#include "parameter.h"

/* In the order of the deck's words: none|half_penny|penny|edge. */
typedef enum {
  CRACK_NONE,
  CRACK_HALF_PENNY, /* half disk, upright below the surface, radius c */
  CRACK_PENNY,      /* buried disk, radius c */
  CRACK_EDGE        /* straight along the surface, depth c (eq. 8-9) */
} CrackShape;

typedef struct {
  double length;                /* [m] c0 of the native flaw: radius, or depth of an edge crack */
  double width;                 /* [m] W of an edge crack along the surface; the others do not use it */
  double youngs_modulus;        /* [Pa] E of the electrolyte */
  double poisson_ratio;         /* [1] nu */
  double toughness;             /* [Pa m^0.5] K_IC at the native length */
  double toughness_plateau;     /* [Pa m^0.5] of a long crack; 0: no rise */
  double toughness_rise_length; /* [m] lambda of the rise */
  double toughness_factor;      /* [1] f: below 1 for a crack along a grain boundary */
  double opening_compliance;    /* [1] kappa: opening over that of a smooth elastic crack */
  double reference_speed;       /* [m/s] v of the growth law */
  CrackShape shape;             /* not in the table below: the reader of the deck sets it */
} Crack;

extern const Parameter crack_electrolyte_parameters[]; /* legal without a crack: modulus to rise length */
extern const Parameter crack_parameters[];             /* of the crack itself */

/* Geometry at the length c [m]; *slope (may be NULL): derivative by c. */
double crack_face_area(const Crack *crack, double length, double *slope);         /* [m^2] both faces together */
double crack_conducting_radius(const Crack *crack, double length, double *slope); /* [m] x of 1/(4 sigma x) */

/* [Pa] pressure of the lithium at the volume V [m^3] and the length c [m] (compression positive), its derivatives, and
   the inverse [m^3]. Below V = 0 the pressure levels off at -0.8 MPa. */
double crack_pressure(const Crack *crack, double volume, double length);
void crack_pressure_slopes(const Crack *crack, double volume, double length, double *by_volume, double *by_length);
double crack_volume(const Crack *crack, double pressure, double length);

double crack_stress_intensity(const Crack *crack, double pressure, double length); /* [Pa m^0.5] K_I (eq. 8) */
double crack_toughness(const Crack *crack, double length);                         /* [Pa m^0.5] K_R, times f */
double crack_critical_pressure(const Crack *crack, double length);                 /* [Pa] at which K_I = K_R (eq. 8) */

/* [m/s] dc/dt at the volume V and the length c: exactly zero while K_I <= K_R, and its derivatives */
double crack_growth_rate(const Crack *crack, double volume, double length);
void crack_growth_rate_slopes(const Crack *crack, double volume, double length, double *by_volume, double *by_length);
/* [m] length of quasi-static growth (K_I = K_R) at the volume V; the native length while that is sub-critical */
double crack_equilibrium_length(const Crack *crack, double volume);

/* [V] Omega p/F: the equilibrium potential of a filled crack is minus this */
double crack_back_stress(double pressure);
/* [V] equilibrium potential at the volume V and the length c: minus the back-stress. slope[0] by V, slope[1] by c */
double crack_equilibrium_potential(const Crack *crack, double volume, double length, double slope[2]);
/* [A/m^2] current density on what still touches of the faces, from that on all of them. The same unless the crack is
   emptied (V < 0) and stripped: then it grows without bound with what has left the faces. slope[0] by V, slope[1] by c,
   slope[2] by the current density */
double crack_touching_current_density(const Crack *crack, double volume, double length, double current_density,
                                      double slope[3]);
/* [V] interface overpotential (magnitude) from which a native flaw of that length starts to grow, and the inverse [m]:
   the longest flaw that survives that overpotential */
double crack_critical_overpotential(const Crack *crack, double length);
double crack_surviving_length(const Crack *crack, double overpotential);
/* [A/m^2] the same as a current density (magnitude) under a linear film [Ohm m^2] */
double crack_critical_current_density(const Crack *crack, double length, double film_resistance);

/* [Pa/s] dp/dt at the current density [A/m^2] on its faces, anodic positive (eq. 9) */
double crack_pressure_rate(const Crack *crack, double length, double current_density);
/* [s] tau: p = p_inf [1 - exp(-t/tau)] under a constant overpotential and a linear film [Ohm m^2] */
double crack_pressurisation_time(const Crack *crack, double length, double film_resistance);

#endif
