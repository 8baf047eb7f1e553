/* Contact that does not evolve.

     theta = const;   the lithium body follows what is stripped: approach velocity G i

   G = Omega/F.
   Sign: anodic current positive.
   Validity: few nanometres of lithium moved, or a study of kinetics alone. Limit: theta = 1 is perfect contact. */
#include "constants.h"
#include "contact_laws.h"

static void scales(const void *parameters, double scale[]) {
  (void)parameters;
  (void)scale; /* nothing evolves */
}

static void initial(const void *parameters, const ContactRing *ring, double x[]) {
  (void)parameters;
  (void)ring;
  (void)x;
}

static ContactOpening opening(const void *parameters, const double x[]) {
  const double fraction = ((const ConstantContact *)parameters)->contact_fraction;
  (void)x;
  return (ContactOpening){fraction, fraction};
}

static double rates(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *touching,
                    const ContactDrive *drive, double dxdt[]) {
  (void)parameters;
  (void)ring;
  (void)x;
  (void)touching;
  (void)dxdt;
  return LITHIUM_VOLUME_PER_CHARGE * drive->current_density;
}

static void open_block(const void *parameters, ContactBlock *block) {
  const double fraction = ((const ConstantContact *)parameters)->contact_fraction;
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    block->contact_fraction[j] = block->bearing_fraction[j] = fraction;
  }
}

static void rate_block(const void *parameters, ContactBlock *block) {
  (void)parameters;
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    block->approach[j] = LITHIUM_VOLUME_PER_CHARGE * block->current_density[j];
    block->approach_by[BY_CURRENT_DENSITY][j] = LITHIUM_VOLUME_PER_CHARGE;
  }
}

static const Parameter declarations[] = {{.key = "contact_fraction",
                                          .kind = PARAMETER_REAL,
                                          .unit = "1",
                                          .fallback = "1",
                                          .minimum = 1e-6,
                                          .maximum = 1.0,
                                          .meaning = "Share of the nominal contact area that touches",
                                          .source = NULL,
                                          .offset = offsetof(ConstantContact, contact_fraction)},
                                         {.key = NULL}};

const ContactLaw contact_none = {.name = "none",
                                 .meaning = "Contact that does not evolve",
                                 .parameters = declarations,
                                 .parameters_size = sizeof(ConstantContact),
                                 .scales = scales,
                                 .initial = initial,
                                 .opening = opening,
                                 .rates = rates,
                                 .open_block = open_block,
                                 .rate_block = rate_block};
