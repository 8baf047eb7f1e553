/* What people read: sweep.csv and sweep.h5, a row for each sample, and failed.txt, the commands that repeat those that
   failed. */
#include "../../io/output/file_util.h"
#include "../../io/output/hdf5_util.h"
#include "../../io/output/history_layout.h"
#include "../../io/output/number_text.h"
#include "ledger.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const double least_pause = 10.0; /* [s] between writes while the sweep goes on */
static const double least_ratio = 50.0; /* pause over the time that a write takes */

const char *OutcomeName(int outcome) {
  static const char *const names[] = {"finished", "bad input", "failed", "stopped"};
  return outcome < 0 ? "pending" : names[outcome];
}

double LedgerLimit(const Ledger *ledger, PetscInt sample) {
  return ledger->study->limit ? ledger->values[sample * ledger->columns + 1] : NAN;
}

/* --- CSV ---------------------------------------------------------------------------------------------------------- */

static void CsvNumber(FILE *stream, double value) {
  char text[NUMBER_TEXT_LENGTH] = "";

  if (isfinite(value)) {
    (void)NumberText(value, text);
  }
  (void)fprintf(stream, ",%s", isinf(value) ? (value > 0 ? "inf" : "-inf") : text);
}

static void CsvText(FILE *stream, const char *text) {
  (void)fputs(",\"", stream);
  for (; *text; text++) {
    (void)fprintf(stream, *text == '"' ? "\"\"" : "%c", *text);
  }
  (void)fputc('"', stream);
}

static void CsvHeader(const Ledger *ledger, FILE *stream) {
  const Study study = ledger->study;

  (void)fputs("sample", stream);
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    (void)fprintf(stream, *p->si ? ",%s [%s]" : ",%s", p->name, p->si);
  }
  (void)fputs(",outcome", stream);
  for (PetscInt k = 0; k < ledger->columns; k++) {
    char name[STUDY_NAME_LENGTH];
    const char *unit;
    StudyColumn(study, k, name, &unit);
    (void)fprintf(stream, ",%s [%s]", name, unit);
  }
  (void)fputs(",reason\n", stream);
}

