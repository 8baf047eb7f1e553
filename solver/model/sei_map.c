#include "sei_map.h"
#include "../../io/input/grey_image.h"
#include <math.h>
#include <string.h>

static const char *const grey_keys[PHASE_MAP_PHASES] = {"sei.block.map.li3p_grey", "sei.block.map.li2s_grey",
                                                        "sei.block.map.licl_grey", "sei.block.map.pore_grey"};

static PetscErrorCode Say(Deck deck, const char *key, Diagnostics diagnostics, const char *message) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  PetscCheck(diagnostics, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s", message);
  DeckWhere(deck, key, &file, &line);
  PetscCall(DiagnosticsAdd(diagnostics, file, line, key, "%s", message));
  PetscFunctionReturn(0);
}

/* Grey values into phases; the first that stands for none is an error. */
static PetscErrorCode Translate(Deck deck, Diagnostics diagnostics, const GreyImage *image, PhaseMap *map) {
  char message[256];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(image->columns * image->rows, &map->phase));
  for (size_t n = 0; n < image->columns * image->rows; n++) {
    int phase = -1;
    for (int k = 0; k < PHASE_MAP_PHASES; k++) {
      if (DeckIsSet(deck, grey_keys[k]) && DeckInteger(deck, grey_keys[k]) == (PetscInt)image->value[n]) {
        phase = k;
      }
    }
    if (phase < 0) {
      (void)snprintf(message, sizeof message,
                     "the grey value %u at column %zu, row %zu (from 0) stands for no phase: give it to li3p_grey, "
                     "li2s_grey, licl_grey or pore_grey",
                     (unsigned)image->value[n], n % image->columns, n / image->columns);
      PetscCall(PetscFree(map->phase));
      PetscCall(Say(deck, "sei.block.map.file", diagnostics, message));
      PetscFunctionReturn(0);
    }
    map->phase[n] = (unsigned char)phase;
  }
  PetscFunctionReturn(0);
}

/* Does the map fit the film and reach the rim of the contact? */
static PetscErrorCode CheckShape(Deck deck, Diagnostics diagnostics, PhaseMap *map) {
  const double thickness = DeckReal(deck, "sei.thickness"), radius = 0.5 * DeckReal(deck, "contact.diameter");
  const double high = (double)map->rows * map->pixel[1], wide = (double)map->columns * map->pixel[0];
  char message[320];

  PetscFunctionBeginUser;
  if (fabs(high - thickness) > 0.5 * map->pixel[1]) {
    (void)snprintf(
        message, sizeof message,
        "%zu rows of %.4g nm are %.6g nm high, but the SEI is %.6g nm thick (sei.thickness): rows go from the "
        "lithium to the electrolyte and must fill it within half a pixel",
        map->rows, 1e9 * map->pixel[1], 1e9 * high, 1e9 * thickness);
    PetscCall(PetscFree(map->phase));
    PetscCall(Say(deck, "sei.block.map.file", diagnostics, message));
  } else if (map->beyond == MAP_ENDS && wide < radius * (1.0 - 1e-9)) {
    (void)snprintf(
        message, sizeof message,
        "%zu columns of %.4g nm are %.6g nm wide, but the contact has a radius of %.6g nm: give a wider map, or "
        "sei.block.map.beyond mirror or repeat",
        map->columns, 1e9 * map->pixel[0], 1e9 * wide, 1e9 * radius);
    PetscCall(PetscFree(map->phase));
    PetscCall(Say(deck, "sei.block.map.file", diagnostics, message));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiMapRead(Deck deck, Diagnostics diagnostics, PhaseMap *map) {
  const double pixel = DeckReal(deck, "sei.block.map.pixel"), high = DeckReal(deck, "sei.block.map.pixel_height");
  GreyImage image = {0};
  char *path, wrong[GREY_IMAGE_MESSAGE];

  PetscFunctionBeginUser;
  *map = (PhaseMap){.pixel = {pixel, high > 0.0 ? high : pixel},
                    .beyond = (PhaseMapBeyond)DeckChoice(deck, "sei.block.map.beyond")};
  PetscCall(DeckPath(deck, "sei.block.map.file", &path));
  PetscCall(GreyImageRead(path, DeckText(deck, "sei.block.map.dataset"), &image, wrong));
  PetscCall(PetscFree(path));
  if (wrong[0]) {
    PetscCall(Say(deck, "sei.block.map.file", diagnostics, wrong));
    PetscFunctionReturn(0);
  }
  map->columns = image.columns;
  map->rows = image.rows;
  PetscCall(Translate(deck, diagnostics, &image, map));
  if (map->phase) {
    PetscCall(CheckShape(deck, diagnostics, map));
  }
  PetscCall(PetscFree(image.value));
  PetscFunctionReturn(0);
}
