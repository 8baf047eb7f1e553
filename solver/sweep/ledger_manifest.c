/* The manifest: manifest.csv, a line for each sample with the hash of what it is made from and its inputs as written;
   first.yaml, the resolved deck of the first sample, so that a changed base deck is named by its keys. */
#include "../../io/output/file_util.h"
#include "ledger.h"
#include <stdlib.h>

static const char magic[] = "# lisei sweep manifest 1\n";

/* The measures, with everything that they depend on. */
static void WriteMeasures(const Study study, FILE *stream) {
  (void)fputs("# measures:", stream);
  for (PetscInt k = 0; k < study->measure_count; k++) {
    const Measure *m = &study->measures[k];
    (void)fprintf(stream, " %s=%s", m->name, m->kind ? m->kind->name : m->column ? m->column : m->expression);
    (void)fprintf(stream, "[%s,%s,%d,%d,%d,%g,%g]", m->unit, ReductionNames[m->reduction], (int)m->cycle, (int)m->step,
                  (int)m->state, m->at, m->share);
  }
  (void)fputs("\n", stream);
}

static void WriteParameters(const Study study, FILE *stream) {
  (void)fputs("# parameters:", stream);
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    (void)fprintf(stream, " %s", study->parameters[k].name);
  }
  (void)fprintf(stream, "%s%s\n", study->limit ? " limit " : "", study->limit ? study->limit->parameter.name : "");
}

/* The three lines that a manifest begins with. Free with free. */
static PetscErrorCode Heading(const Study study, char **text) {
  size_t size;
  FILE *stream = open_memstream(text, &size);

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the manifest");
  (void)fputs(magic, stream);
  WriteParameters(study, stream);
  WriteMeasures(study, stream);
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the manifest");
  PetscFunctionReturn(0);
}

static void WriteRows(const Ledger *ledger, FILE *stream) {
  const Study study = ledger->study;

  (void)fputs("sample,made_from", stream);
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    (void)fprintf(stream, ",%s", study->parameters[k].name);
  }
  (void)fputs("\n", stream);
  for (PetscInt i = 0; i < ledger->count; i++) {
    if (!*ledger->hash[i]) {
      continue;
    }
    (void)fprintf(stream, "%d,%s", (int)i + 1, ledger->hash[i]);
    for (PetscInt k = 0; k < study->parameter_count; k++) {
      (void)fprintf(stream, ",\"%s\"", study->parameters[k].values[StudyValueIndex(study, i, k)]);
    }
    (void)fputs("\n", stream);
  }
}

/* The manifest of the folder, or of a chunk; that of the folder has no rows where chunks have them. */
static PetscErrorCode WriteManifest(const Ledger *ledger, const char *path, bool rows) {
  char *heading, *text = NULL;
  size_t size;
  FILE *stream;

  PetscFunctionBeginUser;
  PetscCall(Heading(ledger->study, &heading));
  stream = open_memstream(&text, &size);
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the manifest");
  (void)fputs(heading, stream);
  if (rows) {
    WriteRows(ledger, stream);
  } else {
    (void)fputs("# rows: chunks/*/manifest.csv\n", stream);
  }
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the manifest");
  PetscCall(FileWriteText(path, text, size));
  free(text);
  free(heading);
  PetscFunctionReturn(0);
}

PetscErrorCode LedgerWriteManifest(const Ledger *ledger, Deck first, const char *chunk) {
  char path[PETSC_MAX_PATH_LEN], *record;

  PetscFunctionBeginUser;
  PetscCall(DeckRecord(first, &record));
  (void)snprintf(path, sizeof path, "%s/first.yaml", ledger->dir);
  PetscCall(FileWriteText(path, record, strlen(record)));
  if (chunk) {
    (void)snprintf(path, sizeof path, "%s/chunks/%s/manifest.csv", ledger->dir, chunk);
    PetscCall(WriteManifest(ledger, path, true));
  }
  (void)snprintf(path, sizeof path, "%s/manifest.csv", ledger->dir);
  PetscCall(WriteManifest(ledger, path, !chunk));
  PetscCall(PetscFree(record));
  PetscFunctionReturn(0);
}

