/* Node potentials and slow states in one linear system: equations in ring_linear.h. */
#include "spectrum_private.h"

/* A row of K or E. */
static inline void Put(const SlowSystem *system, double matrix[], PetscInt row, PetscInt column, double value) {
  matrix[row + system->size * column] += value;
}

static PetscInt StateColumn(const SlowSystem *system, PetscInt ring, int k) {
  return system->nodes + ring * system->local + k;
}

static PetscInt NeedleColumn(const SlowSystem *system, int k) {
  return system->nodes + (system->size - system->nodes) - 2 + k;
}

/* A row gets `factor` times the linear form of a quantity of ring j. */
typedef struct {
  double node[KINETICS_MAX_PROCESSES + 1], x[CONTACT_MAX_LOCAL], p, s;     /* of y */
  double node_rate[KINETICS_MAX_PROCESSES + 1], x_rate[CONTACT_MAX_LOCAL]; /* of dy/dt */
} RingForm;

static void AddForm(Impedance z, const SlowSystem *system, PetscInt row, PetscInt j, const PetscInt node[],
                    double factor, const RingForm *form) {
  for (int k = 0; k <= z->ring[j].count; k++) {
    Put(system, system->conduction, row, node[k], factor * form->node[k]);
    Put(system, system->storage, row, node[k], factor * form->node_rate[k]);
  }
  for (int l = 0; l < system->local; l++) {
    Put(system, system->conduction, row, StateColumn(system, j, l), factor * form->x[l]);
    Put(system, system->storage, row, StateColumn(system, j, l), factor * form->x_rate[l]);
  }
  if (ImpedanceHasNeedle(z)) {
    Put(system, system->conduction, row, NeedleColumn(system, 0), factor * form->p);
    Put(system, system->conduction, row, NeedleColumn(system, 1), factor * form->s);
  }
}

/* The current density that process k conducts, and with `charging` what charges it. */
static RingForm CurrentForm(Impedance z, PetscInt j, int k, bool conducting, bool charging) {
  const RingLinear *r = &z->ring[j];
  const double g = conducting ? r->fraction / r->slope[k] : 0.0;
  const double c = charging ? charge_storage_capacitance(&z->storage, r->process[k], r->thickness) : 0.0;
  RingForm form = {.p = -g * r->eta_p[k], .s = -g * r->eta_s[k]};

  form.node[k] = g;
  form.node[k + 1] = -g;
  form.node_rate[k] = c * r->fraction;
  form.node_rate[k + 1] = -c * r->fraction;
  for (int l = 0; l < CONTACT_MAX_LOCAL; l++) {
    form.x[l] = -g * r->eta_x[k][l];
    form.x_rate[l] = c * r->eta[k] * r->fraction_x[l];
  }
  return form;
}

/* The current that transfers charge, and the overpotential. */
static RingForm FaradaicForm(Impedance z, PetscInt j) {
  const int transfer = RingLinearTransfer(&z->ring[j]);

  return CurrentForm(z, j, transfer < 0 ? 0 : transfer, true, transfer < 0);
}

static RingForm OverpotentialForm(Impedance z, PetscInt j) {
  RingForm form = {.p = 0.0};

  form.node[0] = 1.0;
  form.node[z->ring[j].count] = -1.0;
  return form;
}

/* What slow states add to the balance of the nodes between a ring's processes. */
static void CoupleNodes(Impedance z, const SlowSystem *system, PetscInt j, const PetscInt node[]) {
  const RingLinear *r = &z->ring[j];

  for (int k = 0; k < r->count; k++) {
    RingForm form = CurrentForm(z, j, k, true, true);
    for (int n = 0; n <= r->count; n++) { /* those are in the network */
      form.node[n] = form.node_rate[n] = 0.0;
    }
    AddForm(z, system, node[k], j, node, r->area, &form);
    AddForm(z, system, node[k + 1], j, node, -r->area, &form);
  }
}

/* dx/dt - rates = 0 of a ring, and its part of those of the needle. */
static void AddStates(Impedance z, const SlowSystem *system, PetscInt j, const PetscInt node[]) {
  const RingLinear *r = &z->ring[j];
  const RingForm faradaic = FaradaicForm(z, j), overpotential = OverpotentialForm(z, j);
  const double share = z->electrode->model.area_share[j];
  RingForm own = {.p = 0.0};

  for (int k = 0; k < system->local; k++) {
    const PetscInt row = StateColumn(system, j, k);
    Put(system, system->storage, row, row, 1.0);
    own.p = r->rate_p[k];
    own.s = r->rate_s[k];
    for (int l = 0; l < system->local; l++) {
      own.x[l] = r->rate_x[k][l];
    }
    AddForm(z, system, row, j, node, -r->rate_i[k], &faradaic);
    AddForm(z, system, row, j, node, -r->rate_eta[k], &overpotential);
    AddForm(z, system, row, j, node, -1.0, &own);
  }
  if (ImpedanceHasNeedle(z)) {
    const double factor = -z->needle_rate[1] * share;
    RingForm bearing = {.p = 0.0};
    own.p = r->approach_p;
    own.s = r->approach_s;
    for (int l = 0; l < system->local; l++) {
      own.x[l] = r->approach_x[l];
      bearing.x[l] = r->bearing_x[l];
    }
    AddForm(z, system, NeedleColumn(system, 0), j, node, factor * r->approach_i, &faradaic);
    AddForm(z, system, NeedleColumn(system, 0), j, node, factor * r->approach_eta, &overpotential);
    AddForm(z, system, NeedleColumn(system, 0), j, node, factor, &own);
    AddForm(z, system, NeedleColumn(system, 1), j, node, -share, &bearing);
  }
}

