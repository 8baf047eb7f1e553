#include "cli.h"

/* Take an option of a sweep that has no value; is it one? */
static PetscBool TakeSweepFlag(const char *command, const char *word, CliArguments *arguments) {
  if (strcmp(command, "sweep") != 0) {
    return PETSC_FALSE;
  }
  if (!strcmp(word, "--dry-run")) {
    arguments->dry_run = PETSC_TRUE;
  } else if (!strcmp(word, "--collect")) {
    arguments->collect = PETSC_TRUE;
  } else if (!strcmp(word, "--update")) {
    arguments->update = PETSC_TRUE;
  } else if (!strcmp(word, "--retry")) {
    arguments->retry = PETSC_TRUE;
  } else {
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

PetscErrorCode CliParse(int argc, char **argv, Diagnostics diagnostics, CliArguments *arguments) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(argc, &arguments->overrides));
  for (int k = 2; k < argc; k++) {
    const char *word = argv[k];
    const char *value = strchr(word, '=');

    if (TakeSweepFlag(argv[1], word, arguments)) {
      continue;
    }
    if (!strcmp(argv[1], "sweep") && !strcmp(word, "--chunk") && k + 1 < argc) {
      arguments->chunk = argv[++k];
    } else if (!strncmp(word, "--chunk=", 8) && !strcmp(argv[1], "sweep")) {
      arguments->chunk = value + 1;
    } else if (!strcmp(word, "--force")) {
      arguments->force = PETSC_TRUE;
    } else if (!strcmp(word, "--out") || !strcmp(word, "--set") || !strcmp(word, "--against")) {
      if (k + 1 >= argc) {
        PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL, "%s needs a value", word));
      } else if (word[2] == 'o') {
        arguments->out = argv[++k];
      } else if (word[2] == 'a') {
        arguments->against = argv[++k];
      } else {
        arguments->overrides[arguments->override_count++] = argv[++k];
      }
    } else if (!strncmp(word, "--out=", 6)) {
      arguments->out = value + 1;
    } else if (!strncmp(word, "--against=", 10)) {
      arguments->against = value + 1;
    } else if (!strncmp(word, "--set=", 6)) {
      arguments->overrides[arguments->override_count++] = argv[k] + 6;
    } else if (word[0] == '-') {
      PetscCall(DiagnosticsAdd(diagnostics, NULL, 0, NULL,
                               "unknown option '%s' (known: %s; PETSc options go after `--`)", word,
                               strcmp(argv[1], "sweep") ? "--out, --set, --force, --against"
                                                        : "--out, --dry-run, --chunk, --collect, --update, --retry"));
    } else if (arguments->positional_count < 4) {
      arguments->positional[arguments->positional_count++] = word;
    }
  }
  PetscFunctionReturn(0);
}
