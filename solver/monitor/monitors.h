/* Lines that show a run at work, under the names that PETSc's users know. */
#ifndef LISEI_MONITORS_H
#define LISEI_MONITORS_H

#include <petscviewer.h>

typedef struct {
  PetscViewer steps;  /* -ts_monitor; NULL: not wanted */
  PetscViewer newton; /* -snes_monitor; NULL: not wanted */
} Monitors;

typedef struct {
  PetscInt number;           /* of the accepted step */
  double time, dt;           /* [s] at its end, its length */
  double potential, current; /* [V], [A] there */
  double error;              /* [1] estimated local error over the tolerance */
} MonitoredStep;

/* Read -ts_monitor and -snes_monitor: nothing, or a viewer such as ascii:FILE. Collective. */
PetscErrorCode MonitorsCreate(MPI_Comm comm, Monitors *monitors);
PetscErrorCode MonitorsDestroy(Monitors *monitors);
/* A line for an accepted step, a line for a Newton iteration (stage 0: of the solve at an instant; norm: what
   convergence is judged by). `viewer` may be NULL. Collective. */
PetscErrorCode MonitorStep(PetscViewer viewer, const MonitoredStep *step);
PetscErrorCode MonitorNewton(PetscViewer viewer, PetscInt stage, PetscInt iteration, double norm);

#endif
