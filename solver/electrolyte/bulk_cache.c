/* Condensed operators on disk, one HDF5 file each, under a hash of grid and material. Both are non-dimensional (sigma
   a), so that one file serves every temperature of a homogeneous electrolyte. A cache must never decide whether a run
   succeeds: what cannot be read is rebuilt, what cannot be written is left out (PETSc's -info says why). Written to a
   temporary name and renamed. */
#include "../../io/output/file_util.h"
#include "bulk_private.h"

#include <hdf5.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_FORMAT 1 /* raise when the meaning of the operator or of the key changes */

/* FNV-1a, 64 bits, from two offsets: what one misses the other catches */
typedef struct {
  uint64_t first, second;
} Hash;

static void HashBytes(Hash *hash, const void *data, size_t size) {
  const unsigned char *byte = (const unsigned char *)data;
  for (size_t n = 0; n < size; n++) {
    hash->first = (hash->first ^ byte[n]) * UINT64_C(0x100000001b3);
    hash->second = (hash->second ^ byte[n] ^ (hash->second >> 47)) * UINT64_C(0xc6a4a7935bd1e995);
  }
}

static void HashScaled(Hash *hash, PetscInt count, const double value[], double scale) {
  const double none = -1;
  if (!value) {
    HashBytes(hash, &none, sizeof(none));
    return;
  }
  for (PetscInt n = 0; n < count; n++) {
    const double scaled = value[n] * scale;
    HashBytes(hash, &scaled, sizeof(scaled));
  }
}

static const Hash hash_start = {UINT64_C(0xcbf29ce484222325), UINT64_C(0x9e3779b97f4a7c15)};

PetscErrorCode BulkCacheKey_Private(Bulk bulk, char key[33]) {
  const Grid grid = bulk->grid;
  const PetscInt cells = GridCellCount(grid);
  const int shape[] = {CACHE_FORMAT,          (int)grid->type,  (int)grid->columns,       (int)grid->layers,
                       (int)grid->sei_layers, (int)grid->rings, (int)grid->down_grounded, (int)grid->outward_grounded};
  Hash hash = hash_start;

  PetscFunctionBeginUser;
  HashBytes(&hash, shape, sizeof(shape));
  for (int face = 0; face < FACE_COUNT; face++) {
    HashScaled(&hash, cells, grid->half_conductance[face], 1 / grid->radius);
  }
  HashScaled(&hash, cells, bulk->cell_conductivity, 1 / bulk->conductivity);
  HashScaled(&hash, cells, bulk->face_resistance_down, bulk->conductivity / grid->radius);
  HashScaled(&hash, cells, bulk->face_resistance_outward, bulk->conductivity / grid->radius);
  if (bulk->face_resistance_down || bulk->face_resistance_outward) { /* their faces' areas */
    const PetscInt corners = (grid->columns + 1) * (grid->layers + 1);
    HashScaled(&hash, corners, grid->corner_r, 1 / grid->radius);
    HashScaled(&hash, corners, grid->corner_z, 1 / grid->radius);
  }
  PetscCall(PetscSNPrintf(key, 33, "%016llx%016llx", (unsigned long long)hash.first, (unsigned long long)hash.second));
  PetscCallMPI(MPI_Bcast(key, 33, MPI_CHAR, 0, bulk->comm));
  PetscFunctionReturn(0);
}

static uint64_t Checksum(PetscInt rings, const BulkOperator *op) {
  Hash hash = hash_start;
  HashBytes(&hash, op->impedance, sizeof(double) * (size_t)rings * (size_t)rings);
  HashBytes(&hash, op->arrival, sizeof(double) * (size_t)rings);
  return hash.first ^ hash.second;
}

static PetscErrorCode FileName(Bulk bulk, const char key[], char name[], size_t size) {
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(name, size, "%s/bulk-%s.h5", bulk->cache_dir, key));
  PetscFunctionReturn(0);
}

