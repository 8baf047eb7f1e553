/* Warnings: where a floor of a contact law or a stress that lithium cannot bear carries the result, the run goes on and
   says so once. */
#include "run_private.h"

static const double much_area = 0.1;  /* [1] of the contact, from which on its rings count */
static const double near_floor = 2.0; /* [1] times the law's smallest fraction */

/* Share of the contact's area where hardly more touches than the law keeps in any case. */
static double ShareOnFloor(const ElectrodeModel *m, const ContactOpening opening[]) {
  double share = 0.0;

  for (PetscInt j = 0; j < m->rings && m->contact->smallest_bearing; j++) {
    const double floor = m->contact->smallest_bearing(m->contact_parameters);
    share += opening[j].bearing_fraction < near_floor * floor ? m->area_share[j] : 0.0;
  }
  return share;
}

/* Share of the contact's area under a stress at which lithium flows. */
static double ShareFlowing(const Run *run) {
  const ElectrodeModel *m = &run->simulation->model;
  const ContactOpening *opening = ElectrodeOpenings(run->simulation->electrode, run->now.x);
  double driven, share = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    const double bearing = m->contact->uses_needle ? *run->now.bearing : opening[j].bearing_fraction;
    const double stress = needle_contact_stress(needle_driving_pressure(&m->needle, run->now.global[GLOBAL_PRESSURE]),
                                                m->needle.adhesion, m->ring[j].pressure_profile, bearing, &driven);
    share += stress > NEEDLE_FLOW_STRESS ? m->area_share[j] : 0.0;
  }
  return share;
}

static void FloorText(const Run *run, char text[RUN_WARNING_LENGTH]) {
  const ElectrodeModel *m = &run->simulation->model;

  (void)snprintf(
      text, RUN_WARNING_LENGTH,
      "from t = %.6g s on more than %.0f %% of the contact is lost but for contact.%s.smallest_fraction = %g, "
      "which carries the current from there on: `until: {contact_fraction_below: ...}` ends a step before",
      run->at.floor_since, 100.0 * much_area, m->contact->name, m->contact->smallest_bearing(m->contact_parameters));
}

static void StressText(const Run *run, char text[RUN_WARNING_LENGTH]) {
  (void)snprintf(
      text, RUN_WARNING_LENGTH,
      "from t = %.6g s on the contact stress exceeds %.0f MPa, at which lithium flows, in more than %.0f %% of "
      "the contact: the laws of creep and contact are used beyond their range",
      run->at.stress_since, NEEDLE_FLOW_STRESS * 1e-6, 100.0 * much_area);
}

/* Of a deposit beside which a crack has taken a hundred million times more. */
static PetscBool VolumeIsUnknown(const Run *run) {
  return ElectrodeLithiumVolume(run->simulation->electrode, &run->now) < -1e-6 * run->at.most_lithium ? PETSC_TRUE
                                                                                                      : PETSC_FALSE;
}

static void VolumeText(const Run *run, char text[RUN_WARNING_LENGTH]) {
  (void)snprintf(text, RUN_WARNING_LENGTH,
                 "from t = %.6g s on lithium_volume is negative: it is what the charge leaves, known to some 1e-8 of "
                 "all the charge that has passed, which is more than the deposit holds",
                 run->at.volume_since);
}

PetscErrorCode RunWarn(Run *run) {
  char text[RUN_WARNING_LENGTH];

  PetscFunctionBeginUser;
  if (!run->output->warn) {
    PetscFunctionReturn(0);
  }
  if (run->at.floor_since == 0.0 &&
      ShareOnFloor(&run->simulation->model, ElectrodeOpenings(run->simulation->electrode, run->now.x)) > much_area) {
    run->at.floor_since = *run->now.time;
    FloorText(run, text);
    PetscCall(run->output->warn(run, text));
  }
  if (run->at.stress_since == 0.0 && ShareFlowing(run) > much_area) {
    run->at.stress_since = *run->now.time;
    StressText(run, text);
    PetscCall(run->output->warn(run, text));
  }
  if (run->at.volume_since == 0.0 && VolumeIsUnknown(run)) {
    run->at.volume_since = *run->now.time;
    VolumeText(run, text);
    PetscCall(run->output->warn(run, text));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunWarnStructure(Run *run) {
  const SimulationSei *sei = run->simulation->sei;

  PetscFunctionBeginUser;
  for (int k = 0; sei && run->output->warn && k < 2; k++) {
    if (sei->warning[k][0]) {
      PetscCall(run->output->warn(run, sei->warning[k]));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunReportWarnings(Run *run) {
  static const char *const structure[] = {"sei_grains", "sei_connection"};
  const SimulationSei *sei = run->simulation->sei;
  char text[RUN_WARNING_LENGTH];

  PetscFunctionBeginUser;
  for (int k = 0; sei && k < 2; k++) {
    if (sei->warning[k][0]) {
      PetscCall(ReportNoteText(run->report, "warnings", structure[k], sei->warning[k]));
    }
  }
  if (run->at.floor_since > 0.0) {
    FloorText(run, text);
    PetscCall(ReportNoteText(run->report, "warnings", "contact_fraction", text));
  }
  if (run->at.stress_since > 0.0) {
    StressText(run, text);
    PetscCall(ReportNoteText(run->report, "warnings", "contact_stress", text));
  }
  if (run->at.volume_since > 0.0) {
    VolumeText(run, text);
    PetscCall(ReportNoteText(run->report, "warnings", "lithium_volume", text));
  }
  PetscFunctionReturn(0);
}
