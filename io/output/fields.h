/* fields/NNNNNN.hdf (VTKHDF UnstructuredGrid, one per saved instant) and fields.xdmf (temporal collection, rewritten
   atomically). Plane of the picture: x = r, y = z, z = 0. Rank 0 writes; calls on other ranks do nothing. */
#ifndef LISEI_FIELDS_H
#define LISEI_FIELDS_H

#include "../../mesh/grid.h"
#include "provenance.h"

typedef struct {
  const char *name, *unit;
  PetscInt components;  /* 1 or 3 */
  const double *values; /* cells*components */
} CellField;

typedef struct _p_Fields *Fields;

/* `index` of the next file: 0, or after a resume the number already written (later files and XDMF entries are dropped).
 */
PetscErrorCode FieldsCreate(MPI_Comm comm, const char *dir, Grid grid, PetscInt index, Fields *fields);
/* `scale` multiplies the grid's lengths (a grown contact). Field data of each file: TimeValue [s], contact_radius [m].
 */
PetscErrorCode FieldsWrite(Fields fields, double time, double scale, PetscInt count, const CellField cell_fields[]);
/* Bring fields.xdmf up to the files written so far, at most once per second of wall time; FieldsDestroy does the rest.
 */
PetscErrorCode FieldsUpdateCollection(Fields fields);
PetscInt FieldsCount(Fields fields);
PetscErrorCode FieldsDestroy(Fields *fields);

#endif
