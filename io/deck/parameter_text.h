/* A declaration in words, for messages, help and manual. */
#ifndef LISEI_PARAMETER_TEXT_H
#define LISEI_PARAMETER_TEXT_H

#include "../../physics/parameter.h"
#include <petscsys.h>
#include <stdbool.h>

bool ParameterIsDimensionless(const Parameter *declaration);
bool ParameterInRange(const Parameter *declaration, double si);
/* The unit people use; "" if there is none. */
const char *ParameterUnit(const Parameter *declaration);
/* A number [SI] in the unit people use, with that unit. */
PetscErrorCode ParameterNumber(const Parameter *declaration, double si, int digits, char *text, size_t size);
/* "0.1 um to 1 mm", "greater than zero, at most 5"; "" if any value is valid or it is not a number. */
PetscErrorCode ParameterRange(const Parameter *declaration, char *text, size_t size);
/* What is expected of the key: "an electric potential (unit such as mV)", "linear or sinh". */
PetscErrorCode ParameterExpected(const Parameter *declaration, char *text, size_t size);
/* "required", "not set", "empty" or the default. */
const char *ParameterFallback(const Parameter *declaration);
/* A value that would do: the default, or one within the range for a key that has none. */
PetscErrorCode ParameterExample(const char *path, const Parameter *declaration, char *text, size_t size);

#endif
