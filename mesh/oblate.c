/* Oblate spheroidal grid under a disk contact of radius a.

   r = a cosh xi cos eta, z = -a sinh xi sin eta, xi in [0, xi_max], eta in [0, pi/2]. The disk is xi = 0, the insulated
   surface eta = 0, the axis eta = pi/2. The coordinates are orthogonal, so a two-point flux is consistent; with the
   exact one-dimensional resistances below the primary field (a function of xi alone) has no discretisation error.

     between layers   2 pi a delta(sin eta) / delta gd(xi)          gd(xi) = 2 atan(tanh(xi/2))
     between columns  2 pi a delta(sinh xi) / delta gd^-1(eta)      gd^-1(eta) = atanh(sin eta) = asinh(tan eta)
     to infinity      2 pi a delta(sin eta) / (pi/2 - gd(xi))
     volume           2 pi a^3 (delta t^3/3 delta s + delta t delta s^3/3),  s = sin eta, t = sinh xi

   Limits (tested): primary resistance 1/(4 sigma a), ring areas add up to pi a^2, volumes to the half spheroid. */
#include "grid_private.h"

#include <math.h>

static double gudermann(double xi) {
  return 2 * atan(tanh(0.5 * xi));
}

static double inverse_gudermann(double eta) {
  return asinh(tan(eta));
}

/* Differences of sin and sinh as products: no cancellation in thin cells. */
static double sine_difference(double high, double low) {
  return 2 * cos(0.5 * (high + low)) * sin(0.5 * (high - low));
}

static double sinh_difference(double high, double low) {
  return 2 * cosh(0.5 * (high + low)) * sinh(0.5 * (high - low));
}

PetscErrorCode GridCheckOblate_Private(const OblateOptions *o) {
  PetscFunctionBeginUser;
  PetscCall(GridCheckCount_Private("rings", o->rings));
  PetscCall(GridCheckCount_Private("layers", o->layers));
  PetscCall(GridCheckPositive_Private("contact radius [m]", o->radius));
  PetscCall(GridCheckGrading_Private("ring grading (axis/rim)", o->ring_grading));
  PetscCall(GridCheckGrading_Private("layer grading (last/first)", o->layer_grading));
  PetscCheck(isfinite(o->depth) && o->depth >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "grid: the depth of the counter electrode is %g m; it must be positive, or 0 for a half space", o->depth);
  PetscCheck(o->depth == 0 || (o->depth >= 1e-6 * o->radius && o->depth <= 1e9 * o->radius), PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "grid: the counter electrode at %g m does not fit a contact of radius %g m; take a depth between %g and "
             "%g m, or 0 for a half space",
             o->depth, o->radius, 1e-6 * o->radius, 1e9 * o->radius);
  PetscFunctionReturn(0);
}

