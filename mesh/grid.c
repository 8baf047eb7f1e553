#include "grid_private.h"

#include <math.h>

PetscErrorCode GridCheckPositive_Private(const char *what, double value) {
  PetscFunctionBeginUser;
  PetscCheck(isfinite(value) && value > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: %s is %g; it must be finite and positive", what, value);
  PetscFunctionReturn(0);
}

PetscErrorCode GridCheckGrading_Private(const char *what, double value) {
  PetscFunctionBeginUser;
  PetscCheck(isfinite(value) && value >= 1 / GRID_MAX_GRADING && value <= GRID_MAX_GRADING, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "grid: %s is %g; it must lie between %g and %g (1 is uniform)", what, value,
             1 / GRID_MAX_GRADING, GRID_MAX_GRADING);
  PetscFunctionReturn(0);
}

PetscErrorCode GridCheckCount_Private(const char *what, PetscInt value) {
  PetscFunctionBeginUser;
  PetscCheck(value >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: the number of %s is %" PetscInt_FMT "; at least 1 is needed", what, value);
  PetscFunctionReturn(0);
}

PetscErrorCode GridAllocate_Private(GridType type, PetscInt columns, PetscInt layers, PetscInt rings, double radius,
                                    Grid *grid) {
  Grid g = NULL;
  PetscInt cells = 0, corners = 0;

  PetscFunctionBeginUser;
  *grid = NULL;
  PetscCheck((double)(columns + 1.0) * (layers + 1.0) <= GRID_MAX_CELLS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: %" PetscInt_FMT " columns x %" PetscInt_FMT " layers are more than %d cells", columns, layers,
             GRID_MAX_CELLS);
  cells = columns * layers;
  corners = (columns + 1) * (layers + 1);
  PetscCall(PetscCalloc1(1, &g));
  g->type = type;
  g->columns = columns;
  g->layers = layers;
  g->rings = rings;
  g->radius = radius;
  for (int face = 0; face < FACE_COUNT; face++) {
    PetscCall(PetscCalloc1(cells, &g->half_conductance[face]));
  }
  PetscCall(PetscCalloc1(cells, &g->volume));
  PetscCall(PetscCalloc2(rings, &g->ring_area, rings + 1, &g->ring_edge));
  PetscCall(PetscCalloc2(corners, &g->corner_r, corners, &g->corner_z));
  if (type != GRID_CYLINDRICAL) {
    PetscCall(PetscCalloc2(columns, &g->column_eta, layers, &g->layer_xi));
  }
  *grid = g;
  PetscFunctionReturn(0);
}

void GridShare(Grid grid) {
  grid->owners++;
}

PetscErrorCode GridDestroy(Grid *grid) {
  Grid g = *grid;

  PetscFunctionBeginUser;
  if (!g) {
    PetscFunctionReturn(0);
  }
  if (g->owners > 0) {
    g->owners--;
    *grid = NULL;
    PetscFunctionReturn(0);
  }
  for (int face = 0; face < FACE_COUNT; face++) {
    PetscCall(PetscFree(g->half_conductance[face]));
  }
  PetscCall(PetscFree(g->volume));
  PetscCall(PetscFree(g->electrode));
  PetscCall(PetscFree2(g->ring_area, g->ring_edge));
  PetscCall(PetscFree2(g->corner_r, g->corner_z));
  PetscCall(PetscFree2(g->column_eta, g->layer_xi));
  PetscCall(PetscFree4(g->separable.column_weight, g->separable.column_spacing, g->separable.layer_weight,
                       g->separable.layer_spacing));
  PetscCall(PetscFree(*grid));
  PetscFunctionReturn(0);
}

PetscInt GridCellCount(Grid grid) {
  return grid->columns * grid->layers;
}

PetscErrorCode GridGradedEdges(PetscInt cells, double start, double end, double last_to_first, double edge[]) {
  double ratio = 1, width = 1, sum = 0;

  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("cells between graded edges", cells));
  PetscCall(GridCheckGrading_Private("ratio of the last to the first width", last_to_first));
  PetscCheck(isfinite(start) && isfinite(end) && start != end, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: edges from %g to %g enclose nothing", start, end);
  if (cells > 1) {
    ratio = pow(last_to_first, 1.0 / (double)(cells - 1));
  }
  for (PetscInt n = 0; n < cells; n++, width *= ratio) {
    edge[n] = sum;
    sum += width;
  }
  for (PetscInt n = 0; n < cells; n++) {
    edge[n] = start + (end - start) * (edge[n] / sum);
  }
  edge[0] = start;
  edge[cells] = end;
  PetscFunctionReturn(0);
}

PetscErrorCode GridSetPlanarCell_Private(Grid grid, PetscInt cell, const PlanarCell *shape) {
  const double inner = shape->r_centre - shape->r_inner, outer = shape->r_outer - shape->r_centre;
  const double area = PETSC_PI * (shape->r_outer - shape->r_inner) * (shape->r_outer + shape->r_inner);

  PetscFunctionBeginUser;
  /* exact for a radial flow; nothing flows through the axis */
  grid->half_conductance[FACE_INWARD][cell] =
      shape->r_inner > 0 ? 2 * PETSC_PI * shape->height / log1p(inner / shape->r_inner) : 0;
  grid->half_conductance[FACE_OUTWARD][cell] = 2 * PETSC_PI * shape->height / log1p(outer / shape->r_centre);
  grid->half_conductance[FACE_UP][cell] = grid->half_conductance[FACE_DOWN][cell] = area / (0.5 * shape->height);
  grid->volume[cell] = area * shape->height;
  PetscFunctionReturn(0);
}

PetscErrorCode GridMarkElectrode(Grid grid, PetscInt count, const PetscInt cell[], PetscInt electrode) {
  const PetscInt cells = GridCellCount(grid);

  PetscFunctionBeginUser;
  PetscCheck(electrode >= 1 && electrode <= 255, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: electrode number %" PetscInt_FMT " is not in 1..255", electrode);
  for (PetscInt n = 0; n < count; n++) {
    PetscCheck(cell[n] >= 0 && cell[n] < cells, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "grid: electrode cell %" PetscInt_FMT " is not in 0..%" PetscInt_FMT, cell[n], cells - 1);
  }
  if (!grid->electrode) {
    PetscCall(PetscCalloc1(cells, &grid->electrode));
  }
  for (PetscInt n = 0; n < count; n++) {
    grid->electrode[cell[n]] = (unsigned char)electrode;
  }
  grid->separable.valid = PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode GridSpacing(Grid grid, double *smallest, double *largest) {
  const PetscInt stride = grid->columns + 1;

  PetscFunctionBeginUser;
  *smallest = INFINITY;
  *largest = 0;
  for (PetscInt k = 0; k <= grid->layers; k++) {
    for (PetscInt i = 0; i <= grid->columns; i++) {
      const PetscInt node = i + stride * k;
      for (int direction = 0; direction < 2; direction++) {
        const PetscInt next = direction ? node + stride : node + 1;
        if (direction ? k == grid->layers : i == grid->columns) {
          continue;
        }
        const double edge =
            hypot(grid->corner_r[next] - grid->corner_r[node], grid->corner_z[next] - grid->corner_z[node]);
        *smallest = PetscMin(*smallest, edge);
        *largest = PetscMax(*largest, edge);
      }
    }
  }
  PetscFunctionReturn(0);
}

double GridRingRadius(Grid grid, PetscInt ring) {
  return sqrt(0.5 * (PetscSqr(grid->ring_edge[ring]) + PetscSqr(grid->ring_edge[ring + 1]))) / grid->radius;
}
