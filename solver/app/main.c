#include "cli.h"
#include "folder_lock.h"
#include "last_words.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static const char usage[] =
    "usage: lisei run DECK.yaml [--out DIR] [--set key.path=\"value unit\"]... [--force] [-- PETSc options]\n"
    "       lisei check DECK.yaml [--set ...] [--against DIR]\n"
    "                                             validate only; print the values used, with units and origin;\n"
    "                                             compare with what the results in DIR were made from\n"
    "       lisei resume DIR [--set ...] [-- PETSc options]   continue from the newest checkpoint\n"
    "       lisei sweep STUDY.yaml [--out DIR] [--dry-run] [--chunk K/N] [--collect] [--update] [--retry]\n"
    "                                             many runs in one set of processes (docs/sweeps.md)\n"
    "       lisei fit FIT.yaml [--out DIR] [--force]   numbers of decks from data, with confidence (docs/fits.md)\n"
    "       lisei cell CELL.yaml [--out DIR] [--set ...] [--force] [-- PETSc options]\n"
    "                                             effective conductivity of a three-dimensional unit cell\n"
    "       lisei body BODY.yaml [--out DIR] [--set ...] [--force]\n"
    "                                             creep of the lithium between needle and electrolyte\n"
    "       lisei help [topic | key.path | schema | reference | laws | deck]\n"
    "       lisei --version\n"
    "exit status: 0 finished; 1 bad deck or command line, nothing written; 2 numerical failure, state saved;\n"
    "             3 stopped by a signal or the wall-time limit, resumable\n";

/* A single process needs no launcher, no network, no map of the machine's devices and none of the collectives for many:
   without this, Open MPI spends 0.3 s on looking for them. Only when no launcher is present, and never over the user's
   own settings. */
static void PreferFastStart(void) {
  static const char *const launchers[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK",      "PMI_RANK", "PMI_SIZE",
                                          "SLURM_STEP_ID",        "MPI_LOCALNRANKS"};
  for (size_t k = 0; k < sizeof launchers / sizeof *launchers; k++) {
    if (getenv(launchers[k])) {
      return;
    }
  }
  (void)setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  (void)setenv("OMPI_MCA_pml", "ob1", 0);
  (void)setenv("OMPI_MCA_btl", "self", 0);
  (void)setenv("OMPI_MCA_orte_create_session_dirs", "0", 0); /* simultaneous starts race for them */
  (void)setenv("OMPI_MCA_coll", "self,basic,libnbc", 0);
  (void)setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 0);
  (void)setenv("HWLOC_COMPONENTS", "no_os,stop", 0); /* do not read the configuration of every PCI device */
}

/* CHOLMOD and MUMPS take OpenMP threads of their own accord, CHOLMOD four whatever OMP_NUM_THREADS says, which cost
   more than they give at the sizes of this program. The runtime has read its environment when the libraries were
   loaded, so it is told; whichever it is, if there is one. Not over the user's own settings. */
static void PreferOneThread(void) {
  const char *threads = getenv("OMP_NUM_THREADS");
  void (*set_levels)(int) = NULL;

  if (getenv("OMP_THREAD_LIMIT") || getenv("OMP_MAX_ACTIVE_LEVELS") || (threads && strcmp(threads, "1") != 0)) {
    return;
  }
  *(void **)&set_levels = dlsym(RTLD_DEFAULT, "omp_set_max_active_levels");
  if (set_levels) {
    set_levels(0); /* no parallel region becomes active */
  }
}

/* One line for people instead of PETSc's stack of calls, which the debug option -lisei_trace brings back. */
static PetscErrorCode ReportError(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code,
                                  PetscErrorType type, const char *message, void *context) {
  (void)comm;
  (void)context;
  if (type == PETSC_ERROR_INITIAL) {
    const char *name = strrchr(file, '/');
    (void)fprintf(stderr, "lisei: error: %s%s [%s, %s:%d]\n", code == PETSC_ERR_MEM ? "out of memory: " : "",
                  message && *message ? message : "internal error", function, name ? name + 1 : file, line);
  }
  return code;
}

/* A closed standard stream would give its number to the first file that is opened, and messages would end there. */
static void OpenStandardStreams(void) {
  int file;

  do {
    file = open("/dev/null", O_RDWR);
  } while (file >= 0 && file <= STDERR_FILENO);
  if (file >= 0) {
    (void)close(file);
  }
}

/* Did what was printed on the standard output get there? If not (a full disk), say so and drop the rest, or PETSc would
   stumble over it at its end. A reader that has gone (`| head`) has seen what it wanted. */
static bool OutputArrived(void) {
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
  const bool failed = fflush(stdout) != 0, before = ferror(stdout) != 0;
  const int cause = failed ? errno : 0;
  int null;

  if (!failed && !before) {
    return true;
  }
  null = open("/dev/null", O_WRONLY);
  if (poll(&output, 1, 0) == 1 && (output.revents & POLLERR)) {
    (void)dup2(null, STDOUT_FILENO);
    clearerr(stdout);
    (void)fflush(stdout);
    return true;
  }
  (void)fprintf(stderr, "lisei: error: cannot write to the standard output%s%s\n", cause ? ": " : "",
                cause ? strerror(cause) : "");
  (void)dup2(null, STDOUT_FILENO);
  clearerr(stdout);
  (void)fflush(stdout);
  return false;
}

