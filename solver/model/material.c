#include "material.h"
#include "../../physics/arrhenius.h"
#include "../../physics/constants.h"
#include <stdint.h>

/* A number in [0, 1) that depends on the seed and the index only (splitmix64, doi:10.1145/2714064.2660195), so that a
   random SEI is the same on any number of processes. */
static double HashedUniform(uint64_t seed, uint64_t index) {
  uint64_t z = seed * 0x9e3779b97f4a7c15U + (index + 1U) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  z ^= z >> 31;
  return (double)(z >> 11) * 0x1.0p-53;
}

/* The phase at a position u in [0, 1) of the stacked volume fractions. */
static CellPhase PhaseAt(Deck deck, double u) {
  static const char *const keys[] = {"sei.block.phases.li3p_fraction", "sei.block.phases.li2s_fraction",
                                     "sei.block.phases.licl_fraction", "sei.block.phases.pore_fraction"};
  double sum = 0.0, total = 0.0;

  for (int k = 0; k < 4; k++) {
    total += DeckReal(deck, keys[k]);
  }
  for (int k = 0; k < 4; k++) {
    sum += DeckReal(deck, keys[k]) / total;
    if (u < sum) {
      return (CellPhase)(PHASE_LI3P + k);
    }
  }
  return PHASE_LI2S;
}

static CellPhase SeiPhaseOf(Deck deck, Grid grid, PetscInt column, PetscInt layer) {
  const char *microstructure = DeckText(deck, "sei.block.microstructure");

  if (!strcmp(microstructure, "layered")) {
    return PhaseAt(deck, ((double)layer + 0.5) / (double)grid->sei_layers);
  }
  if (!strcmp(microstructure, "random")) {
    const PetscInt across = column / DeckInteger(deck, "sei.block.random.grain_columns");
    const PetscInt along = layer / DeckInteger(deck, "sei.block.random.grain_layers");
    return PhaseAt(deck, HashedUniform((uint64_t)DeckInteger(deck, "sei.block.random.seed"),
                                       (uint64_t)along * (uint64_t)grid->columns + (uint64_t)across));
  }
  return PHASE_SEI;
}

static double PhaseConductivity(Deck deck, CellPhase phase) {
  switch (phase) {
  case PHASE_LI3P:
    return DeckReal(deck, "sei.block.phases.li3p_conductivity");
  case PHASE_LI2S:
    return DeckReal(deck, "sei.block.phases.li2s_conductivity");
  case PHASE_LICL:
    return DeckReal(deck, "sei.block.phases.licl_conductivity");
  case PHASE_PORE:
    return DeckReal(deck, "sei.block.phases.pore_conductivity");
  default:
    return DeckReal(deck, "sei.block.conductivity");
  }
}

static void FillSei(Simulation sim) {
  const Deck deck = sim->deck;
  const Grid grid = sim->grid;
  const double jump = DeckReal(deck, "sei.block.half_jump_distance");
  const double field_scale = jump > 0.0
                                 ? GAS_CONSTANT * DeckReal(deck, "temperature") /
                                       ((double)DeckInteger(deck, "sei.block.charge_number") * FARADAY_CONSTANT * jump)
                                 : INFINITY;

  for (PetscInt k = 0; k < grid->sei_layers; k++) {
    for (PetscInt j = 0; j < grid->columns; j++) {
      const PetscInt cell = j + grid->columns * k;
      const CellPhase phase = SeiPhaseOf(deck, grid, j, k);
      sim->cell_phase[cell] = (double)phase;
      sim->cell_conductivity[cell] = PhaseConductivity(deck, phase);
      if (sim->cell_field_scale) {
        sim->cell_field_scale[cell] = field_scale;
      }
    }
  }
}

/* Resistance of the boundaries between phases of the SEI. */
static void FillInterphase(Simulation sim, double resistance) {
  const Grid grid = sim->grid;

  for (PetscInt k = 0; k < grid->sei_layers; k++) {
    for (PetscInt j = 0; j < grid->columns; j++) {
      const PetscInt cell = j + grid->columns * k;
      if (k + 1 < grid->sei_layers && sim->cell_phase[cell] != sim->cell_phase[cell + grid->columns]) {
        sim->face_resistance_down[cell] = resistance;
      }
      if (j + 1 < grid->columns && sim->cell_phase[cell] != sim->cell_phase[cell + 1]) {
        sim->face_resistance_outward[cell] = resistance;
      }
    }
  }
}

