#include "history.h"

#include "file_util.h"
#include "hdf5_util.h"
#include "history_csv.h"
#include "history_layout.h"

#include <string.h>
#include <sys/stat.h>

/* However little time has passed, the buffers are written out at these sizes. They are small because memory touched for
   the first time costs more than opening the file once more. */
#define BUFFER_ROWS 4096
#define BUFFER_NUMBERS (1 << 17) /* of the interface */

/* Rows wait here; `values` holds them one after the other. */
typedef struct {
  PetscInt width;           /* numbers per row */
  PetscInt count, capacity; /* rows waiting, rows there is room for */
  PetscInt stored;          /* rows in the file already */
  double *values;
  PetscInt parts; /* datasets: the first has one number a row, the others `part` */
  PetscInt part;
  uint64_t *sum;        /* over all rows so far, of each dataset */
  uint64_t *stored_sum; /* over those in the file */
} RowBuffer;

struct _p_History {
  PetscBool writer; /* this process is rank 0 */
  char path[PETSC_MAX_PATH_LEN];
  PetscInt rings, column_count, field_count;
  char **column_name, **field_name;
  double flush_interval, last_flush; /* [s] wall time */
  double held_since;                 /* [s] wall time since when another program has the file open, negative: none */
  RowBuffer rows, interface;         /* interface rows: time, then values[field*rings + ring] */
  HistoryCsv csv;
};

static PetscErrorCode RowBufferParts(RowBuffer *buffer, PetscInt parts, PetscInt part) {
  PetscFunctionBeginUser;
  buffer->parts = parts;
  buffer->part = part;
  PetscCall(PetscMalloc2((size_t)parts, &buffer->sum, (size_t)parts, &buffer->stored_sum));
  for (PetscInt k = 0; k < parts; k++) {
    buffer->sum[k] = buffer->stored_sum[k] = HISTORY_SUM_START;
  }
  PetscFunctionReturn(0);
}

/* A row that has been filled enters the sums. */
static void RowBufferSum(RowBuffer *buffer, const double row[]) {
  buffer->sum[0] = HistorySum(buffer->sum[0], 1, row);
  for (PetscInt k = 1; k < buffer->parts; k++) {
    buffer->sum[k] = HistorySum(buffer->sum[k], (size_t)buffer->part, row + 1 + (k - 1) * buffer->part);
  }
}

/* What waited is in the file now. */
static void RowBufferStored(RowBuffer *buffer) {
  buffer->stored += buffer->count;
  buffer->count = 0;
  memcpy(buffer->stored_sum, buffer->sum, (size_t)buffer->parts * sizeof *buffer->sum);
}

static PetscErrorCode RowBufferAdd(RowBuffer *buffer, double **row) {
  PetscFunctionBeginUser;
  if (buffer->count == buffer->capacity) {
    const PetscInt capacity = buffer->capacity ? 2 * buffer->capacity : 64;
    PetscCall(PetscRealloc((size_t)capacity * (size_t)buffer->width * sizeof *buffer->values, &buffer->values));
    buffer->capacity = capacity;
  }
  *row = buffer->values + (size_t)buffer->count++ * (size_t)buffer->width;
  PetscFunctionReturn(0);
}

