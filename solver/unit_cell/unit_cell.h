/* Conduction in a box of cells of one conductivity each, by one of two discretisations that bracket the exact answer.

     div i = 0,   i_k = sigma E_c sinh(E_k/E_c) along each axis k (E_c infinite: i = sigma E),   E = F - grad phi

   F is the mean field; phi is periodic, or along z zero at two electrodes. The law is that of the resolved SEI
   (solver/parts/sei.h): jumps along the axes.

   Both discretisations are networks of links along the axes, each link two halves in series:
     cells  unknowns at the middles of cells, the halves have the conductivities of the two cells (in the linear case
            harmonic faces). It minimises the complementary energy over fluxes that are linear in a cell, with the
            trapezoidal rule, which overestimates a convex function: it never conducts more than the cells do.
     nodes  unknowns at the corners of cells, a link along an edge has the mean conductivity of the four cells around
   it: trilinear elements whose energy is summed by the trapezoidal rule. It never conducts less. docs/theory.md,
   "Three-dimensional unit cell". */
#ifndef LISEI_UNIT_CELL_H
#define LISEI_UNIT_CELL_H

#include <petscdmda.h>
#include <petscksp.h>

typedef enum { UNIT_CELL_CELLS, UNIT_CELL_NODES } UnitCellMethod;

/* A quantity at a point [m] of the box 0 < x_k < length_k. */
typedef double (*UnitCellFunction)(void *context, const double x[3]);

typedef struct {
  UnitCellMethod method;
  PetscInt cells[3];             /* along x, y, z */
  double length[3];              /* [m] */
  PetscBool electrodes;          /* two at z = 0 and z = length, x and y periodic; else all three are */
  double field_scale;            /* [V/m] E_c; INFINITY: linear */
  UnitCellFunction conductivity; /* [S/m] at the middles of cells; positive */
  UnitCellFunction source;       /* [A/m^3] fed in; its sum must vanish where all is periodic. NULL: none */
  void *context;                 /* of both */
  double rtol;                   /* of the linear solves */
} UnitCellOptions;

typedef struct {
  PetscInt newton_iterations, linear_iterations; /* of the last solve */
  double residual;                               /* [1] of the last solve, over that of phi = 0 */
} UnitCellWork;

typedef struct UnitCell_ *UnitCell;

/* Collective. Options prefix of the linear solves: cell_. */
PetscErrorCode UnitCellCreate(MPI_Comm comm, const UnitCellOptions *options, UnitCell *cell);
PetscErrorCode UnitCellDestroy(UnitCell *cell);

/* Linear response to a field along one axis (with electrodes only z): phi of a unit field. *converged false: the
   potential is of no use; nothing is raised. */
PetscErrorCode UnitCellSolveLinear(UnitCell cell, PetscInt axis, Vec potential, UnitCellWork *work,
                                   PetscBool *converged);
/* [S/m] the entry of the effective conductivity that belongs to the responses to unit fields along a and b, by the
   energy: its error is of second order in that of the responses. */
PetscErrorCode UnitCellConductivity(UnitCell cell, PetscInt a, Vec potential_a, PetscInt b, Vec potential_b,
                                    double *conductivity);
/* Newton's method on the convex energy, from `potential`. *converged false: as above; the caller may come in
   smaller steps. */
PetscErrorCode UnitCellSolveField(UnitCell cell, const double field[3], Vec potential, UnitCellWork *work,
                                  PetscBool *converged);
/* [A/m^2] mean current density at the field with that potential. */
PetscErrorCode UnitCellCurrent(UnitCell cell, const double field[3], Vec potential, double current[3]);

/* A vector of unknowns, zero. */
PetscErrorCode UnitCellVec(UnitCell cell, Vec *potential);
/* Unknowns and their places: DM of the cell (borrowed), [m] point of an unknown. */
DM UnitCellDM(UnitCell cell);
void UnitCellPoint(UnitCell cell, PetscInt i, PetscInt j, PetscInt k, double x[3]);
/* Current density [A/m^2] of the unknowns of this process, means over the links along each axis: values[3 n]. */
PetscErrorCode UnitCellDensity(UnitCell cell, const double field[3], Vec potential, double *values);
/* What solves the linear systems. */
PetscErrorCode UnitCellDescribeSolver(UnitCell cell, char text[], size_t size);

#endif
