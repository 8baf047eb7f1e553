/* Shared by the implementations of Bulk; not for callers. */
#ifndef LISEI_BULK_PRIVATE_H
#define LISEI_BULK_PRIVATE_H

#include "bulk.h"
#include "dense.h"

#include <petscksp.h>

typedef struct {
  PetscErrorCode (*potential)(Bulk bulk, const double current[], double potential[]);
  PetscErrorCode (*factor)(Bulk bulk, const double film[]);
  PetscErrorCode (*solve)(Bulk bulk, PetscInt count, double b[]);
  PetscErrorCode (*apply)(Bulk bulk, const double x[], double y[]);
  PetscErrorCode (*cell_field)(Bulk bulk, const double current[], double potential[], double current_r[],
                               double current_z[]);
  PetscErrorCode (*counter_current)(Bulk bulk, const double current[], double *arriving);
  PetscErrorCode (*destroy)(Bulk bulk);
} BulkOps;

struct Bulk_ {
  MPI_Comm comm;
  PetscMPIInt process, processes;
  BulkType type;
  Grid grid;
  double conductivity;             /* [S/m] reference */
  double *cell_conductivity;       /* [S/m] cells, or NULL: uniform */
  double *face_resistance_down;    /* [Ohm m^2] cells, or NULL */
  double *face_resistance_outward; /* [Ohm m^2] cells, or NULL */
  double *cell_source;             /* [A] cells, or NULL */
  char *cache_dir;
  double rtol;
  double radius; /* [m] contact radius now; the grid's own is where it started */
  double unit;   /* [Ohm] 1/(sigma a) now: potentials are unit * (dimensionless operator) * current */
  PetscBool factored;
  double factored_unit; /* [Ohm] that of the last BulkFactor */
  BulkStatistics statistics;
  BulkOps ops;
  void *data;
};

/* Everything but the operator: options checked and copied. */
PetscErrorCode BulkAllocate_Private(MPI_Comm comm, Grid grid, const BulkOptions *options, Bulk *bulk);
/* bulk->type from what was asked for and what the grid and the material allow */
PetscErrorCode BulkChooseType_Private(Bulk bulk, BulkType type);
PetscErrorCode BulkCreateHalfspace_Private(Bulk bulk);
PetscInt BulkHalfspaceModes_Private(Bulk bulk);
PetscErrorCode BulkHalfspaceRoot_Private(Bulk bulk, double root[]);
PetscErrorCode BulkHalfspaceWhole_Private(Bulk bulk, double matrix[]);
PetscErrorCode BulkCreateCondensed_Private(Bulk bulk);
PetscErrorCode BulkCreateField_Private(Bulk bulk);

/* ---- finite volumes (bulk_network.c): conductances in units of sigma a, cells in natural order over the processes
 * ---- */

enum { LINK_OUTWARD, LINK_DOWN, LINK_COUNT };

/* The faces of a range of cells. A link leads from a cell to its neighbour outward or below, or to ground at a grounded
 * edge. */
typedef struct {
  PetscInt first, last;     /* cells of this process: first <= cell < last */
  PetscInt begin;           /* links are kept for begin <= cell < last, to reach all faces of the own cells */
  double *link[LINK_COUNT]; /* conductance / (sigma a), index cell - begin; 0: no path */
  double *surface;          /* rings: conductance / (sigma a) from the ring to the cell below it (every process) */
  PetscInt grounds;         /* links to ground among the own cells */
  PetscInt *ground_cell;    /* own index of their cells: cell - first */
  double *ground_link;      /* their conductance / (sigma a) */
} BulkNetwork;

/* The neighbour across a link: a cell, ground, or none. */
enum { NEIGHBOUR_GROUND = -1, NEIGHBOUR_NONE = -2 };
PetscInt BulkNeighbour_Private(Grid grid, PetscInt cell, int link);

/* Share of the cells that this process owns (contiguous, natural order). */
PetscErrorCode BulkCellShare_Private(Bulk bulk, PetscInt *first, PetscInt *last);
PetscErrorCode BulkNetworkCreate_Private(Bulk bulk, BulkNetwork **network);
PetscErrorCode BulkNetworkDestroy_Private(BulkNetwork **network);
PetscErrorCode BulkNetworkCreateMatrix_Private(Bulk bulk, const BulkNetwork *network, Mat *matrix);
/* matrix = network + diag(shunt) on the cells under the rings (shunt may be NULL) */
PetscErrorCode BulkNetworkAssemble_Private(Bulk bulk, const BulkNetwork *network, const double shunt[], Mat matrix);
/* Current to ground / (sigma a) [V] from the own cells. */
double BulkGroundFlow_Private(const BulkNetwork *network, const double own_potential[]);
/* Values of a distributed cell vector at the cells under the rings, on every process. */
PetscErrorCode BulkRingValues_Private(Bulk bulk, Vec cells, double ring[]);

/* ---- one face as two half cells and a boundary resistance in series (bulk_face.c) ---- */

