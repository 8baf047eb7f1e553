#include "crack_network.h"
#include "../../physics/bracketed_newton.h"
#include "../../physics/constants.h"
#include <math.h>

enum { ITERATIONS_MAX = 200 };

static const double no_current = 1e-40; /* [A] after a long rest the numbers run into the smallest there are */
static const double rounding = 1e-15;   /* relative change at which a scalar iteration has arrived */
static const double stiff =
    4.0; /* drop of the crack's own current over that of the contact's, from which it is stiff */

/* The crack's part of the equations at the crack current I2; slopes by I2, with volume and length following it. */
typedef struct {
  double volume, length;       /* [m^3], [m] */
  double mutual, mutual_slope; /* [Ohm] r12 */
  double drop, drop_slope;     /* [V], [Ohm] r22 I2 + eta_face - (Omega/F) p */
} CrackBranch;

double CrackNetworkVolumeScale(const CrackNetwork *network, double volume, double length) {
  const Crack *crack = &network->crack;
  return fabs(volume) + crack_volume(crack, crack_critical_pressure(crack, length), length);
}

/* Length after an implicit step at the volume: c = known + gamma_dt v(V, c). The speed falls with the length, so there
   is one solution, between the known length and that of quasi-static growth. *slope: dc/dV. */
static PetscBool GrownLength(const Crack *crack, const CrackConditions *at, double volume, double *length,
                             double *slope) {
  BracketedNewton newton = {.low = at->known_length};
  double by_volume, by_length, c = at->known_length;

  *length = c;
  *slope = 0.0;
  if (at->gamma_dt == 0.0 || crack_growth_rate(crack, volume, c) == 0.0) {
    return PETSC_TRUE;
  }
  newton.high = fmax(crack_equilibrium_length(crack, volume), c) * (1.0 + 1e-12);
  for (int iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const double residual = c - at->known_length - at->gamma_dt * crack_growth_rate(crack, volume, c);
    double next;

    crack_growth_rate_slopes(crack, volume, c, &by_volume, &by_length);
    next = bracketed_newton_step(&newton, c, residual, 1.0 - at->gamma_dt * by_length);
    if (fabs(next - c) <= rounding * next) {
      *length = next;
      *slope = at->gamma_dt * by_volume / (1.0 - at->gamma_dt * by_length);
      return isfinite(*slope) ? PETSC_TRUE : PETSC_FALSE;
    }
    c = next;
  }
  return PETSC_FALSE;
}

static PetscBool EvaluateCrack(const CrackNetwork *network, const CrackConditions *at, double current,
                               CrackBranch *branch) {
  const Crack *crack = &network->crack;
  const double volume_slope = -LITHIUM_VOLUME_PER_CHARGE * at->gamma_dt;
  double length_slope, area, area_slope, radius, radius_slope, self, self_slope[2], mutual_slope[2];
  double density, touching, touching_slope[3], eta, eta_slope, equilibrium, equilibrium_slope[2];

  branch->volume = at->known_volume + volume_slope * current;
  if (!GrownLength(crack, at, branch->volume, &branch->length, &length_slope)) {
    return PETSC_FALSE;
  }
  length_slope *= volume_slope;
  area = crack_face_area(crack, branch->length, &area_slope);
  radius = crack_conducting_radius(crack, branch->length, &radius_slope);
  self = spreading_self_resistance(&network->medium, radius, area, network->film_resistance, self_slope);
  branch->mutual =
      spreading_mutual_resistance(&network->medium, at->contact_radius, radius, network->film_resistance, mutual_slope);
  branch->mutual_slope = mutual_slope[1] * radius_slope * length_slope;
  density = current / area;
  touching = crack_touching_current_density(crack, branch->volume, branch->length, density, touching_slope);
  eta = kinetics_series_overpotential(&network->kinetics, &network->face, touching, &eta_slope);
  equilibrium = crack_equilibrium_potential(crack, branch->volume, branch->length, equilibrium_slope);
  branch->drop = self * current + eta + equilibrium;
  branch->drop_slope = self + (self_slope[0] * radius_slope + self_slope[1] * area_slope) * length_slope * current +
                       eta_slope * (touching_slope[0] * volume_slope + touching_slope[1] * length_slope +
                                    touching_slope[2] / area * (1.0 - density * area_slope * length_slope)) +
                       equilibrium_slope[0] * volume_slope + equilibrium_slope[1] * length_slope;
  return isfinite(branch->drop) && isfinite(branch->drop_slope) ? PETSC_TRUE : PETSC_FALSE;
}

