/* The algebraic part of the coupled electrode at an instant: currents, area mean S and potential at fixed x and
 * globals. */
#include "../monitor/profile.h"
#include "electrode.h"
#include "error_capture.h"

/* Workspace of the algebraic solve. */
typedef struct {
  double *current, *trial;       /* [A/m^2] */
  double *potential;             /* [V] u */
  double *residual;              /* [V] W - u - eta */
  double *film;                  /* [Ohm] */
  double noise;                  /* [A/m^2] what the rounding of the potentials does to a current density */
  double *solve;                 /* 2*rings */
  double *inside, *trial_inside; /* the path's inside */
} AlgebraicWork;

/* Residuals W - u - eta and film resistances at the drive W, the currents `i` and the path's inside. */
static PetscErrorCode AlgebraicResidual(Electrode electrode, const ElectrodeState *state, double drive,
                                        const double i[], const double inside[], AlgebraicWork *work) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);
  RingResponse response;

  PetscFunctionBeginUser;
  work->noise = 0.0;
  PetscCall(ElectrodePotentials(electrode, state, i, inside, work->potential));
  for (PetscInt j = 0; j < m->rings; j++) {
    ElectrodeRing(electrode, j, state->x + j * m->contact->local_count, i[j], state->global[GLOBAL_PRESSURE],
                  *state->bearing, &response);
    work->residual[j] = drive - work->potential[j] - response.overpotential;
    work->film[j] = response.overpotential_slope / (area * m->area_share[j]);
    work->noise = fmax(work->noise, 8.0 * PETSC_MACHINE_EPSILON *
                                        (fabs(drive) + fabs(work->potential[j]) + fabs(response.overpotential)) /
                                        response.overpotential_slope);
  }
  PetscFunctionReturn(0);
}

/* The drive W of the rings at the current densities `i`, where a part makes it follow from them. */
static PetscErrorCode AlgebraicDrive(Electrode electrode, const Control *control, const ElectrodeState *state,
                                     const double i[], PartClosing *closing, double *drive) {
  PetscFunctionBeginUser;
  if (closing->follows) {
    PetscCall(ElectrodeSolveClosing(electrode, control, 0.0, state->global, state, i, closing));
    *drive = closing->drive;
  }
  PetscFunctionReturn(0);
}

/* Solve the linearised equations: step[j] are the changes of the ring currents [A] on return, *change that of the
   drive, which follows from the imposed current (total: the present sum) or is a function of the current. */
static PetscErrorCode AlgebraicStep(Electrode electrode, const Control *control, double total,
                                    const PartClosing *closing, double time, double *step, double *change) {
  const ElectrodeModel *m = &electrode->model;
  const PetscBool gives = closing->follows;
  const double *border = step + m->rings;
  double response = 0.0, particular = 0.0;

  PetscFunctionBeginUser;
  *change = 0.0;
  PetscCall(PathSolve(m->path, step));
  if (!control->is_current && !gives) {
    PetscCall(PathDirection(m->path, 0, NULL, step));
    PetscFunctionReturn(0);
  }
  PetscCall(PathSolveBorder(m->path, 1, step + m->rings));
  for (PetscInt j = 0; j < m->rings; j++) {
    particular += step[j];
    response += border[j];
  }
  *change = gives ? closing->drive_slope * particular / (1.0 - closing->drive_slope * response)
                  : (ControlValue(control, time) - total - particular) / response;
  for (PetscInt j = 0; j < m->rings; j++) {
    step[j] += *change * border[j];
  }
  PetscCall(PathDirection(m->path, 1, change, step));
  PetscFunctionReturn(0);
}

/* The residuals at a fraction of the step: from work->current and inside to trial and trial_inside. */
static PetscErrorCode AlgebraicTrial(Electrode electrode, const Control *control, const ElectrodeState *state,
                                     double fraction, double area, PartClosing *closing, double *drive,
                                     AlgebraicWork *work) {
  const ElectrodeModel *m = &electrode->model;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < m->rings; j++) {
    work->trial[j] = work->current[j] + fraction * work->solve[j] / (area * m->area_share[j]);
  }
  PetscCall(PathMove(m->path, fraction, PETSC_FALSE, work->inside, work->trial_inside));
  PetscCall(AlgebraicDrive(electrode, control, state, work->trial, closing, drive));
  PetscCall(AlgebraicResidual(electrode, state, *drive, work->trial, work->trial_inside, work));
  PetscFunctionReturn(0);
}

/* One attempt of Newton's method from the currents in work->current. The problem is the minimum of a convex function (Z
   is positive definite, every law increases, and so does what a part between the rings and ground needs), so a line
   search on its derivative makes the method converge from anywhere. `drive` is V where there is no such part. */
