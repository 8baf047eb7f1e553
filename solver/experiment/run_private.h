/* What the parts of the run loop share. */
#ifndef LISEI_RUN_PRIVATE_H
#define LISEI_RUN_PRIVATE_H

#include "../../io/output/checkpoint.h"
#include "../../io/output/fields.h"
#include "../../io/output/history.h"
#include "../../io/output/report.h"
#include "../model/parts.h"
#include "../time/sensitivity.h"
#include "run.h"
#include "run_peaks.h"

/* Where the run stands; plain numbers so that it can be saved as one array. */
typedef struct {
  double step;                         /* index of the protocol step */
  double segment;                      /* index of the segment */
  double segment_start;                /* [s] */
  double segment_entered;              /* 1 after the control's jump at its start was solved */
  double step_charge;                  /* [C] charge at the start of the protocol step */
  double step_start;                   /* [s] */
  double dt;                           /* [s] proposed next step */
  double last_error;                   /* [1] of the last accepted step, for the step control */
  double last_slope, last_dt;          /* [A/s], [s] of the last step of this segment; 0: none */
  double largest_potential;            /* [V] the same of the potential, while the current is imposed */
  double largest_current;              /* [A] magnitude so far */
  double ended;                        /* 1 + reason, where an end of the protocol step is met; 0: not there */
  double near_ends;                    /* a bit for every end of the step that it started at within the tolerance */
  double most_lithium;                 /* [m^3] largest volume of the deposit so far */
  double steady_steps;                 /* consecutive steps without change */
  double imbalance;                    /* [1] of the currents at the present state */
  double peak_current;                 /* [A] largest magnitude so far */
  double peak_imposed;                 /* 1 where the protocol imposed it */
  double fields_interval_count;        /* fields saved at regular times */
  double rows, interface_rows, fields; /* written so far */
  double accepted, rejected, newton, factorisations;
  double worst_balance;                           /* [1] largest imbalance of the currents */
  double worst_volume;                            /* [1] largest imbalance of the lithium volume */
  double worst_force;                             /* [1] largest imbalance of the needle force */
  double floor_since, stress_since, volume_since; /* [s] when a warning became due (run_warnings.c); 0: not */
  double finished;                                /* 1 when the protocol is done */
} RunPosition;

/* How a protocol step ended. */
typedef struct {
  PetscInt step;
  double start, end;                           /* [s] */
  PetscInt cycles;                             /* finished */
  PetscInt reason;                             /* the kind of an end, or one of the codes below */
  double charge;                               /* [C] passed in it */
  double potential, current, contact_fraction; /* [V], [A], [1] when it ended */
} StepRecord;
enum {
  REASON_COMPLETED = 100,
  REASON_SKIPPED,
  REASON_STOPPED,
  REASON_STEADY,
  REASON_USED_UP, /* no lithium left to strip */
  REASON_ALL,     /* the conditions that are to hold together */
  REASON_FAILED,
  REASON_SIGNAL,
  REASON_WALL_TIME
};

enum { RUN_RECORD_VALUES = 9, RUN_SEGMENT_VALUES = 5, RUN_NAME_LENGTH = 80 }; /* in a checkpoint */

/* When fields are saved, in the order of the choices of output.fields. */
typedef enum { FIELDS_NONE, FIELDS_END, FIELDS_VERTICES, FIELDS_INTERVAL } RunFields;
/* What is said of the grid's error, in the order of the choices of output.grid_error. */
typedef enum { GRID_ERROR_NONE, GRID_ERROR_INSTANT, GRID_ERROR_HISTORY } RunGridError;

/* Deck keys that every step looks at. */
typedef struct {
  RunFields fields;
  RunGridError grid_error;
  double fields_interval;                         /* [s] simulated */
  double first_step, largest_step, smallest_step; /* [s] simulated; 0: none */
  double wall_time_limit, checkpoint_every;       /* [s] wall time; 0: no limit */
  double curve_tolerance;                         /* [1] of the largest value */
  PetscInt interface_every;                       /* rows between ring profiles */
} RunSettings;

typedef struct Run_ Run;

