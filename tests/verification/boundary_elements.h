/* Boundary elements for plane ideal conductors under a film in a half space: a disk on the surface, a half disk upright
   below its middle, a rectangle. Independent of the program: constant density on panels, collocation at their middles.

   The image in the free surface makes the upright half disk a disk in the full space, and doubles the surface disk's
   potential. With i the density into the electrolyte on the surface disk and on each face of the upright disk,
   2 pi sigma phi(x) = int i dA'/|x - x'| over both disks. Lengths in units of the larger radius, sigma = 1. */
#ifndef LISEI_BOUNDARY_ELEMENTS_H
#define LISEI_BOUNDARY_ELEMENTS_H

#include <math.h>
#include <petscsys.h>
/* needs the one above first */
#include <petscblaslapack.h>

enum { GAUSS_POINTS = 16 };
static const double gauss_node[GAUSS_POINTS / 2] = {0.0950125098376374, 0.2816035507792589, 0.4580167776572274,
                                                    0.6178762444026438, 0.7554044083550030, 0.8656312023878318,
                                                    0.9445750230732326, 0.9894009349916499};
static const double gauss_weight[GAUSS_POINTS / 2] = {0.1894506104550685, 0.1826034150449236, 0.1691565193950025,
                                                      0.1495959888165767, 0.1246289712555339, 0.0951585116824928,
                                                      0.0622535239386479, 0.0271524594117541};

/* int r dr/|x - x'| up to r along a ray at the angle alpha to the point (rho, height), up to a constant in r */
static double RayPotential(double r, double rho, double alpha, double height) {
  const double b = rho * cos(alpha), across = rho * sin(alpha);
  const double offset = r - b, off = across * across + height * height, distance = sqrt(offset * offset + off);
  /* offset + distance without cancellation */
  return distance + b * log(offset >= 0 ? offset + distance : off / (distance - offset));
}

/* int dA'/|x - x'| over the sector ring r1 < r < r2, t1 < theta < t2 at a point with the polar coordinates rho, psi in
   the ring's plane and at a height above it. Exact in r; in theta by Gauss's rule, graded towards psi. */
static double SectorPotential(double r1, double r2, double t1, double t2, double rho, double psi, double height) {
  double piece[3] = {t1, t1, t2}, sum = 0;

  psi += 2 * PETSC_PI * ceil((t1 - psi) / (2 * PETSC_PI)); /* the first psi from t1 on */
  if (psi < t2) {
    piece[1] = psi;
  } else if (psi - t2 < t1 - psi + 2 * PETSC_PI) {
    piece[1] = t2;
  }
  for (int p = 0; p < 2; p++) {
    const double length = piece[p + 1] - piece[p];
    for (int g = 0; g < GAUSS_POINTS && length > 0; g++) {
      const double node = g % 2 ? gauss_node[g / 2] : -gauss_node[g / 2], s = 0.5 * (1 + node);
      const double theta = p ? piece[1] + length * s * s * s : piece[1] - length * s * s * s;
      sum += 0.5 * gauss_weight[g / 2] * 3 * s * s * length *
             (RayPotential(r2, rho, theta - psi, height) - RayPotential(r1, rho, theta - psi, height));
    }
  }
  return sum;
}

/* The same for a rectangle in its own plane: sum over its corners (x, y) as seen from the point. */
static double CornerPotential(double x, double y) {
  return (x != 0 ? x * asinh(y / fabs(x)) : 0) + (y != 0 ? y * asinh(x / fabs(y)) : 0);
}

static double RectanglePotential(double x1, double x2, double y1, double y2, double x, double y) {
  return CornerPotential(x2 - x, y2 - y) - CornerPotential(x1 - x, y2 - y) - CornerPotential(x2 - x, y1 - y) +
         CornerPotential(x1 - x, y1 - y);
}

/* One quadrant of a disk: rings times sectors; the other three are its mirror images. */
typedef struct {
  PetscInt rings, sectors;
  const double *edge; /* rings+1 */
} PanelDisk;

static double PanelMiddle(const PanelDisk *disk, PetscInt panel, double *angle) {
  const PetscInt ring = panel / disk->sectors, sector = panel % disk->sectors;
  *angle = ((double)sector + 0.5) * PETSC_PI / 2 / (double)disk->sectors;
  return 0.5 * (disk->edge[ring] + disk->edge[ring + 1]);
}

/* Area of the four panels together. */
static double PanelArea(const PanelDisk *disk, PetscInt panel) {
  const double *edge = disk->edge + panel / disk->sectors;
  return PETSC_PI * (edge[1] * edge[1] - edge[0] * edge[0]) / (double)disk->sectors;
}

/* int dA'/|x - x'| over a panel and its images at a point of the disk's plane (rho, psi) or above it. */
static double PanelPotential(const PanelDisk *disk, PetscInt panel, double rho, double psi, double height) {
  const double *edge = disk->edge + panel / disk->sectors, step = PETSC_PI / 2 / (double)disk->sectors;
  const double t1 = (double)(panel % disk->sectors) * step, t2 = t1 + step;
  return SectorPotential(edge[0], edge[1], t1, t2, rho, psi, height) +
         SectorPotential(edge[0], edge[1], -t2, -t1, rho, psi, height) +
         SectorPotential(edge[0], edge[1], PETSC_PI - t2, PETSC_PI - t1, rho, psi, height) +
         SectorPotential(edge[0], edge[1], PETSC_PI + t1, PETSC_PI + t2, rho, psi, height);
}

/* Potential per density, [n1 + n2]^2, column-major: the surface disk's panels first, then the upright disk's (none: 0
   rings). */
static void PanelMatrix(const PanelDisk disk[2], double matrix[]) {
  const PetscInt first = disk[0].rings * disk[0].sectors;
  const PetscInt total = first + disk[1].rings * disk[1].sectors;

  for (PetscInt row = 0; row < total; row++) {
    const int on = row < first ? 0 : 1;
    double psi, rho = PanelMiddle(&disk[on], on ? row - first : row, &psi);
    for (PetscInt column = 0; column < total; column++) {
      const int of = column < first ? 0 : 1;
      const PetscInt panel = of ? column - first : column;
      /* the planes meet in the line psi = 0 */
      matrix[row + total * column] = (of == on ? PanelPotential(&disk[of], panel, rho, psi, 0)
                                               : PanelPotential(&disk[of], panel, rho * cos(psi), 0, rho * sin(psi))) /
                                     (2 * PETSC_PI);
    }
  }
}

/* Currents of the disks at 1 V behind a film; `work` holds size*(size + 1) numbers. */
static PetscErrorCode PanelCurrents(const PanelDisk disk[2], const double matrix[], double film, double work[],
                                    double current[2]) {
  const PetscInt first = disk[0].rings * disk[0].sectors;
  const PetscInt total = first + disk[1].rings * disk[1].sectors;
  double *density = work + total * total;
  PetscBLASInt n, one = 1, info, *pivot = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(total, &n));
  PetscCall(PetscMalloc1(total, &pivot));
  PetscCall(PetscArraycpy(work, matrix, total * total));
  for (PetscInt k = 0; k < total; k++) {
    work[k * (total + 1)] += film;
    density[k] = 1;
  }
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&n, &one, work, &n, pivot, density, &n, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK gesv: %d", (int)info);
  current[0] = current[1] = 0;
  for (PetscInt k = 0; k < total; k++) {
    current[k < first ? 0 : 1] += density[k] * (k < first ? PanelArea(&disk[0], k) : PanelArea(&disk[1], k - first));
  }
  PetscCall(PetscFree(pivot));
  PetscFunctionReturn(0);
}

#endif