/* --- comparison --------------------------------------------------------------------------------------------------- */

/* Next line of a text, without its end; NULL at the end. */
static char *NextLine(char **rest) {
  char *line = *rest ? strsep(rest, "\n") : NULL;
  return line;
}

static PetscErrorCode CompareHeading(const Ledger *ledger, char *then, bool update, Diagnostics diagnostics) {
  char *heading, *rest, *wanted = NULL, *got, *then_rest = then;

  PetscFunctionBeginUser;
  PetscCall(Heading(ledger->study, &heading));
  rest = heading;
  for (int k = 0; k < 3; k++) {
    wanted = NextLine(&rest);
    got = NextLine(&then_rest);
    if (got && !strcmp(wanted, got)) {
      continue;
    }
    if (k == 0 || !got) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                               "'%s/manifest.csv' is not a manifest that this version reads: give another folder",
                               ledger->dir));
      break;
    }
    if (k == 1) {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, "--out",
                               "'%s' holds another sweep, of the%s; this one is of the%s: give another folder",
                               ledger->dir, got + 1, wanted + 1));
      break;
    }
    if (!update) {
      PetscCall(DiagnosticsAdd(diagnostics, ledger->study->path, 0, "measures",
                               "they differ from those of the sweep in '%s': put them back, give another --out, or "
                               "`--update` to run all samples again",
                               ledger->dir));
    }
  }
  free(heading);
  PetscFunctionReturn(0);
}

/* The keys that vary may differ between the first sample now and the first sample then. */
static PetscErrorCode CompareBase(const Ledger *ledger, Deck first, const char *record, Diagnostics diagnostics) {
  const Study study = ledger->study;
  DeckAssignment *assignments;
  PetscInt count;
  char **varied;
  DeckCompareRules rules = {
      .advice = ": put it back, give another --out, or `--update` to run the samples again that it changes",
      .fixed_advice = ""};

  PetscFunctionBeginUser;
  PetscCall(StudyAssign(study, 0, &count, &assignments));
  if (study->limit) {
    PetscCall(StudyAssignLimit(study, study->limit->parameter.from, &count, &assignments));
  }
  PetscCall(PetscMalloc1(count, &varied));
  for (PetscInt k = 0; k < count; k++) {
    PetscCall(PetscStrallocpy(assignments[k].text, &varied[k]));
  }
  rules.override_count = count;
  rules.overrides = varied;
  PetscCall(DeckCompare(first, study->base, record, &rules, diagnostics));
  for (PetscInt k = 0; k < count; k++) {
    PetscCall(PetscFree(varied[k]));
  }
  PetscCall(PetscFree(varied));
  PetscCall(StudyFreeAssignments(count, &assignments));
  PetscFunctionReturn(0);
}

/* The whole file; NULL if it is not there. Free with free. */
static char *ReadText(const char *path) {
  FILE *stream = fopen(path, "r");
  char *text = NULL;
  size_t size = 0;

  if (!stream) {
    return NULL;
  }
  if (getdelim(&text, &size, '\0', stream) < 0) {
    free(text);
    text = strdup("");
  }
  (void)fclose(stream);
  return text;
}

PetscErrorCode LedgerCheckManifest(const Ledger *ledger, Deck first, bool update, Diagnostics diagnostics) {
  char path[PETSC_MAX_PATH_LEN], *manifest, *record;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/manifest.csv", ledger->dir);
  manifest = ReadText(path);
  (void)snprintf(path, sizeof path, "%s/first.yaml", ledger->dir);
  record = ReadText(path);
  if (manifest) {
    const PetscInt before = DiagnosticsCount(diagnostics);
    PetscCall(CompareHeading(ledger, manifest, update, diagnostics));
    if (record && !update && DiagnosticsCount(diagnostics) == before) {
      PetscCall(CompareBase(ledger, first, record, diagnostics));
    }
  }
  free(manifest);
  free(record);
  PetscFunctionReturn(0);
}
