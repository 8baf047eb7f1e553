#include "run_impedance.h"
#include "../../io/output/file_util.h"
#include "../../io/output/state_file.h"
#include "../impedance/impedance.h"
#include "../monitor/profile.h"
#include "../system/error_capture.h"
#include <dirent.h>

static const double linear_range =
    0.01; /* [1] harmonic, or change of the first, from which an amplitude is said to be large */
static const double steady_range = 0.01;              /* [1] change of a slow state during the longest period */
static const double causal_range = 1e-4;              /* [1] Kramers-Kronig residual */
enum { SPECTRUM_FROZEN = 2000, SPECTRUM_LIVE = 800 }; /* unknowns of an eigenproblem that is still solved */

enum { NOTE_LENGTH = 400 };
typedef enum {
  NOTE_SORTED,
  NOTE_DRIFT,
  NOTE_AMPLITUDE,
  NOTE_UNSTABLE,
  NOTE_RESIDUAL,
  NOTE_SPECTRUM,
  NOTE_GROWTH,
  NOTES
} Note;
static const char *const note_names[NOTES] = {"impedance_frequencies", "impedance_drift",    "impedance_amplitude",
                                              "impedance_unstable",    "impedance_residual", "impedance_spectrum",
                                              "impedance_growth"};

/* Numbers of a state; then arrays. In the order of the fields of the file. */
enum {
  STATE_STEP,
  STATE_CYCLE,
  STATE_TIME,
  STATE_POTENTIAL,
  STATE_CURRENT,
  STATE_TEMPERATURE,
  STATE_RADIUS,
  STATE_FRACTION,
  STATE_LIVE,
  STATE_HELD_CURRENT,
  STATE_AMPLITUDE,
  STATE_SECOND,
  STATE_THIRD,
  STATE_GAIN,
  STATE_DRIFT,
  STATE_PERIOD_DRIFT,
  STATE_RESIDUAL,
  STATE_SPECTRUM_RESIDUAL,
  STATE_INFINITE,
  STATE_UNSTABLE,
  STATE_NUMBERS,
  ARRAY_FREQUENCY = STATE_NUMBERS,
  ARRAY_IMPEDANCE,
  ARRAY_PARTS,
  ARRAY_RING_ADMITTANCE = ARRAY_PARTS + IMPEDANCE_PARTS,
  ARRAY_RING_POTENTIAL,
  ARRAY_TIME,
  ARRAY_RESISTANCE,
  ARRAY_TIME_POTENTIAL,
  STATE_FIELDS
};

typedef struct RunImpedance_ {
  Impedance impedance;
  StateFile file;
  PetscInt states, frequencies, rings, modes; /* written; largest numbers of the others */
  double number[STATE_NUMBERS], *frequency;
  double complex *total, *part, *admittance, *potential; /* part[p*frequencies + f]; rings: [f*rings + ring] */
  double complex *time, *resistance, *time_potential;    /* modes */
  char note[NOTES][NOTE_LENGTH];                         /* of this state */
  char first[NOTES][NOTE_LENGTH];                        /* as it was said first */
} RunImpedance;

static const StateField number_fields[STATE_NUMBERS] = {
    {"step", "1", "protocol step, from 1", PETSC_FALSE, {0, 0}},
    {"cycle", "1", "cycle of the step, from 1", PETSC_FALSE, {0, 0}},
    {"time", "s", "simulated time", PETSC_FALSE, {0, 0}},
    {"potential", "V", "potential of the state", PETSC_FALSE, {0, 0}},
    {"current", "A", "current of the state", PETSC_FALSE, {0, 0}},
    {"temperature", "K", "temperature of the cell", PETSC_FALSE, {0, 0}},
    {"contact_radius", "m", "radius of the nominal contact", PETSC_FALSE, {0, 0}},
    {"contact_fraction", "1", "area mean of the contact fraction", PETSC_FALSE, {0, 0}},
    {"live", "1", "1 where slow states answer the signal, 0 where they stand still", PETSC_FALSE, {0, 0}},
    {"held_current", "1", "1 where the protocol imposes the current, 0 the potential", PETSC_FALSE, {0, 0}},
    {"amplitude", "V", "amplitude of the potential, for the record", PETSC_FALSE, {0, 0}},
    {"second_harmonic", "1", "second harmonic over the first at that amplitude, quasi-static", PETSC_FALSE, {0, 0}},
    {"third_harmonic", "1", "third harmonic over the first, quasi-static", PETSC_FALSE, {0, 0}},
    {"gain_error",
     "1",
     "relative change of the first harmonic against a small signal, quasi-static",
     PETSC_FALSE,
     {0, 0}},
    {"drift", "s-1", "largest relative rate of change of a slow state", PETSC_FALSE, {0, 0}},
    {"drift_per_period", "1", "the same during the period of the lowest frequency", PETSC_FALSE, {0, 0}},
    {"kramers_kronig_residual", "1", "largest residual of the linear Kramers-Kronig test", PETSC_FALSE, {0, 0}},
    {"spectrum_residual",
     "1",
     "largest difference between the impedance and its relaxation spectrum",
     PETSC_FALSE,
     {0, 0}},
    {"infinite_resistance", "ohm", "R_inf of the relaxation spectrum", PETSC_FALSE, {0, 0}},
    {"unstable_modes", "1", "number of modes that grow under the protocol's control", PETSC_FALSE, {0, 0}}};

