/* The network of one discretisation: links, residual, matrix, integrals. */
#include "unit_cell_private.h"
#include <math.h>

static PetscInt PlaneOffset(const UnitCellOptions *o, int axis) {
  return o->method == UNIT_CELL_NODES && o->electrodes && axis == 2 ? 1 : 0;
}

static double MapAt(UnitCell cell, PetscInt i, PetscInt j, PetscInt k) {
  const PetscInt x = i - cell->map_start[0], y = j - cell->map_start[1], z = k - cell->map_start[2];

  return cell->map[x + cell->map_width[0] * (y + cell->map_width[1] * z)];
}

static double EdgeMean(UnitCell cell, const PetscInt at[3], int axis, int side) {
  const int b = (axis + 1) % 3, c = (axis + 2) % 3;
  double sum = 0.0;

  for (int n = 0; n < 4; n++) {
    PetscInt voxel[3];
    for (int k = 0; k < 3; k++) {
      voxel[k] = at[k] + PlaneOffset(&cell->options, k);
    }
    voxel[axis] -= side < 0 ? 1 : 0;
    voxel[b] -= n & 1;
    voxel[c] -= n >> 1;
    sum += MapAt(cell, voxel[0], voxel[1], voxel[2]);
  }
  return 0.25 * sum;
}

UnitCellLink UnitCellLink_Private(UnitCell cell, const PetscInt at[3], int axis, int side) {
  const UnitCellOptions *o = &cell->options;
  const int b = (axis + 1) % 3, c = (axis + 2) % 3;
  UnitCellLink link = {.length = cell->spacing[axis], .area = cell->spacing[b] * cell->spacing[c]};

  link.ends = o->electrodes && axis == 2 && at[2] == (side < 0 ? 0 : cell->unknowns[2] - 1) ? PETSC_TRUE : PETSC_FALSE;
  if (o->method == UNIT_CELL_NODES) {
    link.first = link.second = EdgeMean(cell, at, axis, side);
    return link;
  }
  link.first = link.second = MapAt(cell, at[0], at[1], at[2]);
  if (link.ends) {
    link.length *= 0.5;
  } else {
    PetscInt next[3] = {at[0], at[1], at[2]};
    next[axis] += side;
    link.second = MapAt(cell, next[0], next[1], next[2]);
  }
  return link;
}

/* Halves a, b in series, a sinh(u) = b sinh(2 v - u), v = E/E_c: solved for u, with s = sinh v,
   i = 2 a b E_c s cosh(v)/w,  di/dE = 2 a b (cosh(2 v)/w - 4 a b s^2 cosh(v)^2/w^3),  w^2 = (a + b)^2 + 4 a b s^2 */
double UnitCellLaw_Private(UnitCell cell, const UnitCellLink *link, double field, double *slope) {
  const double a = link->first, b = link->second, scale = cell->options.field_scale;

  if (isinf(scale)) {
    *slope = 2.0 * a * b / (a + b);
    return *slope * field;
  } else {
    const double v = field / scale, s = sinh(v), c = cosh(v);
    const double w = hypot(a + b, 2.0 * sqrt(a * b) * s), part = 2.0 * sqrt(a * b) * s / w;
    *slope = 2.0 * a * b / w * (s * s + c * c - part * part * c * c);
    return 2.0 * a * b * scale * s * c / w;
  }
}

double UnitCellField_Private(const UnitCellLink *link, double mean, double ***phi, const PetscInt at[3], int axis,
                             int side) {
  PetscInt next[3] = {at[0], at[1], at[2]};
  double here, there;

  if (!phi) {
    return mean;
  }
  next[axis] += side;
  here = phi[at[2]][at[1]][at[0]];
  there = link->ends ? 0.0 : phi[next[2]][next[1]][next[0]];
  return mean + (double)side * (here - there) / link->length;
}

PetscBool UnitCellCounts_Private(const UnitCellLink *link, int side) {
  return side > 0 || link->ends ? PETSC_TRUE : PETSC_FALSE;
}

