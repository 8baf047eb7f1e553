"""What the benchmarks share: runs of lisei, their histories, repetition, tables."""
import json
import os
import pathlib
import shutil
import statistics

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DECKS = HERE / "decks"
MAIN_JOB = ROOT / "inputs" / "cv_symmetric.yaml"

# Several ranks on one machine, also as root and on fewer cores than ranks.
PARALLEL = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl": "self,vader",
            "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}
# What lisei sets by itself for a single process, for programs that do not.
SINGLE = {"OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self",
          "OMPI_MCA_coll": "self,basic,libnbc", "OMPI_MCA_orte_create_session_dirs": "0",
          "HWLOC_PLUGINS_PATH": "/nonexistent", "HWLOC_COMPONENTS": "no_os,stop"}


class Run:
    """A finished run of lisei: cost, report and history."""

    def __init__(self, usage, folder):
        self.wall, self.cpu, self.memory = usage["wall"], usage["cpu"], usage["memory"]
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if report["exit"]["status"]:
            raise SystemExit(f"benchmarks: a run ended with '{report['exit']['reason']}'")
        self.steps, self.newton = report["counts"]["steps"], report["counts"]["newton_iterations"]
        self.seconds = report["timings"]
        with h5py.File(folder / "history.h5", "r") as file:
            self.time, self.current, self.potential, self.cycle = (
                file["history"][name][:] for name in ("time", "current", "potential", "cycle"))

    def peaks(self):
        """Smallest and largest current of each cycle [A], as they stand in the history; cycles x (cathodic, anodic)."""
        return np.array([[self.current[self.cycle == k].min(), self.current[self.cycle == k].max()]
                         for k in range(1, int(self.cycle.max()) + 1)])

    def steady_currents(self):
        """The last current [A] at each potential [V], by rising potential."""
        level = np.round(self.potential, 9)
        return {float(v): float(self.current[level == v][-1]) for v in np.unique(level)}


class Bench:
    """Programs under test and how thoroughly they are measured."""

    def __init__(self, launcher, binary, quick, old=None):
        self.launcher, self.binary, self.quick, self.old = launcher, binary, quick, old
        self.folder = pathlib.Path(launcher.folder)
        self.repetitions = 2 if quick else 7
        self.references = {}

    def empty_program(self):
        """Wall time [s] of a process that starts MPI and PETSc, prints its version and ends."""
        return self.launcher.run([self.binary, "--version"])["wall"]

    def program(self, arguments, out):
        """Run the program with these arguments into a new folder; what the process used."""
        shutil.rmtree(out, ignore_errors=True)
        return self.launcher.run([self.binary, *arguments], {"XDG_CACHE_HOME": str(self.folder / "cache")})

    def lisei(self, deck, settings=(), ranks=1, binary=None):
        """Run a deck with overrides `key=value`; operators are cached in a folder of this benchmark."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        command = [binary or self.binary, "run", deck, "--out", out]
        for setting in settings:
            command += ["--set", setting]
        environment = {"XDG_CACHE_HOME": str(self.folder / "cache")}
        if ranks > 1:
            command = [os.environ.get("MPIEXEC", "mpiexec"), "-n", ranks, *command]
            environment.update(PARALLEL)
        return Run(self.launcher.run(command, environment), out)

    def lisei_often(self, deck, settings=(), ranks=1, patience=2.0):
        """Repeat until `patience` seconds are spent, at most `repetitions` times; the last run and all wall times."""
        walls = []
        while len(walls) < self.repetitions and (not walls or sum(walls) + walls[-1] < patience):
            run = self.lisei(deck, settings, ranks)
            walls.append(run.wall)
        return run, walls

    def reference_peaks(self, deck, settings=()):
        """Peaks of the same problem on the same grid at time.tolerance 1e-7. The third-order method: it takes so many
        steps that its largest recorded current is the peak."""
        key = (str(deck), tuple(settings))
        if key not in self.references:
            fine = ("time.tolerance=1e-7", "time.method=esdirk3", "output.fields=none")
            self.references[key] = self.lisei(deck, [*settings, *fine]).peaks()
        return self.references[key]


def interleaved(measures, rounds):
    """Call each of the functions in turn, `rounds` times, so that load from outside hits all; results per function."""
    results = [[] for _ in measures]
    for _ in range(rounds):
        for found, measure in zip(results, measures):
            found.append(measure())
    return results


def median(values):
    return statistics.median(values)


def seconds(value):
    return f"{value:.2f}" if value >= 10 else f"{value:.3f}"


def error(value):
    return f"{value:.1e}"


def percent(value):
    return f"{100 * value:.2g} %" if value >= 1e-5 else "< 0.001 %"


def verdict(value, target):
    return "met" if value <= target else "**missed**"


def table(head, rows):
    """A Markdown table; all columns but the first are numbers, to the right."""
    lines = ["| " + " | ".join(map(str, head)) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)
