/* Numbers that Singh et al. (2023) state, or that follow from their equations with the numbers that they state. They
   cannot tell a right hypothesis from a wrong one, so they are no targets (inputs/paper/targets.yaml, equation_checks):
   they tell whether the program's laws are those equations. Expected values are computed by hand from constants to ten
   digits, not by the program's own formulas; tolerances are half a unit of the last digit stated. */
#include "check.h"
#include "disk_problem.h"
#include "physics/crack.h"
#include "physics/creep_laws.h"
#include "physics/deposit.h"
#include "physics/dislocation.h"
#include "physics/kinetics_laws.h"
#include "physics/wagner_sei.h"

static const double temperature = 298.15; /* [K] */

/* Section 2: -2 nA for 10 min, -3 nA for 50 min, -4 nA for 30 min, that is 17.4 uC. The paper prints 1250 um^3. */
static void DepositVolume(void) {
  const double charge = -(2e-9 * 600 + 3e-9 * 3000 + 4e-9 * 1800);

  CheckNear("Faraday's volume [um^3]", fabs(deposit_faraday_volume(charge)) * 1e18, 2348, 0.5 / 2348);
}

/* Eq. 1 at d = 9.64 um and 1.65 mS/cm, out of the solve. */
static PetscErrorCode Constriction(void) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  double resistance = 0;
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(DiskOblate(64, 96, 1, 1, 0, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
  PetscCall(PrimaryResistance(bulk, &resistance));
  CheckNear("eq. 1: constriction [kOhm]", resistance * 1e-3, 314.3, 0.05 / 314.3);
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* R = RT/(F i0): 0.8 Ohm cm^2 is 32.1 mA/cm^2. */
static void ExchangeCurrent(void) {
  const ButlerVolmerKinetics law = {.exchange_current_density = 321, .anodic_transfer_coefficient = 0.5};
  const InterfaceConditions room = {.temperature = temperature, .sei_thickness = 10e-9};
  double slope = 0;

  (void)kinetics_butler_volmer.overpotential(&law, &room, 0, &slope);
  CheckNear("R of 32.1 mA/cm^2 [Ohm cm^2]", slope * 1e4, 0.8, 0.05 / 32.1);
}

/* Section 2.3: the thickness goes with the square root of the time, long after the start. */
static void ParabolicGrowth(void) {
  const WagnerSei sei = {.growth_constant = 21e-18 / 3600, .initial_thickness = 1e-9};
  const double day = 86400;
  const double ratio =
      wagner_sei_thickness(&sei, temperature, 4000 * day) / wagner_sei_thickness(&sei, temperature, 1000 * day);

  CheckNear("d ln L/d ln t", log(ratio) / log(4), 0.5, 1e-5);
  CheckNear("rate times thickness over a growth that triples it",
            wagner_sei_growth_rate(&sei, temperature, 10e-9) / wagner_sei_growth_rate(&sei, temperature, 30e-9), 3,
            1e-12);
}

/* Eq. 5 at d = 100 nm, D_GB = 1e-7 cm^2/s, delta_GB = 0.5 nm:
   14 pi 1e6 * 2.162022189e-29 * 0.5e-9 * 1e-11/(4.116404e-21 * 1e-21) = 1.1550 1/s per MPa */
static void CobleRate(void) {
  const CobleCreep law = {.grain_boundary_diffusivity = 1e-11, .grain_boundary_width = 0.5e-9};
  const CreepConditions conditions = {temperature, 100e-9};
  double slope = 0;

  CheckNear("eq. 5: Coble creep [1/s/MPa]", creep_coble.strain_rate(&law, &conditions, 1e6, &slope), 1.155,
            0.0005 / 1.155);
}

/* Eq. 6-7 with beta = 0.5, H_V = 50 kJ/mol, alpha = 0.1. */
static void DislocationRatios(void) {
  static const struct {
    double density, ratio, digit; /* [1/m^2], [1], half of the last digit stated */
  } stated[] = {{1e14, 0.0433, 0.00005}, {1e15, 0.0137, 0.00005}, {1e16, 0.0043, 0.00005}};
  Dislocations law = {.vacancy_enthalpy = 50e3, .lattice_expansion = 0.1, .volume_ratio = 1, .symmetry_factor = 0.5};

  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(stated); n++) {
    law.density = stated[n].density;
    CheckNear("eq. 7: R_CT over that without dislocations", dislocation_resistance_ratio(&law, temperature),
              stated[n].ratio, stated[n].digit / stated[n].ratio);
  }
}

/* Eq. 8 and 9 of an edge crack of 1 um, K_IC = 0.23 MPa m^0.5, E'' = 25.6 GPa:
   0.23/(1.12 sqrt(pi 1e-6)) = 115.9 MPa; 0.44 * 25.605e9 * 13.02e-6 * 1500/(1e-6 * 96485.3) = 2.280 GPa/s */
static void CrackEquations(void) {
  const Crack edge = {.shape = CRACK_EDGE,
                      .length = 1e-6,
                      .width = 1e-6,
                      .youngs_modulus = 22.1e9,
                      .poisson_ratio = 0.37,
                      .toughness = 0.23e6,
                      .toughness_rise_length = 30e-6,
                      .toughness_factor = 1,
                      .opening_compliance = 1};

  CheckNear("eq. 8: critical pressure [MPa]", crack_critical_pressure(&edge, 1e-6) * 1e-6, 116, 0.5 / 116);
  CheckNear("eq. 9: pressure rate at 150 mA/cm^2 [GPa/s]", crack_pressure_rate(&edge, 1e-6, -1500) * 1e-9, 2.28,
            0.005 / 2.28);
}

int main(int argc, char **argv) {
  int status;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  DepositVolume();
  PetscCall(Constriction());
  ExchangeCurrent();
  ParabolicGrowth();
  CobleRate();
  DislocationRatios();
  CrackEquations();
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
