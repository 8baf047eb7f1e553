/* The resolved SEI as a part of the coupled system: planar layers of cells between the rings and the electrolyte.

   Column c of the block lies under ring c; its K cells have each their phase. Unknowns: the potential of every cell,
   the flow through every link between cells, and the flow out of every column's last cell into the electrolyte.
   Equations (unit = 1/(sigma a)):

     link l from a to b     e_l = phi_a - phi_b - drop_l(f_l) = 0
     cell                   sum of flows out = flow in                          (Kirchhoff)
     bottom of column c     e_c = phi_c,K - v_g(c) - drop_c(f_c) = 0,   v = unit B B^T q,   q_g = sum of f_c in ring g
     surface of column c    u_c = phi_c,1 + drop(I_c)                           (what the ring sees)

   drop: two half cells with i = sigma E_c sinh(E/E_c), a boundary between phases, and at the bottom the SE|SEI law on
   the whole area of the column (sei_links.h). The electrolyte under an electrolyte ring g is at one potential v_g for
   all columns on it; B is the root of its operator (BulkRoot).

   Newton's method in the flows: with g_l = unit/drop_l', A = sum g_l (e_a - e_b)(e_a - e_b)^T + diag(Y) on the surface
   cells, Y_c = unit/(film_c + drop_surface'), D = diag(g) at the bottom and C = B on the columns,

     A dphi - D C dy = Kirchhoff residuals - div(g e) + Y b,     (1 + C^T D C) dy - C^T D dphi = C^T D e

   A is a band of width K (columns in order; K + 1 with corners); dy has the size of the electrolyte's modes. Then

     df_l = g_l (dphi_a - dphi_b + e_l)/unit,     dI_c = Y_c (b_c - dphi_c,1)/unit

   Since f is linear in the update, Kirchhoff's law and the balance of the current hold to rounding after every
   iteration on a contact of constant size, however old the slopes; only e is iterated. While the contact grows they
   converge with the radius. The energy is convex in the flows: a line search on its derivative converges from anywhere
   (PathDescent).

   While the contact grows a column keeps its place r/a: vertical conductances scale with a^2/L, lateral ones with L,
   L(r, t) the thickness of the column; the height of a lateral face is the mean of its neighbours'.
   Where nothing is non-linear and the shape never changes the block is condensed, once, to a dense operator.
   Theory: docs/theory.md, "Resolved SEI". Every process does the same small work. */
#ifndef LISEI_SEI_H
#define LISEI_SEI_H

#include "../../physics/kinetics.h"
#include "../electrolyte/bulk.h"
#include "../system/path.h"

/* A second discretisation, for a bracket of the error: the unknowns stand at the corners of cells of one phase each,
   the columns and layers of the block are those of the nodes. Two-point fluxes between cells conduct too little where
   the current crowds, this (linear elements with a lumped quadrature) too much. */
typedef struct {
  PetscInt columns, layers;   /* of the cells: one less than the block's */
  const double *edge;         /* [1] columns+1: r/a, the block's centres */
  const double *conductivity; /* [S/m] cells */
} SeiNodes;

/* Fills the material of the cells of the columns first <= column < last, (column - first)*layers + layer; grain may be
   NULL. Not collective. */
typedef PetscErrorCode (*SeiMaterial)(void *context, PetscInt first, PetscInt last, double conductivity[], int phase[],
                                      PetscInt grain[]);

/* Arrays are copied. Cell = column * layers + layer, layer 0 at the lithium. */
typedef struct {
  PetscInt columns, layers;
  const double *edge;         /* [1] columns+1: r/a of the column edges, from 0 to 1 */
  const double *centre;       /* [1] columns: r/a of the cell centres */
  const PetscInt *under;      /* columns: the electrolyte ring under each, ascending */
  const double *conductivity; /* [S/m] cells */
  double field_scale;         /* [V/m] E_c of all cells; INFINITY: linear */
  double boundary_resistance; /* [Ohm m^2] between cells of different phases */
  const int *phase;           /* cells */
  const PetscInt *grain;      /* cells: a number for each grain; NULL: a boundary is where the phase changes */
  double grain_resistance;    /* [Ohm m^2] between cells of different grains of one phase */
  double sheet_conductance;   /* [S] along faces between grains or phases of which none is `insulator` */
  int insulator;              /* a phase whose faces conduct along no boundary */
  PetscBool corners;          /* links across the corners of four phases (sei_geometry.c) */
  double radius, thickness;   /* [m] a0, L0 */
  PetscBool changes_shape;    /* the contact or the SEI may grow */
  const SeiNodes *nodes;      /* borrowed; NULL: the unknowns are those of cells. Then the phases have no part */
  /* Where the phases stay in place while the contact grows over them: fills conductivity and phase of all cells for a
     contact of the radius [m]; continuous in it. NULL: they ride with the columns. */
  void (*phases_at)(void *context, double radius, double conductivity[], int phase[]);
  void *phases_context;
  SeiMaterial material; /* of SeiPathCreateLarge, in place of conductivity, phase and grain */
  void *material_context;
  PetscBool has_grains;    /* does `material` know grains? */
  KineticsSeries transfer; /* SE|SEI on the whole area of a column; count 0: none */
  double temperature;      /* [K] */
} SeiOptions;

/* [bytes] on each process, with the states of a run, for `lisei check`; within a factor of two or so. */
double SeiMemoryEstimate(PetscInt columns, PetscInt layers, PetscInt rings);
/* The same of SeiPathCreateLarge, measured from 1e5 to 1e7 cells. */
double SeiLargeMemoryEstimate(PetscInt columns, PetscInt layers, PetscInt processes);

/* The path of the rings through the block and the electrolyte; `electrolyte` is borrowed. */
PetscErrorCode SeiPathCreate(Bulk electrolyte, const SeiOptions *options, Path *path);

/* The same path with the cells of the electrolyte and of the SEI distributed over the processes, at most one a ring,
   and solved by iteration; no array has the size of the grid (sei_large.h). The electrolyte needs cells: condensed or
   field. Not offered: small signals, phases that stay in place, nodes, negative films. */
PetscErrorCode SeiPathCreateLarge(MPI_Comm comm, Bulk electrolyte, const SeiOptions *options, Path *path);

/* How a path is solved, for people, and counts since its creation (0 where nothing is iterated). */
typedef struct {
  char method[96];
  PetscInt newton, solves, iterations, setups; /* updates, linear solves, their iterations, multigrid hierarchies */
} SeiPathSolver;
void SeiPathDescribe(Path path, SeiPathSolver *solver);

/* What the block looks like at a state, for output: potentials [V] and current densities [A/m^2] (r and z) of the
   cells; flow [A] from each column into the electrolyte. At the size of the last PathSetSize. */
PetscErrorCode SeiPathView(Path path, const double current[], const double state[], double potential[],
                           double current_r[], double current_z[], double bottom[]);
/* [Ohm m^2] resistance times area of the block at no field, between the lithium everywhere and the electrolyte at one
   potential, with the SE|SEI transfer; at the size of the last PathSetSize. */
PetscErrorCode SeiPathFilmResistance(Path path, double *resistance);
/* Is the block condensed to a dense operator (then it has no state)? */
PetscBool SeiPathIsCondensed(Path path);

#endif
