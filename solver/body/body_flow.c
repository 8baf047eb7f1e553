/* Quasi-static creep of an incompressible body of revolution:

     -grad p + div(2 eta e) = 0,   div v = 0,   e = (grad v + grad v^T)/2,   eta = eta(sqrt(2/3 e:e))  (body_rheology.c)

   Needle:        v_z = -U, v_r = 0 (or tau_rz = 0); force F = int -sigma_zz + pull of its edge's surface
   Electrolyte:   v_z = -c(r), c the thickness of lithium that is taken per time; v_r = 0 or tau_rz = 0;
                  -sigma_zz >= -p_adh in the mean of every ring, else the ring opens and bears that pull
   Free surface:  sigma.n = -gamma kappa n; contact line pinned, or free under the angle of Young
   Weak form, for all w with the homogeneous conditions and all q:

     int 2 eta e(v):e(w) - int p div w = -gamma d(area)/dw - F w_needle + p_adh (open rings),   int q div v = 0

   Cells: velocity biquadratic and continuous, pressure linear in every cell (second order, third for the velocity,
   stable, conserves the volume of every cell; Boffi, Brezzi & Fortin, Mixed Finite Element Methods (2013),
   section 8.6). Newton's method with six steps of Picard at first where the viscosity is not constant, and a line
   search on the derivative of the dissipation potential less the power of the loads, which is convex. Contact: rings
   open where they would be pulled by more than p_adh and close again where the lithium would enter the electrolyte.
   Limits that the tests check: tests/verification/test_body_*.c. */
#include "body_flow_private.h"

static const double rounding = 1e-7;  /* good enough where the residual no longer falls: cells that are nearly folded */
static const double tolerance = 1e-9; /* of the residual, over the sum of its terms */
static const PetscInt picard = 6, newton = 60, contact_passes = 60;

PetscErrorCode BodyFlowCreate(const BodyFlowOptions *options, BodyFlow *created) {
  const PetscInt cells = options->grid->radial * options->grid->axial, nodes = BodyNodeCount(options->grid);
  const PetscInt rings = options->grid->radial;
  BodyFlow flow;

  PetscFunctionBeginUser;
  PetscCheck(!options->line_spreads || options->base_slips, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "a contact line spreads only where the lithium slips");
  PetscCheck(!BodyRheologyIsRigid(&options->rheology), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP, "a body without creep");
  PetscCall(PetscNew(created));
  flow = *created;
  flow->options = *options;
  PetscCall(BodyLayout(flow));
  PetscCall(PetscCalloc4(2 * (size_t)nodes, &flow->velocity, (size_t)cells * CELL_PRESSURES, &flow->pressure,
                         (size_t)cells * CELL_PRESSURES * CELL_VELOCITIES, &flow->divergence, 9 * (size_t)cells,
                         &flow->stiffness));
  PetscCall(
      PetscCalloc4(cells, &flow->penalty, rings, &flow->ring_pressure, rings, &flow->ring_area, rings, &flow->apart));
  BodyFlowSetConditions(flow, &options->rheology.conditions);
  PetscCall(BodySystemCreate(flow));
  PetscFunctionReturn(0);
}

PetscErrorCode BodyFlowDestroy(BodyFlow *flow) {
  PetscFunctionBeginUser;
  if (*flow) {
    PetscCall(BodySystemDestroy(*flow));
    PetscCall(PetscFree((*flow)->terms));
    PetscCall(PetscFree5((*flow)->fixed, (*flow)->q, (*flow)->step, (*flow)->load, (*flow)->force));
    PetscCall(PetscFree4((*flow)->velocity, (*flow)->pressure, (*flow)->divergence, (*flow)->stiffness));
    PetscCall(PetscFree4((*flow)->penalty, (*flow)->ring_pressure, (*flow)->ring_area, (*flow)->apart));
    PetscCall(PetscFree(*flow));
  }
  PetscFunctionReturn(0);
}

