/* Grain size of the lithium against time; the law and its limits: grain_growth.c. */
#ifndef LISEI_GRAIN_GROWTH_H
#define LISEI_GRAIN_GROWTH_H

#include "parameter.h"

typedef struct {
  double grain_size;        /* [m] d0 at the start */
  double growth_constant;   /* [m^2/s] K at 298.15 K */
  double exponent;          /* [1] n */
  double activation_energy; /* [J/mol] of K */
} GrainGrowth;

extern const Parameter grain_growth_parameters[];

/* [m] grain size after `time` [s] */
double grain_growth_size(const GrainGrowth *growth, double temperature, double time);
/* [m/s] rate at which grains of the size [m] grow */
double grain_growth_rate(const GrainGrowth *growth, double temperature, double size);

#endif
