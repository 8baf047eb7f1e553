/* Does an impedance that the protocol asks for mean something with this deck? */
#include "../../physics/charge_storage.h"
#include "parts.h"
#include <string.h>

static bool HasProcess(Deck deck, const char *name) {
  char key[64];

  if (strcmp(DeckText(deck, "interface.kinetics"), "series") != 0) {
    return false;
  }
  (void)snprintf(key, sizeof key, "interface.%s.law", name);
  return strcmp(DeckText(deck, key), "none") != 0;
}

/* A capacitance needs something that it stands beside. */
static PetscErrorCode CheckPlaces(Deck deck, const ChargeStorage *storage, Diagnostics diagnostics) {
  const bool series = !strcmp(DeckText(deck, "interface.kinetics"), "series");
  const bool resolved = DeckBoolean(deck, "sei.resolved");

  PetscFunctionBeginUser;
  if (storage->charge_transfer > 0.0 && series && !HasProcess(deck, "charge_transfer")) {
    PetscCall(DeckError(deck, "capacitance.charge_transfer", diagnostics,
                        "there is no charge transfer whose double layer this could be: set "
                        "interface.charge_transfer.law"));
  }
  if (storage->se_transfer > 0.0 && !HasProcess(deck, "se_transfer")) {
    PetscCall(DeckError(deck, "capacitance.se_transfer", diagnostics,
                        "there is no SE|SEI transfer whose double layer this could be: set interface.kinetics to "
                        "series and interface.se_transfer.law"));
  }
  if (storage->sei_permittivity > 0.0 && !resolved && !HasProcess(deck, "sei_transport")) {
    PetscCall(DeckError(deck, "capacitance.sei_permittivity", diagnostics,
                        "there is no SEI whose capacitance this could be: set interface.kinetics to series and "
                        "interface.sei_transport.law, or sei.resolved"));
  }
  if (storage->electrolyte_permittivity > 0.0 && DeckReal(deck, "electrolyte.grain_depth") > 0.0) {
    PetscCall(DeckError(deck, "capacitance.electrolyte_permittivity", diagnostics,
                        "the displacement current is known in a homogeneous electrolyte only: electrolyte.grain_depth "
                        "must be 0"));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SimulationCheckImpedance(Deck deck, Protocol protocol, Diagnostics diagnostics) {
  ChargeStorage storage;

  PetscFunctionBeginUser;
  if (!protocol->measurement_count) {
    PetscFunctionReturn(0);
  }
  if (DeckBoolean(deck, "sei.resolved") && !strcmp(DeckText(deck, "sei.block.solver"), "iterative")) {
    PetscCall(DeckError(deck, "sei.block.solver", diagnostics, "an impedance needs sei.block.solver direct"));
  }
  PetscCall(DeckFill(deck, "capacitance", charge_storage_parameters, &storage));
  PetscCall(CheckPlaces(deck, &storage, diagnostics));
  for (PetscInt k = 0; k < protocol->measurement_count; k++) {
    const Measurement *m = &protocol->measurements[k];
    const bool slow = m->live && strcmp(DeckText(deck, "contact.law"), "none") != 0;
    if (charge_storage_is_empty(&storage) && !slow) {
      PetscCall(DiagnosticsAdd(diagnostics, m->file, m->line, "impedance",
                               "nothing stores charge (all of `capacitance` is zero) and no slow state answers: the "
                               "impedance would be the same resistance at all frequencies; set capacitance.%s",
                               DeckBoolean(deck, "sei.resolved") ? "sei_permittivity" : "charge_transfer"));
    }
    if (m->live && part_crack.wanted(deck)) {
      PetscCall(DiagnosticsAdd(diagnostics, m->file, m->line, "impedance.slow_states",
                               "a crack does not answer a small signal: only `frozen` goes with crack.shape"));
    }
  }
  PetscFunctionReturn(0);
}