static PetscErrorCode CopyNames(PetscInt count, const HistoryField fields[], char ***names) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1((size_t)count, names));
  for (PetscInt f = 0; f < count; f++) {
    PetscCall(PetscStrallocpy(fields[f].name, &(*names)[f]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FreeNames(PetscInt count, char ***names) {
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < count; f++) {
    PetscCall(PetscFree((*names)[f]));
  }
  PetscCall(PetscFree(*names));
  PetscFunctionReturn(0);
}

static PetscErrorCode Allocate(MPI_Comm comm, const char *dir, const HistoryOptions *options, History *history) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCheck(options->rings > 0, comm, PETSC_ERR_ARG_OUTOFRANGE, "history of %" PetscInt_FMT " rings", options->rings);
  PetscCall(PetscNew(history));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  (*history)->writer = rank == 0 ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscSNPrintf((*history)->path, sizeof(*history)->path, "%s/history.h5", dir));
  (*history)->rings = options->rings;
  (*history)->field_count = options->field_count;
  (*history)->column_count = options->column_count;
  PetscCall(CopyNames(options->column_count, options->columns, &(*history)->column_name));
  PetscCall(CopyNames(options->field_count, options->fields, &(*history)->field_name));
  (*history)->flush_interval = options->flush_interval;
  (*history)->last_flush = MPI_Wtime();
  (*history)->held_since = -1.0;
  (*history)->rows.width = options->column_count;
  (*history)->interface.width = 1 + options->field_count * options->rings;
  PetscCall(RowBufferParts(&(*history)->rows, (*history)->rows.width, 1));
  PetscCall(RowBufferParts(&(*history)->interface, 1 + options->field_count, options->rings));
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCreate(MPI_Comm comm, const char *dir, const HistoryOptions *options, History *history) {
  Provenance provenance;
  char csv_path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(Allocate(comm, dir, options, history));
  PetscCall(ProvenanceGet(comm, &provenance));
  if ((*history)->writer) {
    PetscCall(HistoryCreateFile((*history)->path, &provenance, options));
    PetscCall(PetscSNPrintf(csv_path, sizeof csv_path, "%s/history.csv", dir));
    PetscCall(HistoryCsvCreate(csv_path, options->title, provenance.version, options->column_count, options->columns,
                               &(*history)->csv));
  }
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}

/* Cut a growing dataset to `rows`. */
static PetscErrorCode CutDataset(hid_t group, const char *path, const char *name, PetscInt rows, hsize_t width) {
  hid_t set, space;
  hsize_t dims[2] = {0, 0};
  const hsize_t cut[2] = {(hsize_t)rows, width};

  PetscFunctionBeginUser;
  set = H5Dopen2(group, name, H5P_DEFAULT);
  H5Check(set, path, "continue");
  space = H5Dget_space(set);
  PetscCheck(H5Sget_simple_extent_ndims(space) == (width ? 2 : 1), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "cannot continue %s: %s has the wrong shape", path, name);
  H5Check(H5Sget_simple_extent_dims(space, dims, NULL), path, "continue");
  PetscCheck(dims[1] == width, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "cannot continue %s: %s has %llu rings, the run has %llu", path, name, (unsigned long long)dims[1],
             (unsigned long long)width);
  PetscCheck(dims[0] >= (hsize_t)rows, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "cannot continue %s: %s has %llu rows, the checkpoint was written after %" PetscInt_FMT, path, name,
             (unsigned long long)dims[0], rows);
  H5Check(H5Dset_extent(set, cut), path, "continue");
  H5Check(H5Sclose(space), path, "continue");
  H5Check(H5Dclose(set), path, "continue");
  PetscFunctionReturn(0);
}

static PetscErrorCode CutFile(History history, PetscInt rows, PetscInt interface_rows) {
  const char *path = history->path;
  hid_t file, group;
  PetscInt f;
  PetscInt column;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Recover(path));
  PetscCall(Hdf5OpenToWrite(path, PETSC_FALSE, &file));
  group = H5Gopen2(file, "history", H5P_DEFAULT);
  H5Check(group, path, "continue");
  for (column = 0; column < history->column_count; column++) {
    PetscCall(CutDataset(group, path, history->column_name[column], rows, 0));
  }
  H5Check(H5Gclose(group), path, "continue");
  group = H5Gopen2(file, "interface", H5P_DEFAULT);
  H5Check(group, path, "continue");
  PetscCall(CutDataset(group, path, "time", interface_rows, 0));
  for (f = 0; f < history->field_count; f++) {
    PetscCall(CutDataset(group, path, history->field_name[f], interface_rows, (hsize_t)history->rings));
  }
  H5Check(H5Gclose(group), path, "continue");
  H5Check(H5Fclose(file), path, "close");
  PetscFunctionReturn(0);
}

