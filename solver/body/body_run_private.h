/* Within body_run*.c. */
#ifndef LISEI_BODY_RUN_PRIVATE_H
#define LISEI_BODY_RUN_PRIVATE_H

#include "../../io/output/fields.h"
#include "../../io/output/report.h"
#include "../../physics/grain_growth.h"
#include "body_motion.h"
#include "body_run.h"

struct BodyRun_ {
  MPI_Comm comm;
  PetscMPIInt rank;
  Deck deck;
  BodyMotionOptions options;
  void *law[CREEP_MAX_LAWS]; /* parameters */
  GrainGrowth growth;
  double temperature, grain_size; /* [K], [m] now */
  BodyGrid grid;
  BodyMotion motion;
  double *consumed; /* [m/s] rings */
  double end, until_force, first_force;
  PetscInt saves;
  FILE *history, *rings;
  Fields fields;
  double *corner, *value; /* 2*corners; cells*9 */
  Report report;
  char reason[256];
};

PetscErrorCode BodyOutputOpen(BodyRun run, const char *dir);
PetscErrorCode BodyOutputRow(BodyRun run, const BodyFlowResult *flow);
PetscErrorCode BodyOutputFields(BodyRun run);
PetscErrorCode BodyOutputClose(BodyRun run);

#endif
