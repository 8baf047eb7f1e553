#include "sei_structure.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A number in [0, 1) that depends on the seed and the index only (splitmix64, doi:10.1145/2714064.2660195), so that a
   random SEI is the same on any number of processes. */
static double HashedUniform(uint64_t seed, uint64_t index) {
  uint64_t z = seed * 0x9e3779b97f4a7c15U + (index + 1U) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  z ^= z >> 31;
  return (double)(z >> 11) * 0x1.0p-53;
}

static const double most_grains = 1e6; /* along r */

/* The phase at a position u in [0, 1) of the stacked volume fractions. */
static CellPhase PhaseAt(const SeiStructure *s, double u) {
  for (int k = 0; k < 4; k++) {
    if (u < s->part[k]) {
      return (CellPhase)(PHASE_LI3P + k);
    }
  }
  return PHASE_LI2S;
}

double SeiPhaseConductivity(const SeiStructure *s, CellPhase phase) {
  return s->conductivity[phase == PHASE_SEI ? 4 : phase - PHASE_LI3P];
}

static void ReadPhases(Deck deck, SeiStructure *s) {
  static const char *const phases[] = {"li3p", "li2s", "licl", "pore"};
  char key[64];
  double total = 0.0;

  for (int k = 0; k < 4; k++) {
    (void)snprintf(key, sizeof key, "sei.block.phases.%s_fraction", phases[k]);
    s->part[k] = total += DeckReal(deck, key);
    (void)snprintf(key, sizeof key, "sei.block.phases.%s_conductivity", phases[k]);
    s->conductivity[k] = DeckReal(deck, key);
  }
  for (int k = 0; k < 4; k++) {
    s->part[k] /= total;
  }
  s->conductivity[4] = DeckReal(deck, "sei.block.conductivity");
}

static PetscErrorCode CreateRandom(Deck deck, Grid rings, double reach, SeiStructure *s) {
  const double width = DeckReal(deck, "sei.block.random.grain_width");
  const PetscInt every = DeckInteger(deck, "sei.block.random.grain_columns");

  PetscFunctionBeginUser;
  s->width = width;
  s->seed = DeckInteger(deck, "sei.block.random.seed");
  s->height = DeckReal(deck, "sei.block.random.grain_height") / DeckReal(deck, "sei.thickness");
  s->every = DeckInteger(deck, "sei.block.random.grain_layers");
  s->grains = width > 0.0 ? (PetscInt)ceil(reach / width * (1.0 - 1e-12)) : (rings->rings + every - 1) / every;
  s->hash_width = width > 0.0 ? 0 : rings->rings;
  PetscCall(PetscMalloc1(s->grains + 1, &s->grain_edge));
  for (PetscInt g = 0; g <= s->grains; g++) {
    s->grain_edge[g] = width > 0.0 ? width * (double)g : rings->ring_edge[PetscMin(g * every, rings->rings)];
  }
  s->grain_edge[0] = 0.0;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiStructureCreate(Deck deck, Grid rings, double reach, SeiStructure *structure) {
  const char *kind = DeckText(deck, "sei.block.microstructure");

  PetscFunctionBeginUser;
  *structure = (SeiStructure){.grains = 1, .layers = DeckInteger(deck, "sei.block.layers")};
  structure->kind = !strcmp(kind, "random") ? SEI_RANDOM : !strcmp(kind, "layered") ? SEI_LAYERED : SEI_UNIFORM;
  ReadPhases(deck, structure);
  if (structure->kind == SEI_RANDOM) {
    PetscCall(CreateRandom(deck, rings, reach, structure));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(2, &structure->grain_edge));
  structure->grain_edge[0] = 0.0;
  structure->grain_edge[1] = reach;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiStructureDestroy(SeiStructure *structure) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(structure->grain_edge));
  PetscFunctionReturn(0);
}

CellPhase SeiStructurePhase(const SeiStructure *s, PetscInt grain, double part) {
  if (s->kind == SEI_LAYERED) {
    return PhaseAt(s, part);
  }
  if (s->kind == SEI_RANDOM) {
    const PetscInt along =
        s->height > 0.0 ? (PetscInt)floor(part / s->height) : (PetscInt)(part * (double)s->layers) / s->every;
    const uint64_t width = s->hash_width > 0 ? (uint64_t)s->hash_width : (uint64_t)1 << 32U;
    return PhaseAt(s, HashedUniform((uint64_t)s->seed, (uint64_t)along * width + (uint64_t)grain));
  }
  return PHASE_SEI;
}

