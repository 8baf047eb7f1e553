#include "sei_large_view.h"
#include <math.h>

/* --- cells -------------------------------------------------------------------------------------------------------- */

typedef struct {
  const double *state;
  PetscBool corners;
  double *outward, *inward, *down, *up; /* [A] own cells: through the faces, in the direction of r and downward */
} Faces;

/* Flow through a face of a cell, if it is an own one. */
static void AddTo(const SeiLarge *s, double face[], PetscInt column, PetscInt layer, double flow) {
  if (SeiLargeOwns(s, column)) {
    face[(column - s->column_first) * s->layers + layer] += flow;
  }
}

static void AddFaces(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const Faces *f = (const Faces *)context;
  const double flow = f->state[s->link[at->kind].place + at->index];

  if (at->kind == SEI_LATERAL) {
    AddTo(s, f->outward, at->from, at->from_layer, flow);
    AddTo(s, f->inward, at->to, at->to_layer, flow);
  } else if (at->kind != SEI_CORNER) {
    AddTo(s, f->down, at->from, at->from_layer, flow);
    if (at->kind == SEI_VERTICAL) {
      AddTo(s, f->up, at->to, at->to_layer, flow);
    }
  } else if (f->corners) {
    const PetscInt c = PetscMin(at->from, at->to), k = at->from_layer;
    const double half = 0.5 * flow, out = at->from < at->to ? half : -half;
    for (PetscInt below = 0; below < 2; below++) {
      AddTo(s, f->outward, c, k + below, out);
      AddTo(s, f->inward, c + 1, k + below, out);
      AddTo(s, f->down, c + below, k, half);
      AddTo(s, f->up, c + below, k + 1, half);
    }
  }
}

/* A uniform source in a cell: exact for flows that are linear between its faces. */
static void Densities(const SeiLarge *s, const Faces *f, PetscInt c, PetscInt k, double *r, double *z) {
  const PetscInt n = (c - s->column_first) * s->layers + k;
  const double inner = s->radius * s->options.edge[c], outer = s->radius * s->options.edge[c + 1];
  const double height = s->thickness[c] / (double)s->layers;

  *r = 0.5 * ((inner > 0.0 ? f->inward[n] / inner : 0.0) + f->outward[n] / outer) / (2.0 * PETSC_PI * height);
  *z = -0.5 * (f->up[n] + f->down[n]) / (s->area * s->share[c]);
}

PetscErrorCode SeiLargeCells(SeiLarge *s, const double current[], const double state[], PetscBool corners,
                             double potential[], double current_r[], double current_z[], double bottom[]) {
  const PetscInt cells = (s->column_last - s->column_first) * s->layers;
  Faces f = {.state = state, .corners = corners};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(cells, &f.outward, cells, &f.inward, cells, &f.down, cells, &f.up));
  SeiLargeVisitLinks(s, AddFaces, &f);
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const PetscInt first = (c - s->column_first) * s->layers;
    f.up[first] += current[c];
    bottom[c] = state[s->link[SEI_BOTTOM].place + c - s->column_first];
    for (PetscInt k = 0; k < s->layers; k++) {
      potential[first + k] = state[s->column_row[c] + k - s->row_first];
      Densities(s, &f, c, k, &current_r[first + k], &current_z[first + k]);
    }
  }
  PetscCall(PetscFree4(f.outward, f.inward, f.down, f.up));
  PetscCall(SeiLargeGather(s, bottom));
  PetscFunctionReturn(0);
}

static PetscErrorCode GatherCells(const SeiLarge *s, double cells[]) {
  PetscMPIInt *count, *start;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(s->processes, &count, s->processes, &start));
  for (PetscMPIInt p = 0; p < s->processes; p++) {
    count[p] = s->column_count[p] * (PetscMPIInt)s->layers;
    start[p] = s->column_start[p] * (PetscMPIInt)s->layers;
  }
  PetscCallMPI(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, cells, count, start, MPI_DOUBLE, s->comm));
  PetscCall(PetscFree2(count, start));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeView(SeiLarge *s, const double current[], const double state[], double potential[],
                            double current_r[], double current_z[], double bottom[]) {
  const PetscInt first = s->column_first * s->layers;

  PetscFunctionBeginUser;
  PetscCall(
      SeiLargeCells(s, current, state, PETSC_TRUE, potential + first, current_r + first, current_z + first, bottom));
  PetscCall(GatherCells(s, potential));
  PetscCall(GatherCells(s, current_r));
  PetscCall(GatherCells(s, current_z));
  PetscFunctionReturn(0);
}

/* --- measures ----------------------------------------------------------------------------------------------------- */

