/* A finished history in one go, compressed: for runs whose rows were kept in memory. The layout is that of history.h5.
 */
#ifndef LISEI_HISTORY_WHOLE_H
#define LISEI_HISTORY_WHOLE_H

#include "history.h"

typedef struct {
  PetscInt rows, instants;
  const double *row;   /* rows * column_count, row-major */
  const double *time;  /* [s] instants, of the ring fields */
  const double *rings; /* instants * field_count * rings */
} HistoryNumbers;

/* DIR/history.h5 by way of a temporary name; `dir` exists. Not collective. */
PetscErrorCode HistoryWriteWhole(const char *dir, const HistoryOptions *options, const HistoryNumbers *numbers);

#endif
