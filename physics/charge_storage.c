#include "charge_storage.h"
#include "constants.h"
#include <math.h>

#define LAYER(name, where)                                                                                             \
  {                                                                                                                    \
    .key = #name, .kind = PARAMETER_REAL, .unit = "F m-2", .shown = "uF cm-2", .fallback = "0 uF/cm2", .minimum = 0.0, \
    .maximum = 1e4, .meaning = "Double-layer capacitance of " where "; with an exponent below 1 that at 1 rad/s",      \
    .source = "assumed; some 1 to 20 uF/cm2", .offset = offsetof(ChargeStorage, name)                                  \
  }
#define EXPONENT(name, where)                                                                                          \
  {                                                                                                                    \
    .key = #name, .kind = PARAMETER_REAL, .unit = "1", .fallback = "1", .minimum = 0.3, .maximum = 1.0,                \
    .meaning = "Exponent of the constant-phase element of " where "; 1: a capacitor",                                  \
    .offset = offsetof(ChargeStorage, name)                                                                            \
  }
#define PERMITTIVITY(name, where)                                                                                      \
  {                                                                                                                    \
    .key = #name, .kind = PARAMETER_REAL, .unit = "1", .fallback = "0", .minimum = 0.0, .maximum = 1e6,                \
    .meaning = "Relative permittivity of " where "; 0: it stores no charge", .source = "assumed; some 10",             \
    .offset = offsetof(ChargeStorage, name)                                                                            \
  }

const Parameter charge_storage_parameters[] = {
    LAYER(charge_transfer, "Li|SEI per true contact area (of the whole interface where interface.kinetics is one law)"),
    EXPONENT(charge_transfer_exponent, "Li|SEI"),
    LAYER(se_transfer, "SE|SEI per area of that process"),
    EXPONENT(se_transfer_exponent, "SE|SEI"),
    PERMITTIVITY(sei_permittivity, "the SEI, a plate capacitor or the cells of the resolved one"),
    PERMITTIVITY(electrolyte_permittivity, "the electrolyte"),
    {.key = NULL}};

double charge_storage_permittivity(double relative) {
  return VACUUM_PERMITTIVITY * relative;
}

double charge_storage_capacitance(const ChargeStorage *storage, InterfaceProcess process, double sei_thickness) {
  switch (process) {
  case PROCESS_CHARGE_TRANSFER:
    return storage->charge_transfer;
  case PROCESS_SE_TRANSFER:
    return storage->se_transfer;
  default:
    return charge_storage_permittivity(storage->sei_permittivity) / sei_thickness;
  }
}

double complex charge_storage_admittance(const ChargeStorage *storage, InterfaceProcess process, double sei_thickness,
                                         double complex s) {
  const double capacitance = charge_storage_capacitance(storage, process, sei_thickness);
  const double exponent = process == PROCESS_CHARGE_TRANSFER ? storage->charge_transfer_exponent
                          : process == PROCESS_SE_TRANSFER   ? storage->se_transfer_exponent
                                                             : 1.0;

  return capacitance == 0.0 ? 0.0 : exponent == 1.0 ? capacitance * s : capacitance * cpow(s, exponent);
}

bool charge_storage_is_ideal(const ChargeStorage *storage) {
  return (storage->charge_transfer == 0.0 || storage->charge_transfer_exponent == 1.0) &&
         (storage->se_transfer == 0.0 || storage->se_transfer_exponent == 1.0);
}

bool charge_storage_is_empty(const ChargeStorage *storage) {
  return storage->charge_transfer == 0.0 && storage->se_transfer == 0.0 && storage->sei_permittivity == 0.0 &&
         storage->electrolyte_permittivity == 0.0;
}
