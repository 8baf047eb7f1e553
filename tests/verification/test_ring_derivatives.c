/* The derivatives of the rings' laws as the integrator takes them, through fractions, overpotential, stresses and
   creep: exact ones of laws that give them against the forward differences that other laws get. */
#include "../../solver/system/ring_jacobian.h"
#include "../support/coupled.h"

enum { RINGS = 21 }; /* more than a block of rings, and not a multiple of it */

/* A state with open voids, a used reservoir and currents of both signs. */
static void SetState(const ElectrodeModel *m, double x[], double current[]) {
  const int local = m->contact->local_count;
  double scale[CONTACT_MAX_LOCAL] = {0.0};

  if (local) {
    m->contact->scales(m->contact_parameters, scale);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    for (int k = 0; k < local; k++) {
      /* below 1 what is a fraction */
      x[j * local + k] = scale[k] * (k == 2 || scale[k] == 1.0 ? 0.4 + 0.02 * (double)j : 0.3 + 0.17 * (double)j);
    }
    current[j] = 31.0 * ((double)j - 6.5);
  }
}

/* Largest difference of two derivatives, relative to the larger one and a scale of that kind of derivative. */
static double Difference(double a, double b, double scale) {
  const double difference = fabs(a - b) / (fmax(fabs(a), fabs(b)) + scale);
  return isnan(difference) ? INFINITY : difference; /* fmax would hide a NaN */
}

static double RingDifference(int local, const RingDerivatives *a, const RingDerivatives *b) {
  double worst = Difference(a->eta_i, b->eta_i, 1e-9);

  worst = fmax(worst, Difference(a->eta_p, b->eta_p, 1e-13));
  worst = fmax(worst, Difference(a->eta_s, b->eta_s, 1e-7));
  worst = fmax(worst, Difference(a->approach_i, b->approach_i, 1e-13));
  worst = fmax(worst, Difference(a->approach_p, b->approach_p, 1e-17));
  worst = fmax(worst, Difference(a->approach_s, b->approach_s, 1e-11));
  for (int k = 0; k < local; k++) {
    worst = fmax(worst, Difference(a->rate_i[k], b->rate_i[k], 1e-13));
    worst = fmax(worst, Difference(a->rate_p[k], b->rate_p[k], 1e-17));
    worst = fmax(worst, Difference(a->rate_s[k], b->rate_s[k], 1e-11));
    worst = fmax(worst, Difference(a->eta_x[k], b->eta_x[k], 1e-2 * fabs(b->eta_x[0])));
    worst = fmax(worst, Difference(a->approach_x[k], b->approach_x[k], 1e-4));
    worst = fmax(worst, Difference(a->bearing_x[k], b->bearing_x[k], 1e-2 * fabs(b->bearing_x[0])));
    for (int l = 0; l < local; l++) {
      worst = fmax(worst, Difference(a->rate_x[k][l], b->rate_x[k][l], 1e-4));
    }
  }
  return worst;
}

static PetscErrorCode Check(const char *law, const char *rest) {
  char deck[2048];
  Coupled c;
  Electrode electrode;
  ContactLaw plain;
  RingJacobian exact, taken;
  double x[RINGS * CONTACT_MAX_LOCAL], current[RINGS], worst = 0.0, values = 0.0;
  double rates[2][RINGS * CONTACT_MAX_LOCAL], overpotential[2][RINGS];
  RingResponses a = {.rates = rates[0], .overpotential = overpotential[0]};
  RingResponses b = {.rates = rates[1], .overpotential = overpotential[1]};

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck, "contact: {law: %s}\n%sgrid: {rings: %d}\nprotocol: [{rest: {duration: 1 s}}]\n",
                 law, rest, RINGS);
  PetscCall(CoupledCreate(deck, &c));
  electrode = c.simulation->electrode;
  PetscCall(ElectrodeSetConditions(electrode, 0.0, 0.0));
  PetscCall(RingJacobianCreate(electrode, &exact));
  PetscCall(RingJacobianCreate(electrode, &taken));
  SetState(&electrode->model, x, current);
  PetscCall(RingJacobianEvaluate(electrode, x, current, 0.21e6, 0.63, PETSC_TRUE, &exact, &a));
  plain = *electrode->model.contact; /* the same law as one without derivatives */
  plain.open_block = NULL;
  plain.rate_block = NULL;
  electrode->model.contact = &plain;
  PetscCall(RingJacobianEvaluate(electrode, x, current, 0.21e6, 0.63, PETSC_TRUE, &taken, &b));
  for (PetscInt j = 0; j < RINGS; j++) {
    worst = fmax(worst, RingDifference(plain.local_count, &exact.ring[j], &taken.ring[j]));
    values = fmax(values, Difference(overpotential[0][j], overpotential[1][j], 1e-9));
    for (int k = 0; k < plain.local_count; k++) {
      values =
          fmax(values, Difference(rates[0][j * plain.local_count + k], rates[1][j * plain.local_count + k], 1e-12));
    }
  }
  values = fmax(values, Difference(a.mean_approach, b.mean_approach, 0.0));
  values = fmax(values, Difference(a.mean_bearing, b.mean_bearing, 0.0));
  Expect(values < 1e-13, "%s: values of a block of rings are those of single rings: %.1e", law, values);
  Expect(worst < 2e-5, "%s: exact derivatives against forward differences: %.1e", law, worst);
  PetscCall(RingJacobianDestroy(&exact));
  PetscCall(RingJacobianDestroy(&taken));
  electrode->model.contact = c.simulation->model.contact;
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  /* an interface that sees the stress, and creep that is not linear in it */
  static const char *const stressed =
      "interface: {kinetics: butler_volmer, butler_volmer: {exchange_current_density: 4 mA/cm2, "
      "anodic_transfer_coefficient: 0.4, stress_shift: 1}}\n"
      "lithium: {creep: [coble, power_law], power_law: {reference_rate: 1e-3 1/s}}\n";
  static const char *const layer = "needle: {law: fresh_layer, pressure: 0.3 MPa, layer_thickness: 1.7 um, "
                                   "coarsening_time: 3000 s}\n";
  char layered[512];
  static const char *const laws[] = {"none", "first_order", "void", "void_reservoir"};

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int law = 0; law < 4; law++) {
    PetscCall(Check(laws[law], stressed));
    (void)snprintf(layered, sizeof layered, "%s%s", stressed, layer);
    PetscCall(Check(laws[law], layered));
    PetscCall(Check(laws[law], "interface: {kinetics: linear, linear: {resistance: 0.12 ohm cm2}}\n"));
  }
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
