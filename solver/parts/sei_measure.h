/* What the current does in a resolved SEI: where its work is spent, how it crowds at both faces, where the field is
   largest. Definitions: docs/theory.md, "What the current does in the SEI". */
#ifndef LISEI_SEI_MEASURE_H
#define LISEI_SEI_MEASURE_H

#include "../system/path.h"

/* How a face carries its current; densities over their mean, in the direction of the total; NAN at no current. */
typedef struct {
  double peak;                          /* [1] largest */
  double share1, share10;               /* [1] of the current in the hottest 1 % and 10 % of the area */
  double quantile5, median, quantile95; /* [1] by area */
} SeiCrowding;

typedef struct {
  double current;                     /* [A] through the block */
  double sei, transfer, constriction; /* [W] spent in the SEI, at SE|SEI, in the electrolyte */
  double field, field_r, field_z;   /* [V/m] largest outside pores, [m] where: radius, distance from the electrolyte */
  SeiCrowding lithium, electrolyte; /* Li|SEI: the columns at the top; SE|SEI: at the bottom */
} SeiMeasure;

/* At the size of the last PathSetSize; `current` [A] into the columns, `state` that of the path. */
PetscErrorCode SeiPathMeasure(Path path, const double current[], const double state[], SeiMeasure *measure);
/* From the currents [A] and areas (any unit) of the pieces of a face. */
PetscErrorCode SeiCrowdingOf(PetscInt count, const double current[], const double area[], SeiCrowding *crowding);

#endif
