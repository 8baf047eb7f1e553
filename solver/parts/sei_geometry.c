/* Half cells, links and surface of the SEI block at its present size. */
#include "../../physics/constants.h"
#include "sei_private.h"
#include <stdbool.h>

double SeiBoundary(const SeiBlock *s, PetscInt n, PetscInt m) {
  const SeiOptions *o = &s->options;

  if (o->phase[n] != o->phase[m]) {
    return o->boundary_resistance;
  }
  return o->grain && o->grain[n] != o->grain[m] ? o->grain_resistance : 0.0;
}

/* Does the face between two cells conduct along itself? */
static bool IsSheet(const SeiBlock *s, PetscInt n, PetscInt m) {
  const SeiOptions *o = &s->options;
  const bool differ = o->phase[n] != o->phase[m] || (o->grain && o->grain[n] != o->grain[m]);

  return differ && o->phase[n] != o->insulator && o->phase[m] != o->insulator;
}

void SeiSheetConductivity(const SeiBlock *s, PetscInt c, PetscInt k, double *along_z, double *along_r) {
  const SeiOptions *o = &s->options;
  const PetscInt n = c * s->layers + k;
  const double half = 0.5 * o->sheet_conductance, height = o->thickness / (double)s->layers;
  const double area = PI * o->radius * o->radius * s->share[c];
  double perimeter = 0.0, faces = 0.0;

  if (half > 0.0) {
    perimeter += c > 0 && IsSheet(s, n, n - s->layers) ? 2.0 * PI * o->edge[c] * o->radius : 0.0;
    perimeter += c + 1 < s->columns && IsSheet(s, n, n + s->layers) ? 2.0 * PI * o->edge[c + 1] * o->radius : 0.0;
    faces += k > 0 && IsSheet(s, n, n - 1) ? 1.0 : 0.0;
    faces += k + 1 < s->layers && IsSheet(s, n, n + 1) ? 1.0 : 0.0;
  }
  *along_z = half * perimeter / area;
  *along_r = half * faces / height;
}

void SeiGeometryFillHalves(SeiBlock *s) {
  const SeiOptions *o = &s->options;
  const double height = o->thickness / (double)s->layers, area = PI * o->radius * o->radius;

  s->halves.down_voltage = 0.5 * height * o->field_scale;
  for (PetscInt c = 0; c < s->columns; c++) {
    const double inner = o->edge[c], outer = o->edge[c + 1];
    const double in = inner > 0.0 ? log(s->centre[c] / inner) / (2.0 * PI * height) : 0.0;
    const double out = log(outer / s->centre[c]) / (2.0 * PI * height);

    s->halves.inward_voltage[c] = (s->centre[c] - inner) * o->radius * o->field_scale;
    s->halves.outward_voltage[c] = (outer - s->centre[c]) * o->radius * o->field_scale;
    for (PetscInt k = 0; k < s->layers; k++) {
      const PetscInt n = c * s->layers + k;
      double along_z, along_r;
      SeiSheetConductivity(s, c, k, &along_z, &along_r);
      s->halves.down[n] = 0.5 * height / ((o->conductivity[n] + along_z) * area * s->share[c]);
      s->halves.inward[n] = in / (o->conductivity[n] + along_r);
      s->halves.outward[n] = out / (o->conductivity[n] + along_r);
    }
  }
}

/* What passes across the corner of four cells, a b above c d, besides their faces [S/m of depth].

   Near a corner the potential has a singularity r^gamma that two-point fluxes resolve hopelessly slowly: on a
   checkerboard of contrast 100 the effective conductivity is 3.6, 4.3, 5.0 at 4, 8, 16 cells per square instead of 10.
   But a corner has no length, so what is missing is the same on every grid. A periodic array of four squares has the
   effective conductivities (Mortola and Steffe's conjecture; Craster & Obnosov 2001, 10.1137/S0036139900369377; Milton
   2001, 10.1063/1.1385564)

     sigma_x, sigma_y = {(abc + abd + acd + bcd)/(a + b + c + d)}^(1/2) {(a + c)(b + d)/[(a + b)(c + d)]}^(+-1/2),

   and from two-point fluxes on one cell per square the means of the harmonic means of its rows and columns. A link
   between the diagonal cells with the difference gives the former; it vanishes for laminates in either direction. */
double SeiCornerConductance(double a, double b, double c, double d) {
  const double whole = sqrt((a * b * c + a * b * d + a * c * d + b * c * d) / (a + b + c + d));
  const double along = sqrt((a + c) * (b + d) / ((a + b) * (c + d)));
  const double rows = a * b / (a + b) + c * d / (c + d), columns = a * c / (a + c) + b * d / (b + d);
  const double missing = 0.5 * (whole * along - rows + whole / along - columns);

  return missing > 1e-9 * whole ? missing : 0.0;
}

