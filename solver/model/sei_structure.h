/* The phases of a resolved SEI as a structure with lengths of its own, and the columns of cells that resolve it.

   Along r the structure has edges (of grains); between two of them and at a given part of the thickness there is one
   phase. Structures that are sampled (sei_sampled.h) have pieces of even width instead, and phases whose edges the
   cells do not follow. It does not know the grid: the same deck gives the same structure at every resolution and on any
   number of processes. Axisymmetry makes every grain a ring. */
#ifndef LISEI_SEI_STRUCTURE_H
#define LISEI_SEI_STRUCTURE_H

#include "../../io/deck/deck.h"
#include "../../mesh/grid.h"
#include "../electrolyte/phase.h"
#include "sei_sampled.h"

typedef enum { SEI_UNIFORM, SEI_LAYERED, SEI_RANDOM, SEI_SAMPLED } SeiMicrostructure;

typedef struct {
  SeiMicrostructure kind;
  double part[4];         /* [1] volume fractions of Li3P, Li2S, LiCl, pores, added up; the last is 1 */
  double conductivity[5]; /* [S/m] of the same, and of the uniform SEI */
  PetscInt seed;
  PetscInt grains;        /* along r, out to the outermost radius asked for; 1 if the phases do not depend on r */
  double *grain_edge;     /* [m] grains+1, from 0 */
  double width;           /* [m] of a grain; 0: counted in rings */
  PetscInt hash_width;    /* of a grain's index through the thickness in the hash; 0: lengths are given in metres */
  double height;          /* [1] of a grain, over the thickness, where it is given in metres; 0: counted in layers */
  PetscInt layers, every; /* of the deck: layers of cells, and how many a grain has */
  SeiSampled *sampled;    /* NULL unless the kind is SEI_SAMPLED */
} SeiStructure;

/* `reach` [m]: the largest contact radius that will be looked at. Grains counted in rings have the edges of `rings`. */
PetscErrorCode SeiStructureCreate(Deck deck, Grid rings, double reach, SeiStructure *structure);
PetscErrorCode SeiStructureDestroy(SeiStructure *structure);

/* Phase of grain number `grain` at a part (0 at the lithium, 1 at the electrolyte) of the thickness. */
CellPhase SeiStructurePhase(const SeiStructure *structure, PetscInt grain, double part);
/* Conductivity [S/m] through the thickness from one part of it to another, phases in series, and the phase of the
   largest share. */
double SeiStructureThrough(const SeiStructure *structure, PetscInt grain, double low, double high, CellPhase *phase);
/* Its area mean over the grains between two radii [m], and the phase of the grain with the largest share. Beyond the
   grains that were created it goes on, so grains need a width in metres. NAN for a radius beyond all measure. */
double SeiStructureMean(const SeiStructure *structure, double inner, double outer, double low, double high,
                        CellPhase *phase);
double SeiPhaseConductivity(const SeiStructure *structure, CellPhase phase); /* [S/m] */

/* The columns of cells: every edge of the electrolyte's rings and every edge between grains is one of theirs. */
typedef struct {
  PetscInt count;
  double *edge, *centre; /* [1] count+1, count: r/a */
  PetscInt *under;       /* count: electrolyte ring */
  PetscInt *grain;       /* count: at the start */
} SeiColumns;

/* How a grain is cut: n <= `cells` columns whose edges stand at (k/n)^p of its width from the edge of grains they are
   graded to (on both sides: of half the width, n/2), p the least power, from 1 to `steepest`, with which the first is
   not wider than `finest` [m]. Fewer cells where even ones are as fine. Steep grading resolves the field beside an edge
   better and the contact between edges worse (docs/numerics.md, "A resolved SEI"). */
typedef struct {
  PetscInt cells;
  double finest, steepest;
} SeiGrading;

PetscErrorCode SeiColumnsCreate(const SeiStructure *structure, Grid rings, const SeiGrading *grading,
                                SeiColumns *columns);
PetscErrorCode SeiColumnsDestroy(SeiColumns *columns);

#endif
