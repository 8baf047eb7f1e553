#include "history_held.h"

#include "file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

PetscBool HistoryIsHeld(const char *path) {
  unsigned char head[12] = {0}; /* signature, version, two sizes, consistency flags: superblock version 3 */
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? -1 : pread(file, head, sizeof head, 0);

  if (file >= 0) {
    (void)close(file);
  }
  return length == (ssize_t)sizeof head && !memcmp(head, "\211HDF\r\n\032\n", 8) && head[8] == 3 && (head[11] & 1)
             ? PETSC_TRUE
             : PETSC_FALSE;
}

/* A writer's lock is exclusive; those of readers are shared and do not concern us. */
static PetscBool IsLocked(const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  PetscBool locked = PETSC_FALSE;

  if (file >= 0) {
    locked = flock(file, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK ? PETSC_TRUE : PETSC_FALSE;
    (void)close(file);
  }
  return locked;
}

static PetscErrorCode Copy(const char *from, const char *to) {
  char *block = NULL;
  const size_t most = 1 << 20;
  ssize_t length = -1;
  FILE *source = fopen(from, "rbe"), *copy = source ? fopen(to, "wbe") : NULL;
  int cause = errno;
  PetscBool good = copy ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(most, &block));
  while (good && (length = (ssize_t)fread(block, 1, most, source)) > 0) {
    good = fwrite(block, 1, (size_t)length, copy) == (size_t)length ? PETSC_TRUE : PETSC_FALSE;
    cause = errno;
  }
  if (source) {
    good = good && !ferror(source) ? PETSC_TRUE : PETSC_FALSE;
    (void)fclose(source);
  }
  if (copy && fclose(copy) && good) {
    good = PETSC_FALSE;
    cause = errno;
  }
  PetscCall(PetscFree(block));
  PetscCheck(good, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot copy %s to %s: %s", from, to, strerror(cause));
  PetscFunctionReturn(0);
}

/* Give the held file another name beside its own, the first that is free. */
static PetscErrorCode KeepOld(const char *path, char name[], size_t size) {
  const size_t stem = strlen(path) - strlen(".h5");
  int failed = -1;

  PetscFunctionBeginUser;
  errno = EEXIST;
  for (int k = 1; failed && errno == EEXIST && k < 1000; k++) {
    (void)snprintf(name, size, "%.*s-held-%d.h5", (int)stem, path, k);
    failed = link(path, name);
  }
  if (failed) { /* a file system without links: the old one loses its name */
    name[0] = '\0';
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryLeaveHeld(const char *path, const HistoryMark *mark) {
  char copy[PETSC_MAX_PATH_LEN], old[PETSC_MAX_PATH_LEN], reason[1024];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(copy, sizeof copy, "%s.part", path));
  PetscCall(Copy(path, copy));
  PetscCall(HistoryVerifyFile(copy, mark, reason, sizeof reason));
  if (reason[0]) {
    (void)unlink(copy);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
            "another program has had %s open for writing for %g s and has changed it (%s)", path, HISTORY_PATIENCE,
            reason);
  }
  PetscCall(KeepOld(path, old, sizeof old));
  PetscCall(FileReplace(copy, path, PETSC_TRUE));
  PetscCall(PetscFPrintf(PETSC_COMM_SELF, stderr,
                         "lisei: warning: another program has had %s open for writing for %g s, or was killed while it "
                         "had: the run goes on in a new file of that name, with all rows; what that program writes "
                         "is %s%s. Open the file of a running job for reading only\n",
                         path, HISTORY_PATIENCE, old[0] ? "in " : "lost", old));
  PetscFunctionReturn(0);
}

/* If a program that is alive holds the file: wait, and leave it to that program when patience ends. */
static PetscErrorCode WaitForOthers(const char *path, const HistoryMark *mark) {
  const double start = MPI_Wtime();
  PetscBool locked;

  PetscFunctionBeginUser;
  while ((locked = IsLocked(path)) && MPI_Wtime() - start < HISTORY_PATIENCE) {
    PetscCall(PetscSleep(0.05));
  }
  if (locked) {
    PetscCall(HistoryLeaveHeld(path, mark));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryVerify(const char *dir, const HistoryMark *mark, char reason[], size_t size) {
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/history.h5", dir));
  PetscCall(WaitForOthers(path, mark));
  PetscCall(HistoryVerifyFile(path, mark, reason, size));
  PetscFunctionReturn(0);
}
