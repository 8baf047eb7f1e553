/* Declarations of the protocol's steps: "protocol.<kind>.<key>". Sign: anodic (stripping) is positive. */
#include "table.h"

static const Parameter sweep[] = {
    {.key = "start",
     .kind = PARAMETER_REAL,
     .unit = "V",
     .shown = "mV",
     .fallback = "0 mV",
     .minimum = -1e3,
     .maximum = 1e3,
     .meaning = "Potential at which every cycle starts and ends"},
    {.key = "vertices",
     .kind = PARAMETER_REAL_LIST,
     .unit = "V",
     .shown = "mV",
     .minimum = -1e3,
     .maximum = 1e3,
     .meaning = "Potentials visited in this order in every cycle, before it returns to the start"},
    {.key = "rate",
     .kind = PARAMETER_REAL,
     .unit = "V s-1",
     .shown = "mV s-1",
     .minimum = PARAMETER_POSITIVE,
     .maximum = 1e6,
     .meaning = "Rate at which the potential is swept, up and down",
     .source = "paper 2.1: 10 mV/s; 2.3: 0.2 mV/s"},
    {.key = "cycles",
     .kind = PARAMETER_INTEGER,
     .unit = "1",
     .fallback = "1",
     .minimum = 1,
     .maximum = 1e6,
     .meaning = "Number of cycles"},
    {.key = NULL},
};

#define DURATION(standard, low, what)                                                                                  \
  {                                                                                                                    \
    .key = "duration", .kind = PARAMETER_REAL, .unit = "s", .shown = "s", .fallback = (standard), .minimum = (low),    \
    .maximum = 1e12, .meaning = (what)                                                                                 \
  }

static const Parameter current[] = {
    {.key = "current",
     .kind = PARAMETER_REAL,
     .unit = "A",
     .shown = "nA",
     .minimum = -1e3,
     .maximum = 1e3,
     .areal = "A m-2",
     .fallback = "",
     .meaning = "Constant current; positive strips, negative plates"},
    {.key = "c_rate",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .meaning = "In place of `current`: what passes the charge of the deposit (deposit.volume) in one hour, times "
                "this; positive strips"},
    DURATION("0 s", 0., "Length of the step; 0: until one of its `until` conditions is met"),
    {.key = NULL},
};

static const Parameter hold[] = {
    {.key = "potential",
     .kind = PARAMETER_REAL,
     .unit = "V",
     .shown = "mV",
     .minimum = -1e3,
     .maximum = 1e3,
     .meaning = "Constant potential; positive strips, negative plates"},
    DURATION("0 s", 0., "Length of the step; 0: until one of its `until` conditions is met"),
    {.key = NULL},
};

static const Parameter rest[] = {
    DURATION(NULL, PARAMETER_POSITIVE, "Length of the step, without current"),
    {.key = NULL},
};

static const Parameter waveform[] = {
    {.key = "file",
     .kind = PARAMETER_TEXT,
     .meaning =
         "CSV file with a column of times (counted from its first row) and one of potentials or currents; its place is "
         "relative to the deck"},
    {.key = "control",
     .kind = PARAMETER_CHOICE,
     .fallback = "potential",
     .choices = "potential|current",
     .meaning = "What the second column is"},
    {.key = "interpolation",
     .kind = PARAMETER_CHOICE,
     .fallback = "linear",
     .choices = "linear|step",
     .meaning = "Between two rows: a straight line, or the value of the earlier row"},
    {.key = NULL},
};

static const Parameter repeat[] = {
    {.key = "times",
     .kind = PARAMETER_INTEGER,
     .unit = "1",
     .minimum = 1,
     .maximum = 1e6,
     .meaning = "How often the list `steps` is gone through"},
    {.key = NULL},
};

