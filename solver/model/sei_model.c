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

/* A cell of a sampled structure at the contact radius [m]; adds its shares of the whole SEI to `fraction`. */
static void SampleCell(SimulationSei *sei, double radius, PetscInt column, PetscInt layer, double *conductivity,
                       int *phase, PetscInt *grain, double fraction[]) {
  const double high = 1.0 / (double)sei->layers;
  const double inner = radius * sei->columns.edge[column], outer = radius * sei->columns.edge[column + 1];
  const SeiSample cell =
      SeiSampledCell(sei->structure.sampled, inner, outer, (double)layer * high, (double)(layer + 1) * high);

  for (int p = 0; p < SEI_SAMPLED_PHASES; p++) {
    fraction[p] += cell.share[p] * high * (outer - inner) * (outer + inner) / (radius * radius);
  }
  *conductivity = Mixture(&sei->structure, &cell);
  *phase = PHASE_LI3P + cell.phase;
  if (grain) {
    *grain = cell.grain;
  }
}

/* A cell of any other structure, whose phases ride with the columns. */
static void FollowCell(const SimulationSei *sei, PetscInt column, PetscInt layer, double *conductivity, int *phase,
                       double fraction[]) {
  const double high = 1.0 / (double)sei->layers, inner = sei->columns.edge[column];
  const double outer = sei->columns.edge[column + 1];
  CellPhase most;

  *conductivity = SeiStructureThrough(&sei->structure, sei->columns.grain[column], (double)layer / (double)sei->layers,
                                      (double)(layer + 1) / (double)sei->layers, &most);
  *phase = (int)most;
  if (sei->structure.kind != SEI_UNIFORM) {
    fraction[most - PHASE_LI3P] += (outer - inner) * (outer + inner) * high;
  }
}

/* Conductivity, phase and grain (may be NULL) of the cells of a range of columns, and what they add to the volume
   fractions. */
static void FillCells(SimulationSei *sei, double radius, PetscInt first, PetscInt last, double conductivity[],
                      int phase[], PetscInt grain[], double fraction[SEI_SAMPLED_PHASES]) {
  for (PetscInt c = first, n = 0; c < last; c++) {
    for (PetscInt k = 0; k < sei->layers; k++, n++) {
      if (sei->structure.kind == SEI_SAMPLED) {
        SampleCell(sei, radius, c, k, &conductivity[n], &phase[n], grain ? &grain[n] : NULL, fraction);
      } else {
        FollowCell(sei, c, k, &conductivity[n], &phase[n], fraction);
      }
    }
  }
}

/* All cells of a sampled structure. */
static PetscErrorCode SampleCells(SimulationSei *sei, double radius) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(sei->fraction, SEI_SAMPLED_PHASES));
  FillCells(sei, radius, 0, sei->columns.count, sei->conductivity, sei->phase, sei->grain, sei->fraction);
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationSeiMaterial(void *context, PetscInt first, PetscInt last, double conductivity[], int phase[],
                                     PetscInt grain[]) {
  SimulationSei *sei = context;
  double fraction[SEI_SAMPLED_PHASES] = {0.0};

  PetscFunctionBeginUser;
  FillCells(sei, sei->radius, first, last, conductivity, phase, grain, fraction);
  PetscFunctionReturn(0);
}

/* Above this many cells of the SEI the factors need more memory than a laptop gives; not measured as a break-even of
 * time. */
static const double direct_cells = 2e5;

/* Every process adds up the volume fractions of some columns, one at a time. */
static PetscErrorCode CountFractions(Simulation sim) {
  SimulationSei *sei = sim->sei;
  PetscMPIInt rank, size;
  double *conductivity;
  int *phase;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(sim->comm, &rank));
  PetscCallMPI(MPI_Comm_size(sim->comm, &size));
  PetscCall(PetscMalloc2(sei->layers, &conductivity, sei->layers, &phase));
  for (PetscInt c = rank; c < sei->columns.count; c += size) {
    FillCells(sei, sei->radius, c, c + 1, conductivity, phase, NULL, sei->fraction);
  }
  PetscCall(PetscFree2(conductivity, phase));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sei->fraction, SEI_SAMPLED_PHASES, MPI_DOUBLE, MPI_SUM, sim->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateSei(Simulation sim, Grid counted) {
  const Deck deck = sim->deck;
  const Resolution *resolution = &sim->resolution;
  const SeiGrading grading = {resolution->sei_columns, DeckReal(deck, "sei.thickness") * resolution->finest_column,
                              resolution->steepest};
  const char *solver = DeckText(deck, "sei.block.solver");
  SimulationSei *sei;
  double cells;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sei));
  sim->sei = sei;
  sei->layers = resolution->sei_layers;
  sei->radius = sim->grid->radius;
  PetscCall(SeiStructureCreate(deck, counted, sim->grid->radius, &sei->structure));
  PetscCall(SeiColumnsCreate(&sei->structure, sim->grid, &grading, &sei->columns));
  cells = (double)sei->columns.count * (double)sei->layers;
  sei->is_large = !resolution->sei_nodes &&
                          (!strcmp(solver, "iterative") || (!strcmp(solver, "auto") && cells > direct_cells &&
                                                            !SimulationIterativeComplaint(deck, sim->protocol, NULL)))
                      ? PETSC_TRUE
                      : PETSC_FALSE;
  if (sei->is_large) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1((size_t)cells, &sei->conductivity));
  PetscCall(PetscMalloc1((size_t)cells, &sei->phase));
  if (sei->structure.kind == SEI_SAMPLED) {
    PetscCall(PetscMalloc1((size_t)cells, &sei->grain));
  }
  FillCells(sei, sei->radius, 0, sei->columns.count, sei->conductivity, sei->phase, sei->grain, sei->fraction);
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
  if (sei->structure.kind == SEI_SAMPLED && !sim->resolution.sei_nodes) {
    options.has_grains = PETSC_TRUE;
    options.grain = sei->grain;
    options.grain_resistance = DeckReal(sim->deck, "sei.block.grain_boundary_resistance");
    options.sheet_conductance = DeckReal(sim->deck, "sei.block.grain_boundary_conductance");
  }
  if (sei->is_large) {
    options.material = SimulationSeiMaterial;
    options.material_context = sim->sei;
    PetscCall(CountFractions(sim));
    PetscCall(SeiPathCreateLarge(sim->comm, sim->bulk, &options, &sim->model.path));
    PetscFunctionReturn(0);
  }
  PetscCall(SeiPathCreate(sim->bulk, &options, &sim->model.path));
  PetscFunctionReturn(0);
}
