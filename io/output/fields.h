/* fields/NNNNNN.hdf (VTKHDF UnstructuredGrid, one per saved instant) and fields.xdmf (temporal collection, rewritten
   atomically). Plane of the picture: x = r, y = z, z = 0. Rank 0 writes; calls on other ranks do nothing. */
#ifndef LISEI_FIELDS_H
#define LISEI_FIELDS_H

#include "provenance.h"

/* A block of quadrilaterals: node = i + (columns + 1) k, cell = i + columns k, cells of the blocks one after another.
 */
typedef struct {
  PetscInt columns, layers;
  const double *corner_r,
      *corner_z; /* [m] (columns + 1) (layers + 1) nodes; layers with infinite nodes are not drawn */
  double scale;  /* multiplies them */
} FieldsBlock;

typedef struct {
  const char *name, *unit;
  PetscInt components;  /* 1 or 3 */
  const double *values; /* cells of all blocks, drawn or not, times components */
} CellField;

typedef struct _p_Fields *Fields;

/* `index` of the next file: 0, or after a resume the number already written (later files and XDMF entries are dropped).
 */
PetscErrorCode FieldsCreate(MPI_Comm comm, const char *dir, PetscInt block_count, const FieldsBlock blocks[],
                            PetscInt index, Fields *fields);
/* The same blocks as at the start, with their nodes now. Field data of each file: TimeValue [s], contact_radius [m]. */
PetscErrorCode FieldsWrite(Fields fields, double time, double contact_radius, const FieldsBlock blocks[],
                           PetscInt count, const CellField cell_fields[]);
/* Bring fields.xdmf up to the files written so far, at most once per second of wall time; FieldsDestroy does the rest.
 */
PetscErrorCode FieldsUpdateCollection(Fields fields);
PetscErrorCode FieldsDestroy(Fields *fields);

#endif
