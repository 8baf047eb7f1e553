/* Fill a folder with the output of a made-up run, to try the scripts that read it, to time the writers, and to be
   killed.

     output_sample DIR cv|current [MILLISECONDS_PER_ROW [resume]]

   Not a solution of anything: an ohmic contact of fraction theta, d(theta)/dt = -k_s max(i, 0) theta + k_h (1 - theta)
   in every ring, the primary potential of a disk, sampled at even times. Prints the seconds spent in writing. */
#include "io/output/checkpoint.h"
#include "io/output/fields.h"
#include "io/output/history.h"
#include "io/output/report.h"
#include "mesh/grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RINGS 64
#define LAYERS 96
#define CYCLES 11
#define ROWS_PER_CYCLE 200
#define RADIUS 4.82e-6     /* [m] */
#define CONDUCTIVITY 0.165 /* [S/m] */
#define CV_PERIOD 200.0    /* [s] */
#define STRIPPING 2e-6     /* [m^2/C] k_s */
#define HEALING 5e-3       /* [1/s] k_h */

enum { THETA, STRESS, SEI, DENSITY, FIELDS };
static const HistoryField ring_fields[FIELDS] = {{"contact_fraction", "1", NULL},
                                                 {"contact_stress", "Pa", NULL},
                                                 {"sei_thickness", "m", NULL},
                                                 {"current_density", "A m-2", NULL}};

#define COLUMNS(X)                                                                                                     \
  X(TIME, "time", "s")                                                                                                 \
  X(STEP, "step", "1")                                                                                                 \
  X(PROTOCOL_STEP, "protocol_step", "1")                                                                               \
  X(CYCLE, "cycle", "1")                                                                                               \
  X(POTENTIAL, "potential", "V")                                                                                       \
  X(CURRENT, "current", "A")                                                                                           \
  X(CURRENT_DENSITY, "current_density", "A m-2")                                                                       \
  X(ETA_CONSTRICTION, "eta_constriction", "V")                                                                         \
  X(ETA_INTERFACE, "eta_interface", "V")                                                                               \
  X(CONTACT_FRACTION, "contact_fraction", "1")                                                                         \
  X(CONTACT_RADIUS_EFFECTIVE, "contact_radius_effective", "m")                                                         \
  X(CONTACT_STRESS, "contact_stress", "Pa")                                                                            \
  X(LOAD, "load", "Pa")                                                                                                \
  X(SEI_THICKNESS, "sei_thickness", "m")                                                                               \
  X(GRAIN_SIZE, "grain_size", "m")                                                                                     \
  X(LITHIUM_VOLUME, "lithium_volume", "m3")                                                                            \
  X(CHARGE, "charge", "C")                                                                                             \
  X(SEI_CHARGE, "sei_charge", "C")                                                                                     \
  X(DT, "dt", "s")                                                                                                     \
  X(NEWTON_ITERATIONS, "newton_iterations", "1")                                                                       \
  X(BALANCE, "balance", "1")
#define ENUMERATOR(id, name, unit) COLUMN_##id,
#define DECLARATION(id, name, unit) {name, unit, "a made-up number"},
enum { COLUMNS(ENUMERATOR) COLUMN_COUNT };
static const HistoryField columns[] = {COLUMNS(DECLARATION)};

typedef struct {
  PetscBool voltammogram;
  Grid grid;
  double ring[FIELDS * RINGS]; /* ring fields */
  double time, potential, current, charge, dt;
  double seconds; /* [s] spent in writing */
} Sample;

static double Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* 0 -> -10 -> +10 -> 0 mV */
static double Triangle(double time) {
  const double x = fmod(time / CV_PERIOD, 1.0);
  return 0.01 * (x < 0.25 ? -4 * x : x < 0.75 ? 4 * x - 2 : 4 - 4 * x);
}

static void Advance(Sample *s, double dt) {
  const double conductance = 4 * CONDUCTIVITY * RADIUS;
  double mean = 0;
  int j;
  s->time += dt;
  s->dt = dt;
  for (j = 0; j < RINGS; j++) {
    mean += s->ring[THETA * RINGS + j] / RINGS;
  }
  s->potential = s->voltammogram ? Triangle(s->time) : -2e-9 / (conductance * sqrt(mean));
  s->current = s->potential * conductance * sqrt(mean);
  s->charge += s->current * dt;
  for (j = 0; j < RINGS; j++) {
    double *theta = &s->ring[THETA * RINGS + j];
    const double i = s->current / (3.14159265358979 * RADIUS * RADIUS) * (0.5 + (double)j / RINGS);
    *theta += dt * (-STRIPPING * 10 * fmax(i, 0) * *theta + HEALING * (1 - *theta));
    s->ring[STRESS * RINGS + j] = 1e6 / *theta;
    s->ring[SEI * RINGS + j] = 1e-9 * sqrt(1 + s->time / 100);
    s->ring[DENSITY * RINGS + j] = i;
  }
}