#define FREQUENCY_KEYS                                                                                                 \
  {.key = "frequencies",                                                                                               \
   .kind = PARAMETER_REAL_LIST,                                                                                        \
   .unit = "Hz",                                                                                                       \
   .fallback = "",                                                                                                     \
   .minimum = PARAMETER_POSITIVE,                                                                                      \
   .maximum = 1e15,                                                                                                    \
   .meaning = "Frequencies, in place of a range; they are measured from high to low"},                                 \
      {.key = "highest_frequency",                                                                                     \
       .kind = PARAMETER_REAL,                                                                                         \
       .unit = "Hz",                                                                                                   \
       .fallback = "",                                                                                                 \
       .minimum = PARAMETER_POSITIVE,                                                                                  \
       .maximum = 1e15,                                                                                                \
       .meaning = "First frequency of a logarithmic range"},                                                           \
      {.key = "lowest_frequency",                                                                                      \
       .kind = PARAMETER_REAL,                                                                                         \
       .unit = "Hz",                                                                                                   \
       .fallback = "",                                                                                                 \
       .minimum = PARAMETER_POSITIVE,                                                                                  \
       .maximum = 1e15,                                                                                                \
       .meaning = "Last frequency of the range"},                                                                      \
      {.key = "points_per_decade",                                                                                     \
       .kind = PARAMETER_INTEGER,                                                                                      \
       .unit = "1",                                                                                                    \
       .fallback = "10",                                                                                               \
       .minimum = 1,                                                                                                   \
       .maximum = 1000,                                                                                                \
       .meaning = "Frequencies in each decade of the range, at least"},                                                \
      {.key = "amplitude",                                                                                             \
       .kind = PARAMETER_REAL,                                                                                         \
       .unit = "V",                                                                                                    \
       .shown = "mV",                                                                                                  \
       .fallback = "10 mV",                                                                                            \
       .minimum = PARAMETER_POSITIVE,                                                                                  \
       .maximum = 10.,                                                                                                 \
       .meaning =                                                                                                      \
           "Amplitude of the potential, for the record: the impedance is that of a vanishing one, the harmonics that " \
           "this one would make are estimated"},                                                                       \
      {.key = "slow_states",                                                                                           \
       .kind = PARAMETER_CHOICE,                                                                                       \
       .fallback = "frozen",                                                                                           \
       .choices = "frozen|live",                                                                                       \
       .meaning = "Whether voids, reservoir and needle stand still or answer the signal"},                             \
      {.key = "spectrum",                                                                                              \
       .kind = PARAMETER_BOOLEAN,                                                                                      \
       .fallback = "true",                                                                                             \
       .meaning = "Whether the exact relaxation spectrum is worked out"},                                              \
  {                                                                                                                    \
    .key = "rings", .kind = PARAMETER_BOOLEAN, .fallback = "true",                                                     \
    .meaning = "Whether current and electrolyte potential of every ring are saved at every frequency"                  \
  }

static const Parameter impedance[] = {FREQUENCY_KEYS, {.key = NULL}};

static const Parameter sweep_impedance[] = {
    {.key = "at",
     .kind = PARAMETER_REAL_LIST,
     .unit = "V",
     .shown = "mV",
     .fallback = "",
     .minimum = -1e3,
     .maximum = 1e3,
     .meaning = "Potentials at which the impedance is measured whenever the sweep passes or turns there"},
    FREQUENCY_KEYS,
    {.key = NULL},
};

#define UNTIL_AREAL(name, si, people, low, high, per_area, what)                                                       \
  {                                                                                                                    \
    .key = (name), .kind = PARAMETER_REAL, .unit = (si), .shown = (people), .fallback = "", .minimum = (low),          \
    .maximum = (high), .meaning = (what), .areal = (per_area)                                                          \
  }
#define UNTIL(name, si, people, low, high, what) UNTIL_AREAL(name, si, people, low, high, NULL, what)

