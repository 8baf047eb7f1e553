#include "grey_image.h"
#include <hdf5.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#ifdef LISEI_PNG
#include <png.h>
#endif
#ifdef LISEI_TIFF
#include <tiffio.h>
#endif

static const size_t most_pixels = (size_t)1 << 28;

static PetscErrorCode Allocate(size_t columns, size_t rows, GreyImage *image, char *wrong) {
  PetscFunctionBeginUser;
  if (columns == 0 || rows == 0 || columns > most_pixels / rows) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "%zu x %zu pixels: from 1 to %zu can be read", columns, rows,
                   most_pixels);
    PetscFunctionReturn(0);
  }
  image->columns = columns;
  image->rows = rows;
  PetscCall(PetscMalloc1(columns * rows, &image->value));
  PetscFunctionReturn(0);
}

/* --- PNG ---------------------------------------------------------------------------------------------------------- */

#ifdef LISEI_PNG
typedef struct {
  jmp_buf back;
  char *wrong;
} PngTrap;

static void PngFailed(png_structp png, png_const_charp message) {
  PngTrap *trap = png_get_error_ptr(png);

  (void)snprintf(trap->wrong, GREY_IMAGE_MESSAGE, "cannot be read as PNG: %s", message);
  longjmp(trap->back, 1);
}

static void PngWarned(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

/* Between PngFailed's longjmp and its setjmp stand only libpng's own frames and these two, which own nothing. */
static PetscErrorCode PngPixels(png_structp png, png_infop info, GreyImage *image, char *wrong) {
  const int colour = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
  unsigned char *row;

  PetscFunctionBeginUser;
  if (colour != PNG_COLOR_TYPE_GRAY && colour != PNG_COLOR_TYPE_PALETTE) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "a PNG in colour or with transparency: one grey value a pixel is needed");
    PetscFunctionReturn(0);
  }
  if (png_get_interlace_type(png, info) != PNG_INTERLACE_NONE) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "an interlaced PNG: save it without interlacing");
    PetscFunctionReturn(0);
  }
  png_set_packing(png);
  png_read_update_info(png, info);
  PetscCall(Allocate(png_get_image_width(png, info), png_get_image_height(png, info), image, wrong));
  row = image->value ? (unsigned char *)png_malloc(png, png_get_rowbytes(png, info)) : NULL;
  for (size_t r = 0; row && r < image->rows; r++) {
    uint16_t *to = image->value + r * image->columns;
    png_read_row(png, row, NULL);
    for (size_t c = 0; c < image->columns; c++) {
      to[c] = (uint16_t)(depth == 16 ? row[2 * c] * 256U + row[2 * c + 1] : row[c]);
    }
  }
  png_free(png, row);
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadPng(FILE *file, GreyImage *image, char *wrong) {
  PngTrap trap = {.wrong = wrong};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &trap, PngFailed, PngWarned);
  png_infop info = png ? png_create_info_struct(png) : NULL;

  PetscFunctionBeginUser;
  PetscCheck(info, PETSC_COMM_SELF, PETSC_ERR_MEM, "libpng has no memory");
  if (!setjmp(trap.back)) {
    png_init_io(png, file);
    png_read_info(png, info);
    PetscCall(PngPixels(png, info, image, wrong));
  }
  png_destroy_read_struct(&png, &info, NULL);
  PetscFunctionReturn(0);
}
#endif

/* --- TIFF --------------------------------------------------------------------------------------------------------- */

#ifdef LISEI_TIFF
static char tiff_error[256];

static void TiffFailed(const char *module, const char *format, va_list arguments) {
  (void)module;
  (void)vsnprintf(tiff_error, sizeof tiff_error, format, arguments);
}

static PetscErrorCode TiffPixels(TIFF *tiff, GreyImage *image, char *wrong) {
  uint32_t columns = 0, rows = 0;
  uint16_t bits = 1, samples = 1;
  unsigned char *row;

  PetscFunctionBeginUser;
  (void)TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
  (void)TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
  (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  if ((bits != 8 && bits != 16) || samples != 1 || TIFFIsTiled(tiff)) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE,
                   "a TIFF of %d samples a pixel of %d bits%s: one of 8 or 16 bits, in strips, is needed", samples,
                   bits, TIFFIsTiled(tiff) ? ", in tiles" : "");
    PetscFunctionReturn(0);
  }
  PetscCall(Allocate(columns, rows, image, wrong));
  row = _TIFFmalloc(TIFFScanlineSize(tiff));
  for (size_t r = 0; image->value && r < rows && !wrong[0]; r++) {
    uint16_t *to = image->value + r * columns;
    if (TIFFReadScanline(tiff, row, (uint32_t)r, 0) < 0) {
      (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "row %zu cannot be read as TIFF: %s", r, tiff_error);
    }
    for (size_t c = 0; c < columns && !wrong[0]; c++) {
      to[c] = bits == 16 ? ((const uint16_t *)(const void *)row)[c] : row[c];
    }
  }
  _TIFFfree(row);
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadTiff(const char *path, GreyImage *image, char *wrong) {
  TIFF *tiff;

  PetscFunctionBeginUser;
  (void)TIFFSetErrorHandler(TiffFailed);
  (void)TIFFSetWarningHandler(NULL);
  tiff = TIFFOpen(path, "r");
  if (!tiff) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "cannot be read as TIFF: %s", tiff_error);
    PetscFunctionReturn(0);
  }
  PetscCall(TiffPixels(tiff, image, wrong));
  TIFFClose(tiff);
  PetscFunctionReturn(0);
}
#endif

