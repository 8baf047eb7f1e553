/* Newton's method for the interface currents: from rest to +-5 V in fewer than 20 iterations, over i0 from 1e-3 to 1e4
   A/m^2 and contact fractions from 1e-6 to 1; and the answer satisfies the equations. */
#include "../support/coupled.h"

static PetscErrorCode Check(double exchange, double fraction, double potential, const char *kinetics, int *worst) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;
  PetscBool converged;
  double residual = 0.0;
  const Control control = {PETSC_FALSE, 0.0, potential, 0.0};

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {law: none, none: {contact_fraction: %.17g}}\n"
                 "interface: {kinetics: %s, %s: {exchange_current_density: %.17g A/m2%s}}\n"
                 "grid: {rings: 32}\nprotocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n",
                 fraction, kinetics, kinetics, exchange, strcmp(kinetics, "sinh") ? "" : ", inverse_scale: 19.5 1/V");
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &state));
  PetscCall(ElectrodeInitialState(c.simulation->electrode, &state));
  PetscCall(ElectrodeSolveAlgebraic(c.simulation->electrode, &control, &state, &converged));
  for (PetscInt j = 0; j < c.simulation->model.rings && converged; j++) {
    RingResponse response;
    ElectrodeRing(c.simulation->electrode, j, state.x, state.current[j], 0.0, *state.bearing, &response);
    residual = fmax(residual, fabs(potential - state.ring_potential[j] - response.overpotential));
  }
  if (!converged || c.simulation->electrode->algebraic_iterations >= 20 || residual > 1e-9 * fabs(potential)) {
    Expect(0, "%s i0 = %g A/m2, theta = %g, V = %g: converged %d, %d iterations, residual %g V", kinetics, exchange,
           fraction, potential, converged, (int)c.simulation->electrode->algebraic_iterations, residual);
  }
  *worst = PetscMax(*worst, (int)c.simulation->electrode->algebraic_iterations);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const double exchanges[] = {1e-3, 1e-1, 10.0, 1e3, 1e4}, fractions[] = {1e-6, 1e-3, 0.1, 1.0};
  static const char *const laws[] = {"sinh", "butler_volmer"};
  int worst = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int law = 0; law < 2; law++) {
    for (int e = 0; e < 5; e++) {
      for (int f = 0; f < 4; f++) {
        for (int v = 0; v < 4; v++) {
          static const double potentials[] = {5.0, -5.0, 0.1, -1e-3};
          PetscCall(Check(exchanges[e], fractions[f], potentials[v], laws[law], &worst));
        }
      }
    }
  }
  Expect(worst < 20, "at most %d Newton iterations from rest to +-5 V (required: fewer than 20)", worst);
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
