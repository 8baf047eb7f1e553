/* A part made up here, with every block, hook and output that system/part.h offers: a capacitor with a leak in series
   with the contact,

     C dg/dt = I - g/R,   W = V - g

   On a linear film the rings are one resistance R0, so under a constant current V = I [R0 + R (1 - exp(-t/RC))], and
   under a constant potential I = (V/R0) [1 - R/(R0 + R) (1 - exp(-t (R0 + R)/(R0 R C)))]. */
#include "../../io/output/checkpoint.h"
#include "../../solver/experiment/run.h"
#include "../support/coupled.h"
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double resistance = 3e5, capacitance = 1e-5; /* [Ohm], [F] */

enum { CHARGE, SEEN, BLOCKS };

typedef struct {
  StateBlock blocks[BLOCKS];
  PetscInt rings, cells;
  double charge; /* [C] of the last solution */
  double allowed;
  PartBalance balance;
} Capacitor;

static PetscErrorCode Choose(Part part, const PartConditions *at, const ElectrodeState *state, PetscBool *follows) {
  PetscFunctionBeginUser;
  (void)part, (void)state;
  *follows = at->control->is_current ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Part part, const PartConditions *at, const ElectrodeState *state, PartClosing *closing) {
  Capacitor *c = part->data;
  const double known = at->known[part->blocks[CHARGE].index], damping = 1.0 + at->gamma_dt / (resistance * capacitance);

  PetscFunctionBeginUser;
  c->charge = (known + at->gamma_dt * at->contact_current) / damping;
  closing->ground = c->charge / capacitance;
  closing->drive = closing->follows ? ControlValue(at->control, *state->time) - closing->ground : StateDrive(state);
  closing->drive_slope = closing->follows ? -at->gamma_dt / (capacitance * damping) : 0.0;
  PetscFunctionReturn(0);
}

static void Enter(Part part, ElectrodeState *state, double *change) {
  (void)change;
  *PartBlock(part, CHARGE, state) = ((Capacitor *)part->data)->charge;
}

/* The current of the contact is in the rings; a part that needs it at an instant keeps it when it solves. */
static double RingCurrent(const ElectrodeState *state, Part part) {
  const double area = PETSC_PI * 4e-6 * 4e-6 / ((Capacitor *)part->data)->rings;
  double current = 0.0;
  for (PetscInt j = 0; j < ((Capacitor *)part->data)->rings; j++) {
    current += area * state->current[j];
  }
  return current;
}

static void Rates(Part part, ElectrodeState *state) {
  const double leak = *PartBlock(part, CHARGE, state) / (resistance * capacitance);
  *PartBlockRate(part, CHARGE, state) = RingCurrent(state, part) - leak;
}

static void Scales(Part part, const ElectrodeState *state, double scale[]) {
  (void)part, (void)state;
  scale[0] = 1e-8;
}

/* A number for every ring: how often it has seen an accepted step. */
static void Accepted(Part part, const ElectrodeState *before, ElectrodeState *after) {
  for (PetscInt j = 0; j < ((Capacitor *)part->data)->rings; j++) {
    PartBlock(part, SEEN, after)[j] = PartBlock(part, SEEN, before)[j] + 1.0 + 0.5 * (double)j;
  }
}

static const PartQuantity columns[] = {{"capacitor_voltage", "V", "of the capacitor"}};
static const PartQuantity ring_fields[] = {{"seen", "1", "accepted steps, more to the outside"}};
static const PartQuantity cell_fields[] = {{"number", "1", "of the cell"}};
static const PartQuantity entries[] = {{"kind", "1", "of capacitor"}, {"voltage", "V", "at the end"}};

static void Observe(Part part, const ElectrodeState *state, double values[]) {
  values[0] = *PartBlock(part, CHARGE, state) / capacitance;
}

