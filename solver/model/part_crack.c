/* The lithium-filled crack below the contact. */
#include "../../physics/kinetics_laws.h"
#include "../parts/crack_part.h"
#include "../parts/sei.h"
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

/* Above its faces the lithium has made an SEI too: that of the contact, as one linear film, and the SE|SEI transfer. */
static PetscErrorCode AddFilm(Simulation sim, CrackNetwork *network) {
  KineticsSeries *series = &network->kinetics;
  LinearKinetics *film;

  PetscFunctionBeginUser;
  PetscCheck(series->count < KINETICS_MAX_PROCESSES, PETSC_COMM_SELF, PETSC_ERR_PLIB, "%d processes", series->count);
  PetscCall(PetscNew(&film));
  sim->law_parameters[sim->law_count++] = film;
  PetscCall(SeiPathFilmResistance(sim->model.path, &film->resistance));
  network->sei_resistance = film->resistance;
  series->law[series->count] = &kinetics_linear;
  series->parameters[series->count++] = film;
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
  if (sim->sei) {
    PetscCall(AddFilm(sim, &network));
  }
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
