/* Contact evolution: which fraction of the nominal area touches, under current, load and creep.

   A law describes one ring of the contact by up to CONTACT_MAX_LOCAL evolving numbers x; all rings share the needle,
   whose mean pressure p (needle force per nominal area, may fall to minus the adhesion) is integrated by the solver
   with the body's approach velocity that the rings report. Currents here are per nominal area, anodic positive.
   Functions are pure and smooth (once continuously differentiable for rings in contact). */
#ifndef LISEI_CONTACT_H
#define LISEI_CONTACT_H

#include "creep.h"
#include "parameter.h"
#include "smooth.h"
#include <stdbool.h>

enum { CONTACT_MAX_LOCAL = 3, CONTACT_BLOCK = 16 };

/* What does not change during a run, per ring. */
typedef struct {
  double radius_ratio;     /* [1] r/a */
  double pressure_profile; /* [1] local pressure over mean pressure; its area mean is 1 */
  double adhesion;         /* [Pa] pull that the contact bears (needle.h); the same for all rings */
} ContactRing;

/* How much of a ring touches. */
typedef struct {
  double contact_fraction; /* [1] theta in (0, 1]: conducts */
  double bearing_fraction; /* [1] in (0, 1]: bears the needle's load; differs where asperities conduct but soft gaps
                              bear */
} ContactOpening;

/* What drives a ring at an instant. */
typedef struct {
  double current_density; /* [A/m^2] per nominal area, anodic positive */
  double overpotential;   /* [V] of the interface at this ring, anodic positive */
  double load;            /* [Pa] mean needle pressure p = F_n/(nominal area) */
  double stress;          /* [Pa] on the lithium that touches, compression positive (needle.c) */
  double driven_stress;   /* [Pa] the part of it that the needle's load causes */
  double strain_rate;     /* [1/s] of the lithium under that stress, by all creep mechanisms */
} ContactDrive;

/* What the rates of a ring depend on, as the index of a derivative: the states x come first. */
enum {
  BY_STATE,
  BY_CURRENT_DENSITY = CONTACT_MAX_LOCAL,
  BY_OVERPOTENTIAL,
  BY_LOAD,
  BY_STRESS,
  BY_DRIVEN_STRESS,
  BY_STRAIN_RATE,
  CONTACT_ARGUMENTS
};

/* Several rings at once, entry j of each array for ring j of the block, so that a compiler can compute them side by
   side. Quantities as in ContactRing, ContactOpening and ContactDrive; ..._by: derivatives. What a law's functions do
   not write stays zero. */
typedef struct {
  double adhesion, load;
  double pressure_profile[CONTACT_BLOCK];
  double x[CONTACT_MAX_LOCAL][CONTACT_BLOCK];
  double contact_fraction[CONTACT_BLOCK], contact_fraction_by[CONTACT_MAX_LOCAL][CONTACT_BLOCK];
  double bearing_fraction[CONTACT_BLOCK], bearing_fraction_by[CONTACT_MAX_LOCAL][CONTACT_BLOCK];
  double current_density[CONTACT_BLOCK], overpotential[CONTACT_BLOCK];
  double stress[CONTACT_BLOCK], driven_stress[CONTACT_BLOCK], strain_rate[CONTACT_BLOCK];
  double rate[CONTACT_MAX_LOCAL][CONTACT_BLOCK]; /* [x's unit/s] dx/dt */
  double rate_by[CONTACT_MAX_LOCAL][CONTACT_ARGUMENTS][CONTACT_BLOCK];
  double approach[CONTACT_BLOCK], approach_by[CONTACT_ARGUMENTS][CONTACT_BLOCK]; /* [m/s] */
} ContactBlock;

typedef struct {
  const char *name;
  const char *meaning;
  const Parameter *parameters;
  size_t parameters_size;
  int local_count;                           /* evolving numbers per ring */
  const char *local_name[CONTACT_MAX_LOCAL]; /* e.g. "void_depth"; history and field names */
  const char *local_unit[CONTACT_MAX_LOCAL]; /* SI, UDUNITS spelling */
  bool uses_needle;                          /* the mean pressure evolves and loads the contact */
  /* Optional: [1] bearing fraction that the law keeps where contact is lost. */
  double (*smallest_bearing)(const void *parameters);
  /* [x's unit] size at which an error in x[k] matters: the absolute scale of the error control. */
  void (*scales)(const void *parameters, double scale[]);
  void (*initial)(const void *parameters, const ContactRing *ring, double x[]);
  ContactOpening (*opening)(const void *parameters, const double x[]);
  /* dx/dt [x's unit/s]; returns the velocity at which the lithium body approaches the electrolyte at this ring
     [m/s] (stripped thickness per time less the void growth; negative while plating lifts the body). */
  double (*rates)(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *opening,
                  const ContactDrive *drive, double dxdt[]);
  /* Optional, both or none (NULL: the solver takes differences): the same for a block of rings with exact derivatives.
     First the fractions from x, then, with the drive filled in, rates and approach. */
  void (*open_block)(const void *parameters, ContactBlock *block);
  void (*rate_block)(const void *parameters, ContactBlock *block);
} ContactLaw;

extern const ContactLaw *const contact_laws[]; /* none, first_order, void, void_reservoir; NULL-terminated */
const ContactLaw *contact_law_by_name(const char *name);

#endif
