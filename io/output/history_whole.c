#include "history_whole.h"
#include "file_util.h"
#include "history_layout.h"

enum { LEVEL = 6, CHUNK = 16384 }; /* of the compression; numbers */

/* A table of rows * width numbers, width 0: one-dimensional. */
static PetscErrorCode WriteTable(hid_t group, const char *path, const HistoryField *field, PetscInt rows,
                                 PetscInt width, const double values[]) {
  const hsize_t dims[2] = {(hsize_t)rows, (hsize_t)width};
  hsize_t chunk[2] = {(hsize_t)PetscMax(1, PetscMin(rows, CHUNK / PetscMax(1, width))), (hsize_t)width};
  const int rank = width ? 2 : 1;
  hid_t space, plist, set;

  PetscFunctionBeginUser;
  space = H5Screate_simple(rank, dims, NULL);
  plist = H5Pcreate(H5P_DATASET_CREATE);
  if (rows > 0) {
    H5Check(H5Pset_chunk(plist, rank, chunk), path, "write");
    H5Check(H5Pset_shuffle(plist), path, "write");
    H5Check(H5Pset_deflate(plist, LEVEL), path, "write");
  }
  set = H5Dcreate2(group, field->name, H5T_IEEE_F64LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  H5Check(set, path, "write");
  H5Check(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path, "write");
  PetscCall(Hdf5AttributeText(set, path, "units", field->unit));
  PetscCall(Hdf5AttributeText(set, path, "meaning", field->meaning ? field->meaning : ""));
  H5Check(H5Dclose(set), path, "write");
  H5Check(H5Pclose(plist), path, "write");
  H5Check(H5Sclose(space), path, "write");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteColumns(hid_t file, const char *path, const HistoryOptions *options,
                                   const HistoryNumbers *numbers) {
  const PetscInt width = options->column_count;
  double *values;
  hid_t group;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(numbers->rows, &values));
  PetscCall(Hdf5CreateGroup(file, path, "history", &group));
  for (PetscInt k = 0; k < width; k++) {
    for (PetscInt i = 0; i < numbers->rows; i++) {
      values[i] = numbers->row[(size_t)i * (size_t)width + (size_t)k];
    }
    PetscCall(WriteTable(group, path, &options->columns[k], numbers->rows, 0, values));
  }
  H5Check(H5Gclose(group), path, "write");
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRings(hid_t file, const char *path, const HistoryOptions *options,
                                 const HistoryNumbers *numbers) {
  static const HistoryField radius = {"radius", "m", "radius of the ring at the start"},
                            area = {"area", "m2", "nominal area of the ring at the start"},
                            time = {"time", "s", "simulated time of the rows of the ring fields"};
  const size_t rings = (size_t)options->rings, instant = rings * (size_t)options->field_count;
  double *values;
  hid_t group;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)numbers->instants * rings, &values));
  PetscCall(Hdf5CreateGroup(file, path, "interface", &group));
  PetscCall(WriteTable(group, path, &radius, options->rings, 0, options->ring_radius));
  PetscCall(WriteTable(group, path, &area, options->rings, 0, options->ring_area));
  PetscCall(WriteTable(group, path, &time, numbers->instants, 0, numbers->time));
  for (PetscInt f = 0; f < options->field_count; f++) {
    for (PetscInt i = 0; i < numbers->instants; i++) {
      PetscCall(
          PetscArraycpy(values + (size_t)i * rings, numbers->rings + (size_t)i * instant + (size_t)f * rings, rings));
    }
    PetscCall(WriteTable(group, path, &options->fields[f], numbers->instants, options->rings, values));
  }
  H5Check(H5Gclose(group), path, "write");
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryWriteWhole(const char *dir, const HistoryOptions *options, const HistoryNumbers *numbers) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  Provenance provenance;
  hid_t file;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/history.h5", dir);
  (void)snprintf(temporary, sizeof temporary, "%s/history.h5.part", dir);
  PetscCall(ProvenanceGet(PETSC_COMM_SELF, &provenance));
  PetscCall(Hdf5Create(temporary, &file));
  PetscCall(HistoryWriteOrigin(file, temporary, &provenance, options->title ? options->title : ""));
  PetscCall(Hdf5WriteText(file, temporary, "deck", options->deck_text ? options->deck_text : ""));
  PetscCall(WriteColumns(file, temporary, options, numbers));
  PetscCall(WriteRings(file, temporary, options, numbers));
  H5Check(H5Fclose(file), temporary, "close");
  PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}