static void ObserveRings(Part part, const ElectrodeState *state, double values[]) {
  for (PetscInt j = 0; j < ((Capacitor *)part->data)->rings; j++) {
    values[j] = PartBlock(part, SEEN, state)[j];
  }
}

static void ObserveCells(Part part, const ElectrodeState *state, double values[]) {
  (void)state;
  for (PetscInt k = 0; k < ((Capacitor *)part->data)->cells; k++) {
    values[k] = (double)k;
  }
}

static void Report(Part part, const ElectrodeState *state, PartEntry values[]) {
  values[0].text = "leaking";
  values[1].number = *PartBlock(part, CHARGE, state) / capacitance;
}

static double Imbalance(Part part, const ElectrodeState *state) {
  return fabs(*PartBlock(part, CHARGE, state) / capacitance - *state->ground);
}

static void Summary(Part part, const ElectrodeState *state, char text[], size_t length) {
  (void)part;
  (void)snprintf(text, length, "capacitor at %g V", *state->ground);
}

static PetscErrorCode Destroy(Part part) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(part->data));
  PetscFunctionReturn(0);
}

/* Add it to a simulation that is set up: the electrode is made again. */
static PetscErrorCode AddCapacitor(Simulation sim, double allowed) {
  Capacitor *c;
  Part p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&c));
  *c = (Capacitor){.rings = sim->model.rings,
                   .cells = GridCellCount(sim->grid),
                   .balance = {"capacitor charge", allowed, Imbalance}};
  c->blocks[CHARGE] =
      (StateBlock)STATE_BLOCK("capacitor_charge", "C", "on the capacitor", STATE_EVOLVING, STATE_GLOBAL, 1);
  c->blocks[SEEN] = (StateBlock)STATE_BLOCK("seen", "1", "accepted steps", STATE_ALGEBRAIC, STATE_RING, c->rings);
  PetscCall(PartCreate("capacitor", &p));
  p->data = c, p->blocks = c->blocks, p->block_count = BLOCKS;
  p->choose = Choose, p->solve = Solve, p->enter = Enter, p->rates = Rates, p->scales = Scales;
  p->accepted = Accepted, p->summary = Summary, p->destroy = Destroy;
  p->columns = columns, p->column_count = 1, p->observe = Observe;
  p->ring_fields = ring_fields, p->ring_field_count = 1, p->observe_rings = ObserveRings;
  p->cell_fields = cell_fields, p->cell_field_count = 1, p->observe_cells = ObserveCells;
  p->entries = entries, p->entry_count = 2, p->report = Report;
  p->balances = &c->balance, p->balance_count = 1;
  sim->model.part[sim->model.part_count++] = p;
  PetscCall(ElectrodeDestroy(&sim->electrode));
  PetscCall(ElectrodeCreate(&sim->model, &sim->electrode));
  PetscFunctionReturn(0);
}

static const char deck[] = "contact: {diameter: 8 um, law: none}\n"
                           "electrolyte: {conductivity: 1.65 mS/cm}\n"
                           "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
                           "grid: {rings: 6, layers: 8}\n"
                           "time: {tolerance: 1e-6}\n"
                           "output: {fields: end, wall_time_limit: %s}\n"
                           "protocol: [{%s}]\n";

