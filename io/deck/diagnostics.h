/* Everything that is wrong with a deck or a command line, collected so that all of it is reported at once. */
#ifndef LISEI_DIAGNOSTICS_H
#define LISEI_DIAGNOSTICS_H

#include <petscsys.h>
#include <stdio.h>

typedef struct Diagnostics_ *Diagnostics;

PetscErrorCode DiagnosticsCreate(Diagnostics *diagnostics);
PetscErrorCode DiagnosticsDestroy(Diagnostics *diagnostics);
/* Add an error, once however often it is added: "file:line: key: message". file may be NULL (command line), line 0, key
 * NULL: those parts are left out. */
PetscErrorCode DiagnosticsAdd(Diagnostics diagnostics, const char *file, int line, const char *key, const char *format,
                              ...) __attribute__((format(printf, 5, 6)));
PetscInt DiagnosticsCount(Diagnostics diagnostics);
const char *DiagnosticsMessage(Diagnostics diagnostics, PetscInt index);
/* The messages (of very many the first 1000), one a line, sorted by file and line, then a line with their number. */
PetscErrorCode DiagnosticsPrint(Diagnostics diagnostics, FILE *stream);

#endif
