#include "checkpoint.h"

#include "file_util.h"
#include "hdf5_util.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT 2                  /* checkpoints that stay */
#define LARGEST_DECK (64 << 20) /* [B] */
static const char deck_name[] = "deck";

static PetscErrorCode CheckpointPath(const char *dir, PetscInt step, const char *ending, char path[], size_t length) {
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, length, "%s/checkpoint/%08" PetscInt_FMT ".h5%s", dir, step, ending));
  PetscFunctionReturn(0);
}

/* FNV-1a over the 64-bit patterns: finds changed bits that HDF5's own checksums, on metadata only, do not see. */
#define CHECKSUM_START UINT64_C(14695981039346656037)
static uint64_t ChecksumOn(uint64_t sum, PetscInt count, const double values[]) {
  uint64_t bits;
  PetscInt i;

  for (i = 0; i < count; i++) {
    memcpy(&bits, &values[i], sizeof bits);
    sum = (sum ^ bits) * UINT64_C(1099511628211);
    sum ^= sum >> 32;
  }
  return sum;
}

static uint64_t Checksum(PetscInt count, const double values[]) {
  return ChecksumOn(CHECKSUM_START, count, values);
}

/* The same of a text, up to its end. */
static uint64_t TextChecksum(const char *text) {
  uint64_t sum = UINT64_C(14695981039346656037);

  for (; *text; text++) {
    sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
  }
  return sum;
}

PetscErrorCode CheckpointWholeCount(MPI_Comm comm, const CheckpointArray *array, PetscInt *count) {
  PetscFunctionBeginUser;
  *count = array->count;
  if (array->is_own) {
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, count, 1, MPIU_INT, MPI_SUM, comm));
  }
  PetscFunctionReturn(0);
}

/* --- arrays of which every process has its part: rank 0 has one part at a time ------------------------------------ */

enum { PARTS_TAG = 17 };

/* A part of a dataset. */
static herr_t Transfer(hid_t set, PetscBool write, PetscInt start, PetscInt count, double values[]) {
  const hsize_t from = (hsize_t)start, length = (hsize_t)count;
  const hid_t file = H5Dget_space(set), memory = H5Screate_simple(1, &length, NULL);
  herr_t result = 0;

  if (count > 0) {
    result = H5Sselect_hyperslab(file, H5S_SELECT_SET, &from, NULL, &length, NULL);
    result = result < 0 ? result
             : write    ? H5Dwrite(set, H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, values)
                        : H5Dread(set, H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, values);
  }
  H5Sclose(memory);
  H5Sclose(file);
  return result;
}

/* Rank 0 (all numbers of the array: `whole`): what the others have sent, after its own. */
static PetscErrorCode WriteParts(MPI_Comm comm, hid_t file, const char *path, const CheckpointArray *array,
                                 PetscInt whole) {
  const hsize_t length = (hsize_t)whole;
  const hid_t space = H5Screate_simple(1, &length, NULL);
  hid_t set;
  PetscInt start = 0, count = array->count;
  uint64_t sum = CHECKSUM_START;
  double *values = array->values;
  PetscMPIInt processes;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &processes));
  set = H5Dcreate2(file, array->name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(set, path, "write");
  for (PetscMPIInt p = 0; p < processes; p++) {
    if (p > 0) {
      PetscCallMPI(MPI_Recv(&count, 1, MPIU_INT, p, PARTS_TAG, comm, MPI_STATUS_IGNORE));
      PetscCall(PetscMalloc1((size_t)count, &values));
      PetscCallMPI(MPI_Recv(values, (PetscMPIInt)count, MPI_DOUBLE, p, PARTS_TAG, comm, MPI_STATUS_IGNORE));
    }
    H5Check(Transfer(set, PETSC_TRUE, start, count, values), path, "write");
    sum = ChecksumOn(sum, count, values);
    start += count;
    if (p > 0) {
      PetscCall(PetscFree(values));
    }
  }
  PetscCall(Hdf5AttributeNumbers(set, path, "checksum", H5T_NATIVE_UINT64, 1, &sum));
  H5Check(H5Dclose(set), path, "write");
  H5Check(H5Sclose(space), path, "write");
  PetscFunctionReturn(0);
}

