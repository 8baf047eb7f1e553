/* The lithium-filled crack: eq. 8-9, volume, toughness, growth, and its drive. */
#include "physics/constants.h"
#include "physics/crack.h"
#include "physics/smooth.h"
#include "test_physics.h"

#define MICRO 1e-6
#define CUBIC_MICRO 1e-18

/* Interface of 0.553 Ohm cm^2: R_p = 0.8 Ohm cm^2 without the constriction. */
static const double film = 0.553e-4;

static Crack crack_of(CrackShape shape, double toughness) {
  return (Crack){.shape = shape,
                 .length = 1.0 * MICRO,
                 .width = 7.0 * MICRO,
                 .youngs_modulus = 22.1e9,
                 .poisson_ratio = 0.37,
                 .toughness = toughness,
                 .toughness_plateau = 0.0,
                 .toughness_rise_length = 20.0 * MICRO,
                 .toughness_factor = 1.0,
                 .opening_compliance = 1.0,
                 .reference_speed = 1e-3};
}

static const CrackShape shapes[] = {CRACK_HALF_PENNY, CRACK_PENNY, CRACK_EDGE};
enum { SHAPES = 3 };

/* Worked values, both toughnesses. */
static void test_half_penny_at_one_micrometre(void **state) {
  static const struct {
    double toughness, pressure, back_stress, volume, current_density, by_volume, by_charge;
  } table[] = {{0.23e6, 203.8322e6, 27.50568e-3, 0.0212281, 497.3903, 74.00071, 209.55389},
               {0.5e6, 443.1135e6, 59.79497e-3, 0.046148, 1081.2833, 54.24241, 153.60271}};
  (void)state;
  for (int n = 0; n < 2; n++) {
    const Crack crack = crack_of(CRACK_HALF_PENNY, table[n].toughness);
    const double pressure = crack_critical_pressure(&crack, MICRO);
    assert_relative(pressure, table[n].pressure, 3e-7);
    assert_relative(crack_back_stress(pressure), table[n].back_stress, 3e-7);
    assert_relative(crack_volume(&crack, pressure, MICRO), table[n].volume * CUBIC_MICRO, 3e-6);
    assert_relative(crack_critical_current_density(&crack, MICRO, film), table[n].current_density, 3e-7);
    assert_relative(crack_equilibrium_length(&crack, 1000.0 * CUBIC_MICRO), table[n].by_volume * MICRO, 1e-7);
    /* 1 uA for 100 s, all of it in the crack */
    assert_relative(crack_equilibrium_length(&crack, LITHIUM_VOLUME_PER_CHARGE * 1e-4), table[n].by_charge * MICRO,
                    1e-7);
  }
}

static void test_paper_equations(void **state) {
  const Crack edge = crack_of(CRACK_EDGE, 0.23e6), half = crack_of(CRACK_HALF_PENNY, 0.23e6);
  const Crack penny = crack_of(CRACK_PENNY, 0.23e6);
  const double modulus = 22.1e9 / (1.0 - 0.37 * 0.37);
  (void)state;
  assert_relative(modulus, 25.605376e9, 1e-7);
  assert_relative(crack_critical_pressure(&edge, MICRO), 0.23e6 / (1.12 * sqrt(PI * MICRO)), 1e-14); /* eq. 8 */
  assert_relative(crack_critical_pressure(&edge, MICRO), 116e6, 2e-3);
  assert_relative(crack_critical_pressure(&half, MICRO), 204e6, 1e-3);
  /* eq. 9: plating is negative and loads the crack */
  assert_relative(crack_pressure_rate(&edge, MICRO, -1500.0), 2.28047e9, 2e-6);
  assert_relative(crack_pressure_rate(&half, MICRO, -1500.0), 6.10595e9, 2e-6);
  assert_relative(crack_pressure_rate(&penny, MICRO, -1500.0), 6.10595e9, 2e-6);
  assert_relative(crack_pressure_rate(&edge, MICRO, 1500.0), -2.28047e9, 2e-6);
  /* eq. 9 is the derivative of the pressure by the volume that the current brings */
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    double by_volume, by_length;
    crack_pressure_slopes(&crack, 0.01 * CUBIC_MICRO, MICRO, &by_volume, &by_length);
    assert_relative(crack_pressure_rate(&crack, MICRO, -1500.0),
                    by_volume * LITHIUM_VOLUME_PER_CHARGE * 1500.0 * crack_face_area(&crack, MICRO, NULL), 1e-13);
  }
}

