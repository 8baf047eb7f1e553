#include "report.h"

#include "file_util.h"
#include "history.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct _p_Report {
  char path[PETSC_MAX_PATH_LEN];
  json_t *root; /* NULL on processes that do not write */
};

static json_t *Real(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

/* Text that is no UTF-8 (a title in another encoding) must not cost us the report. */
static json_t *Text(const char *text) {
  json_t *value = json_string(text ? text : "");
  return value ? value : json_string("(not UTF-8)");
}

/* Put a value, owned from here on, into `object`. */
static PetscErrorCode Set(json_t *object, const char *key, json_t *value) {
  PetscFunctionBeginUser;
  PetscCheck(value && json_object_set_new(object, key, value) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "cannot enter %s in the report", key);
  PetscFunctionReturn(0);
}

static PetscErrorCode SetProvenance(json_t *root, const Provenance *provenance) {
  json_t *object = json_object();

  PetscFunctionBeginUser;
  PetscCall(Set(root, "provenance", object));
  PetscCall(Set(object, "version", Text(provenance->version)));
  PetscCall(Set(object, "git_hash", Text(provenance->git_hash)));
  PetscCall(Set(object, "petsc_version", Text(provenance->petsc_version)));
  PetscCall(Set(object, "hdf5_version", Text(provenance->hdf5_version)));
  PetscCall(Set(object, "mpi_version", Text(provenance->mpi_version)));
  PetscCall(Set(object, "petsc_options", Text(provenance->petsc_options)));
  PetscCall(Set(object, "ranks", json_integer(provenance->ranks)));
  PetscFunctionReturn(0);
}

PetscErrorCode ReportCreate(MPI_Comm comm, const char *dir, const char *title, Report *report) {
  Provenance provenance;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(report));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(PetscSNPrintf((*report)->path, sizeof(*report)->path, "%s/report.json", dir));
  PetscCall(ProvenanceGet(comm, &provenance));
  if (rank == 0) {
    json_t *root = json_object();
    PetscCheck(root, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the report");
    (*report)->root = root;
    PetscCall(Set(root, "lisei_format", Text(LISEI_FORMAT)));
    PetscCall(Set(root, "title", Text(title)));
    PetscCall(Set(root, "sign_convention", Text(HISTORY_SIGN_CONVENTION)));
    PetscCall(SetProvenance(root, &provenance));
    PetscCall(ReportSetExit(*report, REPORT_RUNNING, "running"));
    PetscCall(Set(root, "steps", json_array()));
    PetscCall(Set(root, "timings", json_object()));
    PetscCall(Set(root, "counts", json_object()));
    PetscCall(Set(root, "balances", json_object()));
    PetscCall(Set(root, "discretisation", json_object()));
    PetscCall(Set(root, "warnings", json_object()));
  }
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}

PetscErrorCode ReportAddStep(Report report, const ReportStep *step) {
  json_t *object;

  PetscFunctionBeginUser;
  if (report->root) {
    object = json_object();
    PetscCheck(object && json_array_append_new(json_object_get(report->root, "steps"), object) == 0, PETSC_COMM_SELF,
               PETSC_ERR_MEM, "no memory for the report");
    PetscCall(Set(object, "index", json_integer(step->index)));
    PetscCall(Set(object, "kind", Text(step->kind)));
    PetscCall(Set(object, "start_time", Real(step->start_time)));
    PetscCall(Set(object, "end_time", Real(step->end_time)));
    PetscCall(Set(object, "reason", Text(step->reason)));
    PetscCall(Set(object, "cycles", json_integer(step->cycles)));
    PetscCall(Set(object, "charge", Real(step->charge)));
    PetscCall(Set(object, "end_potential", Real(step->potential)));
    PetscCall(Set(object, "end_current", Real(step->current)));
    PetscCall(Set(object, "end_contact_fraction", Real(step->contact_fraction)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportSetExit(Report report, int status, const char *reason) {
  json_t *object;

  PetscFunctionBeginUser;
  if (report->root) {
    object = json_object();
    PetscCall(Set(report->root, "exit", object));
    PetscCall(Set(object, "status", json_integer(status)));
    PetscCall(Set(object, "reason", Text(reason)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportSetTimings(Report report, const ReportTimings *timings) {
  PetscFunctionBeginUser;
  if (report->root) {
    json_t *object = json_object_get(report->root, "timings");
    PetscCall(Set(object, "setup", Real(timings->setup)));
    PetscCall(Set(object, "stepping", Real(timings->stepping)));
    PetscCall(Set(object, "output", Real(timings->output)));
    PetscCall(Set(object, "total", Real(timings->setup + timings->stepping + timings->output)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportSetCounts(Report report, const ReportCounts *counts) {
  PetscFunctionBeginUser;
  if (report->root) {
    json_t *object = json_object_get(report->root, "counts");
    PetscCall(Set(object, "steps", json_integer(counts->steps)));
    PetscCall(Set(object, "rejected", json_integer(counts->rejected)));
    PetscCall(Set(object, "newton_iterations", json_integer(counts->newton_iterations)));
    PetscCall(Set(object, "linear_iterations", json_integer(counts->linear_iterations)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportSetBalances(Report report, const ReportBalances *balances) {
  PetscFunctionBeginUser;
  if (report->root) {
    json_t *object = json_object_get(report->root, "balances");
    PetscCall(Set(object, "current", Real(balances->current)));
    PetscCall(Set(object, "volume", Real(balances->volume)));
    PetscCall(Set(object, "force", Real(balances->force)));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Note(Report report, const char *section, const char *name, json_t *value) {
  PetscFunctionBeginUser;
  if (report->root) {
    if (!json_object_get(report->root, section)) {
      PetscCall(Set(report->root, section, json_object()));
    }
    PetscCall(Set(json_object_get(report->root, section), name, value));
  } else {
    json_decref(value);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportNoteReal(Report report, const char *section, const char *name, double value) {
  PetscFunctionBeginUser;
  PetscCall(Note(report, section, name, Real(value)));
  PetscFunctionReturn(0);
}

PetscErrorCode ReportNoteInteger(Report report, const char *section, const char *name, PetscInt value) {
  PetscFunctionBeginUser;
  PetscCall(Note(report, section, name, json_integer(value)));
  PetscFunctionReturn(0);
}

PetscErrorCode ReportNoteText(Report report, const char *section, const char *name, const char *value) {
  PetscFunctionBeginUser;
  PetscCall(Note(report, section, name, Text(value)));
  PetscFunctionReturn(0);
}

PetscErrorCode ReportWrite(Report report) {
  char *text;

  PetscFunctionBeginUser;
  if (report->root) {
    text = json_dumps(report->root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "cannot put the report into words");
    PetscCall(FileWriteText(report->path, text, strlen(text)));
    free(text);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ReportDestroy(Report *report) {
  PetscFunctionBeginUser;
  if (*report) {
    json_decref((*report)->root);
    PetscCall(PetscFree(*report));
  }
  PetscFunctionReturn(0);
}
