#include "simulation.h"
#include "../../physics/constants.h"
#include "../../physics/dislocation.h"
#include "../../physics/pressure_profile.h"
#include "../monitor/profile.h"
#include "../system/error_capture.h"
#include "catalogue.h"
#include "material.h"
#include "parts.h"
#include "simulation_grid.h"
#include <stdlib.h>

/* What the electrolyte is solved by: cells that the SEI's solver has in its own system need no dense operator. */
static BulkType BulkTypeOf(Simulation sim) {
  const BulkType type = (BulkType)DeckChoice(sim->deck, "bulk.solver");

  return type == BULK_AUTO && sim->sei && sim->sei->is_large ? BULK_FIELD : type;
}

/* Combinations of keys that are each valid but impossible together. */
static PetscErrorCode CheckCombinations(MPI_Comm comm, Deck deck, Diagnostics diagnostics) {
  const char *solver = DeckText(deck, "bulk.solver");
  const bool resolved = DeckBoolean(deck, "sei.resolved");
  const bool half_space = SimulationFitsHalfspace(deck);
  PetscMPIInt ranks;
  char message[256];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &ranks));
  if (ranks > DeckInteger(deck, "grid.rings")) {
    (void)snprintf(message, sizeof message, "%d processes are more than the %d rings: use at most one process per ring",
                   ranks, (int)DeckInteger(deck, "grid.rings"));
    PetscCall(DeckError(deck, "grid.rings", diagnostics, message));
  }
  if (DeckInteger(deck, "grid.layers") == 1) {
    PetscCall(DeckError(deck, "grid.layers", diagnostics,
                        "one layer is not enough: at least 2, or 0 for one and a half times the rings"));
  }
  if (!strcmp(DeckText(deck, "needle.law"), "fresh_layer") && DeckReal(deck, "needle.pressure") <= 0.0) {
    PetscCall(DeckError(deck, "needle.pressure", diagnostics,
                        "needle.law fresh_layer presses with a constant force, which has to be above 0"));
  }
  if (!strcmp(solver, "halfspace") && !half_space) {
    PetscCall(DeckError(deck, "bulk.solver", diagnostics,
                        "halfspace is the analytic solution of a half space: it needs grid.type oblate, "
                        "electrolyte.depth 0 and no electrolyte.grain_boundary_resistance; use condensed or field"));
  }
  if (!strcmp(solver, "halfspace") && SimulationIsGraded(deck)) {
    PetscCall(DeckError(deck, DeckReal(deck, "grid.ring_grading") != 1.0 ? "grid.ring_grading" : "grid.layer_grading",
                        diagnostics, "bulk.solver halfspace chooses its own rings; grading needs condensed or field"));
  }
  if (resolved) {
    PetscCall(SimulationCheckSei(deck, diagnostics));
  }
  PetscCall(PartsCheck(deck, diagnostics));
  if ((DeckReal(deck, "deposit.contact_growth_exponent") > 0.0 || DeckReal(deck, "deposit.pinning_diameter") > 0.0) &&
      (!half_space || (DeckReal(deck, "electrolyte.grain_depth") > 0.0 && !SimulationIsHalfspace(deck)))) {
    PetscCall(DeckError(
        deck,
        DeckReal(deck, "deposit.pinning_diameter") > 0.0 ? "deposit.pinning_diameter"
                                                         : "deposit.contact_growth_exponent",
        diagnostics,
        "a growing contact needs an electrolyte without a length of its own (grid.type oblate, "
        "electrolyte.depth 0; with electrolyte.grain_depth bulk.solver halfspace or auto, no grading and no boundary "
        "resistance)"));
  }
  PetscFunctionReturn(0);
}

/* --- electrode ---------------------------------------------------------------------------------------------------- */

