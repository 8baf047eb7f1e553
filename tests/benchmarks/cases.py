"""The benchmarks of lisei alone; each returns a section of the report in Markdown."""
import math

import numpy as np
import reference

from measure import DECKS, MAIN_JOB, SINGLE, error, interleaved, median, percent, seconds, table, verdict

VOID = DECKS / "void.yaml"
MODES = 192  # of the reference of P2; its error is printed


def startup(bench):
    floor, runs = interleaved([bench.empty_program, lambda: bench.lisei(DECKS / "p2.yaml")], bench.repetitions)
    walls = [run.wall for run in runs]
    rows = [["empty program (`lisei --version`: MPI and PETSc start and end)", seconds(min(floor)),
             seconds(median(floor)), "1.0"],
            ["20 steady solutions, 32 rings (`decks/p2.yaml`)", seconds(min(walls)), seconds(median(walls)),
             f"{median(walls) / median(floor):.1f}"]]
    return "## Start of a process\n\n" + table(["process", "min [s]", "median [s]", "to empty"], rows)


def peak_errors(run, fine):
    """Largest relative error of the anodic and of the cathodic peaks over all cycles."""
    relative = np.abs(run.peaks() / fine - 1).max(axis=0)
    return relative[1], relative[0]


def voltammogram(bench):
    cases = [("`void`, halfspace", VOID, ["bulk.solver=halfspace"], 64, 0.3),
             ("`void`, condensed", VOID, ["bulk.solver=condensed"], 64, 0.6),
             ("`void_reservoir`", MAIN_JOB, ["grid.rings=24"], 24, 0.6),
             ("`void_reservoir`, main job as shipped", MAIN_JOB, [], 64, 1.5),
             ("the same without fields", MAIN_JOB, ["output.fields=none"], 64, 1.5)]
    measures = [bench.empty_program] + [lambda d=deck, s=sets: bench.lisei(d, s) for _, deck, sets, _, _ in cases]
    floor, *results = interleaved(measures, max(2, bench.repetitions))
    rows, cost, every = [], [], []
    for (name, deck, sets, rings, target), runs in zip(cases, results):
        wall, last = median([run.wall for run in runs]), runs[-1]
        memory = max(run.memory for run in runs) / 1e6
        rows.append([name, rings, seconds(min(run.wall for run in runs)), seconds(wall), target, verdict(wall, target),
                     f"{wall / median(floor):.1f}", f"{memory:.0f}", verdict(memory, 150)])
        fine = bench.reference_peaks(deck, [s for s in sets if not s.startswith("output")])
        anodic, cathodic = peak_errors(last, fine)
        cost.append([name, rings, last.steps, last.newton, seconds(median([run.cpu for run in runs])),
                     seconds(last.seconds["stepping"]), seconds(last.seconds["output"]), percent(anodic),
                     percent(cathodic), verdict(max(anodic, cathodic), 1e-3)])
        if "fields" not in name:
            every.append([f"{name}, {rings} rings"] + [error(e) for e in np.abs(last.peaks() / fine - 1).max(axis=1)])
    cycles = range(1, len(every[0]))
    return "\n\n".join([
        "## Voltammogram of 11 cycles, ±10 mV at 0.2 mV/s",
        f"Whole process on one core, with output, {len(floor)} runs of each in turn. Fields are written at the vertices "
        "unless said otherwise. The empty program (MPI and PETSc start and end) takes "
        f"{seconds(min(floor))} s at least, {seconds(median(floor))} s in the median. Verdicts are on the median. "
        "Memory: largest resident set; target 150 MB.",
        table(["law", "rings", "min [s]", "median [s]", "target [s]", "", "to empty", "memory [MB]", ""], rows),
        "Where the time goes, and the error of the peaks: the largest over all cycles against a run at `time.tolerance` "
        "1e-7 on the same grid, both read as the largest current in the history. Target 0.1 %.",
        table(["law", "rings", "steps", "Newton", "processor [s]", "stepping [s]", "output [s]", "anodic", "cathodic",
               ""], cost),
        "Relative error of each cycle's peaks (the larger of anodic and cathodic):",
        table(["cycle", *cycles], every)])


