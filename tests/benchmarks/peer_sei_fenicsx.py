#!/usr/bin/python3
"""Finite-element peer of lisei for one purpose: a voltammogram cycle through a random, field-dependent SEI, with FEniCSx
0.5 (Debian: python3-dolfinx).

A disk contact of radius a on a half space of electrolyte, grounded at infinity; between lithium and electrolyte a planar
block of SEI whose phases are constant on rectangles in r and z. Lithium at V(t): 0 -> -vertex -> +vertex -> 0.
  electrolyte  div(sigma_e grad u) = 0
  SEI          div j = 0, j_k = -sigma E_c sinh(du/dx_k / E_c) for k = r, z, E_c = RT/(F a_h): each component by itself, as
               lisei has it face by face (--law isotropic: along grad u with its magnitude)
  interface    i = theta i0 sinh(beta (V - u)) at the lithium
  contact      dtheta/dt = -k_s max(i, 0) theta + k_h (1 - theta), theta(0) = 1, at each node of the contact

Written as someone would who knows the solution:
  - one mesh of quadrilaterals in (s, y), r = a sin s at the contact. SEI: y = z/L. Electrolyte: oblate spheroidal
    coordinates, y = -gd(xi) from 0 to -pi/2, where infinity is: the domain is finite without truncation, and the primary
    field, linear in y, is exact. Along s the few cells of each grain crowd at its edges, where the current turns;
  - bilinear elements; in the scan biquadratic ones won only at errors below half a percent (--order 2);
  - the contact's current is lumped at the nodes (Gauss-Lobatto points), so its Jacobian is diagonal and theta's new value
    is eliminated in closed form: one Newton iteration solves current and contact together;
  - electrolyte assembled once; the SEI's tangent kept while it serves; the exact, symmetric, positive definite Jacobian is
    factored by PETSc's Cholesky in RCM order (less time here than CHOLMOD, MUMPS and SuperLU; LAPACK's band Cholesky is as fast
    on the default mesh and a third faster on a larger one, but scipy would have to be imported). All assembly is dolfinx's;
    numpy does what belongs to the contact's nodes;
  - trapezoidal rule, steps ending at the kinks of V(t), start of Newton extrapolated by a parabola through three steps;
    steps that fail are halved; a strong field takes more and graded steps, as theta is lost within seconds;
  - all forms come from the cache (the first runs compile them; time one that reports "forms_compiled": 0).

  peer_sei_fenicsx.py --case weak --out peer.json             one cycle
  peer_sei_fenicsx.py --case weak --scan                      table of errors and times over meshes and steps
  peer_sei_fenicsx.py --case weak --reference --out ref.json  refined solution with the evidence that it is converged
  peer_sei_fenicsx.py --write-map map.json                    the phase map; any other map of that form with --map
"""
import time

BEGIN = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402

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

from sei_problem import (BETA, CASES, I0, K_HEAL, K_STRIP, RADIUS, SIGMA, THERMAL, THICKNESS, digest, errors,  # noqa: E402
                         random_map, read_peaks, sample)

SERVING, WAIT = 0.05, 5  # contraction at which a kept tangent serves; steps without it where it did not
# cells of a grain along r, the width of the outermost [nm], cells of a grain through the SEI, the height of the outermost
# in parts of a uniform one, layers of the electrolyte. Chosen near the front of error against time of a scan of some 400 settings
# at the cathodic peak of the weak case, on the phase map of the comparison: to the peer's advantage, as are the steps.
MESHES = {"coarse": (4, 1.5, 1, 1.0, 5), "default": (6, 1.0, 1, 1.0, 5), "fine": (8, 0.6, 2, 1.0, 6),
          "finer": (8, 0.15, 4, 0.25, 6), "finest": (12, 0.15, 6, 0.25, 8)}
REFINED = [(12, 0.1, 6, 0.1, 10), (16, 0.02, 8, 0.03, 12), (20, 0.005, 12, 0.008, 14)]  # biquadratic, down to 10 pm


