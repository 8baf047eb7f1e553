/* Gauss elimination with partial pivoting of systems of a few unknowns, on the stack. Larger ones: electrolyte/dense.h.
 */
#ifndef LISEI_GAUSS_H
#define LISEI_GAUSS_H

#include <math.h>
#include <stdbool.h>

/* Eliminate in the n rows of the augmented matrix [A | B], `columns` numbers wide, row r at a + r*stride: below the
   diagonal of A, and above it as well if `reduce` (then the solution is B over the diagonal). False: A is singular. */
static inline bool gauss_eliminate(int n, int columns, int stride, bool reduce, double a[]) {
  for (int c = 0; c < n; c++) {
    double *row = a + c * stride, *pivot = row;
    for (int k = c + 1; k < n; k++) {
      pivot = fabs(a[k * stride + c]) > fabs(pivot[c]) ? a + k * stride : pivot;
    }
    if (!(fabs(pivot[c]) > 1e-300)) {
      return false;
    }
    for (int l = 0; l < columns; l++) {
      const double swap = row[l];
      row[l] = pivot[l];
      pivot[l] = swap;
    }
    for (int k = reduce ? 0 : c + 1; k < n; k++) {
      const double factor = k == c ? 0.0 : a[k * stride + c] / row[c];
      for (int l = 0; l < columns; l++) {
        a[k * stride + l] -= factor * row[l];
      }
    }
  }
  return true;
}

/* The solution of the system whose right-hand side is column n, after an elimination that did not reduce. */
static inline void gauss_substitute(int n, int stride, const double a[], double x[]) {
  for (int k = n - 1; k >= 0; k--) {
    x[k] = a[k * stride + n];
    for (int l = k + 1; l < n; l++) {
      x[k] -= a[k * stride + l] * x[l];
    }
    x[k] /= a[k * stride + k];
  }
}

#endif
