#include "../../io/output/file_util.h"
#include "../../physics/constants.h"
#include "cell_run_private.h"
#include <errno.h>
#include <math.h>
#include <string.h>

static const char axes[] = "xyz";

static PetscErrorCode CheckCells(CellRun run, Diagnostics diagnostics) {
  double memory = 1.0;

  PetscFunctionBeginUser;
  for (int a = 0; a < 3; a++) {
    char key[32];
    const char *file;
    int line;
    (void)snprintf(key, sizeof key, "cell.cells_%c", axes[a]);
    run->cells[a] = DeckInteger(run->deck, key);
    memory *= (double)run->cells[a];
    DeckWhere(run->deck, key, &file, &line);
    if (run->cells[a] > 1 && run->cells[a] % 2) {
      PetscCall(DiagnosticsAdd(diagnostics, file, line, key,
                               "%" PetscInt_FMT
                               " is odd: expected an even number, for the second grid has half as many "
                               "cells, or 1",
                               run->cells[a]));
    } else if (a == 2 && run->electrodes && run->cells[a] < 4) {
      PetscCall(DiagnosticsAdd(diagnostics, file, line, key,
                               "%" PetscInt_FMT " cells between electrodes are too few: expected at least 4",
                               run->cells[a]));
    }
  }
  if (memory > 2e8) { /* PETSc's indices, of 32 bits, count seven entries for every cell */
    const char *file;
    int line;
    DeckWhere(run->deck, "cell.cells_x", &file, &line);
    PetscCall(DiagnosticsAdd(diagnostics, file, line, "cell.cells_x",
                             "%.3g cells are more than the 2e8 that this program can address", memory));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckAxes(CellRun run, Diagnostics diagnostics) {
  const bool given = DeckIsSet(run->deck, "cell.axes");
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(run->deck, "cell.axes", &file, &line);
  for (PetscInt n = 0; n < DeckListLength(run->deck, "cell.axes"); n++) {
    const int axis = DeckListText(run->deck, "cell.axes", n)[0] - 'x';
    run->axis[axis] = !run->electrodes || axis == 2 ? PETSC_TRUE : PETSC_FALSE;
    if (given && !run->axis[axis]) {
      PetscCall(
          DiagnosticsAdd(diagnostics, file, line, "cell.axes",
                         "between electrodes the mean field is along z: expected [z], or cell.boundary: periodic"));
    }
  }
  if (run->field_scale < INFINITY && !run->axis[2]) {
    PetscCall(DiagnosticsAdd(diagnostics, file, line, "cell.axes",
                             "field-dependent conduction is solved along z: expected z among the axes"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadFields(CellRun run, Diagnostics diagnostics) {
  const PetscInt count = DeckListLength(run->deck, "cell.fields");
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(run->deck, "cell.fields", &file, &line);
  if (isinf(run->field_scale)) {
    if (count) {
      PetscCall(DiagnosticsAdd(diagnostics, file, line, "cell.fields",
                               "not used because cell.half_jump_distance is 0, conduction is linear: remove the key or "
                               "give a distance"));
    }
    PetscFunctionReturn(0);
  }
  if (count > CELL_FIELDS) {
    PetscCall(DiagnosticsAdd(diagnostics, file, line, "cell.fields", "%" PetscInt_FMT " fields: expected at most %d",
                             count, CELL_FIELDS));
    PetscFunctionReturn(0);
  }
  run->field_count = count ? (int)count : 3;
  for (int f = 0; f < run->field_count; f++) {
    run->field[f] = count ? DeckListReal(run->deck, "cell.fields", f) : run->field_scale * 0.5 * (double)(1 << f);
    if (f && run->field[f] <= run->field[f - 1]) {
      PetscCall(DiagnosticsAdd(diagnostics, file, line, "cell.fields", "must ascend: %g V/m follows on %g V/m",
                               run->field[f], run->field[f - 1]));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CellRunCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, CellRun *created) {
  const double jump = DeckReal(deck, "cell.half_jump_distance");
  CellRun run;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(created));
  run = *created;
  run->comm = comm;
  run->deck = deck;
  run->peak = NAN;
  PetscCallMPI(MPI_Comm_rank(comm, &run->rank));
  run->electrodes = strcmp(DeckText(deck, "cell.boundary"), "electrodes") ? PETSC_FALSE : PETSC_TRUE;
  run->field_scale = jump > 0.0 ? GAS_CONSTANT * DeckReal(deck, "temperature") /
                                      ((double)DeckInteger(deck, "cell.charge_number") * FARADAY_CONSTANT * jump)
                                : INFINITY;
  PetscCall(CheckCells(run, diagnostics));
  PetscCall(CheckAxes(run, diagnostics));
  PetscCall(ReadFields(run, diagnostics));
  PetscCall(BoxStructureCreate(deck, diagnostics, &run->structure));
  PetscFunctionReturn(0);
}

PetscErrorCode CellRunDestroy(CellRun *run) {
  PetscFunctionBeginUser;
  if (!*run) {
    PetscFunctionReturn(0);
  }
  PetscCall(VecDestroy(&(*run)->response));
  PetscCall(UnitCellDestroy(&(*run)->last));
  PetscCall(PetscFree(*run));
  PetscFunctionReturn(0);
}

PetscErrorCode CellRunPlan(CellRun run, FILE *stream) {
  const double cells = (double)run->cells[0] * (double)run->cells[1] * (double)run->cells[2];
  PetscInt coarse[3];

  PetscFunctionBeginUser;
  CellGridCells(run, 0, coarse);
  (void)fprintf(stream,
                "\ngrids: %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT " and %" PetscInt_FMT
                " x %" PetscInt_FMT " x %" PetscInt_FMT " cells, each with two discretisations\n",
                coarse[0], coarse[1], coarse[2], run->cells[0], run->cells[1], run->cells[2]);
  (void)fprintf(stream, "memory expected: %.3g GB over all processes, which share the cells\n", 600e-9 * cells);
  PetscFunctionReturn(0);
}

PetscErrorCode CellRunTouchOptions(CellRun run) {
  UnitCellOptions options = {.method = UNIT_CELL_CELLS,
                             .cells = {4, 4, 4},
                             .length = {1.0, 1.0, 1.0},
                             .field_scale = INFINITY,
                             .conductivity = BoxStructureConductivity,
                             .context = &run->structure,
                             .rtol = 1e-6};
  PetscMPIInt size;
  PetscBool converged;
  UnitCellWork work;
  UnitCell cell;
  Vec potential;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->comm, &size));
  options.cells[2] = PetscMax(4, 2 * (PetscInt)size);
  for (int a = 0; a < 3; a++) {
    options.length[a] = run->structure.length[a];
  }
  PetscCall(UnitCellCreate(run->comm, &options, &cell));
  PetscCall(UnitCellVec(cell, &potential));
  PetscCall(UnitCellSolveLinear(cell, 2, potential, &work, &converged));
  PetscCall(VecDestroy(&potential));
  PetscCall(UnitCellDestroy(&cell));
  PetscFunctionReturn(0);
}

/* Fewer than two cells to the smallest thing there is: solved, but said. */
static PetscErrorCode WarnOfGrains(CellRun run) {
  double extent[3];

  PetscFunctionBeginUser;
  BoxStructureGrain(&run->structure, extent);
  for (int a = 0; a < 3; a++) {
    const double count = extent[a] * (double)run->cells[a] / run->structure.length[a];
    char name[32], text[160];
    if (count >= 2.0 || run->cells[a] == 1) {
      continue;
    }
    (void)snprintf(name, sizeof name, "coarse_cells_%c", axes[a]);
    (void)snprintf(text, sizeof text,
                   "%.2g cells along %c to the smallest grain, layer or gap (%.3g nm): take at least 2", count, axes[a],
                   1e9 * extent[a]);
    PetscCall(ReportNoteText(run->report, "warnings", name, text));
    if (!run->rank) {
      (void)fprintf(stderr, "warning: %s\n", text);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode OpenHistory(CellRun run, const char *dir) {
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  if (run->rank) {
    PetscFunctionReturn(0);
  }
  (void)snprintf(path, sizeof path, "%s/history.csv", dir);
  run->history = fopen(path, "w");
  PetscCheck(run->history, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot open %s for writing: %s", path,
             strerror(errno));
  (void)fprintf(run->history,
                "# one row per solve; field 0: linear response; conductivity: current density over field\n"
                "solve [1],cells_x [1],cells_y [1],cells_z [1],method,axis,field [V m-1],newton_iterations [1],"
                "linear_iterations [1],residual [1],conductivity [S m-1]\n");
  PetscFunctionReturn(0);
}

static PetscErrorCode CloseHistory(CellRun run) {
  PetscFunctionBeginUser;
  if (run->history) {
    const int failed = fclose(run->history);
    run->history = NULL;
    PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write history.csv: %s", strerror(errno));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Finish(CellRun run, PetscBool finished, const double wall[4]) {
  const ReportTimings timings = {wall[1] - wall[0], wall[2] - wall[1], wall[3] - wall[2]};
  const ReportCounts counts = {run->solves, 0, run->newton_iterations, run->linear_iterations};

  PetscFunctionBeginUser;
  PetscCall(ReportSetTimings(run->report, &timings));
  PetscCall(ReportSetCounts(run->report, &counts));
  PetscCall(ReportSetExit(run->report, finished ? 0 : 2, finished ? "completed" : run->failure));
  PetscCall(ReportWrite(run->report));
  if (!finished && !run->rank) {
    (void)fprintf(stderr, "lisei: error: %s\n", run->failure);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CellRunExecute(CellRun run, const char *dir, PetscBool *finished) {
  double wall[4];

  PetscFunctionBeginUser;
  wall[0] = MPI_Wtime();
  *finished = PETSC_TRUE;
  PetscCall(ReportCreate(run->comm, dir, DeckText(run->deck, "title"), &run->report));
  PetscCall(ReportWrite(run->report));
  PetscCall(OpenHistory(run, dir));
  PetscCall(WarnOfGrains(run));
  PetscCall(CellPercolation(run));
  wall[1] = MPI_Wtime();
  for (int solve = 0; solve < CELL_SOLVES && *finished; solve++) {
    PetscCall(CellSolveOne(run, solve, finished));
  }
  wall[2] = MPI_Wtime();
  PetscCall(CloseHistory(run));
  if (*finished) {
    PetscCall(CellWriteFields(run, dir));
    PetscCall(CellReportResults(run, dir));
  }
  wall[3] = MPI_Wtime();
  PetscCall(Finish(run, *finished, wall));
  PetscCall(ReportDestroy(&run->report));
  PetscFunctionReturn(0);
}
