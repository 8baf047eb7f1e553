/* One implicit step of the coupled electrode: what the step (integrator.c) and its stages (integrator_stage.c) share.
   Private to the integrator. */
#ifndef LISEI_INTEGRATOR_PRIVATE_H
#define LISEI_INTEGRATOR_PRIVATE_H

#include "../system/ring_jacobian.h"
#include "esdirk_tableau.h"
#include "integrator.h"

struct Integrator_ {
  Electrode electrode;
  IntegratorOptions options;
  const Tableau *tableau;
  RingJacobian jacobian;
  PetscBool jacobian_ready; /* evaluated for this step, so that a shorter retry may use it */
  PetscInt size;            /* rings*local */
  double x_scale[CONTACT_MAX_LOCAL];
  double *known;           /* size: x of the stage from earlier stages */
  double *slopes;          /* STAGES_MAX*size: dx/dt of the stages */
  PetscInt evolving;       /* numbers of the state that evolve besides the rings' */
  double *global_slopes;   /* STAGES_MAX*evolving: their slopes of the stages */
  double *global_known;    /* evolving: from earlier stages */
  double *scale;           /* evolving: at which an error matters */
  double *stage_current;   /* STAGES_MAX*rings */
  double *stage_path;      /* STAGES_MAX times the inside of the path */
  double *residual;        /* rings */
  RingResponses responses; /* of the laws at the present iterate */
  PetscBool every_iterate; /* differentiate and factor at every Newton iterate, not once in a step */
  double start_current;    /* [A/m^2] largest at the start of the step: what an error of the current is judged by */
  PartClosing closing;     /* how the drive and the current are tied at the present iterate */
  PetscBool held;          /* contact and parts together carry the imposed current */
  PetscBool free_drive;    /* the potential of the rings is an unknown of the stages */
  StageUpdate update;
  PetscBool keeps_stages;
  ElectrodeState stage_state[STAGES_MAX]; /* solutions of the stages from 1 on, if they are kept */
  double kept_start, kept_length;         /* [s] of the step that they belong to; NAN: none */
};

/* [Pa] size at which an error of the needle pressure matters */
double IntegratorPressureScale(const ElectrodeModel *model);
/* Differentiate all rings for a step of dt, about halfway: all stages are nearer to there than to the start. `at` is
   overwritten. */
PetscErrorCode IntegratorEvaluateHalfway(Integrator it, const ElectrodeState *start, double dt, ElectrodeState *at);
/* u at the currents in `end`. */
PetscErrorCode IntegratorStagePotential(Integrator it, ElectrodeState *end);
/* Newton's method for one stage; result->converged tells. */
PetscErrorCode IntegratorSolveStage(Integrator it, const ElectrodeState *start, const Control *control, double dt,
                                    int stage, ElectrodeState *end, StepResult *result);

#endif
