/* The command line: `lisei run | check | resume | sweep | fit | cell | body | help | --version`. Nothing includes this
 * but the cli's own files. */
#ifndef LISEI_CLI_H
#define LISEI_CLI_H

#include "../experiment/run.h"

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
PetscErrorCode CommandCell(const CliArguments *arguments, Diagnostics diagnostics, int *status);
/* `lisei check` of a unit cell's deck; `lisei help cell [key | reference | deck]`. */
PetscErrorCode CommandCellCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandCellHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status);
/* Is the file the deck of a unit cell: has it a group `cell` at its top? */
PetscBool IsCellDeck(const char *path);
/* The same of a lithium body. */
PetscErrorCode CommandBody(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandBodyCheck(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandBodyHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscBool IsBodyDeck(const char *path);
PetscErrorCode CommandHelp(const CliArguments *arguments, Diagnostics diagnostics, int *status);
PetscErrorCode CommandVersion(void);

#endif
