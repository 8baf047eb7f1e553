/* The bulk as an operator: given the current injected at each ring, what is the potential under each ring?

   Three implementations of one interface: `halfspace` (analytic modes), `condensed` (finite volumes, dense,
   precomputed) and `field` (all cells in the solve). Ring vectors are plain arrays of length `rings`, present on every
   process; all functions are collective. Sign: current [A] positive from the lithium into the electrolyte (anodic);
   potential [V] against the grounded counter electrode. */
#ifndef LISEI_BULK_H
#define LISEI_BULK_H

#include "../../mesh/grid.h"

typedef struct Bulk_ *Bulk;

typedef enum { BULK_AUTO, BULK_HALFSPACE, BULK_CONDENSED, BULK_FIELD } BulkType;
extern const char *const BulkTypes[]; /* "auto", "halfspace", "condensed", "field", NULL */

typedef struct {
  double conductivity;             /* [S/m] of the electrolyte */
  const double *cell_conductivity; /* [S/m] cells, or NULL for `conductivity` everywhere */
  /* [Ohm m^2] between a cell and the one below (grain or phase boundary), or NULL */
  const double *face_resistance_down;
  const double *face_resistance_outward; /* [Ohm m^2] between a cell and the one outward, or NULL */
  const double *cell_source; /* [A] cells: current fed into each cell besides the rings', or NULL (field only) */
  const char *cache_dir;     /* condensed: where operators are kept between runs, or NULL for no cache */
  double rtol;               /* field: relative tolerance of the linear solves (default 1e-12 if 0) */
} BulkOptions;

/* `grid` is borrowed and must outlive the operator. type BULK_AUTO picks halfspace for a half-space grid, condensed
   when linear, field when the conduction depends on the field. */
PetscErrorCode BulkCreate(MPI_Comm comm, BulkType type, Grid grid, const BulkOptions *options, Bulk *bulk);
PetscErrorCode BulkDestroy(Bulk *bulk);
/* Keep condensed operators in memory, the last few, for others of the same grid and material; PETSC_FALSE: no more, and
   free them. */
PetscErrorCode BulkShare(PetscBool share);
BulkType BulkGetType(Bulk bulk);
PetscInt BulkRings(Bulk bulk);
/* Finite volumes: layers of cells, 0 for halfspace. Over sigma a, at any radius: the conductance of the face of a cell
   (column + columns*layer) outward or below; *neighbour: the cell there, -1: ground, -2: none, then it is 0. And that
   between a ring and the cell below it. */
PetscInt BulkLayers(Bulk bulk);
double BulkFaceConductance(Bulk bulk, PetscInt cell, PetscBool outward, PetscInt *neighbour);
double BulkSurfaceConductance(Bulk bulk, PetscInt ring);

/* The contact has the radius [m]: potentials scale with 1/(sigma a). Only where all lengths of the grid scale with it
   (self_similar), or for the radius that the grid was made with. A factor of before is kept as it is. */
PetscErrorCode BulkSetRadius(Bulk bulk, double radius);
/* [Ohm] 1/(sigma a), sigma the electrolyte's reference conductivity, at the radius a now; [m] that radius. */
double BulkUnit(Bulk bulk);
double BulkRadius(Bulk bulk);
/* A root B of the ring operator, Z = BulkUnit B B^T (halfspace: without the floor under its unresolved modes):
   root[rings*modes], row-major, to be freed by PetscFree. Linear conduction only. */
PetscErrorCode BulkRoot(Bulk bulk, PetscInt *modes, double **root);

/* dU/dI [Ohm] as a symmetric, positive definite matrix, rings*rings; for small signals (halfspace: with all modes that
   the rings can tell apart, which resolves the rim at high frequencies, where the others take half as many). Linear
   conduction only. */
PetscErrorCode BulkResistance(Bulk bulk, double matrix[]);

/* Ring potentials u [V] at ring currents I [A]. */
PetscErrorCode BulkPotential(Bulk bulk, const double current[], double potential[]);

/* Prepare solves with (Z + diag(film)), Z = dU/dI at the state of the last BulkPotential (and BulkSolve keeps it when
   the state moves on), film [Ohm] per ring (normally > 0; negative entries are allowed where the sum stays regular). */
PetscErrorCode BulkFactor(Bulk bulk, const double film[]);
/* Solve (Z + diag(film)) x = b in place for `count` right-hand sides, b[rings*count], [V] -> [A]. */
PetscErrorCode BulkSolve(Bulk bulk, PetscInt count, double b[]);
/* y = Z x for the linear(ised) operator (no warm start of the state). */
PetscErrorCode BulkApply(Bulk bulk, const double x[], double y[]);

/* Cell potentials [V] and current densities [A/m^2] (components r and z at cell centres), all cells on rank 0 (NULL on
   others allowed), at ring currents I. */
PetscErrorCode BulkCellField(Bulk bulk, const double current[], double potential[], double current_r[],
                             double current_z[]);
/* Current [A] that arrives at the counter electrode in the state of `current`: equals the sum of the ring currents up
   to the accuracy of the solve (analytic and exact for halfspace). */
PetscErrorCode BulkCounterCurrent(Bulk bulk, const double current[], double *arriving);

/* Counts and seconds since creation, for reports. */
typedef struct {
  PetscInt linear_iterations, linear_solves;
  double build_seconds;
  PetscBool from_cache;
  char method[96]; /* how the operator was built or is solved, e.g. "linear cells, Cholesky by CHOLMOD" */
} BulkStatistics;
PetscErrorCode BulkGetStatistics(Bulk bulk, BulkStatistics *statistics);

/* What BulkCreate would make of these, for `lisei check`; nothing is built. */
typedef struct {
  BulkType type;
  char method[96];           /* as in the statistics */
  double bytes;              /* on the process that has most; an estimate, within a factor of two or so */
  PetscBool build_is_shared; /* more processes shorten the building of the operator */
  PetscBool solve_is_shared; /* and the solves */
} BulkPlan;
PetscErrorCode BulkMakePlan(MPI_Comm comm, BulkType type, Grid grid, const BulkOptions *options, BulkPlan *plan);

/* [S] current per volt out of electrode number `electrode` (0: all of them) when all electrode cells of the grid are at
   1 V, the counter electrode at 0 V and the contact insulated. Linear conduction only. */
PetscErrorCode BulkElectrodeConductance(MPI_Comm comm, Grid grid, const BulkOptions *options, PetscInt electrode,
                                        double *conductance);

#endif