/* The next edge between phases through the thickness beyond the part z. */
static double NextEdge(const SeiStructure *s, double z) {
  const double nearly = 1e-9;

  if (s->kind == SEI_LAYERED) {
    for (int k = 0; k < 4; k++) {
      if (s->part[k] > z + nearly) {
        return s->part[k];
      }
    }
  }
  if (s->kind == SEI_RANDOM) {
    const double height = s->height > 0.0 ? s->height : (double)s->every / (double)s->layers;
    return height * (floor(z / height + nearly) + 1.0);
  }
  return INFINITY;
}

double SeiStructureThrough(const SeiStructure *s, PetscInt grain, double low, double high, CellPhase *phase) {
  double resistance = 0.0, largest = 0.0, z = low;
  bool same = true;

  *phase = SeiStructurePhase(s, grain, 0.5 * (low + fmin(high, NextEdge(s, low))));
  while (z < high - 1e-9 * (high - low)) {
    const double end = fmin(high, NextEdge(s, z));
    const CellPhase here = SeiStructurePhase(s, grain, 0.5 * (z + end));

    same = same && here == *phase;
    resistance += (end - z) / SeiPhaseConductivity(s, here);
    if (end - z > largest) {
      largest = end - z;
      *phase = here;
    }
    z = end;
  }
  return same ? SeiPhaseConductivity(s, *phase) : (high - low) / resistance;
}