void BodyFlowSetConditions(BodyFlow flow, const CreepConditions *conditions) {
  BodyRheology *rheology = &flow->options.rheology;

  rheology->conditions = *conditions;
  flow->linear = BodyRheologyIsLinear(rheology);
  if (flow->linear) {
    flow->linear_viscosity = BodyRheologyViscosity(rheology, 1.0).viscosity;
  }
}

/* Which coordinates are given, and their values. */
void BodyFix(BodyFlow flow, const BodyDrive *drive) {
  if (flow->options.manufactured.velocity) {
    return;
  }
  for (PetscInt j = 0; j < flow->rings; j++) {
    flow->fixed[j] = flow->apart[j] ? PETSC_FALSE : PETSC_TRUE;
    if (flow->fixed[j]) {
      flow->q[j] = -drive->consumed[j];
    }
  }
  flow->fixed[flow->needle] = flow->options.needle && drive->force_given ? PETSC_FALSE : PETSC_TRUE;
  if (flow->fixed[flow->needle]) {
    flow->q[flow->needle] = flow->options.needle ? -drive->velocity : 0.0;
  }
  /* F = force - force_by_velocity U, U = -q: the residual F has the slope force_by_velocity */
  flow->spring = drive->force_given ? drive->force_by_velocity : 0.0;
  BodyNodeVelocities(flow, flow->q, flow->velocity);
}

/* Derivative of the potential along the last step at the share `x` of it; the velocities are left there. */
static double Along(BodyFlow flow, const BodyDrive *drive, const double start[], double x) {
  double sum = 0.0;

  for (PetscInt c = 0; c < flow->coordinates; c++) {
    flow->q[c] = start[c] + x * flow->step[c];
  }
  BodyNodeVelocities(flow, flow->q, flow->velocity);
  (void)BodyResidual(flow, flow->velocity, flow->pressure, drive);
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    sum += flow->fixed[c] ? 0.0 : flow->force[c] * flow->step[c];
  }
  return sum;
}

/* Shorten the step until the potential no longer rises at its end by more than a share of what it fell at its start. */
static void Search(BodyFlow flow, const BodyDrive *drive, double start[]) {
  for (PetscInt c = 0; c < flow->coordinates; c++) {
    start[c] = flow->q[c] - flow->step[c];
  }
  const double fall = Along(flow, drive, start, 0.0);
  double low = 0.0, high = 1.0, at_low = fall, at_high = Along(flow, drive, start, 1.0);
  for (int pass = 0; pass < 8 && fall < 0.0 && at_high > -0.3 * fall; pass++) {
    const double guess = low + (high - low) * at_low / (at_low - at_high);
    const double middle = PetscMin(PetscMax(guess, low + 0.1 * (high - low)), high - 0.1 * (high - low));
    const double slope = Along(flow, drive, start, middle);
    if (slope < 0.3 * fall) {
      low = middle;
      at_low = slope;
    } else {
      high = middle;
      at_high = slope;
    }
  }
}

/* With the rings as they touch now. */
static PetscErrorCode SolveTouching(BodyFlow flow, const BodyDrive *drive, double work[], BodyFlowResult *result) {
  double last = INFINITY;

  PetscFunctionBeginUser;
  result->converged = PETSC_FALSE;
  BodyFix(flow, drive);
  for (PetscInt iteration = 0; iteration < newton && !result->converged; iteration++) {
    PetscBool good;
    PetscCall(BodyFactor(flow, iteration >= picard ? PETSC_TRUE : PETSC_FALSE, &good));
    if (!good) {
      break;
    }
    PetscCall(BodyLinearSolve(flow, drive, &result->linear_solves));
    if (!flow->linear && iteration) {
      Search(flow, drive, work);
    }
    result->iterations++;
    const double residual = BodyResidual(flow, flow->velocity, flow->pressure, drive);
    const PetscBool stays = (flow->linear || iteration > picard) && residual > 0.3 * last ? PETSC_TRUE : PETSC_FALSE;
    result->converged = residual < tolerance || (stays && residual < rounding) ? PETSC_TRUE : PETSC_FALSE;
    last = residual;
    if (!(residual < INFINITY)) {
      break;
    }
  }
  PetscFunctionReturn(0);
}

