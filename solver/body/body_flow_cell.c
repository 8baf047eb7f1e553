/* Integrals over a cell and along the free surface. */
#include "../../physics/constants.h"
#include "body_flow_private.h"
#include <math.h>

/* Strain rates rr, theta theta, zz, and 2 rz, of a point. */
enum { RR, TT, ZZ, RZ, STRAINS };

static void Strain(const BodyPoint *at, const double velocity[CELL_VELOCITIES], double strain[STRAINS]) {
  double v = 0.0;

  strain[RR] = strain[ZZ] = strain[RZ] = 0.0;
  for (int a = 0; a < BODY_CELL_NODES; a++) {
    const double vr = velocity[2 * a], vz = velocity[2 * a + 1];
    v += at->N[a] * vr;
    strain[RR] += at->by_r[a] * vr;
    strain[ZZ] += at->by_z[a] * vz;
    strain[RZ] += at->by_z[a] * vr + at->by_r[a] * vz;
  }
  strain[TT] = v / at->r;
}

/* Equivalent rate, sqrt(2/3 e:e). */
static double Equivalent(const double e[STRAINS]) {
  return sqrt(2.0 / 3.0 * (e[RR] * e[RR] + e[TT] * e[TT] + e[ZZ] * e[ZZ] + 0.5 * e[RZ] * e[RZ]));
}

static BodyViscosity Viscosity(BodyFlow flow, const double strain[STRAINS]) {
  return flow->linear ? (BodyViscosity){flow->linear_viscosity, 0.0}
                      : BodyRheologyViscosity(&flow->options.rheology, Equivalent(strain));
}

static void Gather(BodyFlow flow, PetscInt cell, const double velocity[], double local[CELL_VELOCITIES]) {
  PetscInt node[BODY_CELL_NODES];

  BodyCellNodes(flow->options.grid, cell, node);
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    local[v] = velocity[2 * node[v / 2] + v % 2];
  }
}

/* Pressure functions of a cell: 1 and the distances from its centre over its size. */
typedef struct {
  double r, z, height, width;
} Frame;

static Frame CellFrame(const BodyGrid *grid, PetscInt cell) {
  PetscInt n[BODY_CELL_NODES];

  BodyCellNodes(grid, cell, n);
  return (Frame){grid->r[n[4]], grid->z[n[4]], hypot(grid->r[n[7]] - grid->r[n[1]], grid->z[n[7]] - grid->z[n[1]]),
                 hypot(grid->r[n[5]] - grid->r[n[3]], grid->z[n[5]] - grid->z[n[3]])};
}

static void PressureFunctions(const Frame *frame, const BodyPoint *at, double q[CELL_PRESSURES]) {
  q[0] = 1.0;
  q[1] = (at->r - frame->r) / frame->width;
  q[2] = (at->z - frame->z) / frame->height;
}

/* Inverse of a symmetric 3 x 3 matrix. */
static void Invert(double m[3][3], double inverse[9]) {
  double determinant = 0.0;

  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      const int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
      inverse[3 * j + i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
    }
  }
  for (int j = 0; j < 3; j++) {
    determinant += m[0][j] * inverse[3 * j];
  }
  for (int n = 0; n < 9; n++) {
    inverse[n] /= determinant;
  }
}

void BodyCellDivergence(BodyFlow flow, PetscInt cell) {
  const BodyGrid *grid = flow->options.grid;
  const Frame frame = CellFrame(grid, cell);
  double *const divergence = flow->divergence + cell * CELL_PRESSURES * CELL_VELOCITIES;
  double mass[3][3] = {{0.0}};

  for (int n = 0; n < CELL_PRESSURES * CELL_VELOCITIES; n++) {
    divergence[n] = 0.0;
  }
  for (int point = 0; point < BODY_CELL_POINTS; point++) {
    BodyPoint at;
    double q[CELL_PRESSURES];
    BodyCellPoint(grid, cell, point, &at);
    PressureFunctions(&frame, &at, q);
    for (int m = 0; m < CELL_PRESSURES; m++) {
      for (int a = 0; a < BODY_CELL_NODES; a++) {
        divergence[m * CELL_VELOCITIES + 2 * a] += at.weight * q[m] * (at.by_r[a] + at.N[a] / at.r);
        divergence[m * CELL_VELOCITIES + 2 * a + 1] += at.weight * q[m] * at.by_z[a];
      }
      for (int n = 0; n < CELL_PRESSURES; n++) {
        mass[m][n] += at.weight * q[m] * q[n];
      }
    }
  }
  Invert(mass, flow->stiffness + 9 * cell);
}

