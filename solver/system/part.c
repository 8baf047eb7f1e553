/* The list of parts as the rest of the system sees it: sums over it, and the part that closes the system. */
#include "electrode_private.h"

PetscErrorCode PartCreate(const char *name, Part *part) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(part));
  (*part)->name = name;
  PetscFunctionReturn(0);
}

PetscErrorCode PartDestroy(Part *part) {
  PetscFunctionBeginUser;
  if (!*part) {
    PetscFunctionReturn(0);
  }
  if ((*part)->destroy) {
    PetscCall((*part)->destroy(*part));
  }
  PetscCall(PetscFree(*part));
  PetscFunctionReturn(0);
}

/* What is declared has a function that gives it. */
static PetscErrorCode CheckComplete(Part part) {
  PetscInt evolving = 0;

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < part->block_count; b++) {
    evolving += part->blocks[b].kind == STATE_EVOLVING ? 1 : 0;
  }
  PetscCheck(!evolving || part->rates, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The part '%s' evolves without rates",
             part->name);
  PetscCheck((!part->solve || (part->choose && part->enter)) && (!part->column_count || part->observe) &&
                 (!part->ring_field_count || part->observe_rings) && (!part->cell_field_count || part->observe_cells) &&
                 (!part->entry_count || part->report),
             PETSC_COMM_SELF, PETSC_ERR_PLIB, "The part '%s' declares what no function of it gives", part->name);
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodePartsCheck(Electrode electrode) {
  const ElectrodeModel *m = &electrode->model;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    for (PetscInt q = 0; q < p; q++) {
      PetscCheck(strcmp(m->part[q]->name, part->name) != 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "There are two parts '%s'",
                 part->name);
    }
    PetscCall(CheckComplete(part));
    if (part->solve) {
      PetscCheck(!electrode->closing, PETSC_COMM_SELF, PETSC_ERR_SUP,
                 "The parts '%s' and '%s' both stand between the rings and ground", electrode->closing->name,
                 part->name);
      electrode->closing = part;
    }
    electrode->shares_current = part->current ? PETSC_TRUE : electrode->shares_current;
  }
  PetscFunctionReturn(0);
}

double ElectrodePartCurrent(Electrode electrode, const ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;
  double current = 0.0;

  for (PetscInt p = 0; p < m->part_count; p++) {
    current += m->part[p]->current ? m->part[p]->current(m->part[p], state) : 0.0;
  }
  return current;
}

double ElectrodePartVolume(Electrode electrode, const ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;
  double volume = 0.0;

  for (PetscInt p = 0; p < m->part_count; p++) {
    volume += m->part[p]->volume ? m->part[p]->volume(m->part[p], state) : 0.0;
  }
  return volume;
}

void ElectrodePartRates(Electrode electrode, ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;

  for (PetscInt p = 0; p < m->part_count; p++) {
    if (m->part[p]->rates) {
      m->part[p]->rates(m->part[p], state);
    }
  }
}

void ElectrodePartScales(Electrode electrode, const ElectrodeState *state, double scale[]) {
  const ElectrodeModel *m = &electrode->model;
  double *next = scale + GLOBAL_COUNT;

  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    PetscInt numbers = 0;
    for (PetscInt b = 0; b < part->block_count; b++) {
      numbers += part->blocks[b].kind == STATE_EVOLVING ? part->blocks[b].count : 0;
    }
    for (PetscInt n = 0; n < numbers; n++) {
      next[n] = INFINITY; /* does not matter */
    }
    if (part->scales) {
      part->scales(part, state, next);
    }
    next += numbers;
  }
}

PetscErrorCode ElectrodeChooseClosing(Electrode electrode, const Control *control, double gamma_dt,
                                      const double known[], const ElectrodeState *state, PartClosing *closing) {
  const PartConditions at = {control, ElectrodeRadius(electrode, state->global[GLOBAL_LOG_RADIUS]), 0.0, gamma_dt,
                             known};

  PetscFunctionBeginUser;
  *closing = (PartClosing){0};
  if (electrode->closing) {
    PetscCall(electrode->closing->choose(electrode->closing, &at, state, &closing->follows));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeSolveClosing(Electrode electrode, const Control *control, double gamma_dt, const double known[],
                                     const ElectrodeState *state, const double current_density[],
                                     PartClosing *closing) {
  const double log_radius = state->global[GLOBAL_LOG_RADIUS];
  const PartConditions at = {control, ElectrodeRadius(electrode, log_radius),
                             ElectrodeContactCurrent(electrode, log_radius, current_density), gamma_dt, known};
  const PetscBool follows = closing->follows;

  PetscFunctionBeginUser;
  *closing = (PartClosing){.follows = follows};
  PetscCall(electrode->closing->solve(electrode->closing, &at, state, closing));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeEnterClosing(Electrode electrode, const Control *control, double gamma_dt, const double known[],
                                     ElectrodeState *state, PartClosing *closing, double *change) {
  const Part part = electrode->closing;
  const PetscInt first = GLOBAL_COUNT, count = electrode->layout.evolving;
  const double current = ElectrodePartCurrent(electrode, state);
  double *before = electrode->work, *scale = electrode->work + count;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeSolveClosing(electrode, control, gamma_dt, known, state, state->current, closing));
  *change = fabs(closing->drive - StateDrive(state)) / (fabs(*state->potential) + 1e-3);
  PetscCall(PetscArraycpy(before, state->global, count));
  part->enter(part, state, change);
  ElectrodePartScales(electrode, state, scale);
  for (PetscInt n = first; n < count; n++) {
    *change = fmax(*change, fabs(state->global[n] - before[n]) / scale[n]);
  }
  state->global[GLOBAL_CHARGE] += gamma_dt * (ElectrodePartCurrent(electrode, state) - current);
  *state->ground = closing->ground;
  *state->potential = control->is_current ? closing->drive + closing->ground : ControlValue(control, *state->time);
  PetscFunctionReturn(0);
}
