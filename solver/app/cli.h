/* The command line: `lisei run | check | resume | sweep | fit | cell | body | help | --version`. Nothing includes this
 * but the cli's own files. */
#ifndef LISEI_CLI_H
#define LISEI_CLI_H

#include "../experiment/run.h"
#include "model_kind.h"

/* Arguments after the command's name. Values are borrowed from argv. */
typedef struct {
  const char *positional[4];
  PetscInt positional_count;
  const char *out;                           /* --out DIR */
  PetscBool force;                           /* --force */
  const char *against;                       /* --against DIR */
  PetscBool dry_run, collect, update, retry; /* of a sweep */
  const char *chunk;                         /* --chunk K/N */
  PetscInt override_count;                   /* --set key=value */
  char **overrides;
} CliArguments;

/* Read the arguments of a command; every mistake goes to `diagnostics`. Free `overrides`. */
PetscErrorCode CliParse(int argc, char **argv, Diagnostics diagnostics, CliArguments *arguments);

PetscErrorCode CommandRun(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandResume(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandSweep(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandFit(const CliArguments *arguments, Diagnostics diagnostics, int *status);
/* `lisei cell`, `lisei body`; `lisei check` of their decks; `lisei help cell [key | reference | deck]`. */
PetscErrorCode CommandModel(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandModelCheck(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics,
                                 int *status);
PetscErrorCode CommandModelHelp(const ModelKind *kind, const CliArguments *arguments, Diagnostics diagnostics,
                                int *status);
PetscErrorCode CommandHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandVersion(void);

#endif
