/* What the crack shows: columns, report, ends, texts, its part in the saved fields. */
#include "../../physics/constants.h"
#include "crack_private.h"
#include <math.h>
#include <stdio.h>

/* The crack at a state. */
typedef struct {
  double volume, length;      /* [m^3], [m] */
  double pressure, intensity; /* [Pa], [Pa m^0.5] */
  double toughness;           /* [Pa m^0.5] */
  double charge;              /* [C] that has passed the faces, anodic positive */
  double initiated;           /* [s] when it began to extend; 0: not yet */
} CrackView;

static const Crack *CrackOf(Part part) {
  return &((const CrackPart *)part->data)->network.crack;
}

static CrackView View(Part part, const ElectrodeState *state) {
  const Crack *crack = CrackOf(part);
  CrackView view = {.volume = *PartBlock(part, CRACK_VOLUME, state),
                    .length = *PartBlock(part, CRACK_LENGTH, state),
                    .initiated = *PartBlock(part, CRACK_INITIATED, state)};

  view.pressure = crack_pressure(crack, view.volume, view.length);
  view.intensity = crack_stress_intensity(crack, view.pressure, view.length);
  view.toughness = crack_toughness(crack, view.length);
  view.charge = -view.volume / LITHIUM_VOLUME_PER_CHARGE;
  return view;
}

static const PartQuantity columns[] = {{"crack_length", "m", "length of the lithium-filled crack"},
                                       {"crack_speed", "m s-1", "speed at which the crack extends"},
                                       {"crack_pressure", "Pa", "pressure of the lithium in the crack"},
                                       {"crack_stress_intensity", "Pa m^0.5", "mode-I stress intensity of the crack"},
                                       {"crack_opening", "m", "mean opening of the crack since its native state"},
                                       {"crack_current", "A", "part of the current that passes the crack's faces"},
                                       {"crack_charge", "C", "part of the charge that passed the crack's faces"}};

static void Observe(Part part, const ElectrodeState *state, double values[]) {
  const CrackView view = View(part, state);

  values[0] = view.length;
  values[1] = crack_growth_rate(CrackOf(part), view.volume, view.length);
  values[2] = view.pressure;
  values[3] = view.intensity;
  values[4] = 2.0 * view.volume / crack_face_area(CrackOf(part), view.length, NULL);
  values[5] = *PartBlock(part, CRACK_CURRENT, state);
  values[6] = view.charge;
}

static const PartQuantity entries[] = {{"shape", "1", "as in the deck"},
                                       {"initiated", "s", "simulated time at which it began to extend"},
                                       {"length", "m", "radius or depth"},
                                       {"pressure", "Pa", "of the lithium in it"},
                                       {"stress_intensity", "Pa m^0.5", "mode I"},
                                       {"volume", "m3", "of lithium added since the start"},
                                       {"charge", "C", "that passed its faces, anodic positive"}};

static void Report(Part part, const ElectrodeState *state, PartEntry values[]) {
  static const char *const shapes[] = {"none", "half_penny", "penny", "edge"};
  const CrackView view = View(part, state);

  values[0].text = shapes[CrackOf(part)->shape];
  values[1].number = view.initiated > 0.0 ? view.initiated : NAN;
  values[2].number = view.length;
  values[3].number = view.pressure;
  values[4].number = view.intensity;
  values[5].number = view.volume;
  values[6].number = view.charge;
}

/* K_I over the toughness, or the growth where that is larger: continuous where the crack stands still again. */
static double Initiated(Part part, const ElectrodeState *state, double threshold) {
  const CrackView view = View(part, state);
  const double native = CrackOf(part)->length, excess = view.intensity / view.toughness - 1.0;

  (void)threshold;
  return view.length > native ? fmax(excess, view.length / native - 1.0) : excess;
}

static double Length(Part part, const ElectrodeState *state, double threshold) {
  return *PartBlock(part, CRACK_LENGTH, state) / threshold - 1.0;
}

const PartEnd crack_ends[CRACK_END_COUNT] = {{"crack_initiated", PETSC_FALSE, Initiated},
                                             {"crack_length", PETSC_TRUE, Length}};

static void Summary(Part part, const ElectrodeState *state, char text[], size_t length) {
  const CrackView view = View(part, state);
  const CrackNetwork *network = &((const CrackPart *)part->data)->network;
  char since[48] = "has not extended", film[80] = "";

  if (view.initiated > 0.0) {
    (void)snprintf(since, sizeof since, "extends since t = %.6g s", view.initiated);
  }
  if (network->sei_resistance > 0.0) {
    (void)snprintf(film, sizeof film, "; on its faces the SEI is a film of %.4g ohm cm2",
                   network->sei_resistance * 1e4);
  }
  (void)snprintf(text, length, "crack: %s; length %.5g um, pressure %.4g MPa, K_I %.4g MPa m^0.5, %.4g of %.4g uC%s",
                 since, view.length * 1e6, view.pressure * 1e-6, view.intensity * 1e-6, view.charge * 1e6,
                 state->global[GLOBAL_CHARGE] * 1e6, film);
}

static void Failure(Part part, const ElectrodeState *state, char text[], size_t length) {
  const CrackView view = View(part, state);

  (void)snprintf(text, length, "; crack of %.5g um at %.5g MPa, %.5g of its toughness, with %.5g nA", view.length * 1e6,
                 view.pressure * 1e-6, view.intensity / view.toughness, *PartBlock(part, CRACK_CURRENT, state) * 1e9);
}

/* The crack shifts the potential of all cells alike, as the rings see it; what the grain does depends on the cell. */
static void AdjustCells(Part part, const ElectrodeState *state, PartCells *cells) {
  const CrackPart *crack = part->data;
  const Grid grid = crack->grain.grid;
  const double radius = crack->grain.initial_radius * cells->growth;
  double shift = *state->ground;

  if (crack->network.adds_grain) {
    shift -= spreading_outer_resistance(&crack->network.medium, radius, NULL) * cells->contact_current;
    GrainAdjustCells(&crack->grain, cells);
  }
  for (PetscInt c = 0; c < cells->above + grid->columns * grid->layers; c++) {
    cells->potential[c] += shift;
  }
}

void CrackPartObserve(Part part) {
  part->column_count = (PetscInt)PETSC_STATIC_ARRAY_LENGTH(columns);
  part->columns = columns;
  part->observe = Observe;
  part->entry_count = (PetscInt)PETSC_STATIC_ARRAY_LENGTH(entries);
  part->entries = entries;
  part->report = Report;
  part->end_count = CRACK_END_COUNT;
  part->ends = crack_ends;
  part->summary = Summary;
  part->failure = Failure;
  part->adjust_cells = AdjustCells;
}
