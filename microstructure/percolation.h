/* Does a phase connect the two faces of a block of cells through their faces? */
#ifndef LISEI_PERCOLATION_H
#define LISEI_PERCOLATION_H

#include <stddef.h>

/* `open` nx*ny*nz cells, x fastest: non-zero where the phase is (in two dimensions ny = 1). From the cells with z = 0
   to those with z = nz - 1. *reached [1]: the share of the open cells that are connected to both faces (may be NULL).
   wrap: x and y are periodic. Returns 1 if there is a path, 0 if not, -1 without memory (nx*ny*nz ints). */
int percolates(size_t nx, size_t ny, size_t nz, const unsigned char open[], int wrap, double *reached);

#endif