/* The sums over what is in the file, to be continued. */
static PetscErrorCode ReadSums(History history) {
  RowBuffer *rows = &history->rows, *interface = &history->interface;
  const hid_t file = Hdf5TryOpen(history->path);
  hid_t group;
  PetscBool good = PETSC_TRUE;

  PetscFunctionBeginUser;
  H5Check(file, history->path, "read");
  group = H5Gopen2(file, "history", H5P_DEFAULT);
  for (PetscInt k = 0; k < rows->parts && good; k++) {
    good = HistorySumDataset(group, history->column_name[k], rows->stored, &rows->sum[k]);
  }
  H5Check(H5Gclose(group), history->path, "read");
  group = H5Gopen2(file, "interface", H5P_DEFAULT);
  for (PetscInt k = 0; k < interface->parts && good; k++) {
    good = HistorySumDataset(group, k ? history->field_name[k - 1] : "time", interface->stored, &interface->sum[k]);
  }
  H5Check(H5Gclose(group), history->path, "read");
  H5Check(H5Fclose(file), history->path, "close");
  PetscCheck(good, PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "cannot read the rows of %s", history->path);
  RowBufferStored(rows);
  RowBufferStored(interface);
  PetscFunctionReturn(0);
}

/* Rows and sums of what is in the file. */
static void StoredMark(History history, HistoryMark *mark) {
  uint64_t sum = 0;

  for (PetscInt k = 0; k < history->rows.parts; k++) {
    sum += HistorySumOf(history->column_name[k], history->rows.stored_sum[k]);
  }
  for (PetscInt k = 0; k < history->interface.parts; k++) {
    sum += HistorySumOf(k ? history->field_name[k - 1] : "time", history->interface.stored_sum[k]);
  }
  *mark = (HistoryMark){.rows = history->rows.stored,
                        .interface_rows = history->interface.stored,
                        .sum = {(double)(sum >> 32), (double)(sum & UINT32_MAX)}};
}

PetscErrorCode HistoryGetMark(History history, HistoryMark *mark) {
  struct stat status;

  PetscFunctionBeginUser;
  *mark = (HistoryMark){0};
  if (!history->writer) {
    PetscFunctionReturn(0);
  }
  PetscCall(HistoryFlush(history));
  PetscCall(FileSync(history->path));
  PetscCall(HistoryCsvSync(history->csv));
  PetscCheck(!stat(history->path, &status), PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "cannot find %s", history->path);
  StoredMark(history, mark);
  mark->bytes = (double)status.st_size;
  PetscFunctionReturn(0);
}

/* Put the rows that history.csv lacks, of those it should have `kept`, or has otherwise (it was lost, cut or changed)
   into it from history.h5. */
static PetscErrorCode RestoreCsv(History history, PetscInt kept) {
  const char *path = history->path;
  const PetscInt rows = history->rows.stored;
  const PetscInt columns = history->column_count;
  double *column_values, *row;
  hid_t file, group, set;
  PetscInt r, first;
  PetscInt column;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)rows * (size_t)columns, &column_values, columns, &row));
  PetscCall(Hdf5OpenToWrite(path, PETSC_FALSE, &file));
  group = H5Gopen2(file, "history", H5P_DEFAULT);
  H5Check(group, path, "read");
  for (column = 0; column < columns; column++) {
    set = H5Dopen2(group, history->column_name[column], H5P_DEFAULT);
    H5Check(set, path, "read");
    H5Check(
        H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, column_values + (size_t)column * (size_t)rows),
        path, "read");
    H5Check(H5Dclose(set), path, "read");
  }
  H5Check(H5Gclose(group), path, "read");
  H5Check(H5Fclose(file), path, "close");
  PetscCall(HistoryCsvCompare(history->csv, kept, column_values, rows, &first));
  for (r = first; r < rows; r++) {
    for (column = 0; column < columns; column++) {
      row[column] = column_values[(size_t)column * (size_t)rows + (size_t)r];
    }
    PetscCall(HistoryCsvAppend(history->csv, row));
  }
  PetscCall(PetscFree2(column_values, row));
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryReopen(MPI_Comm comm, const char *dir, PetscInt rows, PetscInt interface_rows,
                             const HistoryOptions *options, History *history) {
  Provenance provenance;
  char csv_path[PETSC_MAX_PATH_LEN];
  PetscInt kept;

  PetscFunctionBeginUser;
  PetscCheck(rows >= 0 && interface_rows >= 0, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "cannot keep %" PetscInt_FMT " rows and %" PetscInt_FMT " interface rows", rows, interface_rows);
  PetscCall(Allocate(comm, dir, options, history));
  PetscCall(ProvenanceGet(comm, &provenance));
  (*history)->rows.stored = rows;
  (*history)->interface.stored = interface_rows;
  if ((*history)->writer) {
    PetscCall(CutFile(*history, rows, interface_rows));
    PetscCall(PetscSNPrintf(csv_path, sizeof csv_path, "%s/history.csv", dir));
    PetscCall(HistoryCsvReopen(csv_path, rows, options->column_count, &kept, &(*history)->csv));
    if (kept < 0) {
      PetscCall(HistoryCsvCreate(csv_path, options->title, provenance.version, options->column_count, options->columns,
                                 &(*history)->csv));
      kept = 0;
    }
    PetscCall(ReadSums(*history));
    PetscCall(RestoreCsv(*history, kept));
  }
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}

