#include "profile.h"

PetscLogEvent profile_events[PROFILE_EVENT_COUNT];
PetscLogStage profile_stages[PROFILE_STAGE_COUNT];

/* At most 16 characters: wider names break the table. */
static const char *const event_names[PROFILE_EVENT_COUNT] = {[PROFILE_BULK_SETUP] = "BulkSetUp",
                                                             [PROFILE_BULK_POTENTIAL] = "BulkPotential",
                                                             [PROFILE_BULK_FACTOR] = "BulkFactor",
                                                             [PROFILE_BULK_SOLVE] = "BulkSolve",
                                                             [PROFILE_SEI_RESIDUAL] = "SeiResidual",
                                                             [PROFILE_SEI_MATRIX] = "SeiMatrix",
                                                             [PROFILE_SEI_SOLVE] = "SeiSolve",
                                                             [PROFILE_RESIDUAL] = "StageResidual",
                                                             [PROFILE_DERIVATIVES] = "StageDerivatives",
                                                             [PROFILE_FACTOR] = "StageFactor",
                                                             [PROFILE_SOLVE] = "StageSolve",
                                                             [PROFILE_STEP] = "TimeStep",
                                                             [PROFILE_INSTANT] = "InstantSolve",
                                                             [PROFILE_IMPEDANCE] = "Impedance",
                                                             [PROFILE_ROW] = "OutputRow",
                                                             [PROFILE_FIELDS] = "OutputFields",
                                                             [PROFILE_CHECKPOINT] = "OutputCheckpoint"};
static const char *const stage_names[PROFILE_STAGE_COUNT] = {"Set-up", "Time steps", "Output", "Grid error"};

static PetscBool registered = PETSC_FALSE;

static PetscErrorCode Forget(void) {
  PetscFunctionBeginUser;
  registered = PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode ProfileRegister(void) {
  PetscClassId id = 0;

  PetscFunctionBeginUser;
  if (registered) {
    PetscFunctionReturn(0);
  }
  registered = PETSC_TRUE;
  PetscCall(PetscRegisterFinalize(Forget));
  PetscCall(PetscClassIdRegister("Electrode", &id));
  for (int k = 0; k < PROFILE_EVENT_COUNT; k++) {
    PetscCall(PetscLogEventRegister(event_names[k], id, &profile_events[k]));
  }
  for (int k = 0; k < PROFILE_STAGE_COUNT; k++) {
    PetscCall(PetscLogStageRegister(stage_names[k], &profile_stages[k]));
  }
  PetscFunctionReturn(0);
}
