/* Shared by the cell_*.c files only. */
#ifndef LISEI_CELL_RUN_PRIVATE_H
#define LISEI_CELL_RUN_PRIVATE_H

#include "../../io/output/report.h"
#include "box_structure.h"
#include "bracket.h"
#include "cell_run.h"
#include "unit_cell.h"

enum { CELL_FIELDS = 32, CELL_SOLVES = 4 };

/* The four solves, in the order in which they are made: `grid` 0 coarse, 1 fine. The last keeps its responses. */
typedef struct {
  int grid;
  UnitCellMethod method;
} CellSolve;
extern const CellSolve CellSolves[CELL_SOLVES];

struct CellRun_ {
  MPI_Comm comm;
  PetscMPIInt rank;
  Deck deck;
  BoxStructure structure;
  PetscInt cells[3];
  PetscBool electrodes, axis[3];
  double field_scale; /* [V/m] E_c; INFINITY: linear */
  int field_count;    /* 0: linear */
  double field[CELL_FIELDS];

  /* results, by solve */
  double tensor[CELL_SOLVES][3][3];         /* [S/m] NAN where it is not asked for */
  double current[CELL_SOLVES][CELL_FIELDS]; /* [A/m^2] along z */
  double half_jump[CELL_SOLVES];            /* [m] of the law through the largest field */
  UnitCell last;                            /* of the last solve */
  Vec response;                             /* [V] of `response_field` */
  double response_field[3];                 /* [V/m] */
  double part[2][BOX_PHASES];               /* [1] volume fractions of the cells of each grid */
  double peak;                              /* [1] largest current density over its mean */
  char solver[256], failure[512];
  PetscInt solves, newton_iterations, linear_iterations;
  FILE *history; /* rank 0 */
  Report report;
};

/* cell_solve.c: one of the four; *finished false: run->failure says what happened. */
PetscErrorCode CellSolveOne(CellRun run, int solve, PetscBool *finished);
void CellGridCells(CellRun run, int grid, PetscInt cells[3]);

/* cell_law.c */
/* [m] half the jump distance with which sigma E_c sinh(E/E_c) passes through a current; 0 if it is below ohmic */
double CellHalfJump(double conductivity, double field, double current, double temperature, int charge_number);
BracketEstimate CellEstimate(const double values[CELL_SOLVES], Bracket *fine);

/* cell_report.c: everything but files of fields. */
PetscErrorCode CellReportResults(CellRun run, const char *dir);
PetscErrorCode CellReportNote(CellRun run, const char *section, const char *name, const char *suffix, double value);

/* cell_fields.c: phases of the fine grid to rank 0, percolation; the file of fields. */
PetscErrorCode CellPercolation(CellRun run);
PetscErrorCode CellWriteFields(CellRun run, const char *dir);

#endif
