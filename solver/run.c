#include "error_capture.h"
#include "grid_error.h"
#include "run_private.h"

static const double steady_enough = 20.0; /* steps without change after which nothing will change any more */
static const double end_accuracy = 1e-6;  /* relative to the step: how exactly an end is located */

/* --- control ------------------------------------------------------------------------------------------------------ */

static Control SegmentControl(const Run *run, const Segment *segment) {
  Control control = {segment->is_current, run->at.segment_start, segment->start, 0.0};
  if (isfinite(segment->duration)) {
    control.rate = (segment->end - segment->start) / segment->duration;
  }
  return control;
}

static const ProtocolStep *CurrentStep(const Run *run) {
  return &run->simulation->protocol->steps[(PetscInt)run->at.step];
}

static const Segment *CurrentSegment(const Run *run) {
  return &run->simulation->protocol->segments[(PetscInt)run->at.segment];
}

/* Every process continues from the very numbers of rank 0. */
static PetscErrorCode ShareState(Run *run) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->simulation->comm, &size));
  if (size > 1) {
    PetscCallMPI(MPI_Bcast(run->now.data, (PetscMPIInt)run->now.size, MPI_DOUBLE, 0, run->simulation->comm));
    PetscCallMPI(MPI_Bcast(&run->at, (int)(sizeof run->at / sizeof(double)), MPI_DOUBLE, 0, run->simulation->comm));
  }
  PetscFunctionReturn(0);
}

/* --- fields ------------------------------------------------------------------------------------------------------ */

/* Save the fields if their time has come. */
static PetscErrorCode SaveFieldsAtInterval(Run *run) {
  PetscFunctionBeginUser;
  if (run->settings.fields == FIELDS_INTERVAL && *run->now.time >= RunNextFieldsTime(run)) {
    PetscCall(RunWriteFields(run));
    run->at.fields_interval_count++;
  }
  PetscFunctionReturn(0);
}

/* Does the last state of the run want saving? At intervals it may have been saved just now. */
static PetscBool FieldsMissingAtEnd(const Run *run) {
  const double interval = run->settings.fields_interval;

  if (run->settings.fields == FIELDS_INTERVAL) {
    return *run->now.time > (run->at.fields_interval_count - 1.0 + 1e-9) * interval ? PETSC_TRUE : PETSC_FALSE;
  }
  return run->settings.fields == FIELDS_END ? PETSC_TRUE : PETSC_FALSE;
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

/* Largest end function of the step's conditions at a state and which one it is; -1 if the step has none. */
static PetscErrorCode EvaluateEnds(Run *run, const ElectrodeState *state, double *value, PetscInt *which) {
  const ProtocolStep *step = CurrentStep(run);
  EndQuantities quantities;

  PetscFunctionBeginUser;
  *which = -1;
  *value = -INFINITY;
  PetscCall(RunEndQuantities(run, state, &quantities));
  for (int k = 0; k < END_KIND_COUNT; k++) {
    if (step->has_end[k]) {
      const double f = EndFunction((EndKind)k, step->end_value[k], &quantities);
      if (f > *value) {
        *value = f;
        *which = k;
      }
    }
  }
  PetscFunctionReturn(0);
}

static PetscBool HasEnds(const ProtocolStep *step) {
  for (int k = 0; k < END_KIND_COUNT; k++) {
    if (step->has_end[k]) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

/* The accepted step passed an end: repeat it shorter until the end is located, by the Illinois variant of false
   position, which keeps a bracket as bisection does. On return run->next is the state at the end. */
static PetscErrorCode LocateEnd(Run *run, const Control *control, double *dt, StepResult *result, PetscInt *which,
                                PetscBool *failed) {
  double low = 0.0, high = *dt, f_low, f_high, f, reached;
  PetscInt side = 0, index;

  PetscFunctionBeginUser;
  *failed = PETSC_FALSE;
  PetscCall(EvaluateEnds(run, &run->now, &f_low, &index));
  PetscCall(EvaluateEnds(run, &run->next, &f_high, which));
  reached = f_high; /* f_high is halved by the method, this is not */
  for (PetscInt k = 0; k < 100 && high - low > end_accuracy * 1e-3 * *dt && reached > end_accuracy * 0.1; k++) {
    double middle = low + (high - low) * f_low / (f_low - f_high);
    middle = k % 4 == 3 || !isfinite(middle)
                 ? 0.5 * (low + high)
                 : fmin(fmax(middle, low + 1e-3 * (high - low)), high - 1e-3 * (high - low));
    PetscCall(IntegratorStep(run->integrator, &run->now, control, middle, &run->trial, result));
    if (!result->converged) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge while an end was located", middle,
                                   result->worst_ring));
      *failed = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
    PetscCall(EvaluateEnds(run, &run->trial, &f, &index));
    if (f >= 0.0) {
      high = middle;
      f_high = reached = f;
      *which = index;
      f_low *= side == 1 ? 0.5 : 1.0;
      side = 1;
    } else {
      low = middle;
      f_low = f;
      f_high *= side == -1 ? 0.5 : 1.0;
      side = -1;
    }
  }
  if (high < *dt) {
    PetscCall(IntegratorStep(run->integrator, &run->now, control, high, &run->next, result));
    *failed = result->converged ? PETSC_FALSE : PETSC_TRUE;
    if (*failed) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge at an end", high, result->worst_ring));
    }
  }
  *dt = high;
  PetscFunctionReturn(0);
}

