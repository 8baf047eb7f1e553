#include "diagnostics.h"
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *file; /* NULL: the command line, or no file in particular */
  int line;
  char *text; /* the whole message */
  PetscInt arrival;
} Message;

enum { MOST_SHOWN = 1000 }; /* of a deck that is wrong so often, more would only push the first ones out of sight */

struct Diagnostics_ {
  PetscInt count, capacity;
  Message *message;
  bool sorted; /* by file and line, and in order of arrival where these are equal */
  void *texts; /* a search tree of all texts, so that many messages do not take the square of their number */
};

static int CompareTexts(const void *a, const void *b) {
  return strcmp(a, b);
}

PetscErrorCode DiagnosticsCreate(Diagnostics *diagnostics) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode DiagnosticsDestroy(Diagnostics *diagnostics) {
  PetscFunctionBeginUser;
  if (!*diagnostics) {
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < (*diagnostics)->count; i++) {
    (void)tdelete((*diagnostics)->message[i].text, &(*diagnostics)->texts, CompareTexts);
    PetscCall(PetscFree((*diagnostics)->message[i].file));
    PetscCall(PetscFree((*diagnostics)->message[i].text));
  }
  PetscCall(PetscFree((*diagnostics)->message));
  PetscCall(PetscFree(*diagnostics));
  PetscFunctionReturn(0);
}

static int CompareMessages(const void *one, const void *other) {
  const Message *a = one, *b = other;
  const int order = strcmp(a->file ? a->file : "", b->file ? b->file : "");

  if (order) {
    return order;
  }
  return a->line != b->line ? (a->line > b->line) - (a->line < b->line)
                            : (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

static void Sort(Diagnostics diagnostics) {
  if (!diagnostics->sorted && diagnostics->count) {
    qsort(diagnostics->message, (size_t)diagnostics->count, sizeof(Message), CompareMessages);
  }
  diagnostics->sorted = true;
}

static PetscErrorCode Append(Diagnostics diagnostics, const Message *message) {
  PetscFunctionBeginUser;
  if (diagnostics->count == diagnostics->capacity) {
    diagnostics->capacity = 2 * diagnostics->capacity + 16;
    PetscCall(PetscRealloc((size_t)diagnostics->capacity * sizeof(Message), &diagnostics->message));
  }
  diagnostics->message[diagnostics->count] = *message;
  diagnostics->message[diagnostics->count].arrival = diagnostics->count;
  diagnostics->count++;
  diagnostics->sorted = false;
  PetscFunctionReturn(0);
}

PetscErrorCode DiagnosticsAdd(Diagnostics diagnostics, const char *file, int line, const char *key, const char *format,
                              ...) {
  Message message = {.line = file ? line : 0};
  char *buffer = NULL;
  size_t size = 0;
  FILE *text = NULL;
  va_list arguments;

  PetscFunctionBeginUser;
  text = open_memstream(&buffer, &size);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for an error message");
  if (file && line > 0) {
    (void)fprintf(text, "%s:%d: ", file, line);
  } else if (file) {
    (void)fprintf(text, "%s: ", file);
  }
  if (key) {
    (void)fprintf(text, "%s: ", key);
  }
  va_start(arguments, format);
  (void)vfprintf(text, format, arguments);
  va_end(arguments);
  PetscCheck(fclose(text) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for an error message");
  PetscCall(PetscStrallocpy(buffer, &message.text));
  free(buffer);
  {
    char *const *const known = tsearch(message.text, &diagnostics->texts, CompareTexts);
    PetscCheck(known, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for an error message");
    if (*known != message.text) { /* a repeated step is wrong every time */
      PetscCall(PetscFree(message.text));
      PetscFunctionReturn(0);
    }
  }
  if (file) {
    PetscCall(PetscStrallocpy(file, &message.file));
  }
  PetscCall(Append(diagnostics, &message));
  PetscFunctionReturn(0);
}

PetscInt DiagnosticsCount(Diagnostics diagnostics) {
  return diagnostics->count;
}

const char *DiagnosticsMessage(Diagnostics diagnostics, PetscInt index) {
  Sort(diagnostics);
  return index >= 0 && index < diagnostics->count ? diagnostics->message[index].text : "";
}

PetscErrorCode DiagnosticsPrint(Diagnostics diagnostics, FILE *stream) {
  PetscFunctionBeginUser;
  Sort(diagnostics);
  for (PetscInt i = 0; i < PetscMin(diagnostics->count, MOST_SHOWN); i++) {
    (void)fprintf(stream, "%s\n", diagnostics->message[i].text);
  }
  if (diagnostics->count > MOST_SHOWN) {
    (void)fprintf(stream, "... and %" PetscInt_FMT " more\n", diagnostics->count - MOST_SHOWN);
  }
  (void)fprintf(stream, "%" PetscInt_FMT " error%s\n", diagnostics->count, diagnostics->count == 1 ? "" : "s");
  PetscFunctionReturn(0);
}
