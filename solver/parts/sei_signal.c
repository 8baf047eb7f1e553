/* Small signals through the SEI block: every half cell conducts and stores charge.

   The displacement current of a half cell follows its geometry, whatever conducts in it or along its faces: its
   capacitance is eps times area over length. In potentials phi of the cells and v of the electrolyte rings, with y(s)
   the admittances of the links, b at the bottom and T the surface cells,

     A(s) phi - D P v = T I,    v = Z_e(s) P^T D (phi - P v),    U = T^T phi + z_surface I

   A is a band; X = A^-1 D P, F = P^T D A^-1 T = X^T at the surface, and the electrolyte's rings are a dense system.
   What passes across corners (sei_geometry.c) is conduction only. */
#include "sei_signal.h"
#include "../system/lapack.h"

/* Two halves, of which each is a resistance [Ohm] with a capacitance [F], and a resistance between them. */
typedef struct {
  double near, far, near_capacitance, far_capacitance, boundary;
} Link;

struct SeiSignal_ {
  const ChargeStorage *storage;
  double unit, *resistance;       /* [Ohm] of the electrolyte, rings*rings, at that unit */
  Link *inner, *bottom, *surface; /* surface: the far half alone */
  double *transfer;               /* [Ohm] process*columns: slopes of SE|SEI */
  double complex *flow;           /* [S] columns: b at s */
  double complex *below, *top;    /* [Ohm] columns: SE|SEI, the halves under the rings */
  double complex *band;           /* cells*(3 width + 1) */
  PetscBLASInt *pivot, *ring_pivot;
  double complex *solved;                  /* cells*(columns + rings): A^-1 T, X */
  double complex *matrix, *product, *ring; /* rings*rings, rings*rings, rings*columns: v per ring current */
  double complex *impedance;               /* columns*columns, as given out */
};

/* --- linearisation ------------------------------------------------------------------------------------------------ */

/* [F] of a half cell of which the ratio of length to area is given [1/m]; 0: none. */
static double HalfCapacitance(const SeiBlock *s, double ratio) {
  return ratio > 0.0 ? charge_storage_permittivity(s->signal->storage->sei_permittivity) / ratio : 0.0;
}

/* Two halves: length over area [1/m], resistance at no field [Ohm], voltage of the law [V]. */
typedef struct {
  double ratio[2], resistance[2], voltage[2];
} Halves;

/* A link at the flow [A]. */
static Link MakeLink(const SeiBlock *s, const Halves *h, double boundary, double flow) {
  Link link = {.boundary = boundary,
               .near_capacitance = HalfCapacitance(s, h->ratio[0]),
               .far_capacitance = HalfCapacitance(s, h->ratio[1])};

  (void)SeiHalfDrop(h->resistance[0], h->voltage[0], flow, &link.near);
  (void)SeiHalfDrop(h->resistance[1], h->voltage[1], flow, &link.far);
  return link;
}

static void LinkLateral(SeiBlock *s, PetscInt l, double flow) {
  const SeiOptions *o = &s->options;
  const PetscInt c = l / s->layers, m = l + s->layers;
  const double high = 0.5 * (s->thickness[c] + s->thickness[c + 1]) / o->thickness, growth = s->radius / o->radius;
  const double height = high * o->thickness / (double)s->layers, around = 2.0 * PETSC_PI * height; /* [m] */
  const Halves halves = {{log(o->edge[c + 1] / s->centre[c]) / around, log(s->centre[c + 1] / o->edge[c + 1]) / around},
                         {s->halves.outward[l] / high, s->halves.inward[m] / high},
                         {s->halves.outward_voltage[c] * growth, s->halves.inward_voltage[c + 1] * growth}};

  s->signal->inner[l] = MakeLink(s, &halves, SeiBoundary(s, l, m) / (around * o->edge[c + 1] * s->radius), flow);
}

