/* The three-dimensional unit cell against exact and published values: laminates, checkerboard, spheres, random maps. */
#include "../../microstructure/hashed.h"
#include "unit_cell_problem.h"

/* Two conductivities and what is where. */
typedef struct {
  double one, other; /* [S/m] */
  int axis;          /* of layers; normal of a checkerboard's plane */
  double radius;     /* [m] of a sphere in the middle */
  uint64_t seed;
  PetscInt lattice; /* grains along an axis of a random map */
} Material;

static double Layers(void *context, const double x[3]) {
  const Material *m = context;
  return x[m->axis] < 0.25 * LENGTH ? m->one : m->other;
}

static double Checkerboard(void *context, const double x[3]) {
  const Material *m = context;
  const int a = (m->axis + 1) % 3, b = (m->axis + 2) % 3;
  return (x[a] < 0.5 * LENGTH) == (x[b] < 0.5 * LENGTH) ? m->one : m->other;
}

static double Sphere(void *context, const double x[3]) {
  const Material *m = context;
  const double a = x[0] - 0.5 * LENGTH, b = x[1] - 0.5 * LENGTH, c = x[2] - 0.5 * LENGTH;
  return a * a + b * b + c * c < m->radius * m->radius ? m->one : m->other;
}

static double Random(void *context, const double x[3]) {
  const Material *m = context;
  uint64_t index = 0;
  for (int k = 0; k < 3; k++) {
    index = index * (uint64_t)m->lattice + (uint64_t)(x[k] / LENGTH * (double)m->lattice);
  }
  return hashed_uniform(m->seed, index) < 0.3 ? m->one : m->other;
}

static void CheckLaminates(void) {
  Material m = {.one = 1e-2, .other = 1e-6};
  UnitCellOptions options = CubeOptions(8, Layers, &m);

  options.cells[0] = 4; /* no two axes alike */
  options.cells[2] = 12;
  options.length[0] = LENGTH;
  for (m.axis = 0; m.axis < 2; m.axis++) {
    for (PetscInt axis = 0; axis < 3; axis++) {
      const Bracket b = Both(options, axis);
      const double exact = axis == m.axis ? 1.0 / (0.25 / m.one + 0.75 / m.other) : 0.25 * m.one + 0.75 * m.other;
      CheckNear(axis == m.axis ? "layers in series, cells" : "layers in parallel, cells", b.lower, exact, 1e-9);
      CheckNear(axis == m.axis ? "layers in series, nodes" : "layers in parallel, nodes", b.upper, exact, 1e-9);
    }
  }
  m.axis = 2;
  options.electrodes = PETSC_TRUE;
  CheckNear("layers between electrodes, cells", Effective(options, UNIT_CELL_CELLS, 2),
            1.0 / (0.25 / m.one + 0.75 / m.other), 1e-9);
  CheckNear("layers between electrodes, nodes", Effective(options, UNIT_CELL_NODES, 2),
            1.0 / (0.25 / m.one + 0.75 / m.other), 1e-9);
  m.axis = 0;
  CheckNear("columns between electrodes, cells", Effective(options, UNIT_CELL_CELLS, 2), 0.25 * m.one + 0.75 * m.other,
            1e-9);
  CheckNear("columns between electrodes, nodes", Effective(options, UNIT_CELL_NODES, 2), 0.25 * m.one + 0.75 * m.other,
            1e-9);
}

/* sqrt(s1 s2) exactly (Keller, doi:10.1063/1.1704146; Dykhne); the two networks are dual, so that their product is
   exact on every grid. One alone is far off: at contrast 100, 16 cells in a square, less than half. */
static void CheckCheckerboard(void) {
  Material m = {.one = 100.0, .other = 1.0};
  Bracket b[3];

  for (m.axis = 0; m.axis < 3; m.axis += 2) {
    for (int n = 0; n < 3; n++) {
      UnitCellOptions options = CubeOptions(8 << n, Checkerboard, &m);
      options.cells[m.axis] = 1;
      b[n] = Both(options, 1);
      CheckNear("checkerboard, product of the two", b[n].lower * b[n].upper, m.one * m.other, 1e-8);
    }
    CheckBetween("checkerboard, cells alone", b[2].lower, 4.0, 5.0);
    CheckEstimate("checkerboard, contrast 100", BracketExtrapolate(b[1], b[2]), 10.0, 0.4);
    /* one bound alone, continued at the order at which the bracket closes */
    CheckNear("checkerboard, cells extrapolated",
              b[2].lower * pow(b[2].lower / b[1].lower, log(b[2].upper / b[2].lower) / (log(b[1].upper / b[1].lower) -
                                                                                        log(b[2].upper / b[2].lower))),
              10.0, 0.02);
  }
}

