/* A lithium-filled crack as a part: a second electrode below the contact. Equations: crack_network.h. */
#ifndef LISEI_CRACK_PART_H
#define LISEI_CRACK_PART_H

#include "crack_network.h"
#include "grain.h"

/* Ends that it offers: crack_initiated, crack_length. */
enum { CRACK_END_COUNT = 2 };
extern const PartEnd crack_ends[CRACK_END_COUNT];

/* `grain`: of the same electrode, for the saved fields; used if network->adds_grain. */
PetscErrorCode CrackPartCreate(const CrackNetwork *network, const Grain *grain, Part *part);

#endif
