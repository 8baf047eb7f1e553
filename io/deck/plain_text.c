#include "plain_text.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What stands for what. */
typedef struct {
  unsigned first, last; /* Unicode numbers */
  char plain;           /* a digit: of the first, the next ones follow */
  bool raised;          /* a part of a power */
  bool stays;           /* not replaced in numbers */
  const char *name, *instead;
} Likeness;

static const Likeness likenesses[] = {
    {0x00A0, 0x00A0, ' ', false, false, "a no-break space", "a blank"},
    {0x1680, 0x1680, ' ', false, false, "a blank of another width", "a blank"},
    {0x2000, 0x200A, ' ', false, false, "a blank of another width", "a blank"},
    {0x202F, 0x202F, ' ', false, false, "a narrow no-break space", "a blank"},
    {0x205F, 0x205F, ' ', false, false, "a blank of another width", "a blank"},
    {0x3000, 0x3000, ' ', false, false, "a blank of another width", "a blank"},
    {0x200B, 0x200F, 0, false, true, "an invisible character", "nothing"},
    {0x2060, 0x2060, 0, false, true, "an invisible character", "nothing"},
    {0x00AD, 0x00AD, 0, false, true, "a soft hyphen", "'-' or nothing"},
    {0xFEFF, 0xFEFF, 0, false, true, "a byte-order mark", "nothing"},
    {0x2212, 0x2212, '-', false, false, "a minus sign", "'-'"},
    {0x2010, 0x2015, '-', false, false, "a dash", "'-'"},
    {0xFE63, 0xFE63, '-', false, false, "a minus sign", "'-'"},
    {0xFF0D, 0xFF0D, '-', false, false, "a wide minus sign", "'-'"},
    {0x207B, 0x207B, '-', true, false, "a raised minus sign", "'-'"},
    {0x207A, 0x207A, '+', true, false, "a raised plus sign", "'+'"},
    {0x2070, 0x2070, '0', true, false, "a raised digit", "a digit"},
    {0x00B9, 0x00B9, '1', true, false, "a raised digit", "a digit"},
    {0x00B2, 0x00B3, '2', true, false, "a raised digit", "a digit"},
    {0x2074, 0x2079, '4', true, false, "a raised digit", "a digit"},
    {0xFF10, 0xFF19, '0', false, false, "a wide digit", "a digit"},
    {0x2018, 0x201B, '\'', false, true, "a curved quotation mark", "' or \""},
    {0x201C, 0x201F, '"', false, true, "a curved quotation mark", "\" or '"},
    {0xFF1A, 0xFF1A, ':', false, true, "a wide colon", "':'"},
    {0xFF0C, 0xFF0C, ',', false, true, "a wide comma", "','"},
};

/* The Unicode character at `text` and its length in bytes; what is not UTF-8 is one byte. */
static unsigned Character(const char *text, size_t *length) {
  const unsigned char *byte = (const unsigned char *)text;
  const unsigned lead = byte[0];
  const size_t more = lead >= 0xF0 ? 3 : (lead >= 0xE0 ? 2 : (lead >= 0xC0 ? 1 : 0));
  unsigned code = more ? lead & (0x3FU >> more) : lead;

  *length = 1;
  for (size_t k = 1; k <= more; k++) {
    if ((byte[k] & 0xC0) != 0x80) {
      return 0xFFFD;
    }
    code = (code << 6) | (byte[k] & 0x3FU);
  }
  *length = 1 + more;
  return code;
}

static const Likeness *Find(unsigned code) {
  for (size_t k = 0; k < sizeof(likenesses) / sizeof(likenesses[0]); k++) {
    if (code >= likenesses[k].first && code <= likenesses[k].last) {
      return &likenesses[k];
    }
  }
  return NULL;
}

/* "1.65 × 10^-3 S" becomes "1.65e-3 S": behind the number a sign of multiplication, 10 and a power. In place. */
static void JoinPowerOfTen(char *plain) {
  static const char *const signs[] = {"\u00d7", "\u00b7", "\u22c5", "*", "x"};
  char *number = plain + strspn(plain, " +-"), *end = number + strspn(number, "0123456789."), *power = NULL;

  power = end + strspn(end, " ");
  for (size_t k = 0; end > number && k < sizeof(signs) / sizeof(signs[0]); k++) {
    const size_t length = strlen(signs[k]);
    char *ten = power + length;
    if (strncmp(power, signs[k], length) != 0) {
      continue;
    }
    ten += strspn(ten, " ");
    if (!strncmp(ten, "10^", 3) && isdigit((unsigned char)ten[3 + (ten[3] == '-' || ten[3] == '+')])) {
      *end = 'e';
      memmove(end + 1, ten + 3, strlen(ten + 3) + 1);
    }
    return;
  }
}

bool PlainNumber(const char *text, char plain[], size_t size) {
  size_t used = 0, length;
  bool power = false;

  for (const char *c = text; *c; c += length) {
    const unsigned code = Character(c, &length);
    const Likeness *likeness = code < 0x80 ? NULL : Find(code);
    const bool replaced = likeness && !likeness->stays;
    if (used + length + 2 > size) {
      return false;
    }
    if (!replaced) {
      memcpy(plain + used, c, length);
      used += length;
    } else {
      if (likeness->raised && !power && !(used && strchr("+-^", plain[used - 1]))) {
        plain[used++] = '^';
      }
      plain[used++] =
          (char)(likeness->plain + (isdigit((unsigned char)likeness->plain) ? (int)(code - likeness->first) : 0));
    }
    power = replaced && likeness->raised;
  }
  plain[used] = '\0';
  JoinPowerOfTen(plain);
  return true;
}

void PlainComplaint(const char *text, size_t length, char complaint[], size_t size) {
  size_t step;

  complaint[0] = '\0';
  for (size_t at = 0; at < length && text[at]; at += step) {
    const unsigned code = Character(text + at, &step);
    const Likeness *likeness = code < 0x80 ? NULL : Find(code);
    if (likeness) {
      (void)snprintf(complaint, size, " (here is %s, U+%04X: type %s)", likeness->name, code, likeness->instead);
      return;
    }
  }
}