/* Vertical links of a column, its surface and its bottom. */
static void LinkColumn(SeiBlock *s, PetscInt c, double current, const double vertical[], double bottom) {
  const double high = s->thickness[c] / s->options.thickness, growth = s->radius / s->options.radius;
  const double factor = high / (growth * growth), area = s->area * s->share[c];
  const double voltage = s->halves.down_voltage * high, ratio = 0.5 * s->thickness[c] / (double)s->layers / area;
  const PetscInt first = c * s->layers, last = first + s->layers - 1;
  const Halves leaving = {{ratio, 0.0}, {factor * s->halves.down[last], 0.0}, {voltage, voltage}};
  const Halves entering = {{0.0, ratio}, {0.0, factor * s->halves.down[first]}, {voltage, voltage}};

  for (PetscInt k = 0; k + 1 < s->layers; k++) {
    const PetscInt n = first + k, v = c * (s->layers - 1) + k;
    const Halves halves = {
        {ratio, ratio}, {factor * s->halves.down[n], factor * s->halves.down[n + 1]}, {voltage, voltage}};
    s->signal->inner[s->lateral_count + v] = MakeLink(s, &halves, SeiBoundary(s, n, n + 1) / area, vertical[v]);
  }
  s->signal->bottom[c] = MakeLink(s, &leaving, 0.0, bottom);
  s->signal->surface[c] = MakeLink(s, &entering, 0.0, current);
}

/* The electrolyte as the path has it, so that the limit of low frequency is the slope of the current; a floor of 1e-9
   under the modes that the rings do not resolve keeps its inverse finite. */
static PetscErrorCode FillResistance(SeiBlock *s) {
  double *resistance = s->signal->resistance, *share;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(s->rings, &share));
  for (PetscInt c = 0; c < s->columns; c++) {
    share[s->options.under[c]] += s->share[c];
  }
  for (PetscInt g = 0; g < s->rings; g++) {
    for (PetscInt h = 0; h < s->rings; h++) {
      double sum = g == h ? 1e-9 / share[g] : 0.0;
      for (PetscInt m = 0; m < s->modes; m++) {
        sum += s->root[g * s->modes + m] * s->root[h * s->modes + m];
      }
      resistance[g + s->rings * h] = s->unit * sum;
    }
  }
  PetscCall(PetscFree(share));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSignalLinearise(void *context, const ChargeStorage *storage, const double current[],
                                  const double state[]) {
  SeiBlock *s = (SeiBlock *)context;
  const double *inner, *bottom;
  SeiSignal w;

  PetscFunctionBeginUser;
  PetscCall(SeiSignalAllocate(s));
  w = s->signal;
  w->storage = storage;
  if (w->unit != s->unit) {
    w->unit = s->unit;
    PetscCall(FillResistance(s));
  }
  if (s->condensed) { /* linear: the same at any flow */
    PetscCall(PetscArrayzero(s->before, SeiStateSize(s)));
    state = s->before;
  }
  inner = state + SeiInner(s);
  bottom = state + SeiBottom(s);
  for (PetscInt l = 0; l < s->lateral_count; l++) {
    LinkLateral(s, l, inner[l]);
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    LinkColumn(s, c, current[c], inner + s->lateral_count, bottom[c]);
  }
  SeiLinksEvaluate(&s->inner, inner);
  for (PetscInt l = s->lateral_count + s->vertical_count; l < s->inner.count; l++) {
    w->inner[l] = (Link){.boundary = s->inner.slope[l]};
  }
  for (int k = 0; k < s->options.transfer.count; k++) {
    for (PetscInt c = 0; c < s->columns; c++) {
      const InterfaceConditions at = {.temperature = s->options.temperature, .sei_thickness = s->thickness[c]};
      const double area = s->area * s->share[c];
      double slope;
      (void)kinetics_series_process(&s->options.transfer, k, &at, bottom[c] / area, &slope);
      w->transfer[k * s->columns + c] = slope / area;
    }
  }
  PetscFunctionReturn(0);
}

/* --- one frequency ------------------------------------------------------------------------------------------------ */

static double complex HalfImpedance(double resistance, double capacitance, double complex s) {
  return resistance / (1.0 + s * capacitance * resistance);
}

static double complex LinkImpedance(const Link *link, double complex s) {
  return HalfImpedance(link->near, link->near_capacitance, s) + HalfImpedance(link->far, link->far_capacitance, s) +
         link->boundary;
}

static double complex TransferImpedance(const SeiBlock *b, PetscInt c, double complex s) {
  const KineticsSeries *transfer = &b->options.transfer;
  const double area = b->area * b->share[c];
  double complex sum = 0.0;

  for (int k = 0; k < transfer->count; k++) {
    sum += 1.0 / (1.0 / b->signal->transfer[k * b->columns + c] +
                  area * charge_storage_admittance(b->signal->storage, transfer->process[k], b->thickness[c], s));
  }
  return sum;
}

/* A(s) in LAPACK's band storage. */
static PetscErrorCode Assemble(SeiBlock *b, double complex s) {
  const PetscInt width = b->factor.width, rows = 3 * width + 1;
  SeiSignal w = b->signal;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w->band, (size_t)rows * (size_t)b->cells));