/* Pressure of the rings from the reactions; the pull of the contact line is no pressure. */
void BodyPressures(BodyFlow flow, double reaction[]) {
  const BodyGrid *grid = flow->options.grid;
  const Terms *line = &flow->terms[2 * BodyNode(grid, 2 * grid->radial, 0) + 1];

  for (PetscInt j = 0; j < flow->rings; j++) {
    reaction[j] = flow->apart[j] ? -flow->options.adhesion * flow->ring_area[j] : flow->force[j];
  }
  for (int t = 0; t < line->count && !flow->apart[flow->rings - 1]; t++) {
    reaction[line->coordinate[t]] += line->coefficient[t] * flow->line_force;
  }
  for (PetscInt j = 0; j < flow->rings; j++) {
    flow->ring_pressure[j] = reaction[j] / flow->ring_area[j];
  }
}

/* Open and close rings; were there any? */
static PetscBool Reconsider(BodyFlow flow, const BodyDrive *drive, PetscBool may_close) {
  double largest = flow->options.adhesion;
  PetscBool changed = PETSC_FALSE;

  for (PetscInt j = 0; j < flow->rings; j++) {
    largest = PetscMax(largest, fabs(flow->ring_pressure[j]));
  }
  for (PetscInt j = 0; j < flow->rings; j++) {
    const PetscBool open = drive->gap && drive->gap[j] > 0.0 ? PETSC_TRUE : PETSC_FALSE;
    const double rise = flow->q[j] + drive->consumed[j]; /* [m/s] at which a gap widens */
    if (!flow->apart[j] && (open || flow->ring_pressure[j] < -flow->options.adhesion - 1e-9 * largest)) {
      flow->apart[j] = changed = PETSC_TRUE;
    } else if (flow->apart[j] && !open && rise < 0.0 && may_close) {
      flow->apart[j] = PETSC_FALSE;
      changed = PETSC_TRUE;
    }
  }
  return changed;
}

PetscErrorCode BodyFlowSolve(BodyFlow flow, const BodyDrive *drive, BodyFlowResult *result) {
  const PetscBool contact = flow->options.manufactured.velocity ? PETSC_FALSE : PETSC_TRUE;
  double *work;

  PetscFunctionBeginUser;
  *result = (BodyFlowResult){0};
  BodyGeometry(flow);
  PetscCall(PetscMalloc1(flow->coordinates, &work));
  for (PetscInt j = 0; j < flow->rings; j++) {
    flow->apart[j] = drive->gap && drive->gap[j] > 0.0 ? PETSC_TRUE : PETSC_FALSE;
  }
  for (PetscInt pass = 0; pass < contact_passes; pass++) {
    PetscCall(SolveTouching(flow, drive, work, result));
    result->apart = 0;
    for (PetscInt j = 0; j < flow->rings; j++) {
      result->apart += flow->apart[j] ? 1 : 0;
    }
    BodyPressures(flow, work);
    if (!result->converged || !contact || result->apart == flow->rings) {
      break;
    }
    if (!Reconsider(flow, drive, pass < contact_passes / 2 ? PETSC_TRUE : PETSC_FALSE)) {
      break;
    }
    result->converged = pass + 1 < contact_passes ? result->converged : PETSC_FALSE;
  }
  result->needle_velocity = -flow->q[flow->needle];
  result->needle_force = drive->force_given ? drive->force - drive->force_by_velocity * result->needle_velocity
                                            : -flow->force[flow->needle];
  result->line_force = flow->line_force;
  for (PetscInt j = 0; j < flow->rings; j++) {
    result->contact_force += flow->ring_pressure[j] * flow->ring_area[j];
  }
  result->divergence = BodyDivergence(flow, flow->velocity);
  PetscCall(PetscFree(work));
  PetscFunctionReturn(0);
}

const double *BodyFlowVelocity(BodyFlow flow) {
  return flow->velocity;
}

const double *BodyFlowRingPressure(BodyFlow flow) {
  return flow->ring_pressure;
}

const double *BodyFlowRingVelocity(BodyFlow flow) {
  return flow->q;
}
