/* The outline moves with the lithium, the needle with its velocity, an open ring with its gap:

     dx/dt = (v.n) n (side),   dz/dt = -U (needle),   dg_j/dt = w_j + c_j (open ring),   dF/dt = k (V_h - U) (spring)

   w_j velocity of the lithium at ring j, c_j thickness of lithium taken there per time. An open ring goes on to be
   consumed: its gap is the void volume per area of a ring that touches in places. Inner nodes are put anew
   after every step (body_grid.c); their motion has no meaning, since nothing is carried with the lithium.

   Method: midpoint rule, two flows a step. In the first the spring is taken implicitly over the half step, and in the
   second about the middle, so that a stiff needle does not limit the step (A-stable in F). Error: the difference to the
   rule of Euler, over a tolerance; second order. Nodes of the side move along its normals and
   are put at their shares of its length again (body_outline.c). What a step so misses of volume + consumed = constant
   is put right by a bulge of the side; its largest share is reported. */
#include "body_motion.h"
#include "../../physics/constants.h"
#include "body_outline.h"
#include <math.h>

struct BodyMotion_ {
  BodyMotionOptions options;
  BodyGrid *grid;
  BodyFlow flow;
  BodyState state;
  double step, first_volume, first_radius;  /* [s], [m^3], [m] */
  double *r, *z, *gap, *first, *base;       /* nodes: saved; rings; nodes*2; base's nodes */
  double *side_r, *side_z, *share, *normal; /* points of the outline; share of its length; *2 */
  PetscInt points;
};

/* The outline's nodes and their normals as they are. */
static void Outline(BodyMotion motion) {
  const BodyGrid *grid = motion->grid;

  for (PetscInt n = 0; n < motion->points; n++) {
    motion->side_r[n] = grid->r[BodyOutlineNode(grid, n)];
    motion->side_z[n] = grid->z[BodyOutlineNode(grid, n)];
  }
  for (PetscInt n = 1; n < motion->points - 1; n++) {
    BodyOutlineNormal(n, motion->side_r, motion->side_z, motion->normal + 2 * n);
  }
}

/* The outline's nodes at their shares of its length. */
static PetscErrorCode Redistribute(BodyMotion motion) {
  BodyGrid *grid = motion->grid;

  PetscFunctionBeginUser;
  Outline(motion);
  PetscCall(BodyOutlineRedistribute(motion->points, motion->share, motion->side_r, motion->side_z));
  for (PetscInt n = 1; n < motion->points - 1; n++) {
    grid->r[BodyOutlineNode(grid, n)] = motion->side_r[n];
    grid->z[BodyOutlineNode(grid, n)] = motion->side_z[n];
  }
  BodyGridFill(grid);
  PetscFunctionReturn(0);
}

PetscErrorCode BodyMotionCreate(const BodyMotionOptions *options, BodyGrid *grid, BodyMotion *created) {
  const PetscInt nodes = BodyNodeCount(grid), rings = grid->radial;
  BodyMotion motion;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(created));
  motion = *created;
  motion->options = *options;
  motion->options.flow.grid = motion->grid = grid;
  PetscCall(BodyFlowCreate(&motion->options.flow, &motion->flow));
  PetscCall(PetscCalloc6(rings, &motion->state.gap, nodes, &motion->r, nodes, &motion->z, rings, &motion->gap,
                         2 * (size_t)nodes, &motion->first, 2 * (size_t)rings + 1, &motion->base));
  motion->points = BodyOutlineCount(grid);
  PetscCall(PetscCalloc4(motion->points, &motion->side_r, motion->points, &motion->side_z, motion->points,
                         &motion->share, 2 * (size_t)motion->points, &motion->normal));
  Outline(motion);
  PetscCall(BodyOutlineShares(motion->points, motion->side_r, motion->side_z, motion->share));
  motion->state.force = options->force;
  motion->first_volume = BodyGridVolume(grid);
  motion->first_radius = grid->r[BodyNode(grid, 2 * rings, 0)];
  PetscFunctionReturn(0);
}