/* Closed forms of critical current density against flaw size, and what survives. */
static void test_flaws_that_survive(void **state) {
  const Crack soft = crack_of(CRACK_HALF_PENNY, 0.23e6), tough = crack_of(CRACK_HALF_PENNY, 0.5e6);
  Crack boundary = tough;
  (void)state;
  assert_relative(crack_critical_current_density(&soft, 0.1 * MICRO, film), 1573.0, 1e-3);
  assert_relative(crack_critical_current_density(&soft, 10.0 * MICRO, film), 157.3, 1e-3);
  assert_relative(crack_critical_current_density(&tough, 0.1 * MICRO, film), 3419.0, 1e-3);
  assert_relative(crack_critical_current_density(&tough, 10.0 * MICRO, film), 341.9, 1e-3);
  /* 150 mA/cm^2 with the scale 5 RT/F of the non-linear interface */
  const double scale = 5.0 * GAS_CONSTANT * REFERENCE_TEMPERATURE / FARADAY_CONSTANT;
  const double overpotential = scale * asinh(1500.0 * film / scale);
  assert_between(crack_surviving_length(&soft, overpotential), 0.115 * MICRO, 0.125 * MICRO);
  assert_between(crack_surviving_length(&tough, overpotential), 0.58 * MICRO, 0.60 * MICRO);
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    assert_relative(crack_surviving_length(&crack, crack_critical_overpotential(&crack, 3.0 * MICRO)), 3.0 * MICRO,
                    1e-13);
    assert_relative(crack_critical_overpotential(&crack, MICRO), /* a native flaw: no rise of toughness yet */
                    crack_back_stress(crack_critical_pressure(&crack, MICRO)), 1e-14);
  }
  /* pi/4 (f K Omega/(F eta))^2 along a grain boundary */
  boundary.toughness_factor = 0.2;
  assert_relative(crack_surviving_length(&boundary, 0.2), PI / 4.0 * pow(0.1e6 * 1.349428e-10 / 0.2, 2.0), 1e-6);
  assert_relative(crack_toughness(&boundary, 30.0 * MICRO), 0.1e6, 1e-14);
}

/* Energy released by the front against the work of the pressure, p/2 dV/dc at constant p. */
static void test_energy_release(void **state) {
  const double pressure = 100e6, c = 3.0 * MICRO, step = 1e-4 * MICRO, modulus = 25.605376e9;
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    const double front = crack.shape == CRACK_EDGE ? crack.width : (crack.shape == CRACK_PENNY ? 2.0 : 1.0) * PI * c;
    const double intensity = crack_stress_intensity(&crack, pressure, c);
    const double work = 0.5 * pressure *
                        (crack_volume(&crack, pressure, c + step) - crack_volume(&crack, pressure, c - step)) /
                        (2.0 * step);
    if (crack.shape == CRACK_EDGE) { /* eq. 8 and the elliptic opening of eq. 9 do not belong together exactly */
      assert_relative(work / (front * intensity * intensity / modulus), 1.0 / (1.12 * 1.12 * 0.22 * PI), 1e-6);
    } else {
      assert_relative(work, front * intensity * intensity / modulus, 1e-6);
    }
  }
}

static void test_geometry(void **state) {
  const Crack half = crack_of(CRACK_HALF_PENNY, 1e6), penny = crack_of(CRACK_PENNY, 1e6);
  Crack edge = crack_of(CRACK_EDGE, 1e6);
  double slope;
  (void)state;
  /* a penny is two half-pennies: area, lithium, conductance */
  assert_relative(crack_face_area(&penny, MICRO, NULL), 2.0 * crack_face_area(&half, MICRO, NULL), 1e-14);
  assert_relative(crack_volume(&penny, 1e8, MICRO), 2.0 * crack_volume(&half, 1e8, MICRO), 1e-14);
  assert_relative(crack_conducting_radius(&penny, MICRO, NULL), 2.0 * crack_conducting_radius(&half, MICRO, NULL),
                  1e-14);
  assert_relative(crack_stress_intensity(&half, 1e8, MICRO), 2.0 * 1e8 * sqrt(MICRO / PI), 1e-14);
  assert_relative(crack_face_area(&edge, 2.0 * MICRO, NULL), 28.0 * MICRO * MICRO, 1e-14);
  /* a square plate 2c by W = 2c: the disk of the same area */
  assert_relative(crack_conducting_radius(&edge, 3.5 * MICRO, &slope), 7.0 * MICRO / sqrt(PI), 1e-14);
  /* an ellipse 100 times as long as wide: x = (pi/2) l/K, K = ln(4 l/s) up to (s/l)^2 ln(l/s)/4 */
  edge.width = 200.0 * MICRO;
  assert_relative(crack_conducting_radius(&edge, MICRO, NULL), 0.5 * PI * 200.0 * MICRO / sqrt(PI) / log(400.0), 1e-4);
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 1e6);
    for (int m = 0; m < 7; m++) {
      const double c = 0.1 * MICRO * pow(3.0, m);
      const double h = 1e-5 * c;
      (void)crack_face_area(&crack, c, &slope);
      assert_relative(slope, (crack_face_area(&crack, c + h, NULL) - crack_face_area(&crack, c - h, NULL)) / (2.0 * h),
                      1e-8);
      (void)crack_conducting_radius(&crack, c, &slope);
      assert_relative(slope,
                      (crack_conducting_radius(&crack, c + h, NULL) - crack_conducting_radius(&crack, c - h, NULL)) /
                          (2.0 * h),
                      1e-8);
    }
  }
}

