/* The history of a run: what its columns and ring fields are, and their values at the present state. */
#include "../monitor/profile.h"
#include "run_private.h"

/* The electrode's own columns, which every run has, in this order: enumerator, name, SI unit, meaning. */
#define COLUMNS(X)                                                                                                     \
  X(TIME, "time", "s", "simulated time")                                                                               \
  X(STEP, "step", "1", "number of the accepted time step")                                                             \
  X(PROTOCOL_STEP, "protocol_step", "1", "number of the protocol step, from 1")                                        \
  X(CYCLE, "cycle", "1", "cycle of a voltammogram or repetition, from 1")                                              \
  X(POTENTIAL, "potential", "V", "potential of the Li electrode against Li counter/reference, anodic positive")        \
  X(CURRENT, "current", "A", "current, anodic (stripping) positive")                                                   \
  X(CURRENT_DENSITY, "current_density", "A m-2", "current of the contact per nominal contact area")                    \
  X(ETA_CONSTRICTION, "eta_constriction", "V", "current-weighted mean potential drop in the electrolyte")              \
  X(ETA_INTERFACE, "eta_interface", "V", "current-weighted mean overpotential of the interface")                       \
  X(CONTACT_FRACTION, "contact_fraction", "1", "area mean of the contact fraction")                                    \
  X(CONTACT_RADIUS_EFFECTIVE, "contact_radius_effective", "m", "radius of a disk with the area that touches")          \
  X(CONTACT_STRESS, "contact_stress", "Pa", "mean stress on the area that touches")                                    \
  X(LOAD, "load", "Pa", "needle force per nominal area")                                                               \
  X(SEI_THICKNESS, "sei_thickness", "m", "area mean of the SEI thickness")                                             \
  X(GRAIN_SIZE, "grain_size", "m", "lithium grain size")                                                               \
  X(LITHIUM_VOLUME, "lithium_volume", "m3", "volume of the lithium deposit")                                           \
  X(CHARGE, "charge", "C", "charge passed since the start, anodic positive")                                           \
  X(SEI_CHARGE, "sei_charge", "C", "charge equivalent of the lithium consumed by SEI growth")                          \
  X(DT, "dt", "s", "length of the time step")                                                                          \
  X(NEWTON_ITERATIONS, "newton_iterations", "1", "Newton iterations of the time step")                                 \
  X(BALANCE, "balance", "1", "relative imbalance between contact and counter-electrode current")
#define ENUMERATOR(id, name, unit, meaning) COLUMN_##id,
#define DECLARATION(id, name, unit, meaning) {name, unit, meaning},
enum { COLUMNS(ENUMERATOR) COLUMN_COUNT };
static const HistoryField own_columns[] = {COLUMNS(DECLARATION)};

/* Columns whose derivatives are shown, where output.sensitivities asks for them. */
static const int differentiated[] = {COLUMN_TIME,
                                     COLUMN_POTENTIAL,
                                     COLUMN_CURRENT,
                                     COLUMN_CURRENT_DENSITY,
                                     COLUMN_ETA_CONSTRICTION,
                                     COLUMN_ETA_INTERFACE,
                                     COLUMN_CONTACT_FRACTION,
                                     COLUMN_CONTACT_RADIUS_EFFECTIVE,
                                     COLUMN_CONTACT_STRESS,
                                     COLUMN_LOAD,
                                     COLUMN_SEI_THICKNESS,
                                     COLUMN_GRAIN_SIZE,
                                     COLUMN_LITHIUM_VOLUME,
                                     COLUMN_CHARGE,
                                     COLUMN_SEI_CHARGE};
enum { DIFFERENTIATED = sizeof differentiated / sizeof *differentiated };
_Static_assert((int)DIFFERENTIATED <= (int)VARIATION_COLUMNS_MAX, "the names of the derivatives need room");

/* The electrode's own ring fields; those of the contact law follow. */
enum { RING_FIELDS = 5 };
static const HistoryField own_fields[RING_FIELDS] = {{"current_density", "A m-2", "per nominal area, anodic positive"},
                                                     {"overpotential", "V", "of the interface"},
                                                     {"contact_fraction", "1", "part of the ring that touches"},
                                                     {"contact_stress", "Pa", "on the lithium that touches"},
                                                     {"sei_thickness", "m", "of the SEI"}};

/* Where the thickness of the fresh lithium evolves, it stands behind them. */
static const HistoryField layer_column = {"fresh_layer_thickness", "m", "fresh lithium that supplies the contact"};