PetscErrorCode BodyMotionDestroy(BodyMotion *motion) {
  PetscFunctionBeginUser;
  if (*motion) {
    PetscCall(BodyFlowDestroy(&(*motion)->flow));
    PetscCall(PetscFree6((*motion)->state.gap, (*motion)->r, (*motion)->z, (*motion)->gap, (*motion)->first,
                         (*motion)->base));
    PetscCall(PetscFree4((*motion)->side_r, (*motion)->side_z, (*motion)->share, (*motion)->normal));
    PetscCall(PetscFree(*motion));
  }
  PetscFunctionReturn(0);
}

const BodyState *BodyMotionState(BodyMotion motion) {
  return &motion->state;
}

BodyFlow BodyMotionFlowOf(BodyMotion motion) {
  return motion->flow;
}

/* The flow with the spring implicit over h [s]. */
static PetscErrorCode Solve(BodyMotion motion, const double consumed[], double h, BodyFlowResult *result) {
  const BodyMotionOptions *o = &motion->options;
  BodyDrive drive = {.force_given = o->control == BODY_NEEDLE_VELOCITY ? PETSC_FALSE : PETSC_TRUE,
                     .force = motion->state.force,
                     .velocity = o->velocity,
                     .consumed = consumed,
                     .gap = motion->state.gap};

  PetscFunctionBeginUser;
  if (o->control == BODY_NEEDLE_SPRING) {
    drive.force += h * o->stiffness * o->velocity;
    drive.force_by_velocity = h * o->stiffness;
  }
  PetscCall(BodyFlowSolve(motion->flow, &drive, result));
  motion->state.linear_solves += result->linear_solves;
  PetscFunctionReturn(0);
}

PetscErrorCode BodyMotionFlow(BodyMotion motion, const double consumed[], BodyFlowResult *result) {
  PetscFunctionBeginUser;
  PetscCall(Solve(motion, consumed, 0.0, result));
  motion->state.force = result->needle_force;
  PetscFunctionReturn(0);
}

static void Save(BodyMotion motion) {
  for (PetscInt n = 0; n < BodyNodeCount(motion->grid); n++) {
    motion->r[n] = motion->grid->r[n];
    motion->z[n] = motion->grid->z[n];
  }
  for (PetscInt j = 0; j < motion->grid->radial; j++) {
    motion->gap[j] = motion->state.gap[j];
  }
}

/* The saved outline moved by h [s] at the velocities; inner nodes anew. */
static void Move(BodyMotion motion, const double consumed[], double h, double needle_velocity) {
  BodyGrid *grid = motion->grid;
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial, line = BodyNode(grid, side, 0);
  const double *velocity = BodyFlowVelocity(motion->flow), *w = BodyFlowRingVelocity(motion->flow);
  const double spread = 1.0 + h * velocity[2 * line] / motion->r[line];

  for (PetscInt j = 0; j < grid->radial; j++) { /* to rounding nothing where it touches */
    motion->state.gap[j] = PetscMax(0.0, motion->gap[j] + h * (w[j] + consumed[j]));
  }
  BodyFlowBase(motion->flow, motion->state.gap, motion->base);
  for (PetscInt i = 0; i <= side; i++) {
    const PetscInt low = BodyNode(grid, i, 0);
    grid->r[low] = motion->r[low] * spread;
    grid->z[low] = motion->base[i];
  }
  for (PetscInt i = 0; i <= 2 * grid->under; i++) {
    const PetscInt high = BodyNode(grid, i, top);
    grid->r[high] = motion->r[high] + (motion->options.flow.needle_slips ? h * velocity[2 * high] : 0.0);
    grid->z[high] = motion->z[high] - h * needle_velocity;
  }
  for (PetscInt n = 1; n < motion->points - 1; n++) {
    const PetscInt node = BodyOutlineNode(grid, n);
    const double *normal = motion->normal + 2 * n;
    const double along = h * (velocity[2 * node] * normal[0] + velocity[2 * node + 1] * normal[1]);
    grid->r[node] = motion->r[node] + along * normal[0];
    grid->z[node] = motion->z[node] + along * normal[1];
  }
  BodyGridFill(grid);
}

