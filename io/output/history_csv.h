/* history.csv: the history for people and spreadsheets, one line per row, written out at once. One process. */
#ifndef LISEI_HISTORY_CSV_H
#define LISEI_HISTORY_CSV_H

#include "history.h"

typedef struct _p_HistoryCsv *HistoryCsv;

PetscErrorCode HistoryCsvCreate(const char *path, const char *title, const char *version, PetscInt count,
                                const HistoryField columns[], HistoryCsv *csv);
/* Open `path` to add lines, cut after `rows` complete rows; *kept is how many there are (fewer if lines are missing, -1
   if there is no such file; *csv is then NULL). */
PetscErrorCode HistoryCsvReopen(const char *path, PetscInt rows, PetscInt columns, PetscInt *kept, HistoryCsv *csv);
PetscErrorCode HistoryCsvAppend(HistoryCsv csv, const double row[]);
/* Compare the `kept` rows of the file with columns[column*rows + row]; from the first one that differs on they are cut
   off, with a note. *same rows are left. */
PetscErrorCode HistoryCsvCompare(HistoryCsv csv, PetscInt kept, const double columns[], PetscInt rows, PetscInt *same);
/* To the disk. */
PetscErrorCode HistoryCsvSync(HistoryCsv csv);
PetscErrorCode HistoryCsvDestroy(HistoryCsv *csv);

#endif
