/* What the current meets between the rings and ground: the electrolyte alone, or an SEI block on it.

   A path has numbers of its own (potentials and flows inside it), which are part of the electrode's state: at given
   ring currents they satisfy residual equations that Newton's method solves together with the rings. Seen from the
   rings one linearised path is an operator: (dU/dI + film) dI = b. The order of calls in an iteration:

     PathSetSize      the contact radius and the SEI's thickness under each ring
     PathEvaluate     at the currents and the path's state: ring potentials, residuals of the inside
     PathFactor       linearise there; films [Ohm] of the rings
     PathSolveBorder  columns b that the inside does not enter (unit changes of what all rings share)
     PathSolve        the ring residuals, together with those of the inside
     PathDirection    the inside's part of the whole update, once its border coefficients are known
     PathMove         the state moved along it

   Ring arrays are of length `rings`, the same on every process; all functions are collective. Currents [A] are
   positive from the lithium into the path, potentials [V] are against ground. */
#ifndef LISEI_PATH_H
#define LISEI_PATH_H

#include "../../physics/charge_storage.h"
#include "network.h"
#include <petscsys.h>

typedef struct Path_ *Path;

/* What a small current loses on the path: in the processes across the interface, in the electrolyte. */
enum { PATH_ELECTROLYTE = PROCESS_COUNT, PATH_DROPS };

typedef struct {
  const char *name; /* of the part, for messages */
  PetscErrorCode (*set_size)(void *context, double radius, const double thickness[]);
  PetscErrorCode (*evaluate)(void *context, const double current[], const double state[], double potential[]);
  PetscErrorCode (*factor)(void *context, const double film[]);
  PetscErrorCode (*solve_border)(void *context, PetscInt count, double b[]);
  PetscErrorCode (*solve)(void *context, double b[]);
  PetscErrorCode (*begin)(void *context, PetscBool settles); /* NULL: the path remembers nothing */
  PetscErrorCode (*counter_current)(void *context, const double current[], const double state[], double *arriving);
  /* NULL where the path has no state */
  PetscErrorCode (*direction)(void *context, PetscInt count, const double coefficient[], const double step[]);
  PetscErrorCode (*move)(void *context, double fraction, PetscBool limited, const double from[], double to[]);
  double (*descent)(void *context);
  double (*error)(void *context, double largest, PetscInt *ring);
  double (*imbalance)(void *context);
  double (*staleness)(void *context, double largest, const double state[]);
  /* small signals exp(s t) about a state; NULL: not offered */
  PetscErrorCode (*linearise)(void *context, const ChargeStorage *storage, const double current[],
                              const double state[]);
  PetscErrorCode (*small_signal)(void *context, double complex s, double complex impedance[]);
  PetscErrorCode (*drops)(void *context, const double complex current[], double complex drop[]);
  PetscErrorCode (*network)(void *context, Network network, const PetscInt ring_node[]);
  PetscInt (*network_nodes)(void *context); /* that `network` will add */
  PetscErrorCode (*destroy)(void *context);
} PathOps;

struct Path_ {
  const PathOps *ops;
  void *context; /* owned */
  PetscInt rings;
  PetscInt state_size;      /* numbers of the inside; 0: none */
  PetscBool is_distributed; /* the numbers of the inside are those of this process; no rates are kept for prediction */
  PetscBool by_slopes;      /* a factorisation takes slopes from the last evaluation */
  PetscBool by_solve;       /* an evaluation is a solve of all cells: better to follow the linearised equations */
};

/* Numbers of the inside whose rates are kept. */
static inline PetscInt PathRateSize(Path path) {
  return path->is_distributed ? 0 : path->state_size;
}

PetscErrorCode PathCreate(const PathOps *ops, void *context, PetscInt rings, PetscInt state_size, Path *path);
PetscErrorCode PathDestroy(Path *path);

/* radius [m] of the contact; thickness [m] of the SEI under each ring. Cheap where nothing has changed. */
static inline PetscErrorCode PathSetSize(Path path, double radius, const double thickness[]) {
  return path->ops->set_size(path->context, radius, thickness);
}
/* A step or a solve at an instant begins: what was kept to save work is forgotten, so that a run that is resumed there
   does the same to the bit. settles: Newton's method goes on until its residuals are nothing, so that a solve need not
   be exact; otherwise it ends at a tolerance, and what a solve leaves would stay. */
