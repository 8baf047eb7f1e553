/* The resolved SEI and the electrolyte below it as one distributed system of cells: the path of sei.h at any size.

   The equations are those of sei.h with the cells of the electrolyte in place of its ring operator. Unknowns: the
   potentials of the SEI's cells, of the node v_g between the SEI and electrolyte ring g, and of the electrolyte's cells
   (rows of the matrix), and the flow of every link in the SEI. The electrolyte is linear: its flows follow. Per
   iteration of Newton's method one symmetric, positive definite system

     A(g) dphi = -unit (flows out - flows in) - div(g e) + Y b

   is solved by conjugate gradients with algebraic multigrid, to a forcing term (Eisenstat & Walker 1996,
   doi:10.1137/0917003, choice 2) and an absolute tolerance, so that no current at V = 0 is reached.

   A process holds a whole number of electrolyte rings, the columns of the SEI above them and the cells below them: the
   columns of a ring one after another, v_g, the ring's electrolyte cells. Only faces between columns cross from one
   process to its neighbour; the links there are worked out by both, to the same bits. No array has the size of the
   grid; those of the length of the columns are on every process. Private to the SEI part. */
#ifndef LISEI_SEI_LARGE_H
#define LISEI_SEI_LARGE_H

#include "sei.h"
#include "sei_links.h"
#include <petscksp.h>

enum { SEI_LARGE_BORDERS = 4 };
enum { SEI_LATERAL, SEI_VERTICAL, SEI_BOTTOM, SEI_CORNER, SEI_KINDS };

/* One link: two half cells and a linear resistance (sei_links.h). */
typedef struct {
  double near_resistance, near_voltage, far_resistance, far_voltage, series; /* [Ohm], [V] */
} SeiLargeLink;

/* Where a link is. Layer `layers` of a column: the node below it. */
typedef struct {
  int kind;
  PetscInt index;                          /* among its kind on this process */
  PetscInt from, from_layer, to, to_layer; /* columns and layers */
  PetscBool counted;                       /* in sums over all processes: here */
} SeiLargePlace;

/* The links of one kind that this process works out. */
typedef struct {
  PetscInt count, place; /* place: of the first one's flow in the state */
  double *error;         /* [V] e at the last evaluation */
  float *slope;          /* [Ohm] there */
  float *conductance;    /* [1] unit/slope of the matrix: rounded alike in the matrix and in the update */
} SeiLargeLinks;

/* Potentials next to the own columns: the neighbour's SEI cells, then its electrolyte cells. */
typedef struct {
  double *left, *right; /* layers + depth */
} SeiLargeSides;

typedef struct {
  MPI_Comm comm;
  PetscMPIInt process, processes;
  SeiOptions options; /* arrays by columns copied, those by cells absent */
  Bulk electrolyte;
  PetscInt columns, layers, rings, depth;   /* depth: layers of the electrolyte */
  PetscInt ring_first, ring_last;           /* own: first <= ring < last */
  PetscInt column_first, column_last;       /* own */
  PetscInt side_first, side_last;           /* columns whose outward faces are worked out here */
  PetscInt row_first, row_last, rows;       /* own, of all */
  PetscInt *column_row, *ring_row;          /* columns: row of the first cell; rings: row of v_g, before its cells */
  PetscMPIInt *column_count, *column_start; /* processes */
  PetscInt material_first, material_last;   /* columns whose material is here: own ones and two on either side */
  double *conductivity;                     /* [S/m] */
  int *phase;
  PetscInt *grain;                  /* NULL: a boundary is where the phase changes */
  double *share, *inward, *outward; /* columns: of the contact area; [S/m Ohm] halves to the edges at the start */
  double *thickness;                /* [m] columns, now */
  double radius, area, unit;        /* [m], [m^2], [Ohm] now */
  double factored_unit;             /* [Ohm] of the matrix */
  double *below, *beside, *surface; /* [1] own electrolyte cells: to the next layer (the last: to ground); outward, from
                                       those of the ring before the first on; own rings: from v_g to the first cell */
  SeiLargeLinks link[SEI_KINDS];
  PetscInt *corner_column, *corner_layer; /* corners: the cell inside and above each */
  double *surface_slope, *admittance;     /* own columns: [Ohm] at the last evaluation; [1] Y */
  SeiLargeSides sides, update_sides;      /* of the last evaluation; of the last direction */
  double *kirchhoff;                      /* [A] own rows: flows out - in at the last evaluation */
  double *border[SEI_LARGE_BORDERS];      /* own rows: updates, made when first needed */
  double *direction;                      /* like the state */
  double rounding, imbalance;             /* [V], [1] at the last evaluation */
  PetscBool nonlinear, linear, sized, limit_acted;
  PetscInt state_size;
  Mat matrix;
  Vec rhs, solution;
  KSP ksp;
  char method[64];
  PetscBool fresh;     /* the preconditioner is made anew at the next factorisation */
  double effort, cost; /* iterations per decade: of the preconditioner's first solve, of the last; 0: none yet */
  PetscBool settles;   /* see PathBegin */
  double first_norm, last_norm;                /* of the right-hand sides of PathSolve since then; 0: none */
  PetscInt newton, solves, iterations, setups; /* counts since creation */
} SeiLarge;

