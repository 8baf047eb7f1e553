/* The exact relaxation spectrum.

   With frozen states everything is a network of conductances and capacitances (network.h), node 0 the lithium:

     (G + s C) v = j,    C v_k = tau_k G v_k,  v_k^T G v_k = 1,    Z = sum_k (v_k,0)^2/(1 + s tau_k)

   a symmetric pencil: all tau_k >= 0, all R_k >= 0. Where slow states are alive, v is continued by them, by p and S,
   and the pencil (K, E) is not symmetric (spectrum_slow.c):

     (K + s E) y = j,    M = (K + sigma E)^-1 E,  M y_k = mu_k y_k,    s_k = sigma - 1/mu_k,  tau_k = -1/s_k */
#include "spectrum_private.h"

/* What grows more slowly than this part of the typical rate is neutral: the load of a needle that nothing relaxes. */
static const double noticeable = 1e-6;
/* Participation of slow states from which on a mode is theirs. */
static const double taking_part = 0.01;

/* --- network ------------------------------------------------------------------------------------------------------ */

/* Is what stands between the rings and ground no more than a resistance in series (a grain)? */
static bool IsSeries(Impedance z) {
  return fabs(z->drive_by_potential - 1.0) < 1e-9 && z->beside_by_potential == 0.0 && z->beside_by_current == 0.0;
}

const char *ImpedanceWhyNoSpectrum(Impedance z) {
  if (!charge_storage_is_ideal(&z->storage)) {
    return "a constant-phase element has infinitely many relaxation times";
  }
  return z->electrode->closing && !IsSeries(z) ? "a crack carries current beside the contact" : NULL;
}

/* Node 0, then those between the processes of each ring, then the path's. first[j*(count+1) + k]: the node above
   process k of ring j. */
PetscErrorCode SpectrumNetwork(Impedance z, Network *network, PetscInt **nodes) {
  const ElectrodeModel *m = &z->electrode->model;
  const PetscInt count = m->kinetics.count, stride = count + 1;
  PetscInt *under;

  PetscFunctionBeginUser;
  PetscCall(NetworkCreate(network));
  PetscCall(PetscMalloc1((size_t)(m->rings * stride), nodes));
  PetscCall(PetscMalloc1(m->rings, &under));
  PetscInt top = NetworkAddNode(*network);
  if (z->drive_by_current != 0.0) {
    top = NetworkAddNode(*network);
    PetscCall(NetworkAdd(*network, 0, top, -1.0 / z->drive_by_current, 0.0));
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    const RingLinear *r = &z->ring[j];
    (*nodes)[j * stride] = top;
    for (PetscInt k = 0; k < count; k++) {
      const PetscInt above = (*nodes)[j * stride + k], below = (*nodes)[j * stride + k + 1] = NetworkAddNode(*network);
      const double touching = r->area * r->fraction;
      PetscCall(NetworkAdd(*network, above, below, touching / r->slope[k],
                           touching * charge_storage_capacitance(&z->storage, r->process[k], r->thickness)));
    }
    under[j] = (*nodes)[j * stride + count];
  }
  PetscCall(PathAddToNetwork(m->path, *network, under));
  PetscCall(PetscFree(under));
  PetscFunctionReturn(0);
}

PetscInt ImpedanceSpectrumSize(Impedance z, PetscBool slow) {
  const ElectrodeModel *m = &z->electrode->model;

  return 2 + m->rings * (m->kinetics.count + (slow ? m->contact->local_count : 0)) +
         m->path->ops->network_nodes(m->path->context) + (slow && m->contact->uses_needle ? 2 : 0);
}

/* --- frozen ------------------------------------------------------------------------------------------------------- */

/* R_k of one relaxation [Ohm] at tau [s] joins the spectrum, an instantaneous one R_inf. */
static void AddRelaxation(RelaxationSpectrum *spectrum, double complex tau, double complex resistance,
                          PetscBool instant) {
  if (instant) {
    spectrum->infinite += creal(resistance);
  } else {
    spectrum->time[spectrum->count] = tau;
    spectrum->resistance[spectrum->count++] = resistance;
  }
}

