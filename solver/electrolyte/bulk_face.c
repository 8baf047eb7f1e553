/* One face: two half cells and a boundary resistance in series.

   A half cell of length l, conductance g [m] and conductivity sigma carries i = sigma E_c sinh(E/E_c) (numerics.md,
   "Resolved SEI"), so drop(I) = R I + sum over non-linear halves of l E_c asinh(I/(g l sigma E_c)), with g l the area
   of the half cell. Linear where E << E_c: then each half is 1/(sigma g). Current is positive from the cell to the
   neighbour outward or below, drop = potential here - potential there. */
#include "bulk_private.h"

#include <math.h>

/* [S/m] above this an E_c [V/m] is infinite */
#define LINEAR_FIELD_SCALE 1e100

static void AddHalf(Bulk bulk, PetscInt cell, GridFace face, BulkFaceLaw *law) {
  const Grid grid = bulk->grid;
  const double conductance = grid->half_conductance[face][cell];
  const double conductivity = bulk->cell_conductivity ? bulk->cell_conductivity[cell] : bulk->conductivity;
  const double scale = bulk->cell_field_scale ? bulk->cell_field_scale[cell] : INFINITY;

  if (grid->electrode && grid->electrode[cell]) {
    return; /* an ideal conductor */
  }
  if (scale > LINEAR_FIELD_SCALE) {
    law->resistance += 1 / (conductivity * conductance);
  } else {
    const double length = grid->half_length[face][cell];
    law->voltage[law->nonlinear] = length * scale;
    law->flow[law->nonlinear] = conductivity * conductance * length * scale;
    law->nonlinear++;
  }
}

/* [m^2] of the surface that the edge between two corners sweeps around the axis */
static double SweptArea(Grid grid, PetscInt node, PetscInt next) {
  const double length = hypot(grid->corner_r[next] - grid->corner_r[node], grid->corner_z[next] - grid->corner_z[node]);
  return PETSC_PI * (grid->corner_r[next] + grid->corner_r[node]) * length;
}

PetscInt BulkNeighbour_Private(Grid grid, PetscInt cell, int link) {
  const PetscInt column = cell % grid->columns, layer = cell / grid->columns;
  if (link == LINK_OUTWARD) {
    if (column < grid->columns - 1) {
      return cell + 1;
    }
    /* the planar SEI ends at the rim of the contact, whatever bounds the electrolyte below */
    return grid->outward_grounded && layer >= grid->sei_layers ? NEIGHBOUR_GROUND : NEIGHBOUR_NONE;
  }
  if (layer < grid->layers - 1) {
    return cell + grid->columns;
  }
  return grid->down_grounded ? NEIGHBOUR_GROUND : NEIGHBOUR_NONE;
}

void BulkFaceLawLink_Private(Bulk bulk, PetscInt cell, int link, BulkFaceLaw *law) {
  const Grid grid = bulk->grid;
  const PetscInt neighbour = BulkNeighbour_Private(grid, cell, link);
  const PetscInt corner = cell % grid->columns + (grid->columns + 1) * (cell / grid->columns);
  const PetscInt far = corner + grid->columns + 2; /* the corner that both faces share */
  const double *boundary = link == LINK_OUTWARD ? bulk->face_resistance_outward : bulk->face_resistance_down;

  *law = (BulkFaceLaw){.resistance = 0};
  AddHalf(bulk, cell, link == LINK_OUTWARD ? FACE_OUTWARD : FACE_DOWN, law);
  if (neighbour >= 0) {
    AddHalf(bulk, neighbour, link == LINK_OUTWARD ? FACE_INWARD : FACE_UP, law);
  }
  if (boundary && boundary[cell] > 0) {
    law->resistance += boundary[cell] / SweptArea(grid, link == LINK_OUTWARD ? corner + 1 : far - 1, far);
  }
}

void BulkFaceLawSurface_Private(Bulk bulk, PetscInt ring, BulkFaceLaw *law) {
  *law = (BulkFaceLaw){.resistance = 0};
  AddHalf(bulk, ring, FACE_UP, law);
}

double BulkFaceDrop_Private(const BulkFaceLaw *law, double current, double *slope) {
  double drop = law->resistance * current;
  *slope = law->resistance;
  for (int n = 0; n < law->nonlinear; n++) {
    drop += law->voltage[n] * asinh(current / law->flow[n]);
    *slope += law->voltage[n] / hypot(law->flow[n], current);
  }
  return drop;
}

/* asinh(factor sinh(x)) for x, factor > 0 without overflow */
static double ScaledHyperbola(double factor, double x) {
  return x > 300 ? x + log(factor) : asinh(factor * sinh(x));
}

/* With I = s sinh(w), s the smallest of the flows, every part's drop is convex in w > 0: Newton from an upper bound,
   where one part takes the whole drop, descends to the root without overshooting. */
