/* Preloaded into lisei: lets one call fail, as memory that runs out, a full disk or a damaged file would. Calls that
   the program itself, PETSc, HDF5 and the parsers make are counted by class; MPI's and the C library's own are not.

     LISEI_FAULT=class:n    the n-th call of that class (from 1) fails
     LISEI_FAULT_LOG=file   every call: class, n, hash of where it comes from
     LISEI_FAULT_TRACE=     the stack of the call that fails, on stderr */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <hdf5.h>
#include <link.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODULES_MAX = 16, DEPTH = 12 };
typedef struct {
  uintptr_t begin, end, base;
} Module;
static Module modules[MODULES_MAX];
static int module_count, ready, log_file = -1;
static __thread int inside;
static const char *wanted; /* class that fails */
static long wanted_number;

typedef struct {
  const char *name;
  long count;
} Class;

/* --- the next definition of a function ------------------------------------------------------------------------------
 */

#define NEXT(type, name)                                                                                               \
  static __typeof__(type) next;                                                                                        \
  if (!next) {                                                                                                         \
    inside++;                                                                                                          \
    *(void **)&next = dlsym(RTLD_NEXT, name);                                                                          \
    inside--;                                                                                                          \
  }

/* dlsym may allocate before malloc is known. */
static char early[65536];
static size_t early_used;

static void *early_alloc(size_t size) {
  void *memory = early + early_used;
  early_used += (size + 15) & ~(size_t)15;
  return early_used < sizeof early ? memory : NULL;
}