static PetscErrorCode Frozen(Network network, HeldControl held, RelaxationSpectrum *spectrum) {
  const PetscInt all = network->nodes, skip = held == HELD_POTENTIAL ? 1 : 0;
  const PetscBLASInt n = (PetscBLASInt)(all - skip), stride = (PetscBLASInt)all, type = 1;
  double *g, *c, *tau, *work, best;
  PetscBLASInt size = -1, info;
  PetscInt rank;

  PetscFunctionBeginUser;
  PetscCall(NetworkRank(network, skip ? PETSC_TRUE : PETSC_FALSE, &rank));
  PetscCall(PetscMalloc3((size_t)(all * all), &g, (size_t)(all * all), &c, all, &tau));
  PetscCall(NetworkFill(network, g, c));
  PetscCallBLAS("LAPACKsygv", LAPACKsygv_(&type, "V", "L", &n, c + skip * (all + 1), &stride, g + skip * (all + 1),
                                          &stride, tau, &best, &size, &info));
  size = (PetscBLASInt)best;
  PetscCall(PetscMalloc1(size, &work));
  PetscCallBLAS("LAPACKsygv", LAPACKsygv_(&type, "V", "L", &n, c + skip * (all + 1), &stride, g + skip * (all + 1),
                                          &stride, tau, work, &size, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "The relaxation spectrum was not found (LAPACK sygv: %d)",
             (int)info);
  PetscCall(PetscMalloc2(n, &spectrum->time, n, &spectrum->resistance));
  for (PetscBLASInt k = n - 1; k >= 0; k--) {
    const double at_lithium = skip ? 0.0 : c[stride * k];
    AddRelaxation(spectrum, tau[k], at_lithium * at_lithium, k < n - rank ? PETSC_TRUE : PETSC_FALSE);
  }
  PetscCall(PetscFree(work));
  PetscCall(PetscFree3(g, c, tau));
  PetscFunctionReturn(0);
}

/* --- alive -------------------------------------------------------------------------------------------------------- */

/* a <- a^-1 b for n*n matrices. */
static PetscErrorCode Divide(PetscBLASInt n, double a[], double b[]) {
  PetscBLASInt *pivot, info;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &pivot));
  PetscCallBLAS("LAPACKgetrf", LAPACKgetrf_(&n, &n, a, &n, pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "The relaxation spectrum: singular at row %d",
             (int)info);
  PetscCallBLAS("LAPACKgetrs", LAPACKgetrs_("N", &n, &n, a, &n, pivot, b, &n, &info));
  PetscCall(PetscFree(pivot));
  PetscFunctionReturn(0);
}

/* Eigenvalues and, as complex columns, right eigenvectors of the real matrix m, which is lost. */
static PetscErrorCode Eigenvectors(PetscBLASInt n, double m[], double complex value[], double complex vector[]) {
  double *real, *imaginary, *right, *work, best, none;
  PetscBLASInt size = -1, one = 1, info;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &real, n, &imaginary, (size_t)n * (size_t)n, &right));
  PetscCallBLAS("LAPACKgeev",
                LAPACKgeev_("N", "V", &n, m, &n, real, imaginary, &none, &one, right, &n, &best, &size, &info));
  size = (PetscBLASInt)best;
  PetscCall(PetscMalloc1(size, &work));
  PetscCallBLAS("LAPACKgeev",
                LAPACKgeev_("N", "V", &n, m, &n, real, imaginary, &none, &one, right, &n, work, &size, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "The relaxation spectrum was not found (LAPACK geev: %d)",
             (int)info);
  for (PetscBLASInt k = 0; k < n; k++) {
    const size_t first = (size_t)n * (size_t)(imaginary[k] < 0.0 ? k - 1 : k), column = (size_t)n * (size_t)k;
    const double sign = imaginary[k] > 0.0 ? 1.0 : imaginary[k] < 0.0 ? -1.0 : 0.0;
    value[k] = real[k] + imaginary[k] * (double complex)_Complex_I;
    for (size_t i = 0; i < (size_t)n; i++) {
      const double second = sign == 0.0 ? 0.0 : sign * right[i + (size_t)n + first];
      vector[i + column] = right[i + first] + second * (double complex)_Complex_I;
    }
  }
  PetscCall(PetscFree(work));
  PetscCall(PetscFree3(real, imaginary, right));
  PetscFunctionReturn(0);
}

/* The modes as an expansion: inverse <- vector^-1. */
static PetscErrorCode Invert(PetscBLASInt n, const double complex vector[], double complex inverse[]) {
  double complex *factor;
  PetscBLASInt *pivot, info;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)n * (size_t)n, &factor, n, &pivot));
  PetscCall(PetscArraycpy(factor, vector, (size_t)n * (size_t)n));
  PetscCall(PetscArrayzero(inverse, (size_t)n * (size_t)n));
  for (size_t k = 0; k < (size_t)n; k++) {
    inverse[k + (size_t)n * k] = 1.0;
  }
  PetscCallBLAS("LAPACKzgetrf", LAPACKzgetrf_(&n, &n, factor, &n, pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "The modes of the relaxation spectrum are not independent");
  PetscCallBLAS("LAPACKzgetrs", LAPACKzgetrs_("N", &n, &n, factor, &n, pivot, inverse, &n, &info));
  PetscCall(PetscFree2(factor, pivot));
  PetscFunctionReturn(0);
}

/* The smallest of the `count` largest |value|: the others are what the equations without storage have, zeros but for
   rounding. */
