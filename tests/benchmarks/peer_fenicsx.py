#!/usr/bin/python3
"""Finite-element peer of lisei: the problems P2 and P3 (see reference.py) with FEniCSx 0.5 (Debian: python3-dolfinx).

Meant as a fair opponent, written as someone would who knows the solution:
  - quadratic elements on an axisymmetric half plane; the triangles follow oblate spheroidal coordinates, so they are
    graded to the contact edge and close to isotropic everywhere, and few suffice;
  - the far field is closed by a Robin condition that is exact for the leading (monopole) harmonic of a disk, so the
    domain can end a few contact radii away;
  - the bulk matrix is assembled once; a Newton step adds the exact Jacobian of the interface on the disk's few facets,
    and refactors by PETSc's LU with the symbolic part kept; the start is extrapolated in time;
  - the contact fraction lives at the nodes; its new value is eliminated in closed form, so one Newton iteration solves
    current and contact together; the trapezoidal rule (second order) by default, implicit Euler on request;
  - steps end at the kinks of the problem (V = 0 and the vertices); peaks are read off a parabola through three steps.

Scaled: lengths by the radius a, potentials by 1/beta, current densities by i0.
  int grad u . grad v r dx + int_far g u v r ds = W int_disk theta sinh(V - u) v r ds,   W = i0 beta a/sigma
  theta' = -S theta^2 max(sinh(V - u), 0) + k_h (1 - theta),   S = k_s i0
One implicit step theta = b + c (theta' - k_h), c = dt (Euler) or dt/2 (trapezoidal), is a quadratic equation for theta.

The first runs of each problem compile forms (about a second); later ones find them in FEniCSx's cache. Compiling
changes UFL's numbering and so the next run's cache keys: it takes up to three runs. Time one that reports
"forms_compiled": 0.
  peer_fenicsx.py --problem P3 --out peer.json
"""
import time

BEGIN = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import os  # noqa: E402
import pathlib  # noqa: E402

# The same quick single-process MPI start as lisei gives itself; see docs on start-up time.
if not any(k in os.environ for k in ("OMPI_COMM_WORLD_SIZE", "PMI_RANK", "SLURM_PROCID")):
    for key, value in (("ess_singleton_isolated", "1"), ("pml", "ob1"), ("btl", "self")):
        os.environ.setdefault("OMPI_MCA_" + key, value)

import numpy as np  # noqa: E402
import ufl  # noqa: E402
from dolfinx import fem, jit, mesh  # noqa: E402
from dolfinx.fem import petsc as femp  # noqa: E402
from mpi4py import MPI  # noqa: E402
from petsc4py import PETSc  # noqa: E402

RADIUS = 0.5 * 9.64e-6  # [m]
SIGMA = 0.165  # [S/m]
BETA = 100.0  # [1/V]
I0 = 1.0 / (0.57e-4 * BETA)  # [A/m2]
K_STRIP = 0.02e-4 / 1e-3  # [m2/(A s)]
K_HEAL = 0.005  # [1/s]
RATE = 0.2e-3  # [V/s]
VERTEX = 10e-3  # [V]
CYCLE = 4.0 * VERTEX / RATE  # [s]
CYCLES = 3


def potential_at(t):
    s = np.mod(t / (CYCLE / 4.0), 4.0)
    return VERTEX * (-s if s < 1 else s - 2 if s < 3 else 4 - s)


def oblate_mesh(rings, layers, xi_max):
    """Triangles between the lines of constant eta and xi; returns mesh and tagged facets (1 disk, 2 far boundary)."""
    eta = np.linspace(0, np.pi / 2, rings + 1)
    xi = np.linspace(0, xi_max, layers + 1)
    r, z = np.outer(np.cosh(xi), np.cos(eta)), -np.outer(np.sinh(xi), np.sin(eta))
    r[:, -1] = 0.0
    points = np.column_stack([r.ravel(), z.ravel()])
    k = np.arange(layers * (rings + 1)).reshape(layers, rings + 1)[:, :-1].ravel()
    n = rings + 1
    # This diagonal; the other one would leave a triangle without area at the edge, where both lines lie in z = 0.
    cells = np.vstack([np.column_stack([k, k + 1, k + n + 1]), np.column_stack([k, k + n + 1, k + n])])
    domain = mesh.create_mesh(MPI.COMM_SELF, cells, points, ufl.Mesh(ufl.VectorElement("Lagrange", ufl.triangle, 1)))
    on_disk = mesh.locate_entities_boundary(
        domain, 1, lambda x: np.logical_and(np.abs(x[1]) < 1e-12, x[0] < 1 + 1e-9))
    far = mesh.locate_entities_boundary(
        domain, 1, lambda x: np.abs((x[0] / np.cosh(xi_max)) ** 2 + (x[1] / np.sinh(xi_max)) ** 2 - 1) < 1e-9)
    facets = np.concatenate([on_disk, far]).astype(np.int32)
    tags = np.concatenate([np.full(len(on_disk), 1), np.full(len(far), 2)]).astype(np.int32)
    order = np.argsort(facets)
    return domain, mesh.meshtags(domain, 1, facets[order], tags[order])


