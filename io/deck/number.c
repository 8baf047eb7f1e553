#include "number.h"
#include <ctype.h>
#include <string.h>

static const char *Digits(const char *c, bool *some) {
  while (isdigit((unsigned char)*c)) {
    *some = true;
    c++;
  }
  return c;
}

bool NumberSplit(const char *text, char number[NUMBER_LENGTH], const char **rest) {
  const char *start = text, *end = NULL, *c = NULL;
  bool some = false, exponent = false;

  while (isspace((unsigned char)*start)) {
    start++;
  }
  c = start + (*start == '+' || *start == '-');
  c = Digits(c, &some);
  if (*c == '.') {
    c = Digits(c + 1, &some);
  }
  if (!some) {
    return false;
  }
  end = c;
  if (*c == 'e' || *c == 'E') { /* an exponent, or the first letter of a unit ("1 eV" may be written 1eV) */
    c++;
    c = Digits(c + (*c == '+' || *c == '-'), &exponent);
    if (exponent) {
      end = c;
    }
  }
  if (end - start >= NUMBER_LENGTH) {
    return false;
  }
  memcpy(number, start, (size_t)(end - start));
  number[end - start] = '\0';
  while (isspace((unsigned char)*end)) {
    end++;
  }
  *rest = end;
  return true;
}
