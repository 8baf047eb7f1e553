/* A lithium-filled crack in the electrolyte, driven by plating.

     pressure     p = f(q), q = E'' V/(kappa S c^n)    f(q) = q for q >= 0, q/(1 - q/p_t) below, p_t = 0.8 MPa
     intensity    K_I = Y p sqrt(pi c)                                                     (eq. 8, solved for p_c)
     toughness    K_R = f {K_IC + (K_ss - K_IC) [1 - exp(-(c - c0)/lambda)]}               K_ss = 0: no rise
     growth       dc/dt = v h(K_I/K_R - 1)             h(x) = 0 for x < 0, x^2/2d to d, x - d/2 above, d = 2e-3
     filling      dV/dt = -(Omega/F) i A               i on the faces, A both faces together
     equilibrium  V_eq = -Omega p/F                                                        the pressure repels plating
     faces        i_t = i + (m^4 + m^8) i^2/(i + i_s) for i > 0, i else                    on what still touches
                  m = -V/(A l) for V < 0, 0 else

     shape        n   S        Y      A          x (conducts like a disk of radius x)
     half_penny   3   8/3      2/pi   pi c^2     c
     penny        3   16/3     2/pi   2 pi c^2   2c
     edge         2   W/0.22   1.12   2 c W      AGM(2c, W)/sqrt(pi)

   E'' = E/(1 - nu^2), V volume of lithium added since the native flaw (length c0) was filled and unloaded, kappa
   opening compliance, W extent of an edge crack along the surface, AGM arithmetic-geometric mean.
   Sign: pressure positive in compression; anodic current positive, so plating (i < 0) fills and loads the crack.
   Eq. 9 is dp/dt = -E'' Omega i A/(kappa S c^n F), with the factor A c/(S c^n) = 3 pi/8 for both pennies, 0.44 for
   the edge.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 8-9, after Klinsmann et al., J. Power Sources 2019, 442,
   227226. Penny under pressure: Sneddon, Proc. R. Soc. Lond. A 1946, 187, 229. Edge crack: Y = 1.12 of eq. 8,
   opening of eq. 9 (half an ellipse with the mouth of an edge crack under pressure); x: ellipse with the area and
   the aspect of the rectangle W by 2c of crack and mirror image, within 2 % of that rectangle for aspects up to 10.
   Validity: lithium as a fluid that fills the crack and transmits pressure at once; linear elastic, isotropic half
   space much larger than the crack; half a penny stands for the half-penny (a free surface raises K_I at its mouth
   and the opening by some 10 %); no lithium extrudes from the mouth (below c = K^2/(tau_y E'') lithium of the shear
   strength tau_y would: small flaws need size-hardened lithium); one straight crack.
   Growth: quasi-static growth is K_I = K_R. The speed v makes it a rate, as in sub-critical crack growth but with
   nothing below K_R. K_I exceeds K_R by sqrt(2 d s/v) up to a speed s = d v/2, by d/2 + s/v beyond: 0.2 % at 1 um/s
   for v = 1 mm/s. h is exactly 0 below K_R, so a flaw at rest stays as it is, and its slope is continuous. A crack
   never shortens.
   Emptied crack (V < 0): voids open in the lithium at its yield strength p_t, so the pull stays below it (0.11 mV)
   and K_I < 0 drives nothing; the slope is continuous. Its faces lose contact with the lithium as that goes: the same
   current has to pass a smaller part of them, 1/(1 + m^4 + m^8) at a depth of m times l = 1 nm (a third at 1 nm, 1.5e-4
   at 3 nm). That dissipates, eta(i_t) i >= 0, stores nothing and is zero at zero current, so the crack gives back the
   work of its pressure and no more. It bounds what an emptied crack gives to some nanometres of its faces. Plating
   finds the faces as they were. A closure, not a measured law; i_s = 0.01 mA/cm^2 makes the slope continuous at i = 0.
   Limits: p/2 dV/dc at constant p is the length of the front times kappa K_I^2/E'' for both pennies (energy
   release), eq. 9 puts 15 % more lithium into an edge crack than that; c ~ V^0.4 (pennies), V^(2/3) (edge) in
   quasi-static growth; kappa divides E'' in p. */
#include "crack.h"
#include "constants.h"
#include <math.h>

#define TENSILE_LIMIT 0.8e6        /* [Pa] p_t: yield strength of lithium (paper, section 2.8) */
#define GROWTH_WIDTH 2e-3          /* [1] d */
#define EDGE_GEOMETRY_FACTOR 1.12  /* [1] Y of an edge crack */
#define DEPLETION_DEPTH 1e-9       /* [m] l: lithium that the faces of an emptied crack still give */
#define DEPLETION_CURRENT 0.1      /* [A/m^2] i_s */
#define EDGE_OPENING_FACTOR 0.22   /* [1] half of eq. 9's 0.44: two faces are plated on */
#define PENNY_STIFFNESS (3.0 / 16) /* [1] 1/S of a penny */

