#include "catalogue.h"
#include "../../physics/charge_storage.h"
#include "../../physics/contact.h"
#include "../../physics/crack.h"
#include "../../physics/deposit.h"
#include "../../physics/dislocation.h"
#include "../../physics/grain_growth.h"
#include "../../physics/kinetics.h"
#include "../../physics/needle.h"
#include "../../physics/pressure_profile.h"
#include "../../physics/wagner_sei.h"

const char *const CatalogueProcesses[3] = {"charge_transfer", "sei_transport", "se_transfer"};

enum { WORDS = 256 };
static char contact_words[WORDS], kinetics_words[WORDS], process_words[WORDS], creep_words[WORDS];

static const Parameter contact_choice[] = {{.key = "law",
                                            .kind = PARAMETER_CHOICE,
                                            .fallback = "none",
                                            .choices = contact_words,
                                            .meaning = "How the contact evolves under current, load and creep"},
                                           {.key = NULL}};
static const Parameter kinetics_choice[] = {
    {.key = "kinetics",
     .kind = PARAMETER_CHOICE,
     .fallback = "linear",
     .choices = kinetics_words,
     .meaning = "Law of the interface between lithium and electrolyte; series: charge transfer, SEI transport and "
                "SE|SEI transfer one behind the other"},
    {.key = NULL}};
static const Parameter process_choice[] = {{.key = "law",
                                            .kind = PARAMETER_CHOICE,
                                            .fallback = "none",
                                            .choices = process_words,
                                            .meaning = "Law of this process; none: it costs no overpotential"},
                                           {.key = NULL}};
static const Parameter process_place[] = {
    {.key = "acts_on",
     .kind = PARAMETER_CHOICE,
     .fallback = "true_contact",
     .choices = "true_contact|whole_area",
     .meaning = "Whether the current passes this process below the true contact only, or spreads over the whole area "
                "of a ring; below a resolved SEI always the whole area"},
    {.key = NULL}};
static const Parameter creep_choice[] = {
    {.key = "creep",
     .kind = PARAMETER_CHOICE_LIST,
     .fallback = "[coble]",
     .choices = creep_words,
     .meaning = "Creep mechanisms of the lithium that supply the contact; their rates add"},
    {.key = NULL}};

static const Parameter crack_choice[] = {
    {.key = "shape",
     .kind = PARAMETER_CHOICE,
     .fallback = "none",
     .choices = "none|half_penny|penny|edge", /* in the order of CrackShape */
     .meaning = "Shape of the crack: half a disk below the surface, a disk, or straight along the surface; none: no "
                "crack"},
    {.key = NULL}};

static void AppendWord(char words[WORDS], const char *word) {
  const size_t length = strlen(words);
  (void)snprintf(words + length, WORDS - length, "%s%s", length ? "|" : "", word);
}

/* "group.name" */
static const char *Join(const char *group, const char *name) {
  static char path[128];
  (void)snprintf(path, sizeof path, "%s.%s", group, name);
  return path;
}