#define ENTRY(i, j) w->band[(2 * width + (i) - (j)) + rows * (j)]
  for (PetscInt l = 0; l < b->inner.count; l++) {
    const PetscInt i = b->from[l], j = b->to[l];
    const double complex y = 1.0 / LinkImpedance(&w->inner[l], s);
    ENTRY(i, i) += y;
    ENTRY(j, j) += y;
    ENTRY(i, j) -= y;
    ENTRY(j, i) -= y;
  }
  for (PetscInt c = 0; c < b->columns; c++) {
    const PetscInt last = SeiCell(b, c, b->layers - 1);
    w->below[c] = TransferImpedance(b, c, s);
    w->flow[c] = 1.0 / (LinkImpedance(&w->bottom[c], s) + w->below[c]);
    w->top[c] = LinkImpedance(&w->surface[c], s);
    ENTRY(last, last) += w->flow[c];
  }
#undef ENTRY
  PetscFunctionReturn(0);
}

/* A^-1 of unit currents into the surface cells, and X. */
static PetscErrorCode SolveCells(SeiBlock *b) {
  const PetscBLASInt n = (PetscBLASInt)b->cells, width = (PetscBLASInt)b->factor.width, rows = 3 * width + 1;
  const PetscBLASInt columns = (PetscBLASInt)(b->columns + b->rings);
  SeiSignal w = b->signal;
  PetscBLASInt info;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w->solved, (size_t)b->cells * (size_t)columns));
  for (PetscInt c = 0; c < b->columns; c++) {
    w->solved[SeiCell(b, c, 0) + b->cells * c] = 1.0;
    w->solved[SeiCell(b, c, b->layers - 1) + b->cells * (b->columns + b->options.under[c])] = w->flow[c];
  }
  PetscCallBLAS("LAPACKzgbtrf", LAPACKzgbtrf_(&n, &n, &width, &width, w->band, &rows, w->pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "Impedance: zero pivot in cell %d of the SEI",
             (int)info);
  PetscCallBLAS("LAPACKzgbtrs",
                LAPACKzgbtrs_("N", &n, &width, &width, &columns, w->band, &rows, w->pivot, w->solved, &n, &info));
  PetscFunctionReturn(0);
}