static PetscInt OwnColumns(const ElectrodeModel *m) {
  return COLUMN_COUNT + (m->contact->uses_needle && m->needle.law == NEEDLE_FRESH_LAYER ? 1 : 0);
}

/* Add the quantities of a part to a list of at most `most`. */
static PetscErrorCode AddQuantities(PetscInt added, const PartQuantity quantities[], PetscInt most, PetscInt *count,
                                    HistoryField list[]) {
  PetscFunctionBeginUser;
  PetscCheck(*count + added <= most, PETSC_COMM_SELF, PETSC_ERR_PLIB, "More than %d columns or ring fields", (int)most);
  for (PetscInt k = 0; k < added; k++) {
    list[(*count)++] = (HistoryField){quantities[k].name, quantities[k].unit, quantities[k].meaning};
  }
  PetscFunctionReturn(0);
}

const char *RunSensitiveUnit(const char *column) {
  for (int c = 0; c < DIFFERENTIATED; c++) {
    if (!strcmp(own_columns[differentiated[c]].name, column)) {
      return own_columns[differentiated[c]].unit;
    }
  }
  return NULL;
}

void RunSensitivityName(const char *column, const char *key, char name[], size_t size) {
  (void)snprintf(name, size, "d_%s_d_ln_%s", column, key);
}

