/* What a checkpoint knows of history.h5: its size and a sum over all rows written so far. So it is noticed when the
   file was cut or changed afterwards, before HDF5, which may wait for ever for what is missing, is let near it. */
#ifndef LISEI_HISTORY_MARK_H
#define LISEI_HISTORY_MARK_H

#include <hdf5.h>
#include <petscsys.h>
#include <stdint.h>

/* Plain numbers so that it can be saved as one array. */
typedef struct {
  double bytes;                /* of the file */
  double rows, interface_rows; /* in it */
  double sum[2];               /* upper and lower 32 bits */
} HistoryMark;

/* FNV-1a over the bits of numbers, continued from `sum`; begin with HISTORY_SUM_START. */
#define HISTORY_SUM_START UINT64_C(14695981039346656037)
uint64_t HistorySum(uint64_t sum, size_t count, const double values[]);
/* What the sum of one dataset adds to the sum of the mark; the order of datasets does not matter. */
uint64_t HistorySumOf(const char *name, uint64_t sum);
/* The sum over the first `rows` rows of a dataset; false if it cannot be read or has fewer. */
PetscBool HistorySumDataset(hid_t group, const char *name, PetscInt rows, uint64_t *sum);

/* Are the rows that the mark counts on there, unchanged? If not, `reason` says what is wrong; else it is "". Takes the
   mark of a killed writer out of the file. One process. */
PetscErrorCode HistoryVerifyFile(const char *path, const HistoryMark *mark, char reason[], size_t size);

#endif
