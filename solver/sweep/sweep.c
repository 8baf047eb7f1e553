#include "sweep.h"
#include <math.h>
#include <unistd.h>

enum { MOST_LISTED = 20 }; /* failures on the terminal, and samples whose mistakes are told */

void SweepChunkName(const SweepOptions *options, char name[64]) {
  (void)snprintf(name, 64, "%d-of-%d", (int)options->chunk, (int)options->chunk_count);
}

/* --- checks ------------------------------------------------------------------------------------------------------- */

/* Samples of the chunk. */
static PetscInt OwnCount(const SweepOptions *o, PetscInt count) {
  return o->chunk > count ? 0 : (count - o->chunk) / o->chunk_count + 1;
}

/* Has a process of the team heard a signal? The team stops together. */
static PetscErrorCode TeamStops(Farm farm, int *stops) {
  PetscFunctionBeginUser;
  *stops = RunSignalsStopping() ? 1 : 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, stops, 1, MPI_INT, MPI_MAX, FarmTeam(farm)));
  PetscFunctionReturn(0);
}

/* Every team looks at its share of the chunk's decks; afterwards all know their hashes, and which decks are wrong. */
static PetscErrorCode CheckShare(Sweep *sweep, char (*hash)[SAMPLE_HASH_LENGTH], int wrong[]) {
  const SweepOptions *o = &sweep->options;
  const PetscInt count = sweep->study->sample_count, stride = o->chunk_count * FarmTeamCount(sweep->farm);
  PetscMPIInt size;
  int stops = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = o->chunk - 1 + o->chunk_count * FarmTeamNumber(sweep->farm); i < count; i += stride) {
    Diagnostics found;
    PetscCall(TeamStops(sweep->farm, &stops));
    if (stops) {
      break;
    }
    PetscCall(DiagnosticsCreate(&found));
    PetscCall(SamplerCheck(sweep->sampler, i, found, hash[i]));
    wrong[i] = DiagnosticsCount(found) > 0;
    PetscCall(DiagnosticsDestroy(&found));
  }
  PetscCall(PetscMPIIntCast(count * SAMPLE_HASH_LENGTH, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, hash, size, MPI_CHAR, MPI_MAX, PETSC_COMM_WORLD));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, wrong, (PetscMPIInt)count, MPI_INT, MPI_MAX, PETSC_COMM_WORLD));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &stops, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD));
  sweep->stopped = stops != 0;
  PetscFunctionReturn(0);
}

/* The same mistakes on every process. */
static PetscErrorCode TellMistakes(Sweep *sweep, const int wrong[], Diagnostics diagnostics) {
  const PetscInt count = sweep->study->sample_count;
  PetscInt told = 0, all = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    char unused[SAMPLE_HASH_LENGTH];
    all += wrong[i];
    if (wrong[i] && told < MOST_LISTED) {
      PetscCall(SamplerCheck(sweep->sampler, i, diagnostics, unused));
      told++;
    }
  }
  if (all > 0) {
    PetscCall(DiagnosticsAdd(diagnostics, sweep->study->path, 0, NULL,
                             "%d of %d samples have a deck that is wrong (of the first %d the errors are listed)",
                             (int)all, (int)OwnCount(&sweep->options, count), (int)told));
  }
  PetscFunctionReturn(0);
}

/* hash: "" for samples of other chunks. */
static PetscErrorCode CheckDecks(Sweep *sweep, Diagnostics diagnostics, char (**hash)[SAMPLE_HASH_LENGTH]) {
  const PetscInt count = sweep->study->sample_count;
  int *wrong;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc(SAMPLE_HASH_LENGTH * (size_t)count, hash));
  PetscCall(PetscCalloc1(count, &wrong));
  PetscCall(CheckShare(sweep, *hash, wrong));
  if (!sweep->stopped) {
    PetscCall(TellMistakes(sweep, wrong, diagnostics));
  }
  PetscCall(PetscFree(wrong));
  PetscFunctionReturn(0);
}

