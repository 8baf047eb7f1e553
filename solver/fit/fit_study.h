/* What a FIT.yaml says: which numbers of the decks are fitted to which data. The same on every process. */
#ifndef LISEI_FIT_STUDY_H
#define LISEI_FIT_STUDY_H

#include "../../io/deck/deck.h"
#include "../../io/deck/yaml_tree.h"

enum { FIT_COUNT_MAX = 1000000, FIT_TEXT = 512 };

/* A number of the deck. u is its logarithm, or the number over the width of its bounds. */
typedef struct {
  const char *key;
  const Parameter *declaration;
  int line;
  bool logarithmic;
  double start, least, most; /* [SI] */
  double scale;              /* [SI] of u, where it is not logarithmic */
  bool has_prior;
  double prior, prior_deviation; /* of u */
} FitParameter;

/* A deck and what was measured. */
typedef struct {
  char name[64], deck[PETSC_MAX_PATH_LEN], data[PETSC_MAX_PATH_LEN];
  int line;
  char quantity[64]; /* column of the history */
  const char *unit;  /* its SI unit */
  double noise;      /* [SI] standard deviation; 0: not known */
  PetscInt count;
  double *time, *value; /* [s], [SI] */
  DeckBase base;
  PetscInt setting_count;
  DeckAssignment *settings;
  char **setting_texts;
} FitExperiment;

typedef struct {
  const char *path, *title;
  char *text; /* of the file */
  YamlNode root;
  PetscInt parameter_count, experiment_count;
  FitParameter *parameters;
  FitExperiment *experiments;
  PetscInt starts;
  bool profiles;
} * FitStudy;

/* All mistakes go to `diagnostics`; *study is NULL after one. */
PetscErrorCode FitStudyRead(ParameterTable table, const char *path, Diagnostics diagnostics, FitStudy *study);
PetscErrorCode FitStudyDestroy(FitStudy *study);
double FitNumberOf(const FitParameter *parameter, double u); /* [SI] */
double FitCoordinateOf(const FitParameter *parameter, double number);

/* fit_data.c: two columns of a CSV file, by their names or as the first two. time_unit, value_unit: NULL where the
   header says it ("I/nA", "current [nA]"). */
typedef struct {
  const char *time, *value, *time_unit, *value_unit; /* NULL: not given */
  const char *si;                                    /* of the value */
} FitColumns;
PetscErrorCode FitDataRead(const char *path, const FitColumns *columns, Diagnostics diagnostics, PetscInt *count,
                           double **time, double **value);

#endif