def ratio_of(sizes_to_sum, count, half=0.0):
    """q with 1 + q + ... + q^(count-1) + half q^count = sizes_to_sum."""
    low, high = 1.0, max(2.0, sizes_to_sum)
    for _ in range(100):
        q = 0.5 * (low + high)
        low, high = (q, high) if sum(q**k for k in range(count)) + half * q**count < sizes_to_sum else (low, q)
    return low


def graded(width, count, first):
    """Edges of `count` cells over `width`, growing geometrically from `first` at both ends to the middle."""
    if count < 3 or first >= width / count:
        return np.linspace(0, width, count + 1)
    half = count // 2
    q = ratio_of(0.5 * width / first, half, 0.5 * (count % 2))
    left = first * np.r_[0.0, np.cumsum(q ** np.arange(half))]
    if count % 2 == 0:
        left *= 0.5 * width / left[-1]
    return np.r_[left, (width - left[::-1])[1 - count % 2:]]


class Cells:
    """Lines of the mesh, and the grain to which each column and layer of the SEI belongs."""

    def __init__(self, phase_map, setting):
        across, first, along, crowding, electrolyte = setting
        r, z = np.array(phase_map["r_edges_m"]), np.array(phase_map["z_edges_m"])
        edges, self.grain_of_column = [0.0], np.repeat(np.arange(len(r) - 1), across)
        for inner, outer in zip(r[:-1], r[1:]):
            edges += list(inner + graded(outer - inner, across, first * 1e-9)[1:])
        self.s = np.arcsin(np.minimum(np.array(edges) / r[-1], 1.0))
        heights, self.grain_of_layer = [0.0], np.repeat(np.arange(len(z) - 1)[::-1], along)  # from the electrolyte up
        for top, bottom in zip(z[-2::-1], z[:0:-1]):
            height = (top - bottom) / z[0]
            heights += list(bottom / z[0] + graded(height, along, crowding * height / along)[1:])
        depth = 0.03 if electrolyte < 8 else 0.003  # of the first layer of the electrolyte
        below = np.r_[0.0, np.cumsum(depth * ratio_of(0.5 * np.pi / depth, electrolyte) ** np.arange(electrolyte))]
        self.y = np.r_[-0.5 * np.pi * below[:0:-1] / below[-1], heights]
        self.electrolyte = electrolyte

    def build(self):
        """The mesh; column and layer of each of its cells."""
        columns, layers = len(self.s) - 1, len(self.y) - 1
        points = np.stack(np.meshgrid(self.s, self.y, indexing="ij"), -1).reshape(-1, 2)
        corner = (np.arange(columns)[:, None] * (layers + 1) + np.arange(layers)).ravel()
        cells = np.column_stack([corner, corner + layers + 1, corner + 1, corner + layers + 2])
        domain = mesh.create_mesh(MPI.COMM_SELF, cells, points,
                                  ufl.Mesh(ufl.VectorElement("Lagrange", ufl.quadrilateral, 1)))
        original = np.array(domain.topology.original_cell_index)
        return domain, original // layers, original % layers


