/* Impedance of the electrode about a state: the response to a small signal exp(s t), s = i omega.

   Per ring, W the drive and I_j the current:   W = u_j + sum_k d eta_k,   u = P(s) I      (path.h, ring_linear.h)

   Slow states are frozen (they do not answer) or alive; then pressure and area mean S of the needle are two more
   unknowns. What stands between the rings and ground (part.h) answers at frozen states, without memory. Contact radius,
   SEI thickness and grain size never answer: they follow the time, or a charge that a small signal does not pass.

   Z = V/I, positive for a resistance. Exact parts, with the ring currents as weights, that add to Z:

     Z_k = sum_j (I_j/I_1) (drop of process k at ring j)/I

   Theory and sources: docs/theory.md, "Impedance". All processes hold the same numbers; functions are collective. */
#ifndef LISEI_IMPEDANCE_H
#define LISEI_IMPEDANCE_H

#include "ring_linear.h"

/* Parts of an impedance: processes across the interface, electrolyte, what stands between the rings and ground. */
enum { IMPEDANCE_ELECTROLYTE = PATH_ELECTROLYTE, IMPEDANCE_GROUND, IMPEDANCE_PARTS };
extern const char *const ImpedancePartNames[IMPEDANCE_PARTS];

typedef struct {
  double complex total;                 /* [Ohm] */
  double complex part[IMPEDANCE_PARTS]; /* [Ohm] */
} ImpedancePoint;

typedef struct Impedance_ *Impedance;

PetscErrorCode ImpedanceCreate(Electrode electrode, const ChargeStorage *storage, Impedance *impedance);
PetscErrorCode ImpedanceDestroy(Impedance *impedance);
/* About a consistent state; live: slow states answer. The state is copied. */
PetscErrorCode ImpedanceLinearise(Impedance impedance, const ElectrodeState *state, PetscBool live);
/* At s [1/s], not a pole. ring_current [A/V] into each ring and ring_potential [1] of the electrolyte under it, per
   potential V of the signal; either may be NULL. */
PetscErrorCode ImpedanceSolve(Impedance impedance, double complex s, ImpedancePoint *point,
                              double complex ring_current[], double complex ring_potential[]);

/* --- exact relaxation spectrum (impedance_spectrum.c) --------------------------------------------------------------

   Z(s) = R_inf + sum_k R_k/(1 + s tau_k): the poles of Z are how the potential relaxes while the current is held; how
   the current relaxes while the potential is held are those of 1/Z. Needs capacitors, no constant-phase elements. */
typedef enum { HELD_CURRENT, HELD_POTENTIAL } HeldControl;
typedef struct {
  PetscInt count;
  double complex *time;       /* [s] tau; a negative real part: unstable */
  double complex *resistance; /* [Ohm] R_k; zeros where the potential is held */
  double infinite;            /* [Ohm] R_inf; NAN where the potential is held */
  PetscInt unstable;          /* number of unstable modes */
  char name[256];             /* of the fastest unstable one: what moves in it */
} RelaxationSpectrum;
/* Unknowns of the eigenproblem, at most, as it is linearised; slow: with slow states. */
PetscInt ImpedanceSpectrumSize(Impedance impedance, PetscBool slow);
/* Why there is none for the equations as they are linearised; NULL: there is one. */
const char *ImpedanceWhyNoSpectrum(Impedance impedance);
/* `shift` [1/s] a typical rate, where slow states are alive. */
PetscErrorCode ImpedanceSpectrum(Impedance impedance, HeldControl held, double shift, RelaxationSpectrum *spectrum);
PetscErrorCode RelaxationSpectrumDestroy(RelaxationSpectrum *spectrum);
/* Z [Ohm] of a spectrum. */
double complex RelaxationSpectrumValue(const RelaxationSpectrum *spectrum, double complex s);

/* --- judgement ------------------------------------------------------------------------------------------------------
 */

/* Quasi-static harmonics of the current under V + amplitude cos(theta) at frozen states, by solves of the non-linear
   equations: magnitudes relative to the first, and by how much the first differs from that of a small signal. */
typedef struct {
  double second, third, gain; /* [1] */
} Harmonics;
PetscErrorCode ImpedanceHarmonics(Impedance impedance, double amplitude, Harmonics *harmonics);
/* [1/s] Largest relative rate of change of a slow state at the state itself. */
double ImpedanceDrift(Impedance impedance);

/* Linear Kramers-Kronig test: the largest residual |Z - fit|/|Z| of the best sum of relaxations of given, log-spaced
   times, a resistance, an inductance and a capacitance. NAN for too few frequencies: it needs some ten a decade over
   two. Source: Schoenleber, Klotz, Ivers-Tiffee 2014, 10.1016/j.electacta.2014.01.034. */
PetscErrorCode KramersKronigResidual(PetscInt count, const double frequency[], const double complex impedance[],
                                     double *residual);

#endif
