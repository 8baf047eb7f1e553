/* The keys of a lithium body's deck, a table of their own. */
#ifndef LISEI_BODY_PARAMETERS_H
#define LISEI_BODY_PARAMETERS_H

#include "../../io/deck/table.h"

PetscErrorCode BodyTableCreate(ParameterTable *table);

#endif