/* p = f(q), q = E'' V/(kappa S c^n) */
typedef struct {
  double exponent;        /* [1] n */
  double volume_factor;   /* S; [1] for n = 3, [m] for n = 2 */
  double geometry_factor; /* [1] Y */
} Geometry;

static Geometry geometry(const Crack *crack) {
  switch (crack->shape) {
  case CRACK_EDGE:
    return (Geometry){2.0, crack->width / EDGE_OPENING_FACTOR, EDGE_GEOMETRY_FACTOR};
  case CRACK_PENNY:
    return (Geometry){3.0, 1.0 / PENNY_STIFFNESS, 2.0 / PI};
  default:
    return (Geometry){3.0, 0.5 / PENNY_STIFFNESS, 2.0 / PI};
  }
}

static double plane_strain_modulus(const Crack *crack) {
  return crack->youngs_modulus / (1.0 - crack->poisson_ratio * crack->poisson_ratio);
}

/* [Pa/m^3] q/V */
static double stiffness(const Crack *crack, double length) {
  const Geometry g = geometry(crack);
  const double power = g.exponent == 3.0 ? length * length * length : length * length;
  return plane_strain_modulus(crack) / (crack->opening_compliance * g.volume_factor * power);
}

/* f(q) and its slope */
static double bounded_pull(double q, double *slope) {
  const double open = q < 0.0 ? 1.0 - q / TENSILE_LIMIT : 1.0;
  *slope = 1.0 / (open * open);
  return q / open;
}

double crack_face_area(const Crack *crack, double length, double *slope) {
  const double disk = crack->shape == CRACK_PENNY ? 2.0 * PI : PI;
  const double per_length = crack->shape == CRACK_EDGE ? 2.0 * crack->width : disk * length;

  if (slope) {
    *slope = crack->shape == CRACK_EDGE ? per_length : 2.0 * per_length;
  }
  return per_length * length;
}

/* Arithmetic-geometric mean of x and y, *slope by x. */
static double mean_axis(double x, double y, double *slope) {
  double x1 = 1.0, y1 = 0.0; /* derivatives by the first argument */

  for (int k = 0; k < 12; k++) { /* quadratic: enough for any aspect a deck allows */
    const double geometric = sqrt(x * y), geometric1 = 0.5 * (x1 * y + x * y1) / geometric;
    x = 0.5 * (x + y);
    x1 = 0.5 * (x1 + y1);
    y = geometric;
    y1 = geometric1;
  }
  *slope = 0.5 * (x1 + y1);
  return 0.5 * (x + y);
}

double crack_conducting_radius(const Crack *crack, double length, double *slope) {
  double radius = length, by_length = 1.0;

  if (crack->shape == CRACK_PENNY) {
    radius = 2.0 * length;
    by_length = 2.0;
  } else if (crack->shape == CRACK_EDGE) {
    radius = mean_axis(2.0 * length, crack->width, &by_length) / sqrt(PI);
    by_length *= 2.0 / sqrt(PI);
  }
  if (slope) {
    *slope = by_length;
  }
  return radius;
}

double crack_pressure(const Crack *crack, double volume, double length) {
  double slope;
  return bounded_pull(stiffness(crack, length) * volume, &slope);
}

void crack_pressure_slopes(const Crack *crack, double volume, double length, double *by_volume, double *by_length) {
  const double k = stiffness(crack, length);
  double slope;

  (void)bounded_pull(k * volume, &slope);
  *by_volume = slope * k;
  *by_length = -slope * geometry(crack).exponent * k * volume / length;
}

double crack_equilibrium_potential(const Crack *crack, double volume, double length, double slope[2]) {
  double by_volume, by_length;

  crack_pressure_slopes(crack, volume, length, &by_volume, &by_length);
  slope[0] = -crack_back_stress(by_volume);
  slope[1] = -crack_back_stress(by_length);
  return -crack_back_stress(crack_pressure(crack, volume, length));
}

double crack_touching_current_density(const Crack *crack, double volume, double length, double current_density,
                                      double slope[3]) {
  double area_slope;
  const double area = crack_face_area(crack, length, &area_slope), i = fmax(current_density, 0.0);
  const double missing = fmax(-volume / (area * DEPLETION_DEPTH), 0.0), cube = missing * missing * missing;
  const double crowding = cube * missing * (1.0 + cube * missing), sum = i + DEPLETION_CURRENT;
  const double by_missing = cube * (4.0 + 8.0 * cube * missing) * i * i / sum;

  slope[0] = -by_missing / (area * DEPLETION_DEPTH);
  slope[1] = -by_missing * missing * area_slope / area;
  slope[2] = 1.0 + crowding * i * (i + 2.0 * DEPLETION_CURRENT) / (sum * sum);
  return current_density + crowding * i * i / sum;
}

