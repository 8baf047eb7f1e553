#include "last_words.h"
#include "cli.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t installed, watching, may_resume, done, last_status;

/* Only what is safe in a handler of signals. */
static void Say(const char *text) {
  const ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

static void End(const char *what) {
  watching = 0;
  Say("lisei: error: ");
  Say(what);
  Say(may_resume ? ". `lisei resume DIR` goes on from the last checkpoint, if there is one\n" : "\n");
  _exit(RUN_FAILED);
}

static void OnExit(void) {
  if (watching) {
    End("a library ended the program, which it does when memory runs out");
  }
}

#ifndef __SANITIZE_ADDRESS__ /* which has handlers of its own */
static void OnSignal(int number) {
  if (done) {
    _exit(last_status);
  }
  End(number == SIGABRT ? "a library aborted the program, which it does when memory runs out"
                        : "the program crashed (out of memory, or a defect: please report it; `-- -no_signal_handler` "
                          "leaves it to a debugger)");
}
#endif

void LastWordsPrepare(PetscBool runs) {
  may_resume = runs ? 1 : 0;
  watching = 1;
  (void)atexit(OnExit);
}

static void Install(void) {
#ifndef __SANITIZE_ADDRESS__
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  struct sigaction action = {.sa_handler = OnSignal, .sa_flags = (int)SA_RESETHAND};

  for (size_t k = 0; k < sizeof signals / sizeof *signals; k++) {
    (void)sigaction(signals[k], &action, NULL);
  }
#endif
}

PetscErrorCode LastWordsInstall(void) {
  PetscBool left = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsHasName(NULL, NULL, "-no_signal_handler", &left));
  installed = !left;
  if (installed) {
    Install();
  }
  PetscFunctionReturn(0);
}

void LastWordsDone(int status) {
  watching = 0;
  last_status = status;
  done = 1;
  if (installed) {
    Install();
  }
}
