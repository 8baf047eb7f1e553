#include "run_private.h"

static const double least_current = 1e-6;   /* [A/m^2] below which no curve is drawn */
static const double least_potential = 1e-7; /* [V] the same */

PetscErrorCode RunDescribeFailure(Run *run, const char *what, double dt, PetscInt ring) {
  const ElectrodeState *s = &run->now;
  const PetscInt j = PetscMax(0, ring);

  PetscFunctionBeginUser;
  (void)snprintf(
      run->failure, sizeof run->failure,
      "%s at t = %.9g s (accepted step %.0f, protocol step %.0f, dt = %.3g s): V = %.6g mV, worst ring %d of %d with "
      "i = %.6g mA/cm2 and interface overpotential %.6g mV",
      what, *s->time, run->at.accepted, run->at.step + 1.0, dt, *s->potential * 1e3, (int)j + 1,
      (int)run->simulation->model.rings, s->current[j] * 0.1, (StateDrive(s) - s->ring_potential[j]) * 1e3);
  for (PetscInt p = 0; p < run->simulation->model.part_count; p++) {
    const Part part = run->simulation->model.part[p];
    const size_t used = strlen(run->failure);
    if (part->failure) {
      part->failure(part, s, run->failure + used, sizeof run->failure - used);
    }
  }
  PetscFunctionReturn(0);
}

double RunNextFieldsTime(const Run *run) {
  return run->at.fields_interval_count * run->settings.fields_interval;
}

/* Length of the next step: as proposed, not beyond the segment, without leaving a sliver at its end. */
static double ChooseStep(const Run *run, double end_time) {
  const double largest = run->settings.largest_step;
  double dt = run->at.dt, left = end_time - *run->now.time;

  /* saved instants are hit exactly, too; one that falls on the end but for rounding is the end */
  if (run->settings.fields == FIELDS_INTERVAL &&
      RunNextFieldsTime(run) < end_time - 1e-9 * run->settings.fields_interval) {
    left = RunNextFieldsTime(run) - *run->now.time;
  }

  if (largest > 0.0) {
    dt = fmin(dt, largest);
  }
  if (dt >= left * (1.0 - 1e-12)) {
    return left;
  }
  return dt > 0.5 * left ? 0.5 * left : dt;
}

/* PI control of the step length (Gustafsson 1991, doi:10.1145/210232.210242). */
static double StepFactor(const Run *run, double error) {
  const double order = (double)IntegratorOrder(run->integrator);
  const double e = fmax(error, 1e-4), last = fmax(run->at.last_error, 1e-4);
  return fmin(4.0, fmax(0.2, 0.9 * pow(e, -0.7 / order) * pow(last, 0.3 / order)));
}

/* Longest step [s] for which the curve of the current (of the potential, where the current is imposed), drawn as
   straight lines between the steps, is right to settings.curve_tolerance of its largest value so far; from the change
   of slope at the last step. Makes smooth loops and finds the peaks. */
static double CurveStep(Run *run, PetscBool is_current, double dt) {
  EndQuantities before, after;
  const double area = ElectrodeArea(run->simulation->electrode, run->now.global[GLOBAL_LOG_RADIUS]);
  double *largest = is_current ? &run->at.largest_potential : &run->at.largest_current;
  const double least = is_current ? least_potential : least_current * area;
  double slope, curvature, longest = INFINITY;

  if (RunEndQuantities(run, &run->now, &before) || RunEndQuantities(run, &run->next, &after)) {
    return longest;
  }
  slope = is_current ? (after.potential - before.potential) / dt : (after.current - before.current) / dt;
  *largest = fmax(*largest, fabs(is_current ? after.potential : after.current));
  if (run->at.last_dt > 0.0) {
    curvature = fabs(slope - run->at.last_slope) / (0.5 * (dt + run->at.last_dt));
    longest = *largest > least ? sqrt(8.0 * run->settings.curve_tolerance * *largest / fmax(curvature, 1e-300))
                               : INFINITY; /* the noise of a rest */
  } else if (ElectrodeIsMemoryless(run->simulation->electrode)) {
    longest = dt; /* the curvature is not known yet, and no error in time limits the step */
  }
  run->at.last_slope = slope;
  run->at.last_dt = dt;
  return longest;
}

PetscErrorCode RunAdvance(Run *run, const Control *control, double end_time, double *dt, StepResult *result,
                          PetscBool *failed) {
  const double smallest = run->settings.smallest_step;
  PetscBool violated;
  PetscInt total = 0;

  PetscFunctionBeginUser;
  *failed = PETSC_FALSE;
  PetscCall(IntegratorNewStart(run->integrator, &run->now));
  while (true) {
    *dt = ChooseStep(run, end_time);
    PetscCall(IntegratorStep(run->integrator, &run->now, control, *dt, &run->next, result));
    total += result->iterations;
    run->at.newton += (double)result->iterations;
    run->at.factorisations += (double)result->factorisations;
    violated = PETSC_FALSE;
    if (result->converged && result->error <= 1.0) {
      PetscCall(RunCheckBalances(run, control, &violated));
    }
    if (result->converged && result->error <= 1.0 && !violated) {
      result->iterations = total;
      run->at.dt = *dt < run->at.dt * 0.999 && result->error < 1.0
                       ? fmax(run->at.dt, *dt * StepFactor(run, result->error))
                       : *dt * StepFactor(run, result->error);
      run->at.last_error = result->error;
      run->at.dt = fmin(run->at.dt, CurveStep(run, control->is_current, *dt));
      PetscFunctionReturn(0);
    }
    run->at.rejected++;
    if (!result->converged) { /* where the slope of the control changes, the rates predict badly */
      PetscCall(PetscArrayzero(run->now.current_rate, run->simulation->model.rings));
    }
    run->at.dt = *dt * (!result->converged || violated ? 0.25 : fmin(0.9, StepFactor(run, result->error)));
    if (run->at.dt < smallest) {
      run->at.dt = *dt; /* a resume meets the same failure, not a step shorter than allowed */
      if (!violated) {  /* the balance is described already */
        PetscCall(RunDescribeFailure(run,
                                     result->converged ? "The time step fell below time.smallest_step (error control)"
                                                       : "Newton's method did not converge",
                                     *dt, result->worst_ring));
      }
      *failed = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
  }
}
