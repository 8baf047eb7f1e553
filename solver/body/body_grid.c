/* Isoparametric cells: position and velocity are biquadratic in a cell, so that a boundary that moves with the nodes'
   velocity sweeps exactly the volume that the velocity's flux says. Quadrature: 3 x 3 points of Gauss. */
#include "body_grid.h"
#include "../../physics/constants.h"
#include <math.h>

const double BodyAbscissa[BODY_EDGE_POINTS] = {-0.7745966692414834, 0.0, 0.7745966692414834};
const double BodyWeight[BODY_EDGE_POINTS] = {5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0};

PetscErrorCode BodyGridCreate(PetscInt radial, PetscInt axial, const double fraction[], BodyGrid *grid) {
  PetscFunctionBeginUser;
  PetscCheck(radial > 0 && axial > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " x %" PetscInt_FMT " cells", radial, axial);
  grid->radial = radial;
  grid->axial = axial;
  grid->under = radial;
  PetscCall(PetscMalloc3(radial + 1, &grid->fraction, BodyNodeCount(grid), &grid->r, BodyNodeCount(grid), &grid->z));
  for (PetscInt j = 0; j <= radial; j++) {
    grid->fraction[j] = fraction ? fraction[j] : (double)j / (double)radial;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BodyGridDestroy(BodyGrid *grid) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(grid->fraction, grid->r, grid->z));
  PetscFunctionReturn(0);
}

/* [1] place of a column of nodes over the radius */
static double Place(const BodyGrid *grid, PetscInt i) {
  return i % 2 ? 0.5 * (grid->fraction[i / 2] + grid->fraction[i / 2 + 1]) : grid->fraction[i / 2];
}

static void Put(BodyGrid *grid, PetscInt i, PetscInt k, double r, double z) {
  const PetscInt n = BodyNode(grid, i, k);
  grid->r[n] = r;
  grid->z[n] = z;
}

/* Half of the free outline is side, half is shoulder; under the needle and on the shoulder cells are of like width. */
void BodyGridHemispheroid(BodyGrid *grid, double contact_radius, double height, double needle_radius) {
  const double edge = acos(needle_radius / contact_radius), corner = 0.5 * edge; /* angles of the outline's parameter */
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial;
  const double shoulder = hypot(contact_radius * (cos(corner) - cos(edge)), height * (sin(edge) - sin(corner)));
  const double share = needle_radius / (needle_radius + shoulder);
  const PetscInt under = (PetscInt)lround(share * (double)grid->radial);

  grid->under = needle_radius > 0.0 ? PetscMax(1, PetscMin(grid->radial - 1, under)) : 0;
  for (PetscInt i = 0; i <= side; i++) {
    const PetscInt last = 2 * grid->under;
    const double along = i > last ? (double)(i - last) / (double)(side - last) : 0.0;
    const double angle = edge + along * (corner - edge);
    Put(grid, i, 0, Place(grid, i) * contact_radius, 0.0);
    if (i <= last) {
      Put(grid, i, top, last ? needle_radius * (double)i / (double)last : 0.0, height * sin(edge));
    } else {
      Put(grid, i, top, contact_radius * cos(angle), height * sin(angle));
    }
  }
  for (PetscInt k = 1; k < top; k++) {
    const double angle = corner * (double)k / (double)top;
    Put(grid, side, k, contact_radius * cos(angle), height * sin(angle));
  }
  BodyGridFill(grid);
}

PetscInt BodyOutlineCount(const BodyGrid *grid) {
  return 2 * (grid->axial + grid->radial - grid->under) + 1;
}

PetscInt BodyOutlineNode(const BodyGrid *grid, PetscInt at) {
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial;

  return at <= top ? BodyNode(grid, side, at) : BodyNode(grid, side + top - at, top);
}

void BodyGridCylinder(BodyGrid *grid, double radius, double height) {
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial;

  grid->under = grid->radial;
  for (PetscInt i = 0; i <= side; i++) {
    Put(grid, i, 0, Place(grid, i) * radius, 0.0);
    Put(grid, i, top, Place(grid, i) * radius, height);
  }
  for (PetscInt k = 1; k < top; k++) {
    Put(grid, side, k, radius, height * (double)k / (double)top);
  }
  BodyGridFill(grid);
}

