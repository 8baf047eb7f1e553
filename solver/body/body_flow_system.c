/* The linear system of a flow: residual, matrix, factor.

     [ K   -D^T ] [dv]   [ -R(v) + D^T p ]      R forces of the viscous stress less the load
     [ D    0   ] [dp] = [ -D v          ]      D integrals of the pressures' functions times the divergence

   by the method of multipliers: with S = kappa eta M^-1 (M mass of a cell's pressures, S acts within a cell)

     (K + D^T S D) dv = -R + D^T (p - S D v),   v += dv,   p -= S D v,

   then again with the right-hand side -D^T S D v until no cell has a divergence. The matrix is symmetric and positive
   definite, so CHOLMOD factors it without pivots; the error of the divergence falls about 1/kappa-fold with each
   solve. Source: Fortin & Glowinski, Augmented Lagrangian Methods (1983), ch. I. */
#include "body_flow_private.h"
#include <math.h>
#include <string.h>

static const double penalty = 1e4;          /* kappa */
static const double divergence_aim = 1e-13; /* of the flux through a cell's sides */
static const PetscInt solves_at_most = 12;

/* Places of the entries: upper triangle, cell after cell, then the diagonal. */
static PetscErrorCode Places(BodyFlow flow) {
  PetscInt *row, *column, count = 0;
  CellTerms terms;

  PetscFunctionBeginUser;
  for (int fill = 0; fill < 2; fill++) {
    if (fill) {
      flow->entries = count + flow->coordinates;
      PetscCall(PetscMalloc2(flow->entries, &row, flow->entries, &column));
      count = 0;
    }
    for (PetscInt cell = 0; cell < flow->cells; cell++) {
      BodyCellTerms(flow, cell, &terms);
      for (int s = 0; s < terms.count; s++) {
        for (int t = 0; t < terms.count; t++) {
          if (terms.coordinate[s] > terms.coordinate[t]) {
            continue;
          }
          if (fill) {
            row[count] = terms.coordinate[s];
            column[count] = terms.coordinate[t];
          }
          count++;
        }
      }
    }
  }
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    row[count] = column[count] = c;
    count++;
  }
  PetscCall(MatSetPreallocationCOO(flow->matrix, flow->entries, row, column));
  PetscCall(PetscFree2(row, column));
  PetscFunctionReturn(0);
}

PetscErrorCode BodySystemCreate(BodyFlow flow) {
  const PetscInt n = flow->coordinates;
  PetscBool found = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(MatInitializePackage());
  PetscCall(MatSolverTypeGet(MATSOLVERCHOLMOD, MATSEQAIJ, MAT_FACTOR_CHOLESKY, NULL, &found, NULL));
  PetscCheck(found, PETSC_COMM_SELF, PETSC_ERR_SUP, "the lithium body needs a PETSc with SuiteSparse (CHOLMOD)");
  PetscCall(MatCreate(PETSC_COMM_SELF, &flow->matrix));
  PetscCall(MatSetSizes(flow->matrix, n, n, n, n));
  PetscCall(MatSetType(flow->matrix, MATSEQAIJ));
  PetscCall(Places(flow));
  PetscCall(PetscMalloc1(flow->entries, &flow->entry));
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, n, &flow->right));
  PetscCall(VecDuplicate(flow->right, &flow->solution));
  PetscFunctionReturn(0);
}

PetscErrorCode BodySystemDestroy(BodyFlow flow) {
  PetscFunctionBeginUser;
  PetscCall(MatDestroy(&flow->matrix));
  PetscCall(MatDestroy(&flow->factor));
  PetscCall(VecDestroy(&flow->right));
  PetscCall(VecDestroy(&flow->solution));
  PetscCall(PetscFree(flow->entry));
  PetscFunctionReturn(0);
}

/* What depends on where the nodes are. */
void BodyGeometry(BodyFlow flow) {
  const BodyGrid *grid = flow->options.grid;
  const double radius = grid->r[BodyNode(grid, 2 * grid->radial, 0)];

  for (PetscInt c = 0; c < flow->coordinates; c++) {
    flow->load[c] = 0.0;
  }
  for (PetscInt cell = 0; cell < flow->cells; cell++) {
    double load[CELL_VELOCITIES];
    CellTerms terms;
    BodyCellDivergence(flow, cell);
    BodyCellLoad(flow, cell, load);
    BodyCellTerms(flow, cell, &terms);
    for (int t = 0; t < terms.count; t++) {
      flow->load[terms.coordinate[t]] += terms.coefficient[t] * load[terms.velocity[t]];
    }
  }
  BodySurfaceLoad(flow);
  for (PetscInt j = 0; j < flow->rings; j++) {
    flow->ring_area[j] = PETSC_PI * radius * radius *
                         (grid->fraction[j + 1] * grid->fraction[j + 1] - grid->fraction[j] * grid->fraction[j]);
  }
}

