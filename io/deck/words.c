#include "words.h"
#include <ctype.h>
#include <string.h>

PetscInt WordIndex(const char *choices, const char *word) {
  const size_t length = strlen(word);
  PetscInt index = 0;

  for (const char *c = choices; c && *c; index++) {
    const size_t here = strcspn(c, "|");
    if (here == length && !strncmp(c, word, length)) {
      return index;
    }
    c += here + (c[here] == '|');
  }
  return -1;
}

PetscInt WordCount(const char *choices) {
  PetscInt count = choices && *choices ? 1 : 0;

  for (const char *c = choices; c && *c; c++) {
    count += *c == '|';
  }
  return count;
}

void WordCopy(const char *choices, PetscInt index, char *word, size_t size) {
  const char *c = choices ? choices : "";
  size_t length;

  for (; index > 0; index--) {
    c += strcspn(c, "|");
    c += *c == '|';
  }
  length = strcspn(c, "|");
  if (length >= size) {
    length = size - 1;
  }
  memcpy(word, c, length);
  word[length] = '\0';
}

void WordList(const char *choices, char *text, size_t size) {
  const PetscInt count = WordCount(choices);
  size_t used = 0;

  text[0] = '\0';
  for (PetscInt i = 0; i < count && used < size; i++) {
    char word[128];
    const char *joint = i == 0 ? "" : (i == count - 1 ? " or " : ", ");
    WordCopy(choices, i, word, sizeof(word));
    used += (size_t)snprintf(text + used, size - used, "%s%s", joint, word);
  }
}

PetscInt EditDistance(const char *a, const char *b) {
  enum { LONGEST = 63 };
  PetscInt row[3][LONGEST + 1];
  const size_t n = strlen(a), m = strlen(b);

  if (n > LONGEST || m > LONGEST) {
    return (PetscInt)(n > m ? n : m);
  }
  for (size_t j = 0; j <= m; j++) {
    row[0][j] = (PetscInt)j;
  }
  for (size_t i = 1; i <= n; i++) {
    PetscInt *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
    now[0] = (PetscInt)i;
    for (size_t j = 1; j <= m; j++) {
      const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
      PetscInt best = last[j - 1] + (x != y);
      if (last[j] + 1 < best) {
        best = last[j] + 1;
      }
      if (now[j - 1] + 1 < best) {
        best = now[j - 1] + 1;
      }
      if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && tolower((unsigned char)a[i - 2]) == y &&
          before[j - 2] + 1 < best) {
        best = before[j - 2] + 1;
      }
      now[j] = best;
    }
  }
  return row[n % 3][m];
}

bool IsTypo(const char *wrong, PetscInt distance) {
  const PetscInt length = (PetscInt)strlen(wrong);
  return distance <= (length < 3 ? 1 : (length < 7 ? 2 : length / 3));
}

void PathJoin(const char *group, const char *name, char path[PATH_LENGTH]) {
  (void)snprintf(path, PATH_LENGTH, "%s%s%s", group, group[0] ? "." : "", name);
}

const char *PathBelow(const char *path, const char *group) {
  const size_t length = strlen(group);

  if (!length) {
    return path;
  }
  return !strncmp(path, group, length) && path[length] == '.' ? path + length + 1 : NULL;
}

bool IsNumberWithUnit(const Parameter *declaration) {
  return declaration->kind == PARAMETER_REAL || declaration->kind == PARAMETER_REAL_LIST;
}

bool IsList(const Parameter *declaration) {
  return declaration->kind == PARAMETER_REAL_LIST || declaration->kind == PARAMETER_CHOICE_LIST ||
         declaration->kind == PARAMETER_TEXT_LIST;
}

void WrapText(FILE *stream, const char *text, int indent) {
  int column = 0;

  for (const char *c = text; *c;) {
    const int length = (int)strcspn(c, " ");
    if (column > 0 && column + 1 + length > 100 - indent) {
      (void)fputc('\n', stream);
      column = 0;
    }
    if (column > 0) {
      column += fprintf(stream, " ");
    } else {
      (void)fprintf(stream, "%*s", indent, "");
    }
    column += fprintf(stream, "%.*s", length, c);
    c += length;
    c += *c == ' ';
  }
  (void)fputc('\n', stream);
}
