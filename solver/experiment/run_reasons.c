/* Why a protocol step ended, in words. */
#include "run_private.h"

const char *RunReasonName(PetscInt reason) {
  switch (reason) {
  case REASON_COMPLETED:
    return "completed";
  case REASON_SKIPPED:
    return "skipped: an end was already met";
  case REASON_STOPPED:
    return "stopped: an end was already met";
  case REASON_STEADY:
    return "nothing changes any more: the end cannot be met";
  case REASON_USED_UP:
    return "lithium used up";
  case REASON_ALL:
    return "all";
  case REASON_FAILED:
    return "failed";
  case REASON_SIGNAL:
    return "stopped by a signal";
  case REASON_WALL_TIME:
    return "wall-time limit";
  default:
    return EndName(reason);
  }
}