/* --- life --------------------------------------------------------------------------------------------------------- */

static const char *PartName(int part) {
  static char names[IMPEDANCE_PARTS][48];

  (void)snprintf(names[part], sizeof names[part], "impedance_%s", ImpedancePartNames[part]);
  return names[part];
}

static void DeclareFields(const RunImpedance *r, StateField field[STATE_FIELDS]) {
  const PetscInt f = r->frequencies, n = r->rings, m = PetscMax(1, r->modes);

  for (int k = 0; k < STATE_NUMBERS; k++) {
    field[k] = number_fields[k];
  }
  field[ARRAY_FREQUENCY] = (StateField){"frequency", "Hz", "falling; NaN: fewer at this state", PETSC_FALSE, {f, 0}};
  field[ARRAY_IMPEDANCE] = (StateField){"impedance", "ohm", "Z, positive for a resistance", PETSC_TRUE, {f, 0}};
  for (int p = 0; p < IMPEDANCE_PARTS; p++) {
    field[ARRAY_PARTS + p] =
        (StateField){PartName(p), "ohm", "part of Z, by exact elimination; they add to Z", PETSC_TRUE, {f, 0}};
  }
  field[ARRAY_RING_ADMITTANCE] = (StateField){"ring_admittance",
                                              "S m-2",
                                              "current per nominal area of a ring, over the potential of the signal",
                                              PETSC_TRUE,
                                              {f, n}};
  field[ARRAY_RING_POTENTIAL] = (StateField){
      "ring_potential", "1", "potential of the electrolyte under a ring, over that of the signal", PETSC_TRUE, {f, n}};
  field[ARRAY_TIME] = (StateField){"relaxation_time",
                                   "s",
                                   "tau_k of Z = R_inf + sum R_k/(1 + s tau_k): the current is held; NaN: fewer",
                                   PETSC_TRUE,
                                   {m, 0}};
  field[ARRAY_RESISTANCE] = (StateField){"relaxation_resistance", "ohm", "R_k", PETSC_TRUE, {m, 0}};
  field[ARRAY_TIME_POTENTIAL] = (StateField){"relaxation_time_held_potential",
                                             "s",
                                             "the same while the potential is held, where slow states answer",
                                             PETSC_TRUE,
                                             {m, 0}};
}