double crack_volume(const Crack *crack, double pressure, double length) {
  const double q = pressure < 0.0 ? pressure / fmax(1.0 + pressure / TENSILE_LIMIT, 0.0) : pressure;
  return q / stiffness(crack, length);
}

double crack_stress_intensity(const Crack *crack, double pressure, double length) {
  return geometry(crack).geometry_factor * pressure * sqrt(PI * length);
}

/* K_R and its slope by the length */
static double toughness_curve(const Crack *crack, double length, double *slope) {
  const double rise = fmax(crack->toughness_plateau - crack->toughness, 0.0);
  const double grown = fmax(length - crack->length, 0.0) / crack->toughness_rise_length;
  const double left = exp(-grown);

  *slope = length > crack->length ? crack->toughness_factor * rise * left / crack->toughness_rise_length : 0.0;
  return crack->toughness_factor * (crack->toughness + rise * (1.0 - left));
}

double crack_toughness(const Crack *crack, double length) {
  double slope;
  return toughness_curve(crack, length, &slope);
}

double crack_critical_pressure(const Crack *crack, double length) {
  return crack_toughness(crack, length) / crack_stress_intensity(crack, 1.0, length);
}

/* h(x) and its slope */
static double growth_switch(double x, double *slope) {
  if (x <= 0.0) {
    *slope = 0.0;
    return 0.0;
  }
  *slope = fmin(x / GROWTH_WIDTH, 1.0);
  return x < GROWTH_WIDTH ? 0.5 * x * x / GROWTH_WIDTH : x - 0.5 * GROWTH_WIDTH;
}

double crack_growth_rate(const Crack *crack, double volume, double length) {
  const double intensity = crack_stress_intensity(crack, crack_pressure(crack, volume, length), length);
  double slope;
  return crack->reference_speed * growth_switch(intensity / crack_toughness(crack, length) - 1.0, &slope);
}

void crack_growth_rate_slopes(const Crack *crack, double volume, double length, double *by_volume, double *by_length) {
  const double pressure = crack_pressure(crack, volume, length);
  const double intensity = crack_stress_intensity(crack, pressure, length);
  double rise, slope, p_volume, p_length;
  const double toughness = toughness_curve(crack, length, &rise);
  const double per_pressure = crack_stress_intensity(crack, 1.0, length);

  crack_pressure_slopes(crack, volume, length, &p_volume, &p_length);
  (void)growth_switch(intensity / toughness - 1.0, &slope);
  slope *= crack->reference_speed / toughness;
  *by_volume = slope * per_pressure * p_volume;
  *by_length = slope * (per_pressure * p_length + 0.5 * intensity / length - intensity / toughness * rise);
}

/* Length at which the volume gives a stress intensity: K_I = Y sqrt(pi) E'' V/(kappa S) c^(1/2 - n). */
static double length_at_intensity(const Crack *crack, double volume, double intensity) {
  const Geometry g = geometry(crack);
  return pow(crack_stress_intensity(crack, stiffness(crack, 1.0) * volume, 1.0) / intensity, 1.0 / (g.exponent - 0.5));
}

