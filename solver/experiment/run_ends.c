/* When a protocol step ends before its own time: its conditions, where exactly they are met, and when they never will
 * be. */
#include "../../physics/constants.h"
#include "run_private.h"
#include <stdint.h>

static const double end_accuracy = 1e-7;  /* of an end function: an end is located where it is at most this */
static const double time_accuracy = 1e-9; /* the same, relative to the step up to it, where an end function is steep */
/* An end that is met by less when its step starts is not met: it may be the one that the last step was located at. */
static const double start_tolerance = 1e-6;
/* Lithium is used up where this part of the largest deposit so far is left: located, the deposit is not below nothing.
 */
static const double lithium_left = 1e-7;
/* An end function this far below zero at both ends of a step may pass zero in between; or by how much it changes. */
static const double near_end = 0.03;

enum { ENDS_MAX = 63 }; /* of a step; one bit each. Conditions that are to hold together are one end, the last */

/* An end that a part offers. */
static double PartEndFunction(const Run *run, const ElectrodeState *state, const EndCondition *condition) {
  const PartEnd *end = PartsEnd(condition->kind - END_KIND_COUNT, NULL);
  const ElectrodeModel *m = &run->simulation->model;

  for (PetscInt p = 0; p < m->part_count; p++) {
    for (PetscInt k = 0; k < m->part[p]->end_count; k++) {
      if (&m->part[p]->ends[k] == end) {
        return end->value(m->part[p], state, condition->threshold);
      }
    }
  }
  return -INFINITY;
}

static double MostLithium(const Run *run) {
  return fmax(run->at.most_lithium, run->simulation->model.deposit.volume);
}

static double LithiumVolume(const Run *run, const ElectrodeState *state) {
  return ElectrodeLithiumVolume(run->simulation->electrode, state);
}

/* [A] below it a current strips no lithium: it is what Newton's method leaves at rest */
static double VanishingCurrent(const Run *run) {
  return 1e-9 * run->at.peak_current;
}

/* Does the control strip at the present state? */
static PetscBool Strips(const Run *run) {
  return run->now.global_rate[GLOBAL_CHARGE] > VanishingCurrent(run) ? PETSC_TRUE : PETSC_FALSE;
}

/* Does the step from run->now to run->next take lithium from the deposit? By SEI growth or a part it may at rest, too.
 */
static PetscBool StepDepletes(const Run *run) {
  const double dt = *run->next.time - *run->now.time;
  const double rounding = LITHIUM_VOLUME_PER_CHARGE * VanishingCurrent(run) * dt;

  return LithiumVolume(run, &run->now) - LithiumVolume(run, &run->next) > rounding ? PETSC_TRUE : PETSC_FALSE;
}

/* Ends of the present step: conditions of which one is enough, and behind them those that are to hold together. */
static PetscInt EndCount(const Run *run) {
  const ProtocolStep *step = RunCurrentStep(run);
  return step->end_count + (step->all_count ? 1 : 0);
}

/* The kind of an end, or REASON_ALL. */
static PetscInt EndKindOf(const Run *run, PetscInt end) {
  const ProtocolStep *step = RunCurrentStep(run);
  return end < step->end_count ? run->simulation->protocol->ends[step->first_end + end].kind : REASON_ALL;
}

/* The end functions of the present step at a state. Conditions hold together where the least function is positive. */
static PetscErrorCode EvaluateEnds(Run *run, const ElectrodeState *state, double value[ENDS_MAX]) {
  const ProtocolStep *step = RunCurrentStep(run);
  EndQuantities quantities;

  PetscFunctionBeginUser;
  PetscCheck(EndCount(run) <= ENDS_MAX, PETSC_COMM_SELF, PETSC_ERR_PLIB, "More than %d ends", (int)ENDS_MAX);
  if (EndCount(run) == 0) {
    PetscFunctionReturn(0);
  }
  PetscCall(RunEndQuantities(run, state, &quantities));
  for (PetscInt k = 0; k < step->end_count + step->all_count; k++) {
    const EndCondition *end = &run->simulation->protocol->ends[step->first_end + k];
    const double f = end->kind < END_KIND_COUNT ? EndFunction(end->kind, end->threshold, &quantities)
                                                : PartEndFunction(run, state, end);
    value[PetscMin(k, step->end_count)] = k > step->end_count ? fmin(f, value[step->end_count]) : f;
  }
  PetscFunctionReturn(0);
}

