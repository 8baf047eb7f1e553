/* Is a checkpoint one that this simulation can continue from? Whoever wrote it: no index in it is used unseen. */
#include "run_private.h"

void RunDescribeSegment(const Run *run, double values[RUN_SEGMENT_VALUES]) {
  const Protocol protocol = run->simulation->protocol;

  for (int k = 0; k < RUN_SEGMENT_VALUES; k++) {
    values[k] = 0.0;
  }
  if ((PetscInt)run->at.step < protocol->step_count) {
    const Segment *segment = &protocol->segments[(PetscInt)run->at.segment];
    values[0] = (double)RunCurrentStep(run)->first_segment;
    values[1] = segment->is_current ? 1.0 : 0.0;
    values[2] = segment->start;
    values[3] = segment->end;
    values[4] = segment->duration;
  }
}

static PetscBool IsIndex(double value, double end) {
  return value >= 0.0 && value < end && value == floor(value) ? PETSC_TRUE : PETSC_FALSE;
}

/* How many numbers each array must have: as many as ours; those that grow with the run must fit each other. */
static PetscErrorCode CheckCounts(Run *run, PetscInt number, PetscBool *same, Diagnostics diagnostics) {
  RunContents contents;
  PetscInt ages = -1;

  PetscFunctionBeginUser;
  *same = PETSC_TRUE;
  PetscCall(RunContentsCreate(run, NULL, &contents));
  for (PetscInt k = 0; k < contents.count && *same; k++) {
    const char *name = contents.arrays[k].name;
    const PetscBool age = !strncmp(name, "contact_", 8) ? PETSC_TRUE : PETSC_FALSE;
    const PetscInt records = !strcmp(name, "step_records") ? RUN_RECORD_VALUES
                             : !strcmp(name, "peaks")      ? PEAK_VALUES
                                                           : 0;
    const PetscBool grows = age || records ? PETSC_TRUE : PETSC_FALSE;
    PetscInt count, due;
    PetscCall(CheckpointArrayCount(run->simulation->comm, run->dir, number, name, &count));
    PetscCall(CheckpointWholeCount(run->simulation->comm, &contents.arrays[k], &due));
    if (count < 0) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                               "the checkpoint of '%s' has no array '%s': it cannot be read (then try again), or was "
                               "written by another version of the program (then run the deck again)",
                               run->dir, name));
    } else if (!grows && count != due) {
      PetscCall(DiagnosticsAdd(
          diagnostics, NULL, 0, NULL,
          "array '%s' of the checkpoint of '%s' has %" PetscInt_FMT " numbers, this deck needs %" PetscInt_FMT
          ": rings, contact law and whatever else the state consists of cannot change under a run%s",
          name, run->dir, count, due,
          contents.arrays[k].is_own ? "; with sei.block.solver iterative neither can the number of processes" : ""));
    } else if ((age && ages >= 0 && count != ages) || (records && count % records)) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "the arrays of the checkpoint of '%s' do not fit each other",
                               run->dir));
    } else {
      ages = age ? count : ages;
      continue;
    }
    *same = PETSC_FALSE;
  }
  PetscCall(RunContentsDestroy(&contents));
  PetscFunctionReturn(0);
}

/* An end, of the electrode or a part, or another reason. */
static PetscBool ReasonIsKnown(PetscInt reason) {
  return reason >= 0 && (reason < REASON_COMPLETED ? EndName(reason) != NULL : reason <= REASON_WALL_TIME)
             ? PETSC_TRUE
             : PETSC_FALSE;
}

static PetscBool RecordsAreValid(const Run *run) {
  for (PetscInt k = 0; k < run->record_count; k++) {
    const StepRecord *r = &run->records[k];
    if (!ReasonIsKnown(r->reason) || r->step < 0 || r->step >= run->simulation->protocol->step_count) {
      return PETSC_FALSE;
    }
  }
  return PETSC_TRUE;
}

