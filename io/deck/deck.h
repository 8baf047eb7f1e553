/* The input deck: YAML read with line numbers, units checked with UDUNITS-2, defaults filled in, everything validated
   against the parameter table. Values are SI. Asking for a key that the table does not declare, or by the wrong kind,
   is a programming error and stops the program with its name. */
#ifndef LISEI_DECK_H
#define LISEI_DECK_H

#include "diagnostics.h"
#include "table.h"
#include <stdbool.h>

typedef struct Deck_ *Deck;
typedef struct DeckStep_ *DeckStep; /* one protocol step; owned by the deck */

/* A key that the chosen law does not use is an error where the choice stands in the same source or a weaker one
   (include < including deck < --set). A choice made by a stronger source leaves such keys idle: DeckPrint lists them,
   DeckResolved drops them. */

/* In place of a value may stand {value: ..., range: [...], source: ..., fitted_to: ..., note: ...}. A value outside the
   plausible range that its source, or one that this overrides, states is an error; outside by --set it is noted. */

/* Read `path` (with its `include:` files), apply `overrides` ("key.path=value unit", in order), validate. All errors go
   to `diagnostics`; *deck is NULL if there was any. Every process reads the same files; no communication. */
PetscErrorCode DeckRead(ParameterTable table, const char *path, PetscInt override_count, char *const overrides[],
                        Diagnostics diagnostics, Deck *deck);
/* The same from text (tests, resume); `name` stands for the file in messages. */
PetscErrorCode DeckReadText(ParameterTable table, const char *text, const char *name, Diagnostics diagnostics,
                            Deck *deck);
PetscErrorCode DeckDestroy(Deck *deck);

/* Many decks that differ in a few keys: the files are read once. */
typedef struct DeckBase_ *DeckBase;
typedef struct {
  const char *text; /* "key.path=value unit" */
  const char *file; /* where it stands, for messages; must outlive the deck */
  int line;
} DeckAssignment;
/* *base is NULL if a file cannot be read; nothing is validated yet. The assignments hold for all decks. */
PetscErrorCode DeckBaseRead(ParameterTable table, const char *path, PetscInt count, const DeckAssignment assignments[],
                            Diagnostics diagnostics, DeckBase *base);
/* The deck that DeckRead would give with these overrides, too. It must not outlive the base. */
PetscErrorCode DeckBaseVary(DeckBase base, PetscInt count, const DeckAssignment assignments[], Diagnostics diagnostics,
                            Deck *deck);
/* Give keys of such a deck other values in place: those that DeckBaseVary has set in it, if they are numbers outside
   the protocol. *done false: it cannot be done so, or a value is wrong; the deck is spoilt then, make a new one. */
PetscErrorCode DeckBaseRevary(DeckBase base, PetscInt count, const DeckAssignment assignments[], Deck deck, bool *done);
PetscErrorCode DeckBaseDestroy(DeckBase *base);

double DeckReal(Deck deck, const char *key);
PetscInt DeckInteger(Deck deck, const char *key);
bool DeckBoolean(Deck deck, const char *key);
const char *DeckText(Deck deck, const char *key); /* TEXT and CHOICE; "" if empty */
PetscInt DeckChoice(Deck deck, const char *key);  /* index into `choices` */
PetscInt DeckListLength(Deck deck, const char *key);
const char *DeckListText(Deck deck, const char *key, PetscInt index);
double DeckListReal(Deck deck, const char *key, PetscInt index);
bool DeckIsSet(Deck deck, const char *key); /* written in the deck or by an override, not a default */
/* The file that a text names, as seen from the deck that names it; PetscFree. */
PetscErrorCode DeckPath(Deck deck, const char *key, char **path);
bool DeckIsUsed(Deck deck, const char *key); /* its group's condition holds */
/* The declaration of a key, NULL if there is none; what may have been meant by one (TableSuggest). */
const TableEntry *DeckEntry(Deck deck, const char *key);
PetscErrorCode DeckSuggest(Deck deck, const char *group, const char *name, char *text, size_t size);
/* Another number [SI] for a key of kind REAL, unchecked, as if the deck had it: for a model beside that of the deck. */
void DeckVary(Deck deck, const char *key, double value);
/* Fill a law's parameter struct (doubles and ints at the declared offsets) from the group, e.g. "interface.sinh". */
PetscErrorCode DeckFill(Deck deck, const char *group, const Parameter *declarations, void *parameters);
/* Where the key was written, for errors found later (0 and the deck's name for defaults). */
void DeckWhere(Deck deck, const char *key, const char **file, int *line);