/* v of the electrolyte rings for unit ring currents: (Z_e^-1 + G) v = F, as (1 + Z_e G) v = Z_e F. */
static PetscErrorCode SolveElectrolyte(SeiBlock *b, double complex s) {
  const PetscBLASInt rings = (PetscBLASInt)b->rings, columns = (PetscBLASInt)b->columns;
  SeiSignal w = b->signal;
  const double complex *x = w->solved + b->cells * b->columns;
  const double relaxation = charge_storage_permittivity(w->storage->electrolyte_permittivity) *
                            BulkUnit(b->electrolyte) * BulkRadius(b->electrolyte);
  const double complex factor = 1.0 / (1.0 + s * relaxation), zero = 0.0;
  PetscBLASInt info;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(w->matrix, (size_t)(b->rings * b->rings))); /* G */
  for (PetscInt c = 0; c < b->columns; c++) {
    const PetscInt last = SeiCell(b, c, b->layers - 1), g = b->options.under[c];
    w->matrix[g + b->rings * g] += w->flow[c];
    for (PetscInt h = 0; h < b->rings; h++) {
      w->matrix[g + b->rings * h] -= w->flow[c] * x[last + b->cells * h];
    }
  }
  for (PetscInt m = 0; m < b->rings * b->rings; m++) {
    w->product[m] = w->resistance[m];
  }
  for (PetscInt c = 0; c < b->columns; c++) { /* F, from X at the surface */
    for (PetscInt g = 0; g < b->rings; g++) {
      w->impedance[g + b->rings * c] = x[SeiCell(b, c, 0) + b->cells * g];
    }
  }
  PetscCallBLAS("zgemm", BLASzgemm_("N", "N", &rings, &columns, &rings, &factor, w->product, &rings, w->impedance,
                                    &rings, &zero, w->ring, &rings));
  PetscCallBLAS("zgemm", BLASzgemm_("N", "N", &rings, &rings, &rings, &factor, w->product, &rings, w->matrix, &rings,
                                    &zero, w->product + b->rings * b->rings, &rings));
  for (PetscInt g = 0; g < b->rings; g++) {
    w->product[b->rings * b->rings + g * (b->rings + 1)] += 1.0;
  }
  PetscCallBLAS("LAPACKzgetrf",
                LAPACKzgetrf_(&rings, &rings, w->product + b->rings * b->rings, &rings, w->ring_pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT,
             "Impedance: the electrolyte under the SEI is singular");
  PetscCallBLAS("LAPACKzgetrs", LAPACKzgetrs_("N", &rings, &columns, w->product + b->rings * b->rings, &rings,
                                              w->ring_pivot, w->ring, &rings, &info));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSignalImpedance(void *context, double complex s, double complex impedance[]) {
  SeiBlock *b = (SeiBlock *)context;
  const PetscInt n = b->columns;
  SeiSignal w = b->signal;

  PetscFunctionBeginUser;
  PetscCall(Assemble(b, s));
  PetscCall(SolveCells(b));
  PetscCall(SolveElectrolyte(b, s));
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt c = 0; c < n; c++) {
      const PetscInt cell = SeiCell(b, c, 0);
      double complex sum = w->solved[cell + b->cells * j];
      for (PetscInt g = 0; g < b->rings; g++) {
        sum += w->solved[cell + b->cells * (n + g)] * w->ring[g + b->rings * j];
      }
      impedance[c + n * j] = sum;
    }
    impedance[j + n * j] += w->top[j];
  }
  PetscCall(PetscArraycpy(w->impedance, impedance, (size_t)(n * n)));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSignalDrops(void *context, const double complex current[], double complex drop[]) {
  const SeiBlock *b = (const SeiBlock *)context;
  const PetscInt n = b->columns;
  const SeiSignal w = b->signal;
  double complex *potential; /* of the electrolyte rings */

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(drop, (size_t)(PATH_DROPS * n)));
  PetscCall(PetscCalloc1(b->rings, &potential));
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt g = 0; g < b->rings; g++) {
      potential[g] += w->ring[g + b->rings * j] * current[j];
    }
  }
  for (PetscInt c = 0; c < n; c++) {
    const PetscInt last = SeiCell(b, c, b->layers - 1);
    double complex whole = 0.0, bottom = 0.0;
    for (PetscInt j = 0; j < n; j++) {
      whole += w->impedance[c + n * j] * current[j];
      bottom += w->solved[last + b->cells * j] * current[j];
    }
    for (PetscInt g = 0; g < b->rings; g++) {
      bottom += w->solved[last + b->cells * (n + g)] * potential[g];
    }
    drop[PATH_ELECTROLYTE * n + c] = potential[b->options.under[c]];
    drop[PROCESS_SE_TRANSFER * n + c] = w->below[c] * w->flow[c] * (bottom - potential[b->options.under[c]]);
    drop[PROCESS_SEI_TRANSPORT * n + c] = whole - drop[PATH_ELECTROLYTE * n + c] - drop[PROCESS_SE_TRANSFER * n + c];
  }
  PetscCall(PetscFree(potential));
  PetscFunctionReturn(0);
}

/* --- network ------------------------------------------------------------------------------------------------------ */

/* Two halves of the same relaxation time are one element. */
static bool IsOneElement(const Link *link) {
  const double near = link->near * link->near_capacitance, far = link->far * link->far_capacitance;

  return link->near == 0.0 || link->far == 0.0 || (link->boundary == 0.0 && fabs(near - far) <= 1e-12 * (near + far)) ||
         near + far == 0.0;
}

static PetscErrorCode AddLink(Network network, PetscInt a, PetscInt z, const Link *link) {
  PetscFunctionBeginUser;
  if (IsOneElement(link)) {
    const double whole = link->near + link->far + link->boundary;
    const double relaxation =
        fmax(link->near * link->near_capacitance, link->far * link->far_capacitance); /* of the halves */
    PetscCall(NetworkAdd(network, a, z, 1.0 / whole, relaxation / whole));
    PetscFunctionReturn(0);
  }
  {
    const PetscInt first = NetworkAddNode(network), second = link->boundary > 0.0 ? NetworkAddNode(network) : first;
    PetscCall(NetworkAdd(network, a, first, 1.0 / link->near, link->near_capacitance));
    if (second != first) {
      PetscCall(NetworkAdd(network, first, second, 1.0 / link->boundary, 0.0));
    }
    PetscCall(NetworkAdd(network, second, z, 1.0 / link->far, link->far_capacitance));
  }
  PetscFunctionReturn(0);
}

