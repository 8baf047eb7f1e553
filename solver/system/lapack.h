/* LAPACK that PETSc's header leaves out: on complex numbers, where its scalars are real, and least squares by singular
   values. Names as PETSc mangles them. */
#ifndef LISEI_LAPACK_H
#define LISEI_LAPACK_H

#include <complex.h>
#include <petscsys.h>
#undef I /* is a current here */

#include <petscblaslapack.h>

#if defined(PETSC_BLASLAPACK_CAPS)
#define LISEI_COMPLEX_NAME(lower, upper) PETSC_PASTE2(upper, PETSC_BLASLAPACK_SUFFIX_)
#else
#define LISEI_COMPLEX_NAME(lower, upper) PETSC_PASTE2(lower, PETSC_BLASLAPACK_SUFFIX_)
#endif
#define LAPACKzgetrf_ LISEI_COMPLEX_NAME(zgetrf, ZGETRF)
#define LAPACKzgetrs_ LISEI_COMPLEX_NAME(zgetrs, ZGETRS)
#define LAPACKzgbtrf_ LISEI_COMPLEX_NAME(zgbtrf, ZGBTRF)
#define LAPACKzgbtrs_ LISEI_COMPLEX_NAME(zgbtrs, ZGBTRS)
#define BLASzgemm_ LISEI_COMPLEX_NAME(zgemm, ZGEMM)
#define LAPACKgelsd_ PETSCBLAS(gelsd, GELSD)

BLAS_EXTERN void LAPACKgelsd_(const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *, double *,
                              const PetscBLASInt *, double *, const PetscBLASInt *, double *, const double *,
                              PetscBLASInt *, double *, const PetscBLASInt *, PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void BLASzgemm_(const char *, const char *, const PetscBLASInt *, const PetscBLASInt *,
                            const PetscBLASInt *, const double complex *, const double complex *, const PetscBLASInt *,
                            const double complex *, const PetscBLASInt *, const double complex *, double complex *,
                            const PetscBLASInt *);
BLAS_EXTERN void LAPACKzgetrf_(const PetscBLASInt *, const PetscBLASInt *, double complex *, const PetscBLASInt *,
                               PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void LAPACKzgetrs_(const char *, const PetscBLASInt *, const PetscBLASInt *, const double complex *,
                               const PetscBLASInt *, const PetscBLASInt *, double complex *, const PetscBLASInt *,
                               PetscBLASInt *);
BLAS_EXTERN void LAPACKzgbtrf_(const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                               double complex *, const PetscBLASInt *, PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void LAPACKzgbtrs_(const char *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                               const PetscBLASInt *, const double complex *, const PetscBLASInt *, const PetscBLASInt *,
                               double complex *, const PetscBLASInt *, PetscBLASInt *);

#endif
