/* The protocol as the run loop sees it: a flat list of steps, each a row of segments in which potential or current is
   linear in time, with the conditions that end the step early. */
#ifndef LISEI_PROTOCOL_H
#define LISEI_PROTOCOL_H

#include "../../io/deck/deck.h"
#include "../system/electrode.h"

typedef enum {
  END_POTENTIAL_ABOVE,
  END_POTENTIAL_BELOW,
  END_CHARGE,
  END_CURRENT_ABOVE,
  END_CURRENT_BELOW,
  END_FRACTION_ABOVE,
  END_FRACTION_BELOW,
  END_CRACK_INITIATED,
  END_CRACK_LENGTH,
  END_KIND_COUNT
} EndKind;

typedef enum { INFEASIBLE_ERROR, INFEASIBLE_STOP, INFEASIBLE_SKIP } OnInfeasible;

typedef struct {
  PetscBool is_current;
  double start, end;        /* [V] or [A] */
  double duration;          /* [s]; INFINITY: until an end condition */
  PetscInt cycle;           /* from 1 */
  PetscBool ends_in_vertex; /* a turning point or the end of the step: fields are saved here */
} Segment;

typedef struct {
  const char *kind; /* "cv", "hold", ... */
  PetscInt first_segment, segment_count;
  PetscInt repetition; /* of the innermost repeat, from 1; 0 outside */
  OnInfeasible on_infeasible;
  PetscBool has_end[END_KIND_COUNT];
  double end_value[END_KIND_COUNT]; /* SI; charge and current are magnitudes; crack_initiated has none */
  const char *file;
  int line;
} ProtocolStep;

typedef struct {
  PetscInt step_count, step_capacity, segment_count, segment_capacity;
  ProtocolStep *steps;
  Segment *segments;
} * Protocol;

/* Expand the deck's protocol. What can be seen to be wrong or impossible is added to `diagnostics`. `deck` must outlive
 * it. */
PetscErrorCode ProtocolCreate(Deck deck, Diagnostics diagnostics, Protocol *protocol);
PetscErrorCode ProtocolDestroy(Protocol *protocol);
/* Simulated time if no step ends early [s]; infinite if some step is open-ended. */
double ProtocolDuration(Protocol protocol);

/* Words for the report: "potential_above" ... */
extern const char *const EndKindNames[];

/* What end conditions look at. */
typedef struct {
  double potential, current, charge, contact_fraction; /* [V], [A], [C] passed in this step, [1] */
  double crack_length, crack_growth;                   /* [m]; [1] c/c0 - 1, or K_I/K_R - 1 where that is larger */
} EndQuantities;
/* >= 0 when the end is reached; continuous, scaled to its threshold. */
double EndFunction(EndKind kind, double threshold, const EndQuantities *quantities);

#endif
