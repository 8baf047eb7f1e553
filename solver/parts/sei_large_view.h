/* What the distributed SEI shows at a state: sei.h and sei_measure.h ask for it where the path is one. Private to the
   SEI part. */
#ifndef LISEI_SEI_LARGE_VIEW_H
#define LISEI_SEI_LARGE_VIEW_H

#include "sei_large.h"
#include "sei_measure.h"

/* The data of a path that is distributed; NULL: it is not. */
SeiLarge *SeiLargeOf(Path path);
/* As SeiPathMeasure. Collective. */
PetscErrorCode SeiLargeMeasure(SeiLarge *s, const double current[], const double state[], SeiMeasure *measure);
/* Potentials [V] and current densities [A/m^2] of the own columns' cells, (column - column_first)*layers + layer; flow
   [A] from every column into the electrolyte. With `corners` half of what passes across one is counted around either
   side of it. Collective. */
PetscErrorCode SeiLargeCells(SeiLarge *s, const double current[], const double state[], PetscBool corners,
                             double potential[], double current_r[], double current_z[], double bottom[]);

/* The same of all columns on every process. */
PetscErrorCode SeiLargeView(SeiLarge *s, const double current[], const double state[], double potential[],
                            double current_r[], double current_z[], double bottom[]);

#endif