double crack_equilibrium_length(const Crack *crack, double volume) {
  if (volume <= 0.0) {
    return crack->length;
  }
  /* the toughness only rises, so the root lies between the lengths for its ends; K_I/K_R falls between them */
  double low = crack->length, high = length_at_intensity(crack, volume, crack->toughness_factor * crack->toughness);
  if (high <= low) {
    return low;
  }
  if (crack->toughness_plateau <= crack->toughness) {
    return high;
  }
  for (int bisection = 0; bisection < 100; bisection++) {
    const double middle = 0.5 * (low + high);
    if (length_at_intensity(crack, volume, crack_toughness(crack, middle)) > middle) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return 0.5 * (low + high);
}

double crack_back_stress(double pressure) {
  return LITHIUM_VOLUME_PER_CHARGE * pressure;
}

double crack_critical_overpotential(const Crack *crack, double length) {
  const double toughness = crack->toughness_factor * crack->toughness;
  return crack_back_stress(toughness / crack_stress_intensity(crack, 1.0, length));
}

double crack_surviving_length(const Crack *crack, double overpotential) {
  const double at_one_metre = crack_critical_overpotential(crack, 1.0) / overpotential;
  return at_one_metre * at_one_metre;
}

double crack_critical_current_density(const Crack *crack, double length, double film_resistance) {
  return crack_critical_overpotential(crack, length) / film_resistance;
}

double crack_pressure_rate(const Crack *crack, double length, double current_density) {
  return -stiffness(crack, length) * LITHIUM_VOLUME_PER_CHARGE * crack_face_area(crack, length, NULL) * current_density;
}

double crack_pressurisation_time(const Crack *crack, double length, double film_resistance) {
  return film_resistance / (LITHIUM_VOLUME_PER_CHARGE * -crack_pressure_rate(crack, length, 1.0));
}

const Parameter crack_electrolyte_parameters[] = {
    {.key = "youngs_modulus",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "GPa",
     .fallback = "22.1 GPa",
     .minimum = 1e6,
     .maximum = 1e13,
     .meaning = "Young's modulus of the electrolyte",
     .source = "calculated values for Li6PS5Cl lie at 15-30 GPa",
     .offset = offsetof(Crack, youngs_modulus)},
    {.key = "poisson_ratio",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.37",
     .minimum = 0.0,
     .maximum = 0.499,
     .meaning = "Poisson ratio of the electrolyte",
     .source = "calculated values for Li6PS5Cl lie at 0.33-0.37",
     .offset = offsetof(Crack, poisson_ratio)},
    {.key = "toughness",
     .kind = PARAMETER_REAL,
     .unit = "Pa m^0.5",
     .shown = "MPa m^0.5",
     .fallback = "0.23 MPa m^0.5",
     .minimum = 1e0,
     .maximum = 1e9,
     .meaning = "Fracture toughness K_IC at the native length",
     .source = "0.23 (cleavage within a grain) to 0.5 MPa m^0.5; glass of Li2S-P2S5: McGrogan et al. 2017, Adv. Energy "
               "Mater. 7, 1602011",
     .offset = offsetof(Crack, toughness)},
    {.key = "toughness_plateau",
     .kind = PARAMETER_REAL,
     .unit = "Pa m^0.5",
     .shown = "MPa m^0.5",
     .fallback = "0 MPa m^0.5",
     .minimum = 0.0,
     .maximum = 1e9,
     .meaning = "Toughness of a long crack that crosses grains; 0 or less than toughness: it does not rise",
     .source = "assumed (up to 0.5 MPa m^0.5)",
     .offset = offsetof(Crack, toughness_plateau)},
    {.key = "toughness_rise_length",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "20 um",
     .minimum = 1e-10,
     .maximum = 1.0,
     .meaning = "Growth over which the toughness rises towards its plateau",
     .source = "assumed: the grain size is 20-40 um (10.1002/advs.202302521, section 2)",
     .offset = offsetof(Crack, toughness_rise_length)},
    {.key = NULL}};

const Parameter crack_parameters[] = {
    {.key = "length",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "5 um",
     .minimum = 1e-10,
     .maximum = 1e-2,
     .meaning = "Native flaw at the start, full of lithium without pressure: radius of a penny, depth of an edge crack",
     .source = "assumed (0.05-10 um); 10.1002/advs.202302521, Fig. 7c shows the flaw, its depth is not reported",
     .offset = offsetof(Crack, length)},
    {.key = "width",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "10 um",
     .minimum = 1e-10,
     .maximum = 1e-2,
     .meaning = "Extent of an edge crack along the surface; the pennies have none",
     .source = "assumed: about the contact's diameter",
     .offset = offsetof(Crack, width)},
    {.key = "toughness_factor",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1",
     .minimum = 1e-3,
     .maximum = 1e3,
     .meaning = "Toughness of the crack's path over that of the grain; below 1 along a grain boundary",
     .source =
         "boundaries are one to two orders less stiff (10.1002/advs.202302521, section 2.8); equal fracture energy "
         "then gives 0.32-0.1",
     .offset = offsetof(Crack, toughness_factor)},
    {.key = "opening_compliance",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1",
     .minimum = 1e-3,
     .maximum = 1e3,
     .meaning = "Opening of the crack over that of one smooth elastic crack; above 1 with branches",
     .source = "assumed (1-4)",
     .offset = offsetof(Crack, opening_compliance)},
    {.key = "reference_speed",
     .kind = PARAMETER_REAL,
     .unit = "m s-1",
     .shown = "mm s-1",
     .fallback = "1 mm/s",
     .minimum = 1e-9,
     .maximum = 1e3,
     .meaning = "Speed at twice the toughness; the larger, the closer is the growth to quasi-static",
     .source = "numerical: far above the observed speeds of micrometres per second",
     .offset = offsetof(Crack, reference_speed)},
    {.key = NULL}};
