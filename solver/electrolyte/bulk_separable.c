/* The condensed operator of a homogeneous oblate grid, whose matrix is W x T_xi + T_eta x S (Kronecker products): W
   column weights delta(sin eta), S layer weights delta(sinh xi), T the tridiagonal chains of the spacings. With T_eta v
   = lambda W v, V^T W V = 1, each eigenvector sees the chain T_xi + lambda S of its own, and Z = V diag(g(lambda)) V^T
   with g the resistance of that chain seen from the contact: O(M^3 + M^2 N) in all. The constant vector (lambda = 0) is
   set, not computed: it carries all the current, to any distance. */
#include "bulk_private.h"

#include <math.h>
#include <petscblaslapack.h>

struct BulkSeparable_ {
  PetscBLASInt columns;
  PetscInt layers;
  double *vector;     /* columns*columns column-major: V / sqrt(2 pi) */
  double *eigenvalue; /* columns */
  double *admittance; /* layers: work, of the chain from a layer downward */
};

PetscBool BulkCanSeparate_Private(Bulk bulk) {
  return (PetscBool)(bulk->grid->separable.valid && !bulk->cell_conductivity && !bulk->face_resistance_down &&
                     !bulk->face_resistance_outward);
}

static PetscErrorCode SolveEigenproblem(const GridSeparable *grid, BulkSeparable s) {
  const PetscBLASInt n = s->columns;
  double *diagonal = NULL, *off = NULL, *work = NULL;
  PetscBLASInt info = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(n, &diagonal, n, &off, (size_t)(2 * n), &work));
  for (PetscBLASInt i = 1; i < n; i++) {
    const double link = 1 / grid->column_spacing[i];
    diagonal[i - 1] += link / grid->column_weight[i - 1];
    diagonal[i] += link / grid->column_weight[i];
    off[i - 1] = -link / sqrt(grid->column_weight[i - 1] * grid->column_weight[i]);
  }
  PetscCallBLAS("LAPACKsteqr", LAPACKsteqr_("I", &n, diagonal, off, s->vector, &n, work, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "bulk: %d eigenvalues of the columns did not converge",
             (int)info);
  for (PetscBLASInt m = 0; m < n; m++) {
    s->eigenvalue[m] = m == 0 ? 0 : diagonal[m];
    for (PetscBLASInt i = 0; i < n; i++) {
      double *entry = &s->vector[i + n * m];
      *entry = (m == 0 ? 1 : *entry / sqrt(grid->column_weight[i])) / sqrt(2 * PETSC_PI);
    }
  }
  PetscCall(PetscFree3(diagonal, off, work));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSeparableCreate_Private(Bulk bulk, BulkSeparable *separable) {
  BulkSeparable s = NULL;
  const PetscInt columns = bulk->grid->columns;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  *separable = s;
  PetscCall(PetscBLASIntCast(columns, &s->columns));
  s->layers = bulk->grid->layers;
  PetscCall(PetscCalloc3((size_t)(columns * columns), &s->vector, columns, &s->eigenvalue, s->layers, &s->admittance));
  PetscCall(SolveEigenproblem(&bulk->grid->separable, s));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSeparableDestroy_Private(BulkSeparable *separable) {
  PetscFunctionBeginUser;
  if (!*separable) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree3((*separable)->vector, (*separable)->eigenvalue, (*separable)->admittance));
  PetscCall(PetscFree(*separable));
  PetscFunctionReturn(0);
}

/* admittance[k]: from the centre of layer k to ground through k and all below, including its own lateral leak */
static void ChainAdmittance(const GridSeparable *grid, PetscInt layers, double eigenvalue, double admittance[]) {
  admittance[layers - 1] = eigenvalue * grid->layer_weight[layers - 1] + 1 / grid->layer_spacing[layers];
  for (PetscInt k = layers - 2; k >= 0; k--) {
    admittance[k] = eigenvalue * grid->layer_weight[k] + 1 / (grid->layer_spacing[k + 1] + 1 / admittance[k + 1]);
  }
}

PetscErrorCode BulkSeparableBuild_Private(Bulk bulk, BulkSeparable s, BulkOperator *op) {
  const GridSeparable *grid = &bulk->grid->separable;
  const PetscBLASInt n = s->columns;
  const double unity = 1, zero = 0;
  double *scaled = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)(n * n), &scaled));
  for (PetscBLASInt m = 0; m < n; m++) {
    ChainAdmittance(grid, s->layers, s->eigenvalue[m], s->admittance);
    const double root = sqrt(grid->layer_spacing[0] + 1 / s->admittance[0]);
    for (PetscBLASInt i = 0; i < n; i++) {
      scaled[i + n * m] = root * s->vector[i + n * m];
    }
    if (m > 0) {
      continue;
    }
    /* what reaches ground along the chain of the constant vector; no other vector has a net current */
    double passed = 1;
    for (PetscInt k = 0; k < s->layers; k++) {
      const double below = k + 1 < s->layers ? 1 / s->admittance[k + 1] : 0;
      passed *= 1 / ((grid->layer_spacing[k + 1] + below) * s->admittance[k]);
    }
    for (PetscBLASInt i = 0; i < n; i++) {
      op->arrival[i] = passed;
    }
  }
  PetscCallBLAS("BLASgemm", BLASgemm_("N", "T", &n, &n, &n, &unity, scaled, &n, scaled, &n, &zero, op->impedance, &n));
  for (PetscBLASInt j = 0; j < n; j++) { /* the last bit */
    for (PetscBLASInt i = 0; i < j; i++) {
      op->impedance[i + n * j] = op->impedance[j + n * i];
    }
  }
  PetscCall(PetscFree(scaled));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSeparableCells_Private(Bulk bulk, BulkSeparable s, const double current[], double potential[]) {
  const GridSeparable *grid = &bulk->grid->separable;
  const PetscBLASInt n = s->columns, one = 1;
  const double zero = 0;
  double *coefficient = NULL, *layer = NULL;
  const double unity = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &coefficient, (size_t)n * (size_t)s->layers, &layer));
  PetscCallBLAS("BLASgemv",
                BLASgemv_("T", &n, &n, &bulk->unit, s->vector, &n, current, &one, &zero, coefficient, &one));
  for (PetscBLASInt m = 0; m < n; m++) {
    ChainAdmittance(grid, s->layers, s->eigenvalue[m], s->admittance);
    double value = coefficient[m] / s->admittance[0];
    for (PetscInt k = 0; k < s->layers; k++) {
      layer[m + n * k] = value;
      if (k + 1 < s->layers) {
        value /= 1 + grid->layer_spacing[k + 1] * s->admittance[k + 1];
      }
    }
  }
  {
    PetscBLASInt layers = 0;
    PetscCall(PetscBLASIntCast(s->layers, &layers));
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("N", "N", &n, &layers, &n, &unity, s->vector, &n, layer, &n, &zero, potential, &n));
  }
  PetscCall(PetscFree2(coefficient, layer));
  PetscFunctionReturn(0);
}
