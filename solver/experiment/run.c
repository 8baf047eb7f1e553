#include "../monitor/profile.h"
#include "run_impedance.h"
#include <time.h>

static const double steady_enough = 20.0; /* steps without change after which nothing will change any more */

/* --- control ------------------------------------------------------------------------------------------------------ */

static Control SegmentControl(const Run *run, const Segment *segment) {
  Control control = {segment->is_current, run->at.segment_start, segment->start, 0.0};
  if (segment->duration > 0.0 && isfinite(segment->duration)) {
    control.rate = (segment->end - segment->start) / segment->duration;
  }
  return control;
}

const ProtocolStep *RunCurrentStep(const Run *run) {
  return &run->simulation->protocol->steps[(PetscInt)run->at.step];
}

static const Segment *CurrentSegment(const Run *run) {
  return &run->simulation->protocol->segments[(PetscInt)run->at.segment];
}

/* Every process continues from the very numbers of rank 0. */
static PetscErrorCode ShareState(Run *run) {
  const Path path = run->simulation->model.path;
  double *data = run->now.data, *inside = run->now.path;
  const PetscMPIInt before = path->is_distributed ? (PetscMPIInt)(inside - data) : (PetscMPIInt)run->now.size;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->simulation->comm, &size));
  if (size > 1) {
    PetscCallMPI(MPI_Bcast(data, before, MPI_DOUBLE, 0, run->simulation->comm));
    if (path->is_distributed) { /* but for what is each process's own */
      double *after = inside + path->state_size;
      PetscCallMPI(MPI_Bcast(after, (PetscMPIInt)(data + run->now.size - after), MPI_DOUBLE, 0, run->simulation->comm));
    }
    PetscCallMPI(MPI_Bcast(&run->at, (int)(sizeof run->at / sizeof(double)), MPI_DOUBLE, 0, run->simulation->comm));
  }
  PetscFunctionReturn(0);
}

/* --- output ------------------------------------------------------------------------------------------------------ */