static PetscErrorCode SendParts(MPI_Comm comm, PetscInt count, const CheckpointArray arrays[]) {
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < count; a++) {
    if (arrays[a].is_own) {
      PetscCallMPI(MPI_Send(&arrays[a].count, 1, MPIU_INT, 0, PARTS_TAG, comm));
      PetscCallMPI(MPI_Send(arrays[a].values, (PetscMPIInt)arrays[a].count, MPI_DOUBLE, 0, PARTS_TAG, comm));
    }
  }
  PetscFunctionReturn(0);
}

/* Collective; `file` is rank 0's. *good on every rank. */
static PetscErrorCode ReadParts(MPI_Comm comm, hid_t file, const CheckpointArray *array, PetscInt *good) {
  PetscMPIInt rank, processes;
  PetscInt start = 0, count = array->count;
  uint64_t sum = CHECKSUM_START, written = 0;
  double *values = array->values;
  hid_t set = H5I_INVALID_HID;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &processes));
  if (rank) {
    PetscCallMPI(MPI_Send(&count, 1, MPIU_INT, 0, PARTS_TAG, comm));
    PetscCallMPI(MPI_Recv(values, (PetscMPIInt)count, MPI_DOUBLE, 0, PARTS_TAG, comm, MPI_STATUS_IGNORE));
  } else {
    set = H5Dopen2(file, array->name, H5P_DEFAULT);
    *good = set >= 0 && Hdf5ReadNumber(set, "checksum", &written);
    for (PetscMPIInt p = 0; p < processes; p++) {
      if (p > 0) {
        PetscCallMPI(MPI_Recv(&count, 1, MPIU_INT, p, PARTS_TAG, comm, MPI_STATUS_IGNORE));
        PetscCall(PetscCalloc1((size_t)count, &values));
      }
      *good = *good && Transfer(set, PETSC_FALSE, start, count, values) >= 0;
      sum = ChecksumOn(sum, count, values);
      start += count;
      if (p > 0) {
        PetscCallMPI(MPI_Send(values, (PetscMPIInt)count, MPI_DOUBLE, p, PARTS_TAG, comm));
        PetscCall(PetscFree(values));
      }
    }
    *good = *good && sum == written;
    if (set >= 0) {
      H5Dclose(set);
    }
  }
  PetscCallMPI(MPI_Bcast(good, 1, MPIU_INT, 0, comm));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteFile(MPI_Comm comm, const char *path, PetscInt step, const char *deck, PetscInt count,
                                const CheckpointArray arrays[], const PetscInt whole[], const Provenance *provenance) {
  const int64_t step_number = step;
  const uint64_t deck_sum = TextChecksum(deck);
  hid_t file, set;
  PetscInt a;

  PetscFunctionBeginUser;
  PetscCall(Hdf5Create(path, &file));
  PetscCall(Hdf5AttributeText(file, path, "lisei_format", LISEI_FORMAT));
  PetscCall(Hdf5AttributeText(file, path, "version", provenance->version));
  PetscCall(Hdf5AttributeText(file, path, "git_hash", provenance->git_hash));
  PetscCall(Hdf5AttributeNumbers(file, path, "step", H5T_NATIVE_INT64, 1, &step_number));
  PetscCall(Hdf5WriteText(file, path, deck_name, deck));
  set = H5Dopen2(file, deck_name, H5P_DEFAULT);
  H5Check(set, path, "write");
  PetscCall(Hdf5AttributeNumbers(set, path, "checksum", H5T_NATIVE_UINT64, 1, &deck_sum));
  H5Check(H5Dclose(set), path, "write");
  for (a = 0; a < count; a++) {
    const hsize_t length = (hsize_t)arrays[a].count;
    const uint64_t sum = Checksum(arrays[a].count, arrays[a].values);
    if (arrays[a].is_own) {
      PetscCall(WriteParts(comm, file, path, &arrays[a], whole[a]));
      continue;
    }
    PetscCall(Hdf5Write(file, path, arrays[a].name, H5T_NATIVE_DOUBLE, 1, &length, arrays[a].values, &set));
    PetscCall(Hdf5AttributeNumbers(set, path, "checksum", H5T_NATIVE_UINT64, 1, &sum));
    H5Check(H5Dclose(set), path, "write");
  }
  H5Check(H5Fclose(file), path, "write");
  PetscFunctionReturn(0);
}