static PetscErrorCode AddSensitivities(const Run *run, RunDeclared *declared) {
  const Simulation sim = run->simulation;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sim->variation_count; k++) {
    SimulationVariation *v = &sim->variation[k];
    PetscCheck(declared->column_count + DIFFERENTIATED <= RUN_COLUMNS_MAX, PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "More than %d columns", (int)RUN_COLUMNS_MAX);
    for (int c = 0; c < DIFFERENTIATED; c++) {
      const HistoryField *of = &own_columns[differentiated[c]];
      RunSensitivityName(of->name, v->key, v->column[c], sizeof v->column[c]);
      declared->columns[declared->column_count++] =
          (HistoryField){v->column[c], of->unit, "derivative by the logarithm of the key, of this row"};
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunDeclareHistory(const Run *run, RunDeclared *declared) {
  const ElectrodeModel *m = &run->simulation->model;
  const ContactLaw *law = m->contact;
  HistoryField *columns = declared->columns, *fields = declared->fields;
  PetscInt *column_count = &declared->column_count, *field_count = &declared->field_count;

  PetscFunctionBeginUser;
  *column_count = *field_count = 0;
  for (int k = 0; k < COLUMN_COUNT; k++) {
    columns[(*column_count)++] = own_columns[k];
  }
  if (OwnColumns(m) > COLUMN_COUNT) {
    columns[(*column_count)++] = layer_column;
  }
  for (int k = 0; k < RING_FIELDS; k++) {
    fields[(*field_count)++] = own_fields[k];
  }
  for (int k = 0; k < law->local_count; k++) {
    fields[(*field_count)++] = (HistoryField){law->local_name[k], law->local_unit[k], "state of the contact law"};
  }
  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    PetscCall(AddQuantities(part->column_count, part->columns, RUN_COLUMNS_MAX, column_count, columns));
    PetscCall(AddQuantities(part->ring_field_count, part->ring_fields, RUN_RING_FIELDS_MAX, field_count, fields));
  }
  PetscCall(AddSensitivities(run, declared));
  PetscFunctionReturn(0);
}

PetscErrorCode RunDescribeHistory(Run *run, RunDeclared *declared, HistoryOptions *options) {
  const Simulation sim = run->simulation;

  PetscFunctionBeginUser;
  PetscCall(RunDeclareHistory(run, declared));
  if (!run->ring_radius) {
    PetscCall(PetscMalloc1(sim->model.rings, &run->ring_radius));
  }
  for (PetscInt j = 0; j < sim->model.rings; j++) {
    run->ring_radius[j] = SimulationRingRadius(sim, j) * sim->grid->radius;
  }
  *options = (HistoryOptions){.rings = sim->model.rings,
                              .ring_radius = run->ring_radius,
                              .ring_area = sim->ring_area,
                              .column_count = declared->column_count,
                              .columns = declared->columns,
                              .field_count = declared->field_count,
                              .fields = declared->fields,
                              .title = DeckText(sim->deck, "title"),
                              .flush_interval = DeckReal(sim->deck, "output.flush_every")};
  PetscFunctionReturn(0);
}

/* What an electrode shows in a state, with its conditions set: numbers of a row; ring profiles, if they are wanted. */
static void Observe(Electrode electrode, const ElectrodeState *s, double *values, double row[]) {
  const ElectrodeModel *m = &electrode->model;
  const ContactOpening *opening = ElectrodeOpenings(electrode, s->x);
  const int local = m->contact->local_count;
  const double ground = s->ground ? *s->ground : 0.0;
  const double area = ElectrodeArea(electrode, s->global[GLOBAL_LOG_RADIUS]);
  double current = 0.0, constriction = 0.0, interface = 0.0, magnitude = 0.0, fraction = 0.0, stress = 0.0, sei = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    const double share = m->area_share[j];
    const double pressed = ElectrodeRingStress(electrode, j, &opening[j], s->global[GLOBAL_PRESSURE], *s->bearing);

    current += share * s->current[j];
    magnitude += share * fabs(s->current[j]);
    constriction += share * s->current[j] * (s->ring_potential[j] + ground);
    interface += share * s->current[j] * (StateDrive(s) - s->ring_potential[j]);
    fraction += share * opening[j].contact_fraction;
    stress += share * opening[j].contact_fraction * pressed;
    sei += share * electrode->conditions.sei_thickness[j];
    if (!values) {
      continue;
    }
    values[0 * m->rings + j] = s->current[j];
    values[1 * m->rings + j] = StateDrive(s) - s->ring_potential[j];
    values[2 * m->rings + j] = opening[j].contact_fraction;
    values[3 * m->rings + j] = pressed;
    values[4 * m->rings + j] = electrode->conditions.sei_thickness[j];
    for (int k = 0; k < local; k++) {
      /* depths and fractions: what a step overshoots below 0, within its tolerance, counts as 0 in the laws */
      values[(RING_FIELDS + k) * m->rings + j] = fmax(s->x[j * local + k], 0.0);
    }
  }
  row[COLUMN_TIME] = *s->time;
  row[COLUMN_POTENTIAL] = *s->potential;
  row[COLUMN_CURRENT] = current * area + ElectrodePartCurrent(electrode, s);
  row[COLUMN_CURRENT_DENSITY] = current;
  /* weighted with the current; at rest, where the weights vanish, there is no drop */
  row[COLUMN_ETA_CONSTRICTION] = fabs(current) > 1e-9 * magnitude && magnitude > 0.0 ? constriction / current : 0.0;
  row[COLUMN_ETA_INTERFACE] = fabs(current) > 1e-9 * magnitude && magnitude > 0.0 ? interface / current : 0.0;
  row[COLUMN_CONTACT_FRACTION] = fraction;
  row[COLUMN_CONTACT_RADIUS_EFFECTIVE] = ElectrodeRadius(electrode, s->global[GLOBAL_LOG_RADIUS]) * sqrt(fraction);
  row[COLUMN_CONTACT_STRESS] = stress / fraction;
  row[COLUMN_LOAD] = needle_driving_pressure(&m->needle, s->global[GLOBAL_PRESSURE]);
  row[COLUMN_SEI_THICKNESS] = sei;
  row[COLUMN_GRAIN_SIZE] = electrode->conditions.grain_size;
  row[COLUMN_LITHIUM_VOLUME] = ElectrodeLithiumVolume(electrode, s);
  row[COLUMN_CHARGE] = s->global[GLOBAL_CHARGE];
  row[COLUMN_SEI_CHARGE] = ElectrodeSeiCharge(electrode, s);
}

/* Derivatives of the row, behind everything else: by differences between what two electrodes show. */
static PetscErrorCode ObserveSensitivities(Run *run, double row[], double *out) {
  const Simulation sim = run->simulation;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sim->variation_count && run->sensitivity; k++) {
    const SimulationVariation *v = &sim->variation[k];
    const ElectrodeState *moved = SensitivityMoved(run->sensitivity, k, &run->now, v->step);
    const ElectrodeState *tangent = SensitivityTangent(run->sensitivity, k);
    double other[COLUMN_COUNT];

    PetscCall(ElectrodeSetConditions(v->simulation->electrode, *moved->time, moved->global[GLOBAL_LOG_RADIUS]));
    Observe(v->simulation->electrode, moved, NULL, other);
    for (int c = 0; c < DIFFERENTIATED; c++) {
      out[c] = (other[differentiated[c]] - row[differentiated[c]]) / v->step;
      switch (differentiated[c]) { /* numbers of the state: without the rounding of a difference */
      case COLUMN_TIME:
        out[c] = *tangent->time;
        break;
      case COLUMN_POTENTIAL:
        out[c] = *tangent->potential;
        break;
      case COLUMN_LOAD:
        out[c] = sim->model.needle.law == NEEDLE_SPRING ? tangent->global[GLOBAL_PRESSURE] : out[c];
        break;
      case COLUMN_CHARGE:
        out[c] = tangent->global[GLOBAL_CHARGE];
        break;
      default:
        break;
      }
    }
    out += DIFFERENTIATED;
  }
  PetscFunctionReturn(0);
}