/* Protocol: a list of steps; a `repeat` step holds a list of its own. The kind is the step's key ("cv", "hold", ...).
 */
PetscInt DeckStepCount(Deck deck);
DeckStep DeckGetStep(Deck deck, PetscInt index);
const char *DeckStepKind(DeckStep step);
void DeckStepWhere(DeckStep step, const char **file, int *line);
PetscInt DeckStepChildCount(DeckStep step); /* repeat only */
DeckStep DeckStepChild(DeckStep step, PetscInt index);
bool DeckStepIsSet(DeckStep step, const char *key); /* key below the step: "rate", "until.voltage" */
double DeckStepReal(DeckStep step, const char *key);
bool DeckStepBoolean(DeckStep step, const char *key);
PetscInt DeckStepInteger(DeckStep step, const char *key);
const char *DeckStepText(DeckStep step, const char *key);
PetscInt DeckStepListLength(DeckStep step, const char *key);
double DeckStepListReal(DeckStep step, const char *key, PetscInt index);
/* Kind `waveform`: number of rows, times [s] counted from the first row and values [V or A], already read and checked.
 */
PetscInt DeckStepWaveform(DeckStep step, const double **time, const double **value);

/* Does the protocol give a number per area of the nominal contact (contact.diameter), or as a C-rate
   (deposit.volume)? Then it is another protocol when that key changes. */
bool DeckProtocolRefersTo(Deck deck, const char *key);

/* The deck with includes, overrides and defaults resolved, as YAML that DeckReadText reads to the same values (17
   digits, SI or given units). In a deck read from it DeckIsSet holds for every key that has a value. The file of a
   waveform is written as an absolute path, unless DeckSettle has put it beside the deck. Free with PetscFree. */
PetscErrorCode DeckResolved(Deck deck, char **text);
#define DECK_WAVEFORM "deck.waveform-%" PetscInt_FMT ".csv" /* from 1, in the order of the steps */
/* Put what the deck reads besides itself into the folder under these names, if `write`; from then on DeckResolved names
   those. */
PetscErrorCode DeckSettle(Deck deck, const char *dir, bool write);
/* What a run is made from, for a later comparison: the resolved deck, checksums of the waveforms' numbers and of the
   map's file (sei.block.map). Free with PetscFree. */
PetscErrorCode DeckRecord(Deck deck, char **text);
/* How a comparison treats what differs. */
typedef struct {
  PetscInt override_count; /* --set key=value: these keys may differ */
  char *const *overrides;
  const char *const *fixed;          /* keys and groups that may not differ all the same; ends with NULL, may be NULL */
  const char *advice, *fixed_advice; /* ends of the messages */
} DeckCompareRules;
/* Name every key of the deck that differs from the record, with both values. `path` stands for the deck's file. */
PetscErrorCode DeckCompare(Deck deck, const char *path, const char *record, const DeckCompareRules *rules,
                           Diagnostics diagnostics);
/* Human-readable table of values used: key, value in the shown unit, SI value, origin (file:line, override, default);
   below it plausible range, fit, source and note where the deck gives them. */
PetscErrorCode DeckPrint(Deck deck, FILE *stream);
/* One line for each value that --set took out of its plausible range. */
PetscErrorCode DeckPrintNotes(Deck deck, FILE *stream);
/* The petsc: subtree as option pairs "-ksp_rtol", "1e-12". */
PetscInt DeckPetscOptionCount(Deck deck);
void DeckPetscOption(Deck deck, PetscInt index, const char **name, const char **value);
void DeckPetscOptionWhere(Deck deck, PetscInt index, const char **file, int *line); /* file NULL: not in the deck */
/* Add the option, or replace the deck's, as if the deck had it: DeckResolved writes it. */
PetscErrorCode DeckSetPetscOption(Deck deck, const char *name, const char *value);

#endif
