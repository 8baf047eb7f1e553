/* CODATA 2018 constants and the few properties of lithium that every law shares. */
#ifndef LISEI_CONSTANTS_H
#define LISEI_CONSTANTS_H

#define FARADAY_CONSTANT 96485.33212         /* [C/mol] exact to the digits shown (CODATA 2018) */
#define GAS_CONSTANT 8.314462618             /* [J/(mol K)] */
#define BOLTZMANN_CONSTANT 1.380649e-23      /* [J/K] */
#define AVOGADRO_CONSTANT 6.02214076e23      /* [1/mol] */
#define ELEMENTARY_CHARGE 1.602176634e-19    /* [C] */
#define VACUUM_PERMITTIVITY 8.8541878128e-12 /* [F/m] */
#define PI 3.14159265358979323846

#define REFERENCE_TEMPERATURE 298.15    /* [K] at which activated parameters are given */
#define LITHIUM_MOLAR_VOLUME 13.02e-6   /* [m^3/mol] (Singh et al. 2023, below eq. 9) */
#define LITHIUM_BURGERS_VECTOR 3.04e-10 /* [m] */
/* [m^3/C] lithium stripped per charge: 1 mA/cm^2 removes 1.35 nm/s */
#define LITHIUM_VOLUME_PER_CHARGE (LITHIUM_MOLAR_VOLUME / FARADAY_CONSTANT)

#endif
