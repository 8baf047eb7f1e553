#include "run_private.h"
#include <signal.h>
#include <unistd.h>

/* SIGTERM, SIGINT: save and stop (exit status 3). SIGUSR1: a snapshot of the fields and a checkpoint; the run goes on.
   What arrives while the program starts and sets up is kept until the run polls for it, after its first step. */
enum { SIGNAL_COUNT = 3 };
static volatile sig_atomic_t stop_requested, snapshot_requested, interrupted;
static PetscBool installed = PETSC_FALSE;
static struct sigaction old[SIGNAL_COUNT];

/* Only what may be called in a handler. */
static void OnSignal(int number) {
  static const char note[] =
      "\nlisei: stopping after this time step; Ctrl-C again ends at once, and the last checkpoint counts\n";

  if (number == SIGINT && interrupted) { /* whatever keeps the program from its next step */
    (void)signal(SIGINT, SIG_DFL);
    (void)raise(SIGINT);
  } else if (number == SIGINT) {
    interrupted = 1;
    (void)!write(STDERR_FILENO, note, sizeof note - 1);
  }
  if (number == SIGUSR1) {
    snapshot_requested = 1;
  } else {
    stop_requested = 1;
  }
}

static const int numbers[SIGNAL_COUNT] = {SIGTERM, SIGINT, SIGUSR1};

/* All three, for a mask. */
static sigset_t Mask(void) {
  sigset_t mask;

  (void)sigemptyset(&mask);
  for (int k = 0; k < SIGNAL_COUNT; k++) {
    (void)sigaddset(&mask, numbers[k]);
  }
  return mask;
}

/* SIGINT, which neither MPI nor PETSc takes for itself, is heard from the start: a second one ends a start that hangs.
 */
void RunSignalsHold(void) {
  const struct sigaction action = {.sa_handler = OnSignal, .sa_flags = SA_RESTART};
  sigset_t mask = Mask();

  (void)sigdelset(&mask, SIGINT);
  (void)sigprocmask(SIG_BLOCK, &mask, NULL);
  (void)sigaction(SIGINT, &action, NULL);
}

PetscErrorCode RunSignalsInstall(void) {
  struct sigaction action = {.sa_handler = OnSignal, .sa_flags = SA_RESTART};
  const sigset_t mask = Mask();

  PetscFunctionBeginUser;
  sigemptyset(&action.sa_mask);
  for (int k = 0; k < SIGNAL_COUNT && !installed; k++) {
    PetscCheck(!sigaction(numbers[k], &action, &old[k]), PETSC_COMM_SELF, PETSC_ERR_SYS,
               "Cannot install a handler for signal %d", numbers[k]);
  }
  installed = PETSC_TRUE;
  (void)sigprocmask(SIG_UNBLOCK, &mask, NULL);
  PetscFunctionReturn(0);
}

PetscErrorCode RunSignalsRemove(void) {
  PetscFunctionBeginUser;
  for (int k = 0; k < SIGNAL_COUNT && installed; k++) {
    (void)sigaction(numbers[k], &old[k], NULL);
  }
  installed = PETSC_FALSE;
  stop_requested = snapshot_requested = interrupted = 0;
  PetscFunctionReturn(0);
}

void RunSignalsStop(void) {
  stop_requested = 1;
}

PetscBool RunSignalsStopping(void) {
  return stop_requested ? PETSC_TRUE : PETSC_FALSE;
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
