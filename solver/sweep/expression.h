/* What a user writes as a formula: muParser. Its syntax: + - * / ^, comparisons, && ||, c ? a : b, and the functions
   sin
   ... exp, ln, log10, sqrt, abs, min, max, sum, avg. Names may hold dots, so that deck keys are names. */
#ifndef LISEI_EXPRESSION_H
#define LISEI_EXPRESSION_H

#include <petscsys.h>

typedef struct Expression_ *Expression;

/* The formula over `count` variables, whose values are read at each evaluation (borrowed, must stay in place). What is
   wrong with it goes to `error`, "" if nothing is; then *expression is NULL. Also NULL in a program without muParser.
 */
PetscErrorCode ExpressionCreate(const char *text, PetscInt count, const char *const names[], double values[],
                                char error[], size_t size, Expression *expression);
/* NAN where it has no value. */
double ExpressionEvaluate(Expression expression);
PetscErrorCode ExpressionDestroy(Expression *expression);

#endif
