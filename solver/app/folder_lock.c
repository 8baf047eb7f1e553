#include "folder_lock.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_LENGTH = 256, TEXT_LENGTH = 1024 };

/* Who has a folder. */
typedef struct {
  char host[NAME_LENGTH];
  long pid;
  unsigned long long ticks; /* start of the process in the computer's own count: pids are used again; 0: unknown */
  char started[32];         /* UTC */
  char job[64];             /* of Slurm; "" without */
  long attempt;             /* of that job, from 0 */
} Owner;

static int held = -1; /* descriptor of our own lock */
static char held_path[PETSC_MAX_PATH_LEN];

/* When a process started, from /proc; 0 if it is not there. */
static unsigned long long StartTicks(long pid) {
  char path[64], text[1024], *field;
  unsigned long long ticks = 0;
  FILE *stream;

  (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  stream = fopen(path, "r");
  if (!stream) {
    return 0;
  }
  field = fgets(text, sizeof text, stream) ? strrchr(text, ')') : NULL; /* the name before it may hold anything */
  (void)fclose(stream);
  for (int k = 2; field && k < 22; k++) { /* it is field 22 */
    field = strchr(field + 1, ' ');
  }
  if (field) {
    ticks = strtoull(field, NULL, 10);
  }
  return ticks;
}

static bool IsAlive(const Owner *owner) {
  const unsigned long long ticks = StartTicks(owner->pid);

  if (kill((pid_t)owner->pid, 0) && errno == ESRCH) {
    return false;
  }
  return !owner->ticks || !ticks || owner->ticks == ticks;
}

static void Myself(Owner *owner) {
  const char *job = getenv("SLURM_JOB_ID"), *attempt = getenv("SLURM_RESTART_COUNT");
  const time_t now = time(NULL);
  struct tm utc;

  *owner = (Owner){.pid = (long)getpid()};
  if (gethostname(owner->host, sizeof owner->host - 1)) {
    (void)snprintf(owner->host, sizeof owner->host, "unknown");
  }
  owner->ticks = StartTicks(owner->pid);
  (void)strftime(owner->started, sizeof owner->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  (void)snprintf(owner->job, sizeof owner->job, "%s", job ? job : "");
  owner->attempt = attempt ? strtol(attempt, NULL, 10) : 0;
}

/* false if the file does not say: it was made this moment, or its maker died before it wrote. */
static bool ReadOwner(int file, Owner *owner) {
  char text[TEXT_LENGTH];
  const ssize_t length = pread(file, text, sizeof text - 1, 0);

  *owner = (Owner){0};
  text[length > 0 ? length : 0] = '\0';
  return sscanf(text, "host: %255s\nprocess: %ld\nticks: %llu\nstarted: %31s\njob: %63[^\n]\nattempt: %ld", owner->host,
                &owner->pid, &owner->ticks, owner->started, owner->job, &owner->attempt) >= 4;
}

static bool WriteOwner(int file, const Owner *owner) {
  char text[TEXT_LENGTH];
  const int length = snprintf(text, sizeof text, "host: %s\nprocess: %ld\nticks: %llu\nstarted: %s\n%s%s%s%ld\n",
                              owner->host, owner->pid, owner->ticks, owner->started, *owner->job ? "job: " : "",
                              owner->job, *owner->job ? "\nattempt: " : "attempt: ", owner->attempt);

  return !ftruncate(file, 0) && pwrite(file, text, (size_t)length, 0) == length && (!fsync(file) || errno == EINVAL);
}

/* Open and lock the file of that name. *locked: 1, 0 somebody else has it, -1 this file system has no locks. Between
   our open and our lock its owner may have removed it: then there is a new one. */
static int OpenLocked(const char *path, int *locked) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

  for (int attempt = 0; attempt < 100; attempt++) {
    struct stat mine, there;
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
      return -1;
    }
    *locked = !fcntl(file, F_SETLK, &whole) ? 1 : (errno == EAGAIN || errno == EACCES ? 0 : -1);
    if (!fstat(file, &mine) && !stat(path, &there) && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev) {
      return file;
    }
    (void)close(file);
  }
  errno = EAGAIN;
  return -1;
}

/* May `mine` take what `owner` has left? If so say that it does. */
static bool TakesOver(const Owner *mine, const Owner *owner, int locked, const char *dir) {
  const bool here = !strcmp(mine->host, owner->host);
  const bool requeued = *mine->job && !strcmp(mine->job, owner->job) && mine->attempt > owner->attempt;

  if (!requeued && (!here || (locked < 0 && IsAlive(owner)))) {
    return false;
  }
  (void)fprintf(stderr, "lisei: note: '%s' was left by process %ld%s%s, started %s, which has ended: taking it over\n",
                dir, owner->pid, here ? "" : " on ", here ? "" : owner->host, owner->started);
  return true;
}

/* On rank 0. `refusal` receives why not; "" if the folder is ours. */
static void Take(const char *dir, char refusal[], size_t size) {
  char path[PETSC_MAX_PATH_LEN];
  Owner mine, owner;
  int locked = 0, file;
  bool known, here;

  refusal[0] = '\0';
  (void)snprintf(path, sizeof path, "%s/" FOLDER_LOCK_NAME, dir);
  file = OpenLocked(path, &locked);
  if (file < 0) {
    (void)snprintf(refusal, size, "cannot write '%.300s': %s", path, strerror(errno));
    return;
  }
  Myself(&mine);
  known = ReadOwner(file, &owner);
  here = !strcmp(mine.host, owner.host);
  if (locked == 0 && !known) {
    (void)snprintf(refusal, size, "'%.300s' is in use by another process: one at a time can write there", dir);
  } else if (locked == 0 || (known && !TakesOver(&mine, &owner, locked, dir))) {
    (void)snprintf(refusal, size,
                   "'%.300s' is in use by process %ld on %s, started %s: one at a time can write there%s%.300s%s", dir,
                   owner.pid, owner.host, owner.started, here ? "" : "; if that process is no longer there, remove '",
                   here ? "" : path, here ? "" : "' and try again");
  } else if (!WriteOwner(file, &mine)) {
    (void)snprintf(refusal, size, "cannot write '%.300s': %s", path, strerror(errno));
    (void)unlink(path);
  }
  if (refusal[0]) {
    (void)close(file);
    return;
  }
  held = file;
  (void)snprintf(held_path, sizeof held_path, "%s", path);
}

PetscErrorCode FolderLock(MPI_Comm comm, const char *dir, Diagnostics diagnostics) {
  char refusal[TEXT_LENGTH] = "";
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    Take(dir, refusal, sizeof refusal);
  }
  PetscCallMPI(MPI_Bcast(refusal, (PetscMPIInt)sizeof refusal, MPI_CHAR, 0, comm));
  if (refusal[0]) {
    PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "%s", refusal));
  }
  PetscFunctionReturn(0);
}

void FolderUnlock(void) {
  if (held >= 0) {
    (void)unlink(held_path); /* before the lock ends, so that nobody locks a file that is going to be removed */
    (void)close(held);
  }
  held = -1;
}
