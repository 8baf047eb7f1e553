/* What is in history.h5 before the first row. */
#ifndef LISEI_HISTORY_LAYOUT_H
#define LISEI_HISTORY_LAYOUT_H

#include "hdf5_util.h"
#include "history.h"

/* A new file; an old one of that name is lost. One process. */
PetscErrorCode HistoryCreateFile(const char *path, const Provenance *provenance, const HistoryOptions *options);

/* Format, sign convention, provenance. */
PetscErrorCode HistoryWriteOrigin(hid_t file, const char *path, const Provenance *provenance, const char *title);

#endif
