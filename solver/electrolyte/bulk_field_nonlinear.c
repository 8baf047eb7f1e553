/* Cells whose conduction depends on the field, at given ring currents.

   Every link is a point (flow, drop(flow)) on its law's curve. One Newton step linearises all links there, solves the
   network for the potentials, and moves each link: along the current if the linearised current keeps its sign and size
   (drop grows only like a logarithm, so nothing overflows and a rise is never overestimated), else along the potential.
   Both agree to first order, so the convergence is quadratic, and the Jacobian is exact, symmetric and positive
   definite. The same safeguard as the junction limiting of circuit simulators. If it fails from the last state, it is
   tried from rest, then by steps in the current. */
#include "bulk_field.h"

#include <math.h>

#define NEWTON_STEPS 60
#define CONTINUATION_STEPS 200
#define FLOW_TOLERANCE 1e-12

PetscErrorCode BulkNonlinearCreate_Private(Bulk bulk, BulkFieldData *f) {
  const Grid grid = bulk->grid;
  const BulkNetwork *n = f->network;
  const PetscInt links = n->last - n->begin, beyond = PetscMin(f->cells, n->last + grid->columns);
  PetscInt *halo = NULL, count = 0;

  PetscFunctionBeginUser;
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscCalloc3(links, &f->law[link], links, &f->flow[link], links, &f->kept[link]));
    for (PetscInt c = n->begin; c < n->last; c++) {
      if (BulkNeighbour_Private(grid, c, link) != NEIGHBOUR_NONE) {
        BulkFaceLawLink_Private(bulk, c, link, &f->law[link][c - n->begin]);
      }
    }
  }
  PetscCall(PetscMalloc1(grid->rings, &f->surface_law));
  for (PetscInt j = 0; j < grid->rings; j++) {
    BulkFaceLawSurface_Private(bulk, j, &f->surface_law[j]);
  }
  PetscCall(PetscMalloc1((size_t)(2 * grid->columns), &halo));
  for (PetscInt c = n->begin; c < n->first; c++) {
    halo[count++] = c;
  }
  for (PetscInt c = n->last; c < beyond; c++) {
    halo[count++] = c;
  }
  PetscCall(VecCreateGhost(bulk->comm, n->last - n->first, f->cells, count, halo, &f->potential));
  PetscCall(PetscFree(halo));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNonlinearDestroy_Private(BulkFieldData *f) {
  PetscFunctionBeginUser;
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscFree3(f->law[link], f->flow[link], f->kept[link]));
  }
  PetscCall(PetscFree(f->surface_law));
  PetscFunctionReturn(0);
}

/* Place of a cell in the local form of the potential: own cells, then the halo below, then above. */
static PetscInt LocalIndex(const BulkNetwork *n, PetscInt cell) {
  const PetscInt own = n->last - n->first;
  if (cell < n->first) {
    return own + cell - n->begin;
  }
  return cell < n->last ? cell - n->first : cell - n->begin;
}

/* Network of slopes and right-hand side (in volts: unit * current) at the present flows. */
static PetscErrorCode Linearise(Bulk bulk, BulkFieldData *f, const double current[], double sources) {
  BulkNetwork *n = f->network;
  double *rhs = NULL;

  PetscFunctionBeginUser;
  PetscCall(BulkSource_Private(bulk, current, sources, f->rhs));
  PetscCall(VecGetArray(f->rhs, &rhs));
  for (int link = 0; link < LINK_COUNT; link++) {
    for (PetscInt c = n->begin; c < n->last; c++) {
      const PetscInt here = c - n->begin, neighbour = BulkNeighbour_Private(bulk->grid, c, link);
      double slope = 0, drop = 0, source = 0;
      if (neighbour == NEIGHBOUR_NONE) {
        continue;
      }
      drop = BulkFaceDrop_Private(&f->law[link][here], f->flow[link][here], &slope);
      n->link[link][here] = bulk->unit / slope;
      if (f->law[link][here].nonlinear == 0) {
        continue;
      }
      source = bulk->unit * (f->flow[link][here] - drop / slope);
      if (c >= n->first) {
        rhs[c - n->first] -= source;
      }
      if (neighbour >= n->first && neighbour < n->last) {
        rhs[neighbour - n->first] += source;
      }
    }
  }
  PetscCall(VecRestoreArray(f->rhs, &rhs));
  PetscCall(BulkNetworkAssemble_Private(bulk, n, NULL, f->matrix));
  PetscCall(KSPSetOperators(f->ksp, f->matrix, f->matrix));
  PetscFunctionReturn(0);
}

/* Move one link to the new drop; error: how far its linearised flow is from the law, beyond what rounding explains. */
static double MoveLink(const BulkFaceLaw *law, double drop_wanted, double rounding, double *flow) {
  double slope = 0;
  const double drop = BulkFaceDrop_Private(law, *flow, &slope), linearised = *flow + (drop_wanted - drop) / slope;
  double error = 0;

  if (law->nonlinear == 0) {
    *flow = linearised;
    return 0;
  }
  if (*flow == 0 || linearised / *flow > 0.1) {
    *flow = linearised;
  } else {
    *flow = BulkFaceCurrent_Private(law, drop_wanted);
  }
  error = fabs(drop_wanted - BulkFaceDrop_Private(law, *flow, &slope)) / slope + fabs(linearised - *flow);
  return fmax(0, error - rounding / slope);
}

