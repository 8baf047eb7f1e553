/* One process (or MPI job) at a time writes to an output folder. Rank 0 holds the file `lisei.lock` in it, which says
   who: computer, process, start. Where the file system has locks (fcntl; NFS with its lock service) the file is locked,
   too, so that the lock ends with its process, however that ends. */
#ifndef LISEI_FOLDER_LOCK_H
#define LISEI_FOLDER_LOCK_H

#include "../../io/deck/diagnostics.h"

#define FOLDER_LOCK_NAME "lisei.lock"

/* Take the folder, which must exist, for this process. In use: who uses it goes to `diagnostics`. A lock that a dead
   process of this computer left, or an earlier attempt of the same Slurm job, is taken over with a note on stderr; one
   of another computer, where nobody here can look, is respected. Collective. */
PetscErrorCode FolderLock(MPI_Comm comm, const char *dir, Diagnostics diagnostics);
/* Give it back, if this process has one. Also after errors: it only removes a file. */
void FolderUnlock(void);

#endif