/* The step in the name of a checkpoint, "00001200.h5"; -1 if a file of that name cannot be one. *ending: what follows.
   Only names that CheckpointPath gives count: another spelling of the number would be looked for elsewhere. */
static PetscInt StepOfName(const char *name, const char **ending) {
  const size_t digits = strspn(name, "0123456789");
  const long long step = digits >= 8 && digits <= 18 ? strtoll(name, NULL, 10) : -1;

  *ending = name + digits + 3;
  if (step < 0 || step > PETSC_MAX_INT || (digits > 8 && name[0] == '0') || strncmp(name + digits, ".h5", 3) != 0) {
    return -1;
  }
  return (PetscInt)step;
}

/* Steps of the checkpoints in `dir`, newest first; unfinished files are removed if `clean`. */
static PetscErrorCode ListSteps(const char *dir, PetscBool clean, PetscInt *count, PetscInt **steps) {
  char folder[PETSC_MAX_PATH_LEN], path[PETSC_MAX_PATH_LEN];
  DIR *directory;
  const struct dirent *entry;
  PetscInt capacity = 16;

  PetscFunctionBeginUser;
  *count = 0;
  PetscCall(PetscMalloc1((size_t)capacity, steps));
  PetscCall(PetscSNPrintf(folder, sizeof folder, "%s/checkpoint", dir));
  directory = opendir(folder);
  if (!directory) {
    PetscFunctionReturn(0);
  }
  while ((entry = readdir(directory))) {
    const char *ending;
    const PetscInt step = StepOfName(entry->d_name, &ending);
    if (step < 0) {
      continue;
    }
    if (*ending) {
      if (clean && !strcmp(ending, ".part")) {
        PetscCall(PetscSNPrintf(path, sizeof path, "%s/%s", folder, entry->d_name));
        unlink(path);
      }
      continue;
    }
    if (*count == capacity) {
      PetscCall(PetscRealloc((size_t)(capacity *= 2) * sizeof **steps, steps));
    }
    (*steps)[(*count)++] = step;
  }
  closedir(directory);
  PetscCall(PetscSortInt(*count, *steps));
  for (capacity = 0; capacity < *count / 2; capacity++) { /* reverse */
    const PetscInt swap = (*steps)[capacity];
    (*steps)[capacity] = (*steps)[*count - 1 - capacity];
    (*steps)[*count - 1 - capacity] = swap;
  }
  PetscFunctionReturn(0);
}

/* Keep `step` and the newest one before it. Later ones belong to a history that was cut off when the run was resumed
 * earlier. */
static PetscErrorCode RemoveOthers(const char *dir, PetscInt step) {
  char path[PETSC_MAX_PATH_LEN];
  PetscInt count, *steps, i, kept = 0;

  PetscFunctionBeginUser;
  PetscCall(ListSteps(dir, PETSC_TRUE, &count, &steps));
  for (i = 0; i < count; i++) {
    if (steps[i] <= step && kept < KEPT) {
      kept++;
      continue;
    }
    PetscCall(CheckpointPath(dir, steps[i], "", path, sizeof path));
    PetscCheck(unlink(path) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot remove the old checkpoint %s: %s",
               path, strerror(errno));
  }
  PetscCall(PetscFree(steps));
  PetscFunctionReturn(0);
}

