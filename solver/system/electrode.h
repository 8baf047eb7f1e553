/* The electrode: a row of rings, each with a true contact, kinetics and evolving contact state, coupled by the bulk,
   the needle and the controlled potential or current.

   Unknowns at an instant: per ring the contact law's x and the current density i per nominal area (algebraic); globally
   the needle pressure p, ln(a/a0) of the contact radius, the charge Q, the mean body displacement B and the volume
   that the body has approached by (evolving), the law's area mean S and the potential V (algebraic). With an outer
   network also the crack's volume and length (evolving), its current and the ground offset of the rings (algebraic).
   Equations: docs/theory.md, "The coupled system". All processes hold the same numbers. */
#ifndef LISEI_ELECTRODE_H
#define LISEI_ELECTRODE_H

#include "../../physics/contact.h"
#include "../../physics/deposit.h"
#include "../../physics/grain_growth.h"
#include "../../physics/kinetics.h"
#include "../../physics/needle.h"
#include "../../physics/wagner_sei.h"
#include "../parts/outer_network.h"
#include "path.h"

typedef enum {
  GLOBAL_PRESSURE,
  GLOBAL_LOG_RADIUS,
  GLOBAL_CHARGE, /* of contact and crack together */
  GLOBAL_DISPLACEMENT,
  GLOBAL_APPROACHED, /* the last of those that follow from the rings */
  GLOBAL_CRACK_VOLUME,
  GLOBAL_CRACK_LENGTH,
  GLOBAL_COUNT
} GlobalState;

/* Everything that does not change during a run. */
typedef struct {
  PetscInt rings;
  double *area_share;        /* [1] rings; sums to 1 */
  ContactRing *ring;         /* rings */
  const ContactLaw *contact; /* how the contact evolves */
  const void *contact_parameters;
  KineticsSeries kinetics;
  CreepModel creep;
  GrainGrowth grain_growth; /* grain size against time */
  WagnerSei sei;            /* SEI thickness against contact age */
  PetscBool sei_grows;
  Needle needle;
  Deposit deposit;
  double temperature;    /* [K] */
  double initial_radius; /* [m] a0 */
  Path path;             /* of the ring currents to ground */
  OuterNetwork outer;    /* between the bulk and ground */
} ElectrodeModel;

/* When the contact reached a radius: the age of its outer rings (paper 2.3). Grows by one entry per accepted step while
   the contact grows. */
typedef struct {
  PetscInt count, capacity;
  double *time, *radius; /* [s], [m]; both increasing */
} ContactAges;

/* A point of the trajectory; `data` is one block so that it can be copied, broadcast and saved as a whole. */
typedef struct {
  PetscInt size;
  double *data;
  double *time;           /* [s] */
  double *potential;      /* [V] */
  double *bearing;        /* [1] S: area mean of pressure profile times bearing fraction */
  double *crack_current;  /* [A] I2; 0 without a crack */
  double *ground;         /* [V] g: what the rings see of the potential is V - g; 0 without an outer network */
  double *global;         /* GLOBAL_COUNT: p [Pa], ln(a/a0), Q [C], B [m], its volume, Vc [m^3], c [m] */
  double *global_rate;    /* their rates per second */
  double *x;              /* rings*local_count, ring-major */
  double *x_rate;         /* their rates per second */
  double *current;        /* [A/m^2] rings, per nominal area */
  double *current_rate;   /* [A/m^2/s] rings: prediction only */
  double *ring_potential; /* [V] rings: u, of the path under the interface */
  double *path;           /* the inside of the path (path.h) */
  double *path_rate;      /* per second: prediction only */
} ElectrodeState;

/* What the outside imposes: V(t) or I(t), linear in time within a segment. */
typedef struct {
  PetscBool is_current;
  double start_time, start_value, rate; /* value(t) = start_value + rate (t - start_time) [V] or [A] */
} Control;
double ControlValue(const Control *control, double time);

/* What the laws say of one ring. */
typedef struct {
  double contact_fraction;         /* [1] */
  double stress;                   /* [Pa] on the lithium that touches */
  double overpotential;            /* [V] */
  double overpotential_slope;      /* [Ohm m^2] d eta/d i, i per nominal area, at fixed x */
  double rates[CONTACT_MAX_LOCAL]; /* dx/dt */
  double approach;                 /* [m/s] of the lithium body */
  double bearing;                  /* [1] pressure profile times bearing fraction */
} RingResponse;

/* What the needle does to a ring: the same for all rings of one pressure profile. */
typedef struct {
  double pressure, bearing, profile; /* [Pa], [1], [1] that the rest belongs to */
  double stress, driven_stress;      /* [Pa] on the lithium that touches; the part that the load drives */
  double strain_rate;                /* [1/s] creep under that stress; 0 if the law does not use the needle */
} RingLoad;

/* Conditions that depend on time and contact radius only, shared by all evaluations of a stage. */
typedef struct {
  double grain_size;     /* [m] */
  double *sei_thickness; /* [m] rings */
} StageConditions;

