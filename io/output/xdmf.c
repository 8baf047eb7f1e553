#include "xdmf.h"

#include "file_util.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct _p_Xdmf {
  char path[PETSC_MAX_PATH_LEN];
  char *text; /* head and all instants */
  size_t length, capacity;
};

static const char head[] = "<?xml version=\"1.0\"?>\n"
                           "<!-- lisei: x = r, y = z; open it in ParaView with one of the XDMF readers -->\n"
                           "<Xdmf Version=\"2.0\"><Domain><Grid Name=\"lisei\" GridType=\"Collection\" "
                           "CollectionType=\"Temporal\">\n";
static const char tail[] = "</Grid></Domain></Xdmf>\n";

static PetscErrorCode Append(Xdmf xdmf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static PetscErrorCode Append(Xdmf xdmf, const char *format, ...) {
  va_list arguments;
  int length;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  PetscCheck(length >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "cannot format a line of %s", xdmf->path);
  if (xdmf->length + (size_t)length + 1 > xdmf->capacity) {
    const size_t capacity = 2 * (xdmf->length + (size_t)length + 1) + 4096;
    char *larger;
    PetscCall(PetscMalloc1(capacity, &larger));
    PetscCall(PetscArraycpy(larger, xdmf->text, xdmf->length));
    PetscCall(PetscFree(xdmf->text));
    xdmf->text = larger;
    xdmf->capacity = capacity;
  }
  va_start(arguments, format);
  vsnprintf(xdmf->text + xdmf->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  xdmf->length += (size_t)length;
  PetscFunctionReturn(0);
}

PetscErrorCode XdmfCreate(const char *path, Xdmf *xdmf) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(xdmf));
  PetscCall(PetscStrncpy((*xdmf)->path, path, sizeof(*xdmf)->path));
  (*xdmf)->capacity = 4096;
  PetscCall(PetscMalloc1((*xdmf)->capacity, &(*xdmf)->text));
  PetscCall(Append(*xdmf, "%s", head));
  PetscFunctionReturn(0);
}

PetscErrorCode XdmfAdd(Xdmf xdmf, PetscInt index, double time, PetscInt points, PetscInt cells, PetscInt count,
                       const XdmfField fields[]) {
  char file[64];
  PetscInt f;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(file, sizeof file, "fields/%06" PetscInt_FMT ".hdf:/VTKHDF", index));
  PetscCall(Append(xdmf,
                   "<Grid Name=\"%06" PetscInt_FMT "\"><Time Value=\"%.17g\"/>\n"
                   "<Topology TopologyType=\"Quadrilateral\" NumberOfElements=\"%" PetscInt_FMT
                   "\"><DataItem Dimensions=\"%" PetscInt_FMT
                   "\" NumberType=\"Int\" Precision=\"4\" Format=\"HDF\">%s/Connectivity</DataItem></Topology>\n"
                   "<Geometry GeometryType=\"XYZ\"><DataItem Dimensions=\"%" PetscInt_FMT
                   " 3\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">%s/Points</DataItem></Geometry>\n",
                   index, time, cells, 4 * cells, file, points, file));
  for (f = 0; f < count; f++) {
    const PetscBool vector = fields[f].components == 3 ? PETSC_TRUE : PETSC_FALSE;
    PetscCall(Append(xdmf,
                     "<Attribute Name=\"%s\" AttributeType=\"%s\" Center=\"Cell\"><DataItem Dimensions=\"%" PetscInt_FMT
                     "%s\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">%s/CellData/%s</DataItem></Attribute>\n",
                     fields[f].name, vector ? "Vector" : "Scalar", cells, vector ? " 3" : "", file, fields[f].name));
  }
  PetscCall(
      Append(xdmf,
             "<Attribute Name=\"contact_radius\" AttributeType=\"Scalar\" Center=\"Grid\"><DataItem Dimensions=\"1\" "
             "NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">%s/FieldData/contact_radius</DataItem></Attribute>\n",
             file));
  PetscCall(Append(xdmf, "</Grid>\n"));
  PetscFunctionReturn(0);
}

PetscErrorCode XdmfWrite(Xdmf xdmf) {
  const size_t length = xdmf->length;

  PetscFunctionBeginUser;
  PetscCall(Append(xdmf, "%s", tail));
  PetscCall(FileWriteText(xdmf->path, xdmf->text, xdmf->length));
  xdmf->length = length; /* the next instant goes before the tail */
  PetscFunctionReturn(0);
}

PetscErrorCode XdmfDestroy(Xdmf *xdmf) {
  PetscFunctionBeginUser;
  if (*xdmf) {
    PetscCall(PetscFree((*xdmf)->text));
    PetscCall(PetscFree(*xdmf));
  }
  PetscFunctionReturn(0);
}
