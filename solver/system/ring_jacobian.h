/* Derivatives of the rings' laws, the elimination of their local states, and the solve of the linearised stage
   equations. Private to the integrator. With h = gamma dt, E = (1 - h df/dx)^-1 ring by ring,

     dx = -E R_x + x_i di + x_p dp + x_S dS,     x_i = h E df/di, ...

     (dU/dI + diag(phi)) dI = r + eta_x E R_x + dV - (eta_p + eta_x x_p) dp - (eta_S + eta_x x_S) dS,
     phi_j = (eta_i + eta_x x_i)/(A w_j)

   which the path solves once for the residual and once for each border unknown p, S, V; their equations are a dense
   system of at most three. Derivation: docs/theory.md, "Newton's method for a stage". */
#ifndef LISEI_RING_JACOBIAN_H
#define LISEI_RING_JACOBIAN_H

#include "electrode.h"

enum { BORDER_MAX = 3 }; /* p, S, V */

/* Derivatives of one ring's laws; index k: the local state. */
typedef struct {
  double rate_x[CONTACT_MAX_LOCAL][CONTACT_MAX_LOCAL]; /* d f_k/d x_l */
  double rate_i[CONTACT_MAX_LOCAL], rate_p[CONTACT_MAX_LOCAL], rate_s[CONTACT_MAX_LOCAL];
  double approach_x[CONTACT_MAX_LOCAL], approach_i, approach_p, approach_s;
  double eta_x[CONTACT_MAX_LOCAL], eta_i, eta_p, eta_s;
  double bearing_x[CONTACT_MAX_LOCAL];
  /* Eliminated local states, for one value of gamma*dt: dx = elimination*(-R_x) + x_i di + x_p dp + x_s dS */
  double elimination[CONTACT_MAX_LOCAL][CONTACT_MAX_LOCAL];
  double x_i[CONTACT_MAX_LOCAL], x_p[CONTACT_MAX_LOCAL], x_s[CONTACT_MAX_LOCAL];
  double approach_total_i; /* d U/d i including dx/di */
} RingDerivatives;

typedef struct {
  PetscInt rings, border;                                  /* number of border unknowns in use */
  PetscInt pressure_index, bearing_index, potential_index; /* place among them, -1 if not an unknown */
  RingDerivatives *ring;
  double pressure_rate_p, pressure_rate_u; /* d(dp/dt)/dp, /dU */
  double gamma_dt;                         /* [s] of the factored matrix; 0: none */
  double area;                             /* [m^2] nominal */
  double *film;                            /* [Ohm] rings */
  double *response;                        /* border*rings: ring currents [A] per unit of a border unknown */
  double matrix[BORDER_MAX][BORDER_MAX];   /* border block after elimination */
  ContactBlock *block;                     /* work */
} RingJacobian;

/* What the laws say of all rings at an iterate. */
typedef struct {
  double *rates;         /* rings*local: dx/dt */
  double *overpotential; /* [V] rings */
  double mean_approach;  /* [m/s] U */
  double mean_bearing;   /* [1] the area mean that S shall be */
} RingResponses;

/* Residuals of a stage in, updates out. W is the potential V, less the ground offset of a part. */
typedef struct {
  double area;          /* [m^2] of the contact at the residuals, in; that of the derivatives may be older */
  double *local;        /* rings*local: R_x in, dx out */
  double *electrical;   /* rings: W - u - eta in, di [A/m^2] out */
  double *ring_current; /* rings: dI [A] out */
  double pressure, bearing, current; /* R_p [Pa], R_S, I_set - I [A] (or 0 V) in; dp, dS, dW out */
  /* what closes the system: closing_drive dW + closing_current dI1 = current; (0, 1): an imposed current; (1, -slope):
     a drive W [V] of the rings that is a function of their total current */
  double closing_drive, closing_current;
  double approach; /* dU out: change of the mean approach velocity [m/s] */
} StageUpdate;

PetscErrorCode RingJacobianCreate(Electrode electrode, RingJacobian *jacobian);
PetscErrorCode RingJacobianDestroy(RingJacobian *jacobian);
/* Evaluate the laws at a state and, if told to, differentiate them: exactly where the contact law gives its
   derivatives, else by forward differences. */
PetscErrorCode RingJacobianEvaluate(Electrode electrode, const double x[], const double current[], double pressure,
                                    double bearing, PetscBool differentiate, RingJacobian *jacobian,
                                    RingResponses *responses);
/* Eliminate the local states and factor for gamma*dt; *regular is false if a ring's block is singular. free_drive: the
   potential of the rings is an unknown. */
PetscErrorCode RingJacobianFactor(Electrode electrode, double gamma_dt, double log_radius, PetscBool free_drive,
                                  RingJacobian *jacobian, PetscBool *regular);
/* The same in its parts, for several updates at once: the right-hand side of the path goes into ring_current; then,
   with the path's solution there, the rest. `border` must be zero before. */
void RingJacobianReduce(Electrode electrode, const RingJacobian *jacobian, StageUpdate *update);
void RingJacobianExpand(Electrode electrode, const RingJacobian *jacobian, double border[BORDER_MAX],
                        StageUpdate *update);
PetscErrorCode RingJacobianSolve(Electrode electrode, const RingJacobian *jacobian, StageUpdate *update);

#endif