/* matrix += 2 eta e(v):e(w) + (8/3) eta' (e:e(v)) (e:e(w)) at a point; strains of unit velocities in `unit`. */
static void AddTangent(const BodyPoint *at, const double strain[STRAINS], BodyViscosity eta,
                       double (*matrix)[CELL_VELOCITIES]) {
  static const double doubled[STRAINS] = {2.0, 2.0, 2.0, 1.0};
  const double scale = at->weight * eta.viscosity, rank_one = at->weight * 8.0 / 3.0 * eta.viscosity_by_square;
  double unit[CELL_VELOCITIES][STRAINS] = {{0.0}}, along[CELL_VELOCITIES];

  for (int a = 0; a < BODY_CELL_NODES; a++) {
    unit[2 * a][RR] = at->by_r[a];
    unit[2 * a][TT] = at->N[a] / at->r;
    unit[2 * a][RZ] = at->by_z[a];
    unit[2 * a + 1][ZZ] = at->by_z[a];
    unit[2 * a + 1][RZ] = at->by_r[a];
  }
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    const double *u = unit[v];
    along[v] = strain[RR] * u[RR] + strain[TT] * u[TT] + strain[ZZ] * u[ZZ] + 0.5 * strain[RZ] * u[RZ];
  }
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    for (int w = 0; w < CELL_VELOCITIES; w++) {
      double sum = 0.0;
      for (int s = 0; s < STRAINS; s++) {
        sum += doubled[s] * unit[v][s] * unit[w][s];
      }
      matrix[v][w] += scale * sum + rank_one * along[v] * along[w];
    }
  }
}

double BodyCellStress(BodyFlow flow, PetscInt cell, const double velocity[], PetscBool tangent,
                      double force[CELL_VELOCITIES], double (*matrix)[CELL_VELOCITIES]) {
  double local[CELL_VELOCITIES], mean = 0.0, area = 0.0;

  Gather(flow, cell, velocity, local);
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    force[v] = 0.0;
  }
  for (int point = 0; point < BODY_CELL_POINTS; point++) {
    double strain[STRAINS];
    BodyPoint at;
    BodyCellPoint(flow->options.grid, cell, point, &at);
    Strain(&at, local, strain);
    BodyViscosity eta = Viscosity(flow, strain);
    const double scale = at.weight * eta.viscosity;
    for (int a = 0; a < BODY_CELL_NODES; a++) {
      force[2 * a] += scale * (2.0 * (at.by_r[a] * strain[RR] + at.N[a] / at.r * strain[TT]) + at.by_z[a] * strain[RZ]);
      force[2 * a + 1] += scale * (2.0 * at.by_z[a] * strain[ZZ] + at.by_r[a] * strain[RZ]);
    }
    mean += at.area * eta.viscosity;
    area += at.area;
    if (matrix) {
      eta.viscosity_by_square *= tangent ? 1.0 : 0.0;
      AddTangent(&at, strain, eta, matrix);
    }
  }
  return mean / area;
}

void BodyCellLoad(BodyFlow flow, PetscInt cell, double load[CELL_VELOCITIES]) {
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    load[v] = 0.0;
  }
  for (int point = 0; point < BODY_CELL_POINTS && flow->options.manufactured.force; point++) {
    double f[2];
    BodyPoint at;
    BodyCellPoint(flow->options.grid, cell, point, &at);
    flow->options.manufactured.force(at.r, at.z, f);
    for (int v = 0; v < CELL_VELOCITIES; v++) {
      load[v] += at.weight * at.N[v / 2] * f[v % 2];
    }
  }
}

