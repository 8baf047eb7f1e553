/* Only the normal velocity moves an outline. Points that followed the lithium would be drawn into the contact where it
   is stripped and crowd there; so they move along their normals, and are then put at their old shares of the length of
   the natural cubic spline through them (parameter: chord length; error of fourth order). */
#include "body_outline.h"
#include <math.h>

void BodyOutlineNormal(PetscInt at, const double r[], const double z[], double normal[2]) {
  const double back = hypot(r[at] - r[at - 1], z[at] - z[at - 1]), on = hypot(r[at + 1] - r[at], z[at + 1] - z[at]);
  /* derivative of the parabola through three points */
  const double a = -on / (back * (back + on)), b = (on - back) / (back * on), c = back / (on * (back + on));
  const double tr = a * r[at - 1] + b * r[at] + c * r[at + 1], tz = a * z[at - 1] + b * z[at] + c * z[at + 1];

  normal[0] = tz / hypot(tr, tz);
  normal[1] = -tr / hypot(tr, tz);
}

/* Second derivatives of the natural spline through f at x. */
static void Spline(PetscInt n, const double x[], const double f[], double second[], double work[]) {
  second[0] = work[0] = second[n - 1] = 0.0;
  for (PetscInt k = 1; k < n - 1; k++) {
    const double low = x[k] - x[k - 1], high = x[k + 1] - x[k], pivot = 2.0 * (low + high) - low * work[k - 1];
    work[k] = high / pivot;
    second[k] = (6.0 * ((f[k + 1] - f[k]) / high - (f[k] - f[k - 1]) / low) - low * second[k - 1]) / pivot;
  }
  for (PetscInt k = n - 2; k > 0; k--) {
    second[k] -= work[k] * second[k + 1];
  }
}

typedef struct {
  PetscInt count;
  double *x, *r, *z, *r2, *z2, *length; /* length up to each point */
} Curve;

/* Value and, if asked, slope on the piece k at the parameter. */
static double Value(const double x[], const double f[], const double second[], PetscInt k, double at, double *slope) {
  const double h = x[k + 1] - x[k], b = (at - x[k]) / h, a = 1.0 - b;

  *slope = (f[k + 1] - f[k]) / h + h / 6.0 * ((3.0 * b * b - 1.0) * second[k + 1] - (3.0 * a * a - 1.0) * second[k]);
  return a * f[k] + b * f[k + 1] + h * h / 6.0 * ((a * a * a - a) * second[k] + (b * b * b - b) * second[k + 1]);
}

/* Length of a piece up to `at`, by three points of Gauss. */
static double Length(const Curve *curve, PetscInt k, double at) {
  static const double place[] = {0.1127016653792583, 0.5, 0.8872983346207417},
                      weight[] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
  const double from = curve->x[k];
  double sum = 0.0;

  for (int g = 0; g < 3; g++) {
    double r_slope, z_slope;
    (void)Value(curve->x, curve->r, curve->r2, k, from + place[g] * (at - from), &r_slope);
    (void)Value(curve->x, curve->z, curve->z2, k, from + place[g] * (at - from), &z_slope);
    sum += weight[g] * hypot(r_slope, z_slope);
  }
  return sum * (at - from);
}

static PetscErrorCode CurveCreate(PetscInt count, const double r[], const double z[], Curve *curve) {
  double *work;

  PetscFunctionBeginUser;
  curve->count = count;
  PetscCall(PetscCalloc6(count, &curve->x, count, &curve->r, count, &curve->z, count, &curve->r2, count, &curve->z2,
                         count, &curve->length));
  PetscCall(PetscMalloc1(count, &work));
  for (PetscInt k = 0; k < count; k++) {
    curve->r[k] = r[k];
    curve->z[k] = z[k];
    curve->x[k] = k ? curve->x[k - 1] + hypot(r[k] - r[k - 1], z[k] - z[k - 1]) : 0.0;
  }
  Spline(count, curve->x, curve->r, curve->r2, work);
  Spline(count, curve->x, curve->z, curve->z2, work);
  for (PetscInt k = 1; k < count; k++) {
    curve->length[k] = curve->length[k - 1] + Length(curve, k - 1, curve->x[k]);
  }
  PetscCall(PetscFree(work));
  PetscFunctionReturn(0);
}

static PetscErrorCode CurveDestroy(Curve *curve) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree6(curve->x, curve->r, curve->z, curve->r2, curve->z2, curve->length));
  PetscFunctionReturn(0);
}

PetscErrorCode BodyOutlineShares(PetscInt count, const double r[], const double z[], double share[]) {
  Curve curve;

  PetscFunctionBeginUser;
  PetscCall(CurveCreate(count, r, z, &curve));
  for (PetscInt k = 0; k < count; k++) {
    share[k] = curve.length[k] / curve.length[count - 1];
  }
  PetscCall(CurveDestroy(&curve));
  PetscFunctionReturn(0);
}

PetscErrorCode BodyOutlineRedistribute(PetscInt count, const double share[], double r[], double z[]) {
  PetscInt piece = 0;
  Curve curve;

  PetscFunctionBeginUser;
  PetscCall(CurveCreate(count, r, z, &curve));
  for (PetscInt k = 1; k < count - 1; k++) {
    const double wanted = share[k] * curve.length[count - 1];
    double slope;
    while (piece < count - 2 && curve.length[piece + 1] < wanted) {
      piece++;
    }
    const double low = curve.x[piece], width = curve.x[piece + 1] - low;
    double at = low + width * (wanted - curve.length[piece]) / (curve.length[piece + 1] - curve.length[piece]);
    for (int pass = 0; pass < 4; pass++) { /* speed along the parameter is near 1 */
      at += wanted - curve.length[piece] - Length(&curve, piece, at);
    }
    r[k] = Value(curve.x, curve.r, curve.r2, piece, at, &slope);
    z[k] = Value(curve.x, curve.z, curve.z2, piece, at, &slope);
  }
  PetscCall(CurveDestroy(&curve));
  PetscFunctionReturn(0);
}
