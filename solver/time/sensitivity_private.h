/* What the steps (sensitivity.c) and the solves (sensitivity_solve.c) of the sensitivities share. */
#ifndef LISEI_SENSITIVITY_PRIVATE_H
#define LISEI_SENSITIVITY_PRIVATE_H

#include "integrator_private.h"
#include "sensitivity.h"

/* What enters the residuals, at one state; or the derivative of that by a parameter, the time or the radius. */
typedef struct {
  RingResponses responses;
  double *potential;           /* [V] rings: u */
  double area;                 /* [m^2] */
  double global[GLOBAL_COUNT]; /* rates */
} Terms;

/* A solution of the linearised equations. */
typedef struct {
  StageUpdate update;
  double mean_current, approach; /* [A/m^2], [m/s]: changes of the area means through the rings */
} Direction;

/* One set of equations: a stage, or an instant (gamma_dt = 0). */
typedef struct {
  const ElectrodeState *state; /* the solution */
  const Control *control;
  double gamma_dt; /* [s] */
} Equations;

/* What drives one tangent. */
typedef struct {
  PetscInt parameter;
  double time;                          /* derivative of the time [s] */
  double control;                       /* of the controlled quantity [V] or [A] */
  double gamma_length;                  /* of gamma dt [s] */
  const double *slopes, *global_slopes; /* of the stage itself; where gamma_length is not 0 */
} Drive;

struct Sensitivity_ {
  Integrator integrator;
  PetscInt count;
  SensitivityParameter *parameter;
  ElectrodeState *tangent; /* count+1: the last one along the length of the step */
  ElectrodeState moved;
  PetscBool time_matters, radius_matters; /* the laws depend on the time itself; the contact grows */
  double *slopes;                         /* (count+1)*STAGES_MAX*size: derivatives of the stages' slopes */
  double *global_slopes;                  /* (count+1)*STAGES_MAX*evolving */
  double *known, *global_known;           /* (count+1)*size, *evolving: derivatives of what earlier stages give */
  double *right;                          /* (count+1)*rings: right-hand sides of the path */
  RingJacobian jacobian;
  Terms base, by_time, by_radius, *work;      /* work: count+1, derivatives of the terms for each tangent */
  Direction *direction, along_radius;         /* count+1 */
  Drive *drive;                               /* count+1 */
  double radius_by_charge, radius_by_current; /* of the rate of ln a: [1/(s C)], [1/s per A/m^2] */
};

PetscErrorCode SensitivityTermsCreate(PetscInt rings, PetscInt size, Terms *terms);
PetscErrorCode SensitivityTermsDestroy(Terms *terms);
PetscErrorCode SensitivityDirectionCreate(PetscInt rings, PetscInt size, Direction *direction);
PetscErrorCode SensitivityDirectionDestroy(Direction *direction);
/* Everything that the tangents of these equations share: terms and their derivatives, the factor. */
PetscErrorCode SensitivityPrepare(Sensitivity s, const Equations *at);
/* The tangents of `count` parameters, from s->known and s->global_known, in two steps: all solves at once; then all of
   a tangent but time and rates. */
PetscErrorCode SensitivitySolve(Sensitivity s, const Equations *at, PetscInt count, const Drive drive[]);
void SensitivityTake(Sensitivity s, const Equations *at, const Drive *drive, ElectrodeState *tangent);
/* Its rates, where they follow from the state: at an instant. */
void SensitivityRates(Sensitivity s, PetscInt parameter, ElectrodeState *tangent);

#endif
