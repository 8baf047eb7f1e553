/* Cylindrical tensor grid (r, z): for comparison, for buried electrodes, for anything that is not a
   disk on a half space. The contact is the disk of the first `rings` columns at z = 0; the bottom is the grounded
   counter electrode, the wall is insulated or grounded. The edge singularity of a disk costs it an order: see the
   verification tests. */
#include "grid_private.h"

#include <math.h>

static PetscErrorCode CheckEdges(PetscInt columns, const double r_edge[], PetscInt layers, const double z_edge[],
                                 PetscInt rings) {
  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("columns", columns));
  PetscCall(GridCheckCount_Private("layers", layers));
  PetscCheck(rings >= 1 && rings <= columns, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: %" PetscInt_FMT " rings do not fit %" PetscInt_FMT " columns", rings, columns);
  PetscCheck(r_edge[0] == 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "grid: the first radial edge is %g, not 0",
             r_edge[0]);
  PetscCheck(z_edge[0] == 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "grid: the first edge in z is %g, not 0",
             z_edge[0]);
  for (PetscInt i = 0; i < columns; i++) {
    PetscCheck(isfinite(r_edge[i + 1]) && r_edge[i + 1] > r_edge[i], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "grid: radial edges must increase, edge %" PetscInt_FMT " is %g m after %g m", i + 1, r_edge[i + 1],
               r_edge[i]);
  }
  for (PetscInt k = 0; k < layers; k++) {
    PetscCheck(isfinite(z_edge[k + 1]) && z_edge[k + 1] < z_edge[k], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "grid: edges in z must descend, edge %" PetscInt_FMT " is %g m after %g m", k + 1, z_edge[k + 1],
               z_edge[k]);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode GridCreateTensor(PetscInt columns, const double r_edge[], PetscInt layers, const double z_edge[],
                                PetscInt rings, PetscBool grounded_wall, Grid *grid) {
  Grid g = NULL;

  PetscFunctionBeginUser;
  PetscCall(CheckEdges(columns, r_edge, layers, z_edge, rings));
  PetscCall(GridAllocate_Private(GRID_CYLINDRICAL, columns, layers, rings, r_edge[rings], grid));
  g = *grid;
  for (PetscInt k = 0; k < layers; k++) {
    for (PetscInt i = 0; i < columns; i++) {
      const PlanarCell shape = {.r_inner = r_edge[i],
                                .r_centre = 0.5 * (r_edge[i] + r_edge[i + 1]),
                                .r_outer = r_edge[i + 1],
                                .height = z_edge[k] - z_edge[k + 1]};
      PetscCall(GridSetPlanarCell_Private(g, i + columns * k, &shape));
    }
  }
  for (PetscInt k = 0; k <= layers; k++) {
    for (PetscInt i = 0; i <= columns; i++) {
      g->corner_r[i + (columns + 1) * k] = r_edge[i];
      g->corner_z[i + (columns + 1) * k] = z_edge[k];
    }
  }
  for (PetscInt j = 0; j <= rings; j++) {
    g->ring_edge[j] = r_edge[j];
  }
  for (PetscInt j = 0; j < rings; j++) {
    g->ring_area[j] = PETSC_PI * (r_edge[j + 1] - r_edge[j]) * (r_edge[j + 1] + r_edge[j]);
  }
  g->down_grounded = PETSC_TRUE;
  g->outward_grounded = grounded_wall;
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckCylindrical(const CylindricalOptions *o) {
  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("rings", o->rings));
  PetscCall(GridCheckCount_Private("layers", o->layers));
  PetscCall(GridCheckPositive_Private("contact radius [m]", o->radius));
  PetscCall(GridCheckPositive_Private("outer radius [m]", o->outer_radius));
  PetscCall(GridCheckPositive_Private("depth [m]", o->depth));
  PetscCall(GridCheckGrading_Private("ring grading (axis/rim)", o->ring_grading));
  PetscCall(GridCheckGrading_Private("outside grading (outermost/first)", o->outside_grading));
  PetscCall(GridCheckGrading_Private("layer grading (last/first)", o->layer_grading));
  PetscCheck(o->columns_outside >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: the number of columns outside the contact is %" PetscInt_FMT, o->columns_outside);
  PetscCheck(o->columns_outside > 0 ? o->outer_radius > o->radius : o->outer_radius == o->radius, PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "grid: a wall at %g m around a contact of radius %g m with %" PetscInt_FMT
             " columns outside: the wall must lie outside the contact (or on it, with no column outside)",
             o->outer_radius, o->radius, o->columns_outside);
  PetscFunctionReturn(0);
}

PetscErrorCode GridCreateCylindrical(const CylindricalOptions *o, Grid *grid) {
  double *r_edge = NULL, *z_edge = NULL;
  PetscInt columns = 0;

  PetscFunctionBeginUser;
  PetscCall(CheckCylindrical(o));
  columns = o->rings + o->columns_outside;
  PetscCall(PetscMalloc2(columns + 1, &r_edge, o->layers + 1, &z_edge));
  PetscCall(GridGradedEdges(o->rings, 0, o->radius, 1 / o->ring_grading, r_edge));
  if (o->columns_outside > 0) {
    PetscCall(GridGradedEdges(o->columns_outside, o->radius, o->outer_radius, o->outside_grading, r_edge + o->rings));
  }
  PetscCall(GridGradedEdges(o->layers, 0, -o->depth, o->layer_grading, z_edge));
  PetscCall(GridCreateTensor(columns, r_edge, o->layers, z_edge, o->rings, o->grounded_wall, grid));
  PetscCall(PetscFree2(r_edge, z_edge));
  PetscFunctionReturn(0);
}
