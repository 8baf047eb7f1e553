#include "recorder.h"
#include "../../io/output/file_util.h"
#include "../../io/output/history_whole.h"

/* Room for `count` entries of that size. */
static PetscErrorCode Grow(PetscInt count, size_t size, PetscInt *capacity, void *storage) {
  PetscFunctionBeginUser;
  if (count > *capacity) {
    PetscCall(PetscRealloc((size_t)count * size, (void **)storage));
    *capacity = count;
  }
  PetscFunctionReturn(0);
}

/* Append numbers to a growing array. */
static PetscErrorCode Append(const double values[], size_t count, size_t used, size_t *capacity, double **storage) {
  PetscFunctionBeginUser;
  if (used + count > *capacity) {
    *capacity = 2 * *capacity + 1024 * count;
    PetscCall(PetscRealloc(*capacity * sizeof(double), storage));
  }
  PetscCall(PetscArraycpy(*storage + used, values, count));
  PetscFunctionReturn(0);
}

static PetscErrorCode Begin(void *context, const HistoryOptions *options) {
  Recorder *r = context;

  PetscFunctionBeginUser;
  if (options->rings > r->ring_capacity) {
    PetscInt capacity = r->ring_capacity;
    PetscCall(Grow(options->rings, sizeof(double), &capacity, &r->ring_radius));
    PetscCall(Grow(options->rings, sizeof(double), &r->ring_capacity, &r->ring_area));
  }
  PetscCall(Grow(options->column_count, sizeof *r->columns, &r->column_capacity, &r->columns));
  PetscCall(Grow(options->field_count, sizeof *r->fields, &r->field_capacity, &r->fields));
  PetscCall(PetscArraycpy(r->columns, options->columns, options->column_count));
  PetscCall(PetscArraycpy(r->fields, options->fields, options->field_count));
  PetscCall(PetscArraycpy(r->ring_radius, options->ring_radius, options->rings));
  PetscCall(PetscArraycpy(r->ring_area, options->ring_area, options->rings));
  r->options = *options;
  r->options.columns = r->columns;
  r->options.fields = r->fields;
  r->options.ring_radius = r->ring_radius;
  r->options.ring_area = r->ring_area;
  r->row_count = r->instant_count = r->point_count = r->spectrum_count = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode Row(void *context, const double row[]) {
  Recorder *r = context;
  const size_t width = (size_t)r->options.column_count;

  PetscFunctionBeginUser;
  PetscCall(Append(row, width, width * (size_t)r->row_count, &r->row_capacity, &r->rows));
  r->row_count++;
  if (r->poll) {
    PetscCall(r->poll(r->poll_context));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Rings(void *context, double time, const double values[]) {
  Recorder *r = context;
  const size_t width = (size_t)r->options.field_count * (size_t)r->options.rings;

  PetscFunctionBeginUser;
  PetscCall(Append(&time, 1, (size_t)r->instant_count, &r->time_capacity, &r->times));
  PetscCall(Append(values, width, width * (size_t)r->instant_count, &r->rings_capacity, &r->rings));
  r->instant_count++;
  PetscFunctionReturn(0);
}

static PetscErrorCode Impedance(void *context, const RunSpectrum *spectrum) {
  Recorder *r = context;

  PetscFunctionBeginUser;
  r->spectrum_count++;
  for (PetscInt k = 0; k < spectrum->count; k++) {
    const double point[4] = {spectrum->frequency[k], spectrum->impedance[2 * k], spectrum->impedance[2 * k + 1],
                             (double)r->spectrum_count};
    PetscCall(Append(point, 4, 4 * (size_t)r->point_count, &r->point_capacity, &r->points));
    r->point_count++;
  }
  PetscFunctionReturn(0);
}

RunListener RecorderListener(Recorder *recorder) {
  return (RunListener){.context = recorder,
                       .begin = Begin,
                       .row = Row,
                       .rings = recorder->keeps_rings ? Rings : NULL,
                       .impedance = recorder->keeps_impedance ? Impedance : NULL};
}

PetscInt RecorderColumn(const Recorder *recorder, const char *name) {
  for (PetscInt k = 0; k < recorder->options.column_count; k++) {
    if (!strcmp(recorder->columns[k].name, name)) {
      return k;
    }
  }
  return -1;
}

double RecorderValue(const Recorder *recorder, PetscInt row, PetscInt column) {
  return recorder->rows[(size_t)row * (size_t)recorder->options.column_count + (size_t)column];
}

PetscErrorCode RecorderWrite(const Recorder *recorder, const char *dir, const char *deck) {
  const HistoryNumbers numbers = {recorder->row_count, recorder->instant_count, recorder->rows, recorder->times,
                                  recorder->rings};
  HistoryOptions options = recorder->options;
  const int cause = FileMakeFolders(dir);

  PetscFunctionBeginUser;
  PetscCheck(!cause, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot make the folder '%s': %s", dir, strerror(cause));
  options.deck_text = deck;
  PetscCall(HistoryWriteWhole(dir, &options, &numbers));
  PetscFunctionReturn(0);
}

PetscErrorCode RecorderFree(Recorder *recorder) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(recorder->columns));
  PetscCall(PetscFree(recorder->fields));
  PetscCall(PetscFree(recorder->ring_radius));
  PetscCall(PetscFree(recorder->ring_area));
  PetscCall(PetscFree(recorder->rows));
  PetscCall(PetscFree(recorder->times));
  PetscCall(PetscFree(recorder->rings));
  PetscCall(PetscFree(recorder->points));
  *recorder = (Recorder){0};
  PetscFunctionReturn(0);
}
