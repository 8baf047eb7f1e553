#include "coupled.h"
#include <stdarg.h>

int expect_failures = 0;

void Expect(int condition, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)printf("%s: ", condition ? "ok" : "FAILED");
  (void)vprintf(format, arguments);
  (void)printf("\n");
  va_end(arguments);
  expect_failures += condition ? 0 : 1;
}

PetscErrorCode CoupledCreate(const char *deck_text, Coupled *coupled) {
  Diagnostics diagnostics;

  PetscFunctionBeginUser;
  *coupled = (Coupled){0};
  PetscCall(DiagnosticsCreate(&diagnostics));
  PetscCall(CatalogueCreate(&coupled->table));
  PetscCall(DeckReadText(coupled->table, deck_text, "test", diagnostics, &coupled->deck));
  if (coupled->deck) {
    PetscCall(SimulationCreate(PETSC_COMM_WORLD, coupled->deck, diagnostics, &coupled->simulation));
  }
  if (DiagnosticsCount(diagnostics)) {
    PetscCall(DiagnosticsPrint(diagnostics, stdout));
  }
  PetscCheck(!DiagnosticsCount(diagnostics), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "The test's deck is wrong");
  PetscCall(SimulationSetUp(coupled->simulation));
  PetscCall(DiagnosticsDestroy(&diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode CoupledDestroy(Coupled *coupled) {
  PetscFunctionBeginUser;
  PetscCall(SimulationDestroy(&coupled->simulation));
  PetscCall(DeckDestroy(&coupled->deck));
  PetscCall(CatalogueDestroy(&coupled->table));
  PetscFunctionReturn(0);
}

double CoupledCurrent(const Coupled *coupled, const ElectrodeState *state) {
  const ElectrodeModel *m = &coupled->simulation->model;
  const double area = ElectrodeArea(coupled->simulation->electrode, state->global[GLOBAL_LOG_RADIUS]);
  double current = 0.0;
  for (PetscInt j = 0; j < m->rings; j++) {
    current += area * m->area_share[j] * state->current[j];
  }
  return current;
}

PetscErrorCode CoupledIntegrate(Coupled *coupled, PetscInt steps, double *current, ElectrodeState *state) {
  const Simulation sim = coupled->simulation;
  Integrator integrator;
  ElectrodeState next;
  StepResult result;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(IntegratorCreate(sim->electrode, &sim->integrator, &integrator));
  PetscCall(ElectrodeStateCreate(sim->electrode, state));
  PetscCall(ElectrodeStateCreate(sim->electrode, &next));
  PetscCall(ElectrodeInitialState(sim->electrode, state));
  for (PetscInt s = 0; s < sim->protocol->segment_count; s++) {
    const Segment *segment = &sim->protocol->segments[s];
    const Control control = {segment->is_current, *state->time, segment->start,
                             (segment->end - segment->start) / segment->duration};
    const double begin = *state->time;
    if (s == 0) {
      PetscCall(ElectrodeSolveAlgebraic(sim->electrode, &control, state, &converged));
      PetscCheck(converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "No consistent start");
    }
    for (PetscInt k = 0; k < steps; k++) {
      PetscCall(IntegratorNewStart(integrator, state));
      PetscCall(IntegratorStep(integrator, state, &control, segment->duration / (double)steps, &next, &result));
      PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "Step %d of segment %d did not converge",
                 (int)k, (int)s);
      PetscCall(ElectrodeStateCopy(&next, state));
      *state->time = begin + segment->duration * (double)(k + 1) / (double)steps;
      PetscCall(ElectrodeRecordAge(sim->electrode, state));
    }
  }
  *current = CoupledCurrent(coupled, state);
  PetscCall(ElectrodeStateDestroy(&next));
  PetscCall(IntegratorDestroy(&integrator));
  PetscFunctionReturn(0);
}
