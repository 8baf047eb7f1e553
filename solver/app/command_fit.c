/* lisei fit FIT.yaml */
#include "../../io/output/file_util.h"
#include "../fit/fit.h"
#include "../model/catalogue.h"
#include "cli.h"
#include "folder_lock.h"
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

/* Forget the evaluations of an earlier fit, and nothing else. */
static PetscErrorCode Forget(const char *folder) {
  char path[PETSC_MAX_PATH_LEN];
  struct dirent *entry;
  DIR *dir = opendir(folder);

  PetscFunctionBeginUser;
  while (dir && (entry = readdir(dir))) {
    if (strstr(entry->d_name, ".evaluations")) {
      PetscCall(PetscSNPrintf(path, sizeof path, "%s/%s", folder, entry->d_name));
      (void)unlink(path);
    }
  }
  if (dir) {
    (void)closedir(dir);
  }
  PetscFunctionReturn(0);
}

/* The folder belongs to this fit, from before or from now on; on process 0. */
static PetscErrorCode Claim(const char *dir, const char *record, PetscBool force, char complaint[512]) {
  char path[PETSC_MAX_PATH_LEN], folder[PETSC_MAX_PATH_LEN], before[64] = "";
  FILE *file;
  int cause;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/history.h5", dir));
  if (!access(path, F_OK)) {
    PetscCall(PetscSNPrintf(complaint, 512, "'%s' holds the results of a run: give another folder", dir));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscSNPrintf(folder, sizeof folder, "%s/evaluations", dir));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/record", folder));
  cause = FileMakeFolders(folder);
  file = fopen(path, "r");
  if (cause) {
    PetscCall(PetscSNPrintf(complaint, 512, "cannot make the folder '%s': %s", folder, strerror(cause)));
  } else if (file && fgets(before, sizeof before, file) && strcmp(before, record) != 0 && !force) {
    PetscCall(PetscSNPrintf(
        complaint, 512,
        "'%s' holds another fit: other decks, data or parameters. Give another folder, or --force to forget "
        "it",
        dir));
  }
  if (file) {
    (void)fclose(file);
  }
  if (!*complaint) {
    if (force) {
      PetscCall(Forget(folder));
    }
    PetscCall(FileWriteText(path, record, strlen(record)));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode PrepareFolder(FitModel model, const char *dir, PetscBool force, Diagnostics diagnostics) {
  char complaint[512] = "", *record;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(FitModelRecord(model, &record));
  if (!rank) {
    PetscCall(Claim(dir, record, force, complaint));
  }
  PetscCallMPI(MPI_Bcast(complaint, (int)sizeof complaint, MPI_CHAR, 0, PETSC_COMM_WORLD));
  PetscCall(PetscFree(record));
  if (*complaint) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out", "%s", complaint));
  } else {
    PetscCall(FolderLock(PETSC_COMM_WORLD, dir, diagnostics));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CommandFit(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *dir = arguments->out ? arguments->out : "fit";
  ParameterTable table;
  FitStudy study = NULL;
  FitModel model = NULL;

  PetscFunctionBeginUser;
  PetscCall(CatalogueCreate(&table));
  PetscCall(SimulationShare(PETSC_TRUE));
  if (arguments->positional_count != 1) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "expected one fit, got %d", (int)arguments->positional_count));
  }
  if (arguments->override_count || arguments->against) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                       "a fit takes --out and --force; what holds for an experiment stands in the fit under `set`"));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(FitStudyRead(table, arguments->positional[0], diagnostics, &study));
  }
  if (study) {
    PetscCall(FitModelCreate(table, study, diagnostics, &model));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(FitCheckStart(study, model, diagnostics, status));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(PrepareFolder(model, dir, arguments->force, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(FitPerform(study, model, dir, status));
  }
  PetscCall(FitModelDestroy(&model));
  PetscCall(FitStudyDestroy(&study));
  PetscCall(SimulationShare(PETSC_FALSE));
  PetscCall(CatalogueDestroy(&table));
  PetscFunctionReturn(0);
}
