/* PETSc's log events and stages of a run: what `-log_view` shows. Without logging an event costs a few nanoseconds. */
#ifndef LISEI_PROFILE_H
#define LISEI_PROFILE_H

#include <petscsys.h>

typedef enum {
  PROFILE_BULK_SETUP,     /* the electrolyte's operator is built */
  PROFILE_BULK_POTENTIAL, /* potentials under the rings at given currents */
  PROFILE_BULK_FACTOR,    /* electrolyte and interface, linearised, are factored */
  PROFILE_BULK_SOLVE,     /* and solved */
  PROFILE_SEI_RESIDUAL,   /* distributed SEI and electrolyte: residuals, */
  PROFILE_SEI_MATRIX,     /* the matrix is assembled, */
  PROFILE_SEI_SOLVE,      /* and solved (KSPSolve, PCSetUp are part of it) */
  PROFILE_RESIDUAL,       /* laws of all rings in a Newton iteration of a stage, */
  PROFILE_DERIVATIVES,    /* or the same with their derivatives */
  PROFILE_FACTOR,         /* elimination of the rings' own states; BulkFactor is part of it */
  PROFILE_SOLVE,          /* Newton update of a stage; BulkSolve is part of it */
  PROFILE_STEP,           /* an attempt at a time step */
  PROFILE_INSTANT,        /* currents at an instant, at fixed states */
  PROFILE_IMPEDANCE,      /* impedance of a state */
  PROFILE_ROW,            /* a row of the history */
  PROFILE_FIELDS,         /* cell fields */
  PROFILE_CHECKPOINT,
  PROFILE_EVENT_COUNT
} ProfileEvent;

typedef enum {
  PROFILE_STAGE_SETUP,
  PROFILE_STAGE_STEPS,
  PROFILE_STAGE_OUTPUT,
  PROFILE_STAGE_GRID, /* the estimate of the grid's error at the end */
  PROFILE_STAGE_COUNT
} ProfileStage;

extern PetscLogEvent profile_events[PROFILE_EVENT_COUNT];
extern PetscLogStage profile_stages[PROFILE_STAGE_COUNT];

/* Before the first event; again does nothing. Collective. */
PetscErrorCode ProfileRegister(void);

/* A call as an event or a stage, which ends also where the call fails: a failed step is tried again. */
#define ProfileEventCall(event, call)                                                                                  \
  do {                                                                                                                 \
    PetscErrorCode profile_code_;                                                                                      \
    PetscCall(PetscLogEventBegin(profile_events[event], 0, 0, 0, 0));                                                  \
    profile_code_ = (call);                                                                                            \
    PetscCall(PetscLogEventEnd(profile_events[event], 0, 0, 0, 0));                                                    \
    PetscCall(profile_code_);                                                                                          \
  } while (0)
#define ProfileStageCall(stage, call)                                                                                  \
  do {                                                                                                                 \
    PetscErrorCode profile_code_;                                                                                      \
    PetscCall(PetscLogStagePush(profile_stages[stage]));                                                               \
    profile_code_ = (call);                                                                                            \
    PetscCall(PetscLogStagePop());                                                                                     \
    PetscCall(profile_code_);                                                                                          \
  } while (0)

#endif