/* --- HDF5 --------------------------------------------------------------------------------------------------------- */

static PetscErrorCode HdfPixels(hid_t data, const char *dataset, GreyImage *image, char *wrong) {
  const hid_t space = H5Dget_space(data), type = H5Dget_type(data);
  hsize_t size[2] = {0, 0};
  long long *value;

  PetscFunctionBeginUser;
  if (H5Sget_simple_extent_ndims(space) != 2 || H5Tget_class(type) != H5T_INTEGER) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "the dataset '%s' is not of integers in two dimensions (rows, columns)",
                   dataset);
  } else {
    (void)H5Sget_simple_extent_dims(space, size, NULL);
    PetscCall(Allocate((size_t)size[1], (size_t)size[0], image, wrong));
  }
  if (image->value) {
    PetscCall(PetscMalloc1(image->columns * image->rows, &value));
    if (H5Dread(data, H5T_NATIVE_LLONG, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) < 0) {
      (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "the dataset '%s' cannot be read", dataset);
    }
    for (size_t n = 0; n < image->columns * image->rows && !wrong[0]; n++) {
      image->value[n] = (uint16_t)value[n];
      if (value[n] < 0 || value[n] > 65535) {
        (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "the dataset '%s' holds %lld: 0 to 65535 stand for phases", dataset,
                       value[n]);
      }
    }
    PetscCall(PetscFree(value));
  }
  (void)H5Tclose(type);
  (void)H5Sclose(space);
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadHdf(const char *path, const char *dataset, GreyImage *image, char *wrong) {
  H5E_auto2_t report;
  void *context;
  hid_t file, data = -1;

  PetscFunctionBeginUser;
  (void)H5Eget_auto2(H5E_DEFAULT, &report, &context);
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "cannot be read as HDF5");
  } else {
    data = H5Dopen2(file, dataset, H5P_DEFAULT);
    if (data < 0) {
      (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "there is no dataset '%s' in it (sei.block.map.dataset)", dataset);
    } else {
      PetscCall(HdfPixels(data, dataset, image, wrong));
      (void)H5Dclose(data);
    }
    (void)H5Fclose(file);
  }
  (void)H5Eset_auto2(H5E_DEFAULT, report, context);
  PetscFunctionReturn(0);
}

/* --- by ending ---------------------------------------------------------------------------------------------------- */

static bool EndsIn(const char *path, const char *one, const char *other) {
  const char *dot = strrchr(path, '.');

  return dot && (!strcmp(dot, one) || !strcmp(dot, other));
}

static PetscErrorCode ReadKind(const char *path, FILE *file, const char *dataset, GreyImage *image, char *wrong) {
  PetscFunctionBeginUser;
  if (EndsIn(path, ".png", ".PNG")) {
#ifdef LISEI_PNG
    PetscCall(ReadPng(file, image, wrong));
#else
    (void)file;
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE,
                   "this lisei was built without libpng: save the map as HDF5, or build with it");
#endif
  } else if (EndsIn(path, ".tif", ".tiff")) {
#ifdef LISEI_TIFF
    PetscCall(ReadTiff(path, image, wrong));
#else
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE,
                   "this lisei was built without libtiff: save the map as HDF5, or build with it");
#endif
  } else if (EndsIn(path, ".h5", ".hdf5")) {
    PetscCall(ReadHdf(path, dataset, image, wrong));
  } else {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "a map ends in .png, .tif, .tiff, .h5 or .hdf5, not as '%s'", path);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode GreyImageRead(const char *path, const char *dataset, GreyImage *image, char wrong[GREY_IMAGE_MESSAGE]) {
  FILE *file = fopen(path, "rb");

  PetscFunctionBeginUser;
  *image = (GreyImage){0};
  wrong[0] = '\0';
  if (!file) {
    (void)snprintf(wrong, GREY_IMAGE_MESSAGE, "there is no file '%s' that can be read", path);
    PetscFunctionReturn(0);
  }
  PetscCall(ReadKind(path, file, dataset, image, wrong));
  (void)fclose(file);
  if (wrong[0]) {
    PetscCall(PetscFree(image->value));
  }
  PetscFunctionReturn(0);
}
