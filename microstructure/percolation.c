#include "percolation.h"
#include <stdlib.h>
#include <string.h>

/* Union by smaller index, path halving. */
static size_t root_of(size_t *parent, size_t n) {
  while (parent[n] != n) {
    parent[n] = parent[parent[n]];
    n = parent[n];
  }
  return n;
}

static void join(size_t *parent, size_t a, size_t b) {
  const size_t one = root_of(parent, a), other = root_of(parent, b);

  if (one < other) {
    parent[other] = one;
  } else {
    parent[one] = other;
  }
}

static void join_neighbours(size_t nx, size_t ny, size_t nz, const unsigned char open[], int wrap, size_t *parent) {
  const size_t sheet = nx * ny;

  for (size_t n = 0; n < sheet * nz; n++) {
    const size_t x = n % nx, y = n / nx % ny, z = n / sheet;
    const size_t right = x + 1 < nx ? n + 1 : n + 1 - nx, back = y + 1 < ny ? n + nx : n + nx - sheet;
    if (!open[n]) {
      continue;
    }
    if ((x + 1 < nx || wrap) && open[right]) {
      join(parent, n, right);
    }
    if ((y + 1 < ny || wrap) && open[back]) {
      join(parent, n, back);
    }
    if (z + 1 < nz && open[n + sheet]) {
      join(parent, n, n + sheet);
    }
  }
}

int percolates(size_t nx, size_t ny, size_t nz, const unsigned char open[], int wrap, double *reached) {
  const size_t sheet = nx * ny, cells = sheet * nz;
  size_t *parent = calloc(cells + 1, sizeof *parent), count = 0, through = 0;
  unsigned char *touches = calloc(cells + 1, 1); /* of roots: 1 the first face, 2 the last */

  if (!parent || !touches || !nx || !ny || !nz) {
    free(parent);
    free(touches);
    return -1;
  }
  for (size_t n = 0; n < cells; n++) {
    parent[n] = n;
  }
  join_neighbours(nx, ny, nz, open, wrap, parent);
  for (size_t n = 0; n < sheet; n++) {
    if (open[n]) {
      touches[root_of(parent, n)] |= 1;
    }
    if (open[cells - sheet + n]) {
      touches[root_of(parent, cells - sheet + n)] |= 2;
    }
  }
  for (size_t n = 0; n < cells; n++) {
    count += open[n] ? 1 : 0;
    through += open[n] && touches[root_of(parent, n)] == 3 ? 1 : 0;
  }
  if (reached) {
    *reached = count ? (double)through / (double)count : 0.0;
  }
  free(parent);
  free(touches);
  return through > 0;
}