static int is_early(const void *memory) {
  return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

/* --- who calls ------------------------------------------------------------------------------------------------------
 */

static int note_module(struct dl_phdr_info *info, size_t size, void *context) {
  static const char *const ours[] = {"libpetsc", "libhdf5", "libyaml", "libudunits", "libjansson"};
  int chosen = info->dlpi_name[0] == '\0' && module_count == 0; /* the program itself */

  (void)size;
  (void)context;
  for (size_t k = 0; k < sizeof ours / sizeof *ours; k++) {
    chosen = chosen || strstr(info->dlpi_name, ours[k]);
  }
  for (int k = 0; chosen && k < info->dlpi_phnum && module_count < MODULES_MAX; k++) {
    if (info->dlpi_phdr[k].p_type == PT_LOAD && (info->dlpi_phdr[k].p_flags & PF_X)) {
      const uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[k].p_vaddr;
      modules[module_count++] = (Module){begin, begin + info->dlpi_phdr[k].p_memsz, info->dlpi_addr};
    }
  }
  return 0;
}

static const Module *module_of(uintptr_t address) {
  for (int k = 0; k < module_count; k++) {
    if (address >= modules[k].begin && address < modules[k].end) {
      return &modules[k];
    }
  }
  return NULL;
}

static uint64_t hash_of_stack(void) {
  void *stack[DEPTH];
  const int depth = backtrace(stack, DEPTH);
  uint64_t hash = 14695981039346656037u;

  for (int k = 2; k < depth; k++) {
    const Module *module = module_of((uintptr_t)stack[k]);
    hash = (hash ^ (module ? (uintptr_t)stack[k] - module->base + (uintptr_t)(module - modules) : 0)) * 1099511628211u;
  }
  return hash;
}

__attribute__((constructor)) static void prepare(void) {
  const char *fault = getenv("LISEI_FAULT"), *log = getenv("LISEI_FAULT_LOG");
  void *stack[2];
  char *colon;

  inside++;
  (void)backtrace(stack, 2); /* loads what it needs */
  dl_iterate_phdr(note_module, NULL);
  if (fault) {
    wanted = strdup(fault);
    colon = strchr(wanted, ':');
    *colon = '\0';
    wanted_number = atol(colon + 1);
  }
  if (log) {
    log_file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  }
  ready = 1;
  inside--;
}

/* Count a call; 1: it shall fail. */
static int fails(Class *class, const void *caller) {
  int result = 0;

  if (!ready || inside || !module_of((uintptr_t)caller)) {
    return 0;
  }
  inside++;
  class->count++;
  if (log_file >= 0) {
    char line[96];
    const int length =
        snprintf(line, sizeof line, "%s %ld %016llx\n", class->name, class->count, (unsigned long long)hash_of_stack());
    if (write(log_file, line, (size_t)length) < 0) {
      abort();
    }
  }
  result = wanted && class->count == wanted_number && !strcmp(class->name, wanted);
  if (result && getenv("LISEI_FAULT_TRACE")) {
    void *stack[64];
    backtrace_symbols_fd(stack, backtrace(stack, 64), STDERR_FILENO);
  }
  inside--;
  return result;
}

#define FAIL(class_name)                                                                                               \
  static Class class_ = {.name = class_name};                                                                          \
  if (fails(&class_, __builtin_return_address(0)))

/* --- memory: one class, so that one number tells the call -----------------------------------------------------------
 */

static Class memory_class = {.name = "memory"};
#define FAIL_MEMORY if (fails(&memory_class, __builtin_return_address(0)))

void *malloc(size_t size) {
  NEXT(void *(*)(size_t), "malloc")
  if (!next) {
    return early_alloc(size);
  }
  FAIL_MEMORY {
    errno = ENOMEM;
    return NULL;
  }
  return next(size);
}

void *calloc(size_t count, size_t size) {
  static void *(*next)(size_t, size_t);
  if (!next) {
    if (inside) {
      return early_alloc(count * size);
    }
    inside++;
    *(void **)&next = dlsym(RTLD_NEXT, "calloc");
    inside--;
  }
  FAIL_MEMORY {
    errno = ENOMEM;
    return NULL;
  }
  return next(count, size);
}

void *realloc(void *old, size_t size) {
  NEXT(void *(*)(void *, size_t), "realloc")
  FAIL_MEMORY {
    errno = ENOMEM;
    return NULL;
  }
  return next(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  NEXT(int (*)(void **, size_t, size_t), "posix_memalign")
  FAIL_MEMORY {
    return ENOMEM;
  }
  return next(out, alignment, size);
}

void free(void *memory) {
  NEXT(void (*)(void *), "free")
  if (memory && !is_early(memory)) {
    next(memory);
  }
}

/* --- files ----------------------------------------------------------------------------------------------------------
 */

#define FILE_CALL(result, name, parameters, arguments, number)                                                         \
  result name parameters {                                                                                             \
    NEXT(result(*) parameters, #name)                                                                                  \
    FAIL(#name) {                                                                                                      \
      errno = number;                                                                                                  \
      return -1;                                                                                                       \
    }                                                                                                                  \
    return next arguments;                                                                                             \
  }

FILE_CALL(ssize_t, write, (int file, const void *data, size_t size), (file, data, size), ENOSPC)
FILE_CALL(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at), ENOSPC)
FILE_CALL(ssize_t, read, (int file, void *data, size_t size), (file, data, size), EIO)
FILE_CALL(ssize_t, pread64, (int file, void *data, size_t size, off64_t at), (file, data, size, at), EIO)
FILE_CALL(int, fsync, (int file), (file), EIO)
FILE_CALL(int, rename, (const char *from, const char *to), (from, to), EACCES)
FILE_CALL(int, unlink, (const char *path), (path), EACCES)
FILE_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC)
FILE_CALL(int, link, (const char *from, const char *to), (from, to), EPERM)
FILE_CALL(int, truncate, (const char *path, off_t length), (path, length), EIO)
FILE_CALL(int, ftruncate64, (int file, off64_t length), (file, length), EIO)

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  NEXT(int (*)(const char *, int, ...), "open")
  if (flags & O_CREAT) {
    va_list list;
    va_start(list, flags);
    mode = va_arg(list, mode_t);
    va_end(list);
  }
  FAIL("open") {
    errno = EMFILE;
    return -1;
  }
  return next(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  NEXT(int (*)(const char *, int, ...), "open64")
  if (flags & O_CREAT) {
    va_list list;
    va_start(list, flags);
    mode = va_arg(list, mode_t);
    va_end(list);
  }
  FAIL("open64") {
    errno = EMFILE;
    return -1;
  }
  return next(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode) {
  NEXT(FILE * (*)(const char *, const char *), "fopen")
  FAIL("fopen") {
    errno = EMFILE;
    return NULL;
  }
  return next(path, mode);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream) {
  NEXT(size_t(*)(const void *, size_t, size_t, FILE *), "fwrite")
  if (stream != stdout && stream != stderr) {
    FAIL("fwrite") {
      errno = ENOSPC;
      return 0;
    }
  }
  return next(data, size, count, stream);
}

int fclose(FILE *stream) {
  NEXT(int (*)(FILE *), "fclose")
  FAIL("fclose") {
    next(stream);
    errno = ENOSPC;
    return EOF;
  }
  return next(stream);
}

/* --- HDF5 -----------------------------------------------------------------------------------------------------------
 */

#define HDF5_CALL(result, name, parameters, arguments)                                                                 \
  result name parameters {                                                                                             \
    NEXT(result(*) parameters, #name)                                                                                  \
    FAIL(#name) {                                                                                                      \
      return -1;                                                                                                       \
    }                                                                                                                  \
    return next arguments;                                                                                             \
  }

HDF5_CALL(hid_t, H5Fcreate, (const char *n, unsigned f, hid_t c, hid_t a), (n, f, c, a))
HDF5_CALL(hid_t, H5Fopen, (const char *n, unsigned f, hid_t a), (n, f, a))
HDF5_CALL(herr_t, H5Fclose, (hid_t f), (f))
HDF5_CALL(hid_t, H5Gcreate2, (hid_t l, const char *n, hid_t a, hid_t b, hid_t c), (l, n, a, b, c))
HDF5_CALL(hid_t, H5Gopen2, (hid_t l, const char *n, hid_t a), (l, n, a))
HDF5_CALL(herr_t, H5Gclose, (hid_t g), (g))
HDF5_CALL(hid_t, H5Dcreate2, (hid_t l, const char *n, hid_t t, hid_t s, hid_t a, hid_t b, hid_t c),
          (l, n, t, s, a, b, c))
HDF5_CALL(hid_t, H5Dopen2, (hid_t l, const char *n, hid_t a), (l, n, a))
HDF5_CALL(herr_t, H5Dwrite, (hid_t d, hid_t m, hid_t s, hid_t f, hid_t p, const void *v), (d, m, s, f, p, v))
HDF5_CALL(herr_t, H5Dread, (hid_t d, hid_t m, hid_t s, hid_t f, hid_t p, void *v), (d, m, s, f, p, v))
HDF5_CALL(herr_t, H5Dset_extent, (hid_t d, const hsize_t *s), (d, s))
HDF5_CALL(herr_t, H5Dclose, (hid_t d), (d))
HDF5_CALL(hid_t, H5Dget_space, (hid_t d), (d))
HDF5_CALL(hid_t, H5Dget_type, (hid_t d), (d))
HDF5_CALL(hid_t, H5Screate_simple, (int r, const hsize_t *d, const hsize_t *m), (r, d, m))
HDF5_CALL(hid_t, H5Screate, (H5S_class_t c), (c))
HDF5_CALL(herr_t, H5Sclose, (hid_t s), (s))
HDF5_CALL(hid_t, H5Acreate2, (hid_t l, const char *n, hid_t t, hid_t s, hid_t a, hid_t b), (l, n, t, s, a, b))
HDF5_CALL(hid_t, H5Aopen, (hid_t l, const char *n, hid_t a), (l, n, a))
HDF5_CALL(herr_t, H5Awrite, (hid_t a, hid_t t, const void *v), (a, t, v))
HDF5_CALL(herr_t, H5Aread, (hid_t a, hid_t t, void *v), (a, t, v))
HDF5_CALL(herr_t, H5Aclose, (hid_t a), (a))
HDF5_CALL(hid_t, H5Pcreate, (hid_t c), (c))
HDF5_CALL(herr_t, H5Pclose, (hid_t p), (p))
HDF5_CALL(hid_t, H5Tcopy, (hid_t t), (t))
HDF5_CALL(herr_t, H5Tclose, (hid_t t), (t))
HDF5_CALL(hid_t, H5Oopen, (hid_t l, const char *n, hid_t a), (l, n, a))
