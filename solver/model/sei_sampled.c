#include "sei_sampled.h"
#include "../../microstructure/grains.h"
#include "sei_map.h"
#include <math.h>
#include <string.h>

struct SeiSampled_ {
  double thickness; /* [m] */
  Grains grains;
  GrainsNear near;
  PhaseMap map;      /* phase NULL: the structure is `grains` */
  PetscBool largest; /* cells conduct as the phase of their largest share */
};

enum { POINTS = 4 }; /* a side of a cell, where shares are counted */

/* The deck's grains; the fractions are in the order of the phases. */
static GrainsOptions GrainsOfDeck(Deck deck) {
  return (GrainsOptions){.dimensions = 2,
                         .columnar = DeckBoolean(deck, "sei.block.voronoi.columnar"),
                         .seed = (uint64_t)DeckInteger(deck, "sei.block.voronoi.seed"),
                         .size = DeckReal(deck, "sei.block.voronoi.grain_size"),
                         .spread = DeckReal(deck, "sei.block.voronoi.spread"),
                         .aspect = DeckReal(deck, "sei.block.voronoi.aspect_ratio"),
                         .fraction = {DeckReal(deck, "sei.block.phases.li3p_fraction"),
                                      DeckReal(deck, "sei.block.phases.li2s_fraction"),
                                      DeckReal(deck, "sei.block.phases.licl_fraction")},
                         .contiguity = DeckReal(deck, "sei.block.voronoi.contiguity"),
                         .porosity = DeckReal(deck, "sei.block.phases.pore_fraction"),
                         .porosity_gradient = DeckReal(deck, "sei.block.voronoi.porosity_gradient"),
                         .pore_size = DeckReal(deck, "sei.block.voronoi.pore_size"),
                         .thickness = DeckReal(deck, "sei.thickness")};
}

/* [m] mean extents of a grain along r and z; INFINITY through the film */
static void GrainExtents(const GrainsOptions *o, double *width, double *height) {
  *width = o->columnar ? o->size : o->size / sqrt(o->aspect);
  *height = o->columnar ? INFINITY : o->size * sqrt(o->aspect);
}

