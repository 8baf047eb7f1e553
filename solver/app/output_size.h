/* What a run will write, foreseen from its deck. */
#ifndef LISEI_OUTPUT_SIZE_H
#define LISEI_OUTPUT_SIZE_H

#include "../model/simulation.h"

/* Print the number and size of field files and rows. One process. */
PetscErrorCode OutputSizePrint(Simulation simulation, FILE *stream);

#endif
