/* The state of the electrode: one row of numbers, cut into named blocks. Electrode and parts declare their blocks; what
   is declared is integrated, copied, broadcast, saved and restored without further code. */
#ifndef LISEI_STATE_H
#define LISEI_STATE_H

#include <petscsys.h>

/* The electrode's own evolving numbers that belong to no ring. */
typedef enum {
  GLOBAL_PRESSURE,
  GLOBAL_LOG_RADIUS,
  GLOBAL_CHARGE, /* of the contact and of what parts take beside it */
  GLOBAL_DISPLACEMENT,
  GLOBAL_APPROACHED, /* the last of those that follow from the rings */
  GLOBAL_COUNT
} GlobalState;

typedef enum {
  STATE_ALGEBRAIC, /* given by the others at an instant, or remembered */
  STATE_EVOLVING   /* integrated in time; its rate stands in a block of its own, <name>_rate */
} StateKind;

/* One number, or some for every ring or cell; or for the cells of this process alone. */
typedef enum { STATE_GLOBAL, STATE_RING, STATE_CELL, STATE_OWN_CELL } StateExtent;

typedef struct {
  const char *name, *unit; /* of the array in a checkpoint; SI */
  const char *meaning;     /* one sentence */
  StateKind kind;
  StateExtent extent;
  PetscInt count; /* numbers */
  PetscInt place; /* of the first in the data of a state; set by ElectrodeCreate */
  PetscInt index; /* of the first among the evolving numbers (`global` and what has its length); -1: algebraic */
} StateBlock;

#define STATE_BLOCK(name_, unit_, meaning_, kind_, extent_, count_)                                                    \
  { .name = (name_), .unit = (unit_), .meaning = (meaning_), .kind = (kind_), .extent = (extent_), .count = (count_) }

/* All blocks of an electrode, in the order of the data. Names are unique. */
typedef struct {
  PetscInt size;     /* numbers of a state */
  PetscInt evolving; /* length of `global` and `global_rate`: GLOBAL_COUNT, then those of the parts */
  PetscInt count, capacity;
  StateBlock *block;
  char (*name)[64]; /* storage of the blocks' names */
} StateLayout;

/* A point of the trajectory; `data` is one piece of memory, the rest are places in it. */
typedef struct {
  PetscInt size;
  double *data;
  double *time;           /* [s] */
  double *potential;      /* [V] */
  double *bearing;        /* [1] S: area mean of pressure profile times bearing fraction */
  double *ground;         /* [V] g: the rings see V - g; NULL where no part stands between them and ground */
  double *global;         /* p [Pa], ln(a/a0), Q [C], B [m], its volume; then the evolving numbers of the parts */
  double *global_rate;    /* their rates per second */
  double *x;              /* rings*local_count, ring-major */
  double *x_rate;         /* their rates per second */
  double *current;        /* [A/m^2] rings, per nominal area */
  double *current_rate;   /* [A/m^2/s] rings: prediction only */
  double *ring_potential; /* [V] rings: u, of the path under the interface */
  double *path;           /* the inside of the path (path.h) */
  double *path_rate;      /* per second: prediction only; none of a distributed path */
} ElectrodeState;

/* [V] W: what the rings see of the potential */
static inline double StateDrive(const ElectrodeState *state) {
  return state->ground ? *state->potential - *state->ground : *state->potential;
}

/* What the outside imposes: V(t) or I(t), linear in time within a segment. */
typedef struct {
  PetscBool is_current;
  double start_time, start_value, rate; /* value(t) = start_value + rate (t - start_time) [V] or [A] */
} Control;
double ControlValue(const Control *control, double time);

#endif
