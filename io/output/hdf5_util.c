#include "hdf5_util.h"

#include <string.h>

#define CAUSE_LENGTH 256

/* The innermost entry of HDF5's error stack knows best; of its text, the system's own words if there are any. */
static herr_t KeepCause(unsigned depth, const H5E_error2_t *error, void *context) {
  static const char mark[] = "error message = '";
  char *cause = context;
  const char *text = error->desc ? error->desc : "unknown cause";
  const char *words = strstr(text, mark);
  size_t length = strlen(text);

  (void)depth;
  if (words) {
    text = words + sizeof mark - 1;
    length = strcspn(text, "'");
  }
  if (length >= CAUSE_LENGTH) {
    length = CAUSE_LENGTH - 1;
  }
  memcpy(cause, text, length);
  cause[length] = '\0';
  return 1; /* the walk starts innermost and needs to go no further */
}

PetscErrorCode Hdf5Fail(const char *path, const char *doing) {
  char cause[CAUSE_LENGTH] = "unknown cause";

  PetscFunctionBeginUser;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, KeepCause, cause);
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot %s %s: %s", doing, path, cause);
}

static PetscErrorCode AccessProperties(const char *path, hid_t *fapl) {
  PetscFunctionBeginUser;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* our messages carry the cause */
  *fapl = H5Pcreate(H5P_FILE_ACCESS);
  H5Check(*fapl, path, "prepare");
  H5Check(H5Pset_libver_bounds(*fapl, H5F_LIBVER_V110, H5F_LIBVER_LATEST), path, "prepare");
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 11, 0))
  H5Check(H5Pset_file_locking(*fapl, 0, 1), path, "prepare");
#endif
  PetscFunctionReturn(0);
}

PetscErrorCode Hdf5Create(const char *path, hid_t *file) {
  hid_t fapl;

  PetscFunctionBeginUser;
  PetscCall(AccessProperties(path, &fapl));
  *file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, fapl);
  H5Check(*file, path, "create");
  H5Pclose(fapl);
  PetscFunctionReturn(0);
}

PetscErrorCode Hdf5OpenToWrite(const char *path, PetscBool swmr, hid_t *file) {
  hid_t fapl;

  PetscFunctionBeginUser;
  PetscCall(AccessProperties(path, &fapl));
  *file = H5Fopen(path, swmr ? H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE : H5F_ACC_RDWR, fapl);
  H5Check(*file, path, "open for writing");
  H5Pclose(fapl);
  PetscFunctionReturn(0);
}

hid_t Hdf5TryOpenToAppend(const char *path) {
  hid_t fapl = H5I_INVALID_HID, file;

  if (AccessProperties(path, &fapl)) {
    return H5I_INVALID_HID;
  }
  file = H5Fopen(path, H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE, fapl);
  H5Pclose(fapl);
  return file;
}

PetscErrorCode Hdf5Recover(const char *path) {
  hid_t fapl, file;
  const hbool_t yes = 1;

  PetscFunctionBeginUser;
  PetscCall(AccessProperties(path, &fapl));
  /* The two properties by which HDF5's own tool h5clear opens such a file; they have no function of their own. */
  H5Check(H5Pset(fapl, "clear_status_flags", &yes), path, "prepare");
  H5Check(H5Pset(fapl, "skip_eof_check", &yes), path, "prepare");
  file = H5Fopen(path, H5F_ACC_RDWR, fapl);
  H5Check(file, path, "open for writing");
  H5Check(H5Fincrement_filesize(file, 0), path, "repair the size of");
  H5Check(H5Fclose(file), path, "close");
  H5Pclose(fapl);
  PetscFunctionReturn(0);
}

hid_t Hdf5TryOpen(const char *path) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

/* Is there exactly this many of that class, stored in the file itself and not longer than `size` each? */
static bool IsAsExpected(hid_t space, hid_t type, H5T_class_t expected, size_t size, hsize_t count) {
  return space >= 0 && type >= 0 && H5Tget_class(type) == expected && H5Tget_size(type) <= size &&
         H5Sget_simple_extent_npoints(space) == (hssize_t)count &&
         (expected != H5T_STRING || H5Tis_variable_str(type) == 0);
}

static void CloseAll(hid_t attribute, hid_t space, hid_t type) {
  if (attribute >= 0) {
    H5Aclose(attribute);
  }
  if (space >= 0) {
    H5Sclose(space);
  }
  if (type >= 0) {
    H5Tclose(type);
  }
}

bool Hdf5ReadNumber(hid_t object, const char *name, uint64_t *value) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  const hid_t space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
  const hid_t type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
  const bool good =
      IsAsExpected(space, type, H5T_INTEGER, sizeof *value, 1) && H5Aread(attribute, H5T_NATIVE_UINT64, value) >= 0;

  CloseAll(attribute, space, type);
  return good;
}

bool Hdf5ReadText(hid_t object, const char *name, char text[], size_t size) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  const hid_t space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
  const hid_t type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
  bool good = IsAsExpected(space, type, H5T_STRING, size - 1, 1);

  if (good) {
    memset(text, 0, size);
    good = H5Aread(attribute, type, text) >= 0;
  }
  CloseAll(attribute, space, type);
  return good;
}

