/* report.json: how the run ended. Written to a temporary name and renamed, so that it is whole at any time; it may be
   written again and again while the run goes on (exit status -1: still running). Rank 0 writes; calls on other ranks do
   nothing. Numbers that are not finite are written as null.

   Keys, in this order:
   "lisei_format", "title", "sign_convention",
   "provenance": {"version", "git_hash", "petsc_version", "hdf5_version", "mpi_version", "petsc_options", "ranks"},
   "exit": {"status", "reason"},
   "steps": [{"index", "kind", "start_time", "end_time", "reason", "cycles", "charge", "end_potential",
             "end_current", "end_contact_fraction"}, ...]: SI,
   "timings": {"setup", "stepping", "output", "total"}: seconds of wall time, total is their sum,
   "counts": {"steps", "rejected", "newton_iterations", "linear_iterations"},
   "balances": {"current", "volume", "force"}: largest relative imbalance of the run,
   "discretisation": {...}, "warnings": {name: text, ...}: empty if there is nothing to warn of,
   and further sections: whatever the run and its parts have to say */
#ifndef LISEI_REPORT_H
#define LISEI_REPORT_H

#include "provenance.h"

#define REPORT_RUNNING (-1) /* exit status of a run that goes on */

typedef struct _p_Report *Report;

typedef struct {
  PetscInt index;              /* number of the protocol step, from 1, counted as they ran (repetitions count again) */
  const char *kind;            /* "cv", "current", "hold", "rest", "waveform" */
  double start_time, end_time; /* [s] simulated */
  const char *reason;          /* why it ended */
  PetscInt cycles;             /* finished cycles; 0 for steps without */
  double charge;               /* [C] passed in the step, anodic positive */
  double potential, current, contact_fraction; /* [V], [A], [1] at its end */
} ReportStep;

typedef struct {
  double setup, stepping, output; /* [s] wall time */
} ReportTimings;

typedef struct {
  PetscInt steps, rejected;                      /* accepted and rejected time steps */
  PetscInt newton_iterations, linear_iterations; /* of the whole run */
} ReportCounts;

typedef struct {
  double current; /* contact against counter-electrode current */
  double volume;  /* lithium moved by creep and current against the change of the voids */
  double force;   /* needle against contact */
} ReportBalances; /* largest relative imbalance; NAN where it does not apply */

PetscErrorCode ReportCreate(MPI_Comm comm, const char *dir, const char *title, Report *report);
PetscErrorCode ReportAddStep(Report report, const ReportStep *step);
PetscErrorCode ReportSetExit(Report report, int status, const char *reason);
PetscErrorCode ReportSetTimings(Report report, const ReportTimings *timings);
PetscErrorCode ReportSetCounts(Report report, const ReportCounts *counts);
PetscErrorCode ReportSetBalances(Report report, const ReportBalances *balances);
/* Notes in a section of the report, which is made with its first note; a name set again is replaced. */
PetscErrorCode ReportNoteReal(Report report, const char *section, const char *name, double value);
PetscErrorCode ReportNoteInteger(Report report, const char *section, const char *name, PetscInt value);
PetscErrorCode ReportNoteText(Report report, const char *section, const char *name, const char *value);
/* The file as it stands now. */
PetscErrorCode ReportWrite(Report report);
/* Does not write. */
PetscErrorCode ReportDestroy(Report *report);

#endif
