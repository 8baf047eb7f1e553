/* Numbers that a sweep keeps of a run. SI; anodic positive. What a run does not have is NAN. */
#ifndef LISEI_MEASURE_H
#define LISEI_MEASURE_H

#include "expression.h"
#include "recorder.h"

typedef enum { REDUCE_LAST, REDUCE_FIRST, REDUCE_LARGEST, REDUCE_SMALLEST, REDUCE_MEAN, REDUCE_COUNT } Reduction;
extern const char *const ReductionNames[]; /* "last", "first", "largest", "smallest", "mean", NULL */

typedef struct MeasureKind_ MeasureKind;

/* One measure of a study. */
typedef struct {
  char *name;
  int line;
  const MeasureKind *kind; /* NULL: an expression or a column */
  char *column;            /* of the history, reduced to one number */
  char *expression;
  char *unit;
  Reduction reduction;
  PetscInt cycle; /* only rows of this cycle, from 1; 0: all */
  PetscInt step;  /* only rows of this protocol step, from 1; 0: all */
  double at;      /* [V] magnitude of the overpotential at which a resistance is read; [Hz] of an impedance */
  PetscInt state; /* number of the impedance that is read, from 1 */
  double share;   /* [1] departure from a straight line; ratio at which a hysteresis counts as closed */
} Measure;

/* A run as measures see it. */
typedef struct {
  Recorder *recorder;
  const RunResult *result;
  double area;    /* [m^2] nominal, of the contact at the start */
  double seconds; /* wall time */
} MeasuredRun;

struct MeasureKind_ {
  const char *name, *unit, *meaning;
  double at, share; /* defaults */
  PetscInt cycle;   /* default */
  double (*value)(const MeasuredRun *run, const Measure *measure);
};

/* The measures that the program knows, ended by a NULL name. */
extern const MeasureKind MeasureKinds[];
const MeasureKind *MeasureKindByName(const char *name);
/* A kind or a column; not an expression. */
double MeasureTake(const Measure *measure, const MeasuredRun *run);

/* Does it need the impedances of the protocol? */
bool MeasureIsImpedance(const Measure *measure);

/* measure_curve.c: measures of voltammograms (definitions there) */
double MeasurePolarisation(const MeasuredRun *run, const Measure *measure);
double MeasureSeiResistance(const MeasuredRun *run, const Measure *measure);
double MeasureLimitAnodic(const MeasuredRun *run, const Measure *measure);
double MeasureLimitCathodic(const MeasuredRun *run, const Measure *measure);
double MeasureRatioAnodic(const MeasuredRun *run, const Measure *measure);
double MeasureRatioCathodic(const MeasuredRun *run, const Measure *measure);
double MeasureLoopAnodic(const MeasuredRun *run, const Measure *measure);
double MeasureLoopCathodic(const MeasuredRun *run, const Measure *measure);
double MeasureClosingCycle(const MeasuredRun *run, const Measure *measure);

#endif
