/* lisei body: a lithium body from its own kind of deck, with the same reader, errors and output folder as a run. */
#include "../body/body_parameters.h"
#include "../body/body_run.h"
#include "cli.h"
#include "output_folder.h"
#include "petsc_options.h"

typedef struct {
  ParameterTable table;
  Deck deck;
  BodyRun run;
} LoadedBody;

static PetscErrorCode Load(const CliArguments *arguments, Diagnostics diagnostics, LoadedBody *loaded) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCall(BodyTableCreate(&loaded->table));
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
    PetscCall(BodyRunCreate(PETSC_COMM_WORLD, loaded->deck, diagnostics, &loaded->run));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Unload(LoadedBody *loaded) {
  PetscFunctionBeginUser;
  PetscCall(BodyRunDestroy(&loaded->run));
  if (loaded->deck) {
    PetscCall(DeckDestroy(&loaded->deck));
  }
  PetscCall(TableDestroy(&loaded->table));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandBody(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *out = arguments->out ? arguments->out : "out";
  PetscBool finished = PETSC_FALSE;
  LoadedBody loaded = {0};

  PetscFunctionBeginUser;
  PetscCall(OutputFolderCheck(PETSC_COMM_WORLD, out, arguments->positional_count ? arguments->positional[0] : "",
                              arguments->force, diagnostics));
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(SetPetscOptions(loaded.deck));
    PetscCall(CheckLeftOptions(loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(OutputFolderPrepare(PETSC_COMM_WORLD, out, loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(BodyRunExecute(loaded.run, out, &finished));
    *status = finished ? RUN_FINISHED : RUN_FAILED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandBodyCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  LoadedBody loaded = {0};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (arguments->against) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--against", "a lithium body has no checkpoint to compare with"));
  }
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    if (!rank) {
      PetscCall(DeckPrint(loaded.deck, stdout));
      PetscCall(BodyRunPlan(loaded.run, stdout));
    }
    *status = RUN_FINISHED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandBodyHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *topic = arguments->positional_count > 1 ? arguments->positional[1] : NULL;
  PetscBool found = PETSC_TRUE;
  ParameterTable table;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(BodyTableCreate(&table));
  if (!rank) {
    PetscCall(TableHelp(table, topic, stdout, &found));
    if (!found) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "no help about '%s' in the deck of a lithium body", topic));
    }
  }
  *status = found ? RUN_FINISHED : RUN_BAD_INPUT;
  PetscCall(TableDestroy(&table));
  PetscFunctionReturn(0);
}

PetscBool IsBodyDeck(const char *path) {
  FILE *file = fopen(path, "r");
  char line[16];
  PetscBool found = PETSC_FALSE, starts = PETSC_TRUE;

  while (file && !found && fgets(line, sizeof line, file)) {
    found = starts && !strncmp(line, "body:", 5) ? PETSC_TRUE : PETSC_FALSE;
    starts = strchr(line, '\n') ? PETSC_TRUE : PETSC_FALSE;
  }
  if (file) {
    (void)fclose(file);
  }
  return found;
}
