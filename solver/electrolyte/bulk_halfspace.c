/* The homogeneous half space under a disk, by oblate-spheroidal modes.

   phi(xi, eta) = sum_n c_n q_2n(sinh xi)/q_2n(0) P_2n(sin eta),  q_m(t) = i^(m+1) Q_m(i t) > 0, decaying.
   At the disk (xi = 0, mu = sin eta) a ring of current I at mu_l has the coefficients
     c_n = (4n+1) kappa_n/(2 pi a sigma) P_2n(mu_l) I,   kappa_n = q_2n(0)/(-q_2n'(0)) = (1/2) [Gamma(n+1/2)/n!]^2,
   so Z = unit B B^T with B_jn = P_2n(mu_j) sqrt((4n+1) kappa_n/(2 pi)), of rank `modes` = (rings+1)/2: as many as the
   Gauss-Legendre nodes keep orthogonal. kappa_0 = pi/2 is the primary resistance 1/(4 sigma a).
   Source: e.g. Lebedev, Special Functions (1965), ch. 8 (spheroidal coordinates). Limits tested: 1/(4 sigma a), 8/(3
   pi^2 sigma a), the film values of Newman's disk, closed forms of q_0, q_1, q_2.

   Where films vanish that rank leaves the currents of the other modes undetermined; their true impedance is near
   1/(4 pi n) as that of the others is. They get `floor`, much less:

     Z = unit (B D B^T + floor W^-1),   D_n = 1 - floor/s_n,   s_n = B_n^T W B_n = kappa_n/(2 pi),

   W = diag(Gauss weights). The columns of B are orthogonal in W, so the potential of a current made of modes (W B c)
   stays what it is.

   (Z + film) x = b is solved by Woodbury's identity with a matrix of size `modes`; floor W^-1 counts as film. */
#include "bulk_private.h"

#include <math.h>
#include <petscblaslapack.h>

typedef struct {
  PetscBLASInt rings, modes;
  double *mode;         /* rings*modes column-major: B D^(1/2) */
  double *floor;        /* rings: floor/W */
  double *scaled;       /* rings*modes: work */
  double *inverse_film; /* rings: unit/film */
  double *weight;       /* rings: of the rows of B in `scaled` */
  double *work;         /* modes * work_count */
  PetscInt work_count;
  double *q, *dq, *p, *dp; /* layers*modes and columns*modes: at the cell centres; NULL until fields are asked for */
  BulkDense small;         /* modes: 1 + B^T (unit/film) B */
  BulkDense whole;         /* rings: Z/unit + film/unit, where a film all but vanishes */
  PetscBool use_whole;
} Halfspace;

/* Large against rounding, which its inverse multiplies, small against the modes' own 1/(4 pi n). It changes the current
   by 4e-7 of it with 8 rings and 9e-8 with 64 for films of some 1e-6 ohm cm2, by 6e-12 (64 rings) for the interfaces of
   the paper. */
static const double unresolved_floor = 1e-6;

static double ModeShare(double kappa) { /* D */
  return 1 - unresolved_floor * 2 * PETSC_PI / kappa;
}

static PetscErrorCode FillModes(Bulk bulk, Halfspace *h) {
  double kappa = 0.5 * PETSC_PI;

  PetscFunctionBeginUser;
  for (PetscBLASInt j = 0; j < h->rings; j++) {
    const double mu = sin(bulk->grid->column_eta[j]);
    double below = 1, value = mu;
    h->floor[j] = unresolved_floor * 2 * PETSC_PI * PetscSqr(bulk->grid->radius) * mu / bulk->grid->ring_area[j];
    h->mode[j] = 1;
    for (PetscBLASInt m = 2; m <= 2 * h->modes - 2; m++) {
      const double next = ((double)(2 * m - 1) * mu * value - (double)(m - 1) * below) / (double)m;
      below = value;
      value = next;
      if (m % 2 == 0) {
        h->mode[j + h->rings * (m / 2)] = value;
      }
    }
  }
  for (PetscBLASInt n = 0; n < h->modes; n++) {
    if (n > 0) {
      kappa *= PetscSqr((n - 0.5) / n);
    }
    const double scale = sqrt((4 * n + 1) * kappa / (2 * PETSC_PI) * ModeShare(kappa));
    for (PetscBLASInt j = 0; j < h->rings; j++) {
      h->mode[j + h->rings * n] *= scale;
    }
  }
  PetscFunctionReturn(0);
}

