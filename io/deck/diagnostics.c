#include "diagnostics.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *file; /* NULL: the command line, or no file in particular */
  int line;
  char *text; /* the whole message */
} Message;

struct Diagnostics_ {
  PetscInt count, capacity;
  Message *message; /* sorted by file and line; in order of arrival where these are equal */
};

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
    PetscCall(PetscFree((*diagnostics)->message[i].file));
    PetscCall(PetscFree((*diagnostics)->message[i].text));
  }
  PetscCall(PetscFree((*diagnostics)->message));
  PetscCall(PetscFree(*diagnostics));
  PetscFunctionReturn(0);
}

/* Does a come after b? */
static bool After(const Message *a, const Message *b) {
  const int order = strcmp(a->file ? a->file : "", b->file ? b->file : "");
  return order > 0 || (order == 0 && a->line > b->line);
}

static PetscErrorCode Insert(Diagnostics diagnostics, const Message *message) {
  PetscInt place = diagnostics->count;

  PetscFunctionBeginUser;
  if (diagnostics->count == diagnostics->capacity) {
    diagnostics->capacity = 2 * diagnostics->capacity + 16;
    PetscCall(PetscRealloc((size_t)diagnostics->capacity * sizeof(Message), &diagnostics->message));
  }
  for (; place > 0 && After(&diagnostics->message[place - 1], message); place--) {
    diagnostics->message[place] = diagnostics->message[place - 1];
  }
  diagnostics->message[place] = *message;
  diagnostics->count++;
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
  for (PetscInt i = 0; i < diagnostics->count; i++) {
    if (!strcmp(diagnostics->message[i].text, message.text)) { /* a repeated step is wrong every time */
      PetscCall(PetscFree(message.text));
      PetscFunctionReturn(0);
    }
  }
  if (file) {
    PetscCall(PetscStrallocpy(file, &message.file));
  }
  PetscCall(Insert(diagnostics, &message));
  PetscFunctionReturn(0);
}

PetscInt DiagnosticsCount(Diagnostics diagnostics) {
  return diagnostics->count;
}

const char *DiagnosticsMessage(Diagnostics diagnostics, PetscInt index) {
  return index >= 0 && index < diagnostics->count ? diagnostics->message[index].text : "";
}

PetscErrorCode DiagnosticsPrint(Diagnostics diagnostics, FILE *stream) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < diagnostics->count; i++) {
    (void)fprintf(stream, "%s\n", diagnostics->message[i].text);
  }
  (void)fprintf(stream, "%" PetscInt_FMT " error%s\n", diagnostics->count, diagnostics->count == 1 ? "" : "s");
  PetscFunctionReturn(0);
}