PetscErrorCode GridOblateEdges_Private(const OblateOptions *o, double **eta_edge, double **eta_centre,
                                       double **xi_edge) {
  const double xi_max = o->depth > 0 ? asinh(o->depth / o->radius) : OBLATE_FAR_XI;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(o->rings + 1, eta_edge, o->rings, eta_centre, o->layers + 1, xi_edge));
  PetscCall(GridGradedEdges(o->rings, 0.5 * PETSC_PI, 0, 1 / o->ring_grading, *eta_edge));
  PetscCall(GridGradedEdges(o->layers, 0, xi_max, o->layer_grading, *xi_edge));
  for (PetscInt i = 0; i < o->rings; i++) {
    (*eta_centre)[i] = 0.5 * ((*eta_edge)[i] + (*eta_edge)[i + 1]);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CellConductances(Grid grid, PetscInt first, const OblateBlock *block) {
  const double a = grid->radius;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < block->layers; k++) {
    const double xi_top = block->xi_edge[k], xi_bottom = block->xi_edge[k + 1], xi = 0.5 * (xi_top + xi_bottom);
    const double t_width = sinh_difference(xi_bottom, xi_top);
    const double t_cubes = (pow(sinh(xi_bottom), 3) - pow(sinh(xi_top), 3)) / 3;
    const double to_top = gudermann(xi) - gudermann(xi_top);
    const PetscBool open = (PetscBool)(block->infinite && k == block->layers - 1);
    const double to_bottom = open ? 2 * atan(exp(-xi)) : gudermann(xi_bottom) - gudermann(xi);

    grid->layer_xi[first + k] = xi;
    for (PetscInt i = 0; i < block->columns; i++) {
      const PetscInt cell = i + block->columns * (first + k);
      const double inner = block->eta_edge[i], outer = block->eta_edge[i + 1], eta = block->eta_centre[i];
      const double s_width = sine_difference(inner, outer);
      const double s_cubes = (pow(sin(inner), 3) - pow(sin(outer), 3)) / 3;
      const double lateral = 2 * PETSC_PI * a * t_width, vertical = 2 * PETSC_PI * a * s_width;

      grid->half_conductance[FACE_INWARD][cell] =
          i == 0 ? 0 : lateral / (inverse_gudermann(inner) - inverse_gudermann(eta));
      grid->half_conductance[FACE_OUTWARD][cell] = lateral / (inverse_gudermann(eta) - inverse_gudermann(outer));
      grid->half_conductance[FACE_UP][cell] = vertical / to_top;
      grid->half_conductance[FACE_DOWN][cell] = vertical / to_bottom;
      grid->volume[cell] = 2 * PETSC_PI * a * a * a * (t_cubes * s_width + t_width * s_cubes);
    }
  }
  for (PetscInt i = 0; i < block->columns; i++) {
    grid->column_eta[i] = block->eta_centre[i];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode KeepProducts(Grid grid, const OblateBlock *block) {
  const PetscInt columns = block->columns, layers = block->layers;
  GridSeparable *s = &grid->separable;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(columns, &s->column_weight, columns + 1, &s->column_spacing, layers, &s->layer_weight,
                         layers + 1, &s->layer_spacing));
  for (PetscInt i = 0; i < columns; i++) {
    s->column_weight[i] = sine_difference(block->eta_edge[i], block->eta_edge[i + 1]);
    s->column_spacing[i] =
        i == 0 ? 0 : inverse_gudermann(block->eta_centre[i - 1]) - inverse_gudermann(block->eta_centre[i]);
  }
  s->column_spacing[columns] = inverse_gudermann(block->eta_centre[columns - 1]);
  for (PetscInt k = 0; k < layers; k++) {
    const double xi = grid->layer_xi[k];
    s->layer_weight[k] = sinh_difference(block->xi_edge[k + 1], block->xi_edge[k]);
    s->layer_spacing[k] = gudermann(xi) - (k ? gudermann(grid->layer_xi[k - 1]) : 0);
  }
  s->layer_spacing[layers] = block->infinite
                                 ? 2 * atan(exp(-grid->layer_xi[layers - 1]))
                                 : gudermann(block->xi_edge[layers]) - gudermann(grid->layer_xi[layers - 1]);
  s->valid = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode GridFillOblate_Private(Grid grid, PetscInt first, const OblateBlock *block) {
  const PetscInt stride = block->columns + 1;

  PetscFunctionBeginUser;
  PetscCall(CellConductances(grid, first, block));
  for (PetscInt k = 0; k <= block->layers; k++) {
    for (PetscInt i = 0; i <= block->columns; i++) {
      const PetscInt node = i + stride * (first + k);
      const double eta = block->eta_edge[i], xi = block->xi_edge[k];
      grid->corner_r[node] = i == 0 ? 0 : grid->radius * cosh(xi) * cos(eta);
      grid->corner_z[node] = -grid->radius * sinh(xi) * sin(eta);
    }
  }
  for (PetscInt i = 0; i <= block->columns; i++) {
    grid->ring_edge[i] = i == 0 ? 0 : grid->radius * cos(block->eta_edge[i]);
  }
  for (PetscInt i = 0; i < block->columns; i++) {
    /* r_out^2 - r_in^2 = a^2 (s_in^2 - s_out^2) */
    const double inner = block->eta_edge[i], outer = block->eta_edge[i + 1];
    grid->ring_area[i] = PETSC_PI * PetscSqr(grid->radius) * sine_difference(inner, outer) * (sin(inner) + sin(outer));
  }
  grid->down_grounded = PETSC_TRUE;
  if (first == 0 && block->layers > 0) {
    PetscCall(KeepProducts(grid, block));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode GridCreateOblate(const OblateOptions *options, Grid *grid) {
  PetscFunctionBeginUser;
  PetscCall(GridCreateOblateSei(options, NULL, grid));
  PetscFunctionReturn(0);
}
