/* The effective law i = sigma E_c sinh(E/E_c), E_c = RT/(z F a), and estimates out of four solves. */
#include "../../physics/constants.h"
#include "cell_run_private.h"
#include <math.h>

double CellHalfJump(double conductivity, double field, double current, double temperature, int charge_number) {
  const double ratio = current / (conductivity * field); /* sinh(u)/u */
  double low = 0.0, high = 1.0;

  if (!(ratio > 1.0)) {
    return 0.0;
  }
  while (sinh(high) / high < ratio) {
    high *= 2.0;
  }
  for (int k = 0; k < 200 && high - low > 1e-15 * high; k++) {
    const double middle = 0.5 * (low + high);
    if (sinh(middle) / middle < ratio) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return 0.5 * (low + high) / field * GAS_CONSTANT * temperature / ((double)charge_number * FARADAY_CONSTANT);
}

BracketEstimate CellEstimate(const double values[CELL_SOLVES], Bracket *fine) {
  Bracket bracket[2] = {{0.0, 0.0}};

  for (int s = 0; s < CELL_SOLVES; s++) {
    if (CellSolves[s].method == UNIT_CELL_CELLS) {
      bracket[CellSolves[s].grid].lower = values[s];
    } else {
      bracket[CellSolves[s].grid].upper = values[s];
    }
  }
  *fine = bracket[1];
  return BracketExtrapolate(bracket[0], bracket[1]);
}