static void test_slopes(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    Crack crack = crack_of(shapes[s], 0.23e6);
    crack.toughness_plateau = 0.5e6;
    crack.opening_compliance = 2.5;
    for (int m = 0; m < 72; m++) { /* pressure over the critical one, down to emptied cracks */
      const double load = -3.0 + 0.0703 * m;
      const double c = 4.0 * MICRO, h = 1e-6;
      const double volume = load * crack_volume(&crack, crack_critical_pressure(&crack, c), c);
      const double dv = h * fabs(volume), dc = h * c;
      double by_volume, by_length;
      crack_pressure_slopes(&crack, volume, c, &by_volume, &by_length);
      assert_near(by_volume,
                  (crack_pressure(&crack, volume + dv, c) - crack_pressure(&crack, volume - dv, c)) / (2.0 * dv), 1e-5,
                  1.0 / fabs(volume));
      assert_near(by_length,
                  (crack_pressure(&crack, volume, c + dc) - crack_pressure(&crack, volume, c - dc)) / (2.0 * dc), 1e-5,
                  1.0 / c);
      crack_growth_rate_slopes(&crack, volume, c, &by_volume, &by_length);
      assert_near(by_volume,
                  (crack_growth_rate(&crack, volume + dv, c) - crack_growth_rate(&crack, volume - dv, c)) / (2.0 * dv),
                  1e-5, 1e-10 / fabs(volume));
      assert_near(by_length,
                  (crack_growth_rate(&crack, volume, c + dc) - crack_growth_rate(&crack, volume, c - dc)) / (2.0 * dc),
                  1e-5, 1e-10 / c);
    }
  }
}

static void test_emptied_crack_pulls_little(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    double last = 1.0, left, right, by_length;
    for (int m = 0; m < 28; m++) {
      const double volume = m > 0 ? -1e-22 * pow(2.0, m - 1) : 0.0;
      const double pressure = crack_pressure(&crack, volume, MICRO);
      assert_true(pressure > -0.8e6 && pressure <= 0.0 && pressure < last);
      assert_true(crack_growth_rate(&crack, volume, MICRO) == 0.0);
      assert_relative(crack_volume(&crack, pressure, MICRO), volume, 1e-7);
      last = pressure;
    }
    assert_relative(crack_volume(&crack, 50e6, MICRO), crack_volume(&crack, 100e6, MICRO) / 2.0, 1e-14);
    crack_pressure_slopes(&crack, 1e-30, MICRO, &right, &by_length);
    crack_pressure_slopes(&crack, -1e-30, MICRO, &left, &by_length);
    assert_relative(left, right, 1e-5);
    assert_true(crack_equilibrium_length(&crack, -1e-18) == crack.length);
  }
}

/* A crack is at minus its back-stress, filled or emptied: at most the yield strength of lithium, 0.11 mV, can be drawn
   from an emptied one. */
static void test_equilibrium_potential(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    for (double c = MICRO; c < 200.0 * MICRO; c *= 7.0) {
      const double unit = crack_face_area(&crack, c, NULL) * 1e-9;
      double slope[2], other[2];
      for (double depth = -3.1; depth < 2.0; depth += 0.5) { /* [nm] on the faces */
        const double volume = depth * unit, dv = 1e-6 * unit, dc = 1e-6 * c;
        const double potential = crack_equilibrium_potential(&crack, volume, c, slope);
        assert_true(potential == -crack_back_stress(crack_pressure(&crack, volume, c)));
        assert_true(potential < 0.11e-3);
        assert_near(slope[0],
                    (crack_equilibrium_potential(&crack, volume + dv, c, other) -
                     crack_equilibrium_potential(&crack, volume - dv, c, other)) /
                        (2.0 * dv),
                    1e-5, 1e-9 / unit);
        assert_near(slope[1],
                    (crack_equilibrium_potential(&crack, volume, c + dc, other) -
                     crack_equilibrium_potential(&crack, volume, c - dc, other)) /
                        (2.0 * dc),
                    1e-5, 1e-9 / c);
      }
    }
  }
}