static PetscErrorCode Dispatch(int argc, char **argv, int *status) {
  const char *command = argc > 1 ? argv[1] : "";
  CliArguments arguments = {0};
  Diagnostics diagnostics;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  *status = RUN_BAD_INPUT;
  PetscCall(DiagnosticsCreate(&diagnostics));
  if (!strcmp(command, "--version")) {
    PetscCall(CommandVersion());
    *status = 0;
  } else if (!strcmp(command, "--help") || !strcmp(command, "-h")) {
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s", usage));
    *status = 0;
  } else {
    PetscCall(CliParse(argc, argv, diagnostics, &arguments));
    if (!strcmp(command, "run")) {
      PetscCall(CommandRun(&arguments, diagnostics, status));
    } else if (!strcmp(command, "check")) {
      PetscCall(CommandCheck(&arguments, diagnostics, status));
    } else if (!strcmp(command, "resume")) {
      PetscCall(CommandResume(&arguments, diagnostics, status));
    } else if (!strcmp(command, "help")) {
      PetscCall(CommandHelp(&arguments, diagnostics, status));
    } else if (!strcmp(command, "fit")) {
      PetscCall(CommandFit(&arguments, diagnostics, status));
    } else if (!strcmp(command, "sweep")) {
      PetscCall(CommandSweep(&arguments, diagnostics, status));
    } else if (ModelKindNamed(command)) {
      PetscCall(CommandModel(ModelKindNamed(command), &arguments, diagnostics, status));
    } else {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, *command ? "unknown command '%s'" : "no command given%s",
                               command));
      if (!rank) {
        (void)fputs(usage, stderr);
      }
    }
  }
  if (DiagnosticsCount(diagnostics) && !rank) {
    PetscCall(DiagnosticsPrint(diagnostics, stderr));
  }
  PetscCall(PetscFree(arguments.overrides));
  PetscCall(DiagnosticsDestroy(&diagnostics));
  PetscFunctionReturn(0);
}

/* PETSc sees only what follows "--": its words, to be freed, and how many of argv are ours. NULL: no memory. */
static char **PetscWords(int argc, char **argv, int *own, int *count) {
  char **words;

  *own = argc;
  for (int k = 1; k < argc; k++) {
    if (!strcmp(argv[k], "--")) {
      *own = k;
      break;
    }
  }
  *count = *own < argc ? argc - *own : 1;
  words = malloc(((size_t)*count + 1) * sizeof *words);
  if (words) {
    words[0] = argv[0];
    for (int k = 1; k < *count; k++) {
      words[k] = argv[*own + k];
    }
    words[*count] = NULL;
  }
  return words;
}

/* A command that broke off: the files are as they are, and the other processes may wait for this one. */
static void BreakOff(void) {
  PetscMPIInt size = 1;

  (void)MPI_Comm_size(PETSC_COMM_WORLD, &size);
  if (size > 1) {
    (void)MPI_Abort(PETSC_COMM_WORLD, RUN_FAILED);
  }
  /* HDF5 1.10 crashes when it closes a file after a failed write (full disk), as it does in MPI_Finalize. */
  (void)fflush(NULL);
  _exit(RUN_FAILED);
}

static int FailToStart(const char *why, char **words) {
  (void)fprintf(stderr, "lisei: error: %s\n", why);
  free(words);
  LastWordsDone(RUN_FAILED);
  return RUN_FAILED;
}

int main(int argc, char **argv) {
  int own, status = RUN_FAILED, count;
  char **petsc_argv, **words;
  PetscErrorCode code;

  const bool runs = argc > 1 && (!strcmp(argv[1], "run") || !strcmp(argv[1], "resume") || !strcmp(argv[1], "sweep"));

  LastWordsPrepare(runs ? PETSC_TRUE : PETSC_FALSE);
  OpenStandardStreams();
  if (runs) {
    RunSignalsHold();
  }
  PreferFastStart();
  PreferOneThread();
#ifdef __GLIBC__ /* keep freed memory: field output would otherwise fault in the same pages again at every instant */
  (void)mallopt(M_MMAP_THRESHOLD, 1 << 28);
  (void)mallopt(M_TRIM_THRESHOLD, 1 << 28);
#endif
  petsc_argv = words = PetscWords(argc, argv, &own, &count);
  if (!words) {
    return FailToStart("out of memory", NULL);
  }
  /* for errors of the start; never popped, as PETSc's -malloc_debug would not know its memory */
  code = PetscPushErrorHandler(ReportError, NULL);
  code = code ? code : PetscInitialize(&count, &petsc_argv, NULL, usage);
  if (code) {
    return FailToStart("PETSc does not start", words);
  }
  (void)signal(SIGPIPE, SIG_IGN); /* whoever read our messages has gone; the run goes on */
  code = PetscPushErrorHandler(ReportError, NULL);
  code = code ? code : LastWordsInstall();
  code = code || !runs ? code : RunSignalsInstall();
  code = code ? code : Dispatch(own, argv, &status);
  FolderUnlock();
  if (code) {
    BreakOff();
  }
  if (!OutputArrived() && !runs && status == 0) { /* a run leaves its results in files */
    status = RUN_BAD_INPUT;
  }
  LastWordsDone(status);
  code = PetscPopErrorHandler();
  code = code ? code : PetscFinalize();
  LastWordsDone(code ? RUN_FAILED : status);
  return code ? RUN_FAILED : status;
}