/* The link across the corner outside and below the cell n = column*layers + layer, between which cells. */
static double Corner(const SeiBlock *s, PetscInt n, bool *falling) {
  const double *sigma = s->options.conductivity;
  const double a = sigma[n], b = sigma[n + s->layers], c = sigma[n + 1], d = sigma[n + s->layers + 1];

  *falling = a * d >= b * c; /* from a to d, else from b to c */
  return SeiCornerConductance(a, b, c, d);
}

/* [Ohm m^2] of the boundaries that the current across a corner passes: around the better side. */
static double AroundCorner(const SeiBlock *s, PetscInt n, bool falling) {
  const PetscInt from = falling ? n : n + s->layers, to = falling ? n + s->layers + 1 : n + 1;
  const PetscInt one = falling ? n + s->layers : n, other = falling ? n + 1 : n + s->layers + 1;

  return fmin(SeiBoundary(s, from, one) + SeiBoundary(s, one, to),
              SeiBoundary(s, from, other) + SeiBoundary(s, other, to));
}

/* Corners that matter; all where the phases may move. */
static PetscErrorCode FindCorners(SeiBlock *s) {
  const PetscBool all = s->options.phases_at ? PETSC_TRUE : PETSC_FALSE;
  const bool open = s->options.corners && !s->options.nodes;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->cells, &s->corner_cell));
  for (PetscInt c = 0; c + 1 < s->columns && open; c++) {
    for (PetscInt k = 0; k + 1 < s->layers; k++) {
      bool falling;
      if (all || Corner(s, c * s->layers + k, &falling) > 0.0) {
        s->corner_cell[count++] = c * s->layers + k;
      }
    }
  }
  s->corner_count = count;
  PetscFunctionReturn(0);
}

/* Which cells the lateral and vertical links join; those of the corners follow from the phases. */
static void JoinCells(SeiBlock *s) {
  PetscInt l = 0;

  for (PetscInt c = 0; c + 1 < s->columns; c++) {
    for (PetscInt k = 0; k < s->layers; k++, l++) {
      s->from[l] = SeiCell(s, c, k);
      s->to[l] = SeiCell(s, c + 1, k);
      s->column[l] = c;
    }
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k + 1 < s->layers; k++, l++) {
      s->from[l] = SeiCell(s, c, k);
      s->to[l] = SeiCell(s, c, k + 1);
      s->column[l] = c;
    }
  }
}

PetscErrorCode SeiGeometryCreate(SeiBlock *s) {
  const PetscInt columns = s->columns, cells = s->cells;
  const PetscBool nonlinear = isfinite(s->options.field_scale) ? PETSC_TRUE : PETSC_FALSE;
  PetscInt inner;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(columns, &s->share, columns, &s->centre, columns, &s->thickness));
  PetscCall(PetscMalloc3(columns, &s->surface, columns, &s->surface_voltage, columns, &s->surface_slope));
  PetscCall(PetscMalloc5(cells, &s->halves.down, cells, &s->halves.inward, cells, &s->halves.outward, columns,
                         &s->halves.inward_voltage, columns, &s->halves.outward_voltage));
  PetscCall(FindCorners(s));
  s->lateral_count = (columns - 1) * s->layers;
  s->vertical_count = columns * (s->layers - 1);
  inner = s->lateral_count + s->vertical_count + s->corner_count;
  PetscCall(SeiLinksCreate(inner, nonlinear, &s->inner));
  PetscCall(PetscMalloc3(inner, &s->from, inner, &s->to, inner, &s->column));
  JoinCells(s);
  PetscCall(SeiLinksCreate(columns, nonlinear, &s->bottom));
  for (PetscInt c = 0; c < columns; c++) {
    const double start = s->options.edge[c], end = s->options.edge[c + 1];
    s->share[c] = end * end - start * start;
    s->centre[c] = s->options.centre[c];
  }
  SeiGeometryFillHalves(s);
  PetscFunctionReturn(0);
}

PetscErrorCode SeiGeometryDestroy(SeiBlock *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(s->share, s->centre, s->thickness));
  PetscCall(PetscFree3(s->surface, s->surface_voltage, s->surface_slope));
  PetscCall(PetscFree5(s->halves.down, s->halves.inward, s->halves.outward, s->halves.inward_voltage,
                       s->halves.outward_voltage));
  PetscCall(PetscFree(s->corner_cell));
  PetscCall(PetscFree3(s->from, s->to, s->column));
  PetscCall(SeiLinksDestroy(&s->inner));
  PetscCall(SeiLinksDestroy(&s->bottom));
  PetscFunctionReturn(0);
}

