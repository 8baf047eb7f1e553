#include "sei_part.h"
#include "../../physics/constants.h"
#include "sei.h"
#include "sei_measure.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* 0 where no current flows, but for the field. */
#define FACE(prefix, where)                                                                                            \
  {"sei_" prefix "_peak", "1", "largest current density over its mean at " where "; 0 at rest"},                       \
      {"sei_" prefix "_hottest_1", "1",                                                                                \
       "share of the current in the hottest 1 % of the area of " where "; 0 at rest"},                                 \
      {"sei_" prefix "_hottest_10", "1",                                                                               \
       "share of the current in the hottest 10 % of the area of " where "; 0 at rest"},                                \
      {"sei_" prefix "_quantile_5", "1",                                                                               \
       "current density over its mean that 5 % of the area stay below at " where "; 0 at rest"},                       \
      {"sei_" prefix "_median", "1",                                                                                   \
       "current density over its mean that half of the area stays below at " where "; 0 at rest"},                     \
  {                                                                                                                    \
    "sei_" prefix "_quantile_95", "1",                                                                                 \
        "current density over its mean that 95 % of the area stay below at " where "; 0 at rest"                       \
  }
static const PartQuantity columns[] = {
    {"sei_resistance", "ohm m2",
     "of the resolved SEI: work in it over the current squared, times the nominal area; 0 at rest"},
    {"sei_resistance_lithium", "ohm m2", "the same of Li|SEI; 0 at rest"},
    {"sei_resistance_electrolyte", "ohm m2", "the same of SE|SEI; 0 at rest"},
    {"sei_resistance_constriction", "ohm m2", "the same of the electrolyte; 0 at rest"},
    FACE("lithium", "Li|SEI"),
    FACE("electrolyte", "SE|SEI"),
    {"sei_field", "V m-1", "largest field in the SEI outside pores"},
    {"sei_field_radius", "m", "distance from the axis of the largest field"},
    {"sei_field_height", "m", "distance from the electrolyte of the largest field"}};
enum { COLUMNS = sizeof columns / sizeof columns[0], FACE_COLUMNS = 6 };

static const PartQuantity entries[] = {
    {"grains_are", "", "what axisymmetry makes of grains"},
    {"li3p_fraction", "1", "volume fraction in the cells"},
    {"li2s_fraction", "1", "volume fraction in the cells"},
    {"licl_fraction", "1", "volume fraction in the cells"},
    {"pore_fraction", "1", "volume fraction in the cells"},
    {"connects", "", "phases that connect the lithium and the electrolyte through faces of cells"},
    {"solid_connected", "1", "share of the solid that is connected to both"},
    {"solver", "", "how the cells are solved"},
    {"newton_updates", "1", "by iteration; 0: solved directly, newton_iterations has them"},
    {"linear_solves", "1", "by iteration"},
    {"linear_iterations", "1", "of these"},
    {"multigrid_setups", "1", "of these"},
    {"current_at_peak", "A", "largest current; the entries below are at that instant"},
};
enum { OWN_ENTRIES = sizeof entries / sizeof entries[0], ENTRIES = OWN_ENTRIES + COLUMNS };

enum { PEAK_CURRENT, PEAK_VALUES, PEAK_COUNT = PEAK_VALUES + COLUMNS };

typedef struct {
  SeiPartOptions options;
  StateBlock block;
  PartQuantity entry[ENTRIES];
  double *current; /* [A] rings, work */
  double at[2];    /* time and current for which `values` hold */
  double values[COLUMNS];
  double total;         /* [A] */
  SeiPathSolver solver; /* of the last report */
} SeiPart;

static void PutFace(const SeiCrowding *f, double values[FACE_COLUMNS]) {
  const double list[FACE_COLUMNS] = {f->peak, f->share1, f->share10, f->quantile5, f->median, f->quantile95};

  memcpy(values, list, sizeof list);
}

/* Where less than the largest current so far times this flows, ratios to it are rounding: they are 0, as eta_*. */
static const double no_current = 1e-6;

static PetscErrorCode MeasureNow(SeiPart *own, const ElectrodeState *s, double largest) {
  const Electrode electrode = *own->options.electrode;
  const ElectrodeModel *m = &electrode->model;
  const double log_radius = s->global[GLOBAL_LOG_RADIUS], area = ElectrodeArea(electrode, log_radius);
  double *v = own->values, lithium = 0.0, magnitude = 0.0, squared;
  SeiMeasure measure;
  bool rest;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeSetConditions(electrode, *s->time, log_radius));
  PetscCall(PathSetSize(m->path, ElectrodeRadius(electrode, log_radius), electrode->conditions.sei_thickness));
  for (PetscInt j = 0; j < m->rings; j++) {
    own->current[j] = area * m->area_share[j] * s->current[j];
    lithium += own->current[j] * (StateDrive(s) - s->ring_potential[j]);
    magnitude += fabs(own->current[j]);
  }
  PetscCall(SeiPathMeasure(m->path, own->current, s->path, &measure));
  rest = !(fabs(measure.current) > no_current * fmax(magnitude, fabs(largest)));
  squared = rest ? INFINITY : measure.current * measure.current / area;
  v[0] = measure.sei / squared;
  v[1] = lithium / squared;
  v[2] = measure.transfer / squared;
  v[3] = measure.constriction / squared;
  PutFace(&measure.lithium, v + 4);
  PutFace(&measure.electrolyte, v + 4 + FACE_COLUMNS);
  for (int k = 4; rest && k < 4 + 2 * FACE_COLUMNS; k++) {
    v[k] = 0.0;
  }
  v[COLUMNS - 3] = measure.field;
  v[COLUMNS - 2] = measure.field_r;
  v[COLUMNS - 1] = measure.field_z;
  own->total = measure.current;
  PetscFunctionReturn(0);
}

