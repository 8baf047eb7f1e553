/* What a sweep's folder knows: which samples there are and from what they are made (the manifest), and what has come of
   them (journals, one for each chunk, a line for each sample that has ended). One process holds it. */
#ifndef LISEI_LEDGER_H
#define LISEI_LEDGER_H

#include "sampler.h"

typedef struct {
  Study study;
  const char *dir;                  /* borrowed */
  PetscInt count, columns;          /* samples; numbers of a result */
  PetscInt known;                   /* samples with a hash: those of the chunk, or all */
  char (*hash)[SAMPLE_HASH_LENGTH]; /* of what each sample is made from; "" for those of other chunks */
  int *outcome;                     /* SAMPLE_PENDING until it is known */
  char **reason;
  double *values;                     /* count * columns */
  PetscInt finished, failed, pending; /* samples; failed: any other outcome than finished */
  PetscInt *by_hash;                  /* samples in the order of their hashes */
  FILE *journal;
  char journal_path[PETSC_MAX_PATH_LEN];
  double last_write, write_cost; /* [s] wall time, of the results */
} Ledger;

/* Takes the hashes over (PetscMalloc). */
PetscErrorCode LedgerCreate(Study study, const char *dir, char (*hash)[SAMPLE_HASH_LENGTH], Ledger *ledger);
PetscErrorCode LedgerDestroy(Ledger *ledger);

/* ledger_manifest.c */
/* May this study go on in the folder? What stands against it goes to `diagnostics`: another sweep's manifest, a base
   deck or measures that have changed (unless `update`). `first`: deck of the first sample. */
PetscErrorCode LedgerCheckManifest(const Ledger *ledger, Deck first, bool update, Diagnostics diagnostics);
/* Write manifest.csv, and first.yaml: what the first sample is made from. The folder must exist. `chunk`: its own rows
   go to chunks/CHUNK, for chunks run at the same time; NULL: all rows. */
PetscErrorCode LedgerWriteManifest(const Ledger *ledger, Deck first, const char *chunk);

/* ledger_journal.c */
/* Take over what the journals of all chunks know of these very samples; `retry`: but not of those that failed. Where
   histories are kept, a sample counts with its own only. */
PetscErrorCode LedgerReadJournals(Ledger *ledger, bool retry);
/* Open the journal of a chunk ("1-of-1") to append to it. */
PetscErrorCode LedgerOpenJournal(Ledger *ledger, const char *chunk);
/* Is no sample before it made from the same? */
bool LedgerIsFirst(const Ledger *ledger, PetscInt sample);
/* A sample has ended: remember it, for all that are made from the same, and bring its line to the system at once. */
PetscErrorCode LedgerAdd(Ledger *ledger, PetscInt sample, const SampleResult *result);
PetscErrorCode LedgerCloseJournal(Ledger *ledger);

/* ledger_results.c */
const char *OutcomeName(int outcome);
/* [si] where the search of a limit has ended with a run that failed; NAN without one. */
double LedgerLimit(const Ledger *ledger, PetscInt sample);
/* sweep.h5, sweep.csv and, where samples failed, failed.txt: each whole at any time. */
PetscErrorCode LedgerWriteResults(Ledger *ledger);
/* The same, unless it was done not long ago. */
PetscErrorCode LedgerRefreshResults(Ledger *ledger);

#endif