static PetscErrorCode AddLaw(ParameterTable table, const char *group, const char *selector, const char *name,
                             const char *meaning, const Parameter *parameters) {
  PetscFunctionBeginUser;
  if (parameters && parameters->key) {
    PetscCall(TableAdd(table, Join(group, name), parameters, selector, name));
    PetscCall(TableDescribe(table, Join(group, name), meaning));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AddContact(ParameterTable table) {
  PetscFunctionBeginUser;
  for (const ContactLaw *const *law = contact_laws; *law; law++) {
    AppendWord(contact_words, (*law)->name);
  }
  PetscCall(TableAdd(table, "contact", contact_choice, NULL, NULL));
  for (const ContactLaw *const *law = contact_laws; *law; law++) {
    PetscCall(AddLaw(table, "contact", "contact.law", (*law)->name, (*law)->meaning, (*law)->parameters));
  }
  PetscCall(TableAdd(table, "contact.pressure", pressure_profile_parameters, NULL, NULL));
  PetscCall(TableDescribe(table, "contact.pressure", "How the needle's pressure spreads over the contact"));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddKinetics(ParameterTable table) {
  char group[64], selector[64];

  PetscFunctionBeginUser;
  AppendWord(process_words, "none");
  for (const KineticsLaw *const *law = kinetics_laws; *law; law++) {
    AppendWord(kinetics_words, (*law)->name);
    AppendWord(process_words, (*law)->name);
  }
  AppendWord(kinetics_words, "series");
  PetscCall(TableAdd(table, "interface", kinetics_choice, NULL, NULL));
  for (const KineticsLaw *const *law = kinetics_laws; *law; law++) {
    PetscCall(AddLaw(table, "interface", "interface.kinetics", (*law)->name, (*law)->meaning, (*law)->parameters));
  }
  for (int k = 0; k < 3; k++) {
    static const char *const meanings[] = {"Charge transfer Li|SEI", "Ion transport through the SEI",
                                           "Charge transfer SE|SEI"};
    (void)snprintf(group, sizeof group, "interface.%s", CatalogueProcesses[k]);
    (void)snprintf(selector, sizeof selector, "interface.%s.law", CatalogueProcesses[k]);
    PetscCall(TableAdd(table, group, process_choice, "interface.kinetics", "series"));
    if (k > 0) {
      PetscCall(TableAdd(table, group, process_place, "interface.kinetics", "series"));
    }
    PetscCall(TableDescribe(table, group, meanings[k]));
    for (const KineticsLaw *const *law = kinetics_laws; *law; law++) {
      PetscCall(AddLaw(table, group, selector, (*law)->name, (*law)->meaning, (*law)->parameters));
    }
  }
  PetscCall(TableAdd(table, "interface.dislocations", dislocation_parameters, NULL, NULL));
  PetscCall(TableDescribe(table, "interface.dislocations",
                          "Dislocations of the lithium that lower the charge-transfer resistance (eq. 6-7)"));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddLithium(ParameterTable table) {
  PetscFunctionBeginUser;
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    AppendWord(creep_words, (*law)->name);
  }
  PetscCall(TableAdd(table, "lithium", creep_choice, NULL, NULL));
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    PetscCall(AddLaw(table, "lithium", "lithium.creep", (*law)->name, (*law)->meaning, (*law)->parameters));
  }
  PetscCall(TableAdd(table, "lithium.grains", grain_growth_parameters, NULL, NULL));
  PetscCall(TableDescribe(table, "lithium.grains", "Grain size of the lithium and its growth"));
  PetscCall(TableAdd(table, "needle", needle_parameters, NULL, NULL));
  PetscCall(TableDescribe(table, "needle", "The needle that presses the lithium on the electrolyte"));
  PetscCall(TableAdd(table, "deposit", deposit_parameters, NULL, NULL));
  PetscCall(TableDescribe(table, "deposit", "The lithium deposit and the growth of its contact"));
  PetscFunctionReturn(0);
}

PetscErrorCode CatalogueCreate(ParameterTable *table) {
  PetscFunctionBeginUser;
  contact_words[0] = kinetics_words[0] = process_words[0] = creep_words[0] = '\0';
  PetscCall(TableCreate(table));
  PetscCall(ParametersRegister(*table));
  PetscCall(AddContact(*table));
  PetscCall(AddKinetics(*table));
  PetscCall(AddLithium(*table));
  PetscCall(TableAdd(*table, "capacitance", charge_storage_parameters, NULL, NULL));
  PetscCall(TableDescribe(*table, "capacitance",
                          "Charge that the processes across the interface and the electrolyte store: for impedance; "
                          "time steps are slower"));
  PetscCall(TableAdd(*table, "crack", crack_choice, NULL, NULL));
  PetscCall(TableAdd(*table, "crack", crack_electrolyte_parameters, NULL, NULL));
  PetscCall(TableAdd(*table, "crack", crack_parameters, "crack.shape", "half_penny|penny|edge"));
  PetscCall(TableDescribe(*table, "crack",
                          "A crack below the contact that lithium is plated into: a second electrode, which the "
                          "pressure of the lithium opens and drives on"));
  PetscCall(TableAdd(*table, "sei.wagner", wagner_sei_parameters, "sei.growth", "wagner"));
  PetscCall(TableDescribe(*table, "sei.wagner", "Diffusion-limited growth of the SEI"));
  PetscFunctionReturn(0);
}

PetscErrorCode CatalogueDestroy(ParameterTable *table) {
  PetscFunctionBeginUser;
  PetscCall(TableDestroy(table));
  PetscFunctionReturn(0);
}