static inline PetscErrorCode PathBegin(Path path, PetscBool settles) {
  return path->ops->begin ? path->ops->begin(path->context, settles) : 0;
}
/* Ring potentials u [V] at ring currents [A] and the path's state. */
static inline PetscErrorCode PathEvaluate(Path path, const double current[], const double state[], double potential[]) {
  return path->ops->evaluate(path->context, current, state, potential);
}
/* Prepare solves with (dU/dI + diag(film)) at the last evaluation; film [Ohm], normally > 0. */
static inline PetscErrorCode PathFactor(Path path, const double film[]) {
  return path->ops->factor(path->context, film);
}
/* (dU/dI + film) x = b in place for `count` columns b[rings*count], [V] -> [A]; kept for PathDirection. */
static inline PetscErrorCode PathSolveBorder(Path path, PetscInt count, double b[]) {
  return path->ops->solve_border(path->context, count, b);
}
/* The same for one column with the inside's residuals of the last evaluation. */
static inline PetscErrorCode PathSolve(Path path, double b[]) {
  return path->ops->solve(path->context, b);
}
/* The update of the inside: that of the last PathSolve plus `coefficient` times the border columns; step [A] is the
   whole update of the ring currents. */
static inline PetscErrorCode PathDirection(Path path, PetscInt count, const double coefficient[], const double step[]) {
  return path->state_size ? path->ops->direction(path->context, count, coefficient, step) : 0;
}
/* to = from + fraction * direction. limited: a link whose flow would turn or collapse goes to where its law has the new
   potential difference. `from` and `to` may be the same. */
static inline PetscErrorCode PathMove(Path path, double fraction, PetscBool limited, const double from[], double to[]) {
  return path->state_size ? path->ops->move(path->context, fraction, limited, from, to) : 0;
}
/* [W] minus the derivative, by the inside, of the energy along the last direction at the last evaluation; the rings' is
   sum of step times residual. What a line search looks at. */
static inline double PathDescent(Path path) {
  return path->state_size ? path->ops->descent(path->context) : 0.0;
}
/* [1] largest residual of the inside at the last evaluation, as a current density over `largest` [A/m^2]; *ring: where.
   After a limited move at least 1. */
static inline double PathError(Path path, double largest, PetscInt *ring) {
  return path->state_size ? path->ops->error(path->context, largest, ring) : 0.0;
}
/* [1] current in less current out of the inside at the last evaluation, over the sum of the ring currents' magnitudes:
   what the rounding of a long step leaves, and one more iteration takes away. */
static inline double PathImbalance(Path path) {
  return path->state_size ? path->ops->imbalance(path->context) : 0.0;
}
/* [1] largest relative change of the linearisation since the last PathFactor, of links that carry part of `largest`. */
static inline double PathStaleness(Path path, double largest, const double state[]) {
  return path->state_size ? path->ops->staleness(path->context, largest, state) : 0.0;
}
/* Small signals: linearise at ring currents [A] and the path's state, at the size of the last PathSetSize; storage is
   borrowed. */
static inline PetscErrorCode PathLinearise(Path path, const ChargeStorage *storage, const double current[],
                                           const double state[]) {
  return path->ops->linearise(path->context, storage, current, state);
}
/* dU/dI [Ohm] of a signal exp(s t), rings*rings column-major, symmetric. */
static inline PetscErrorCode PathSmallSignal(Path path, double complex s, double complex impedance[]) {
  return path->ops->small_signal(path->context, s, impedance);
}
/* At the s of the last PathSmallSignal: drop[d*rings + ring] [V], d of PATH_DROPS, at the ring currents [A]; over d
   they add to the ring potentials. */
static inline PetscErrorCode PathSignalDrops(Path path, const double complex current[], double complex drop[]) {
  return path->ops->drops(path->context, current, drop);
}
/* Conductances and capacitances of the linearised path between the rings' nodes and ground. */
static inline PetscErrorCode PathAddToNetwork(Path path, Network network, const PetscInt ring_node[]) {
  return path->ops->network(path->context, network, ring_node);
}
/* Current [A] that arrives at the counter electrode. */
static inline PetscErrorCode PathCounterCurrent(Path path, const double current[], const double state[],
                                                double *arriving) {
  return path->ops->counter_current(path->context, current, state, arriving);
}

#endif
