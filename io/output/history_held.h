/* What to do when another program has history.h5 open for writing (h5py "r+", HDFView): it may put its own idea of the
   file over ours when it closes it, so nothing is written meanwhile. Rows wait in memory; after HISTORY_PATIENCE the
   run goes on in a new file of that name, a copy with all rows, and the other program keeps the old one, which gets the
   name history-held-N.h5. One process. */
#ifndef LISEI_HISTORY_HELD_H
#define LISEI_HISTORY_HELD_H

#include "history_mark.h"

#define HISTORY_PATIENCE 3.0 /* [s] wall time */

/* Does the file say that somebody is writing it? (Also after a writer was killed.) */
PetscBool HistoryIsHeld(const char *path);
/* Go on in a new file, with a note. An error if the rows that the mark counts on are not in it as they were written. */
PetscErrorCode HistoryLeaveHeld(const char *path, const HistoryMark *mark);
/* HistoryVerifyFile for the file of a run that is to be continued; first it is had from whoever holds it and is alive
   (by its lock, which HDF5 takes unless told otherwise). */
PetscErrorCode HistoryVerify(const char *dir, const HistoryMark *mark, char reason[], size_t size);

#endif
