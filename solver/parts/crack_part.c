/* The crack's state, its place in the coupled solve, and when it began to extend. */
#include "../../physics/constants.h"
#include "crack_private.h"
#include <math.h>

static void Initial(Part part, ElectrodeState *state) {
  const CrackPart *crack = part->data;
  *PartBlock(part, CRACK_LENGTH, state) = crack->network.crack.length;
}

static void Rates(Part part, ElectrodeState *state) {
  const CrackPart *crack = part->data;
  const double volume = *PartBlock(part, CRACK_VOLUME, state), length = *PartBlock(part, CRACK_LENGTH, state);

  *PartBlockRate(part, CRACK_VOLUME, state) = -LITHIUM_VOLUME_PER_CHARGE * *PartBlock(part, CRACK_CURRENT, state);
  *PartBlockRate(part, CRACK_LENGTH, state) = crack_growth_rate(&crack->network.crack, volume, length);
}

static void Scales(Part part, const ElectrodeState *state, double scale[]) {
  const CrackPart *crack = part->data;
  const double volume = *PartBlock(part, CRACK_VOLUME, state), length = *PartBlock(part, CRACK_LENGTH, state);

  scale[CRACK_VOLUME] = CrackNetworkVolumeScale(&crack->network, volume, length);
  scale[CRACK_LENGTH] = length;
}

static double Current(Part part, const ElectrodeState *state) {
  return *PartBlock(part, CRACK_CURRENT, state);
}

static double Volume(Part part, const ElectrodeState *state) {
  return *PartBlock(part, CRACK_VOLUME, state);
}

static CrackConditions Conditions(Part part, const PartConditions *at, CrackGiven given, const ElectrodeState *state) {
  return (CrackConditions){.contact_radius = at->contact_radius,
                           .contact_current = at->contact_current,
                           .given = given,
                           .value =
                               given == CRACK_GIVEN_DRIVE ? StateDrive(state) : ControlValue(at->control, *state->time),
                           .gamma_dt = at->gamma_dt,
                           .known_volume = at->known[part->blocks[CRACK_VOLUME].index],
                           .known_length = at->known[part->blocks[CRACK_LENGTH].index],
                           .crack_current = *PartBlock(part, CRACK_CURRENT, state)};
}

/* At an instant the crack stands still, so nothing is stiff. */
static PetscErrorCode Choose(Part part, const PartConditions *at, const ElectrodeState *state, PetscBool *follows) {
  CrackPart *crack = part->data;
  const CrackConditions conditions = Conditions(part, at, CRACK_GIVEN_DRIVE, state);

  PetscFunctionBeginUser;
  if (at->control->is_current && at->gamma_dt == 0.0) {
    crack->given = CRACK_GIVEN_TOTAL;
  } else {
    crack->given = CrackNetworkChoose(&crack->network, at->control->is_current, &conditions);
  }
  *follows = crack->given != CRACK_GIVEN_DRIVE ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Part part, const PartConditions *at, const ElectrodeState *state, PartClosing *closing) {
  CrackPart *crack = part->data;
  const CrackConditions conditions = Conditions(part, at, crack->given, state);

  PetscFunctionBeginUser;
  PetscCall(CrackNetworkSolve(&crack->network, &conditions, &crack->solution));
  closing->drive = crack->solution.drive;
  closing->ground = crack->solution.ground;
  closing->drive_slope = crack->solution.drive_slope;
  closing->current_by_drive = crack->solution.crack_by_drive;
  closing->current_by_contact = crack->solution.crack_by_contact;
  PetscFunctionReturn(0);
}

static void Enter(Part part, ElectrodeState *state, double *change) {
  const CrackPart *crack = part->data;

  (void)change; /* volume and length say it */
  *PartBlock(part, CRACK_VOLUME, state) = crack->solution.crack_volume;
  *PartBlock(part, CRACK_LENGTH, state) = crack->solution.crack_length;
  *PartBlock(part, CRACK_CURRENT, state) = crack->solution.crack_current;
}

/* When it began to extend: the pressure is proportional to the volume until then; the volume is taken as a parabola
   through both ends of the step. */
static void Accepted(Part part, const ElectrodeState *before, ElectrodeState *after) {
  const Crack *crack = &((const CrackPart *)part->data)->network.crack;
  const double volume = *PartBlock(part, CRACK_VOLUME, before), rate = *PartBlockRate(part, CRACK_VOLUME, before);
  const double dt = *after->time - *before->time;
  double missing, curvature, wait;

  if (*PartBlock(part, CRACK_INITIATED, before) > 0.0 || !(*PartBlock(part, CRACK_LENGTH, after) > crack->length)) {
    return;
  }
  missing = crack_volume(crack, crack_critical_pressure(crack, crack->length), crack->length) - volume;
  curvature = (*PartBlock(part, CRACK_VOLUME, after) - volume - rate * dt) / (dt * dt);
  wait = 2.0 * missing / (rate + sqrt(fmax(0.0, rate * rate + 4.0 * curvature * missing)));
  *PartBlock(part, CRACK_INITIATED, after) = *before->time + fmin(dt, fmax(0.0, wait));
}

static PetscErrorCode Destroy(Part part) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(part->data));
  PetscFunctionReturn(0);
}

PetscErrorCode CrackPartCreate(const CrackNetwork *network, const Grain *grain, Part *part) {
  static const StateBlock blocks[CRACK_BLOCK_COUNT] = {
      [CRACK_VOLUME] =
          STATE_BLOCK("crack_volume", "m3", "lithium added to the native flaw", STATE_EVOLVING, STATE_GLOBAL, 1),
      [CRACK_LENGTH] =
          STATE_BLOCK("crack_length", "m", "radius or depth of the crack", STATE_EVOLVING, STATE_GLOBAL, 1),
      [CRACK_CURRENT] = STATE_BLOCK("crack_current", "A", "through its faces", STATE_ALGEBRAIC, STATE_GLOBAL, 1),
      [CRACK_INITIATED] =
          STATE_BLOCK("crack_initiated", "s", "when it began to extend; 0: not yet", STATE_ALGEBRAIC, STATE_GLOBAL, 1)};
  CrackPart *crack;
  Part p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&crack));
  crack->network = *network;
  crack->grain = *grain;
  PetscCall(PetscArraycpy(crack->blocks, blocks, CRACK_BLOCK_COUNT));
  PetscCall(PartCreate("crack", part));
  p = *part;
  p->data = crack;
  p->block_count = CRACK_BLOCK_COUNT;
  p->blocks = crack->blocks;
  p->initial = Initial;
  p->rates = Rates;
  p->scales = Scales;
  p->current = Current;
  p->volume = Volume;
  p->choose = Choose;
  p->solve = Solve;
  p->enter = Enter;
  p->accepted = Accepted;
  p->destroy = Destroy;
  CrackPartObserve(p);
  PetscFunctionReturn(0);
}
