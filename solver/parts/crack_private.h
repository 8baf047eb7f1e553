/* What the files of the crack share. */
#ifndef LISEI_CRACK_PRIVATE_H
#define LISEI_CRACK_PRIVATE_H

#include "crack_part.h"

/* Blocks of the state. The first two evolve, in this order. */
enum { CRACK_VOLUME, CRACK_LENGTH, CRACK_CURRENT, CRACK_INITIATED, CRACK_BLOCK_COUNT };

typedef struct {
  CrackNetwork network;
  Grain grain;
  StateBlock blocks[CRACK_BLOCK_COUNT];
  CrackGiven given;       /* how the network is solved in the present stage, or at the instant */
  CrackSolution solution; /* the last one */
} CrackPart;

/* Let the part show itself: columns, report, ends, texts, fields. */
void CrackPartObserve(Part part);

#endif