static void Measure(Part part, const ElectrodeState *s) {
  SeiPart *own = part->data;

  if (own->at[0] == *s->time && own->at[1] == s->current[0]) {
    return;
  }
  own->at[0] = *s->time;
  own->at[1] = s->current[0];
  PetscCallVoid(MeasureNow(own, s, PartBlock(part, 0, s)[PEAK_CURRENT]));
}

/* --- the part's functions ----------------------------------------------------------------------------------------- */

static void Accepted(Part part, const ElectrodeState *before, ElectrodeState *after) {
  SeiPart *own = part->data;
  double *peak = PartBlock(part, 0, after);

  (void)before;
  Measure(part, after);
  if (fabs(own->total) > fabs(peak[PEAK_CURRENT])) {
    peak[PEAK_CURRENT] = own->total;
    memcpy(peak + PEAK_VALUES, own->values, sizeof own->values);
  }
}

static void Observe(Part part, const ElectrodeState *state, double values[]) {
  SeiPart *own = part->data;

  Measure(part, state);
  memcpy(values, own->values, sizeof own->values);
}

static void Report(Part part, const ElectrodeState *state, PartEntry list[]) {
  SeiPart *own = part->data;
  const SeiStructureFacts *facts = &own->options.facts;
  const double *peak = PartBlock(part, 0, state);

  list[0].text = "rings about the axis (axisymmetric grid): a two-dimensional structure, that of the r, z plane";
  for (int k = 0; k < SEI_STRUCTURE_PHASES; k++) {
    list[1 + k].number = facts->fraction[k];
  }
  list[5].text = facts->through;
  list[6].number = facts->solid_through;
  SeiPathDescribe((*own->options.electrode)->model.path, &own->solver);
  list[7].text = own->solver.method;
  list[8].number = (double)own->solver.newton;
  list[9].number = (double)own->solver.solves;
  list[10].number = (double)own->solver.iterations;
  list[11].number = (double)own->solver.setups;
  list[12].number = peak[PEAK_CURRENT];
  for (int k = 0; k < COLUMNS; k++) {
    list[OWN_ENTRIES + k].number = peak[PEAK_CURRENT] != 0.0 ? peak[PEAK_VALUES + k] : NAN;
  }
}

/* Appended where the cells are solved by iteration. */
static void AddSolver(const SeiPart *own, char text[], size_t length) {
  const size_t used = strlen(text);
  SeiPathSolver solver;

  SeiPathDescribe((*own->options.electrode)->model.path, &solver);
  if (solver.solves) {
    (void)snprintf(text + used, length - used, "; %s, %d iterations in %d solves", solver.method,
                   (int)solver.iterations, (int)solver.solves);
  }
}

static void Summary(Part part, const ElectrodeState *state, char text[], size_t length) {
  const double *peak = PartBlock(part, 0, state), *v = peak + PEAK_VALUES;

  if (peak[PEAK_CURRENT] == 0.0) {
    (void)snprintf(text, length, "SEI: no current has passed it");
    return;
  }
  (void)snprintf(text, length,
                 "at %.4g nA: SEI %.3g ohm cm2, Li|SEI %.3g, SE|SEI %.3g, constriction %.3g; peak over mean %.3g at "
                 "Li|SEI, %.3g at SE|SEI; largest field %.3g V/um",
                 1e9 * peak[PEAK_CURRENT], 1e4 * v[0], 1e4 * v[1], 1e4 * v[2], 1e4 * v[3], v[4], v[4 + FACE_COLUMNS],
                 1e-6 * v[COLUMNS - 3]);
  AddSolver(part->data, text, length);
}

static PetscErrorCode Destroy(Part part) {
  SeiPart *own = part->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(own->current));
  PetscCall(PetscFree(part->data));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiPartCreate(const SeiPartOptions *options, PetscInt rings, Part *part) {
  SeiPart *own;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&own));
  PetscCall(PetscMalloc1(rings, &own->current));
  own->options = *options;
  own->at[0] = own->at[1] = NAN;
  own->block = (StateBlock)STATE_BLOCK("sei_at_largest_current", "1",
                                       "largest current of the run [A], and the history's columns sei_* at it [SI]",
                                       STATE_ALGEBRAIC, STATE_GLOBAL, PEAK_COUNT);
  memcpy(own->entry, entries, sizeof entries);
  memcpy(own->entry + OWN_ENTRIES, columns, sizeof columns);
  PetscCall(PartCreate("sei", part));
  (*part)->data = own;
  (*part)->block_count = 1;
  (*part)->blocks = &own->block;
  (*part)->accepted = Accepted;
  (*part)->column_count = COLUMNS;
  (*part)->columns = columns;
  (*part)->observe = Observe;
  (*part)->entry_count = ENTRIES;
  (*part)->entries = own->entry;
  (*part)->report = Report;
  (*part)->summary = Summary;
  (*part)->destroy = Destroy;
  PetscFunctionReturn(0);
}
