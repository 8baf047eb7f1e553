#!/usr/bin/env python3
"""A large SEI solved by iteration: iterations, time and memory against cells, processes against each other, messages.

usage: large.py LISEI [--cells 1e4 1e5 ...] [--processes 1 2] [--count 1 2 4 8] [--out FILE]

Times are processor seconds of the whole job over its processes (on a machine with other work wall times say little) and wall
seconds beside them. Bandwidth: of a copy of 256 MB by numpy, on as many processes at once, bytes read and written."""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

import numpy

HERE = pathlib.Path(__file__).resolve().parent
GRAINS = 241  # of 20 nm across the contact
EVENTS = ("SeiResidual", "SeiMatrix", "PCSetUp", "PCApply", "MatMult")
COPY = "import numpy, time\na = numpy.ones(16 << 20); b = numpy.empty_like(a); best = 0\nend = time.time() + 2\n" \
       "while time.time() < end:\n  t = time.perf_counter(); numpy.copyto(b, a); best = max(best, 2 * a.nbytes / (time.perf_counter() - t))\nprint(best)"


def shape(cells):
    """Columns a grain and layers, cells some 3 to 6 times as wide as high."""
    columns = max(1, round((cells / GRAINS / 50) ** 0.5))
    return columns, max(10, 10 * round(cells / GRAINS / columns / 10))


def bandwidth(processes):
    """[B/s] of a copy, all processes together."""
    jobs = [subprocess.Popen([sys.executable, "-c", COPY], stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(float(job.communicate()[0]) for job in jobs)


def events(path):
    """Seconds of PETSc's events, added over the stages of the run."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = re.match(r"(\w+)\s+\d+\s+[\d.]+\s+([\d.e+-]+)", line)
        if words and words[1] in EVENTS:
            found[words[1]] = found.get(words[1], 0.0) + float(words[2])
    return found


def run(lisei, cells, processes, folder, counter=None):
    columns, layers = shape(cells)
    out, log, counts = folder / "out", folder / "log.txt", folder / "counts.txt"
    counts.unlink(missing_ok=True)
    env = dict(os.environ, OMPI_MCA_mpi_yield_when_idle="1")
    launcher = ["mpiexec", "-n", str(processes)] if processes > 1 else []
    if counter:
        env["MPI_COUNT_FILE"] = str(counts)
        launcher = ["mpiexec", "-n", str(processes), "-x", f"LD_PRELOAD={counter}"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*launcher, "/usr/bin/time", "-f", "resident %M", lisei, "run", HERE / "decks" / "sei_steady.yaml", "--out", out, "--force",
                    "--set", f"sei.block.columns={columns}", "--set", f"sei.block.layers={layers}", "--", "-log_view", f":{log}"],
                   check=True, env=env, stderr=(folder / "err.txt").open("w"), stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))["sei"]
    resident = [1024.0 * float(n) for n in re.findall(r"resident (\d+)", (folder / "err.txt").read_text(encoding="utf-8"))]
    result = {"cells": GRAINS * columns * layers, "columns": GRAINS * columns, "layers": layers, "processes": processes, "wall": wall,
              "processor": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "memory": sum(resident),
              "current": report["current_at_peak"], "newton": report["newton_updates"], "iterations": report["linear_iterations"],
              "setups": report["multigrid_setups"], "events": events(log)}
    if counter:
        lines = [[float(word) for word in line.split()] for line in counts.read_text(encoding="utf-8").splitlines()]
        result.update(messages=max(line[1] for line in lines), bytes=max(line[2] for line in lines), reductions=max(line[3] for line in lines))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lisei", type=pathlib.Path)
    parser.add_argument("--cells", type=float, nargs="*", default=[1e4, 1e5, 1e6])
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--count", type=int, nargs="*", default=[], help="numbers of processes on which messages are counted, 1e5 cells")
    parser.add_argument("--out", type=pathlib.Path)
    given = parser.parse_args()
    results = {"load": os.getloadavg()[0], "bandwidth": {n: bandwidth(n) for n in given.processes}, "runs": [], "counts": []}
    with tempfile.TemporaryDirectory(prefix="lisei-") as name:
        folder = pathlib.Path(name)
        for cells in given.cells:
            for processes in given.processes:
                results["runs"].append(run(given.lisei.resolve(), cells, processes, folder))
                print(json.dumps(results["runs"][-1]), flush=True)
        if given.count:
            counter = folder / "mpi_count.so"
            subprocess.run(["mpicc", "-O2", "-shared", "-fPIC", HERE / "mpi_count.c", "-o", counter], check=True)
            for processes in given.count:
                results["counts"].append(run(given.lisei.resolve(), 1e5, processes, folder, counter))
                print(json.dumps(results["counts"][-1]), flush=True)
    text = json.dumps(results, indent=1)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    numpy.seterr(all="raise")
    main()