PetscErrorCode CheckpointWrite(MPI_Comm comm, const char *dir, PetscInt step, const char *deck, PetscInt count,
                               const CheckpointArray arrays[]) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  Provenance provenance;
  PetscInt *whole;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCheck(step >= 0, comm, PETSC_ERR_ARG_OUTOFRANGE, "step %" PetscInt_FMT " of a checkpoint is negative", step);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(ProvenanceGet(comm, &provenance));
  PetscCall(PetscMalloc1(count, &whole));
  for (PetscInt a = 0; a < count; a++) {
    PetscCall(CheckpointWholeCount(comm, &arrays[a], &whole[a]));
  }
  if (rank) {
    PetscCall(SendParts(comm, count, arrays));
  } else {
    PetscCall(PetscSNPrintf(path, sizeof path, "%s/checkpoint", dir));
    PetscCall(FileMakeFolder(path));
    PetscCall(CheckpointPath(dir, step, "", path, sizeof path));
    PetscCall(CheckpointPath(dir, step, ".part", temporary, sizeof temporary));
    PetscCall(WriteFile(comm, temporary, step, deck, count, arrays, whole, &provenance));
    PetscCall(FileReplace(temporary, path, PETSC_TRUE));
    PetscCall(RemoveOthers(dir, step));
  }
  PetscCall(PetscFree(whole));
  PetscCall(ProvenanceFree(&provenance));
  PetscFunctionReturn(0);
}

/* Elements of a one-dimensional dataset, -1 if it is none or cannot be whole: no more than the file has room for. */
static PetscInt ArrayLength(hid_t root, const char *name) {
  const hid_t file = H5Iget_file_id(root);
  hid_t set = H5Lexists(root, name, H5P_DEFAULT) > 0 ? H5Dopen2(root, name, H5P_DEFAULT) : H5I_INVALID_HID;
  hid_t space = set < 0 ? H5I_INVALID_HID : H5Dget_space(set);
  hssize_t length = space < 0 || H5Sget_simple_extent_ndims(space) != 1 ? -1 : H5Sget_simple_extent_npoints(space);
  hsize_t size = 0;

  if (length > PETSC_MAX_INT || H5Fget_filesize(file, &size) < 0 || length > (hssize_t)(size / sizeof(double))) {
    length = -1;
  }
  H5Fclose(file);
  if (space >= 0) {
    H5Sclose(space);
  }
  if (set >= 0) {
    H5Dclose(set);
  }
  return (PetscInt)length;
}

/* Read an array of known length and compare its checksum. */
static PetscBool ReadArray(hid_t file, const char *name, PetscInt count, double values[]) {
  const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
  uint64_t sum = 0;
  const bool good = set >= 0 && Hdf5ReadNumber(set, "checksum", &sum) &&
                    Hdf5ReadArray(file, name, H5T_NATIVE_DOUBLE, (hsize_t)count, values) &&
                    sum == Checksum(count, values);

  if (set >= 0) {
    H5Dclose(set);
  }
  return good ? PETSC_TRUE : PETSC_FALSE;
}

/* LISEI_FORMAT's major number must be ours. */
static PetscBool FormatIsKnown(hid_t file) {
  char format[16];

  return Hdf5ReadText(file, "lisei_format", format, sizeof format) &&
                 strncmp(format, LISEI_FORMAT, strcspn(LISEI_FORMAT, ".") + 1) == 0
             ? PETSC_TRUE
             : PETSC_FALSE;
}

