/* The lithium body in time: a sprung needle on a cylinder, order in time, volume, an open contact, its loss, the ring
   operator. */
#include "../../solver/body/body_motion.h"
#include "body_problem.h"

static const double rate_per_stress = 6.9e-9; /* [1/(s Pa)] */

/* Shortening of a cylinder of constant volume under a spring: dh/dt = -rate F h^2/V, F = F0 - k (h0 - h), by RK4. */
static double CylinderHeight(double height, double volume, double force, double stiffness, double time) {
  const int steps = 20000;
  double h = height;

  for (int n = 0; n < steps; n++) {
    double k[4], at = h;
    for (int s = 0; s < 4; s++) {
      k[s] = -rate_per_stress * (force - stiffness * (height - at)) * at * at / volume;
      at = h + time / steps * (s == 2 ? k[s] : 0.5 * k[s]);
    }
    h += time / steps * (k[0] + 2 * k[1] + 2 * k[2] + k[3]) / 6.0;
  }
  return h;
}

static PetscErrorCode Spring(PetscInt steps, double *error) {
  const double radius = 5e-6, height = 20e-6, force = 60e-6, stiffness = 18.7, time = 20.0;
  const double volume = PETSC_PI * radius * radius * height, consumed[4] = {0};
  PowerLawCreep law;
  BodyGrid grid;
  BodyMotion motion;
  BodyVerdict verdict = BODY_GOES_ON;

  PetscFunctionBeginUser;
  PetscCall(BodyGridCreate(4, 4, NULL, &grid));
  BodyGridCylinder(&grid, radius, height);
  PetscCall(
      BodyMotionCreate(&(BodyMotionOptions){.flow = {.rheology = BodyPower(&law, 1e6 * rate_per_stress, 1.0, 1e-12),
                                                     .needle = PETSC_TRUE,
                                                     .needle_slips = PETSC_TRUE,
                                                     .base_slips = PETSC_TRUE,
                                                     .line_spreads = PETSC_TRUE},
                                            .control = BODY_NEEDLE_SPRING,
                                            .force = force,
                                            .stiffness = stiffness,
                                            .tolerance = 1e3,
                                            .longest = time / (double)steps},
                       &grid, &motion));
  while (verdict == BODY_GOES_ON && BodyMotionState(motion)->time < time * (1.0 - 1e-12)) {
    PetscCall(BodyMotionStep(motion, consumed, time, &verdict));
  }
  const double exact = CylinderHeight(height, volume, force, stiffness, time);
  *error = fabs(BodyMotionState(motion)->force / (force - stiffness * (height - exact)) - 1.0);
  CheckNear("sprung needle: volume", BodyMotionVolumeImbalance(motion), 0, 1e-12);
  CheckNear("sprung needle: displacement and force", BodyMotionState(motion)->displacement * stiffness,
            force - BodyMotionState(motion)->force, 1e-9);
  PetscCall(BodyMotionDestroy(&motion));
  PetscCall(BodyGridDestroy(&grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode Springs(void) {
  double error[3];

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    PetscCall(Spring(40 << k, &error[k]));
  }
  CheckOrder("sprung needle: force after 20 s", 3, error, 2, 1.7, 2.3);
  CheckNear("sprung needle: force", error[2], 0, 1e-3);
  PetscFunctionReturn(0);
}

static BodyMotionOptions Deposit(PowerLawCreep *law) {
  return (BodyMotionOptions){.flow = {.rheology = BodyPower(law, 1e6 * rate_per_stress, 1.0, 1e-12),
                                      .needle = PETSC_TRUE,
                                      .surface_tension = 0.4},
                             .control = BODY_NEEDLE_SPRING,
                             .force = 26e-6,
                             .stiffness = 18.7,
                             .tolerance = 1e-2};
}

/* A hemisphere under the needle while it is stripped: volume by Faraday, the needle's share of the force. */
static PetscErrorCode Stripped(void) {
  enum { RINGS = 8 };
  const double radius = 4.82e-6;
  double consumed[RINGS], out;
  PowerLawCreep law;
  BodyGrid grid;
  BodyMotion motion;
  BodyFlowResult flow;
  BodyMotionOptions options = Deposit(&law);
  BodyVerdict verdict = BODY_GOES_ON;

  PetscFunctionBeginUser;
  for (int j = 0; j < RINGS; j++) {
    consumed[j] = 2e-9;
  }
  PetscCall(BodyGridCreate(RINGS, 8, NULL, &grid));
  BodyGridHemispheroid(&grid, radius, radius, 0.5 * radius);
  PetscCall(BodyMotionCreate(&options, &grid, &motion));
  while (verdict == BODY_GOES_ON && BodyMotionState(motion)->time < 40.0) {
    PetscCall(BodyMotionStep(motion, consumed, 40.0, &verdict));
  }
  CheckBetween("stripped deposit: went on", verdict, BODY_GOES_ON, BODY_GOES_ON);
  CheckNear("stripped deposit: volume", BodyMotionVolumeImbalance(motion), 0, 1e-10);
  CheckNear("stripped deposit: taken", BodyMotionState(motion)->consumed, PETSC_PI * radius * radius * 2e-9 * 40,
            1e-12);
  CheckBetween("stripped deposit: put right per step", BodyMotionState(motion)->correction, 0, 1e-3);
  PetscCall(BodyMotionFlow(motion, consumed, &flow));
  CheckNear("stripped deposit: needle + line = contact", flow.needle_force + flow.line_force, flow.contact_force, 1e-8);
  CheckBetween("stripped deposit: stands out", BodyMotionProtrusion(motion, &out), 0.01e-6, 0.1e-6);
  CheckBetween("stripped deposit: squeezed out", out, 0.1e-18, 5e-18);
  for (int j = 0; j < RINGS; j++) { /* the spring has nothing left to follow with */
    consumed[j] = 50e-9;
  }
  while (verdict == BODY_GOES_ON && BodyMotionState(motion)->time < 400.0) {
    PetscCall(BodyMotionStep(motion, consumed, 400.0, &verdict));
  }
  CheckBetween("stripped fast: contact is lost", verdict, BODY_CONTACT_LOST, BODY_CONTACT_LOST);
  CheckNear("stripped fast: volume", BodyMotionVolumeImbalance(motion), 0, 1e-10);
  PetscCall(BodyMotionDestroy(&motion));
  PetscCall(BodyGridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* Stripping at the middle alone opens it while the rest touches; a needle pulled away loses the whole contact. */
static PetscErrorCode Opened(void) {
  enum { RINGS = 8 };
  const double radius = 4.82e-6;
  double consumed[RINGS] = {0};
  PowerLawCreep law;
  BodyGrid grid;
  BodyMotion motion;
  BodyMotionOptions options = Deposit(&law);
  BodyVerdict verdict = BODY_GOES_ON;

  PetscFunctionBeginUser;
  options.flow.surface_tension = 0.0;
  options.force = 10e-6;
  consumed[0] = 20e-9;
  PetscCall(BodyGridCreate(RINGS, 8, NULL, &grid));
  BodyGridHemispheroid(&grid, radius, radius, 0.5 * radius);
  PetscCall(BodyMotionCreate(&options, &grid, &motion));
  while (verdict == BODY_GOES_ON && BodyMotionState(motion)->time < 5.0) {
    PetscCall(BodyMotionStep(motion, consumed, 5.0, &verdict));
  }
  CheckBetween("stripped middle: gap there", BodyMotionState(motion)->gap[0], 1e-9, 100e-9);
  CheckNear("stripped middle: none at the rim", BodyMotionState(motion)->gap[RINGS - 1], 0, 1e-15);
  CheckNear("stripped middle: no pull", PetscMin(0.0, BodyFlowRingPressure(BodyMotionFlowOf(motion))[0]), 0, 1e-3);
  CheckNear("stripped middle: volume", BodyMotionVolumeImbalance(motion), 0, 1e-10);
  PetscCall(BodyMotionDestroy(&motion));

  options.control = BODY_NEEDLE_FORCE;
  options.force = -10e-6;
  BodyGridHemispheroid(&grid, radius, radius, 0.5 * radius);
  PetscCall(BodyMotionCreate(&options, &grid, &motion));
  PetscCall(BodyMotionStep(motion, consumed, 5.0, &verdict));
  CheckBetween("pulled needle: contact is lost", verdict, BODY_CONTACT_LOST, BODY_CONTACT_LOST);
  PetscCall(BodyMotionDestroy(&motion));
  PetscCall(BodyGridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* The condensed body against the flow itself; area-weighted it is symmetric. */
static PetscErrorCode Condensed(void) {
  enum { RINGS = 10 };
  const double radius = 4.82e-6, force = 26e-6;
  double consumed[RINGS], asymmetry = 0.0, error = 0.0, size = 0.0;
  PowerLawCreep law;
  BodyGrid grid;
  BodyFlow flow;
  BodyFlowResult result;
  BodyRingOperator rings;

  PetscFunctionBeginUser;
  PetscCall(BodyGridCreate(RINGS, 10, NULL, &grid));
  BodyGridHemispheroid(&grid, radius, 2.0 * radius, 0.4 * radius);
  BodyFlowOptions options = Deposit(&law).flow;
  options.grid = &grid;
  options.adhesion = 1e9;
  PetscCall(BodyFlowCreate(&options, &flow));
  PetscCall(BodyRingOperatorCreate(flow, &rings));
  for (int j = 0; j < RINGS; j++) {
    consumed[j] = 1e-9 * cos(j);
  }
  PetscCall(
      BodyFlowSolve(flow, &(BodyDrive){.force_given = PETSC_TRUE, .force = force, .consumed = consumed}, &result));
  double velocity = rings.capillary_velocity + rings.mobility * force;
  for (int j = 0; j < RINGS; j++) {
    double pressure = rings.capillary[j] + rings.by_force[j] * force;
    velocity += rings.velocity_by_consumed[j] * consumed[j];
    for (int k = 0; k < RINGS; k++) {
      pressure += rings.by_consumed[j * RINGS + k] * consumed[k];
      asymmetry = PetscMax(asymmetry, fabs(rings.by_consumed[j * RINGS + k] * (2 * j + 1) -
                                           rings.by_consumed[k * RINGS + j] * (2 * k + 1)));
      size = PetscMax(size, fabs(rings.by_consumed[j * RINGS + k]) * (2 * j + 1));
    }
    error = PetscMax(error, fabs(pressure - BodyFlowRingPressure(flow)[j]) / 1e5);
  }
  CheckNear("condensed body: pressures", error, 0, 1e-7);
  CheckNear("condensed body: needle", velocity, result.needle_velocity, 1e-7);
  CheckNear("condensed body: symmetry", asymmetry / size, 0, 1e-8);
  PetscCall(BodyRingOperatorDestroy(&rings));
  PetscCall(BodyFlowDestroy(&flow));
  PetscCall(BodyGridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(Springs());
  PetscCall(Stripped());
  PetscCall(Opened());
  PetscCall(Condensed());
  const int failures = CheckFinish();
  PetscCall(PetscFinalize());
  return failures;
}
