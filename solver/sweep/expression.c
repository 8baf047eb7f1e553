#include "expression.h"
#include <math.h>
#include <string.h>

#ifdef LISEI_MUPARSER
#include <muParserDLL.h>

struct Expression_ {
  muParserHandle_t parser;
};

static const char name_letters[] = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

PetscErrorCode ExpressionCreate(const char *text, PetscInt count, const char *const names[], double values[],
                                char error[], size_t size, Expression *expression) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(expression));
  (*expression)->parser = mupCreate(muBASETYPE_FLOAT);
  mupDefineNameChars((*expression)->parser, name_letters);
  mupDefineConst((*expression)->parser, "pi", PETSC_PI);
  for (PetscInt k = 0; k < count; k++) {
    if (!names[k]) {
      continue;
    }
    mupDefineVar((*expression)->parser, names[k], &values[k]);
  }
  mupSetExpr((*expression)->parser, text);
  (void)mupEval((*expression)->parser); /* unknown names are found then */
  error[0] = '\0';
  if (mupError((*expression)->parser)) {
    (void)snprintf(error, size, "%s", mupGetErrorMsg((*expression)->parser));
    PetscCall(ExpressionDestroy(expression));
  }
  PetscFunctionReturn(0);
}

double ExpressionEvaluate(Expression expression) {
  const double value = mupEval(expression->parser);
  return mupError(expression->parser) ? NAN : value;
}

PetscErrorCode ExpressionDestroy(Expression *expression) {
  PetscFunctionBeginUser;
  if (*expression) {
    mupRelease((*expression)->parser);
    PetscCall(PetscFree(*expression));
  }
  PetscFunctionReturn(0);
}

#else

PetscErrorCode ExpressionCreate(const char *text, PetscInt count, const char *const names[], double values[],
                                char error[], size_t size, Expression *expression) {
  PetscFunctionBeginUser;
  (void)count;
  (void)names;
  (void)values;
  (void)snprintf(error, size, "this program was built without muParser and reads no formulae: '%s'", text);
  *expression = NULL;
  PetscFunctionReturn(0);
}

double ExpressionEvaluate(Expression expression) {
  (void)expression;
  return NAN;
}

PetscErrorCode ExpressionDestroy(Expression *expression) {
  PetscFunctionBeginUser;
  *expression = NULL;
  PetscFunctionReturn(0);
}
#endif
