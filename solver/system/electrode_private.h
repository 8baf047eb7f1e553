/* What the files of the electrode share. */
#ifndef LISEI_ELECTRODE_PRIVATE_H
#define LISEI_ELECTRODE_PRIVATE_H

#include "electrode.h"

/* Names of the parts, which of them closes the system and which take current. */
PetscErrorCode ElectrodePartsCheck(Electrode electrode);
/* Collect the blocks of electrode and parts, and tell the parts where theirs are. */
PetscErrorCode ElectrodeLayoutCreate(const ElectrodeModel *model, PetscBool has_ground, StateLayout *layout);
PetscErrorCode StateLayoutDestroy(StateLayout *layout);

#endif
