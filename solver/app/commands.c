#include "../../io/output/checkpoint.h"
#include "../../io/output/provenance.h"
#include "../model/catalogue.h"
#include "cli.h"
#include "output_folder.h"
#include "output_size.h"
#include <strings.h>

/* Deck, table and simulation of one command. */
typedef struct {
  ParameterTable table;
  Deck deck;
  Simulation simulation;
} Loaded;

static PetscErrorCode Load(const char *path, const CliArguments *arguments, Diagnostics diagnostics, Loaded *loaded) {
  PetscFunctionBeginUser;
  PetscCall(CatalogueCreate(&loaded->table));
  PetscCall(DeckRead(loaded->table, path, arguments->override_count, arguments->overrides, diagnostics, &loaded->deck));
  if (loaded->deck) {
    PetscMPIInt rank;
    PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
    if (!rank) {
      PetscCall(DeckPrintNotes(loaded->deck, stderr));
    }
    PetscCall(SimulationCreate(PETSC_COMM_WORLD, loaded->deck, diagnostics, &loaded->simulation));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Unload(Loaded *loaded) {
  PetscFunctionBeginUser;
  PetscCall(SimulationDestroy(&loaded->simulation));
  if (loaded->deck) {
    PetscCall(DeckDestroy(&loaded->deck));
  }
  PetscCall(CatalogueDestroy(&loaded->table));
  PetscFunctionReturn(0);
}

static PetscErrorCode NeedOne(const CliArguments *arguments, const char *what, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  if (arguments->positional_count != 1) {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL, "expected one %s, got %d", what, (int)arguments->positional_count));
  }
  PetscFunctionReturn(0);
}

/* Options of this process, not of the run: PETSc looks for them when it ends (some also when it starts), and the
   monitors write where this process was told to. */
static bool ConcernsProcess(const char *name) {
  static const char *const names[] = {"options_left", "options_view", "objects_dump",    "citations",  "mpidump",
                                      "log_view",     "malloc_dump",  "get_total_flops", "ts_monitor", "snes_monitor"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    if (!strcasecmp(name, names[k])) {
      return true;
    }
  }
  return false;
}

/* What PETSc looks for only when it starts, which is over when a deck is read. */
static bool ConcernsStart(const char *name) {
  static const char *const beginnings[] = {
      "log_",    "malloc",   "memory_view", "info",      "help",         "version",       "fp_trap",     "on_error_",
      "debug",   "start_in", "stop_for",    "no_signal", "history",      "saws",          "options_",    "objects",
      "device_", "use_gpu",  "display",     "x_",        "error_output", "check_pointer", "skip_petscrc"};
  for (size_t k = 0; k < sizeof beginnings / sizeof *beginnings; k++) {
    if (!strncasecmp(name, beginnings[k], strlen(beginnings[k]))) {
      return true;
    }
  }
  return false;
}

/* PETSc's options so far (behind `--`, PETSC_OPTIONS) become part of the deck, over its own, and so stay with the run
   when it is resumed. Not those of the process, many of which PETSc has used itself when it started. */
static PetscErrorCode KeepPetscOptions(Deck deck) {
  PetscInt count;
  char **names, **values;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt k = 0; k < count; k++) {
    char name[PETSC_MAX_OPTION_NAME + 1];
    (void)snprintf(name, sizeof name, "-%s", names[k]);
    if (ConcernsProcess(names[k])) {
      continue;
    }
    PetscCall(DeckSetPetscOption(deck, name, values[k] ? values[k] : ""));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  PetscFunctionReturn(0);
}

/* PETSc gets the options of the deck and of the command line, which wins. */
static PetscErrorCode SetPetscOptions(Deck deck) {
  PetscFunctionBeginUser;
  PetscCall(KeepPetscOptions(deck));
  for (PetscInt k = 0; k < DeckPetscOptionCount(deck); k++) {
    const char *name, *value;
    DeckPetscOption(deck, k, &name, &value);
    PetscCall(PetscOptionsSetValue(NULL, name, value));
    if (!strcmp(name, "-log_view")) { /* PETSc looks for it when it starts, which is over */
      PetscBool wanted;
      PetscCall(PetscOptionsHasName(NULL, NULL, name, &wanted)); /* used now */
      PetscCall(PetscLogDefaultBegin());
    }
  }
  PetscFunctionReturn(0);
}

