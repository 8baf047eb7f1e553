/* Journals: DIR/chunks/CHUNK/journal.csv. A line for each sample that has ended: what it was made from, outcome,
   seconds, numbers, reason. A line counts when it is whole; of several for one sample the last one. */
#include "../../io/output/file_util.h"
#include "../../io/output/number_text.h"
#include "ledger.h"
#include "text_hash.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* What the numbers of a line are. */
static void Layout(const Ledger *ledger, char text[128]) {
  TextHash hash = TextHashStart;
  char sum[33];

  for (PetscInt k = 0; k < ledger->study->measure_count; k++) {
    const Measure *m = &ledger->study->measures[k];
    char numbers[160];
    (void)snprintf(numbers, sizeof numbers, "%d %d %d %d %.17g %.17g", (int)m->reduction, (int)m->cycle, (int)m->step,
                   (int)m->state, m->at, m->share);
    TextHashAdd(&hash, m->kind ? m->kind->name : m->column ? m->column : m->expression);
    TextHashAdd(&hash, numbers);
  }
  TextHashPrint(&hash, sum);
  (void)snprintf(text, 128, "# lisei sweep journal 1, %d numbers, measures %s\n", (int)ledger->columns, sum);
}

/* The samples made from this: from *first, so many. */
static PetscInt Find(const Ledger *ledger, const char *hash, PetscInt *first) {
  PetscInt low = 0, high = ledger->count, count = 0;

  while (low < high) {
    const PetscInt middle = low + (high - low) / 2;
    if (strcmp(ledger->hash[ledger->by_hash[middle]], hash) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *first = low;
  while (low + count < ledger->count && !strcmp(ledger->hash[ledger->by_hash[low + count]], hash)) {
    count++;
  }
  return count;
}

bool LedgerIsFirst(const Ledger *ledger, PetscInt sample) {
  PetscInt first;

  return Find(ledger, ledger->hash[sample], &first) > 0 && ledger->by_hash[first] == sample;
}

/* histories/NNNNNN/made_from: the hash of the sample whose history the folder holds, written when it is whole. */
static void OriginPath(const Ledger *ledger, PetscInt sample, char path[PETSC_MAX_PATH_LEN]) {
  (void)snprintf(path, PETSC_MAX_PATH_LEN, "%s/histories/%06d/made_from", ledger->dir, (int)sample + 1);
}

static bool HasHistory(const Ledger *ledger, PetscInt sample) {
  char path[PETSC_MAX_PATH_LEN], hash[SAMPLE_HASH_LENGTH] = "";
  FILE *stream;

  OriginPath(ledger, sample, path);
  stream = fopen(path, "r");
  if (!stream) {
    return false;
  }
  (void)!fgets(hash, sizeof hash, stream);
  (void)fclose(stream);
  return !strcmp(hash, ledger->hash[sample]);
}

static PetscErrorCode Keep(Ledger *ledger, PetscInt sample, const SampleResult *result) {
  PetscFunctionBeginUser;
  if (ledger->outcome[sample] == SAMPLE_PENDING) {
    ledger->pending--;
  } else {
    *(ledger->outcome[sample] == RUN_FINISHED ? &ledger->finished : &ledger->failed) -= 1;
    PetscCall(PetscFree(ledger->reason[sample]));
  }
  *(result->outcome == RUN_FINISHED ? &ledger->finished : &ledger->failed) += 1;
  ledger->outcome[sample] = result->outcome;
  PetscCall(PetscStrallocpy(result->reason, &ledger->reason[sample]));
  PetscCall(PetscArraycpy(ledger->values + sample * ledger->columns, result->values, ledger->columns));
  PetscFunctionReturn(0);
}

/* false if the line is not whole. Changes the line. */
static bool ParseLine(char *line, PetscInt columns, char **hash, SampleResult *result) {
  const size_t length = strlen(line);
  char *rest = line, *field;

  if (length == 0 || line[length - 1] != '\n') {
    return false;
  }
  line[length - 1] = '\0';
  *hash = strsep(&rest, ",");
  field = rest ? strsep(&rest, ",") : NULL;
  result->outcome = field ? (int)strtol(field, NULL, 10) : SAMPLE_PENDING;
  field = rest ? strsep(&rest, ",") : NULL;
  result->seconds = field ? strtod(field, NULL) : 0.0;
  for (PetscInt k = 0; k < columns; k++) {
    field = rest ? strsep(&rest, ",") : NULL;
    if (!field) {
      return false;
    }
    result->values[k] = *field ? strtod(field, NULL) : NAN;
  }
  (void)snprintf(result->reason, sizeof result->reason, "%s", rest ? rest : "");
  return rest && strlen(*hash) == SAMPLE_HASH_LENGTH - 1 && result->outcome >= RUN_FINISHED &&
         result->outcome <= RUN_STOPPED;
}

static PetscErrorCode ReadJournal(Ledger *ledger, const char *path, bool retry) {
  FILE *stream = fopen(path, "r");
  char expected[128], *line = NULL, *hash;
  size_t size = 0;
  SampleResult result;

  PetscFunctionBeginUser;
  if (!stream) {
    PetscFunctionReturn(0);
  }
  Layout(ledger, expected);
  PetscCall(PetscMalloc1(ledger->columns, &result.values));
  if (getline(&line, &size, stream) >= 0 && !strcmp(line, expected)) {
    while (getline(&line, &size, stream) >= 0) {
      PetscInt first, count;
      if (!ParseLine(line, ledger->columns, &hash, &result) || (retry && result.outcome != RUN_FINISHED)) {
        continue;
      }
      count = Find(ledger, hash, &first);
      for (PetscInt k = 0; k < count; k++) {
        const PetscInt sample = ledger->by_hash[first + k];
        if (!ledger->study->histories || result.outcome != RUN_FINISHED || HasHistory(ledger, sample)) {
          PetscCall(Keep(ledger, sample, &result));
        }
      }
    }
  }
  free(line);
  (void)fclose(stream);
  PetscCall(PetscFree(result.values));
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerReadJournals(Ledger *ledger, bool retry) {
  char path[PETSC_MAX_PATH_LEN];
  struct dirent **chunks = NULL;
  int count;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/chunks", ledger->dir);
  count = scandir(path, &chunks, NULL, alphasort);
  for (int k = 0; k < count; k++) {
    if (chunks[k]->d_name[0] != '.') {
      (void)snprintf(path, sizeof path, "%s/chunks/%s/journal.csv", ledger->dir, chunks[k]->d_name);
      PetscCall(ReadJournal(ledger, path, retry));
    }
    free(chunks[k]);
  }
  free(chunks);
  PetscFunctionReturn(0);
}

/* Does the journal hold lines of these very numbers? A torn last line is closed. */
static bool CanAppend(const char *path, const char *expected) {
  FILE *stream = fopen(path, "r+");
  char line[256];
  bool good;

  if (!stream) {
    return false;
  }
  good = fgets(line, sizeof line, stream) && !strcmp(line, expected);
  if (good && !fseek(stream, -1, SEEK_END) && fgetc(stream) != '\n') {
    good = !fseek(stream, 0, SEEK_END) && fputc('\n', stream) == '\n';
  }
  return fclose(stream) == 0 && good;
}

PetscErrorCode LedgerOpenJournal(Ledger *ledger, const char *chunk) {
  char *path = ledger->journal_path, expected[128];
  bool append;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof ledger->journal_path, "%s/chunks/%s/journal.csv", ledger->dir, chunk);
  Layout(ledger, expected);
  append = CanAppend(path, expected);
  ledger->journal = fopen(path, append ? "a" : "w");
  PetscCheck(ledger->journal, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot write '%s': %s", path, strerror(errno));
  if (!append) {
    (void)fputs(expected, ledger->journal);
  }
  PetscFunctionReturn(0);
}

/* In one line, without its end. */
static void PlainReason(const char *reason, char text[SAMPLE_REASON_LENGTH]) {
  (void)snprintf(text, SAMPLE_REASON_LENGTH, "%s", reason);
  for (char *c = text; *c; c++) {
    *c = *c == '\n' || *c == '\r' ? ' ' : *c;
  }
}

/* Of a sample, and of those that wait and are made from the same; with histories each runs for itself. */
static PetscErrorCode KeepAll(Ledger *ledger, PetscInt sample, const SampleResult *result) {
  PetscInt first, count = Find(ledger, ledger->hash[sample], &first);

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < count; k++) {
    const PetscInt other = ledger->by_hash[first + k];
    if (other == sample || (!ledger->study->histories && ledger->outcome[other] == SAMPLE_PENDING)) {
      PetscCall(Keep(ledger, other, result));
    }
  }
  if (ledger->study->histories && result->outcome == RUN_FINISHED) {
    char path[PETSC_MAX_PATH_LEN];
    OriginPath(ledger, sample, path);
    PetscCall(FileWriteText(path, ledger->hash[sample], strlen(ledger->hash[sample])));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerAdd(Ledger *ledger, PetscInt sample, const SampleResult *result) {
  SampleResult plain = *result;

  PetscFunctionBeginUser;
  PlainReason(result->reason, plain.reason);
  PetscCall(KeepAll(ledger, sample, &plain));
  (void)fprintf(ledger->journal, "%s,%d,%.6g", ledger->hash[sample], result->outcome, result->seconds);
  for (PetscInt k = 0; k < ledger->columns; k++) {
    char number[NUMBER_TEXT_LENGTH] = "";
    if (isfinite(result->values[k])) {
      (void)NumberText(result->values[k], number);
    } else if (isinf(result->values[k])) {
      (void)snprintf(number, sizeof number, "%s", result->values[k] > 0 ? "inf" : "-inf");
    }
    (void)fprintf(ledger->journal, ",%s", number);
  }
  (void)fprintf(ledger->journal, ",%s\n", plain.reason);
  PetscCheck(fflush(ledger->journal) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write '%s': %s",
             ledger->journal_path, strerror(errno));
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerCloseJournal(Ledger *ledger) {
  PetscFunctionBeginUser;
  if (ledger->journal) {
    const int failed = fclose(ledger->journal);
    ledger->journal = NULL;
    PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write '%s'", ledger->journal_path);
  }
  PetscFunctionReturn(0);
}
