/* Phases, potential and current density of the cells of the fine grid, gathered on rank 0; percolation; one VTKHDF
   ImageData file. */
#include "../../io/output/file_util.h"
#include "../../io/output/hdf5_util.h"
#include "../../microstructure/percolation.h"
#include "cell_run_private.h"
#include <math.h>
#include <string.h>

/* Values of the unknowns in natural order, x fastest, on rank 0 (elsewhere *values NULL). Free with PetscFree. */
static PetscErrorCode Gather(DM da, Vec global, double **values) {
  Vec natural, all;
  VecScatter scatter;
  PetscInt count;
  const double *from;

  PetscFunctionBeginUser;
  PetscCall(DMDACreateNaturalVector(da, &natural));
  PetscCall(DMDAGlobalToNaturalBegin(da, global, INSERT_VALUES, natural));
  PetscCall(DMDAGlobalToNaturalEnd(da, global, INSERT_VALUES, natural));
  PetscCall(VecScatterCreateToZero(natural, &scatter, &all));
  PetscCall(VecScatterBegin(scatter, natural, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(scatter, natural, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecDestroy(&natural));
  PetscCall(VecGetLocalSize(all, &count));
  *values = NULL;
  if (count) {
    PetscCall(PetscMalloc1(count, values));
    PetscCall(VecGetArrayRead(all, &from));
    PetscCall(PetscArraycpy(*values, from, count));
    PetscCall(VecRestoreArrayRead(all, &from));
  }
  PetscCall(VecScatterDestroy(&scatter));
  PetscCall(VecDestroy(&all));
  PetscFunctionReturn(0);
}

/* Phases of the own cells of `da`, and the volume fractions of all. */
static PetscErrorCode FillPhases(CellRun run, const PetscInt cells[3], DM da, Vec phases, double part[BOX_PHASES]) {
  PetscInt start[3], width[3];
  double ***value;

  PetscFunctionBeginUser;
  for (int k = 0; k < BOX_PHASES; k++) {
    part[k] = 0.0;
  }
  PetscCall(DMDAGetCorners(da, &start[0], &start[1], &start[2], &width[0], &width[1], &width[2]));
  PetscCall(DMDAVecGetArrayWrite(da, phases, &value));
  for (PetscInt k = start[2]; k < start[2] + width[2]; k++) {
    for (PetscInt j = start[1]; j < start[1] + width[1]; j++) {
      for (PetscInt i = start[0]; i < start[0] + width[0]; i++) {
        const double x[3] = {run->structure.length[0] * ((double)i + 0.5) / (double)cells[0],
                             run->structure.length[1] * ((double)j + 0.5) / (double)cells[1],
                             run->structure.length[2] * ((double)k + 0.5) / (double)cells[2]};
        const int phase = BoxStructurePhase(&run->structure, x);
        value[k][j][i] = phase;
        part[phase] += 1.0;
      }
    }
  }
  PetscCall(DMDAVecRestoreArrayWrite(da, phases, &value));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, part, BOX_PHASES, MPI_DOUBLE, MPI_SUM, run->comm));
  for (int k = 0; k < BOX_PHASES; k++) {
    part[k] /= (double)cells[0] * (double)cells[1] * (double)cells[2];
  }
  PetscFunctionReturn(0);
}

