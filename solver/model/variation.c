/* The electrodes beside that of a run, each with one number of the deck changed, that its sensitivities are taken from
   (time/sensitivity.h). */
#include "parts.h"
#include <string.h>

/* [1] change of a number relative to it: small against what the curvature of a law does, large against rounding; of the
   electrolyte's numbers, where an operator of cells is built for each */
static const double variation = 1e-7, variation_of_cells = 3e-6;

/* Numbers of the method, of which results depend by its errors only, and of the space that it divides. */
static PetscBool IsSetting(const char *key) {
  static const char *const groups[] = {"grid.", "time.", "output.", "bulk.", "sei.block.", NULL};

  for (int k = 0; groups[k]; k++) {
    if (!strncmp(key, groups[k], strlen(groups[k]))) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

/* What stands in the way of the derivative by a key; empty if nothing. */
static PetscErrorCode Complaint(Deck deck, const char *key, char text[], size_t size) {
  const TableEntry *entry = DeckEntry(deck, key);
  const char *dot = strrchr(key, '.');
  char group[128], suggestion[1024];

  PetscFunctionBeginUser;
  text[0] = '\0';
  if (!entry) {
    (void)snprintf(group, sizeof group, "%.*s", dot ? (int)(dot - key) : 0, key);
    PetscCall(DeckSuggest(deck, group, dot ? dot + 1 : key, suggestion, sizeof suggestion));
    (void)snprintf(text, size, "'%.100s' is no key%s", key, suggestion);
  } else if (!strncmp(key, "protocol", 8) || entry->declaration->kind != PARAMETER_REAL) {
    (void)snprintf(text, size,
                   "'%.100s' is not a single real number outside the protocol: nothing is differentiated "
                   "by it",
                   key);
  } else if (IsSetting(key)) {
    (void)snprintf(text, size, "'%.100s' belongs to the method, not to the model: results depend on it by errors only",
                   key);
  } else if (!DeckIsUsed(deck, key)) {
    (void)snprintf(text, size, "'%.100s' is not used by this deck: nothing depends on it", key);
  } else if (DeckReal(deck, key) == 0.0) {
    (void)snprintf(text, size, "'%.100s' is 0, which has no logarithm: a derivative by it means nothing", key);
  }
  PetscFunctionReturn(0);
}

/* Parts of the model that are not differentiated yet. */
static PetscErrorCode CheckModel(Deck deck, Diagnostics diagnostics) {
  static const char key[] = "output.sensitivities";

  PetscFunctionBeginUser;
  if (DeckBoolean(deck, "sei.resolved")) {
    PetscCall(DeckError(deck, key, diagnostics, "a resolved SEI (sei.resolved) is not differentiated yet"));
  }
  if (!strcmp(DeckText(deck, "bulk.solver"), "field")) {
    PetscCall(DeckError(deck, key, diagnostics,
                        "bulk.solver field is not differentiated yet: use condensed, which gives the same potentials"));
  }
  for (const PartKind *const *k = PartKinds; *k; k++) {
    if ((*k)->wanted(deck)) {
      char text[256];
      (void)snprintf(text, sizeof text, "a part of this deck's model is not differentiated yet, the one of %s",
                     (*k)->needs ? (*k)->needs : "electrolyte.grain_depth");
      PetscCall(DeckError(deck, key, diagnostics, text));
    }
  }
  if (!strcmp(DeckText(deck, "sei.growth"), "wagner") &&
      (DeckReal(deck, "deposit.contact_growth_exponent") > 0.0 || DeckReal(deck, "deposit.pinning_diameter") > 0.0)) {
    PetscCall(DeckError(deck, key, diagnostics,
                        "a growing SEI under a growing contact, whose rings differ in age, is not differentiated yet"));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCheckVariations(Deck deck, Protocol protocol, Diagnostics diagnostics) {
  const PetscInt count = DeckListLength(deck, "output.sensitivities");
  char text[1400];

  PetscFunctionBeginUser;
  if (!count) {
    PetscFunctionReturn(0);
  }
  if (count > VARIATIONS_MAX) {
    (void)snprintf(text, sizeof text, "%d keys are too many: at most %d", (int)count, VARIATIONS_MAX);
    PetscCall(DeckError(deck, "output.sensitivities", diagnostics, text));
  }
  for (PetscInt k = 0; k < count; k++) {
    const char *key = DeckListText(deck, "output.sensitivities", k);
    PetscCall(Complaint(deck, key, text, sizeof text));
    if (!text[0] && DeckProtocolRefersTo(deck, key)) {
      (void)snprintf(text, sizeof text,
                     "'%.100s' also changes the protocol, which gives a number per area or as a C-rate: write that as "
                     "a current or charge",
                     key);
    }
    for (PetscInt l = 0; l < k && !text[0]; l++) {
      if (!strcmp(key, DeckListText(deck, "output.sensitivities", l))) {
        (void)snprintf(text, sizeof text, "'%.100s' is given twice", key);
      }
    }
    if (text[0]) {
      PetscCall(DeckError(deck, "output.sensitivities", diagnostics, text));
    }
  }
  if (protocol->measurement_count) {
    PetscCall(DeckError(deck, "output.sensitivities", diagnostics, "an impedance is not differentiated yet"));
  }
  PetscCall(CheckModel(deck, diagnostics));
  PetscFunctionReturn(0);
}

static PetscBool Below(const char *key, const char *group) {
  const size_t length = strlen(group);

  return !strncmp(key, group, length) && key[length] == '.' ? PETSC_TRUE : PETSC_FALSE;
}

/* Numbers that act on what the rings share alone, or on its start: no ring needs to be looked at. */
static PetscBool OnlySums(Simulation sim, const char *key) {
  const PetscBool shared = sim->model.contact->uses_needle ? PETSC_TRUE : PETSC_FALSE;

  return Below(key, "deposit") || !strcmp(key, "needle.stiffness") ||
         (shared && sim->model.needle.law == NEEDLE_SPRING && !strcmp(key, "needle.pressure"));
}

PetscErrorCode SimulationCreateVariations(Simulation sim) {
  const Deck deck = sim->deck;
  const PetscInt count = DeckListLength(deck, "output.sensitivities");

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(count, &sim->variation));
  for (PetscInt k = 0; k < count; k++) {
    SimulationVariation *v = &sim->variation[k];
    const char *key = v->key = DeckListText(deck, "output.sensitivities", k);
    const double value = DeckReal(deck, key);
    const PetscBool electrolyte = Below(key, "electrolyte");
    const PetscBool everywhere = !strcmp(key, "temperature") || !strcmp(key, "contact.diameter");
    const PetscBool films = sim->films.count && (Below(key, "interface") || Below(key, "sei"));
    PetscErrorCode code;

    v->laws = !electrolyte && !OnlySums(sim, key);
    v->path = electrolyte || everywhere || films;
    DeckVary(deck, key, value * (1.0 + (electrolyte ? variation_of_cells : variation)));
    v->step = log(fabs(DeckReal(deck, key) / value));
    code = SimulationCreateBeside(sim, !electrolyte && !everywhere, &v->simulation);
    DeckVary(deck, key, value);
    sim->variation_count = k + 1;
    PetscCall(code);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationDestroyVariations(Simulation sim) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sim->variation_count; k++) {
    PetscCall(SimulationDestroy(&sim->variation[k].simulation));
  }
  PetscCall(PetscFree(sim->variation));
  sim->variation_count = 0;
  PetscFunctionReturn(0);
}