/* Bulge the outline, by the share of the contact radius times a parabola along it. */
static void Bulge(BodyMotion motion, double share) {
  BodyGrid *grid = motion->grid;

  for (PetscInt n = 1; n < motion->points - 1; n++) {
    const double at = motion->share[n], out = share * 4.0 * at * (1.0 - at) * motion->first_radius;
    grid->r[BodyOutlineNode(grid, n)] += out * motion->normal[2 * n];
    grid->z[BodyOutlineNode(grid, n)] += out * motion->normal[2 * n + 1];
  }
  BodyGridFill(grid);
}

/* Until the volume is what it has to be. */
static void Correct(BodyMotion motion, double wanted) {
  const double small = 1e-6;

  motion->state.correction = PetscMax(motion->state.correction, fabs(1.0 - BodyGridVolume(motion->grid) / wanted));
  for (int pass = 0; pass < 6; pass++) {
    const double before = BodyGridVolume(motion->grid);
    if (fabs(wanted - before) < 1e-14 * wanted) {
      return;
    }
    Bulge(motion, small);
    const double gain = (BodyGridVolume(motion->grid) - before) / small;
    Bulge(motion, (wanted - before) / gain - small);
  }
}

static void Restore(BodyMotion motion) {
  for (PetscInt n = 0; n < BodyNodeCount(motion->grid); n++) {
    motion->grid->r[n] = motion->r[n];
    motion->grid->z[n] = motion->z[n];
  }
  for (PetscInt j = 0; j < motion->grid->radial; j++) {
    motion->state.gap[j] = motion->gap[j];
  }
}

/* [1] of the two flows of a step, over the tolerance */
static double StepError(BodyMotion motion, double h, const BodyFlowResult flows[2]) {
  const BodyGrid *grid = motion->grid;
  const double *velocity = BodyFlowVelocity(motion->flow);
  double largest = fabs(flows[1].needle_velocity - flows[0].needle_velocity);

  for (PetscInt n = 0; n < motion->points; n++) { /* of the outline only: the rest follows */
    const PetscInt outer = BodyOutlineNode(grid, n);
    for (int c = 0; c < 2; c++) {
      largest = PetscMax(largest, fabs(velocity[2 * outer + c] - motion->first[2 * outer + c]));
    }
  }
  double error = h * largest / motion->first_radius;
  if (motion->options.control == BODY_NEEDLE_SPRING) { /* rates of the force differ by k (U1 - U0) */
    const double scale = fabs(motion->state.force) + 1e-2 * fabs(motion->options.force);
    error = PetscMax(error,
                     h * motion->options.stiffness * fabs(flows[1].needle_velocity - flows[0].needle_velocity) / scale);
  }
  return error / motion->options.tolerance;
}

/* [m^3/s] */
static double Consumption(BodyMotion motion, const double consumed[]) {
  const BodyGrid *grid = motion->grid;
  const double radius = grid->r[BodyNode(grid, 2 * grid->radial, 0)];
  double sum = 0.0;

  for (PetscInt j = 0; j < grid->radial; j++) {
    sum += consumed[j] * (grid->fraction[j + 1] * grid->fraction[j + 1] - grid->fraction[j] * grid->fraction[j]);
  }
  return PI * radius * radius * sum;
}

