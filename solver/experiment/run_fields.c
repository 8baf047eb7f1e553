/* Cell fields of an instant: the layers of a resolved SEI, if there are any, above the electrolyte. */
#include "../monitor/profile.h"
#include "run_private.h"

/* Nodes of the SEI at the thickness of each column: between two columns the mean. */
static PetscErrorCode PlaceSeiNodes(Run *run, double radius, const double thickness[], double r[], double z[]) {
  const SimulationSei *sei = run->simulation->sei;
  const PetscInt columns = sei->columns.count;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i <= columns; i++) {
    const double height = 0.5 * (thickness[PetscMax(0, i - 1)] + thickness[PetscMin(columns - 1, i)]);
    for (PetscInt k = 0; k <= sei->layers; k++) {
      r[i + (columns + 1) * k] = radius * sei->columns.edge[i];
      z[i + (columns + 1) * k] = height * (1.0 - (double)k / (double)sei->layers);
    }
  }
  PetscFunctionReturn(0);
}

/* The blocks at the present size; r and z of the SEI's nodes are freed by the caller. */
static PetscErrorCode Blocks(Run *run, double growth, FieldsBlock blocks[2], PetscInt *count, double **r, double **z) {
  const Simulation sim = run->simulation;
  const Grid grid = sim->grid;
  PetscInt nodes;

  PetscFunctionBeginUser;
  *count = 0;
  *r = *z = NULL;
  if (sim->sei) {
    nodes = (sim->sei->columns.count + 1) * (sim->sei->layers + 1);
    PetscCall(PetscMalloc1(nodes, r));
    PetscCall(PetscMalloc1(nodes, z));
    PetscCall(PlaceSeiNodes(run, growth * grid->radius, sim->electrode->conditions.sei_thickness, *r, *z));
    blocks[(*count)++] = (FieldsBlock){sim->sei->columns.count, sim->sei->layers, *r, *z, 1.0};
  }
  blocks[(*count)++] = (FieldsBlock){grid->columns, grid->layers, grid->corner_r, grid->corner_z, growth};
  PetscFunctionReturn(0);
}

PetscErrorCode RunFieldsCreate(Run *run) {
  const Simulation sim = run->simulation;
  FieldsBlock blocks[2];
  PetscInt count;
  double *r, *z;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeSetConditions(sim->electrode, *run->now.time, run->now.global[GLOBAL_LOG_RADIUS]));
  PetscCall(Blocks(run, 1.0, blocks, &count, &r, &z));
  PetscCall(FieldsCreate(sim->comm, run->dir, count, blocks, (PetscInt)run->at.fields, &run->fields));
  PetscCall(PetscFree(r));
  PetscCall(PetscFree(z));
  PetscFunctionReturn(0);
}

/* Values of all cells: those of the SEI first. */
typedef struct {
  double *potential, *radial, *axial, *conductivity, *phase, *vector;
} Cells;

/* The SEI's part of the values, by layers; `injected` [A] becomes the currents into the electrolyte's rings. */
static PetscErrorCode SeiCells(Run *run, double injected[], Cells *cells, double bottom[]) {
  const Simulation sim = run->simulation;
  SimulationSei *sei = sim->sei;
  const PetscInt columns = sei->columns.count, count = columns * sei->layers;
  double *potential, *radial, *axial, *below, *conductivity;
  int *phase;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(count, &potential, count, &radial, count, &axial, columns, &below));
  PetscCall(PetscMalloc2(count, &conductivity, count, &phase));
  if (sei->is_large) {
    PetscCall(SimulationSeiMaterial(sei, 0, columns, conductivity, phase, NULL));
  } else {
    PetscCall(PetscArraycpy(conductivity, sei->conductivity, count));
    PetscCall(PetscArraycpy(phase, sei->phase, count));
  }
  PetscCall(SeiPathView(sim->model.path, injected, run->now.path, potential, radial, axial, below));
  for (PetscInt c = 0; c < columns; c++) {
    bottom[sei->columns.under[c]] += below[c];
    for (PetscInt k = 0; k < sei->layers; k++) {
      const PetscInt from = c * sei->layers + k, to = c + columns * k;
      cells->potential[to] = potential[from];
      cells->radial[to] = radial[from];
      cells->axial[to] = axial[from];
      cells->conductivity[to] = conductivity[from];
      cells->phase[to] = (double)phase[from];
    }
  }
  PetscCall(PetscFree4(potential, radial, axial, below));
  PetscCall(PetscFree2(conductivity, phase));
  PetscFunctionReturn(0);
}