def cost_rings(bench):
    sections = ["## Cost against rings", "Voltammogram of 11 cycles, half space, no fields, default tolerance. Cost per "
                "Newton iteration is that of the whole time stepping. Peaks: largest difference from the finest grid."]
    counts = [32, 64] if bench.quick else [32, 64, 128, 256, 512]
    for law, deck in (("void", VOID), ("void_reservoir", MAIN_JOB)):
        found = [(rings, *bench.lisei_often(deck, [f"grid.rings={rings}", "output.fields=none"])) for rings in counts]
        finest = found[-1][1].peaks()
        rows = [[rings, seconds(median(walls)), run.steps, run.newton, f"{1e6 * run.seconds['stepping'] / run.newton:.1f}",
                 f"{run.memory / 1e6:.0f}", percent(max(peak_errors(run, finest))) if rings != counts[-1] else "–"]
                for rings, run, walls in found]
        sections.append(f"Law `{law}`:\n\n" + table(["rings", "process [s]", "steps", "Newton", "per Newton [us]",
                                                     "memory [MB]", "peaks"], rows))
    return "\n\n".join(sections)


def cost_tolerance(bench):
    cases = [("void", VOID, 64), ("void_reservoir", MAIN_JOB, 24)]
    if not bench.quick:
        cases.append(("void_reservoir", MAIN_JOB, 64))
    tolerances = ["1e-3", "1e-4"] if bench.quick else ["1e-3", "1e-4", "1e-5", "1e-6"]
    sections = ["## Cost and error against the time tolerance", "Voltammogram of 11 cycles, half space, no fields. "
                "Largest error of the peaks of all cycles against `time.tolerance` 1e-7 on the same grid, read as the largest "
                "current in the history: the error includes that the peak may lie between two time steps."]
    for law, deck, rings in cases:
        grid = [f"grid.rings={rings}"]
        rows = []
        for method in ("esdirk3", "esdirk4"):
            for tolerance in tolerances:
                run, walls = bench.lisei_often(
                    deck, [*grid, "output.fields=none", f"time.tolerance={tolerance}", f"time.method={method}"])
                anodic, cathodic = peak_errors(run, bench.reference_peaks(deck, grid))
                rows.append([f"`{method}`", tolerance, seconds(median(walls)), run.steps, run.newton, percent(anodic),
                             percent(cathodic)])
        sections.append(f"Law `{law}`, {rings} rings:\n\n" + table(
            ["method", "tolerance", "process [s]", "steps", "Newton", "anodic", "cathodic"], rows))
    return "\n\n".join(sections)


def p2_error(run, exact):
    """Largest relative error over the 20 potentials of P2."""
    steady = run.steady_currents()
    if not np.allclose(list(steady), exact["potential_V"], rtol=0, atol=1e-9):
        raise SystemExit("benchmarks: the history of P2 has other potentials than 1 ... 20 mV")
    return reference.compare({"problem": "P2", **exact}, {"current_A": list(steady.values())})["max_relative_error"]


def p2_reference():
    exact = reference.reference_p2(MODES, reference.P2_POTENTIALS)
    reference.check(exact["convergence"])
    return exact


def discretisation(bench):
    exact = p2_reference()
    deck = DECKS / "p2.yaml"

    def study(grids, settings, target):
        rows, before = [], None
        for rings, layers in grids:
            sets = [*settings, f"grid.rings={rings}"] + ([f"grid.layers={layers}"] if layers else [])
            run, walls = bench.lisei_often(deck, sets, patience=0.5)
            value = p2_error(run, exact)
            order = f"{math.log(before[1] / value) / math.log(rings / before[0]):.2f}" if before else ""
            goal = target.get(rings)
            rows.append([f"{rings} x {layers}" if layers else rings, error(value), order,
                         error(goal) if goal else "", verdict(value, goal) if goal else "", seconds(min(walls))])
            before = rings, value
        return table(["grid", "error", "order", "target", "", "process [s]"], rows)

    fine = [] if bench.quick else [(128, 192)]
    return "\n\n".join([
        "## Discretisation error of the current",
        "Largest relative error over 1 ... 20 mV of the steady current with a sinh interface (`decks/p2.yaml`) against "
        f"`reference.py` with {MODES} Legendre modes (which change it by "
        f"{error(exact['convergence']['half_the_modes'])} against half as many).",
        "`halfspace`, by rings:\n\n" + study([(n, None) for n in (8, 16, 32, 64)], ["bulk.solver=halfspace"], {}),
        "`condensed`, oblate grid, rings x layers:\n\n" + study(
            [(16, 24), (32, 48), (64, 96), *fine], ["bulk.solver=condensed"], {32: 5e-4, 64: 1e-4})])


