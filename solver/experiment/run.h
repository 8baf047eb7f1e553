/* The run loop: the protocol's steps one after another, adaptive time steps, ends, balances, output, checkpoints. */
#ifndef LISEI_RUN_H
#define LISEI_RUN_H

#include "../../io/output/history.h"
#include "../model/simulation.h"

/* Exit status of the program (architecture.md, "Command line"). */
typedef enum { RUN_FINISHED = 0, RUN_BAD_INPUT = 1, RUN_FAILED = 2, RUN_STOPPED = 3 } RunOutcome;

/* Run into the folder `dir`, or continue there from the checkpoint of that number (-1: from the start). `record` says
   what the run is made from (DeckRecord); the checkpoints keep it. */
PetscErrorCode RunExecute(Simulation simulation, const char *dir, const char *record, PetscInt checkpoint,
                          RunOutcome *outcome);

/* How a run ended. */
typedef struct {
  RunOutcome outcome;
  char reason[512];     /* what failed and where; else how the last protocol step ended */
  double time;          /* [s] simulated */
  PetscInt steps;       /* accepted time steps */
  PetscInt last_step;   /* protocol step that ended last, from 1; 0: none */
  PetscInt end;         /* the end that this step met: an EndKind, or END_KIND_COUNT + number of a part's; -1: none */
  PetscBool met_end;    /* a condition of its `until`, or all that are to hold together, ended it */
  double stepping;      /* [s] wall time of the time steps, with their rows */
  double stepping_cpu;  /* [s] processor time of them, of this process */
  double worst_balance; /* [1] largest imbalance of the currents */
} RunResult;

/* An impedance that was measured. */
typedef struct {
  double time; /* [s] */
  PetscInt count;
  const double *frequency; /* [Hz] */
  const double *impedance; /* [Ohm] real and imaginary part of each */
} RunSpectrum;

/* What a run without files tells while it goes on. Rows are those of history.h5, at the same instants. */
typedef struct {
  void *context;
  /* Before the first row. Without text of the deck. The names live as long as the simulation, the rest only now. */
  PetscErrorCode (*begin)(void *context, const HistoryOptions *options);
  PetscErrorCode (*row)(void *context, const double row[]);
  /* Ring fields at a time [s], as in history.h5; NULL: not wanted. */
  PetscErrorCode (*rings)(void *context, double time, const double values[]);
  /* NULL: impedances of the protocol are not measured; they change no other number. */
  PetscErrorCode (*impedance)(void *context, const RunSpectrum *spectrum);
} RunListener;

/* Columns of the history of a simulation that is set up. */
enum { RUN_HISTORY_COLUMNS = 512 };
PetscErrorCode RunColumns(Simulation simulation, PetscInt *count, HistoryField columns[RUN_HISTORY_COLUMNS]);

/* SI unit of a column of which sensitivities are shown, NULL if it is none; its name with a key's: name[size]. */
const char *RunSensitiveUnit(const char *column);
void RunSensitivityName(const char *column, const char *key, char name[], size_t size);

/* Run without files, to the same numbers as RunExecute. Signals are looked at, not taken over: RunSignalsInstall. */
PetscErrorCode RunListen(Simulation simulation, const RunListener *listener, RunResult *result);

/* Can the simulation continue from the checkpoint? Mistakes go to `diagnostics`; changes: the command line changes
   keys. Collective. */
PetscErrorCode RunCheckResume(Simulation simulation, const char *dir, PetscInt checkpoint, PetscBool changes,
                              Diagnostics diagnostics);

/* SIGTERM, SIGINT and SIGUSR1 that arrive during start and set-up are not lost: */
/* hold them back, as the first thing in main, before MPI and PETSc install handlers of their own; */
void RunSignalsHold(void);
/* then take them over and let the held ones through. RunExecute does so, if nobody has before. */
PetscErrorCode RunSignalsInstall(void);
PetscErrorCode RunSignalsRemove(void);
/* As if SIGTERM had arrived; has it, or SIGINT, on this process? */
void RunSignalsStop(void);
PetscBool RunSignalsStopping(void);

#endif
