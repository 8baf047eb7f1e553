/* Impedance of a run: impedance.h5, one CSV file per state, and what is to be said of them. */
#ifndef LISEI_RUN_IMPEDANCE_H
#define LISEI_RUN_IMPEDANCE_H

#include "run_private.h"

/* Nothing if the protocol measures none. `kept` states stay in the files. */
PetscErrorCode RunImpedanceCreate(Run *run, PetscInt kept);
PetscErrorCode RunImpedanceDestroy(Run *run);
/* At the present state, if the segment that is done asks for it. *failed, with a text in run->failure: not possible. */
PetscErrorCode RunMeasure(Run *run, PetscBool *failed);
PetscErrorCode RunImpedanceReport(Run *run);
PetscErrorCode RunImpedanceSummary(const Run *run, FILE *stream);

#endif
