#include "simulation_grid.h"

bool SimulationIsGraded(Deck deck) {
  return DeckReal(deck, "grid.ring_grading") != 1.0 || DeckReal(deck, "grid.layer_grading") != 1.0;
}

bool SimulationFitsHalfspace(Deck deck) {
  return !strcmp(DeckText(deck, "grid.type"), "oblate") && DeckReal(deck, "electrolyte.depth") == 0.0 &&
         (DeckReal(deck, "electrolyte.grain_depth") == 0.0 ||
          DeckReal(deck, "electrolyte.grain_boundary_resistance") == 0.0);
}

PetscBool SimulationIsHalfspace(Deck deck) {
  const char *solver = DeckText(deck, "bulk.solver");
  /* grains that are counted in rings are those of the finite volumes */
  const bool fits = SimulationFitsHalfspace(deck) && !SimulationIsGraded(deck) && !DeckBoolean(deck, "sei.resolved");

  return !strcmp(solver, "halfspace") || (!strcmp(solver, "auto") && fits) ? PETSC_TRUE : PETSC_FALSE;
}

PetscInt SimulationGridLayers(Deck deck) {
  const PetscInt layers = DeckInteger(deck, "grid.layers"), rings = DeckInteger(deck, "grid.rings");
  return layers > 0 ? layers : PetscMax(2, (3 * rings + 1) / 2);
}

PetscErrorCode SimulationCreateOblate(Deck deck, const Resolution *resolution, Grid *grid) {
  const OblateOptions options = {.rings = resolution->rings,
                                 .layers = resolution->layers,
                                 .radius = 0.5 * DeckReal(deck, "contact.diameter"),
                                 .ring_grading = DeckReal(deck, "grid.ring_grading"),
                                 .layer_grading = DeckReal(deck, "grid.layer_grading"),
                                 .depth = DeckReal(deck, "electrolyte.depth")};

  PetscFunctionBeginUser;
  if (SimulationIsHalfspace(deck)) {
    PetscCall(GridCreateHalfspace(options.rings, options.radius, options.layers, grid));
  } else {
    PetscCall(GridCreateOblate(&options, grid));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateCylindrical(Deck deck, Grid *grid) {
  const double radius = 0.5 * DeckReal(deck, "contact.diameter");
  const double outer = DeckReal(deck, "grid.cylindrical.outer_radius"), depth = DeckReal(deck, "electrolyte.depth");
  const double height = depth > 0.0 ? depth : DeckReal(deck, "grid.cylindrical.depth");
  const CylindricalOptions options = {
      .rings = DeckInteger(deck, "grid.rings"),
      .columns_outside = DeckInteger(deck, "grid.cylindrical.columns_outside"),
      .layers = SimulationGridLayers(deck),
      .radius = radius,
      .outer_radius = outer > 0.0 ? outer : 20.0 * radius,
      .depth = height > 0.0 ? height : 20.0 * radius,
      .ring_grading = DeckReal(deck, "grid.ring_grading"),
      .outside_grading = DeckReal(deck, "grid.cylindrical.outside_grading"),
      .layer_grading = DeckReal(deck, "grid.layer_grading"),
      .grounded_wall = DeckBoolean(deck, "grid.cylindrical.grounded_wall") ? PETSC_TRUE : PETSC_FALSE};
  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&options, grid));
  PetscFunctionReturn(0);
}

/* The grid of the last simulation, with what it was made from. */
static struct {
  PetscBool wanted;
  Grid grid;
  double made_from[16];
} shared;

static void DescribeGrid(Deck deck, const Resolution *resolution, double made_from[16]) {
  static const char *const keys[] = {"contact.diameter",
                                     "grid.ring_grading",
                                     "grid.layer_grading",
                                     "electrolyte.depth",
                                     "grid.cylindrical.outer_radius",
                                     "grid.cylindrical.depth",
                                     "grid.cylindrical.outside_grading"};
  int count = 0;

  memset(made_from, 0, 16 * sizeof *made_from);
  made_from[count++] = (double)DeckChoice(deck, "grid.type");
  made_from[count++] = (double)SimulationIsHalfspace(deck);
  made_from[count++] = (double)resolution->rings;
  made_from[count++] = (double)resolution->layers;
  if (!strcmp(DeckText(deck, "grid.type"), "oblate")) { /* the other keys are not used */
    for (int k = 0; k < 4; k++) {
      made_from[count++] = DeckReal(deck, keys[k]);
    }
    return;
  }
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
    made_from[count++] = DeckReal(deck, keys[k]);
  }
  made_from[count++] = (double)DeckInteger(deck, "grid.cylindrical.columns_outside");
  made_from[count++] = (double)DeckBoolean(deck, "grid.cylindrical.grounded_wall");
}

static PetscBool Same(const double a[16], const double b[16]) {
  for (int k = 0; k < 16; k++) {
    if (a[k] != b[k]) {
      return PETSC_FALSE;
    }
  }
  return PETSC_TRUE;
}

PetscErrorCode SimulationCreateGrid(Deck deck, const Resolution *resolution, Grid *grid) {
  double made_from[16];

  PetscFunctionBeginUser;
  if (shared.wanted) {
    DescribeGrid(deck, resolution, made_from);
    if (shared.grid && Same(made_from, shared.made_from)) {
      *grid = shared.grid;
      GridShare(*grid);
      PetscFunctionReturn(0);
    }
  }
  PetscCall(strcmp(DeckText(deck, "grid.type"), "oblate") ? CreateCylindrical(deck, grid)
                                                          : SimulationCreateOblate(deck, resolution, grid));
  if (shared.wanted) {
    PetscCall(GridDestroy(&shared.grid));
    shared.grid = *grid;
    GridShare(*grid);
    memcpy(shared.made_from, made_from, sizeof made_from);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationShare(PetscBool share) {
  PetscFunctionBeginUser;
  shared.wanted = share;
  if (!share) {
    PetscCall(GridDestroy(&shared.grid));
  }
  PetscCall(BulkShare(share));
  PetscFunctionReturn(0);
}

const char *SimulationGridCulprit(Deck deck) {
  const double radius = 0.5 * DeckReal(deck, "contact.diameter");

  if (strcmp(DeckText(deck, "grid.type"), "oblate") != 0) {
    const double outer = DeckReal(deck, "grid.cylindrical.outer_radius");
    return outer > 0.0 && outer <= radius ? "grid.cylindrical.outer_radius" : "grid.type";
  }
  return DeckReal(deck, "electrolyte.depth") > 0.0 ? "electrolyte.depth" : "grid.type";
}
