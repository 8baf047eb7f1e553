#include "error_capture.h"

static PetscErrorCode Keep(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code,
                           PetscErrorType type, const char *message, void *context) {
  ErrorCapture *capture = context;
  (void)comm;
  (void)line;
  (void)function;
  (void)file;
  if (type == PETSC_ERROR_INITIAL && message) {
    (void)snprintf(capture->message, sizeof capture->message, "%s", message);
  }
  return code;
}

PetscErrorCode ErrorCaptureBegin(ErrorCapture *capture) {
  PetscFunctionBeginUser;
  capture->message[0] = '\0';
  PetscCall(PetscPushErrorHandler(Keep, capture));
  PetscFunctionReturn(0);
}

PetscErrorCode ErrorCaptureEnd(void) {
  PetscFunctionBeginUser;
  PetscCall(PetscPopErrorHandler());
  PetscFunctionReturn(0);
}

PetscBool ErrorIsNumerical(PetscErrorCode code) {
  return code == PETSC_ERR_NOT_CONVERGED || code == PETSC_ERR_CONV_FAILED || code == PETSC_ERR_MAT_LU_ZRPVT ||
                 code == PETSC_ERR_MAT_CH_ZRPVT || code == PETSC_ERR_FP || code == PETSC_ERR_LIB
             ? PETSC_TRUE
             : PETSC_FALSE;
}
