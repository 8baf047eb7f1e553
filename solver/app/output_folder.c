#include "output_folder.h"
#include "../../io/output/checkpoint.h"
#include "../../io/output/file_util.h"
#include "folder_lock.h"
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run writes; --force removes these and nothing else. */
static const char *const results[] = {
    "history.h5", "history.csv", "fields",      "fields.xdmf",    "impedance.h5",
    "impedance",  "checkpoint",  "report.json", "effective.yaml", "ro-crate-metadata.json",
    "deck.yaml"};

static int RemoveEntry(const char *path, const struct stat *status, int type, struct FTW *walk) {
  (void)status;
  (void)type;
  (void)walk;
  return remove(path);
}

/* A deck.yaml alone may be the user's own. */
static PetscBool HasResults(const char *dir) {
  for (size_t k = 0; k + 1 < sizeof results / sizeof *results; k++) {
    char path[PETSC_MAX_PATH_LEN];
    (void)snprintf(path, sizeof path, "%s/%s", dir, results[k]);
    if (!access(path, F_OK)) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

/* The nearest existing folder above `dir` decides whether it can be made. */
static PetscErrorCode CheckParent(const char *dir, Diagnostics diagnostics) {
  char path[PETSC_MAX_PATH_LEN];
  struct stat status;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s", dir);
  while (stat(path, &status)) {
    char *slash = strrchr(path, '/');
    if (!slash) {
      (void)snprintf(path, sizeof path, ".");
    } else if (slash == path) {
      path[1] = '\0';
    } else {
      *slash = '\0';
    }
  }
  if (!S_ISDIR(status.st_mode)) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, "--out", "cannot make the folder '%s': '%s' is not a folder", dir, path));
  } else if (access(path, W_OK | X_OK)) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "cannot write to '%s': %s", path, strerror(errno)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode OutputFolderCheck(MPI_Comm comm, const char *dir, const char *deck, PetscBool force,
                                 Diagnostics diagnostics) {
  char copy[PETSC_MAX_PATH_LEN + 16];
  struct stat status, source;

  PetscFunctionBeginUser;
  (void)snprintf(copy, sizeof copy, "%s/deck.yaml", dir);
  if (!*dir) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "the folder's name is empty"));
  } else if (!stat(copy, &status) && !stat(deck, &source) && status.st_ino == source.st_ino &&
             status.st_dev == source.st_dev) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                             "the run would overwrite its own deck '%s' with the resolved deck: give another folder",
                             deck));
  } else if (strlen(dir) > PETSC_MAX_PATH_LEN - 64) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "the folder's name is too long"));
  } else if (!stat(dir, &status) && S_ISDIR(status.st_mode) && HasResults(dir) && !force) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                             "'%s' holds the results of an earlier run: give another --out, or --force to replace them",
                             dir));
  } else {
    PetscCall(CheckParent(dir, diagnostics));
  }
  PetscCallMPI(MPI_Barrier(comm)); /* no process makes the folder while another still looks */
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteDeck(const char *dir, Deck deck) {
  char path[PETSC_MAX_PATH_LEN], *text;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/deck.yaml", dir);
  PetscCall(DeckResolved(deck, &text));
  PetscCall(FileWriteText(path, text, strlen(text)));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode OutputFolderWriteDeck(MPI_Comm comm, const char *dir, Deck deck, const char *record) {
  const char *text = strchr(record, '\n') + 1; /* behind the checksums */
  char path[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(DeckSettle(deck, dir, !rank));
  if (!rank) {
    (void)snprintf(path, sizeof path, "%s/deck.yaml", dir);
    PetscCall(FileWriteText(path, text, strlen(text)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode OutputFolderPrepare(MPI_Comm comm, const char *dir, Deck deck, Diagnostics diagnostics) {
  PetscMPIInt rank;
  int cause = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    cause = FileMakeFolders(dir);
  }
  PetscCallMPI(MPI_Bcast(&cause, 1, MPI_INT, 0, comm));
  if (cause) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "cannot make the folder '%s': %s", dir, strerror(cause)));
    PetscFunctionReturn(0);
  }
  PetscCall(FolderLock(comm, dir, diagnostics));
  if (DiagnosticsCount(diagnostics)) {
    PetscFunctionReturn(0);
  }
  if (!rank) {
    for (size_t k = 0; k < sizeof results / sizeof *results; k++) {
      char path[PETSC_MAX_PATH_LEN];
      (void)snprintf(path, sizeof path, "%s/%s", dir, results[k]);
      PetscCheck(access(path, F_OK) || !nftw(path, RemoveEntry, 16, FTW_DEPTH | FTW_PHYS), PETSC_COMM_SELF,
                 PETSC_ERR_FILE_WRITE, "Cannot remove the old '%s': %s", path, strerror(errno));
    }
    for (PetscInt k = 1;; k++) { /* files of the old deck */
      char path[PETSC_MAX_PATH_LEN];
      (void)snprintf(path, sizeof path, "%s/" DECK_WAVEFORM, dir, k);
      if (unlink(path)) {
        break;
      }
    }
  }
  PetscCall(DeckSettle(deck, dir, !rank));
  if (!rank) {
    PetscCall(WriteDeck(dir, deck));
  }
  PetscCallMPI(MPI_Barrier(comm));
  PetscFunctionReturn(0);
}

PetscErrorCode OutputFolderCheckResume(MPI_Comm comm, const char *dir, Diagnostics diagnostics,
                                       char deck[PETSC_MAX_PATH_LEN], PetscInt *checkpoint) {
  PetscFunctionBeginUser;
  *checkpoint = -1;
  (void)snprintf(deck, PETSC_MAX_PATH_LEN, "%s/deck.yaml", dir);
  if (access(deck, R_OK)) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                             "'%s' is not the output folder of a run: cannot read '%s' (%s)", dir, deck,
                             strerror(errno)));
    PetscFunctionReturn(0);
  }
  PetscCall(FolderLock(comm, dir, diagnostics));
  if (DiagnosticsCount(diagnostics)) {
    PetscFunctionReturn(0);
  }
  PetscCall(CheckpointFind(comm, dir, checkpoint));
  if (*checkpoint < 0) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                             "'%s' has no readable checkpoint to continue from: run the deck again", dir));
  }
  PetscFunctionReturn(0);
}