/* A parameter struct of `size` bytes filled from the deck's group; owned by the simulation. */
static PetscErrorCode FillLaw(Simulation sim, const char *group, const Parameter *declarations, size_t size,
                              const void **out) {
  void *parameters;

  PetscFunctionBeginUser;
  PetscCheck(sim->law_count < (PetscInt)PETSC_STATIC_ARRAY_LENGTH(sim->law_parameters), PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "Too many laws: %d", (int)sim->law_count);
  PetscCall(PetscCalloc(PetscMax(size, sizeof(double)), &parameters));
  if (declarations && declarations->key) {
    PetscCall(DeckFill(sim->deck, group, declarations, parameters));
  }
  sim->law_parameters[sim->law_count++] = parameters;
  *out = parameters;
  PetscFunctionReturn(0);
}

static PetscErrorCode AddProcess(Simulation sim, KineticsSeries *series, const char *group, const char *name,
                                 InterfaceProcess process) {
  const KineticsLaw *law = kinetics_law_by_name(name);
  char path[128];

  PetscFunctionBeginUser;
  PetscCheck(law, PETSC_COMM_SELF, PETSC_ERR_PLIB, "No kinetics law '%s'", name);
  (void)snprintf(path, sizeof path, "%s.%s", group, name);
  PetscCall(FillLaw(sim, path, law->parameters, law->parameters_size, &series->parameters[series->count]));
  series->process[series->count] = process;
  series->law[series->count++] = law;
  PetscFunctionReturn(0);
}

/* Where process k of a series acts: on the true contact, on the whole area of the rings, or below a resolved SEI. */
static KineticsSeries *SeriesOf(Simulation sim, int k) {
  char key[128];

  if (k == 2 && sim->sei) {
    return &sim->sei->transfer;
  }
  (void)snprintf(key, sizeof key, "interface.%s.acts_on", CatalogueProcesses[k]);
  return k > 0 && !strcmp(DeckText(sim->deck, key), "whole_area") ? &sim->films : &sim->model.kinetics;
}