/* The rows that the checkpoint counts on must be there. Rank 0 looks. */
static PetscErrorCode CheckHistory(const Run *run, Diagnostics diagnostics) {
  const MPI_Comm comm = run->simulation->comm;
  char reason[1024] = "";
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (run->history_mark.rows != run->at.rows || run->history_mark.interface_rows != run->at.interface_rows) {
    (void)snprintf(reason, sizeof reason, "the checkpoint does not agree with itself on the number of rows");
  } else if (!rank) {
    PetscCall(HistoryVerify(run->dir, &run->history_mark, reason, sizeof reason));
  }
  PetscCallMPI(MPI_Bcast(reason, (PetscMPIInt)sizeof reason, MPI_CHAR, 0, comm));
  if (reason[0]) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                       "%s. The run cannot continue without them: put a copy of the file back if there is one, or run "
                       "the deck again (history.csv still has what is left of the columns)",
                       reason));
  }
  PetscFunctionReturn(0);
}

/* The protocol of the deck must lead to where the run stands. */
static PetscErrorCode CheckPosition(Run *run, PetscBool changes, Diagnostics diagnostics) {
  const Protocol protocol = run->simulation->protocol;
  double segment[RUN_SEGMENT_VALUES];
  PetscBool fits = IsIndex(run->at.step, protocol->step_count + 1.0), same = PETSC_TRUE;

  PetscFunctionBeginUser;
  if (run->at.finished != 0.0) {
    if (changes) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                               "the run in '%s' is finished, --set cannot change it any more: run the deck again",
                               run->dir));
    }
    PetscFunctionReturn(0);
  }
  if (fits && (PetscInt)run->at.step < protocol->step_count) {
    const ProtocolStep *step = RunCurrentStep(run);
    fits = IsIndex(run->at.segment - (double)step->first_segment, step->segment_count);
  } else {
    fits = PETSC_FALSE;
  }
  fits = fits && RecordsAreValid(run) && IsIndex(run->at.rows, PETSC_MAX_INT) &&
                 IsIndex(run->at.interface_rows, PETSC_MAX_INT) && IsIndex(run->at.fields, PETSC_MAX_INT) &&
                 IsIndex(run->at.accepted, PETSC_MAX_INT) && IsIndex(run->impedance_states, PETSC_MAX_INT) &&
                 (run->at.ended == 0.0 || ReasonIsKnown((PetscInt)run->at.ended - 1))
             ? PETSC_TRUE
             : PETSC_FALSE;
  if (fits) {
    RunDescribeSegment(run, segment);
    same = segment[0] == run->segment[0] ? PETSC_TRUE : PETSC_FALSE;
    for (int k = 1; k < RUN_SEGMENT_VALUES && run->at.segment_entered != 0.0; k++) {
      same = same && segment[k] == run->segment[k] ? PETSC_TRUE : PETSC_FALSE;
    }
  }
  if (!fits || !same) {
    PetscCall(DiagnosticsAdd(
        diagnostics, NULL, 0, "protocol",
        "the run stands in protocol step %.0f at t = %.9g s, to which the protocol of this deck does not "
        "lead: what is done, and the sweep or step under way, cannot change, only what comes after",
        run->at.step + 1.0, *run->now.time));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunCheckResume(Simulation simulation, const char *dir, PetscInt checkpoint, PetscBool changes,
                              Diagnostics diagnostics) {
  Run run = {.simulation = simulation, .dir = dir};
  PetscBool same;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.now));
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.peak));
  PetscCall(IntegratorCreate(simulation->electrode, &simulation->integrator, &run.integrator));
  PetscCall(RunSensitivityCreate(&run)); /* its tangents are part of a checkpoint */
  PetscCall(CheckCounts(&run, checkpoint, &same, diagnostics));
  if (same) {
    PetscCall(RunRestore(&run, checkpoint));
    PetscCall(CheckPosition(&run, changes, diagnostics));
    PetscCall(CheckHistory(&run, diagnostics));
  }
  PetscCall(RunSensitivityDestroy(&run));
  PetscCall(IntegratorDestroy(&run.integrator));
  PetscCall(ElectrodeStateDestroy(&run.now));
  PetscCall(ElectrodeStateDestroy(&run.peak));
  PetscCall(PetscFree(run.records));
  PetscFunctionReturn(0);
}
