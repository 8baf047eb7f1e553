/* The keys of a unit cell's deck, a table of their own. */
#ifndef LISEI_CELL_PARAMETERS_H
#define LISEI_CELL_PARAMETERS_H

#include "../../io/deck/table.h"

PetscErrorCode CellTableCreate(ParameterTable *table);

#endif