/* The deck's text with a matching checksum, allocated; NULL if it is not there or not sound. */
static char *ReadDeck(hid_t root) {
  const hid_t set = H5Lexists(root, deck_name, H5P_DEFAULT) > 0 ? H5Dopen2(root, deck_name, H5P_DEFAULT) : -1;
  const hid_t type = set < 0 ? -1 : H5Dget_type(set), space = set < 0 ? -1 : H5Dget_space(set);
  const size_t size = type < 0 ? 0 : H5Tget_size(type);
  char *text = NULL;
  uint64_t sum = 0;

  if (space >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && size <= LARGEST_DECK &&
      H5Sget_simple_extent_npoints(space) == 1 && Hdf5ReadNumber(set, "checksum", &sum) &&
      !PetscCalloc1(size + 1, &text) &&
      (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0 || TextChecksum(text) != sum)) {
    (void)PetscFree(text);
  }
  if (space >= 0) {
    H5Sclose(space);
  }
  if (type >= 0) {
    H5Tclose(type);
  }
  if (set >= 0) {
    H5Dclose(set);
  }
  return text;
}

static herr_t CheckOne(hid_t file, const char *name, const H5L_info_t *info, void *context) {
  const PetscInt length = ArrayLength(file, name);
  double *values;
  PetscBool good;

  (void)info;
  (void)context;
  if (!strcmp(name, deck_name)) {
    char *text = ReadDeck(file);
    good = text ? PETSC_TRUE : PETSC_FALSE;
    return PetscFree(text) || !good ? -1 : 0;
  }
  if (length < 0 || PetscMalloc1((size_t)length, &values)) {
    return -1;
  }
  good = ReadArray(file, name, length, values);
  if (PetscFree(values)) {
    return -1;
  }
  return good ? 0 : -1;
}

static PetscBool IsReadable(const char *path) {
  hid_t file = Hdf5TryOpen(path);
  PetscBool good = PETSC_FALSE;

  if (file >= 0) {
    good = FormatIsKnown(file) && H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, CheckOne, NULL) >= 0
               ? PETSC_TRUE
               : PETSC_FALSE;
    H5Fclose(file);
  }
  return good;
}

