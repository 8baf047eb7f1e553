/* Links between the corners of cells: along every edge the cells on both sides of it conduct in parallel. */
#include "../../physics/constants.h"
#include "sei_private.h"

/* What is below a node at the bottom: nothing; a resistance that is small against the block's keeps the matrix regular.
 */
static const double vanishing = 1e-7;

/* A link of the conductance g [S] and the length [m]. */
static void SetEdge(SeiBlock *s, PetscInt l, double conductance, double length, double scale) {
  SeiLinks *links = &s->inner;
  const double resistance = 1.0 / conductance, voltage = length * s->options.field_scale;

  links->scale[l] = scale;
  links->series[l] = links->nonlinear ? 0.0 : resistance;
  if (links->nonlinear) {
    links->near_resistance[l] = links->far_resistance[l] = 0.5 * resistance;
    links->near_voltage[l] = links->far_voltage[l] = 0.5 * voltage;
  }
}

/* [S/m * m^2] conductivity times area of the cells beside the vertical edge at node column c in cell layer k */
static double Beside(const SeiBlock *s, PetscInt c, PetscInt k) {
  const SeiNodes *n = s->options.nodes;
  const double *dual = s->options.edge, edge = n->edge[c], inner = dual[c], outer = dual[c + 1];
  double sum = 0.0;

  if (c > 0) {
    sum += n->conductivity[(c - 1) * n->layers + k] * (edge * edge - inner * inner);
  }
  if (c < n->columns) {
    sum += n->conductivity[c * n->layers + k] * (outer * outer - edge * edge);
  }
  return sum * s->area;
}

/* [S/m * m] conductivity times height of the cells above and below the lateral edge of cell column c at node layer k */
static double AboveAndBelow(const SeiBlock *s, PetscInt c, PetscInt k, double height) {
  const SeiNodes *n = s->options.nodes;
  double sum = 0.0;

  sum += k > 0 ? n->conductivity[c * n->layers + k - 1] : 0.0;
  sum += k < n->layers ? n->conductivity[c * n->layers + k] : 0.0;
  return 0.5 * sum * height;
}

void SeiNodesSize(SeiBlock *s) {
  const SeiNodes *n = s->options.nodes;

  for (PetscInt c = 0; c < s->columns; c++) {
    const double height = s->thickness[c] / (double)n->layers, area = s->area * s->share[c];
    for (PetscInt k = 0; k < n->layers; k++) {
      SetEdge(s, s->lateral_count + c * n->layers + k, Beside(s, c, k) / height, height, area);
    }
    s->bottom.series[c] = vanishing * height / Beside(s, c, n->layers - 1);
    if (s->bottom.nonlinear) {
      s->bottom.near_resistance[c] = s->bottom.far_resistance[c] = 0.0;
      s->bottom.near_voltage[c] = s->bottom.far_voltage[c] = 1.0;
    }
    s->bottom.scale[c] = area;
    s->surface[c] = vanishing * height / Beside(s, c, 0);
    s->surface_voltage[c] = INFINITY;
  }
  for (PetscInt c = 0; c < n->columns; c++) {
    const double height = 0.5 * (s->thickness[c] + s->thickness[c + 1]) / (double)n->layers;
    const double length = (n->edge[c + 1] - n->edge[c]) * s->radius;
    const double wide = PI * (n->edge[c + 1] + n->edge[c]) * s->radius / length;
    for (PetscInt k = 0; k < s->layers; k++) {
      SetEdge(s, c * s->layers + k, AboveAndBelow(s, c, k, height) * wide, length,
              s->area * fmin(s->share[c], s->share[c + 1]));
    }
  }
}
