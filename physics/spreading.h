/* Spreading resistances in closed form: film factor, contact and crack as two coupled electrodes, a grain within the
   polycrystal; equations, accuracy and limits: spreading.c. Currents in ampere, anodic positive; ground at infinity. */
#ifndef LISEI_SPREADING_H
#define LISEI_SPREADING_H

/* A disk of radius x sits in a grain whose lower boundary is the half spheroid of depth D confocal with the disk.
   depth = 0: no grain, polycrystal everywhere; depth = INFINITY: grain everywhere. */
typedef struct {
  double grain_conductivity;       /* [S/m] sigma_g */
  double polycrystal_conductivity; /* [S/m] sigma_p */
  double grain_depth;              /* [m] D */
} SpreadingMedium;

/* All slopes may be NULL. Radii [m], resistances [Ohm], film_resistance [Ohm m^2]. */

/* [1] F(w): resistance of the electrolyte under a disk with a film over the primary one, w = R sigma/x; *slope dF/dw */
double spreading_film_factor(double w, double *slope);
/* [S/m] conductivity of the homogeneous half space in which a disk of this radius has the same primary resistance */
double spreading_conductivity(const SpreadingMedium *medium, double radius);
/* [Ohm] F(w)/(4 sigma(x) x) of an electrode with the conducting radius x and the area A [m^2], w = pi R sigma x/A (R
   sigma/x of a disk or a half-penny); slope[0] by x, slope[1] by A */
double spreading_self_resistance(const SpreadingMedium *medium, double radius, double area, double film_resistance,
                                 double slope[2]);
/* [Ohm] r12 between a contact of radius a and a half-penny crack of radius c below it; slope[0] by a, slope[1] by c.
   The conductivity is sigma(M), M = max(a, c): the potential that one electrode sees of the other spreads over the
   larger of the two. So r12 is the same whichever drives (reciprocity), and with r11, r22 from sigma(a), sigma(c) the
   network stays positive definite. slope jumps a little at a = c, the value does not. */
double spreading_mutual_resistance(const SpreadingMedium *medium, double contact_radius, double crack_radius,
                                   double film_resistance, double slope[2]);
/* [Ohm] what the polycrystal adds to the resistance of a contact of radius a in a boundless grain (negative if it
   conducts better); *slope by a. Zero without a grain and for a boundless one. */
double spreading_outer_resistance(const SpreadingMedium *medium, double contact_radius, double *slope);

#endif
