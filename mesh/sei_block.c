/* The SEI resolved: planar layers in 0 < z < L on the rings of the oblate block below, joined to it face to face. The
   layer is nm to 250 nm against a contact of micrometres, so the flat stack and the disk at z = 0 are the same surface.
   A run resolves its SEI by solver/parts/sei.h; these cells are the independent reference of that part where conduction
   is linear, all cells of SEI and electrolyte in one operator (tests/verification/test_sei_part.c). */
#include "grid_private.h"

#include <math.h>

static PetscErrorCode CheckSei(const OblateOptions *oblate, const SeiBlockOptions *sei) {
  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("SEI layers", sei->layers));
  PetscCall(GridCheckPositive_Private("SEI thickness [m]", sei->thickness));
  PetscCheck(sei->thickness < oblate->radius, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "grid: an SEI of %g m on a contact of radius %g m is not a thin flat layer; the thickness must be less "
             "than the radius",
             sei->thickness, oblate->radius);
  PetscFunctionReturn(0);
}

static PetscErrorCode FillSei(Grid grid, const SeiBlockOptions *sei, const OblateBlock *block) {
  const PetscInt columns = block->columns, stride = columns + 1;
  const double height = sei->thickness / (double)sei->layers;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sei->layers; k++) {
    for (PetscInt i = 0; i < columns; i++) {
      const PlanarCell shape = {.r_inner = grid->ring_edge[i],
                                .r_centre = grid->radius * cos(block->eta_centre[i]),
                                .r_outer = grid->ring_edge[i + 1],
                                .height = height};
      PetscCall(GridSetPlanarCell_Private(grid, i + columns * k, &shape));
    }
    for (PetscInt i = 0; i <= columns; i++) {
      grid->corner_r[i + stride * k] = grid->ring_edge[i];
      grid->corner_z[i + stride * k] = sei->thickness - height * (double)k;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode GridCreateOblateSei(const OblateOptions *options, const SeiBlockOptions *sei, Grid *grid) {
  double *eta_edge = NULL, *eta_centre = NULL, *xi_edge = NULL;
  const PetscInt sei_layers = sei ? sei->layers : 0;

  PetscFunctionBeginUser;
  PetscCall(GridCheckOblate_Private(options));
  if (sei) {
    PetscCall(CheckSei(options, sei));
  }
  PetscCall(GridAllocate_Private(GRID_OBLATE, options->rings, options->layers + sei_layers, options->rings,
                                 options->radius, grid));
  PetscCall(GridOblateEdges_Private(options, &eta_edge, &eta_centre, &xi_edge));
  {
    const OblateBlock block = {.columns = options->rings,
                               .layers = options->layers,
                               .eta_edge = eta_edge,
                               .eta_centre = eta_centre,
                               .xi_edge = xi_edge,
                               .infinite = (PetscBool)(options->depth == 0)};
    (*grid)->sei_layers = sei_layers;
    (*grid)->self_similar = (PetscBool)(block.infinite && !sei);
    PetscCall(GridFillOblate_Private(*grid, sei_layers, &block));
    if (sei) {
      PetscCall(FillSei(*grid, sei, &block));
    }
  }
  PetscCall(PetscFree3(eta_edge, eta_centre, xi_edge));
  PetscFunctionReturn(0);
}
