#include "state_file.h"

#include "file_util.h"
#include "hdf5_util.h"
#include "provenance.h"

#include <string.h>

enum { NOTES_LENGTH = 1024 };

struct _p_StateFile {
  PetscBool writer; /* this process is rank 0 */
  char path[PETSC_MAX_PATH_LEN];
  PetscInt count, stored;
  StateField *field;
};

static int Rank(const StateField *field) {
  return 1 + (field->size[0] > 0) + (field->size[1] > 0);
}

static PetscErrorCode ComplexType(hid_t part, const char *path, hid_t *type) {
  const size_t size = H5Tget_size(part);

  PetscFunctionBeginUser;
  *type = H5Tcreate(H5T_COMPOUND, 2 * size);
  H5Check(*type, path, "describe numbers of");
  H5Check(H5Tinsert(*type, "r", 0, part), path, "describe numbers of");
  H5Check(H5Tinsert(*type, "i", size, part), path, "describe numbers of");
  PetscFunctionReturn(0);
}

static PetscErrorCode TextType(hid_t *type) {
  PetscFunctionBeginUser;
  *type = H5Tcopy(H5T_C_S1);
  (void)H5Tset_size(*type, NOTES_LENGTH);
  (void)H5Tset_cset(*type, H5T_CSET_UTF8);
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateSet(hid_t file, const char *path, const StateField *field, hid_t type) {
  const hsize_t dims[3] = {0, (hsize_t)field->size[0], (hsize_t)field->size[1]};
  const hsize_t most[3] = {H5S_UNLIMITED, dims[1], dims[2]};
  const hsize_t numbers = (dims[1] ? dims[1] : 1) * (dims[2] ? dims[2] : 1);
  const hsize_t chunk[3] = {numbers < 1024 ? 1024 / numbers : 1, dims[1], dims[2]};
  hid_t space, properties, set;

  PetscFunctionBeginUser;
  space = H5Screate_simple(Rank(field), dims, most);
  H5Check(space, path, "create");
  properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Check(H5Pset_chunk(properties, Rank(field), chunk), path, "create");
  set = H5Dcreate2(file, field->name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  H5Check(set, path, "create");
  PetscCall(Hdf5AttributeText(set, path, "units", field->unit));
  PetscCall(Hdf5AttributeText(set, path, "meaning", field->meaning));
  H5Check(H5Dclose(set), path, "create");
  H5Check(H5Pclose(properties), path, "create");
  H5Check(H5Sclose(space), path, "create");
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRings(hid_t file, const char *path, PetscInt rings, const double radius[],
                                 const double area[]) {
  const hsize_t count = (hsize_t)rings;
  hid_t set;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Write(file, path, "ring_radius", H5T_NATIVE_DOUBLE, 1, &count, radius, &set));
  PetscCall(Hdf5AttributeText(set, path, "units", "m"));
  H5Check(H5Dclose(set), path, "create");
  PetscCall(Hdf5Write(file, path, "ring_area", H5T_NATIVE_DOUBLE, 1, &count, area, &set));
  PetscCall(Hdf5AttributeText(set, path, "units", "m2"));
  H5Check(H5Dclose(set), path, "create");
  PetscFunctionReturn(0);
}

static const StateField notes_field = {.name = "notes", .unit = "", .meaning = "what a reader must know of the state"};

static PetscErrorCode Create(StateFile f, PetscInt rings, const double radius[], const double area[],
                             const Provenance *provenance) {
  hid_t file, type;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Create(f->path, &file));
  PetscCall(Hdf5AttributeText(file, f->path, "lisei_format", LISEI_FORMAT));
  PetscCall(Hdf5AttributeText(file, f->path, "version", provenance->version));
  PetscCall(Hdf5AttributeText(file, f->path, "git_hash", provenance->git_hash));
  PetscCall(WriteRings(file, f->path, rings, radius, area));
  PetscCall(ComplexType(H5T_IEEE_F64LE, f->path, &type));
  for (PetscInt k = 0; k < f->count; k++) {
    PetscCall(CreateSet(file, f->path, &f->field[k], f->field[k].is_complex ? type : H5T_IEEE_F64LE));
  }
  H5Check(H5Tclose(type), f->path, "create");
  PetscCall(TextType(&type));
  PetscCall(CreateSet(file, f->path, &notes_field, type));
  H5Check(H5Tclose(type), f->path, "create");
  H5Check(H5Fclose(file), f->path, "close");
  PetscFunctionReturn(0);
}

/* Set the number of entries of a dataset, which must be as declared. */
static PetscErrorCode Resize(hid_t file, const char *path, const StateField *field, PetscInt entries, hid_t *set) {
  const hsize_t dims[3] = {(hsize_t)entries, (hsize_t)field->size[0], (hsize_t)field->size[1]};
  hsize_t found[3] = {0, 0, 0};
  hid_t space;

  PetscFunctionBeginUser;
  *set = H5Dopen2(file, field->name, H5P_DEFAULT);
  H5Check(*set, path, "continue");
  space = H5Dget_space(*set);
  PetscCheck(H5Sget_simple_extent_ndims(space) == Rank(field) && H5Sget_simple_extent_dims(space, found, NULL) >= 0 &&
                 found[1] == dims[1] && found[2] == dims[2],
             PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "cannot continue %s: %s has another shape", path, field->name);
  H5Check(H5Sclose(space), path, "continue");
  PetscCheck(found[0] + 1 >= dims[0], PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "cannot continue %s: %s has %llu states, the checkpoint was written after %" PetscInt_FMT, path,
             field->name, (unsigned long long)found[0], entries);
  H5Check(H5Dset_extent(*set, dims), path, "continue");
  PetscFunctionReturn(0);
}

static PetscErrorCode Cut(StateFile f) {
  hid_t file, set;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Recover(f->path));
  PetscCall(Hdf5OpenToWrite(f->path, PETSC_FALSE, &file));
  for (PetscInt k = 0; k <= f->count; k++) {
    PetscCall(Resize(file, f->path, k < f->count ? &f->field[k] : &notes_field, f->stored, &set));
    H5Check(H5Dclose(set), f->path, "continue");
  }
  H5Check(H5Fclose(file), f->path, "close");
  PetscFunctionReturn(0);
}

