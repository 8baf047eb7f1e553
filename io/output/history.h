/* history.h5 and history.csv: one row per accepted time step, of columns that the run declares. Rank 0 writes; calls on
   other ranks do nothing.

   The HDF5 file is opened only while rows are appended (single-writer/multiple-reader mode), so that it can be read
   while the job runs and after it was killed. Rows are buffered and written out when a second has passed or
   HistoryFlush is called, and longer while another program has the file (history_held.h); CSV lines go out at once. */
#ifndef LISEI_HISTORY_H
#define LISEI_HISTORY_H

#include "history_held.h"
#include "provenance.h"

#define HISTORY_SIGN_CONVENTION                                                                                        \
  "potential of the Li electrode against the far Li counter/reference electrode; positive = anodic = stripping"

/* A quantity of the history, declared by whoever has it; the texts are copied. */
typedef struct {
  const char *name, *unit; /* of the dataset; SI, e.g. "contact_fraction", "1" */
  const char *meaning;     /* one sentence; NULL: none is stored */
} HistoryField;

typedef struct _p_History *History;

typedef struct {
  PetscInt rings;
  const double *ring_radius, *ring_area; /* [m], [m^2] at the start */
  PetscInt column_count;                 /* numbers of a row; the first column is the time */
  const HistoryField *columns;
  PetscInt field_count; /* ring fields */
  const HistoryField *fields;
  const char *deck_text; /* resolved deck */
  const char *title;
  double flush_interval; /* [s] wall time between writes of the HDF5 file */
} HistoryOptions;

/* A new pair of files in `dir` (which must exist). */
PetscErrorCode HistoryCreate(MPI_Comm comm, const char *dir, const HistoryOptions *options, History *history);
/* Continue the files in `dir`, cutting every row past the first `rows` history rows and `interface_rows` interface
   rows. Rows of history.csv that are missing or differ are written again from history.h5, with a note. */
PetscErrorCode HistoryReopen(MPI_Comm comm, const char *dir, PetscInt rows, PetscInt interface_rows,
                             const HistoryOptions *options, History *history);
/* row[column_count] */
PetscErrorCode HistoryAppend(History history, const double row[]);
/* Ring fields at an instant: values[field*rings + ring]. */
PetscErrorCode HistoryAppendInterface(History history, double time, const double values[]);
/* Write out what is buffered (before a checkpoint). */
PetscErrorCode HistoryFlush(History history);
/* Bring both files to the disk and say what a checkpoint counts on; rank 0 has it, the others zeros. */
PetscErrorCode HistoryGetMark(History history, HistoryMark *mark);
PetscErrorCode HistoryDestroy(History *history);

#endif
