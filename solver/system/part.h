/* A part: a sub-model that is solved together with the rings, with its own unknowns, equations, outputs and ends. The
   system holds a list of parts and knows none by name; the model builds the list. A part that is not in the list leaves
   no trace: no column, no number in the state or the checkpoint, no branch that is taken.

   Everything but the name is optional: what is NULL or zero is not there. Functions are called once per sweep over the
   rings, never per ring, on every process with the same numbers; they must give the same result on each. A function
   that can fail returns PETSC_ERR_NOT_CONVERGED where a shorter time step may help. Sign: anodic positive.
   How to write one: docs/add_a_part.md; examples: solver/parts. */
#ifndef LISEI_PART_H
#define LISEI_PART_H

#include "state.h"

typedef struct Part_ *Part;

/* Something that a part shows: name and SI unit as they stand in the output, one sentence. */
typedef struct {
  const char *name, *unit, *meaning;
} PartQuantity;

/* An entry of the part's section in the report. */
typedef struct {
  const char *text; /* NULL: the number */
  double number;    /* NAN: null */
} PartEntry;

/* An end of a protocol step, by its name in the deck (`until`). */
typedef struct {
  const char *name;
  PetscBool has_threshold; /* otherwise the deck says yes or no */
  /* >= 0 when the end is reached; continuous, scaled to its threshold [SI] */
  double (*value)(Part part, const ElectrodeState *state, double threshold);
} PartEnd;

/* Something that the part conserves. A run that violates it stops. */
typedef struct {
  const char *name;                                            /* as in "a balance is violated: ..." */
  double allowed;                                              /* [1] */
  double (*imbalance)(Part part, const ElectrodeState *state); /* [1] relative */
} PartBalance;

/* Where a part's equations are solved: at an instant (gamma_dt = 0, what evolves stands still), or in an implicit
   stage, y = known + gamma_dt dy/dt. */
typedef struct {
  const Control *control;
  double contact_radius, contact_current; /* [m] a, [A] I1 of the contact */
  double gamma_dt;                        /* [s] */
  const double *known;                    /* evolving numbers, as `global` of the state */
} PartConditions;

/* What a part between the rings and ground makes of the control. The rings see the drive W = V - g.
   follows: W is a function of the contact current I1 at the given control. Otherwise W is an unknown, and what remains
   to be met is the imposed current, I1 + I2 = I_set, I2 what parts take beside the contact. */
typedef struct {
  PetscBool follows;
  double drive, ground;      /* [V] W (as it is, if it does not follow), g */
  double drive_slope;        /* [Ohm] dW/dI1; 0 unless it follows */
  double current_by_drive;   /* [S] dI2/dW; 0 if it follows */
  double current_by_contact; /* [1] dI2/dI1; 0 if it follows */
} PartClosing;

/* Fields of the cells as they are saved: of a resolved SEI first, then of the grid, layer after layer. */
typedef struct {
  double growth, contact_current; /* [1] a/a0: the grid has grown by it, [A] */
  PetscInt above;                 /* cells of the SEI */
  double *potential, *conductivity, *phase;
} PartCells;

struct Part_ {
  const char *name; /* of its section in the report; unique in a run */
  void *data;       /* its own */

  /* State. The blocks are the part's own memory and live as long as the part. */
  PetscInt block_count;
  StateBlock *blocks;
  void (*initial)(Part part, ElectrodeState *state); /* the state is zero before */
  /* Rates of its evolving numbers at a consistent state, into state->global_rate. */
  void (*rates)(Part part, ElectrodeState *state);
  /* Size at which an error of each evolving number matters, in the order of the blocks: for the error of a step, the
     end of Newton's method, steadiness. */
  void (*scales)(Part part, const ElectrodeState *state, double scale[]);

  /* What passes the part instead of the contact: both enter the balances, `current` the total current and the charge.
   */
  double (*current)(Part part, const ElectrodeState *state); /* [A] I2 */
  double (*volume)(Part part, const ElectrodeState *state);  /* [m^3] lithium that it has taken from the deposit */

  /* The coupled solve, of a part that stands between the rings and ground; at most one part of a run has these three.
     choose: at the start of a stage, or at an instant, say whether the drive follows from the contact current. `state`
     is the last consistent one, contact_current is not known yet.
     solve: the part's equations at the contact current in `at` and the numbers in `state`, which stays as it is.
     enter: put the last solution into the part's blocks. *change (in and out) is the largest relative change so far; a
     part adds that of its algebraic numbers if they are iterated. */
  PetscErrorCode (*choose)(Part part, const PartConditions *at, const ElectrodeState *state, PetscBool *follows);
  PetscErrorCode (*solve)(Part part, const PartConditions *at, const ElectrodeState *state, PartClosing *closing);
  void (*enter)(Part part, ElectrodeState *state, double *change);

  /* A step from `before` to `after` is accepted: note in `after` what is to be remembered. */
  void (*accepted)(Part part, const ElectrodeState *before, ElectrodeState *after);

  /* Outputs: columns of the history (behind the electrode's own), fields of the rings [field*rings + ring] and of the
     cells [field*cells + cell], the section of the report. */
  PetscInt column_count, ring_field_count, cell_field_count, entry_count;
  const PartQuantity *columns, *ring_fields, *cell_fields, *entries;
  void (*observe)(Part part, const ElectrodeState *state, double values[]);
  void (*observe_rings)(Part part, const ElectrodeState *state, double values[]);
  void (*observe_cells)(Part part, const ElectrodeState *state, double values[]);
  void (*report)(Part part, const ElectrodeState *state, PartEntry entries[]);
  /* Fields of the electrolyte's cells, solved without the part, become those with it. */
  void (*adjust_cells)(Part part, const ElectrodeState *state, PartCells *cells);

  PetscInt end_count, balance_count;
  const PartEnd *ends;
  const PartBalance *balances;

  /* One line of the summary of a run; what a message of a failure says of the part ("; at ... Pa"). */
  void (*summary)(Part part, const ElectrodeState *state, char text[], size_t length);
  void (*failure)(Part part, const ElectrodeState *state, char text[], size_t length);

  PetscErrorCode (*destroy)(Part part); /* frees `data` and what belongs to it */
};

/* A part with a name and nothing else. */
PetscErrorCode PartCreate(const char *name, Part *part);
PetscErrorCode PartDestroy(Part *part);

/* The numbers of one of its blocks in a state, and their rates. */
static inline double *PartBlock(Part part, PetscInt block, const ElectrodeState *state) {
  return state->data + part->blocks[block].place;
}
static inline double *PartBlockRate(Part part, PetscInt block, const ElectrodeState *state) {
  return state->global_rate + part->blocks[block].index;
}

#endif