/* Sangani and Acrivos, doi:10.1098/rspa.1983.0020, eq. for the simple cubic array; to some 1e-3 up to 0.4. */
static double SimpleCubic(double contrast, double part) {
  double l[7], sum;

  for (int n = 1; n < 7; n++) {
    l[n] = (contrast - 1.0) / (contrast + 2.0 * n / (2.0 * n - 1.0));
  }
  sum = -1.0 / l[1] + part +
        1.305 * l[2] * pow(part, 10.0 / 3.0) * (1.0 + 0.231 * l[3] * pow(part, 11.0 / 3.0)) /
            (1.0 - 0.405 * l[2] * pow(part, 7.0 / 3.0)) +
        0.0723 * l[3] * pow(part, 14.0 / 3.0) + 0.153 * l[4] * pow(part, 6.0) + 0.0105 * l[5] * pow(part, 22.0 / 3.0);
  return 1.0 - 3.0 * part / sum;
}

static void CheckSpheres(void) {
  static const struct {
    double contrast, part, most;
  } cases[] = {{10.0, 0.2, 0.03}, {0.01, 0.3, 0.03}, {100.0, 0.4, 0.06}};

  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    Material m = {.one = cases[k].contrast, .other = 1.0, .radius = LENGTH * cbrt(0.75 * cases[k].part / PETSC_PI)};
    char text[64];
    Bracket b[2];
    for (int n = 0; n < 2; n++) {
      b[n] = Both(CubeOptions(32 << n, Sphere, &m), 2);
    }
    (void)snprintf(text, sizeof text, "cubic array, contrast %g, part %g", cases[k].contrast, cases[k].part);
    CheckEstimate(text, BracketExtrapolate(b[0], b[1]), SimpleCubic(cases[k].contrast, cases[k].part), cases[k].most);
  }
}

/* Maxwell: spheres far from each other, 1 + 3 f b/(1 - f b), b = (c - 1)/(c + 2); what they change, on cells whose
   steps round a sphere make it larger by a part of a cell: to first order. */
static void CheckDilute(void) {
  static const double contrasts[] = {10.0, 0.1};

  for (int k = 0; k < 2; k++) {
    const double part = 0.02, c = contrasts[k], b = (c - 1.0) / (c + 2.0);
    Material m = {.one = c, .other = 1.0, .radius = LENGTH * cbrt(0.75 * part / PETSC_PI)};
    Bracket bracket[2];
    for (int n = 0; n < 2; n++) {
      bracket[n] = Both(CubeOptions(32 << n, Sphere, &m), 0);
    }
    CheckEstimate("dilute spheres", BracketExtrapolate(bracket[0], bracket[1]), 1.0 + 3.0 * part * b / (1.0 - part * b),
                  0.01);
  }
}

/* Wiener's bounds for each of 100 maps, Hashin-Shtrikman's (doi:10.1063/1.1728579) for their mean, which is isotropic.
 */
static void CheckBounds(void) {
  Material m = {.one = 100.0, .other = 1.0, .lattice = 4};
  int outside = 0, crossed = 0;
  double mean_lower = 0.0, mean_upper = 0.0, mean_part = 0.0, low, high;

  for (m.seed = 0; m.seed < 100; m.seed++) {
    const PetscInt axis = (PetscInt)(m.seed % 3);
    const Bracket b = Both(CubeOptions(8, Random, &m), axis);
    double part = 0.0;
    for (int n = 0; n < 64; n++) {
      const double x[3] = {LENGTH * (n % 4 + 0.5) / 4.0, LENGTH * (n / 4 % 4 + 0.5) / 4.0,
                           LENGTH * (n / 16 + 0.5) / 4.0};
      part += Random(&m, x) > 2.0 ? 1.0 / 64.0 : 0.0;
    }
    crossed += b.lower > b.upper ? 1 : 0;
    outside += b.lower < (1.0 - 1e-9) / (part / m.one + (1.0 - part) / m.other) ? 1 : 0;
    outside += b.upper > (1.0 + 1e-9) * (part * m.one + (1.0 - part) * m.other) ? 1 : 0;
    mean_lower += 0.01 * b.lower;
    mean_upper += 0.01 * b.upper;
    mean_part += 0.01 * part;
  }
  CheckBetween("random maps whose two values are in the wrong order", crossed, 0.0, 0.0);
  CheckBetween("random maps outside Wiener's bounds", outside, 0.0, 0.0);
  low = m.other + mean_part / (1.0 / (m.one - m.other) + (1.0 - mean_part) / (3.0 * m.other));
  high = m.one + (1.0 - mean_part) / (1.0 / (m.other - m.one) + mean_part / (3.0 * m.one));
  CheckBetween("mean of 100 random maps, cells, between Hashin-Shtrikman", mean_lower, low, high);
  CheckBetween("mean of 100 random maps, nodes, between Hashin-Shtrikman", mean_upper, low, high);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  CheckLaminates();
  CheckCheckerboard();
  CheckSpheres();
  CheckDilute();
  CheckBounds();
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
