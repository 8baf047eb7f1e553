/* How a deck key is declared. One declaration feeds the reader, the validator, `lisei help`, the JSON Schema, the
   manual and the HDF5 attributes. A law declares its own keys in its own file; everything else stands in
   io/deck/parameters.c. This header belongs to physics/ because physics/ includes nothing of the other rooms. */
#ifndef LISEI_PARAMETER_H
#define LISEI_PARAMETER_H

#include <stddef.h>

typedef enum {
  PARAMETER_REAL,        /* a number with a unit (or without, if dimensionless) -> double, SI */
  PARAMETER_INTEGER,     /* -> int */
  PARAMETER_BOOLEAN,     /* true | false -> bool */
  PARAMETER_TEXT,        /* free text, a path -> string */
  PARAMETER_CHOICE,      /* one word out of `choices` -> string; its index -> int at `offset` */
  PARAMETER_CHOICE_LIST, /* list of words out of `choices` */
  PARAMETER_REAL_LIST,   /* list of numbers with a unit */
  PARAMETER_TEXT_LIST    /* list of free texts */
} ParameterKind;

typedef struct {
  const char *key; /* name below its group, e.g. "exchange_current_density"; dots for nested groups */
  ParameterKind kind;
  const char *unit;  /* coherent SI unit as UDUNITS writes it ("A m-2"); "1" if dimensionless; NULL if not a number */
  const char *shown; /* unit people use ("mA cm-2"): help, printed tables; NULL: same as unit */
  const char
      *fallback;  /* default as a deck would write it ("5 nm"); NULL: the key is required where its group is used */
  double minimum; /* [unit] smallest valid value; -INFINITY if none */
  double maximum; /* [unit] largest valid value; INFINITY if none */
  const char *choices; /* "linear|sinh" for the CHOICE kinds, else NULL */
  const char *meaning; /* one sentence, without the final full stop */
  const char *source;  /* where default or range come from (doi, paper section); NULL if the key is a setting */
  size_t offset;       /* where a law's parameter struct holds it (double or int); 0 elsewhere */
  const char *areal;   /* unit of the same per area ("A m-2" for "A") that is taken too, times the nominal contact area;
                          NULL: none. Protocol only */
} Parameter;

#endif
