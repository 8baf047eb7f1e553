/* From the deck to a resolved SEI: columns, phases, and the path of the ring currents through them. */
#include "../../physics/constants.h"
#include "../system/path_bulk.h"
#include "simulation.h"
#include <stdbool.h>

/* [S/m] of a cell that holds several phases: geometric mean of its solids, in which pores are inclusions (Maxwell's law
   in two dimensions); theory.md, "Resolved SEI". */
static double Mixture(const SeiStructure *s, const SeiSample *cell) {
  const double pores = cell->share[SEI_SAMPLED_PHASES - 1], pore = s->conductivity[SEI_SAMPLED_PHASES - 1];
  double logarithm = 0.0, solid, contrast;

  if (cell->pure) {
    return s->conductivity[cell->phase];
  }
  for (int p = 0; p + 1 < SEI_SAMPLED_PHASES; p++) {
    logarithm += cell->share[p] / (1.0 - pores) * log(s->conductivity[p]);
  }
  solid = exp(logarithm);
  contrast = pores * (pore - solid) / (pore + solid);
  return solid * (1.0 + contrast) / (1.0 - contrast);
}

/* Phase, conductivity and grain of every cell of a sampled structure. */
static PetscErrorCode SampleCells(SimulationSei *sei, double radius) {
  const double high = 1.0 / (double)sei->layers;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(sei->fraction, SEI_SAMPLED_PHASES));
  if (!sei->grain) {
    PetscCall(PetscMalloc1((size_t)(sei->columns.count * sei->layers), &sei->grain));
  }
  for (PetscInt c = 0; c < sei->columns.count; c++) {
    const double inner = radius * sei->columns.edge[c], outer = radius * sei->columns.edge[c + 1];
    for (PetscInt k = 0; k < sei->layers; k++) {
      const PetscInt n = c * sei->layers + k;
      const SeiSample cell =
          SeiSampledCell(sei->structure.sampled, inner, outer, (double)k * high, (double)(k + 1) * high);
      for (int p = 0; p < SEI_SAMPLED_PHASES; p++) {
        sei->fraction[p] += cell.share[p] * high * (outer - inner) * (outer + inner) / (radius * radius);
      }
      sei->conductivity[n] = Mixture(&sei->structure, &cell);
      sei->phase[n] = PHASE_LI3P + cell.phase;
      sei->grain[n] = cell.grain;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateSei(Simulation sim, Grid counted) {
  const Deck deck = sim->deck;
  const Resolution *resolution = &sim->resolution;
  const PetscInt layers = resolution->sei_layers;
  const SeiGrading grading = {resolution->sei_columns, DeckReal(deck, "sei.thickness") * resolution->finest_column,
                              resolution->steepest};
  SimulationSei *sei;
  PetscInt count;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sei));
  sim->sei = sei;
  sei->layers = layers;
  PetscCall(SeiStructureCreate(deck, counted, sim->grid->radius, &sei->structure));
  PetscCall(SeiColumnsCreate(&sei->structure, sim->grid, &grading, &sei->columns));
  count = sei->columns.count * layers;
  PetscCall(PetscMalloc1(count, &sei->conductivity));
  PetscCall(PetscMalloc1(count, &sei->phase));
  if (sei->structure.kind == SEI_SAMPLED) {
    PetscCall(SampleCells(sei, sim->grid->radius));
    PetscFunctionReturn(0);
  }
  for (PetscInt c = 0; c < sei->columns.count; c++) {
    for (PetscInt k = 0; k < layers; k++) {
      CellPhase phase;
      sei->conductivity[c * layers + k] = SeiStructureThrough(
          &sei->structure, sei->columns.grain[c], (double)k / (double)layers, (double)(k + 1) / (double)layers, &phase);
      sei->phase[c * layers + k] = (int)phase;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationSeiToNodes(Simulation sim) {
  SimulationSei *sei = sim->sei;
  const SeiColumns cells = sei->columns;
  const PetscInt columns = cells.count, nodes = columns + 1, layers = sei->layers;
  SeiColumns *to = &sei->columns;

  PetscFunctionBeginUser;
  sei->cells = cells;
  sei->cell_conductivity = sei->conductivity;
  PetscCall(PetscFree(sei->phase));
  PetscCall(PetscFree(sei->grain));
  PetscCall(PetscMalloc4(nodes + 1, &to->edge, nodes, &to->centre, nodes, &to->under, nodes, &to->grain));
  to->count = nodes;
  to->edge[0] = 0.0;
  to->edge[nodes] = 1.0;
  for (PetscInt c = 0; c < nodes; c++) {
    const double left = c ? cells.edge[c] - cells.centre[c - 1] : 0.0;
    const double right = c < columns ? cells.centre[c] - cells.edge[c] : 0.0;
    /* where most of the node's area lies; at the edge of a ring to either side in turn, so that no ring is favoured */
    const bool of_ring = c > 0 && c < columns && cells.under[c - 1] != cells.under[c];
    const bool outward = of_ring ? cells.under[c] % 2 == 0 : right >= left;
    const PetscInt cell = outward ? c : c - 1;
    to->centre[c] = cells.edge[c];
    to->under[c] = cells.under[cell];
    to->grain[c] = cells.grain[cell];
    if (c < columns) {
      to->edge[c + 1] = cells.centre[c];
    }
  }
  sei->nodes = (SeiNodes){columns, layers, cells.edge, sei->cell_conductivity};
  sei->layers = layers + 1;
  PetscCall(PetscMalloc1((size_t)(nodes * sei->layers), &sei->conductivity));
  PetscCall(PetscCalloc1((size_t)(nodes * sei->layers), &sei->phase));
  for (PetscInt n = 0; n < nodes * sei->layers; n++) {
    sei->conductivity[n] = 1.0; /* not used */
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationDestroySei(Simulation sim) {
  SimulationSei *sei = sim->sei;

  PetscFunctionBeginUser;
  if (!sei) {
    PetscFunctionReturn(0);
  }
  PetscCall(SeiStructureDestroy(&sei->structure));
  PetscCall(SeiColumnsDestroy(&sei->columns));
  PetscCall(SeiColumnsDestroy(&sei->cells));
  PetscCall(PetscFree(sei->cell_conductivity));
  PetscCall(PetscFree(sei->conductivity));
  PetscCall(PetscFree(sei->phase));
  PetscCall(PetscFree(sei->grain));
  PetscCall(PetscFree(sim->sei));
  PetscFunctionReturn(0);
}

/* [V/m] E_c of i = sigma E_c sinh(E/E_c) */
static double FieldScale(Deck deck) {
  const double jump = DeckReal(deck, "sei.block.half_jump_distance");

  return jump > 0.0 ? GAS_CONSTANT * DeckReal(deck, "temperature") /
                          ((double)DeckInteger(deck, "sei.block.charge_number") * FARADAY_CONSTANT * jump)
                    : INFINITY;
}

/* Phases that stay where they are while the columns move outward over them. */
static void PhasesAt(void *context, double radius, double conductivity[], int phase[]) {
  SimulationSei *sei = context;

  if (sei->structure.kind == SEI_SAMPLED) {
    PetscCallVoid(SampleCells(sei, radius));
    PetscCallVoid(PetscArraycpy(conductivity, sei->conductivity, sei->columns.count * sei->layers));
    PetscCallVoid(PetscArraycpy(phase, sei->phase, sei->columns.count * sei->layers));
    return;
  }
  for (PetscInt c = 0; c < sei->columns.count; c++) {
    const double inner = radius * sei->columns.edge[c], outer = radius * sei->columns.edge[c + 1];
    for (PetscInt k = 0; k < sei->layers; k++) {
      CellPhase most = PHASE_SEI;
      conductivity[c * sei->layers + k] = SeiStructureMean(
          &sei->structure, inner, outer, (double)k / (double)sei->layers, (double)(k + 1) / (double)sei->layers, &most);
      phase[c * sei->layers + k] = sei->phase[c * sei->layers + k] = (int)most;
    }
  }
  PetscCallVoid(PetscArraycpy(sei->conductivity, conductivity, sei->columns.count * sei->layers));
}

PetscErrorCode SimulationCreatePath(Simulation sim) {
  const SimulationSei *sei = sim->sei;
  SeiOptions options;

  PetscFunctionBeginUser;
  if (!sei) {
    const PathFilms films = {sim->films, sim->model.temperature, sim->model.area_share};
    PetscCall(PathCreateBulk(sim->bulk, &films, &sim->model.path));
    PetscFunctionReturn(0);
  }
  options = (SeiOptions){.columns = sei->columns.count,
                         .layers = sei->layers,
                         .edge = sei->columns.edge,
                         .centre = sei->columns.centre,
                         .under = sei->columns.under,
                         .conductivity = sei->conductivity,
                         .field_scale = FieldScale(sim->deck),
                         .phase = sei->phase,
                         .insulator = PHASE_PORE,
                         .radius = sim->grid->radius,
                         .thickness = sim->model.sei.initial_thickness,
                         .changes_shape = sim->model.sei_grows || deposit_contact_grows(&sim->model.deposit),
                         .corners = DeckBoolean(sim->deck, "sei.block.corners") ? PETSC_TRUE : PETSC_FALSE,
                         .nodes = sim->resolution.sei_nodes ? &sei->nodes : NULL,
                         .transfer = sei->transfer,
                         .temperature = sim->model.temperature};
  if (!strcmp(DeckText(sim->deck, "sei.block.phases_follow"), "place")) {
    options.phases_at = PhasesAt;
    options.phases_context = sim->sei;
  }
  if (strcmp(DeckText(sim->deck, "sei.block.microstructure"), "uniform") != 0) {
    options.boundary_resistance = DeckReal(sim->deck, "sei.block.phases.interphase_resistance");
  }
  if (sei->grain) {
    options.grain = sei->grain;
    options.grain_resistance = DeckReal(sim->deck, "sei.block.grain_boundary_resistance");
    options.sheet_conductance = DeckReal(sim->deck, "sei.block.grain_boundary_conductance");
  }
  PetscCall(SeiPathCreate(sim->bulk, &options, &sim->model.path));
  PetscFunctionReturn(0);
}
