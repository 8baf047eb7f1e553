/* Spreading resistances: limits, slopes, reciprocity. Accuracy: tests/verification/test_crack_network.c. */
#include "physics/constants.h"
#include "physics/spreading.h"
#include "test_physics.h"

static const SpreadingMedium plain = {0.165, 0.165, 0.0};

static SpreadingMedium grain_of(double ratio, double depth) {
  return (SpreadingMedium){0.165 * ratio, 0.165, depth};
}

static void test_film_factor(void **state) {
  double slope;
  (void)state;
  assert_relative(spreading_film_factor(0.0, &slope), 1.0, 1e-15);
  assert_relative(spreading_film_factor(1e9, NULL), 32.0 / (3.0 * PI * PI), 1e-8); /* uniform current */
  for (int k = 0; k < 14; k++) {
    const double w = 1e-3 * pow(2.7, k);
    const double h = 1e-4 * w;
    (void)spreading_film_factor(w, &slope);
    assert_relative(slope, (spreading_film_factor(w + h, NULL) - spreading_film_factor(w - h, NULL)) / (2.0 * h), 1e-6);
  }
}

/* Primary resistance of the disk in a grain in a polycrystal against the sum over confocal shells. */
static void test_grain(void **state) {
  const double depth = 15e-6;
  (void)state;
  for (int m = 0; m < 5; m++) {
    const double ratio = 0.5 * pow(1.6, m);
    const SpreadingMedium medium = grain_of(ratio, depth), boundless = grain_of(ratio, INFINITY);
    for (int n = 0; n < 8; n++) {
      const double a = 1e-8 * pow(4.7, n);
      /* the shell from depth z to z + dz has the resistance dz/(2 pi sigma (a^2 + z^2)); z = a tan(xi) */
      double sum = 0.0;
      enum { SHELLS = 20000 };
      for (int k = 0; k < SHELLS; k++) {
        const double xi = (k + 0.5) * PI / 2.0 / SHELLS;
        sum += PI / 2.0 / SHELLS / (2.0 * PI * a * (a * tan(xi) < depth ? 0.165 * ratio : 0.165));
      }
      assert_relative(1.0 / (4.0 * spreading_conductivity(&medium, a) * a), sum, 1e-4);
      assert_relative(spreading_self_resistance(&medium, a, PI * a * a, 0.0, NULL), sum, 1e-4);
      /* boundless grain and what is left of the polycrystal */
      assert_relative(spreading_self_resistance(&boundless, a, PI * a * a, 0.0, NULL) +
                          spreading_outer_resistance(&medium, a, NULL),
                      spreading_self_resistance(&medium, a, PI * a * a, 0.0, NULL), 1e-13);
    }
    assert_relative(spreading_conductivity(&medium, 1e-12), 0.165 * ratio, 1e-6);
    assert_relative(spreading_conductivity(&medium, 1.0), 0.165, 1e-4);
    assert_relative(spreading_outer_resistance(&medium, 0.0, NULL), (1.0 - 1.0 / ratio) / 0.165 / (2.0 * PI * depth),
                    1e-14);
    assert_true(spreading_outer_resistance(&boundless, 5e-6, NULL) == 0.0);
  }
  assert_true(spreading_outer_resistance(&plain, 5e-6, NULL) == 0.0);
  assert_true(spreading_outer_resistance(&(SpreadingMedium){0.33, 0.165, 0.0}, 5e-6, NULL) == 0.0);
  assert_relative(spreading_conductivity(&(SpreadingMedium){0.33, 0.165, 0.0}, 5e-6), 0.165, 1e-15);
  assert_relative(spreading_conductivity(&(SpreadingMedium){0.33, 0.165, INFINITY}, 5e-6), 0.33, 1e-15);
}

static double self_of(const SpreadingMedium *medium, double x, double area, double film) {
  return spreading_self_resistance(medium, x, area, film, NULL);
}

static double mutual_of(const SpreadingMedium *medium, double a, double c, double film) {
  return spreading_mutual_resistance(medium, a, c, film, NULL);
}

