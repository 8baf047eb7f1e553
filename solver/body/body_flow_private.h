/* Within body_flow*.c. */
#ifndef LISEI_BODY_FLOW_PRIVATE_H
#define LISEI_BODY_FLOW_PRIVATE_H

#include "body_flow.h"
#include <petscmat.h>

enum {
  CELL_VELOCITIES = 2 * BODY_CELL_NODES,
  CELL_PRESSURES = 3,
  TERMS_MAX = 4,                           /* coordinates in a velocity of a node */
  CELL_TERMS = TERMS_MAX * CELL_VELOCITIES /* at most, of a cell */
};

/* A component of a node's velocity: sum of coefficients times coordinates. */
typedef struct {
  int count;
  PetscInt coordinate[TERMS_MAX];
  double coefficient[TERMS_MAX];
} Terms;

struct BodyFlow_ {
  BodyFlowOptions options;
  PetscBool linear;
  double linear_viscosity; /* [Pa s] */
  PetscInt cells, nodes, rings;
  /* Coordinates q of the velocity: rings of the base (v_z), the needle (v_z), then the others. */
  PetscInt coordinates, needle;
  Terms *terms;                      /* nodes*2 */
  PetscBool *fixed;                  /* coordinates */
  double *q, *step;                  /* coordinates [m/s] */
  double *velocity;                  /* nodes*2 [m/s] */
  double *pressure;                  /* cells*3 [Pa]: mean, and slopes over the cell's size */
  double *divergence;                /* cells*3*18: integral of q div v */
  double *stiffness;                 /* cells*9: inverse of the mass of a cell's pressures */
  double *penalty;                   /* cells [Pa s] */
  double *load;                      /* coordinates [N]: surface tension, body force */
  double *force;                     /* coordinates [N]: residual, then reactions where fixed */
  double *ring_pressure, *ring_area; /* rings [Pa], [m^2] */
  double line_force;                 /* [N] */
  double spring;                     /* [N s/m] on the needle's coordinate */
  double size;                       /* [N] of the terms of the residual */
  PetscBool *apart;                  /* rings */
  Mat matrix, factor;                /* upper triangle */
  PetscInt entries;
  PetscInt *entry_first; /* cells+1 */
  PetscScalar *entry;    /* values */
  Vec right, solution;
};

/* Layout (body_flow_layout.c). */
PetscErrorCode BodyLayout(BodyFlow flow);
void BodyNodeVelocities(BodyFlow flow, const double q[], double velocity[]);
/* Coordinates of a cell with their matrix column in terms of its 18 velocities. */
typedef struct {
  int count;
  int velocity[CELL_TERMS]; /* local */
  PetscInt coordinate[CELL_TERMS];
  double coefficient[CELL_TERMS];
} CellTerms;
void BodyCellTerms(BodyFlow flow, PetscInt cell, CellTerms *terms);

/* Cells (body_flow_cell.c). */
void BodyCellDivergence(BodyFlow flow, PetscInt cell);
void BodyCellLoad(BodyFlow flow, PetscInt cell, double load[CELL_VELOCITIES]);
/* Forces [N] of the viscous stress; with a matrix also its derivative (secant or tangent) and the penalty; returns the
   mean viscosity. */
double BodyCellStress(BodyFlow flow, PetscInt cell, const double velocity[], PetscBool tangent,
                      double force[CELL_VELOCITIES], double (*matrix)[CELL_VELOCITIES]);
void BodySurfaceLoad(BodyFlow flow);

/* Drive and reactions (body_flow.c): which coordinates are given, and their values; pressure of the rings (work has
   their number). */
void BodyFix(BodyFlow flow, const BodyDrive *drive);
void BodyPressures(BodyFlow flow, double work[]);

/* System (body_flow_system.c). */
PetscErrorCode BodySystemCreate(BodyFlow flow);
PetscErrorCode BodySystemDestroy(BodyFlow flow);
void BodyGeometry(BodyFlow flow);
/* flow->force = forces of stress and pressure less load and drive, on every coordinate; returns its norm on those that
   are not fixed over flow->size. */
double BodyResidual(BodyFlow flow, const double velocity[], const double pressure[], const BodyDrive *drive);
PetscErrorCode BodyFactor(BodyFlow flow, PetscBool tangent, PetscBool *good);
/* Step of the coordinates and new pressure: the linear problem solved, with the penalty iterated until no cell has a
   divergence. */
PetscErrorCode BodyLinearSolve(BodyFlow flow, const BodyDrive *drive, PetscInt *solves);
double BodyDivergence(BodyFlow flow, const double velocity[]);

#endif
