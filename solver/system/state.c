/* Which blocks the state has, and states themselves. */
#include "electrode_private.h"

static PetscErrorCode AddBlock(StateLayout *layout, const StateBlock *block, const char *ending, PetscInt index) {
  StateBlock *added;

  PetscFunctionBeginUser;
  if (layout->count == layout->capacity) {
    layout->capacity = PetscMax(32, 2 * layout->capacity);
    PetscCall(PetscRealloc((size_t)layout->capacity * sizeof *layout->block, &layout->block));
    PetscCall(PetscRealloc((size_t)layout->capacity * sizeof *layout->name, &layout->name));
  }
  PetscCall(PetscSNPrintf(layout->name[layout->count], sizeof *layout->name, "%s%s", block->name, ending));
  for (PetscInt k = 0; k < layout->count; k++) {
    PetscCheck(strcmp(layout->name[k], layout->name[layout->count]) != 0, PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "The state has two blocks of the name %s", layout->name[k]);
  }
  added = &layout->block[layout->count++];
  *added = *block;
  added->place = layout->size;
  added->index = index;
  layout->size += added->count;
  for (PetscInt k = 0; k < layout->count; k++) { /* the storage of the names may have moved */
    layout->block[k].name = layout->name[k];
  }
  PetscFunctionReturn(0);
}

static const StateBlock globals[GLOBAL_COUNT] = {
    [GLOBAL_PRESSURE] =
        STATE_BLOCK("needle_pressure", "Pa", "needle force per nominal area", STATE_EVOLVING, STATE_GLOBAL, 1),
    [GLOBAL_LOG_RADIUS] = STATE_BLOCK("log_radius", "1", "logarithm of the growth of the contact radius",
                                      STATE_EVOLVING, STATE_GLOBAL, 1),
    [GLOBAL_CHARGE] = STATE_BLOCK("charge", "C", "passed since the start", STATE_EVOLVING, STATE_GLOBAL, 1),
    [GLOBAL_DISPLACEMENT] =
        STATE_BLOCK("body_displacement", "m", "mean approach of the lithium body", STATE_EVOLVING, STATE_GLOBAL, 1),
    [GLOBAL_APPROACHED] =
        STATE_BLOCK("body_volume", "m3", "by which the lithium body has approached", STATE_EVOLVING, STATE_GLOBAL, 1)};

/* The electrode's evolving numbers and those of all parts behind one another (rates: the same with their ending), so
   that the integrator sees one vector. */
static PetscErrorCode AddEvolving(const ElectrodeModel *m, const char *ending, StateLayout *layout) {
  PetscInt index = 0;

  PetscFunctionBeginUser;
  for (int k = 0; k < GLOBAL_COUNT; k++) {
    PetscCall(AddBlock(layout, &globals[k], ending, index++));
  }
  for (PetscInt p = 0; p < m->part_count; p++) {
    for (PetscInt b = 0; b < m->part[p]->block_count; b++) {
      StateBlock *block = &m->part[p]->blocks[b];
      if (block->kind == STATE_EVOLVING) {
        block->place = *ending ? block->place : layout->size;
        block->index = index;
        PetscCall(AddBlock(layout, block, ending, index));
        index += block->count;
      }
    }
  }
  layout->evolving = index;
  PetscFunctionReturn(0);
}

