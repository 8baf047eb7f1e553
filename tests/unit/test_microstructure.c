/* Structures as functions of a point: nearest sites, sizes, fractions, contiguity, pores, periods; maps; percolation.
 */
#include "microstructure/grains.h"
#include "microstructure/hashed.h"
#include "microstructure/percolation.h"
#include "microstructure/phase_map.h"
#include "test_physics.h"
#include <stdlib.h>
#include <string.h>

static const GrainsOptions plain = {.dimensions = 2,
                                    .seed = 3,
                                    .size = 10e-9,
                                    .spread = 0.2,
                                    .aspect = 1.0,
                                    .fraction = {0.2, 0.7, 0.1},
                                    .thickness = 1e-6};

static Grains grains_of(GrainsOptions options) {
  Grains grains;
  assert_null(grains_create(&options, &grains));
  return grains;
}

/* A point is in the grain of the nearest of all sites near it, which are found from their own grains. */
static void test_nearest(void **state) {
  (void)state;
  for (int m = 0; m < 3; m++) {
    const Voronoi v = {.seed = 5, .spacing = {1e-9, m == 2 ? 1e-9 : 0.0, 2e-9}, .jitter = m == 1 ? 2.0 : 1.0};
    for (uint64_t n = 0; n < 300; n++) {
      const double x[3] = {20e-9 * hashed_uniform(1, n), m == 2 ? 9e-9 * hashed_uniform(2, n) : 0.0,
                           -30e-9 * hashed_uniform(3, n)};
      VoronoiNear near = {0}, other = {0};
      const VoronoiGrain grain = voronoi_at(&v, x, &near);
      const double dx = (x[0] - grain.site[0]) / 1e-9, dy = (x[1] - grain.site[1]) / 1e-9,
                   dz = (x[2] - grain.site[2]) / 2e-9;
      const double distance = sqrt(dx * dx + dy * dy + dz * dz);
      for (uint64_t p = 0; p < 60; p++) { /* sites of grains around it are no nearer */
        const double y[3] = {x[0] + 6e-9 * (hashed_uniform(p, 7) - 0.5),
                             x[1] + (m == 2 ? 6e-9 * (hashed_uniform(p, 8) - 0.5) : 0.0),
                             x[2] + 12e-9 * (hashed_uniform(p, 9) - 0.5)};
        const VoronoiGrain around = voronoi_at(&v, y, &other);
        const double ex = (x[0] - around.site[0]) / 1e-9, ey = (x[1] - around.site[1]) / 1e-9,
                     ez = (x[2] - around.site[2]) / 2e-9;
        assert_true(sqrt(ex * ex + ey * ey + ez * ez) >= distance - 1e-12);
        assert_true(voronoi_at(&v, x, &other).id == grain.id); /* whatever was asked before */
      }
    }
  }
}

/* Standard deviation of grain sizes in a periodic square or cube of n grains a side, m points to a grain's width. */
static double spread_of(int dimensions, double spread, int n, int m) {
  Voronoi v = {.seed = 11, .jitter = voronoi_jitter(dimensions, spread)};
  const int side = n * m, deep = dimensions == 3 ? side : 1;
  const size_t slots = (size_t)1 << 20;
  uint64_t *id = calloc(slots, sizeof *id);
  double *size = calloc(slots, sizeof *size), sum = 0.0, whole = pow(m, dimensions);
  VoronoiNear near = {0};
  int grains = 0;

  for (int k = 0; k < dimensions; k++) {
    v.spacing[k] = 1e-9;
    v.period[k] = n;
  }
  for (int p = 0; p < side * side * deep; p++) {
    const double x[3] = {(p % side + 0.5) / m * 1e-9, (p / side % side + 0.5) / m * 1e-9,
                         dimensions == 3 ? (p / side / side + 0.5) / m * 1e-9 : 0.0};
    const uint64_t grain = voronoi_at(&v, x, &near).id;
    size_t slot = grain % slots;
    while (size[slot] > 0.0 && id[slot] != grain) {
      slot = (slot + 1) % slots;
    }
    id[slot] = grain;
    size[slot] += 1.0;
  }
  for (size_t k = 0; k < slots; k++) {
    sum += size[k] > 0.0 ? (size[k] - whole) * (size[k] - whole) : 0.0;
    grains += size[k] > 0.0 ? 1 : 0;
  }
  sum += (pow(n, dimensions) - grains) * whole * whole; /* grains that no point hits */
  free(id);
  free(size);
  return sqrt(sum / pow(n, dimensions)) / whole;
}