/* [V] by which the potential exceeds what the crack needs at its present branch; *slope: minus its derivative by I2 */
static double Excess(const CrackConditions *at, double outer, double crack_current, const CrackBranch *branch,
                     double *slope) {
  double potential = at->value;

  *slope = branch->drop_slope + branch->mutual_slope * at->contact_current;
  if (at->given == CRACK_GIVEN_DRIVE) {
    potential += outer * at->contact_current + branch->mutual * crack_current;
    *slope -= branch->mutual + branch->mutual_slope * crack_current;
  }
  return potential - branch->mutual * at->contact_current - branch->drop;
}

/* The crack current at a given potential or drive. What the crack needs grows with its current, so there is one
   solution; Newton's method within a bracket. */
static PetscBool FindCrackCurrent(const CrackNetwork *network, const CrackConditions *at, double outer, double *current,
                                  CrackBranch *branch) {
  double x = at->crack_current;
  BracketedNewton newton = {.low = -INFINITY, .high = INFINITY, .stride = fmax(fabs(x), 1e-12)};

  for (int iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    double excess, slope, next, noise;

    if (!EvaluateCrack(network, at, x, branch)) {
      return PETSC_FALSE;
    }
    excess = Excess(at, outer, x, branch, &slope);
    next = bracketed_newton_step(&newton, x, -excess, slope);
    *current = x;
    /* nearer than the rounding of the potentials tells apart */
    noise = fabs(at->value) + fabs(branch->drop) + fabs(branch->mutual * at->contact_current);
    if (fabs(next - x) <= rounding * (fabs(x) + 4.0 * noise / fabs(slope)) + no_current) {
      return PETSC_TRUE;
    }
    x = next;
  }
  return PETSC_FALSE;
}

CrackGiven CrackNetworkChoose(const CrackNetwork *network, PetscBool is_current, const CrackConditions *at) {
  CrackBranch branch;

  if (!is_current) {
    return CRACK_GIVEN_POTENTIAL;
  }
  return EvaluateCrack(network, at, at->crack_current, &branch) && branch.drop_slope > stiff * branch.mutual
             ? CRACK_GIVEN_DRIVE
             : CRACK_GIVEN_TOTAL;
}

/* Slopes of what follows from the contact current. */
static void FillSlopes(const CrackConditions *at, double outer, double crack_current, const CrackBranch *branch,
                       CrackSolution *solution) {
  const double current = at->contact_current, change = branch->mutual_slope;
  double slope;

  (void)Excess(at, outer, crack_current, branch, &slope);
  switch (at->given) {
  case CRACK_GIVEN_TOTAL:
    solution->drive_slope = 2.0 * branch->mutual - outer - change * (current - crack_current) - branch->drop_slope;
    break;
  case CRACK_GIVEN_POTENTIAL:
    solution->drive_slope = -outer + (branch->mutual + change * crack_current) * branch->mutual / slope;
    break;
  case CRACK_GIVEN_DRIVE:
    solution->crack_by_drive = 1.0 / slope;
    solution->crack_by_contact = (outer - branch->mutual) / slope;
    break;
  }
}

PetscErrorCode CrackNetworkSolve(const CrackNetwork *network, const CrackConditions *at, CrackSolution *solution) {
  const double outer =
      network->adds_grain ? spreading_outer_resistance(&network->medium, at->contact_radius, NULL) : 0.0;
  CrackBranch branch = {.volume = at->known_volume, .length = at->known_length};
  double crack_current;
  PetscBool found;

  PetscFunctionBeginUser;
  *solution = (CrackSolution){.crack_volume = at->known_volume, .crack_length = at->known_length};
  crack_current = at->value - at->contact_current;
  found = at->given == CRACK_GIVEN_TOTAL ? EvaluateCrack(network, at, crack_current, &branch)
                                         : FindCrackCurrent(network, at, outer, &crack_current, &branch);
  PetscCheck(found, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED,
             "The equations of the crack have no solution that can be found at a length of %g m, a volume of %g m3 and "
             "a contact current of %g A",
             at->known_length, at->known_volume, at->contact_current);
  solution->crack_current = crack_current;
  solution->crack_volume = branch.volume;
  solution->crack_length = branch.length;
  solution->ground = outer * at->contact_current + branch.mutual * crack_current;
  solution->drive = at->given == CRACK_GIVEN_DRIVE ? at->value
                    : at->given == CRACK_GIVEN_POTENTIAL
                        ? at->value - solution->ground
                        : branch.mutual * at->contact_current + branch.drop - solution->ground;
  FillSlopes(at, outer, crack_current, &branch, solution);
  PetscFunctionReturn(0);
}
