"""The section on three-dimensional unit cells: cost and iterations against the number of cells."""
import json
import os

from measure import PARALLEL, ROOT, seconds, table

DECK = ROOT / "inputs" / "cell" / "grains.yaml"
SIZES = (32, 64, 128, 256)
CORES = 2  # processes of the largest


def one(bench, cells, ranks):
    """Linear conduction along z through cells^3 cells of grains; the four solves of the bracket."""
    out = bench.folder / "cell"
    command = ["cell", DECK, "--out", out, "--force", "--set", "cell.axes=z", "--set", "cell.half_jump_distance=0 nm", "--set", "output.fields=none"]
    for axis in "xyz":
        command += ["--set", f"cell.cells_{axis}={cells}"]
    launcher = [os.environ.get("MPIEXEC", "mpiexec"), "-n", ranks] if ranks > 1 else []
    usage = bench.launcher.run([*launcher, bench.binary, *command], PARALLEL if ranks > 1 else {})
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    time, law = report["timings"], report["effective_conductivity"]
    return [f"{cells}³", ranks, seconds(usage["wall"]), seconds(usage["cpu"]), f"{1e9 * usage['cpu'] / cells**3:.0f}",
            f"{report['counts']['linear_iterations'] / report['counts']['steps']:.1f}", f"{usage['memory'] * ranks / 1e6:.0f}",
            f"{100 * time['setup'] / time['stepping']:.1f} %", f"{100 * law['zz_relative_error']:.1f} %"]


def cell(bench):
    sizes = SIZES[:2] if bench.quick else SIZES
    rows = [one(bench, cells, CORES if cells == SIZES[-1] else 1) for cells in sizes]
    return "\n\n".join([
        "## Three-dimensional unit cell",
        f"`inputs/cell/grains.yaml` (grains of 5 nm in a box of 30 nm, 5 % pores, conductivities from 1e-12 to 1e-4 S/cm), linear, along z: four "
        "solves, two discretisations on two grids. Memory: largest resident set of a process times their number. Generation: "
        "Voronoi structure and set-up over the time of the solves. Error: as the program prints it.",
        table(["cells", "processes", "wall [s]", "processor [s]", "processor per cell [ns]", "CG iterations a solve", "memory [MB]", "generation",
               "error"], rows)])
