#include "fields.h"

#include "file_util.h"
#include "hdf5_util.h"
#include "xdmf.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VTK_QUAD 9

enum { MOST_BLOCKS = 4 };

struct _p_Fields {
  PetscBool writer; /* this process is rank 0 */
  char dir[PETSC_MAX_PATH_LEN];
  PetscInt index;                           /* of the next file */
  PetscInt points, cells;                   /* of the picture */
  PetscInt block_count, drawn[MOST_BLOCKS]; /* layers of each block that can be drawn */
  double *corner;                           /* [m] x, y, z of the nodes at the instant */
  double *values;                           /* work: those of one field */
  int32_t *connectivity, *offset;
  unsigned char *cell_type;
  Xdmf xdmf;
  PetscBool collection_waits; /* files have been written that fields.xdmf does not name yet */
  double collection_written;  /* [s] wall time */
  Provenance provenance;
};

/* A file system may write a replaced file to the disk at once (ext4 does): some milliseconds that a short run would
 * spend mostly on this. */
static const double collection_interval = 1.0; /* [s] wall time between replacements of fields.xdmf */

static PetscErrorCode WriteCollection(Fields fields) {
  PetscFunctionBeginUser;
  PetscCall(XdmfWrite(fields->xdmf));
  fields->collection_written = MPI_Wtime();
  fields->collection_waits = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* Layers whose corners are all finite. An infinite grid's last layer ends at infinity and cannot be drawn. */
static PetscInt DrawnLayers(const FieldsBlock *block) {
  const PetscInt nodes = block->columns + 1;
  PetscInt layer, i;

  for (layer = 0; layer <= block->layers; layer++) {
    for (i = 0; i < nodes; i++) {
      if (!isfinite(block->corner_r[i + nodes * layer]) || !isfinite(block->corner_z[i + nodes * layer])) {
        return layer - 1;
      }
    }
  }
  return block->layers;
}

/* Cells of one block, which begin at fields->cells and with the node fields->points. */
static void AddCells(Fields fields, const FieldsBlock *block, PetscInt layers) {
  const PetscInt columns = block->columns, nodes = columns + 1;
  PetscInt cell;

  for (cell = 0; cell < columns * layers; cell++) {
    /* inner upper corner; then counter-clockwise */
    const PetscInt node = fields->points + cell % columns + nodes * (cell / columns), place = fields->cells + cell;
    int32_t *quad = fields->connectivity + 4 * (size_t)place;
    quad[0] = (int32_t)node;
    quad[1] = (int32_t)(node + nodes);
    quad[2] = (int32_t)(node + nodes + 1);
    quad[3] = (int32_t)(node + 1);
    fields->offset[place] = 4 * (int32_t)place;
    fields->cell_type[place] = VTK_QUAD;
  }
}

static PetscErrorCode SetUpPicture(Fields fields, PetscInt count, const FieldsBlock blocks[]) {
  PetscInt points = 0, cells = 0, b;

  PetscFunctionBeginUser;
  PetscCheck(count <= MOST_BLOCKS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%" PetscInt_FMT " blocks", count);
  fields->block_count = count;
  for (b = 0; b < count; b++) {
    const PetscInt layers = DrawnLayers(&blocks[b]);
    PetscCheck(blocks[b].columns > 0 && layers > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "no cell of the grid (%" PetscInt_FMT " x %" PetscInt_FMT ") has finite corners", blocks[b].columns,
               blocks[b].layers);
    fields->drawn[b] = layers;
    points += (blocks[b].columns + 1) * (layers + 1);
    cells += blocks[b].columns * layers;
  }
  PetscCall(PetscCalloc1((size_t)(3 * points), &fields->corner));
  PetscCall(PetscMalloc3((size_t)(4 * cells), &fields->connectivity, (size_t)(cells + 1), &fields->offset,
                         (size_t)cells, &fields->cell_type));
  PetscCall(PetscMalloc1((size_t)(3 * cells), &fields->values));
  for (b = 0; b < count; b++) {
    AddCells(fields, &blocks[b], fields->drawn[b]);
    fields->points += (blocks[b].columns + 1) * (fields->drawn[b] + 1);
    fields->cells += blocks[b].columns * fields->drawn[b];
  }
  fields->offset[fields->cells] = 4 * (int32_t)fields->cells;
  PetscFunctionReturn(0);
}

/* Nodes of the instant. */
static void PlaceNodes(Fields fields, const FieldsBlock blocks[]) {
  double *to = fields->corner;
  PetscInt b, n;

  for (b = 0; b < fields->block_count; b++) {
    for (n = 0; n < (blocks[b].columns + 1) * (fields->drawn[b] + 1); n++, to += 3) {
      to[0] = blocks[b].scale * blocks[b].corner_r[n];
      to[1] = blocks[b].scale * blocks[b].corner_z[n];
    }
  }
}

/* The values of the drawn cells, one block after another. */
static const double *DrawnValues(Fields fields, const FieldsBlock blocks[], const CellField *field) {
  const double *from = field->values;
  double *to = fields->values;
  PetscInt b;

  for (b = 0; b < fields->block_count; b++) {
    const size_t drawn = (size_t)blocks[b].columns * (size_t)(fields->drawn[b] * field->components);
    memcpy(to, from, drawn * sizeof *to);
    to += drawn;
    from += blocks[b].columns * blocks[b].layers * field->components;
  }
  return fields->values;
}

/* Remove files from number `index` on, and unfinished ones. */
static PetscErrorCode RemoveLater(const char *folder, PetscInt index) {
  DIR *directory = opendir(folder);
  const struct dirent *entry;

  PetscFunctionBeginUser;
  PetscCheck(directory, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot read the folder %s: %s", folder, strerror(errno));
  while ((entry = readdir(directory))) {
    char rest[8] = "", path[PETSC_MAX_PATH_LEN];
    int number;
    if (sscanf(entry->d_name, "%6d.%7s", &number, rest) != 2 || strncmp(rest, "hdf", 3) != 0) {
      continue;
    }
    if (number >= index || rest[3]) {
      PetscCall(PetscSNPrintf(path, sizeof path, "%s/%s", folder, entry->d_name));
      PetscCheck(unlink(path) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot remove %s: %s", path,
                 strerror(errno));
    }
  }
  closedir(directory);
  PetscFunctionReturn(0);
}

#define MOST_FIELDS 64

typedef struct {
  PetscInt count;
  XdmfField field[MOST_FIELDS];
  char name[MOST_FIELDS][64];
} FieldList;

static herr_t NoteField(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  FieldList *list = context;
  hid_t set = H5Dopen2(group, name, H5P_DEFAULT), space = H5Dget_space(set);
  (void)info;
  if (list->count < MOST_FIELDS && space >= 0) {
    strncpy(list->name[list->count], name, sizeof list->name[0] - 1);
    list->field[list->count].name = list->name[list->count];
    list->field[list->count].components = H5Sget_simple_extent_ndims(space) == 2 ? 3 : 1;
    list->count++;
  }
  H5Sclose(space);
  H5Dclose(set);
  return 0;
}

/* Enter the file that an earlier process wrote into the collection; a missing or damaged one is left out with a
 * warning. */
static PetscErrorCode AddWritten(Fields fields, PetscInt index) {
  char path[PETSC_MAX_PATH_LEN];
  FieldList list;
  hid_t file;
  int64_t points = 0, cells = 0;
  double time = 0;
  PetscBool good;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(&list, sizeof list));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/fields/%06" PetscInt_FMT ".hdf", fields->dir, index));
  file = Hdf5TryOpen(path);
  good = file >= 0 && Hdf5ReadArray(file, "VTKHDF/NumberOfPoints", H5T_NATIVE_INT64, 1, &points) &&
                 Hdf5ReadArray(file, "VTKHDF/NumberOfCells", H5T_NATIVE_INT64, 1, &cells) &&
                 Hdf5ReadArray(file, "VTKHDF/FieldData/TimeValue", H5T_NATIVE_DOUBLE, 1, &time) &&
                 H5Literate_by_name(file, "VTKHDF/CellData", H5_INDEX_NAME, H5_ITER_NATIVE, NULL, NoteField, &list,
                                    H5P_DEFAULT) >= 0
             ? PETSC_TRUE
             : PETSC_FALSE;
  if (good) {
    PetscCall(XdmfAdd(fields->xdmf, index, time, (PetscInt)points, (PetscInt)cells, list.count, list.field));
  } else {
    PetscCall(
        PetscFPrintf(PETSC_COMM_SELF, stderr, "warning: %s is missing or damaged and left out of fields.xdmf\n", path));
  }
  if (file >= 0) {
    H5Fclose(file);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FieldsCreate(MPI_Comm comm, const char *dir, PetscInt block_count, const FieldsBlock blocks[],
                            PetscInt index, Fields *fields) {
  PetscMPIInt rank;
  PetscInt i;
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCheck(index >= 0, comm, PETSC_ERR_ARG_OUTOFRANGE, "file number %" PetscInt_FMT " is negative", index);
  PetscCall(PetscNew(fields));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(ProvenanceGet(comm, &(*fields)->provenance));
  (*fields)->writer = rank == 0 ? PETSC_TRUE : PETSC_FALSE;
  (*fields)->index = index;
  PetscCall(PetscStrncpy((*fields)->dir, dir, sizeof(*fields)->dir));
  if ((*fields)->writer) {
    PetscCall(SetUpPicture(*fields, block_count, blocks));
    PetscCall(PetscSNPrintf(path, sizeof path, "%s/fields", dir));
    PetscCall(FileMakeFolder(path));
    PetscCall(RemoveLater(path, index));
    PetscCall(PetscSNPrintf(path, sizeof path, "%s/fields.xdmf", dir));
    PetscCall(XdmfCreate(path, &(*fields)->xdmf));
    for (i = 0; i < index; i++) {
      PetscCall(AddWritten(*fields, i));
    }
    PetscCall(WriteCollection(*fields));
  }
  PetscFunctionReturn(0);
}

/* The parts of a VTKHDF UnstructuredGrid, version 1.0: see "VTKHDF File Format" in VTK's documentation. */
static PetscErrorCode WriteGeometry(Fields fields, hid_t group, const char *path) {
  const int64_t points = fields->points, cells = fields->cells, connections = 4 * cells;
  const int version[2] = {1, 0};
  const hsize_t one = 1, point_dims[2] = {(hsize_t)points, 3}, connection_dims = (hsize_t)connections,
                offset_dims = (hsize_t)cells + 1, cell_dims = (hsize_t)cells;

  PetscFunctionBeginUser;
  PetscCall(Hdf5AttributeNumbers(group, path, "Version", H5T_NATIVE_INT32, 2, version));
  PetscCall(Hdf5AttributeText(group, path, "Type", "UnstructuredGrid"));
  PetscCall(Hdf5Write(group, path, "NumberOfPoints", H5T_NATIVE_INT64, 1, &one, &points, NULL));
  PetscCall(Hdf5Write(group, path, "NumberOfCells", H5T_NATIVE_INT64, 1, &one, &cells, NULL));
  PetscCall(Hdf5Write(group, path, "NumberOfConnectivityIds", H5T_NATIVE_INT64, 1, &one, &connections, NULL));
  PetscCall(Hdf5Write(group, path, "Points", H5T_NATIVE_DOUBLE, 2, point_dims, fields->corner, NULL));
  PetscCall(Hdf5Write(group, path, "Connectivity", H5T_NATIVE_INT32, 1, &connection_dims, fields->connectivity, NULL));
  PetscCall(Hdf5Write(group, path, "Offsets", H5T_NATIVE_INT32, 1, &offset_dims, fields->offset, NULL));
  PetscCall(Hdf5Write(group, path, "Types", H5T_NATIVE_UCHAR, 1, &cell_dims, fields->cell_type, NULL));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteData(Fields fields, hid_t group, const char *path, double time, double radius,
                                const FieldsBlock blocks[], PetscInt count, const CellField cell_fields[]) {
  const hsize_t one = 1;
  hid_t data, set;
  PetscInt f;

  PetscFunctionBeginUser;
  PetscCall(Hdf5CreateGroup(group, path, "CellData", &data));
  for (f = 0; f < count; f++) {
    const hsize_t dims[2] = {(hsize_t)fields->cells, 3};
    PetscCheck(cell_fields[f].components == 1 || cell_fields[f].components == 3, PETSC_COMM_SELF,
               PETSC_ERR_ARG_OUTOFRANGE, "field %s has %" PetscInt_FMT " components, not 1 or 3", cell_fields[f].name,
               cell_fields[f].components);
    PetscCall(Hdf5Write(data, path, cell_fields[f].name, H5T_NATIVE_DOUBLE, cell_fields[f].components == 3 ? 2 : 1,
                        dims, DrawnValues(fields, blocks, &cell_fields[f]), &set));
    PetscCall(Hdf5AttributeText(set, path, "units", cell_fields[f].unit));
    H5Check(H5Dclose(set), path, "write");
  }
  H5Check(H5Gclose(data), path, "write");
  PetscCall(Hdf5CreateGroup(group, path, "FieldData", &data));
  PetscCall(Hdf5Write(data, path, "TimeValue", H5T_NATIVE_DOUBLE, 1, &one, &time, NULL));
  PetscCall(Hdf5Write(data, path, "contact_radius", H5T_NATIVE_DOUBLE, 1, &one, &radius, NULL));
  H5Check(H5Gclose(data), path, "write");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteFile(Fields fields, double time, double radius, const FieldsBlock blocks[], PetscInt count,
                                const CellField cell_fields[]) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  hid_t file, group;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/fields/%06" PetscInt_FMT ".hdf", fields->dir, fields->index));
  PetscCall(PetscSNPrintf(temporary, sizeof temporary, "%s.part", path));
  PetscCall(Hdf5Create(temporary, &file));
  PetscCall(Hdf5AttributeText(file, path, "lisei_format", LISEI_FORMAT));
  PetscCall(Hdf5AttributeText(file, path, "version", fields->provenance.version));
  PetscCall(Hdf5AttributeText(file, path, "git_hash", fields->provenance.git_hash));
  PetscCall(Hdf5CreateGroup(file, path, "VTKHDF", &group));
  PetscCall(WriteGeometry(fields, group, path));
  PetscCall(WriteData(fields, group, path, time, radius, blocks, count, cell_fields));
  H5Check(H5Gclose(group), path, "write");
  H5Check(H5Fclose(file), path, "write");
  PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode FieldsWrite(Fields fields, double time, double contact_radius, const FieldsBlock blocks[],
                           PetscInt count, const CellField cell_fields[]) {
  XdmfField list[MOST_FIELDS];
  PetscInt i;

  PetscFunctionBeginUser;
  PetscCheck(count <= MOST_FIELDS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " fields per file are more than %d", count, MOST_FIELDS);
  if (fields->writer) {
    PlaceNodes(fields, blocks);
    PetscCall(WriteFile(fields, time, contact_radius, blocks, count, cell_fields));
    for (i = 0; i < count; i++) {
      list[i].name = cell_fields[i].name;
      list[i].components = cell_fields[i].components;
    }
    PetscCall(XdmfAdd(fields->xdmf, fields->index, time, fields->points, fields->cells, count, list));
    fields->collection_waits = PETSC_TRUE;
    PetscCall(FieldsUpdateCollection(fields));
  }
  fields->index++;
  PetscFunctionReturn(0);
}

PetscErrorCode FieldsUpdateCollection(Fields fields) {
  PetscFunctionBeginUser;
  if (fields->collection_waits && MPI_Wtime() - fields->collection_written >= collection_interval) {
    PetscCall(WriteCollection(fields));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FieldsDestroy(Fields *fields) {
  PetscFunctionBeginUser;
  if (!*fields) {
    PetscFunctionReturn(0);
  }
  if ((*fields)->collection_waits) {
    PetscCall(WriteCollection(*fields));
  }
  PetscCall(PetscFree((*fields)->corner));
  PetscCall(PetscFree((*fields)->values));
  PetscCall(PetscFree3((*fields)->connectivity, (*fields)->offset, (*fields)->cell_type));
  PetscCall(XdmfDestroy(&(*fields)->xdmf));
  PetscCall(ProvenanceFree(&(*fields)->provenance));
  PetscCall(PetscFree(*fields));
  PetscFunctionReturn(0);
}