double SeiStructureMean(const SeiStructure *s, double inner, double outer, double low, double high, CellPhase *phase) {
  const double whole = outer * outer - inner * inner;
  double sum = 0.0, largest = -1.0;

  if (s->kind != SEI_RANDOM) {
    return SeiStructureThrough(s, 0, low, high, phase);
  }
  if (!(outer < most_grains * s->width)) {
    return NAN; /* an iterate far from any solution */
  }
  for (PetscInt grain = (PetscInt)floor(inner / s->width); s->width * (double)grain < outer; grain++) {
    const double from = fmax(inner, s->width * (double)grain), to = fmin(outer, s->width * (double)(grain + 1));
    const double share = fmax(0.0, to * to - from * from) / whole;
    CellPhase here;

    sum += share * SeiStructureThrough(s, grain, low, high, &here);
    if (share > largest) {
      largest = share;
      *phase = here;
    }
  }
  return sum;
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

/* Number of cells, at most `most`, of a piece of the given width that is graded to `sides` of its ends from cells of
   width `finest`; each next cell is at most `growth` times as wide. */
static PetscInt CellsOf(double width, PetscInt sides, double finest, PetscInt most) {
  const PetscInt fitting = (PetscInt)ceil(width / finest * (1.0 - 1e-9));

  if (sides == 0 || most == 1) {
    return PetscMax(1, PetscMin((most + 3) / 4, fitting));
  }
  return PetscMax(1, PetscMin(most, fitting));
}

/* Ratio q of a geometric progression of n cells with the first of width 1 and the sum `total`; bisection. */
static double Ratio(PetscInt n, double total) {
  double low = 1.0, high = 1.0 + total;

  for (int iteration = 0; iteration < 100; iteration++) {
    const double q = 0.5 * (low + high),
                 sum = fabs(q - 1.0) < 1e-12 ? (double)n : (pow(q, (double)n) - 1.0) / (q - 1.0);
    if (sum < total) {
      low = q;
    } else {
      high = q;
    }
  }
  return 0.5 * (low + high);
}

/* Widths of n cells on `width`, growing from `finest` at the left end. */
static void GradeLeft(PetscInt n, double width, double finest, double cell[]) {
  const double q = finest * (double)n >= width ? 1.0 : Ratio(n, width / finest);
  double next = 1.0, sum = 0.0;

  for (PetscInt k = 0; k < n; k++, next *= q) {
    cell[k] = next;
    sum += next;
  }
  for (PetscInt k = 0; k < n; k++) {
    cell[k] *= width / sum;
  }
}

static void Grade(PetscInt n, double width, bool left, bool right, double finest, double cell[]) {
  if (left && right && n > 1) {
    const PetscInt half = n / 2, odd = n % 2;
    /* an odd number: the middle cell is twice the last of a half with one cell more */
    GradeLeft(half + odd, 0.5 * width, finest, cell);
    if (odd) {
      cell[half] *= 2.0;
    }
    for (PetscInt k = 0; k < half; k++) {
      cell[n - 1 - k] = cell[k];
    }
  } else if (left || !right) {
    GradeLeft(n, width, left ? finest : width, cell);
  } else {
    GradeLeft(n, width, finest, cell);
    for (PetscInt k = 0; k < n / 2; k++) {
      const double swap = cell[k];
      cell[k] = cell[n - 1 - k];
      cell[n - 1 - k] = swap;
    }
  }
}

typedef struct {
  double edge;    /* [m] */
  PetscInt ring;  /* of the electrolyte, inside this edge */
  PetscInt grain; /* inside this edge */
  bool of_grain;  /* it is an edge between grains */
} Cut;

/* Edges of rings and grains, ascending, without the axis; one of each that are all but the same are one. */
static PetscInt Cuts(const SeiStructure *s, Grid rings, double finest, Cut cut[]) {
  const double same = fmax(1e-9 * rings->radius, 0.02 * finest);
  PetscInt ring = 0, grain = 0, count = 0;

  while (ring < rings->rings) {
    const double of_ring = rings->ring_edge[ring + 1];
    const double of_grain = grain + 1 < s->grains ? s->grain_edge[grain + 1] : INFINITY;
    const bool is_ring = of_ring <= of_grain + same, is_grain = of_grain <= of_ring + same;

    cut[count++] = (Cut){is_ring ? of_ring : of_grain, ring, grain, is_grain};
    ring += is_ring ? 1 : 0;
    grain += is_grain ? 1 : 0;
  }
  return count;
}

static PetscErrorCode CentreOf(Grid rings, PetscInt cells, SeiColumns *c) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < c->count; k++) {
    const PetscInt ring = c->under[k];
    const bool whole = c->edge[k] == rings->ring_edge[ring] / rings->radius &&
                       c->edge[k + 1] == rings->ring_edge[ring + 1] / rings->radius;
    c->centre[k] =
        whole && cells == 1 && rings->column_eta ? cos(rings->column_eta[ring]) : 0.5 * (c->edge[k] + c->edge[k + 1]);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiColumnsCreate(const SeiStructure *s, Grid rings, PetscInt cells, double finest, SeiColumns *columns) {
  const PetscInt most = rings->rings + s->grains;
  PetscInt cuts, total = 0;
  double *cell;
  Cut *cut;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(most, &cut, PetscMax(1, cells), &cell));
  cuts = Cuts(s, rings, finest, cut);
  PetscCall(PetscMalloc4((size_t)(cuts * cells + 1), &columns->edge, (size_t)(cuts * cells), &columns->centre,
                         (size_t)(cuts * cells), &columns->under, (size_t)(cuts * cells), &columns->grain));
  columns->edge[0] = 0.0;
  for (PetscInt p = 0; p < cuts; p++) {
    const double from = p ? cut[p - 1].edge : 0.0, width = cut[p].edge - from;
    const bool left = p && cut[p - 1].of_grain, right = cut[p].of_grain;
    const PetscInt n = CellsOf(width, (left ? 1 : 0) + (right ? 1 : 0), finest, cells);
    double sum = 0.0;

    Grade(n, width, left, right, finest, cell);
    for (PetscInt k = 0; k < n; k++) {
      sum += cell[k];
      columns->under[total] = cut[p].ring;
      columns->grain[total] = cut[p].grain;
      columns->edge[++total] = (k + 1 == n ? cut[p].edge : from + sum) / rings->radius;
    }
  }
  columns->count = total;
  PetscCall(CentreOf(rings, cells, columns));
  PetscCall(PetscFree2(cut, cell));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiColumnsDestroy(SeiColumns *columns) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(columns->edge, columns->centre, columns->under, columns->grain));
  columns->count = 0;
  PetscFunctionReturn(0);
}
