/* A waveform for the protocol, read from a CSV file: time and potential or current, one pair a line. Lines that are
   empty or begin with
   '#' are skipped. The first line may name the columns, with their units: "time [s],potential [mV]"; SI otherwise. */
#ifndef LISEI_WAVEFORM_H
#define LISEI_WAVEFORM_H

#include "diagnostics.h"
#include <stdbool.h>

typedef struct {
  PetscInt count, capacity;
  double *time;  /* [s] counted from the first row; strictly increasing */
  double *value; /* [the unit asked for] */
  bool areal;    /* the file gives them per area */
} * Waveform;

/* Read `path`; the second column is converted to `unit` ("V" or "A"); a current density times `area` [m^2] is taken for
 a current. Everything wrong goes to `diagnostics` with its *line; waveform is NULL then. */
PetscErrorCode WaveformRead(const char *path, const char *unit, double area, Diagnostics diagnostics,
                            Waveform *waveform);
PetscErrorCode WaveformDestroy(Waveform *waveform);

#endif
