/* One implicit time step of the coupled electrode: stiffly accurate, L-stable ESDIRK methods (Kennedy & Carpenter 2003,
   doi:10.1016/S0168-9274(02)00138-1: the implicit parts of ARK3(2)4L[2]SA and ARK4(3)6L[2]SA).

   Stage s of a step of dt from y_0, c_s dt later, is implicit but for the first, with one diagonal gamma:

     y_s = y_0 + dt sum_(l<s) a_sl y'_l + gamma dt f(t_s, y_s, z_s),    0 = g(t_s, y_s, z_s)

   y what evolves (ring states, needle, radius, charge, parts), z what is algebraic (ring currents, potentials, flows in
   the SEI). Stiffly accurate: the last stage is the end of the step. The embedded weights give the local error.

   One-step: a step depends on nothing but the state at its start, so a restart continues to the same bits. */
#ifndef LISEI_INTEGRATOR_H
#define LISEI_INTEGRATOR_H

#include "../system/electrode.h"

typedef enum { INTEGRATOR_ESDIRK3, INTEGRATOR_ESDIRK4 } IntegratorMethod;

typedef struct {
  IntegratorMethod method;
  double tolerance;        /* [1] local error per step relative to the states' scales */
  double newton_tolerance; /* [1] of the stage equations, relative to `tolerance` */
} IntegratorOptions;

typedef struct {
  PetscBool converged;
  double error;        /* [1] estimated local error over the tolerance: accept if <= 1 */
  PetscInt iterations; /* Newton iterations of all stages */
  PetscInt factorisations;
  PetscInt worst_ring; /* ring with the largest error or residual */
  double residual;     /* [1] last Newton update over its tolerance */
} StepResult;

typedef struct Integrator_ *Integrator;

PetscErrorCode IntegratorCreate(Electrode electrode, const IntegratorOptions *options, Integrator *integrator);
PetscErrorCode IntegratorDestroy(Integrator *integrator);
PetscInt IntegratorOrder(Integrator integrator);
/* From now on the states of all stages of a converged step are kept, for the sensitivities. */
PetscErrorCode IntegratorKeepStages(Integrator integrator);
/* From `start` over `dt` [s] under `control` to `end` (a separate state). A failed step leaves `end` undefined. The
   Jacobian of the first is kept: repeated steps from the same start (call IntegratorNewStart once for it) only
   refactor.
 */
PetscErrorCode IntegratorNewStart(Integrator integrator, const ElectrodeState *start);
PetscErrorCode IntegratorStep(Integrator integrator, const ElectrodeState *start, const Control *control, double dt,
                              ElectrodeState *end, StepResult *result);

#endif