static void AddForce(BodyFlow flow, PetscInt node, int component, double force) {
  const Terms *terms = &flow->terms[2 * node + component];

  for (int t = 0; t < terms->count; t++) {
    flow->load[terms->coordinate[t]] += terms->coefficient[t] * force;
  }
}

/* Virtual work of the surface, -gamma d(area): -2 pi gamma int [t . dw/ds + w_r/r] r ds on an edge of three nodes. */
static void AddEdgeTension(BodyFlow flow, const PetscInt node[BODY_EDGE_NODES]) {
  const BodyGrid *grid = flow->options.grid;

  for (int point = 0; point < BODY_EDGE_POINTS; point++) {
    double N[BODY_EDGE_NODES], by_x[BODY_EDGE_NODES], r = 0.0, along[2] = {0.0};
    BodyEdgeFunctions(BodyAbscissa[point], N, by_x);
    for (int a = 0; a < BODY_EDGE_NODES; a++) {
      r += N[a] * grid->r[node[a]];
      along[0] += by_x[a] * grid->r[node[a]];
      along[1] += by_x[a] * grid->z[node[a]];
    }
    const double length = hypot(along[0], along[1]);
    const double scale = -2.0 * PI * flow->options.surface_tension * BodyWeight[point];
    for (int a = 0; a < BODY_EDGE_NODES; a++) {
      AddForce(flow, node[a], 0, scale * (along[0] / length * by_x[a] * r + N[a] * length));
      AddForce(flow, node[a], 1, scale * along[1] / length * by_x[a] * r);
    }
  }
}

void BodySurfaceLoad(BodyFlow flow) {
  const BodyFlowOptions *o = &flow->options;
  const BodyGrid *grid = o->grid;
  const PetscInt side = 2 * grid->radial, line = BodyNode(grid, side, 0);
  const double pull = 2.0 * PI * grid->r[line] * o->surface_tension;
  const PetscInt above = BodyNode(grid, side, 1), next = BodyNode(grid, side, 2);
  /* tangent of the side's first edge at the contact line */
  const double tr = -1.5 * grid->r[line] + 2.0 * grid->r[above] - 0.5 * grid->r[next];
  const double tz = -1.5 * grid->z[line] + 2.0 * grid->z[above] - 0.5 * grid->z[next];

  for (PetscInt at = 0; at + 1 < BodyOutlineCount(grid); at += 2) {
    const PetscInt node[] = {BodyOutlineNode(grid, at), BodyOutlineNode(grid, at + 1), BodyOutlineNode(grid, at + 2)};
    AddEdgeTension(flow, node);
  }
  if (o->line_spreads) {
    AddForce(flow, line, 0, pull * cos(o->contact_angle));
  }
  flow->line_force = pull * tz / hypot(tr, tz);
}

void BodyFlowCell(BodyFlow flow, PetscInt cell, BodyCellValue *value) {
  double local[CELL_VELOCITIES], strain[STRAINS];
  const Frame frame = CellFrame(flow->options.grid, cell);
  const double *p = flow->pressure + CELL_PRESSURES * cell;
  BodyPoint at;

  BodyCellPoint(flow->options.grid, cell, BODY_CELL_POINTS, &at);
  Gather(flow, cell, flow->velocity, local);
  Strain(&at, local, strain);
  const double eta = Viscosity(flow, strain).viscosity;
  *value = (BodyCellValue){.r = at.r, .z = at.z, .strain_rate = Equivalent(strain)};
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    value->velocity[v % 2] += at.N[v / 2] * local[v];
  }
  value->pressure = p[0] + p[1] * (at.r - frame.r) / frame.width + p[2] * (at.z - frame.z) / frame.height;
  value->equivalent_stress = 3.0 * eta * value->strain_rate;
  value->axial_stress = 2.0 * eta * strain[ZZ] - value->pressure;
}