/* coefficient[modes] = B^T x */
static PetscErrorCode ToModes(const Halfspace *h, const double x[], double coefficient[]) {
  const PetscBLASInt one = 1;
  const double unity = 1, zero = 0;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemv",
                BLASgemv_("T", &h->rings, &h->modes, &unity, h->mode, &h->rings, x, &one, &zero, coefficient, &one));
  PetscFunctionReturn(0);
}

static PetscErrorCode Potential(Bulk bulk, const double current[], double potential[]) {
  const Halfspace *h = (const Halfspace *)bulk->data;
  const PetscBLASInt one = 1;
  const double zero = 0;

  PetscFunctionBeginUser;
  PetscCall(ToModes(h, current, h->work));
  PetscCallBLAS("BLASgemv", BLASgemv_("N", &h->rings, &h->modes, &bulk->unit, h->mode, &h->rings, h->work, &one, &zero,
                                      potential, &one));
  for (PetscBLASInt j = 0; j < h->rings; j++) {
    potential[j] += bulk->unit * h->floor[j] * current[j];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FactorWhole(Bulk bulk, Halfspace *h, const double film[]) {
  const PetscBLASInt n = h->rings;
  const double unity = 1, zero = 0;

  PetscFunctionBeginUser;
  if (!h->whole.matrix) {
    PetscCall(BulkDenseCreate(n, &h->whole));
  }
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "T", &n, &n, &h->modes, &unity, h->mode, &n, h->mode, &n, &zero, h->whole.matrix, &n));
  for (PetscBLASInt j = 0; j < n; j++) {
    h->whole.matrix[j + n * j] += film[j] / bulk->unit + h->floor[j];
  }
  PetscCall(BulkDenseFactor(&h->whole, DENSE_INDEFINITE));
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(Bulk bulk, const double film[]) {
  Halfspace *h = (Halfspace *)bulk->data;
  const PetscBLASInt rings = h->rings, modes = h->modes;
  const double unity = 1, zero = 0;
  double weakest = INFINITY;
  PetscBool positive = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (PetscBLASInt j = 0; j < rings; j++) {
    const double sum = film[j] / bulk->unit + h->floor[j];
    weakest = PetscMin(weakest, fabs(sum));
    positive = (PetscBool)(positive && sum > 0);
    h->inverse_film[j] = sum != 0 ? 1 / sum : 0;
  }
  /* Woodbury divides by the film: where it all but vanishes, the rounding would not be forgiven */
  h->use_whole = (PetscBool)(weakest < 1e-4);
  if (h->use_whole) {
    PetscCall(FactorWhole(bulk, h, film));
    PetscFunctionReturn(0);
  }
  for (PetscBLASInt j = 0; j < rings; j++) {
    h->weight[j] = positive ? sqrt(h->inverse_film[j]) : h->inverse_film[j];
  }
  for (PetscBLASInt n = 0; n < modes; n++) {
    const double *restrict from = h->mode + (ptrdiff_t)rings * n, *restrict weight = h->weight;
    double *restrict to = h->scaled + (ptrdiff_t)rings * n;
    for (PetscBLASInt j = 0; j < rings; j++) {
      to[j] = from[j] * weight[j];
    }
  }
  if (positive) {
    PetscCallBLAS("BLASsyrk",
                  BLASsyrk_("L", "T", &modes, &rings, &unity, h->scaled, &rings, &zero, h->small.matrix, &modes));
  } else {
    PetscCallBLAS("BLASgemm", BLASgemm_("T", "N", &modes, &modes, &rings, &unity, h->mode, &rings, h->scaled, &rings,
                                        &zero, h->small.matrix, &modes));
  }
  for (PetscBLASInt n = 0; n < modes; n++) {
    h->small.matrix[n + modes * n] += 1;
  }
  PetscCall(BulkDenseFactor(&h->small, positive ? DENSE_POSITIVE : DENSE_INDEFINITE));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Bulk bulk, PetscInt count, double b[]) {
  Halfspace *h = (Halfspace *)bulk->data;
  const PetscBLASInt rings = h->rings, modes = h->modes, columns = (PetscBLASInt)count;
  const double unity = 1, zero = 0, scale = 1 / bulk->factored_unit;

  PetscFunctionBeginUser;
  if (count < 1) {
    PetscFunctionReturn(0);
  }
  if (h->use_whole) {
    PetscCall(BulkDenseSolve(&h->whole, count, b));
    for (PetscInt n = 0; n < count * rings; n++) {
      b[n] *= scale;
    }
    PetscFunctionReturn(0);
  }
  if (count > h->work_count) {
    PetscCall(PetscFree(h->work));
    PetscCall(PetscMalloc1((size_t)(modes * count), &h->work));
    h->work_count = count;
  }
  for (PetscInt c = 0; c < count; c++) {
    for (PetscBLASInt j = 0; j < rings; j++) {
      b[j + rings * c] *= h->inverse_film[j];
    }
  }
  PetscCallBLAS("BLASgemm", BLASgemm_("T", "N", &modes, &columns, &rings, &unity, h->mode, &rings, b, &rings, &zero,
                                      h->work, &modes));
  PetscCall(BulkDenseSolve(&h->small, count, h->work));
  for (PetscInt c = 0; c < count; c++) {
    double *column = b + (ptrdiff_t)rings * c, *correction = h->scaled;
    const PetscBLASInt one = 1;
    PetscCallBLAS("BLASgemv", BLASgemv_("N", &rings, &modes, &unity, h->mode, &rings, h->work + (ptrdiff_t)modes * c,
                                        &one, &zero, correction, &one));
    for (PetscBLASInt j = 0; j < rings; j++) {
      column[j] = scale * (column[j] - h->inverse_film[j] * correction[j]);
    }
  }
  PetscFunctionReturn(0);
}

/* q_2n(t)/q_2n(0) and its derivative in t, n < modes, for t > 0. The decaying solution is minimal: recur downward on
   the ratios q_m/q_(m-1), which are positive, from far enough up that e^(-2 m xi) has lost the guess at the top. */
static PetscErrorCode DecayingFunctions(double t, PetscInt modes, double value[], double slope[], double ratio[]) {
  const double xi = asinh(t);
  const PetscInt highest = 2 * modes, top = highest + 2 + (PetscInt)PetscMin(40 / xi, 1e7);
  double next = exp(-xi), q = atan2(1, t), at_disk = 0.5 * PETSC_PI;

  PetscFunctionBeginUser;
  for (PetscInt m = top; m >= 1; m--) {
    next = (double)m / ((double)(2 * m + 1) * t + (double)(m + 1) * next);
    if (m <= highest) {
      ratio[m] = next;
    }
  }
  value[0] = q / at_disk;
  slope[0] = -1 / (1 + t * t) / at_disk;
  for (PetscInt m = 1; m < 2 * modes - 1; m++) {
    const double before = q;
    q *= ratio[m];
    if (m % 2) {
      continue;
    }
    at_disk *= (double)(m - 1) / (double)m;
    value[m / 2] = q / at_disk;
    slope[m / 2] = (double)m * (t * q - before) / (1 + t * t) / at_disk;
  }
  PetscFunctionReturn(0);
}

/* P_2n(mu) and its derivative */
static void EvenLegendre(double mu, PetscInt modes, double value[], double slope[]) {
  double below = 1, now = mu;
  value[0] = 1;
  slope[0] = 0;
  for (PetscInt m = 2; m <= 2 * modes - 2; m++) {
    const double next = ((double)(2 * m - 1) * mu * now - (double)(m - 1) * below) / (double)m;
    below = now;
    now = next;
    if (m % 2) {
      continue;
    }
    value[m / 2] = now;
    slope[m / 2] = (double)m * (below - mu * now) / ((1 - mu) * (1 + mu));
  }
}

/* Functions of the modes at the cell centres, filled at the first use. */
static PetscErrorCode FillCellModes(Bulk bulk, Halfspace *h) {
  const Grid grid = bulk->grid;
  const PetscInt modes = h->modes;
  double *ratio = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4((size_t)(modes * grid->layers), &h->q, (size_t)(modes * grid->layers), &h->dq,
                         (size_t)(modes * grid->columns), &h->p, (size_t)(modes * grid->columns), &h->dp));
  PetscCall(PetscMalloc1((size_t)(2 * modes + 1), &ratio));
  for (PetscInt i = 0; i < grid->columns; i++) {
    EvenLegendre(sin(grid->column_eta[i]), modes, h->p + modes * i, h->dp + modes * i);
  }
  for (PetscInt k = 0; k < grid->layers; k++) {
    PetscCall(DecayingFunctions(sinh(grid->layer_xi[k]), modes, h->q + modes * k, h->dq + modes * k, ratio));
  }
  PetscCall(PetscFree(ratio));
  PetscFunctionReturn(0);
}

