#include "run_private.h"

enum { ARRAYS = 6, RECORD_VALUES = 5 };

static void DescribeArrays(Run *run, CheckpointArray arrays[ARRAYS], double *records) {
  ContactAges *ages = &run->simulation->electrode->ages;

  arrays[0] = (CheckpointArray){"state", run->now.size, run->now.data};
  arrays[1] = (CheckpointArray){"position", (PetscInt)(sizeof run->at / sizeof(double)), (double *)&run->at};
  arrays[2] = (CheckpointArray){"contact_time", ages->count, ages->time};
  arrays[3] = (CheckpointArray){"contact_radius", ages->count, ages->radius};
  arrays[5] = (CheckpointArray){"peak", run->peak.size, run->peak.data};
  arrays[4] = (CheckpointArray){"step_records", RECORD_VALUES * run->record_count, records};
}

PetscErrorCode RunSave(Run *run) {
  CheckpointArray arrays[ARRAYS];
  const PetscInt values = RECORD_VALUES * run->record_count;
  double *records;

  PetscFunctionBeginUser;
  PetscCall(HistoryFlush(run->history));
  PetscCall(PetscMalloc1(values, &records));
  for (PetscInt k = 0; k < run->record_count; k++) {
    const StepRecord *r = &run->records[k];
    const double fields[RECORD_VALUES] = {r->step, r->start, r->end, r->cycles, r->reason};
    PetscCall(PetscArraycpy(records + RECORD_VALUES * k, fields, RECORD_VALUES));
  }
  DescribeArrays(run, arrays, records);
  PetscCall(CheckpointWrite(run->simulation->comm, run->dir, (PetscInt)run->at.accepted, ARRAYS, arrays));
  PetscCall(PetscFree(records));
  PetscCall(PetscTime(&run->last_checkpoint));
  PetscFunctionReturn(0);
}

PetscErrorCode RunRestore(Run *run, PetscBool *found) {
  const MPI_Comm comm = run->simulation->comm;
  ContactAges *ages = &run->simulation->electrode->ages;
  CheckpointArray arrays[ARRAYS];
  double *records;
  PetscInt number, age_count, record_values;

  PetscFunctionBeginUser;
  PetscCall(CheckpointFind(comm, run->dir, &number));
  *found = number >= 0 ? PETSC_TRUE : PETSC_FALSE;
  if (number < 0) {
    PetscFunctionReturn(0);
  }
  PetscCall(CheckpointArrayCount(comm, run->dir, number, "contact_time", &age_count));
  PetscCall(CheckpointArrayCount(comm, run->dir, number, "step_records", &record_values));
  if (age_count > ages->capacity) {
    PetscCall(PetscFree2(ages->time, ages->radius));
    ages->capacity = 2 * age_count;
    PetscCall(PetscMalloc2(ages->capacity, &ages->time, ages->capacity, &ages->radius));
  }
  ages->count = age_count;
  run->record_count = record_values / RECORD_VALUES;
  run->record_capacity = run->record_count;
  PetscCall(PetscMalloc1(record_values, &records));
  PetscCall(PetscRealloc((size_t)run->record_capacity * sizeof *run->records, &run->records));
  DescribeArrays(run, arrays, records);
  PetscCall(CheckpointRead(comm, run->dir, number, ARRAYS, arrays));
  for (PetscInt k = 0; k < run->record_count; k++) {
    const double *v = records + RECORD_VALUES * k;
    run->records[k] = (StepRecord){(PetscInt)v[0], v[1], v[2], (PetscInt)v[3], (PetscInt)v[4]};
  }
  PetscCall(PetscFree(records));
  PetscFunctionReturn(0);
}

PetscErrorCode RunAddRecord(Run *run, PetscInt reason) {
  const PetscInt cycle = run->simulation->protocol->segments[(PetscInt)run->at.segment].cycle;

  PetscFunctionBeginUser;
  if (run->record_count == run->record_capacity) {
    run->record_capacity = PetscMax(16, 2 * run->record_capacity);
    PetscCall(PetscRealloc((size_t)run->record_capacity * sizeof *run->records, &run->records));
  }
  run->records[run->record_count++] = (StepRecord){(PetscInt)run->at.step, run->at.step_start, *run->now.time,
                                                   reason == REASON_COMPLETED ? cycle : cycle - 1, reason};
  PetscFunctionReturn(0);
}

PetscErrorCode RunEndQuantities(Run *run, const ElectrodeState *state, EndQuantities *quantities) {
  const ElectrodeModel *m = &run->simulation->model;
  const double area = ElectrodeArea(run->simulation->electrode, state->global[GLOBAL_LOG_RADIUS]);

  PetscFunctionBeginUser;
  *quantities = (EndQuantities){.potential = *state->potential,
                                .current = *state->crack_current,
                                .charge = state->global[GLOBAL_CHARGE] - run->at.step_charge};
  RunCrackEnds(run, state, quantities);
  for (PetscInt j = 0; j < m->rings; j++) {
    quantities->current += area * m->area_share[j] * state->current[j];
    quantities->contact_fraction +=
        m->area_share[j] *
        m->contact->opening(m->contact_parameters, state->x + j * m->contact->local_count).contact_fraction;
  }
  PetscFunctionReturn(0);
}