typedef struct Electrode_ {
  ElectrodeModel model;
  ContactAges ages;
  StageConditions conditions;
  double *injected;              /* [A] rings: work */
  PetscInt algebraic_iterations; /* of the last ElectrodeSolveAlgebraic */
} * Electrode;

PetscErrorCode ElectrodeCreate(const ElectrodeModel *model,
                               Electrode *electrode); /* model's arrays are copied by reference */
PetscErrorCode ElectrodeDestroy(Electrode *electrode);

PetscErrorCode ElectrodeStateCreate(Electrode electrode, ElectrodeState *state);
PetscErrorCode ElectrodeStateCopy(const ElectrodeState *from, ElectrodeState *to);
PetscErrorCode ElectrodeStateDestroy(ElectrodeState *state);
/* The contact as it starts, at rest. */
PetscErrorCode ElectrodeInitialState(Electrode electrode, ElectrodeState *state);

/* Solve the algebraic part at fixed x and globals: currents, S and V that satisfy the control; then all rates.
 *converged tells; on failure the state is unchanged. Needed at the start and after a jump of the control. */
PetscErrorCode ElectrodeSolveAlgebraic(Electrode electrode, const Control *control, ElectrodeState *state,
                                       PetscBool *converged);

PetscErrorCode ElectrodeSetConditions(Electrode electrode, double time, double log_radius);
void ElectrodeRing(Electrode electrode, PetscInt ring, const double x[], double current_density, double pressure,
                   double bearing, RingResponse *response);
/* The same in its parts, for those who evaluate a ring more than once or all rings at one pressure: the law's opening
   at x; the load, worked out anew only where it differs from what *load holds (start with RING_LOAD_NONE, under fixed
   conditions); then the rest. */
#define RING_LOAD_NONE ((RingLoad){.pressure = NAN})
ContactOpening ElectrodeRingOpening(Electrode electrode, const double x[]);
void ElectrodeRingLoad(Electrode electrode, PetscInt ring, const ContactOpening *opening, double pressure,
                       double bearing, RingLoad *load);
void ElectrodeRingResponse(Electrode electrode, PetscInt ring, const double x[], double current_density,
                           const ContactOpening *opening, const RingLoad *load, RingResponse *response);
/* Only the law's rates and approach, at the overpotential in *response. */
void ElectrodeRingRates(Electrode electrode, PetscInt ring, const double x[], double current_density,
                        const ContactOpening *opening, const RingLoad *load, RingResponse *response);
/* Potentials u [V] under the rings at the current densities, and the residuals of the path's inside, at the time and
   contact radius of `state` (with the conditions of the last ElectrodeSetConditions). */
PetscErrorCode ElectrodePotentials(Electrode electrode, const ElectrodeState *state, const double current_density[],
                                   const double inside[], double potential[]);
/* S at the ring states x. */
double ElectrodeMeanBearing(Electrode electrode, const double x[]);
/* Rates of the global states at the area means of current density and approach velocity and the crack current [A]. */
void ElectrodeGlobalRates(Electrode electrode, const double global[], double mean_current, double mean_approach,
                          double crack_current, double rate[]);
/* How the outer network is solved, and where: at the time, contact radius and crack current (first guess) of `state`,
   the contact current [A] and the control; the crack evolves by gamma_dt from the known global states (0: it is as
   `known` says). `given`: see OuterNetworkChoose; for OUTER_DRIVE the drive is that of `state`. */
OuterConditions ElectrodeOuterConditions(Electrode electrode, const Control *control, OuterGiven given,
                                         const ElectrodeState *state, double contact_current, double gamma_dt,
                                         const double known[GLOBAL_COUNT]);
/* Solve it at the currents in `state` and enter what follows: the crack's state and current, its part in the charge,
   the ground and the potential. *change is the largest change of these relative to their scales. */
PetscErrorCode ElectrodeUpdateOuter(Electrode electrode, const Control *control, OuterGiven given, double gamma_dt,
                                    const double known[GLOBAL_COUNT], ElectrodeState *state, OuterSolution *solution,
                                    double *change);
/* Current [A] of the contact at the current densities of the rings; of contact and crack together. */
double ElectrodeContactCurrent(Electrode electrode, double log_radius, const double current_density[]);
double ElectrodeCurrent(Electrode electrode, const ElectrodeState *state);
double ElectrodeRadius(Electrode electrode, double log_radius); /* [m] */
double ElectrodeArea(Electrode electrode, double log_radius);   /* [m^2] nominal */
/* The contact had this radius at the time `at` [s]; kept if it is the largest so far. */
PetscErrorCode ElectrodeAddAge(Electrode electrode, double at, double log_radius);
/* The same for an accepted step. */
PetscErrorCode ElectrodeRecordAge(Electrode electrode, const ElectrodeState *state);
/* Charge [C] equivalent of the lithium that SEI growth has consumed by now. */
double ElectrodeSeiCharge(Electrode electrode, const ElectrodeState *state);
/* Lithium volume [m^3] of the deposit by Faraday's law and SEI consumption; what is in the crack does not count. */
double ElectrodeLithiumVolume(Electrode electrode, const ElectrodeState *state);

#endif
