#include "monitors.h"
#include <petscoptions.h>

static PetscErrorCode OpenMonitor(MPI_Comm comm, const char *option, PetscViewer *viewer) {
  PetscViewerFormat format;
  PetscBool wanted = PETSC_FALSE, text = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetViewer(comm, NULL, NULL, option, viewer, &format, &wanted));
  if (!wanted) {
    *viewer = NULL;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscObjectTypeCompare((PetscObject)*viewer, PETSCVIEWERASCII, &text));
  PetscCheck(text, comm, PETSC_ERR_ARG_WRONG, "%s writes lines of text: give it nothing or ascii:FILE", option);
  PetscFunctionReturn(0);
}

PetscErrorCode MonitorsCreate(MPI_Comm comm, Monitors *monitors) {
  PetscFunctionBeginUser;
  PetscCall(OpenMonitor(comm, "-ts_monitor", &monitors->steps));
  PetscCall(OpenMonitor(comm, "-snes_monitor", &monitors->newton));
  PetscFunctionReturn(0);
}

PetscErrorCode MonitorsDestroy(Monitors *monitors) {
  PetscFunctionBeginUser;
  PetscCall(PetscViewerDestroy(&monitors->steps));
  PetscCall(PetscViewerDestroy(&monitors->newton));
  PetscFunctionReturn(0);
}

PetscErrorCode MonitorStep(PetscViewer viewer, const MonitoredStep *step) {
  PetscFunctionBeginUser;
  if (viewer) {
    PetscCall(PetscViewerASCIIPrintf(viewer, "%" PetscInt_FMT " TS dt %g time %.9g V %.9g I %.9g error %.3g\n",
                                     step->number, step->dt, step->time, step->potential, step->current, step->error));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode MonitorNewton(PetscViewer viewer, PetscInt stage, PetscInt iteration, double norm) {
  PetscFunctionBeginUser;
  if (viewer && stage > 0) {
    PetscCall(PetscViewerASCIIPrintf(
        viewer, "    %3" PetscInt_FMT " SNES Update norm %14.12e (stage %" PetscInt_FMT ")\n", iteration, norm, stage));
  } else if (viewer) {
    PetscCall(
        PetscViewerASCIIPrintf(viewer, "    %3" PetscInt_FMT " SNES Update norm %14.12e (instant)\n", iteration, norm));
  }
  PetscFunctionReturn(0);
}