static PetscErrorCode AlgebraicNewton(Electrode electrode, const Control *control, PartClosing *closing, double *drive,
                                      const ElectrodeState *state, AlgebraicWork *work, PetscBool *converged) {
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);
  const PetscBool gives = closing->follows;
  double *step = work->solve, *border = work->solve + rings;
  PetscInt ring;

  PetscFunctionBeginUser;
  *converged = PETSC_FALSE;
  PetscCall(AlgebraicDrive(electrode, control, state, work->current, closing, drive));
  PetscCall(AlgebraicResidual(electrode, state, *drive, work->current, work->inside, work));
  for (int iteration = 1; iteration <= 60; iteration++) {
    double total = 0.0, change = 0.0, slope0 = 0.0, largest = 0.0, update = 0.0, fraction = 1.0, trial_drive = 0.0;

    electrode->algebraic_iterations = iteration;
    PetscCall(PathFactor(m->path, work->film));
    for (PetscInt j = 0; j < rings; j++) {
      step[j] = work->residual[j];
      border[j] = 1.0;
      total += area * m->area_share[j] * work->current[j];
    }
    PetscCall(AlgebraicStep(electrode, control, total, closing, *state->time, step, &change));
    for (PetscInt j = 0; j < rings; j++) {
      slope0 += step[j] * (work->residual[j] + (gives ? 0.0 : change));
      largest = fmax(largest, fabs(work->current[j] + step[j] / (area * m->area_share[j])));
      update = fmax(update, fabs(step[j]) / (area * m->area_share[j]));
    }
    slope0 += PathDescent(m->path);
    for (int search = 0; search < 40; search++) {
      double slope = 0.0;
      trial_drive = *drive + fraction * change;
      PetscCall(AlgebraicTrial(electrode, control, state, fraction, area, closing, &trial_drive, work));
      for (PetscInt j = 0; j < rings; j++) {
        slope += step[j] * work->residual[j];
      }
      slope += PathDescent(m->path);
      if (!(slope < -0.5 * fabs(slope0)) || update <= 1e-10 * largest + work->noise) { /* not far beyond the minimum */
        break;
      }
      fraction *= fmax(0.1, slope0 / (slope0 - slope));
    }
    PetscCall(PetscArraycpy(work->current, work->trial, rings));
    PetscCall(PetscArraycpy(work->inside, work->trial_inside, m->path->state_size));
    *drive = trial_drive;
    if (!isfinite(update) || !isfinite(*drive)) {
      PetscFunctionReturn(0);
    }
    PetscCall(MonitorNewton(electrode->newton_monitor, 0, iteration, update / (1e-7 * largest + 1e-14)));
    /* The method converges quadratically: after an update of 1e-7 the error is near rounding. */
    if (fraction >= 1.0 && update <= 1e-7 * largest + 1e-14 + work->noise &&
        PathError(m->path, largest + 1e-6, &ring) <= 1e-9) {
      *converged = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
  }
  PetscFunctionReturn(0);
}

/* All rates at a state whose algebraic part is solved. */
static PetscErrorCode EvaluateRates(Electrode electrode, ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  double mean_current = 0.0, mean_approach = 0.0;
  RingResponse response;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < m->rings; j++) {
    ElectrodeRing(electrode, j, state->x + j * local, state->current[j], state->global[GLOBAL_PRESSURE],
                  *state->bearing, &response);
    PetscCall(PetscArraycpy(state->x_rate + j * local, response.rates, local));
    mean_current += m->area_share[j] * state->current[j];
    mean_approach += m->area_share[j] * response.approach;
  }
  ElectrodeGlobalRates(electrode, state, mean_current, mean_approach, state->global_rate);
  ElectrodePartRates(electrode, state);
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeSolveAlgebraic(Electrode electrode, const Control *control, ElectrodeState *state,
                                       PetscBool *converged) {
  const PetscInt rings = electrode->model.rings, columns = 2 * rings, inside = electrode->model.path->state_size;
  double drive = 0.0, change;
  PartClosing closing;
  AlgebraicWork work;
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscLogEventBegin(profile_events[PROFILE_INSTANT], 0, 0, 0, 0));
  PetscCall(PetscMalloc6(rings, &work.current, rings, &work.trial, rings, &work.potential, rings, &work.residual, rings,
                         &work.film, columns, &work.solve));
  PetscCall(PetscMalloc2(inside, &work.inside, inside, &work.trial_inside));
  PetscCall(PathBegin(electrode->model.path, PETSC_TRUE));
  PetscCall(ElectrodeSetConditions(electrode, *state->time, state->global[GLOBAL_LOG_RADIUS]));
  *state->bearing = ElectrodeMeanBearing(electrode, state->x);
  *converged = PETSC_FALSE;
  PetscCall(ElectrodeChooseClosing(electrode, control, 0.0, state->global, state, &closing));
  for (int attempt = 0; attempt < 2 && !*converged; attempt++) { /* from the last currents, then from rest */
    for (PetscInt j = 0; j < rings; j++) {
      work.current[j] = attempt == 0 ? state->current[j] : 0.0;
    }
    for (PetscInt k = 0; k < inside; k++) {
      work.inside[k] = attempt == 0 ? state->path[k] : 0.0;
    }
    drive = control->is_current ? (attempt == 0 ? StateDrive(state) : 0.0) : ControlValue(control, *state->time);
    PetscCall(ErrorCaptureBegin(&capture));
    code = AlgebraicNewton(electrode, control, &closing, &drive, state, &work, converged);
    PetscCall(ErrorCaptureEnd());
    PetscCheck(!code || ErrorIsNumerical(code), PETSC_COMM_SELF, code, "%s", capture.message);
    *converged = code ? PETSC_FALSE : *converged;
  }
  if (*converged) {
    PetscCall(PetscArraycpy(state->current, work.current, rings));
    PetscCall(PetscArraycpy(state->ring_potential, work.potential, rings));
    PetscCall(PetscArrayzero(state->current_rate, rings));
    PetscCall(PetscArraycpy(state->path, work.inside, inside));
    PetscCall(PetscArrayzero(state->path_rate, PathRateSize(electrode->model.path)));
    *state->potential = drive;
    if (electrode->closing) {
      *state->ground = 0.0;
      PetscCall(ElectrodeEnterClosing(electrode, control, 0.0, state->global, state, &closing, &change));
    }
    PetscCall(EvaluateRates(electrode, state));
  }
  PetscCall(PetscFree6(work.current, work.trial, work.potential, work.residual, work.film, work.solve));
  PetscCall(PetscFree2(work.inside, work.trial_inside));
  PetscCall(PetscLogEventEnd(profile_events[PROFILE_INSTANT], 0, 0, 0, 0));
  PetscFunctionReturn(0);
}
