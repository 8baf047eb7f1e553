/* history.csv (a row per step), rings.csv (contact pressure and gap of every ring), fields for ParaView. Rank 0. */
#include "body_run_private.h"
#include <errno.h>
#include <math.h>
#include <string.h>

static PetscErrorCode Open(const char *dir, const char *name, FILE **file) {
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  (void)snprintf(path, sizeof path, "%s/%s", dir, name);
  *file = fopen(path, "w");
  PetscCheck(*file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot open %s for writing: %s", path, strerror(errno));
  PetscFunctionReturn(0);
}

static void RingsHead(BodyRun run) {
  (void)fprintf(run->rings, "# contact pressure [Pa], then gap [m], of every ring\n# edges r/a:");
  for (PetscInt j = 0; j <= run->grid.radial; j++) {
    (void)fprintf(run->rings, " %.9g", run->grid.fraction[j]);
  }
  (void)fprintf(run->rings, "\ntime [s]");
  for (int q = 0; q < 2; q++) {
    for (PetscInt j = 0; j < run->grid.radial; j++) {
      (void)fprintf(run->rings, q ? ",gap_%d [m]" : ",pressure_%d [Pa]", (int)j);
    }
  }
  (void)fputc('\n', run->rings);
}

/* Corners of the cells as the nodes are now. */
static FieldsBlock Block(BodyRun run) {
  const BodyGrid *grid = &run->grid;
  const PetscInt corners = (grid->radial + 1) * (grid->axial + 1);
  PetscInt n = 0;

  for (PetscInt k = 0; k <= grid->axial; k++) {
    for (PetscInt i = 0; i <= grid->radial; i++) {
      run->corner[n] = grid->r[BodyNode(grid, 2 * i, 2 * k)];
      run->corner[corners + n++] = grid->z[BodyNode(grid, 2 * i, 2 * k)];
    }
  }
  return (FieldsBlock){grid->radial, grid->axial, run->corner, run->corner + corners, 1.0};
}

PetscErrorCode BodyOutputOpen(BodyRun run, const char *dir) {
  const BodyGrid *grid = &run->grid;
  FieldsBlock block;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(2 * (size_t)(grid->radial + 1) * (size_t)(grid->axial + 1), &run->corner,
                         8 * (size_t)grid->radial * (size_t)grid->axial, &run->value));
  block = Block(run);
  PetscCall(FieldsCreate(run->comm, dir, 1, &block, 0, &run->fields));
  if (run->rank) {
    PetscFunctionReturn(0);
  }
  PetscCall(Open(dir, "history.csv", &run->history));
  PetscCall(Open(dir, "rings.csv", &run->rings));
  (void)fprintf(
      run->history,
      "# one row per step; compression and downward positive\n"
      "time [s],needle_force [N],needle_velocity [m s-1],needle_displacement [m],contact_force [N],"
      "line_force [N],pressure_mean [Pa],pressure_centre [Pa],pressure_rim [Pa],relaxation_time [s],body_length [m],"
      "open_share [1],gap_largest [m],contact_radius [m],volume [m3],volume_imbalance [1],protrusion [m],"
      "squeezed_out [m3],grain_size [m]\n");
  RingsHead(run);
  PetscFunctionReturn(0);
}

/* [s] in which the force would be gone at its present rate; infinite where it does not fall */
static double RelaxationTime(BodyRun run, const BodyFlowResult *flow) {
  const BodyMotionOptions *o = &run->options;
  const double rate = o->control == BODY_NEEDLE_SPRING ? o->stiffness * (flow->needle_velocity - o->velocity) : 0.0;

  return rate * flow->needle_force > 0.0 ? flow->needle_force / rate : INFINITY;
}

/* [m] l_b of physics/needle.c: velocity of the needle over the strain rate at its force per nominal area */
static double BodyLength(BodyRun run, const BodyFlowResult *flow, double area) {
  double slope;
  const double rate =
      creep_strain_rate(&run->options.flow.rheology.creep, &(CreepConditions){run->temperature, run->grain_size},
                        flow->needle_force / area, &slope);

  return flow->needle_velocity / rate;
}

