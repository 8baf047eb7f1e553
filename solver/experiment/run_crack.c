#include "../../physics/constants.h"
#include "../model/material.h"
#include "run_private.h"

static const char *const shapes[] = {"none", "half_penny", "penny", "edge"};

/* The crack at a state. */
typedef struct {
  double volume, length;      /* [m^3], [m] */
  double pressure, intensity; /* [Pa], [Pa m^0.5] */
  double toughness;           /* [Pa m^0.5] */
} CrackView;

static CrackView View(const Crack *crack, const ElectrodeState *state) {
  CrackView view = {.volume = state->global[GLOBAL_CRACK_VOLUME], .length = state->global[GLOBAL_CRACK_LENGTH]};

  view.pressure = crack_pressure(crack, view.volume, view.length);
  view.intensity = crack_stress_intensity(crack, view.pressure, view.length);
  view.toughness = crack_toughness(crack, view.length);
  return view;
}

/* [C] that has passed the faces, anodic positive */
static double CrackCharge(double volume) {
  return -volume / LITHIUM_VOLUME_PER_CHARGE;
}

const HistoryField RunCrackColumns[] = {{"crack_length", "m", "length of the lithium-filled crack"},
                                        {"crack_speed", "m s-1", "speed at which the crack extends"},
                                        {"crack_pressure", "Pa", "pressure of the lithium in the crack"},
                                        {"crack_stress_intensity", "Pa m^0.5", "mode-I stress intensity of the crack"},
                                        {"crack_opening", "m", "mean opening of the crack since its native state"},
                                        {"crack_current", "A", "part of the current that passes the crack's faces"},
                                        {"crack_charge", "C", "part of the charge that passed the crack's faces"}};

PetscInt RunCrackColumnCount(const Run *run) {
  return OuterNetworkHasCrack(&run->simulation->model.outer) ? (PetscInt)PETSC_STATIC_ARRAY_LENGTH(RunCrackColumns) : 0;
}

void RunCrackRow(const Run *run, double row[]) {
  const OuterNetwork *outer = &run->simulation->model.outer;
  CrackView view;

  if (!OuterNetworkHasCrack(outer)) {
    return;
  }
  view = View(&outer->crack, &run->now);
  row[0] = view.length;
  row[1] = crack_growth_rate(&outer->crack, view.volume, view.length);
  row[2] = view.pressure;
  row[3] = view.intensity;
  row[4] = 2.0 * view.volume / crack_face_area(&outer->crack, view.length, NULL);
  row[5] = *run->now.crack_current;
  row[6] = CrackCharge(view.volume);
}

void RunCrackEnds(const Run *run, const ElectrodeState *state, EndQuantities *quantities) {
  const OuterNetwork *outer = &run->simulation->model.outer;
  CrackView view;

  if (!OuterNetworkHasCrack(outer)) {
    return;
  }
  view = View(&outer->crack, state);
  quantities->crack_length = view.length;
  quantities->crack_growth = view.intensity / view.toughness - 1.0;
  if (view.length > outer->crack.length) {
    quantities->crack_growth = fmax(quantities->crack_growth, view.length / outer->crack.length - 1.0);
  }
}

/* The pressure is proportional to the volume until then; the volume is taken as a parabola through both ends of the
 * step. */
void RunNoticeCrack(Run *run) {
  const Crack *crack = &run->simulation->model.outer.crack;
  const double volume = run->now.global[GLOBAL_CRACK_VOLUME], rate = run->now.global_rate[GLOBAL_CRACK_VOLUME];
  const double dt = *run->next.time - *run->now.time;
  double missing, curvature, after;

  if (!OuterNetworkHasCrack(&run->simulation->model.outer) || run->at.initiated > 0.0 ||
      !(run->next.global[GLOBAL_CRACK_LENGTH] > crack->length)) {
    return;
  }
  missing = crack_volume(crack, crack_critical_pressure(crack, crack->length), crack->length) - volume;
  curvature = (run->next.global[GLOBAL_CRACK_VOLUME] - volume - rate * dt) / (dt * dt);
  after = 2.0 * missing / (rate + sqrt(fmax(0.0, rate * rate + 4.0 * curvature * missing)));
  run->at.initiated = *run->now.time + fmin(dt, fmax(0.0, after));
}

