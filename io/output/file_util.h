/* Whole files at once: a reader sees the old file or the new one, never half of either. */
#ifndef LISEI_FILE_UTIL_H
#define LISEI_FILE_UTIL_H

#include <petscsys.h>

/* Give the complete file `temporary` its name. sync: both the file and its folder reach the disk first (slow; survives
 * a power cut). */
PetscErrorCode FileReplace(const char *temporary, const char *path, PetscBool sync);
/* Bring what has been written to a file to the disk. */
PetscErrorCode FileSync(const char *path);
/* Write `text` to `path` by way of `path`.part. */
PetscErrorCode FileWriteText(const char *path, const char *text, size_t length);
/* Create a folder in one that exists; if it exists already that is fine. */
PetscErrorCode FileMakeFolder(const char *path);
/* Create a folder and those above it: `mkdir -p`. 0, or the system's error number. */
int FileMakeFolders(const char *path);

#endif
