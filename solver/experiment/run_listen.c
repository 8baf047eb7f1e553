/* A run without files: its rows go to a listener. */
#include "run_impedance.h"

static PetscErrorCode Create(Run *run, PetscBool resume) {
  RunDeclared declared = {0};
  HistoryOptions options;

  PetscFunctionBeginUser;
  (void)resume;
  PetscCall(RunDescribeHistory(run, &declared, &options));
  PetscCall(run->listener->begin(run->listener->context, &options));
  if (run->listener->impedance) {
    PetscCall(RunImpedanceCreate(run, 0));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode TellRow(Run *run, const double row[]) {
  PetscFunctionBeginUser;
  PetscCall(run->listener->row(run->listener->context, row));
  PetscFunctionReturn(0);
}

static PetscErrorCode TellRings(Run *run) {
  PetscFunctionBeginUser;
  if (run->listener->rings) {
    PetscCall(run->listener->rings(run->listener->context, *run->now.time, run->ring_values));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode End(Run *run, RunOutcome outcome) {
  (void)run;
  (void)outcome;
  return 0;
}

static PetscErrorCode Destroy(Run *run) {
  PetscFunctionBeginUser;
  PetscCall(RunImpedanceDestroy(run));
  PetscFunctionReturn(0);
}

const RunOutput run_output_listener = {
    .create = Create, .row = TellRow, .rings = TellRings, .end = End, .destroy = Destroy};

PetscErrorCode RunDescribeResult(const Run *run, RunResult *result) {
  const StepRecord *last = run->record_count ? &run->records[run->record_count - 1] : NULL;

  PetscFunctionBeginUser;
  result->time = *run->now.time;
  result->steps = (PetscInt)run->at.accepted;
  result->worst_balance = run->at.worst_balance;
  result->last_step = last ? last->step + 1 : 0;
  result->met_end = last && (last->reason < REASON_COMPLETED || last->reason == REASON_ALL) ? PETSC_TRUE : PETSC_FALSE;
  result->end = last && last->reason < REASON_COMPLETED ? last->reason : -1;
  (void)snprintf(result->reason, sizeof result->reason, "%s",
                 *run->failure ? run->failure
                 : last        ? RunReasonName(last->reason)
                               : "no protocol step was done");
  PetscFunctionReturn(0);
}

PetscErrorCode RunColumns(Simulation simulation, PetscInt *count, HistoryField columns[RUN_HISTORY_COLUMNS]) {
  const Run run = {.simulation = simulation};
  RunDeclared declared = {0};

  PetscFunctionBeginUser;
  PetscCall(RunDeclareHistory(&run, &declared));
  *count = declared.column_count;
  PetscCall(PetscArraycpy(columns, declared.columns, declared.column_count));
  PetscFunctionReturn(0);
}