/* Where what a run produces goes: into a folder (run_output.c), or to a listener (run_listen.c). What is NULL is not
   wanted. All are collective. */
typedef struct {
  PetscErrorCode (*create)(Run *run, PetscBool resume); /* the columns and ring fields are declared */
  PetscErrorCode (*row)(Run *run, const double row[]);
  PetscErrorCode (*rings)(Run *run); /* run->ring_values, now */
  PetscErrorCode (*fields)(Run *run);
  PetscErrorCode (*save)(Run *run); /* a state to resume from */
  PetscErrorCode (*warn)(Run *run, const char *text);
  PetscErrorCode (*progress)(Run *run, double dt, PetscInt iterations);
  PetscErrorCode (*end)(Run *run, RunOutcome outcome);
  PetscErrorCode (*destroy)(Run *run);
} RunOutput;
extern const RunOutput run_output_folder, run_output_listener;

/* What the history of this run has: columns of a row, and fields of the rings. */
enum { RUN_COLUMNS_MAX = RUN_HISTORY_COLUMNS, RUN_RING_FIELDS_MAX = 32 };
typedef struct {
  PetscInt column_count, field_count;
  HistoryField columns[RUN_COLUMNS_MAX], fields[RUN_RING_FIELDS_MAX];
} RunDeclared;

struct Run_ {
  Simulation simulation;
  const RunOutput *output;
  const RunListener *listener; /* NULL: a folder; borrowed */
  RunSettings settings;
  const char *dir, *record; /* record: what it is made from; borrowed */
  ElectrodeState now, next, trial;
  ElectrodeState peak; /* the state with the largest current of the run */
  double grid_error;   /* [1] grid_error.h, at that state; NAN: unknown */
  Peaks peaks;         /* of the curve so far */
  Integrator integrator;
  Sensitivity sensitivity;     /* NULL: none are asked for */
  double *step_charge_tangent; /* [C] of each parameter: derivative of at.step_charge */
  RunPosition at;
  HistoryMark history_mark;           /* what the checkpoint counts on */
  double segment[RUN_SEGMENT_VALUES]; /* the one under way when the checkpoint was written */
  PetscInt record_count, record_capacity;
  StepRecord *records;
  History history;
  Fields fields;
  Report report;
  struct RunImpedance_ *impedance; /* run_impedance.h; NULL if the protocol measures none */
  double impedance_states;         /* measured so far; in the checkpoint */
  PetscBool on_terminal;
  PetscLogDouble start_time, setup_seconds, output_seconds, last_progress, last_checkpoint;
  double duration;                   /* [s] simulated, if no step ends early */
  double resumed_at;                 /* [s] simulated time at which this process started */
  char failure[512];                 /* why the run failed; empty if it did not */
  double *ring_radius, *ring_values; /* [m] rings; interface fields, field-major */
  double *scale;                     /* layout.evolving: work */
};

/* run_step.c */
/* Advance by one accepted step of at most run->at.dt, not beyond end_time [s]; run->next holds it. *dt: its length [s].
 */
PetscErrorCode RunAdvance(Run *run, const Control *control, double end_time, double *dt, StepResult *result,
                          PetscBool *failed);
/* Say in run->failure what failed, where and in which state. */
PetscErrorCode RunDescribeFailure(Run *run, const char *what, double dt, PetscInt ring);

/* The protocol step at which the run stands. */
const ProtocolStep *RunCurrentStep(const Run *run);
/* [s] when fields are saved next, at regular times */
double RunNextFieldsTime(const Run *run);

/* run_ends.c */
/* Has the accepted step of *dt met an end, or was one met and left again within it? Then repeat it shorter until the
   end is located: on return run->next is the first state that meets it. *which: the reason, -1: no end. A step may also
   be shortened to where an end is nearly met. *repeat: a step of *dt, on the way to the end, did not converge. */
PetscErrorCode RunFindEnd(Run *run, const Control *control, double *dt, StepResult *result, PetscInt *which,
                          PetscBool *repeat);
/* Is an end met where a segment starts, by a jump of the control, or because the run was resumed there? *which: as
   above. */