PetscErrorCode SweepCreate(MPI_Comm world, ParameterTable table, const char *path, const SweepOptions *options,
                           Diagnostics diagnostics, Sweep *sweep) {
  char(*hash)[SAMPLE_HASH_LENGTH];
  PetscMPIInt size;

  PetscFunctionBeginUser;
  *sweep = (Sweep){.table = table, .options = *options, .on_terminal = isatty(STDERR_FILENO) != 0};
  PetscCallMPI(MPI_Comm_size(world, &size));
  PetscCall(StudyRead(table, path, diagnostics, &sweep->study));
  if (sweep->study && size % (PetscMPIInt)sweep->study->ranks_per_run != 0) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, "ranks_per_run",
                             "%d processes cannot be divided into teams of %d: start a multiple of it", size,
                             (int)sweep->study->ranks_per_run));
  }
  if (DiagnosticsCount(diagnostics) || !sweep->study) {
    PetscFunctionReturn(0);
  }
  PetscCall(SimulationShare(PETSC_TRUE));
  PetscCall(FarmCreate(world, sweep->study->ranks_per_run, &sweep->farm));
  PetscCall(SamplerCreate(FarmTeam(sweep->farm), table, sweep->study, diagnostics, &sweep->sampler));
  if (DiagnosticsCount(diagnostics)) {
    PetscFunctionReturn(0);
  }
  PetscCall(CheckDecks(sweep, diagnostics, &hash));
  if (DiagnosticsCount(diagnostics) || sweep->stopped) {
    PetscCall(PetscFree(hash));
    PetscFunctionReturn(0);
  }
  PetscCall(LedgerCreate(sweep->study, sweep->options.dir, hash, &sweep->ledger));
  sweep->has_ledger = true;
  PetscCall(SamplerFirst(sweep->sampler, diagnostics, &sweep->first, &sweep->simulation));
  PetscFunctionReturn(0);
}