PetscErrorCode BodyOutputRow(BodyRun run, const BodyFlowResult *flow) {
  const BodyState *s = BodyMotionState(run->motion);
  const BodyGrid *grid = &run->grid;
  const PetscInt rings = grid->radial;
  const double *p = BodyFlowRingPressure(BodyMotionFlowOf(run->motion));
  const double radius = grid->r[BodyNode(grid, 2 * rings, 0)];
  double open = 0.0, gap = 0.0, out;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < rings; j++) {
    open += s->gap[j] > 0.0 ? pow(grid->fraction[j + 1], 2) - pow(grid->fraction[j], 2) : 0.0;
    gap = PetscMax(gap, s->gap[j]);
  }
  const double protrusion = BodyMotionProtrusion(run->motion, &out);
  if (run->rank) {
    PetscFunctionReturn(0);
  }
  (void)fprintf(
      run->history,
      "%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.9g,%.9g,%.9g,%.9g,%.12g,%.15g,%.3e,%.9g,%.9g,%.9g\n",
      s->time, flow->needle_force, flow->needle_velocity, s->displacement, flow->contact_force, flow->line_force,
      flow->contact_force / (PETSC_PI * radius * radius), p[0], p[rings - 1], RelaxationTime(run, flow),
      BodyLength(run, flow, PETSC_PI * radius * radius), open, gap, radius, BodyGridVolume(grid),
      BodyMotionVolumeImbalance(run->motion), protrusion, out, run->grain_size);
  (void)fprintf(run->rings, "%.12g", s->time);
  for (PetscInt j = 0; j < rings; j++) {
    (void)fprintf(run->rings, ",%.9g", p[j]);
  }
  for (PetscInt j = 0; j < rings; j++) {
    (void)fprintf(run->rings, ",%.9g", s->gap[j]);
  }
  (void)fputc('\n', run->rings);
  PetscFunctionReturn(0);
}

PetscErrorCode BodyOutputFields(BodyRun run) {
  const PetscInt cells = run->grid.radial * run->grid.axial;
  double *velocity = run->value, *scalar[4];
  const FieldsBlock block = Block(run);
  const double radius = run->grid.r[BodyNode(&run->grid, 2 * run->grid.radial, 0)];

  PetscFunctionBeginUser;
  for (int q = 0; q < 4; q++) {
    scalar[q] = run->value + (3 + q) * cells;
  }
  for (PetscInt cell = 0; cell < cells; cell++) {
    BodyCellValue at;
    BodyFlowCell(BodyMotionFlowOf(run->motion), cell, &at);
    velocity[3 * cell] = at.velocity[0];
    velocity[3 * cell + 1] = at.velocity[1];
    velocity[3 * cell + 2] = 0.0;
    scalar[0][cell] = at.pressure;
    scalar[1][cell] = at.equivalent_stress;
    scalar[2][cell] = at.strain_rate;
    scalar[3][cell] = run->grain_size;
  }
  const CellField fields[] = {{"velocity", "m s-1", 3, velocity},
                              {"pressure", "Pa", 1, scalar[0]},
                              {"equivalent_stress", "Pa", 1, scalar[1]},
                              {"strain_rate", "s-1", 1, scalar[2]},
                              {"grain_size", "m", 1, scalar[3]}};
  PetscCall(FieldsWrite(run->fields, BodyMotionState(run->motion)->time, radius, &block, 5, fields));
  PetscCall(FieldsUpdateCollection(run->fields));
  PetscFunctionReturn(0);
}

static PetscErrorCode Close(FILE **file, const char *name) {
  PetscFunctionBeginUser;
  if (*file) {
    const int failed = ferror(*file) | fclose(*file);
    *file = NULL;
    PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write %s: %s", name, strerror(errno));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BodyOutputClose(BodyRun run) {
  PetscFunctionBeginUser;
  PetscCall(Close(&run->history, "history.csv"));
  PetscCall(Close(&run->rings, "rings.csv"));
  PetscCall(FieldsDestroy(&run->fields));
  PetscCall(PetscFree2(run->corner, run->value));
  PetscFunctionReturn(0);
}