static void test_slopes(void **state) {
  const SpreadingMedium media[] = {plain, grain_of(3.0, 10e-6), grain_of(0.4, 10e-6)};
  const double a = 5e-6, h = 1e-5;
  (void)state;
  for (int m = 0; m < 3; m++) {
    for (int k = 0; k < 6; k++) {
      const double film = k > 0 ? 1e-7 * pow(30.0, k - 1) : 0.0;
      for (int n = 0; n < 12; n++) {
        const double c = 1e-9 * pow(3.3, n);
        double slope[2], outer;
        (void)spreading_self_resistance(&media[m], c, c * 1e-5, film, slope);
        assert_relative(
            slope[0],
            (self_of(&media[m], c * (1 + h), c * 1e-5, film) - self_of(&media[m], c * (1 - h), c * 1e-5, film)) /
                (2 * h * c),
            1e-6);
        assert_near(
            slope[1],
            (self_of(&media[m], c, c * 1e-5 * (1 + h), film) - self_of(&media[m], c, c * 1e-5 * (1 - h), film)) /
                (2 * h * c * 1e-5),
            1e-6, 1e-9 * self_of(&media[m], c, c * 1e-5, film) / (c * 1e-5));
        (void)spreading_mutual_resistance(&media[m], a, c, film, slope);
        assert_near(slope[0],
                    (mutual_of(&media[m], a * (1 + h), c, film) - mutual_of(&media[m], a * (1 - h), c, film)) /
                        (2 * h * a),
                    1e-6, 1e-9 * mutual_of(&media[m], a, c, film) / a);
        assert_near(slope[1],
                    (mutual_of(&media[m], a, c * (1 + h), film) - mutual_of(&media[m], a, c * (1 - h), film)) /
                        (2 * h * c),
                    1e-6, 1e-9 * mutual_of(&media[m], a, c, film) / c);
        (void)spreading_outer_resistance(&media[m], c, &outer);
        assert_near(outer,
                    (spreading_outer_resistance(&media[m], c * (1 + 1e-3), NULL) -
                     spreading_outer_resistance(&media[m], c * (1 - 1e-3), NULL)) /
                        (2e-3 * c),
                    1e-4, 1e-6 * fabs(spreading_outer_resistance(&media[m], c, NULL)) / c * 1e-5);
      }
    }
  }
  /* the series for small contacts meets the closed form: slope/radius is constant up to the square of the ratio */
  double below, above;
  (void)spreading_outer_resistance(&media[1], 0.999e-3 * 10e-6, &below);
  (void)spreading_outer_resistance(&media[1], 1.001e-3 * 10e-6, &above);
  assert_relative(below / 0.999e-3, above / 1.001e-3, 1e-8);
}

/* Conductance and share of the crack of the two electrodes at one potential. */
static double network(const SpreadingMedium *medium, double a, double c, double film, double *share) {
  const double r11 = self_of(medium, a, PI * a * a, film) + film / (PI * a * a);
  const double r22 = self_of(medium, c, PI * c * c, film) + film / (PI * c * c);
  const double r12 = mutual_of(medium, a, c, film), determinant = r11 * r22 - r12 * r12;

  assert_true(determinant > 0.0);
  *share = (r11 - r12) / (r11 + r22 - 2.0 * r12);
  return (r11 + r22 - 2.0 * r12) / determinant;
}

static void test_reciprocal_and_positive_definite(void **state) {
  const double a = 5e-6;
  (void)state;
  for (int m = 0; m < 5; m++) {
    const double ratio = pow(sqrt(2.0), m);
    for (int n = 0; n < 6; n++) {
      const double depth = 1e-8 * pow(10.0, n);
      const SpreadingMedium medium = grain_of(ratio, depth);
      for (int l = 0; l < 49; l++) {
        const double t = 1e-3 * pow(10.0, 0.125 * l);
        for (int k = 0; k < 9; k++) {
          const double w = k > 0 ? 1e-3 * pow(10.0, k - 1) : 0.0;
          const double film = w * a / 0.165, r12 = mutual_of(&medium, a, t * a, film);
          double share;
          assert_relative(mutual_of(&medium, t * a, a, film), r12, 1e-14); /* whichever is the larger */
          /* the electrolyte alone dissipates */
          assert_true(self_of(&medium, a, PI * a * a, film) * self_of(&medium, t * a, PI * t * t * a * a, film) >
                      r12 * r12);
          (void)network(&medium, a, t * a, film, &share);
        }
      }
    }
  }
}

static void test_mutual_limits(void **state) {
  static const double table[][2] = {{0.1, 0.305004}, {1.0, 0.201613}, {2.0, 0.127816}}; /* c/a, r12 sigma a */
  const double a = 5e-6;
  double share;
  (void)state;
  for (int n = 0; n < 3; n++) {
    assert_relative(mutual_of(&plain, a, table[n][0] * a, 1e9) * 0.165 * a, table[n][1], 5e-6);
  }
  /* far apart in size: the potential of the larger one, primary or uniform */
  assert_relative(mutual_of(&plain, a, 1e-6 * a, 0.0), 1.0 / (4.0 * 0.165 * a), 1e-6);
  assert_relative(mutual_of(&plain, a, 1e-6 * a, 1e9), 1.0 / (PI * 0.165 * a), 1e-6);
  assert_relative(mutual_of(&plain, a, a * (1.0 + 1e-13), 1e-5), mutual_of(&plain, a, a * (1.0 - 1e-13), 1e-5), 1e-12);
  /* primary: halves at c = a; a thick film: by area */
  (void)network(&plain, a, a, 0.0, &share);
  assert_relative(share, 0.5, 1e-14);
  (void)network(&plain, a, 2.0 * a, 1e4, &share);
  assert_relative(share, 0.8, 1e-5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_film_factor),   cmocka_unit_test(test_grain),
      cmocka_unit_test(test_slopes),        cmocka_unit_test(test_reciprocal_and_positive_definite),
      cmocka_unit_test(test_mutual_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