void BodyGridFill(BodyGrid *grid) {
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial;
  double *const r = grid->r, *const z = grid->z;
  const PetscInt corner[4] = {BodyNode(grid, 0, 0), BodyNode(grid, side, 0), BodyNode(grid, 0, top),
                              BodyNode(grid, side, top)};

  for (PetscInt k = 1; k < top; k++) {
    const double up = (double)k / (double)top;
    Put(grid, 0, k, 0.0, (1.0 - up) * z[corner[0]] + up * z[corner[2]]);
  }
  for (PetscInt k = 1; k < top; k++) {
    const double up = (double)k / (double)top, down = 1.0 - up;
    const PetscInt axis = BodyNode(grid, 0, k), outer = BodyNode(grid, side, k);
    for (PetscInt i = 1; i < side; i++) {
      const double out = Place(grid, i), in = 1.0 - out;
      const PetscInt low = BodyNode(grid, i, 0), high = BodyNode(grid, i, top);
      Put(grid, i, k,
          down * r[low] + up * r[high] + in * r[axis] + out * r[outer] -
              in * (down * r[corner[0]] + up * r[corner[2]]) - out * (down * r[corner[1]] + up * r[corner[3]]),
          down * z[low] + up * z[high] + in * z[axis] + out * z[outer] -
              in * (down * z[corner[0]] + up * z[corner[2]]) - out * (down * z[corner[1]] + up * z[corner[3]]));
    }
  }
}

void BodyCellNodes(const BodyGrid *grid, PetscInt cell, PetscInt node[BODY_CELL_NODES]) {
  const PetscInt i = 2 * (cell % grid->radial), k = 2 * (cell / grid->radial);

  for (PetscInt a = 0; a < BODY_CELL_NODES; a++) {
    node[a] = BodyNode(grid, i + a % 3, k + a / 3);
  }
}

void BodyEdgeFunctions(double x, double N[BODY_EDGE_NODES], double by_x[BODY_EDGE_NODES]) {
  N[0] = 0.5 * x * (x - 1.0);
  N[1] = 1.0 - x * x;
  N[2] = 0.5 * x * (x + 1.0);
  by_x[0] = x - 0.5;
  by_x[1] = -2.0 * x;
  by_x[2] = x + 0.5;
}

void BodyCellPoint(const BodyGrid *grid, PetscInt cell, int point, BodyPoint *at) {
  const int centre = point == BODY_CELL_POINTS;
  const int p = centre ? 1 : point % 3, q = centre ? 1 : point / 3;
  double in[3], in_x[3], up[3], up_y[3], by_x[BODY_CELL_NODES], by_y[BODY_CELL_NODES];
  double rx = 0.0, ry = 0.0, zx = 0.0, zy = 0.0;
  PetscInt node[BODY_CELL_NODES];

  BodyCellNodes(grid, cell, node);
  BodyEdgeFunctions(BodyAbscissa[p], in, in_x);
  BodyEdgeFunctions(BodyAbscissa[q], up, up_y);
  at->r = at->z = 0.0;
  for (int a = 0; a < BODY_CELL_NODES; a++) {
    const double r = grid->r[node[a]], z = grid->z[node[a]];
    at->N[a] = in[a % 3] * up[a / 3];
    by_x[a] = in_x[a % 3] * up[a / 3];
    by_y[a] = in[a % 3] * up_y[a / 3];
    at->r += at->N[a] * r;
    at->z += at->N[a] * z;
    rx += by_x[a] * r;
    ry += by_y[a] * r;
    zx += by_x[a] * z;
    zy += by_y[a] * z;
  }
  at->area = rx * zy - ry * zx;
  for (int a = 0; a < BODY_CELL_NODES; a++) {
    at->by_r[a] = (zy * by_x[a] - zx * by_y[a]) / at->area;
    at->by_z[a] = (rx * by_y[a] - ry * by_x[a]) / at->area;
  }
  at->area *= BodyWeight[p] * BodyWeight[q];
  at->weight = centre ? 0.0 : 2.0 * PI * at->r * at->area;
}

double BodyGridVolume(const BodyGrid *grid) {
  double volume = 0.0;

  for (PetscInt cell = 0; cell < grid->radial * grid->axial; cell++) {
    for (int point = 0; point < BODY_CELL_POINTS; point++) {
      BodyPoint at;
      BodyCellPoint(grid, cell, point, &at);
      volume += at.weight;
    }
  }
  return volume;
}

PetscInt BodyGridFolds(const BodyGrid *grid) {
  for (PetscInt cell = 0; cell < grid->radial * grid->axial; cell++) {
    for (int point = 0; point < BODY_CELL_POINTS; point++) {
      BodyPoint at;
      BodyCellPoint(grid, cell, point, &at);
      if (!(at.area > 0.0 && at.r > 0.0)) {
        return cell;
      }
    }
  }
  return -1;
}