/* Append numbers first .. first+max(width, 1)-1 of the buffered rows to one dataset. */
static PetscErrorCode AppendToDataset(hid_t group, const char *path, const char *name, const RowBuffer *buffer,
                                      PetscInt first, PetscInt width, double packed[]) {
  const size_t each = width ? (size_t)width : 1;
  const hsize_t start[2] = {(hsize_t)buffer->stored, 0}, count[2] = {(hsize_t)buffer->count, (hsize_t)width};
  const hsize_t dims[2] = {start[0] + count[0], (hsize_t)width};
  hid_t set, properties, file_space, memory_space;
  PetscInt row;

  PetscFunctionBeginUser;
  for (row = 0; row < buffer->count; row++) {
    PetscCall(PetscArraycpy(packed + (size_t)row * each,
                            buffer->values + (size_t)row * (size_t)buffer->width + (size_t)first, each));
  }
  /* No chunk cache: what is appended lies packed and goes straight to the file. */
  properties = H5Pcreate(H5P_DATASET_ACCESS);
  H5Check(H5Pset_chunk_cache(properties, 0, 0, 1.0), path, "write");
  set = H5Dopen2(group, name, properties);
  H5Check(set, path, "write");
  H5Check(H5Dset_extent(set, dims), path, "write");
  file_space = H5Dget_space(set);
  H5Check(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start, NULL, count, NULL), path, "write");
  memory_space = H5Screate_simple(width ? 2 : 1, count, NULL);
  H5Check(H5Dwrite(set, H5T_NATIVE_DOUBLE, memory_space, file_space, H5P_DEFAULT, packed), path, "write");
  H5Check(H5Sclose(memory_space), path, "write");
  H5Check(H5Sclose(file_space), path, "write");
  H5Check(H5Dclose(set), path, "write");
  H5Check(H5Pclose(properties), path, "write");
  PetscFunctionReturn(0);
}

/* Open the file to append; *file is negative, without an error, while another program has it and patience lasts. */
static PetscErrorCode OpenToAppend(History history, hid_t *file) {
  const double now = MPI_Wtime();
  HistoryMark mark;

  PetscFunctionBeginUser;
  *file = Hdf5TryOpenToAppend(history->path);
  if (*file < 0 && HistoryIsHeld(history->path)) {
    history->held_since = history->held_since < 0.0 ? now : history->held_since;
    if (now - history->held_since < HISTORY_PATIENCE) {
      PetscFunctionReturn(0);
    }
    StoredMark(history, &mark);
    PetscCall(HistoryLeaveHeld(history->path, &mark));
  }
  history->held_since = -1.0;
  if (*file < 0) {
    PetscCall(Hdf5OpenToWrite(history->path, PETSC_TRUE, file));
  }
  PetscFunctionReturn(0);
}