/* Numbers of that class, no longer than ours? Closes the type. Whoever made the file, a read must not go past its
   destination: type and extent are known before. */
static bool IsOf(hid_t type, H5T_class_t expected) {
  const bool good = type >= 0 && H5Tget_class(type) == expected && H5Tget_size(type) <= 8;
  if (type >= 0) {
    H5Tclose(type);
  }
  return good;
}

static bool ReadArray(hid_t file, const char *name, hsize_t count, double value[]) {
  hid_t set = H5Dopen2(file, name, H5P_DEFAULT), space = -1;
  bool good = false;
  if (set < 0) {
    return false;
  }
  space = H5Dget_space(set);
  good = space >= 0 && H5Sget_simple_extent_npoints(space) == (hssize_t)count && IsOf(H5Dget_type(set), H5T_FLOAT) &&
         H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
  if (space >= 0) {
    H5Sclose(space);
  }
  H5Dclose(set);
  return good;
}

static bool ReadNumber(hid_t file, const char *name, uint64_t *value) {
  hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), space = -1;
  bool good = false;
  if (attribute < 0) {
    return false;
  }
  space = H5Aget_space(attribute);
  good = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 && IsOf(H5Aget_type(attribute), H5T_INTEGER) &&
         H5Aread(attribute, H5T_NATIVE_UINT64, value) >= 0;
  if (space >= 0) {
    H5Sclose(space);
  }
  H5Aclose(attribute);
  return good;
}

static bool ReadFile(const char *name, PetscInt rings, BulkOperator *op) {
  const hsize_t n = (hsize_t)rings;
  uint64_t format = 0, checksum = 0;
  bool good = false;
  hid_t file = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) {
    return false;
  }
  good = ReadNumber(file, "lisei_bulk_format", &format) && format == CACHE_FORMAT &&
         ReadNumber(file, "checksum", &checksum) && ReadArray(file, "impedance", n * n, op->impedance) &&
         ReadArray(file, "arrival", n, op->arrival) && checksum == Checksum(rings, op);
  H5Fclose(file);
  return good;
}

/* --- in memory ---------------------------------------------------------------------------------------------------- */

enum { MOST_KEPT = 8 };
static const size_t most_bytes = (size_t)1 << 28;

typedef struct {
  char key[33];
  PetscInt rings;
  double *impedance, *arrival;
} Kept;

static struct {
  PetscBool wanted;
  PetscInt next; /* the place that is used again next */
  Kept kept[MOST_KEPT];
} memory;

PetscBool BulkIsShared_Private(void) {
  return memory.wanted;
}

static PetscErrorCode Forget(Kept *kept) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(kept->impedance, kept->arrival));
  *kept = (Kept){0};
  PetscFunctionReturn(0);
}

PetscErrorCode BulkShare(PetscBool share) {
  PetscFunctionBeginUser;
  memory.wanted = share;
  for (PetscInt k = 0; k < MOST_KEPT && !share; k++) {
    PetscCall(Forget(&memory.kept[k]));
  }
  PetscFunctionReturn(0);
}

