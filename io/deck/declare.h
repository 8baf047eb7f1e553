/* Short forms of the declarations of deck keys (physics/parameter.h). */
#ifndef LISEI_DECLARE_H
#define LISEI_DECLARE_H

#include "table.h"

#define REAL_KEY(name, si, people, standard, low, high, what, from)                                                    \
  {                                                                                                                    \
    .key = (name), .kind = PARAMETER_REAL, .unit = (si), .shown = (people), .fallback = (standard), .minimum = (low),  \
    .maximum = (high), .meaning = (what), .source = (from)                                                             \
  }
#define INTEGER_KEY(name, standard, low, high, what)                                                                   \
  {                                                                                                                    \
    .key = (name), .kind = PARAMETER_INTEGER, .unit = "1", .fallback = (standard), .minimum = (low),                   \
    .maximum = (high), .meaning = (what)                                                                               \
  }
#define CHOICE_KEY(name, standard, words, what)                                                                        \
  { .key = (name), .kind = PARAMETER_CHOICE, .fallback = (standard), .choices = (words), .meaning = (what) }
#define BOOLEAN_KEY(name, standard, what)                                                                              \
  { .key = (name), .kind = PARAMETER_BOOLEAN, .fallback = (standard), .meaning = (what) }
#define TEXT_KEY(name, standard, what)                                                                                 \
  { .key = (name), .kind = PARAMETER_TEXT, .fallback = (standard), .meaning = (what) }
#define TEXT_LIST_KEY(name, standard, what)                                                                            \
  { .key = (name), .kind = PARAMETER_TEXT_LIST, .fallback = (standard), .meaning = (what) }
#define END_OF_KEYS                                                                                                    \
  { .key = NULL }

#endif