/* Index of a cell's material. */
static inline PetscInt SeiLargeAt(const SeiLarge *s, PetscInt column, PetscInt layer) {
  return (column - s->material_first) * s->layers + layer;
}
static inline PetscBool SeiLargeOwns(const SeiLarge *s, PetscInt column) {
  return column >= s->column_first && column < s->column_last ? PETSC_TRUE : PETSC_FALSE;
}
/* Row of a place; of all processes'. */
static inline PetscInt SeiLargeRow(const SeiLarge *s, PetscInt column, PetscInt layer) {
  return layer == s->layers ? s->ring_row[s->options.under[column]] : s->column_row[column] + layer;
}
/* Its value: among the own rows, or the neighbour's. */
static inline double SeiLargeValue(const SeiLarge *s, const double rows[], const SeiLargeSides *sides, PetscInt column,
                                   PetscInt layer) {
  if (SeiLargeOwns(s, column)) {
    return rows[SeiLargeRow(s, column, layer) - s->row_first];
  }
  return column < s->column_first ? sides->left[layer] : sides->right[layer];
}
/* [A] per unit of the largest current density */
static inline double SeiLargeScale(const SeiLarge *s, const SeiLargePlace *at) {
  return s->area * (s->share[at->from] < s->share[at->to] ? s->share[at->from] : s->share[at->to]);
}

/* sei_large_cells.c: which cells are where, and what is between them */
PetscErrorCode SeiLargeCellsCreate(SeiLarge *s);
PetscErrorCode SeiLargeCellsDestroy(SeiLarge *s);
SeiLargeLink SeiLargeLinkOf(const SeiLarge *s, const SeiLargePlace *at);
SeiLargeLink SeiLargeSurface(const SeiLarge *s, PetscInt column);
/* [S/m] of a cell with half of the sheets on its faces, along z and along r. */
void SeiLargeConductivity(const SeiLarge *s, PetscInt column, PetscInt layer, double *along_z, double *along_r);
/* All links of this process in the order of the state. */
typedef void (*SeiLargeVisit)(SeiLarge *s, const SeiLargePlace *at, void *context);
void SeiLargeVisitLinks(SeiLarge *s, SeiLargeVisit visit, void *context);
/* All links that are the electrolyte's or lead to it, by their rows; b -1: ground, or a row of the next process. */
typedef void (*SeiLargeVisitFace)(SeiLarge *s, PetscInt a, PetscInt b, double conductance, void *context);
void SeiLargeVisitElectrolyte(SeiLarge *s, SeiLargeVisitFace visit, void *context);
/* The neighbours' potentials from those of the own rows. Collective. */
PetscErrorCode SeiLargeExchange(const SeiLarge *s, const double rows[], SeiLargeSides *sides);
/* Those of all columns on every process from the own ones. Collective. */
PetscErrorCode SeiLargeGather(const SeiLarge *s, double column[]);

/* sei_large_residual.c */
PetscErrorCode SeiLargeEvaluate(SeiLarge *s, const double current[], const double state[]);
/* [V] of the SE|SEI transfer on the whole area of a column at the flow [A]; *slope [Ohm]. */
double SeiLargeTransfer(const SeiLarge *s, PetscInt column, double flow, double *slope);
void SeiLargeKeepConductances(SeiLarge *s);
/* Right-hand side [V] of the own rows from the residuals. */
void SeiLargeResiduals(SeiLarge *s, double rows[]);
/* Flows of s->direction from its potentials. Collective. */
PetscErrorCode SeiLargeFlowDirections(SeiLarge *s);
/* [A] into ground at the potentials. Collective. */
PetscErrorCode SeiLargeGroundFlow(SeiLarge *s, const double state[], double *flow);

/* sei_large_solve.c */
PetscErrorCode SeiLargeSolverCreate(SeiLarge *s);
PetscErrorCode SeiLargeSolverDestroy(SeiLarge *s);
/* A of the conductances and s->admittance. */
PetscErrorCode SeiLargeAssemble(SeiLarge *s);
/* A x = x in place, own rows, to a relative tolerance. */
PetscErrorCode SeiLargeSolve(SeiLarge *s, double tolerance, double x[]);

#endif
