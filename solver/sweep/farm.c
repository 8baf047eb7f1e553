#include "farm.h"
#include <time.h>

enum { TAG_READY = 101, TAG_SAMPLE, TAG_STOP };
enum { NOTHING = -1 };

/* What a leader sends when it is free: what has come of its last sample. `values` follow. */
typedef struct {
  int sample;   /* NOTHING: none yet */
  int stopping; /* a signal has arrived there */
  SampleResult result;
} Ready;

struct Farm_ {
  MPI_Comm world, team, leaders; /* leaders: MPI_COMM_NULL on the others */
  PetscMPIInt world_rank, team_rank, leader_rank, team_number, team_count;
  /* of one FarmRun */
  PetscInt columns, count, next;
  const PetscInt *queue;
  FarmAdded added;
  void *context;
  PetscMPIInt dismissed; /* other leaders that were told that nothing is left */
  PetscBool told;        /* that they stop */
  PetscBool *busy;
  char *message;
  size_t length;
};

PetscErrorCode FarmCreate(MPI_Comm world, PetscInt ranks_per_run, Farm *farm) {
  PetscMPIInt size;
  Farm f;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&f));
  *farm = f;
  f->world = world;
  f->leader_rank = -1;
  PetscCallMPI(MPI_Comm_size(world, &size));
  PetscCallMPI(MPI_Comm_rank(world, &f->world_rank));
  f->team_count = size / (PetscMPIInt)ranks_per_run;
  f->team_number = f->world_rank / (PetscMPIInt)ranks_per_run;
  PetscCallMPI(MPI_Comm_split(world, f->team_number, f->world_rank, &f->team));
  PetscCallMPI(MPI_Comm_rank(f->team, &f->team_rank));
  PetscCallMPI(MPI_Comm_split(world, f->team_rank == 0 ? 0 : MPI_UNDEFINED, f->world_rank, &f->leaders));
  if (f->leaders != MPI_COMM_NULL) {
    PetscCallMPI(MPI_Comm_rank(f->leaders, &f->leader_rank));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FarmDestroy(Farm *farm) {
  PetscFunctionBeginUser;
  if (*farm) {
    PetscCallMPI(MPI_Comm_free(&(*farm)->team));
    if ((*farm)->leaders != MPI_COMM_NULL) {
      PetscCallMPI(MPI_Comm_free(&(*farm)->leaders));
    }
    PetscCall(PetscFree(*farm));
  }
  PetscFunctionReturn(0);
}

MPI_Comm FarmTeam(Farm farm) {
  return farm->team;
}

PetscInt FarmTeamNumber(Farm farm) {
  return farm->team_number;
}

PetscInt FarmTeamCount(Farm farm) {
  return farm->team_count;
}

PetscBool FarmIsLeader(Farm farm) {
  return farm->team_rank == 0 ? PETSC_TRUE : PETSC_FALSE;
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static PetscErrorCode Send(Farm f, PetscInt sample, const SampleResult *result) {
  Ready ready = {.sample = (int)sample, .stopping = RunSignalsStopping() ? 1 : 0};

  PetscFunctionBeginUser;
  if (sample != NOTHING) {
    ready.result = *result;
    memcpy(f->message + sizeof ready, result->values, (size_t)f->columns * sizeof(double));
  }
  memcpy(f->message, &ready, sizeof ready);
  PetscCallMPI(MPI_Send(f->message, (int)f->length, MPI_BYTE, 0, TAG_READY, f->leaders));
  PetscFunctionReturn(0);
}

static PetscErrorCode TellAllToStop(Farm f) {
  PetscFunctionBeginUser;
  for (PetscMPIInt other = 1; other < f->team_count && !f->told; other++) {
    const int nothing = 0;
    if (f->busy[other]) {
      PetscCallMPI(MPI_Send(&nothing, 1, MPI_INT, other, TAG_STOP, f->leaders));
    }
  }
  f->told = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* The next sample of the queue; NOTHING when it is empty, or all shall stop. */
static int Next(Farm f) {
  return RunSignalsStopping() || f->next == f->count ? NOTHING : (int)f->queue[f->next++];
}

/* A sample has ended, here or there. One that was stopped by a signal runs again another time. */
static PetscErrorCode Take(Farm f, int sample, PetscBool stopping, const SampleResult *result) {
  PetscFunctionBeginUser;
  if (sample != NOTHING && !(stopping && result->outcome == RUN_STOPPED)) {
    PetscCall(f->added(f->context, sample, result));
  }
  PetscFunctionReturn(0);
}

/* A message of another leader has come: take its result, give it the next sample. */
static PetscErrorCode Answer(Farm f) {
  MPI_Status status;
  Ready ready;
  int sample;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Recv(f->message, (int)f->length, MPI_BYTE, MPI_ANY_SOURCE, TAG_READY, f->leaders, &status));
  memcpy(&ready, f->message, sizeof ready);
  ready.result.values = (double *)(void *)(f->message + sizeof ready);
  if (ready.stopping) {
    RunSignalsStop();
  }
  PetscCall(Take(f, ready.sample, RunSignalsStopping(), &ready.result));
  sample = Next(f);
  f->busy[status.MPI_SOURCE] = sample != NOTHING ? PETSC_TRUE : PETSC_FALSE;
  f->dismissed += sample == NOTHING ? 1 : 0;
  PetscCallMPI(MPI_Send(&sample, 1, MPI_INT, status.MPI_SOURCE, TAG_SAMPLE, f->leaders));
  PetscFunctionReturn(0);
}

/* At every time step of process 0. */
static PetscErrorCode PollAsFirst(void *context) {
  Farm f = context;
  int there = 1;

  PetscFunctionBeginUser;
  while (f->team_count > 1 && there) {
    PetscCallMPI(MPI_Iprobe(MPI_ANY_SOURCE, TAG_READY, f->leaders, &there, MPI_STATUS_IGNORE));
    if (there) {
      PetscCall(Answer(f));
    }
  }
  if (RunSignalsStopping()) {
    PetscCall(TellAllToStop(f));
  }
  PetscFunctionReturn(0);
}

/* At every time step of another leader. */
static PetscErrorCode PollAsOther(void *context) {
  Farm f = context;
  int there, nothing;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Iprobe(0, TAG_STOP, f->leaders, &there, MPI_STATUS_IGNORE));
  if (there) {
    PetscCallMPI(MPI_Recv(&nothing, 1, MPI_INT, 0, TAG_STOP, f->leaders, MPI_STATUS_IGNORE));
    RunSignalsStop();
  }
  PetscFunctionReturn(0);
}

/* --- work --------------------------------------------------------------------------------------------------------- */

/* Samples until there are none for this team. */
static PetscErrorCode Work(Farm f, Sampler sampler, SampleResult *result) {
  const PetscBool first = f->world_rank == 0 ? PETSC_TRUE : PETSC_FALSE, leads = FarmIsLeader(f);
  PetscErrorCode (*poll)(void *) = first ? PollAsFirst : leads ? PollAsOther : NULL;
  int sample = NOTHING;

  PetscFunctionBeginUser;
  do {
    if (leads && !first) {
      PetscCall(Send(f, sample, result));
      PetscCallMPI(MPI_Recv(&sample, 1, MPI_INT, 0, TAG_SAMPLE, f->leaders, MPI_STATUS_IGNORE));
    } else if (first) {
      PetscCall(Take(f, sample, RunSignalsStopping(), result));
      PetscCall(PollAsFirst(f));
      sample = Next(f);
    }
    PetscCallMPI(MPI_Bcast(&sample, 1, MPI_INT, 0, f->team));
    if (sample != NOTHING) {
      PetscCall(SamplerRun(sampler, sample, NULL, poll, f, result));
    }
  } while (sample != NOTHING);
  PetscFunctionReturn(0);
}

/* Process 0 has no sample left: wait for those of the others. */
static PetscErrorCode WaitForOthers(Farm f) {
  const struct timespec pause = {.tv_nsec = 1000000};

  PetscFunctionBeginUser;
  while (f->dismissed < f->team_count - 1) {
    PetscCall(PollAsFirst(f)); /* not a receive, in which a signal would not be heard */
    (void)nanosleep(&pause, NULL);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FarmRun(Farm f, Sampler sampler, PetscInt columns, PetscInt count, const PetscInt queue[],
                       FarmAdded added, void *context, PetscBool *stopped) {
  SampleResult result = {.outcome = SAMPLE_PENDING};
  int stopping, there = 1, nothing;

  PetscFunctionBeginUser;
  f->columns = columns;
  f->count = count;
  f->queue = queue;
  f->next = 0;
  f->dismissed = 0;
  f->added = added;
  f->context = context;
  f->told = PETSC_FALSE;
  f->length = sizeof(Ready) + (size_t)columns * sizeof(double);
  PetscCall(PetscMalloc1(f->length, &f->message));
  PetscCall(PetscCalloc1(f->team_count, &f->busy));
  PetscCall(PetscMalloc1(columns, &result.values));
  PetscCall(Work(f, sampler, &result));
  if (f->world_rank == 0) {
    PetscCall(WaitForOthers(f));
  }
  PetscCallMPI(MPI_Barrier(f->world));
  while (f->leader_rank > 0 && there) { /* a word to stop may have come after the last step */
    PetscCallMPI(MPI_Iprobe(0, TAG_STOP, f->leaders, &there, MPI_STATUS_IGNORE));
    if (there) {
      PetscCallMPI(MPI_Recv(&nothing, 1, MPI_INT, 0, TAG_STOP, f->leaders, MPI_STATUS_IGNORE));
    }
  }
  stopping = RunSignalsStopping() ? 1 : 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &stopping, 1, MPI_INT, MPI_MAX, f->world));
  *stopped = stopping ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscFree(result.values));
  PetscCall(PetscFree(f->busy));
  PetscCall(PetscFree(f->message));
  PetscFunctionReturn(0);
}
