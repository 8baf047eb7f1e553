/* Steady-state creep of lithium. Strain rates of all chosen mechanisms add; stress is compressive positive [Pa]. */
#ifndef LISEI_CREEP_H
#define LISEI_CREEP_H

#include "parameter.h"

typedef struct {
  double temperature; /* [K] */
  double grain_size;  /* [m] d */
} CreepConditions;

typedef struct {
  const char *name;
  const char *meaning;
  const Parameter *parameters;
  size_t parameters_size;
  /* Strain rate [1/s] at stress [Pa]; odd in stress (a tensile stress gives the negative rate). *slope = d rate/d
     stress [1/(s Pa)] (>= 0). */
  double (*strain_rate)(const void *parameters, const CreepConditions *conditions, double stress, double *slope);
} CreepLaw;

extern const CreepLaw
    *const creep_laws[]; /* coble, nabarro_herring, power_law, general, plastic_limit; NULL-terminated */
const CreepLaw *creep_law_by_name(const char *name);

enum { CREEP_MAX_LAWS = 5 };

/* The mechanisms of one run, added. Parameters are not owned. */
typedef struct {
  int count;
  const CreepLaw *law[CREEP_MAX_LAWS];
  const void *parameters[CREEP_MAX_LAWS];
} CreepModel;

/* [1/s] of all mechanisms, and its *slope [1/(s Pa)] */
double creep_strain_rate(const CreepModel *model, const CreepConditions *conditions, double stress, double *slope);

#endif
