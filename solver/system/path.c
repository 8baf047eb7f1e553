#include "path.h"

PetscErrorCode PathCreate(const PathOps *ops, void *context, PetscInt rings, PetscInt state_size, Path *path) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(path));
  **path = (struct Path_){.ops = ops, .context = context, .rings = rings, .state_size = state_size};
  (*path)->by_slopes = state_size ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode PathDestroy(Path *path) {
  PetscFunctionBeginUser;
  if (!*path) {
    PetscFunctionReturn(0);
  }
  if ((*path)->ops->destroy) {
    PetscCall((*path)->ops->destroy((*path)->context));
  }
  PetscCall(PetscFree(*path));
  PetscFunctionReturn(0);
}
