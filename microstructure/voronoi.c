#include "voronoi.h"
#include "hashed.h"
#include <math.h>

/* Standard deviation of a grain's content over its mean at the jitters 0, 1/4 ... 2, measured on 1e5, 1e5 and 1e4
   grains in one, two and three dimensions (test_microstructure.c measures some again). Independent sites have 0.71,
   0.53, 0.42. */
enum { JITTERS = 9 };
static const double spread_of_jitter[3][JITTERS] = {
    {0.0, 0.0516, 0.1025, 0.1536, 0.2048, 0.2524, 0.2911, 0.3235, 0.3527},
    {0.0, 0.0677, 0.1278, 0.1864, 0.2472, 0.3008, 0.3380, 0.3648, 0.3880},
    {0.0, 0.0809, 0.1384, 0.1940, 0.2501, 0.2970, 0.3266, 0.3450, 0.3598}};

int voronoi_dimensions(const Voronoi *v) {
  return (v->spacing[0] > 0.0 ? 1 : 0) + (v->spacing[1] > 0.0 ? 1 : 0) + (v->spacing[2] > 0.0 ? 1 : 0);
}

double voronoi_largest_spread(int dimensions) {
  return spread_of_jitter[dimensions - 1][JITTERS - 1];
}

double voronoi_jitter(int dimensions, double spread) {
  const double *table = spread_of_jitter[dimensions - 1], step = VORONOI_JITTER_MAX / (JITTERS - 1);

  for (int n = 1; n < JITTERS; n++) {
    if (spread <= table[n]) {
      return step * (n - 1 + (spread - table[n - 1]) / (table[n] - table[n - 1]));
    }
  }
  return VORONOI_JITTER_MAX;
}

static int64_t wrapped(int64_t n, int64_t period) {
  return period > 0 ? ((n % period) + period) % period : n;
}

/* The site of a lattice cell [1] and its id. */
static uint64_t place_site(const Voronoi *v, const int64_t cell[3], double at[3]) {
  uint64_t id = 0;

  for (int k = 0; k < 3; k++) {
    id = hashed_bits(id + (uint64_t)k, (uint64_t)wrapped(cell[k], v->period[k]));
  }
  for (int k = 0; k < 3; k++) {
    const double moved = v->jitter * (hashed_uniform(v->seed + 0x632be59bd9b4e019U * (uint64_t)(k + 1), id) - 0.5);
    at[k] = v->spacing[k] > 0.0 ? (double)cell[k] + 0.5 + moved : 0.0;
  }
  return id;
}

/* Least and largest squared distance [1] of points of a lattice cell from a site. */
static void distance_range(const Voronoi *v, const int64_t cell[3], const double at[3], double *least, double *most) {
  *least = *most = 0.0;
  for (int k = 0; k < 3; k++) {
    if (v->spacing[k] > 0.0) {
      const double low = (double)cell[k] - at[k], high = low + 1.0;
      const double inside = fmax(0.0, fmax(low, -high)), outside = fmax(fabs(low), fabs(high));
      *least += inside * inside;
      *most += outside * outside;
    }
  }
}

/* Squared distance [1] below which no site of the lattice cell `offset` away can come to this one. */
static double gap_squared(const Voronoi *v, const int64_t offset[3]) {
  double sum = 0.0;

  for (int k = 0; k < 3; k++) {
    const double gap = fmax(0.0, fabs((double)offset[k]) - 0.5 - 0.5 * v->jitter);
    sum += gap * gap;
  }
  return sum;
}

/* Keep the sites up to `reach` lattice cells away that are nearest to some point of the cell, as far as the bound, the
   squared distance within which every point of the cell has a site, tells; it becomes smaller. */
static void gather(const Voronoi *v, const int64_t cell[3], int64_t reach, double *bound, VoronoiNear *near) {
  int64_t wide[3], o[3];

  near->count = 0;
  for (int k = 0; k < 3; k++) {
    wide[k] = v->spacing[k] > 0.0 ? reach : 0;
  }
  for (o[0] = -wide[0]; o[0] <= wide[0]; o[0]++) {
    for (o[1] = -wide[1]; o[1] <= wide[1]; o[1]++) {
      for (o[2] = -wide[2]; o[2] <= wide[2]; o[2]++) {
        const int64_t from[3] = {cell[0] + o[0], cell[1] + o[1], cell[2] + o[2]};
        double *at = near->at[near->count], least, most;
        if (gap_squared(v, o) > *bound) {
          continue;
        }
        near->id[near->count] = place_site(v, from, at);
        distance_range(v, cell, at, &least, &most);
        *bound = fmin(*bound, most);
        near->count += least <= *bound ? 1 : 0;
      }
    }
  }
}

static void fill(const Voronoi *v, const int64_t cell[3], VoronoiNear *near) {
  const double farthest = sqrt((double)voronoi_dimensions(v)) * (0.5 + 0.5 * v->jitter);
  double bound = INFINITY;

  gather(v, cell, 1, &bound, near); /* the bound first */
  gather(v, cell, (int64_t)ceil(farthest + 0.5 * v->jitter - 0.5), &bound, near);
  for (int k = 0; k < 3; k++) {
    near->cell[k] = cell[k];
  }
  near->filled = true;
}

VoronoiGrain voronoi_at(const Voronoi *v, const double x[3], VoronoiNear *near) {
  double u[3], best = INFINITY;
  int64_t cell[3];
  int nearest = 0;
  VoronoiGrain grain;

  for (int k = 0; k < 3; k++) {
    u[k] = v->spacing[k] > 0.0 ? x[k] / v->spacing[k] : 0.0;
    cell[k] = (int64_t)floor(u[k]);
  }
  if (!near->filled || cell[0] != near->cell[0] || cell[1] != near->cell[1] || cell[2] != near->cell[2]) {
    fill(v, cell, near);
  }
  for (int n = 0; n < near->count; n++) {
    const double dx = u[0] - near->at[n][0], dy = u[1] - near->at[n][1], dz = u[2] - near->at[n][2];
    const double distance = dx * dx + dy * dy + dz * dz;
    if (distance < best) {
      best = distance;
      nearest = n;
    }
  }
  grain.id = near->id[nearest];
  for (int k = 0; k < 3; k++) {
    grain.site[k] = near->at[nearest][k] * v->spacing[k];
  }
  return grain;
}
