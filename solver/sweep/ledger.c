#include "ledger.h"
#include <math.h>
#include <stdlib.h>

/* qsort has no context */
static const Ledger *sorted;

static int ByHash(const void *one, const void *other) {
  const PetscInt a = *(const PetscInt *)one, b = *(const PetscInt *)other;
  const int order = strcmp(sorted->hash[a], sorted->hash[b]);

  return order ? order : (a > b) - (a < b);
}

PetscErrorCode LedgerCreate(Study study, const char *dir, char (*hash)[SAMPLE_HASH_LENGTH], Ledger *ledger) {
  PetscFunctionBeginUser;
  *ledger = (Ledger){
      .study = study, .dir = dir, .count = study->sample_count, .columns = StudyColumnCount(study), .hash = hash};
  PetscCall(PetscMalloc3(ledger->count, &ledger->outcome, (size_t)(ledger->count * ledger->columns), &ledger->values,
                         ledger->count, &ledger->by_hash));
  PetscCall(PetscCalloc1(ledger->count, &ledger->reason));
  for (PetscInt k = 0; k < ledger->count * ledger->columns; k++) {
    ledger->values[k] = NAN; /* touched now, so that memory does not grow with the results */
  }
  for (PetscInt k = 0; k < ledger->count; k++) {
    ledger->outcome[k] = SAMPLE_PENDING;
    ledger->known += *hash[k] != '\0';
    ledger->by_hash[k] = k;
  }
  ledger->pending = ledger->known;
  sorted = ledger;
  qsort(ledger->by_hash, (size_t)ledger->count, sizeof *ledger->by_hash, ByHash);
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerDestroy(Ledger *ledger) {
  PetscFunctionBeginUser;
  PetscCall(LedgerCloseJournal(ledger));
  for (PetscInt k = 0; k < ledger->count; k++) {
    PetscCall(PetscFree(ledger->reason[k]));
  }
  PetscCall(PetscFree(ledger->reason));
  PetscCall(PetscFree3(ledger->outcome, ledger->values, ledger->by_hash));
  PetscCall(PetscFree(ledger->hash));
  PetscFunctionReturn(0);
}
