/* Terms of the coupled model that show only in combination: each against what follows without the code under test. */
#include "../../physics/constants.h"
#include "../../solver/time/integrator.h"
#include "../support/coupled.h"

/* What the SEI consumes leaves the deposit: 8 Li of 13.02 cm^3/mol for 5 Li2S + LiCl + Li3P, and nothing else moves at
   rest. */
static PetscErrorCode SeiConsumesLithium(void) {
  static const char deck[] =
      "contact: {law: none}\n"
      "sei: {growth: wagner, thickness: 5 nm, wagner: {growth_constant: 4 nm2/h, porosity: 0.2}}\n"
      "deposit: {volume: 1000 um3}\n"
      "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
      "grid: {rings: 4}\n"
      "protocol: [{rest: {duration: 1000 h}}]\n";
  const double solid = 5 * 45.95 / 1.660 + 42.39 / 2.068 + 51.80 / 1.430; /* [cm^3/mol] molar masses over densities */
  const double grown = sqrt(25.0 + 4.0 * 1000.0) - 5.0;                   /* [nm] */
  Coupled c;
  ElectrodeState state;
  double current, area, consumed, left;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(CoupledIntegrate(&c, 20, &current, &state));
  area = ElectrodeArea(c.simulation->electrode, 0.0);
  consumed = area * grown * 1e-9 * (1 - 0.2) * 8 * 13.02 / solid;
  left = ElectrodeLithiumVolume(c.simulation->electrode, &state);
  Expect(consumed > 1e-18 && fabs((1e-15 - left) / consumed - 1.0) < 1e-3,
         "SEI of %.4g nm: %.6g um3 of lithium gone, expected %.6g um3", grown, (1e-15 - left) * 1e18, consumed * 1e18);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* Both conductivities rise with temperature, by the same factor; as its activation energy is one. */
static PetscErrorCode GrainIsWarm(void) {
  static const char deck[] =
      "temperature: 60 degC\n"
      "contact: {law: none}\n"
      "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
      "electrolyte: {conductivity: 1.65 mS/cm, grain_conductivity: 4 mS/cm, grain_depth: 15 um, activation_energy: 38 "
      "kJ/mol}\n"
      "grid: {rings: 4}\n"
      "protocol: [{rest: {duration: 1 s}}]\n";
  const double factor = exp(-38e3 / 8.31446261815324 * (1 / 333.15 - 1 / 298.15));
  Coupled c;
  PetscInt warm = 0;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  Expect(fabs(c.simulation->conductivity / (0.165 * factor) - 1) < 1e-9,
         "polycrystal: %.10g S/m at 60 degC, expected %.10g", c.simulation->conductivity, 0.165 * factor);
  Expect(fabs(c.simulation->grain_conductivity / (0.4 * factor) - 1) < 1e-9,
         "grain: %.10g S/m at 60 degC, expected %.10g", c.simulation->grain_conductivity, 0.4 * factor);
  for (PetscInt k = 0; k < GridCellCount(c.simulation->grid); k++) {
    warm += fabs(c.simulation->cell_conductivity[k] / (0.4 * factor) - 1) < 1e-9;
  }
  Expect(warm > 0 && warm < GridCellCount(c.simulation->grid), "%d cells of the grain have it", (int)warm);
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* dt in `parts` steps under a constant potential. */
static PetscErrorCode Advance(const Coupled *c, const ElectrodeState *start, double dt, PetscInt parts,
                              ElectrodeState *end, StepResult *result) {
  const Control control = {.start_value = 10e-3};
  Integrator integrator;
  ElectrodeState from;

  PetscFunctionBeginUser;
  PetscCall(IntegratorCreate(c->simulation->electrode, &c->simulation->integrator, &integrator));
  PetscCall(ElectrodeStateCreate(c->simulation->electrode, &from));
  PetscCall(ElectrodeStateCopy(start, &from));
  for (PetscInt k = 0; k < parts; k++) {
    PetscCall(IntegratorNewStart(integrator, &from));
    PetscCall(IntegratorStep(integrator, &from, &control, dt / (double)parts, end, result));
    PetscCheck(result->converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "A step did not converge");
    PetscCall(ElectrodeStateCopy(end, &from));
  }
  PetscCall(ElectrodeStateDestroy(&from));
  PetscCall(IntegratorDestroy(&integrator));
  PetscFunctionReturn(0);
}

static double FirstFraction(const Coupled *c, const ElectrodeState *state) {
  return ElectrodeOpenings(c->simulation->electrode, state->x)[0].contact_fraction;
}

/* Near the loss of contact the current depends on what little touches: a step must know the relative error of that. */
static PetscErrorCode ErrorOfTheContactFraction(void) {
  static const char deck[] = "contact: {law: void, pressure: {profile: uniform}}\n"
                             "electrolyte: {conductivity: 1e5 S/m}\n"
                             "lithium: {creep: []}\n"
                             "needle: {stiffness: 0 MPa/um}\n"
                             "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
                             "grid: {rings: 4}\n"
                             "protocol: [{hold: {potential: 10 mV, duration: 200 s}}]\n";
  Coupled c;
  ElectrodeState start, coarse, fine;
  StepResult result, ignored;
  double current, reached, actual, estimated;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(CoupledIntegrate(&c, 400, &current, &start));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &coarse));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &fine));
  PetscCall(Advance(&c, &start, 32.0, 1, &coarse, &result));
  PetscCall(Advance(&c, &start, 32.0, 64, &fine, &ignored));
  reached = FirstFraction(&c, &fine);
  actual = fabs(FirstFraction(&c, &coarse) / reached - 1.0);
  estimated = result.error * c.simulation->integrator.tolerance;
  Expect(reached < 1e-3 && estimated > actual && actual > 1e-6,
         "contact fraction %.3g: relative error %.2g of a step, estimated %.2g", reached, actual, estimated);
  Expect(estimated > 30 * fabs(coarse.x[0] - fine.x[0]) / fine.x[0], "the void depth alone would not have told");
  PetscCall(ElectrodeStateDestroy(&coarse));
  PetscCall(ElectrodeStateDestroy(&fine));
  PetscCall(ElectrodeStateDestroy(&start));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(SeiConsumesLithium());
  PetscCall(GrainIsWarm());
  PetscCall(ErrorOfTheContactFraction());
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
