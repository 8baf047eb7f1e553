#include "body_parameters.h"
#include "../../io/deck/declare.h"
#include "../../physics/creep.h"
#include "../../physics/grain_growth.h"
#include <math.h>

static char creep_words[256];

static const Parameter top[] = {
    {.key = "title",
     .kind = PARAMETER_TEXT,
     .fallback = "",
     .meaning = "What the body is about; printed in the summary and stored with the results"},
    REAL_KEY("temperature", "K", "degC", "25 degC", 173., 450., "Temperature", NULL),
    END_OF_KEYS,
};
static const Parameter body[] = {
    REAL_KEY("contact_radius", "m", "um", "4.82 um", 1e-8, 1e-3, "Radius of the contact with the electrolyte",
             "10.1002/advs.202302521: half of 9.64 um"),
    REAL_KEY("aspect", "1", NULL, "1", 0.05, 20., "Height over contact radius of the hemispheroid that the needle cuts",
             NULL),
    REAL_KEY("needle_radius", "m", "um", "2 um", 1e-9, 1e-3,
             "Radius of the needle's flat, which is the top of the deposit; less than the contact radius", "assumed"),
    CHOICE_KEY("contact", "no_slip", "no_slip|slip",
               "Along the electrolyte the lithium sticks, or slips without friction"),
    CHOICE_KEY("contact_line", "pinned", "pinned|spreads",
               "The edge of the contact stays, or moves under the angle of Young; that needs contact: slip"),
    REAL_KEY("contact_angle", "1", NULL, "1.5707963", 0.1, 3.1,
             "Angle of Young through the lithium, in radians, of a contact line that spreads", "assumed"),
    REAL_KEY("surface_tension", "N m-1", NULL, "0.4 N/m", 0., 10., "Surface tension of the free lithium",
             "liquid lithium 0.4 N/m, docs/theory.md"),
    REAL_KEY("adhesion", "Pa", "MPa", "0 MPa", 0., 1e10,
             "Pull that a ring of the contact bears before it opens, and goes on to bear while it is open", "assumed"),
    INTEGER_KEY("cells_radial", "32", 2, 1024, "Cells along the radius, which are the rings of the contact"),
    INTEGER_KEY("cells_axial", "32", 2, 1024, "Cells between electrolyte and needle"),
    REAL_KEY("smallest_rate", "s-1", NULL, "1e-10 s-1", 1e-20, 1.,
             "Equivalent strain rate below which a body that is not linear has the viscosity that it has there", NULL),
    END_OF_KEYS,
};
static const Parameter needle[] = {
    CHOICE_KEY("control", "spring", "force|velocity|spring",
               "Constant force; given velocity; spring between needle and holder"),
    REAL_KEY("force", "N", "uN", "26 uN", -1., 1., "Force at the start; for control velocity not used",
             "fit, docs/theory.md"),
    REAL_KEY("stiffness", "N m-1", NULL, "18.7 N/m", 0., 1e9, "Stiffness of needle and manipulator in series",
             "fit, docs/theory.md: 0.25 MPa/um"),
    REAL_KEY("velocity", "m s-1", "nm s-1", "0 m/s", -1e-3, 1e-3,
             "Downward velocity of the needle (control velocity) or of its holder (spring)", NULL),
    END_OF_KEYS,
};
static const Parameter current[] = {
    REAL_KEY("density", "A m-2", "mA cm-2", "0 A m-2", -1e7, 1e7,
             "Mean current density of the contact, positive strips lithium", NULL),
    CHOICE_KEY("distribution", "uniform", "uniform|primary",
               "Over the contact uniform, or that of a disk without interface, 1/(2 sqrt(1 - r^2/a^2)) times the mean"),
    END_OF_KEYS,
};
static const Parameter time[] = {
    REAL_KEY("end", "s", NULL, "100 s", 0., 1e9, "When the run ends; 0: the flow at the start alone", NULL),
    REAL_KEY("until_force", "1", NULL, "0", 0., 1.,
             "Ends before when the needle's force has fallen to this share of that at the start; 0: not", NULL),
    REAL_KEY("tolerance", "1", NULL, "1e-3", 1e-8, 0.1,
             "Error of a step: displacement over contact radius, or force over that at hand", NULL),
    INTEGER_KEY("saves", "10", 0, 100000, "Fields are saved at the start and this many times, evenly; 0: at the start"),
    END_OF_KEYS,
};

static PetscErrorCode AddCreep(ParameterTable table) {
  char group[64];

  PetscFunctionBeginUser;
  creep_words[0] = '\0';
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    PetscCall(PetscStrlcat(creep_words, creep_words[0] ? "|" : "", sizeof creep_words));
    PetscCall(PetscStrlcat(creep_words, (*law)->name, sizeof creep_words));
  }
  static const Parameter choice[] = {{.key = "creep",
                                      .kind = PARAMETER_CHOICE_LIST,
                                      .fallback = "[coble]",
                                      .choices = creep_words,
                                      .meaning = "Creep mechanisms of the lithium; their rates add"},
                                     END_OF_KEYS};
  PetscCall(TableAdd(table, "lithium", choice, NULL, NULL));
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    (void)snprintf(group, sizeof group, "lithium.%s", (*law)->name);
    PetscCall(TableAdd(table, group, (*law)->parameters, "lithium.creep", (*law)->name));
    PetscCall(TableDescribe(table, group, (*law)->meaning));
  }
  PetscCall(TableAdd(table, "lithium.grains", grain_growth_parameters, NULL, NULL));
  PetscFunctionReturn(0);
}

static PetscErrorCode Describe(ParameterTable table) {
  static const char *const groups[][2] = {
      {"", "The lithium body as a whole"},
      {"body", "The deposit: shape, conditions at its boundary, grid"},
      {"lithium", "Lithium metal: grains and creep, as in a deck of lisei run"},
      {"lithium.grains", "Grain size of the lithium and its growth"},
      {"needle", "The needle that presses the lithium on the electrolyte"},
      {"current", "What takes lithium at the contact"},
      {"time", "How long, how exactly, and what is saved"},
  };

  PetscFunctionBeginUser;
  for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
    PetscCall(TableDescribe(table, groups[k][0], groups[k][1]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BodyTableCreate(ParameterTable *table) {
  PetscFunctionBeginUser;
  PetscCall(TableCreate(table));
  PetscCall(Describe(*table));
  PetscCall(TableAdd(*table, "", top, NULL, NULL));
  PetscCall(TableAdd(*table, "body", body, NULL, NULL));
  PetscCall(AddCreep(*table));
  PetscCall(TableAdd(*table, "needle", needle, NULL, NULL));
  PetscCall(TableAdd(*table, "current", current, NULL, NULL));
  PetscCall(TableAdd(*table, "time", time, NULL, NULL));
  PetscFunctionReturn(0);
}