static PetscBool IsNearFromStart(const Run *run, PetscInt end) {
  return ((uint64_t)run->at.near_ends >> end) & 1U ? PETSC_TRUE : PETSC_FALSE;
}

/* Largest end function at a state, >= 0 when the step ends there, and its reason; -1 if the step has none. Lithium that
   is used up ends every step that depletes it. */
static PetscErrorCode LargestEnd(Run *run, const ElectrodeState *state, PetscBool depletes, double *value,
                                 PetscInt *which) {
  double all[ENDS_MAX];

  PetscFunctionBeginUser;
  *which = -1;
  *value = -INFINITY;
  PetscCall(EvaluateEnds(run, state, all));
  for (PetscInt k = 0; k < EndCount(run); k++) {
    const double f = all[k] - (IsNearFromStart(run, k) ? 2.0 * start_tolerance : 0.0);
    if (f > *value) {
      *value = f;
      *which = EndKindOf(run, k);
    }
  }
  if (depletes) {
    const double f = lithium_left - LithiumVolume(run, state) / MostLithium(run);
    if (f > *value) {
      *value = f;
      *which = REASON_USED_UP;
    }
  }
  PetscFunctionReturn(0);
}

/* Ends that the step started at count as all others once they have been left. */
static PetscErrorCode LeaveNearEnds(Run *run) {
  double all[ENDS_MAX];

  PetscFunctionBeginUser;
  if (run->at.near_ends == 0.0) {
    PetscFunctionReturn(0);
  }
  PetscCall(EvaluateEnds(run, &run->next, all));
  for (PetscInt k = 0; k < EndCount(run); k++) {
    if (IsNearFromStart(run, k) && all[k] < 0.0) {
      run->at.near_ends -= ldexp(1.0, (int)k);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunMeetsEnd(Run *run, PetscInt *which) {
  const PetscBool first = (PetscInt)run->at.segment == RunCurrentStep(run)->first_segment ? PETSC_TRUE : PETSC_FALSE;
  double value;

  PetscFunctionBeginUser;
  *which = (PetscInt)run->at.ended - 1;
  if (run->at.ended == 0.0 && !(first && *run->now.time == run->at.step_start)) {
    PetscCall(LargestEnd(run, &run->now, Strips(run), &value, which));
    *which = value >= 0.0 ? *which : -1;
  }
  PetscFunctionReturn(0);
}

/* The part of a step in which an end is met: not yet at `low` [s], at or after it at `high` [s]. */
typedef struct {
  double low, high, f_low, f_high; /* the f are halved by the method */
  double reached;                  /* end function at `high`, as it is */
  PetscInt side;                   /* which end moved last: 1 high, -1 low */
} Bracket;

/* The Illinois variant of false position, which keeps a bracket as bisection does. */
static double Guess(const Bracket *b, PetscInt iteration) {
  const double width = b->high - b->low, middle = b->low + width * b->f_low / (b->f_low - b->f_high);

  if (iteration % 4 == 3 || !isfinite(middle)) {
    return 0.5 * (b->low + b->high);
  }
  return fmin(fmax(middle, b->low + 1e-3 * width), b->high - 1e-3 * width);
}

static void Narrow(Bracket *b, double middle, double f) {
  if (f >= 0.0) {
    b->high = middle;
    b->f_high = b->reached = f;
    b->f_low *= b->side == 1 ? 0.5 : 1.0;
    b->side = 1;
  } else {
    b->low = middle;
    b->f_low = f;
    b->f_high *= b->side == -1 ? 0.5 : 1.0;
    b->side = -1;
  }
}

/* The step of *dt, run->next, meets an end: repeat it shorter until that is located. */
static PetscErrorCode LocateEnd(Run *run, const Control *control, double *dt, StepResult *result, PetscInt *which,
                                PetscBool *repeat) {
  const PetscBool depletes = StepDepletes(run);
  Bracket b = {.high = *dt};
  PetscInt index;

  PetscFunctionBeginUser;
  *repeat = PETSC_FALSE;
  PetscCall(LargestEnd(run, &run->now, depletes, &b.f_low, &index));
  PetscCall(LargestEnd(run, &run->next, depletes, &b.f_high, which));
  b.f_low = fmin(b.f_low, -1e-12); /* at the start it is not met, if only just */
  b.reached = b.f_high;
  for (PetscInt k = 0; k < 100 && b.high - b.low > time_accuracy * b.high && b.reached > end_accuracy; k++) {
    const double middle = Guess(&b, k);
    double f;

    PetscCall(IntegratorStep(run->integrator, &run->now, control, middle, &run->trial, result));
    if (!result->converged) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge while an end was located", middle,
                                   result->worst_ring));
      *repeat = PETSC_TRUE;
      *dt = middle;
      PetscFunctionReturn(0);
    }
    PetscCall(LargestEnd(run, &run->trial, depletes, &f, &index));
    *which = f >= 0.0 ? index : *which;
    Narrow(&b, middle, f);
  }
  if (b.high < *dt) {
    PetscCall(IntegratorStep(run->integrator, &run->now, control, b.high, &run->next, result));
    *repeat = result->converged ? PETSC_FALSE : PETSC_TRUE;
    if (*repeat) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge at an end", b.high, result->worst_ring));
    }
  }
  *dt = b.high;
  PetscFunctionReturn(0);
}