/* Does the phase go through along an axis? The axis comes last in `open`. */
static PetscErrorCode Through(CellRun run, const double phases[], int phase, int axis, unsigned char *open, int *answer,
                              double *reached) {
  const int order[3] = {(axis + 1) % 3, (axis + 2) % 3, axis};
  const PetscInt *n = run->cells;
  size_t to = 0;
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCheck(phases, PETSC_COMM_SELF, PETSC_ERR_PLIB, "phases are on rank 0 only");
  for (at[order[2]] = 0; at[order[2]] < n[order[2]]; at[order[2]]++) {
    for (at[order[1]] = 0; at[order[1]] < n[order[1]]; at[order[1]]++) {
      for (at[order[0]] = 0; at[order[0]] < n[order[0]]; at[order[0]]++) {
        open[to++] = (int)phases[at[0] + n[0] * (at[1] + n[1] * at[2])] == phase;
      }
    }
  }
  *answer = percolates((size_t)n[order[0]], (size_t)n[order[1]], (size_t)n[order[2]], open,
                       !run->electrodes || axis == 2, reached);
  PetscCheck(*answer >= 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for percolation");
  PetscFunctionReturn(0);
}

/* Is the best conductor that there is connected? */
static int Best(CellRun run) {
  int best = 0;

  for (int k = 0; k < BOX_PHASES; k++) {
    if (run->part[1][k] > 0.0 &&
        (run->part[1][best] <= 0.0 || run->structure.conductivity[k] > run->structure.conductivity[best])) {
      best = k;
    }
  }
  return best;
}

static PetscErrorCode NotePercolation(CellRun run, const double phases[]) {
  unsigned char *open;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)run->cells[0] * (size_t)run->cells[1] * (size_t)run->cells[2], &open));
  for (int k = 0; k < BOX_PHASES; k++) {
    for (int a = 0; a < 3 && run->part[1][k] > 0.0; a++) {
      if (!run->axis[a]) {
        continue;
      }
      const char suffix[] = {'_', "xyz"[a], '\0'};
      char name[64];
      double reached;
      int answer;
      PetscCall(Through(run, phases, k, a, open, &answer, &reached));
      PetscCall(CellReportNote(run, "percolation", BoxPhaseNames[k], suffix, answer));
      (void)snprintf(name, sizeof name, "%s_connected_share", suffix);
      PetscCall(CellReportNote(run, "percolation", BoxPhaseNames[k], name, reached));
      if (!answer && k == Best(run) && run->cells[a] > 1) {
        (void)snprintf(name, sizeof name, "not_percolating%s", suffix);
        PetscCall(ReportNoteText(run->report, "warnings", name,
                                 "the phase of the highest conductivity does not connect the ends of the box along "
                                 "this axis: the worse conductors decide, and pores count as what they conduct"));
        (void)fprintf(stderr, "warning: %s, the best conductor, does not percolate along %c\n", BoxPhaseNames[k],
                      "xyz"[a]);
      }
    }
  }
  PetscCall(PetscFree(open));
  PetscFunctionReturn(0);
}

PetscErrorCode CellPercolation(CellRun run) {
  PetscFunctionBeginUser;
  for (int grid = 0; grid < 2; grid++) {
    PetscInt cells[3];
    double *phases = NULL;
    Vec own;
    DM da;

    CellGridCells(run, grid, cells);
    PetscCall(DMDACreate3d(run->comm, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_STAR, cells[0],
                           cells[1], cells[2], PETSC_DECIDE, PETSC_DECIDE, PETSC_DECIDE, 1, 0, NULL, NULL, NULL, &da));
    PetscCall(DMSetUp(da));
    PetscCall(DMCreateGlobalVector(da, &own));
    PetscCall(FillPhases(run, cells, da, own, run->part[grid]));
    if (grid) {
      PetscCall(Gather(da, own, &phases));
      if (!run->rank) {
        PetscCall(NotePercolation(run, phases));
      }
      PetscCall(PetscFree(phases));
    }
    PetscCall(VecDestroy(&own));
    PetscCall(DMDestroy(&da));
  }
  PetscFunctionReturn(0);
}

