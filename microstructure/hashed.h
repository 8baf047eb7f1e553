/* Numbers that depend on a seed and an index only, so that what is drawn with them is the same on any grid, in any
   order and on any number of processes. */
#ifndef LISEI_HASHED_H
#define LISEI_HASHED_H

#include <stdint.h>

/* The finaliser of splitmix64 (doi:10.1145/2714064.2660195). */
static inline uint64_t hashed_bits(uint64_t seed, uint64_t index) {
  uint64_t z = seed * 0x9e3779b97f4a7c15U + (index + 1U) * 0xbf58476d1ce4e5b9U;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/* In [0, 1). */
static inline double hashed_uniform(uint64_t seed, uint64_t index) {
  return (double)(hashed_bits(seed, index) >> 11) * 0x1.0p-53;
}

#endif
