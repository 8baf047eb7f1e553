/* Impedance of a disk with a uniform interface on an insulated half space, and its relaxation rates, against a mode
   expansion in oblate spheroidal coordinates (80 and 160 modes agree to the digits given; Newman 1966,
   10.1149/1.2423795; Huang et al. 2007, 10.1149/1.2398882).

   K = omega C a/sigma, J = a/(sigma R_ct); Z sigma a. */
#include "../../solver/impedance/impedance.h"
#include "../support/coupled.h"
#include "check.h"

static const double K[5] = {0.01, 0.1, 1.0, 10.0, 100.0}, J[4] = {0.0, 0.1, 1.0, 10.0};
static const double reference[4][5][2] = {{{.27018976, -31.83101961},
                                           {.27018348, -3.18340863},
                                           {.26958676, -.32127368},
                                           {.25835953, -.03935271},
                                           {.25115131, -.00552063}},
                                          {{3.42146910, -.31518807},
                                           {1.86142963, -1.59184692},
                                           {.30083636, -.31801093},
                                           {.25869465, -.03928906},
                                           {.25115608, -.00551955}},
                                          {{.58588773, -.00320433},
                                           {.58276453, -.03173129},
                                           {.42642720, -.16125018},
                                           {.26164172, -.03843962},
                                           {.25119886, -.00550936}},
                                          {{.29114717, -.00003604},
                                           {.29114379, -.00036032},
                                           {.29080852, -.00357057},
                                           {.27351612, -.01909466},
                                           {.25161353, -.00536956}}};
static const double rate_current[3] = {4.121300, 7.342078, 10.517075};
static const double rate_potential[4] = {1.157774, 4.316801, 7.460176, 10.602293};

static const double radius = 0.5e-6, conductivity = 1e3, capacitance = 0.1; /* [m], [S/m], [F/m^2] */

static PetscErrorCode Create(const char *solver, int rings, double j, Coupled *coupled, Impedance *impedance,
                             ElectrodeState *state) {
  const double resistance = j > 0.0 ? radius / (conductivity * j) : 1e4;
  const Control rest = {PETSC_FALSE, 0.0, 0.0, 0.0};
  ChargeStorage storage;
  PetscBool converged;
  char deck[1024];

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {diameter: %g m}\nelectrolyte: {conductivity: %g S/m}\n"
                 "interface: {kinetics: linear, linear: {resistance: %.17g ohm m2}}\n"
                 "capacitance: {charge_transfer: %g F/m2}\nbulk: {solver: %s, cache: none}\ngrid: {rings: %d}\n"
                 "protocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n",
                 2.0 * radius, conductivity, resistance, capacitance, solver, rings);
  PetscCall(CoupledCreate(deck, coupled));
  PetscCall(DeckFill(coupled->deck, "capacitance", charge_storage_parameters, &storage));
  PetscCall(ElectrodeStateCreate(coupled->simulation->electrode, state));
  PetscCall(ElectrodeInitialState(coupled->simulation->electrode, state));
  PetscCall(ElectrodeSolveAlgebraic(coupled->simulation->electrode, &rest, state, &converged));
  PetscCall(ImpedanceCreate(coupled->simulation->electrode, &storage, impedance));
  PetscCall(ImpedanceLinearise(*impedance, state, PETSC_FALSE));
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(Coupled *coupled, Impedance *impedance, ElectrodeState *state) {
  PetscFunctionBeginUser;
  PetscCall(ImpedanceDestroy(impedance));
  PetscCall(ElectrodeStateDestroy(state));
  PetscCall(CoupledDestroy(coupled));
  PetscFunctionReturn(0);
}