/* Dataset of single precision in (z, y, x) order, the component of a vector or a scalar. */
static PetscErrorCode WriteComponent(hid_t set, const char *path, const PetscInt cells[3], int component,
                                     int components, const double values[]) {
  const size_t count = (size_t)cells[0] * (size_t)cells[1] * (size_t)cells[2];
  const hsize_t start[4] = {0, 0, 0, (hsize_t)component};
  const hsize_t extent[4] = {(hsize_t)cells[2], (hsize_t)cells[1], (hsize_t)cells[0], 1};
  hid_t space, memory;
  float *single;

  PetscFunctionBeginUser;
  PetscCheck(values, PETSC_COMM_SELF, PETSC_ERR_PLIB, "values are on rank 0 only");
  PetscCall(PetscMalloc1(count, &single));
  for (size_t n = 0; n < count; n++) {
    single[n] = (float)values[n];
  }
  space = H5Dget_space(set);
  memory = H5Screate_simple(components > 1 ? 4 : 3, extent, NULL);
  H5Check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL), path, "write");
  H5Check(H5Dwrite(set, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, single), path, "write");
  H5Check(H5Sclose(memory), path, "write");
  H5Check(H5Sclose(space), path, "write");
  PetscCall(PetscFree(single));
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateField(hid_t data, const char *path, const PetscInt cells[3], int components,
                                  const char *name, const char *unit, hid_t *set) {
  const hsize_t dims[4] = {(hsize_t)cells[2], (hsize_t)cells[1], (hsize_t)cells[0], (hsize_t)components};
  hid_t space;

  PetscFunctionBeginUser;
  space = H5Screate_simple(components > 1 ? 4 : 3, dims, NULL);
  H5Check(space, path, "write");
  *set = H5Dcreate2(data, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Check(*set, path, "write");
  H5Check(H5Sclose(space), path, "write");
  PetscCall(Hdf5AttributeText(*set, path, "units", unit));
  PetscFunctionReturn(0);
}

/* A scalar of the own unknowns to the file. */
static PetscErrorCode WriteScalar(CellRun run, DM da, Vec own, hid_t set, const char *path, int component,
                                  int components) {
  double *values;

  PetscFunctionBeginUser;
  PetscCall(Gather(da, own, &values));
  if (!run->rank) {
    PetscCall(WriteComponent(set, path, run->cells, component, components, values));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* The potential with its mean part, -field . x. */
static PetscErrorCode AddMean(CellRun run, DM da, Vec potential) {
  PetscInt start[3], width[3];
  double ***value;

  PetscFunctionBeginUser;
  PetscCall(DMDAGetCorners(da, &start[0], &start[1], &start[2], &width[0], &width[1], &width[2]));
  PetscCall(DMDAVecGetArray(da, potential, &value));
  for (PetscInt k = start[2]; k < start[2] + width[2]; k++) {
    for (PetscInt j = start[1]; j < start[1] + width[1]; j++) {
      for (PetscInt i = start[0]; i < start[0] + width[0]; i++) {
        double x[3];
        UnitCellPoint(run->last, i, j, k, x);
        for (int a = 0; a < 3; a++) {
          value[k][j][i] -= run->response_field[a] * x[a];
        }
      }
    }
  }
  PetscCall(DMDAVecRestoreArray(da, potential, &value));
  PetscFunctionReturn(0);
}

/* Component of the current density of the own unknowns. */
static PetscErrorCode Component(Vec own, const double density[], int component) {
  PetscInt count;
  double *to;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(own, &count));
  PetscCall(VecGetArrayWrite(own, &to));
  for (PetscInt n = 0; n < count; n++) {
    to[n] = density[3 * n + component];
  }
  PetscCall(VecRestoreArrayWrite(own, &to));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteGeometry(CellRun run, hid_t group, const char *path) {
  const int64_t version[2] = {1, 0}, extent[6] = {0, run->cells[0], 0, run->cells[1], 0, run->cells[2]};
  const double origin[3] = {0.0}, direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  double spacing[3];

  PetscFunctionBeginUser;
  for (int a = 0; a < 3; a++) {
    spacing[a] = run->structure.length[a] / (double)run->cells[a];
  }
  PetscCall(Hdf5AttributeNumbers(group, path, "Version", H5T_NATIVE_INT64, 2, version));
  PetscCall(Hdf5AttributeText(group, path, "Type", "ImageData"));
  PetscCall(Hdf5AttributeNumbers(group, path, "WholeExtent", H5T_NATIVE_INT64, 6, extent));
  PetscCall(Hdf5AttributeNumbers(group, path, "Origin", H5T_NATIVE_DOUBLE, 3, origin));
  PetscCall(Hdf5AttributeNumbers(group, path, "Spacing", H5T_NATIVE_DOUBLE, 3, spacing));
  PetscCall(Hdf5AttributeNumbers(group, path, "Direction", H5T_NATIVE_DOUBLE, 9, direction));
  PetscCall(Hdf5AttributeNumbers(group, path, "mean_field", H5T_NATIVE_DOUBLE, 3, run->response_field));
  PetscFunctionReturn(0);
}

/* Largest magnitude over the mean of the component along the field. */
static PetscErrorCode NotePeak(CellRun run, const double density[], PetscInt count) {
  double largest = 0.0, sum[2] = {0.0, (double)count};
  const int axis = run->response_field[2] > 0.0 ? 2 : run->response_field[1] > 0.0 ? 1 : 0;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n < count; n++) {
    largest = fmax(largest, hypot(hypot(density[3 * n], density[3 * n + 1]), density[3 * n + 2]));
    sum[0] += density[3 * n + axis];
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, run->comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, run->comm));
  run->peak = largest * sum[1] / sum[0];
  PetscFunctionReturn(0);
}

/* The three fields; `data` and `path` matter on rank 0. */
static PetscErrorCode WriteData(CellRun run, hid_t data, const char *path, Vec own, const double density[]) {
  const DM da = UnitCellDM(run->last);
  hid_t set = -1;
  double part[BOX_PHASES];

  PetscFunctionBeginUser;
  for (int f = 0; f < 3; f++) {
    static const char *const names[] = {"phase", "potential", "current_density"}, *const units[] = {"1", "V", "A m-2"};
    const int components = f == 2 ? 3 : 1;
    if (!run->rank) {
      PetscCall(CreateField(data, path, run->cells, components, names[f], units[f], &set));
    }
    for (int c = 0; c < components; c++) {
      if (f == 0) {
        PetscCall(FillPhases(run, run->cells, da, own, part));
      } else if (f == 1) {
        PetscCall(VecCopy(run->response, own));
        PetscCall(AddMean(run, da, own));
      } else {
        PetscCall(Component(own, density, c));
      }
      PetscCall(WriteScalar(run, da, own, set, path, c, components));
    }
    if (!run->rank) {
      H5Check(H5Dclose(set), path, "write");
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteFile(CellRun run, const char *dir, Vec own, const double density[]) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  hid_t file = -1, group = -1, data = -1;

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/fields", dir);
  if (!run->rank) {
    PetscCall(FileMakeFolder(path));
  }
  (void)snprintf(path, sizeof path, "%s/fields/000000.hdf", dir);
  (void)snprintf(temporary, sizeof temporary, "%s/fields/000000.hdf.part", dir);
  if (!run->rank) {
    PetscCall(Hdf5Create(temporary, &file));
    PetscCall(Hdf5AttributeText(file, path, "lisei_format", LISEI_FORMAT));
    PetscCall(Hdf5CreateGroup(file, path, "VTKHDF", &group));
    PetscCall(WriteGeometry(run, group, path));
    PetscCall(Hdf5CreateGroup(group, path, "CellData", &data));
  }
  PetscCall(WriteData(run, data, path, own, density));
  if (!run->rank) {
    H5Check(H5Gclose(data), path, "write");
    H5Check(H5Gclose(group), path, "write");
    H5Check(H5Fclose(file), path, "write");
    PetscCall(FileReplace(temporary, path, PETSC_FALSE));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CellWriteFields(CellRun run, const char *dir) {
  PetscInt count;
  double *density;
  Vec own;

  PetscFunctionBeginUser;
  PetscCall(UnitCellVec(run->last, &own));
  PetscCall(VecGetLocalSize(own, &count));
  PetscCall(PetscMalloc1(3 * (size_t)count, &density));
  PetscCall(UnitCellDensity(run->last, run->response_field, run->response, density));
  PetscCall(NotePeak(run, density, count));
  if (strcmp(DeckText(run->deck, "output.fields"), "none")) {
    PetscCall(WriteFile(run, dir, own, density));
  }
  PetscCall(PetscFree(density));
  PetscCall(VecDestroy(&own));
  PetscFunctionReturn(0);
}
