/* What a run will write, foreseen from its deck. */
#ifndef LISEI_OUTPUT_SIZE_H
#define LISEI_OUTPUT_SIZE_H

#include "../model/simulation.h"

/* Fields that the disk under `dir` (a folder that is there, or the nearest one above) cannot hold. Process 0 looks. */
PetscErrorCode OutputSizeCheck(Simulation simulation, const char *dir, Diagnostics diagnostics);
/* Print the number and size of field files, rows and checkpoints. One process. */
PetscErrorCode OutputSizePrint(Simulation simulation, FILE *stream);

#endif
