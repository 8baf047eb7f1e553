/* Which cells of the distributed system stand on which process, and what is between them: geometry from indices. */
#include "../../physics/constants.h"
#include "sei_large.h"
#include "sei_private.h"
#include <stdbool.h>

enum { HALO = 2 }; /* columns of material beside the own ones: a face of the neighbour's, and sheets around it */

/* Whole rings, as even as they go, at least one a process. */
static PetscErrorCode DivideRings(SeiLarge *s, PetscInt first[]) {
  double *weight, total = 0.0;
  PetscInt ring = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->rings, &weight));
  for (PetscInt g = 0; g < s->rings; g++) {
    weight[g] = (double)s->depth + 1.0;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    weight[s->options.under[c]] += (double)s->layers;
  }
  for (PetscInt g = 0; g < s->rings; g++) {
    total += weight[g];
  }
  for (PetscMPIInt p = 0; p < s->processes; p++) {
    const double wanted = total * (double)p / (double)s->processes;
    const PetscInt most = s->rings - (s->processes - p);
    double passed = 0.0;
    for (ring = 0; ring < most && passed + 0.5 * weight[ring] < wanted; ring++) {
      passed += weight[ring];
    }
    first[p] = p > 0 ? PetscMax(ring, first[p - 1] + 1) : 0;
  }
  first[s->processes] = s->rings;
  PetscCall(PetscFree(weight));
  PetscFunctionReturn(0);
}

/* Rows of all columns and rings, and which are whose. */
static PetscErrorCode LayOut(SeiLarge *s) {
  PetscInt *first, column = 0, row = 0;
  PetscMPIInt p = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->processes + 1, &first));
  PetscCall(DivideRings(s, first));
  PetscCall(PetscMalloc4(s->columns, &s->column_row, s->rings, &s->ring_row, s->processes, &s->column_count,
                         s->processes, &s->column_start));
  for (PetscInt g = 0; g < s->rings; g++) {
    if (g == first[p]) {
      s->column_start[p] = (PetscMPIInt)column;
      if (p == s->process) {
        s->ring_first = g;
        s->column_first = column;
        s->row_first = row;
      }
    }
    for (; column < s->columns && s->options.under[column] == g; column++, row += s->layers) {
      s->column_row[column] = row;
    }
    s->ring_row[g] = row;
    row += 1 + s->depth;
    if (g + 1 == first[p + 1]) {
      s->column_count[p] = (PetscMPIInt)column - s->column_start[p];
      if (p == s->process) {
        s->ring_last = g + 1;
        s->column_last = column;
        s->row_last = row;
      }
      p++;
    }
  }
  s->rows = row;
  s->side_first = PetscMax(0, s->column_first - 1);
  s->side_last = PetscMin(s->column_last, s->columns - 1);
  PetscCall(PetscFree(first));
  PetscFunctionReturn(0);
}

static PetscErrorCode FillMaterial(SeiLarge *s) {
  const SeiOptions *o = &s->options;
  size_t cells;

  PetscFunctionBeginUser;
  s->material_first = PetscMax(0, s->column_first - HALO);
  s->material_last = PetscMin(s->columns, s->column_last + HALO);
  cells = (size_t)(s->material_last - s->material_first) * (size_t)s->layers;
  PetscCall(PetscMalloc2(cells, &s->conductivity, cells, &s->phase));
  if (o->has_grains) {
    PetscCall(PetscMalloc1(cells, &s->grain));
  }
  PetscCall(o->material(o->material_context, s->material_first, s->material_last, s->conductivity, s->phase, s->grain));
  PetscFunctionReturn(0);
}

