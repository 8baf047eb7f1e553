#include "sei_large_view.h"
#include "sei_private.h"

/* Value at `wanted` [1] of the whole area, going up the sorted pieces. */
static double QuantileAt(PetscInt count, const PetscInt order[], const double density[], const double area[],
                         double wanted) {
  double passed = 0.0;

  for (PetscInt k = 0; k < count; k++) {
    passed += area[order[k]];
    if (passed >= wanted) {
      return density[order[k]];
    }
  }
  return density[order[count - 1]];
}

/* Share of the current in the hottest part of the area; within a piece in proportion. */
static double ShareOfHottest(PetscInt count, const PetscInt order[], const double density[], const double area[],
                             double part) {
  double left = part, sum = 0.0;

  for (PetscInt k = count - 1; k >= 0 && left > 0.0; k--) {
    const double taken = fmin(left, area[order[k]]);
    sum += taken * density[order[k]];
    left -= taken;
  }
  return sum;
}

PetscErrorCode SeiCrowdingOf(PetscInt count, const double current[], const double area[], SeiCrowding *crowding) {
  double total = 0.0, magnitude = 0.0, whole = 0.0, *density, *share;
  PetscInt *order;

  PetscFunctionBeginUser;
  *crowding = (SeiCrowding){NAN, NAN, NAN, NAN, NAN, NAN};
  for (PetscInt c = 0; c < count; c++) {
    total += current[c];
    magnitude += fabs(current[c]);
    whole += area[c];
  }
  if (!(fabs(total) > 1e-9 * magnitude)) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc3(count, &density, count, &share, count, &order));
  for (PetscInt c = 0; c < count; c++) {
    order[c] = c;
    share[c] = area[c] / whole;
    density[c] = current[c] / total / share[c];
  }
  PetscCall(PetscSortRealWithArrayInt(count, density, order));
  for (PetscInt c = 0; c < count; c++) { /* back in the order of the pieces */
    density[c] = current[c] / total / share[c];
  }
  *crowding = (SeiCrowding){.peak = density[order[count - 1]],
                            .share1 = ShareOfHottest(count, order, density, share, 0.01),
                            .share10 = ShareOfHottest(count, order, density, share, 0.1),
                            .quantile5 = QuantileAt(count, order, density, share, 0.05),
                            .median = QuantileAt(count, order, density, share, 0.5),
                            .quantile95 = QuantileAt(count, order, density, share, 0.95)};
  PetscCall(PetscFree3(density, share, order));
  PetscFunctionReturn(0);
}

/* [V/m] where it would be `linear` without field dependence */
static double Field(const SeiOptions *o, double linear) {
  return isinf(o->field_scale) ? linear : o->field_scale * asinh(linear / o->field_scale);
}

static const double least_field = 1.0; /* [V/m] below which a field has no place: 10 nV across 10 nm */

/* In the halves of the cells, from what passes their faces: what passes across a corner has no length in a cell. */
static PetscErrorCode LargestField(SeiBlock *s, const double r[], const double z[], SeiMeasure *m) {
  const SeiOptions *o = &s->options;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k < s->layers; k++) {
      const PetscInt n = c * s->layers + k;
      double along_z, along_r, field = 0.0;
      SeiSheetConductivity(s, c, k, &along_z, &along_r);
      if (o->phase[n] != o->insulator) {
        field = Field(o, hypot(r[n] / (o->conductivity[n] + along_r), z[n] / (o->conductivity[n] + along_z)));
      }
      if (field > m->field * (1.0 + 1e-9)) { /* the first of equal ones, whatever the rounding */
        m->field = field;
        if (field < least_field) {
          continue;
        }
        m->field_r = s->centre[c] * s->radius;
        m->field_z = s->thickness[c] * (1.0 - ((double)k + 0.5) / (double)s->layers);
      }
    }
  }
  PetscFunctionReturn(0);
}

/* Where the work is spent at the flows of the last SeiEvaluateLinks. */
static void Work(SeiBlock *s, const double current[], const double state[], SeiMeasure *m) {
  const double *inner = state + SeiInner(s), *bottom = state + SeiBottom(s);

  for (PetscInt l = 0; l < s->inner.count; l++) {
    m->sei += inner[l] * s->inner.drop[l];
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const InterfaceConditions at = {.temperature = s->options.temperature, .sei_thickness = s->thickness[c]};
    double slope, transfer = 0.0;
    if (s->options.transfer.count) {
      transfer = kinetics_series_overpotential(&s->options.transfer, &at, bottom[c] / (s->area * s->share[c]), &slope);
    }
    m->current += current[c];
    m->sei += current[c] * SeiHalfDrop(s->surface[c], s->surface_voltage[c], current[c], &slope);
    m->sei += bottom[c] * (s->bottom.drop[c] - transfer);
    m->transfer += bottom[c] * transfer;
    m->constriction += bottom[c] * s->ring_potential[s->options.under[c]];
  }
}

PetscErrorCode SeiPathMeasure(Path path, const double current[], const double state[], SeiMeasure *m) {
  SeiBlock *s = (SeiBlock *)path->context;
  double *potential, *r, *z, *below;

  PetscFunctionBeginUser;
  if (path->is_distributed) {
    PetscCall(SeiLargeMeasure(SeiLargeOf(path), current, state, m));
    PetscFunctionReturn(0);
  }
  *m = (SeiMeasure){0};
  PetscCall(PetscMalloc4(s->cells, &potential, s->cells, &r, s->cells, &z, s->columns, &below));
  PetscCall(SeiPathView(path, current, state, potential, r, z, below));
  state = s->condensed ? s->before : state; /* where SeiPathView has solved it */
  SeiEvaluateLinks(s, current, state);
  Work(s, current, state, m);
  PetscCall(SeiCellDensities(s, current, state, PETSC_FALSE, r, z));
  PetscCall(LargestField(s, r, z, m));
  PetscCall(SeiCrowdingOf(s->columns, current, s->share, &m->lithium));
  PetscCall(SeiCrowdingOf(s->columns, below, s->share, &m->electrolyte));
  PetscCall(PetscFree4(potential, r, z, below));
  PetscFunctionReturn(0);
}
