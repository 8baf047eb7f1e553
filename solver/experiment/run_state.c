#include "../monitor/profile.h"
#include "run_private.h"

/* Numbers that all processes share. */
static void Add(RunContents *contents, const char *name, PetscInt count, double values[]) {
  contents->arrays[contents->count++] = (CheckpointArray){name, count, values, PETSC_FALSE};
}

static PetscErrorCode AddState(const StateLayout *layout, const char *prefix, const ElectrodeState *state,
                               RunContents *contents) {
  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < layout->count; b++) {
    const StateBlock *block = &layout->block[b];
    char *name = contents->names[contents->count];
    PetscCall(PetscSNPrintf(name, RUN_NAME_LENGTH, "%s.%s", prefix, block->name));
    contents->arrays[contents->count++] = (CheckpointArray){name, block->count, state->data + block->place,
                                                            block->extent == STATE_OWN_CELL ? PETSC_TRUE : PETSC_FALSE};
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunContentsCreate(Run *run, double *records, RunContents *contents) {
  const StateLayout *layout = &run->simulation->electrode->layout;
  const PetscInt tangents = run->sensitivity ? run->simulation->variation_count : 0;
  const PetscInt most = (2 + tangents) * layout->count + 9;
  ContactAges *ages = &run->simulation->electrode->ages;

  PetscFunctionBeginUser;
  *contents = (RunContents){0};
  PetscCall(PetscMalloc1(most, &contents->arrays));
  PetscCall(PetscMalloc1(most, &contents->names));
  PetscCall(AddState(layout, "state", &run->now, contents));
  PetscCall(AddState(layout, "peak", &run->peak, contents));
  for (PetscInt k = 0; k < tangents; k++) {
    char prefix[32];
    PetscCall(PetscSNPrintf(prefix, sizeof prefix, "sensitivity%d", (int)k + 1));
    PetscCall(AddState(layout, prefix, SensitivityTangent(run->sensitivity, k), contents));
  }
  if (tangents) {
    Add(contents, "sensitivity.step_charge", tangents, run->step_charge_tangent);
  }
  Add(contents, "position", (PetscInt)(sizeof run->at / sizeof(double)), (double *)&run->at);
  Add(contents, "contact_time", ages->count, ages->time);
  Add(contents, "contact_radius", ages->count, ages->radius);
  Add(contents, "segment", RUN_SEGMENT_VALUES, run->segment);
  Add(contents, "history", (PetscInt)(sizeof run->history_mark / sizeof(double)), (double *)&run->history_mark);
  Add(contents, "step_records", RUN_RECORD_VALUES * run->record_count, records);
  if (run->simulation->protocol->measurement_count) {
    Add(contents, "impedance_states", 1, &run->impedance_states);
  }
  Add(contents, "peaks", PEAK_VALUES * run->peaks.count, (double *)run->peaks.list);
  PetscFunctionReturn(0);
}

PetscErrorCode RunContentsDestroy(RunContents *contents) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(contents->arrays));
  PetscCall(PetscFree(contents->names));
  PetscFunctionReturn(0);
}

static PetscErrorCode Save(Run *run) {
  const PetscInt values = RUN_RECORD_VALUES * run->record_count;
  RunContents contents;
  double *records;

  PetscFunctionBeginUser;
  PetscCall(HistoryGetMark(run->history, &run->history_mark));
  PetscCall(PetscMalloc1(values, &records));
  for (PetscInt k = 0; k < run->record_count; k++) {
    const StepRecord *r = &run->records[k];
    const double fields[RUN_RECORD_VALUES] = {r->step,   r->start,     r->end,     r->cycles,          r->reason,
                                              r->charge, r->potential, r->current, r->contact_fraction};
    PetscCall(PetscArraycpy(records + RUN_RECORD_VALUES * k, fields, RUN_RECORD_VALUES));
  }
  RunDescribeSegment(run, run->segment);
  PetscCall(RunContentsCreate(run, records, &contents));
  PetscCall(CheckpointWrite(run->simulation->comm, run->dir, (PetscInt)run->at.accepted, run->record, contents.count,
                            contents.arrays));
  PetscCall(RunContentsDestroy(&contents));
  PetscCall(PetscFree(records));
  PetscCall(PetscTime(&run->last_checkpoint));
  PetscFunctionReturn(0);
}

static PetscErrorCode SaveEvent(Run *run) {
  PetscFunctionBeginUser;
  ProfileEventCall(PROFILE_CHECKPOINT, Save(run));
  PetscFunctionReturn(0);
}

