#include "material.h"
#include "../../physics/arrhenius.h"
#include "../../physics/constants.h"
#include "../parts/grain.h"

/* The single grain under the contact. */
static void FillGrain(Simulation sim) {
  const Grid grid = sim->grid;
  const double depth = DeckReal(sim->deck, "electrolyte.grain_depth");
  const double boundary = DeckReal(sim->deck, "electrolyte.grain_boundary_resistance");
  const PetscInt stride = grid->columns + 1;

  for (PetscInt k = 0; k < grid->layers; k++) {
    const PetscBool inside = GrainHasLayer(grid, k, depth, 1.0);
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

  PetscFunctionBeginUser;
  sim->conductivity = sim->grain_conductivity = DeckReal(deck, "electrolyte.conductivity") * factor;
  if (grain && DeckReal(deck, "electrolyte.grain_conductivity") > 0.0) {
    sim->grain_conductivity = DeckReal(deck, "electrolyte.grain_conductivity") * factor;
  }
  PetscCall(PetscCalloc1(cells, &sim->cell_phase));
  if (!grain) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(cells, &sim->cell_conductivity));
  for (PetscInt k = 0; k < cells; k++) {
    sim->cell_conductivity[k] = sim->conductivity;
  }
  if (DeckReal(deck, "electrolyte.grain_boundary_resistance") > 0.0) {
    PetscCall(PetscCalloc2(cells, &sim->face_resistance_down, cells, &sim->face_resistance_outward));
  }
  FillGrain(sim);
  PetscFunctionReturn(0);
}
