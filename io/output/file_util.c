#include "file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static PetscErrorCode SyncPath(const char *path, int flags) {
  int descriptor = open(path, flags | O_CLOEXEC);
  int failed;

  PetscFunctionBeginUser;
  PetscCheck(descriptor >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot open %s: %s", path, strerror(errno));
  failed = fsync(descriptor);
  /* Some file systems cannot sync a folder and say EINVAL; there is nothing more to be done then. */
  PetscCheck(!failed || errno == EINVAL, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot bring %s to the disk: %s", path,
             strerror(errno));
  close(descriptor);
  PetscFunctionReturn(0);
}

PetscErrorCode FileSync(const char *path) {
  PetscFunctionBeginUser;
  PetscCall(SyncPath(path, O_RDONLY));
  PetscFunctionReturn(0);
}

PetscErrorCode FileReplace(const char *temporary, const char *path, PetscBool sync) {
  PetscFunctionBeginUser;
  if (sync) {
    PetscCall(SyncPath(temporary, O_RDONLY));
  }
  PetscCheck(rename(temporary, path) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot rename %s to %s: %s",
             temporary, path, strerror(errno));
  if (sync) {
    char folder[PETSC_MAX_PATH_LEN];
    char *slash;
    PetscCall(PetscStrncpy(folder, path, sizeof folder));
    slash = strrchr(folder, '/');
    if (slash) {
      *slash = '\0';
    }
    PetscCall(SyncPath(slash ? folder : ".", O_RDONLY | O_DIRECTORY));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FileWriteText(const char *path, const char *text, size_t length) {
  char temporary[PETSC_MAX_PATH_LEN];
  FILE *stream;
  size_t written;
  int failed;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(temporary, sizeof temporary, "%s.part", path));
  stream = fopen(temporary, "w");
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot create %s: %s", temporary, strerror(errno));
  written = fwrite(text, 1, length, stream);
  failed = fclose(stream);
  PetscCheck(written == length && !failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write %s: %s", temporary,
             strerror(errno));
  PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode FileMakeFolder(const char *path) {
  PetscFunctionBeginUser;
  PetscCheck(mkdir(path, 0777) == 0 || errno == EEXIST, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "cannot create the folder %s: %s", path, strerror(errno));
  PetscFunctionReturn(0);
}

int FileMakeFolders(const char *path) {
  char part[PETSC_MAX_PATH_LEN];
  struct stat status;

  (void)snprintf(part, sizeof part, "%s", path);
  for (char *c = part + 1; *part && *c; c++) {
    if (*c == '/') {
      *c = '\0';
      (void)mkdir(part, 0777);
      *c = '/';
    }
  }
  return mkdir(part, 0777) && (errno != EEXIST || stat(part, &status) || !S_ISDIR(status.st_mode)) ? errno : 0;
}
