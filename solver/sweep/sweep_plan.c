/* What a sweep would do: its samples, and an estimate of time and disk from one of them. */
#include "sweep.h"
#include <math.h>

enum { MOST_SHOWN = 10 };             /* samples at the beginning; the last one, too */
static const double patience = 20.0;  /* [s] after which the tried sample is stopped */
static const double compressed = 0.6; /* [1] of the numbers of a history, as a rule */

static void PrintRow(const Study study, PetscInt sample, const char *hash) {
  (void)printf("%8d", (int)sample + 1);
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    (void)printf("  %-*s", (int)PetscMax(14, (PetscInt)strlen(p->name)), p->values[StudyValueIndex(study, sample, k)]);
  }
  (void)printf("  %.12s\n", hash);
}

static void PrintTable(const Sweep *sweep) {
  const Study study = sweep->study;

  (void)printf("%s%s%d samples of '%s'", study->title, *study->title ? "\n" : "", (int)study->sample_count,
               study->base);
  (void)(study->excluded ? printf(" (the constraints exclude %d)\n", (int)study->excluded) : printf("\n"));
  (void)printf("  sample");
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    (void)printf("  %-14s", study->parameters[k].name);
  }
  (void)printf("  made from\n");
  for (PetscInt i = 0; i < study->sample_count; i++) {
    if (i < MOST_SHOWN || i == study->sample_count - 1) {
      PrintRow(study, i, sweep->ledger.hash[i]);
    } else if (i == MOST_SHOWN) {
      (void)printf("     ...\n");
    }
  }
  (void)printf("measures:");
  for (PetscInt k = 0; k < StudyColumnCount(study); k++) {
    char name[STUDY_NAME_LENGTH];
    const char *unit;
    StudyColumn(study, k, name, &unit);
    (void)printf(" %s [%s]", name, unit);
  }
  (void)printf("\nevery deck is valid; %d samples have results already\n",
               (int)(sweep->ledger.known - sweep->ledger.pending));
}

static void PrintSize(const char *what, double bytes) {
  (void)(bytes < 1e6   ? printf("%s %.0f kB", what, bytes * 1e-3)
         : bytes < 1e9 ? printf("%s %.3g MB", what, bytes * 1e-6)
                       : printf("%s %.3g GB", what, bytes * 1e-9));
}

PetscErrorCode SweepPlan(Sweep *sweep) {
  const Study study = sweep->study;
  const PetscInt columns = StudyColumnCount(study), middle = study->sample_count / 2;
  const double row = 24.0 * (columns + study->parameter_count) + 8.0 * columns + 160.0;
  double duration = NAN, time, seconds, share = 1.0;
  SampleResult result = {.outcome = SAMPLE_PENDING};
  char limit[64];
  PetscInt rows, width;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (rank == 0) {
    PrintTable(sweep);
  }
  if (sweep->simulation) {
    duration = ProtocolDuration(sweep->simulation->protocol);
  }
  PetscCall(PetscMalloc1(columns, &result.values));
  (void)snprintf(limit, sizeof limit, "output.wall_time_limit=%g s", patience);
  PetscCall(SamplerRun(sweep->sampler, middle, limit, NULL, NULL, &result));
  SamplerLastRun(sweep->sampler, &rows, &width, &time);
  if (result.outcome == RUN_STOPPED) { /* the rest, if the protocol has a known length */
    share = isfinite(duration) && time > 0.0 ? fmin(1.0, time / duration) : NAN;
  }
  seconds = result.seconds / share * (double)sweep->ledger.pending / (double)FarmTeamCount(sweep->farm);
  if (rank == 0) {
    (void)printf("sample %d was tried: %s after %.3g s, %d rows\n", (int)middle + 1,
                 result.outcome == RUN_STOPPED ? "stopped" : OutcomeName(result.outcome), result.seconds, (int)rows);
    if (isnan(seconds)) {
      (void)printf("time: more than %.3g s on %d team(s) of %d process(es); its protocol has no known length\n",
                   result.seconds * (double)sweep->ledger.pending / (double)FarmTeamCount(sweep->farm),
                   (int)FarmTeamCount(sweep->farm), (int)study->ranks_per_run);
    } else {
      (void)printf("time: about %.3g s (%.3g h) for what is left, on %d team(s) of %d process(es)\n", seconds,
                   seconds / 3600.0, (int)FarmTeamCount(sweep->farm), (int)study->ranks_per_run);
    }
    PrintSize("disk: results", row * (double)study->sample_count);
    if (study->histories) {
      PrintSize(", histories",
                (compressed * 8.0 * rows * width / (isnan(share) ? 1.0 : share) + 2e4) * (double)study->sample_count);
    }
    (void)printf("\nnothing was written\n");
  }
  PetscCall(PetscFree(result.values));
  PetscFunctionReturn(0);
}
