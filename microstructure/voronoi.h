/* Voronoi grains that need no list of grains: a point belongs to the nearest of sites that stand, one in each cell of a
   lattice, displaced at random from its middle by up to half of `jitter` cells along every axis. The tessellation is
   boundless, the same at every resolution, and needs no memory. jitter 0: bricks; the larger it is, the more
   grains differ in size. Distances are measured in lattice cells: the spacings are the mean extents.
   Lengths in metres. Plain C, no state: safe to call from anywhere, each caller with a VoronoiNear of its own. */
#ifndef LISEI_VORONOI_H
#define LISEI_VORONOI_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t seed;
  double
      spacing[3]; /* [m] of the lattice along x, y, z: mean extent of a grain; 0: grains do not depend on that axis */
  double jitter;  /* [1] 0 to VORONOI_JITTER_MAX */
  int64_t period[3]; /* lattice cells after which the structure repeats along an axis; 0: never */
} Voronoi;

#define VORONOI_JITTER_MAX 2.0

typedef struct {
  uint64_t id;    /* of the grain: the same for all its points (and its periodic images) */
  double site[3]; /* [m] where its site stands; 0 along axes that do not matter */
} VoronoiGrain;

enum { VORONOI_NEAR_MAX = 729 };

/* Sites that may be nearest to points of one lattice cell: filled by voronoi_at, kept for the next point beside it.
   Initialise to {0}. */
typedef struct {
  bool filled;
  int64_t cell[3];
  int count;
  double at[VORONOI_NEAR_MAX][3]; /* [1] in lattice cells */
  uint64_t id[VORONOI_NEAR_MAX];
} VoronoiNear;

/* The grain at the point x [m]. */
VoronoiGrain voronoi_at(const Voronoi *voronoi, const double x[3], VoronoiNear *near);

/* Number of axes that matter. */
int voronoi_dimensions(const Voronoi *voronoi);
/* Jitter for which the grains' lengths, areas or volumes (1, 2, 3 dimensions) have this standard deviation over their
   mean [1]; by measured tables, within 0.01. Largest possible: voronoi_largest_spread. */
double voronoi_jitter(int dimensions, double spread);
double voronoi_largest_spread(int dimensions);

#endif
