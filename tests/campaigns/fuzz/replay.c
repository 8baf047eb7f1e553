/* Without libFuzzer: every file of the folders given, as it is and with some random damage. replay COUNT DIR... */
#include "readers.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 17 };

static unsigned seed = 1;

static size_t Random(size_t below) {
  seed = seed * 1664525U + 1013904223U;
  return (size_t)(seed >> 8) % below;
}

static void Damage(uint8_t *data, size_t *size) {
  for (size_t k = 1 + Random(4); k > 0 && *size > 0; k--) {
    const size_t at = Random(*size);
    switch (Random(4)) {
    case 0:
      data[at] ^= (uint8_t)(1U << Random(8));
      break;
    case 1:
      data[at] = (uint8_t)Random(256);
      break;
    case 2:
      *size = at;
      break;
    default: { /* a piece over another */
      const size_t from = Random(*size), longest = *size - (at > from ? at : from);
      memmove(data + at, data + from, 1 + Random(longest));
    }
    }
  }
}

static void Replay(const char *path, int count) {
  static uint8_t data[MOST], damaged[MOST];
  FILE *stream = fopen(path, "rb");
  size_t size;

  if (!stream) {
    return;
  }
  size = fread(data, 1, MOST, stream);
  (void)fclose(stream);
  (void)LLVMFuzzerTestOneInput(data, size);
  for (int k = 0; k < count; k++) {
    size_t length = size;
    memcpy(damaged, data, size);
    Damage(damaged, &length);
    (void)LLVMFuzzerTestOneInput(damaged, length);
  }
}

int main(int argc, char **argv) {
  int files = 0;

  (void)LLVMFuzzerInitialize(&argc, &argv);
  for (int k = 2; k < argc; k++) {
    DIR *directory = opendir(argv[k]);
    for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
      char path[1024];
      (void)snprintf(path, sizeof path, "%s/%s", argv[k], entry->d_name);
      if (entry->d_name[0] != '.') {
        Replay(path, atoi(argv[1]));
        files++;
      }
    }
    if (directory) {
      (void)closedir(directory);
    }
  }
  return files ? 0 : 1;
}