PetscErrorCode RunCrackReport(Run *run) {
  const OuterNetwork *outer = &run->simulation->model.outer;
  CrackView view;

  PetscFunctionBeginUser;
  if (OuterNetworkHasCrack(outer)) {
    view = View(&outer->crack, &run->now);
    PetscCall(ReportNoteText(run->report, "crack", "shape", shapes[outer->crack.shape]));
    PetscCall(ReportNoteReal(run->report, "crack", "initiated", run->at.initiated > 0.0 ? run->at.initiated : NAN));
    PetscCall(ReportNoteReal(run->report, "crack", "length", view.length));
    PetscCall(ReportNoteReal(run->report, "crack", "pressure", view.pressure));
    PetscCall(ReportNoteReal(run->report, "crack", "stress_intensity", view.intensity));
    PetscCall(ReportNoteReal(run->report, "crack", "volume", view.volume));
    PetscCall(ReportNoteReal(run->report, "crack", "charge", CrackCharge(view.volume)));
  }
  PetscFunctionReturn(0);
}

void RunCrackSummary(const Run *run) {
  const OuterNetwork *outer = &run->simulation->model.outer;
  char since[48] = "has not extended";
  CrackView view;

  if (!OuterNetworkHasCrack(outer)) {
    return;
  }
  view = View(&outer->crack, &run->now);
  if (run->at.initiated > 0.0) {
    (void)snprintf(since, sizeof since, "extends since t = %.6g s", run->at.initiated);
  }
  (void)fprintf(stderr, "  crack: %s; length %.5g um, pressure %.4g MPa, K_I %.4g MPa m^0.5, %.4g of %.4g uC\n", since,
                view.length * 1e6, view.pressure * 1e-6, view.intensity * 1e-6, CrackCharge(view.volume) * 1e6,
                run->now.global[GLOBAL_CHARGE] * 1e6);
}

void RunCrackFailure(Run *run) {
  const OuterNetwork *outer = &run->simulation->model.outer;
  const size_t used = strlen(run->failure);
  CrackView view;

  if (!OuterNetworkHasCrack(outer)) {
    return;
  }
  view = View(&outer->crack, &run->now);
  (void)snprintf(run->failure + used, sizeof run->failure - used,
                 "; crack of %.5g um at %.5g MPa, %.5g of its toughness, with %.5g nA", view.length * 1e6,
                 view.pressure * 1e-6, view.intensity / view.toughness, *run->now.crack_current * 1e9);
}

/* A half space with a grain is solved as a boundless grain: what the polycrystal around it (exact for the primary mode)
   and a crack (uniform, as the rings see it) do to the potential, and which cells are which at the present size. */
void RunOuterFields(const Run *run, PetscInt first, double potential[], double conductivity[], double phase[]) {
  const Simulation sim = run->simulation;
  const ElectrodeState *s = &run->now;
  const OuterNetwork *outer = &sim->model.outer;
  const double growth = exp(s->global[GLOBAL_LOG_RADIUS]), radius = ElectrodeRadius(sim->electrode, log(growth));
  const double current = ElectrodeContactCurrent(sim->electrode, s->global[GLOBAL_LOG_RADIUS], s->current);
  const double grain =
      outer->adds_grain ? spreading_outer_resistance(&outer->medium, radius, NULL) * current : 0.0; /* [V] */
  const double ratio = outer->adds_grain ? sim->grain_conductivity / sim->conductivity : 1.0;

  for (PetscInt c = 0; c < first; c++) { /* above the grain */
    potential[c] += *s->ground;
  }
  potential += first;
  for (PetscInt k = 0; k < sim->grid->layers; k++) {
    const PetscBool inside = !outer->adds_grain || MaterialLayerInGrain(sim, k, growth) ? PETSC_TRUE : PETSC_FALSE;
    for (PetscInt c = sim->grid->columns * k; c < sim->grid->columns * (k + 1); c++) {
      potential[c] = (inside ? potential[c] + grain : potential[c] * ratio) + (*s->ground - grain);
      if (outer->adds_grain) {
        conductivity[c] = inside ? sim->grain_conductivity : sim->conductivity;
        phase[c] = inside ? PHASE_GRAIN : PHASE_ELECTROLYTE;
      }
    }
  }
}
