/* A decimal number at the start of a text: what a deck and a CSV file accept. Not accepted: nan, inf, hexadecimal. */
#ifndef LISEI_NUMBER_H
#define LISEI_NUMBER_H

#include <stdbool.h>

enum { NUMBER_LENGTH = 64 };

/* Copy the number that `text` starts with and point `rest` behind it and the blanks that follow; false if there is
 * none. */
bool NumberSplit(const char *text, char number[NUMBER_LENGTH], const char **rest);

#endif
