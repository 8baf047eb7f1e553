/* What the rings see between their own electrolyte and ground with a crack: the polycrystal around the grain under the
   contact, and the lithium-filled crack, a second electrode below the contact.

     rings:  (V - g) - u_j - eta_j = 0,   g = R_outer(a) I1 + r12(a, c) I2
     crack:  V - r12 I1 - r22(c) I2 - eta_face(i_t) + (Omega/F) p = 0,   i_t = I2/A2 unless emptied
             dVc/dt = -(Omega/F) I2,   dc/dt = v(Vc, c),   p = p(Vc, c)

   V potential of the lithium, g ground offset, I1 current of the contact, I2 of the crack, A2 both faces of the crack.
   Sign: anodic positive; plating into the crack is a negative I2, and its pressure p > 0 makes a more negative V
   necessary: at rest V = -(Omega/F) p. Laws: physics/crack.c, physics/spreading.c; derivation: docs/theory.md, "Crack".
   Seen from the rings all of this is one number, the drive W = V - g, that depends on their total current. */
#ifndef LISEI_CRACK_NETWORK_H
#define LISEI_CRACK_NETWORK_H

#include "../../physics/crack.h"
#include "../../physics/kinetics.h"
#include "../../physics/spreading.h"
#include <petscsys.h>

typedef struct {
  PetscBool adds_grain; /* the bulk is a boundless grain: R_outer stands for the polycrystal around it */
  Crack crack;
  SpreadingMedium medium;   /* conductivities of grain and polycrystal at the run's temperature */
  KineticsSeries kinetics;  /* of the crack's faces, which touch everywhere */
  InterfaceConditions face; /* there; the pressure acts through the back-stress and not through these */
  double film_resistance;   /* [Ohm m^2] slope of the faces' overpotential at rest */
  double sei_resistance;    /* [Ohm m^2] of a resolved SEI, as the film that it is on the faces; 0 without one */
} CrackNetwork;

/* What is known besides the current of the contact. */
typedef enum {
  CRACK_GIVEN_TOTAL,     /* I1 + I2 [A]: the crack takes what the contact leaves */
  CRACK_GIVEN_POTENTIAL, /* V [V] */
  CRACK_GIVEN_DRIVE      /* W [V]: then I2 follows, and the equation of an imposed current remains to be met */
} CrackGiven;

/* Where the network is solved: at an instant (gamma_dt = 0), or with the crack's evolution in an implicit stage,
   Vc = known_volume + gamma_dt dVc/dt and c likewise. */
typedef struct {
  double contact_radius, contact_current; /* [m] a, [A] I1 */
  CrackGiven given;
  double value;                                /* [A] or [V] of what is given */
  double gamma_dt, known_volume, known_length; /* [s], [m^3], [m] */
  double crack_current;                        /* [A] first guess of I2 */
} CrackConditions;

typedef struct {
  double crack_current;                    /* [A] I2 */
  double crack_volume, crack_length;       /* [m^3], [m] */
  double ground, drive;                    /* [V] g, W */
  double drive_slope;                      /* [Ohm] dW/dI1; 0 if the drive is given */
  double crack_by_drive, crack_by_contact; /* [S] dI2/dW, [1] dI2/dI1; 0 unless the drive is given */
} CrackSolution;

/* How to solve it: what of the control, and of the drive as an unknown, to take as given. Under an imposed current what
   the contact leaves is a safe definition of I2, but no good one for a crack so stiff that its volume hardly depends on
   the current, as small flaws are: there I2 is a small difference, and follows from the drive. */
CrackGiven CrackNetworkChoose(const CrackNetwork *network, PetscBool is_current, const CrackConditions *conditions);
/* PETSC_ERR_NOT_CONVERGED if a scalar equation has no solution that can be found. */
PetscErrorCode CrackNetworkSolve(const CrackNetwork *network, const CrackConditions *conditions,
                                 CrackSolution *solution);
/* [m^3] size at which an error of the crack's volume matters */
double CrackNetworkVolumeScale(const CrackNetwork *network, double crack_volume, double crack_length);
#endif
