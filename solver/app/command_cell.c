/* lisei cell: a unit cell from its own kind of deck, with the same reader, errors and output folder as a run. */
#include "../unit_cell/cell_parameters.h"
#include "../unit_cell/cell_run.h"
#include "cli.h"
#include "output_folder.h"
#include "petsc_options.h"

typedef struct {
  ParameterTable table;
  Deck deck;
  CellRun run;
} LoadedCell;

static PetscErrorCode Load(const CliArguments *arguments, Diagnostics diagnostics, LoadedCell *loaded) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCall(CellTableCreate(&loaded->table));
  if (arguments->positional_count != 1) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL, "expected one deck, got %d", (int)arguments->positional_count));
    PetscFunctionReturn(0);
  }
  PetscCall(DeckRead(loaded->table, arguments->positional[0], arguments->override_count, arguments->overrides,
                     diagnostics, &loaded->deck));
  if (loaded->deck) {
    PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
    if (!rank) {
      PetscCall(DeckPrintNotes(loaded->deck, stderr));
    }
    PetscCall(CellRunCreate(PETSC_COMM_WORLD, loaded->deck, diagnostics, &loaded->run));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Unload(LoadedCell *loaded) {
  PetscFunctionBeginUser;
  PetscCall(CellRunDestroy(&loaded->run));
  if (loaded->deck) {
    PetscCall(DeckDestroy(&loaded->deck));
  }
  PetscCall(TableDestroy(&loaded->table));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandCell(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *out = arguments->out ? arguments->out : "out";
  PetscBool finished = PETSC_FALSE;
  LoadedCell loaded = {0};

  PetscFunctionBeginUser;
  PetscCall(OutputFolderCheck(PETSC_COMM_WORLD, out, arguments->positional_count ? arguments->positional[0] : "",
                              arguments->force, diagnostics));
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(SetPetscOptions(loaded.deck));
    PetscCall(CellRunTouchOptions(loaded.run));
    PetscCall(CheckLeftOptions(loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(OutputFolderPrepare(PETSC_COMM_WORLD, out, loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(CellRunExecute(loaded.run, out, &finished));
    *status = finished ? RUN_FINISHED : RUN_FAILED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandCellCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  LoadedCell loaded = {0};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (arguments->against) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--against", "a unit cell has no checkpoint to compare with"));
  }
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    if (!rank) {
      PetscCall(DeckPrint(loaded.deck, stdout));
      PetscCall(CellRunPlan(loaded.run, stdout));
    }
    *status = RUN_FINISHED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandCellHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *topic = arguments->positional_count > 1 ? arguments->positional[1] : NULL;
  PetscBool found = PETSC_TRUE;
  ParameterTable table;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(CellTableCreate(&table));
  if (!rank) {
    PetscCall(TableHelp(table, topic, stdout, &found));
    if (!found) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "no help about '%s' in the deck of a unit cell", topic));
    }
  }
  *status = found ? RUN_FINISHED : RUN_BAD_INPUT;
  PetscCall(TableDestroy(&table));
  PetscFunctionReturn(0);
}

PetscBool IsCellDeck(const char *path) {
  FILE *file = fopen(path, "r");
  char line[16];
  PetscBool found = PETSC_FALSE, starts = PETSC_TRUE;

  while (file && !found && fgets(line, sizeof line, file)) {
    found = starts && !strncmp(line, "cell:", 5) ? PETSC_TRUE : PETSC_FALSE;
    starts = strchr(line, '\n') ? PETSC_TRUE : PETSC_FALSE;
  }
  if (file) {
    (void)fclose(file);
  }
  return found;
}
