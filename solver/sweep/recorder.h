/* The history of one run in memory: what measures are taken from. Its storage is used again by the next run. */
#ifndef LISEI_RECORDER_H
#define LISEI_RECORDER_H

#include "../experiment/run.h"

typedef struct {
  HistoryOptions options; /* of the run; the arrays are our own, the names the simulation's */
  HistoryField *columns, *fields;
  double *ring_radius, *ring_area;
  PetscInt column_capacity, field_capacity, ring_capacity;
  PetscInt row_count, instant_count;
  double *rows;                                       /* row-major, options.column_count numbers a row */
  double *times, *rings;                              /* of the ring fields, if they are kept */
  size_t row_capacity, time_capacity, rings_capacity; /* numbers */
  PetscInt point_count, spectrum_count;               /* impedance: points of all spectra */
  double *points; /* frequency [Hz], Re Z, Im Z [Ohm], number of the spectrum from 1 */
  size_t point_capacity;
  bool keeps_rings, keeps_impedance;
  PetscErrorCode (*poll)(void *context); /* called at every row; may be NULL */
  void *poll_context;
} Recorder;

/* A listener that fills the recorder. */
RunListener RecorderListener(Recorder *recorder);
/* Index of the column, -1: the run has none of that name. */
PetscInt RecorderColumn(const Recorder *recorder, const char *name);
double RecorderValue(const Recorder *recorder, PetscInt row, PetscInt column);
/* The history as DIR/history.h5, compressed, with the text of the deck. */
PetscErrorCode RecorderWrite(const Recorder *recorder, const char *dir, const char *deck);
PetscErrorCode RecorderFree(Recorder *recorder);

#endif