/* --- segments and steps ------------------------------------------------------------------------------------------- */

/* Solve the jump of the control at the start of a segment, if there is one; *jumped tells. */
static PetscErrorCode EnterSegment(Run *run, PetscBool *jumped, PetscBool *failed) {
  const Segment *segment = CurrentSegment(run);
  const Control control = SegmentControl(run, segment);
  PetscBool converged, continues;
  double length;

  PetscFunctionBeginUser;
  *jumped = *failed = PETSC_FALSE;
  continues = !segment->is_current && run->at.accepted > 0.0 && fabs(*run->now.potential - segment->start) <= 1e-14
                  ? PETSC_TRUE
                  : PETSC_FALSE;
  if (!continues) {
    PetscCall(ElectrodeSolveAlgebraic(run->simulation->electrode, &control, &run->now, &converged));
    if (!converged) {
      PetscCall(RunDescribeFailure(
          run, "The interface equations have no solution that Newton's method finds at the start of a segment", 0.0,
          -1));
      *failed = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
    run->at.dt = run->settings.first_step;
    run->at.last_error = 1.0;
    *jumped = PETSC_TRUE;
  }
  run->at.last_dt = 0.0; /* the slope jumps at a vertex */
  length = isfinite(segment->duration) ? segment->duration : 1.0;
  if (run->at.dt <= 0.0) {
    run->at.dt = 1e-3 * length;
  }
  if (!continues || strcmp(CurrentStep(run)->kind,
                           "waveform")) { /* at least ten points a piece, but not between two rows of a table */
    run->at.dt = fmin(run->at.dt, 0.1 * length);
  }
  run->at.segment_entered = 1.0;
  PetscFunctionReturn(0);
}

typedef enum { SEGMENT_DONE, SEGMENT_ENDED, SEGMENT_FAILED, SEGMENT_INTERRUPTED } SegmentResult;

/* Work of every accepted step besides the numbers: ages, balances, rows, progress, checkpoint, signals. */
static PetscErrorCode AfterStep(Run *run, double dt, const StepResult *result, PetscInt *reason,
                                SegmentResult *outcome) {
  const double limit = run->settings.wall_time_limit;
  PetscBool violated, stop, snapshot;
  PetscLogDouble now;
  int due[2]; /* checkpoint, wall-time limit: by the clock of rank 0, or the processes would part */

  PetscFunctionBeginUser;
  RunNoticeCrack(run);
  PetscCall(ElectrodeStateCopy(&run->next, &run->now));
  run->at.accepted++;
  PetscCall(ShareState(run));
  PetscCall(ElectrodeRecordAge(run->simulation->electrode, &run->now));
  PetscCall(SaveFieldsAtInterval(run));
  PetscCall(RunCheckBalances(run, &violated));
  PetscCall(RunWriteRow(run, dt, result->iterations));
  if (violated) {
    *outcome = SEGMENT_FAILED;
    PetscFunctionReturn(0);
  }
  PetscCall(RunProgress(run, dt, result->iterations, PETSC_FALSE));
  PetscCall(RunSignalsPoll(run->simulation->comm, &stop, &snapshot));
  PetscCall(PetscTime(&now));
  due[0] = now - run->last_checkpoint >= run->settings.checkpoint_every;
  due[1] = limit > 0.0 && now - run->start_time >= limit;
  PetscCallMPI(MPI_Bcast(due, 2, MPI_INT, 0, run->simulation->comm));
  if (snapshot || due[0]) {
    if (snapshot) {
      PetscCall(RunWriteFields(run));
    }
    PetscCall(RunSave(run));
  }
  if (stop || due[1]) {
    *reason = stop ? REASON_SIGNAL : REASON_WALL_TIME;
    *outcome = SEGMENT_INTERRUPTED;
  }
  PetscFunctionReturn(0);
}

/* Has nothing changed during the accepted step of dt [s], neither by itself nor at a rate that would ever matter? While
   charge passes, an end by charge is still ahead. */
static PetscBool IsSteady(const Run *run, double dt) {
  const ElectrodeState *a = &run->now, *b = &run->next;
  const ElectrodeModel *m = &run->simulation->model;
  const double limit = fmin(1e-10, 1e-9 * dt);
  double scale[CONTACT_MAX_LOCAL] = {0.0}, change, largest = 1e-6;

  if (CurrentStep(run)->has_end[END_CHARGE] && b->global_rate[GLOBAL_CHARGE] != 0.0) {
    return PETSC_FALSE;
  }
  m->contact->scales(m->contact_parameters, scale);
  change = fabs(*b->potential - *a->potential) / (fabs(*b->potential) + 1e-6);
  for (int k = GLOBAL_PRESSURE; k <= GLOBAL_LOG_RADIUS; k++) {
    change = fmax(change, fabs(b->global[k] - a->global[k]) / (fabs(b->global[k]) + 1.0));
  }
  if (OuterNetworkHasCrack(&m->outer)) {
    const double *before = a->global, *after = b->global;
    change =
        fmax(change, fabs(after[GLOBAL_CRACK_VOLUME] - before[GLOBAL_CRACK_VOLUME]) /
                         OuterNetworkVolumeScale(&m->outer, after[GLOBAL_CRACK_VOLUME], after[GLOBAL_CRACK_LENGTH]));
    change = fmax(change, after[GLOBAL_CRACK_LENGTH] / before[GLOBAL_CRACK_LENGTH] - 1.0);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    largest = fmax(largest, fabs(b->current[j]));
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    change = fmax(change, fabs(b->current[j] - a->current[j]) / largest);
    for (int k = 0; k < m->contact->local_count; k++) {
      const PetscInt n = j * m->contact->local_count + k;
      change = fmax(change, fabs(b->x[n] - a->x[n]) / (fabs(b->x[n]) + scale[k]));
    }
  }
  return change <= limit ? PETSC_TRUE : PETSC_FALSE;
}

static PetscErrorCode RunSegment(Run *run, PetscInt *reason, SegmentResult *outcome) {
  const Segment *segment = CurrentSegment(run);
  const Control control = SegmentControl(run, segment);
  const double end_time = run->at.segment_start + segment->duration;
  const PetscBool has_ends = HasEnds(CurrentStep(run));

  PetscFunctionBeginUser;
  *outcome = SEGMENT_DONE;
  if (has_ends) { /* after a resume right at an end */
    double value;
    PetscCall(EvaluateEnds(run, &run->now, &value, reason));
    if (value >= 0.0) {
      *outcome = SEGMENT_ENDED;
      PetscFunctionReturn(0);
    }
    *reason = REASON_COMPLETED;
  }
  while (*run->now.time < end_time) {
    double dt = 0.0, value = -1.0;
    PetscInt which = -1;
    PetscBool failed;
    StepResult result;

    PetscCall(RunAdvance(run, &control, end_time, &dt, &result, &failed));
    if (!failed && has_ends) {
      PetscCall(EvaluateEnds(run, &run->next, &value, &which));
      if (value >= 0.0) {
        PetscCall(LocateEnd(run, &control, &dt, &result, &which, &failed));
      }
    }
    if (!failed && ElectrodeLithiumVolume(run->simulation->electrode, &run->next) <= 0.0) {
      (void)snprintf(run->failure, sizeof run->failure,
                     "the lithium deposit is used up within %.3g s after t = %.9g s, %.6g um3 are left: more would be "
                     "stripped than "
                     "deposit.volume and what was plated",
                     dt, *run->now.time, ElectrodeLithiumVolume(run->simulation->electrode, &run->now) * 1e18);
      failed = PETSC_TRUE;
    }
    if (failed) {
      *outcome = SEGMENT_FAILED;
      PetscFunctionReturn(0);
    }
    run->at.steady_steps = IsSteady(run, dt) ? run->at.steady_steps + 1.0 : 0.0;
    if (run->settings.fields == FIELDS_INTERVAL && dt == RunNextFieldsTime(run) - *run->now.time) {
      *run->next.time = RunNextFieldsTime(run);
    }
    if (dt == end_time - *run->now.time) { /* vertices are hit exactly */
      *run->next.time = end_time;
      *run->next.potential = segment->is_current ? *run->next.potential : segment->end;
    }
    if (value >= 0.0) {
      *reason = which;
      *outcome = SEGMENT_ENDED;
    }
    PetscCall(AfterStep(run, dt, &result, reason, outcome));
    if (*outcome != SEGMENT_DONE) {
      PetscFunctionReturn(0);
    }
    if (isinf(end_time) && run->at.steady_steps > steady_enough &&
        CurrentStep(run)->on_infeasible != INFEASIBLE_ERROR) {
      *reason = REASON_STEADY;
      *outcome = SEGMENT_ENDED;
      PetscFunctionReturn(0);
    }
    if (isinf(end_time) && run->at.steady_steps > steady_enough) {
      (void)snprintf(
          run->failure, sizeof run->failure,
          "protocol step %.0f has no duration and its end cannot be met: nothing changes any more at t = %.6g s",
          run->at.step + 1.0, *run->now.time);
      *outcome = SEGMENT_FAILED;
      PetscFunctionReturn(0);
    }
  }
  PetscFunctionReturn(0);
}

/* An end that holds already when the step starts. *skip: the step is over; *outcome tells whether the run goes on. */
static PetscErrorCode CheckFeasible(Run *run, PetscBool *skip, PetscBool *stop, PetscBool *failed) {
  const ProtocolStep *step = CurrentStep(run);
  double value;
  PetscInt which;

  PetscFunctionBeginUser;
  *skip = *stop = *failed = PETSC_FALSE;
  PetscCall(EvaluateEnds(run, &run->now, &value, &which));
  if (value < 0.0) {
    PetscFunctionReturn(0);
  }
  if (step->on_infeasible == INFEASIBLE_ERROR) {
    (void)snprintf(
        run->failure, sizeof run->failure,
        "%s:%d: %s: the end `%s` is already met when protocol step %.0f starts at t = %.9g s (set on_infeasible to "
        "stop or skip to allow it)",
        step->file, step->line, step->kind, EndKindNames[which], run->at.step + 1.0, *run->now.time);
    *failed = PETSC_TRUE;
  } else if (step->on_infeasible == INFEASIBLE_STOP) {
    *stop = PETSC_TRUE;
  } else {
    *skip = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode NextProtocolStep(Run *run, PetscInt reason) {
  PetscFunctionBeginUser;
  PetscCall(RunAddRecord(run, reason));
  run->at.step++;
  run->at.step_charge = run->now.global[GLOBAL_CHARGE];
  run->at.step_start = *run->now.time;
  if ((PetscInt)run->at.step < run->simulation->protocol->step_count) {
    run->at.segment = (double)CurrentStep(run)->first_segment;
  }
  run->at.segment_start = *run->now.time;
  run->at.segment_entered = 0.0;
  PetscFunctionReturn(0);
}

static PetscErrorCode SaveFieldsIfVertex(Run *run, PetscBool vertex) {
  PetscFunctionBeginUser;
  if (vertex && run->settings.fields == FIELDS_VERTICES) {
    PetscCall(RunWriteFields(run));
  }
  PetscFunctionReturn(0);
}

/* The protocol from where run->at stands. */
static PetscErrorCode RunProtocol(Run *run, RunOutcome *outcome) {
  const Protocol protocol = run->simulation->protocol;

  PetscFunctionBeginUser;
  *outcome = RUN_FINISHED;
  while ((PetscInt)run->at.step < protocol->step_count) {
    const ProtocolStep *step = CurrentStep(run);
    SegmentResult result = SEGMENT_DONE;
    PetscInt reason = REASON_COMPLETED;
    PetscBool jumped = PETSC_FALSE, failed = PETSC_FALSE, skip = PETSC_FALSE, stop = PETSC_FALSE;

    if (run->at.segment_entered == 0.0) {
      PetscCall(ElectrodeStateCopy(&run->now, &run->trial));
      PetscCall(EnterSegment(run, &jumped, &failed));
    }
    /* Also after a resume: what was infeasible still is. */
    if (!failed && (PetscInt)run->at.segment == step->first_segment && *run->now.time == run->at.step_start) {
      PetscCall(CheckFeasible(run, &skip, &stop, &failed));
    }
    if (jumped && (skip || stop)) { /* a step that is passed over leaves no trace */
      PetscCall(ElectrodeStateCopy(&run->trial, &run->now));
    } else if (jumped && !failed) {
      PetscCall(RunWriteRow(run, 0.0, run->simulation->electrode->algebraic_iterations));
      if (run->at.rows == 1.0) {
        PetscCall(SaveFieldsIfVertex(run, PETSC_TRUE));
        PetscCall(SaveFieldsAtInterval(run));
      }
    }
    if (!failed && !skip && !stop) {
      PetscCall(RunSegment(run, &reason, &result));
      failed = result == SEGMENT_FAILED ? PETSC_TRUE : PETSC_FALSE;
      stop = result == SEGMENT_ENDED && reason == REASON_STEADY && step->on_infeasible == INFEASIBLE_STOP ? PETSC_TRUE
                                                                                                          : PETSC_FALSE;
    }
    if (failed) {
      PetscCall(RunAddRecord(run, REASON_FAILED));
      *outcome = RUN_FAILED;
      PetscFunctionReturn(0);
    }
    if (stop || result == SEGMENT_INTERRUPTED) {
      *outcome = stop ? RUN_FINISHED : RUN_STOPPED;
      run->at.finished = stop ? 1.0 : 0.0;
      PetscCall(RunAddRecord(run, stop && reason != REASON_STEADY ? REASON_STOPPED : reason));
      PetscFunctionReturn(0);
    }
    if (skip) {
      PetscCall(NextProtocolStep(run, REASON_SKIPPED));
      continue;
    }
    PetscCall(SaveFieldsIfVertex(run, result == SEGMENT_ENDED ? PETSC_TRUE : CurrentSegment(run)->ends_in_vertex));
    if (result == SEGMENT_ENDED || (PetscInt)run->at.segment + 1 == step->first_segment + step->segment_count) {
      PetscCall(NextProtocolStep(run, reason));
    } else {
      run->at.segment++;
      run->at.segment_start = *run->now.time;
      run->at.segment_entered = 0.0;
    }
  }
  run->at.finished = 1.0;
  PetscFunctionReturn(0);
}

/* A finished run stays finished if the estimate fails; one that is stopped has no time for it. */
static PetscErrorCode EstimateGridError(Run *run, RunOutcome outcome) {
  ErrorCapture capture;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  run->grid_difference = NAN;
  if (outcome == RUN_FINISHED && run->at.peak_current > 0.0) {
    PetscCall(ErrorCaptureBegin(&capture));
    code = GridErrorEstimate(run->simulation, &run->peak, &run->grid_difference);
    PetscCall(ErrorCaptureEnd());
  }
  if (code) {
    run->grid_difference = NAN;
  }
  PetscFunctionReturn(0);
}

static RunSettings ReadSettings(Deck deck) {
  RunSettings settings = {.first_step = DeckReal(deck, "time.first_step"),
                          .largest_step = DeckReal(deck, "time.largest_step"),
                          .smallest_step = DeckReal(deck, "time.smallest_step"),
                          .wall_time_limit = DeckReal(deck, "output.wall_time_limit"),
                          .checkpoint_every = DeckReal(deck, "output.checkpoint_every"),
                          .interface_every = DeckInteger(deck, "output.interface_every")};
  settings.fields = (RunFields)DeckChoice(deck, "output.fields");
  settings.fields_interval = settings.fields == FIELDS_INTERVAL ? DeckReal(deck, "output.fields_interval") : INFINITY;
  return settings;
}

PetscErrorCode RunExecute(Simulation simulation, const char *dir, PetscBool resume, RunOutcome *outcome) {
  Run run = {.simulation = simulation, .dir = dir};
  PetscBool found = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&run.start_time));
  run.settings = ReadSettings(simulation->deck);
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.now));
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.next));
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.trial));
  PetscCall(ElectrodeStateCreate(simulation->electrode, &run.peak));
  PetscCall(IntegratorCreate(simulation->electrode, &simulation->integrator, &run.integrator));
  PetscCall(ElectrodeInitialState(simulation->electrode, &run.now));
  if (resume) {
    PetscCall(RunRestore(&run, &found));
  }
  run.resumed_at = *run.now.time;
  run.duration = ProtocolDuration(simulation->protocol);
  PetscCall(RunOutputCreate(&run, found));
  PetscCall(PetscTime(&run.last_checkpoint));
  run.setup_seconds = run.last_checkpoint - run.start_time;
  PetscCall(RunSignalsInstall());
  if (found && run.record_count && run.at.finished == 0.0) {
    run.record_count -= run.records[run.record_count - 1].reason >= REASON_FAILED ? 1 : 0; /* the interruption itself */
  }
  if (run.at.finished == 0.0) {
    PetscCall(RunProtocol(&run, outcome));
    if (*outcome != RUN_STOPPED && FieldsMissingAtEnd(&run)) {
      PetscCall(RunWriteFields(&run));
    }
    PetscCall(RunSave(&run));
    PetscCall(EstimateGridError(&run, *outcome));
    PetscCall(RunWriteReport(&run, *outcome));
    PetscCall(RunSummary(&run, *outcome));
  } else { /* what it left, and its report, stay as they are */
    *outcome = RUN_FINISHED;
    PetscCall(PetscFPrintf(simulation->comm, stderr, "%s: this run is already finished\n", dir));
  }
  PetscCall(RunSignalsRemove());
  PetscCall(RunOutputDestroy(&run));
  PetscCall(IntegratorDestroy(&run.integrator));
  PetscCall(ElectrodeStateDestroy(&run.now));
  PetscCall(ElectrodeStateDestroy(&run.next));
  PetscCall(ElectrodeStateDestroy(&run.trial));
  PetscCall(ElectrodeStateDestroy(&run.peak));
  PetscCall(PetscFree(run.records));
  PetscFunctionReturn(0);
}