static void FillRow(const Sample *s, int number, double row[]) {
  double theta = 0, stress = 0;
  int j;
  for (j = 0; j < RINGS; j++) {
    theta += s->ring[THETA * RINGS + j] / RINGS;
    stress += s->ring[STRESS * RINGS + j] / RINGS;
  }
  memset(row, 0, COLUMN_COUNT * sizeof *row);
  row[COLUMN_TIME] = s->time;
  row[COLUMN_STEP] = number;
  row[COLUMN_PROTOCOL_STEP] = 1;
  row[COLUMN_CYCLE] = s->voltammogram ? 1 + number / ROWS_PER_CYCLE : 1; /* NOLINT(bugprone-integer-division) */
  row[COLUMN_POTENTIAL] = s->potential;
  row[COLUMN_CURRENT] = s->current;
  row[COLUMN_CURRENT_DENSITY] = s->current / (3.14159265358979 * RADIUS * RADIUS);
  row[COLUMN_ETA_CONSTRICTION] = s->current / (4 * CONDUCTIVITY * RADIUS);
  row[COLUMN_ETA_INTERFACE] = s->potential - row[COLUMN_ETA_CONSTRICTION];
  row[COLUMN_CONTACT_FRACTION] = theta;
  row[COLUMN_CONTACT_RADIUS_EFFECTIVE] = RADIUS * sqrt(theta);
  row[COLUMN_CONTACT_STRESS] = stress;
  row[COLUMN_LOAD] = 1e6;
  row[COLUMN_SEI_THICKNESS] = s->ring[(size_t)SEI * RINGS];
  row[COLUMN_GRAIN_SIZE] = 80e-9;
  row[COLUMN_LITHIUM_VOLUME] = 1e-17 - s->charge * 1.35e-10;
  row[COLUMN_CHARGE] = s->charge;
  row[COLUMN_DT] = s->dt;
  row[COLUMN_NEWTON_ITERATIONS] = 3;
  row[COLUMN_BALANCE] = 1e-13 * sin(number);
}

/* The primary solution of a disk at the cell centres, in oblate spheroidal coordinates. */
static PetscErrorCode WriteFields(Sample *s, Fields fields) {
  static double potential[RINGS * LAYERS], density[3 * RINGS * LAYERS], conductivity[RINGS * LAYERS];
  const CellField list[] = {{"potential", "V", 1, potential},
                            {"current_density", "A m-2", 3, density},
                            {"conductivity", "S m-1", 1, conductivity}};
  const FieldsBlock block = {RINGS, LAYERS, s->grid->corner_r, s->grid->corner_z, 1.0};
  PetscInt cell, corner;

  PetscFunctionBeginUser;
  for (cell = 0; cell < RINGS * LAYERS; cell++) {
    const PetscInt node = cell % RINGS + (RINGS + 1) * (cell / RINGS);
    const PetscInt corners[] = {node, node + 1, node + RINGS + 1, node + RINGS + 2};
    double r = 0, z = 0, rho, mu, sinh_xi, strength;
    for (corner = 0; corner < 4; corner++) {
      r += 0.25 * s->grid->corner_r[corners[corner]] / RADIUS;
      z -= 0.25 * s->grid->corner_z[corners[corner]] / RADIUS;
    }
    rho = r * r + z * z - 1;
    sinh_xi = sqrt(0.5 * (rho + sqrt(rho * rho + 4 * z * z)));
    mu = z / sinh_xi;
    potential[cell] = s->potential * (1 - M_2_PI * atan(sinh_xi));
    /* -grad phi: along grad xi, of size 1/(cosh xi sqrt(sinh^2 xi + mu^2)) */
    strength =
        CONDUCTIVITY * s->potential * M_2_PI / (RADIUS * (1 + sinh_xi * sinh_xi) * (sinh_xi * sinh_xi + mu * mu));
    density[3 * (size_t)cell] = strength * sinh_xi * r;
    density[3 * (size_t)cell + 1] = -strength * (1 + sinh_xi * sinh_xi) * mu;
    conductivity[cell] = CONDUCTIVITY;
  }
  PetscCall(FieldsWrite(fields, s->time, s->grid->radius, &block, 3, list));
  PetscFunctionReturn(0);
}

static PetscErrorCode Checkpoint(Sample *s, History history, const char *dir, PetscInt rows, PetscInt files) {
  double at[5];
  const CheckpointArray arrays[] = {{"ring", FIELDS * RINGS, s->ring, PETSC_FALSE}, {"at", 5, at, PETSC_FALSE}};

  PetscFunctionBeginUser;
  PetscCall(HistoryFlush(history));
  at[0] = s->time, at[1] = s->charge, at[2] = (double)rows, at[3] = (double)(rows / 2), at[4] = (double)files;
  PetscCall(CheckpointWrite(PETSC_COMM_WORLD, dir, rows, "", 2, arrays));
  PetscFunctionReturn(0);
}