/* Where within a step a parabola through its values at start, middle and end has its maximum, as a part of the step, if
   it comes near zero there; else 1. The parabola may be wrong by a quarter of what it rises above the ends. */
static double PeakOf(double start, double middle, double end) {
  const double slope = -3.0 * start + 4.0 * middle - end, curvature = 2.0 * (start - 2.0 * middle + end);
  const double at = curvature < 0.0 ? -slope / (2.0 * curvature) : 1.0;
  const double peak = start + slope * at + curvature * at * at;

  return at > 1e-6 && at < 1.0 - 1e-6 && peak + 0.25 * (peak - fmax(start, end)) >= 0.0 ? at : 1.0;
}

/* An end that is met neither at the start nor at the end of the step of dt may be met in between: *part of the step
   after which it is, 1 if not. Costs a step of half the length where an end is near. */
static PetscErrorCode FindPeak(Run *run, const Control *control, double dt, double *part) {
  double start[ENDS_MAX], middle[ENDS_MAX], end[ENDS_MAX];
  PetscBool near = PETSC_FALSE;
  StepResult result;

  PetscFunctionBeginUser;
  *part = 1.0;
  PetscCall(EvaluateEnds(run, &run->now, start));
  PetscCall(EvaluateEnds(run, &run->next, end));
  for (PetscInt k = 0; k < EndCount(run); k++) {
    near = fmax(start[k], end[k]) > -fmax(near_end, fabs(end[k] - start[k])) ? PETSC_TRUE : near;
  }
  if (!near) {
    PetscFunctionReturn(0);
  }
  PetscCall(IntegratorStep(run->integrator, &run->now, control, 0.5 * dt, &run->trial, &result));
  run->at.newton += (double)result.iterations;
  run->at.factorisations += (double)result.factorisations;
  if (!result.converged) {
    PetscFunctionReturn(0);
  }
  PetscCall(EvaluateEnds(run, &run->trial, middle));
  for (PetscInt k = 0; k < EndCount(run); k++) {
    *part = IsNearFromStart(run, k) ? *part : fmin(*part, PeakOf(start[k], middle[k], end[k]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunFindEnd(Run *run, const Control *control, double *dt, StepResult *result, PetscInt *which,
                          PetscBool *repeat) {
  double value, part = 1.0;

  PetscFunctionBeginUser;
  *repeat = PETSC_FALSE;
  PetscCall(LargestEnd(run, &run->next, StepDepletes(run), &value, which));
  if (value < 0.0 && EndCount(run)) {
    PetscCall(FindPeak(run, control, *dt, &part));
    if (part < 1.0) {
      PetscCall(IntegratorStep(run->integrator, &run->now, control, part * *dt, &run->trial, result));
      if (result->converged) {
        *dt *= part;
        run->at.last_dt = 0.0; /* its slope is not that of this step */
        PetscCall(ElectrodeStateCopy(&run->trial, &run->next));
        PetscCall(LargestEnd(run, &run->next, StepDepletes(run), &value, which));
      }
    }
  }
  if (value >= 0.0) {
    PetscCall(LocateEnd(run, control, dt, result, which, repeat));
  } else {
    *which = -1;
  }
  PetscCall(LeaveNearEnds(run));
  PetscFunctionReturn(0);
}

/* Has the step a condition of that kind that run->next does not meet? */
static PetscBool IsAhead(const Run *run, PetscInt kind) {
  const ProtocolStep *step = RunCurrentStep(run);
  EndQuantities quantities;

  RunQuantitiesOf(run->simulation->electrode, &run->next, run->at.step_charge, &quantities);
  for (PetscInt k = step->first_end; k < step->first_end + step->end_count + step->all_count; k++) {
    const EndCondition *end = &run->simulation->protocol->ends[k];
    if (end->kind == kind && EndFunction(kind, end->threshold, &quantities) < 0.0) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

PetscBool RunIsSteady(const Run *run, double dt) {
  const ElectrodeState *a = &run->now, *b = &run->next;
  const ElectrodeModel *m = &run->simulation->model;
  const double limit = fmin(1e-10, 1e-9 * dt);
  double scale[CONTACT_MAX_LOCAL] = {0.0}, change, largest = 1e-6;

  if ((IsAhead(run, END_CHARGE) && b->global_rate[GLOBAL_CHARGE] != 0.0) ||
      ((IsAhead(run, END_LITHIUM_BELOW) || IsAhead(run, END_SHARE_BELOW)) && b->global_rate[GLOBAL_CHARGE] > 0.0)) {
    return PETSC_FALSE;
  }
  m->contact->scales(m->contact_parameters, scale);
  change = fabs(*b->potential - *a->potential) / (fabs(*b->potential) + 1e-6);
  for (int k = GLOBAL_PRESSURE; k <= GLOBAL_LOG_RADIUS; k++) {
    change = fmax(change, fabs(b->global[k] - a->global[k]) / (fabs(b->global[k]) + 1.0));
  }
  ElectrodePartScales(run->simulation->electrode, b, run->scale);
  for (PetscInt k = GLOBAL_COUNT; k < run->simulation->electrode->layout.evolving; k++) {
    change = fmax(change, fabs(b->global[k] - a->global[k]) / run->scale[k]);
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

/* The reason why the step that starts cannot be done, -1: it can. Notes which ends it starts at. */
static PetscErrorCode FindObstacle(Run *run, PetscInt *reason) {
  const double left = LithiumVolume(run, &run->now) / MostLithium(run);
  double all[ENDS_MAX] = {0.0}, largest = start_tolerance;

  PetscFunctionBeginUser;
  *reason = left <= 2.0 * lithium_left && Strips(run) ? REASON_USED_UP : -1;
  run->at.near_ends = 0.0;
  PetscCall(EvaluateEnds(run, &run->now, all));
  for (PetscInt k = 0; k < EndCount(run); k++) {
    if (all[k] > largest) {
      largest = all[k];
      *reason = EndKindOf(run, k);
    } else if (all[k] >= 0.0) {
      run->at.near_ends += ldexp(1.0, (int)k);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunCheckFeasible(Run *run, PetscBool *skip, PetscBool *stop, PetscBool *failed) {
  const ProtocolStep *step = RunCurrentStep(run);
  const char *allow = "(set on_infeasible to stop or skip to allow it)";
  PetscInt reason;

  PetscFunctionBeginUser;
  *skip = *stop = *failed = PETSC_FALSE;
  PetscCall(FindObstacle(run, &reason));
  if (reason < 0) {
    PetscFunctionReturn(0);
  }
  if (step->on_infeasible == INFEASIBLE_ERROR && reason == REASON_USED_UP) {
    (void)snprintf(
        run->failure, sizeof run->failure,
        "%s:%d: %s: the lithium deposit is used up, and protocol step %.0f, which starts at t = %.9g s, would "
        "strip more %s",
        step->file, step->line, step->kind, run->at.step + 1.0, *run->now.time, allow);
    *failed = PETSC_TRUE;
  } else if (step->on_infeasible == INFEASIBLE_ERROR) {
    (void)snprintf(run->failure, sizeof run->failure,
                   "%s:%d: %s: the end `%s` is already met when protocol step %.0f starts at t = %.9g s %s", step->file,
                   step->line, step->kind, RunReasonName(reason), run->at.step + 1.0, *run->now.time, allow);
    *failed = PETSC_TRUE;
  } else if (step->on_infeasible == INFEASIBLE_STOP) {
    *stop = PETSC_TRUE;
  } else {
    *skip = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}