typedef struct {
  const double *state;
  double sei; /* [W] */
} Work;

static void AddWork(SeiLarge *s, const SeiLargePlace *at, void *context) {
  Work *work = (Work *)context;
  const double flow = work->state[s->link[at->kind].place + at->index];
  const double difference = SeiLargeValue(s, work->state, &s->sides, at->from, at->from_layer) -
                            SeiLargeValue(s, work->state, &s->sides, at->to, at->to_layer);

  if (at->counted) {
    work->sei += flow * (difference - s->link[at->kind].error[at->index]);
  }
}

/* Where the work is spent, of the own cells, at the last evaluation. */
static void OwnWork(SeiLarge *s, const double current[], const double state[], SeiMeasure *m) {
  Work work = {state, 0.0};

  SeiLargeVisitLinks(s, AddWork, &work);
  m->sei = work.sei;
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const double bottom = state[s->link[SEI_BOTTOM].place + c - s->column_first];
    const SeiLargeLink half = SeiLargeSurface(s, c);
    double slope;
    const double transfer = bottom * SeiLargeTransfer(s, c, bottom, &slope);
    m->sei += current[c] * SeiHalfDrop(half.near_resistance, half.near_voltage, current[c], &slope) - transfer;
    m->transfer += transfer;
    m->constriction += bottom * state[SeiLargeRow(s, c, s->layers) - s->row_first];
  }
}

static const double least_field = 1.0; /* [V/m] below which a field has no place, as in sei_measure.c */

static void Larger(double found[3], double field, double r, double z) {
  if (field > found[0] * (1.0 + 1e-9)) { /* the first of equal ones, whatever the rounding */
    found[0] = field;
    found[1] = field < least_field ? found[1] : r;
    found[2] = field < least_field ? found[2] : z;
  }
}

static PetscErrorCode LargestField(const SeiLarge *s, const double r[], const double z[], SeiMeasure *m) {
  const SeiOptions *o = &s->options;
  double found[3] = {0.0, 0.0, 0.0}, best[3] = {0.0, 0.0, 0.0}, *all;

  PetscFunctionBeginUser;
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    for (PetscInt k = 0; k < s->layers; k++) {
      const PetscInt n = (c - s->column_first) * s->layers + k;
      double along_z, along_r, linear;
      if (s->phase[SeiLargeAt(s, c, k)] == o->insulator) {
        continue;
      }
      SeiLargeConductivity(s, c, k, &along_z, &along_r);
      linear = hypot(r[n] / along_r, z[n] / along_z);
      Larger(found, isinf(o->field_scale) ? linear : o->field_scale * asinh(linear / o->field_scale),
             o->centre[c] * s->radius, s->thickness[c] * (1.0 - ((double)k + 0.5) / (double)s->layers));
    }
  }
  PetscCall(PetscMalloc1(3 * (size_t)s->processes, &all));
  PetscCallMPI(MPI_Allgather(found, 3, MPI_DOUBLE, all, 3, MPI_DOUBLE, s->comm));
  for (PetscMPIInt p = 0; p < s->processes; p++) {
    Larger(best, all[3 * p], all[3 * p + 1], all[3 * p + 2]);
  }
  PetscCall(PetscFree(all));
  m->field = best[0];
  m->field_r = best[1];
  m->field_z = best[2];
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeMeasure(SeiLarge *s, const double current[], const double state[], SeiMeasure *m) {
  const PetscInt cells = (s->column_last - s->column_first) * s->layers;
  double *potential, *r, *z, *bottom, sums[3];

  PetscFunctionBeginUser;
  *m = (SeiMeasure){0};
  PetscCall(PetscMalloc4(cells, &potential, cells, &r, cells, &z, s->columns, &bottom));
  PetscCall(SeiLargeEvaluate(s, current, state));
  OwnWork(s, current, state, m);
  sums[0] = m->sei;
  sums[1] = m->transfer;
  sums[2] = m->constriction;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_DOUBLE, MPI_SUM, s->comm));
  m->sei = sums[0];
  m->transfer = sums[1];
  m->constriction = sums[2];
  for (PetscInt c = 0; c < s->columns; c++) {
    m->current += current[c];
  }
  PetscCall(SeiLargeCells(s, current, state, PETSC_FALSE, potential, r, z, bottom));
  PetscCall(LargestField(s, r, z, m));
  PetscCall(SeiCrowdingOf(s->columns, current, s->share, &m->lithium));
  PetscCall(SeiCrowdingOf(s->columns, bottom, s->share, &m->electrolyte));
  PetscCall(PetscFree4(potential, r, z, bottom));
  PetscFunctionReturn(0);
}
