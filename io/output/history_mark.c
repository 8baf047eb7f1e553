#include "history_mark.h"

#include "hdf5_util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t HistorySum(uint64_t sum, size_t count, const double values[]) {
  for (size_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    sum = (sum ^ bits) * UINT64_C(1099511628211);
    sum ^= sum >> 32;
  }
  return sum;
}

uint64_t HistorySumOf(const char *name, uint64_t sum) {
  uint64_t mixed = HISTORY_SUM_START;

  for (; *name; name++) {
    mixed = (mixed ^ (unsigned char)*name) * UINT64_C(1099511628211);
  }
  mixed = (mixed ^ sum) * UINT64_C(1099511628211);
  return mixed ^ (mixed >> 29);
}

PetscBool HistorySumDataset(hid_t group, const char *name, PetscInt rows, uint64_t *sum) {
  enum { BLOCK = 1 << 16 }; /* numbers read at once */
  const hid_t set = H5Dopen2(group, name, H5P_DEFAULT), space = set < 0 ? H5I_INVALID_HID : H5Dget_space(set);
  const int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
  hsize_t dims[2] = {0, 1}, start[2] = {0, 0}, count[2];
  double *values = NULL;
  PetscBool good = rank == 1 || rank == 2 ? PETSC_TRUE : PETSC_FALSE;

  *sum = HISTORY_SUM_START;
  good = good && H5Sget_simple_extent_dims(space, dims, NULL) >= 0 && dims[0] >= (hsize_t)rows && dims[1] > 0 &&
                 dims[1] <= BLOCK && !PetscMalloc1(BLOCK, &values)
             ? PETSC_TRUE
             : PETSC_FALSE;
  count[1] = dims[1];
  while (good && start[0] < (hsize_t)rows) {
    hid_t memory;
    count[0] = PetscMin((hsize_t)rows - start[0], BLOCK / dims[1]);
    memory = H5Screate_simple(rank, count, NULL);
    good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                   H5Dread(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values) >= 0
               ? PETSC_TRUE
               : PETSC_FALSE;
    H5Sclose(memory);
    *sum = HistorySum(*sum, good ? (size_t)(count[0] * count[1]) : 0, values);
    start[0] += count[0];
  }
  (void)PetscFree(values);
  if (space >= 0) {
    H5Sclose(space);
  }
  if (set >= 0) {
    H5Dclose(set);
  }
  return good;
}

/* One pass over a group: the datasets that grow. */
typedef struct {
  PetscInt rows;
  uint64_t sum;
} Pass;

static herr_t AddDataset(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  Pass *pass = context;
  const hid_t set = H5Dopen2(group, name, H5P_DEFAULT), space = set < 0 ? H5I_INVALID_HID : H5Dget_space(set);
  hsize_t dims[H5S_MAX_RANK], largest[H5S_MAX_RANK] = {0};
  uint64_t sum = 0;
  PetscBool grows = PETSC_FALSE, good = space >= 0 ? PETSC_TRUE : PETSC_FALSE;

  (void)info;
  if (good) {
    grows =
        H5Sget_simple_extent_dims(space, dims, largest) > 0 && largest[0] == H5S_UNLIMITED ? PETSC_TRUE : PETSC_FALSE;
    H5Sclose(space);
  }
  if (set >= 0) {
    H5Dclose(set);
  }
  if (grows) {
    good = HistorySumDataset(group, name, pass->rows, &sum);
    pass->sum += HistorySumOf(name, sum);
  }
  return good ? 0 : -1;
}

static PetscBool SumFile(const char *path, const HistoryMark *mark, uint64_t *sum) {
  const hid_t file = Hdf5TryOpen(path);
  Pass rows = {.rows = (PetscInt)mark->rows}, interface = {.rows = (PetscInt)mark->interface_rows};
  PetscBool good = PETSC_FALSE;

  if (file >= 0) {
    good =
        H5Literate_by_name(file, "history", H5_INDEX_NAME, H5_ITER_NATIVE, NULL, AddDataset, &rows, H5P_DEFAULT) >= 0 &&
                H5Literate_by_name(file, "interface", H5_INDEX_NAME, H5_ITER_NATIVE, NULL, AddDataset, &interface,
                                   H5P_DEFAULT) >= 0
            ? PETSC_TRUE
            : PETSC_FALSE;
    H5Fclose(file);
  }
  *sum = rows.sum + interface.sum;
  return good;
}

/* [B] where the file ends by its own superblock (version 2 or 3: the format of HDF5 1.10); -1 if it has none. */
static double EndOfFile(const char *path) {
  static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  unsigned char block[48];
  uint64_t end = 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? -1 : pread(file, block, sizeof block, 0);

  if (file >= 0) {
    (void)close(file);
  }
  if (length != (ssize_t)sizeof block || memcmp(block, signature, sizeof signature) != 0 || block[8] < 2 ||
      block[9] != 8) {
    return -1.0;
  }
  for (int k = 7; k >= 0; k--) { /* behind signature, four bytes, base and extension addresses */
    end = (end << 8) | block[28 + k];
  }
  return (double)end;
}

PetscErrorCode HistoryVerifyFile(const char *path, const HistoryMark *mark, char reason[], size_t size) {
  struct stat status;
  double due;
  uint64_t sum;

  PetscFunctionBeginUser;
  reason[0] = '\0';
  if (stat(path, &status)) {
    (void)snprintf(reason, size, "%.300s: %s", path, strerror(errno));
    PetscFunctionReturn(0);
  }
  due = PetscMax(mark->bytes, EndOfFile(path));
  if ((double)status.st_size < due) {
    (void)snprintf(reason, size, "%.300s has %lld bytes, but %.0f were written: its end was lost", path,
                   (long long)status.st_size, due);
    PetscFunctionReturn(0);
  }
  if (EndOfFile(path) < 0.0) {
    (void)snprintf(reason, size, "%.300s does not begin as an HDF5 file", path);
    PetscFunctionReturn(0);
  }
  PetscCall(Hdf5Recover(path));
  if (!SumFile(path, mark, &sum)) {
    (void)snprintf(reason, size, "%.300s cannot be read as far as row %.0f, after which the checkpoint was written",
                   path, mark->rows);
  } else if ((double)(sum >> 32) != mark->sum[0] || (double)(sum & UINT32_MAX) != mark->sum[1]) {
    (void)snprintf(reason, size, "the first %.0f rows of %.300s are not those that were written", mark->rows, path);
  }
  PetscFunctionReturn(0);
}
