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

enum { CONTACT_MAX_LOCAL = 3 };

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

typedef struct {
  const char *name;
  const char *meaning;
  const Parameter *parameters;
  size_t parameters_size;
  int local_count;                           /* evolving numbers per ring */
  const char *local_name[CONTACT_MAX_LOCAL]; /* e.g. "void_depth"; history and field names */
  const char *local_unit[CONTACT_MAX_LOCAL]; /* SI, UDUNITS spelling */
  bool uses_needle;                          /* the mean pressure evolves and loads the contact */
  /* [x's unit] size at which an error in x[k] matters: the absolute scale of the error control. */
  void (*scales)(const void *parameters, double scale[]);
  void (*initial)(const void *parameters, const ContactRing *ring, double x[]);
  ContactOpening (*opening)(const void *parameters, const double x[]);
  /* dx/dt [x's unit/s]; returns the velocity at which the lithium body approaches the electrolyte at this ring
     [m/s] (stripped thickness per time less the void growth; negative while plating lifts the body). */
  double (*rates)(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *opening,
                  const ContactDrive *drive, double dxdt[]);
} ContactLaw;

extern const ContactLaw *const contact_laws[]; /* none, first_order, void, void_reservoir; NULL-terminated */
const ContactLaw *contact_law_by_name(const char *name);

#endif
