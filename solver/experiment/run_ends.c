/* When a protocol step ends before its own time: its conditions, where exactly they are met, and when they never will
 * be. */
#include "run_private.h"

static const double end_accuracy = 1e-6; /* relative to the step: how exactly an end is located */

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

PetscErrorCode RunEvaluateEnds(Run *run, const ElectrodeState *state, double *value, PetscInt *which) {
  const ProtocolStep *step = RunCurrentStep(run);
  EndQuantities quantities;

  PetscFunctionBeginUser;
  *which = -1;
  *value = -INFINITY;
  PetscCall(RunEndQuantities(run, state, &quantities));
  for (PetscInt k = step->first_end; k < step->first_end + step->end_count; k++) {
    const EndCondition *end = &run->simulation->protocol->ends[k];
    const double f = end->kind < END_KIND_COUNT ? EndFunction(end->kind, end->threshold, &quantities)
                                                : PartEndFunction(run, state, end);
    if (f > *value) {
      *value = f;
      *which = end->kind;
    }
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

PetscErrorCode RunLocateEnd(Run *run, const Control *control, double *dt, StepResult *result, PetscInt *which,
                            PetscBool *failed) {
  Bracket b = {.high = *dt};
  PetscInt index;

  PetscFunctionBeginUser;
  *failed = PETSC_FALSE;
  PetscCall(RunEvaluateEnds(run, &run->now, &b.f_low, &index));
  PetscCall(RunEvaluateEnds(run, &run->next, &b.f_high, which));
  b.reached = b.f_high;
  for (PetscInt k = 0; k < 100 && b.high - b.low > end_accuracy * 1e-3 * *dt && b.reached > end_accuracy * 0.1; k++) {
    const double middle = Guess(&b, k);
    double f;

    PetscCall(IntegratorStep(run->integrator, &run->now, control, middle, &run->trial, result));
    if (!result->converged) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge while an end was located", middle,
                                   result->worst_ring));
      *failed = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
    PetscCall(RunEvaluateEnds(run, &run->trial, &f, &index));
    *which = f >= 0.0 ? index : *which;
    Narrow(&b, middle, f);
  }
  if (b.high < *dt) {
    PetscCall(IntegratorStep(run->integrator, &run->now, control, b.high, &run->next, result));
    *failed = result->converged ? PETSC_FALSE : PETSC_TRUE;
    if (*failed) {
      PetscCall(RunDescribeFailure(run, "Newton's method did not converge at an end", b.high, result->worst_ring));
    }
  }
  *dt = b.high;
  PetscFunctionReturn(0);
}

PetscBool RunIsSteady(const Run *run, double dt) {
  const ElectrodeState *a = &run->now, *b = &run->next;
  const ElectrodeModel *m = &run->simulation->model;
  const double limit = fmin(1e-10, 1e-9 * dt);
  double scale[CONTACT_MAX_LOCAL] = {0.0}, change, largest = 1e-6;

  if (ProtocolHasEnd(run->simulation->protocol, RunCurrentStep(run), END_CHARGE) &&
      b->global_rate[GLOBAL_CHARGE] != 0.0) {
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

PetscErrorCode RunCheckFeasible(Run *run, PetscBool *skip, PetscBool *stop, PetscBool *failed) {
  const ProtocolStep *step = RunCurrentStep(run);
  double value;
  PetscInt which;

  PetscFunctionBeginUser;
  *skip = *stop = *failed = PETSC_FALSE;
  PetscCall(RunEvaluateEnds(run, &run->now, &value, &which));
  if (value < 0.0) {
    PetscFunctionReturn(0);
  }
  if (step->on_infeasible == INFEASIBLE_ERROR) {
    (void)snprintf(
        run->failure, sizeof run->failure,
        "%s:%d: %s: the end `%s` is already met when protocol step %.0f starts at t = %.9g s (set on_infeasible to "
        "stop or skip to allow it)",
        step->file, step->line, step->kind, EndName(which), run->at.step + 1.0, *run->now.time);
    *failed = PETSC_TRUE;
  } else if (step->on_infeasible == INFEASIBLE_STOP) {
    *stop = PETSC_TRUE;
  } else {
    *skip = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}
