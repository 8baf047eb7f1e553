/* The command that repeats a sample as a single run. */
#include "../../io/output/number_text.h"
#include "study.h"
#include <math.h>
#include <stdlib.h>

/* As one word for a shell. */
static void Quoted(FILE *stream, const char *text) {
  (void)fputc('\'', stream);
  for (; *text; text++) {
    (void)fprintf(stream, *text == '\'' ? "'\\''" : "%c", *text);
  }
  (void)fputc('\'', stream);
}

static void Set(FILE *stream, const char *assignment) {
  (void)fputs(" --set ", stream);
  Quoted(stream, assignment);
}

/* The value of a limit as the search has given it to the run. */
static PetscErrorCode AssignLimit(Study study, double limit, PetscInt *count, DeckAssignment **assignments) {
  const StudyParameter *p = &study->limit->parameter;
  char text[NUMBER_TEXT_LENGTH + 192];

  PetscFunctionBeginUser;
  (void)NumberText(limit, text);
  if (strcmp(p->si, "1") != 0) {
    const size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, " %s", p->si);
  }
  PetscCall(StudyAssignLimit(study,
                             isnan(limit) || limit == p->least ? p->from
                             : limit == p->most                ? p->to
                                                               : text,
                             count, assignments));
  PetscFunctionReturn(0);
}

PetscErrorCode StudyCommand(Study study, PetscInt sample, double limit, char **text) {
  char *buffer = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&buffer, &size);
  DeckAssignment *assignments;
  PetscInt count;

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a command");
  (void)fputs("lisei run ", stream);
  Quoted(stream, study->base);
  (void)fprintf(stream, " --out sample-%d", (int)sample + 1);
  for (PetscInt k = 0; k < study->setting_count; k++) {
    Set(stream, study->settings[k]);
  }
  PetscCall(StudyAssign(study, sample, &count, &assignments));
  if (study->limit) {
    PetscCall(AssignLimit(study, limit, &count, &assignments));
  }
  for (PetscInt k = 0; k < count; k++) {
    Set(stream, assignments[k].text);
  }
  PetscCall(StudyFreeAssignments(count, &assignments));
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a command");
  PetscCall(PetscStrallocpy(buffer, text));
  free(buffer);
  PetscFunctionReturn(0);
}
