/* Rings of the analytic half space: Gauss-Legendre nodes in mu = sin eta, each with its exact share 2 mu w of the
   disk's area, so that the even Legendre modes are orthogonal on the rings. The cells only carry the field for output.
 */
#include "grid_private.h"

#include <math.h>

/* Nodes and weights on (0, 1), descending: node 0 is next to mu = 1 (the axis). Newton on the three-term recurrence. */
static PetscErrorCode GaussLegendre(PetscInt count, double node[], double weight[]) {
  PetscFunctionBeginUser;
  for (PetscInt n = 0; n < count; n++) {
    double x = cos(PETSC_PI * ((double)n + 0.75) / ((double)count + 0.5)), slope = 1;
    for (int iteration = 0; iteration < 100; iteration++) {
      double below = 1, value = x;
      for (PetscInt m = 2; m <= count; m++) {
        const double next = (((double)(2 * m - 1)) * x * value - (double)(m - 1) * below) / (double)m;
        below = value;
        value = next;
      }
      slope = (double)count * (below - x * value) / ((1 - x) * (1 + x));
      x -= value / slope;
      if (fabs(value / slope) < 1e-15) {
        break;
      }
    }
    node[n] = 0.5 * (1 + x);
    weight[n] = 1 / ((1 - x) * (1 + x) * slope * slope);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode GridCreateHalfspace(PetscInt rings, double radius, PetscInt output_layers, Grid *grid) {
  double *mu = NULL, *weight = NULL, *eta_edge = NULL, *eta_centre = NULL, *xi_edge = NULL, outside = 0, within = 0;

  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("rings", rings));
  PetscCall(GridCheckPositive_Private("contact radius [m]", radius));
  PetscCheck(output_layers >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: the number of output layers is %" PetscInt_FMT, output_layers);
  PetscCall(GridAllocate_Private(GRID_HALFSPACE, rings, output_layers, rings, radius, grid));
  PetscCall(
      PetscMalloc5(rings, &mu, rings, &weight, rings + 1, &eta_edge, rings, &eta_centre, output_layers + 1, &xi_edge));
  PetscCall(GaussLegendre(rings, mu, weight));
  for (PetscInt j = 0; j < rings; j++) {
    outside += 2 * mu[j] * weight[j];
  }
  for (PetscInt j = 0; j < rings; j++) {
    eta_edge[j] =
        atan2(sqrt(PetscMax(outside, 0)), sqrt(within)); /* sin^2 and cos^2: area outside and within the edge */
    eta_centre[j] = asin(mu[j]);
    outside -= 2 * mu[j] * weight[j];
    within += 2 * mu[j] * weight[j];
  }
  eta_edge[rings] = 0;
  xi_edge[0] = 0;
  if (output_layers > 0) {
    PetscCall(GridGradedEdges(output_layers, 0, OBLATE_FAR_XI, 1, xi_edge));
  }
  {
    const OblateBlock block = {.columns = rings,
                               .layers = output_layers,
                               .eta_edge = eta_edge,
                               .eta_centre = eta_centre,
                               .xi_edge = xi_edge,
                               .infinite = PETSC_TRUE};
    PetscCall(GridFillOblate_Private(*grid, 0, &block));
  }
  for (PetscInt j = 0; j < rings; j++) {
    (*grid)->ring_area[j] = 2 * PETSC_PI * PetscSqr(radius) * mu[j] * weight[j];
  }
  (*grid)->self_similar = PETSC_TRUE;
  (*grid)->separable.valid = PETSC_FALSE; /* its finite volumes have off-centre nodes: output only */
  PetscCall(PetscFree5(mu, weight, eta_edge, eta_centre, xi_edge));
  PetscFunctionReturn(0);
}
