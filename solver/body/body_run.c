#include "../../physics/constants.h"
#include "body_run_private.h"
#include <math.h>
#include <string.h>

static PetscErrorCode Mistake(BodyRun run, Diagnostics diagnostics, const char *key, const char *text) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(run->deck, key, &file, &line);
  PetscCall(DiagnosticsAdd(diagnostics, file, line, key, "%s", text));
  PetscFunctionReturn(0);
}

static bool Is(Deck deck, const char *key, const char *word) {
  return !strcmp(DeckText(deck, key), word);
}

static PetscErrorCode ReadCreep(BodyRun run, Diagnostics diagnostics) {
  BodyRheology *r = &run->options.flow.rheology;
  char group[64];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < DeckListLength(run->deck, "lithium.creep") && k < CREEP_MAX_LAWS; k++) {
    const CreepLaw *law = creep_law_by_name(DeckListText(run->deck, "lithium.creep", k));
    (void)snprintf(group, sizeof group, "lithium.%s", law->name);
    PetscCall(PetscCalloc1(law->parameters_size, (char **)&run->law[k]));
    PetscCall(DeckFill(run->deck, group, law->parameters, run->law[k]));
    r->creep.law[k] = law;
    r->creep.parameters[k] = run->law[k];
    r->creep.count++;
  }
  PetscCall(DeckFill(run->deck, "lithium.grains", grain_growth_parameters, &run->growth));
  run->temperature = DeckReal(run->deck, "temperature");
  run->grain_size = run->growth.grain_size;
  r->conditions = (CreepConditions){run->temperature, run->grain_size};
  r->smallest_rate = DeckReal(run->deck, "body.smallest_rate");
  if (!r->creep.count || BodyRheologyIsRigid(r)) {
    PetscCall(Mistake(run, diagnostics, "lithium.creep",
                      "a body without creep cannot follow needle and contact: expected a mechanism with a rate"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadBody(BodyRun run, Diagnostics diagnostics) {
  BodyFlowOptions *o = &run->options.flow;
  const Deck deck = run->deck;
  const double radius = DeckReal(deck, "body.contact_radius"), flat = DeckReal(deck, "body.needle_radius");
  char text[160];

  PetscFunctionBeginUser;
  o->needle = PETSC_TRUE;
  o->base_slips = Is(deck, "body.contact", "slip") ? PETSC_TRUE : PETSC_FALSE;
  o->line_spreads = Is(deck, "body.contact_line", "spreads") ? PETSC_TRUE : PETSC_FALSE;
  o->surface_tension = DeckReal(deck, "body.surface_tension");
  o->contact_angle = DeckReal(deck, "body.contact_angle");
  o->adhesion = DeckReal(deck, "body.adhesion");
  if (o->line_spreads && !o->base_slips) {
    PetscCall(Mistake(run, diagnostics, "body.contact_line",
                      "a contact line does not spread where the lithium sticks: expected body.contact: slip"));
  }
  if (!(flat < radius)) {
    (void)snprintf(text, sizeof text,
                   "a needle of radius %.4g um is wider than the top of the deposit: expected less than the contact "
                   "radius, %.4g um",
                   1e6 * flat, 1e6 * radius);
    PetscCall(Mistake(run, diagnostics, "body.needle_radius", text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRest(BodyRun run, Diagnostics diagnostics) {
  static const char *const controls[] = {"force", "velocity", "spring"};
  BodyMotionOptions *o = &run->options;
  const Deck deck = run->deck;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    o->control = Is(deck, "needle.control", controls[k]) ? (BodyNeedleControl)k : o->control;
  }
  o->force = DeckReal(deck, "needle.force");
  o->stiffness = DeckReal(deck, "needle.stiffness");
  o->velocity = DeckReal(deck, "needle.velocity");
  o->tolerance = DeckReal(deck, "time.tolerance");
  run->end = DeckReal(deck, "time.end");
  run->until_force = DeckReal(deck, "time.until_force");
  run->saves = DeckInteger(deck, "time.saves");
  if (o->control == BODY_NEEDLE_FORCE && o->velocity != 0.0) {
    PetscCall(Mistake(run, diagnostics, "needle.velocity",
                      "not used with needle.control: force; remove the key, or take velocity or spring"));
  }
  if (o->control == BODY_NEEDLE_VELOCITY && DeckIsSet(deck, "needle.force")) {
    PetscCall(Mistake(run, diagnostics, "needle.force",
                      "not used with needle.control: velocity, where the force follows; remove the key"));
  }
  if (run->until_force > 0.0 && o->control != BODY_NEEDLE_SPRING) {
    PetscCall(
        Mistake(run, diagnostics, "time.until_force", "expected needle.control: spring, where the force relaxes"));
  }
  PetscFunctionReturn(0);
}

/* Thickness of lithium taken per time in every ring: the current through it over its area. */
static void Consume(BodyRun run) {
  const double mean = LITHIUM_VOLUME_PER_CHARGE * DeckReal(run->deck, "current.density");
  const bool primary = Is(run->deck, "current.distribution", "primary");

  for (PetscInt j = 0; j < run->grid.radial; j++) {
    const double s = run->grid.fraction[j] * run->grid.fraction[j];
    const double t = j + 1 == run->grid.radial ? 1.0 : run->grid.fraction[j + 1] * run->grid.fraction[j + 1];
    run->consumed[j] = mean * (primary ? (sqrt(1.0 - s) - sqrt(1.0 - t)) / (t - s) : 1.0);
  }
}

PetscErrorCode BodyRunCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, BodyRun *created) {
  const PetscInt radial = DeckInteger(deck, "body.cells_radial");
  const double radius = DeckReal(deck, "body.contact_radius");
  const PetscInt before = DiagnosticsCount(diagnostics);
  BodyRun run;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(created));
  run = *created;
  run->comm = comm;
  run->deck = deck;
  PetscCallMPI(MPI_Comm_rank(comm, &run->rank));
  PetscCall(ReadCreep(run, diagnostics));
  PetscCall(ReadBody(run, diagnostics));
  PetscCall(ReadRest(run, diagnostics));
  if (DiagnosticsCount(diagnostics) > before) {
    PetscFunctionReturn(0);
  }
  PetscCall(BodyGridCreate(radial, DeckInteger(deck, "body.cells_axial"), NULL, &run->grid));
  BodyGridHemispheroid(&run->grid, radius, radius * DeckReal(deck, "body.aspect"),
                       DeckReal(deck, "body.needle_radius"));
  if (BodyGridFolds(&run->grid) >= 0) {
    PetscCall(Mistake(run, diagnostics, "body.aspect",
                      "the grid of this outline folds: take a needle further from the contact radius, or more cells"));
  }
  PetscCall(PetscCalloc1(radial, &run->consumed));
  Consume(run);
  PetscFunctionReturn(0);
}

PetscErrorCode BodyRunDestroy(BodyRun *run) {
  PetscFunctionBeginUser;
  if (*run) {
    PetscCall(BodyMotionDestroy(&(*run)->motion));
    if ((*run)->grid.r) {
      PetscCall(BodyGridDestroy(&(*run)->grid));
    }
    for (int k = 0; k < CREEP_MAX_LAWS; k++) {
      PetscCall(PetscFree((*run)->law[k]));
    }
    PetscCall(PetscFree((*run)->consumed));
    PetscCall(PetscFree(*run));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BodyRunPlan(BodyRun run, FILE *stream) {
  const double cells = (double)run->grid.radial * (double)run->grid.axial;

  PetscFunctionBeginUser;
  (void)fprintf(stream, "\ngrid: %" PetscInt_FMT " x %" PetscInt_FMT " cells, %.3g unknowns; %s; volume %.4g um3\n",
                run->grid.radial, run->grid.axial, 8.0 * cells,
                BodyRheologyIsLinear(&run->options.flow.rheology) ? "linear" : "not linear: Newton's method",
                1e18 * BodyGridVolume(&run->grid));
  (void)fprintf(stream, "memory expected: %.3g GB on every process, which all solve the same body\n", 25e-6 * cells);
  PetscFunctionReturn(0);
}

static void Grains(BodyRun run) {
  run->grain_size = grain_growth_size(&run->growth, run->temperature, BodyMotionState(run->motion)->time);
  BodyFlowSetConditions(BodyMotionFlowOf(run->motion), &(CreepConditions){run->temperature, run->grain_size});
}

/* The flow of now, with its row. */
static PetscErrorCode Row(BodyRun run, BodyFlowResult *flow, PetscBool *good) {
  PetscFunctionBeginUser;
  PetscCall(BodyMotionFlow(run->motion, run->consumed, flow));
  *good = flow->converged;
  if (flow->converged) {
    PetscCall(BodyOutputRow(run, flow));
  }
  PetscFunctionReturn(0);
}

static const char *Words(BodyVerdict verdict) {
  return verdict == BODY_CONTACT_LOST ? "contact is lost everywhere"
         : verdict == BODY_FOLDS      ? "the outline folds"
                                      : "the flow of the lithium did not converge";
}

/* One step towards `next`, its row, and the reason if it is the last. */
static PetscErrorCode Step(BodyRun run, double next, BodyVerdict *verdict, PetscBool *good, PetscBool *relaxed) {
  BodyFlowResult flow;

  PetscFunctionBeginUser;
  *relaxed = PETSC_FALSE;
  Grains(run);
  PetscCall(BodyMotionStep(run->motion, run->consumed, next, verdict));
  if (*verdict == BODY_GOES_ON) {
    PetscCall(Row(run, &flow, good));
    *relaxed =
        run->until_force > 0.0 && flow.needle_force <= run->until_force * run->first_force ? PETSC_TRUE : PETSC_FALSE;
  }
  if (*verdict != BODY_GOES_ON || !*good) {
    (void)snprintf(run->reason, sizeof run->reason, "at %.6g s %s", BodyMotionState(run->motion)->time,
                   Words(*good ? *verdict : BODY_NOT_SOLVED));
  } else if (*relaxed) {
    (void)snprintf(run->reason, sizeof run->reason, "the needle's force has fallen to %g of that at the start",
                   run->until_force);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Advance(BodyRun run, PetscBool *finished) {
  BodyVerdict verdict = BODY_GOES_ON;
  BodyFlowResult flow;
  PetscInt saved = 0;
  PetscBool good, last = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(Row(run, &flow, &good));
  run->first_force = flow.needle_force;
  if (flow.apart == run->grid.radial) {
    verdict = BODY_CONTACT_LOST;
    good = PETSC_TRUE;
  }
  PetscCall(PetscStrncpy(run->reason,
                         !good                          ? Words(BODY_NOT_SOLVED)
                         : verdict == BODY_CONTACT_LOST ? Words(verdict)
                                                        : "completed",
                         sizeof run->reason));
  PetscCall(BodyOutputFields(run));
  while (good && !last && verdict == BODY_GOES_ON && BodyMotionState(run->motion)->time < run->end) {
    const double next = run->saves ? run->end * (double)(saved + 1) / (double)run->saves : run->end;
    PetscCall(Step(run, next, &verdict, &good, &last));
    const PetscBool due = run->saves && BodyMotionState(run->motion)->time >= next ? PETSC_TRUE : PETSC_FALSE;
    saved += due ? 1 : 0;
    if (due || last || !good || verdict != BODY_GOES_ON) {
      PetscCall(BodyOutputFields(run));
    }
  }
  *finished = good && (verdict == BODY_GOES_ON || verdict == BODY_CONTACT_LOST) ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Finish(BodyRun run, PetscBool finished, const double wall[3]) {
  const BodyState *s = BodyMotionState(run->motion);
  const ReportCounts counts = {s->steps, s->rejected, 0, s->linear_solves};
  const ReportTimings timings = {wall[1] - wall[0], wall[2] - wall[1], 0.0};

  PetscFunctionBeginUser;
  PetscCall(ReportSetCounts(run->report, &counts));
  PetscCall(ReportSetTimings(run->report, &timings));
  PetscCall(ReportNoteReal(run->report, "body", "end_time", s->time));
  PetscCall(ReportNoteReal(run->report, "body", "needle_force", s->force));
  PetscCall(ReportNoteReal(run->report, "body", "needle_displacement", s->displacement));
  PetscCall(ReportNoteReal(run->report, "body", "volume_imbalance", BodyMotionVolumeImbalance(run->motion)));
  PetscCall(ReportNoteReal(run->report, "body", "volume_correction_of_a_step", s->correction));
  PetscCall(ReportSetExit(run->report, finished ? 0 : 2, run->reason));
  PetscCall(ReportWrite(run->report));
  if (!run->rank) {
    (void)fprintf(finished ? stdout : stderr, "%s%s; %g s, needle %.6g uN, sunk by %.6g um\n",
                  finished ? "" : "lisei: error: ", run->reason, s->time, 1e6 * s->force, 1e6 * s->displacement);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BodyRunExecute(BodyRun run, const char *dir, PetscBool *finished) {
  double wall[3];

  PetscFunctionBeginUser;
  wall[0] = MPI_Wtime();
  PetscCall(ReportCreate(run->comm, dir, DeckText(run->deck, "title"), &run->report));
  PetscCall(ReportWrite(run->report));
  PetscCall(BodyMotionCreate(&run->options, &run->grid, &run->motion));
  PetscCall(BodyOutputOpen(run, dir));
  wall[1] = MPI_Wtime();
  PetscCall(Advance(run, finished));
  wall[2] = MPI_Wtime();
  PetscCall(BodyOutputClose(run));
  PetscCall(Finish(run, *finished, wall));
  PetscCall(ReportDestroy(&run->report));
  PetscFunctionReturn(0);
}
