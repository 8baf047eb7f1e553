/* One sample of a study after another, in memory. Collective on its communicator; the results are on every process. */
#ifndef LISEI_SAMPLER_H
#define LISEI_SAMPLER_H

#include "study.h"

enum { SAMPLE_HASH_LENGTH = 33, SAMPLE_REASON_LENGTH = 512 };
#define SAMPLE_PENDING (-1)

typedef struct {
  int outcome; /* RunOutcome, or SAMPLE_PENDING */
  char reason[SAMPLE_REASON_LENGTH];
  double seconds; /* wall time */
  double *values; /* [SI] StudyColumnCount */
} SampleResult;

typedef struct Sampler_ *Sampler;

/* `histories`: folder for the history of every sample, or NULL. Formulae that are wrong, columns that the first sample
   does not have and ends that it cannot meet go to `diagnostics`. */
PetscErrorCode SamplerCreate(MPI_Comm comm, ParameterTable table, Study study, Diagnostics diagnostics,
                             Sampler *sampler);
void SamplerKeepHistories(Sampler sampler, const char *dir);
PetscErrorCode SamplerDestroy(Sampler *sampler);
/* Validate the deck of a sample; what is wrong goes to `diagnostics`. hash: of what the sample is made from. */
PetscErrorCode SamplerCheck(Sampler sampler, PetscInt sample, Diagnostics diagnostics, char hash[SAMPLE_HASH_LENGTH]);
/* The deck of the first sample, for what all have in common; destroy both. */
PetscErrorCode SamplerFirst(Sampler sampler, Diagnostics diagnostics, Deck *deck, Simulation *simulation);
/* The base deck with the settings; NULL if it alone is not valid (a required key may be a parameter). */
PetscErrorCode SamplerBaseDeck(Sampler sampler, Diagnostics diagnostics, Deck *deck);
/* `poll`: called at every time step, may call RunSignalsStop. An error within the run is an outcome. `extra`: one more
   override, or NULL. */
PetscErrorCode SamplerRun(Sampler sampler, PetscInt sample, const char *extra, PetscErrorCode (*poll)(void *),
                          void *context, SampleResult *result);
/* Time steps and simulated time [s] of the last run. */
void SamplerLastRun(Sampler sampler, PetscInt *rows, PetscInt *columns, double *time);

/* Columns of results: what a search by bisection has found, then the measures. */
PetscInt StudyColumnCount(Study study);
/* Free nothing. `name` holds STUDY_NAME_LENGTH. */
void StudyColumn(Study study, PetscInt column, char name[STUDY_NAME_LENGTH], const char **unit);

/* bisection.c: between `from` and `to` of the study's limit. What a run is: `beyond` gets 1, 0, or -1 (failed,
   stopped: lower and upper are the value of that run, the limit NAN). found: limit, lower, upper, runs. */
typedef struct {
  void *context;
  PetscErrorCode (*run)(void *context, const char *value, double number, int *beyond);
} LimitRun;
PetscErrorCode LimitSearch(const StudyLimit *limit, const LimitRun *run, double found[4], char reason[], size_t size);

#endif
