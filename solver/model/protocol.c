#include "protocol.h"
#include "../../physics/constants.h"
#include "parts.h"

const char *EndName(PetscInt kind) {
  static const char *const names[END_KIND_COUNT] = {
      "potential_above",        "potential_below",      "charge",
      "current_above",          "current_below",        "contact_fraction_above",
      "contact_fraction_below", "lithium_volume_below", "lithium_share_below"};
  const PartEnd *end = kind < END_KIND_COUNT ? NULL : PartsEnd(kind - END_KIND_COUNT, NULL);

  return kind < END_KIND_COUNT ? names[kind] : end ? end->name : NULL;
}

PetscBool ProtocolHasEnd(Protocol protocol, const ProtocolStep *step, PetscInt kind) {
  for (PetscInt k = step->first_end; k < step->first_end + step->end_count; k++) {
    if (protocol->ends[k].kind == kind) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

double EndFunction(PetscInt kind, double threshold, const EndQuantities *q) {
  switch (kind) {
  case END_POTENTIAL_ABOVE:
    return (q->potential - threshold) / fmax(fabs(threshold), 1e-3);
  case END_POTENTIAL_BELOW:
    return (threshold - q->potential) / fmax(fabs(threshold), 1e-3);
  case END_CHARGE:
    return fabs(q->charge) / threshold - 1.0;
  case END_CURRENT_ABOVE:
    return fabs(q->current) / threshold - 1.0;
  case END_CURRENT_BELOW:
    return 1.0 - fabs(q->current) / threshold;
  case END_FRACTION_ABOVE:
    return q->contact_fraction / threshold - 1.0;
  case END_FRACTION_BELOW:
    return 1.0 - q->contact_fraction / threshold;
  case END_LITHIUM_BELOW:
    return 1.0 - q->lithium_volume / threshold;
  default: /* END_SHARE_BELOW */
    return 1.0 - q->lithium_share / threshold;
  }
}

static PetscErrorCode AddSegment(Protocol protocol, Segment segment) {
  PetscFunctionBeginUser;
  if (segment.duration <= 0.0) {
    PetscFunctionReturn(0);
  }
  if (protocol->segment_count == protocol->segment_capacity) {
    protocol->segment_capacity = PetscMax(64, 2 * protocol->segment_capacity);
    PetscCall(PetscRealloc((size_t)protocol->segment_capacity * sizeof *protocol->segments, &protocol->segments));
  }
  protocol->segments[protocol->segment_count++] = segment;
  PetscFunctionReturn(0);
}

/* A ramp, cut where it passes zero: the laws have a kink there and the step should end on it. */
static PetscErrorCode AddRamp(Protocol protocol, PetscBool is_current, double start, double end, double duration,
                              PetscInt cycle, PetscBool vertex) {
  Segment segment = {is_current, start, end, duration, cycle, vertex, 0};

  PetscFunctionBeginUser;
  if (start * end < 0.0) {
    const double part = fabs(start) / (fabs(start) + fabs(end));
    PetscCall(AddSegment(protocol, (Segment){is_current, start, 0.0, part * duration, cycle, PETSC_FALSE, 0}));
    segment.start = 0.0;
    segment.duration = duration - part * duration;
  }
  PetscCall(AddSegment(protocol, segment));
  PetscFunctionReturn(0);
}

/* 1 + index of what the step asks for, read once however often it is repeated. */
static PetscErrorCode FindMeasurement(DeckStep source, const char *prefix, Diagnostics diagnostics, Protocol protocol,
                                      PetscInt *number) {
  PetscFunctionBeginUser;
  for (*number = 1; *number <= protocol->measurement_count; ++*number) {
    if (protocol->measurements[*number - 1].source == source) {
      PetscFunctionReturn(0);
    }
  }
  if (protocol->measurement_count == protocol->measurement_capacity) {
    protocol->measurement_capacity = PetscMax(8, 2 * protocol->measurement_capacity);
    PetscCall(
        PetscRealloc((size_t)protocol->measurement_capacity * sizeof *protocol->measurements, &protocol->measurements));
  }
  PetscCall(MeasurementRead(source, prefix, diagnostics, &protocol->measurements[protocol->measurement_count++]));
  PetscFunctionReturn(0);
}

/* A segment of no length at whose end something is measured; at the start of a run it is at rest. */
static PetscErrorCode ExpandImpedance(DeckStep source, Diagnostics diagnostics, Protocol protocol) {
  const PetscInt place = protocol->segment_count;
  PetscInt number;

  PetscFunctionBeginUser;
  PetscCall(FindMeasurement(source, "", diagnostics, protocol, &number));
  PetscCall(AddSegment(protocol, (Segment){PETSC_TRUE, 0.0, 0.0, 1.0, 1, PETSC_FALSE, number}));
  protocol->segments[place].duration = 0.0;
  PetscFunctionReturn(0);
}

/* The sweep from one potential to another, cut where the impedance is measured. */
static PetscErrorCode AddSweep(DeckStep source, double from, double to, PetscInt cycle, PetscBool vertex,
                               PetscInt number, Protocol protocol) {
  const double rate = DeckStepReal(source, "rate"), direction = to > from ? 1.0 : -1.0;
  const PetscInt count = number ? DeckStepListLength(source, "impedance.at") : 0;

  PetscFunctionBeginUser;
  while (from != to) {
    double next = to;
    PetscBool measured = PETSC_FALSE;
    for (PetscInt k = 0; k < count; k++) {
      const double at = DeckStepListReal(source, "impedance.at", k);
      if (direction * (at - from) > 0.0 && direction * (next - at) >= 0.0) {
        next = at;
        measured = PETSC_TRUE;
      }
    }
    PetscCall(
        AddRamp(protocol, PETSC_FALSE, from, next, fabs(next - from) / rate, cycle, next == to ? vertex : PETSC_FALSE));
    protocol->segments[protocol->segment_count - 1].measurement = measured ? number : 0;
    from = next;
  }
  PetscFunctionReturn(0);
}

/* The potentials at which a sweep measures; each must be passed. */
static PetscErrorCode ReadSweepMeasurement(DeckStep source, Diagnostics diagnostics, Protocol protocol,
                                           PetscInt *number) {
  static const char *const keys[] = {"frequencies", "highest_frequency", "lowest_frequency"}; /* without a default */
  double low = DeckStepReal(source, "start"), high = low;
  const char *file;
  char key[64];
  int line;

  PetscFunctionBeginUser;
  *number = 0;
  DeckStepWhere(source, &file, &line);
  if (!DeckStepIsSet(source, "impedance.at") || !DeckStepListLength(source, "impedance.at")) {
    for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(keys); k++) {
      (void)snprintf(key, sizeof key, "impedance.%s", keys[k]);
      if (DeckStepIsSet(source, key)) {
        PetscCall(DiagnosticsAdd(diagnostics, file, line, "cv.impedance",
                                 "%s is given without `at`: at which potentials is the impedance to be measured?",
                                 keys[k]));
      }
    }
    PetscFunctionReturn(0);
  }
  PetscCall(FindMeasurement(source, "impedance.", diagnostics, protocol, number));
  for (PetscInt v = 0; v < DeckStepListLength(source, "vertices"); v++) {
    low = fmin(low, DeckStepListReal(source, "vertices", v));
    high = fmax(high, DeckStepListReal(source, "vertices", v));
  }
  for (PetscInt k = 0; k < DeckStepListLength(source, "impedance.at"); k++) {
    const double at = DeckStepListReal(source, "impedance.at", k);
    if (at < low || at > high) {
      PetscCall(DiagnosticsAdd(diagnostics, file, line, "cv.impedance.at", "the sweep never reaches %g V", at));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ExpandCv(DeckStep source, Diagnostics diagnostics, Protocol protocol) {
  const double start = DeckStepReal(source, "start");
  const PetscInt vertices = DeckStepListLength(source, "vertices"), cycles = DeckStepInteger(source, "cycles");
  double from = start;
  PetscInt number;

  PetscFunctionBeginUser;
  PetscCall(ReadSweepMeasurement(source, diagnostics, protocol, &number));
  for (PetscInt v = 0; v < vertices; v++) {
    const double before = v ? DeckStepListReal(source, "vertices", v - 1) : start;
    if (DeckStepListReal(source, "vertices", v) == before) {
      const char *file;
      int line;
      DeckStepWhere(source, &file, &line);
      PetscCall(DiagnosticsAdd(diagnostics, file, line, "cv.vertices",
                               "vertex %d equals the potential before it; a sweep needs two different potentials",
                               (int)v + 1));
    }
  }
  for (PetscInt cycle = 1; cycle <= cycles; cycle++) {
    for (PetscInt v = 0; v <= vertices; v++) {
      const double to = v < vertices ? DeckStepListReal(source, "vertices", v) : start;
      PetscCall(AddSweep(source, from, to, cycle, v < vertices || cycle == cycles ? PETSC_TRUE : PETSC_FALSE, number,
                         protocol));
      from = to;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ExpandWaveform(DeckStep source, Protocol protocol) {
  const PetscBool is_current = strcmp(DeckStepText(source, "control"), "current") ? PETSC_FALSE : PETSC_TRUE;
  const bool held = !strcmp(DeckStepText(source, "interpolation"), "step");
  const double *time, *value;
  PetscInt count;

  PetscFunctionBeginUser;
  count = DeckStepWaveform(source, &time, &value);
  for (PetscInt k = 0; k + 1 < count; k++) {
    const double duration = time[k + 1] - time[k];
    const PetscBool vertex = k + 2 == count ? PETSC_TRUE : PETSC_FALSE;
    PetscCall(AddRamp(protocol, is_current, value[k], held ? value[k] : value[k + 1], duration, 1, vertex));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AddEnd(Protocol protocol, PetscInt kind, double threshold, PetscInt *count) {
  PetscFunctionBeginUser;
  if (protocol->end_count == protocol->end_capacity) {
    protocol->end_capacity = PetscMax(16, 2 * protocol->end_capacity);
    PetscCall(PetscRealloc((size_t)protocol->end_capacity * sizeof *protocol->ends, &protocol->ends));
  }
  protocol->ends[protocol->end_count++] = (EndCondition){kind, threshold};
  ++*count;
  PetscFunctionReturn(0);
}

/* The step's conditions below `group`, `until` or `until.all`. Ends of parts need the part. */
static PetscErrorCode ReadEnds(Deck deck, DeckStep source, const char *group, Diagnostics diagnostics,
                               Protocol protocol, const ProtocolStep *step, PetscInt *count) {
  char key[64];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; EndName(k); k++) {
    const PartKind *part = NULL;
    const PartEnd *end = k < END_KIND_COUNT ? NULL : PartsEnd(k - END_KIND_COUNT, &part);

    (void)snprintf(key, sizeof key, "%s.%s", group, EndName(k));
    if (!DeckStepIsSet(source, key) || (end && !end->has_threshold && !DeckStepBoolean(source, key))) {
      continue;
    }
    PetscCall(AddEnd(protocol, k, end && !end->has_threshold ? 0.0 : DeckStepReal(source, key), count));
    if (part && !part->wanted(deck)) {
      PetscCall(DiagnosticsAdd(diagnostics, step->file, step->line, step->kind, "the end `%s` needs %s", EndName(k),
                               part->needs));
    }
  }
  PetscFunctionReturn(0);
}

/* Ends that the step's own control can never reach. */
static PetscErrorCode CheckEnds(Protocol protocol, const ProtocolStep *step, Diagnostics diagnostics) {
  double lowest[2] = {INFINITY, INFINITY}, highest[2] = {-INFINITY, -INFINITY};
  double largest_current, smallest_current;
  PetscBool controlled[2] = {PETSC_FALSE, PETSC_FALSE}, open = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt k = step->first_segment; k < step->first_segment + step->segment_count; k++) {
    const Segment *s = &protocol->segments[k];
    const int which = s->is_current ? 1 : 0;
    controlled[which] = PETSC_TRUE;
    lowest[which] = fmin(lowest[which], fmin(s->start, s->end));
    highest[which] = fmax(highest[which], fmax(s->start, s->end));
    open = isinf(s->duration) ? PETSC_TRUE : open;
  }
  largest_current = fmax(fabs(lowest[1]), fabs(highest[1]));
  smallest_current = lowest[1] * highest[1] > 0.0 ? fmin(fabs(lowest[1]), fabs(highest[1])) : 0.0;
  for (PetscInt e = step->first_end; e < step->first_end + step->end_count + step->all_count; e++) {
    const PetscInt k = protocol->ends[e].kind;
    const double value = protocol->ends[e].threshold;
    const char *why = NULL;

    if (controlled[0] && !controlled[1]) {
      why = k == END_POTENTIAL_ABOVE && value > highest[0] ? "the potential of this step never rises to it" : why;
      why = k == END_POTENTIAL_BELOW && value < lowest[0] ? "the potential of this step never falls to it" : why;
    } else if (controlled[1] && !controlled[0]) {
      why = k == END_CHARGE && largest_current == 0.0 ? "no charge passes at zero current" : why;
      why = k == END_CURRENT_ABOVE && value > largest_current ? "the current of this step never rises to it" : why;
      why = k == END_CURRENT_BELOW && value < smallest_current ? "the current of this step never falls to it" : why;
    }
    if (why && step->on_infeasible == INFEASIBLE_ERROR) {
      PetscCall(DiagnosticsAdd(diagnostics, step->file, step->line, step->kind,
                               "the end `%s` cannot be met: %s (set on_infeasible to stop or skip to allow it)",
                               EndName(k), why));
    }
  }
  if (open && !step->end_count && !step->all_count) {
    PetscCall(DiagnosticsAdd(diagnostics, step->file, step->line, step->kind,
                             "the step would never end: give a `duration` or an `until`"));
  }
  PetscFunctionReturn(0);
}

double ProtocolCurrentOfRate(Deck deck, double rate) {
  return rate * DeckReal(deck, "deposit.volume") / LITHIUM_VOLUME_PER_CHARGE / 3600.0;
}

static double CurrentOf(Deck deck, DeckStep source) {
  return DeckStepIsSet(source, "current") ? DeckStepReal(source, "current")
                                          : ProtocolCurrentOfRate(deck, DeckStepReal(source, "c_rate"));
}

/* A C-rate is one of a deposit that the deck gives: nobody means the default's. */
static PetscErrorCode CheckRate(Deck deck, DeckStep source, Diagnostics diagnostics) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  if (DeckStepIsSet(source, "c_rate") && !DeckIsSet(deck, "deposit.volume")) {
    DeckStepWhere(source, &file, &line);
    PetscCall(DiagnosticsAdd(diagnostics, file, line, "current.c_rate",
                             "a C-rate refers to the charge of the deposit, but the deck gives no deposit.volume"));
  }
  PetscFunctionReturn(0);
}

static double DurationOf(DeckStep source) {
  const double duration = DeckStepReal(source, "duration");
  return duration > 0.0 ? duration : INFINITY;
}

enum {
  MOST_STEPS = 1000000,
  MOST_SEGMENTS = 10000000
}; /* after expansion: each takes memory, and nested repeats multiply */

static bool IsTooLong(Protocol protocol) {
  return protocol->step_count > MOST_STEPS || protocol->segment_count > MOST_SEGMENTS;
}

static PetscErrorCode ExpandStep(Deck deck, DeckStep source, PetscInt repetition, Diagnostics diagnostics,
                                 Protocol protocol) {
  const char *kind = DeckStepKind(source);
  ProtocolStep step = {.kind = kind, .repetition = repetition, .first_segment = protocol->segment_count};
  const PetscInt cycle = 1;

  PetscFunctionBeginUser;
  if (!strcmp(kind, "repeat")) {
    const PetscInt times = DeckStepInteger(source, "times");
    for (PetscInt k = 1; k <= times && !IsTooLong(protocol); k++) {
      for (PetscInt c = 0; c < DeckStepChildCount(source); c++) {
        PetscCall(ExpandStep(deck, DeckStepChild(source, c), k, diagnostics, protocol));
      }
    }
    PetscFunctionReturn(0);
  }
  if (!strcmp(kind, "cv")) {
    PetscCall(ExpandCv(source, diagnostics, protocol));
  } else if (!strcmp(kind, "waveform")) {
    PetscCall(ExpandWaveform(source, protocol));
  } else if (!strcmp(kind, "hold")) {
    const double v = DeckStepReal(source, "potential");
    PetscCall(AddSegment(protocol, (Segment){PETSC_FALSE, v, v, DurationOf(source), cycle, PETSC_TRUE, 0}));
  } else if (!strcmp(kind, "current")) {
    const double i = CurrentOf(deck, source);
    PetscCall(CheckRate(deck, source, diagnostics));
    PetscCall(AddSegment(protocol, (Segment){PETSC_TRUE, i, i, DurationOf(source), cycle, PETSC_TRUE, 0}));
  } else if (!strcmp(kind, "rest")) {
    PetscCall(AddSegment(protocol, (Segment){PETSC_TRUE, 0.0, 0.0, DurationOf(source), cycle, PETSC_TRUE, 0}));
  } else if (!strcmp(kind, "impedance")) {
    PetscCall(ExpandImpedance(source, diagnostics, protocol));
  } else {
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_SUP, "Protocol step kind '%s' is declared but not implemented", kind);
  }
  step.segment_count = protocol->segment_count - step.first_segment;
  if (strcmp(kind, "impedance") != 0) {
    const char *word = DeckStepText(source, "on_infeasible");
    step.on_infeasible = !strcmp(word, "error")  ? INFEASIBLE_ERROR
                         : !strcmp(word, "stop") ? INFEASIBLE_STOP
                                                 : INFEASIBLE_SKIP;
  }
  DeckStepWhere(source, &step.file, &step.line);
  step.first_end = protocol->end_count;
  PetscCall(ReadEnds(deck, source, "until", diagnostics, protocol, &step, &step.end_count));
  PetscCall(ReadEnds(deck, source, "until.all", diagnostics, protocol, &step, &step.all_count));
  PetscCall(CheckEnds(protocol, &step, diagnostics));
  if (protocol->step_count == protocol->step_capacity) {
    protocol->step_capacity = PetscMax(16, 2 * protocol->step_capacity);
    PetscCall(PetscRealloc((size_t)protocol->step_capacity * sizeof *protocol->steps, &protocol->steps));
  }
  protocol->steps[protocol->step_count++] = step;
  PetscFunctionReturn(0);
}

PetscErrorCode ProtocolCreate(Deck deck, Diagnostics diagnostics, Protocol *protocol) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(protocol));
  for (PetscInt k = 0; k < DeckStepCount(deck); k++) {
    PetscCall(ExpandStep(deck, DeckGetStep(deck, k), 0, diagnostics, *protocol));
    if (IsTooLong(*protocol)) {
      const char *file;
      int line;
      DeckStepWhere(DeckGetStep(deck, k), &file, &line);
      PetscCall(DiagnosticsAdd(
          diagnostics, file, line, DeckStepKind(DeckGetStep(deck, k)),
          "the protocol has more than %d steps or %d straight pieces when its repetitions are written out", MOST_STEPS,
          MOST_SEGMENTS));
      break;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ProtocolDestroy(Protocol *protocol) {
  PetscFunctionBeginUser;
  if (!*protocol) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree((*protocol)->steps));
  PetscCall(PetscFree((*protocol)->segments));
  PetscCall(PetscFree((*protocol)->ends));
  for (PetscInt k = 0; k < (*protocol)->measurement_count; k++) {
    PetscCall(PetscFree((*protocol)->measurements[k].frequency));
  }
  PetscCall(PetscFree((*protocol)->measurements));
  PetscCall(PetscFree(*protocol));
  PetscFunctionReturn(0);
}

double ProtocolDuration(Protocol protocol) {
  double duration = 0.0;
  for (PetscInt k = 0; k < protocol->segment_count; k++) {
    duration += protocol->segments[k].duration;
  }
  return duration;
}
