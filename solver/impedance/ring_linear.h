/* The laws of a ring, linearised at a state, with the charge that its processes store.

   Process k in series on the true contact, all per nominal area; theta the part that touches, r_k its slope:

     d eta_k = (r_k/theta) d i_k + (d eta_k/dx) dx + (d eta_k/dp) dp + (d eta_k/dS) dS      conduction
     d i     = d i_k + Y_k (theta d eta_k + eta_k (d theta/dx) dx)                          charge Y_k/s theta eta_k
     s dx    = f_x dx + f_i d i_F + f_eta sum d eta_k + f_p dp + f_S dS                     slow states, where alive

   i_F is the current that transfers charge, i_k of the charge transfer (all of it where there is no such process):
   what charges a double layer moves no lithium. */
#ifndef LISEI_RING_LINEAR_H
#define LISEI_RING_LINEAR_H

#include "../../physics/charge_storage.h"
#include "../system/electrode.h"

typedef struct {
  double area, fraction; /* [m^2] nominal, [1] theta */
  double thickness;      /* [m] of the SEI */
  int count;
  InterfaceProcess process[KINETICS_MAX_PROCESSES];
  double slope[KINETICS_MAX_PROCESSES]; /* [Ohm m^2] r, of the true contact area */
  double eta[KINETICS_MAX_PROCESSES];   /* [V] */
  /* Where slow states are alive: derivatives at constant i_k, */
  double fraction_x[CONTACT_MAX_LOCAL], eta_x[KINETICS_MAX_PROCESSES][CONTACT_MAX_LOCAL];
  double eta_p[KINETICS_MAX_PROCESSES], eta_s[KINETICS_MAX_PROCESSES];
  /* and of rates and approach at constant i_F and overpotential */
  double rate_x[CONTACT_MAX_LOCAL][CONTACT_MAX_LOCAL];
  double rate_i[CONTACT_MAX_LOCAL], rate_eta[CONTACT_MAX_LOCAL], rate_p[CONTACT_MAX_LOCAL], rate_s[CONTACT_MAX_LOCAL];
  double approach_x[CONTACT_MAX_LOCAL], approach_i, approach_eta, approach_p, approach_s;
  double bearing_x[CONTACT_MAX_LOCAL];
} RingLinear;

/* What a ring does at one s, its slow states eliminated: d eta_k, dx, i_F by the current density i, p and S. */
enum { SIGNAL_CURRENT, SIGNAL_PRESSURE, SIGNAL_BEARING, SIGNAL_COLUMNS };
typedef struct {
  double complex eta[SIGNAL_COLUMNS][KINETICS_MAX_PROCESSES];
  double complex total[SIGNAL_COLUMNS]; /* sum of eta */
  double complex x[SIGNAL_COLUMNS][CONTACT_MAX_LOCAL];
  double complex faradaic[SIGNAL_COLUMNS];
  double complex approach[SIGNAL_COLUMNS], bearing[SIGNAL_COLUMNS];
} RingSignal;

/* All rings at a state, under the conditions of the last ElectrodeSetConditions. live: with the derivatives of the slow
   states; then also those of the needle's rate, by p and by the approach velocity. */
PetscErrorCode RingLinearFill(Electrode electrode, const ElectrodeState *state, PetscBool live, RingLinear ring[],
                              double needle_rate[2]);
/* Place of the charge transfer among the processes, -1: none. */
int RingLinearTransfer(const RingLinear *ring);
void RingLinearSignal(const RingLinear *ring, const ChargeStorage *storage, int local, double complex s,
                      RingSignal *signal);

#endif
