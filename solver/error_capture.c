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
