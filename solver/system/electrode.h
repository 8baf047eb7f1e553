/* The electrode: a row of rings, each with a true contact, kinetics and evolving contact state, coupled by the bulk,
   the needle and the controlled potential or current.

   Unknowns at an instant: per ring the contact law's x and the current density i per nominal area (algebraic); globally
   the needle pressure p, ln(a/a0) of the contact radius, the charge Q, the mean body displacement B and the volume
   that the body has approached by (evolving), the law's area mean S and the potential V (algebraic); and those of the
   parts, sub-models that are solved together with the rings (part.h).
   Equations: docs/theory.md, "The coupled system". All processes hold the same numbers. */
#ifndef LISEI_ELECTRODE_H
#define LISEI_ELECTRODE_H

#include "../../physics/contact.h"
#include "../../physics/deposit.h"
#include "../../physics/grain_growth.h"
#include "../../physics/kinetics.h"
#include "../../physics/needle.h"
#include "../../physics/wagner_sei.h"
#include "../monitor/monitors.h"
#include "part.h"
#include "path.h"

enum { PARTS_MAX = 8 };

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
  PetscInt part_count;
  Part part[PARTS_MAX]; /* borrowed; their blocks' places are set by ElectrodeCreate */
} ElectrodeModel;

/* When the contact reached a radius: the age of its outer rings (paper 2.3). Grows by one entry per accepted step while
   the contact grows. */
typedef struct {
  PetscInt count, capacity;
  double *time, *radius; /* [s], [m]; both increasing */
} ContactAges;

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
  double *injected; /* [A] rings: work */
  StateLayout layout;
  Part closing;                  /* the part between the rings and ground, or NULL */
  PetscBool shares_current;      /* some of the total current passes parts */
  double *work;                  /* 2*layout.evolving */
  PetscInt algebraic_iterations; /* of the last ElectrodeSolveAlgebraic */
  ContactOpening *opening;       /* rings: of the last ElectrodeOpenings */
  PetscViewer newton_monitor;    /* borrowed; NULL: none */
} * Electrode;

PetscErrorCode ElectrodeCreate(const ElectrodeModel *model,
                               Electrode *electrode); /* model's arrays are copied by reference */
PetscErrorCode ElectrodeDestroy(Electrode *electrode);

PetscErrorCode ElectrodeStateCreate(Electrode electrode, ElectrodeState *state);
PetscErrorCode ElectrodeStateCopy(const ElectrodeState *from, ElectrodeState *to);
PetscErrorCode ElectrodeStateDestroy(ElectrodeState *state);
/* The numbers of a block by its name; NULL: there is none. */
double *ElectrodeStateBlock(Electrode electrode, const ElectrodeState *state, const char *name);
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
/* Only the stress of that [Pa]. */
double ElectrodeRingStress(Electrode electrode, PetscInt ring, const ContactOpening *opening, double pressure,
                           double bearing);
void ElectrodeRingResponse(Electrode electrode, PetscInt ring, const double x[], double current_density,
                           const ContactOpening *opening, const RingLoad *load, RingResponse *response);
/* Only the law's rates and approach, at the overpotential in *response. */
void ElectrodeRingRates(Electrode electrode, PetscInt ring, const double x[], double current_density,
                        const ContactOpening *opening, const RingLoad *load, RingResponse *response);
/* Potentials u [V] under the rings at the current densities, and the residuals of the path's inside, at the time and
   contact radius of `state` (with the conditions of the last ElectrodeSetConditions). */
PetscErrorCode ElectrodePotentials(Electrode electrode, const ElectrodeState *state, const double current_density[],
                                   const double inside[], double potential[]);
/* The law's opening of all rings at the states x, several at a time where the law can; valid until the next call. */
const ContactOpening *ElectrodeOpenings(Electrode electrode, const double x[]);
/* Does nothing but charge and volume evolve under a constant control? Then the currents are functions of the control
 * alone. */
PetscBool ElectrodeIsMemoryless(Electrode electrode);
/* S at the ring states x. */
double ElectrodeMeanBearing(Electrode electrode, const double x[]);
/* [1/s] strain rate of the lithium body under the mean pressure [Pa] and its slope [1/(Pa s)], where it creeps under
   the needle; else 0. */
double ElectrodeBodyStrainRate(Electrode electrode, double pressure, double *slope);
/* Rates of the electrode's own global numbers at the area means of current density and approach velocity. */
void ElectrodeGlobalRates(Electrode electrode, const ElectrodeState *state, double mean_current, double mean_approach,
                          double rate[GLOBAL_COUNT]);

/* Sums over the parts (part.h). */
double ElectrodePartCurrent(Electrode electrode, const ElectrodeState *state); /* [A] that does not pass the contact */
double ElectrodePartVolume(Electrode electrode, const ElectrodeState *state);  /* [m^3] lithium out of the deposit */
void ElectrodePartRates(Electrode electrode, ElectrodeState *state);           /* into state->global_rate */
/* scale[layout.evolving]; only those of the parts are set. */
void ElectrodePartScales(Electrode electrode, const ElectrodeState *state, double scale[]);
/* The part that stands between the rings and ground, in a stage of gamma_dt [s] from the known evolving numbers, or at
   an instant (gamma_dt = 0). Choose: whether the drive follows from the current; without such a part it does not.
   Solve: at the current densities; needs electrode->closing. Enter: solve at the state's own, and put what follows into
   the state: the part's blocks, its share of the charge, ground and potential; *change is the largest change relative
   to scales. */
PetscErrorCode ElectrodeChooseClosing(Electrode electrode, const Control *control, double gamma_dt,
                                      const double known[], const ElectrodeState *state, PartClosing *closing);
PetscErrorCode ElectrodeSolveClosing(Electrode electrode, const Control *control, double gamma_dt, const double known[],
                                     const ElectrodeState *state, const double current_density[], PartClosing *closing);
PetscErrorCode ElectrodeEnterClosing(Electrode electrode, const Control *control, double gamma_dt, const double known[],
                                     ElectrodeState *state, PartClosing *closing, double *change);

/* Current [A] of the contact at the current densities of the rings; of contact and parts together. */
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
/* Lithium volume [m^3] of the deposit by Faraday's law and SEI consumption; what parts have taken does not count. */
double ElectrodeLithiumVolume(Electrode electrode, const ElectrodeState *state);

#endif