static void Gather(BodyFlow flow, PetscInt cell, const double velocity[], double local[CELL_VELOCITIES]) {
  PetscInt node[BODY_CELL_NODES];

  BodyCellNodes(flow->options.grid, cell, node);
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    local[v] = velocity[2 * node[v / 2] + v % 2];
  }
}

/* D v of a cell; returns the sum of its terms' sizes for the first. */
static double CellDivergence(BodyFlow flow, PetscInt cell, const double velocity[], double out[CELL_PRESSURES]) {
  const double *d = flow->divergence + cell * CELL_PRESSURES * CELL_VELOCITIES;
  double local[CELL_VELOCITIES], size = 0.0;

  Gather(flow, cell, velocity, local);
  for (int m = 0; m < CELL_PRESSURES; m++) {
    out[m] = 0.0;
    for (int v = 0; v < CELL_VELOCITIES; v++) {
      out[m] += d[m * CELL_VELOCITIES + v] * local[v];
      size += m ? 0.0 : fabs(d[v] * local[v]);
    }
  }
  return size;
}

double BodyDivergence(BodyFlow flow, const double velocity[]) {
  double largest = 0.0, size = 0.0;

  for (PetscInt cell = 0; cell < flow->cells; cell++) {
    double out[CELL_PRESSURES];
    size = fmax(size, CellDivergence(flow, cell, velocity, out));
    largest = fmax(largest, fabs(out[0]));
  }
  return size > 0.0 ? largest / size : 0.0;
}

/* S D v */
static void Penalty(BodyFlow flow, PetscInt cell, const double velocity[], double out[CELL_PRESSURES]) {
  const double *s = flow->stiffness + 9 * cell;
  double divergence[CELL_PRESSURES];

  (void)CellDivergence(flow, cell, velocity, divergence);
  for (int m = 0; m < CELL_PRESSURES; m++) {
    out[m] =
        flow->penalty[cell] * (s[3 * m] * divergence[0] + s[3 * m + 1] * divergence[1] + s[3 * m + 2] * divergence[2]);
  }
}

static void Scatter(BodyFlow flow, PetscInt cell, const double local[CELL_VELOCITIES], double to[]) {
  CellTerms terms;

  BodyCellTerms(flow, cell, &terms);
  for (int t = 0; t < terms.count; t++) {
    to[terms.coordinate[t]] += terms.coefficient[t] * local[terms.velocity[t]];
  }
}

double BodyResidual(BodyFlow flow, const double velocity[], const double pressure[], const BodyDrive *drive) {
  double sum = 0.0, all = 0.0;

  for (PetscInt c = 0; c < flow->coordinates; c++) {
    flow->force[c] = -flow->load[c];
    all += flow->load[c] * flow->load[c];
  }
  for (PetscInt cell = 0; cell < flow->cells; cell++) {
    const double *d = flow->divergence + cell * CELL_PRESSURES * CELL_VELOCITIES, *p = pressure + CELL_PRESSURES * cell;
    double force[CELL_VELOCITIES];
    (void)BodyCellStress(flow, cell, velocity, PETSC_FALSE, force, NULL);
    for (int v = 0; v < CELL_VELOCITIES; v++) {
      all += force[v] * force[v];
      force[v] -= p[0] * d[v] + p[1] * d[CELL_VELOCITIES + v] + p[2] * d[2 * CELL_VELOCITIES + v];
    }
    Scatter(flow, cell, force, flow->force);
  }
  if (drive->force_given) {
    flow->force[flow->needle] += drive->force + drive->force_by_velocity * flow->q[flow->needle];
    all += drive->force * drive->force;
  }
  for (PetscInt j = 0; j < flow->rings; j++) { /* the pull of an open ring, and the surface's at the line */
    flow->force[j] += flow->apart[j] ? flow->options.adhesion * flow->ring_area[j] : 0.0;
  }
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    sum += flow->fixed[c] ? 0.0 : flow->force[c] * flow->force[c];
  }
  flow->size = sqrt(all);
  return all > 0.0 ? sqrt(sum / all) : 0.0;
}

static void CellMatrix(BodyFlow flow, PetscInt cell, PetscBool tangent,
                       double matrix[CELL_VELOCITIES][CELL_VELOCITIES]) {
  const double *d = flow->divergence + cell * CELL_PRESSURES * CELL_VELOCITIES, *s = flow->stiffness + 9 * cell;
  double force[CELL_VELOCITIES];

  memset(matrix, 0, sizeof(double[CELL_VELOCITIES][CELL_VELOCITIES]));
  flow->penalty[cell] = penalty * BodyCellStress(flow, cell, flow->velocity, tangent, force, matrix);
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    double sd[CELL_PRESSURES];
    for (int m = 0; m < CELL_PRESSURES; m++) {
      sd[m] = flow->penalty[cell] *
              (s[3 * m] * d[v] + s[3 * m + 1] * d[CELL_VELOCITIES + v] + s[3 * m + 2] * d[2 * CELL_VELOCITIES + v]);
    }
    for (int w = 0; w < CELL_VELOCITIES; w++) {
      matrix[v][w] += sd[0] * d[w] + sd[1] * d[CELL_VELOCITIES + w] + sd[2] * d[2 * CELL_VELOCITIES + w];
    }
  }
}