PetscErrorCode RunWriteCheckpoint(Run *run) {
  PetscFunctionBeginUser;
  ProfileStageCall(PROFILE_STAGE_OUTPUT, SaveEvent(run));
  PetscFunctionReturn(0);
}

PetscErrorCode RunRestore(Run *run, PetscInt number) {
  const MPI_Comm comm = run->simulation->comm;
  ContactAges *ages = &run->simulation->electrode->ages;
  RunContents contents;
  double *records;
  PetscInt age_count, record_values, peak_values;

  PetscFunctionBeginUser;
  PetscCall(CheckpointArrayCount(comm, run->dir, number, "contact_time", &age_count));
  PetscCall(CheckpointArrayCount(comm, run->dir, number, "step_records", &record_values));
  PetscCall(CheckpointArrayCount(comm, run->dir, number, "peaks", &peak_values));
  PetscCall(PeaksResize(&run->peaks, PetscMax(0, peak_values / PEAK_VALUES)));
  if (age_count > ages->capacity) {
    PetscCall(PetscFree2(ages->time, ages->radius));
    ages->capacity = 2 * age_count;
    PetscCall(PetscMalloc2(ages->capacity, &ages->time, ages->capacity, &ages->radius));
  }
  ages->count = PetscMax(0, age_count); /* absent: the reader says so */
  run->record_count = PetscMax(0, record_values / RUN_RECORD_VALUES);
  run->record_capacity = run->record_count;
  PetscCall(PetscMalloc1(RUN_RECORD_VALUES * (size_t)run->record_count, &records));
  PetscCall(PetscRealloc((size_t)run->record_capacity * sizeof *run->records, &run->records));
  PetscCall(RunContentsCreate(run, records, &contents));
  PetscCall(CheckpointRead(comm, run->dir, number, contents.count, contents.arrays));
  PetscCall(RunContentsDestroy(&contents));
  for (PetscInt k = 0; k < run->record_count; k++) {
    const double *v = records + RUN_RECORD_VALUES * k;
    run->records[k] = (StepRecord){(PetscInt)v[0], v[1], v[2], (PetscInt)v[3], (PetscInt)v[4], v[5], v[6], v[7], v[8]};
  }
  PetscCall(PetscFree(records));
  PetscFunctionReturn(0);
}

PetscErrorCode RunAddRecord(Run *run, PetscInt reason) {
  const PetscInt cycle = run->simulation->protocol->segments[(PetscInt)run->at.segment].cycle;
  EndQuantities now;

  PetscFunctionBeginUser;
  PetscCall(RunEndQuantities(run, &run->now, &now));
  if (run->record_count == run->record_capacity) {
    run->record_capacity = PetscMax(16, 2 * run->record_capacity);
    PetscCall(PetscRealloc((size_t)run->record_capacity * sizeof *run->records, &run->records));
  }
  run->records[run->record_count++] = (StepRecord){(PetscInt)run->at.step,
                                                   run->at.step_start,
                                                   *run->now.time,
                                                   reason == REASON_COMPLETED ? cycle : cycle - 1,
                                                   reason,
                                                   now.charge,
                                                   now.potential,
                                                   now.current,
                                                   now.contact_fraction};
  PetscFunctionReturn(0);
}

void RunQuantitiesOf(Electrode electrode, const ElectrodeState *state, double step_charge, EndQuantities *quantities) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);
  const ContactOpening *opening = ElectrodeOpenings(electrode, state->x);

  *quantities = (EndQuantities){.potential = *state->potential,
                                .current = ElectrodePartCurrent(electrode, state),
                                .charge = state->global[GLOBAL_CHARGE] - step_charge,
                                .lithium_volume = ElectrodeLithiumVolume(electrode, state)};
  quantities->lithium_share = quantities->lithium_volume / m->deposit.volume;
  for (PetscInt j = 0; j < m->rings; j++) {
    quantities->current += area * m->area_share[j] * state->current[j];
    quantities->contact_fraction += m->area_share[j] * opening[j].contact_fraction;
  }
}

PetscErrorCode RunEndQuantities(Run *run, const ElectrodeState *state, EndQuantities *quantities) {
  PetscFunctionBeginUser;
  RunQuantitiesOf(run->simulation->electrode, state, run->at.step_charge, quantities);
  PetscFunctionReturn(0);
}
