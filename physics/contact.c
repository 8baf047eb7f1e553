/* Registry of the contact laws. A new law: its own file, its line here, its test. */
#include "contact_laws.h"
#include <string.h>

const ContactLaw *const contact_laws[] = {&contact_none, &contact_first_order, &contact_void, &contact_void_reservoir,
                                          NULL};

const ContactLaw *contact_law_by_name(const char *name) {
  for (const ContactLaw *const *law = contact_laws; *law; law++) {
    if (strcmp((*law)->name, name) == 0) {
      return *law;
    }
  }
  return NULL;
}
