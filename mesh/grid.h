/* The axisymmetric grid: what a cell and a face are, nothing about physics.

   Cells are indexed by column (0 at the axis, outward) and layer (0 at the contact, downward into the electrolyte):
   cell = column + columns*layer. Each cell knows its geometric half-cell conductance towards its four faces [m]; times
   the conductivity that is a conductance [S], two cells combine in series across their shared face. A face without a
   neighbour is insulated, unless it is an interface face (top of layer 0, columns 0..rings-1) or grounded. The solver
   never sees r or z. */
#ifndef LISEI_GRID_H
#define LISEI_GRID_H

#include <petscsys.h>
#include <stdbool.h>

typedef enum { FACE_INWARD, FACE_OUTWARD, FACE_UP, FACE_DOWN, FACE_COUNT } GridFace;
typedef enum { GRID_HALFSPACE, GRID_OBLATE, GRID_CYLINDRICAL } GridType;

/* The oblate grid's conductances are products; kept for operators that exploit it. Dimensionless (unit radius). A
   spacing entry n is the distance between the centres n-1 and n; the first and the last lead from a centre to the
   boundary. */
typedef struct {
  PetscBool valid;        /* the grid is purely oblate: no SEI block, no flagged cells */
  double *column_weight;  /* columns: delta(sin eta), sums to 1 */
  double *column_spacing; /* columns+1, in atanh(sin eta); entry 0 (the axis) is 0 and means no path */
  double *layer_weight;   /* layers: delta(sinh xi) */
  double *layer_spacing;  /* layers+1, in gd(xi); the last reaches the counter electrode (or infinity) */
} GridSeparable;

typedef struct {
  GridType type;
  PetscInt columns, layers;             /* logical size */
  PetscInt sei_layers;                  /* layers 0..sei_layers-1 are the planar SEI block */
  PetscInt rings;                       /* interface faces: top faces of columns 0..rings-1 */
  double radius;                        /* [m] contact radius a */
  PetscBool self_similar;               /* all lengths scale with a: one operator serves a growing contact */
  PetscBool down_grounded;              /* bottom faces of the last layer lead to the grounded counter electrode */
  PetscBool outward_grounded;           /* outer faces of the last column do so too */
  double *half_conductance[FACE_COUNT]; /* [m] cells; 0 where there is no path (the axis) */
  double *volume;                       /* [m^3] cells */
  unsigned char *electrode; /* cells: 0 electrolyte, n > 0 belongs to the ideal conductor number n; NULL if none */
  double *ring_area;        /* [m^2] rings; sums to pi a^2 */
  double *ring_edge;        /* [m] rings+1: radii of the ring edges, 0 .. a */
  double *corner_r,
      *corner_z;      /* [m] (columns+1)*(layers+1) nodes, node = i + (columns+1)*k; z < 0 in the electrolyte */
  double *column_eta; /* [rad] columns: eta of the cell centres of an oblate block; NULL on a cylindrical grid */
  double *layer_xi;   /* layers: xi of the cell centres (0 in the SEI block); NULL on a cylindrical grid */
  GridSeparable separable;
  PetscInt owners; /* besides the first; GridDestroy of the last one frees it */
} * Grid;

typedef struct {
  PetscInt rings, layers;
  double radius;        /* [m] contact radius */
  double ring_grading;  /* ratio of the ring spacing at the axis to that at the rim; 1 uniform in eta */
  double layer_grading; /* ratio of the spacing of the last layer to that of the first; 1 uniform in xi */
  double depth;         /* [m] of the counter electrode on the axis: the half spheroid of semi-axes depth along z and
                           sqrt(a^2 + depth^2) along r, confocal with the contact; 0: at infinity (exact, no truncation) */
} OblateOptions;

typedef struct {
  PetscInt layers;  /* planar layers in 0 < z < thickness */
  double thickness; /* [m] */
} SeiBlockOptions;

typedef struct {
  PetscInt rings, columns_outside, layers;
  double radius, outer_radius, depth; /* [m] contact, wall, height */
  double ring_grading;    /* geometric ratio of the ring widths axis/rim (>= 1 refines at the contact edge) */
  double outside_grading; /* geometric ratio of outermost/first column width outside the contact */
  double layer_grading;   /* geometric ratio of last/first layer height */
  PetscBool grounded_wall;
} CylindricalOptions;

/* Errors (impossible grids) are PETSC_ERR_ARG_OUTOFRANGE / _INCOMP with the values in the message. Collective on
   nothing: each process holds the whole (small) geometry. */
PetscErrorCode GridCreateOblate(const OblateOptions *options, Grid *grid);
/* Oblate block with planar SEI layers on top (sei may be NULL). */
PetscErrorCode GridCreateOblateSei(const OblateOptions *options, const SeiBlockOptions *sei, Grid *grid);
PetscErrorCode GridCreateCylindrical(const CylindricalOptions *options, Grid *grid);
/* Rings only, at Gauss-Legendre nodes in mu = sin eta, for the analytic half space; cells (for output) as in the
   oblate grid with `output_layers` layers. */
PetscErrorCode GridCreateHalfspace(PetscInt rings, double radius, PetscInt output_layers, Grid *grid);
/* Cylindrical grid on given edges: r_edge[columns+1] ascending from 0, z_edge[layers+1] descending from 0; the contact
   is the disk of radius r_edge[rings]. For shapes that need their own refinement (buried electrodes). */
PetscErrorCode GridCreateTensor(PetscInt columns, const double r_edge[], PetscInt layers, const double z_edge[],
                                PetscInt rings, PetscBool grounded_wall, Grid *grid);
/* `cells` edges from `start` to `end`, widths in geometric progression; last_to_first is the ratio of the last width to
   the first. edge[cells+1] is filled, both ends exactly. */
PetscErrorCode GridGradedEdges(PetscInt cells, double start, double end, double last_to_first, double edge[]);
/* Make the listed cells part of the ideal conductor `electrode` (1..255). */
PetscErrorCode GridMarkElectrode(Grid grid, PetscInt count, const PetscInt cell[], PetscInt electrode);
/* One more owner of a grid that is not changed any more; each calls GridDestroy. */
void GridShare(Grid grid);
PetscErrorCode GridDestroy(Grid *grid);

PetscInt GridCellCount(Grid grid);
/* Smallest and largest cell edge [m]. */
PetscErrorCode GridSpacing(Grid grid, double *smallest, double *largest);
/* Area-mean r/a of ring j: the radius that halves the ring's area. */
double GridRingRadius(Grid grid, PetscInt ring);

#endif
