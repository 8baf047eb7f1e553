/* Which coordinates a node's velocity is made of.

   At the base the coordinates are the rings' mean velocities w_j, so that what the contact hands over is a volume per
   ring, and the force conjugate to w_j is the ring's pressure times its area. The velocity there is continuous and
   quadratic on a ring: at the rings' edges it is w interpolated linearly in r^2 (exact for a parabola), at their middle
   what gives the ring's mean exactly. All nodes of the needle share its velocity. */
#include "body_flow_private.h"

static void Add(Terms *terms, PetscInt coordinate, double coefficient) {
  for (int t = 0; t < terms->count; t++) {
    if (terms->coordinate[t] == coordinate) {
      terms->coefficient[t] += coefficient;
      return;
    }
  }
  terms->coordinate[terms->count] = coordinate;
  terms->coefficient[terms->count++] = coefficient;
}

/* Velocity at an edge of the rings. */
static void AddEdge(const BodyGrid *grid, PetscInt edge, double factor, Terms *terms) {
  const PetscInt rings = grid->radial;
  const double *s = grid->fraction;

  if (rings == 1) {
    Add(terms, 0, factor);
    return;
  }
  const PetscInt low = PetscMin(PetscMax(edge - 1, 0), rings - 2);
  const double from = 0.5 * (s[low] * s[low] + s[low + 1] * s[low + 1]);
  const double to = 0.5 * (s[low + 1] * s[low + 1] + s[low + 2] * s[low + 2]);
  const double share = (s[edge] * s[edge] - from) / (to - from);
  Add(terms, low, factor * (1.0 - share));
  Add(terms, low + 1, factor * share);
}

/* Weights of the three nodes in the mean over a ring: integrals of N_i r. */
static void AddMiddle(const BodyGrid *grid, PetscInt ring, Terms *terms) {
  const double inner = grid->fraction[ring], outer = grid->fraction[ring + 1], width = outer - inner;
  const double middle = (2.0 * inner + width) / 3.0, whole = inner + 0.5 * width;

  Add(terms, ring, whole / middle);
  AddEdge(grid, ring, -inner / 6.0 / middle, terms);
  AddEdge(grid, ring + 1, -outer / 6.0 / middle, terms);
}

static void Own(BodyFlow flow, PetscInt node, int component) {
  Add(&flow->terms[2 * node + component], flow->coordinates++, 1.0);
}

static void LayNode(BodyFlow flow, PetscInt i, PetscInt k) {
  const BodyFlowOptions *o = &flow->options;
  const BodyGrid *grid = o->grid;
  const PetscInt node = BodyNode(grid, i, k), side = 2 * grid->radial, top = 2 * grid->axial;

  if (o->manufactured.velocity) {
    Own(flow, node, 0);
    Own(flow, node, 1);
    return;
  }
  const PetscBool needle = k == top && i <= 2 * grid->under && o->needle ? PETSC_TRUE : PETSC_FALSE;
  const PetscBool slips = k == 0 ? o->base_slips : needle ? o->needle_slips : PETSC_TRUE;
  const PetscBool pinned = k == 0 && i == side && !o->line_spreads ? PETSC_TRUE : PETSC_FALSE;
  if (i && slips && !pinned) {
    Own(flow, node, 0);
  }
  if (needle) {
    Add(&flow->terms[2 * node + 1], flow->needle, 1.0);
  } else if (k) {
    Own(flow, node, 1);
  } else if (i % 2) {
    AddMiddle(grid, i / 2, &flow->terms[2 * node + 1]);
  } else {
    AddEdge(grid, i / 2, 1.0, &flow->terms[2 * node + 1]);
  }
}

/* The boundary's coordinates have their velocities; the rest is free. */
static void FixManufactured(BodyFlow flow) {
  const BodyGrid *grid = flow->options.grid;
  const PetscInt side = 2 * grid->radial, top = 2 * grid->axial;

  for (PetscInt k = 0; k <= top; k++) {
    for (PetscInt i = 0; i <= side; i++) {
      const PetscInt node = BodyNode(grid, i, k);
      double v[2];
      if (i == 0 || i == side || k == 0 || k == top) {
        flow->options.manufactured.velocity(grid->r[node], grid->z[node], v);
        for (int c = 0; c < 2; c++) {
          const PetscInt coordinate = flow->terms[2 * node + c].coordinate[0];
          flow->fixed[coordinate] = i || !c ? PETSC_TRUE : PETSC_FALSE;
          flow->q[coordinate] = v[c];
        }
      }
    }
  }
}

PetscErrorCode BodyLayout(BodyFlow flow) {
  const BodyGrid *grid = flow->options.grid;

  PetscFunctionBeginUser;
  flow->rings = grid->radial;
  flow->cells = grid->radial * grid->axial;
  flow->nodes = BodyNodeCount(grid);
  flow->needle = flow->rings;
  flow->coordinates = flow->rings + 1;
  PetscCall(PetscCalloc1(2 * (size_t)flow->nodes, &flow->terms));
  for (PetscInt k = 0; k <= 2 * grid->axial; k++) {
    for (PetscInt i = 0; i <= 2 * grid->radial; i++) {
      LayNode(flow, i, k);
    }
  }
  PetscCall(PetscCalloc5(flow->coordinates, &flow->fixed, flow->coordinates, &flow->q, flow->coordinates, &flow->step,
                         flow->coordinates, &flow->load, flow->coordinates, &flow->force));
  if (flow->options.manufactured.velocity) {
    for (PetscInt c = 0; c <= flow->rings; c++) { /* not used */
      flow->fixed[c] = PETSC_TRUE;
    }
    FixManufactured(flow);
  }
  PetscFunctionReturn(0);
}

void BodyNodeVelocities(BodyFlow flow, const double q[], double velocity[]) {
  for (PetscInt n = 0; n < 2 * flow->nodes; n++) {
    const Terms *terms = &flow->terms[n];
    velocity[n] = 0.0;
    for (int t = 0; t < terms->count; t++) {
      velocity[n] += terms->coefficient[t] * q[terms->coordinate[t]];
    }
  }
}

void BodyFlowBase(BodyFlow flow, const double rings[], double base[]) {
  for (PetscInt i = 0; i <= 2 * flow->rings; i++) {
    const Terms *terms = &flow->terms[2 * BodyNode(flow->options.grid, i, 0) + 1];
    base[i] = 0.0;
    for (int t = 0; t < terms->count; t++) {
      base[i] += terms->coefficient[t] * rings[terms->coordinate[t]];
    }
  }
}

void BodyCellTerms(BodyFlow flow, PetscInt cell, CellTerms *out) {
  PetscInt node[BODY_CELL_NODES];

  BodyCellNodes(flow->options.grid, cell, node);
  out->count = 0;
  for (int v = 0; v < CELL_VELOCITIES; v++) {
    const Terms *terms = &flow->terms[2 * node[v / 2] + v % 2];
    for (int t = 0; t < terms->count; t++) {
      out->velocity[out->count] = v;
      out->coordinate[out->count] = terms->coordinate[t];
      out->coefficient[out->count++] = terms->coefficient[t];
    }
  }
}
