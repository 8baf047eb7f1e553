/* lisei sweep STUDY.yaml */
#include "../../io/output/file_util.h"
#include "../model/catalogue.h"
#include "../sweep/sweep.h"
#include "cli.h"
#include "folder_lock.h"
#include "petsc_options.h"
#include <sys/stat.h>
#include <unistd.h>

static PetscErrorCode ReadChunk(const char *text, Diagnostics diagnostics, SweepOptions *options) {
  int chunk, count, used = 0;

  PetscFunctionBeginUser;
  options->chunk = options->chunk_count = 1;
  if (!text) {
    PetscFunctionReturn(0);
  }
  if (sscanf(text, "%d/%d%n", &chunk, &count, &used) != 2 || text[used] || chunk < 1 || chunk > count) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--chunk",
                             "expected K/N, the K-th of N chunks, such as 3/8; got '%s'", text));
  } else {
    options->chunk = chunk;
    options->chunk_count = count;
  }
  PetscFunctionReturn(0);
}

/* A folder with the results of a run is not that of a sweep. */
static PetscErrorCode CheckFolder(const char *dir, Diagnostics diagnostics) {
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/history.h5", dir);
  if (!access(path, F_OK)) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                             "'%s' holds the results of a single run: give another folder", dir));
  }
  PetscFunctionReturn(0);
}

/* The folder of the chunk, made and locked: each chunk has a writer of its own. */
static PetscErrorCode PrepareFolder(const SweepOptions *options, Diagnostics diagnostics) {
  char path[PETSC_MAX_PATH_LEN], chunk[64];
  PetscMPIInt rank;
  int cause = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  SweepChunkName(options, chunk);
  (void)snprintf(path, sizeof path, "%s/chunks/%s", options->dir, chunk);
  if (rank == 0) {
    cause = FileMakeFolders(path);
  }
  PetscCallMPI(MPI_Bcast(&cause, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  if (cause) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "cannot make the folder '%s': %s", path, strerror(cause)));
    PetscFunctionReturn(0);
  }
  PetscCall(FolderLock(PETSC_COMM_WORLD, path, diagnostics));
  PetscFunctionReturn(0);
}

static PetscErrorCode Perform(Sweep *sweep, const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  PetscFunctionBeginUser;
  if (arguments->dry_run) {
    PetscCall(SweepPlan(sweep));
    *status = RUN_FINISHED;
  } else if (arguments->collect) {
    PetscCall(SweepCollect(sweep, status));
  } else {
    PetscCall(PrepareFolder(&sweep->options, diagnostics));
    if (DiagnosticsCount(diagnostics) == 0) {
      PetscCall(SweepRun(sweep, status));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CommandSweep(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  SweepOptions options = {.dir = arguments->out ? arguments->out : "sweep",
                          .update = arguments->update == PETSC_TRUE,
                          .retry = arguments->retry == PETSC_TRUE};
  ParameterTable table;
  Sweep sweep = {0};

  PetscFunctionBeginUser;
  PetscCall(CatalogueCreate(&table));
  if (arguments->positional_count != 1) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL, "expected one study, got %d", (int)arguments->positional_count));
  }
  if (arguments->override_count || arguments->force || arguments->against) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                             "a sweep takes --out, --dry-run, --chunk, --collect, --update and --retry; what holds for "
                             "every sample stands in the study under `set`"));
  }
  if (arguments->chunk && arguments->collect) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--collect", "collects all chunks: give no --chunk"));
  }
  PetscCall(ReadChunk(arguments->chunk, diagnostics, &options));
  PetscCall(CheckFolder(options.dir, diagnostics));
  if (DiagnosticsCount(diagnostics) == 0) {
    PetscCall(SweepCreate(PETSC_COMM_WORLD, table, arguments->positional[0], &options, diagnostics, &sweep));
  }
  if (sweep.stopped) {
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr, "stopped while the decks were checked; nothing was written\n"));
    *status = RUN_STOPPED;
  } else if (DiagnosticsCount(diagnostics) == 0) {
    PetscCall(SetPetscOptions(sweep.first));
    PetscCall(SweepOpen(&sweep, diagnostics));
  }
  if (!sweep.stopped && DiagnosticsCount(diagnostics) == 0) {
    PetscCall(Perform(&sweep, arguments, diagnostics, status));
  }
  PetscCall(SweepDestroy(&sweep));
  PetscCall(CatalogueDestroy(&table));
  PetscFunctionReturn(0);
}
