#include "sei_structure.h"
#include "../../microstructure/hashed.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

static PetscErrorCode CreateSampled(Deck deck, double reach, SeiStructure *s) {
  double width;

  PetscFunctionBeginUser;
  PetscCall(SeiSampledCreate(deck, &s->sampled));
  width = SeiSampledCellWidth(deck, s->sampled);
  s->width = width;
  s->grains = (PetscInt)ceil(reach / width * (1.0 - 1e-12));
  PetscCall(PetscMalloc1(s->grains + 1, &s->grain_edge));
  for (PetscInt g = 0; g <= s->grains; g++) {
    s->grain_edge[g] = width * (double)g;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiStructureCreate(Deck deck, Grid rings, double reach, SeiStructure *structure) {
  const char *kind = DeckText(deck, "sei.block.microstructure");

  PetscFunctionBeginUser;
  *structure = (SeiStructure){.grains = 1, .layers = DeckInteger(deck, "sei.block.layers")};
  structure->kind = !strcmp(kind, "random")    ? SEI_RANDOM
                    : !strcmp(kind, "layered") ? SEI_LAYERED
                    : !strcmp(kind, "uniform") ? SEI_UNIFORM
                                               : SEI_SAMPLED;
  ReadPhases(deck, structure);
  if (structure->kind == SEI_RANDOM) {
    PetscCall(CreateRandom(deck, rings, reach, structure));
    PetscFunctionReturn(0);
  }
  if (structure->kind == SEI_SAMPLED) {
    PetscCall(CreateSampled(deck, reach, structure));
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
  PetscCall(SeiSampledDestroy(&structure->sampled));
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
    return PhaseAt(s, hashed_uniform((uint64_t)s->seed, (uint64_t)along * width + (uint64_t)grain));
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

/* A column's edge stands off an edge of rings by this part of the column at least. */
static const double standoff = 0.25;

typedef struct {
  double from, to;  /* [m] */
  bool left, right; /* edges of grains, to which the columns are graded */
  bool even;        /* its ends are edges of nothing and may give way */
  PetscInt cells;
  double power;
} Piece;

/* One grain, or all where phases do not depend on r: then there is nothing to resolve but rings. */
static Piece PieceOf(const SeiStructure *s, PetscInt grain, double outermost, const SeiGrading *grading) {
  const bool even = s->kind == SEI_SAMPLED; /* no edge of a grain stands at that of a piece */
  Piece p = {.from = s->grain_edge[grain], .left = grain > 0, .right = grain + 1 < s->grains, .cells = 1, .power = 1.0};
  const PetscInt sides = (p.left ? 1 : 0) + (p.right ? 1 : 0);

  p.to = p.right ? s->grain_edge[grain + 1] : outermost;
  if (even) {
    p.left = p.right = false;
    p.even = true;
    p.cells = grading->cells;
    return p;
  }
  if (sides > 0) {
    p.cells = PetscMax(1, PetscMin(grading->cells, (PetscInt)ceil((p.to - p.from) / grading->finest * (1.0 - 1e-9))));
  }
  if (p.cells > sides) {
    const double half = (p.to - p.from) / (double)PetscMax(1, sides), n = (double)p.cells / (double)PetscMax(1, sides);
    p.power = sides ? fmin(fmax(1.0, log(half / grading->finest) / log(n)), grading->steepest) : 1.0;
  }
  return p;
}

/* [m] the edge after k of its columns */
static double EdgeIn(const Piece *p, PetscInt k) {
  const double u = (double)k / (double)p->cells, width = p->to - p->from;

  if (p->left && p->right) {
    return u < 0.5 ? p->from + 0.5 * width * pow(2.0 * u, p->power)
                   : p->to - 0.5 * width * pow(2.0 * (1.0 - u), p->power);
  }
  return p->right ? p->to - width * pow(1.0 - u, p->power) : p->from + width * pow(u, p->power);
}

static void AddColumn(SeiColumns *columns, Grid rings, double edge, PetscInt ring, PetscInt grain) {
  columns->under[columns->count] = ring;
  columns->grain[columns->count] = grain;
  columns->edge[++columns->count] = edge / rings->radius;
}

/* Columns from the edges of one piece and of the rings in it; *ring goes on. */
static void CutPiece(const Piece *p, PetscInt grain, Grid rings, double same, PetscInt *ring, SeiColumns *columns) {
  for (PetscInt k = 0; k < p->cells; k++) {
    const double from = EdgeIn(p, k), to = k + 1 < p->cells ? EdgeIn(p, k + 1) : p->to;
    const double own = p->even ? fmax(same, standoff * (to - from)) : same;
    const double near = k + 1 < p->cells ? fmax(same, standoff * fmin(to - from, EdgeIn(p, k + 2) - to)) : own;
    bool done = false;

    while (*ring < rings->rings && rings->ring_edge[*ring + 1] <= to + near) {
      done = rings->ring_edge[*ring + 1] >= to - near;
      AddColumn(columns, rings, rings->ring_edge[*ring + 1], *ring, grain);
      ++*ring;
    }
    if (!done && *ring < rings->rings) {
      AddColumn(columns, rings, to, *ring, grain);
    }
  }
}

/* A ring that no edge divides has the centre of the electrolyte's cell. */
static void CentreColumns(Grid rings, SeiColumns *c) {
  for (PetscInt k = 0; k < c->count; k++) {
    const PetscInt ring = c->under[k];
    const bool whole = c->edge[k] == rings->ring_edge[ring] / rings->radius &&
                       c->edge[k + 1] == rings->ring_edge[ring + 1] / rings->radius;
    c->centre[k] = whole && rings->column_eta ? cos(rings->column_eta[ring]) : 0.5 * (c->edge[k] + c->edge[k + 1]);
  }
}

PetscErrorCode SeiColumnsCreate(const SeiStructure *s, Grid rings, const SeiGrading *grading, SeiColumns *columns) {
  const size_t most = (size_t)rings->rings + (size_t)s->grains * (size_t)grading->cells;
  const double outermost = rings->ring_edge[rings->rings], same = fmax(1e-9 * rings->radius, 0.02 * grading->finest);
  PetscInt ring = 0;

  PetscFunctionBeginUser;
  PetscCall(
      PetscMalloc4(most + 1, &columns->edge, most, &columns->centre, most, &columns->under, most, &columns->grain));
  columns->count = 0;
  columns->edge[0] = 0.0;
  for (PetscInt grain = 0; grain < s->grains && ring < rings->rings; grain++) {
    const Piece piece = PieceOf(s, grain, outermost, grading);
    CutPiece(&piece, grain, rings, same, &ring, columns);
  }
  CentreColumns(rings, columns);
  PetscFunctionReturn(0);
}

PetscErrorCode SeiColumnsDestroy(SeiColumns *columns) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(columns->edge, columns->centre, columns->under, columns->grain));
  columns->count = 0;
  PetscFunctionReturn(0);
}
