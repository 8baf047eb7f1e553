/* A study: a base deck, the parameters that vary, which of their combinations are run, and what is measured. Read from
   a YAML file (docs/sweeps.md); the same on every process. */
#ifndef LISEI_STUDY_H
#define LISEI_STUDY_H

#include "../../io/deck/deck.h"
#include "../../io/deck/yaml_tree.h"
#include "measure.h"

enum { STUDY_MOST_SAMPLES = 1000000, STUDY_NAME_LENGTH = 256 };

/* Something that varies: one deck key, or several that move together. */
typedef struct {
  char *name;       /* a column of the results, a variable in formulae */
  const char *file; /* where it stands */
  int line;
  PetscInt key_count;
  char **keys;
  PetscInt value_count, value_capacity;
  char **values;   /* as a deck writes them: "0.5 MPa", "coble" */
  double *numbers; /* [si] the same; NULL: the values are words */
  char *unit;      /* as written: "MPa" */
  const char *si;  /* SI unit of the key; "" for words */
  bool ranged, logarithmic;
  char *from, *to;    /* the range as written, NULL without */
  double least, most; /* [si] of a range */
} StudyParameter;

/* What to search by bisection in each sample: the value of a parameter at which the outcome changes. */
typedef struct {
  StudyParameter parameter; /* its range */
  char *end;                /* beyond: the last protocol step is ended by this end */
  char *expression;         /* or: this formula of the measures is not zero */
  double tolerance;         /* [1] width of the bracket over its middle, where it stops */
} StudyLimit;

typedef enum { DESIGN_GRID, DESIGN_LIST, DESIGN_TABLE } StudyDesign;

typedef struct Study_ *Study;
struct Study_ {
  char *path, *title, *base; /* base: path of the deck as seen from here */
  YamlNode root;             /* owns the names of places */
  PetscInt setting_count;
  char **settings; /* "key=value", for every sample */
  int *setting_lines;
  StudyDesign design;
  char *table;  /* path of the table, DESIGN_TABLE */
  char *origin; /* of the table: its first line, if that is a comment; NULL */
  int table_line;
  PetscInt parameter_count;
  StudyParameter *parameters;
  PetscInt constraint_count;
  char **constraints;
  int *constraint_lines;
  PetscInt measure_count, measure_capacity;
  Measure *measures;
  StudyLimit *limit; /* NULL: none */
  PetscInt ranks_per_run;
  bool histories;
  PetscInt sample_count; /* those that the constraints admit */
  PetscInt excluded;
  PetscInt *chosen; /* number of each sample in the whole design */
};

/* Read and check what can be seen without the base deck. *study is NULL after an error. */
PetscErrorCode StudyRead(ParameterTable table, const char *path, Diagnostics diagnostics, Study *study);
PetscErrorCode StudyDestroy(Study *study);

/* Which value of a parameter a sample (from 0) has. */
PetscInt StudyValueIndex(Study study, PetscInt sample, PetscInt parameter);
/* The overrides of a sample beyond the settings; `assignments` and their texts belong to the caller: free with
   StudyFreeAssignments. */
PetscErrorCode StudyAssign(Study study, PetscInt sample, PetscInt *count, DeckAssignment **assignments);
PetscErrorCode StudyAssignLimit(Study study, const char *value, PetscInt *count, DeckAssignment **assignments);
PetscErrorCode StudyFreeAssignments(PetscInt count, DeckAssignment **assignments);
/* study_command.c: the command that runs a sample alone; with a limit at that value [si] of it, NAN: its range's
   beginning. Free with PetscFree. */
PetscErrorCode StudyCommand(Study study, PetscInt sample, double limit, char **text);
/* The settings as assignments; the same ownership. */
PetscErrorCode StudySettings(Study study, PetscInt *count, DeckAssignment **assignments);

/* study_parameter.c */
/* The declaration of a key as overrides write it ("protocol.0.cv.rate"); NULL if there is none. */
const Parameter *StudyDeclaration(ParameterTable table, const char *key);
/* What may have been meant by a key that does not exist. */
PetscErrorCode StudySuggest(ParameterTable table, const char *key, char text[], size_t size);
PetscErrorCode StudyReadParameter(ParameterTable table, const struct YamlNode_ *node, const char *group, bool counted,
                                  Diagnostics diagnostics, StudyParameter *parameter);
PetscErrorCode StudyAddValue(StudyParameter *parameter, const char *text);
/* Fill `numbers` from the values. */
PetscErrorCode StudyNumbers(StudyParameter *parameter, Diagnostics diagnostics);
PetscErrorCode StudyFreeParameter(StudyParameter *parameter);
/* `share` of the way through a range, as a deck writes it. Free with PetscFree. */
PetscErrorCode StudyRangeValue(const StudyParameter *parameter, double share, char **text, double *number);

/* study_table.c: the rows of a CSV table become the values of the parameters. */
PetscErrorCode StudyReadTable(ParameterTable table, Study study, Diagnostics diagnostics);

/* study_measure.c */
PetscErrorCode StudyReadMeasures(Study study, const struct YamlNode_ *node, Diagnostics diagnostics);
PetscErrorCode StudyFreeMeasures(Study study);

/* study_check.c: names that stand for two things, keys that are given twice. */
PetscErrorCode StudyCheckNames(Study study, Diagnostics diagnostics);
PetscErrorCode StudyCheckDistinct(Study study, Diagnostics diagnostics);

/* study_design.c: count the samples, drop those that the constraints exclude. */
PetscErrorCode StudyChooseSamples(Study study, Diagnostics diagnostics);

/* study_words.c: helpers for reading */
/* Every key of the group must be one of `known`, "a|b|c". */
PetscErrorCode StudyCheckKeys(const struct YamlNode_ *group, const char *shown, const char *known,
                              Diagnostics diagnostics);
/* The text of a key of the group; NULL if it is not there, an error if it is no text. */
const char *StudyText(const struct YamlNode_ *group, const char *key, Diagnostics diagnostics);
/* A number without unit; `fallback` if it is not there. */
PetscErrorCode StudyNumber(const struct YamlNode_ *group, const char *key, double least, double most, double fallback,
                           Diagnostics diagnostics, double *number);
/* The same of a whole number. */
PetscErrorCode StudyWhole(const struct YamlNode_ *group, const char *key, double least, double most, double fallback,
                          Diagnostics diagnostics, PetscInt *number);
PetscErrorCode StudyBoolean(const struct YamlNode_ *group, const char *key, bool fallback, Diagnostics diagnostics,
                            bool *value);

#endif