static PetscErrorCode FillColumns(SeiLarge *s) {
  const SeiOptions *o = &s->options;
  const double height = o->thickness / (double)s->layers;

  PetscFunctionBeginUser;
  PetscCall(
      PetscMalloc4(s->columns, &s->share, s->columns, &s->inward, s->columns, &s->outward, s->columns, &s->thickness));
  for (PetscInt c = 0; c < s->columns; c++) {
    const double inner = o->edge[c], outer = o->edge[c + 1];
    s->share[c] = outer * outer - inner * inner;
    s->inward[c] = inner > 0.0 ? log(o->centre[c] / inner) / (2.0 * PI * height) : 0.0;
    s->outward[c] = log(outer / o->centre[c]) / (2.0 * PI * height);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FillElectrolyte(SeiLarge *s) {
  const PetscInt own = s->ring_last - s->ring_first, begin = PetscMax(0, s->ring_first - 1);
  PetscInt neighbour;

  PetscFunctionBeginUser;
  PetscCall(
      PetscCalloc3((size_t)(own * s->depth), &s->below, (size_t)((own + 1) * s->depth), &s->beside, own, &s->surface));
  for (PetscInt g = begin; g < s->ring_last; g++) {
    const PetscInt here = g - s->ring_first;
    for (PetscInt l = 0; l < s->depth; l++) {
      const PetscInt cell = g + s->rings * l;
      const double beside = BulkFaceConductance(s->electrolyte, cell, PETSC_TRUE, &neighbour);
      PetscCheck(neighbour != -1, s->comm, PETSC_ERR_SUP, "SEI: the electrolyte is grounded at its side");
      s->beside[(here + 1) * s->depth + l] = beside;
      if (here >= 0) {
        s->below[here * s->depth + l] = BulkFaceConductance(s->electrolyte, cell, PETSC_FALSE, &neighbour);
      }
    }
    if (here >= 0) {
      s->surface[here] = BulkSurfaceConductance(s->electrolyte, g);
    }
  }
  PetscFunctionReturn(0);
}

/* --- links -------------------------------------------------------------------------------------------------------- */

static double Boundary(const SeiLarge *s, PetscInt n, PetscInt m) {
  if (s->phase[n] != s->phase[m]) {
    return s->options.boundary_resistance;
  }
  return s->grain && s->grain[n] != s->grain[m] ? s->options.grain_resistance : 0.0;
}

static bool IsSheet(const SeiLarge *s, PetscInt n, PetscInt m) {
  const bool differ = s->phase[n] != s->phase[m] || (s->grain && s->grain[n] != s->grain[m]);

  return differ && s->phase[n] != s->options.insulator && s->phase[m] != s->options.insulator;
}

void SeiLargeConductivity(const SeiLarge *s, PetscInt c, PetscInt k, double *along_z, double *along_r) {
  const SeiOptions *o = &s->options;
  const PetscInt n = SeiLargeAt(s, c, k);
  const double half = 0.5 * o->sheet_conductance, area = PI * o->radius * o->radius * s->share[c];
  double perimeter = 0.0, faces = 0.0;

  *along_z = *along_r = s->conductivity[n];
  if (half > 0.0) {
    perimeter += c > 0 && IsSheet(s, n, n - s->layers) ? 2.0 * PI * o->edge[c] * o->radius : 0.0;
    perimeter += c + 1 < s->columns && IsSheet(s, n, n + s->layers) ? 2.0 * PI * o->edge[c + 1] * o->radius : 0.0;
    faces += k > 0 && IsSheet(s, n, n - 1) ? 1.0 : 0.0;
    faces += k + 1 < s->layers && IsSheet(s, n, n + 1) ? 1.0 : 0.0;
    *along_z += half * perimeter / area;
    *along_r += half * faces * (double)s->layers / o->thickness;
  }
}

/* [Ohm] from the centre of a cell to the face above or below, and [V] l E_c */
static double Down(const SeiLarge *s, PetscInt c, PetscInt k, double *voltage) {
  const SeiOptions *o = &s->options;
  const double height = o->thickness / (double)s->layers, high = s->thickness[c] / o->thickness;
  double along_z, along_r;

  SeiLargeConductivity(s, c, k, &along_z, &along_r);
  *voltage = 0.5 * height * o->field_scale * high;
  return 0.5 * height * high / (along_z * s->area * s->share[c]);
}

SeiLargeLink SeiLargeSurface(const SeiLarge *s, PetscInt column) {
  SeiLargeLink link = {0};

  link.near_resistance = Down(s, column, 0, &link.near_voltage);
  return link;
}

static SeiLargeLink Vertical(const SeiLarge *s, PetscInt c, PetscInt k) {
  SeiLargeLink link = {0};

  link.near_resistance = Down(s, c, k, &link.near_voltage);
  link.far_voltage = link.near_voltage;
  if (k + 1 < s->layers) {
    link.far_resistance = Down(s, c, k + 1, &link.far_voltage);
    link.series = Boundary(s, SeiLargeAt(s, c, k), SeiLargeAt(s, c, k + 1)) / (s->area * s->share[c]);
  }
  return link;
}

static SeiLargeLink Lateral(const SeiLarge *s, PetscInt c, PetscInt k) {
  const SeiOptions *o = &s->options;
  const double high = 0.5 * (s->thickness[c] + s->thickness[c + 1]) / o->thickness;
  const double face = 2.0 * PI * o->edge[c + 1] * s->radius * high * o->thickness / (double)s->layers; /* [m^2] */
  double along_z, near, far;

  SeiLargeConductivity(s, c, k, &along_z, &near);
  SeiLargeConductivity(s, c + 1, k, &along_z, &far);
  return (SeiLargeLink){s->outward[c] / near / high, (o->edge[c + 1] - o->centre[c]) * s->radius * o->field_scale,
                        s->inward[c + 1] / far / high, (o->centre[c + 1] - o->edge[c + 1]) * s->radius * o->field_scale,
                        Boundary(s, SeiLargeAt(s, c, k), SeiLargeAt(s, c + 1, k)) / face};
}

/* [Ohm m^2] of the boundaries that the current across a corner passes: around the better side. */
static double AroundCorner(const SeiLarge *s, PetscInt n, bool falling) {
  const PetscInt from = falling ? n : n + s->layers, to = falling ? n + s->layers + 1 : n + 1;
  const PetscInt one = falling ? n + s->layers : n, other = falling ? n + 1 : n + s->layers + 1;

  return fmin(Boundary(s, from, one) + Boundary(s, one, to), Boundary(s, from, other) + Boundary(s, other, to));
}

static double CornerAt(const SeiLarge *s, PetscInt n) {
  const double *sigma = s->conductivity;

  return SeiCornerConductance(sigma[n], sigma[n + s->layers], sigma[n + 1], sigma[n + s->layers + 1]);
}

static SeiLargeLink Corner(const SeiLarge *s, PetscInt c, PetscInt k, bool falling) { /* as in sei_geometry.c */
  const SeiOptions *o = &s->options;
  const PetscInt n = SeiLargeAt(s, c, k);
  const double height = s->thickness[c] / (double)s->layers, width = 0.5 * (o->edge[c + 2] - o->edge[c]) * s->radius;
  const double voltage = 0.5 * hypot(height, width) * o->field_scale;
  const double face = 2.0 * PI * o->edge[c + 1] * s->radius * 0.5 * fmin(height, width); /* [m^2] */
  const double conductance = fmax(CornerAt(s, n), 1e-60) * 2.0 * PI * o->edge[c + 1] * s->radius;
  const double boundary = AroundCorner(s, n, falling) / face; /* [Ohm] */

  return (SeiLargeLink){0.5 / conductance, voltage, 0.5 / conductance, voltage,
                        boundary * (1.0 + boundary * conductance)};
}

SeiLargeLink SeiLargeLinkOf(const SeiLarge *s, const SeiLargePlace *at) {
  switch (at->kind) {
  case SEI_LATERAL:
    return Lateral(s, at->from, at->from_layer);
  case SEI_CORNER:
    return Corner(s, PetscMin(at->from, at->to), at->from_layer, at->from < at->to);
  default:
    return Vertical(s, at->from, at->from_layer);
  }
}

static PetscErrorCode FindCorners(SeiLarge *s) {
  SeiLargeLinks *corners = &s->link[SEI_CORNER];

  PetscFunctionBeginUser;
  for (int pass = 0; pass < 2; pass++) {
    corners->count = 0;
    for (PetscInt c = s->side_first; c < s->side_last && s->options.corners; c++) {
      for (PetscInt k = 0; k + 1 < s->layers; k++) {
        if (!(CornerAt(s, SeiLargeAt(s, c, k)) > 0.0)) {
          continue;
        }
        if (pass == 1) {
          s->corner_column[corners->count] = c;
          s->corner_layer[corners->count] = k;
        }
        corners->count++;
      }
    }
    if (pass == 0) {
      PetscCall(PetscMalloc2(corners->count, &s->corner_column, corners->count, &s->corner_layer));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode MakeLinks(SeiLarge *s) {
  const PetscInt own = s->column_last - s->column_first;
  PetscInt place = s->row_last - s->row_first;

  PetscFunctionBeginUser;
  PetscCall(FindCorners(s));
  s->link[SEI_LATERAL].count = (s->side_last - s->side_first) * s->layers;
  s->link[SEI_VERTICAL].count = own * (s->layers - 1);
  s->link[SEI_BOTTOM].count = own;
  for (int kind = 0; kind < SEI_KINDS; kind++) {
    SeiLargeLinks *links = &s->link[kind];
    links->place = place;
    place += links->count;
    PetscCall(
        PetscMalloc3(links->count, &links->error, links->count, &links->slope, links->count, &links->conductance));
  }
  s->state_size = place;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeCellsCreate(SeiLarge *s) {
  const PetscInt own = s->layers + s->depth;

  PetscFunctionBeginUser;
  PetscCall(LayOut(s));
  PetscCall(FillMaterial(s));
  PetscCall(FillColumns(s));
  PetscCall(FillElectrolyte(s));
  PetscCall(MakeLinks(s));
  PetscCall(
      PetscCalloc4(own, &s->sides.left, own, &s->sides.right, own, &s->update_sides.left, own, &s->update_sides.right));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeCellsDestroy(SeiLarge *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(s->column_row, s->ring_row, s->column_count, s->column_start));
  PetscCall(PetscFree2(s->conductivity, s->phase));
  PetscCall(PetscFree(s->grain));
  PetscCall(PetscFree4(s->share, s->inward, s->outward, s->thickness));
  PetscCall(PetscFree3(s->below, s->beside, s->surface));
  PetscCall(PetscFree2(s->corner_column, s->corner_layer));
  for (int kind = 0; kind < SEI_KINDS; kind++) {
    PetscCall(PetscFree3(s->link[kind].error, s->link[kind].slope, s->link[kind].conductance));
  }
  PetscCall(PetscFree4(s->sides.left, s->sides.right, s->update_sides.left, s->update_sides.right));
  PetscFunctionReturn(0);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

void SeiLargeVisitLinks(SeiLarge *s, SeiLargeVisit visit, void *context) {
  SeiLargePlace at = {.kind = SEI_LATERAL};

  for (PetscInt c = s->side_first; c < s->side_last; c++) {
    for (PetscInt k = 0; k < s->layers; k++, at.index++) {
      at = (SeiLargePlace){SEI_LATERAL, at.index, c, k, c + 1, k, SeiLargeOwns(s, c)};
      visit(s, &at, context);
    }
  }
  at.index = 0;
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    for (PetscInt k = 0; k + 1 < s->layers; k++, at.index++) {
      at = (SeiLargePlace){SEI_VERTICAL, at.index, c, k, c, k + 1, PETSC_TRUE};
      visit(s, &at, context);
    }
  }
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    at = (SeiLargePlace){SEI_BOTTOM, c - s->column_first, c, s->layers - 1, c, s->layers, PETSC_TRUE};
    visit(s, &at, context);
  }
  for (PetscInt m = 0; m < s->link[SEI_CORNER].count; m++) {
    const PetscInt c = s->corner_column[m], k = s->corner_layer[m], n = SeiLargeAt(s, c, k);
    const double *sigma = s->conductivity;
    const bool falling = sigma[n] * sigma[n + s->layers + 1] >= sigma[n + s->layers] * sigma[n + 1];
    at = (SeiLargePlace){SEI_CORNER, m, falling ? c : c + 1, k, falling ? c + 1 : c, k + 1, SeiLargeOwns(s, c)};
    visit(s, &at, context);
  }
}

void SeiLargeVisitElectrolyte(SeiLarge *s, SeiLargeVisitFace visit, void *context) {
  for (PetscInt g = PetscMax(0, s->ring_first - 1); g < s->ring_last; g++) {
    const PetscInt here = g - s->ring_first, cell = s->ring_row[g] + 1;
    for (PetscInt l = 0; l < s->depth; l++) {
      if (g + 1 < s->rings) {
        visit(s, cell + l, s->ring_row[g + 1] + 1 + l, s->beside[(here + 1) * s->depth + l], context);
      }
      if (here >= 0) {
        visit(s, cell + l, l + 1 < s->depth ? cell + l + 1 : -1, s->below[here * s->depth + l], context);
      }
    }
    if (here >= 0) {
      visit(s, s->ring_row[g], cell, s->surface[here], context);
    }
  }
}

/* --- between processes -------------------------------------------------------------------------------------------- */

/* What the neighbour sees of a column and the ring below it. */
static void Pack(const SeiLarge *s, const double rows[], PetscInt column, double to[]) {
  const PetscInt ring = s->options.under[column];

  for (PetscInt k = 0; k < s->layers; k++) {
    to[k] = rows[s->column_row[column] + k - s->row_first];
  }
  for (PetscInt l = 0; l < s->depth; l++) {
    to[s->layers + l] = rows[s->ring_row[ring] + 1 + l - s->row_first];
  }
}

PetscErrorCode SeiLargeExchange(const SeiLarge *s, const double rows[], SeiLargeSides *sides) {
  const PetscMPIInt before = s->process > 0 ? s->process - 1 : MPI_PROC_NULL;
  const PetscMPIInt after = s->process + 1 < s->processes ? s->process + 1 : MPI_PROC_NULL;
  PetscMPIInt count;
  double *first, *last;

  PetscFunctionBeginUser;
  if (s->processes == 1) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMPIIntCast(s->layers + s->depth, &count));
  PetscCall(PetscMalloc2(count, &first, count, &last));
  Pack(s, rows, s->column_first, first);
  Pack(s, rows, s->column_last - 1, last);
  PetscCallMPI(MPI_Sendrecv(first, count, MPI_DOUBLE, before, 0, sides->right, count, MPI_DOUBLE, after, 0, s->comm,
                            MPI_STATUS_IGNORE));
  PetscCallMPI(MPI_Sendrecv(last, count, MPI_DOUBLE, after, 1, sides->left, count, MPI_DOUBLE, before, 1, s->comm,
                            MPI_STATUS_IGNORE));
  PetscCall(PetscFree2(first, last));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeGather(const SeiLarge *s, double column[]) {
  PetscFunctionBeginUser;
  if (s->processes > 1) {
    PetscCallMPI(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, column, s->column_count, s->column_start,
                                MPI_DOUBLE, s->comm));
  }
  PetscFunctionReturn(0);
}
