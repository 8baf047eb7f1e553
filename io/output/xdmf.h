/* fields.xdmf: a temporal collection over the files fields/NNNNNN.hdf. Datasets are named relative to the XDMF file,
   one per instant and field, without hyperslabs (readers disagree about those). One process. */
#ifndef LISEI_XDMF_H
#define LISEI_XDMF_H

#include <petscsys.h>

typedef struct _p_Xdmf *Xdmf;

typedef struct {
  const char *name;
  PetscInt components; /* 1 or 3 */
} XdmfField;

/* `path` of the XDMF file; nothing is written yet. */
PetscErrorCode XdmfCreate(const char *path, Xdmf *xdmf);
/* Note the instant of file number `index`; the file appears in the collection with the next XdmfWrite. */
PetscErrorCode XdmfAdd(Xdmf xdmf, PetscInt index, double time, PetscInt points, PetscInt cells, PetscInt count,
                       const XdmfField fields[]);
/* Replace the XDMF file by the collection of all instants noted so far. */
PetscErrorCode XdmfWrite(Xdmf xdmf);
PetscErrorCode XdmfDestroy(Xdmf *xdmf);

#endif