static PetscErrorCode FillKinetics(Simulation sim) {
  const char *kinetics = DeckText(sim->deck, "interface.kinetics");
  Dislocations dislocations;
  char key[128];

  PetscFunctionBeginUser;
  PetscCall(DeckFill(sim->deck, "interface.dislocations", dislocation_parameters, &dislocations));
  sim->model.kinetics.charge_transfer_factor =
      dislocation_resistance_ratio(&dislocations, DeckReal(sim->deck, "temperature"));
  if (strcmp(kinetics, "series")) {
    PetscCall(AddProcess(sim, &sim->model.kinetics, "interface", kinetics, PROCESS_CHARGE_TRANSFER));
    PetscFunctionReturn(0);
  }
  if (sim->sei) {
    sim->sei->transfer.charge_transfer_factor = 1.0;
  }
  sim->films.charge_transfer_factor = 1.0;
  for (int k = 0; k < 3; k++) {
    const char *law;
    (void)snprintf(key, sizeof key, "interface.%s.law", CatalogueProcesses[k]);
    law = DeckText(sim->deck, key);
    (void)snprintf(key, sizeof key, "interface.%s", CatalogueProcesses[k]);
    if (strcmp(law, "none")) {
      PetscCall(AddProcess(sim, SeriesOf(sim, k), key, law, (InterfaceProcess)k));
    } else if (k == 0) {
      sim->model.kinetics.charge_transfer_factor = 1.0;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FillLaws(Simulation sim) {
  ElectrodeModel *m = &sim->model;
  const Deck deck = sim->deck;
  char group[64];

  PetscFunctionBeginUser;
  m->contact = contact_law_by_name(DeckText(deck, "contact.law"));
  (void)snprintf(group, sizeof group, "contact.%s", m->contact->name);
  PetscCall(FillLaw(sim, group, m->contact->parameters, m->contact->parameters_size, &m->contact_parameters));
  PetscCall(FillKinetics(sim));
  for (PetscInt k = 0; k < DeckListLength(deck, "lithium.creep"); k++) {
    const CreepLaw *law = creep_law_by_name(DeckListText(deck, "lithium.creep", k));
    (void)snprintf(group, sizeof group, "lithium.%s", law->name);
    PetscCheck(m->creep.count < CREEP_MAX_LAWS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "More than %d creep mechanisms", CREEP_MAX_LAWS);
    PetscCall(FillLaw(sim, group, law->parameters, law->parameters_size, &m->creep.parameters[m->creep.count]));
    m->creep.law[m->creep.count++] = law;
  }
  PetscCall(DeckFill(deck, "lithium.grains", grain_growth_parameters, &m->grain_growth));
  m->sei_grows = !strcmp(DeckText(deck, "sei.growth"), "wagner") ? PETSC_TRUE : PETSC_FALSE;
  if (m->sei_grows) {
    PetscCall(DeckFill(deck, "sei.wagner", wagner_sei_parameters, &m->sei));
  }
  m->sei.initial_thickness = DeckReal(deck, "sei.thickness");
  PetscCall(DeckFill(deck, "needle", needle_parameters, &m->needle));
  PetscCall(DeckFill(deck, "deposit", deposit_parameters, &m->deposit));
  PetscCall(DeckFill(deck, "capacitance", charge_storage_parameters, &sim->storage));
  m->temperature = DeckReal(deck, "temperature");
  m->initial_radius = 0.5 * DeckReal(deck, "contact.diameter");
  PetscFunctionReturn(0);
}

/* Edges and areas of the interface's rings: those of the grid, or the columns of a resolved SEI. */
static PetscErrorCode DivideContact(Simulation sim) {
  const Grid grid = sim->grid;
  const SeiColumns *columns = sim->sei ? &sim->sei->columns : NULL;

  PetscFunctionBeginUser;
  sim->rings = columns ? columns->count : grid->rings;
  PetscCall(PetscMalloc2(sim->rings + 1, &sim->ring_edge, sim->rings, &sim->ring_area));
  for (PetscInt j = 0; j <= sim->rings; j++) {
    sim->ring_edge[j] = columns ? columns->edge[j] * grid->radius : grid->ring_edge[j];
  }
  for (PetscInt j = 0; j < sim->rings; j++) {
    const double inner = sim->ring_edge[j], outer = sim->ring_edge[j + 1];
    sim->ring_area[j] = columns ? PI * (outer - inner) * (outer + inner) : grid->ring_area[j];
  }
  PetscFunctionReturn(0);
}

PetscInt SimulationCellCount(Simulation sim) {
  return GridCellCount(sim->grid) + (sim->sei ? sim->sei->columns.count * sim->sei->layers : 0);
}

double SimulationRingRadius(Simulation sim, PetscInt ring) {
  const double inner = sim->ring_edge[ring], outer = sim->ring_edge[ring + 1];

  return sim->sei ? sqrt(0.5 * (inner * inner + outer * outer)) / sim->grid->radius : GridRingRadius(sim->grid, ring);
}

static PetscErrorCode FillRings(Simulation sim) {
  ElectrodeModel *m = &sim->model;
  PressureProfile shape;
  double *profile;

  PetscFunctionBeginUser;
  m->rings = sim->rings;
  PetscCall(PetscMalloc2(m->rings, &m->area_share, m->rings, &m->ring));
  PetscCall(PetscMalloc1(m->rings, &profile));
  for (PetscInt j = 0; j < m->rings; j++) {
    m->area_share[j] = sim->ring_area[j] / (PI * m->initial_radius * m->initial_radius);
  }
  PetscCall(DeckFill(sim->deck, "contact.pressure", pressure_profile_parameters, &shape));
  pressure_profile_fill(&shape, (size_t)m->rings, sim->ring_edge, m->area_share, profile);
  for (PetscInt j = 0; j < m->rings; j++) {
    m->ring[j] = (ContactRing){SimulationRingRadius(sim, j), profile[j], m->needle.adhesion};
  }
  PetscCall(PetscFree(profile));
  PetscFunctionReturn(0);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

PetscErrorCode SimulationCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, Simulation *simulation) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  Simulation sim;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sim));
  *simulation = sim;
  sim->comm = comm;
  sim->deck = deck;
  sim->resolution = (Resolution){.rings = DeckInteger(deck, "grid.rings"),
                                 .layers = SimulationGridLayers(deck),
                                 .sei_columns = DeckInteger(deck, "sei.block.columns"),
                                 .sei_layers = DeckInteger(deck, "sei.block.layers"),
                                 .finest_column = DeckReal(deck, "sei.block.finest_column"),
                                 .steepest = 2.0};
  PetscCall(CheckCombinations(comm, deck, diagnostics));
  PetscCall(ProtocolCreate(deck, diagnostics, &sim->protocol));
  PetscCall(SimulationCheckImpedance(deck, sim->protocol, diagnostics));
  PetscCall(SimulationCheckVariations(deck, sim->protocol, diagnostics));
  if (DiagnosticsCount(diagnostics) == before) {
    ErrorCapture capture;
    PetscErrorCode code;
    PetscCall(ErrorCaptureBegin(&capture));
    code = SimulationCreateGrid(deck, &sim->resolution, &sim->grid);
    PetscCall(ErrorCaptureEnd());
    if (code) {
      PetscCall(DeckError(deck, SimulationGridCulprit(deck), diagnostics, capture.message));
    } else if (DeckBoolean(deck, "sei.resolved")) {
      PetscCall(SimulationCreateSei(sim, sim->grid));
      PetscCall(SimulationCheckSeiMemory(sim, diagnostics));
    }
  }
  sim->integrator = (IntegratorOptions){.method = (IntegratorMethod)DeckChoice(deck, "time.method"),
                                        .tolerance = DeckReal(deck, "time.tolerance"),
                                        .newton_tolerance = DeckReal(deck, "time.newton_tolerance")};
  PetscFunctionReturn(0);
}