static PetscErrorCode CellField(Bulk bulk, const double current[], double potential[], double current_r[],
                                double current_z[]) {
  Halfspace *h = (Halfspace *)bulk->data;
  const Grid grid = bulk->grid;
  const PetscInt modes = h->modes;
  double *coefficient = NULL, *q = NULL, *dq = NULL, kappa = 0.5 * PETSC_PI;

  PetscFunctionBeginUser;
  if (bulk->process != 0) {
    PetscFunctionReturn(0);
  }
  if (!h->q) {
    PetscCall(FillCellModes(bulk, h));
  }
  PetscCall(PetscMalloc3(modes, &coefficient, modes, &q, modes, &dq));
  PetscCall(ToModes(h, current, coefficient));
  for (PetscInt n = 0; n < modes; n++) {
    if (n > 0) {
      kappa *= PetscSqr(((double)n - 0.5) / (double)n);
    }
    coefficient[n] *= bulk->unit * sqrt((double)(4 * n + 1) * kappa / (2 * PETSC_PI) / ModeShare(kappa));
  }
  for (PetscInt k = 0; k < grid->layers; k++) {
    const double sinh_xi = sinh(grid->layer_xi[k]), cosh_xi = cosh(grid->layer_xi[k]);

    for (PetscInt n = 0; n < modes; n++) {
      q[n] = coefficient[n] * h->q[modes * k + n];
      dq[n] = coefficient[n] * h->dq[modes * k + n];
    }
    for (PetscInt i = 0; i < grid->columns; i++) {
      const double sin_eta = sin(grid->column_eta[i]), cos_eta = cos(grid->column_eta[i]);
      const double metric = bulk->radius * sqrt(sinh_xi * sinh_xi + sin_eta * sin_eta);
      const double *p = h->p + modes * i, *dp = h->dp + modes * i;
      const PetscInt cell = i + grid->columns * k;
      double phi = 0, along_xi = 0, along_eta = 0;

      for (PetscInt n = 0; n < modes; n++) {
        phi += q[n] * p[n];
        along_xi -= dq[n] * p[n];
        along_eta -= q[n] * dp[n];
      }
      along_xi *= bulk->conductivity * cosh_xi / metric;
      along_eta *= bulk->conductivity * cos_eta / metric;
      if (potential) {
        potential[cell] = phi;
      }
      const double dr_dxi = bulk->radius * sinh_xi * cos_eta / metric,
                   dz_dxi = -bulk->radius * cosh_xi * sin_eta / metric;
      if (current_r) {
        current_r[cell] = along_xi * dr_dxi + along_eta * dz_dxi; /* dr/deta = dz/dxi */
      }
      if (current_z) {
        current_z[cell] = along_xi * dz_dxi - along_eta * dr_dxi; /* dz/deta = -dr/dxi */
      }
    }
  }
  PetscCall(PetscFree3(coefficient, q, dq));
  PetscFunctionReturn(0);
}

