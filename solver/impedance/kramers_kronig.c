#include "impedance_private.h"

/* Relaxation times per decade, and decades beyond the frequencies on either side: 8 represent any relaxation to 1e-7.
 */
static const double per_decade = 8.0, beyond = 1.0;
/* Times that a frequency, which is two equations, may carry: more would fit anything. */
static const double most_times = 1.7;

/* Column c of the fit at omega: relaxations of the times tau, then resistance, inductance, capacitance; the last two
   scaled to be near 1 within the range. */
static double complex Basis(PetscInt c, PetscInt times, const double tau[], double omega, double low, double high) {
  const double complex s = omega * (double complex)_Complex_I;

  return c < times ? 1.0 / (1.0 + s * tau[c]) : c == times ? 1.0 : c == times + 1 ? s / high : low / s;
}

PetscErrorCode KramersKronigResidual(PetscInt count, const double frequency[], const double complex impedance[],
                                     double *residual) {
  double low = INFINITY, high = 0.0, decades, *matrix, *rhs, *singular, *tau, *work, optimal;
  PetscInt times;
  PetscBLASInt rows, columns, one = 1, rank, size = -1, info, *integer, integers;
  const double cut = 1e-13;

  PetscFunctionBeginUser;
  *residual = NAN;
  for (PetscInt f = 0; f < count; f++) {
    low = fmin(low, 2.0 * PETSC_PI * frequency[f]);
    high = fmax(high, 2.0 * PETSC_PI * frequency[f]);
  }
  if (!(high > low)) {
    PetscFunctionReturn(0);
  }
  decades = log10(high / low) + 2.0 * beyond;
  times = (PetscInt)ceil(per_decade * decades) + 1;
  if ((double)times > most_times * (double)count) {
    PetscFunctionReturn(0);
  }
  rows = (PetscBLASInt)(2 * count);
  columns = (PetscBLASInt)(times + 3);
  integers = 20 * PetscMax(rows, columns) + 1024;
  PetscCall(PetscMalloc5((size_t)rows * (size_t)columns, &matrix, PetscMax(rows, columns), &rhs, columns, &singular,
                         times, &tau, integers, &integer));
  for (PetscInt c = 0; c < times; c++) {
    tau[c] = pow(10.0, -log10(high) - beyond + decades * (double)c / (double)(times - 1));
  }
  for (PetscInt f = 0; f < count; f++) {
    const double weight = 1.0 / cabs(impedance[f]);
    rhs[2 * f] = weight * creal(impedance[f]);
    rhs[2 * f + 1] = weight * cimag(impedance[f]);
    for (PetscInt c = 0; c < columns; c++) {
      const double complex value = weight * Basis(c, times, tau, 2.0 * PETSC_PI * frequency[f], low, high);
      matrix[2 * f + rows * c] = creal(value);
      matrix[2 * f + 1 + rows * c] = cimag(value);
    }
  }
  PetscCallBLAS("LAPACKgelsd", LAPACKgelsd_(&rows, &columns, &one, matrix, &rows, rhs, &rows, singular, &cut, &rank,
                                            &optimal, &size, integer, &info));
  size = (PetscBLASInt)optimal;
  PetscCall(PetscMalloc1(size, &work));
  PetscCallBLAS("LAPACKgelsd", LAPACKgelsd_(&rows, &columns, &one, matrix, &rows, rhs, &rows, singular, &cut, &rank,
                                            work, &size, integer, &info));
  *residual = info == 0 ? 0.0 : NAN;
  for (PetscInt f = 0; f < count && info == 0; f++) {
    double complex fit = 0.0;
    for (PetscInt c = 0; c < columns; c++) {
      fit += rhs[c] / cabs(impedance[f]) * Basis(c, times, tau, 2.0 * PETSC_PI * frequency[f], low, high);
    }
    *residual = fmax(*residual, cabs(fit - impedance[f] / cabs(impedance[f])));
  }
  PetscCall(PetscFree(work));
  PetscCall(PetscFree5(matrix, rhs, singular, tau, integer));
  PetscFunctionReturn(0);
}
