"""What the application tests share: a folder of their own, decks, the program run as a user runs it, its results."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy

LISEI = os.environ["LISEI"]  # the program under test
MPIEXEC = os.environ.get("MPIEXEC", "mpiexec")
ROOT = pathlib.Path(__file__).resolve().parents[2]
INPUTS = ROOT / "inputs"
PATIENCE = 300  # [s] after which a run is taken to hang

# A linear disk that solves in milliseconds; a test adds its protocol and what else it is about.
DISK = """\
contact: {diameter: 9.64 um, law: none}
electrolyte: {conductivity: 1.65 mS/cm}
interface: {kinetics: linear, linear: {resistance: 1 ohm cm2}}
grid: {rings: 8, layers: 12}
output: {fields: none}
"""
# The same with a contact that stripping loses and time heals, so that potential and current evolve at constant control.
EVOLVING = DISK.replace("law: none", "law: first_order") + "time: {tolerance: 1e-6}\n"
HOLD = "protocol:\n  - hold: {potential: 10 mV, duration: 1 s}\n"


def environment(ranks):
    env = dict(os.environ, OMPI_MCA_mpi_yield_when_idle="1")  # several processes share the cores, also with other tests
    if ranks == 1:  # without a launcher the program chooses its own, fast, transport
        env = {name: value for name, value in env.items() if not name.startswith("OMPI_MCA_btl")}
    return env


def command(*arguments, ranks=1):
    launcher = [MPIEXEC, "-n", str(ranks)] if ranks > 1 else []
    return [*launcher, LISEI, *map(str, arguments)]


class Output:
    """An output folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def open(self):
        """history.h5 as a reader of a running, finished or killed job opens it."""
        return h5py.File(self.folder / "history.h5", "r", libver="latest", swmr=True)

    @property
    def history(self):
        with self.open() as file:
            return {name: data[:] for name, data in file["history"].items()}

    @property
    def interface(self):
        with self.open() as file:
            return {name: data[:] for name, data in file["interface"].items()}

    @property
    def report(self):
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    @property
    def reasons(self):
        return [step["reason"] for step in self.report["steps"]]

    @property
    def table_size(self):
        """Bytes of history.csv, which grows with every time step."""
        path = self.folder / "history.csv"
        return path.stat().st_size if path.exists() else 0


class Case(unittest.TestCase):
    """Each test has an empty folder, in which the program runs, and a cache of its own."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "work"
        self.folder.mkdir()
        self.cache = pathlib.Path(folder.name) / "cache"

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def environment(self, ranks=1):
        return {**environment(ranks), "XDG_CACHE_HOME": str(self.cache)}

    def lisei(self, *arguments, ranks=1, status=0):
        """Run the program to its end; it must exit with `status`."""
        done = subprocess.run(command(*arguments, ranks=ranks), cwd=self.folder, env=self.environment(ranks), text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, status, f"exit status of {arguments}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def run_deck(self, text, *arguments, out="out", ranks=1, status=0):
        """Run a deck given as text (or the path of one) into the folder `out`."""
        deck = text if isinstance(text, pathlib.Path) else self.write(f"{out}.yaml", text)
        done = self.lisei("run", deck, "--out", out, *arguments, ranks=ranks, status=status)
        output = Output(self.folder / out)
        output.messages = done.stderr
        return output

    def start(self, *arguments, ranks=1):
        """Start the program and leave it running."""
        process = subprocess.Popen(command(*arguments, ranks=ranks), cwd=self.folder, env=self.environment(ranks), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for_table(self, process, output, size):
        """Until the running job has written so many bytes of its table."""
        deadline = time.monotonic() + PATIENCE
        while output.table_size < size:
            if process.poll() is not None:
                self.fail(f"the run ended with {process.returncode} before it could be interrupted:\n{process.stdout.read()}")
            self.assertLess(time.monotonic(), deadline, "the run makes no progress")
            time.sleep(0.002)

    def assert_same_bits(self, one, other):
        """Both histories agree to the last bit, ring by ring, and so do their tables."""
        for part in ("history", "interface"):
            first, second = getattr(one, part), getattr(other, part)
            self.assertEqual(first.keys(), second.keys())
            for name in first:
                self.assertEqual(first[name].shape, second[name].shape, f"rows of {part}/{name}")
                self.assertTrue(numpy.array_equal(first[name], second[name]), f"{part}/{name} differs")
        self.assertEqual((one.folder / "history.csv").read_bytes(), (other.folder / "history.csv").read_bytes())

    def assert_same_numbers(self, one, other, tolerance=1e-9):
        """All columns agree relative to their largest value; the balance, which is rounding, absolutely."""
        first, second = one.history, other.history
        self.assertEqual(first.keys(), second.keys())
        for name, values in first.items():
            self.assertEqual(second[name].shape, values.shape, f"rows of {name}")
            scale = 1.0 if name == "balance" else numpy.abs(values).max()
            numpy.testing.assert_allclose(second[name], values, rtol=0.0, atol=tolerance * scale, err_msg=name)


def rows_of_step(history, number):
    """The rows of a protocol step (from 1)."""
    chosen = history["protocol_step"] == number
    return {name: values[chosen] for name, values in history.items()}