/* Options that nothing has asked for are mistakes, in the deck or behind `--`. */
static PetscErrorCode CheckLeftOptions(Deck deck, Diagnostics diagnostics) {
  PetscInt count;
  char **names, **values;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt k = 0; k < count; k++) {
    const char *file = NULL, *key = NULL;
    int line = 0;
    if (ConcernsProcess(names[k]) && strcasecmp(names[k], "ts_monitor") && strcasecmp(names[k], "snes_monitor")) {
      continue; /* PETSc asks for it at the end */
    }
    for (PetscInt d = 0; d < DeckPetscOptionCount(deck); d++) {
      const char *name, *value;
      DeckPetscOption(deck, d, &name, &value);
      if (!strcmp(name + 1, names[k])) {
        DeckPetscOptionWhere(deck, d, &file, &line);
        key = file ? "petsc" : NULL;
      }
    }
    PetscCall(DiagnosticsAdd(diagnostics, file, line, key,
                             file && ConcernsStart(names[k])
                                 ? "the PETSc option -%s is read when PETSc starts, before any deck: give it behind "
                                   "`--` or in PETSC_OPTIONS"
                                 : "the PETSc option -%s is not used by anything in this run: misspelt, or it belongs "
                                   "to another bulk.solver",
                             names[k]));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandRun(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *out = arguments->out ? arguments->out : "out";
  Loaded loaded = {0};
  RunOutcome outcome = RUN_BAD_INPUT;
  char *record = NULL;

  PetscFunctionBeginUser;
  PetscCall(NeedOne(arguments, "deck", diagnostics));
  PetscCall(OutputFolderCheck(PETSC_COMM_WORLD, out, arguments->positional_count ? arguments->positional[0] : "",
                              arguments->force, diagnostics));
  if (arguments->positional_count == 1) {
    PetscCall(Load(arguments->positional[0], arguments, diagnostics, &loaded));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(SetPetscOptions(loaded.deck));
    PetscCall(SimulationSetUp(loaded.simulation));
    PetscCall(CheckLeftOptions(loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(OutputFolderPrepare(PETSC_COMM_WORLD, out, loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(DeckRecord(loaded.deck, &record));
    PetscCall(RunExecute(loaded.simulation, out, record, -1, &outcome));
    PetscCall(PetscFree(record));
  }
  *status = (int)outcome;
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

/* What a state consists of, and what its numbers refer to. */
static const char *const fixed_keys[] = {"grid",      "contact.law", "contact.diameter", "crack.shape", "sei.resolved",
                                         "sei.block", NULL};

/* Name every key in which the deck differs from what the checkpoint says its run was made from. */
static PetscErrorCode CompareWithRun(Deck deck, const char *path, const char *dir, PetscInt checkpoint,
                                     const DeckCompareRules *rules, Diagnostics diagnostics) {
  char *record = NULL;

  PetscFunctionBeginUser;
  PetscCall(CheckpointReadDeck(PETSC_COMM_WORLD, dir, checkpoint, &record));
  if (record) {
    PetscCall(DeckCompare(deck, path, record, rules, diagnostics));
  } else {
    PetscCall(
        DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                       "the checkpoint of '%s' does not say what its run was made from: it was written by another "
                       "version of the program",
                       dir));
  }
  PetscCall(PetscFree(record));
  PetscFunctionReturn(0);
}

/* The deck, with what --set changes, against that of the run; everything that stands in the way goes to `diagnostics`.
 */
static PetscErrorCode PrepareResume(const CliArguments *arguments, const char *path, PetscInt checkpoint,
                                    Loaded *loaded, char **record, Diagnostics diagnostics) {
  const char *dir = arguments->positional[0];
  const DeckCompareRules rules = {
      .override_count = arguments->override_count,
      .overrides = arguments->overrides,
      .fixed = fixed_keys,
      .advice = ": put it back, or say that it is meant with `lisei resume DIR --set key=value`",
      .fixed_advice = ": it cannot change under a run, whose states refer to it; start a new run"};

  PetscFunctionBeginUser;
  PetscCall(Load(path, arguments, diagnostics, loaded));
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(CompareWithRun(loaded->deck, path, dir, checkpoint, &rules, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(DeckSettle(loaded->deck, dir, false));
    PetscCall(DeckRecord(loaded->deck, record)); /* without the options of this process only */
    PetscCall(SetPetscOptions(loaded->deck));
    PetscCall(SimulationSetUp(loaded->simulation));
    PetscCall(CheckLeftOptions(loaded->deck, diagnostics));
    PetscCall(RunCheckResume(loaded->simulation, dir, checkpoint, arguments->override_count ? PETSC_TRUE : PETSC_FALSE,
                             diagnostics));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CommandResume(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  Loaded loaded = {0};
  RunOutcome outcome = RUN_BAD_INPUT;
  char deck[PETSC_MAX_PATH_LEN], *record = NULL;
  PetscInt checkpoint = -1;

  PetscFunctionBeginUser;
  PetscCall(NeedOne(arguments, "output folder", diagnostics));
  if (arguments->out || arguments->force || arguments->against) {
    PetscCall(DiagnosticsAdd(
        diagnostics, NULL, 0, NULL,
        "resume continues the run in its folder; it takes the folder, --set, and behind `--` PETSc options"));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(OutputFolderCheckResume(PETSC_COMM_WORLD, arguments->positional[0], diagnostics, deck, &checkpoint));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(PrepareResume(arguments, deck, checkpoint, &loaded, &record, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics) && arguments->override_count) {
    PetscCall(OutputFolderWriteDeck(PETSC_COMM_WORLD, arguments->positional[0], loaded.deck, record));
  }
  if (!DiagnosticsCount(diagnostics)) {
    PetscCall(RunExecute(loaded.simulation, arguments->positional[0], record, checkpoint, &outcome));
  }
  *status = (int)outcome;
  PetscCall(PetscFree(record));
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

/* Is the deck what the results in a folder were made from? */
static PetscErrorCode CheckAgainst(const CliArguments *arguments, Deck deck, Diagnostics diagnostics) {
  const DeckCompareRules rules = {.advice = "", .fixed_advice = ""};
  PetscInt checkpoint;

  PetscFunctionBeginUser;
  PetscCall(KeepPetscOptions(deck));
  PetscCall(CheckpointFind(PETSC_COMM_WORLD, arguments->against, &checkpoint));
  if (checkpoint < 0) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--against", "'%s' has no readable checkpoint to compare with",
                             arguments->against));
  } else {
    PetscCall(CompareWithRun(deck, arguments->positional[0], arguments->against, checkpoint, &rules, diagnostics));
  }
  PetscFunctionReturn(0);
}

static void PrintPlan(const BulkPlan *plan, MPI_Comm comm) {
  PetscMPIInt processes = 1;

  (void)MPI_Comm_size(comm, &processes);
  (void)printf("bulk: %s: %s\n", BulkTypes[plan->type], plan->method);
  (void)printf("memory expected for it: %.3g MB on %s\n", plan->bytes * 1e-6,
               processes > 1 ? "each process" : "the one process");
  (void)printf("more processes: %s\n", plan->solve_is_shared   ? "share the cells"
                                       : plan->build_is_shared ? "share the building of the operator, once; the time "
                                                                 "steps are the same on each"
                                                               : "do not help, all would do the same");
}

/* A resolved SEI is solved by every process alike. */
static void PrintSei(Simulation simulation) {
  const SimulationSei *sei = simulation->sei;
  double narrowest = INFINITY;

  if (!sei) {
    return;
  }
  for (PetscInt c = 0; c < sei->columns.count; c++) {
    narrowest = fmin(narrowest, (sei->columns.edge[c + 1] - sei->columns.edge[c]) * simulation->grid->radius);
  }
  (void)printf("SEI: %d cells (%d columns x %d layers), the columns at least %.3g nm wide and rings of the contact\n",
               (int)(sei->columns.count * sei->layers), (int)sei->columns.count, (int)sei->layers, narrowest * 1e9);
  (void)printf("memory expected for it: %.3g MB on every process, which all do the same\n",
               1e-6 * SeiMemoryEstimate(sei->columns.count, sei->layers, simulation->grid->rings));
}

PetscErrorCode CommandCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  Loaded loaded = {0};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(NeedOne(arguments, "deck", diagnostics));
  if (arguments->positional_count == 1) {
    PetscCall(Load(arguments->positional[0], arguments, diagnostics, &loaded));
  }
  if (!DiagnosticsCount(diagnostics) && arguments->against) {
    PetscCall(CheckAgainst(arguments, loaded.deck, diagnostics));
  }
  if (!DiagnosticsCount(diagnostics) && loaded.simulation) {
    const Grid grid = loaded.simulation->grid;
    const double duration = ProtocolDuration(loaded.simulation->protocol);
    double smallest, largest;
    BulkPlan plan;

    PetscCall(SetPetscOptions(loaded.deck));
    PetscCall(GridSpacing(grid, &smallest, &largest));
    PetscCall(SimulationPlanBulk(loaded.simulation, &plan));
    if (!rank) {
      PetscCall(DeckPrint(loaded.deck, stdout));
      (void)printf("\ngrid: %d cells (%d columns x %d layers), %d rings\n", (int)GridCellCount(grid),
                   (int)grid->columns, (int)grid->layers, (int)loaded.simulation->grid->rings);
      (void)printf("spacing: smallest %.4g nm, largest %.4g um\n", smallest * 1e9, largest * 1e6);
      PrintPlan(&plan, PETSC_COMM_WORLD);
      PrintSei(loaded.simulation);
      (void)printf("protocol: %d steps, %d segments, ", (int)loaded.simulation->protocol->step_count,
                   (int)loaded.simulation->protocol->segment_count);
      (void)(isfinite(duration) ? printf("%.6g s if no step ends early\n", duration) : printf("open-ended\n"));
      PetscCall(OutputSizePrint(loaded.simulation, stdout));
    }
    *status = 0;
  }
  PetscCall(Unload(&loaded));
  PetscFunctionReturn(0);
}

/* A topic that does not exist: what may have been meant. */
static PetscErrorCode ReportTopic(ParameterTable table, const char *topic, Diagnostics diagnostics) {
  char group[256] = "", suggestion[1024];
  const char *name = topic;

  PetscFunctionBeginUser;
  for (const char *dot = strchr(topic, '.'); dot; dot = strchr(dot + 1, '.')) { /* the groups that exist */
    char longer[256];
    (void)snprintf(longer, sizeof longer, "%.*s", (int)(dot - topic), topic);
    if (!TableIsGroup(table, longer)) {
      break;
    }
    (void)snprintf(group, sizeof group, "%s", longer);
    name = dot + 1;
  }
  PetscCall(TableSuggest(table, group, name, suggestion, sizeof suggestion));
  PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "no help about '%s'%s", topic, suggestion));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const char *topic = arguments->positional_count ? arguments->positional[0] : NULL;
  ParameterTable table;
  PetscMPIInt rank;
  PetscBool found = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(CatalogueCreate(&table));
  if (!rank) {
    if (topic && !strcmp(topic, "schema")) {
      PetscCall(TableSchema(table, stdout));
    } else if (topic && !strcmp(topic, "reference")) {
      PetscCall(TableReference(table, stdout));
    } else if (topic && !strcmp(topic, "deck")) {
      PetscCall(TableDeck(table, stdout));
    } else {
      PetscCall(TableHelp(table, topic, stdout, &found));
    }
    if (topic && !found) {
      PetscCall(ReportTopic(table, topic, diagnostics));
    }
  }
  *status = found ? 0 : RUN_BAD_INPUT;
  PetscCall(CatalogueDestroy(&table));
  PetscFunctionReturn(0);
}

PetscErrorCode CommandVersion(void) {
  Provenance provenance;

  PetscFunctionBeginUser;
  PetscCall(ProvenanceGet(PETSC_COMM_WORLD, &provenance));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "lisei %s (%s)\nPETSc %s\nHDF5 %s\nMPI %s\n", provenance.version,
                        provenance.git_hash, provenance.petsc_version, provenance.hdf5_version,
                        provenance.mpi_version));
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}