/* Write what is buffered, if the file can be had; else it stays. */
static PetscErrorCode TryFlush(History history) {
  const char *path = history->path;
  const PetscInt packed_count = PetscMax(history->rows.count, history->interface.count * history->rings);
  double *packed;
  hid_t file, group;

  PetscFunctionBeginUser;
  history->last_flush = MPI_Wtime();
  PetscCall(OpenToAppend(history, &file));
  if (file < 0) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1((size_t)packed_count, &packed));
  if (history->rows.count) {
    group = H5Gopen2(file, "history", H5P_DEFAULT);
    H5Check(group, path, "write");
    for (PetscInt column = 0; column < history->column_count; column++) {
      PetscCall(AppendToDataset(group, path, history->column_name[column], &history->rows, column, 0, packed));
    }
    H5Check(H5Gclose(group), path, "write");
  }
  if (history->interface.count) {
    group = H5Gopen2(file, "interface", H5P_DEFAULT);
    H5Check(group, path, "write");
    for (PetscInt f = 0; f < history->field_count; f++) {
      PetscCall(AppendToDataset(group, path, history->field_name[f], &history->interface, 1 + f * history->rings,
                                history->rings, packed));
    }
    PetscCall(AppendToDataset(group, path, "time", &history->interface, 0, 0, packed));
    H5Check(H5Gclose(group), path, "write");
  }
  H5Check(H5Fclose(file), path, "write");
  PetscCall(PetscFree(packed));
  RowBufferStored(&history->rows);
  RowBufferStored(&history->interface);
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryFlush(History history) {
  PetscFunctionBeginUser;
  while (history->writer && history->rows.count + history->interface.count > 0) {
    PetscCall(TryFlush(history));
    if (history->held_since >= 0.0) {
      PetscCall(PetscSleep(0.05));
    }
  }
  PetscFunctionReturn(0);
}

/* While another program has the file, large buffers are no reason to ask for it at every row. */
static PetscErrorCode FlushWhenDue(History history) {
  const double since = MPI_Wtime() - history->last_flush;
  const PetscBool full =
      history->rows.count >= BUFFER_ROWS || history->interface.count * history->interface.width >= BUFFER_NUMBERS
          ? PETSC_TRUE
          : PETSC_FALSE;

  PetscFunctionBeginUser;
  if (since >= (history->held_since < 0.0 ? history->flush_interval : 0.05) || (full && history->held_since < 0.0)) {
    PetscCall(TryFlush(history));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryAppend(History history, const double row[]) {
  double *slot = NULL;

  PetscFunctionBeginUser;
  if (history->writer) {
    PetscCall(RowBufferAdd(&history->rows, &slot));
    PetscCall(PetscArraycpy(slot, row, history->column_count));
    RowBufferSum(&history->rows, row);
    PetscCall(HistoryCsvAppend(history->csv, row));
    PetscCall(FlushWhenDue(history));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryAppendInterface(History history, double time, const double values[]) {
  double *slot = NULL;

  PetscFunctionBeginUser;
  if (history->writer) {
    PetscCall(RowBufferAdd(&history->interface, &slot));
    slot[0] = time;
    PetscCall(PetscArraycpy(slot + 1, values, (size_t)(history->interface.width - 1)));
    RowBufferSum(&history->interface, slot);
    PetscCall(FlushWhenDue(history));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryDestroy(History *history) {
  PetscFunctionBeginUser;
  if (!*history) {
    PetscFunctionReturn(0);
  }
  PetscCall(HistoryFlush(*history));
  PetscCall(HistoryCsvDestroy(&(*history)->csv));
  PetscCall(FreeNames((*history)->column_count, &(*history)->column_name));
  PetscCall(FreeNames((*history)->field_count, &(*history)->field_name));
  PetscCall(PetscFree2((*history)->rows.sum, (*history)->rows.stored_sum));
  PetscCall(PetscFree2((*history)->interface.sum, (*history)->interface.stored_sum));
  PetscCall(PetscFree((*history)->rows.values));
  PetscCall(PetscFree((*history)->interface.values));
  PetscCall(PetscFree(*history));
  PetscFunctionReturn(0);
}
