/* The readers of everything a user or another program may hand to lisei, as one function of bytes for libFuzzer and for
   replay.c. LISEI_FUZZ names the class: deck, include, waveform, checkpoint, history, cache. With LISEI_FUZZ_SEEDS=DIR
   a sound file of the class is written there first. A reader may refuse; it may not crash, leak, hang, or leave HDF5
   files open. */
#include "readers.h"
#include "io/deck/deck.h"
#include "io/deck/waveform.h"
#include "io/output/checkpoint.h"
#include "io/output/history.h"
#include "solver/electrolyte/bulk.h"
#include "solver/model/catalogue.h"
#include <dirent.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MUST(call)                                                                                                     \
  do {                                                                                                                 \
    if (call) {                                                                                                        \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

typedef struct {
  const char *name;
  const char *file; /* in the folder; what the bytes are written to; NULL: they are text in memory */
  void (*prepare)(void);
  void (*read)(const char *text);
} Reader;

static char folder[64] = "/dev/shm/lisei-fuzz-XXXXXX", path[512];
static const Reader *reader;
static ParameterTable table;
static HistoryMark mark;

static PetscErrorCode Silent(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code,
                             PetscErrorType type, const char *message, void *context) {
  (void)comm, (void)line, (void)function, (void)file, (void)type, (void)message, (void)context;
  return code;
}

/* --- text -----------------------------------------------------------------------------------------------------------
 */

static void Deck_(const char *text) {
  Diagnostics diagnostics = NULL;
  Deck deck = NULL;
  char *resolved = NULL;

  MUST(DiagnosticsCreate(&diagnostics));
  MUST(DeckReadText(table, text, path, diagnostics, &deck));
  MUST((deck != NULL) != (DiagnosticsCount(diagnostics) == 0));
  if (deck) {
    MUST(DeckResolved(deck, &resolved));
    MUST(PetscFree(resolved));
  }
  MUST(DeckDestroy(&deck));
  MUST(DiagnosticsDestroy(&diagnostics));
}

static void Include(const char *text) {
  (void)text;
  Deck_("include: included.yaml\ncontact: {diameter: 2 um}\nprotocol: [{rest: {duration: 1 s}}]\n");
}

static void Waveform_(const char *text) {
  Diagnostics diagnostics = NULL;
  Waveform waveform = NULL;

  (void)text;
  MUST(DiagnosticsCreate(&diagnostics));
  MUST(WaveformRead(path, "V", 0.0, diagnostics, &waveform));
  MUST((waveform != NULL) != (DiagnosticsCount(diagnostics) == 0));
  for (PetscInt k = 1; waveform && k < waveform->count; k++) {
    MUST(!(waveform->time[k] > waveform->time[k - 1]) || !isfinite(waveform->value[k]));
  }
  MUST(WaveformDestroy(&waveform));
  MUST(DiagnosticsDestroy(&diagnostics));
}

/* --- HDF5 -----------------------------------------------------------------------------------------------------------
 */

/* Refusals may not leave anything open; what a failed continuation leaves goes with the process, here now. */
static void CloseAll(int allowed) {
  hid_t open[64];
  const ssize_t count = H5Fget_obj_ids((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL, 64, open);

  MUST(count > 0 && !allowed);
  for (ssize_t k = 0; k < count; k++) {
    while (H5Idec_ref(open[k]) > 0) {
    }
  }
}

enum { NUMBERS = 20 };

static void WriteCheckpoint(void) {
  double state[NUMBERS], time = 1.5;
  const CheckpointArray arrays[] = {{"state", NUMBERS, state, PETSC_FALSE}, {"time", 1, &time, PETSC_FALSE}};

  for (int k = 0; k < NUMBERS; k++) {
    state[k] = tan(k);
  }
  MUST(CheckpointWrite(PETSC_COMM_SELF, folder, 1, "grid: {rings: 8}\n", 2, arrays));
}

static void Checkpoint_(const char *text) {
  double state[NUMBERS], time;
  CheckpointArray arrays[] = {{"state", NUMBERS, state, PETSC_FALSE}, {"time", 1, &time, PETSC_FALSE}};
  PetscInt step, count;
  char *deck;

  (void)text;
  MUST(CheckpointFind(PETSC_COMM_SELF, folder, &step));
  if (step >= 0) {
    (void)CheckpointArrayCount(PETSC_COMM_SELF, folder, step, "state", &count);
    if (!CheckpointReadDeck(PETSC_COMM_SELF, folder, step, &deck)) {
      MUST(PetscFree(deck));
    }
    (void)CheckpointRead(PETSC_COMM_SELF, folder, step, 2, arrays);
  }
  CloseAll(1);
}

static const double radius[2] = {1e-6, 2e-6}, area[2] = {1e-12, 3e-12};
static const HistoryField columns[] = {{"time", "s", NULL}, {"current", "A", NULL}};
static const HistoryField fields[] = {{"overpotential", "V", NULL}};
static const HistoryOptions options = {.rings = 2,
                                       .ring_radius = radius,
                                       .ring_area = area,
                                       .column_count = 2,
                                       .columns = columns,
                                       .field_count = 1,
                                       .fields = fields,
                                       .deck_text = "grid: {rings: 2}\n",
                                       .title = "seed"};

static void WriteHistory(void) {
  History history;

  MUST(HistoryCreate(PETSC_COMM_SELF, folder, &options, &history));
  for (int k = 0; k < 5; k++) {
    const double row[] = {k, sin(k)}, values[] = {cos(k), k};
    MUST(HistoryAppend(history, row));
    MUST(HistoryAppendInterface(history, k, values));
  }
  MUST(HistoryGetMark(history, &mark));
  MUST(HistoryDestroy(&history));
}

static void History_(const char *text) {
  char reason[1024];
  History history = NULL;

  (void)text;
  if (HistoryVerify(folder, &mark, reason, sizeof reason)) {
    CloseAll(1);
    return;
  }
  CloseAll(reason[0] ? 0 : 1);
  if (!reason[0] && !HistoryReopen(PETSC_COMM_SELF, folder, 5, 5, &options, &history)) {
    MUST(HistoryDestroy(&history));
  }
  CloseAll(1);
}

static void UseCache(void) {
  const OblateOptions oblate = {.rings = 4, .layers = 4, .radius = 1e-6, .ring_grading = 1, .layer_grading = 1};
  double cell_conductivity[16];
  const BulkOptions bulk_options = {.conductivity = 1.0, .cell_conductivity = cell_conductivity, .cache_dir = folder};
  const double current[4] = {1e-9, 2e-9, 3e-9, 4e-9};
  double potential[4];
  Grid grid;
  Bulk bulk;

  for (int c = 0; c < 16; c++) {
    cell_conductivity[c] = 1.0 + c % 3;
  }
  MUST(GridCreateOblate(&oblate, &grid));
  MUST(BulkCreate(PETSC_COMM_SELF, BULK_CONDENSED, grid, &bulk_options, &bulk));
  MUST(BulkPotential(bulk, current, potential));
  MUST(!isfinite(potential[0]));
  MUST(BulkDestroy(&bulk));
  MUST(GridDestroy(&grid));
}

static void Cache(const char *text) {
  (void)text;
  UseCache();
  CloseAll(0);
}

/* --- the classes ----------------------------------------------------------------------------------------------------
 */

static const Reader readers[] = {{"deck", NULL, NULL, Deck_},
                                 {"include", "included.yaml", NULL, Include},
                                 {"waveform", "wave.csv", NULL, Waveform_},
                                 {"checkpoint", "checkpoint/00000001.h5", WriteCheckpoint, Checkpoint_},
                                 {"history", "history.h5", WriteHistory, History_},
                                 {"cache", "bulk", UseCache, Cache}};

/* The cache's file has the name of a key. */
static void FindFile(void) {
  DIR *directory = opendir(folder);

  for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
    if (!strncmp(entry->d_name, reader->file, strlen(reader->file))) {
      (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    }
  }
  if (directory) {
    (void)closedir(directory);
  }
}

static void WriteSeed(const char *seeds) {
  char command[1024];

  (void)snprintf(command, sizeof command, "cp %s %s/sound", path, seeds);
  MUST(system(command));
}

static void Clean(void) {
  char command[128];

  (void)snprintf(command, sizeof command, "rm -rf %s", folder);
  (void)!system(command);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  const char *name = getenv("LISEI_FUZZ"), *seeds = getenv("LISEI_FUZZ_SEEDS");

  (void)argc, (void)argv;
  for (size_t k = 0; name && k < sizeof readers / sizeof *readers; k++) {
    reader = strcmp(name, readers[k].name) ? reader : &readers[k];
  }
  if (!reader || !mkdtemp(folder)) {
    (void)fprintf(stderr, "LISEI_FUZZ: deck, include, waveform, checkpoint, history or cache\n");
    exit(1);
  }
  (void)atexit(Clean);
  MUST(PetscInitializeNoArguments());
  MUST(PetscPushErrorHandler(Silent, NULL));
  MUST(BulkShare(PETSC_FALSE));
  MUST(CatalogueCreate(&table));
  (void)snprintf(path, sizeof path, "%s/%s", folder, reader->file ? reader->file : "deck.yaml");
  if (reader->prepare) {
    reader->prepare();
    FindFile();
    if (seeds) {
      WriteSeed(seeds);
    }
  }
  if (getenv("LISEI_FUZZ_QUIET")) { /* notes and warnings of the readers */
    MUST(!freopen("/dev/null", "w", stderr));
  }
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  FILE *stream;

  MUST(!text);
  memcpy(text, data, size);
  text[size] = '\0';
  if (reader->file) {
    stream = fopen(path, "wb");
    MUST(!stream);
    MUST(fwrite(data, 1, size, stream) != size);
    MUST(fclose(stream));
  }
  reader->read(text);
  free(text);
  return 0;
}