/* Values at their places; rows of fixed coordinates keep their diagonal only. */
static void Entries(BodyFlow flow, PetscBool tangent) {
  double matrix[CELL_VELOCITIES][CELL_VELOCITIES], largest = 0.0;
  PetscInt count = 0;
  CellTerms terms;

  for (PetscInt cell = 0; cell < flow->cells; cell++) {
    CellMatrix(flow, cell, tangent, matrix);
    BodyCellTerms(flow, cell, &terms);
    for (int s = 0; s < terms.count; s++) {
      const PetscInt row = terms.coordinate[s];
      for (int t = 0; t < terms.count; t++) {
        const PetscInt column = terms.coordinate[t];
        if (row <= column) {
          const double value =
              terms.coefficient[s] * terms.coefficient[t] * matrix[terms.velocity[s]][terms.velocity[t]];
          const int kept = row == column || (!flow->fixed[row] && !flow->fixed[column]);
          flow->entry[count++] = kept ? value : 0.0;
          largest = fmax(largest, fabs(value));
        }
      }
    }
  }
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    flow->entry[count++] = flow->fixed[c] ? largest : c == flow->needle ? flow->spring : 0.0;
  }
}

PetscErrorCode BodyFactor(BodyFlow flow, PetscBool tangent, PetscBool *good) {
  MatFactorError failed;
  MatFactorInfo info;

  PetscFunctionBeginUser;
  Entries(flow, tangent);
  PetscCall(MatSetValuesCOO(flow->matrix, flow->entry, INSERT_VALUES));
  PetscCall(MatFactorInfoInitialize(&info));
  if (!flow->factor) {
    PetscCall(MatGetFactor(flow->matrix, MATSOLVERCHOLMOD, MAT_FACTOR_CHOLESKY, &flow->factor));
    PetscCall(MatCholeskyFactorSymbolic(flow->factor, flow->matrix, NULL, &info));
  }
  PetscCall(MatCholeskyFactorNumeric(flow->factor, flow->matrix, &info));
  PetscCall(MatFactorGetError(flow->factor, &failed));
  *good = failed ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* step = A^-1 (minus `force`) on the coordinates that are not fixed, added to q and the velocities. */
static PetscErrorCode Advance(BodyFlow flow, const double force[]) {
  const PetscScalar *solved;
  PetscScalar *right;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(flow->right, &right));
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    right[c] = flow->fixed[c] ? 0.0 : -force[c];
  }
  PetscCall(VecRestoreArrayWrite(flow->right, &right));
  PetscCall(MatSolve(flow->factor, flow->right, flow->solution));
  PetscCall(VecGetArrayRead(flow->solution, &solved));
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    if (!flow->fixed[c]) {
      flow->step[c] += solved[c];
      flow->q[c] += solved[c];
    }
  }
  PetscCall(VecRestoreArrayRead(flow->solution, &solved));
  BodyNodeVelocities(flow, flow->q, flow->velocity);
  PetscFunctionReturn(0);
}

/* force += D^T S D v; with `enter` the pressure takes p -= S D v, and the force is of that alone. */
static void PenaltyForce(BodyFlow flow, PetscBool enter, double force[]) {
  for (PetscInt cell = 0; cell < flow->cells; cell++) {
    const double *d = flow->divergence + cell * CELL_PRESSURES * CELL_VELOCITIES;
    double out[CELL_PRESSURES], local[CELL_VELOCITIES];
    Penalty(flow, cell, flow->velocity, out);
    for (int v = 0; v < CELL_VELOCITIES; v++) {
      local[v] = out[0] * d[v] + out[1] * d[CELL_VELOCITIES + v] + out[2] * d[2 * CELL_VELOCITIES + v];
    }
    for (int m = 0; m < CELL_PRESSURES && enter; m++) {
      flow->pressure[CELL_PRESSURES * cell + m] -= out[m];
    }
    Scatter(flow, cell, local, force);
  }
}

PetscErrorCode BodyLinearSolve(BodyFlow flow, const BodyDrive *drive, PetscInt *solves) {
  double last = INFINITY;

  PetscFunctionBeginUser;
  (void)BodyResidual(flow, flow->velocity, flow->pressure, drive);
  PenaltyForce(flow, PETSC_FALSE, flow->force);
  PetscCall(PetscArrayzero(flow->step, flow->coordinates));
  PetscCall(Advance(flow, flow->force));
  for (PetscInt solve = 0; solve < solves_at_most; solve++) {
    ++*solves;
    PetscCall(PetscArrayzero(flow->force, flow->coordinates));
    PenaltyForce(flow, PETSC_TRUE, flow->force);
    const double divergence = BodyDivergence(flow, flow->velocity);
    if (divergence < divergence_aim || (divergence > 0.3 * last && solve > 2)) { /* rounding */
      break;
    }
    last = divergence;
    PetscCall(Advance(flow, flow->force));
  }
  PetscFunctionReturn(0);
}
