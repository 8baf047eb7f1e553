/* HDF5 with errors that name the file and the cause, and the few ways in which lisei writes: one process, no MPI-IO.
   Files are in the 1.10 format, so that every HDF5 from 1.10 on reads them. File locks are not taken:
   single-writer/multiple-reader mode does not need them, a reader must never stop a running job, and many network file
   systems have none. */
#ifndef LISEI_HDF5_UTIL_H
#define LISEI_HDF5_UTIL_H

#include <hdf5.h>
#include <petscsys.h>
#include <stdbool.h>
#include <stdint.h>

/* Raise the error of a failed HDF5 call (negative result): "cannot <doing> <path>: <innermost cause>". */
#define H5Check(result, path, doing)                                                                                   \
  do {                                                                                                                 \
    if ((result) < 0) {                                                                                                \
      PetscCall(Hdf5Fail(path, doing));                                                                                \
    }                                                                                                                  \
  } while (0)
PetscErrorCode Hdf5Fail(const char *path, const char *doing);

/* A new file; an old one of that name is lost. */
PetscErrorCode Hdf5Create(const char *path, hid_t *file);
/* To change an existing file. swmr: readers may have it open meanwhile, datasets can only grow. */
PetscErrorCode Hdf5OpenToWrite(const char *path, PetscBool swmr, hid_t *file);
/* The same with swmr; negative, without an error, when it cannot be had. */
hid_t Hdf5TryOpenToAppend(const char *path);
/* After a writer was killed, the file still says that it is being written: take that mark away. Nobody may be writing.
 */
PetscErrorCode Hdf5Recover(const char *path);
/* Read only; negative, without an error, when it is missing or damaged. */
hid_t Hdf5TryOpen(const char *path);

/* Readers for files that may be damaged, or made by somebody else: class and extent of what is stored are looked at
   before anything is read, so that nothing is written past the end of the destination. false, without an error, if it
   is missing or not as expected. */
bool Hdf5ReadNumber(hid_t object, const char *name, uint64_t *value); /* attribute: one integer */
bool Hdf5ReadText(hid_t object, const char *name, char text[],
                  size_t size); /* attribute: one text, shorter than size */
bool Hdf5ReadArray(hid_t location, const char *name, hid_t type,
                   hsize_t count, /* dataset: `count` numbers, any shape */
                   void *values);

/* A group that keeps its (few) entries in its own header: quicker to write and to open. */
PetscErrorCode Hdf5CreateGroup(hid_t location, const char *path, const char *name, hid_t *group);
/* Create a dataset of its final size, write it, and close it (dataset NULL) or return it for attributes. Stored
 * little-endian. */
PetscErrorCode Hdf5Write(hid_t location, const char *path, const char *name, hid_t type, int rank, const hsize_t dims[],
                         const void *values, hid_t *dataset);
PetscErrorCode Hdf5WriteText(hid_t location, const char *path, const char *name, const char *text);
PetscErrorCode Hdf5AttributeText(hid_t object, const char *path, const char *name, const char *text);
PetscErrorCode Hdf5AttributeNumbers(hid_t object, const char *path, const char *name, hid_t type, hsize_t count,
                                    const void *values);

#endif