PetscErrorCode CheckpointFind(MPI_Comm comm, const char *dir, PetscInt *step) {
  char path[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  *step = -1;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (rank == 0) {
    PetscInt count, *steps, i;
    PetscCall(ListSteps(dir, PETSC_FALSE, &count, &steps));
    for (i = 0; i < count && *step < 0; i++) {
      PetscCall(CheckpointPath(dir, steps[i], "", path, sizeof path));
      if (IsReadable(path)) {
        *step = steps[i];
      } else {
        PetscCall(PetscFPrintf(PETSC_COMM_SELF, stderr,
                               "warning: the checkpoint %s is damaged or of another lisei_format; passing it over\n",
                               path));
      }
    }
    PetscCall(PetscFree(steps));
  }
  PetscCallMPI(MPI_Bcast(step, 1, MPIU_INT, 0, comm));
  PetscFunctionReturn(0);
}

PetscErrorCode CheckpointArrayCount(MPI_Comm comm, const char *dir, PetscInt step, const char *name, PetscInt *count) {
  char path[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  *count = -1;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (rank == 0) {
    hid_t file;
    PetscCall(CheckpointPath(dir, step, "", path, sizeof path));
    file = Hdf5TryOpen(path);
    H5Check(file, path, "read");
    *count = ArrayLength(file, name);
    H5Fclose(file);
  }
  PetscCallMPI(MPI_Bcast(count, 1, MPIU_INT, 0, comm));
  PetscFunctionReturn(0);
}

/* The arrays asked for, and a name that is not among them. */
typedef struct {
  PetscInt count;
  const CheckpointArray *arrays;
  char other[128];
} Known;

static herr_t NoteOther(hid_t file, const char *name, const H5L_info_t *info, void *context) {
  Known *known = context;

  (void)file;
  (void)info;
  if (!strcmp(name, deck_name)) {
    return 0;
  }
  for (PetscInt a = 0; a < known->count; a++) {
    if (!strcmp(known->arrays[a].name, name)) {
      return 0;
    }
  }
  (void)snprintf(known->other, sizeof known->other, "%s", name);
  return 1;
}

PetscErrorCode CheckpointReadDeck(MPI_Comm comm, const char *dir, PetscInt step, char **deck) {
  char path[PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  int length = -1;

  PetscFunctionBeginUser;
  *deck = NULL;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (rank == 0) {
    hid_t file;
    PetscCall(CheckpointPath(dir, step, "", path, sizeof path));
    file = Hdf5TryOpen(path);
    if (file >= 0) {
      *deck = ReadDeck(file);
      length = *deck ? (int)strlen(*deck) : -1;
      H5Fclose(file);
    }
  }
  PetscCallMPI(MPI_Bcast(&length, 1, MPI_INT, 0, comm));
  if (length >= 0) {
    if (rank) {
      PetscCall(PetscCalloc1((size_t)length + 1, deck));
    }
    PetscCallMPI(MPI_Bcast(*deck, length + 1, MPI_CHAR, 0, comm));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CheckpointRead(MPI_Comm comm, const char *dir, PetscInt step, PetscInt count, CheckpointArray arrays[]) {
  char path[PETSC_MAX_PATH_LEN];
  Known known = {.count = count, .arrays = arrays};
  PetscInt a, length = 0, good = 1; /* rank 0 tells the others, so that all fail together */
  PetscMPIInt rank;
  hid_t file = H5I_INVALID_HID;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(CheckpointPath(dir, step, "", path, sizeof path));
  if (rank == 0) {
    file = Hdf5TryOpen(path);
    good = file >= 0 && FormatIsKnown(file);
  }
  PetscCallMPI(MPI_Bcast(&good, 1, MPIU_INT, 0, comm));
  PetscCheck(good, comm, PETSC_ERR_FILE_READ,
             "cannot read the checkpoint %s: missing, damaged or of another lisei_format", path);
  if (rank == 0) {
    (void)H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, NoteOther, &known);
  }
  for (a = 0; a < count; a++) {
    PetscInt due;
    PetscCall(CheckpointWholeCount(comm, &arrays[a], &due));
    if (rank == 0) {
      length = ArrayLength(file, arrays[a].name);
      good = length == due && (arrays[a].is_own || ReadArray(file, arrays[a].name, length, arrays[a].values));
    }
    PetscCallMPI(MPI_Bcast(&length, 1, MPIU_INT, 0, comm));
    PetscCallMPI(MPI_Bcast(&good, 1, MPIU_INT, 0, comm));
    if (arrays[a].is_own && length == due) {
      PetscCall(ReadParts(comm, file, &arrays[a], &good));
    }
    if (!good && file >= 0) {
      H5Fclose(file);
    }
    PetscCheck(length >= 0, comm, PETSC_ERR_FILE_UNEXPECTED,
               "the checkpoint %s has no array %s: it is of another deck or version", path, arrays[a].name);
    PetscCheck(length == due, comm, PETSC_ERR_FILE_UNEXPECTED,
               "array %s of the checkpoint %s has %" PetscInt_FMT " numbers, %" PetscInt_FMT " are due", arrays[a].name,
               path, length, due);
    PetscCheck(good, comm, PETSC_ERR_FILE_READ, "array %s of the checkpoint %s is damaged", arrays[a].name, path);
    if (arrays[a].is_own) {
      continue;
    }
    PetscCallMPI(MPI_Bcast(arrays[a].values, (PetscMPIInt)length, MPI_DOUBLE, 0, comm));
  }
  if (file >= 0) {
    H5Fclose(file);
  }
  PetscCallMPI(MPI_Bcast(known.other, (PetscMPIInt)sizeof known.other, MPI_CHAR, 0, comm));
  PetscCheck(!*known.other, comm, PETSC_ERR_FILE_UNEXPECTED,
             "the checkpoint %s has the array %s, which this run does not know: it is of another deck or version", path,
             known.other);
  PetscFunctionReturn(0);
}
