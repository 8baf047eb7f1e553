#!/usr/bin/env python3
"""One experiment on every program given, on 1 to 4 processes, with two kernels of OpenBLAS, and by every operator; says how
far each is from the first, relative to the largest value of a column, and fails beyond TOLERANCE.

usage: same_answer.py [--ranks N] LISEI [LISEI...]      (programs of other compilers or options)
environment: MPIEXEC"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy

TOLERANCE = 1e-9  # the processes' promise (CONTRIBUTING.md) holds for compilers and kernels, too
OPERATORS = 1e-5  # the same finite volumes, but steps of their own: a tenth of time.tolerance at a vertex, which is hit exactly
KERNELS = ("Haswell", "Nehalem")  # of OpenBLAS; both run on every x86-64 of the last ten years
INPUTS = pathlib.Path(__file__).resolve().parents[2] / "inputs"
DECK = f"""\
include: {INPUTS}/electrode.yaml
deposit: {{contact_growth_exponent: 0}}
grid: {{rings: 12, layers: 16}}
bulk: {{cache: none, solver: SOLVER}}
output: {{fields: none}}
protocol: [{{cv: {{vertices: [-4 mV, 4 mV], rate: 1 mV/s}}}}]
"""


def history(lisei, solver, ranks, kernel, folder):
    (folder / "deck.yaml").write_text(DECK.replace("SOLVER", solver), encoding="utf-8")
    env = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
           "OMPI_MCA_mpi_yield_when_idle": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_CORETYPE": kernel}
    launcher = [os.environ.get("MPIEXEC", "mpiexec"), "-n", str(ranks)] if ranks > 1 else []
    subprocess.run([*launcher, str(lisei), "run", "deck.yaml", "--out", "out", "--force"], cwd=folder, env=env, check=True, capture_output=True)
    with h5py.File(folder / "out" / "history.h5", "r") as file:
        return {name: data[:] for name, data in file["history"].items()}


def difference(one, other):
    """Largest, relative to the largest value of the column; balances are rounding."""
    if any(one[name].shape != other[name].shape for name in one):
        return numpy.inf
    return max(numpy.abs(one[name] - other[name]).max() / max(numpy.abs(one[name]).max(), 1e-300) for name in one
               if name not in ("balance", "newton_iterations"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("lisei", type=pathlib.Path, nargs="+")
    parser.add_argument("--ranks", type=int, default=4)
    options = parser.parse_args()
    worst, peak = 0.0, {}
    with tempfile.TemporaryDirectory(prefix="lisei-same-") as scratch:
        folder = pathlib.Path(scratch)
        for solver in ("halfspace", "condensed", "field"):
            first = history(options.lisei[0].resolve(), solver, 1, KERNELS[0], folder)
            for lisei in options.lisei:
                for ranks, kernel in [(1, KERNELS[0]), (1, KERNELS[1]), *((n, KERNELS[0]) for n in range(2, options.ranks + 1))]:
                    far = difference(first, history(lisei.resolve(), solver, ranks, kernel, folder))
                    print(f"{solver:10s} {ranks} {kernel:8s} {lisei}: {far:.1e}")
                    worst = max(worst, far)
            peak[solver] = numpy.abs(first["current"]).max()
    cells = abs(peak["field"] / peak["condensed"] - 1.0)
    print(f"peak current, condensed and field: {cells:.1e}, allowed {OPERATORS:.0e}")
    print(f"largest difference {worst:.1e}, allowed {TOLERANCE:.0e}")
    return 0 if worst <= TOLERANCE and cells <= OPERATORS else 1


if __name__ == "__main__":
    sys.exit(main())
