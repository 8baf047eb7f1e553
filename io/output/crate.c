#include "crate.h"

#include "file_util.h"
#include "provenance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CRATE_FILE "ro-crate-metadata.json"

/* What a folder of results can hold; of these the ones that are there are named. */
static const struct {
  const char *name, *format, *what;
} parts[] = {
    {"history.h5", "application/x-hdf5", "history, ring profiles, deck and provenance"},
    {"history.csv", "text/csv", "history: a row for each time step, SI"},
    {"deck.yaml", "application/yaml", "the deck with includes, overrides and defaults resolved"},
    {"report.json", "application/json", "how the run ended: steps, counts, balances, errors"},
    {"impedance.h5", "application/x-hdf5", "impedances of all states"},
    {"fields.xdmf", "application/xml", "collection of the saved instants, for ParaView"},
    {"fields/", NULL, "cell fields, a VTKHDF file for each saved instant"},
    {"impedance/", NULL, "impedances, a table for each state"},
    {"checkpoint/", NULL, "the newest states"},
};

/* json_pack takes no references away on failure, and a title may be no UTF-8. */
static const char *Utf8(const char *text) {
  json_t *probe = json_string(text ? text : "");
  const char *given = probe ? text : "(not UTF-8)";

  json_decref(probe);
  return given;
}

static json_t *PartsOf(const char *dir, json_t *graph) {
  json_t *list = json_array();
  char path[PETSC_MAX_PATH_LEN];

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(parts); k++) {
    (void)snprintf(path, sizeof path, "%s/%s", dir, parts[k].name);
    if (access(path, F_OK)) {
      continue;
    }
    (void)json_array_append_new(list, json_pack("{s:s}", "@id", parts[k].name));
    (void)json_array_append_new(graph, parts[k].format
                                           ? json_pack("{s:s, s:s, s:s, s:s}", "@id", parts[k].name, "@type", "File",
                                                       "encodingFormat", parts[k].format, "description", parts[k].what)
                                           : json_pack("{s:s, s:s, s:s}", "@id", parts[k].name, "@type", "Dataset",
                                                       "description", parts[k].what));
  }
  return list;
}

static json_t *Graph(const char *dir, const char *title, int status, const char *reason, const Provenance *provenance) {
  json_t *graph = json_array(), *list = PartsOf(dir, graph);
  const time_t now = time(NULL);
  struct tm utc;
  char date[32] = "";

  if (gmtime_r(&now, &utc)) {
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  }
  (void)json_array_append_new(graph,
                              json_pack("{s:s, s:s, s:{s:s}, s:{s:s}}", "@id", CRATE_FILE, "@type", "CreativeWork",
                                        "conformsTo", "@id", "https://w3id.org/ro/crate/1.1", "about", "@id", "./"));
  (void)json_array_append_new(
      graph, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "@id", "./", "@type", "Dataset", "name",
                       title && *title ? Utf8(title) : "a run of lisei", "description",
                       "Results of the lisei simulator; SI units; positive current and potential are anodic, that is "
                       "stripping of the lithium electrode",
                       "datePublished", date, "hasPart", list));
  (void)json_array_append_new(graph, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "@id", "#lisei", "@type",
                                               "SoftwareApplication", "name", "lisei", "version", provenance->version,
                                               "softwareVersion", provenance->git_hash, "softwareRequirements",
                                               provenance->petsc_version));
  (void)json_array_append_new(
      graph, json_pack("{s:s, s:s, s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:s}", "@id", "#run", "@type",
                       "CreateAction", "endTime", date, "instrument", "@id", "#lisei", "object", "@id", "deck.yaml",
                       "result", "@id", "./", "actionStatus", "@id",
                       status == 0 ? "http://schema.org/CompletedActionStatus" : "http://schema.org/FailedActionStatus",
                       "description", Utf8(reason)));
  return graph;
}

PetscErrorCode CrateWrite(MPI_Comm comm, const char *dir, const char *title, int status, const char *reason) {
  Provenance provenance;
  char path[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(ProvenanceGet(comm, &provenance));
  if (rank == 0) {
    json_t *root = json_pack("{s:s, s:o}", "@context", "https://w3id.org/ro/crate/1.1/context", "@graph",
                             Graph(dir, title, status, reason, &provenance));
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "cannot put the description of the results into words");
    PetscCall(PetscSNPrintf(path, sizeof path, "%s/" CRATE_FILE, dir));
    PetscCall(FileWriteText(path, text, strlen(text)));
    free(text);
  }
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}
