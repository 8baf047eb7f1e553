/* The experiments of a fit as least squares: residuals (model - data)/noise at the instants of the data, the model
   drawn as straight lines between its time steps; priors as further residuals. */
#ifndef LISEI_FIT_MODEL_H
#define LISEI_FIT_MODEL_H

#include "fit_problem.h"
#include "fit_study.h"

typedef struct FitModel_ *FitModel;
typedef enum { FIT_MODEL_GOOD, FIT_MODEL_INPUT, FIT_MODEL_NUMERICAL } FitModelState;

/* Each process has its own. `diagnostics` of the decks at the start. */
PetscErrorCode FitModelCreate(ParameterTable table, FitStudy study, Diagnostics diagnostics, FitModel *model);
PetscErrorCode FitModelDestroy(FitModel *model);
/* Lives as long as the model. */
const FitProblem *FitModelProblem(FitModel model);
/* What the last evaluation without a result failed of. */
FitModelState FitModelFailure(FitModel model, const char **text);
/* By how much the sum of squares at u changes with runs of a tenth of their tolerances; NAN if they fail. */
PetscErrorCode FitModelNumericalError(FitModel model, const double u[], double squares, double *change);
PetscInt FitModelDataCount(FitModel model);                /* residuals that are data */
double FitModelNoise(FitModel model, PetscInt experiment); /* [SI] unit of its residuals */
/* What the fit is made from: the decks at the start, the data. Free with PetscFree. */
PetscErrorCode FitModelRecord(FitModel model, char **text);

#endif