/* Try a step of h; *error is NAN if a flow was not found. */
static PetscErrorCode Try(BodyMotion motion, const double consumed[], double h, BodyFlowResult flows[2],
                          BodyVerdict *verdict, double *error) {
  PetscFunctionBeginUser;
  *verdict = BODY_GOES_ON;
  *error = NAN;
  for (int half = 0; half < 2; half++) {
    if (BodyGridFolds(motion->grid) >= 0) {
      *verdict = BODY_FOLDS;
      PetscFunctionReturn(0);
    }
    Outline(motion);
    PetscCall(Solve(motion, consumed, 0.5 * h, &flows[half]));
    if (flows[half].apart == motion->grid->radial) {
      *verdict = BODY_CONTACT_LOST;
      PetscFunctionReturn(0);
    }
    if (!flows[half].converged) {
      *verdict = BODY_NOT_SOLVED;
      PetscFunctionReturn(0);
    }
    if (!half) {
      PetscCall(PetscArraycpy(motion->first, BodyFlowVelocity(motion->flow), 2 * BodyNodeCount(motion->grid)));
    } else {
      *error = StepError(motion, h, flows);
    }
    Move(motion, consumed, half ? h : 0.5 * h, flows[half].needle_velocity);
  }
  *verdict = BodyGridFolds(motion->grid) >= 0 ? BODY_FOLDS : BODY_GOES_ON;
  PetscFunctionReturn(0);
}

/* An accepted step's share of the state beyond the outline. */
static PetscErrorCode Accept(BodyMotion motion, const double consumed[], double h, const BodyFlowResult *flow) {
  const BodyMotionOptions *o = &motion->options;
  BodyState *s = &motion->state;

  PetscFunctionBeginUser;
  s->time += h;
  s->displacement += h * flow->needle_velocity;
  s->consumed += h * Consumption(motion, consumed);
  if (o->control == BODY_NEEDLE_SPRING) {
    s->force += h * o->stiffness * (o->velocity - flow->needle_velocity);
  } else {
    s->force = flow->needle_force;
  }
  s->steps++;
  PetscCall(Redistribute(motion));
  Correct(motion, motion->first_volume - s->consumed);
  PetscFunctionReturn(0);
}

PetscErrorCode BodyMotionStep(BodyMotion motion, const double consumed[], double until, BodyVerdict *verdict) {
  const double left = until - motion->state.time, longest = motion->options.longest;
  BodyFlowResult flows[2];
  double h, error;

  PetscFunctionBeginUser;
  if (!(motion->step > 0.0)) {
    motion->step = 1e-6 * left;
  }
  Save(motion);
  for (;;) {
    h = PetscMin(motion->step, longest > 0.0 ? longest : INFINITY);
    h = h > 0.999 * left ? left : h > 0.5 * left ? 0.5 * left : h;
    PetscCall(Try(motion, consumed, h, flows, verdict, &error));
    if (*verdict == BODY_GOES_ON && error <= 1.0) {
      break;
    }
    if (*verdict == BODY_CONTACT_LOST || h < 1e-9 * left || motion->step < 1e-12 * until) {
      Restore(motion);
      *verdict = *verdict == BODY_GOES_ON ? BODY_NOT_SOLVED : *verdict;
      PetscFunctionReturn(0);
    }
    Restore(motion);
    motion->state.rejected++;
    motion->step = h * (*verdict == BODY_GOES_ON ? PetscMax(0.2, 0.8 / sqrt(error)) : 0.25);
  }
  PetscCall(Accept(motion, consumed, h, &flows[1]));
  motion->step = h * PetscMin(2.0, 0.8 / sqrt(PetscMax(error, 1e-3)));
  PetscFunctionReturn(0);
}

double BodyMotionVolumeImbalance(BodyMotion motion) {
  return (BodyGridVolume(motion->grid) + motion->state.consumed) / motion->first_volume - 1.0;
}

double BodyMotionProtrusion(BodyMotion motion, double *squeezed_out) {
  const BodyGrid *grid = motion->grid;
  const double radius = motion->first_radius;
  double largest = 0.0;

  *squeezed_out = 0.0;
  for (PetscInt n = 0; n + 1 < motion->points; n++) { /* trapezoids: rings between the radius and the outline */
    const PetscInt low = BodyOutlineNode(grid, n), high = BodyOutlineNode(grid, n + 1);
    const double a = PetscMax(grid->r[low], radius), b = PetscMax(grid->r[high], radius);
    *squeezed_out += PI * (grid->z[high] - grid->z[low]) * ((a * a + a * b + b * b) / 3.0 - radius * radius);
    largest = PetscMax(largest, PetscMax(a, b) - radius);
  }
  return largest;
}