def field(bench):
    grids = [(32, 48)] if bench.quick else [(32, 48), (64, 96)]
    rows = []
    for rings, layers in grids:
        grid = [f"grid.rings={rings}", f"grid.layers={layers}"]
        for ranks in (1, 2):
            dense, dense_walls = bench.lisei_often(DECKS / "p3.yaml", [*grid, "bulk.solver=condensed"], ranks)
            cells, cell_walls = bench.lisei_often(DECKS / "p3.yaml", [*grid, "bulk.solver=field"], ranks)
            same = len(dense.current) == len(cells.current)
            change = np.abs(dense.current - cells.current).max() / np.abs(dense.current).max() if same else math.nan
            stepping = cells.seconds["stepping"] / dense.seconds["stepping"]
            rows.append([f"{rings} x {layers}", ranks, error(change) if same else "steps differ",
                         seconds(median(dense_walls)), seconds(median(cell_walls)),
                         f"{median(cell_walls) / median(dense_walls):.1f}", seconds(dense.seconds["stepping"]),
                         seconds(cells.seconds["stepping"]), f"{stepping:.1f}"])
    return "\n\n".join([
        "## Condensed against all cells",
        "Three cycles with the law `first_order` (`decks/p3.yaml`) on the same grid, all cells with the program's own choice "
        "of linear solver. Difference: largest over all time steps, over the largest current; target 1e-9. Two ranks include the "
        "launcher's start.",
        table(["grid", "ranks", "difference", "condensed [s]", "field [s]", "ratio", "condensed, stepping [s]",
               "field, stepping [s]", "ratio"], rows)])


def operator(bench):
    program = bench.binary.parent.parent / "tests" / "benchmarks" / "bench_bulk"
    title = "## Bulk operators\n\n"
    if not program.exists():
        return title + "Not measured: `bench_bulk` is not built (configure with `-DLISEI_TESTS=ON`)."
    text = bench.launcher.run([program, "-max_cells", 12000 if bench.quick else 1100000], SINGLE)["text"]
    blocks = [[line.split() for line in block.splitlines() if line.split() and line.split()[0].isdigit()]
              for block in text.split("\n\n")]
    if len(blocks) != 3 or not all(blocks):
        raise SystemExit("benchmarks: cannot read the tables of bench_bulk:\n" + text)
    build, call, cells = blocks
    millisecond = {int(row[0]): float(row[2]) for row in build}[64]
    iterations = [int(row[3]) for row in cells]
    spread = (max(iterations) - min(iterations)) / 2
    return title + "\n\n".join([
        f"Building the condensed operator, the fastest of three. At 64 x 96: {millisecond} ms, target 50 ms: "
        f"{verdict(millisecond, 50)}.",
        table(["grid", "separable [ms]", "direct solver [ms]"], [[f"{r} x {n}", a, b] for r, n, a, b in build]),
        "One factorisation for given interface resistances, and one solution with it, in microseconds:",
        table(["rings", "halfspace, factor", "solve", "condensed, factor", "solve"], call),
        "All cells (oblate grid with an SEI block a thousand times as resistive), set-up and one solution, which is what a "
        f"Newton iteration needs. Iterations stay within ±{spread:g} (target ±3: {verdict(spread, 3)}).",
        table(["cells", "direct [s]", "CG + BoomerAMG [s]", "iterations"], cells)])