static PetscErrorCode Threshold(PetscInt n, const double complex value[], PetscInt count, double *threshold) {
  double *size;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &size));
  for (PetscInt k = 0; k < n; k++) {
    size[k] = cabs(value[k]);
  }
  PetscCall(PetscSortReal(n, size));
  *threshold = count > 0 ? size[n - count] : INFINITY;
  PetscCall(PetscFree(size));
  PetscFunctionReturn(0);
}

/* A mode that grows at a rate [1/s]. The capacitances alone are passive: if no slow state takes part it is rounding. */
static void NoteGrowth(Impedance z, const SlowSystem *system, const double complex vector[],
                       const double complex inverse[], double rate, double *fastest, RelaxationSpectrum *spectrum) {
  char name[sizeof spectrum->name];

  if (SlowSystemName(z, system, vector, inverse, name, sizeof name) < taking_part) {
    return;
  }
  spectrum->unstable++;
  if (rate > *fastest) {
    *fastest = rate;
    (void)snprintf(spectrum->name, sizeof spectrum->name, "%s", name);
  }
}

static PetscErrorCode Alive(Impedance z, const SlowSystem *system, double shift, RelaxationSpectrum *spectrum) {
  const PetscInt all = system->size, skip = system->held == HELD_POTENTIAL ? 1 : 0;
  const PetscBLASInt n = (PetscBLASInt)(all - skip);
  const size_t square = (size_t)n * (size_t)n;
  double *shifted, *m, threshold = 0.0, fastest = 0.0;
  double complex *value, *vector, *inverse, *source;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(square, &shifted, square, &m));
  PetscCall(PetscMalloc4(n, &value, square, &vector, square, &inverse, n, &source));
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = 0; i < n; i++) {
      const PetscInt from = i + skip + all * (j + skip);
      m[i + n * j] = system->storage[from];
      shifted[i + n * j] = system->conduction[from] + shift * system->storage[from];
    }
  }
  PetscCall(SlowSystemSource(z, system, shift, source));
  PetscCall(Divide(n, shifted, m));
  PetscCall(Eigenvectors(n, m, value, vector));
  PetscCall(Invert(n, vector, inverse));
  PetscCall(PetscMalloc2(n, &spectrum->time, n, &spectrum->resistance));
  PetscCall(Threshold(n, value, system->rank, &threshold));
  for (PetscInt k = 0; k < n; k++) {
    double complex share = 0.0, tau;
    for (size_t i = 0; i < (size_t)n; i++) {
      share += inverse[(size_t)k + (size_t)n * i] * source[i];
    }
    share *= skip ? 0.0 : vector[(size_t)n * (size_t)k];
    if (cabs(value[k]) < threshold) {
      spectrum->infinite += creal(share);
      continue;
    }
    tau = -1.0 / (shift - 1.0 / value[k]);
    AddRelaxation(spectrum, tau, share * tau / value[k], PETSC_FALSE);
    if (creal(-1.0 / tau) > noticeable * shift) {
      NoteGrowth(z, system, vector + (size_t)n * (size_t)k, inverse + k, creal(-1.0 / tau), &fastest, spectrum);
    }
  }
  PetscCall(PetscFree2(shifted, m));
  PetscCall(PetscFree4(value, vector, inverse, source));
  PetscFunctionReturn(0);
}

PetscErrorCode ImpedanceSpectrum(Impedance z, HeldControl held, double shift, RelaxationSpectrum *spectrum) {
  Network network;
  PetscInt *nodes;

  PetscFunctionBeginUser;
  PetscCheck(!ImpedanceWhyNoSpectrum(z), PETSC_COMM_SELF, PETSC_ERR_SUP, "No relaxation spectrum: %s",
             ImpedanceWhyNoSpectrum(z));
  *spectrum = (RelaxationSpectrum){.infinite = 0.0};
  PetscCall(SpectrumNetwork(z, &network, &nodes));
  if (!z->live) {
    PetscCall(Frozen(network, held, spectrum));
  } else {
    SlowSystem system;
    PetscCall(SlowSystemCreate(z, network, nodes, held, &system));
    PetscCall(Alive(z, &system, shift, spectrum));
    PetscCall(SlowSystemDestroy(&system));
  }
  spectrum->infinite = held == HELD_POTENTIAL ? NAN : spectrum->infinite;
  PetscCall(PetscFree(nodes));
  PetscCall(NetworkDestroy(&network));
  PetscFunctionReturn(0);
}

PetscErrorCode RelaxationSpectrumDestroy(RelaxationSpectrum *spectrum) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(spectrum->time, spectrum->resistance));
  *spectrum = (RelaxationSpectrum){0};
  PetscFunctionReturn(0);
}

double complex RelaxationSpectrumValue(const RelaxationSpectrum *spectrum, double complex s) {
  double complex sum = spectrum->infinite;

  for (PetscInt k = 0; k < spectrum->count; k++) {
    sum += spectrum->resistance[k] / (1.0 + s * spectrum->time[k]);
  }
  return sum;
}
