/* Characters that word processors, PDF files and web pages put in the place of those on a keyboard. */
#ifndef LISEI_PLAIN_TEXT_H
#define LISEI_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A number with its unit as it would be typed: "−1.65 × 10⁻³ S cm⁻¹" becomes "-1.65e-3 S cm^-1". Minus signs and
   hyphens, blanks of all widths, raised digits and powers of ten are known; other characters stay. false if it does not
   fit into `plain`. */
bool PlainNumber(const char *text, char plain[], size_t size);
/* Name the first of `length` bytes' characters that only looks like a plain one and say what to type, as an addition to
   a message: " (here is a no-break space, U+00A0: type a blank)"; "" if there is none. */
void PlainComplaint(const char *text, size_t length, char complaint[], size_t size);

#endif
