/* Half cells, links and surface of the SEI block at its present size. */
#include "../../physics/constants.h"
#include "sei_private.h"

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
      s->halves.down[n] = 0.5 * height / (o->conductivity[n] * area * s->share[c]);
      s->halves.inward[n] = in / o->conductivity[n];
      s->halves.outward[n] = out / o->conductivity[n];
    }
  }
}

PetscErrorCode SeiGeometryCreate(SeiBlock *s) {
  const PetscInt columns = s->columns, cells = s->cells;
  const PetscInt lateral = (columns - 1) * s->layers, vertical = columns * (s->layers - 1);
  const PetscBool nonlinear = isfinite(s->options.field_scale) ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(columns, &s->share, columns, &s->centre, columns, &s->thickness));
  PetscCall(PetscMalloc3(columns, &s->surface, columns, &s->surface_voltage, columns, &s->surface_slope));
  PetscCall(PetscMalloc5(cells, &s->halves.down, cells, &s->halves.inward, cells, &s->halves.outward, columns,
                         &s->halves.inward_voltage, columns, &s->halves.outward_voltage));
  PetscCall(SeiLinksCreate(lateral, nonlinear, &s->lateral));
  PetscCall(SeiLinksCreate(vertical, nonlinear, &s->vertical));
  PetscCall(SeiLinksCreate(columns, nonlinear, &s->bottom));
  for (PetscInt c = 0; c < columns; c++) {
    const double inner = s->options.edge[c], outer = s->options.edge[c + 1];
    s->share[c] = outer * outer - inner * inner;
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
  PetscCall(SeiLinksDestroy(&s->lateral));
  PetscCall(SeiLinksDestroy(&s->vertical));
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
      const double boundary = o->phase[n] != o->phase[n + 1] ? o->boundary_resistance / area : 0.0;
      SetLink(&s->vertical, c * (s->layers - 1) + k, factor * s->halves.down[n], voltage,
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
    SetLink(&s->lateral, n, s->halves.outward[n] / high, s->halves.outward_voltage[c] * growth,
            s->halves.inward[m] / high, s->halves.inward_voltage[c + 1] * growth,
            o->phase[n] != o->phase[m] ? o->boundary_resistance / face : 0.0, scale);
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
  for (PetscInt c = 0; c < s->columns; c++) {
    SizeColumn(s, c, growth * growth);
  }
  for (PetscInt c = 0; c + 1 < s->columns; c++) {
    SizeSide(s, c);
  }
  s->sized = PETSC_TRUE;
}
