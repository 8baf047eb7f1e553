/* history.h5 and history.csv: one row per accepted time step. Rank 0 writes; calls on other ranks do nothing.

   The HDF5 file is opened only while rows are appended (single-writer/multiple-reader mode), so that it can be read
   while the job runs and after it was killed. Rows are buffered and written out when a second has passed or
   HistoryFlush is called; CSV lines go out at once. */
#ifndef LISEI_HISTORY_H
#define LISEI_HISTORY_H

#include "provenance.h"

#define HISTORY_SIGN_CONVENTION                                                                                        \
  "potential of the Li electrode against the far Li counter/reference electrode; positive = anodic = stripping"

/* One declaration per history column: enumerator, name, SI unit, meaning. */
#define HISTORY_COLUMNS(X)                                                                                             \
  X(TIME, "time", "s", "simulated time")                                                                               \
  X(STEP, "step", "1", "number of the accepted time step")                                                             \
  X(PROTOCOL_STEP, "protocol_step", "1", "number of the protocol step, from 1")                                        \
  X(CYCLE, "cycle", "1", "cycle of a voltammogram or repetition, from 1")                                              \
  X(POTENTIAL, "potential", "V", "potential of the Li electrode against Li counter/reference, anodic positive")        \
  X(CURRENT, "current", "A", "current, anodic (stripping) positive")                                                   \
  X(CURRENT_DENSITY, "current_density", "A m-2", "current of the contact per nominal contact area")                    \
  X(ETA_CONSTRICTION, "eta_constriction", "V", "current-weighted mean potential drop in the electrolyte")              \
  X(ETA_INTERFACE, "eta_interface", "V", "current-weighted mean overpotential of the interface")                       \
  X(CONTACT_FRACTION, "contact_fraction", "1", "area mean of the contact fraction")                                    \
  X(CONTACT_RADIUS_EFFECTIVE, "contact_radius_effective", "m", "radius of a disk with the area that touches")          \
  X(CONTACT_STRESS, "contact_stress", "Pa", "mean stress on the area that touches")                                    \
  X(LOAD, "load", "Pa", "needle force per nominal area")                                                               \
  X(SEI_THICKNESS, "sei_thickness", "m", "area mean of the SEI thickness")                                             \
  X(GRAIN_SIZE, "grain_size", "m", "lithium grain size")                                                               \
  X(LITHIUM_VOLUME, "lithium_volume", "m3", "volume of the lithium deposit")                                           \
  X(CHARGE, "charge", "C", "charge passed since the start, anodic positive")                                           \
  X(SEI_CHARGE, "sei_charge", "C", "charge equivalent of the lithium consumed by SEI growth")                          \
  X(CRACK_LENGTH, "crack_length", "m", "length of the lithium-filled crack; 0 without one")                            \
  X(CRACK_SPEED, "crack_speed", "m s-1", "speed at which the crack extends")                                           \
  X(CRACK_PRESSURE, "crack_pressure", "Pa", "pressure of the lithium in the crack")                                    \
  X(CRACK_STRESS_INTENSITY, "crack_stress_intensity", "Pa m^0.5", "mode-I stress intensity of the crack")              \
  X(CRACK_OPENING, "crack_opening", "m", "mean opening of the crack since its native state")                           \
  X(CRACK_CURRENT, "crack_current", "A", "part of the current that passes the crack's faces")                          \
  X(CRACK_CHARGE, "crack_charge", "C", "part of the charge that passed the crack's faces")                             \
  X(DT, "dt", "s", "length of the time step")                                                                          \
  X(NEWTON_ITERATIONS, "newton_iterations", "1", "Newton iterations of the time step")                                 \
  X(BALANCE, "balance", "1", "relative imbalance between contact and counter-electrode current")

#define HISTORY_ENUMERATOR(id, name, unit, meaning) HISTORY_##id,
enum { HISTORY_COLUMNS(HISTORY_ENUMERATOR) HISTORY_COLUMN_COUNT };
#undef HISTORY_ENUMERATOR
extern const char *const history_column_name[], *const history_column_unit[], *const history_column_meaning[];

typedef struct {
  const char *name, *unit; /* per-ring field, e.g. "contact_fraction", "1" */
} HistoryField;

typedef struct _p_History *History;

typedef struct {
  PetscInt rings;
  const double *ring_radius, *ring_area; /* [m], [m^2] at the start */
  PetscInt field_count;
  const HistoryField *fields;
  const char *deck_text; /* resolved deck */
  const char *title;
  double flush_interval; /* [s] wall time between writes of the HDF5 file */
} HistoryOptions;

/* A new pair of files in `dir` (which must exist). */
PetscErrorCode HistoryCreate(MPI_Comm comm, const char *dir, const HistoryOptions *options, History *history);
/* Continue the files in `dir`, cutting every row past the first `rows` history rows and `interface_rows` interface
 * rows. */
PetscErrorCode HistoryReopen(MPI_Comm comm, const char *dir, PetscInt rows, PetscInt interface_rows,
                             const HistoryOptions *options, History *history);
PetscErrorCode HistoryAppend(History history, const double row[]);
/* Ring fields at an instant: values[field*rings + ring]. */
PetscErrorCode HistoryAppendInterface(History history, double time, const double values[]);
/* Write out what is buffered (before a checkpoint). */
PetscErrorCode HistoryFlush(History history);
/* Rows appended so far, on every process. */
PetscErrorCode HistoryGetRows(History history, PetscInt *rows, PetscInt *interface_rows);
PetscErrorCode HistoryDestroy(History *history);

#endif
