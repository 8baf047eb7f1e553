/* Which phase and which grain is at a point of a polycrystalline film 0 < z < thickness: Voronoi grains, each of one of
   three solid phases, and pores of a size of their own. The film has no end along x and y. It depends on the seed and
   the lengths only. Axes: z from the one face of the film to the other; the axis y does not matter in two dimensions
   (there x may be the radius of an axisymmetric model, whose grains then are rings). Lengths in metres. */
#ifndef LISEI_GRAINS_H
#define LISEI_GRAINS_H

#include "voronoi.h"

typedef struct {
  int dimensions; /* 2: x and z; 3 */
  bool columnar;  /* grains go through the whole film */
  uint64_t seed;
  double size;   /* [m] root of the mean area (two dimensions) or cube root of the mean volume of a grain; columnar:
                    width, root of the mean section */
  double spread; /* [1] standard deviation of grain areas or volumes over their mean */
  double aspect; /* [1] height over width; not used where columnar */
  double fraction[3]; /* [1] of the solid phases, of the solid; their sum is 1 */
  double contiguity;  /* [1] part of the pairs of grains of one cluster that share their phase beyond chance; clusters
                         are  three grains wide along every axis. 0: every grain draws alone */
  double porosity;    /* [1] volume fraction of pores, mean over the thickness */
  double porosity_gradient; /* [1] g: the porosity is porosity (1 + g (2z/thickness - 1)), within 0 and 1 */
  double pore_size;         /* [m] of pores, as `size`; 0: as the grains */
  double thickness;         /* [m] of the film */
  double period[2]; /* [m] along x and y after which the film repeats; 0: never. Extents of grains are rounded to it */
} GrainsOptions;

typedef struct {
  GrainsOptions options;
  Voronoi grains, clusters, pores;
} Grains;

enum { GRAINS_PORE = 3 };

typedef struct {
  int phase;      /* 0 to 2: a solid phase; GRAINS_PORE */
  uint64_t grain; /* the same for all points of a grain */
} GrainsPoint;

/* What a caller keeps between two points; initialise to {0}. */
typedef struct {
  VoronoiNear grains, pores;
} GrainsNear;

/* NULL, or what is wrong with the options. */
const char *grains_create(const GrainsOptions *options, Grains *grains);
GrainsPoint grains_at(const Grains *grains, const double x[3], GrainsNear *near);
/* [1] at a height, what grains_at draws pores with */
double grains_porosity(const Grains *grains, double z);

#endif
