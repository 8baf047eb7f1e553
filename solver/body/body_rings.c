/* The linear body condensed to its rings: one factor, one solve per ring, and then the flow is a dense operator that
   the rings of the contact can be solved with. */
#include "body_flow_private.h"

/* Response to a drive with the factor at hand; the load of the surface counts if asked. */
static PetscErrorCode Respond(BodyFlow flow, const BodyDrive *drive, PetscBool surface, double pressure[],
                              PetscInt stride, double *velocity) {
  PetscInt solves = 0;
  double *load = flow->load, *none;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(flow->coordinates, &none));
  flow->load = surface ? load : none;
  PetscCall(PetscArrayzero(flow->q, flow->coordinates));
  PetscCall(PetscArrayzero(flow->pressure, CELL_PRESSURES * flow->cells));
  BodyFix(flow, drive);
  PetscCall(BodyLinearSolve(flow, drive, &solves));
  (void)BodyResidual(flow, flow->velocity, flow->pressure, drive);
  flow->load = load;
  const double line = flow->line_force;
  flow->line_force = surface ? line : 0.0;
  BodyPressures(flow, none);
  flow->line_force = line;
  for (PetscInt j = 0; j < flow->rings; j++) {
    pressure[j * stride] = flow->ring_pressure[j];
  }
  *velocity = -flow->q[flow->needle];
  PetscCall(PetscFree(none));
  PetscFunctionReturn(0);
}

PetscErrorCode BodyRingOperatorCreate(BodyFlow flow, BodyRingOperator *rings) {
  const PetscInt n = flow->rings;
  BodyDrive drive = {.force_given = PETSC_TRUE};
  double *consumed;
  PetscBool good;

  PetscFunctionBeginUser;
  PetscCheck(flow->linear && flow->options.needle, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONGSTATE,
             "only a linear body under a needle can be condensed");
  rings->rings = n;
  PetscCall(PetscCalloc4(n, &rings->capillary, n, &rings->by_force, (size_t)n * (size_t)n, &rings->by_consumed, n,
                         &rings->velocity_by_consumed));
  PetscCall(PetscCalloc1(n, &consumed));
  drive.consumed = consumed;
  BodyGeometry(flow);
  PetscCall(PetscArrayzero(flow->apart, n));
  BodyFix(flow, &drive);
  PetscCall(BodyFactor(flow, PETSC_FALSE, &good));
  PetscCheck(good, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "the matrix of the lithium body is not positive definite");
  PetscCall(Respond(flow, &drive, PETSC_TRUE, rings->capillary, 1, &rings->capillary_velocity));
  drive.force = 1.0;
  PetscCall(Respond(flow, &drive, PETSC_FALSE, rings->by_force, 1, &rings->mobility));
  drive.force = 0.0;
  for (PetscInt j = 0; j < n; j++) {
    consumed[j] = 1.0;
    PetscCall(Respond(flow, &drive, PETSC_FALSE, rings->by_consumed + j, n, &rings->velocity_by_consumed[j]));
    consumed[j] = 0.0;
  }
  PetscCall(PetscFree(consumed));
  PetscFunctionReturn(0);
}

PetscErrorCode BodyRingOperatorDestroy(BodyRingOperator *rings) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(rings->capillary, rings->by_force, rings->by_consumed, rings->velocity_by_consumed));
  PetscFunctionReturn(0);
}