PetscErrorCode SlowSystemCreate(Impedance z, Network network, const PetscInt nodes[], HeldControl held,
                                SlowSystem *system) {
  const ElectrodeModel *m = &z->electrode->model;
  const PetscInt local = ImpedanceLocal(z), n = network->nodes;
  double *conductance, *capacitance;

  PetscFunctionBeginUser;
  *system = (SlowSystem){.nodes = n, .local = local, .held = held};
  system->size = n + m->rings * local + (ImpedanceHasNeedle(z) ? 2 : 0);
  PetscCall(NetworkRank(network, held == HELD_POTENTIAL ? PETSC_TRUE : PETSC_FALSE, &system->rank));
  system->rank += m->rings * local + (ImpedanceHasNeedle(z) ? 1 : 0);
  PetscCall(PetscCalloc2((size_t)(system->size * system->size), &system->conduction,
                         (size_t)(system->size * system->size), &system->storage));
  PetscCall(PetscMalloc2((size_t)(n * n), &conductance, (size_t)(n * n), &capacitance));
  PetscCall(NetworkFill(network, conductance, capacitance));
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = 0; i < n; i++) {
      Put(system, system->conduction, i, j, conductance[i + n * j]);
      Put(system, system->storage, i, j, capacitance[i + n * j]);
    }
  }
  PetscCall(PetscFree2(conductance, capacitance));
  for (PetscInt j = 0; j < m->rings && m->kinetics.count; j++) {
    const PetscInt *node = nodes + j * (m->kinetics.count + 1);
    CoupleNodes(z, system, j, node);
    AddStates(z, system, j, node);
  }
  if (ImpedanceHasNeedle(z)) {
    Put(system, system->storage, NeedleColumn(system, 0), NeedleColumn(system, 0), 1.0);
    Put(system, system->conduction, NeedleColumn(system, 0), NeedleColumn(system, 0), -z->needle_rate[0]);
    Put(system, system->conduction, NeedleColumn(system, 1), NeedleColumn(system, 1), 1.0);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SlowSystemDestroy(SlowSystem *system) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(system->conduction, system->storage));
  PetscFunctionReturn(0);
}

PetscErrorCode SlowSystemSource(Impedance z, const SlowSystem *system, double shift, double complex source[]) {
  const PetscBLASInt n = (PetscBLASInt)system->size, one = 1;
  const size_t square = (size_t)n * (size_t)n;
  PetscBLASInt *pivot, info;
  double *matrix, *rhs;

  PetscFunctionBeginUser;
  (void)z;
  if (system->held == HELD_POTENTIAL) {
    PetscCall(PetscArrayzero(source, n - 1));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc3(square, &matrix, n, &rhs, n, &pivot));
  for (size_t i = 0; i < square; i++) {
    matrix[i] = system->conduction[i] + shift * system->storage[i];
  }
  rhs[0] = 1.0;
  PetscCallBLAS("LAPACKgetrf", LAPACKgetrf_(&n, &n, matrix, &n, pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "The relaxation spectrum: singular at row %d",
             (int)info);
  PetscCallBLAS("LAPACKgetrs", LAPACKgetrs_("N", &n, &one, matrix, &n, pivot, rhs, &n, &info));
  for (PetscBLASInt i = 0; i < n; i++) {
    source[i] = rhs[i];
  }
  PetscCall(PetscFree3(matrix, rhs, pivot));
  PetscFunctionReturn(0);
}

/* Participation v_i w_i of the unknowns, w the left eigenvector with w v = 1, summed by kind. */
double SlowSystemName(Impedance z, const SlowSystem *system, const double complex vector[],
                      const double complex inverse[], char name[], size_t length) {
  const ElectrodeModel *m = &z->electrode->model;
  const PetscInt skip = system->held == HELD_POTENTIAL ? 1 : 0, n = system->size - skip;
  double kind[CONTACT_MAX_LOCAL + 2] = {0.0}, whole = 0.0, largest = 0.0, deepest = 0.0;
  PetscInt ring = 0;
  int most = 0;

  for (PetscInt i = 0; i < n; i++) {
    const PetscInt place = i + skip - system->nodes;
    const double part = cabs(vector[i] * inverse[(size_t)n * (size_t)i]);
    const bool is_state = place >= 0 && place < m->rings * system->local;
    kind[place < 0 ? 0 : is_state ? 1 + (int)(place % system->local) : 1 + CONTACT_MAX_LOCAL] += part;
    whole += part;
    if (is_state && part > deepest) {
      deepest = part;
      ring = place / system->local;
    }
  }
  for (int k = 0; k < CONTACT_MAX_LOCAL + 2; k++) {
    if (kind[k] > largest) {
      largest = kind[k];
      most = k;
    }
  }
  (void)snprintf(name, length, "%s (%.0f %% of the mode), most at ring %d, r/a = %.3f",
                 most == 0                       ? "charge of the capacitances"
                 : most == CONTACT_MAX_LOCAL + 1 ? "needle pressure"
                                                 : m->contact->local_name[most - 1],
                 100.0 * largest / whole, (int)ring + 1, m->ring[ring].radius_ratio);
  return 1.0 - kind[0] / whole;
}