/* One link of two half cells (resistance, voltage) and a boundary. */
static void SetLink(SeiLinks *links, PetscInt l, double near, double near_voltage, double far, double far_voltage,
                    double boundary, double scale) {
  links->scale[l] = scale;
  if (!links->nonlinear) {
    links->series[l] = near + far + boundary;
    return;
  }
  links->series[l] = boundary;
  links->near_resistance[l] = near;
  links->far_resistance[l] = far;
  links->near_voltage[l] = near_voltage;
  links->far_voltage[l] = far_voltage;
}

/* Links within column c, and its surface; `high`: thickness over that at the start, `wide`: area over that. */
static void SizeColumn(SeiBlock *s, PetscInt c, double wide) {
  const SeiOptions *o = &s->options;
  const double high = s->thickness[c] / o->thickness, area = s->area * s->share[c];
  const double factor = high / wide, voltage = s->halves.down_voltage * high;

  for (PetscInt k = 0; k < s->layers; k++) {
    const PetscInt n = c * s->layers + k;
    if (k + 1 < s->layers) {
      const double boundary = SeiBoundary(s, n, n + 1) / area;
      SetLink(&s->inner, s->lateral_count + c * (s->layers - 1) + k, factor * s->halves.down[n], voltage,
              factor * s->halves.down[n + 1], voltage, boundary, area);
    } else {
      SetLink(&s->bottom, c, factor * s->halves.down[n], voltage, 0.0, voltage, 0.0, area);
    }
  }
  s->surface[c] = factor * s->halves.down[c * s->layers];
  s->surface_voltage[c] = voltage;
}

/* Links from column c outward. */
static void SizeSide(SeiBlock *s, PetscInt c) {
  const SeiOptions *o = &s->options;
  const double high = 0.5 * (s->thickness[c] + s->thickness[c + 1]) / o->thickness, growth = s->radius / o->radius;
  const double face = 2.0 * PI * o->edge[c + 1] * s->radius * high * o->thickness / (double)s->layers; /* [m^2] */
  const double scale = s->area * fmin(s->share[c], s->share[c + 1]);

  for (PetscInt k = 0; k < s->layers; k++) {
    const PetscInt n = c * s->layers + k, m = n + s->layers;
    SetLink(&s->inner, n, s->halves.outward[n] / high, s->halves.outward_voltage[c] * growth,
            s->halves.inward[m] / high, s->halves.inward_voltage[c + 1] * growth, SeiBoundary(s, n, m) / face, scale);
  }
}

/* Links across corners. A resistance of the boundaries there is in series, over half the smaller side of a cell: what
   the singularity carries passes near the corner. A closure with the right limits, open for none and closed for a large
   one.
 */
static void SizeCorners(SeiBlock *s) {
  const PetscInt first = s->lateral_count + s->vertical_count;
  const double *edge = s->options.edge;

  for (PetscInt m = 0; m < s->corner_count; m++) {
    const PetscInt n = s->corner_cell[m], c = n / s->layers, k = n % s->layers, l = first + m;
    const double height = s->thickness[c] / (double)s->layers, width = 0.5 * (edge[c + 2] - edge[c]) * s->radius;
    const double voltage = 0.5 * hypot(height, width) * s->options.field_scale;
    const double scale = s->area * fmin(s->share[c], s->share[c + 1]);
    const double face = 2.0 * PI * edge[c + 1] * s->radius * 0.5 * fmin(height, width); /* [m^2] */
    bool falling;
    const double conductance = fmax(Corner(s, n, &falling), 1e-60) * 2.0 * PI * edge[c + 1] * s->radius;
    const double boundary = AroundCorner(s, n, falling) / face; /* [Ohm] */

    s->from[l] = SeiCell(s, falling ? c : c + 1, k);
    s->to[l] = SeiCell(s, falling ? c + 1 : c, k + 1);
    s->column[l] = c;
    SetLink(&s->inner, l, 0.5 / conductance, voltage, 0.5 / conductance, voltage,
            boundary * (1.0 + boundary * conductance), scale);
  }
}

void SeiGeometrySize(SeiBlock *s, double radius, const double thickness[]) {
  const double growth = radius / s->options.radius;

  s->radius = radius;
  s->area = PI * radius * radius;
  s->unit = BulkUnit(s->electrolyte) * BulkRadius(s->electrolyte) / radius;
  for (PetscInt c = 0; c < s->columns; c++) {
    s->thickness[c] = thickness[c];
  }
  s->sized = PETSC_TRUE;
  if (s->options.nodes) {
    SeiNodesSize(s);
    return;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    SizeColumn(s, c, growth * growth);
  }
  for (PetscInt c = 0; c + 1 < s->columns; c++) {
    SizeSide(s, c);
  }
  SizeCorners(s);
}