static PetscErrorCode Execute(const char *dir, const char *limit, const char *step, double allowed, PetscBool resume,
                              RunOutcome *outcome) {
  PetscInt checkpoint = -1;
  char text[1024];
  Coupled c;

  PetscFunctionBeginUser;
  if (resume) {
    PetscCall(CheckpointFind(PETSC_COMM_WORLD, dir, &checkpoint));
  }
  (void)snprintf(text, sizeof text, deck, limit, step);
  PetscCall(CoupledCreate(text, &c));
  PetscCall(AddCapacitor(c.simulation, allowed));
  PetscCall(RunExecute(c.simulation, dir, text, checkpoint, outcome));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* The number in the last row of a column of history.csv; NAN without such a column. */
static double LastOf(const char *dir, const char *column) {
  char path[PETSC_MAX_PATH_LEN], line[8192] = "", last[8192] = "", head[8192] = "", wanted[64];
  double value = NAN;
  int number = 0;
  FILE *file;

  (void)snprintf(path, sizeof path, "%s/history.csv", dir);
  (void)snprintf(wanted, sizeof wanted, "%s [", column);
  file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    if (line[0] != '#') {
      memcpy(*head ? last : head, line, sizeof line);
    }
  }
  if (file) {
    (void)fclose(file);
  }
  for (const char *word = head; *word && strncmp(word, wanted, strlen(wanted)) != 0; number++) {
    word += strcspn(word, ",\n") + 1;
  }
  for (char *word = last; *word; word += strcspn(word, ",\n") + 1, number--) {
    if (number == 0) {
      value = strtod(word, NULL);
    }
  }
  return value;
}

static PetscBool FileHas(const char *dir, const char *name, const char *word) {
  char path[PETSC_MAX_PATH_LEN], text[16384];
  FILE *file;

  (void)snprintf(path, sizeof path, "%s/%s", dir, name);
  file = fopen(path, "r");
  text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
  if (file) {
    (void)fclose(file);
  }
  return strstr(text, word) ? PETSC_TRUE : PETSC_FALSE;
}

/* The part's ring field in the last row: steps (1 + j/2). */
static PetscBool RingFieldIsRight(const char *dir) {
  char path[PETSC_MAX_PATH_LEN];
  hsize_t dims[2] = {0, 0};
  double *values = NULL;
  PetscBool right = PETSC_FALSE;
  hid_t file, set;

  (void)snprintf(path, sizeof path, "%s/history.h5", dir);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  set = H5Dopen2(file, "interface/seen", H5P_DEFAULT);
  H5Sget_simple_extent_dims(H5Dget_space(set), dims, NULL);
  values = malloc((size_t)(dims[0] * dims[1]) * sizeof *values);
  if (values && H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0 && dims[0] > 2) {
    const double *last = values + (dims[0] - 1) * dims[1];
    right = last[0] == LastOf(dir, "step") ? PETSC_TRUE : PETSC_FALSE;
    for (hsize_t j = 0; j < dims[1]; j++) {
      right = last[j] == last[0] * (1.0 + 0.5 * (double)j) ? right : PETSC_FALSE;
    }
  }
  free(values);
  H5Dclose(set);
  H5Fclose(file);
  return right;
}

