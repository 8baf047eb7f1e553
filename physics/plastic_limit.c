/* Plastic limit: fast flow above a yield stress.

     rate = [sp(sigma - sigma_y) - sp(-sigma - sigma_y)]/viscosity

   sp(x) = (x + sqrt(x^2 + w^2))/2 rounds the corner of max(x, 0) over w = width sigma_y, so that an implicit
   integrator meets no kink; the price is a leak of sigma width^2/(2 viscosity) well below yield.
   Sign: compressive stress and shortening positive; odd.
   Source: Perzyna-type viscoplasticity; glide-assisted flow in Singh et al. 2023, 10.1002/advs.202302521, section
   2.6.
   Validity: a bound on the stress, not a description of glide; thin-film lithium yields at 23-175 MPa rather than 0.8
   MPa.
   Limits: (|sigma| - sigma_y)/viscosity well above yield, next to nothing well below. */
#include "creep_laws.h"
#include "smooth.h"

static double strain_rate(const void *parameters, const CreepConditions *conditions, double stress, double *slope) {
  const PlasticLimit *p = parameters;
  const double width = p->width * p->yield_stress;
  const Sloped pressed = smooth_positive_sloped(stress - p->yield_stress, width);
  const Sloped pulled = smooth_positive_sloped(-stress - p->yield_stress, width);

  (void)conditions; /* athermal */
  *slope = (pressed.slope + pulled.slope) / p->viscosity;
  return (pressed.value - pulled.value) / p->viscosity;
}

static const Parameter declarations[] = {
    {.key = "yield_stress",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "MPa",
     .fallback = "0.8 MPa",
     .minimum = 1e3,
     .maximum = 1e9,
     .meaning = "Stress above which lithium flows fast",
     .source = "bulk: 10.1002/advs.202302521 and 10.1007/s10853-018-2971-3; thin films 23-175 MPa",
     .offset = offsetof(PlasticLimit, yield_stress)},
    {.key = "viscosity",
     .kind = PARAMETER_REAL,
     .unit = "Pa s",
     .shown = "MPa s",
     .fallback = "1 MPa s",
     .minimum = 1.0,
     .maximum = 1e12,
     .meaning = "Stress in excess of yield per strain rate",
     .source = "assumed: fast against a voltammogram",
     .offset = offsetof(PlasticLimit, viscosity)},
    {.key = "width",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.05",
     .minimum = 1e-4,
     .maximum = 0.5,
     .meaning = "Smoothing of the onset as a share of the yield stress",
     .source = NULL,
     .offset = offsetof(PlasticLimit, width)},
    {.key = NULL}};

const CreepLaw creep_plastic_limit = {.name = "plastic_limit",
                                      .meaning = "Fast flow above a yield stress, with a smooth onset",
                                      .parameters = declarations,
                                      .parameters_size = sizeof(PlasticLimit),
                                      .strain_rate = strain_rate};
