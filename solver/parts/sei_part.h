/* What a resolved SEI shows of itself: columns of the history, a section of the report, a line of the summary. It
   solves nothing; the path does (sei.h). It remembers what it showed at the largest current. */
#ifndef LISEI_SEI_PART_H
#define LISEI_SEI_PART_H

#include "../system/electrode.h"

enum { SEI_STRUCTURE_PHASES = 4, SEI_STRUCTURE_TEXT = 64 };

/* What it is made of; texts are copied. */
typedef struct {
  double fraction[SEI_STRUCTURE_PHASES]; /* [1] of Li3P, Li2S, LiCl, pores; NAN if there are no phases */
  char through[SEI_STRUCTURE_TEXT];      /* phases that connect lithium and electrolyte, or "none" */
  double solid_through;                  /* [1] share of the solid that is connected to both; NAN without phases */
} SeiStructureFacts;

typedef struct {
  Electrode *electrode; /* where it will stand; borrowed */
  SeiStructureFacts facts;
} SeiPartOptions;

/* `rings` of the interface: the columns of the SEI. */
PetscErrorCode SeiPartCreate(const SeiPartOptions *options, PetscInt rings, Part *part);

#endif
