#include "box_structure.h"
#include "../../microstructure/hashed.h"
#include <math.h>
#include <string.h>

const char *const BoxPhaseNames[BOX_PHASES] = {"li3p", "li2s", "licl", "pore"};
static const char axes[] = "xyz";

static PetscErrorCode Wrong(Deck deck, const char *key, Diagnostics diagnostics, const char *text) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(deck, key, &file, &line);
  PetscCall(DiagnosticsAdd(diagnostics, file, line, key, "%s", text));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadPhases(Deck deck, Diagnostics diagnostics, BoxStructure *s) {
  double sum = 0.0;
  char key[64];

  PetscFunctionBeginUser;
  for (int k = 0; k < BOX_PHASES; k++) {
    (void)snprintf(key, sizeof key, "cell.phases.%s_conductivity", BoxPhaseNames[k]);
    s->conductivity[k] = DeckReal(deck, key);
    (void)snprintf(key, sizeof key, "cell.phases.%s_fraction", BoxPhaseNames[k]);
    if (DeckIsUsed(deck, key)) {
      s->part[k] = DeckReal(deck, key);
      sum += s->part[k];
    }
  }
  if (DeckIsUsed(deck, "cell.phases.li3p_fraction") && fabs(sum - 1.0) > 1e-3) {
    (void)snprintf(key, sizeof key, "the four fractions sum to %.6g, they must sum to 1", sum);
    PetscCall(Wrong(deck, "cell.phases.li3p_fraction", diagnostics, key));
  }
  for (int k = 0; k < BOX_PHASES && sum > 0.0; k++) {
    s->part[k] /= sum;
  }
  PetscFunctionReturn(0);
}

/* Whole numbers of grains to the box. */
static double Fit(double length, double size) {
  return length / fmax(1.0, floor(length / size + 0.5));
}

