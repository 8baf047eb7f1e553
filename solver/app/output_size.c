#include "output_size.h"
#include <string.h>
#include <sys/statvfs.h>

enum {
  FIELD_FILE_HEAD = 6500,  /* [B] of a field file, whatever its cells */
  FIELD_FILE_CELL = 93,    /* [B] per cell: corners, connectivity, six numbers */
  ROW = 600,               /* [B] of the columns in history.csv and history.h5 */
  CHECKPOINT_HEAD = 20000, /* [B] of a checkpoint, whatever its state: the deck */
  RING_FIELDS = 8,         /* with the states of a law that has three */
  MANY_FILES = 10000
};

/* Field files, at most; INFINITY if the protocol is open-ended and they are saved at intervals. */
static double FieldFiles(Simulation simulation) {
  const Protocol protocol = simulation->protocol;
  const char *when = DeckText(simulation->deck, "output.fields");
  double vertices = 1.0; /* the start */

  if (!strcmp(when, "interval")) {
    return floor(ProtocolDuration(protocol) / DeckReal(simulation->deck, "output.fields_interval")) + 2.0;
  }
  for (PetscInt k = 0; k < protocol->segment_count; k++) {
    vertices += protocol->segments[k].ends_in_vertex ? 1.0 : 0.0;
  }
  return !strcmp(when, "none") ? 0.0 : (!strcmp(when, "end") ? 1.0 : vertices);
}

/* Rows, at least: how many more the tolerance asks for shows only during the run. */
static double FewestRows(Simulation simulation) {
  const Protocol protocol = simulation->protocol;
  const double largest = DeckReal(simulation->deck, "time.largest_step"), duration = ProtocolDuration(protocol);

  return protocol->segment_count + (largest > 0.0 && isfinite(duration) ? floor(duration / largest) : 0.0);
}

/* "1.5 GB" */
static const char *Bytes(double bytes, char text[32]) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
  size_t k = 0;

  for (; bytes >= 1000.0 && k + 1 < sizeof units / sizeof *units; k++) {
    bytes /= 1000.0;
  }
  (void)snprintf(text, 32, "%.3g %s", bytes, units[k]);
  return text;
}

/* [B] of one field file. */
static double FieldFileSize(Simulation simulation) {
  return FIELD_FILE_HEAD + FIELD_FILE_CELL * (double)SimulationCellCount(simulation);
}

/* [B] of a checkpoint: the state now and at the largest current, each with rates, and of an SEI potentials and flows
   of the cells, whose rates are kept only where every process has them. */
static double CheckpointSize(Simulation simulation) {
  const SimulationSei *sei = simulation->sei;
  const double columns = sei ? (double)sei->columns.count : (double)simulation->grid->rings;
  const double cells = sei ? columns * (double)sei->layers : 0.0;
  double inside = 3.0 * cells;

  inside = sei && sei->is_large ? inside + (double)GridCellCount(simulation->grid) : 2.0 * inside;
  return CHECKPOINT_HEAD + 2.0 * 8.0 * (columns * RING_FIELDS + inside);
}

PetscErrorCode OutputSizeCheck(Simulation simulation, const char *dir, Diagnostics diagnostics) {
  const double files = FieldFiles(simulation), needed = files * FieldFileSize(simulation);
  char folder[PETSC_MAX_PATH_LEN], one[32], other[32];
  struct statvfs disk;
  double available = INFINITY;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(simulation->comm, &rank));
  if (rank == 0) {
    (void)snprintf(folder, sizeof folder, "%s", dir);
    while (statvfs(folder, &disk)) { /* up to a folder that is there */
      char *slash = strrchr(folder, '/');
      (void)snprintf(slash && slash != folder ? slash : folder, 2, "%s",
                     slash && slash != folder ? ""
                     : slash                  ? "/"
                                              : ".");
    }
    available = (double)disk.f_bavail * (double)disk.f_frsize;
  }
  PetscCallMPI(MPI_Bcast(&available, 1, MPI_DOUBLE, 0, simulation->comm));
  if (isfinite(needed) && needed > available) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                             "%.10g field files need %s, and the disk of '%s' has %s left: a larger "
                             "output.fields_interval, output.fields vertices, end or none, or another folder",
                             files, Bytes(needed, one), dir, Bytes(available, other)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode OutputSizePrint(Simulation simulation, FILE *stream) {
  const double files = FieldFiles(simulation), rows = FewestRows(simulation);
  double each, row, rings = (double)simulation->grid->rings;
  char one[32], all[32];

  PetscFunctionBeginUser;
  each = FieldFileSize(simulation);
  rings = simulation->sei ? (double)simulation->sei->columns.count : rings;
  row = ROW + 8.0 * (rings * RING_FIELDS + 1.0) / (double)DeckInteger(simulation->deck, "output.interface_every");
  if (isfinite(files) && files > 0.0) {
    (void)fprintf(stream, "field files expected: at most %.10g of %s, together %s\n", files, Bytes(each, one),
                  Bytes(files * each, all));
  } else {
    (void)fprintf(stream, "field files expected: %s\n", files > 0.0 ? "no bound, the protocol is open-ended" : "none");
  }
  if (isfinite(files) && files > MANY_FILES) {
    (void)fprintf(stream,
                  "  these are many: a larger output.fields_interval, or output.fields: vertices, saves space\n");
  }
  (void)fprintf(stream, "rows expected: at least %.10g of %s, together %s\n", rows, Bytes(row, one),
                Bytes(rows * row, all));
  (void)fprintf(stream, "checkpoints expected: two of %s\n", Bytes(CheckpointSize(simulation), one));
  PetscFunctionReturn(0);
}
