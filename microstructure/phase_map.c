#include "phase_map.h"
#include <math.h>

/* The column of the file that stands at column n of the endless map. */
static size_t column_at(const PhaseMap *m, double n) {
  const double columns = (double)m->columns;

  if (m->beyond == MAP_ENDS) {
    return (size_t)fmin(fmax(n, 0.0), columns - 1.0);
  }
  if (m->beyond == MAP_REPEATS) {
    return (size_t)(n - columns * floor(n / columns));
  }
  {
    const double in_two = n - 2.0 * columns * floor(n / (2.0 * columns));
    return (size_t)(in_two < columns ? in_two : 2.0 * columns - 1.0 - in_two);
  }
}

static size_t row_at(const PhaseMap *m, double n) {
  return (size_t)fmin(fmax(n, 0.0), (double)m->rows - 1.0);
}

int phase_map_at(const PhaseMap *m, double x, double z) {
  return m->phase[row_at(m, floor(z / m->pixel[1])) * m->columns + column_at(m, floor(x / m->pixel[0]))];
}

void phase_map_box(const PhaseMap *m, double x0, double x1, double z0, double z1, int radial,
                   double share[PHASE_MAP_PHASES]) {
  const double nearly = 1e-9; /* of a pixel: edges of boxes on edges of pixels */
  double whole = 0.0;

  for (int k = 0; k < PHASE_MAP_PHASES; k++) {
    share[k] = 0.0;
  }
  for (double column = floor(x0 / m->pixel[0] + nearly); column * m->pixel[0] < x1 - nearly * m->pixel[0]; column++) {
    const double left = fmax(x0, column * m->pixel[0]), right = fmin(x1, (column + 1.0) * m->pixel[0]);
    const double width = radial ? (right - left) * (right + left) : right - left;
    const size_t from = column_at(m, column);
    for (double row = floor(z0 / m->pixel[1] + nearly); row * m->pixel[1] < z1 - nearly * m->pixel[1]; row++) {
      const double low = fmax(z0, row * m->pixel[1]), high = fmin(z1, (row + 1.0) * m->pixel[1]);
      share[m->phase[row_at(m, row) * m->columns + from]] += width * (high - low);
      whole += width * (high - low);
    }
  }
  for (int k = 0; k < PHASE_MAP_PHASES && whole > 0.0; k++) {
    share[k] /= whole;
  }
}