void UnitCellPoint(UnitCell cell, PetscInt i, PetscInt j, PetscInt k, double x[3]) {
  const PetscInt at[3] = {i, j, k};
  const double shift = cell->options.method == UNIT_CELL_CELLS ? 0.5 : 0.0;

  for (int a = 0; a < 3; a++) {
    x[a] = cell->spacing[a] * ((double)(at[a] + PlaneOffset(&cell->options, a)) + shift);
  }
}

DM UnitCellDM(UnitCell cell) {
  return cell->da;
}

PetscErrorCode UnitCellVec(UnitCell cell, Vec *potential) {
  PetscFunctionBeginUser;
  PetscCall(DMCreateGlobalVector(cell->da, potential));
  PetscCall(VecZeroEntries(*potential));
  PetscFunctionReturn(0);
}

/* Potentials with ghosts in cell->local; *phi NULL for none. */
static PetscErrorCode Open(UnitCell cell, Vec potential, Vec *local, double ****phi) {
  PetscFunctionBeginUser;
  *phi = NULL;
  *local = NULL;
  if (potential) {
    PetscCall(DMGetLocalVector(cell->da, local));
    PetscCall(DMGlobalToLocal(cell->da, potential, INSERT_VALUES, *local));
    PetscCall(DMDAVecGetArrayRead(cell->da, *local, (void *)phi));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Close(UnitCell cell, Vec *local, double ****phi) {
  PetscFunctionBeginUser;
  if (*local) {
    PetscCall(DMDAVecRestoreArrayRead(cell->da, *local, (void *)phi));
    PetscCall(DMRestoreLocalVector(cell->da, local));
  }
  PetscFunctionReturn(0);
}

/* The n-th unknown of this process. */
static void Place(UnitCell cell, PetscInt n, PetscInt at[3]) {
  at[0] = cell->start[0] + n % cell->width[0];
  at[1] = cell->start[1] + n / cell->width[0] % cell->width[1];
  at[2] = cell->start[2] + n / (cell->width[0] * cell->width[1]);
}

static PetscInt OwnCount(UnitCell cell) {
  return cell->width[0] * cell->width[1] * cell->width[2];
}

PetscErrorCode UnitCellResidual_Private(UnitCell cell, const double field[3], Vec potential, Vec residual,
                                        Vec magnitude) {
  const double volume = cell->spacing[0] * cell->spacing[1] * cell->spacing[2];
  double ***phi, ***out, ***sum = NULL;
  Vec local;

  PetscFunctionBeginUser;
  PetscCall(Open(cell, potential, &local, &phi));
  PetscCall(DMDAVecGetArrayWrite(cell->da, residual, &out));
  if (magnitude) {
    PetscCall(DMDAVecGetArrayWrite(cell->da, magnitude, &sum));
  }
  for (PetscInt n = 0; n < OwnCount(cell); n++) {
    PetscInt at[3];
    double flow = 0.0, flows = 0.0, slope, x[3];
    Place(cell, n, at);
    for (int side = 0; side < 6; side++) {
      const int axis = side / 2, sign = side % 2 ? 1 : -1;
      const UnitCellLink link = UnitCellLink_Private(cell, at, axis, sign);
      const double current =
          link.area *
          UnitCellLaw_Private(cell, &link, UnitCellField_Private(&link, field[axis], phi, at, axis, sign), &slope);
      flow += sign * current;
      flows += fabs(current);
    }
    if (cell->options.source) {
      double fed;
      UnitCellPoint(cell, at[0], at[1], at[2], x);
      fed = volume * cell->options.source(cell->options.context, x);
      flow -= fed;
      flows += fabs(fed);
    }
    out[at[2]][at[1]][at[0]] = flow / cell->scale;
    if (sum) {
      sum[at[2]][at[1]][at[0]] = flows / cell->scale;
    }
  }
  if (magnitude) {
    PetscCall(DMDAVecRestoreArrayWrite(cell->da, magnitude, &sum));
  }
  PetscCall(DMDAVecRestoreArrayWrite(cell->da, residual, &out));
  PetscCall(Close(cell, &local, &phi));
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellAssemble_Private(UnitCell cell, const double field[3], Vec potential) {
  double ***phi;
  Vec local;

  PetscFunctionBeginUser;
  PetscCall(Open(cell, potential, &local, &phi));
  PetscCall(MatZeroEntries(cell->matrix));
  for (PetscInt n = 0; n < OwnCount(cell); n++) {
    PetscInt at[3], count = 1;
    MatStencil row = {0}, column[7];
    double value[7] = {0.0}, slope;
    Place(cell, n, at);
    row.i = at[0], row.j = at[1], row.k = at[2];
    column[0] = row;
    for (int side = 0; side < 6; side++) {
      const int axis = side / 2, sign = side % 2 ? 1 : -1;
      const UnitCellLink link = UnitCellLink_Private(cell, at, axis, sign);
      (void)UnitCellLaw_Private(cell, &link, UnitCellField_Private(&link, field[axis], phi, at, axis, sign), &slope);
      slope *= link.area / link.length / cell->scale;
      value[0] += slope;
      if (!link.ends) {
        column[count] = row;
        column[count].i += axis == 0 ? sign : 0;
        column[count].j += axis == 1 ? sign : 0;
        column[count].k += axis == 2 ? sign : 0;
        value[count++] = -slope;
      }
    }
    if (!cell->options.electrodes && !at[0] && !at[1] && !at[2]) {
      value[0] += 1.0; /* no electrode: a shunt holds one unknown at zero, where nothing flows into it */
    }
    PetscCall(MatSetValuesStencil(cell->matrix, 1, &row, count, column, value, ADD_VALUES));
  }
  PetscCall(MatAssemblyBegin(cell->matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(cell->matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(Close(cell, &local, &phi));
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellConductivity(UnitCell cell, PetscInt a, Vec potential_a, PetscInt b, Vec potential_b,
                                    double *conductivity) {
  const double volume = cell->options.length[0] * cell->options.length[1] * cell->options.length[2];
  double ***one, ***other, sum = 0.0;
  Vec local_one, local_other;

  PetscFunctionBeginUser;
  PetscCall(Open(cell, potential_a, &local_one, &one));
  PetscCall(Open(cell, potential_b, &local_other, &other));
  for (PetscInt n = 0; n < OwnCount(cell); n++) {
    PetscInt at[3];
    Place(cell, n, at);
    for (int side = 0; side < 6; side++) {
      const int axis = side / 2, sign = side % 2 ? 1 : -1;
      const UnitCellLink link = UnitCellLink_Private(cell, at, axis, sign);
      if (UnitCellCounts_Private(&link, sign)) {
        const double first = UnitCellField_Private(&link, axis == a ? 1.0 : 0.0, one, at, axis, sign);
        const double second = UnitCellField_Private(&link, axis == b ? 1.0 : 0.0, other, at, axis, sign);
        sum += link.area * link.length * 2.0 * link.first * link.second / (link.first + link.second) * first * second;
      }
    }
  }
  PetscCall(Close(cell, &local_other, &other));
  PetscCall(Close(cell, &local_one, &one));
  sum /= volume;
  PetscCallMPI(MPI_Allreduce(&sum, conductivity, 1, MPI_DOUBLE, MPI_SUM, cell->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellCurrent(UnitCell cell, const double field[3], Vec potential, double current[3]) {
  const double volume = cell->options.length[0] * cell->options.length[1] * cell->options.length[2];
  double ***phi, sum[3] = {0.0}, slope;
  Vec local;

  PetscFunctionBeginUser;
  PetscCall(Open(cell, potential, &local, &phi));
  for (PetscInt n = 0; n < OwnCount(cell); n++) {
    PetscInt at[3];
    Place(cell, n, at);
    for (int side = 0; side < 6; side++) {
      const int axis = side / 2, sign = side % 2 ? 1 : -1;
      const UnitCellLink link = UnitCellLink_Private(cell, at, axis, sign);
      if (UnitCellCounts_Private(&link, sign)) {
        const double along = UnitCellField_Private(&link, field[axis], phi, at, axis, sign);
        sum[axis] += link.area * link.length * UnitCellLaw_Private(cell, &link, along, &slope) / volume;
      }
    }
  }
  PetscCall(Close(cell, &local, &phi));
  PetscCallMPI(MPI_Allreduce(sum, current, 3, MPI_DOUBLE, MPI_SUM, cell->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellDensity(UnitCell cell, const double field[3], Vec potential, double *values) {
  double ***phi, slope;
  Vec local;

  PetscFunctionBeginUser;
  PetscCall(Open(cell, potential, &local, &phi));
  for (PetscInt n = 0; n < OwnCount(cell); n++) {
    PetscInt at[3];
    Place(cell, n, at);
    for (int axis = 0; axis < 3; axis++) {
      double sum = 0.0;
      for (int sign = -1; sign <= 1; sign += 2) {
        const UnitCellLink link = UnitCellLink_Private(cell, at, axis, sign);
        sum += UnitCellLaw_Private(cell, &link, UnitCellField_Private(&link, field[axis], phi, at, axis, sign), &slope);
      }
      values[3 * n + axis] = 0.5 * sum;
    }
  }
  PetscCall(Close(cell, &local, &phi));
  PetscFunctionReturn(0);
}

/* The conductivities around the unknowns of this process. */
static PetscErrorCode FillMap(UnitCell cell) {
  const UnitCellOptions *o = &cell->options;
  double largest = 0.0, shape = 0.0;

  PetscFunctionBeginUser;
  for (int a = 0; a < 3; a++) {
    cell->map_start[a] = cell->start[a] + PlaneOffset(o, a) - 1;
    cell->map_width[a] = cell->width[a] + 2;
    shape = PetscMax(shape, cell->spacing[(a + 1) % 3] * cell->spacing[(a + 2) % 3] / cell->spacing[a]);
  }
  PetscCall(
      PetscCalloc1((size_t)cell->map_width[0] * (size_t)cell->map_width[1] * (size_t)cell->map_width[2], &cell->map));
  for (PetscInt n = 0; n < cell->map_width[0] * cell->map_width[1] * cell->map_width[2]; n++) {
    const PetscInt at[3] = {n % cell->map_width[0], n / cell->map_width[0] % cell->map_width[1],
                            n / (cell->map_width[0] * cell->map_width[1])};
    const PetscInt z = at[2] + cell->map_start[2];
    double x[3];
    if (o->electrodes && (z < 0 || z >= o->cells[2])) {
      continue;
    }
    for (int a = 0; a < 3; a++) {
      const PetscInt wrapped = (at[a] + cell->map_start[a] + o->cells[a]) % o->cells[a];
      x[a] = cell->spacing[a] * ((double)wrapped + 0.5);
    }
    cell->map[n] = o->conductivity(o->context, x);
    PetscCheck(cell->map[n] > 0.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "unit cell: conductivity %g S/m at (%g, %g, %g) m", cell->map[n], x[0], x[1], x[2]);
    largest = PetscMax(largest, cell->map[n]);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, cell->comm));
  cell->scale = largest * shape;
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellCreate(MPI_Comm comm, const UnitCellOptions *options, UnitCell *created) {
  const DMBoundaryType z = options->electrodes ? DM_BOUNDARY_NONE : DM_BOUNDARY_PERIODIC;
  UnitCell cell;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(created));
  cell = *created;
  cell->comm = comm;
  cell->options = *options;
  for (int a = 0; a < 3; a++) {
    cell->spacing[a] = options->length[a] / (double)options->cells[a];
    cell->unknowns[a] = options->cells[a] - PlaneOffset(options, a);
  }
  PetscCheck(cell->unknowns[2] > 0, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "unit cell: %" PetscInt_FMT " cells between electrodes have no corner", options->cells[2]);
  PetscCall(DMDACreate3d(comm, DM_BOUNDARY_PERIODIC, DM_BOUNDARY_PERIODIC, z, DMDA_STENCIL_STAR, cell->unknowns[0],
                         cell->unknowns[1], cell->unknowns[2], PETSC_DECIDE, PETSC_DECIDE, PETSC_DECIDE, 1, 1, NULL,
                         NULL, NULL, &cell->da));
  PetscCall(DMSetUp(cell->da));
  PetscCall(DMDAGetCorners(cell->da, &cell->start[0], &cell->start[1], &cell->start[2], &cell->width[0],
                           &cell->width[1], &cell->width[2]));
  PetscCall(FillMap(cell));
  PetscFunctionReturn(0);
}