static PetscErrorCode FillCells(Run *run, Cells *cells) {
  const Simulation sim = run->simulation;
  const ElectrodeState *s = &run->now;
  const PetscInt first = sim->sei ? sim->sei->columns.count * sim->sei->layers : 0, count = GridCellCount(sim->grid);
  const double area = ElectrodeArea(sim->electrode, s->global[GLOBAL_LOG_RADIUS]);
  double *injected, *bottom;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(sim->model.rings, &injected));
  PetscCall(PetscCalloc1(sim->grid->rings, &bottom));
  for (PetscInt j = 0; j < sim->model.rings; j++) {
    injected[j] = area * sim->model.area_share[j] * s->current[j];
  }
  if (sim->sei) {
    PetscCall(SeiCells(run, injected, cells, bottom));
  }
  PetscCall(BulkCellField(sim->bulk, sim->sei ? bottom : injected, cells->potential + first, cells->radial + first,
                          cells->axial + first));
  for (PetscInt k = 0; k < count; k++) {
    cells->conductivity[first + k] = sim->cell_conductivity ? sim->cell_conductivity[k] : sim->conductivity;
    cells->phase[first + k] = sim->cell_phase[k];
  }
  for (PetscInt k = 0; k < first + count; k++) {
    cells->vector[3 * k] = cells->radial[k];
    cells->vector[3 * k + 1] = cells->axial[k];
    cells->vector[3 * k + 2] = 0.0;
  }
  PetscCall(PetscFree(injected));
  PetscCall(PetscFree(bottom));
  PetscFunctionReturn(0);
}

enum { CELL_FIELDS = 4, CELL_FIELDS_MAX = 32 };

/* What the parts do to the fields, and the fields that they add behind the CELL_FIELDS others; *own is theirs, to be
   freed. */
static PetscErrorCode ObserveCells(const Run *run, const Cells *cells, double **own, PetscInt *count,
                                   CellField fields[]) {
  const Simulation sim = run->simulation;
  const ElectrodeModel *m = &sim->model;
  const ElectrodeState *s = &run->now;
  const PetscInt numbers = SimulationCellCount(sim);
  PartCells view = {.growth = exp(s->global[GLOBAL_LOG_RADIUS]),
                    .contact_current =
                        ElectrodeContactCurrent(sim->electrode, s->global[GLOBAL_LOG_RADIUS], s->current),
                    .above = numbers - GridCellCount(sim->grid),
                    .potential = cells->potential,
                    .conductivity = cells->conductivity,
                    .phase = cells->phase};
  double *values;

  PetscFunctionBeginUser;
  *count = CELL_FIELDS;
  for (PetscInt p = 0; p < m->part_count; p++) {
    *count += m->part[p]->cell_field_count;
  }
  PetscCheck(*count <= CELL_FIELDS_MAX, PETSC_COMM_SELF, PETSC_ERR_PLIB, "More than %d cell fields", CELL_FIELDS_MAX);
  PetscCall(PetscMalloc1((size_t)(*count - CELL_FIELDS) * (size_t)numbers, own));
  values = *own;
  *count = CELL_FIELDS;
  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    if (part->adjust_cells) {
      part->adjust_cells(part, s, &view);
    }
    if (part->observe_cells) {
      part->observe_cells(part, s, values);
    }
    for (PetscInt k = 0; k < part->cell_field_count; k++, values += numbers) {
      fields[(*count)++] = (CellField){part->cell_fields[k].name, part->cell_fields[k].unit, 1, values};
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteFields(Run *run) {
  const Simulation sim = run->simulation;
  const double log_radius = run->now.global[GLOBAL_LOG_RADIUS];
  const PetscInt count = SimulationCellCount(sim), components = 3 * count;
  FieldsBlock blocks[2];
  PetscInt block_count, field_count;
  Cells cells;
  double *r, *z, *own;
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(ElectrodeSetConditions(sim->electrode, *run->now.time, log_radius));
  PetscCall(PathSetSize(sim->model.path, ElectrodeRadius(sim->electrode, log_radius),
                        sim->electrode->conditions.sei_thickness));
  PetscCall(PetscMalloc6(count, &cells.potential, count, &cells.radial, count, &cells.axial, count, &cells.conductivity,
                         count, &cells.phase, components, &cells.vector));
  PetscCall(FillCells(run, &cells));
  PetscCall(Blocks(run, exp(log_radius), blocks, &block_count, &r, &z));
  {
    CellField fields[CELL_FIELDS_MAX] = {{"potential", "V", 1, cells.potential},
                                         {"current_density", "A m-2", 3, cells.vector},
                                         {"conductivity", "S m-1", 1, cells.conductivity},
                                         {"phase", "1", 1, cells.phase}};
    PetscCall(ObserveCells(run, &cells, &own, &field_count, fields));
    PetscCall(FieldsWrite(run->fields, *run->now.time, ElectrodeRadius(sim->electrode, log_radius), blocks, field_count,
                          fields));
    PetscCall(PetscFree(own));
  }
  run->at.fields++;
  PetscCall(PetscFree(r));
  PetscCall(PetscFree(z));
  PetscCall(PetscFree6(cells.potential, cells.radial, cells.axial, cells.conductivity, cells.phase, cells.vector));
  PetscCall(PetscTime(&end));
  run->output_seconds += end - start;
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteFieldsEvent(Run *run) {
  PetscFunctionBeginUser;
  ProfileEventCall(PROFILE_FIELDS, WriteFields(run));
  PetscFunctionReturn(0);
}

PetscErrorCode RunWriteFolderFields(Run *run) {
  PetscFunctionBeginUser;
  if (run->fields) {
    ProfileStageCall(PROFILE_STAGE_OUTPUT, WriteFieldsEvent(run));
  }
  PetscFunctionReturn(0);
}
