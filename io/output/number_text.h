/* Numbers as text, for files with many of them. */
#ifndef LISEI_NUMBER_TEXT_H
#define LISEI_NUMBER_TEXT_H

#define NUMBER_TEXT_LENGTH 32

/* Write `value` with as few digits (at most 17) as are needed to read back the same number; returns the length, without
   the closing zero. Five times faster than printf's %.17g. `text` holds NUMBER_TEXT_LENGTH characters. */
int NumberText(double value, char text[]);

#endif
