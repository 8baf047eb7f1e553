#include "history_layout.h"

#include "hdf5_util.h"

#define ROW_CHUNK 512        /* rows of a column stored together */
#define INTERFACE_CHUNK 4096 /* numbers of a ring field stored together */

/* An empty dataset that can grow: rows (x rings). */
static PetscErrorCode CreateGrowing(hid_t group, const char *path, const char *name, hsize_t chunk_rows, hsize_t width,
                                    const char *unit, const char *meaning) {
  const hsize_t dims[2] = {0, width}, largest[2] = {H5S_UNLIMITED, width}, chunk[2] = {chunk_rows, width};
  const int rank = width ? 2 : 1;
  hid_t space, properties, set;

  PetscFunctionBeginUser;
  space = H5Screate_simple(rank, dims, largest);
  H5Check(space, path, "create");
  properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Check(H5Pset_chunk(properties, rank, chunk), path, "create");
  set = H5Dcreate2(group, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  H5Check(set, path, "create");
  PetscCall(Hdf5AttributeText(set, path, "units", unit));
  if (meaning) {
    PetscCall(Hdf5AttributeText(set, path, "meaning", meaning));
  }
  H5Check(H5Dclose(set), path, "create");
  H5Check(H5Pclose(properties), path, "create");
  H5Check(H5Sclose(space), path, "create");
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryWriteOrigin(hid_t file, const char *path, const Provenance *provenance, const char *title) {
  hid_t group;

  PetscFunctionBeginUser;
  PetscCall(Hdf5AttributeText(file, path, "lisei_format", LISEI_FORMAT));
  PetscCall(Hdf5AttributeText(file, path, "title", title));
  PetscCall(Hdf5AttributeText(file, path, "sign_convention", HISTORY_SIGN_CONVENTION));
  PetscCall(Hdf5CreateGroup(file, path, "provenance", &group));
  PetscCall(Hdf5AttributeText(group, path, "version", provenance->version));
  PetscCall(Hdf5AttributeText(group, path, "git_hash", provenance->git_hash));
  PetscCall(Hdf5AttributeText(group, path, "petsc_version", provenance->petsc_version));
  PetscCall(Hdf5AttributeText(group, path, "hdf5_version", provenance->hdf5_version));
  PetscCall(Hdf5AttributeText(group, path, "mpi_version", provenance->mpi_version));
  PetscCall(Hdf5AttributeText(group, path, "petsc_options", provenance->petsc_options));
  PetscCall(Hdf5AttributeNumbers(group, path, "ranks", H5T_NATIVE_INT, 1, &provenance->ranks));
  H5Check(H5Gclose(group), path, "create");
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateInterfaceGroup(hid_t file, const char *path, const HistoryOptions *options) {
  const hsize_t rings = (hsize_t)options->rings;
  const hsize_t chunk_rows = rings < INTERFACE_CHUNK ? INTERFACE_CHUNK / rings : 1;
  hid_t group, set;
  PetscInt f;

  PetscFunctionBeginUser;
  PetscCall(Hdf5CreateGroup(file, path, "interface", &group));
  PetscCall(Hdf5Write(group, path, "radius", H5T_NATIVE_DOUBLE, 1, &rings, options->ring_radius, &set));
  PetscCall(Hdf5AttributeText(set, path, "units", "m"));
  PetscCall(Hdf5AttributeText(set, path, "meaning", "radius of the ring at the start"));
  H5Check(H5Dclose(set), path, "create");
  PetscCall(Hdf5Write(group, path, "area", H5T_NATIVE_DOUBLE, 1, &rings, options->ring_area, &set));
  PetscCall(Hdf5AttributeText(set, path, "units", "m2"));
  PetscCall(Hdf5AttributeText(set, path, "meaning", "nominal area of the ring at the start"));
  H5Check(H5Dclose(set), path, "create");
  PetscCall(CreateGrowing(group, path, "time", ROW_CHUNK, 0, "s", "simulated time of the rows of the ring fields"));
  for (f = 0; f < options->field_count; f++) {
    PetscCall(CreateGrowing(group, path, options->fields[f].name, chunk_rows, rings, options->fields[f].unit,
                            options->fields[f].meaning));
  }
  H5Check(H5Gclose(group), path, "create");
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCreateFile(const char *path, const Provenance *provenance, const HistoryOptions *options) {
  hid_t file, group;
  PetscInt column;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Create(path, &file));
  PetscCall(HistoryWriteOrigin(file, path, provenance, options->title ? options->title : ""));
  PetscCall(Hdf5WriteText(file, path, "deck", options->deck_text ? options->deck_text : ""));
  PetscCall(Hdf5CreateGroup(file, path, "history", &group));
  for (column = 0; column < options->column_count; column++) {
    PetscCall(CreateGrowing(group, path, options->columns[column].name, ROW_CHUNK, 0, options->columns[column].unit,
                            options->columns[column].meaning));
  }
  H5Check(H5Gclose(group), path, "create");
  PetscCall(CreateInterfaceGroup(file, path, options));
  H5Check(H5Fclose(file), path, "close");
  PetscFunctionReturn(0);
}