class Contact:
    """Finite-element model of the disk contact; holds the fields and solves one instant or one implicit step."""

    def __init__(self, options, evolving):
        domain, tags = oblate_mesh(options.rings, options.layers, options.xi_max)
        space = fem.FunctionSpace(domain, ("Lagrange", 2))
        self.u, self.known = fem.Function(space), fem.Function(space)  # potential; b of the implicit step
        u, v, x = ufl.TrialFunction(space), ufl.TestFunction(space), ufl.SpatialCoordinate(domain)
        ds = ufl.Measure("ds", domain=domain, subdomain_data=tags, metadata={"quadrature_degree": 6})
        sinh_m, cosh_m = math.sinh(options.xi_max), math.cosh(options.xi_max)
        metric = ufl.sqrt(sinh_m**2 + (x[1] / sinh_m) ** 2)
        decay = 1 / (math.atan2(1.0, sinh_m) * cosh_m * metric)  # -du/dn / u of the harmonic acot(sinh xi)
        bulk = ufl.inner(ufl.grad(u), ufl.grad(v)) * x[0] * ufl.dx + decay * u * v * x[0] * ds(2)

        self.volt, self.weight = fem.Constant(domain, 0.0), fem.Constant(domain, 0.0)  # weight: c S, 0 if cathodic
        self.stiff = fem.Constant(domain, 1.0)  # 1 + c k_h
        self.evolving = evolving
        true_current = (ufl.exp(self.volt - self.u) - ufl.exp(self.u - self.volt)) / 2
        theta = 1.0
        if evolving:
            root = ufl.sqrt(self.stiff**2 + 4 * self.weight * true_current * self.known)
            theta = 2 * self.known / (self.stiff + root)
        current = theta * true_current
        w = I0 * BETA * RADIUS / SIGMA
        interface = -w * current * v * x[0] * ds(1)
        self.interface = fem.form(interface)
        self.jacobian = fem.form(ufl.derivative(interface, self.u))

        self.bulk = femp.assemble_matrix(fem.form(bulk))
        self.bulk.assemble()
        self.matrix = self.bulk.duplicate(copy=True)
        self.residual, self.step = self.bulk.createVecLeft(), self.bulk.createVecLeft()
        self.load = self.bulk.createVecLeft()
        self.to_ampere = 2 * np.pi * RADIUS**2 * I0 / w
        self.solver = PETSc.KSP().create(MPI.COMM_SELF)
        self.solver.setOperators(self.matrix)
        self.solver.setType("preonly")
        pc = self.solver.getPC()
        pc.setType("lu")
        pc.setFactorSolverType(options.lu)
        if options.lu == "petsc":
            pc.setFactorOrdering("nd")
        self.nodes = fem.locate_dofs_topological(space, 1, tags.find(1))
        self.newton = 0
        self.unknowns = space.dofmap.index_map.size_global

    def solve(self, volt, dt=None, sign=1, order=2):
        """Newton at potential `volt` [V]; with `dt` [s] an implicit step of the contact fraction. Total current [A]."""
        self.volt.value = BETA * volt
        if dt is not None:
            c = dt if order == 1 else dt / 2
            self.stiff.value = 1 + c * K_HEAL
            self.weight.value = c * K_STRIP * I0 if sign > 0 else 0.0
        u = self.u.vector
        for _ in range(30):
            with self.load.localForm() as local:
                local.set(0)
            femp.assemble_vector(self.load, self.interface)
            self.bulk.mult(u, self.residual)
            self.residual.axpy(1.0, self.load)
            size = self.load.norm()
            if self.residual.norm() <= 1e-9 * size + 1e-15:
                # Flux through the disk as the equations see it; the test function 1 gives the sum of the nodal loads.
                return -self.load.sum() * self.to_ampere
            self.bulk.copy(self.matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
            femp.assemble_matrix(self.matrix, self.jacobian)
            self.matrix.assemble()
            self.solver.solve(self.residual, self.step)
            u.axpy(-1.0, self.step)
            self.newton += 1
        raise RuntimeError(f"Newton did not converge at V = {volt} V")

    def contact_fraction(self):
        """theta at the disk's nodes after a step, from the same closed form as in the equations."""
        b, k = self.known.x.array[self.nodes], self.stiff.value
        q = 4 * self.weight.value * np.sinh(self.volt.value - self.u.x.array[self.nodes])
        return 2 * b / (k + np.sqrt(k * k + q * b))


def run_p2(contact):
    volts = [k * 1e-3 for k in range(1, 21)]
    return {"potential_V": volts, "current_A": [contact.solve(v) for v in volts]}


def run_p3(contact, steps, order):
    dt = CYCLE * CYCLES / steps
    times, currents = [0.0], [0.0]
    theta = np.ones(len(contact.nodes))
    slope = np.zeros_like(theta)  # theta' [1/s] at the last instant; the current starts at 0
    previous = contact.u.x.array.copy()
    for k in range(1, steps + 1):
        t = k * dt
        sign = -1 if np.mod(t - 0.5 * dt, CYCLE) < CYCLE / 2 else 1
        c = dt if order == 1 else dt / 2
        contact.known.x.array[contact.nodes] = theta + c * K_HEAL + (0.0 if order == 1 else c * slope)
        here = contact.u.x.array.copy()
        contact.u.x.array[:] = 2 * here - previous
        previous = here
        currents.append(contact.solve(potential_at(t), dt, sign, order))
        times.append(t)
        theta = contact.contact_fraction()
        slope = (theta - contact.known.x.array[contact.nodes]) / c + K_HEAL
    return {"time_s": times, "potential_V": [potential_at(t) for t in times], "current_A": currents,
            "peaks": [{kind + "_" + unit: value for kind, sign, part in (("cathodic", -1, 0), ("anodic", 1, 1))
                       for unit, value in zip("As", peak(times, currents, sign, 2 * cycle + part))}
                      for cycle in range(CYCLES)]}


def peak(times, currents, sign, half):
    """Largest current in the given half cycle: a parabola through three steps unless the vertex is the maximum."""
    per_half = (len(times) - 1) // (2 * CYCLES)
    y = sign * np.array(currents[half * per_half:(half + 1) * per_half + 1])
    t = times[half * per_half:(half + 1) * per_half + 1]
    k = int(y.argmax())
    if k in (0, per_half // 2, per_half):
        return sign * y[k], t[k]
    bend, tilt = y[k + 1] - 2 * y[k] + y[k - 1], 0.5 * (y[k + 1] - y[k - 1])
    return sign * (y[k] - 0.5 * tilt**2 / bend), t[k] - tilt / bend * (t[1] - t[0])


def cached_forms():
    return len(list(pathlib.Path(jit.get_parameters()["cache_dir"]).glob("*.so")))


def process_seconds():
    """Seconds since this process was started (Linux), interpreter and imports included."""
    with open("/proc/self/stat", encoding="ascii") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", choices=("P2", "P3"), required=True)
    parser.add_argument("--out", required=True, help="JSON file to write")
    parser.add_argument("--rings", type=int, default=8, help="elements along the contact")
    parser.add_argument("--layers", type=int, default=8, help="elements from the contact to the far boundary")
    parser.add_argument("--xi-max", type=float, default=2.0, help="far boundary in oblate coordinates")
    parser.add_argument("--scheme", choices=("trapezoidal", "euler"), default="trapezoidal")
    parser.add_argument("--steps", type=int, default=900, help="time steps of P3, a multiple of 12")
    parser.add_argument("--lu", choices=("petsc", "mumps", "superlu_dist"), default="petsc")
    args = parser.parse_args()
    if args.steps <= 0 or args.steps % (4 * CYCLES):
        parser.error("--steps must be a positive multiple of 12, so that steps end at the kinks of the potential")
    if args.rings < 2 or args.layers < 2 or not 0.1 <= args.xi_max <= 10:
        parser.error("need at least 2 rings and 2 layers, and --xi-max between 0.1 and 10")
    imported, cached = time.perf_counter(), cached_forms()
    contact = Contact(args, evolving=args.problem == "P3")
    built = time.perf_counter()
    if args.problem == "P2":
        result = run_p2(contact)
    else:
        result = run_p3(contact, args.steps, 1 if args.scheme == "euler" else 2)
    solved = time.perf_counter()
    result.update(problem=args.problem, program="peer_fenicsx.py", unknowns=contact.unknowns, lu=args.lu,
                  rings=args.rings, layers=args.layers, xi_max=args.xi_max, newton_iterations=contact.newton,
                  import_seconds=imported - BEGIN, build_seconds=built - imported,
                  forms_compiled=cached_forms() - cached, solve_seconds=solved - built,
                  process_seconds=process_seconds())
    if args.problem == "P3":
        result.update(scheme=args.scheme, steps=args.steps)
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    print(f"{args.problem}: {contact.unknowns} unknowns, {contact.newton} Newton iterations, "
          f"{result['forms_compiled']} forms compiled, "
          f"solve {result['solve_seconds']:.3f} s, process {result['process_seconds']:.3f} s")


if __name__ == "__main__":
    main()