PetscBool MaterialLayerInGrain(Simulation sim, PetscInt layer, double growth) {
  const Grid grid = sim->grid;
  const PetscInt stride = grid->columns + 1;
  const double top = -grid->corner_z[stride * layer], bottom = -grid->corner_z[stride * (layer + 1)];

  return layer >= grid->sei_layers && 0.5 * growth * (top + bottom) < DeckReal(sim->deck, "electrolyte.grain_depth")
             ? PETSC_TRUE
             : PETSC_FALSE;
}

/* The single grain under the contact. */
static void FillGrain(Simulation sim) {
  const Grid grid = sim->grid;
  const double depth = DeckReal(sim->deck, "electrolyte.grain_depth");
  const double boundary = DeckReal(sim->deck, "electrolyte.grain_boundary_resistance");
  const PetscInt stride = grid->columns + 1;

  for (PetscInt k = grid->sei_layers; k < grid->layers; k++) {
    const PetscBool inside = MaterialLayerInGrain(sim, k, 1.0);
    for (PetscInt j = 0; j < grid->columns && inside; j++) {
      const PetscInt cell = j + grid->columns * k;
      sim->cell_phase[cell] = PHASE_GRAIN;
      sim->cell_conductivity[cell] = sim->grain_conductivity;
      if (sim->face_resistance_down && k + 1 < grid->layers) {
        const double below = -0.5 * (grid->corner_z[stride * (k + 1)] + grid->corner_z[stride * (k + 2)]);
        sim->face_resistance_down[cell] = below < depth ? 0.0 : boundary;
      }
    }
  }
}

PetscErrorCode MaterialFill(Simulation sim) {
  const Deck deck = sim->deck;
  const PetscInt cells = GridCellCount(sim->grid);
  const double factor =
      arrhenius_factor(DeckReal(deck, "electrolyte.activation_energy"), DeckReal(deck, "temperature"));
  const PetscBool grain = DeckReal(deck, "electrolyte.grain_depth") > 0.0 ? PETSC_TRUE : PETSC_FALSE;
  const PetscBool sei = sim->grid->sei_layers > 0 ? PETSC_TRUE : PETSC_FALSE;
  double interphase = 0.0;

  PetscFunctionBeginUser;
  sim->conductivity = sim->grain_conductivity = DeckReal(deck, "electrolyte.conductivity") * factor;
  if (grain && DeckReal(deck, "electrolyte.grain_conductivity") > 0.0) {
    sim->grain_conductivity = DeckReal(deck, "electrolyte.grain_conductivity") * factor;
  }
  PetscCall(PetscCalloc1(cells, &sim->cell_phase));
  if (!grain && !sei) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(cells, &sim->cell_conductivity));
  for (PetscInt k = 0; k < cells; k++) {
    sim->cell_conductivity[k] = sim->conductivity;
  }
  if (sei && strcmp(DeckText(deck, "sei.block.microstructure"), "uniform")) {
    interphase = DeckReal(deck, "sei.block.phases.interphase_resistance");
  }
  if (interphase > 0.0 || (grain && DeckReal(deck, "electrolyte.grain_boundary_resistance") > 0.0)) {
    PetscCall(PetscCalloc2(cells, &sim->face_resistance_down, cells, &sim->face_resistance_outward));
  }
  if (sei) {
    if (DeckReal(deck, "sei.block.half_jump_distance") > 0.0) {
      PetscCall(PetscMalloc1(cells, &sim->cell_field_scale));
      for (PetscInt k = 0; k < cells; k++) {
        sim->cell_field_scale[k] = INFINITY;
      }
    }
    FillSei(sim);
    if (interphase > 0.0) {
      FillInterphase(sim, interphase);
    }
  }
  if (grain) {
    FillGrain(sim);
  }
  PetscFunctionReturn(0);
}
