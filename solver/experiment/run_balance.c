#include "../../physics/constants.h"
#include "run_private.h"

/* Tolerances: the currents are solved to rounding (dense operators) or to the linear tolerance (field); volume follows
   from sums that a Runge-Kutta method keeps; the force from a stage equation, which is solved to a part of the time
   tolerance. */
static const double current_tolerance = 1e-9, volume_tolerance = 1e-6;
/* Contact and parts meet an imposed current to this part of the largest current so far, at rest too: there they hold
   against the potential of a part, and rounding of what it could drive is the limit. */
static const double shared_current = 1e-3;

/* Part of the largest current so far below which a current is what Newton's method has left, as where V passes 0. */
static const double vanishing_current = 1e-6;

/* Current at the contact against current at the counter electrode, relative to the sum of the rings' magnitudes. What
   passes parts reaches the counter electrode, too, and where a current is imposed it is their sum. */
static PetscErrorCode CurrentImbalance(Run *run, const Control *control, double *imbalance) {
  const ElectrodeModel *m = &run->simulation->model;
  const double area = ElectrodeArea(run->simulation->electrode, run->next.global[GLOBAL_LOG_RADIUS]);
  double contact = 0.0, magnitude = 0.0, arriving, *injected;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(m->rings, &injected));
  for (PetscInt j = 0; j < m->rings; j++) {
    injected[j] = area * m->area_share[j] * run->next.current[j];
    contact += injected[j];
    magnitude += fabs(injected[j]);
  }
  PetscCall(PathCounterCurrent(m->path, injected, run->next.path, &arriving));
  if (run->simulation->electrode->shares_current) {
    const double imposed = control->is_current ? ControlValue(control, *run->next.time) : NAN,
                 beside = ElectrodePartCurrent(run->simulation->electrode, &run->next);
    magnitude += fabs(beside) + shared_current * run->at.peak_current + 1e-20;
    arriving += beside;
    contact = isnan(imposed) ? contact + beside : imposed;
  }
  magnitude = fmax(magnitude, vanishing_current * run->at.peak_current);
  *imbalance = magnitude > 0.0 ? fabs(arriving - contact) / magnitude : 0.0;
  PetscCall(PetscFree(injected));
  PetscFunctionReturn(0);
}

PetscBool RunVolumeIsBalanced(const Run *run) {
  const ElectrodeModel *m = &run->simulation->model;

  for (int k = 0; k < m->contact->local_count; k++) {
    if (deposit_contact_grows(&m->deposit) && !strcmp(m->contact->local_name[k], "void_depth")) {
      return PETSC_FALSE; /* new contact brings voids of unknown age */
    }
  }
  return PETSC_TRUE;
}

/* Stripped volume by Faraday's law against void growth, approach of the lithium body and emptying of parts; all per
   area at the start [m]. */
static double VolumeImbalance(Run *run) {
  const ElectrodeModel *m = &run->simulation->model;
  const double *global = run->next.global, area = ElectrodeArea(run->simulation->electrode, 0.0);
  const double stripped = LITHIUM_VOLUME_PER_CHARGE * global[GLOBAL_CHARGE] / area;
  const double approached = global[GLOBAL_APPROACHED] / area;
  const double emptied = -ElectrodePartVolume(run->simulation->electrode, &run->next) / area;
  double voids = 0.0, start[CONTACT_MAX_LOCAL];
  int depth = -1;

  for (int k = 0; k < m->contact->local_count; k++) {
    depth = !strcmp(m->contact->local_name[k], "void_depth") ? k : depth;
  }
  if (!RunVolumeIsBalanced(run)) {
    return 0.0;
  }
  for (PetscInt j = 0; j < m->rings && depth >= 0; j++) {
    m->contact->initial(m->contact_parameters, &m->ring[j], start);
    voids += m->area_share[j] * (run->next.x[j * m->contact->local_count + depth] - start[depth]);
  }
  return fabs(stripped - voids - approached - emptied) /
         (fabs(stripped) + fabs(voids) + fabs(approached) + fabs(emptied) + 1e-9);
}

/* The mean bearing fraction, through which the rings share the needle force, against its value at the rings' states:
   the integral of the contact stress is the needle force if they agree. */
static double ForceImbalance(Run *run) {
  const double mean = ElectrodeMeanBearing(run->simulation->electrode, run->next.x);
  return run->simulation->model.contact->uses_needle ? fabs(mean - *run->next.bearing) / mean : 0.0;
}

/* The balances of the parts. */
static PetscBool PartsBalance(Run *run) {
  const ElectrodeModel *m = &run->simulation->model;

  for (PetscInt p = 0; p < m->part_count; p++) {
    for (PetscInt b = 0; b < m->part[p]->balance_count; b++) {
      const PartBalance *balance = &m->part[p]->balances[b];
      const double imbalance = balance->imbalance(m->part[p], &run->next);
      if (!(imbalance <= balance->allowed)) {
        (void)snprintf(run->failure, sizeof run->failure,
                       "a balance is violated at t = %.9g s: %s (%s) %.3g (allowed %.1g), relative", *run->next.time,
                       balance->name, m->part[p]->name, imbalance, balance->allowed);
        return PETSC_FALSE;
      }
    }
  }
  return PETSC_TRUE;
}

PetscErrorCode RunCheckBalances(Run *run, const Control *control, PetscBool *violated) {
  const double force_tolerance = run->simulation->integrator.tolerance;
  double current = 0.0, volume, force;

  PetscFunctionBeginUser;
  run->failure[0] = '\0';
  PetscCall(CurrentImbalance(run, control, &current));
  volume = VolumeImbalance(run);
  force = ForceImbalance(run);
  *violated = !(current <= current_tolerance) || !(volume <= volume_tolerance) || !(force <= force_tolerance)
                  ? PETSC_TRUE
                  : PETSC_FALSE;
  if (*violated) {
    (void)snprintf(
        run->failure, sizeof run->failure,
        "a balance is violated at t = %.9g s: current %.3g (allowed %.1g), lithium volume %.3g (%.1g), needle "
        "force %.3g (%.1g), all relative",
        *run->next.time, current, current_tolerance, volume, volume_tolerance, force, force_tolerance);
  } else {
    *violated = PartsBalance(run) ? PETSC_FALSE : PETSC_TRUE;
  }
  if (!*violated) {
    run->at.imbalance = current;
    run->at.worst_balance = fmax(run->at.worst_balance, current);
    run->at.worst_volume = fmax(run->at.worst_volume, volume);
    run->at.worst_force = fmax(run->at.worst_force, force);
  }
  PetscFunctionReturn(0);
}
