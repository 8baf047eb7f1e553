/* A fingerprint of texts, 128 bits: FNV-1a from two starts and with two primes; what one misses the other catches. */
#ifndef LISEI_TEXT_HASH_H
#define LISEI_TEXT_HASH_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
  uint64_t first, second;
} TextHash;

static const TextHash TextHashStart = {UINT64_C(0xcbf29ce484222325), UINT64_C(0x9e3779b97f4a7c15)};

/* The closing zero counts, so that "a", "bc" is not "ab", "c". */
static inline void TextHashAdd(TextHash *hash, const char *text) {
  const unsigned char *byte = (const unsigned char *)text;

  do {
    hash->first = (hash->first ^ *byte) * UINT64_C(0x100000001b3);
    hash->second = (hash->second ^ *byte ^ (hash->second >> 47)) * UINT64_C(0xc6a4a7935bd1e995);
  } while (*byte++);
}

static inline void TextHashPrint(const TextHash *hash, char text[33]) {
  (void)snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, hash->first, hash->second);
}

#endif
