/* The `field` operator's state, shared by its linear and its non-linear part; not for callers. */
#ifndef LISEI_BULK_FIELD_H
#define LISEI_BULK_FIELD_H

#include "bulk_private.h"

typedef struct {
  BulkNetwork *network; /* linear: the conductances; else d(flow)/d(drop) of each link */
  Mat matrix;           /* of the network */
  Mat shunted;          /* the same with the films' shunts at the rings; NULL until the first BulkFactor */
  KSP ksp, ksp_shunted, ksp_indefinite;
  KSP shunted_by; /* which of them holds the last factor */
  PetscInt cells;
  Vec rhs, work;      /* cells */
  Vec potential;      /* [V] cells, with halo when non-linear: the state of the last BulkPotential */
  PetscBool solved;   /* the state belongs to `current` */
  double *current;    /* [A] rings: of the last BulkPotential */
  double *admittance; /* [-] rings: of the film and the half cell in series, over sigma a (last BulkFactor) */
  double *ring;       /* rings: work */
  /* non-linear only; links as in the network */
  BulkFaceLaw *law[LINK_COUNT], *surface_law;
  double *flow[LINK_COUNT]; /* [A] linearisation point, on the law's curve once converged */
  double *kept[LINK_COUNT]; /* [A] the last converged state */
} BulkFieldData;

/* Solve all cells at the ring currents; on failure the last converged state stays, with PETSC_ERR_NOT_CONVERGED. */
PetscErrorCode BulkNonlinearCreate_Private(Bulk bulk, BulkFieldData *field);
PetscErrorCode BulkNonlinearDestroy_Private(BulkFieldData *field);
PetscErrorCode BulkNonlinearSolve_Private(Bulk bulk, BulkFieldData *field, const double current[]);
/* Start the next solve from rest. */
PetscErrorCode BulkNonlinearRestart_Private(BulkFieldData *field);
/* [A] into ground from the own cells in the converged state */
double BulkNonlinearGroundFlow_Private(Bulk bulk, const BulkFieldData *field);

#endif
