"""What a user does with an output folder: plot it (also while the run writes and after it was killed), render it, open it in ParaView.

usage: test_output.py OUTPUT_SAMPLE [unittest arguments]   (OUTPUT_SAMPLE: the program that fills a folder)
"""

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
SCRIPTS = os.path.join(HERE, "..", "..", "scripts")
sys.path.insert(0, os.path.join(HERE, "..", "..", "python"))

import numpy as np  # noqa: E402
from lisei.output import Output, OutputError, controlled_potential, sweeps  # noqa: E402

SAMPLE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
ROWS = 2200  # of a finished voltammogram of the sample
FIGURES = ("overview", "iv_loops", "hysteresis", "contact", "time_series", "rings")


def sample(folder, *arguments):
    return subprocess.run([SAMPLE, folder, *arguments], check=True, capture_output=True, text=True)


def script(name, *arguments):
    return subprocess.run([os.path.join(SCRIPTS, name), *arguments], check=False, capture_output=True, text=True)


def picture_size(path):
    with open(path, "rb") as file:
        head = file.read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    return struct.unpack(">II", head[16:])


class Finished(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp()
        cls.cv, cls.current = os.path.join(cls.root, "cv"), os.path.join(cls.root, "current")
        for folder, kind in ((cls.cv, "cv"), (cls.current, "current")):
            os.mkdir(folder)
            sample(folder, kind)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def test_plot_makes_all_figures(self):
        result = script("plot", self.cv, "--at", "5,-5")
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in FIGURES:
            width, height = picture_size(os.path.join(self.cv, "plots", name + ".png"))
            self.assertGreater(min(width, height), 300)
            with open(os.path.join(self.cv, "plots", name + ".pdf"), "rb") as file:
                self.assertEqual(file.read(5), b"%PDF-")

    def test_plot_of_a_held_current(self):
        out = os.path.join(self.root, "elsewhere")
        result = script("plot", self.current, "--out", out, "--format", "png")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(os.listdir(out)), ["contact.png", "overview.png", "rings.png", "time_series.png"])

    def test_noise_of_a_rest_is_no_sweep(self):
        import h5py
        folder = os.path.join(self.root, "rest")
        shutil.copytree(self.current, folder)
        with h5py.File(os.path.join(folder, "history.h5"), "r+") as file:
            history = file["history"]
            rows = len(history["time"])
            rest = slice(rows // 2, rows)
            history["protocol_step"][rest] = 2
            for name in ("current", "current_density", "potential"):
                history[name][rest] = 1e-40 * np.sin(np.arange(rows - rows // 2))
        self.assertFalse(controlled_potential(Output(folder)).any())
        self.assertEqual(sweeps(Output(folder)), [])

    def test_plot_says_what_is_wrong(self):
        for arguments, words in (((os.path.join(self.root, "nothing"),), "is not a folder"),
                                 ((self.root,), "history.h5 does not exist"),
                                 ((self.cv, "--format", "gifx"), "unknown format 'gifx'"),
                                 ((self.cv, "--only", "loops"), "unknown figure 'loops'"),
                                 ((self.cv, "--at", "five"), "--at takes potentials in mV")):
            result = script("plot", *arguments)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(words, result.stderr)
            self.assertNotIn("Traceback", result.stderr)

    def test_unknown_format_is_refused(self):
        import h5py
        folder = os.path.join(self.root, "future")
        os.mkdir(folder)
        shutil.copy(os.path.join(self.cv, "history.h5"), folder)
        with h5py.File(os.path.join(folder, "history.h5"), "r+") as file:
            file.attrs["lisei_format"] = "2.0"
        with self.assertRaisesRegex(OutputError, "lisei_format 2.0"):
            Output(folder)

    def test_csv_agrees_with_hdf5(self):
        run = Output(self.cv)
        self.assertEqual(run.rows, ROWS)
        with open(os.path.join(self.cv, "history.csv"), encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("#")]
        names = [name.split(" [")[0] for name in lines[0].strip().split(",")]
        table = np.array([[float(word) for word in line.split(",")] for line in lines[1:]])
        self.assertEqual(set(names), set(run.history))
        for column, name in enumerate(names):
            np.testing.assert_array_equal(table[:, column], run.history[name])

    def test_csv_reads_as_its_head_says(self):
        table = np.genfromtxt(os.path.join(self.cv, "history.csv"), delimiter=",", names=True, skip_header=3)
        np.testing.assert_array_equal(table["time_s"], Output(self.cv).history["time"])

    def test_sweeps_are_found(self):
        found = sweeps(Output(self.cv))
        self.assertEqual([s.cycle for s in found if s.anodic], list(range(1, 12)))
        self.assertEqual([s.cycle for s in found if not s.anodic], list(range(1, 12)))
        for sweep in found:
            self.assertAlmostEqual(abs(sweep.vertex), 0.010, places=12)
            self.assertLess(sweep.smallest_ratio(), 1.01)
        # The sample loses contact while it strips: less current on the way back, most of all in the first cycle.
        anodic = [s.smallest_ratio() for s in found if s.anodic]
        self.assertTrue(0.8 < anodic[0] < anodic[-1] < 1)

    def test_ratio_of_known_sweeps(self):
        """Against a sweep whose ratio is known: I = V there, I = V (1 - 0.3 (1 - V)) back."""
        from lisei.output import Sweep
        there, back = np.linspace(0, 1, 101), np.linspace(1, 0, 57)
        sweep = Sweep(1, 0.0, 1.0, (there, there), (back, back * (1 - 0.3 * (1 - back))))
        self.assertAlmostEqual(sweep.ratio_at(0.5), 0.85, places=3)
        self.assertAlmostEqual(sweep.smallest_ratio(0.1), 1 - 0.3 * 0.9, places=3)
        self.assertTrue(np.isnan(sweep.ratio_at(1.5)))

    @unittest.skipUnless(shutil.which("pvbatch") and shutil.which("xvfb-run"), "ParaView or xvfb is not installed")
    def test_paraview_opens_and_renders(self):
        picture = os.path.join(self.root, "picture.png")
        result = script("render", self.cv, "--time", "150", "--out", picture, "--size", "600x400")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(picture_size(picture), (600, 400))
        import matplotlib.image
        pixels = matplotlib.image.imread(picture)[..., :3].reshape(-1, 3)
        self.assertGreater(len(np.unique(np.round(16 * pixels), axis=0)), 50)  # colours, no empty window
        reader = os.path.join(self.root, "reader.py")
        with open(reader, "w", encoding="utf-8") as file:
            file.write(READ_BOTH)
        result = subprocess.run(["pvbatch", reader, self.cv], capture_output=True, text=True, check=False)
        self.assertIn("both agree", result.stdout, result.stdout + result.stderr)

    def test_render_says_what_is_wrong(self):
        if not shutil.which("pvbatch"):
            self.skipTest("ParaView is not installed")
        result = script("render", self.cv, "--rings", "velocity")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no ring field 'velocity'", result.stderr)


# Without a window: the single file and the collection hold the same numbers at the same time.
READ_BOTH = """
import sys
from paraview import simple, servermanager
from paraview.vtk.util.numpy_support import vtk_to_numpy
folder = sys.argv[1]
single = simple.OpenDataFile(folder + "/fields/000002.hdf")
single.UpdatePipeline()
series = simple.OpenDataFile(folder + "/fields.xdmf")
assert len(series.TimestepValues) == 44, series.TimestepValues
series.UpdatePipeline(series.TimestepValues[2])
one, other = servermanager.Fetch(single), servermanager.Fetch(series)
assert one.GetNumberOfCells() == other.GetNumberOfCells() == 64 * 96
for name in ("potential", "current_density", "conductivity"):
    a = vtk_to_numpy(one.GetCellData().GetArray(name))
    b = vtk_to_numpy(other.GetCellData().GetArray(name))
    assert a.shape == b.shape and (a == b).all() and a.any(), name
assert (vtk_to_numpy(one.GetPoints().GetData()) == vtk_to_numpy(other.GetPoints().GetData())).all()
for data in (one, other):
    assert abs(data.GetFieldData().GetArray("contact_radius").GetValue(0) - 4.82e-6) < 1e-15
print("both agree")
"""


class Running(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.folder)

    def start(self):
        process = subprocess.Popen([SAMPLE, self.folder, "cv", "0.3"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not os.path.exists(os.path.join(self.folder, "fields.xdmf")) and time.monotonic() < deadline:
            time.sleep(0.01)
        return process

    def check_rows(self, run):
        """Whole rows only, each as the sample made it."""
        np.testing.assert_array_equal(run.history["step"], np.arange(run.rows))
        np.testing.assert_allclose(run.history["time"], 1 + np.arange(run.rows), rtol=1e-12)
        np.testing.assert_array_equal(run.history["newton_iterations"], 3)
        for field in run.interface.values():
            self.assertEqual(len(field), len(run.interface_time))

    def test_readers_follow_a_running_job(self):
        process = self.start()
        try:
            seen = []
            while process.poll() is None and len(seen) < 200:
                run = Output(self.folder)
                self.check_rows(run)
                seen.append(run.rows)
        finally:
            process.wait(60)
        self.assertEqual(process.returncode, 0)  # and did not disturb it
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(len(set(seen)), 3)
        self.assertEqual(Output(self.folder).rows, ROWS)

    def test_plot_of_a_running_job(self):
        process = self.start()
        try:
            while Output(self.folder).rows < 60:
                time.sleep(0.05)
            process.send_signal(signal.SIGSTOP)  # whatever it was doing
            result = script("plot", self.folder, "--format", "png", "--only", "overview,iv_loops")
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_killed_anywhere_and_resumed(self):
        """The writer opens and closes the file for every row here, so that most kills hit it in the middle."""
        random = np.random.default_rng(1)
        for _ in range(6):
            process = self.start()
            time.sleep(0.15 + 0.3 * random.random())
            process.kill()
            process.wait()
            run = Output(self.folder)
            self.check_rows(run)
            self.assertTrue(run.running)
            saved = os.path.join(self.folder, "checkpoint")  # not there yet if the kill came early
            if os.path.isdir(saved) and any(name.endswith(".h5") for name in os.listdir(saved)):
                sample(self.folder, "cv", "0", "resume")
                run = Output(self.folder)
                self.assertEqual(run.rows, ROWS)
                self.check_rows(run)
                self.assertFalse(run.running)
                with open(os.path.join(self.folder, "history.csv"), encoding="utf-8") as file:
                    self.assertEqual(sum(not line.startswith("#") for line in file), ROWS + 1)
                self.assertEqual(len(run.field_files()), 44)
            shutil.rmtree(self.folder)
            os.mkdir(self.folder)


if __name__ == "__main__":
    unittest.main()