/* Rows from number `first` on, and field files from number `files` on. */
static PetscErrorCode WriteRows(Sample *s, const char *dir, double pause, PetscInt first, PetscInt files,
                                History history, Fields fields) {
  const PetscInt rows = s->voltammogram ? CYCLES * ROWS_PER_CYCLE : 2 * ROWS_PER_CYCLE;
  double row[COLUMN_COUNT];

  PetscFunctionBeginUser;
  for (PetscInt number = first; number < rows; number++) {
    const PetscBool vertex = number % (ROWS_PER_CYCLE / 4) == ROWS_PER_CYCLE / 4 - 1 ? PETSC_TRUE : PETSC_FALSE;
    double start;

    Advance(s, CV_PERIOD / ROWS_PER_CYCLE);
    FillRow(s, (int)number, row);
    start = Now();
    PetscCall(HistoryAppend(history, row));
    if (number % 2) {
      PetscCall(HistoryAppendInterface(history, s->time, s->ring));
    }
    if (vertex) {
      PetscCall(WriteFields(s, fields));
      files++;
    }
    s->seconds += Now() - start;
    if (pause > 0) {
      if (number % 50 == 49) {
        PetscCall(Checkpoint(s, history, dir, number + 1, files));
      }
      nanosleep(&(struct timespec){(time_t)pause, (long)(1e9 * fmod(pause, 1))}, NULL);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Run(Sample *s, const char *dir, double pause, PetscBool resume) {
  const OblateOptions oblate = {
      .rings = RINGS, .layers = LAYERS, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  double ring_radius[RINGS], at[5] = {0}, start;
  HistoryOptions options = {.rings = RINGS,
                            .column_count = COLUMN_COUNT,
                            .columns = columns,
                            .field_count = FIELDS,
                            .fields = ring_fields,
                            .deck_text = "title: sample\n",
                            .title = "Made-up run",
                            .flush_interval = pause > 0 ? 0 : 1};
  CheckpointArray arrays[] = {{"ring", FIELDS * RINGS, s->ring, PETSC_FALSE}, {"at", 5, at, PETSC_FALSE}};
  History history;
  Fields fields;
  PetscInt step;

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblate(&oblate, &s->grid));
  for (step = 0; step < RINGS; step++) {
    ring_radius[step] = RADIUS * GridRingRadius(s->grid, step);
    s->ring[THETA * RINGS + step] = 1;
  }
  options.ring_radius = ring_radius;
  options.ring_area = s->grid->ring_area;
  if (resume) {
    PetscCall(CheckpointFind(PETSC_COMM_WORLD, dir, &step));
    PetscCheck(step >= 0, PETSC_COMM_WORLD, PETSC_ERR_FILE_OPEN, "there is no checkpoint in %s", dir);
    PetscCall(CheckpointRead(PETSC_COMM_WORLD, dir, step, 2, arrays));
    s->time = at[0], s->charge = at[1];
    PetscCall(HistoryReopen(PETSC_COMM_WORLD, dir, (PetscInt)at[2], (PetscInt)at[3], &options, &history));
  } else {
    start = Now();
    PetscCall(HistoryCreate(PETSC_COMM_WORLD, dir, &options, &history));
    s->seconds += Now() - start;
  }
  start = Now();
  PetscCall(FieldsCreate(PETSC_COMM_WORLD, dir, 1,
                         &(FieldsBlock){RINGS, LAYERS, s->grid->corner_r, s->grid->corner_z, 1.0}, (PetscInt)at[4],
                         &fields));
  s->seconds += Now() - start;
  PetscCall(WriteRows(s, dir, pause, (PetscInt)at[2], (PetscInt)at[4], history, fields));
  start = Now();
  PetscCall(HistoryDestroy(&history));
  s->seconds += Now() - start;
  PetscCall(FieldsDestroy(&fields));
  PetscCall(GridDestroy(&s->grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteReport(const Sample *s, const char *dir) {
  const ReportStep step = {.index = 1,
                           .kind = s->voltammogram ? "cv" : "current",
                           .end_time = s->time,
                           .reason = "end of the sample",
                           .cycles = s->voltammogram ? CYCLES : 0};
  Report report;

  PetscFunctionBeginUser;
  PetscCall(ReportCreate(PETSC_COMM_WORLD, dir, "Made-up run", &report));
  PetscCall(ReportAddStep(report, &step));
  PetscCall(ReportSetExit(report, 0, "finished"));
  PetscCall(ReportWrite(report));
  PetscCall(ReportDestroy(&report));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  Sample *sample;
  char *none[] = {argv[0], NULL}, **arguments = none;
  int one = 1;

  if (argc < 3) {
    fprintf(stderr, "usage: output_sample DIR cv|current [MILLISECONDS_PER_ROW [resume]]\n");
    return 1;
  }
  PetscCall(PetscInitialize(&one, &arguments, NULL, NULL));
  PetscCall(PetscNew(&sample));
  sample->voltammogram = strcmp(argv[2], "cv") ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(Run(sample, argv[1], argc > 3 ? 1e-3 * strtod(argv[3], NULL) : 0, argc > 4 ? PETSC_TRUE : PETSC_FALSE));
  PetscCall(WriteReport(sample, argv[1]));
  printf("%.4f\n", sample->seconds);
  PetscCall(PetscFree(sample));
  return (int)PetscFinalize();
}