PetscErrorCode SeiSampledCreate(Deck deck, SeiSampled **sampled) {
  SeiSampled *s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  *sampled = s;
  s->thickness = DeckReal(deck, "sei.thickness");
  s->largest = !strcmp(DeckText(deck, "sei.block.mixing"), "largest") ? PETSC_TRUE : PETSC_FALSE;
  if (!strcmp(DeckText(deck, "sei.block.microstructure"), "map")) {
    PetscCall(SeiMapRead(deck, NULL, &s->map));
  } else {
    const GrainsOptions options = GrainsOfDeck(deck);
    const char *wrong = grains_create(&options, &s->grains);
    PetscCheck(!wrong, PETSC_COMM_SELF, PETSC_ERR_PLIB, "%s", wrong); /* SeiSampledCheck has said so before */
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSampledDestroy(SeiSampled **sampled) {
  PetscFunctionBeginUser;
  if (*sampled) {
    PetscCall(PetscFree((*sampled)->map.phase));
  }
  PetscCall(PetscFree(*sampled));
  PetscFunctionReturn(0);
}

double SeiSampledCellWidth(Deck deck, const SeiSampled *s) {
  const double given = DeckReal(deck, "sei.block.cell_width");
  double width, height;

  if (given > 0.0) {
    return given;
  }
  if (s->map.phase) {
    return s->map.pixel[0];
  }
  GrainExtents(&s->grains.options, &width, &height);
  return 0.25 * width;
}

/* Shares of a box by its points: midpoints of equal heights and of rings of equal area. */
static void CountPoints(SeiSampled *s, double inner, double outer, double low, double high, SeiSample *cell) {
  for (int a = 0; a < POINTS; a++) {
    const double part = (a + 0.5) / POINTS;
    const double x = sqrt(inner * inner + part * (outer - inner) * (outer + inner));
    for (int b = 0; b < POINTS; b++) {
      const double point[3] = {x, 0.0, (low + (high - low) * (b + 0.5) / POINTS) * s->thickness};
      cell->share[grains_at(&s->grains, point, &s->near).phase] += 1.0 / (POINTS * POINTS);
    }
  }
}

SeiSample SeiSampledCell(SeiSampled *s, double inner, double outer, double low, double high) {
  const double middle[3] = {0.5 * (inner + outer), 0.0, 0.5 * (low + high) * s->thickness};
  SeiSample cell = {.share = {0.0}};

  if (s->map.phase) {
    phase_map_box(&s->map, inner, outer, low * s->thickness, high * s->thickness, 1, cell.share);
  } else {
    CountPoints(s, inner, outer, low, high, &cell);
    cell.grain = (PetscInt)(grains_at(&s->grains, middle, &s->near).grain & 0x7fffffffU);
  }
  for (int k = 1; k < SEI_SAMPLED_PHASES; k++) {
    cell.phase = cell.share[k] > cell.share[cell.phase] ? k : cell.phase;
  }
  cell.grain = s->map.phase ? cell.phase : cell.grain;
  cell.pure = s->largest || cell.share[cell.phase] >= 1.0 - 1e-9 ? PETSC_TRUE : PETSC_FALSE;
  return cell;
}

/* --- what a deck may not ask -------------------------------------------------------------------------------------- */

static PetscErrorCode Say(Deck deck, const char *key, Diagnostics diagnostics, const char *message) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(deck, key, &file, &line);
  PetscCall(DiagnosticsAdd(diagnostics, file, line, key, "%s", message));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckGrains(Deck deck, Diagnostics diagnostics) {
  const GrainsOptions o = GrainsOfDeck(deck);
  const double sum = o.fraction[0] + o.fraction[1] + o.fraction[2];
  char message[256];

  PetscFunctionBeginUser;
  if (fabs(sum - 1.0) > 1e-3) {
    (void)snprintf(
        message, sizeof message,
        "the fractions of Li2S, LiCl and Li3P sum to %.6g: of a structure with pores of its own they are those of "
        "the solid and must sum to 1 within 0.001 (pore_fraction is the porosity)",
        sum);
    PetscCall(Say(deck, "sei.block.phases.li2s_fraction", diagnostics, message));
  }
  if (o.porosity * (1.0 + fabs(o.porosity_gradient)) > 1.0) {
    (void)snprintf(message, sizeof message, "with pore_fraction %.4g the porosity is %.4g at one face: at most 1",
                   o.porosity, o.porosity * (1.0 + fabs(o.porosity_gradient)));
    PetscCall(Say(deck, "sei.block.voronoi.porosity_gradient", diagnostics, message));
  }
  if (!strcmp(DeckText(deck, "sei.block.phases_follow"), "place")) {
    PetscCall(Say(deck, "sei.block.phases_follow", diagnostics,
                  "Voronoi grains ride with the rings: phases that stay in place need microstructure random or map"));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSampledCheck(Deck deck, Diagnostics diagnostics) {
  const double radius = 0.5 * DeckReal(deck, "contact.diameter");
  const PetscInt before = DiagnosticsCount(diagnostics);
  const bool map = !strcmp(DeckText(deck, "sei.block.microstructure"), "map");
  const double most_columns = 1e5;
  SeiSampled *s = NULL;
  char message[256];

  PetscFunctionBeginUser;
  if (map) {
    PhaseMap read = {0};
    PetscCall(SeiMapRead(deck, diagnostics, &read));
    PetscCall(PetscFree(read.phase));
  } else {
    PetscCall(CheckGrains(deck, diagnostics));
  }
  if (DeckReal(deck, "sei.block.grain_boundary_conductance") > 0.0 &&
      (strcmp(DeckText(deck, "sei.growth"), "none") || DeckReal(deck, "deposit.contact_growth_exponent") > 0.0 ||
       DeckReal(deck, "deposit.pinning_diameter") > 0.0)) {
    PetscCall(
        Say(deck, "sei.block.grain_boundary_conductance", diagnostics,
            "sheets along boundaries need a contact and an SEI that keep their size (sei.growth none, no growth of "
            "the contact)"));
  }
  if (DiagnosticsCount(diagnostics) > before) {
    PetscFunctionReturn(0);
  }
  PetscCall(SeiSampledCreate(deck, &s));
  if (radius / SeiSampledCellWidth(deck, s) * (double)DeckInteger(deck, "sei.block.columns") > most_columns) {
    (void)snprintf(message, sizeof message,
                   "cells %.4g nm wide are %.3g from the axis to the rim of the contact: at most %.0f",
                   1e9 * SeiSampledCellWidth(deck, s), radius / SeiSampledCellWidth(deck, s), most_columns);
    PetscCall(Say(deck, "sei.block.cell_width", diagnostics, message));
  }
  PetscCall(SeiSampledDestroy(&s));
  PetscFunctionReturn(0);
}

void SeiSampledWarning(Deck deck, char text[], size_t length) {
  const double thickness = DeckReal(deck, "sei.thickness"), given = DeckReal(deck, "sei.block.cell_width");
  double width, height, across, through;
  GrainsOptions o;

  text[0] = '\0';
  if (strcmp(DeckText(deck, "sei.block.microstructure"), "voronoi") != 0) {
    return;
  }
  o = GrainsOfDeck(deck);
  GrainExtents(&o, &width, &height);
  across = (given > 0.0 ? width / given : 4.0) * (double)DeckInteger(deck, "sei.block.columns");
  through = fmin(height, thickness) / thickness * (double)DeckInteger(deck, "sei.block.layers");
  if (fmin(across, through) < 2.0) {
    (void)snprintf(text, length,
                   "a grain of the SEI has %.2g cells across and %.2g through the thickness: below two, what the SEI "
                   "conducts is that of a mixture (sei.block.cell_width, sei.block.layers)",
                   across, through);
  }
}