static PetscErrorCode MakeDir(char dir[32]) {
  PetscFunctionBeginUser;
  (void)snprintf(dir, 32, "/tmp/lisei-part-XXXXXX");
  PetscCheck(mkdtemp(dir), PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "no temporary folder");
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckCurrent(void) {
  char dir[32], part[32];
  const double current = 1e-8, rise = 1.0 - exp(-2.0 / (resistance * capacitance));
  double potential, rings;
  RunOutcome outcome;

  PetscFunctionBeginUser;
  PetscCall(MakeDir(dir));
  PetscCall(Execute(dir, "0 s", "current: {current: 10 nA, duration: 2 s}", 1e-9, PETSC_FALSE, &outcome));
  Expect(outcome == RUN_FINISHED, "imposed current: the run is finished (%d)", (int)outcome);
  potential = LastOf(dir, "potential");
  rings = LastOf(dir, "eta_interface");
  Expect(fabs(LastOf(dir, "capacitor_voltage") / (current * resistance * rise) - 1.0) < 1e-5,
         "imposed current: capacitor %.9g V, closed form %.9g V", LastOf(dir, "capacitor_voltage"),
         current * resistance * rise);
  Expect(fabs(potential / (rings + LastOf(dir, "eta_constriction")) - 1.0) < 1e-12,
         "the drops of rings and capacitor add to the potential");
  Expect(FileHas(dir, "report.json", "\"capacitor\"") && FileHas(dir, "report.json", "leaking"),
         "the report has the part's section");

  /* one step a process: everything that the part remembers goes through checkpoints */
  PetscCall(MakeDir(part));
  PetscCall(Execute(part, "1 us", "current: {current: 10 nA, duration: 2 s}", 1e-9, PETSC_FALSE, &outcome));
  for (int k = 0; k < 500 && outcome == RUN_STOPPED; k++) {
    PetscCall(Execute(part, "1 us", "current: {current: 10 nA, duration: 2 s}", 1e-9, PETSC_TRUE, &outcome));
  }
  Expect(outcome == RUN_FINISHED && LastOf(part, "potential") == potential &&
             LastOf(part, "capacitor_voltage") == LastOf(dir, "capacitor_voltage"),
         "resumed after every step it ends in the same bits: %.17g V, %.17g V", LastOf(part, "potential"), potential);
  Expect(RingFieldIsRight(part), "also what the part remembers of every ring");
  PetscCall(PetscRMTree(part));
  PetscCall(PetscRMTree(dir));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckPotential(void) {
  char dir[32];
  double total, expected, current, start;
  RunOutcome outcome;

  PetscFunctionBeginUser;
  PetscCall(MakeDir(dir));
  PetscCall(Execute(dir, "0 s", "hold: {potential: 10 mV, duration: 2 s}", 1e-9, PETSC_FALSE, &outcome));
  current = LastOf(dir, "current");
  start = (10e-3 - LastOf(dir, "capacitor_voltage")) / current; /* R0 */
  total = start + resistance;
  expected =
      10e-3 / start * (1.0 - resistance / total * (1.0 - exp(-2.0 * total / (start * resistance * capacitance))));
  Expect(outcome == RUN_FINISHED && fabs(current / expected - 1.0) < 1e-5,
         "imposed potential: %.9g A, closed form %.9g A", current, expected);
  PetscCall(PetscRMTree(dir));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckBalance(void) {
  char dir[32];
  RunOutcome outcome;

  PetscFunctionBeginUser;
  PetscCall(MakeDir(dir));
  PetscCall(Execute(dir, "0 s", "current: {current: 10 nA, duration: 2 s}", -1.0, PETSC_FALSE, &outcome));
  Expect(outcome == RUN_FAILED && FileHas(dir, "report.json", "capacitor charge (capacitor)"),
         "a violated balance of a part stops the run and says which");
  PetscCall(PetscRMTree(dir));
  PetscFunctionReturn(0);
}

/* Ring and cell fields, and that nothing of the part is left without it. */
static PetscErrorCode CheckFields(void) {
  char dir[32], text[1024];
  RunOutcome outcome;
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(MakeDir(dir));
  PetscCall(Execute(dir, "0 s", "current: {current: 10 nA, duration: 2 s}", 1e-9, PETSC_FALSE, &outcome));
  Expect(FileHas(dir, "fields.xdmf", "Name=\"number\""), "the part's cell field is saved");
  Expect(RingFieldIsRight(dir), "the part's ring field is saved");
  PetscCall(PetscRMTree(dir));
  (void)snprintf(text, sizeof text, deck, "0 s", "current: {current: 10 nA, duration: 2 s}");
  PetscCall(CoupledCreate(text, &c));
  PetscCall(MakeDir(dir));
  PetscCall(RunExecute(c.simulation, dir, text, -1, &outcome));
  Expect(isnan(LastOf(dir, "capacitor_voltage")) && !FileHas(dir, "fields.xdmf", "Name=\"number\"") &&
             !FileHas(dir, "report.json", "capacitor"),
         "without the part there is no trace of it");
  PetscCall(CoupledDestroy(&c));
  PetscCall(PetscRMTree(dir));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(CheckCurrent());
  PetscCall(CheckPotential());
  PetscCall(CheckBalance());
  PetscCall(CheckFields());
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