static PetscErrorCode WriteCsv(const Ledger *ledger) {
  const Study study = ledger->study;
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  FILE *stream;
  int failed;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/sweep.csv", ledger->dir);
  (void)snprintf(temporary, sizeof temporary, "%s/sweep.csv.part", ledger->dir);
  stream = fopen(temporary, "w");
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot write '%s': %s", temporary, strerror(errno));
  CsvHeader(ledger, stream);
  for (PetscInt i = 0; i < ledger->count; i++) {
    (void)fprintf(stream, "%d", (int)i + 1);
    for (PetscInt k = 0; k < study->parameter_count; k++) {
      const StudyParameter *p = &study->parameters[k];
      const PetscInt index = StudyValueIndex(study, i, k);
      if (p->numbers) {
        CsvNumber(stream, p->numbers[index]);
      } else {
        CsvText(stream, p->values[index]);
      }
    }
    (void)fprintf(stream, ",%s", OutcomeName(ledger->outcome[i]));
    for (PetscInt k = 0; k < ledger->columns; k++) {
      CsvNumber(stream, ledger->values[i * ledger->columns + k]);
    }
    CsvText(stream, ledger->reason[i] ? ledger->reason[i] : "");
    (void)fputc('\n', stream);
  }
  failed = ferror(stream);
  failed |= fclose(stream);
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write '%s': %s", temporary, strerror(errno));
  PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

/* --- HDF5 --------------------------------------------------------------------------------------------------------- */

/* place: where it stands among the others of its group. */
static PetscErrorCode WriteNumbers(hid_t group, const char *path, const char *name, const char *unit, PetscInt place,
                                   PetscInt count, const double values[]) {
  const hsize_t size = (hsize_t)count;
  hid_t set;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Write(group, path, name, H5T_NATIVE_DOUBLE, 1, &size, values, &set));
  PetscCall(Hdf5AttributeText(set, path, "units", unit));
  PetscCall(Hdf5AttributeNumbers(set, path, "place", H5T_NATIVE_INT, 1, &place));
  H5Check(H5Dclose(set), path, "writing");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteTexts(hid_t group, const char *path, const char *name, PetscInt count,
                                 const char *const texts[]) {
  const hsize_t size = (hsize_t)count;
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &size, NULL), set;

  PetscFunctionBeginUser;
  H5Check(H5Tset_size(type, H5T_VARIABLE), path, "writing");
  H5Check(H5Tset_cset(type, H5T_CSET_UTF8), path, "writing");
  set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(set, path, "writing");
  H5Check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts), path, "writing");
  H5Check(H5Dclose(set), path, "writing");
  H5Check(H5Sclose(space), path, "writing");
  H5Check(H5Tclose(type), path, "writing");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteInputs(const Ledger *ledger, hid_t file, const char *path, double numbers[],
                                  const char *texts[]) {
  const Study study = ledger->study;
  hid_t group;

  PetscFunctionBeginUser;
  PetscCall(Hdf5CreateGroup(file, path, "inputs", &group));
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    const StudyParameter *p = &study->parameters[k];
    for (PetscInt i = 0; i < ledger->count; i++) {
      const PetscInt index = StudyValueIndex(study, i, k);
      numbers[i] = p->numbers ? p->numbers[index] : NAN;
      texts[i] = p->values[index];
    }
    if (p->numbers) {
      PetscCall(WriteNumbers(group, path, p->name, p->si, k, ledger->count, numbers));
    } else {
      PetscCall(WriteTexts(group, path, p->name, ledger->count, texts));
    }
  }
  H5Check(H5Gclose(group), path, "writing");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteMeasures(const Ledger *ledger, hid_t file, const char *path, double numbers[]) {
  hid_t group;

  PetscFunctionBeginUser;
  PetscCall(Hdf5CreateGroup(file, path, "measures", &group));
  for (PetscInt k = 0; k < ledger->columns; k++) {
    char name[STUDY_NAME_LENGTH];
    const char *unit;
    for (PetscInt i = 0; i < ledger->count; i++) {
      numbers[i] = ledger->values[i * ledger->columns + k];
    }
    StudyColumn(ledger->study, k, name, &unit);
    PetscCall(WriteNumbers(group, path, name, unit, k, ledger->count, numbers));
  }
  H5Check(H5Gclose(group), path, "writing");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteHdf5(const Ledger *ledger) {
  static const char *const designs[] = {[DESIGN_GRID] = "grid", [DESIGN_LIST] = "list", [DESIGN_TABLE] = "table"};
  const hsize_t count = (hsize_t)ledger->count;
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  const char **texts;
  double *numbers;
  Provenance provenance;
  hid_t file, set;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/sweep.h5", ledger->dir);
  (void)snprintf(temporary, sizeof temporary, "%s/sweep.h5.part", ledger->dir);
  PetscCall(PetscMalloc2(ledger->count, &texts, ledger->count, &numbers));
  PetscCall(Hdf5Create(temporary, &file));
  PetscCall(ProvenanceGet(PETSC_COMM_SELF, &provenance));
  PetscCall(HistoryWriteOrigin(file, temporary, &provenance, ledger->study->title));
  PetscCall(ProvenanceFree(&provenance));
  PetscCall(Hdf5AttributeText(file, temporary, "content", "sweep"));
  PetscCall(Hdf5AttributeText(file, temporary, "design",
                              ledger->study->origin ? ledger->study->origin : designs[ledger->study->design]));
  PetscCall(WriteInputs(ledger, file, temporary, numbers, texts));
  PetscCall(WriteMeasures(ledger, file, temporary, numbers));
  PetscCall(Hdf5Write(file, temporary, "outcome", H5T_NATIVE_INT, 1, &count, ledger->outcome, &set));
  PetscCall(Hdf5AttributeText(set, temporary, "meaning",
                              "-1 pending, 0 finished, 1 bad input, 2 failed, 3 stopped by a limit of its deck"));
  H5Check(H5Dclose(set), temporary, "writing");
  for (PetscInt i = 0; i < ledger->count; i++) {
    texts[i] = ledger->reason[i] ? ledger->reason[i] : "";
  }
  PetscCall(WriteTexts(file, temporary, "reason", ledger->count, texts));
  for (PetscInt i = 0; i < ledger->count; i++) {
    texts[i] = ledger->hash[i];
  }
  PetscCall(WriteTexts(file, temporary, "made_from", ledger->count, texts));
  H5Check(H5Fclose(file), temporary, "writing");
  PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  PetscCall(PetscFree2(texts, numbers));
  PetscFunctionReturn(0);
}

/* --- failures ----------------------------------------------------------------------------------------------------- */

static PetscErrorCode WriteFailures(const Ledger *ledger) {
  char path[PETSC_MAX_PATH_LEN], *text = NULL;
  size_t size;
  FILE *stream;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/failed.txt", ledger->dir);
  if (ledger->failed == 0) {
    (void)unlink(path);
    PetscFunctionReturn(0);
  }
  stream = open_memstream(&text, &size);
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the list of failures");
  for (PetscInt i = 0; i < ledger->count; i++) {
    char *command;
    if (ledger->outcome[i] == SAMPLE_PENDING || ledger->outcome[i] == RUN_FINISHED) {
      continue;
    }
    PetscCall(StudyCommand(ledger->study, i, LedgerLimit(ledger, i), &command));
    (void)fprintf(stream, "# sample %d: %s: %s\n%s\n", (int)i + 1, OutcomeName(ledger->outcome[i]), ledger->reason[i],
                  command);
    PetscCall(PetscFree(command));
  }
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the list of failures");
  PetscCall(FileWriteText(path, text, size));
  free(text);
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerWriteResults(Ledger *ledger) {
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(WriteCsv(ledger));
  PetscCall(WriteHdf5(ledger));
  PetscCall(WriteFailures(ledger));
  PetscCall(PetscTime(&end));
  ledger->last_write = end;
  ledger->write_cost = end - start;
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerRefreshResults(Ledger *ledger) {
  PetscLogDouble now;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  if (now - ledger->last_write >= fmax(least_pause, least_ratio * ledger->write_cost)) {
    PetscCall(LedgerWriteResults(ledger));
  }
  PetscFunctionReturn(0);
}