/* The folder for condensed operators, or NULL for none; `path` is storage. */
static const char *CacheFolder(Deck deck, char path[PETSC_MAX_PATH_LEN]) {
  const char *key = DeckText(deck, "bulk.cache"), *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

  if (!strcmp(key, "none")) {
    return NULL;
  }
  if (*key) {
    return key;
  }
  if (base && *base) {
    (void)snprintf(path, PETSC_MAX_PATH_LEN, "%s/lisei", base);
  } else if (home && *home) {
    (void)snprintf(path, PETSC_MAX_PATH_LEN, "%s/.cache/lisei", home);
  } else {
    return NULL;
  }
  return path;
}

/* After MaterialFill; `cache` is storage. */
static BulkOptions DescribeBulk(Simulation sim, char cache[PETSC_MAX_PATH_LEN]) {
  BulkOptions options = {.rtol = DeckReal(sim->deck, "bulk.rtol"), .cache_dir = CacheFolder(sim->deck, cache)};

  options.conductivity = sim->conductivity;
  if (sim->grid->type == GRID_HALFSPACE) { /* a boundless grain; the rest is a part's */
    options.conductivity = sim->grain_conductivity;
  } else {
    options.cell_conductivity = sim->cell_conductivity;
  }
  options.face_resistance_down = sim->face_resistance_down;
  options.face_resistance_outward = sim->face_resistance_outward;
  return options;
}

PetscErrorCode SimulationPlanBulk(Simulation sim, BulkPlan *plan) {
  char cache[PETSC_MAX_PATH_LEN];
  BulkOptions options;

  PetscFunctionBeginUser;
  PetscCall(MaterialFill(sim));
  options = DescribeBulk(sim, cache);
  PetscCall(BulkMakePlan(sim->comm, BulkTypeOf(sim), sim->grid, &options, plan));
  PetscFunctionReturn(0);
}