/* What still touches of an emptied crack: a resistance to stripping that grows without bound, and nothing else. */
static void test_emptied_crack_resists_stripping(void **state) {
  static const double currents[] = {-3000.0, -0.1, 0.0, 0.02, 5.0, 3000.0};
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    const double c = 4.0 * MICRO, unit = crack_face_area(&crack, c, NULL) * 1e-9;
    double slope[3], other[3], before[6] = {0.0};
    for (double depth = 1.05; depth > -6.0; depth -= 0.1) {
      for (int k = 0; k < 6; k++) {
        const double volume = depth * unit, i = currents[k];
        const double dv = 1e-6 * unit, dc = 1e-6 * c, di = 1e-6 * (fabs(i) + 0.01);
        const double touching = crack_touching_current_density(&crack, volume, c, i, slope);
        if (volume >= 0.0 || i <= 0.0) {
          assert_true(touching == i); /* zero at zero current: it gives nothing back */
        } else {
          assert_true(touching > i && touching > before[k]);
        }
        before[k] = touching;
        assert_true(slope[2] >= 1.0);
        assert_near(slope[0],
                    (crack_touching_current_density(&crack, volume + dv, c, i, other) -
                     crack_touching_current_density(&crack, volume - dv, c, i, other)) /
                        (2.0 * dv),
                    1e-5, 1e-9 * fabs(i) / unit);
        assert_near(slope[1],
                    (crack_touching_current_density(&crack, volume, c + dc, i, other) -
                     crack_touching_current_density(&crack, volume, c - dc, i, other)) /
                        (2.0 * dc),
                    1e-5, 1e-9 * fabs(i) / c);
        if (i != 0.0) { /* the slope is continuous there, its slope is not */
          assert_near(slope[2],
                      (crack_touching_current_density(&crack, volume, c, i + di, other) -
                       crack_touching_current_density(&crack, volume, c, i - di, other)) /
                          (2.0 * di),
                      1e-5, 1e-9);
        }
      }
    }
    /* 1/3 at 1 nm, 1/(1 + 81 + 6561) at 3 nm, up to the width at zero current */
    assert_relative(crack_touching_current_density(&crack, -unit, c, 3000.0, slope), 9000.0, 1e-4);
    assert_relative(crack_touching_current_density(&crack, -3.0 * unit, c, 3000.0, slope), 6643.0 * 3000.0, 1e-4);
    (void)crack_touching_current_density(&crack, -5.0 * unit, c, 0.0, slope);
    assert_true(slope[2] == 1.0 && slope[0] == 0.0);
  }
}

static void test_growth(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    Crack crack = crack_of(shapes[s], 0.23e6);
    crack.length = 5.0 * MICRO;
    const double critical = crack_volume(&crack, crack_critical_pressure(&crack, crack.length), crack.length);
    /* not a nanometre in 1000 s, not even just below the toughness */
    assert_true(crack_growth_rate(&crack, 0.9 * critical, crack.length) == 0.0);
    assert_true(crack_growth_rate(&crack, (1.0 - 1e-12) * critical, crack.length) == 0.0);
    assert_true(crack_growth_rate(&crack, 1.001 * critical, crack.length) > 0.0);
    assert_relative(crack_growth_rate(&crack, 2.0 * critical, crack.length), 1e-3, 2e-3);

    /* filled at 0.1 uA by the midpoint rule: at rest until critical, then quasi-static within the regularisation */
    const double inflow = LITHIUM_VOLUME_PER_CHARGE * 1e-7, step = 2e-4;
    double volume = 0.0, c = crack.length;
    for (int n = 0; n < 50000; n++) {
      const double middle = c + 0.5 * step * crack_growth_rate(&crack, volume, c);
      c += step * crack_growth_rate(&crack, volume + 0.5 * step * inflow, middle);
      volume += step * inflow;
      if (volume < critical) {
        assert_true(c == crack.length);
      }
    }
    const double excess = crack_stress_intensity(&crack, crack_pressure(&crack, volume, c), c) / 0.23e6 - 1.0;
    const double speed = crack_growth_rate(&crack, volume, c);
    assert_true(c > 2.0 * crack.length);
    assert_relative(excess, speed < 1e-6 ? sqrt(4e-3 * speed / 1e-3) : 1e-3 + speed / 1e-3, 1e-9);
    assert_relative(c, crack_equilibrium_length(&crack, volume), 8e-3);
    assert_true(c <= crack_equilibrium_length(&crack, volume));
  }
}