static void test_spread(void **state) {
  (void)state;
  assert_near(spread_of(2, 0.12, 80, 14), 0.12, 0.0, 0.012);
  assert_near(spread_of(2, 0.34, 80, 14), 0.34, 0.0, 0.02);
  assert_near(spread_of(3, 0.25, 16, 8), 0.25, 0.0, 0.02);
  assert_near(spread_of(2, 0.0, 20, 10), 0.0, 0.0, 1e-12); /* bricks */
}

typedef struct {
  double share[4], alike; /* alike: pairs of points half a cluster apart in different grains that share their phase */
} Statistics;

static Statistics statistics_of(const Grains *g, double z0, double z1, double apart) {
  enum { POINTS = 200000 };
  Statistics s = {{0}, 0.0};
  GrainsNear near = {0};
  int pairs = 0;

  for (uint64_t n = 0; n < POINTS; n++) {
    const double x[3] = {5e-6 * (double)n / POINTS, 0.0, z0 + (z1 - z0) * hashed_uniform(17, n)};
    const double y[3] = {x[0] + apart, 0.0, x[2]};
    const GrainsPoint here = grains_at(g, x, &near), there = grains_at(g, y, &near);
    s.share[here.phase] += 1.0 / POINTS;
    if (here.grain != there.grain) {
      pairs++;
      s.alike += here.phase == there.phase ? 1.0 : 0.0;
    }
  }
  s.alike /= pairs;
  return s;
}

static void test_fractions(void **state) {
  GrainsOptions options = plain;
  Grains g = grains_of(options);
  Statistics s = statistics_of(&g, 0.0, 1e-6, 5e-9);
  (void)state;
  /* 50 000 grains */
  assert_near(s.share[0], 0.2, 0.0, 0.008);
  assert_near(s.share[1], 0.7, 0.0, 0.008);
  assert_near(s.alike, 0.04 + 0.49 + 0.01, 0.0, 0.012); /* chance */
  options.contiguity = 1.0;
  g = grains_of(options);
  s = statistics_of(&g, 0.0, 1e-6, 5e-9);
  assert_near(s.share[1], 0.7, 0.0, 0.02);
  assert_between(s.alike, 0.8, 0.95); /* all but the neighbours in other clusters */
}

static void test_pores(void **state) {
  GrainsOptions options = plain;
  Grains g;
  (void)state;
  options.porosity = 0.3;
  options.porosity_gradient = 0.8;
  options.pore_size = 4e-9;
  g = grains_of(options);
  assert_near(grains_porosity(&g, 0.0), 0.06, 1e-12, 0.0);
  assert_near(grains_porosity(&g, 1e-6), 0.54, 1e-12, 0.0);
  assert_near(statistics_of(&g, 0.0, 1e-6, 5e-9).share[3], 0.3, 0.0, 0.005);
  assert_near(statistics_of(&g, 0.0, 0.1e-6, 5e-9).share[3], 0.3 * (1.0 - 0.8 * 0.9), 0.0, 0.01);
  assert_near(statistics_of(&g, 0.9e-6, 1e-6, 5e-9).share[3], 0.3 * (1.0 + 0.8 * 0.9), 0.0, 0.02);
}

static void test_columns_and_periods(void **state) {
  GrainsOptions options = plain;
  GrainsNear near = {0};
  Grains g;
  (void)state;
  options.columnar = true;
  g = grains_of(options);
  for (uint64_t n = 0; n < 200; n++) {
    const double low[3] = {1e-6 * hashed_uniform(4, n), 0.0, 0.0}, high[3] = {low[0], 0.0, 0.99e-6};
    assert_true(grains_at(&g, low, &near).grain == grains_at(&g, high, &near).grain);
  }
  options.columnar = false;
  options.dimensions = 3;
  options.contiguity = 0.5;
  options.porosity = 0.2;
  options.period[0] = 71e-9;
  options.period[1] = 38e-9;
  g = grains_of(options);
  for (uint64_t n = 0; n < 2000; n++) {
    const double x[3] = {71e-9 * hashed_uniform(4, n), 38e-9 * hashed_uniform(5, n), 1e-6 * hashed_uniform(6, n)};
    const double y[3] = {x[0] - 3.0 * 71e-9, x[1] + 38e-9, x[2]};
    const GrainsPoint here = grains_at(&g, x, &near), there = grains_at(&g, y, &near);
    assert_true(here.grain == there.grain && here.phase == there.phase);
  }
}