static PetscErrorCode AddRings(const ElectrodeModel *m, StateLayout *layout) {
  const PetscInt states = m->contact->local_count * m->rings;
  char law[48], inside[48];
  const StateBlock x = STATE_BLOCK(law, "SI", "states of the contact law", STATE_EVOLVING, STATE_RING, states);
  const StateBlock current =
      STATE_BLOCK("current_density", "A m-2", "per nominal area", STATE_ALGEBRAIC, STATE_RING, m->rings);
  const StateBlock potential =
      STATE_BLOCK("ring_potential", "V", "of the path under the interface", STATE_ALGEBRAIC, STATE_RING, m->rings);
  const StateBlock path = STATE_BLOCK(inside, "SI", "potentials and flows in the path of the current", STATE_ALGEBRAIC,
                                      m->path->is_distributed ? STATE_OWN_CELL : STATE_CELL, m->path->state_size);

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(law, sizeof law, "contact_%s", m->contact->name));
  PetscCall(AddBlock(layout, &x, "", -1));
  PetscCall(AddBlock(layout, &x, "_rate", -1));
  PetscCall(AddBlock(layout, &current, "", -1));
  PetscCall(AddBlock(layout, &current, "_rate", -1));
  PetscCall(AddBlock(layout, &potential, "", -1));
  if (path.count) {
    PetscCall(PetscSNPrintf(inside, sizeof inside, "path_%s", m->path->ops->name));
    PetscCall(AddBlock(layout, &path, "", -1));
    if (PathRateSize(m->path)) {
      PetscCall(AddBlock(layout, &path, "_rate", -1));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeLayoutCreate(const ElectrodeModel *m, PetscBool has_ground, StateLayout *layout) {
  static const StateBlock scalars[] = {
      STATE_BLOCK("time", "s", "simulated time", STATE_ALGEBRAIC, STATE_GLOBAL, 1),
      STATE_BLOCK("potential", "V", "of the electrode", STATE_ALGEBRAIC, STATE_GLOBAL, 1),
      STATE_BLOCK("bearing", "1", "area mean of pressure profile times bearing fraction", STATE_ALGEBRAIC, STATE_GLOBAL,
                  1),
      STATE_BLOCK("ground", "V", "by which the rings see less than the potential", STATE_ALGEBRAIC, STATE_GLOBAL, 1)};

  PetscFunctionBeginUser;
  *layout = (StateLayout){0};
  for (int k = 0; k < (has_ground ? 4 : 3); k++) {
    PetscCall(AddBlock(layout, &scalars[k], "", -1));
  }
  PetscCall(AddEvolving(m, "", layout));
  PetscCall(AddEvolving(m, "_rate", layout));
  PetscCall(AddRings(m, layout));
  for (PetscInt p = 0; p < m->part_count; p++) {
    for (PetscInt b = 0; b < m->part[p]->block_count; b++) {
      StateBlock *block = &m->part[p]->blocks[b];
      if (block->kind == STATE_ALGEBRAIC) {
        block->place = layout->size;
        block->index = -1;
        PetscCall(AddBlock(layout, block, "", -1));
      }
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StateLayoutDestroy(StateLayout *layout) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(layout->block));
  PetscCall(PetscFree(layout->name));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateCreate(Electrode electrode, ElectrodeState *state) {
  const StateLayout *layout = &electrode->layout;
  const PetscInt rings = electrode->model.rings, local = electrode->model.contact->local_count;
  const PetscInt inside = electrode->model.path->state_size;
  double *next;

  PetscFunctionBeginUser;
  state->size = layout->size;
  PetscCall(PetscCalloc1(state->size, &state->data));
  next = state->data;
  state->time = next++;
  state->potential = next++;
  state->bearing = next++;
  state->ground = electrode->closing ? next++ : NULL;
  state->global = next;
  state->global_rate = next += layout->evolving;
  state->x = next += layout->evolving;
  state->x_rate = next += local * rings;
  state->current = next += local * rings;
  state->current_rate = next += rings;
  state->ring_potential = next += rings;
  state->path = next += rings;
  state->path_rate = next + inside;
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateCopy(const ElectrodeState *from, ElectrodeState *to) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(to->data, from->data, from->size));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateDestroy(ElectrodeState *state) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(state->data));
  state->size = 0;
  PetscFunctionReturn(0);
}

double *ElectrodeStateBlock(Electrode electrode, const ElectrodeState *state, const char *name) {
  for (PetscInt k = 0; k < electrode->layout.count; k++) {
    if (!strcmp(electrode->layout.block[k].name, name)) {
      return state->data + electrode->layout.block[k].place;
    }
  }
  return NULL;
}