static PetscErrorCode WriteFields(Run *run) {
  PetscFunctionBeginUser;
  if (run->output->fields) {
    PetscCall(run->output->fields(run));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Save(Run *run) {
  PetscFunctionBeginUser;
  if (run->output->save) {
    PetscCall(run->output->save(run));
  }
  PetscFunctionReturn(0);
}

/* Save the fields if their time has come. */
static PetscErrorCode SaveFieldsAtInterval(Run *run) {
  PetscFunctionBeginUser;
  if (run->settings.fields == FIELDS_INTERVAL && *run->now.time >= RunNextFieldsTime(run)) {
    PetscCall(WriteFields(run));
    run->at.fields_interval_count++;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SaveFieldsIfVertex(Run *run, PetscBool vertex) {
  PetscFunctionBeginUser;
  if (vertex && run->settings.fields == FIELDS_VERTICES) {
    PetscCall(WriteFields(run));
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

/* --- segments and steps ------------------------------------------------------------------------------------------- */

/* First step where the currents are functions of the control alone: a constant one is a single step; in a sweep after
   it the length of that says nothing. */
static void ChooseFirstOfMemoryless(Run *run, const Control *control, double duration) {
  const PetscInt index = (PetscInt)run->at.segment;
  const Segment *last = index > 0 ? &run->simulation->protocol->segments[index - 1] : NULL;

  if (control->rate == 0.0 && isfinite(duration) && run->settings.first_step <= 0.0) {
    run->at.dt = duration;
  } else if (control->rate != 0.0 && last && last->start == last->end) {
    run->at.dt = fmin(run->at.dt, 5e-3 * duration);
  }
}

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
  if (!continues || strcmp(RunCurrentStep(run)->kind,
                           "waveform")) { /* at least ten points a piece, but not between two rows of a table */
    run->at.dt = fmin(run->at.dt, 0.1 * length);
  }
  if (ElectrodeIsMemoryless(run->simulation->electrode)) {
    ChooseFirstOfMemoryless(run, &control, segment->duration);
  }
  run->at.segment_entered = 1.0;
  PetscFunctionReturn(0);
}

typedef enum { SEGMENT_DONE, SEGMENT_ENDED, SEGMENT_FAILED, SEGMENT_INTERRUPTED } SegmentResult;

/* The line of -ts_monitor. */
static PetscErrorCode ShowStep(Run *run, double dt, const StepResult *result) {
  EndQuantities now;
  MonitoredStep step = {.number = (PetscInt)run->at.accepted, .time = *run->now.time, .dt = dt, .error = result->error};

  PetscFunctionBeginUser;
  if (!run->simulation->monitors.steps) {
    PetscFunctionReturn(0);
  }
  PetscCall(RunEndQuantities(run, &run->now, &now));
  step.potential = now.potential;
  step.current = now.current;
  PetscCall(MonitorStep(run->simulation->monitors.steps, &step));
  PetscFunctionReturn(0);
}

/* Work of every accepted step besides the numbers: ages, rows, progress, checkpoint, signals. */
static PetscErrorCode AfterStep(Run *run, double dt, const StepResult *result, PetscInt *reason,
                                SegmentResult *outcome) {
  const ElectrodeModel *m = &run->simulation->model;
  const double limit = run->settings.wall_time_limit;
  PetscBool stop, snapshot;
  PetscLogDouble now;
  int due[2]; /* checkpoint, wall-time limit: by the clock of rank 0, or the processes would part */

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < m->part_count; p++) {
    if (m->part[p]->accepted) {
      m->part[p]->accepted(m->part[p], &run->now, &run->next);
    }
  }
  PetscCall(ElectrodeStateCopy(&run->next, &run->now));
  run->at.accepted++;
  run->at.most_lithium = fmax(run->at.most_lithium, ElectrodeLithiumVolume(run->simulation->electrode, &run->now));
  PetscCall(ShareState(run));
  PetscCall(ElectrodeRecordAge(run->simulation->electrode, &run->now));
  PetscCall(ShowStep(run, dt, result));
  PetscCall(SaveFieldsAtInterval(run));
  PetscCall(RunWriteRow(run, dt, result->iterations));
  PetscCall(RunWarn(run));
  if (run->output->progress) {
    PetscCall(run->output->progress(run, dt, result->iterations));
  }
  PetscCall(RunSignalsPoll(run->simulation->comm, &stop, &snapshot));
  PetscCall(PetscTime(&now));
  due[0] = now - run->last_checkpoint >= run->settings.checkpoint_every;
  due[1] = limit > 0.0 && now - run->start_time >= limit;
  PetscCallMPI(MPI_Bcast(due, 2, MPI_INT, 0, run->simulation->comm));
  if (snapshot || due[0]) {
    if (snapshot) {
      PetscCall(WriteFields(run));
    }
    PetscCall(Save(run));
  }
  if (stop || due[1]) {
    *reason = stop ? REASON_SIGNAL : REASON_WALL_TIME;
    *outcome = SEGMENT_INTERRUPTED;
  }
  PetscFunctionReturn(0);
}

/* One time step, shortened to an end that it passes; run->next holds it. *which: the reason of the end that is met, -1:
   none. */
static PetscErrorCode TakeStep(Run *run, const Control *control, double end_time, double *dt, StepResult *result,
                               PetscInt *which, PetscBool *failed) {
  PetscBool repeat = PETSC_TRUE;

  PetscFunctionBeginUser;
  *which = -1;
  *failed = PETSC_FALSE;
  while (repeat && !*failed) {
    double accepted;

    repeat = PETSC_FALSE;
    PetscCall(RunAdvance(run, control, end_time, dt, result, failed));
    accepted = *dt;
    if (!*failed) {
      PetscCall(RunFindEnd(run, control, dt, result, which, &repeat));
    }
    if (!*failed && !repeat && *dt < accepted) { /* another step than the one that was accepted */
      PetscCall(RunCheckBalances(run, control, &repeat));
    }
    if (repeat) {
      run->at.dt = 0.5 * *dt;
      *failed = run->at.dt < run->settings.smallest_step ? PETSC_TRUE : PETSC_FALSE;
    }
  }
  if (!*failed) {
    run->failure[0] = '\0'; /* of the steps that were repeated */
  }
  PetscFunctionReturn(0);
}

/* Instants that are met are met exactly, also after rounding: saved ones, and the end of the segment. */
static void SnapToInstant(Run *run, const Segment *segment, double end_time, double dt) {
  if (run->settings.fields == FIELDS_INTERVAL && dt == RunNextFieldsTime(run) - *run->now.time) {
    *run->next.time = RunNextFieldsTime(run);
  }
  if (dt == end_time - *run->now.time) {
    *run->next.time = end_time;
    *run->next.potential = segment->is_current ? *run->next.potential : segment->end;
  }
}

/* A segment without an end of its own in which nothing changes any more. */
static void GiveUpIfSteady(Run *run, PetscInt *reason, SegmentResult *outcome) {
  if (run->at.steady_steps <= steady_enough) {
    return;
  }
  if (RunCurrentStep(run)->on_infeasible != INFEASIBLE_ERROR) {
    *reason = REASON_STEADY;
    *outcome = SEGMENT_ENDED;
    return;
  }
  (void)snprintf(run->failure, sizeof run->failure,
                 "protocol step %.0f has no duration and its end cannot be met: nothing changes any more at t = %.6g s",
                 run->at.step + 1.0, *run->now.time);
  *outcome = SEGMENT_FAILED;
}

static PetscErrorCode RunSegment(Run *run, PetscInt *reason, SegmentResult *outcome) {
  const Segment *segment = CurrentSegment(run);
  const Control control = SegmentControl(run, segment);
  const double end_time = run->at.segment_start + segment->duration;
  PetscInt which;

  PetscFunctionBeginUser;
  *outcome = SEGMENT_DONE;
  PetscCall(RunMeetsEnd(run, &which));
  if (which >= 0) {
    *reason = which;
    *outcome = SEGMENT_ENDED;
    PetscFunctionReturn(0);
  }
  while (*outcome == SEGMENT_DONE && *run->now.time < end_time) {
    double dt = 0.0;
    PetscBool failed;
    StepResult result;

    PetscCall(TakeStep(run, &control, end_time, &dt, &result, &which, &failed));
    if (failed) {
      *outcome = SEGMENT_FAILED;
      break;
    }
    PetscCall(RunSensitivityStep(run, &control, dt, which));
    run->at.steady_steps = RunIsSteady(run, dt) ? run->at.steady_steps + 1.0 : 0.0;
    SnapToInstant(run, segment, end_time, dt);
    if (which >= 0) {
      *reason = which;
      *outcome = SEGMENT_ENDED;
    }
    run->at.ended = which + 1.0;
    PetscCall(AfterStep(run, dt, &result, reason, outcome));
    if (*outcome == SEGMENT_DONE && isinf(end_time)) {
      GiveUpIfSteady(run, reason, outcome);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode NextProtocolStep(Run *run, PetscInt reason) {
  PetscFunctionBeginUser;
  PetscCall(RunAddRecord(run, reason));
  run->at.step++;
  run->at.step_charge = run->now.global[GLOBAL_CHARGE];
  run->at.step_start = *run->now.time;
  RunSensitivityNextStep(run);
  if ((PetscInt)run->at.step < run->simulation->protocol->step_count) {
    run->at.segment = (double)RunCurrentStep(run)->first_segment;
  }
  run->at.segment_start = *run->now.time;
  run->at.segment_entered = run->at.ended = 0.0;
  PetscFunctionReturn(0);
}

/* What becomes of a protocol step before its first time step, besides going on with it. */
typedef struct {
  PetscBool failed, skip, stop;
} Beginning;

/* Enter the present segment if it was not, and see whether its step can be done at all. */
static PetscErrorCode BeginSegment(Run *run, Beginning *beginning) {
  const ProtocolStep *step = RunCurrentStep(run);
  PetscBool jumped = PETSC_FALSE;

  PetscFunctionBeginUser;
  *beginning = (Beginning){0};
  if (CurrentSegment(run)->duration == 0.0 && run->at.rows > 0.0) { /* a measurement of the state as it is */
    PetscFunctionReturn(0);
  }
  if (run->at.segment_entered == 0.0) {
    PetscCall(ElectrodeStateCopy(&run->now, &run->trial));
    PetscCall(EnterSegment(run, &jumped, &beginning->failed));
  }
  /* Also after a resume: what was infeasible still is. */
  if (!beginning->failed && (PetscInt)run->at.segment == step->first_segment && *run->now.time == run->at.step_start) {
    PetscCall(RunCheckFeasible(run, &beginning->skip, &beginning->stop, &beginning->failed));
  }
  if (jumped && (beginning->skip || beginning->stop)) { /* a step that is passed over leaves no trace */
    PetscCall(ElectrodeStateCopy(&run->trial, &run->now));
  } else if (jumped && !beginning->failed) {
    const Control control = SegmentControl(run, CurrentSegment(run));
    PetscCall(RunSensitivityJump(run, &control));
    PetscCall(RunWriteRow(run, 0.0, run->simulation->electrode->algebraic_iterations));
    if (run->at.rows == 1.0) {
      PetscCall(RunWarnStructure(run));
      PetscCall(SaveFieldsIfVertex(run, PETSC_TRUE));
      PetscCall(SaveFieldsAtInterval(run));
    }
  }
  PetscFunctionReturn(0);
}

/* After a segment that is done or ended: on to the next one, or the next step. */
static PetscErrorCode NextSegment(Run *run, PetscInt reason, PetscBool ended) {
  const ProtocolStep *step = RunCurrentStep(run);

  PetscFunctionBeginUser;
  PetscCall(SaveFieldsIfVertex(run, ended ? PETSC_TRUE : CurrentSegment(run)->ends_in_vertex));
  if (ended || (PetscInt)run->at.segment + 1 == step->first_segment + step->segment_count) {
    PetscCall(NextProtocolStep(run, reason));
  } else {
    run->at.segment++;
    run->at.segment_start = *run->now.time;
    run->at.segment_entered = 0.0;
  }
  PetscFunctionReturn(0);
}

/* A segment that is done may end in a measurement. */
static PetscErrorCode MeasureAtEnd(Run *run, SegmentResult *result) {
  PetscBool failed = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (*result == SEGMENT_DONE) {
    PetscCall(RunMeasure(run, &failed));
  }
  *result = failed ? SEGMENT_FAILED : *result;
  PetscFunctionReturn(0);
}

/* The protocol from where run->at stands. */
static PetscErrorCode RunProtocol(Run *run, RunOutcome *outcome) {
  PetscFunctionBeginUser;
  while ((PetscInt)run->at.step < run->simulation->protocol->step_count) {
    SegmentResult result = SEGMENT_DONE;
    PetscInt reason = REASON_COMPLETED;
    Beginning beginning;

    PetscCall(BeginSegment(run, &beginning));
    if (beginning.skip) {
      PetscCall(NextProtocolStep(run, REASON_SKIPPED));
      continue;
    }
    if (!beginning.failed && !beginning.stop) {
      PetscCall(RunSegment(run, &reason, &result));
      PetscCall(MeasureAtEnd(run, &result));
    }
    if (beginning.failed || result == SEGMENT_FAILED) {
      *outcome = RUN_FAILED;
      PetscCall(RunAddRecord(run, REASON_FAILED));
      PetscFunctionReturn(0);
    }
    if (result == SEGMENT_INTERRUPTED) {
      *outcome = RUN_STOPPED;
      PetscCall(RunAddRecord(run, reason));
      PetscFunctionReturn(0);
    }
    if (beginning.stop || (reason == REASON_STEADY && RunCurrentStep(run)->on_infeasible == INFEASIBLE_STOP)) {
      PetscCall(RunAddRecord(run, beginning.stop ? REASON_STOPPED : reason));
      break;
    }
    PetscCall(NextSegment(run, reason, result == SEGMENT_ENDED ? PETSC_TRUE : PETSC_FALSE));
  }
  *outcome = RUN_FINISHED;
  run->at.finished = 1.0;
  PetscFunctionReturn(0);
}

static RunSettings ReadSettings(Deck deck) {
  RunSettings settings = {.first_step = DeckReal(deck, "time.first_step"),
                          .largest_step = DeckReal(deck, "time.largest_step"),
                          .smallest_step = DeckReal(deck, "time.smallest_step"),
                          .wall_time_limit = DeckReal(deck, "output.wall_time_limit"),
                          .checkpoint_every = DeckReal(deck, "output.checkpoint_every"),
                          .curve_tolerance = DeckReal(deck, "output.curve_tolerance"),
                          .interface_every = DeckInteger(deck, "output.interface_every")};
  settings.fields = (RunFields)DeckChoice(deck, "output.fields");
  settings.grid_error = (RunGridError)DeckChoice(deck, "output.grid_error");
  settings.fields_interval = settings.fields == FIELDS_INTERVAL ? DeckReal(deck, "output.fields_interval") : INFINITY;
  return settings;
}

/* A deck that the command line has changed belongs to the state at which it begins to hold. */
static PetscErrorCode KeepRecord(Run *run, PetscInt checkpoint) {
  char *record;
  PetscBool same = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(CheckpointReadDeck(run->simulation->comm, run->dir, checkpoint, &record));
  if (record) {
    PetscCall(PetscStrcmp(record, run->record, &same));
  }
  PetscCall(PetscFree(record));
  if (!same) {
    PetscCall(Save(run));
  }
  PetscFunctionReturn(0);
}

/* Everything but where the output goes, which the caller has set. */
static PetscErrorCode Start(Run *run) {
  const Electrode electrode = run->simulation->electrode;
  RunDeclared declared = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&run->start_time));
  run->settings = ReadSettings(run->simulation->deck);
  PetscCall(ElectrodeStateCreate(electrode, &run->now));
  PetscCall(ElectrodeStateCreate(electrode, &run->next));
  PetscCall(ElectrodeStateCreate(electrode, &run->trial));
  PetscCall(ElectrodeStateCreate(electrode, &run->peak));
  PetscCall(RunDeclareHistory(run, &declared));
  PetscCall(PetscMalloc1((size_t)(run->simulation->model.rings * declared.field_count), &run->ring_values));
  PetscCall(PetscMalloc1(electrode->layout.evolving, &run->scale));
  PetscCall(IntegratorCreate(electrode, &run->simulation->integrator, &run->integrator));
  PetscCall(ElectrodeInitialState(electrode, &run->now));
  PetscCall(RunSensitivityCreate(run));
  run->duration = ProtocolDuration(run->simulation->protocol);
  PetscFunctionReturn(0);
}

static PetscErrorCode Finish(Run *run) {
  PetscFunctionBeginUser;
  PetscCall(run->output->destroy(run));
  PetscCall(RunSensitivityDestroy(run));
  PetscCall(IntegratorDestroy(&run->integrator));
  PetscCall(ElectrodeStateDestroy(&run->now));
  PetscCall(ElectrodeStateDestroy(&run->next));
  PetscCall(ElectrodeStateDestroy(&run->trial));
  PetscCall(ElectrodeStateDestroy(&run->peak));
  PetscCall(PetscFree(run->ring_radius));
  PetscCall(PetscFree(run->ring_values));
  PetscCall(PetscFree(run->scale));
  PetscCall(PetscFree(run->records));
  PetscCall(PeaksDestroy(&run->peaks));
  PetscFunctionReturn(0);
}

/* The rest of the protocol, and what is left behind at its end. */
static PetscErrorCode Perform(Run *run, RunOutcome *outcome) {
  PetscFunctionBeginUser;
  ProfileStageCall(PROFILE_STAGE_STEPS, RunProtocol(run, outcome));
  if (*outcome != RUN_STOPPED && FieldsMissingAtEnd(run)) {
    PetscCall(WriteFields(run));
  }
  PetscCall(Save(run));
  PetscCall(run->output->end(run, *outcome));
  PetscFunctionReturn(0);
}

PetscErrorCode RunExecute(Simulation simulation, const char *dir, const char *record, PetscInt checkpoint,
                          RunOutcome *outcome) {
  Run run = {.simulation = simulation, .output = &run_output_folder, .dir = dir, .record = record};
  const PetscBool found = checkpoint >= 0 ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(Start(&run));
  if (found) {
    PetscCall(RunRestore(&run, checkpoint));
  }
  run.resumed_at = *run.now.time;
  PetscCall(run.output->create(&run, found));
  if (found && run.at.finished == 0.0) {
    PetscCall(KeepRecord(&run, checkpoint));
  }
  PetscCall(PetscTime(&run.last_checkpoint));
  run.setup_seconds = run.last_checkpoint - run.start_time;
  PetscCall(RunSignalsInstall());
  if (found && run.record_count && run.at.finished == 0.0) {
    run.record_count -= run.records[run.record_count - 1].reason >= REASON_FAILED ? 1 : 0; /* the interruption itself */
  }
  if (run.at.finished == 0.0) {
    PetscCall(Perform(&run, outcome));
  } else { /* what it left, and its report, stay as they are */
    *outcome = RUN_FINISHED;
    PetscCall(PetscFPrintf(simulation->comm, stderr, "%s: this run is already finished\n", dir));
  }
  PetscCall(RunSignalsRemove());
  PetscCall(Finish(&run));
  PetscFunctionReturn(0);
}

/* [s] of this process */
static double ProcessorTime(void) {
  struct timespec now = {0};

  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* peaks: NULL, or takes over those of the run */
static PetscErrorCode Listen(Simulation simulation, const RunListener *listener, Peaks *peaks, RunResult *result) {
  Run run = {.simulation = simulation, .output = &run_output_listener, .listener = listener};
  double used;
  PetscLogDouble end;

  PetscFunctionBeginUser;
  *result = (RunResult){.outcome = RUN_FAILED};
  PetscCall(Start(&run));
  PetscCall(run.output->create(&run, PETSC_FALSE));
  PetscCall(PetscTime(&run.last_checkpoint));
  used = ProcessorTime();
  PetscCall(Perform(&run, &result->outcome));
  result->stepping_cpu = ProcessorTime() - used;
  PetscCall(PetscTime(&end));
  PetscCall(RunDescribeResult(&run, result));
  result->stepping = end - run.last_checkpoint;
  if (peaks) {
    *peaks = run.peaks;
    run.peaks = (Peaks){0};
  }
  PetscCall(Finish(&run));
  PetscFunctionReturn(0);
}

PetscErrorCode RunListen(Simulation simulation, const RunListener *listener, RunResult *result) {
  PetscFunctionBeginUser;
  PetscCall(Listen(simulation, listener, NULL, result));
  PetscFunctionReturn(0);
}

static PetscErrorCode IgnoreColumns(void *context, const HistoryOptions *options) {
  (void)context;
  (void)options;
  return 0;
}

static PetscErrorCode IgnoreRow(void *context, const double row[]) {
  (void)context;
  (void)row;
  return 0;
}

PetscErrorCode RunForPeaks(Simulation simulation, Peaks *peaks, RunResult *result) {
  const RunListener nobody = {.begin = IgnoreColumns, .row = IgnoreRow};

  PetscFunctionBeginUser;
  PetscCall(Listen(simulation, &nobody, peaks, result));
  PetscFunctionReturn(0);
}