/* Only the mode n = 0 carries current to infinity, and it carries all of it. */
static PetscErrorCode CounterCurrent(Bulk bulk, const double current[], double *arriving) {
  PetscFunctionBeginUser;
  *arriving = 0;
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    *arriving += current[j];
  }
  PetscFunctionReturn(0);
}

PetscInt BulkHalfspaceModes_Private(Bulk bulk) {
  return ((const Halfspace *)bulk->data)->modes;
}

PetscErrorCode BulkHalfspaceRoot_Private(Bulk bulk, double root[]) {
  const Halfspace *h = (const Halfspace *)bulk->data;
  double kappa = 0.5 * PETSC_PI;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n < h->modes; n++) {
    kappa *= n > 0 ? PetscSqr(((double)n - 0.5) / (double)n) : 1;
    for (PetscInt j = 0; j < h->rings; j++) {
      root[j * h->modes + n] = h->mode[j + h->rings * n] / sqrt(ModeShare(kappa));
    }
  }
  PetscFunctionReturn(0);
}

/* As many modes as rings. Beyond half the rings the quadrature is no longer exact, but what it adds is closer than
   nothing: at omega C a/sigma = 100 the impedance of 64 rings is off by 8e-8 instead of 1.1e-6. The rank is full but
   for rounding; a floor of 1e-9 under all modes, less than any of them, keeps the inverse finite. */
