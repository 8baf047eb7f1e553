/* What a cell is made of, as it stands in the saved fields. */
#ifndef LISEI_PHASE_H
#define LISEI_PHASE_H

typedef enum {
  PHASE_ELECTROLYTE = 0,
  PHASE_GRAIN = 1, /* under the contact */
  PHASE_SEI = 10,
  PHASE_LI3P,
  PHASE_LI2S,
  PHASE_LICL,
  PHASE_PORE
} CellPhase;

#endif
