#include "../../io/output/checkpoint.h"
#include "../../io/output/provenance.h"
#include "../model/catalogue.h"
#include "cli.h"
#include "output_folder.h"
#include "output_size.h"
#include "petsc_options.h"

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
    PetscCall(OutputSizeCheck(loaded.simulation, out, diagnostics));
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
static const char *const fixed_keys[] = {"grid",         "contact.law", "contact.diameter",     "crack.shape",
                                         "sei.resolved", "sei.block",   "output.sensitivities", NULL};

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
                       "the checkpoint of '%s' does not say what its run was made from: it cannot be read (then try "
                       "again), or was written by another version of the program",
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

/* A resolved SEI is solved by every process alike, or distributed. */
static void PrintSei(Simulation simulation) {
  const SimulationSei *sei = simulation->sei;
  double narrowest = INFINITY;
  PetscMPIInt processes = 1;

  if (!sei) {
    return;
  }
  for (PetscInt c = 0; c < sei->columns.count; c++) {
    narrowest = fmin(narrowest, (sei->columns.edge[c + 1] - sei->columns.edge[c]) * simulation->grid->radius);
  }
  (void)printf("SEI: %d cells (%d columns x %d layers), the columns at least %.3g nm wide and rings of the contact\n",
               (int)(sei->columns.count * sei->layers), (int)sei->columns.count, (int)sei->layers, narrowest * 1e9);
  if (sei->is_large) {
    (void)MPI_Comm_size(simulation->comm, &processes);
    (void)printf("solver: iterative, cells distributed; more processes share memory and work\n");
    (void)printf("memory expected for it: %.3g MB on each of %d processes\n",
                 1e-6 * SeiLargeMemoryEstimate(sei->columns.count, sei->layers, processes), (int)processes);
    return;
  }
  (void)printf("solver: direct; more processes do not help, all do the same\n");
  (void)printf("memory expected for it: %.3g MB on every process, which all do the same\n",
               1e-6 * SeiMemoryEstimate(sei->columns.count, sei->layers, simulation->grid->rings));
}

PetscErrorCode CommandCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status) {
  const ModelKind *kind = arguments->positional_count == 1 ? ModelKindOfDeck(arguments->positional[0]) : NULL;
  Loaded loaded = {0};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  if (kind) {
    PetscCall(CommandModelCheck(kind, arguments, diagnostics, status));
    PetscFunctionReturn(0);
  }
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
      if (DeckProtocolRefersTo(loaded.deck, "deposit.volume")) {
        (void)printf("C-rate 1: %.6g nA\n", 1e9 * ProtocolCurrentOfRate(loaded.deck, 1.0));
      }
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
  const ModelKind *kind = topic ? ModelKindNamed(topic) : NULL;
  ParameterTable table;
  PetscMPIInt rank;
  PetscBool found = PETSC_TRUE;

  PetscFunctionBeginUser;
  if (kind) {
    PetscCall(CommandModelHelp(kind, arguments, diagnostics, status));
    PetscFunctionReturn(0);
  }
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(CatalogueCreate(&table));
  if (!rank) {
    if (topic && !strcmp(topic, "schema")) {
      PetscCall(TableSchema(table, stdout));
    } else if (topic && !strcmp(topic, "reference")) {
      PetscCall(TableReference(table, stdout));
    } else if (topic && !strcmp(topic, "laws")) {
      PetscCall(TableLaws(table, stdout));
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
