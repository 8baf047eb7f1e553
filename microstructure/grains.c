#include "grains.h"
#include "hashed.h"
#include <math.h>
#include <stddef.h>

enum { SALT_CLUSTER = 11, SALT_FOLLOWS, SALT_OWN_PHASE, SALT_CLUSTER_PHASE, SALT_PORES, SALT_PORE };

static const double cluster_width = 3.0; /* grains */

static uint64_t salted(uint64_t seed, uint64_t salt) {
  return hashed_bits(seed, salt);
}

/* Whole lattice cells to a period. */
static void fit_period(const GrainsOptions *o, Voronoi *v) {
  for (int k = 0; k < 2; k++) {
    if (o->period[k] > 0.0 && v->spacing[k] > 0.0) {
      v->period[k] = (int64_t)fmax(1.0, floor(o->period[k] / v->spacing[k] + 0.5));
      v->spacing[k] = o->period[k] / (double)v->period[k];
    }
  }
}

static Voronoi tessellation(const GrainsOptions *o, double size, bool columnar, double aspect, double spread) {
  const int axes = o->dimensions - (columnar ? 1 : 0);
  const double width = columnar ? size : size * pow(aspect, -1.0 / (double)axes);
  Voronoi v = {.jitter = voronoi_jitter(axes, spread)};

  v.spacing[0] = width;
  v.spacing[1] = o->dimensions == 3 ? width : 0.0;
  v.spacing[2] = columnar ? 0.0 : width * aspect;
  fit_period(o, &v);
  return v;
}

static const char *what_is_wrong(const GrainsOptions *o) {
  const int axes = o->dimensions - (o->columnar ? 1 : 0);
  const double sum = o->fraction[0] + o->fraction[1] + o->fraction[2];

  if (o->dimensions < 2 || o->dimensions > 3) {
    return "grains have two or three dimensions";
  }
  if (!(o->size > 0.0) || !(o->thickness > 0.0) || !(o->aspect > 0.0) || !(o->pore_size >= 0.0)) {
    return "the size and the aspect ratio of grains and the thickness of the film must be positive";
  }
  if (!(o->spread >= 0.0 && o->spread <= voronoi_largest_spread(axes))) {
    return axes == 1   ? "the spread of the sizes of grains in one dimension must be 0 to 0.35"
           : axes == 2 ? "the spread of the sizes of grains in two dimensions must be 0 to 0.38"
                       : "the spread of the sizes of grains in three dimensions must be 0 to 0.35";
  }
  if (!(fmin(o->fraction[0], fmin(o->fraction[1], o->fraction[2])) >= 0.0) || !(fabs(sum - 1.0) <= 1e-3)) {
    return "the fractions of the solid phases must sum to 1";
  }
  if (!(o->porosity >= 0.0 && o->porosity < 1.0) || !(fabs(o->porosity_gradient) <= 1.0) ||
      !(o->contiguity >= 0.0 && o->contiguity <= 1.0)) {
    return "porosity and contiguity must be 0 to 1, the gradient of the porosity -1 to 1";
  }
  if (o->porosity * (1.0 + fabs(o->porosity_gradient)) > 1.0) {
    return "the porosity with its gradient exceeds 1 at one face";
  }
  return NULL;
}

const char *grains_create(const GrainsOptions *o, Grains *g) {
  const char *wrong = what_is_wrong(o);

  if (wrong) {
    return wrong;
  }
  *g = (Grains){.options = *o};
  g->grains = tessellation(o, o->size, o->columnar, o->aspect, o->spread);
  g->grains.seed = o->seed;
  g->clusters = tessellation(o, cluster_width * o->size, o->columnar, o->aspect, 0.2);
  g->clusters.seed = salted(o->seed, SALT_CLUSTER);
  g->pores = o->pore_size > 0.0 ? tessellation(o, o->pore_size, false, 1.0, 0.2)
                                : tessellation(o, o->size, false, o->columnar ? 1.0 : o->aspect, 0.2);
  g->pores.seed = salted(o->seed, SALT_PORES);
  return NULL;
}

double grains_porosity(const Grains *g, double z) {
  const GrainsOptions *o = &g->options;
  const double part = fmin(fmax(z / o->thickness, 0.0), 1.0);

  return fmin(fmax(o->porosity * (1.0 + o->porosity_gradient * (2.0 * part - 1.0)), 0.0), 1.0);
}

/* Its own phase, or that of the cluster in which its site stands. */
static int phase_of(const Grains *g, const VoronoiGrain *grain) {
  const GrainsOptions *o = &g->options;
  double u;

  if (o->contiguity > 0.0 && hashed_uniform(salted(o->seed, SALT_FOLLOWS), grain->id) < sqrt(o->contiguity)) {
    VoronoiNear near = {0};
    u = hashed_uniform(salted(o->seed, SALT_CLUSTER_PHASE), voronoi_at(&g->clusters, grain->site, &near).id);
  } else {
    u = hashed_uniform(salted(o->seed, SALT_OWN_PHASE), grain->id);
  }
  return u < o->fraction[0] ? 0 : u < o->fraction[0] + o->fraction[1] || o->fraction[2] <= 0.0 ? 1 : 2;
}

GrainsPoint grains_at(const Grains *g, const double x[3], GrainsNear *near) {
  VoronoiGrain grain;

  if (g->options.porosity > 0.0) {
    const VoronoiGrain pore = voronoi_at(&g->pores, x, &near->pores);
    if (hashed_uniform(salted(g->options.seed, SALT_PORE), pore.id) < grains_porosity(g, pore.site[2])) {
      return (GrainsPoint){GRAINS_PORE, pore.id};
    }
  }
  grain = voronoi_at(&g->grains, x, &near->grains);
  return (GrainsPoint){phase_of(g, &grain), grain.id};
}
