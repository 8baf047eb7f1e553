/* The lithium deposit: volume by Faraday's law, shape, and growth of its contact; equations and limits: deposit.c. */
#ifndef LISEI_DEPOSIT_H
#define LISEI_DEPOSIT_H

#include "parameter.h"

typedef struct {
  double volume;                  /* [m^3] of lithium at the start */
  double contact_growth_exponent; /* [1] alpha: d ln(contact area)/d ln(volume) while plating */
} Deposit;

extern const Parameter deposit_parameters[];

/* [m^3] of lithium moved by a charge [C] */
double deposit_faraday_volume(double charge);
/* [m^3] of a hemispheroid with the contact radius and height [m], and its inverse [m] */
double deposit_hemispheroid_volume(double contact_radius, double height);
double deposit_hemispheroid_height(double contact_radius, double volume);
/* [1/s] d ln(contact radius)/dt while the volume [m^3] changes at the rate [m^3/s], positive when plating */
double deposit_log_radius_rate(const Deposit *deposit, double volume, double volume_rate);

#endif
