#include "history_csv.h"

#include "number_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _p_HistoryCsv {
  int file;
  char path[PETSC_MAX_PATH_LEN];
  PetscInt columns;
  char *line; /* room for a row */
};

static PetscErrorCode Write(HistoryCsv csv, const char *text, size_t length) {
  PetscFunctionBeginUser;
  while (length > 0) {
    ssize_t written = write(csv->file, text, length);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    PetscCheck(written > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write %s: %s", csv->path, strerror(errno));
    text += written;
    length -= (size_t)written;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Open(const char *path, int flags, PetscInt columns, HistoryCsv *csv) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(csv));
  PetscCall(PetscStrncpy((*csv)->path, path, sizeof(*csv)->path));
  (*csv)->columns = columns;
  PetscCall(PetscMalloc1((size_t)columns * (NUMBER_TEXT_LENGTH + 1), &(*csv)->line));
  (*csv)->file = open(path, flags | O_CLOEXEC, 0666);
  if ((*csv)->file < 0) {
    PetscCall(PetscFree((*csv)->line));
    PetscCall(PetscFree(*csv));
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot open %s for writing: %s", path, strerror(errno));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCsvCreate(const char *path, const char *title, const char *version, PetscInt count,
                                const HistoryField columns[], HistoryCsv *csv) {
  char text[16384], one_line[512];
  size_t length;

  PetscFunctionBeginUser;
  PetscCall(Open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, count, csv));
  PetscCall(PetscStrncpy(one_line, title ? title : "", sizeof one_line));
  one_line[strcspn(one_line, "\r\n")] = '\0';
  PetscCall(PetscSNPrintf(
      text, sizeof text,
      "# lisei %s, lisei_format %s: %s\n"
      "# %s\n"
      "# pandas.read_csv(file, comment='#') or numpy.genfromtxt(file, delimiter=',', names=True, skip_header=3)\n",
      version, LISEI_FORMAT, one_line, HISTORY_SIGN_CONVENTION));
  for (PetscInt column = 0; column < count; column++) {
    PetscCall(PetscStrlen(text, &length));
    PetscCall(PetscSNPrintf(text + length, sizeof text - length, "%s%s [%s]", column ? "," : "", columns[column].name,
                            columns[column].unit));
  }
  PetscCall(PetscStrlen(text, &length));
  PetscCheck(length + 2 < sizeof text, PETSC_COMM_SELF, PETSC_ERR_PLIB, "the head of %s is too long", path);
  text[length++] = '\n';
  PetscCall(Write(*csv, text, length));
  PetscFunctionReturn(0);
}

/* Offset behind the last of at most `rows` complete data lines. */
static PetscErrorCode FindEnd(const char *path, PetscInt rows, PetscInt *kept, off_t *end) {
  FILE *stream = fopen(path, "r");
  int c, head = 1, comment = 0, at_start = 1;
  off_t offset = 0;

  PetscFunctionBeginUser;
  *kept = 0;
  *end = 0;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot read %s: %s", path, strerror(errno));
  while (*kept < rows || head) {
    c = getc(stream);
    if (c == EOF) {
      break;
    }
    offset++;
    if (at_start) {
      comment = c == '#';
    }
    at_start = c == '\n';
    if (at_start) {
      *end = offset;
      if (!comment) {
        *kept += !head;
        head = 0; /* the first line that is no comment holds the names */
      }
    }
  }
  fclose(stream);
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCsvReopen(const char *path, PetscInt rows, PetscInt columns, PetscInt *kept, HistoryCsv *csv) {
  struct stat status;
  off_t end;

  PetscFunctionBeginUser;
  *csv = NULL;
  *kept = -1;
  if (stat(path, &status) && errno == ENOENT) {
    PetscFunctionReturn(0);
  }
  PetscCall(FindEnd(path, rows, kept, &end));
  if (!end) { /* not even a head */
    *kept = -1;
    PetscFunctionReturn(0);
  }
  PetscCheck(truncate(path, end) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot shorten %s: %s", path,
             strerror(errno));
  PetscCall(Open(path, O_WRONLY | O_APPEND, columns, csv));
  PetscFunctionReturn(0);
}

/* A row as text in csv->line; `stride` numbers lie between its columns. */
static size_t Line(HistoryCsv csv, const double row[], size_t stride) {
  size_t length = 0;

  for (PetscInt column = 0; column < csv->columns; column++) {
    length += (size_t)NumberText(row[(size_t)column * stride], csv->line + length);
    csv->line[length++] = column + 1 < csv->columns ? ',' : '\n';
  }
  return length;
}

PetscErrorCode HistoryCsvAppend(HistoryCsv csv, const double row[]) {
  const size_t length = Line(csv, row, 1);

  PetscFunctionBeginUser;
  PetscCall(Write(csv, csv->line, length));
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCsvCompare(HistoryCsv csv, PetscInt kept, const double columns[], PetscInt rows, PetscInt *same) {
  FILE *stream = fopen(csv->path, "r");
  char *line = NULL;
  size_t size = 0;
  ssize_t length = 0;
  off_t end = 0;
  PetscBool head = PETSC_TRUE, good = PETSC_TRUE;

  PetscFunctionBeginUser;
  *same = 0;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot read %s: %s", csv->path, strerror(errno));
  while (good && *same < kept && (length = getline(&line, &size, stream)) > 0) {
    if (head || line[0] == '#') {
      head = line[0] == '#' ? head : PETSC_FALSE; /* the first line that is no comment holds the names */
    } else {
      good = (size_t)length == Line(csv, columns + *same, (size_t)rows) && !memcmp(line, csv->line, (size_t)length)
                 ? PETSC_TRUE
                 : PETSC_FALSE;
      *same += good ? 1 : 0;
    }
    end += good ? (off_t)length : 0;
  }
  free(line);
  fclose(stream);
  if (*same < kept) {
    PetscCall(PetscFPrintf(PETSC_COMM_SELF, stderr,
                           "lisei: note: row %" PetscInt_FMT
                           " of %s is not the one that was written; it and the rows after it are "
                           "restored from history.h5\n",
                           *same + 1, csv->path));
    PetscCheck(truncate(csv->path, end) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot shorten %s: %s", csv->path,
               strerror(errno));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCsvSync(HistoryCsv csv) {
  PetscFunctionBeginUser;
  PetscCheck(!fsync(csv->file) || errno == EINVAL, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "cannot bring %s to the disk: %s", csv->path, strerror(errno));
  PetscFunctionReturn(0);
}

PetscErrorCode HistoryCsvDestroy(HistoryCsv *csv) {
  PetscFunctionBeginUser;
  if (*csv) {
    PetscCheck(close((*csv)->file) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot close %s: %s", (*csv)->path,
               strerror(errno));
    PetscCall(PetscFree((*csv)->line));
    PetscCall(PetscFree(*csv));
  }
  PetscFunctionReturn(0);
}
