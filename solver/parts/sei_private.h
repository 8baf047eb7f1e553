/* The SEI block's data, shared by its geometry, its elimination and its path; not for callers. */
#ifndef LISEI_SEI_PRIVATE_H
#define LISEI_SEI_PRIVATE_H

#include "../electrolyte/dense.h"
#include "sei.h"
#include "sei_links.h"
#include <math.h>

enum { SEI_BORDER_MAX = 4 };

/* Half cells at the size at which the block was made. */
typedef struct {
  double *down;                             /* [Ohm] cells: from the centre to the face below, and above */
  double *inward, *outward;                 /* [Ohm] cells */
  double down_voltage;                      /* [V] l E_c */
  double *inward_voltage, *outward_voltage; /* [V] columns */
} SeiHalves;

typedef struct SeiSparse_ *SeiSparse;

/* (A, D, C) of sei.h, factored. */
typedef struct {
  PetscInt cells, width;    /* width: of the band below the diagonal */
  PetscBool cholesky;       /* else LU: a film is negative */
  SeiSparse sparse;         /* instead of the band where that is wide; NULL: the band */
  double *band;             /* cells*(width+1): the diagonal and what is below it, column after column; the factor */
  double *inverse_diagonal; /* cells */
  double *work;             /* cells, zeros between uses */
  double *general;          /* the same for LU, when first needed */
  PetscBLASInt *pivot;
  /* X: columns one after another, that of ring g from the cell first[g] on with count[g] values */
  PetscInt *first, *count; /* rings */
  PetscInt capacity;
  double *response;
  double *conductance, *product, *ring; /* rings*rings, modes*rings, rings */
  BulkDense schur;                      /* 1 + B^T G B */
} SeiFactor;

typedef struct SeiSignal_ *SeiSignal; /* sei_signal.c */

typedef struct {
  SeiOptions options;       /* arrays copied */
  double *own_conductivity; /* the copies, to be written to */
  int *own_phase;
  PetscInt *own_grain;
  Bulk electrolyte;
  PetscInt columns, layers, cells, rings, modes; /* rings: of the electrolyte */
  PetscInt column_stride, layer_stride;          /* cell = column*column_stride + layer*layer_stride */
  double *root;                                  /* rings*modes, row-major: Z = unit B B^T */
  double *share;                                 /* columns: of the contact area */
  double *centre;                                /* [1] columns: r/a of the cell centres */
  SeiHalves halves;
  double radius, unit, area; /* [m], [Ohm] 1/(sigma a), [m^2] now */
  double factored_unit;      /* [Ohm] that of the factored matrix */
  double *thickness;         /* [m] columns, now */
  PetscBool sized, linear;
  /* inner: from a cell to another. Lateral (c, k): c*layers + k; then vertical (c, k): c*(layers - 1) + k; then those
     across the corners of four cells. bottom: c */
  SeiLinks inner, bottom;
  PetscInt *from, *to, *column; /* inner: cells; column of the first */
  PetscInt lateral_count, vertical_count, corner_count;
  PetscInt *corner_cell;                     /* corners: the cell inside and above each, column*layers + layer */
  double *surface, *surface_voltage;         /* [Ohm], [V] columns: half cell under the ring */
  double *surface_slope;                     /* [Ohm] columns, at the last evaluation */
  double *admittance;                        /* [1] columns: Y of the factored matrix */
  double rounding;                           /* [V] of the potentials of the last evaluation */
  double imbalance;                          /* [1] at the last evaluation, see PathImbalance */
  double *kirchhoff;                         /* [A] cells: flows out - flows in at the last evaluation */
  double *ring_flow, *ring_potential, *mode; /* rings, rings, modes: work */
  SeiFactor factor;
  PetscInt borders;
  double *update[SEI_BORDER_MAX + 1], *mode_update[SEI_BORDER_MAX + 1]; /* cells, modes; the last: of PathSolve */
  double *direction, *before;                                           /* like the state: potentials, flows */
  PetscBool limit_acted;
  /* condensed to a dense operator: */
  PetscBool condensed;
  double *impedance, *arrival; /* [1] columns*columns: Z/unit; columns */
  BulkDense dense;
  SeiSignal signal; /* NULL: never asked for */
} SeiBlock;