/* At most: a link of two phases, or one that is not linear, may need nodes of its own. */
PetscInt SeiSignalNodes(void *context) {
  const SeiBlock *b = (const SeiBlock *)context;
  const SeiOptions *o = &b->options;
  const PetscInt each = o->boundary_resistance > 0.0 || o->grain_resistance > 0.0 ? 2 : 1;
  PetscInt count = b->cells + b->rings + b->columns * o->transfer.count;

  for (PetscInt l = 0; l < b->lateral_count + b->vertical_count; l++) {
    const PetscInt v = l - b->lateral_count, near = v < 0 ? l : v + v / PetscMax(1, b->layers - 1);
    const PetscInt far = v < 0 ? l + b->layers : near + 1;
    const bool uniform = b->linear && !o->phases_at && o->sheet_conductance == 0.0 &&
                         SeiBoundary(b, near, far) == 0.0 && o->conductivity[near] == o->conductivity[far];
    count += uniform ? 0 : each;
  }
  return count;
}

PetscErrorCode SeiSignalNetwork(void *context, Network network, const PetscInt ring_node[]) {
  const SeiBlock *b = (const SeiBlock *)context;
  const SeiSignal w = b->signal;
  const PetscInt first = network->nodes, electrolyte = first + b->cells;
  PetscInt *node;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n < b->cells + b->rings; n++) {
    (void)NetworkAddNode(network);
  }
  for (PetscInt l = 0; l < b->inner.count; l++) {
    PetscCall(AddLink(network, first + b->from[l], first + b->to[l], &w->inner[l]));
  }
  for (PetscInt c = 0; c < b->columns; c++) {
    const PetscInt ring = electrolyte + b->options.under[c];
    PetscInt above = first + SeiCell(b, c, b->layers - 1);
    PetscCall(AddLink(network, ring_node[c], first + SeiCell(b, c, 0), &w->surface[c]));
    for (int k = 0; k < b->options.transfer.count; k++) {
      const PetscInt below = NetworkAddNode(network);
      if (k == 0) {
        PetscCall(AddLink(network, above, below, &w->bottom[c]));
        above = below;
      }
      PetscCall(NetworkAdd(
          network, above, k + 1 < b->options.transfer.count ? below : ring, 1.0 / w->transfer[k * b->columns + c],
          b->area * b->share[c] *
              charge_storage_capacitance(w->storage, b->options.transfer.process[k], b->thickness[c])));
    }
    if (!b->options.transfer.count) {
      PetscCall(AddLink(network, above, ring, &w->bottom[c]));
    }
  }
  PetscCall(PetscMalloc1(b->rings, &node));
  for (PetscInt g = 0; g < b->rings; g++) {
    node[g] = electrolyte + g;
  }
  PetscCall(NetworkAddBlock(network, b->rings, node, w->resistance,
                            charge_storage_permittivity(w->storage->electrolyte_permittivity) *
                                BulkUnit(b->electrolyte) * BulkRadius(b->electrolyte)));
  PetscCall(PetscFree(node));
  PetscFunctionReturn(0);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

PetscErrorCode SeiSignalAllocate(SeiBlock *s) {
  const size_t columns = (size_t)s->columns, rings = (size_t)s->rings, cells = (size_t)s->cells;
  const size_t dense = PetscMax(columns * columns, rings * columns);
  SeiSignal w;

  PetscFunctionBeginUser;
  if (s->signal) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&s->signal));
  w = s->signal;
  PetscCall(PetscMalloc5((size_t)s->inner.count, &w->inner, columns, &w->bottom, columns, &w->surface,
                         columns * (size_t)s->options.transfer.count, &w->transfer, rings * rings, &w->resistance));
  PetscCall(PetscMalloc6(columns, &w->flow, columns, &w->below, columns, &w->top,
                         cells * (size_t)(3 * s->factor.width + 1), &w->band, cells, &w->pivot, rings, &w->ring_pivot));
  PetscCall(PetscMalloc5(cells * (columns + rings), &w->solved, rings * rings, &w->matrix, 2 * rings * rings,
                         &w->product, rings * columns, &w->ring, dense, &w->impedance));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSignalDestroy(SeiBlock *s) {
  SeiSignal w = s->signal;

  PetscFunctionBeginUser;
  if (!w) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree5(w->inner, w->bottom, w->surface, w->transfer, w->resistance));
  PetscCall(PetscFree6(w->flow, w->below, w->top, w->band, w->pivot, w->ring_pivot));
  PetscCall(PetscFree5(w->solved, w->matrix, w->product, w->ring, w->impedance));
  PetscCall(PetscFree(s->signal));
  PetscFunctionReturn(0);
}
