/* The creeping flow of the lithium body at an instant: velocities and pressure on its grid.

   Equations, weak form and method: body_flow.c; docs/theory.md, "The lithium body". Every process solves the same
   flow; nothing here is collective. Sign: z from the electrolyte up; pressure and forces of compression positive. */
#ifndef LISEI_BODY_FLOW_H
#define LISEI_BODY_FLOW_H

#include "body_grid.h"
#include "body_rheology.h"

typedef struct BodyFlow_ *BodyFlow;

/* For verification: the velocity is given on the whole boundary, a body force acts [N/m^3]. */
typedef struct {
  void (*velocity)(double r, double z, double v[2]); /* NULL: not used */
  void (*force)(double r, double z, double f[2]);
} BodyManufactured;

typedef struct {
  const BodyGrid *grid; /* borrowed; its nodes may move between solves */
  BodyRheology rheology;
  PetscBool needle;       /* presses on the top; otherwise the top is free */
  PetscBool needle_slips; /* along the needle, without friction */
  PetscBool base_slips;   /* along the electrolyte, without friction */
  PetscBool line_spreads; /* the contact line; needs base_slips */
  double surface_tension; /* [N/m] gamma */
  double contact_angle;   /* [rad] of Young, of a line that spreads */
  double adhesion;        /* [Pa] pull that the contact bears before it opens */
  BodyManufactured manufactured;
} BodyFlowOptions;

/* What is done to the body. */
typedef struct {
  PetscBool force_given;    /* F = force - force_by_velocity U; otherwise U is given */
  double force;             /* [N] of the needle on the body */
  double force_by_velocity; /* [N s/m] a spring within an implicit step */
  double velocity;          /* [m/s] U of the needle, downwards */
  const double *consumed;   /* [m/s] rings: thickness of lithium taken at the base (stripping less void opening) */
  const double *gap;        /* [m] rings: open gap; NULL: none */
} BodyDrive;

typedef struct {
  PetscBool converged;
  PetscInt iterations, linear_solves;
  double needle_force;    /* [N] on the body, downwards */
  double needle_velocity; /* [m/s] U, downwards */
  double contact_force;   /* [N] of the electrolyte on the body, upwards, without the pull of the contact line */
  double line_force;      /* [N] pull of the surface at the contact line, upwards */
  double divergence;      /* [1] largest flux out of a cell over the sum of fluxes through its sides */
  PetscInt apart;         /* rings whose contact opens or is open */
} BodyFlowResult;

PetscErrorCode BodyFlowCreate(const BodyFlowOptions *options, BodyFlow *flow);
PetscErrorCode BodyFlowDestroy(BodyFlow *flow);
void BodyFlowSetConditions(BodyFlow flow, const CreepConditions *conditions);

/* Solve; starts from the last solution. Not converged is no error: result->converged. */
PetscErrorCode BodyFlowSolve(BodyFlow flow, const BodyDrive *drive, BodyFlowResult *result);

/* Of the last solution. */
const double *BodyFlowVelocity(BodyFlow flow);     /* [m/s] nodes*2: v_r, v_z */
const double *BodyFlowRingPressure(BodyFlow flow); /* [Pa] rings: contact pressure, without the line's pull */
const double *BodyFlowRingVelocity(BodyFlow flow); /* [m/s] rings: v_z of the lithium at the base */

/* Values of the rings as the heights of the base's nodes (2 rings + 1), with the rings' means. */
void BodyFlowBase(BodyFlow flow, const double rings[], double base[]);

/* Of a cell's centre. */
typedef struct {
  double r, z;              /* [m] */
  double velocity[2];       /* [m/s] */
  double pressure;          /* [Pa] */
  double equivalent_stress; /* [Pa] */
  double strain_rate;       /* [1/s] equivalent */
  double axial_stress;      /* [Pa] sigma_zz, tension positive */
} BodyCellValue;
void BodyFlowCell(BodyFlow flow, PetscInt cell, BodyCellValue *value);

/* Linear bodies: rings' contact pressure [Pa] and needle velocity under unit drives, condensed with the factor of the
   last solve. With F the needle's force and c the consumed thickness rates,
     p = p0 + by_force F + by_consumed c,   U = U0 + mobility F + consumed_by c.
   by_consumed is rings*rings, row-major; area-weighted it is symmetric. */
typedef struct {
  PetscInt rings;
  double *capillary;                   /* [Pa] p0 */
  double *by_force;                    /* [Pa/N] */
  double *by_consumed;                 /* [Pa s/m] */
  double *velocity_by_consumed;        /* [1] */
  double capillary_velocity, mobility; /* [m/s], [m/(s N)] */
} BodyRingOperator;
PetscErrorCode BodyRingOperatorCreate(BodyFlow flow, BodyRingOperator *rings);
PetscErrorCode BodyRingOperatorDestroy(BodyRingOperator *rings);

#endif
