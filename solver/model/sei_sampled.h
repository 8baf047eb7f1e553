/* Structures of a resolved SEI whose phases have edges that cells do not follow: Voronoi grains with pores, and maps.
   They are looked at through boxes, of which each phase has a share. Axisymmetry makes every grain and every pixel a
   ring. */
#ifndef LISEI_SEI_SAMPLED_H
#define LISEI_SEI_SAMPLED_H

#include "../../io/deck/deck.h"

typedef struct SeiSampled_ SeiSampled;

enum { SEI_SAMPLED_PHASES = 4 }; /* Li3P, Li2S, LiCl, pores */

typedef struct {
  double share[SEI_SAMPLED_PHASES]; /* [1] of the volume; sum 1 */
  int phase;                        /* of the largest share */
  PetscBool pure;                   /* the cell conducts as this phase alone */
  PetscInt grain;                   /* a number for the grain at the middle; of a map: its phase */
} SeiSample;

PetscErrorCode SeiSampledCreate(Deck deck, SeiSampled **sampled);
PetscErrorCode SeiSampledDestroy(SeiSampled **sampled);
/* [m] of the pieces into which the contact is cut */
double SeiSampledCellWidth(Deck deck, const SeiSampled *sampled);
/* What is between two radii [m] and two parts of the thickness (0 at the lithium, 1 at the electrolyte). */
SeiSample SeiSampledCell(SeiSampled *sampled, double inner, double outer, double low, double high);
/* sei_check.c: "" or what of the keys of a sampled structure does not go together, and which key. */
PetscErrorCode SeiSampledCheck(Deck deck, Diagnostics diagnostics);
/* "" or a warning: grains of less than two cells. */
void SeiSampledWarning(Deck deck, char text[], size_t length);

#endif
