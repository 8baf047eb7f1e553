#include "grain.h"
#include "../electrolyte/phase.h"
#include <math.h>

PetscBool GrainHasLayer(Grid grid, PetscInt layer, double depth, double growth) {
  const PetscInt stride = grid->columns + 1;
  const double top = -grid->corner_z[stride * layer], bottom = -grid->corner_z[stride * (layer + 1)];

  return 0.5 * growth * (top + bottom) < depth ? PETSC_TRUE : PETSC_FALSE;
}

void GrainAdjustCells(const Grain *grain, PartCells *cells) {
  const SpreadingMedium *medium = &grain->medium;
  const Grid grid = grain->grid;
  const double radius = grain->initial_radius * cells->growth;
  const double drop = spreading_outer_resistance(medium, radius, NULL) * cells->contact_current; /* [V] */
  const double ratio = medium->grain_conductivity / medium->polycrystal_conductivity;

  for (PetscInt c = 0; c < cells->above; c++) {
    cells->potential[c] += drop;
  }
  for (PetscInt k = 0; k < grid->layers; k++) {
    const PetscBool inside = GrainHasLayer(grid, k, medium->grain_depth, cells->growth);
    const PetscInt first = cells->above + grid->columns * k;
    for (PetscInt c = first; c < first + grid->columns; c++) {
      cells->potential[c] = inside ? cells->potential[c] + drop : cells->potential[c] * ratio;
      cells->conductivity[c] = inside ? medium->grain_conductivity : medium->polycrystal_conductivity;
      cells->phase[c] = inside ? PHASE_GRAIN : PHASE_ELECTROLYTE;
    }
  }
}

/* A resistance: the drive follows from an imposed potential, and is free to carry an imposed current. */
static PetscErrorCode Choose(Part part, const PartConditions *at, const ElectrodeState *state, PetscBool *follows) {
  PetscFunctionBeginUser;
  (void)part;
  (void)state;
  *follows = at->control->is_current ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Part part, const PartConditions *at, const ElectrodeState *state, PartClosing *closing) {
  const Grain *grain = part->data;
  const double outer = spreading_outer_resistance(&grain->medium, at->contact_radius, NULL);

  PetscFunctionBeginUser;
  closing->ground = outer * at->contact_current;
  closing->drive = closing->follows ? ControlValue(at->control, *state->time) - closing->ground : StateDrive(state);
  closing->drive_slope = closing->follows ? -outer : 0.0;
  PetscFunctionReturn(0);
}

static void Enter(Part part, ElectrodeState *state, double *change) {
  (void)part;
  (void)state;
  (void)change;
}

static void AdjustCells(Part part, const ElectrodeState *state, PartCells *cells) {
  (void)state;
  GrainAdjustCells(part->data, cells);
}

static PetscErrorCode Destroy(Part part) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(part->data));
  PetscFunctionReturn(0);
}

PetscErrorCode GrainPartCreate(const Grain *grain, Part *part) {
  Grain *own;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&own));
  *own = *grain;
  PetscCall(PartCreate("grain", part));
  (*part)->data = own;
  (*part)->choose = Choose;
  (*part)->solve = Solve;
  (*part)->enter = Enter;
  (*part)->adjust_cells = AdjustCells;
  (*part)->destroy = Destroy;
  PetscFunctionReturn(0);
}
