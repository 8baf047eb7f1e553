/* The lithium body in time: outline, needle and open gaps under a given consumption at the contact. Equations and
   method: body_motion.c. */
#ifndef LISEI_BODY_MOTION_H
#define LISEI_BODY_MOTION_H

#include "body_flow.h"

typedef enum { BODY_NEEDLE_FORCE, BODY_NEEDLE_VELOCITY, BODY_NEEDLE_SPRING } BodyNeedleControl;

typedef struct {
  BodyFlowOptions flow;      /* its grid is the body's at the start, and moves */
  BodyNeedleControl control; /* constant force; given velocity; spring between needle and holder */
  double force;              /* [N] at the start */
  double stiffness;          /* [N/m] of the spring */
  double velocity;           /* [m/s] of needle or holder, downwards */
  double tolerance;          /* [1] of a step: displacement over the contact radius, force over its scale */
  double longest;            /* [s] step; 0: no limit */
} BodyMotionOptions;

typedef struct {
  double time;         /* [s] */
  double force;        /* [N] of the needle */
  double displacement; /* [m] of the needle, downwards */
  double consumed;     /* [m^3] lithium taken at the contact */
  double *gap;         /* [m] rings: void volume per area between lithium and electrolyte */
  double correction;   /* [1] largest relative change of the volume that was put right after a step */
  PetscInt steps, rejected, linear_solves;
} BodyState;

typedef enum { BODY_GOES_ON, BODY_CONTACT_LOST, BODY_FOLDS, BODY_NOT_SOLVED } BodyVerdict;

typedef struct BodyMotion_ *BodyMotion;

/* `grid` is borrowed and changed. */
PetscErrorCode BodyMotionCreate(const BodyMotionOptions *options, BodyGrid *grid, BodyMotion *motion);
PetscErrorCode BodyMotionDestroy(BodyMotion *motion);
/* The flow at the present state, without a step. consumed [m/s] rings. */
PetscErrorCode BodyMotionFlow(BodyMotion motion, const double consumed[], BodyFlowResult *result);
/* One step, not beyond `until` [s]; the creep laws' conditions are those of the flow. */
PetscErrorCode BodyMotionStep(BodyMotion motion, const double consumed[], double until, BodyVerdict *verdict);

const BodyState *BodyMotionState(BodyMotion motion);
BodyFlow BodyMotionFlowOf(BodyMotion motion);
/* [1] (volume now + consumed)/volume at the start - 1 */
double BodyMotionVolumeImbalance(BodyMotion motion);
/* [m] how far the side stands out beyond the contact radius of the start, and [m^3] the lithium there */
double BodyMotionProtrusion(BodyMotion motion, double *squeezed_out);

#endif
