/* The grain under the contact, where the electrolyte is solved as a boundless grain. With a crack it is the crack's. */
#include "../parts/grain.h"
#include "part_private.h"

Grain GrainOfSimulation(Simulation sim) {
  return (Grain){.medium = {sim->grain_conductivity, sim->conductivity, DeckReal(sim->deck, "electrolyte.grain_depth")},
                 .initial_radius = sim->model.initial_radius,
                 .grid = sim->grid};
}

PetscBool GrainIsAdded(Simulation sim) {
  return sim->grid->type == GRID_HALFSPACE && sim->grain_conductivity != sim->conductivity ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool Wanted(Deck deck) {
  return DeckReal(deck, "electrolyte.grain_depth") > 0.0 && !part_crack.wanted(deck) ? PETSC_TRUE : PETSC_FALSE;
}

/* On cells the grain is resolved, and so it is where it conducts as the rest. */
static PetscErrorCode Create(Simulation sim, Part *part) {
  const Grain grain = GrainOfSimulation(sim);

  PetscFunctionBeginUser;
  if (GrainIsAdded(sim)) {
    PetscCall(GrainPartCreate(&grain, part));
  }
  PetscFunctionReturn(0);
}

const PartKind part_grain = {.needs = "a grain: set electrolyte.grain_depth", .wanted = Wanted, .create = Create};
