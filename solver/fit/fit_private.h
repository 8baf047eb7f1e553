/* What the files of the least squares share. */
#ifndef LISEI_FIT_PRIVATE_H
#define LISEI_FIT_PRIVATE_H

#include "fit_problem.h"

const FitProblem *FitCacheProblem(FitCache cache);
/* The eigenvectors[n*n] (columns) and eigenvalues[n], rising, of J^T J with its diagonal scaled to one; scale[n]: the
   lengths of J's columns[m*n]. `rank`: eigenvalues that are more than the error of the derivatives. */
PetscErrorCode FitEigen(PetscInt m, PetscInt n, const double columns[], double scale[], double vectors[],
                        double values[], PetscInt *rank);
/* step = (J^T J)^-1 gradient, in the directions that have an effect. */
PetscErrorCode FitSolveNormal(PetscInt m, PetscInt n, const double columns[], const double gradient[], double step[],
                              PetscInt *rank);

#endif