PetscErrorCode RunMeetsEnd(Run *run, PetscInt *which);
/* Has nothing changed during the accepted step of dt [s], neither by itself nor at a rate that would ever matter? While
   charge passes, an end by charge is still ahead. */
PetscBool RunIsSteady(const Run *run, double dt);
/* Is an end met already when the step starts, by more than the tolerance of locating ends? Then it is skipped, the run
 * stops, or fails, as the deck says. */
PetscErrorCode RunCheckFeasible(Run *run, PetscBool *skip, PetscBool *stop, PetscBool *failed);

/* run.c: run without files and signals; the extremes of the curve. */
PetscErrorCode RunForPeaks(Simulation simulation, Peaks *peaks, RunResult *result);

/* run_history.c */
PetscErrorCode RunDeclareHistory(const Run *run, RunDeclared *declared);
/* The same for a history, without the text of the deck. Borrows from `declared` and the run. */
PetscErrorCode RunDescribeHistory(Run *run, RunDeclared *declared, HistoryOptions *options);
/* A row of the present state, which an accepted step of dt [s] has reached. */
PetscErrorCode RunWriteRow(Run *run, double dt, PetscInt iterations);

/* run_sensitivity.c; nothing where none are asked for */
PetscErrorCode RunSensitivityCreate(Run *run);
PetscErrorCode RunSensitivityDestroy(Run *run);
PetscErrorCode RunSensitivityJump(Run *run, const Control *control); /* run->now is behind it */
/* From run->now to run->next, of dt [s], which met the end `which` (-1: none). */
PetscErrorCode RunSensitivityStep(Run *run, const Control *control, double dt, PetscInt which);
void RunSensitivityNextStep(Run *run); /* a protocol step begins at run->now */

/* run_reasons.c */
const char *RunReasonName(PetscInt reason);

/* run_listen.c */
PetscErrorCode RunDescribeResult(const Run *run, RunResult *result);

/* run_fields.c: cell fields, in the folder */
PetscErrorCode RunFieldsCreate(Run *run);
PetscErrorCode RunWriteFolderFields(Run *run);

/* run_resume.c: the segment under way: first of its step, kind of control, start, end, duration */
void RunDescribeSegment(const Run *run, double values[RUN_SEGMENT_VALUES]);

/* run_state.c */
/* What a checkpoint holds: every block of the state now and at the largest current, "state.<block>" and "peak.<block>",
   and where the run stands. */
typedef struct {
  PetscInt count;
  CheckpointArray *arrays;
  char (*names)[RUN_NAME_LENGTH]; /* storage of those of the blocks */
} RunContents;
PetscErrorCode RunContentsCreate(Run *run, double *records, RunContents *contents);
PetscErrorCode RunContentsDestroy(RunContents *contents);
PetscErrorCode RunWriteCheckpoint(Run *run); /* in the folder */
PetscErrorCode RunRestore(Run *run, PetscInt number);
PetscErrorCode RunAddRecord(Run *run, PetscInt reason);
/* Area mean of the contact fraction and quantities the ends look at. */
PetscErrorCode RunEndQuantities(Run *run, const ElectrodeState *state, EndQuantities *quantities);
void RunQuantitiesOf(Electrode electrode, const ElectrodeState *state, double step_charge, EndQuantities *quantities);

/* run_balance.c: balances of run->next; *violated with a text in run->failure, else it is empty. */
PetscErrorCode RunCheckBalances(Run *run, const Control *control, PetscBool *violated);
/* Is there a balance of the lithium volume? Not where a growing contact has voids. */
PetscBool RunVolumeIsBalanced(const Run *run);

/* run_warnings.c */
enum { RUN_WARNING_LENGTH = 320 };
/* What the present state warns of, once per run: at once, and in the report's section `warnings`. */
PetscErrorCode RunWarn(Run *run);
PetscErrorCode RunWarnStructure(Run *run); /* at the start: of a resolved SEI */
PetscErrorCode RunReportWarnings(Run *run);

/* run_signals.c */
/* What has arrived on any rank since the last call. */
PetscErrorCode RunSignalsPoll(MPI_Comm comm, PetscBool *stop, PetscBool *snapshot);

#endif
