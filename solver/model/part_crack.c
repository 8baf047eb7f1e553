/* The lithium-filled crack below the contact. */
#include "../parts/crack_part.h"
#include "part_private.h"

static PetscBool Wanted(Deck deck) {
  return strcmp(DeckText(deck, "crack.shape"), "none") ? PETSC_TRUE : PETSC_FALSE;
}

/* A crack enters through closed forms of the boundless half space. */
static PetscErrorCode Check(Deck deck, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  if (strcmp(DeckText(deck, "grid.type"), "oblate") != 0) {
    PetscCall(DeckError(deck, "crack.shape", diagnostics, "a crack needs grid.type oblate"));
  }
  if (DeckBoolean(deck, "sei.resolved")) {
    PetscCall(
        DeckError(deck, "crack.shape", diagnostics,
                  "a crack does not go with a resolved SEI (sei.resolved true): its faces have the kinetics of the "
                  "interface, which would leave the SEI out"));
  }
  if (DeckReal(deck, "electrolyte.depth") > 0.0) {
    PetscCall(DeckError(deck, "crack.shape", diagnostics,
                        "a crack needs a counter electrode that is infinitely far (electrolyte.depth 0)"));
  }
  if (DeckReal(deck, "electrolyte.grain_depth") > 0.0 &&
      DeckReal(deck, "electrolyte.grain_boundary_resistance") > 0.0) {
    PetscCall(DeckError(deck, "crack.shape", diagnostics,
                        "a crack does not go with electrolyte.grain_boundary_resistance: it would cross the boundary"));
  }
  PetscFunctionReturn(0);
}

/* Its faces have the kinetics of the interface, at full contact. */
static PetscErrorCode Create(Simulation sim, Part *part) {
  const ElectrodeModel *m = &sim->model;
  const Grain grain = GrainOfSimulation(sim);
  CrackNetwork network = {.adds_grain = GrainIsAdded(sim),
                          .medium = grain.medium,
                          .kinetics = m->kinetics,
                          .face = {.temperature = m->temperature, .sei_thickness = m->sei.initial_thickness}};

  PetscFunctionBeginUser;
  network.crack.shape = (CrackShape)DeckChoice(sim->deck, "crack.shape");
  PetscCall(DeckFill(sim->deck, "crack", crack_electrolyte_parameters, &network.crack));
  PetscCall(DeckFill(sim->deck, "crack", crack_parameters, &network.crack));
  (void)kinetics_series_overpotential(&network.kinetics, &network.face, 0.0, &network.film_resistance);
  PetscCall(CrackPartCreate(&network, &grain, part));
  PetscFunctionReturn(0);
}

const PartKind part_crack = {.needs = "a crack: set crack.shape",
                             .end_count = CRACK_END_COUNT,
                             .ends = crack_ends,
                             .wanted = Wanted,
                             .check = Check,
                             .create = Create};