static PetscErrorCode MoveLinks(Bulk bulk, BulkFieldData *f, double *worst) {
  const BulkNetwork *n = f->network;
  const double *phi = NULL;
  double largest = 0, error = 0;
  Vec local = NULL;
  PetscBool bad = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(VecGhostUpdateBegin(f->potential, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGhostUpdateEnd(f->potential, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecNorm(f->potential, NORM_INFINITY, &largest));
  PetscCall(VecGhostGetLocalForm(f->potential, &local));
  PetscCall(VecGetArrayRead(local, &phi));
  for (int link = 0; link < LINK_COUNT; link++) {
    for (PetscInt c = n->begin; c < n->last; c++) {
      const PetscInt neighbour = BulkNeighbour_Private(bulk->grid, c, link);
      double drop = 0, moved = 0;
      if (neighbour == NEIGHBOUR_NONE) {
        continue;
      }
      /* in a halo cell, a link that leads away from the own cells is no concern of this process */
      if (c < n->first && neighbour < n->first) {
        continue;
      }
      drop = phi[LocalIndex(n, c)] - (neighbour >= 0 ? phi[LocalIndex(n, neighbour)] : 0);
      moved = MoveLink(&f->law[link][c - n->begin], drop, 8 * PETSC_MACHINE_EPSILON * largest,
                       &f->flow[link][c - n->begin]);
      bad = (PetscBool)(bad || !isfinite(f->flow[link][c - n->begin]));
      error = fmax(error, moved);
    }
  }
  PetscCall(VecRestoreArrayRead(local, &phi));
  PetscCall(VecGhostRestoreLocalForm(f->potential, &local));
  *worst = bad || !isfinite(largest) ? INFINITY : error;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, worst, 1, MPI_DOUBLE, MPI_MAX, bulk->comm));
  PetscFunctionReturn(0);
}

/* Newton at `fraction` of the currents from the present flows; worst: the last error relative to the largest ring
 * current. */
static PetscErrorCode Newton(Bulk bulk, BulkFieldData *f, const double current[], double fraction, PetscBool *converged,
                             double *worst) {
  double largest = 0;

  PetscFunctionBeginUser;
  *converged = PETSC_FALSE;
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    f->ring[j] = fraction * current[j];
    largest = fmax(largest, fabs(f->ring[j]));
  }
  for (PetscInt step = 0; step < NEWTON_STEPS && !*converged; step++) {
    PetscCall(Linearise(bulk, f, f->ring, fraction));
    PetscCall(BulkSolverRun_Private(bulk, f->ksp, f->rhs, f->potential));
    PetscCall(MoveLinks(bulk, f, worst));
    bulk->statistics.nonlinear_iterations++;
    if (largest > 0) {
      *worst /= largest;
    }
    if (!isfinite(*worst)) {
      break;
    }
    *converged = (PetscBool)(*worst <= FLOW_TOLERANCE);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CopyFlows(BulkFieldData *f, double *const from[], double *const to[]) {
  PetscFunctionBeginUser;
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscArraycpy(to[link], from[link], f->network->last - f->network->begin));
  }
  PetscFunctionReturn(0);
}

/* Raise the current from zero in steps that adapt; `kept` follows the converged states. */
static PetscErrorCode Continue(Bulk bulk, BulkFieldData *f, const double current[], double *reached, double *worst) {
  double step = 0.125;

  PetscFunctionBeginUser;
  *reached = 0;
  PetscCall(BulkNonlinearRestart_Private(f));
  for (int n = 0; n < CONTINUATION_STEPS && *reached < 1; n++) {
    const double target = PetscMin(1, *reached + step);
    PetscBool converged = PETSC_FALSE;
    PetscCall(Newton(bulk, f, current, target, &converged, worst));
    if (converged) {
      *reached = target;
      step *= 2;
      PetscCall(CopyFlows(f, f->flow, f->kept));
    } else {
      step *= 0.25;
      PetscCall(CopyFlows(f, f->kept, f->flow));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNonlinearRestart_Private(BulkFieldData *f) {
  PetscFunctionBeginUser;
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscArrayzero(f->flow[link], f->network->last - f->network->begin));
  }
  PetscCall(CopyFlows(f, f->flow, f->kept));
  PetscCall(VecZeroEntries(f->potential));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNonlinearSolve_Private(Bulk bulk, BulkFieldData *f, const double current[]) {
  PetscBool converged = PETSC_FALSE;
  double worst = 0, reached = 1;

  PetscFunctionBeginUser;
  PetscCall(Newton(bulk, f, current, 1, &converged, &worst));
  if (!converged) {
    PetscCall(Continue(bulk, f, current, &reached, &worst));
  }
  PetscCheck(reached >= 1, bulk->comm, PETSC_ERR_NOT_CONVERGED,
             "bulk: the field-dependent conduction did not converge: %" PetscInt_FMT
             " Newton steps so far, %g of the current reached, error %g of the largest ring current; is a field scale "
             "far too small for this current?",
             bulk->statistics.nonlinear_iterations, reached, worst);
  PetscCall(CopyFlows(f, f->flow, f->kept));
  PetscCall(Linearise(bulk, f, current, 1)); /* the tangent at the solution, for BulkFactor and BulkApply */
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    double slope = 0;
    (void)BulkFaceDrop_Private(&f->surface_law[j], current[j], &slope);
    f->network->surface[j] = bulk->unit / slope;
  }
  PetscFunctionReturn(0);
}

double BulkNonlinearGroundFlow_Private(Bulk bulk, const BulkFieldData *f) {
  const BulkNetwork *n = f->network;
  double sum = 0;
  for (PetscInt c = n->first; c < n->last; c++) {
    for (int link = 0; link < LINK_COUNT; link++) {
      if (BulkNeighbour_Private(bulk->grid, c, link) == NEIGHBOUR_GROUND) {
        sum += f->flow[link][c - n->begin];
      }
    }
  }
  return sum;
}