static const Parameter until[] = {
    UNTIL("potential_above", "V", "mV", -1e3, 1e3, "End when the potential rises above this"),
    UNTIL("potential_below", "V", "mV", -1e3, 1e3, "End when the potential falls below this"),
    UNTIL_AREAL("charge", "C", "uC", PARAMETER_POSITIVE, 1e9, "C m-2",
                "End when the charge passed in this step has this magnitude"),
    UNTIL_AREAL("current_below", "A", "nA", PARAMETER_POSITIVE, 1e3, "A m-2",
                "End when the magnitude of the current falls below this"),
    UNTIL_AREAL("current_above", "A", "nA", PARAMETER_POSITIVE, 1e3, "A m-2",
                "End when the magnitude of the current rises above this"),
    UNTIL("contact_fraction_below", "1", NULL, PARAMETER_POSITIVE, 1.,
          "End when the area mean of the contact fraction falls below this"),
    UNTIL("contact_fraction_above", "1", NULL, PARAMETER_POSITIVE, 1.,
          "End when the area mean of the contact fraction rises above this"),
    UNTIL("lithium_volume_below", "m3", "um3", PARAMETER_POSITIVE, 1e-6,
          "End when the volume of the lithium deposit falls below this"),
    UNTIL("lithium_share_below", "1", NULL, PARAMETER_POSITIVE, 1e6,
          "End when the volume of the lithium deposit falls below this part of deposit.volume"),
    {.key = "crack_initiated",
     .kind = PARAMETER_BOOLEAN,
     .fallback = "",
     .meaning = "End when the crack begins to extend: its stress intensity reaches the toughness"},
    UNTIL("crack_length", "m", "um", PARAMETER_POSITIVE, 1., "End when the crack has this length"),
    {.key = NULL},
};

static const Parameter on_infeasible[] = {
    {.key = "on_infeasible",
     .kind = PARAMETER_CHOICE,
     .fallback = "error",
     .choices = "error|stop|skip",
     .meaning = "If an end is already met at the start or cannot be met: stop with an error, end the protocol in good "
                "order, or go "
                "on with the next step"},
    {.key = NULL},
};

PetscErrorCode ParametersRegisterProtocol(ParameterTable table) {
  static const struct {
    const char *group, *until, *all;
    const Parameter *keys;
    const char *meaning;
  } kinds[] = {
      {"protocol.cv", "protocol.cv.until", "protocol.cv.until.all", sweep,
       "Cyclic voltammogram: from `start` through all vertices and back, `cycles` times"},
      {"protocol.current", "protocol.current.until", "protocol.current.until.all", current, "Constant current"},
      {"protocol.hold", "protocol.hold.until", "protocol.hold.until.all", hold, "Constant potential"},
      {"protocol.rest", "protocol.rest.until", "protocol.rest.until.all", rest, "No current"},
      {"protocol.waveform", "protocol.waveform.until", "protocol.waveform.until.all", waveform,
       "Potential or current from a table"},
  };

  PetscFunctionBeginUser;
  PetscCall(TableDescribe(
      table, "protocol",
      "What is done to the cell: a list of steps, each with one kind; every step ends at its own end or at "
      "the first of its `until` conditions"));
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    PetscCall(TableAdd(table, kinds[i].group, kinds[i].keys, NULL, NULL));
    PetscCall(TableAdd(table, kinds[i].group, on_infeasible, NULL, NULL));
    PetscCall(TableAdd(table, kinds[i].until, until, NULL, NULL));
    PetscCall(TableAdd(table, kinds[i].all, until, NULL, NULL));
    PetscCall(TableDescribe(table, kinds[i].all, "Conditions that end the step when all of them are met at once"));
    PetscCall(TableDescribe(table, kinds[i].group, kinds[i].meaning));
    PetscCall(
        TableDescribe(table, kinds[i].until, "Conditions that end the step before its own end, whichever comes first"));
  }
  PetscCall(TableAdd(table, "protocol.cv.impedance", sweep_impedance, NULL, NULL));
  PetscCall(TableDescribe(table, "protocol.cv.impedance", "Impedance during the sweep, which it does not disturb"));
  PetscCall(TableAdd(table, "protocol.impedance", impedance, NULL, NULL));
  PetscCall(TableDescribe(table, "protocol.impedance",
                          "Impedance at the state that the protocol has reached, whatever its potential and current; "
                          "takes no time and changes nothing"));
  PetscCall(TableAdd(table, "protocol.repeat", repeat, NULL, NULL));
  PetscCall(
      TableDescribe(table, "protocol.repeat", "Go `times` times through the list `steps` (any kinds, also `repeat`)"));
  PetscFunctionReturn(0);
}
