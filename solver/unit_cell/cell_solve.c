/* One discretisation on one grid: linear responses, and field-dependent conduction along z. */
#include "../../physics/constants.h"
#include "cell_run_private.h"
#include <math.h>

const CellSolve CellSolves[CELL_SOLVES] = {
    {0, UNIT_CELL_CELLS}, {0, UNIT_CELL_NODES}, {1, UNIT_CELL_NODES}, {1, UNIT_CELL_CELLS}};
static const char *const method_names[] = {"cells", "nodes"};

void CellGridCells(CellRun run, int grid, PetscInt cells[3]) {
  for (int a = 0; a < 3; a++) {
    cells[a] = grid || run->cells[a] == 1 ? run->cells[a] : run->cells[a] / 2;
  }
}

/* A row of history.csv. */
static PetscErrorCode Note(CellRun run, int solve, PetscInt axis, double field, const UnitCellWork *work,
                           double conductivity) {
  PetscInt cells[3];

  PetscFunctionBeginUser;
  run->solves++;
  run->newton_iterations += work->newton_iterations;
  run->linear_iterations += work->linear_iterations;
  CellGridCells(run, CellSolves[solve].grid, cells);
  if (run->history) {
    const int length =
        fprintf(run->history,
                "%" PetscInt_FMT ",%" PetscInt_FMT ",%" PetscInt_FMT ",%" PetscInt_FMT ",%s,%c,%.9g,%" PetscInt_FMT
                ",%" PetscInt_FMT ",%.3g,%.17g\n",
                run->solves, cells[0], cells[1], cells[2], method_names[CellSolves[solve].method], "xyz"[axis], field,
                work -> newton_iterations, work -> linear_iterations, work -> residual, conductivity);
    PetscCheck(length > 0 && !fflush(run->history), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write history.csv");
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Failed(CellRun run, int solve, const char *what, double field, const UnitCellWork *work) {
  PetscInt cells[3];

  PetscFunctionBeginUser;
  CellGridCells(run, CellSolves[solve].grid, cells);
  PetscCall(PetscSNPrintf(run->failure, sizeof run->failure,
                          "%s did not converge: %s on %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
                          " cells at %g V/m, relative residual %.3g after %" PetscInt_FMT " Newton and %" PetscInt_FMT
                          " linear iterations",
                          what, method_names[CellSolves[solve].method], cells[0], cells[1], cells[2], field,
                          work->residual, work->newton_iterations, work->linear_iterations));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveAxes(CellRun run, int solve, UnitCell cell, Vec response[3], PetscBool *finished) {
  UnitCellWork work;

  PetscFunctionBeginUser;
  *finished = PETSC_TRUE;
  for (PetscInt a = 0; a < 3 && *finished; a++) {
    if (!run->axis[a]) {
      continue;
    }
    PetscCall(UnitCellVec(cell, &response[a]));
    PetscCall(UnitCellSolveLinear(cell, a, response[a], &work, finished));
    if (!*finished) {
      PetscCall(Failed(run, solve, "conjugate gradients", 1.0, &work));
      break;
    }
    for (PetscInt b = 0; b <= a; b++) {
      if (run->axis[b]) {
        PetscCall(UnitCellConductivity(cell, a, response[a], b, response[b], &run->tensor[solve][a][b]));
        run->tensor[solve][b][a] = run->tensor[solve][a][b];
      }
    }
    PetscCall(Note(run, solve, a, 0.0, &work, run->tensor[solve][a][a]));
  }
  PetscFunctionReturn(0);
}

/* From a solved field to a larger one, in smaller steps where Newton's method fails. */
static PetscErrorCode Raise(UnitCell cell, double from, double to, Vec potential, Vec kept, UnitCellWork *total,
                            PetscBool *converged) {
  const double smallest = (to - from) / 64.0;
  double at = from, step = to - from;

  PetscFunctionBeginUser;
  *total = (UnitCellWork){0};
  *converged = PETSC_TRUE;
  while (at < to) {
    const double next = at + step >= to * (1.0 - 1e-12) ? to : at + step;
    const double field[3] = {0.0, 0.0, next};
    UnitCellWork work;
    PetscCall(VecCopy(potential, kept));
    PetscCall(VecScale(potential, next / at));
    PetscCall(UnitCellSolveField(cell, field, potential, &work, converged));
    total->newton_iterations += work.newton_iterations;
    total->linear_iterations += work.linear_iterations;
    total->residual = work.residual;
    if (*converged) {
      at = next;
    } else {
      PetscCall(VecCopy(kept, potential));
      step *= 0.5;
      if (step < smallest) {
        break;
      }
    }
  }
  PetscFunctionReturn(0);
}

/* Along z, from the linear response on; `potential` is that of a unit field, and then of the largest. */
static PetscErrorCode SolveFields(CellRun run, int solve, UnitCell cell, Vec potential, PetscBool *finished) {
  const double sigma = run->tensor[solve][2][2], start = 0.1 * run->field[0];
  double at = start;
  Vec kept;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(potential, &kept));
  PetscCall(VecScale(potential, start));
  for (int f = 0; f < run->field_count && *finished; f++) {
    const double field[3] = {0.0, 0.0, run->field[f]};
    double current[3];
    UnitCellWork work;
    PetscCall(Raise(cell, at, run->field[f], potential, kept, &work, finished));
    if (!*finished) {
      PetscCall(Failed(run, solve, "Newton's method", run->field[f], &work));
      break;
    }
    at = run->field[f];
    PetscCall(UnitCellCurrent(cell, field, potential, current));
    run->current[solve][f] = current[2];
    PetscCall(Note(run, solve, 2, at, &work, current[2] / at));
  }
  if (*finished) {
    const int last = run->field_count - 1;
    run->half_jump[solve] =
        CellHalfJump(sigma, run->field[last], run->current[solve][last], DeckReal(run->deck, "temperature"),
                     (int)DeckInteger(run->deck, "cell.charge_number"));
  }
  PetscCall(VecDestroy(&kept));
  PetscFunctionReturn(0);
}

/* What is drawn: the largest field, or a unit field along the last axis asked for. */
static PetscErrorCode KeepResponse(CellRun run, UnitCell cell, Vec response[3]) {
  const int axis = run->axis[2] ? 2 : run->axis[1] ? 1 : 0;

  PetscFunctionBeginUser;
  run->last = cell;
  run->response = response[axis];
  response[axis] = NULL;
  for (int a = 0; a < 3; a++) {
    run->response_field[a] = a == axis ? 1.0 : 0.0;
  }
  if (run->field_count) {
    run->response_field[2] = run->field[run->field_count - 1];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CellSolveOne(CellRun run, int solve, PetscBool *finished) {
  UnitCellOptions options = {.method = CellSolves[solve].method,
                             .length = {run->structure.length[0], run->structure.length[1], run->structure.length[2]},
                             .electrodes = run->electrodes,
                             .field_scale = run->field_scale,
                             .conductivity = BoxStructureConductivity,
                             .context = &run->structure,
                             .rtol = DeckReal(run->deck, "cell.rtol")};
  Vec response[3] = {NULL};
  UnitCell cell;

  PetscFunctionBeginUser;
  CellGridCells(run, CellSolves[solve].grid, options.cells);
  PetscCall(UnitCellCreate(run->comm, &options, &cell));
  PetscCall(UnitCellDescribeSolver(cell, run->solver, sizeof run->solver));
  PetscCall(SolveAxes(run, solve, cell, response, finished));
  if (*finished && run->field_count) {
    PetscCall(SolveFields(run, solve, cell, response[2], finished));
  }
  if (*finished && solve == CELL_SOLVES - 1) {
    PetscCall(KeepResponse(run, cell, response));
    cell = NULL;
  }
  for (int a = 0; a < 3; a++) {
    PetscCall(VecDestroy(&response[a]));
  }
  PetscCall(UnitCellDestroy(&cell));
  PetscFunctionReturn(0);
}