PetscErrorCode BulkHalfspaceWhole_Private(Bulk bulk, double matrix[]) {
  const Halfspace *h = (const Halfspace *)bulk->data;
  const PetscBLASInt rings = h->rings;
  const double zero = 0;
  double kappa = 0.5 * PETSC_PI, *mode;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)rings * (size_t)rings, &mode));
  for (PetscBLASInt j = 0; j < rings; j++) {
    const double mu = sin(bulk->grid->column_eta[j]);
    double below = 1, value = mu;
    mode[j] = 1;
    for (PetscBLASInt m = 2; m <= 2 * rings - 2; m++) {
      const double next = ((double)(2 * m - 1) * mu * value - (double)(m - 1) * below) / (double)m;
      below = value;
      value = next;
      if (m % 2 == 0) {
        mode[j + rings * (m / 2)] = value;
      }
    }
  }
  for (PetscBLASInt n = 0; n < rings; n++) {
    kappa *= n > 0 ? PetscSqr((n - 0.5) / n) : 1;
    for (PetscBLASInt j = 0; j < rings; j++) {
      mode[j + rings * n] *= sqrt((4 * n + 1) * kappa / (2 * PETSC_PI));
    }
  }
  PetscCallBLAS("BLASgemm", BLASgemm_("N", "T", &rings, &rings, &rings, &bulk->unit, mode, &rings, mode, &rings, &zero,
                                      matrix, &rings));
  for (PetscBLASInt j = 0; j < rings; j++) {
    matrix[j + rings * j] += bulk->unit * 1e-3 * h->floor[j];
  }
  PetscCall(PetscFree(mode));
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(Bulk bulk) {
  Halfspace *h = (Halfspace *)bulk->data;

  PetscFunctionBeginUser;
  if (!h) {
    PetscFunctionReturn(0);
  }
  PetscCall(BulkDenseDestroy(&h->small));
  PetscCall(BulkDenseDestroy(&h->whole));
  PetscCall(PetscFree5(h->mode, h->scaled, h->inverse_film, h->weight, h->floor));
  PetscCall(PetscFree4(h->q, h->dq, h->p, h->dp));
  PetscCall(PetscFree(h->work));
  PetscCall(PetscFree(bulk->data));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCreateHalfspace_Private(Bulk bulk) {
  Halfspace *h = NULL;
  const PetscInt rings = bulk->grid->rings, modes = (rings + 1) / 2;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&h));
  bulk->data = h;
  bulk->ops = (BulkOps){.potential = Potential,
                        .factor = Factor,
                        .solve = Solve,
                        .apply = Potential,
                        .cell_field = CellField,
                        .counter_current = CounterCurrent,
                        .destroy = Destroy};
  PetscCall(PetscBLASIntCast(rings, &h->rings));
  PetscCall(PetscBLASIntCast(modes, &h->modes));
  PetscCall(PetscMalloc5((size_t)(rings * modes), &h->mode, (size_t)(rings * modes), &h->scaled, rings,
                         &h->inverse_film, rings, &h->weight, rings, &h->floor));
  PetscCall(BulkDenseCreate(modes, &h->small));
  h->work_count = 4;
  PetscCall(PetscMalloc1((size_t)(modes * h->work_count), &h->work));
  PetscCall(FillModes(bulk, h));
  PetscCall(PetscSNPrintf(bulk->statistics.method, sizeof(bulk->statistics.method), "%d Legendre modes", (int)modes));
  PetscFunctionReturn(0);
}
