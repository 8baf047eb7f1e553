/* Small signals of the SEI block, as a path offers them (path.h). Private to the SEI part; made at their first use. */
#ifndef LISEI_SEI_SIGNAL_H
#define LISEI_SEI_SIGNAL_H

#include "sei_private.h"

PetscErrorCode SeiSignalAllocate(SeiBlock *block);
PetscErrorCode SeiSignalDestroy(SeiBlock *block);
PetscErrorCode SeiSignalLinearise(void *context, const ChargeStorage *storage, const double current[],
                                  const double state[]);
PetscErrorCode SeiSignalImpedance(void *context, double complex s, double complex impedance[]);
PetscErrorCode SeiSignalDrops(void *context, const double complex current[], double complex drop[]);
PetscErrorCode SeiSignalNetwork(void *context, Network network, const PetscInt ring_node[]);
PetscInt SeiSignalNodes(void *context);

#endif