static void test_rising_toughness(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    Crack crack = crack_of(shapes[s], 0.23e6);
    Crack plain = crack;
    crack.toughness_plateau = 0.5e6;
    crack.toughness_factor = 0.8;
    assert_relative(crack_toughness(&crack, crack.length), 0.8 * 0.23e6, 1e-14);
    assert_relative(crack_toughness(&crack, crack.length + 20.0 * MICRO), 0.8 * (0.5e6 - 0.27e6 * exp(-1.0)), 1e-14);
    assert_relative(crack_toughness(&crack, 1e-3), 0.8 * 0.5e6, 1e-14);
    for (int m = 0; m < 15; m++) {
      const double volume = 1e-21 * pow(4.0, m);
      const double c = crack_equilibrium_length(&crack, volume);
      const double intensity = crack_stress_intensity(&crack, crack_pressure(&crack, volume, c), c);
      if (c > crack.length) {
        assert_relative(intensity, crack_toughness(&crack, c), 1e-12);
      } else {
        assert_true(intensity <= crack_toughness(&crack, c));
      }
      const double by_plain = crack_equilibrium_length(&plain, volume); /* closed form against the definition */
      assert_near(crack_stress_intensity(&plain, crack_pressure(&plain, volume, by_plain), by_plain),
                  by_plain > plain.length ? 0.23e6 : 0.0, 1e-12, by_plain > plain.length ? 0.0 : 0.23e6);
    }
    crack.toughness_plateau = 0.1e6; /* below the native toughness: no rise */
    assert_relative(crack_toughness(&crack, 1e-3), 0.8 * 0.23e6, 1e-14);
    /* branches: as a softer body in the pressure, not in the intensity at a pressure */
    plain.opening_compliance = 3.5;
    assert_relative(crack_pressure(&plain, 1e-20, MICRO) * 3.5,
                    crack_pressure(&(Crack){.shape = plain.shape,
                                            .width = plain.width,
                                            .youngs_modulus = 22.1e9,
                                            .poisson_ratio = 0.37,
                                            .opening_compliance = 1.0},
                                   1e-20, MICRO),
                    1e-14);
    assert_relative(
        crack_critical_pressure(&plain, MICRO),
        crack_stress_intensity(&plain, 1.0, MICRO) > 0.0 ? 0.23e6 / crack_stress_intensity(&plain, 1.0, MICRO) : 0.0,
        1e-14);
  }
}

/* p = p_inf [1 - exp(-t/tau)]: against the ODE, V by Faraday's law, with the back-stress. */
static void test_pressurisation(void **state) {
  const Crack half = crack_of(CRACK_HALF_PENNY, 0.23e6);
  (void)state;
  assert_relative(crack_pressurisation_time(&half, MICRO, film), 0.100673, 3e-6);
  assert_relative(crack_pressurisation_time(&half, MICRO, film) * log(3.0), 0.110601, 5e-6); /* at 1.5 times critical */
  for (int s = 0; s < SHAPES; s++) {
    const Crack crack = crack_of(shapes[s], 0.23e6);
    const double tau = crack_pressurisation_time(&crack, MICRO, film), drive = 1.5 * 27.5e-3, step = tau / 4000.0;
    const double final = drive / LITHIUM_VOLUME_PER_CHARGE;
    double volume = 0.0;
    for (int n = 0; n < 4000; n++) { /* midpoint rule */
      double middle = volume;
      for (int stage = 0; stage < 2; stage++) {
        const double pressure = crack_pressure(&crack, middle, MICRO);
        const double i = -(drive - crack_back_stress(pressure)) / film; /* plating */
        middle = volume -
                 (stage == 0 ? 0.5 : 1.0) * step * LITHIUM_VOLUME_PER_CHARGE * i * crack_face_area(&crack, MICRO, NULL);
      }
      volume = middle;
    }
    assert_relative(crack_pressure(&crack, volume, MICRO), final * (1.0 - exp(-1.0)), 1e-6);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_half_penny_at_one_micrometre),
      cmocka_unit_test(test_paper_equations),
      cmocka_unit_test(test_flaws_that_survive),
      cmocka_unit_test(test_energy_release),
      cmocka_unit_test(test_geometry),
      cmocka_unit_test(test_slopes),
      cmocka_unit_test(test_emptied_crack_pulls_little),
      cmocka_unit_test(test_equilibrium_potential),
      cmocka_unit_test(test_emptied_crack_resists_stripping),
      cmocka_unit_test(test_growth),
      cmocka_unit_test(test_rising_toughness),
      cmocka_unit_test(test_pressurisation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