static void test_bad_options(void **state) {
  GrainsOptions options = plain;
  Grains g;
  (void)state;
  options.fraction[0] = 0.25;
  assert_non_null(strstr(grains_create(&options, &g), "sum to 1"));
  options = plain;
  options.spread = 0.39;
  assert_non_null(strstr(grains_create(&options, &g), "spread"));
  options = plain;
  options.porosity = 0.8;
  options.porosity_gradient = 0.5;
  assert_non_null(strstr(grains_create(&options, &g), "exceeds 1"));
}

/* Boxes that tile the map have together what its pixels have. */
static void test_map(void **state) {
  unsigned char phase[7 * 5];
  const PhaseMap map = {7, 5, phase, {2e-9, 3e-9}, MAP_MIRRORS};
  double share[4], sum[4] = {0}, whole = 0.0, pixels[4] = {0};
  (void)state;
  for (size_t n = 0; n < sizeof phase; n++) {
    const double inner = 2e-9 * (double)(n % 7), outer = inner + 2e-9;
    phase[n] = (unsigned char)(4.0 * hashed_uniform(2, n));
    pixels[phase[n]] += (outer * outer - inner * inner) * 3e-9;
  }
  for (int c = 0; c < 11; c++) {
    for (int k = 0; k < 4; k++) {
      const double inner = 14e-9 * c / 11, outer = 14e-9 * (c + 1) / 11, area = (outer - inner) * (outer + inner);
      phase_map_box(&map, inner, outer, 15e-9 * k / 4, 15e-9 * (k + 1) / 4, 1, share);
      assert_near(share[0] + share[1] + share[2] + share[3], 1.0, 1e-12, 0.0);
      for (int p = 0; p < 4; p++) {
        sum[p] += share[p] * area * 15e-9 / 4;
      }
      whole += area * 15e-9 / 4;
    }
  }
  for (int p = 0; p < 4; p++) {
    assert_near(sum[p], pixels[p], 1e-12, 0.0);
  }
  assert_near(whole, 14e-9 * 14e-9 * 15e-9, 1e-12, 0.0);
  assert_int_equal(phase_map_at(&map, 15e-9, 1e-9), phase[6]); /* mirrored */
  assert_int_equal(phase_map_at(&map, 29e-9, 4e-9), phase[7]); /* and back */
  phase_map_box(&map, 2e-9, 4e-9, 3e-9, 6e-9, 0, share);       /* a pixel as it is */
  assert_true(share[phase[8]] == 1.0);
}

static void test_percolation(void **state) {
  const unsigned char diagonal[] = {1, 0, 0, 1}, bent[] = {1, 0, 0, 1, 1, 0, 0, 1, 1},
                      around[] = {1, 0, 0, 1, 0, 1, 0, 0, 1};
  double reached;
  (void)state;
  assert_int_equal(percolates(2, 1, 2, diagonal, 0, NULL), 0); /* corners do not connect */
  assert_int_equal(percolates(3, 1, 3, bent, 0, &reached), 1);
  assert_near(reached, 1.0, 1e-15, 0.0);
  assert_int_equal(percolates(3, 1, 3, around, 0, &reached), 0);
  assert_near(reached, 0.0, 1e-15, 0.0);
  assert_int_equal(percolates(3, 1, 3, around, 1, &reached), 1); /* across the side */
  assert_int_equal(percolates(1, 3, 3, around, 1, NULL), 1);
  assert_int_equal(percolates(1, 3, 3, around, 0, NULL), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest),
                                     cmocka_unit_test(test_spread),
                                     cmocka_unit_test(test_fractions),
                                     cmocka_unit_test(test_pores),
                                     cmocka_unit_test(test_columns_and_periods),
                                     cmocka_unit_test(test_bad_options),
                                     cmocka_unit_test(test_map),
                                     cmocka_unit_test(test_percolation)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
