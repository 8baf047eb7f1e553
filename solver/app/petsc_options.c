#include "petsc_options.h"
#include <strings.h>

/* Options of this process, not of the run: PETSc looks for them when it ends (some also when it starts), and the
   monitors write where this process was told to. */
static bool ConcernsProcess(const char *name) {
  static const char *const names[] = {"options_left", "options_view", "objects_dump",    "citations",  "mpidump",
                                      "log_view",     "malloc_dump",  "get_total_flops", "ts_monitor", "snes_monitor"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    if (!strcasecmp(name, names[k])) {
      return true;
    }
  }
  return false;
}

/* What PETSc looks for only when it starts, which is over when a deck is read. */
static bool ConcernsStart(const char *name) {
  static const char *const beginnings[] = {
      "log_",    "malloc",   "memory_view", "info",      "help",         "version",       "fp_trap",     "on_error_",
      "debug",   "start_in", "stop_for",    "no_signal", "history",      "saws",          "options_",    "objects",
      "device_", "use_gpu",  "display",     "x_",        "error_output", "check_pointer", "skip_petscrc"};
  for (size_t k = 0; k < sizeof beginnings / sizeof *beginnings; k++) {
    if (!strncasecmp(name, beginnings[k], strlen(beginnings[k]))) {
      return true;
    }
  }
  return false;
}

PetscErrorCode KeepPetscOptions(Deck deck) {
  PetscInt count;
  char **names, **values;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt k = 0; k < count; k++) {
    char name[PETSC_MAX_OPTION_NAME + 1];
    (void)snprintf(name, sizeof name, "-%s", names[k]);
    if (ConcernsProcess(names[k])) {
      continue;
    }
    PetscCall(DeckSetPetscOption(deck, name, values[k] ? values[k] : ""));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  PetscFunctionReturn(0);
}

PetscErrorCode SetPetscOptions(Deck deck) {
  PetscFunctionBeginUser;
  PetscCall(KeepPetscOptions(deck));
  for (PetscInt k = 0; k < DeckPetscOptionCount(deck); k++) {
    const char *name, *value;
    DeckPetscOption(deck, k, &name, &value);
    PetscCall(PetscOptionsSetValue(NULL, name, value));
    if (!strcmp(name, "-log_view")) { /* PETSc looks for it when it starts, which is over */
      PetscBool wanted;
      PetscCall(PetscOptionsHasName(NULL, NULL, name, &wanted)); /* used now */
      PetscCall(PetscLogDefaultBegin());
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CheckLeftOptions(Deck deck, Diagnostics diagnostics) {
  PetscInt count;
  char **names, **values;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt k = 0; k < count; k++) {
    const char *file = NULL, *key = NULL;
    int line = 0;
    if (ConcernsProcess(names[k]) && strcasecmp(names[k], "ts_monitor") && strcasecmp(names[k], "snes_monitor")) {
      continue; /* PETSc asks for it at the end */
    }
    for (PetscInt d = 0; d < DeckPetscOptionCount(deck); d++) {
      const char *name, *value;
      DeckPetscOption(deck, d, &name, &value);
      if (!strcmp(name + 1, names[k])) {
        DeckPetscOptionWhere(deck, d, &file, &line);
        key = file ? "petsc" : NULL;
      }
    }
    PetscCall(DiagnosticsAdd(diagnostics, file, line, key,
                             file && ConcernsStart(names[k])
                                 ? "the PETSc option -%s is read when PETSc starts, before any deck: give it behind "
                                   "`--` or in PETSC_OPTIONS"
                                 : "the PETSc option -%s is not used by anything in this run: misspelt, or it belongs "
                                   "to another bulk.solver",
                             names[k]));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  PetscFunctionReturn(0);
}
