/* Coefficients of the stiffly accurate ESDIRK methods: the weights are the last row of a. Private to the integrator.
   Source: Kennedy & Carpenter 2003, doi:10.1016/S0168-9274(02)00138-1, the implicit parts of ARK3(2)4L[2]SA and
   ARK4(3)6L[2]SA. */
#ifndef LISEI_ESDIRK_TABLEAU_H
#define LISEI_ESDIRK_TABLEAU_H

enum { STAGES_MAX = 6 };

typedef struct {
  int stages, order;
  double gamma;
  double c[STAGES_MAX], a[STAGES_MAX][STAGES_MAX], embedded[STAGES_MAX];
} Tableau;

extern const Tableau esdirk_tableaux[]; /* by IntegratorMethod */

#endif
