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

/* Everything that a grid is made from. */
typedef struct {
  enum { RECIPE_HALFSPACE, RECIPE_OBLATE, RECIPE_CYLINDRICAL } kind;
  OblateOptions oblate; /* of a half space, too */
  CylindricalOptions cylindrical;
} Recipe;

/* The grid of the last simulation. */
static struct {
  PetscBool wanted;
  Recipe recipe;
  Grid grid;
} shared;

static Recipe OblateRecipe(Deck deck, const Resolution *resolution) {
  Recipe recipe;

  memset(&recipe, 0, sizeof recipe); /* with its padding: recipes are compared as they lie in memory */
  recipe.kind = SimulationIsHalfspace(deck) ? RECIPE_HALFSPACE : RECIPE_OBLATE;
  recipe.oblate.rings = resolution->rings;
  recipe.oblate.layers = resolution->layers;
  recipe.oblate.radius = 0.5 * DeckReal(deck, "contact.diameter");
  recipe.oblate.ring_grading = DeckReal(deck, "grid.ring_grading");
  recipe.oblate.layer_grading = DeckReal(deck, "grid.layer_grading");
  recipe.oblate.depth = DeckReal(deck, "electrolyte.depth");
  return recipe;
}

static Recipe CylindricalRecipe(Deck deck) {
  const double radius = 0.5 * DeckReal(deck, "contact.diameter");
  const double outer = DeckReal(deck, "grid.cylindrical.outer_radius"), depth = DeckReal(deck, "electrolyte.depth");
  const double height = depth > 0.0 ? depth : DeckReal(deck, "grid.cylindrical.depth");
  Recipe recipe;

  memset(&recipe, 0, sizeof recipe);
  recipe.kind = RECIPE_CYLINDRICAL;
  recipe.cylindrical.rings = DeckInteger(deck, "grid.rings");
  recipe.cylindrical.columns_outside = DeckInteger(deck, "grid.cylindrical.columns_outside");
  recipe.cylindrical.layers = SimulationGridLayers(deck);
  recipe.cylindrical.radius = radius;
  recipe.cylindrical.outer_radius = outer > 0.0 ? outer : 20.0 * radius;
  recipe.cylindrical.depth = height > 0.0 ? height : 20.0 * radius;
  recipe.cylindrical.ring_grading = DeckReal(deck, "grid.ring_grading");
  recipe.cylindrical.outside_grading = DeckReal(deck, "grid.cylindrical.outside_grading");
  recipe.cylindrical.layer_grading = DeckReal(deck, "grid.layer_grading");
  recipe.cylindrical.grounded_wall = DeckBoolean(deck, "grid.cylindrical.grounded_wall") ? PETSC_TRUE : PETSC_FALSE;
  return recipe;
}

static PetscErrorCode Make(const Recipe *recipe, Grid *grid) {
  const OblateOptions *oblate = &recipe->oblate;

  PetscFunctionBeginUser;
  switch (recipe->kind) {
  case RECIPE_HALFSPACE:
    PetscCall(GridCreateHalfspace(oblate->rings, oblate->radius, oblate->layers, grid));
    break;
  case RECIPE_OBLATE:
    PetscCall(GridCreateOblate(oblate, grid));
    break;
  default:
    PetscCall(GridCreateCylindrical(&recipe->cylindrical, grid));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateOblate(Deck deck, const Resolution *resolution, Grid *grid) {
  const Recipe recipe = OblateRecipe(deck, resolution);

  PetscFunctionBeginUser;
  PetscCall(Make(&recipe, grid));
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateGrid(Deck deck, const Resolution *resolution, Grid *grid) {
  const Recipe recipe =
      strcmp(DeckText(deck, "grid.type"), "oblate") ? CylindricalRecipe(deck) : OblateRecipe(deck, resolution);

  PetscFunctionBeginUser;
  /* padding that differs makes a grid again: no harm. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
  if (shared.grid && !memcmp(&recipe, &shared.recipe, sizeof recipe)) {
    *grid = shared.grid;
    GridShare(*grid);
    PetscFunctionReturn(0);
  }
  PetscCall(Make(&recipe, grid));
  if (shared.wanted) {
    PetscCall(GridDestroy(&shared.grid));
    shared.grid = *grid;
    GridShare(*grid);
    memcpy(&shared.recipe, &recipe, sizeof recipe);
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