PetscErrorCode SweepDestroy(Sweep *sweep) {
  PetscFunctionBeginUser;
  PetscCall(SimulationDestroy(&sweep->simulation));
  if (sweep->first) {
    PetscCall(DeckDestroy(&sweep->first));
  }
  if (sweep->has_ledger) {
    PetscCall(LedgerDestroy(&sweep->ledger));
  }
  PetscCall(SamplerDestroy(&sweep->sampler));
  PetscCall(FarmDestroy(&sweep->farm));
  PetscCall(StudyDestroy(&sweep->study));
  PetscCall(SimulationShare(PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode SweepOpen(Sweep *sweep, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  PetscCall(LedgerCheckManifest(&sweep->ledger, sweep->first, sweep->options.update, diagnostics));
  if (DiagnosticsCount(diagnostics) == 0) {
    PetscCall(LedgerReadJournals(&sweep->ledger, sweep->options.retry));
  }
  PetscFunctionReturn(0);
}

/* --- run ---------------------------------------------------------------------------------------------------------- */

static void ShowProgress(Sweep *sweep) {
  PetscLogDouble now;

  if (PetscTime(&now) || (now - sweep->shown < (sweep->on_terminal ? 0.5 : 10.0) && sweep->done < sweep->to_do)) {
    return;
  }
  sweep->shown = now;
  (void)fprintf(stderr, "%ssample %d of %d, %d failed, %.3g samples/s, left %.0f s%s",
                sweep->on_terminal ? "\r\033[K" : "", (int)sweep->done, (int)sweep->to_do, (int)sweep->ledger.failed,
                sweep->done / (now - sweep->started),
                (sweep->to_do - sweep->done) * (now - sweep->started) / PetscMax(1, sweep->done),
                sweep->on_terminal && sweep->done < sweep->to_do ? "" : "\n");
  (void)fflush(stderr);
}

static PetscErrorCode Added(void *context, PetscInt sample, const SampleResult *result) {
  Sweep *sweep = context;

  PetscFunctionBeginUser;
  PetscCall(LedgerAdd(&sweep->ledger, sample, result));
  sweep->done++;
  if (sweep->options.chunk_count == 1) {
    PetscCall(LedgerRefreshResults(&sweep->ledger));
  }
  ShowProgress(sweep);
  PetscFunctionReturn(0);
}

/* The samples of the chunk that nobody has run yet; 0-based. Of those with one deck, the first runs for all, unless
   each keeps a history. */
static PetscErrorCode FillQueue(const Sweep *sweep, PetscInt *count, PetscInt **queue) {
  const SweepOptions *o = &sweep->options;

  PetscFunctionBeginUser;
  *count = 0;
  PetscCall(PetscMalloc1(sweep->ledger.count, queue));
  for (PetscInt i = o->chunk - 1; i < sweep->ledger.count; i += o->chunk_count) {
    if (sweep->ledger.outcome[i] == SAMPLE_PENDING && (sweep->study->histories || LedgerIsFirst(&sweep->ledger, i))) {
      (*queue)[(*count)++] = i;
    }
  }
  PetscFunctionReturn(0);
}

/* How many of the chunk's samples failed, on rank 0. */
static PetscInt FailedInChunk(const Sweep *sweep) {
  PetscInt failed = 0;

  for (PetscInt i = sweep->options.chunk - 1; i < sweep->ledger.count; i += sweep->options.chunk_count) {
    failed += sweep->ledger.outcome[i] > RUN_FINISHED;
  }
  return failed;
}

static PetscErrorCode ListFailures(const Sweep *sweep) {
  PetscInt listed = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < sweep->ledger.count && listed < MOST_LISTED; i++) {
    char *command;
    if (sweep->ledger.outcome[i] <= RUN_FINISHED) {
      continue;
    }
    PetscCall(StudyCommand(sweep->study, i, LedgerLimit(&sweep->ledger, i), &command));
    (void)fprintf(stderr, "  sample %d: %s: %s\n    %s\n", (int)i + 1, OutcomeName(sweep->ledger.outcome[i]),
                  sweep->ledger.reason[i], command);
    PetscCall(PetscFree(command));
    listed++;
  }
  if (sweep->ledger.failed > listed) {
    (void)fprintf(stderr, "  ... all of them: %s/failed.txt\n", sweep->options.dir);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Summary(Sweep *sweep, PetscBool stopped) {
  const Ledger *ledger = &sweep->ledger;
  PetscLogDouble now;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  (void)fprintf(stderr, "%s: %d of %d samples finished, %d failed, %d to do; %d run in %.3g s, %s\n",
                stopped ? "stopped; the same command continues" : "finished", (int)ledger->finished, (int)ledger->known,
                (int)ledger->failed, (int)ledger->pending, (int)sweep->done, now - sweep->started, sweep->options.dir);
  PetscCall(ListFailures(sweep));
  PetscFunctionReturn(0);
}

PetscErrorCode SweepRun(Sweep *sweep, int *status) {
  PetscInt count = 0, *queue = NULL;
  char chunk[64], histories[PETSC_MAX_PATH_LEN];
  PetscBool stopped;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  (void)snprintf(histories, sizeof histories, "%s/histories", sweep->options.dir);
  if (sweep->study->histories && FarmIsLeader(sweep->farm)) {
    SamplerKeepHistories(sweep->sampler, histories);
  }
  PetscCall(PetscTime(&sweep->started));
  sweep->shown = sweep->ledger.last_write = sweep->started;
  if (rank == 0) {
    SweepChunkName(&sweep->options, chunk);
    PetscCall(LedgerWriteManifest(&sweep->ledger, sweep->first, sweep->options.chunk_count > 1 ? chunk : NULL));
    PetscCall(LedgerOpenJournal(&sweep->ledger, chunk));
    if (sweep->options.chunk_count == 1) { /* what it needs in memory does not come later as a surprise */
      PetscCall(LedgerWriteResults(&sweep->ledger));
    }
    PetscCall(FillQueue(sweep, &count, &queue));
    sweep->to_do = count;
  }
  PetscCall(FarmRun(sweep->farm, sweep->sampler, sweep->ledger.columns, count, queue, Added, sweep, &stopped));
  *status = RUN_FINISHED;
  if (rank == 0) {
    PetscCall(LedgerCloseJournal(&sweep->ledger));
    if (sweep->options.chunk_count == 1) {
      PetscCall(LedgerWriteResults(&sweep->ledger));
    }
    PetscCall(Summary(sweep, stopped));
    *status = stopped ? RUN_STOPPED : FailedInChunk(sweep) ? RUN_FAILED : RUN_FINISHED;
  }
  PetscCall(PetscFree(queue));
  PetscCallMPI(MPI_Bcast(status, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  PetscFunctionReturn(0);
}

PetscErrorCode SweepCollect(Sweep *sweep, int *status) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(PetscTime(&sweep->started));
  if (rank == 0) {
    PetscCall(LedgerWriteManifest(&sweep->ledger, sweep->first, NULL));
    PetscCall(LedgerWriteResults(&sweep->ledger));
    PetscCall(Summary(sweep, PETSC_FALSE));
  }
  *status = sweep->ledger.pending ? RUN_STOPPED : sweep->ledger.failed ? RUN_FAILED : RUN_FINISHED;
  PetscFunctionReturn(0);
}