/* Largest error over the table, of real and imaginary part relative to |Z|. */
static PetscErrorCode CheckTable(const char *solver, int rings, double allowed) {
  double worst = 0.0, parts = 0.0;
  char what[96];

  PetscFunctionBeginUser;
  for (int j = 0; j < 4; j++) {
    Coupled coupled;
    Impedance impedance;
    ElectrodeState state;
    PetscCall(Create(solver, rings, J[j], &coupled, &impedance, &state));
    for (int k = 0; k < 5; k++) {
      const double complex s = K[k] * conductivity / (capacitance * radius) * (double complex)_Complex_I;
      const double complex expected = reference[j][k][0] + reference[j][k][1] * (double complex)_Complex_I;
      double complex sum = 0.0;
      ImpedancePoint point;
      PetscCall(ImpedanceSolve(impedance, s, &point, NULL, NULL));
      worst = fmax(worst, cabs(point.total * conductivity * radius - expected) / cabs(expected));
      (void)PetscPrintf(PETSC_COMM_WORLD, "     J %g K %g: %.8f %+.8fj, error %.1e\n", J[j], K[k],
                        creal(point.total) * conductivity * radius, cimag(point.total) * conductivity * radius,
                        cabs(point.total * conductivity * radius - expected) / cabs(expected));
      for (int p = 0; p < IMPEDANCE_PARTS; p++) {
        sum += point.part[p];
      }
      parts = fmax(parts, cabs(sum / point.total - 1.0));
    }
    PetscCall(Destroy(&coupled, &impedance, &state));
  }
  (void)snprintf(what, sizeof what, "reference table, %s, %d rings: largest error", solver, rings);
  CheckBetween(what, worst, 0.0, allowed);
  CheckBetween("the parts add to the impedance", parts, 0.0, 1e-12);
  PetscFunctionReturn(0);
}

/* The slowest relaxations that the current reaches, in the order of their times. */
static PetscErrorCode CheckRates(HeldControl held, int count, const double expected[], double j) {
  const double unit = capacitance * radius / conductivity;
  RelaxationSpectrum spectrum;
  Coupled coupled;
  Impedance impedance;
  ElectrodeState state;
  char what[96];

  PetscFunctionBeginUser;
  PetscCall(Create("halfspace", 64, j, &coupled, &impedance, &state));
  PetscCall(ImpedanceSpectrum(impedance, held, 0.0, &spectrum));
  /* with the current held the slowest is that of the whole disk, J */
  CheckBetween("number of relaxations", spectrum.count, count + 1, 64);
  if (held == HELD_CURRENT) {
    CheckNear("slowest relaxation, current held", unit / creal(spectrum.time[0]), j, 1e-6);
  }
  for (int k = 0; k < count && spectrum.count > count; k++) {
    const double rate = unit / creal(spectrum.time[k + (held == HELD_CURRENT ? 1 : 0)]);
    (void)snprintf(what, sizeof what, "relaxation rate, %s held, number %d",
                   held == HELD_CURRENT ? "current" : "potential", k + 1);
    CheckNear(what, rate, j + expected[k], 1e-6);
  }
  if (held == HELD_CURRENT) {
    ImpedancePoint low, high;
    double sum = 0.0, worst = 0.0;
    PetscCall(ImpedanceSolve(impedance, 1e-9 / unit, &low, NULL, NULL));
    PetscCall(ImpedanceSolve(impedance, 1e12 / unit, &high, NULL, NULL));
    for (PetscInt k = 0; k < spectrum.count; k++) {
      sum += creal(spectrum.resistance[k]);
    }
    CheckNear("sum of R_k", sum, creal(low.total) - spectrum.infinite, 1e-8);
    for (int k = 0; k < 5; k++) {
      const double complex s = K[k] / unit * (double complex)_Complex_I;
      PetscCall(ImpedanceSolve(impedance, s, &low, NULL, NULL));
      worst = fmax(worst, cabs(RelaxationSpectrumValue(&spectrum, s) / low.total - 1.0));
    }
    /* rounding of the eigenvectors: 2e-11 to 2e-9 with four kernels of OpenBLAS */
    CheckBetween("the spectrum gives the impedance", worst, 0.0, 1e-8);
  }
  PetscCall(RelaxationSpectrumDestroy(&spectrum));
  PetscCall(Destroy(&coupled, &impedance, &state));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(CheckTable("halfspace", 64, 1e-6));
  PetscCall(CheckTable("condensed", 64, 1e-4));
  PetscCall(CheckRates(HELD_CURRENT, 3, rate_current, 1.0));
  PetscCall(CheckRates(HELD_POTENTIAL, 4, rate_potential, 1.0));
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
