/* The parameter table of the program: the keys of io/deck/parameters.c and the declarations of every law in physics/,
   each in the group that bears the law's name beside the key that chooses it. Registering a law in physics/ is enough
   to appear here. */
#ifndef LISEI_CATALOGUE_H
#define LISEI_CATALOGUE_H

#include "../../io/deck/table.h"

PetscErrorCode CatalogueCreate(ParameterTable *table);
PetscErrorCode CatalogueDestroy(ParameterTable *table);

/* The three processes of `interface.kinetics: series`, in order. */
extern const char *const CatalogueProcesses[3];

#endif
