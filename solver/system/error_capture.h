/* Errors that are not the end of the program: kept with their message instead of printed, to be turned into something
 * else. */
#ifndef LISEI_ERROR_CAPTURE_H
#define LISEI_ERROR_CAPTURE_H

#include <petscsys.h>

typedef struct {
  char message[512]; /* of the first error since ErrorCaptureBegin */
} ErrorCapture;

PetscErrorCode ErrorCaptureBegin(ErrorCapture *capture);
PetscErrorCode ErrorCaptureEnd(void);
/* Did a solver give up, or meet a singular matrix or a number that is none? Then a shorter step or another start may
 * help. */
PetscBool ErrorIsNumerical(PetscErrorCode code);

#endif