/* Structures that repeat with the box: what does not fit is a mistake. */
static PetscErrorCode NeedFit(Deck deck, const char *key, const BoxStructure *s, int axis, double size,
                              Diagnostics diagnostics) {
  const double count = s->length[axis] / size;
  char text[160];

  PetscFunctionBeginUser;
  if (fabs(count - floor(count + 0.5)) > 1e-6 * count) {
    (void)snprintf(text, sizeof text,
                   "must divide the box: cell.length_%c, %g nm, is %.6g times %g nm (of two squares, or one sphere)",
                   axes[axis], 1e9 * s->length[axis], count, 1e9 * size);
    PetscCall(Wrong(deck, key, diagnostics, text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadCheckerboard(Deck deck, Diagnostics diagnostics, BoxStructure *s) {
  const char *plane = DeckText(deck, "cell.checkerboard.plane");

  PetscFunctionBeginUser;
  s->axis = !strcmp(plane, "yz") ? 0 : !strcmp(plane, "xz") ? 1 : !strcmp(plane, "xy") ? 2 : 3;
  s->first = (int)DeckChoice(deck, "cell.checkerboard.first");
  s->second = (int)DeckChoice(deck, "cell.checkerboard.second");
  for (int a = 0; a < 3; a++) {
    s->size[a] = DeckReal(deck, "cell.checkerboard.size");
    if (a != s->axis) {
      PetscCall(NeedFit(deck, "cell.checkerboard.size", s, a, 2.0 * s->size[a], diagnostics));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSpheres(Deck deck, Diagnostics diagnostics, BoxStructure *s) {
  const double fraction = DeckReal(deck, "cell.spheres.fraction"), wanted = DeckReal(deck, "cell.spheres.spacing");
  const double spacing = wanted > 0.0 ? wanted : s->length[0];

  PetscFunctionBeginUser;
  s->first = (int)DeckChoice(deck, "cell.spheres.inclusion");
  s->second = (int)DeckChoice(deck, "cell.spheres.matrix");
  s->radius = spacing * cbrt(0.75 * fraction / PETSC_PI);
  for (int a = 0; a < 3; a++) {
    s->size[a] = spacing;
    PetscCall(NeedFit(deck, "cell.spheres.spacing", s, a, spacing, diagnostics));
  }
  PetscFunctionReturn(0);
}

static void WrapZ(Voronoi *v, double length) {
  if (v->spacing[2] > 0.0) {
    v->period[2] = (int64_t)fmax(1.0, floor(length / v->spacing[2] + 0.5));
    v->spacing[2] = length / (double)v->period[2];
  }
}

static PetscErrorCode ReadGrains(Deck deck, Diagnostics diagnostics, BoxStructure *s) {
  const double solid = s->part[BOX_LI3P] + s->part[BOX_LI2S] + s->part[BOX_LICL];
  GrainsOptions options = {.dimensions = 3,
                           .columnar = DeckBoolean(deck, "cell.grains.columnar"),
                           .seed = (uint64_t)DeckInteger(deck, "cell.grains.seed"),
                           .size = DeckReal(deck, "cell.grains.size"),
                           .spread = DeckReal(deck, "cell.grains.spread"),
                           .aspect = DeckReal(deck, "cell.grains.aspect"),
                           .contiguity = DeckReal(deck, "cell.grains.contiguity"),
                           .porosity = s->part[BOX_PORE],
                           .porosity_gradient = DeckReal(deck, "cell.grains.porosity_gradient"),
                           .pore_size = DeckReal(deck, "cell.grains.pore_size"),
                           .thickness = s->length[2],
                           .period = {s->length[0], s->length[1]}};
  const char *wrong;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    options.fraction[k] = solid > 0.0 ? s->part[k] / solid : k == 0 ? 1.0 : 0.0;
  }
  wrong = grains_create(&options, &s->grains);
  if (wrong) {
    PetscCall(Wrong(deck, "cell.grains.size", diagnostics, wrong));
    PetscFunctionReturn(0);
  }
  if (s->periodic_z) {
    WrapZ(&s->grains.grains, s->length[2]);
    WrapZ(&s->grains.clusters, s->length[2]);
    WrapZ(&s->grains.pores, s->length[2]);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BoxStructureCreate(Deck deck, Diagnostics diagnostics, BoxStructure *s) {
  PetscFunctionBeginUser;
  *s = (BoxStructure){
      .kind = (BoxKind)DeckChoice(deck, "cell.structure"),
      .periodic_z = strcmp(DeckText(deck, "cell.boundary"), "electrodes") ? PETSC_TRUE : PETSC_FALSE,
      .length = {DeckReal(deck, "cell.length_x"), DeckReal(deck, "cell.length_y"), DeckReal(deck, "cell.length_z")}};
  PetscCall(ReadPhases(deck, diagnostics, s));
  if (s->kind == BOX_LAYERS) {
    s->axis = (int)DeckChoice(deck, "cell.layers.axis");
    s->repeat = DeckInteger(deck, "cell.layers.repeat");
  } else if (s->kind == BOX_CHECKERBOARD) {
    PetscCall(ReadCheckerboard(deck, diagnostics, s));
  } else if (s->kind == BOX_SPHERES) {
    PetscCall(ReadSpheres(deck, diagnostics, s));
  } else if (s->kind == BOX_BRICKS) {
    s->seed = (uint64_t)DeckInteger(deck, "cell.bricks.seed");
    s->size[0] = Fit(s->length[0], DeckReal(deck, "cell.bricks.size_x"));
    s->size[1] = Fit(s->length[1], DeckReal(deck, "cell.bricks.size_y"));
    s->size[2] = Fit(s->length[2], DeckReal(deck, "cell.bricks.size_z"));
  } else {
    PetscCall(ReadGrains(deck, diagnostics, s));
  }
  PetscFunctionReturn(0);
}

/* The phase that the fractions, added up, have at u in [0, 1). */
static int Drawn(const BoxStructure *s, double u) {
  int last = 0;

  for (int k = 0; k < BOX_PHASES; k++) {
    if (s->part[k] > 0.0) {
      last = k;
      if (u < s->part[k]) {
        return k;
      }
    }
    u -= s->part[k];
  }
  return last;
}

static int SpherePhase(const BoxStructure *s, const double x[3]) {
  double square = 0.0;

  for (int a = 0; a < 3; a++) {
    const double from = s->size[a] * (floor(x[a] / s->size[a]) + 0.5) - x[a];
    square += from * from;
  }
  return square < s->radius * s->radius ? s->first : s->second;
}

int BoxStructurePhase(BoxStructure *s, const double x[3]) {
  uint64_t index = 0;
  int odd = 0;

  switch (s->kind) {
  case BOX_LAYERS: {
    const double along = (double)s->repeat * x[s->axis] / s->length[s->axis];
    return Drawn(s, along - floor(along));
  }
  case BOX_CHECKERBOARD:
    for (int a = 0; a < 3; a++) {
      odd ^= a != s->axis && fmod(floor(x[a] / s->size[a]), 2.0) != 0.0;
    }
    return odd ? s->second : s->first;
  case BOX_SPHERES:
    return SpherePhase(s, x);
  case BOX_BRICKS:
    for (int a = 0; a < 3; a++) {
      index = index * 1048576U + (uint64_t)floor(x[a] / s->size[a]);
    }
    return Drawn(s, hashed_uniform(s->seed, index));
  default:
    return grains_at(&s->grains, x, &s->near).phase;
  }
}

double BoxStructureConductivity(void *structure, const double x[3]) {
  BoxStructure *s = structure;

  return s->conductivity[BoxStructurePhase(s, x)];
}

void BoxStructureGrain(const BoxStructure *s, double extent[3]) {
  for (int a = 0; a < 3; a++) {
    extent[a] = INFINITY;
    if (s->kind == BOX_LAYERS && a == s->axis) {
      for (int k = 0; k < BOX_PHASES; k++) {
        extent[a] = s->part[k] > 0.0 ? fmin(extent[a], s->part[k] * s->length[a] / (double)s->repeat) : extent[a];
      }
    } else if ((s->kind == BOX_CHECKERBOARD && a != s->axis) || s->kind == BOX_BRICKS) {
      extent[a] = s->size[a];
    } else if (s->kind == BOX_SPHERES) {
      extent[a] = fmin(2.0 * s->radius, fmax(s->size[a] - 2.0 * s->radius, 0.0));
    } else if (s->kind == BOX_GRAINS) {
      extent[a] = s->grains.grains.spacing[a] > 0.0 ? s->grains.grains.spacing[a] : INFINITY;
      extent[a] = s->part[BOX_PORE] > 0.0 ? fmin(extent[a], s->grains.pores.spacing[a]) : extent[a];
    }
  }
}