PetscErrorCode StateFileOpen(MPI_Comm comm, const char *dir, const char *name, PetscInt kept, PetscInt count,
                             const StateField fields[], PetscInt rings, const double ring_radius[],
                             const double ring_area[], StateFile *file) {
  Provenance provenance;
  PetscMPIInt rank;
  StateFile f;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(file));
  f = *file;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  f->writer = rank == 0 ? PETSC_TRUE : PETSC_FALSE;
  f->count = count;
  f->stored = kept;
  PetscCall(PetscSNPrintf(f->path, sizeof f->path, "%s/%s", dir, name));
  PetscCall(PetscMalloc1(count, &f->field));
  PetscCall(PetscArraycpy(f->field, fields, count));
  PetscCall(ProvenanceGet(comm, &provenance));
  if (f->writer) {
    PetscCall(kept ? Cut(f) : Create(f, rings, ring_radius, ring_area, &provenance));
  }
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteEntry(hid_t file, StateFile f, const StateField *field, hid_t type, const void *values) {
  const hsize_t start[3] = {(hsize_t)f->stored, 0, 0};
  const hsize_t count[3] = {1, (hsize_t)field->size[0], (hsize_t)field->size[1]};
  hid_t set, here, memory;

  PetscFunctionBeginUser;
  PetscCall(Resize(file, f->path, field, f->stored + 1, &set));
  here = H5Dget_space(set);
  H5Check(H5Sselect_hyperslab(here, H5S_SELECT_SET, start, NULL, count, NULL), f->path, "write");
  memory = H5Screate_simple(Rank(field), count, NULL);
  H5Check(H5Dwrite(set, type, memory, here, H5P_DEFAULT, values), f->path, "write");
  H5Check(H5Sclose(memory), f->path, "write");
  H5Check(H5Sclose(here), f->path, "write");
  H5Check(H5Dclose(set), f->path, "write");
  PetscFunctionReturn(0);
}

PetscErrorCode StateFileAppend(StateFile f, const double *const values[], const char *notes) {
  char text[NOTES_LENGTH] = "";
  hid_t file, type;

  PetscFunctionBeginUser;
  if (!f->writer) {
    PetscFunctionReturn(0);
  }
  PetscCall(Hdf5OpenToWrite(f->path, PETSC_TRUE, &file));
  PetscCall(ComplexType(H5T_NATIVE_DOUBLE, f->path, &type));
  for (PetscInt k = 0; k < f->count; k++) {
    PetscCall(WriteEntry(file, f, &f->field[k], f->field[k].is_complex ? type : H5T_NATIVE_DOUBLE, values[k]));
  }
  H5Check(H5Tclose(type), f->path, "write");
  (void)snprintf(text, sizeof text, "%s", notes);
  PetscCall(TextType(&type));
  PetscCall(WriteEntry(file, f, &notes_field, type, text));
  H5Check(H5Tclose(type), f->path, "write");
  H5Check(H5Fclose(file), f->path, "write");
  f->stored++;
  PetscFunctionReturn(0);
}

PetscErrorCode StateFileClose(StateFile *file) {
  PetscFunctionBeginUser;
  if (*file) {
    PetscCall(PetscFree((*file)->field));
    PetscCall(PetscFree(*file));
  }
  PetscFunctionReturn(0);
}
