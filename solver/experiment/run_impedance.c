/* Impedance of the state that a run has reached. */
#include "../monitor/profile.h"
#include "../system/error_capture.h"
#include "run_impedance_private.h"

static const double linear_range =
    0.01; /* [1] harmonic, or change of the first, from which an amplitude is said to be large */
static const double steady_range = 0.01; /* [1] change of a slow state during the longest period */
static const double causal_range = 1e-4; /* [1] Kramers-Kronig residual */

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
  const char *why = ImpedanceWhyNoSpectrum(run->impedance->impedance);
  const PetscInt most = m->live ? SPECTRUM_LIVE : SPECTRUM_FROZEN;

  return why ? why
         : ImpedanceSpectrumSize(run->impedance->impedance, m->live) > most
             ? "the eigenproblem has too many unknowns (2000, with live slow states 800, are the most)"
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
  if (run->simulation->electrode->closing) {
    (void)snprintf(r->note[NOTE_FACES], NOTE_LENGTH,
                   "the faces of the %s have no double layer here: their share is right at low frequency only",
                   run->simulation->electrode->closing->name);
  }
  PetscFunctionReturn(0);
}

static PetscBool WasSkipped(const Run *run, PetscInt segment) {
  for (PetscInt n = 0; n < run->record_count; n++) {
    const ProtocolStep *step = &run->simulation->protocol->steps[run->records[n].step];
    if (run->records[n].reason == REASON_SKIPPED && segment >= step->first_segment &&
        segment < step->first_segment + step->segment_count) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

/* Is the current imposed where the run stands, by the last segment that took time? */
static PetscBool HeldCurrent(const Run *run) {
  PetscInt k = (PetscInt)run->at.segment;

  while (k > 0 && (run->simulation->protocol->segments[k].duration == 0.0 || WasSkipped(run, k))) {
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
  PetscCall(RunImpedanceWrite(run, m));
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
