/* A model of another kind than a run: its own command, `lisei check` of its deck, its help. */
#include "cli.h"
#include "output_folder.h"
#include "petsc_options.h"

static const ModelKind *const kinds[] = {&model_kind_cell, &model_kind_body};

typedef struct {
  const ModelKind *kind;
  ParameterTable table;
  Deck deck;
  void *run;
} LoadedModel;

static PetscErrorCode Load(const CliArguments *arguments, Diagnostics diagnostics, LoadedModel *loaded) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCall(loaded->kind->table(&loaded->table));
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
    PetscCall(loaded->kind->create(PETSC_COMM_WORLD, loaded->deck, diagnostics, &loaded->run));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Unload(LoadedModel *loaded) {
  PetscFunctionBeginUser;
  if (loaded->run) {
    PetscCall(loaded->kind->destroy(&loaded->run));
  }
  if (loaded->deck) {
    PetscCall(DeckDestroy(&loaded->deck));
  }
  PetscCall(TableDestroy(&loaded->table));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandModel(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics,
                            int *status) {
  const char *out = arguments->out ? arguments->out : "out";
  PetscBool finished = PETSC_FALSE;
  LoadedModel loaded = {.kind = kind};

  PetscFunctionBeginUser;
  PetscCall(OutputFolderCheck(PETSC_COMM_WORLD, out, arguments->positional_count ? arguments->positional[0] : "",
                              arguments->force, diagnostics));
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(SetPetscOptions(loaded.deck));
    if (kind->touch_options) {
      PetscCall(kind->touch_options(loaded.run));
    }
    PetscCall(CheckLeftOptions(loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(OutputFolderPrepare(PETSC_COMM_WORLD, out, loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(kind->execute(loaded.run, out, &finished));
    *status = finished ? RUN_FINISHED : RUN_FAILED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandModelCheck(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics,
                                 int *status) {
  LoadedModel loaded = {.kind = kind};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (arguments->against) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--against", "%s has no checkpoint to compare with", kind->noun));
  }
  PetscCall(Load(arguments, diagnostics, &loaded));
  if (!DiagnosticsCount(diagnostics)) {
    if (!rank) {
      PetscCall(DeckPrint(loaded.deck, stdout));
      PetscCall(kind->plan(loaded.run, stdout));
    }
    *status = RUN_FINISHED;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandModelHelp(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics,
                                int *status) {
  const char *topic = arguments->positional_count > 1 ? arguments->positional[1] : NULL;
  PetscBool found = PETSC_TRUE;
  ParameterTable table;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(kind->table(&table));
  if (!rank) {
    PetscCall(TableHelp(table, topic, stdout, &found));
    if (!found) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "no help about '%s' in the deck of %s", topic, kind->noun));
    }
  }
  *status = found ? RUN_FINISHED : RUN_BAD_INPUT;
  PetscCall(TableDestroy(&table));
  PetscFunctionReturn(0);
}

const ModelKind *ModelKindNamed(const char *name) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(kinds); k++) {
    if (!strcmp(kinds[k]->name, name)) {
      return kinds[k];
    }
  }
  return NULL;
}

/* The kind whose group begins the line. */
static const ModelKind *KindOfLine(const char *line) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(kinds); k++) {
    const size_t length = strlen(kinds[k]->name);
    if (!strncmp(line, kinds[k]->name, length) && line[length] == ':') {
      return kinds[k];
    }
  }
  return NULL;
}

const ModelKind *ModelKindOfDeck(const char *path) {
  FILE *file = fopen(path, "r");
  char line[16];
  const ModelKind *found = NULL;
  bool starts = true;

  while (file && !found && fgets(line, sizeof line, file)) {
    found = starts ? KindOfLine(line) : NULL;
    starts = strchr(line, '\n') != NULL;
  }
  if (file) {
    (void)fclose(file);
  }
  return found;
}