/* The same on every process: all have seen the same operators. */
PetscErrorCode BulkRecall_Private(const char key[], PetscInt rings, BulkOperator *op, PetscBool *found) {
  PetscFunctionBeginUser;
  *found = PETSC_FALSE;
  for (PetscInt k = 0; k < MOST_KEPT && memory.wanted && !*found; k++) {
    const Kept *kept = &memory.kept[k];
    if (kept->impedance && kept->rings == rings && !strcmp(kept->key, key)) {
      PetscCall(PetscArraycpy(op->impedance, kept->impedance, rings * rings));
      PetscCall(PetscArraycpy(op->arrival, kept->arrival, rings));
      *found = PETSC_TRUE;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkRemember_Private(const char key[], PetscInt rings, const BulkOperator *op) {
  Kept *kept = &memory.kept[memory.next];

  PetscFunctionBeginUser;
  if (!memory.wanted || !*key || sizeof(double) * (size_t)rings * (size_t)rings > most_bytes / MOST_KEPT) {
    PetscFunctionReturn(0);
  }
  memory.next = (memory.next + 1) % MOST_KEPT;
  PetscCall(Forget(kept));
  PetscCall(PetscMalloc2((size_t)(rings * rings), &kept->impedance, rings, &kept->arrival));
  PetscCall(PetscArraycpy(kept->impedance, op->impedance, rings * rings));
  PetscCall(PetscArraycpy(kept->arrival, op->arrival, rings));
  PetscCall(PetscStrncpy(kept->key, key, sizeof kept->key));
  kept->rings = rings;
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCacheRead_Private(Bulk bulk, const char key[], BulkOperator *op, PetscBool *found) {
  const PetscInt rings = bulk->grid->rings;
  char name[PETSC_MAX_PATH_LEN];
  int good = 0;

  PetscFunctionBeginUser;
  PetscCall(FileName(bulk, key, name, sizeof(name)));
  if (bulk->process == 0) {
    H5E_BEGIN_TRY {
      good = ReadFile(name, rings, op);
    }
    H5E_END_TRY
    PetscCall(PetscInfo(NULL, "bulk operator %s %s\n", name, good ? "read" : "not there or not sound; building it"));
  }
  PetscCallMPI(MPI_Bcast(&good, 1, MPI_INT, 0, bulk->comm)); /* the values are shared by the caller */
  *found = (PetscBool)(good != 0);
  PetscFunctionReturn(0);
}

static bool WriteArray(hid_t file, const char *name, int rank, const hsize_t size[], const double value[]) {
  hid_t space = H5Screate_simple(rank, size, NULL);
  hid_t set = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const bool good = set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
  if (set >= 0) {
    H5Dclose(set);
  }
  if (space >= 0) {
    H5Sclose(space);
  }
  return good;
}

static bool WriteNumber(hid_t file, const char *name, uint64_t value) {
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate2(file, name, H5T_STD_U64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  const bool good = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_UINT64, &value) >= 0;
  if (attribute >= 0) {
    H5Aclose(attribute);
  }
  if (space >= 0) {
    H5Sclose(space);
  }
  return good;
}

static bool WriteFile(const char *name, PetscInt rings, const BulkOperator *op) {
  const hsize_t size[2] = {(hsize_t)rings, (hsize_t)rings};
  bool good = false;
  hid_t file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (file < 0) {
    return false;
  }
  good = WriteNumber(file, "lisei_bulk_format", CACHE_FORMAT) && WriteNumber(file, "checksum", Checksum(rings, op)) &&
         WriteArray(file, "impedance", 2, size, op->impedance) && WriteArray(file, "arrival", 1, size, op->arrival);
  return H5Fclose(file) >= 0 && good;
}

PetscErrorCode BulkCacheWrite_Private(Bulk bulk, const char key[], const BulkOperator *op) {
  char name[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN], host[64];
  bool good = false;

  PetscFunctionBeginUser;
  if (bulk->process != 0) {
    PetscFunctionReturn(0);
  }
  PetscCall(FileName(bulk, key, name, sizeof(name)));
  PetscCall(PetscGetHostName(host, sizeof(host)));
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), "%s.%s.%ld.tmp", name, host, (long)getpid()));
  (void)FileMakeFolders(bulk->cache_dir); /* if it cannot be made, writing the file fails */
  H5E_BEGIN_TRY {
    good = WriteFile(temporary, bulk->grid->rings, op);
  }
  H5E_END_TRY
  /* cppcheck-suppress legacyUninitvar ; HDF5's macro hides the assignment */
  good = good && rename(temporary, name) == 0;
  if (!good) {
    (void)remove(temporary);
  }
  PetscCall(PetscInfo(NULL, "bulk operator %s %s\n", name, good ? "written" : "could not be written"));
  PetscFunctionReturn(0);
}