/* The parts' columns and ring fields. */
static void ObserveParts(Run *run, double row[]) {
  const ElectrodeModel *m = &run->simulation->model;
  double *values = run->ring_values + (RING_FIELDS + m->contact->local_count) * m->rings;

  for (PetscInt p = 0; p < m->part_count; p++) {
    const Part part = m->part[p];
    if (part->observe) {
      part->observe(part, &run->now, row);
      row += part->column_count;
    }
    if (part->observe_rings) {
      part->observe_rings(part, &run->now, values);
      values += part->ring_field_count * m->rings;
    }
  }
}

static PetscErrorCode WriteRow(Run *run, double dt, PetscInt iterations) {
  const Simulation sim = run->simulation;
  const ElectrodeState *s = &run->now;
  const ProtocolStep *step = &sim->protocol->steps[(PetscInt)run->at.step];
  const Segment *segment = &sim->protocol->segments[(PetscInt)run->at.segment];
  double row[RUN_COLUMNS_MAX] = {0.0};
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(ElectrodeSetConditions(sim->electrode, *s->time, s->global[GLOBAL_LOG_RADIUS]));
  Observe(sim->electrode, s, run->ring_values, row);
  if (OwnColumns(&sim->model) > COLUMN_COUNT) {
    row[COLUMN_COUNT] =
        sim->model.needle.layer_thickness * needle_supply_share(&sim->model.needle, s->global[GLOBAL_PRESSURE]);
  }
  ObserveParts(run, row + OwnColumns(&sim->model));
  PetscCall(ObserveSensitivities(run, row, row + OwnColumns(&sim->model))); /* of models without parts */
  row[COLUMN_STEP] = run->at.accepted;
  row[COLUMN_PROTOCOL_STEP] = run->at.step + 1.0;
  row[COLUMN_CYCLE] = (double)(PetscMax(0, step->repetition - 1) *
                                   sim->protocol->segments[step->first_segment + step->segment_count - 1].cycle +
                               segment->cycle);
  row[COLUMN_DT] = dt;
  row[COLUMN_NEWTON_ITERATIONS] = (double)iterations;
  row[COLUMN_BALANCE] = run->at.imbalance;
  PetscCall(run->output->row(run, row));
  PetscCall(PeaksAdd(&run->peaks, (PetscInt)row[COLUMN_PROTOCOL_STEP], (PetscInt)row[COLUMN_CYCLE], segment->is_current,
                     row[COLUMN_CURRENT], row[COLUMN_POTENTIAL]));
  if (fabs(row[COLUMN_CURRENT]) > run->at.peak_current) {
    run->at.peak_current = fabs(row[COLUMN_CURRENT]);
    run->at.peak_imposed = segment->is_current ? 1.0 : 0.0;
    PetscCall(ElectrodeStateCopy(s, &run->peak));
  }
  if ((PetscInt)run->at.rows % run->settings.interface_every == 0) {
    if (run->output->rings) {
      PetscCall(run->output->rings(run));
    }
    run->at.interface_rows++;
  }
  run->at.rows++;
  PetscCall(PetscTime(&end));
  run->output_seconds += end - start;
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRowEvent(Run *run, double dt, PetscInt iterations) {
  PetscFunctionBeginUser;
  ProfileEventCall(PROFILE_ROW, WriteRow(run, dt, iterations));
  PetscFunctionReturn(0);
}

PetscErrorCode RunWriteRow(Run *run, double dt, PetscInt iterations) {
  PetscFunctionBeginUser;
  ProfileStageCall(PROFILE_STAGE_OUTPUT, WriteRowEvent(run, dt, iterations));
  PetscFunctionReturn(0);
}