/* The files of states that the checkpoint does not know. */
static PetscErrorCode RemoveLater(const char *dir, PetscInt kept) {
  char path[PETSC_MAX_PATH_LEN + 300];
  const struct dirent *entry;
  DIR *folder = opendir(dir);

  PetscFunctionBeginUser;
  while (folder && (entry = readdir(folder))) {
    char *end;
    const long number = strtol(entry->d_name, &end, 10);
    if (end == entry->d_name + 6 && !strcmp(end, ".csv") && number > kept) {
      (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
      (void)remove(path);
    }
  }
  if (folder) {
    (void)closedir(folder);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Allocate(RunImpedance *r) {
  const size_t f = (size_t)r->frequencies, n = (size_t)r->rings, m = (size_t)PetscMax(1, r->modes);

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(f, &r->frequency, f, &r->total, f * IMPEDANCE_PARTS, &r->part, f * n, &r->admittance, f * n,
                         &r->potential));
  PetscCall(PetscMalloc3(m, &r->time, m, &r->resistance, m, &r->time_potential));
  PetscFunctionReturn(0);
}

PetscErrorCode RunImpedanceCreate(Run *run, PetscInt kept) {
  const Simulation sim = run->simulation;
  const Protocol protocol = sim->protocol;
  StateField field[STATE_FIELDS];
  char folder[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  RunImpedance *r;

  PetscFunctionBeginUser;
  if (!protocol->measurement_count) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&r));
  run->impedance = r;
  PetscCall(ImpedanceCreate(sim->electrode, &sim->storage, &r->impedance));
  r->states = kept;
  r->rings = 0;
  for (PetscInt k = 0; k < protocol->measurement_count; k++) {
    const Measurement *m = &protocol->measurements[k];
    r->frequencies = PetscMax(r->frequencies, m->count);
    r->rings = m->rings ? sim->model.rings : r->rings;
    if (m->spectrum) {
      const PetscInt size =
          ImpedanceSpectrumSize(r->impedance) + (m->live ? sim->model.rings * sim->model.contact->local_count + 2 : 0);
      r->modes = size <= (m->live ? SPECTRUM_LIVE : SPECTRUM_FROZEN) ? PetscMax(r->modes, size) : r->modes;
    }
  }
  r->rings = PetscMax(1, r->rings);
  PetscCall(Allocate(r));
  if (run->listener) {
    PetscFunctionReturn(0);
  }
  DeclareFields(r, field);
  PetscCall(StateFileOpen(sim->comm, run->dir, "impedance.h5", kept, STATE_FIELDS, field, sim->model.rings,
                          run->ring_radius, sim->ring_area, &r->file));
  PetscCallMPI(MPI_Comm_rank(sim->comm, &rank));
  if (!rank) {
    (void)snprintf(folder, sizeof folder, "%s/impedance", run->dir);
    PetscCall(FileMakeFolder(folder));
    PetscCall(RemoveLater(folder, kept));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunImpedanceDestroy(Run *run) {
  RunImpedance *r = run->impedance;

  PetscFunctionBeginUser;
  if (!r) {
    PetscFunctionReturn(0);
  }
  PetscCall(ImpedanceDestroy(&r->impedance));
  PetscCall(StateFileClose(&r->file));
  PetscCall(PetscFree5(r->frequency, r->total, r->part, r->admittance, r->potential));
  PetscCall(PetscFree3(r->time, r->resistance, r->time_potential));
  PetscCall(PetscFree(run->impedance));
  PetscFunctionReturn(0);
}

/* --- one state ---------------------------------------------------------------------------------------------------- */

static void Fill(size_t count, double complex values[]) {
  for (size_t k = 0; k < count; k++) {
    values[k] = (double)NAN;
  }
}

static PetscErrorCode Sweep(Run *run, const Measurement *m) {
  RunImpedance *r = run->impedance;
  const PetscInt rings = run->simulation->model.rings, most = r->frequencies;
  double complex *current, *potential;
  ImpedancePoint point;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(rings, &current, rings, &potential));
  for (PetscInt f = 0; f < m->count; f++) {
    const double complex s = 2.0 * PETSC_PI * m->frequency[f] * (double complex)_Complex_I;
    PetscCall(ImpedanceSolve(r->impedance, s, &point, current, potential));
    r->frequency[f] = m->frequency[f];
    r->total[f] = point.total;
    for (PetscInt p = 0; p < IMPEDANCE_PARTS; p++) {
      r->part[p * most + f] = point.part[p];
    }
    for (PetscInt j = 0; j < r->rings && m->rings; j++) {
      const double growth = run->simulation->model.initial_radius /
                            ElectrodeRadius(run->simulation->electrode, run->now.global[GLOBAL_LOG_RADIUS]);
      r->admittance[f * r->rings + j] = current[j] / run->simulation->ring_area[j] * growth * growth;
      r->potential[f * r->rings + j] = potential[j];
    }
  }
  PetscCall(PetscFree2(current, potential));
  PetscFunctionReturn(0);
}

/* Why there is no relaxation spectrum; NULL: there is one. */
static const char *NoSpectrum(const Run *run, const Measurement *m) {
  if (!charge_storage_is_ideal(&run->simulation->storage)) {
    return "a constant-phase element has infinitely many relaxation times";
  }
  if (run->simulation->electrode->closing) {
    return "a part stands between the rings and ground";
  }
  return ImpedanceSpectrumSize(run->impedance->impedance) > (m->live ? SPECTRUM_LIVE : SPECTRUM_FROZEN)
             ? "the eigenproblem has too many unknowns"
             : NULL;
}

static PetscErrorCode OneSpectrum(Run *run, const Measurement *m, HeldControl held, PetscBool judge) {
  RunImpedance *r = run->impedance;
  double complex *time = held == HELD_CURRENT ? r->time : r->time_potential;
  RelaxationSpectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(ImpedanceSpectrum(r->impedance, held, 2.0 * PETSC_PI * m->frequency[m->count - 1], &spectrum));
  for (PetscInt k = 0; k < PetscMin(spectrum.count, r->modes); k++) {
    time[k] = spectrum.time[k];
    if (held == HELD_CURRENT) {
      r->resistance[k] = spectrum.resistance[k];
    }
  }
  if (held == HELD_CURRENT) {
    r->number[STATE_INFINITE] = spectrum.infinite;
    r->number[STATE_SPECTRUM_RESIDUAL] = 0.0;
    for (PetscInt f = 0; f < m->count; f++) {
      const double complex s = 2.0 * PETSC_PI * m->frequency[f] * (double complex)_Complex_I;
      r->number[STATE_SPECTRUM_RESIDUAL] =
          fmax(r->number[STATE_SPECTRUM_RESIDUAL], cabs(RelaxationSpectrumValue(&spectrum, s) / r->total[f] - 1.0));
    }
  }
  if (judge) {
    r->number[STATE_UNSTABLE] = spectrum.unstable;
    if (spectrum.unstable) {
      (void)snprintf(r->note[NOTE_UNSTABLE], NOTE_LENGTH,
                     "%d mode(s) grow while the %s is held, the fastest is %s: the state is not one that a measurement "
                     "would find",
                     (int)spectrum.unstable, held == HELD_CURRENT ? "current" : "potential", spectrum.name);
    }
  }
  PetscCall(RelaxationSpectrumDestroy(&spectrum));
  PetscFunctionReturn(0);
}

static PetscErrorCode Spectrum(Run *run, const Measurement *m, PetscBool held_current) {
  RunImpedance *r = run->impedance;
  const char *why = NoSpectrum(run, m);

  PetscFunctionBeginUser;
  r->number[STATE_INFINITE] = r->number[STATE_SPECTRUM_RESIDUAL] = r->number[STATE_UNSTABLE] = NAN;
  if (!m->spectrum) {
    PetscFunctionReturn(0);
  }
  if (why) {
    (void)snprintf(r->note[NOTE_SPECTRUM], NOTE_LENGTH, "no relaxation spectrum: %s", why);
    PetscFunctionReturn(0);
  }
  PetscCall(OneSpectrum(run, m, HELD_CURRENT, m->live ? held_current : PETSC_TRUE));
  if (m->live) {
    PetscCall(OneSpectrum(run, m, HELD_POTENTIAL, held_current ? PETSC_FALSE : PETSC_TRUE));
  }
  PetscFunctionReturn(0);
}

/* What is to be said of the state and the measurement. */
static PetscErrorCode Judge(Run *run, const Measurement *m) {
  RunImpedance *r = run->impedance;
  double *number = r->number;
  Harmonics harmonics;

  PetscFunctionBeginUser;
  PetscCall(ImpedanceHarmonics(r->impedance, m->amplitude, &harmonics));
  number[STATE_SECOND] = harmonics.second;
  number[STATE_THIRD] = harmonics.third;
  number[STATE_GAIN] = harmonics.gain;
  number[STATE_DRIFT] = ImpedanceDrift(r->impedance);
  number[STATE_PERIOD_DRIFT] = number[STATE_DRIFT] / m->frequency[m->count - 1];
  PetscCall(KramersKronigResidual(m->count, m->frequency, r->total, &number[STATE_RESIDUAL]));
  if (m->sorted) {
    (void)snprintf(r->note[NOTE_SORTED], NOTE_LENGTH, "%s:%d: the frequencies were sorted, from high to low", m->file,
                   m->line);
  }
  if (m->live && number[STATE_PERIOD_DRIFT] > steady_range) {
    (void)snprintf(r->note[NOTE_DRIFT], NOTE_LENGTH,
                   "the state is not steady: a slow state changes by %.2g %% per second, %.2g %% during the period of "
                   "%g Hz; the impedance is that of the equations linearised here",
                   100.0 * number[STATE_DRIFT], 100.0 * number[STATE_PERIOD_DRIFT], m->frequency[m->count - 1]);
  }
  if (!(harmonics.second < linear_range && harmonics.third < linear_range && fabs(harmonics.gain) < linear_range)) {
    (void)snprintf(r->note[NOTE_AMPLITUDE], NOTE_LENGTH,
                   "an amplitude of %g mV is beyond the linear range: at low frequency second harmonic %.2g %%, third "
                   "%.2g %%, the first differs by %+.2g %% from that of a small signal",
                   1e3 * m->amplitude, 100.0 * harmonics.second, 100.0 * harmonics.third, 100.0 * harmonics.gain);
  }
  if (number[STATE_RESIDUAL] > causal_range) {
    (void)snprintf(r->note[NOTE_RESIDUAL], NOTE_LENGTH, "Kramers-Kronig residual %.2g", number[STATE_RESIDUAL]);
  }
  if (m->live && deposit_contact_grows(&run->simulation->model.deposit)) {
    (void)snprintf(r->note[NOTE_GROWTH], NOTE_LENGTH, "the radius of the contact stands still during a measurement");
  }
  PetscFunctionReturn(0);
}

/* frequency, real and imaginary part: what the common readers of impedance data take. */
static PetscErrorCode WriteCsv(const Run *run, const Measurement *m) {
  const RunImpedance *r = run->impedance;
  const size_t size = 256 + 96 * (size_t)m->count;
  char path[PETSC_MAX_PATH_LEN], *text;
  size_t used;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/impedance/%06d.csv", run->dir, (int)r->states + 1);
  PetscCall(PetscMalloc1(size, &text));
  used = (size_t)snprintf(text, size, "# frequency (Hz), Re Z (ohm), Im Z (ohm); t = %.9g s, V = %.9g V, I = %.9g A\n",
                          r->number[STATE_TIME], r->number[STATE_POTENTIAL], r->number[STATE_CURRENT]);
  for (PetscInt f = 0; f < m->count; f++) {
    used += (size_t)snprintf(text + used, size - used, "%.17g,%.17g,%.17g\n", r->frequency[f], creal(r->total[f]),
                             cimag(r->total[f]));
  }
  PetscCall(FileWriteText(path, text, used));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode Tell(Run *run, const Measurement *m) {
  const RunImpedance *r = run->impedance;
  const RunSpectrum spectrum = {*run->now.time, m->count, r->frequency, (const double *)r->total};

  PetscFunctionBeginUser;
  PetscCall(run->listener->impedance(run->listener->context, &spectrum));
  PetscFunctionReturn(0);
}

static PetscErrorCode Write(Run *run, const Measurement *m) {
  RunImpedance *r = run->impedance;
  const double *values[STATE_FIELDS];
  char notes[1024] = "";
  size_t used = 0;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  for (int k = 0; k < STATE_NUMBERS; k++) {
    values[k] = &r->number[k];
  }
  values[ARRAY_FREQUENCY] = r->frequency;
  values[ARRAY_IMPEDANCE] = (const double *)r->total;
  for (PetscInt p = 0; p < IMPEDANCE_PARTS; p++) {
    values[ARRAY_PARTS + p] = (const double *)(r->part + p * r->frequencies);
  }
  values[ARRAY_RING_ADMITTANCE] = (const double *)r->admittance;
  values[ARRAY_RING_POTENTIAL] = (const double *)r->potential;
  values[ARRAY_TIME] = (const double *)r->time;
  values[ARRAY_RESISTANCE] = (const double *)r->resistance;
  values[ARRAY_TIME_POTENTIAL] = (const double *)r->time_potential;
  for (int k = 0; k < NOTES; k++) {
    if (r->note[k][0] && used < sizeof notes) {
      used += (size_t)snprintf(notes + used, sizeof notes - used, "%s%s", used ? "; " : "", r->note[k]);
    }
  }
  PetscCallMPI(MPI_Comm_rank(run->simulation->comm, &rank));
  if (!rank) {
    PetscCall(WriteCsv(run, m));
    for (int k = 0; k < NOTES; k++) {
      if (r->note[k][0] && !r->first[k][0]) {
        (void)fprintf(stderr, "%swarning: impedance at t = %.6g s: %s\n",
                      run->on_terminal && run->last_progress > 0.0 ? "\r\033[K" : "", r->number[STATE_TIME],
                      r->note[k]);
      }
    }
  }
  PetscCall(StateFileAppend(r->file, values, notes));
  PetscFunctionReturn(0);
}

/* Is the current imposed where the run stands? */
static PetscBool HeldCurrent(const Run *run) {
  PetscInt k = (PetscInt)run->at.segment;

  while (k > 0 && run->simulation->protocol->segments[k].duration == 0.0) {
    k--;
  }
  return run->simulation->protocol->segments[k].is_current;
}

static PetscErrorCode DescribeState(Run *run, const Measurement *m) {
  const Segment *segment = &run->simulation->protocol->segments[(PetscInt)run->at.segment];
  double *number = run->impedance->number;
  EndQuantities quantities;

  PetscFunctionBeginUser;
  PetscCall(RunEndQuantities(run, &run->now, &quantities));
  number[STATE_STEP] = run->at.step + 1.0;
  number[STATE_CYCLE] = segment->cycle;
  number[STATE_TIME] = *run->now.time;
  number[STATE_POTENTIAL] = quantities.potential;
  number[STATE_CURRENT] = quantities.current;
  number[STATE_TEMPERATURE] = run->simulation->model.temperature;
  number[STATE_RADIUS] = ElectrodeRadius(run->simulation->electrode, run->now.global[GLOBAL_LOG_RADIUS]);
  number[STATE_FRACTION] = quantities.contact_fraction;
  number[STATE_LIVE] = m->live ? 1.0 : 0.0;
  number[STATE_HELD_CURRENT] = HeldCurrent(run) ? 1.0 : 0.0;
  number[STATE_AMPLITUDE] = m->amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode Measure(Run *run, const Measurement *m) {
  RunImpedance *r = run->impedance;
  const size_t f = (size_t)r->frequencies, n = (size_t)r->rings, modes = (size_t)PetscMax(1, r->modes);

  PetscFunctionBeginUser;
  for (size_t k = 0; k < f; k++) {
    r->frequency[k] = NAN;
  }
  Fill(f, r->total);
  Fill(f * IMPEDANCE_PARTS, r->part);
  Fill(f * n, r->admittance);
  Fill(f * n, r->potential);
  Fill(modes, r->time);
  Fill(modes, r->resistance);
  Fill(modes, r->time_potential);
  for (int k = 0; k < NOTES; k++) {
    r->note[k][0] = '\0';
  }
  PetscCall(DescribeState(run, m));
  PetscCall(ImpedanceLinearise(r->impedance, &run->now, m->live));
  PetscCall(Sweep(run, m));
  PetscCall(Spectrum(run, m, HeldCurrent(run)));
  PetscCall(Judge(run, m));
  PetscCall(run->listener ? Tell(run, m) : Write(run, m));
  for (int k = 0; k < NOTES; k++) {
    if (!r->first[k][0]) {
      (void)snprintf(r->first[k], NOTE_LENGTH, "%s", r->note[k]);
    }
  }
  r->states++;
  run->impedance_states = (double)r->states;
  PetscFunctionReturn(0);
}

PetscErrorCode RunMeasure(Run *run, PetscBool *failed) {
  const Protocol protocol = run->simulation->protocol;
  const PetscInt number = protocol->segments[(PetscInt)run->at.segment].measurement;
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  *failed = PETSC_FALSE;
  if (!number || !run->impedance) { /* a run without files does not measure */
    PetscFunctionReturn(0);
  }
  PetscCall(PetscLogEventBegin(profile_events[PROFILE_IMPEDANCE], 0, 0, 0, 0));
  PetscCall(ErrorCaptureBegin(&capture));
  code = Measure(run, &protocol->measurements[number - 1]);
  PetscCall(ErrorCaptureEnd());
  PetscCall(PetscLogEventEnd(profile_events[PROFILE_IMPEDANCE], 0, 0, 0, 0));
  PetscCheck(!code || code == PETSC_ERR_LIB || ErrorIsNumerical(code), PETSC_COMM_SELF, code, "%s", capture.message);
  if (code) {
    *failed = PETSC_TRUE;
    (void)snprintf(run->failure, sizeof run->failure, "impedance at t = %.9g s, protocol step %.0f: %.300s",
                   *run->now.time, run->at.step + 1.0, capture.message);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunImpedanceReport(Run *run) {
  const RunImpedance *r = run->impedance;

  PetscFunctionBeginUser;
  for (int k = 0; r && k < NOTES; k++) {
    if (r->first[k][0]) {
      PetscCall(ReportNoteText(run->report, "warnings", note_names[k], r->first[k]));
    }
  }
  if (r) {
    PetscCall(ReportNoteInteger(run->report, "impedance", "states", r->states));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunImpedanceSummary(const Run *run, FILE *stream) {
  const RunImpedance *r = run->impedance;

  PetscFunctionBeginUser;
  if (r) {
    (void)fprintf(stream, "  impedance at %d states: impedance.h5, impedance/*.csv\n", (int)r->states);
  }
  PetscFunctionReturn(0);
}
