/* One face: two half cells and a boundary resistance in series. Current is positive from the cell to the neighbour
   outward or below. And the current densities that follow from the flows through the faces. */
#include "bulk_private.h"

#include <math.h>

/* [Ohm] of a half cell at the radius that the grid was made with */
static double HalfResistance(Bulk bulk, PetscInt cell, GridFace face) {
  const Grid grid = bulk->grid;
  const double conductivity = bulk->cell_conductivity ? bulk->cell_conductivity[cell] : bulk->conductivity;

  if (grid->electrode && grid->electrode[cell]) {
    return 0; /* an ideal conductor */
  }
  return 1 / (conductivity * grid->half_conductance[face][cell]);
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

double BulkFaceResistance_Private(Bulk bulk, PetscInt cell, int link) {
  const Grid grid = bulk->grid;
  const PetscInt neighbour = BulkNeighbour_Private(grid, cell, link);
  const PetscInt corner = cell % grid->columns + (grid->columns + 1) * (cell / grid->columns);
  const PetscInt far = corner + grid->columns + 2; /* the corner that both faces share */
  const double *boundary = link == LINK_OUTWARD ? bulk->face_resistance_outward : bulk->face_resistance_down;
  double sum = HalfResistance(bulk, cell, link == LINK_OUTWARD ? FACE_OUTWARD : FACE_DOWN);

  if (neighbour >= 0) {
    sum += HalfResistance(bulk, neighbour, link == LINK_OUTWARD ? FACE_INWARD : FACE_UP);
  }
  if (boundary && boundary[cell] > 0) {
    sum += boundary[cell] / SweptArea(grid, link == LINK_OUTWARD ? corner + 1 : far - 1, far);
  }
  return sum;
}

double BulkSurfaceResistance_Private(Bulk bulk, PetscInt ring) {
  return HalfResistance(bulk, ring, FACE_UP);
}

PetscInt BulkLayers(Bulk bulk) {
  return bulk->type == BULK_HALFSPACE ? 0 : bulk->grid->layers;
}

double BulkFaceConductance(Bulk bulk, PetscInt cell, PetscBool outward, PetscInt *neighbour) {
  const int link = outward ? LINK_OUTWARD : LINK_DOWN;

  *neighbour = BulkNeighbour_Private(bulk->grid, cell, link);
  return *neighbour == NEIGHBOUR_NONE
             ? 0
             : 1 / (bulk->conductivity * bulk->grid->radius * BulkFaceResistance_Private(bulk, cell, link));
}

double BulkSurfaceConductance(Bulk bulk, PetscInt ring) {
  return 1 / (bulk->conductivity * bulk->grid->radius * BulkSurfaceResistance_Private(bulk, ring));
}

/* Flow across every link [A], process 0 */
static void LinkFlows(Bulk bulk, const double potential[], double *flow[LINK_COUNT]) {
  const Grid grid = bulk->grid;
  const double growth = bulk->radius / grid->radius; /* conductances are kept for the first radius */

  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    for (int link = 0; link < LINK_COUNT; link++) {
      const PetscInt neighbour = BulkNeighbour_Private(grid, c, link);

      flow[link][c] = neighbour == NEIGHBOUR_NONE
                          ? 0
                          : growth * (potential[c] - (neighbour >= 0 ? potential[neighbour] : 0)) /
                                BulkFaceResistance_Private(bulk, c, link);
    }
  }
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
  LinkFlows(bulk, potential, flow);
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
