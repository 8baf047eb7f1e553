#include "run_private.h"
#include <signal.h>

/* SIGTERM, SIGINT: save and stop (exit status 3). SIGUSR1: a snapshot of the fields and a checkpoint; the run goes on.
 */
static volatile sig_atomic_t stop_requested, snapshot_requested;
static struct sigaction old_term, old_int, old_usr1;

static void OnSignal(int number) {
  if (number == SIGUSR1) {
    snapshot_requested = 1;
  } else {
    stop_requested = 1;
  }
}

PetscErrorCode RunSignalsInstall(void) {
  struct sigaction action = {.sa_handler = OnSignal, .sa_flags = SA_RESTART};

  PetscFunctionBeginUser;
  stop_requested = snapshot_requested = 0;
  sigemptyset(&action.sa_mask);
  PetscCheck(!sigaction(SIGTERM, &action, &old_term) && !sigaction(SIGINT, &action, &old_int) &&
                 !sigaction(SIGUSR1, &action, &old_usr1),
             PETSC_COMM_SELF, PETSC_ERR_SYS, "Cannot install signal handlers");
  PetscFunctionReturn(0);
}

PetscErrorCode RunSignalsRemove(void) {
  PetscFunctionBeginUser;
  (void)sigaction(SIGTERM, &old_term, NULL);
  (void)sigaction(SIGINT, &old_int, NULL);
  (void)sigaction(SIGUSR1, &old_usr1, NULL);
  PetscFunctionReturn(0);
}

PetscErrorCode RunSignalsPoll(MPI_Comm comm, PetscBool *stop, PetscBool *snapshot) {
  int flags[2] = {stop_requested, snapshot_requested};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  if (size > 1) {
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, flags, 2, MPI_INT, MPI_MAX, comm));
  }
  *stop = flags[0] ? PETSC_TRUE : PETSC_FALSE;
  *snapshot = flags[1] ? PETSC_TRUE : PETSC_FALSE;
  snapshot_requested = flags[1] ? 0 : snapshot_requested;
  PetscFunctionReturn(0);
}