class Contact:
    """Potentials [V]; equations divided by 2 pi sigma_e a. Solves one instant or one implicit step."""

    def __init__(self, phase_map, setting, half_jump, order=1, law="component", solver="petsc"):
        cells = Cells(phase_map, setting)
        domain, column, layer = cells.build()
        in_sei = layer >= cells.electrolyte
        phase = np.array(phase_map["phase"])
        conductivity = np.array(phase_map["conductivity_S_per_m"]) / SIGMA
        relative = np.ones(len(column))
        relative[in_sei] = conductivity[phase[cells.grain_of_layer[layer[in_sei] - cells.electrolyte],
                                              cells.grain_of_column[column[in_sei]]]]
        space, constant = fem.FunctionSpace(domain, ("Lagrange", order)), fem.FunctionSpace(domain, ("DG", 0))
        sigma, self.u = fem.Function(constant), fem.Function(space)
        sigma.x.array[constant.dofmap.list.array] = relative
        tags = mesh.meshtags(domain, 2, np.arange(len(column), dtype=np.int32), np.where(in_sei, 1, 2).astype(np.int32))
        dx = ufl.Measure("dx", domain=domain, subdomain_data=tags, metadata={"quadrature_degree": 2 * order + 1})
        scale = fem.Constant(domain, THERMAL / half_jump)
        residual, tangent, bulk = weak_form(domain, space, self.u, sigma, scale, dx, law)
        self.residual, self.tangent = fem.form(residual), fem.form(tangent)

        nodes = space.tabulate_dof_coordinates()
        top = np.flatnonzero(nodes[:, 1] > 1 - 1e-9).astype(np.int32)
        self.top = top[np.argsort(nodes[top, 0])]
        self.area = nodal_areas(cells.s, order) * RADIUS**2  # [m2/2 pi]
        self.ground = np.flatnonzero(nodes[:, 1] < -0.5 * np.pi + 1e-9).astype(np.int32)
        self.grounded = [fem.dirichletbc(PETSc.ScalarType(0), self.ground, space)]
        # All entries once, as PETSc drops those that are never set.
        self.bulk = femp.assemble_matrix(fem.form(bulk + tangent), self.grounded)
        self.bulk.assemble()
        self.bulk.zeroEntries()
        femp.assemble_matrix(self.bulk, fem.form(bulk), self.grounded)
        self.bulk.assemble()
        self.kept, self.matrix = self.bulk.duplicate(copy=True), self.bulk.duplicate(copy=True)
        self.matrix.setOption(PETSc.Mat.Option.SPD, True)
        self.load, self.step, self.diagonal = (self.bulk.createVecLeft() for _ in range(3))
        self.solver = PETSc.KSP().create(MPI.COMM_SELF)
        self.solver.setType("preonly")
        self.solver.setOperators(self.matrix)
        factors = self.solver.getPC()
        factors.setType("cholesky")
        factors.setFactorSolverType(solver)
        if solver == "petsc":
            factors.setFactorOrdering("rcm")
        self.unknowns = len(nodes)
        self.fresh, self.wait = False, 1  # the tangent is of this iterate; steps until a kept one is tried again
        self.counts = {"newton_iterations": 0, "tangents": 0, "cuts": 0, "halved_steps": 0}

    def interface(self, step):
        """Current density [A/m2] at the nodes, its slope [A/(m2 V)] and theta, for a step (see advance)."""
        volt, weight, known, stiff = step
        argument = BETA * (volt - self.u.x.array[self.top])
        true, slope = I0 * np.sinh(argument), I0 * BETA * np.cosh(argument)
        if known is None:
            return true, slope, None
        loss = weight * np.maximum(true, 0)  # stiff theta + loss theta^2 = known
        root = np.sqrt(stiff**2 + 4 * loss * known)
        theta = 2 * known / (stiff + root)
        # d(theta true)/d(true), with d theta/d loss = -theta^2/root
        return theta * true, theta * (1 - loss * theta / root) * slope, theta

    def imbalance(self, step):
        current, slope, _ = self.interface(step)
        self.bulk.mult(self.u.vector, self.load)
        femp.assemble_vector(self.load, self.residual)
        values = self.load.array
        values[self.top] -= self.area / (SIGMA * RADIUS) * current
        values[self.ground] = 0
        return slope

    def factor(self, slope):
        if not self.serves:
            self.bulk.copy(self.kept, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
            femp.assemble_matrix(self.kept, self.tangent, self.grounded)
            self.kept.assemble()
            self.counts["tangents"] += 1
        self.fresh = not self.serves
        self.kept.copy(self.matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        self.diagonal.array[self.top] = self.area / (SIGMA * RADIUS) * slope
        self.matrix.setDiagonal(self.diagonal, PETSc.InsertMode.ADD_VALUES)
        self.solver.setOperators(self.matrix)

    def solve(self, step, tolerance):
        """Newton; total current [A]. The equations are the gradient of a convex function, along which a correction must not
        climb: it is halved while the slope behind it is more than half of that before it."""
        x, old = self.u.x.array, None
        slope = self.imbalance(step)
        self.serves = self.wait <= 0
        self.wait -= 1
        for _ in range(60):
            self.factor(slope)
            self.solver.solve(self.load, self.step)
            self.counts["newton_iterations"] += 1
            change, descent, here = self.step.array.copy(), self.load.dot(self.step), x.copy()
            size = np.abs(change).max() / abs(step[0])
            x -= change
            # A fresh tangent leaves the square of the correction, a kept one a fraction of it.
            if size <= (tolerance if self.fresh else 0.02 * tolerance):
                return 2 * np.pi * self.area @ self.interface(step)[0]
            if self.serves and (size > 0.1 or old and size > SERVING * old):
                self.serves, self.wait = False, WAIT
            old, share = size, 1.0
            slope = self.imbalance(step)
            while not self.load.dot(self.step) > -0.5 * descent:
                share *= 0.5
                self.counts["cuts"] += 1
                if share < 1e-6:
                    raise ArithmeticError("no descent")
                x[:] = here - share * change
                slope = self.imbalance(step)
        raise ArithmeticError("Newton does not converge")


def weak_form(domain, space, u, sigma, scale, dx, law):
    """Residual and tangent of the SEI, matrix of the electrolyte, all over 2 pi sigma_e a."""
    s, y = ufl.SpatialCoordinate(domain)
    v, w = ufl.TestFunction(space), ufl.TrialFunction(space)

    def field(f):
        return f.dx(0) / (RADIUS * ufl.cos(s)), f.dx(1) / THICKNESS

    def sinh(x):
        return (ufl.exp(x) - ufl.exp(-x)) / 2

    along, through = field(u)
    if law == "component":
        flux = [sigma * scale * sinh(e / scale) for e in (along, through)]
    else:
        size = ufl.sqrt(along**2 + through**2 + 1e-6)  # 1 mV/m keeps it off 0/0
        flux = [sigma * scale * sinh(size / scale) * e / size for e in (along, through)]
    volume = RADIUS * THICKNESS * ufl.sin(s) * ufl.cos(s)  # r dr dz/a
    residual = volume * sum(j * e for j, e in zip(flux, field(v))) * dx(1)
    bulk = ufl.sin(s) * (w.dx(1) * v.dx(1) + w.dx(0) * v.dx(0) / ufl.cos(y) ** 2) * dx(2)
    return residual, ufl.derivative(residual, u), bulk


def nodal_areas(s, order):
    """Integral of each nodal function over r dr/a^2 at the contact."""
    points, weights = np.polynomial.legendre.leggauss(6)
    x, weights, width = 0.5 * (points + 1), 0.5 * weights, np.diff(s)
    functions = [1 - x, x] if order == 1 else [(1 - x) * (1 - 2 * x), 4 * x * (1 - x), x * (2 * x - 1)]
    where = s[:-1, None] + width[:, None] * x
    areas = np.zeros(order * len(width) + 1)
    for k, function in enumerate(functions):
        part = width * ((function * weights * np.sin(where) * np.cos(where)).sum(1))
        areas[k:k + order * (len(width) - 1) + 1:order] += part
    return areas


class Cycle:
    """One voltammogram cycle of a case with the trapezoidal rule."""

    def __init__(self, contact, case, refinement=1, tolerance=1e-3):
        self.contact, self.tolerance = contact, tolerance
        self.vertex, rate, _, steps, powers = CASES[case]
        self.quarter = self.vertex / rate
        self.ends = [self.quarter * (k + (np.arange(1, refinement * n + 1) / (refinement * n)) ** power)
                     for k, (n, power) in enumerate(zip(steps, powers))]

    def potential(self, t):
        s = t / self.quarter
        v = self.vertex * (-s if s < 1 else s - 2 if s < 3 else 4 - s)
        return v if abs(v) > 1e-12 * self.vertex else 0.0

    def run(self, until=4):
        contact, x = self.contact, self.contact.u.x.array
        x[:] = 0
        self.theta, self.slope = np.ones(len(contact.top)), np.zeros(len(contact.top))
        self.time, self.current, self.past = [0.0], [0.0], [(0.0, 0.0, x.copy())]
        for number, ends in enumerate(self.ends[:until]):
            self.past, self.stripping = self.past[-2:], number >= 2
            self.smooth = 1  # instants since the last kink
            for end in ends:
                self.advance(end)
        return np.array(self.time), np.array(self.current)

    def advance(self, end, depth=0):
        """To an instant; in halves if it fails."""
        kept = self.contact.u.x.array.copy()
        try:
            self.take(end)
        except ArithmeticError:
            if depth > 12:
                raise
            self.contact.counts["halved_steps"] += 1
            self.contact.u.x.array[:] = kept
            self.contact.wait = WAIT
            self.advance(0.5 * (self.time[-1] + end), depth + 1)
            self.advance(end, depth + 1)

    def extrapolate(self, t, volt):
        x, past = self.contact.u.x.array, self.past
        if self.smooth > 2:
            times = [instant for instant, _, _ in past]
            x[:] = sum(values * np.prod([(t - o) / (instant - o) for o in times if o != instant])
                       for instant, _, values in past)
        elif len(past) > 1:
            (_, before, old), (_, now, new) = past[-2:]
            x[:] = new + (new - old) * ((volt - now) / (now - before))

    def take(self, end):
        contact, volt, c = self.contact, self.potential(end), 0.5 * (end - self.time[-1])
        known = self.theta + c * (self.slope + K_HEAL)
        if known.min() <= 0:
            raise ArithmeticError("a step of the trapezoidal rule loses all contact")
        step = volt, c * K_STRIP if self.stripping else 0.0, known, 1 + c * K_HEAL
        if volt:
            self.extrapolate(end, volt)
            total = contact.solve(step, self.tolerance)
        else:
            contact.u.x.array[:] = total = 0.0
        density, _, self.theta = contact.interface(step)
        self.slope = K_HEAL * (1 - self.theta) - K_STRIP * np.maximum(density, 0) * self.theta
        self.time.append(end)
        self.current.append(total)
        self.past = (self.past + [(end, volt, contact.u.x.array.copy())])[-3:]
        self.smooth += 1


def reference(phase_map, case, law, levels):
    """Biquadratic elements graded down to 10 pm for space, Richardson's extrapolation of 4 and 8 times the steps for time; both
    with what the last refinement changed."""
    half_jump = CASES[case][2]

    def answers(setting, refinement, **options):
        cycle = Cycle(Contact(phase_map, setting, half_jump, law=law, **options), case, refinement, 1e-5)
        result = cycle.run()
        found = np.r_[read_peaks(*result, cycle.quarter), sample(*result, cycle.quarter)]
        print(f"{case} {setting} steps x{refinement} {options}: {found[0] * 1e9:.5f} {found[1] * 1e9:.5f} nA, "
              f"{time.perf_counter() - BEGIN:.0f} s", file=sys.stderr, flush=True)
        return found

    steps = [answers(MESHES["default"], refinement) for refinement in (1, 4, 8)]
    extrapolated = (4 * steps[2] - steps[1]) / 3
    space = [answers(setting, 1, order=2, solver="cholmod") for setting in REFINED[:levels]]
    moving = np.abs(steps[0]) > 0
    factor = np.where(moving, extrapolated / np.where(moving, steps[0], 1), 1)
    best = space[-1] * factor
    return {"case": case, "law": law, "map": digest(phase_map), "peaks_A": list(best[:2]), "curve_A": list(best[2:]),
            "convergence": {"peaks_of_last_mesh": list(np.abs(space[-2][:2] / space[-1][:2] - 1)) if levels > 1 else None,
                            "peaks_of_steps_x4": list(np.abs(steps[1][:2] / extrapolated[:2] - 1))}}


def cached_forms():
    return len(list(pathlib.Path(jit.get_parameters()["cache_dir"]).glob("*.so")))


def scan(phase_map, case, law, exact):
    """Table over meshes and steps; processor time of set-up and solution in this process, where imports are already made."""
    quarter = CASES[case][0] / CASES[case][1]
    print("| mesh | cells per grain r x z | electrolyte | steps | unknowns | cathodic | anodic | curve | set-up [s] | solve [s] |\n"
          "|---|---|---|---|---:|---:|---:|---:|---:|---:|")
    for name, refinement, order in [*((name, 1, 1) for name in MESHES), ("default", 2, 1), ("default", 4, 1), ("finest", 4, 1),
                                    ("finer", 1, 2)]:
        setting, begin = MESHES[name], time.process_time()
        contact = Contact(phase_map, setting, CASES[case][2], order, law)
        built, cycle = time.process_time(), Cycle(contact, case, refinement)
        result = cycle.run()
        spent = time.process_time() - built
        wrong = errors(*result, quarter, exact) if exact else [*(read_peaks(*result, quarter) * 1e9), 0]
        print(f"| {name}{', biquadratic' if order == 2 else ''} | {setting[0]} x {setting[2]} | {setting[4]} | "
              f"{len(result[0]) - 1} | {contact.unknowns} | " + " | ".join(f"{100 * e:+.3f} %" for e in wrong)
              + f" | {built - begin:.3f} | {spent:.3f} |", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", choices=list(CASES), default="weak")
    parser.add_argument("--map", type=pathlib.Path, help="JSON file with edges and phases; default: lisei's with seed 1")
    parser.add_argument("--out", type=pathlib.Path, help="JSON file to write")
    parser.add_argument("--mesh", choices=list(MESHES), default="default")
    parser.add_argument("--order", type=int, choices=(1, 2), default=1)
    parser.add_argument("--steps", type=int, default=1, help="times the steps of the case")
    parser.add_argument("--law", choices=("component", "isotropic"), default="component")
    parser.add_argument("--lu", choices=("petsc", "cholmod", "mumps"), default="petsc", help="whose Cholesky")
    parser.add_argument("--reference", action="store_true", help="refined solution instead: some minutes")
    parser.add_argument("--levels", type=int, choices=(1, 2, 3), default=2, help="meshes of the refined solution")
    parser.add_argument("--scan", action="store_true", help="table over meshes and steps instead")
    parser.add_argument("--compare", type=pathlib.Path, help="refined solution, for errors")
    parser.add_argument("--write-map", type=pathlib.Path, help="only write the phase map")
    return parser.parse_args()


def single(phase_map, args, imported):
    """One cycle: result with times."""
    cached = cached_forms()
    contact = Contact(phase_map, MESHES[args.mesh], CASES[args.case][2], args.order, args.law, args.lu)
    built, cpu = time.perf_counter(), time.process_time()
    cycle = Cycle(contact, args.case, args.steps)
    times, currents = cycle.run()
    solved = time.perf_counter()
    result = {"case": args.case, "map": digest(phase_map), "mesh": args.mesh, "order": args.order, "law": args.law,
              "unknowns": contact.unknowns, "steps": len(times) - 1, **contact.counts, "time_s": list(times),
              "current_A": list(currents), "contact_fraction": float(contact.area @ cycle.theta / contact.area.sum()),
              "import_seconds": imported - BEGIN, "build_seconds": built - imported, "solve_seconds": solved - built,
              "solve_cpu_seconds": time.process_time() - cpu, "process_cpu_seconds": time.process_time(),
              "forms_compiled": cached_forms() - cached}
    print(f"{args.case}, {args.mesh}: {contact.unknowns} unknowns, {len(times) - 1} steps, {contact.counts}, largest currents "
          f"{min(currents) * 1e9:.4f} {max(currents) * 1e9:.4f} nA, {result['forms_compiled']} forms compiled; CPU "
          f"{result['process_cpu_seconds']:.3f} s, solve {result['solve_cpu_seconds']:.3f} s")
    return result


def main():
    args = parse()
    imported = time.perf_counter()
    phase_map = json.loads(args.map.read_text(encoding="utf-8")) if args.map else random_map()
    exact = json.loads(args.compare.read_text(encoding="utf-8")) if args.compare else None
    if exact and exact["map"] != digest(phase_map):
        raise SystemExit(f"{args.compare} belongs to another phase map")
    if args.write_map:
        args.write_map.write_text(json.dumps(phase_map), encoding="utf-8")
        return
    if args.scan:
        scan(phase_map, args.case, args.law, exact)
        return
    result = reference(phase_map, args.case, args.law, args.levels) if args.reference else single(phase_map, args, imported)
    if exact and not args.reference:
        result["errors"] = errors(result["time_s"], result["current_A"], CASES[args.case][0] / CASES[args.case][1], exact)
        print("errors (cathodic, anodic, curve):", " ".join(f"{e:+.2e}" for e in result["errors"]))
    if args.out:
        args.out.write_text(json.dumps(result, indent=1), encoding="utf-8")
    elif args.reference:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
