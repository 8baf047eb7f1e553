/* Images of one grey value a pixel: PNG (libpng), TIFF (libtiff), a two-dimensional dataset of integers in HDF5. */
#ifndef LISEI_GREY_IMAGE_H
#define LISEI_GREY_IMAGE_H

#include <petscsys.h>
#include <stdint.h>

typedef struct {
  size_t columns, rows;
  uint16_t *value; /* columns*rows, the top row first; PetscFree */
} GreyImage;

enum { GREY_IMAGE_MESSAGE = 512 };

/* By the ending of the path: .png, .tif, .tiff, .h5, .hdf5 (there `dataset` names the data: rows, columns). `wrong` is
   "" or what is wrong with the file, and how to help. Indices of a palette are values as they are. */
PetscErrorCode GreyImageRead(const char *path, const char *dataset, GreyImage *image, char wrong[GREY_IMAGE_MESSAGE]);

#endif