/* `counted`: the grid whose rings the grains of an SEI may be counted in */
static PetscErrorCode SetUp(Simulation sim, Grid counted) {
  char cache[PETSC_MAX_PATH_LEN];
  BulkOptions options;

  PetscFunctionBeginUser;
  PetscCall(MaterialFill(sim));
  options = DescribeBulk(sim, cache);
  if (!sim->bulk_is_borrowed) {
    PetscCall(BulkCreate(sim->comm, BulkTypeOf(sim), sim->grid, &options, &sim->bulk));
  }
  if (DeckBoolean(sim->deck, "sei.resolved") && !sim->sei) {
    PetscCall(SimulationCreateSei(sim, counted));
    if (sim->resolution.sei_nodes) {
      PetscCall(SimulationSeiToNodes(sim));
    }
  }
  PetscCall(FillLaws(sim));
  PetscCall(DivideContact(sim));
  PetscCall(FillRings(sim));
  PetscCall(SimulationCreatePath(sim));
  PetscCall(PartsCreate(sim));
  PetscCall(ElectrodeCreate(&sim->model, &sim->electrode));
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationSetUp(Simulation sim) {
  PetscFunctionBeginUser;
  PetscCall(ProfileRegister());
  ProfileStageCall(PROFILE_STAGE_SETUP, SetUp(sim, sim->grid));
  ProfileStageCall(PROFILE_STAGE_SETUP, SimulationCreateVariations(sim));
  PetscCall(MonitorsCreate(sim->comm, &sim->monitors));
  sim->electrode->newton_monitor = sim->monitors.newton;
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateOther(Simulation like, const Resolution *resolution, Simulation *other) {
  Diagnostics none; /* the deck has passed */

  PetscFunctionBeginUser;
  PetscCall(PetscNew(other));
  (*other)->comm = like->comm;
  (*other)->deck = like->deck;
  (*other)->resolution = *resolution;
  PetscCall(SimulationCreateOblate(like->deck, resolution, &(*other)->grid));
  PetscCall(SetUp(*other, like->grid));
  PetscCall(DiagnosticsCreate(&none));
  PetscCall(ProtocolCreate(like->deck, none, &(*other)->protocol));
  PetscCall(DiagnosticsDestroy(&none));
  (*other)->integrator = like->integrator;
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCreateBeside(Simulation like, PetscBool shares_bulk, Simulation *beside) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(beside));
  (*beside)->comm = like->comm;
  (*beside)->deck = like->deck;
  (*beside)->resolution = like->resolution;
  PetscCall(SimulationCreateGrid(like->deck, &like->resolution, &(*beside)->grid));
  if (shares_bulk) {
    (*beside)->bulk = like->bulk;
    (*beside)->bulk_is_borrowed = PETSC_TRUE;
  }
  PetscCall(SetUp(*beside, like->grid));
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationDestroy(Simulation *simulation) {
  Simulation sim = *simulation;

  PetscFunctionBeginUser;
  if (!sim) {
    PetscFunctionReturn(0);
  }
  PetscCall(SimulationDestroyVariations(sim));
  PetscCall(ElectrodeDestroy(&sim->electrode));
  for (PetscInt p = 0; p < sim->model.part_count; p++) {
    PetscCall(PartDestroy(&sim->model.part[p]));
  }
  PetscCall(PathDestroy(&sim->model.path));
  PetscCall(SimulationDestroySei(sim));
  PetscCall(MonitorsDestroy(&sim->monitors));
  if (!sim->bulk_is_borrowed) {
    PetscCall(BulkDestroy(&sim->bulk));
  }
  PetscCall(GridDestroy(&sim->grid));
  PetscCall(ProtocolDestroy(&sim->protocol));
  PetscCall(PetscFree2(sim->model.area_share, sim->model.ring));
  PetscCall(PetscFree(sim->cell_conductivity));
  PetscCall(PetscFree2(sim->ring_edge, sim->ring_area));
  PetscCall(PetscFree2(sim->face_resistance_down, sim->face_resistance_outward));
  PetscCall(PetscFree(sim->cell_phase));
  for (PetscInt k = 0; k < sim->law_count; k++) {
    PetscCall(PetscFree(sim->law_parameters[k]));
  }
  PetscCall(PetscFree(*simulation));
  PetscFunctionReturn(0);
}