bool Hdf5ReadArray(hid_t location, const char *name, hid_t type, hsize_t count, void *values) {
  const hid_t set = H5Dopen2(location, name, H5P_DEFAULT);
  const hid_t space = set < 0 ? H5I_INVALID_HID : H5Dget_space(set);
  const hid_t stored = set < 0 ? H5I_INVALID_HID : H5Dget_type(set);
  const bool good = IsAsExpected(space, stored, H5Tget_class(type), H5Tget_size(type), count) &&
                    H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;

  CloseAll(H5I_INVALID_HID, space, stored);
  if (set >= 0) {
    H5Dclose(set);
  }
  return good;
}

PetscErrorCode Hdf5CreateGroup(hid_t location, const char *path, const char *name, hid_t *group) {
  hid_t properties;

  PetscFunctionBeginUser;
  properties = H5Pcreate(H5P_GROUP_CREATE);
  H5Check(properties, path, "create");
  H5Check(H5Pset_link_phase_change(properties, 100, 50), path, "create");
  *group = H5Gcreate2(location, name, H5P_DEFAULT, properties, H5P_DEFAULT);
  H5Check(*group, path, "create");
  H5Check(H5Pclose(properties), path, "create");
  PetscFunctionReturn(0);
}

/* What a native type is stored as. */
static hid_t StoredType(hid_t type) {
  if (H5Tequal(type, H5T_NATIVE_DOUBLE) > 0) {
    return H5T_IEEE_F64LE;
  }
  if (H5Tequal(type, H5T_NATIVE_INT64) > 0) {
    return H5T_STD_I64LE;
  }
  if (H5Tequal(type, H5T_NATIVE_INT32) > 0) {
    return H5T_STD_I32LE;
  }
  return type;
}

PetscErrorCode Hdf5Write(hid_t location, const char *path, const char *name, hid_t type, int rank, const hsize_t dims[],
                         const void *values, hid_t *dataset) {
  hid_t space, set;

  PetscFunctionBeginUser;
  space = H5Screate_simple(rank, dims, NULL);
  H5Check(space, path, "write");
  set = H5Dcreate2(location, name, StoredType(type), space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(set, path, "write");
  H5Check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path, "write");
  H5Check(H5Sclose(space), path, "write");
  if (dataset) {
    *dataset = set;
  } else {
    H5Check(H5Dclose(set), path, "write");
  }
  PetscFunctionReturn(0);
}

/* Fixed length (at least one: HDF5 has no empty strings). VTK reads only text that is declared ASCII, so what is ASCII
 * is declared so. */
static hid_t TextType(const char *text) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5T_cset_t set = H5T_CSET_ASCII;
  size_t length;

  for (length = 0; text[length]; length++) {
    if ((unsigned char)text[length] > 127) {
      set = H5T_CSET_UTF8;
    }
  }
  if (type < 0 || H5Tset_size(type, length ? length : 1) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
      H5Tset_cset(type, set) < 0) {
    return H5I_INVALID_HID;
  }
  return type;
}

PetscErrorCode Hdf5WriteText(hid_t location, const char *path, const char *name, const char *text) {
  hid_t type, space, set;

  PetscFunctionBeginUser;
  type = TextType(text);
  H5Check(type, path, "write");
  space = H5Screate(H5S_SCALAR);
  H5Check(space, path, "write");
  set = H5Dcreate2(location, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(set, path, "write");
  H5Check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text), path, "write");
  H5Check(H5Dclose(set), path, "write");
  H5Check(H5Sclose(space), path, "write");
  H5Check(H5Tclose(type), path, "write");
  PetscFunctionReturn(0);
}

PetscErrorCode Hdf5AttributeText(hid_t object, const char *path, const char *name, const char *text) {
  hid_t type, space, attribute;

  PetscFunctionBeginUser;
  type = TextType(text);
  H5Check(type, path, "write");
  space = H5Screate(H5S_SCALAR);
  H5Check(space, path, "write");
  attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(attribute, path, "write");
  H5Check(H5Awrite(attribute, type, text), path, "write");
  H5Check(H5Aclose(attribute), path, "write");
  H5Check(H5Sclose(space), path, "write");
  H5Check(H5Tclose(type), path, "write");
  PetscFunctionReturn(0);
}

PetscErrorCode Hdf5AttributeNumbers(hid_t object, const char *path, const char *name, hid_t type, hsize_t count,
                                    const void *values) {
  hid_t space, attribute;

  PetscFunctionBeginUser;
  space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
  H5Check(space, path, "write");
  attribute = H5Acreate2(object, name, StoredType(type), space, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(attribute, path, "write");
  H5Check(H5Awrite(attribute, type, values), path, "write");
  H5Check(H5Aclose(attribute), path, "write");
  H5Check(H5Sclose(space), path, "write");
  PetscFunctionReturn(0);
}
