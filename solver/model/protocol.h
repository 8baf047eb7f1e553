/* The protocol as the run loop sees it: a flat list of steps, each a row of segments in which potential or current is
   linear in time, with the conditions that end the step early. */
#ifndef LISEI_PROTOCOL_H
#define LISEI_PROTOCOL_H

#include "../../io/deck/deck.h"
#include "../system/electrode.h"
#include "measurement.h"

typedef enum {
  END_POTENTIAL_ABOVE,
  END_POTENTIAL_BELOW,
  END_CHARGE,
  END_CURRENT_ABOVE,
  END_CURRENT_BELOW,
  END_FRACTION_ABOVE,
  END_FRACTION_BELOW,
  END_LITHIUM_BELOW,
  END_SHARE_BELOW,
  END_KIND_COUNT /* from here on: ends that parts offer (parts.h) */
} EndKind;

typedef enum { INFEASIBLE_ERROR, INFEASIBLE_STOP, INFEASIBLE_SKIP } OnInfeasible;

typedef struct {
  PetscBool is_current;
  double start, end;        /* [V] or [A] */
  double duration;          /* [s]; INFINITY: until an end condition */
  PetscInt cycle;           /* from 1 */
  PetscBool ends_in_vertex; /* a turning point or the end of the step: fields are saved here */
  PetscInt measurement;     /* 1 + index of what is measured at its end; 0: nothing */
} Segment;

/* A condition that ends a step early. */
typedef struct {
  PetscInt kind;    /* an EndKind, or END_KIND_COUNT + number of a part's end */
  double threshold; /* SI; charge and current are magnitudes */
} EndCondition;

typedef struct {
  const char *kind; /* "cv", "hold", ... */
  PetscInt first_segment, segment_count;
  PetscInt repetition; /* of the innermost repeat, from 1; 0 outside */
  OnInfeasible on_infeasible;
  PetscInt first_end, end_count; /* conditions of which one ends the step */
  PetscInt all_count;            /* behind them: those that end it when all are met at once */
  const char *file;
  int line;
} ProtocolStep;

typedef struct {
  PetscInt step_count, step_capacity, segment_count, segment_capacity, end_count, end_capacity;
  ProtocolStep *steps;
  Segment *segments;
  EndCondition *ends;
  PetscInt measurement_count, measurement_capacity;
  Measurement *measurements;
} * Protocol;

/* Expand the deck's protocol. What can be seen to be wrong or impossible is added to `diagnostics`. `deck` must outlive
 * it. */
PetscErrorCode ProtocolCreate(Deck deck, Diagnostics diagnostics, Protocol *protocol);
/* [A] that passes the charge of the deposit (deposit.volume) in one hour, times the rate. */
double ProtocolCurrentOfRate(Deck deck, double rate);
PetscErrorCode ProtocolDestroy(Protocol *protocol);
/* Simulated time if no step ends early [s]; infinite if some step is open-ended. */
double ProtocolDuration(Protocol protocol);

/* The word of the deck, "potential_above" ...; NULL beyond the last kind. */
const char *EndName(PetscInt kind);
/* Has the step an end of that kind, which alone ends it? */
PetscBool ProtocolHasEnd(Protocol protocol, const ProtocolStep *step, PetscInt kind);

/* What end conditions of the electrode look at. */
typedef struct {
  double potential, current, charge, contact_fraction; /* [V], [A], [C] passed in this step, [1] */
  double lithium_volume, lithium_share;                /* [m^3] of the deposit, [1] of that at the start of the run */
} EndQuantities;
/* >= 0 when the end is reached; continuous, scaled to its threshold; kind < END_KIND_COUNT. */
double EndFunction(PetscInt kind, double threshold, const EndQuantities *quantities);

#endif