double BulkFaceCurrent_Private(const BulkFaceLaw *law, double drop) {
  const double wanted = fabs(drop);
  double smallest = INFINITY, w = INFINITY;

  if (law->nonlinear == 0) {
    return drop / law->resistance;
  }
  if (wanted == 0) {
    return 0;
  }
  for (int n = 0; n < law->nonlinear; n++) {
    smallest = fmin(smallest, law->flow[n]);
  }
  for (int n = 0; n < law->nonlinear; n++) {
    w = fmin(w, ScaledHyperbola(law->flow[n] / smallest, wanted / law->voltage[n]));
  }
  if (law->resistance > 0) {
    w = fmin(w, asinh(wanted / (law->resistance * smallest)));
  }
  for (int iteration = 0; iteration < 200; iteration++) {
    if (!(w < 700)) {
      return NAN;
    }
    const double sine = sinh(w), cosine = cosh(w);
    double excess = law->resistance * smallest * sine - wanted, slope = law->resistance * smallest * cosine;
    for (int n = 0; n < law->nonlinear; n++) {
      const double ratio = smallest / law->flow[n];
      excess += law->voltage[n] * asinh(ratio * sine);
      slope += law->voltage[n] * ratio * cosine / hypot(1, ratio * sine);
    }
    const double step = excess / slope;
    w = fmax(w - step, 0);
    if (step <= 2e-16 * w) {
      return copysign(smallest * sinh(w), drop);
    }
  }
  return NAN;
}

/* Flow across every link [A], process 0 */
static PetscErrorCode LinkFlows(Bulk bulk, const double potential[], double *flow[LINK_COUNT]) {
  const Grid grid = bulk->grid;
  const PetscInt cells = GridCellCount(grid);
  const double growth = bulk->radius / grid->radius; /* conductances are kept for the first radius */

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < cells; c++) {
    for (int link = 0; link < LINK_COUNT; link++) {
      const PetscInt neighbour = BulkNeighbour_Private(grid, c, link);
      BulkFaceLaw law;
      flow[link][c] = 0;
      if (neighbour == NEIGHBOUR_NONE) {
        continue;
      }
      BulkFaceLawLink_Private(bulk, c, link, &law);
      flow[link][c] =
          growth * BulkFaceCurrent_Private(&law, potential[c] - (neighbour >= 0 ? potential[neighbour] : 0));
      PetscCheck(isfinite(flow[link][c]), PETSC_COMM_SELF, PETSC_ERR_FP,
                 "bulk: no current found across a face of cell %" PetscInt_FMT, c);
    }
  }
  PetscFunctionReturn(0);
}

/* Outward flow through the face between two corners, times the mean position of that face relative to (r0, z0). */
static void AddMoment(Grid grid, PetscInt a, PetscInt b, double flow, double r0, double z0, double moment[2]) {
  const double ra = grid->corner_r[a], rb = grid->corner_r[b], sum = ra + rb;
  if (sum <= 0) {
    return; /* the axis */
  }
  const double r = 2 * (ra * ra + ra * rb + rb * rb) / (3 * sum);
  const double z = (grid->corner_z[a] * (2 * ra + rb) + grid->corner_z[b] * (ra + 2 * rb)) / (3 * sum);
  moment[0] += flow * (r - r0);
  moment[1] += flow * (z - z0);
}

/* Because div i = 0, the volume integral of i is the sum over the faces of flow times position, in r as in z. */
PetscErrorCode BulkCurrentDensity_Private(Bulk bulk, const double current[], const double potential[],
                                          double current_r[], double current_z[]) {
  const Grid grid = bulk->grid;
  const PetscInt columns = grid->columns, stride = columns + 1;
  const double growth = bulk->radius / grid->radius;
  double *flow[LINK_COUNT];

  PetscFunctionBeginUser;
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscMalloc1(GridCellCount(grid), &flow[link]));
  }
  PetscCall(LinkFlows(bulk, potential, flow));
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    const PetscInt i = c % columns, k = c / columns, top = i + stride * k, bottom = top + stride;
    const double r0 =
        0.25 * (grid->corner_r[top] + grid->corner_r[top + 1] + grid->corner_r[bottom] + grid->corner_r[bottom + 1]);
    const double z0 =
        0.25 * (grid->corner_z[top] + grid->corner_z[top + 1] + grid->corner_z[bottom] + grid->corner_z[bottom + 1]);
    double above = k > 0 ? flow[LINK_DOWN][c - columns] : 0, moment[2] = {0, 0};

    if (k == 0 && i < grid->rings) {
      above = current[i];
    }
    AddMoment(grid, top, top + 1, -above, r0, z0, moment);
    AddMoment(grid, bottom, bottom + 1, flow[LINK_DOWN][c], r0, z0, moment);
    AddMoment(grid, top, bottom, i > 0 ? -flow[LINK_OUTWARD][c - 1] : 0, r0, z0, moment);
    AddMoment(grid, top + 1, bottom + 1, flow[LINK_OUTWARD][c], r0, z0, moment);
    if (current_r) {
      current_r[c] = moment[0] / (grid->volume[c] * growth * growth);
    }
    if (current_z) {
      current_z[c] = moment[1] / (grid->volume[c] * growth * growth);
    }
  }
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscFree(flow[link]));
  }
  PetscFunctionReturn(0);
}