/* Offsets in the state: potentials of the cells, flows of the links. */
static inline PetscInt SeiInner(const SeiBlock *s) {
  return s->cells;
}
static inline PetscInt SeiBottom(const SeiBlock *s) {
  return s->cells + s->inner.count;
}
static inline PetscInt SeiStateSize(const SeiBlock *s) {
  return SeiBottom(s) + s->bottom.count;
}
static inline PetscInt SeiCell(const SeiBlock *s, PetscInt column, PetscInt layer) {
  return column * s->column_stride + layer * s->layer_stride;
}

/* sei_geometry.c */
PetscErrorCode SeiGeometryCreate(SeiBlock *s);
PetscErrorCode SeiGeometryDestroy(SeiBlock *s);
/* [Ohm m^2] between two neighbours, column*layers + layer. */
/* [S/m] what half of the sheets on the faces of a cell add to its conductivity along z and along r. */
void SeiSheetConductivity(const SeiBlock *s, PetscInt c, PetscInt k, double *along_z, double *along_r);
/* Current densities [A/m^2] of all cells from the flows through their faces; with `corners` half of what passes across
   a corner is counted around either side of it. `state` is that of an uncondensed block. */
PetscErrorCode SeiCellDensities(SeiBlock *s, const double current[], const double state[], PetscBool corners,
                                double current_r[], double current_z[]);
double SeiBoundary(const SeiBlock *s, PetscInt n, PetscInt m);
/* [S/m] of depth: of the link across the corner of four cells, a b above c d; 0: none. */
double SeiCornerConductance(double a, double b, double c, double d);
/* Half cells from the options' conductivities. */
void SeiGeometryFillHalves(SeiBlock *s);
/* Links and surface at the present radius and thicknesses. */
void SeiGeometrySize(SeiBlock *s, double radius, const double thickness[]);

/* sei_residual.c */
/* v of the electrolyte rings and their currents from the flows [A] at the bottom, into the work arrays. */
void SeiRingPotentials(SeiBlock *s, const double bottom[]);
/* SE|SEI transfer in series with the last half cells. */
void SeiAddTransfer(SeiBlock *s, const double bottom[]);
/* Drops, slopes, e and Kirchhoff's law at a state. */
void SeiEvaluateLinks(SeiBlock *s, const double current[], const double state[]);
/* The slopes become those of the matrix. */
void SeiKeepConductances(double unit, SeiLinks *links);
/* Right-hand sides [V] of the cells and the modes from the residuals. */
void SeiInsideResiduals(const SeiBlock *s, double cell[], double mode[]);
/* Flows of s->direction from its potentials and the update of the modes. */
void SeiFlowDirections(SeiBlock *s, const double mode[]);

/* sei_inside.c */
PetscErrorCode SeiCondense(SeiBlock *s);

/* sei_nodes.c: the links of SeiGeometrySize where the unknowns are those of nodes */
void SeiNodesSize(SeiBlock *s);

/* sei_factor.c */
PetscErrorCode SeiFactorCreate(SeiBlock *s);
PetscErrorCode SeiFactorDestroy(SeiBlock *s);
/* Factor with the links' conductances and s->admittance. */
PetscErrorCode SeiFactorSetUp(SeiBlock *s);
/* A dphi - D C dy = rhs, (1 + C^T D C) dy - C^T D dphi = mode; in place: dphi, dy. */
PetscErrorCode SeiFactorSolve(SeiBlock *s, double rhs[], double mode[]);

/* sei_sparse.c: instead of the band from some width on */
PetscErrorCode SeiSparseIsWanted(PetscInt width, PetscBool *wanted);
PetscErrorCode SeiSparseCreate(SeiBlock *s);
PetscErrorCode SeiSparseDestroy(SeiSparse *sparse);
PetscErrorCode SeiSparseFactor(SeiBlock *s, PetscBool *positive);
PetscErrorCode SeiSparseSolve(SeiSparse sparse, double x[]); /* in place */
/* X of sei_factor.c: cells*rings, column after column. */
PetscErrorCode SeiSparseResponse(SeiBlock *s, double response[]);

/* A x = rhs with the electrolyte at 0 V; in place. */
PetscErrorCode SeiFactorSolveCells(SeiBlock *s, double x[]);

#endif