/* [Ohm] across a link that leads somewhere; 0 inside an ideal conductor */
double BulkFaceResistance_Private(Bulk bulk, PetscInt cell, int link);
/* [Ohm] between a ring and the cell below it */
double BulkSurfaceResistance_Private(Bulk bulk, PetscInt ring);

/* Current densities at cell centres from cell potentials (all cells; process 0 only). */
PetscErrorCode BulkCurrentDensity_Private(Bulk bulk, const double current[], const double potential[],
                                          double current_r[], double current_z[]);

/* ---- condensed: dense operator, its builders and its cache ---- */

typedef struct {
  double *impedance; /* rings*rings: Z sigma a, symmetric */
  double *
      arrival; /* rings: current at the counter electrode per current at the ring (1 up to the accuracy of the build) */
} BulkOperator;

typedef struct BulkSeparable_ *BulkSeparable;
PetscBool BulkCanSeparate_Private(Bulk bulk);
/* Eigenvectors in eta; kept for the field. Every process holds the same. */
PetscErrorCode BulkSeparableCreate_Private(Bulk bulk, BulkSeparable *separable);
PetscErrorCode BulkSeparableDestroy_Private(BulkSeparable *separable);
PetscErrorCode BulkSeparableBuild_Private(Bulk bulk, BulkSeparable separable, BulkOperator *op);
PetscErrorCode BulkSeparableCells_Private(Bulk bulk, BulkSeparable separable, const double current[],
                                          double potential[]);

typedef struct BulkDirect_ *BulkDirect;
/* Factor the cells over the processes; kept for the field. Collective. */
PetscErrorCode BulkDirectCreate_Private(Bulk bulk, BulkDirect *direct);
PetscErrorCode BulkDirectDestroy_Private(BulkDirect *direct);
PetscErrorCode BulkDirectDescribe_Private(BulkDirect direct, char text[], size_t size);
PetscErrorCode BulkDirectBuild_Private(Bulk bulk, BulkDirect direct, BulkOperator *op);
PetscErrorCode BulkDirectCells_Private(Bulk bulk, BulkDirect direct, const double current[], double potential[]);

/* Sixteen bytes that identify grid and material, as 32 hexadecimal digits. */
PetscErrorCode BulkCacheKey_Private(Bulk bulk, char key[33]);
/* found: a sound file was there. Process 0 reads, all receive. */
/* Are operators kept in memory? */
PetscBool BulkIsShared_Private(void);
/* The operator, if it is in memory. */
PetscErrorCode BulkRecall_Private(const char key[], PetscInt rings, BulkOperator *op, PetscBool *found);
/* Keep it, once every process has it; "" is no key. */
PetscErrorCode BulkRemember_Private(const char key[], PetscInt rings, const BulkOperator *op);
PetscErrorCode BulkCacheRead_Private(Bulk bulk, const char key[], BulkOperator *op, PetscBool *found);
PetscErrorCode BulkCacheWrite_Private(Bulk bulk, const char key[], const BulkOperator *op);

/* ---- linear systems on the cells (bulk_network.c, bulk_solver.c) ---- */

/* Direct up to this many cells, conjugate gradients with multigrid above: measured, see the benchmark. */
#define BULK_DIRECT_CELLS 10000

typedef enum {
  BULK_SYSTEM_CELLS,      /* the network; prefix bulk_, whose options hold for all but the indefinite system */
  BULK_SYSTEM_BUILD,      /* the same for very many right-hand sides: direct at any size; bulk_ */
  BULK_SYSTEM_SHUNTED,    /* with the films' shunts; bulk_shunted_ */
  BULK_SYSTEM_INDEFINITE, /* with shunts of either sign: LU at any size; bulk_indefinite_ alone */
  BULK_SYSTEM_ELECTRODE   /* with electrodes inside; bulk_electrode_ */
} BulkSystem;
/* -bulk_solver_package auto|petsc|cholmod|mumps chooses the package. Collective. */
PetscErrorCode BulkSolverCreate_Private(Bulk bulk, BulkSystem system, KSP *ksp);
/* For people: "Cholesky by CHOLMOD", "conjugate gradients with BoomerAMG". */
PetscErrorCode BulkSolverDescribe_Private(KSP ksp, char text[], size_t size);
/* Has the user given options that begin with this prefix? */
PetscErrorCode BulkSolverHasOptions_Private(const char prefix[], PetscBool *has);
/* Solve, count, and refuse what has not converged. */
PetscErrorCode BulkSolverRun_Private(Bulk bulk, KSP ksp, Vec rhs, Vec solution);
/* rhs [V] = unit * (ring currents on the cells under them, plus `fraction` of the cells' own sources) */
PetscErrorCode BulkSource_Private(Bulk bulk, const double current[], double fraction, Vec rhs);
/* All cells on process 0 (`cells` is not touched elsewhere). */
PetscErrorCode BulkGatherCells_Private(Vec distributed, double cells[]);

#endif
