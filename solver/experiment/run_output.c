/* The output folder of a run: history, report, what people see of it; cell fields and checkpoints have their own files.
 */
#include "../../io/output/crate.h"
#include "../monitor/profile.h"
#include "../system/error_capture.h"
#include "grid_error.h"
#include "run_impedance.h"
#include <sys/stat.h>
#include <unistd.h>

static PetscErrorCode Create(Run *run, PetscBool resume) {
  const Simulation sim = run->simulation;
  RunDeclared declared = {0};
  HistoryOptions options;
  char *text;

  PetscFunctionBeginUser;
  run->on_terminal = isatty(STDERR_FILENO) ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(RunDescribeHistory(run, &declared, &options));
  PetscCall(DeckResolved(sim->deck, &text));
  options.deck_text = text;
  if (resume) {
    PetscCall(HistoryReopen(sim->comm, run->dir, (PetscInt)run->at.rows, (PetscInt)run->at.interface_rows, &options,
                            &run->history));
  } else {
    PetscCall(HistoryCreate(sim->comm, run->dir, &options, &run->history));
  }
  if (run->settings.fields != FIELDS_NONE) {
    PetscCall(RunFieldsCreate(run));
  }
  PetscCall(ReportCreate(sim->comm, run->dir, DeckText(sim->deck, "title"), &run->report));
  PetscCall(PetscFree(text));
  PetscCall(RunImpedanceCreate(run, resume ? (PetscInt)run->impedance_states : 0));
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(Run *run) {
  PetscFunctionBeginUser;
  PetscCall(RunImpedanceDestroy(run));
  PetscCall(HistoryDestroy(&run->history));
  PetscCall(ReportDestroy(&run->report));
  if (run->fields) {
    PetscCall(FieldsDestroy(&run->fields));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRow(Run *run, const double row[]) {
  PetscFunctionBeginUser;
  PetscCall(HistoryAppend(run->history, row));
  if (run->fields) {
    PetscCall(FieldsUpdateCollection(run->fields));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRings(Run *run) {
  PetscFunctionBeginUser;
  PetscCall(HistoryAppendInterface(run->history, *run->now.time, run->ring_values));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReportParts(Run *run) {
  const ElectrodeModel *m = &run->simulation->model;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    PartEntry *entries;
    PetscCall(PetscCalloc1(part->entry_count, &entries));
    if (part->report) {
      part->report(part, &run->now, entries);
    }
    for (PetscInt k = 0; k < part->entry_count; k++) {
      const char *name = part->entries[k].name;
      PetscCall(entries[k].text ? ReportNoteText(run->report, part->name, name, entries[k].text)
                                : ReportNoteReal(run->report, part->name, name, entries[k].number));
    }
    PetscCall(PetscFree(entries));
  }
  PetscFunctionReturn(0);
}

static const char *Ending(Run *run, RunOutcome outcome) {
  static const char *const reasons[] = {"finished", "bad input", "numerical failure", "stopped, can be resumed"};
  return *run->failure ? run->failure : reasons[outcome];
}

static PetscErrorCode WriteReport(Run *run, RunOutcome outcome) {
  const Simulation sim = run->simulation;
  const ContactLaw *law = sim->model.contact;
  const Report report = run->report;
  BulkStatistics bulk;
  PetscLogDouble now;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  PetscCall(BulkGetStatistics(sim->bulk, &bulk));
  for (PetscInt k = 0; k < run->record_count; k++) {
    const StepRecord *r = &run->records[k];
    const ProtocolStep *step = &sim->protocol->steps[r->step];
    const ReportStep entry = {r->step + 1, step->kind, r->start,     r->end,     RunReasonName(r->reason),
                              r->cycles,   r->charge,  r->potential, r->current, r->contact_fraction};
    PetscCall(ReportAddStep(report, &entry));
  }
  PetscCall(ReportSetExit(report, (int)outcome, Ending(run, outcome)));
  PetscCall(ReportSetTimings(report, &(ReportTimings){run->setup_seconds,
                                                      now - run->start_time - run->setup_seconds - run->output_seconds,
                                                      run->output_seconds}));
  PetscCall(ReportSetCounts(report, &(ReportCounts){(PetscInt)run->at.accepted, (PetscInt)run->at.rejected,
                                                    (PetscInt)run->at.newton, bulk.linear_iterations}));
  PetscCall(ReportSetBalances(report, &(ReportBalances){run->at.worst_balance,
                                                        RunVolumeIsBalanced(run) ? run->at.worst_volume : NAN,
                                                        law->uses_needle ? run->at.worst_force : NAN}));
  PetscCall(RunReportWarnings(run));
  PetscCall(RunImpedanceReport(run));
  PetscCall(ReportParts(run));
  PetscCall(ReportNoteText(report, "discretisation", "bulk", bulk.method));
  PetscCall(ReportNoteInteger(report, "discretisation", "rings", sim->model.rings));
  PetscCall(ReportNoteInteger(report, "discretisation", "cells", SimulationCellCount(sim)));
  PetscCall(ReportNoteReal(report, "discretisation", "time_tolerance", sim->integrator.tolerance));
  PetscCall(ReportNoteReal(report, "discretisation", "peak_current", run->at.peak_current));
  PetscCall(ReportNoteReal(report, "discretisation", "peak_current_grid_error", run->grid_error));
  PetscCall(ReportWrite(report));
  PetscFunctionReturn(0);
}

/* One updating line on a terminal, a line now and then in a log. */
static PetscErrorCode Progress(Run *run, double dt, PetscInt iterations) {
  const double total = run->duration, time = *run->now.time;
  EndQuantities quantities;
  PetscLogDouble now;
  PetscMPIInt rank;
  char left[32] = "?";

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  PetscCallMPI(MPI_Comm_rank(run->simulation->comm, &rank));
  /* a monitor of the steps says more */
  if (rank || run->simulation->monitors.steps || now - run->last_progress < (run->on_terminal ? 0.2 : 10.0)) {
    PetscFunctionReturn(0);
  }
  if (run->last_progress == 0.0) {
    run->last_progress = now;
    PetscFunctionReturn(0);
  }
  run->last_progress = now;
  PetscCall(RunEndQuantities(run, &run->now, &quantities));
  if (isfinite(total) && time > run->resumed_at) {
    (void)snprintf(left, sizeof left, "%.0f s", (now - run->start_time) * (total - time) / (time - run->resumed_at));
  }
  (void)fprintf(
      stderr,
      "%sstep %d/%d  t %.5g s  V %+.4g mV  I %+.4g nA  contact %.3f  dt %.2g s  Newton %d  elapsed %.1f s  left %s%s",
      run->on_terminal ? "\r\033[K" : "", (int)run->at.step + 1, (int)run->simulation->protocol->step_count, time,
      quantities.potential * 1e3, quantities.current * 1e9, quantities.contact_fraction, dt, (int)iterations,
      now - run->start_time, left, run->on_terminal ? "" : "\n");
  (void)fflush(stderr);
  PetscFunctionReturn(0);
}

static PetscErrorCode Summary(Run *run, RunOutcome outcome) {
  static const char *const words[] = {"finished", "", "FAILED", "stopped; continue with `lisei resume`"};
  char grid[96], text[256];
  EndQuantities quantities;
  PetscLogDouble now;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(run->simulation->comm, &rank));
  if (rank) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscTime(&now));
  PetscCall(RunEndQuantities(run, &run->now, &quantities));
  (void)fprintf(stderr, "%s%s: %s\n", run->on_terminal && run->last_progress > 0.0 ? "\r\033[K" : "", words[outcome],
                *run->failure ? run->failure : run->dir);
  (void)fprintf(
      stderr,
      "  t = %.6g s, protocol step %d of %d; V = %.4g mV, I = %.5g nA (anodic positive), charge %.5g uC, contact %.4f, "
      "lithium %.5g um3\n",
      *run->now.time, (int)PetscMin(run->at.step + 1.0, (double)run->simulation->protocol->step_count),
      (int)run->simulation->protocol->step_count, quantities.potential * 1e3, quantities.current * 1e9,
      run->now.global[GLOBAL_CHARGE] * 1e6, quantities.contact_fraction,
      ElectrodeLithiumVolume(run->simulation->electrode, &run->now) * 1e18);
  for (PetscInt p = 0; p < run->simulation->model.part_count; p++) {
    const Part part = run->simulation->model.part[p];
    if (part->summary) {
      part->summary(part, &run->now, text, sizeof text);
      (void)fprintf(stderr, "  %s\n", text);
    }
  }
  PetscCall(RunImpedanceSummary(run, stderr));
  (void)fprintf(stderr, "  %.0f steps (%.0f rejected), %.0f Newton iterations; largest imbalance: current %.1e",
                run->at.accepted, run->at.rejected, run->at.newton, run->at.worst_balance);
  if (RunVolumeIsBalanced(run)) {
    (void)fprintf(stderr, ", lithium volume %.1e", run->at.worst_volume);
  }
  if (run->simulation->model.contact->uses_needle) {
    (void)fprintf(stderr, ", needle force %.1e", run->at.worst_force);
  }
  (void)fprintf(stderr, "\n");
  if (isnan(run->grid_error)) {
    (void)snprintf(grid, sizeof grid, "no estimate of the grid's error here");
  } else if (run->simulation->sei) {
    (void)snprintf(grid, sizeof grid, "its error by the cells of the SEI is about %+.2g %%", 100.0 * run->grid_error);
  } else {
    (void)snprintf(grid, sizeof grid, "its error by the grid is about %.0e (relative)", run->grid_error);
  }
  (void)fprintf(stderr, "  largest current %.5g nA; %s, time tolerance %.0e\n", run->at.peak_current * 1e9, grid,
                run->simulation->integrator.tolerance);
  (void)fprintf(stderr, "  wall time %.3f s (set-up %.3f, output %.3f); results in %s\n", now - run->start_time,
                run->setup_seconds, run->output_seconds, run->dir);
  PetscFunctionReturn(0);
}

/* A finished run stays finished if the estimate fails; one that is stopped has no time for it. */
static PetscErrorCode EstimateGridError(Run *run, RunOutcome outcome) {
  ErrorCapture capture;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  run->grid_error = NAN;
  if (outcome == RUN_FINISHED && run->at.peak_current > 0.0 && run->at.peak_imposed == 0.0 &&
      run->settings.grid_error != GRID_ERROR_NONE) {
    PetscCall(ErrorCaptureBegin(&capture));
    PetscCall(PetscLogStagePush(profile_stages[PROFILE_STAGE_GRID]));
    code = GridErrorEstimate(run->simulation, &run->peak, &run->grid_error);
    PetscCall(PetscLogStagePop());
    PetscCall(ErrorCaptureEnd());
  }
  if (code) {
    run->grid_error = NAN;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReportCurveError(Run *run, const CurveError *error) {
  const PeaksDifference *d = &error->difference;
  const char *const section = "curve_grid_error";

  PetscFunctionBeginUser;
  PetscCall(ReportNoteText(run->report, section, "from",
                           error->columns ? "more columns a grain, error taken as 1/columns"
                                          : "change on half the rings and layers"));
  if (error->columns) {
    PetscCall(ReportNoteInteger(run->report, section, "columns", error->columns));
  }
  PetscCall(ReportNoteReal(run->report, section, "largest", d->largest));
  PetscCall(ReportNoteReal(run->report, section, "worst", d->worst));
  if (*error->failure) {
    PetscCall(ReportNoteText(run->report, section, "missing", error->failure));
  } else {
    PetscCall(ReportNoteInteger(run->report, section, "worst_step", d->step));
    PetscCall(ReportNoteInteger(run->report, section, "worst_cycle", d->cycle));
    PetscCall(ReportNoteText(run->report, section, "worst_extreme", d->is_most ? "largest" : "least"));
  }
  PetscCall(ReportWrite(run->report));
  PetscFunctionReturn(0);
}

/* After all else is written: it is as long as the run, or longer. */
static PetscErrorCode EstimateCurveError(Run *run) {
  const PeaksDifference *d;
  CurveError error;
  PetscLogDouble start, now;
  char how[64] = "half the rings and layers";

  PetscFunctionBeginUser;
  if (run->simulation->sei) {
    (void)snprintf(how, sizeof how, "more columns of the SEI");
  }
  PetscCall(PetscTime(&start));
  PetscCall(PetscFPrintf(run->simulation->comm, stderr, "  the experiment once more, with %s ...\n", how));
  PetscCall(PetscLogStagePush(profile_stages[PROFILE_STAGE_GRID]));
  PetscCall(CurveErrorEstimate(run->simulation, &run->peaks, &error));
  PetscCall(PetscLogStagePop());
  PetscCall(ReportCurveError(run, &error));
  PetscCall(PetscTime(&now));
  d = &error.difference;
  if (*error.failure) {
    PetscCall(PetscFPrintf(run->simulation->comm, stderr, "  no estimate of the curve's error by the grid: %s\n",
                           error.failure));
  } else {
    PetscCall(PetscFPrintf(
        run->simulation->comm, stderr,
        "  %s, contact states included: largest value about %+.2g %%, worst extreme about %+.2g %% (the %s of step "
        "%d, cycle %d); %.1f s\n",
        error.columns ? "the curve's error by the cells of the SEI"
                      : "change of the curve on half the rings and layers",
        100.0 * d->largest, 100.0 * d->worst, d->is_most ? "largest" : "least", (int)d->step, (int)d->cycle,
        now - start));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode End(Run *run, RunOutcome outcome) {
  PetscFunctionBeginUser;
  PetscCall(EstimateGridError(run, outcome));
  PetscCall(WriteReport(run, outcome));
  PetscCall(CrateWrite(run->simulation->comm, run->dir, DeckText(run->simulation->deck, "title"), (int)outcome,
                       Ending(run, outcome)));
  PetscCall(Summary(run, outcome));
  if (outcome == RUN_FINISHED && run->settings.grid_error == GRID_ERROR_HISTORY) {
    PetscCall(EstimateCurveError(run));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Warn(Run *run, const char *text) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(run->simulation->comm, &rank));
  if (rank == 0) {
    (void)fprintf(stderr, "%swarning: %s\n", run->on_terminal && run->last_progress > 0.0 ? "\r\033[K" : "", text);
  }
  PetscFunctionReturn(0);
}

const RunOutput run_output_folder = {.create = Create,
                                     .row = WriteRow,
                                     .rings = WriteRings,
                                     .fields = RunWriteFolderFields,
                                     .save = RunWriteCheckpoint,
                                     .warn = Warn,
                                     .progress = Progress,
                                     .end = End,
                                     .destroy = Destroy};