def heterogeneous(bench):
    """The resolved SEI: its main job, one and two processes, and an older program on the same cycle."""
    cycle, job = DECKS / "hetero_cycle.yaml", MAIN_JOB.parent / "cv_heterogeneous.yaml"
    plain = ["sei.block.corners=false"]
    cases = [("one cycle, 1 column, two-point fluxes", cycle, plain, 1, None),
             ("the same on two processes", cycle, plain, 2, None),
             ("one cycle, 1 column", cycle, [], 1, None),
             ("one cycle, linear conduction", cycle, ["sei.block.half_jump_distance=0 nm"], 1, 0.25),
             ("`cv_heterogeneous`, 1 column", job, ["sei.block.columns=1"], 1, 5.0),
             ("`cv_heterogeneous` as shipped", job, [], 1, 20.0),
             ("512 x 256 cells of Voronoi grains", DECKS / "sei_large.yaml", [], 2, 60.0)]
    measures = [lambda c=case: bench.lisei(c[1], c[2], c[3]) for case in cases]
    results = interleaved(measures, 2 if bench.quick else 5)
    rows = []
    for (name, _, _, ranks, target), runs in zip(cases, results):
        wall = median([run.seconds["setup"] + run.seconds["stepping"] + run.seconds["output"] for run in runs])
        rows.append([name, ranks, runs[-1].steps, runs[-1].newton, seconds(median([run.cpu for run in runs])), seconds(wall),
                     target or "", verdict(median([run.cpu for run in runs]), target) if target else "",
                     f"{max(run.memory for run in runs) / 1e6:.0f}"])
    text = ["## A resolved SEI", "Medians of runs taken in turn. *CPU*: all processes, with start-up; *wall*: as the program "
            "reports it, without start-up and the estimate of the grid's error. Targets are for the processor time.",
            table(["job", "processes", "steps", "Newton", "CPU [s]", "wall [s]", "target [s]", "", "memory [MB]"], rows)]
    if bench.old:
        ours, theirs = interleaved([lambda: bench.lisei(cycle, plain), lambda: bench.lisei(cycle, binary=bench.old)], 2)
        same = np.abs(ours[-1].peaks() / theirs[-1].peaks() - 1).max()
        text.append(f"An older program takes {seconds(median([r.cpu for r in theirs]))} s of processor time for the first of these, "
                    f"{median([r.cpu for r in theirs]) / median([r.cpu for r in ours]):.0f} times as much; the peaks differ by {error(same)}.")
    return "\n\n".join(text)


TEN = ["needle.pressure", "needle.stiffness", "needle.adhesion", "electrolyte.conductivity", "interface.linear.resistance",
       "lithium.coble.grain_boundary_diffusivity", "contact.void_reservoir.asperity_fraction", "contact.void_reservoir.reservoir_depth",
       "contact.void_reservoir.flow_overpotential", "contact.pressure.exponent"]


def sensitivity(bench):
    """What derivatives cost, as processor time against the plain run."""
    counts = (0, 1, 10)
    found = interleaved([lambda n=n: bench.lisei(MAIN_JOB, ["output.fields=none"] + ([f"output.sensitivities=[{', '.join(TEN[:n])}]"]
                                                                                    if n else [])) for n in counts],
                        max(3, bench.repetitions))
    cpu = [min(run.cpu for run in runs) for runs in found]
    rows = [[n, seconds(c), f"{c / cpu[0]:.2f}", verdict(c / cpu[0], 2.5) if n == 10 else ""] for n, c in zip(counts, cpu)]
    return "\n\n".join(["## Sensitivities", "Processor time of the main job without fields, with derivatives of its history by so many "
                        "parameters; the least of several runs in turn. Target: ten at most 2.5 times the plain run.",
                        table(["parameters", "processor [s]", "to plain", ""], rows)])


SECTIONS = {"startup": startup, "voltammogram": voltammogram, "heterogeneous": heterogeneous, "rings": cost_rings, "tolerance": cost_tolerance,
            "discretisation": discretisation, "field": field, "operator": operator, "sensitivity": sensitivity}
