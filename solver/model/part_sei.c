/* What a resolved SEI shows of itself, and what is to be said of its structure before anything is solved. */
#include "../../microstructure/percolation.h"
#include "../parts/sei_part.h"
#include "part_private.h"

static PetscBool Wanted(Deck deck) {
  return DeckBoolean(deck, "sei.resolved") ? PETSC_TRUE : PETSC_FALSE;
}

/* Is there a path through cells of one phase, or of any solid (phase < 0)? *reached as in percolation.h. */
static PetscErrorCode Connects(const SimulationSei *sei, int phase, PetscBool *through, double *reached) {
  const PetscInt columns = sei->columns.count, layers = sei->layers;
  unsigned char *open;
  int answer;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)(columns * layers), &open));
  for (PetscInt c = 0; c < columns; c++) {
    for (PetscInt k = 0; k < layers; k++) {
      const int here = sei->phase[c * layers + k];
      open[c + columns * k] = phase < 0 ? here != PHASE_PORE : here == phase;
    }
  }
  answer = percolates((size_t)columns, 1, (size_t)layers, open, 0, reached);
  PetscCall(PetscFree(open));
  PetscCheck(answer >= 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the percolation of %d cells",
             (int)(columns * layers));
  *through = answer ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode FindFacts(SimulationSei *sei, SeiStructureFacts *facts) {
  static const char *const names[] = {"Li3P", "Li2S", "LiCl", "pores"};
  PetscBool through = PETSC_FALSE;

  PetscFunctionBeginUser;
  *facts = (SeiStructureFacts){{NAN, NAN, NAN, NAN}, "", NAN};
  if (sei->structure.kind == SEI_UNIFORM || sei->nodes.columns) {
    (void)snprintf(facts->through, sizeof facts->through, "uniform");
    PetscFunctionReturn(0);
  }
  for (int p = 0; p < SEI_STRUCTURE_PHASES; p++) {
    facts->fraction[p] = sei->fraction[p];
  }
  if (sei->is_large) {
    (void)snprintf(facts->through, sizeof facts->through, "not examined (sei.block.solver iterative)");
    PetscFunctionReturn(0);
  }
  for (int p = 0; p < SEI_STRUCTURE_PHASES; p++) {
    const size_t length = strlen(facts->through);
    PetscCall(Connects(sei, PHASE_LI3P + p, &through, NULL));
    if (through) {
      (void)snprintf(facts->through + length, sizeof facts->through - length, "%s%s", length ? ", " : "", names[p]);
    }
  }
  if (!facts->through[0]) {
    (void)snprintf(facts->through, sizeof facts->through, "none");
  }
  PetscCall(Connects(sei, -1, &through, &facts->solid_through));
  if (!through) {
    (void)snprintf(sei->warning[1], sizeof sei->warning[1],
                   "no solid connects the lithium and the electrolyte through the SEI: all current passes pores "
                   "(sei.block.phases.pore_conductivity)");
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Create(Simulation sim, Part *part) {
  SeiPartOptions options = {.electrode = &sim->electrode};

  PetscFunctionBeginUser;
  SeiSampledWarning(sim->deck, sim->sei->warning[0], sizeof sim->sei->warning[0]);
  PetscCall(FindFacts(sim->sei, &options.facts));
  PetscCall(SeiPartCreate(&options, sim->model.rings, part));
  PetscFunctionReturn(0);
}

const PartKind part_sei = {.needs = "a resolved SEI: set sei.resolved", .wanted = Wanted, .create = Create};
