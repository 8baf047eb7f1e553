/* A measured map of phases: pixels of one phase each, resampled onto boxes by exact areas. Row 0 is the first along the
   second axis, column 0 the first along the first. Lengths in metres; the map's corner is the origin. */
#ifndef LISEI_PHASE_MAP_H
#define LISEI_PHASE_MAP_H

#include <stddef.h>

/* What is beyond the last column. */
typedef enum { MAP_ENDS, MAP_REPEATS, MAP_MIRRORS } PhaseMapBeyond;

enum { PHASE_MAP_PHASES = 4 };

typedef struct {
  size_t columns, rows;
  unsigned char *phase; /* columns*rows, row after row: 0 to PHASE_MAP_PHASES - 1 */
  double pixel[2];      /* [m] of a column, of a row */
  PhaseMapBeyond beyond;
} PhaseMap;

/* Phase at a point; points beyond rows take the nearest row. */
int phase_map_at(const PhaseMap *map, double x, double z);
/* Shares [1] of the phases in the box x0..x1, z0..z1. radial: x is the radius of an axisymmetric model, areas are those
   of rings. Exact: summed over boxes that tile a region they give the pixels' own. */
void phase_map_box(const PhaseMap *map, double x0, double x1, double z0, double z1, int radial,
                   double share[PHASE_MAP_PHASES]);

#endif
