/* The lithium deposit: volume by Faraday's law, shape, and growth of its contact; equations and limits: deposit.c. */
#ifndef LISEI_DEPOSIT_H
#define LISEI_DEPOSIT_H

#include "parameter.h"
#include <stdbool.h>

typedef struct {
  double volume;                  /* [m^3] of lithium at the start */
  double contact_growth_exponent; /* [1] alpha: d ln(contact area)/d ln(volume) while plating */
  double pinning_diameter;        /* [m] below it the deposit grows as a hemisphere; 0: none */
} Deposit;

extern const Parameter deposit_parameters[];

/* [m^3] of lithium moved by a charge [C] */
double deposit_faraday_volume(double charge);
/* [m^3] of a hemispheroid with the contact radius and height [m], and its inverse [m] */
double deposit_hemispheroid_volume(double contact_radius, double height);
double deposit_hemispheroid_height(double contact_radius, double volume);
/* whether plating can change the contact radius */
bool deposit_contact_grows(const Deposit *deposit);
/* [1] d ln(contact area)/d ln(volume) while plating, at the contact radius [m] */
double deposit_growth_exponent(const Deposit *deposit, double contact_radius);
/* [1/s] d ln(contact radius)/dt at the contact radius [m] while the volume [m^3] changes at the rate [m^3/s], positive
   when plating */
double deposit_log_radius_rate(const Deposit *deposit, double contact_radius, double volume, double volume_rate);

#endif
