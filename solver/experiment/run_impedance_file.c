/* The files of the impedance, and what is said of it. */
#include "../../io/output/file_util.h"
#include "run_impedance_private.h"
#include <dirent.h>

static const char *const note_names[NOTES] = {"impedance_frequencies", "impedance_drift",    "impedance_amplitude",
                                              "impedance_unstable",    "impedance_residual", "impedance_spectrum",
                                              "impedance_growth",      "impedance_faces"};

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
      const PetscInt size = ImpedanceSpectrumSize(r->impedance, m->live);
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

PetscErrorCode RunImpedanceWrite(Run *run, const Measurement *m) {
  RunImpedance *r = run->impedance;
  const double *values[STATE_FIELDS];
  char notes[1024] = "";
  size_t used = 0;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  if (run->listener) {
    PetscCall(Tell(run, m));
    PetscFunctionReturn(0);
  }
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
