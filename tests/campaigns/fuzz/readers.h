/* libFuzzer's two functions. */
#ifndef LISEI_READERS_H
#define LISEI_READERS_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
