"""The Python module: decks, runs, datasets, clear messages; the examples run."""
import importlib
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import unittest
from unittest import mock

import numpy

from support import DISK, EVOLVING, HOLD, INPUTS, LISEI, ROOT, Case

sys.path.insert(0, str(ROOT / "python"))
import lisei  # noqa: E402
from lisei import packages  # noqa: E402

HAS_XARRAY = not packages.missing("xarray")
CYCLE = "protocol:\n  - cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 10 mV/s, cycles: 2}\n"


class Decks(Case):
    def test_text_and_back(self):
        for path in sorted(INPUTS.glob("*.yaml")):
            deck = lisei.Deck.load(path)
            self.assertEqual(lisei.Deck.parse(deck.text()).data, deck.data, path.name)

    def test_the_program_reads_the_same(self):
        """The table of `check` of a deck that went through a dictionary is that of the file, whatever folder it lies in."""
        deck = lisei.Deck.load(INPUTS / "cv_heterogeneous.yaml")
        lines = [[line.rpartition("(")[0] or line for line in text.splitlines() if "yaml" not in line]
                 for text in (lisei.check(INPUTS / "cv_heterogeneous.yaml"), deck.check())]
        self.assertGreater(len(lines[0]), 20)
        self.assertEqual(lines[0], lines[1])

    def test_dotted_keys(self):
        deck = lisei.Deck.load(INPUTS / "cv_symmetric.yaml")
        self.assertEqual(deck["contact.diameter"], "9.64 um")  # of the deck that it includes
        other = deck.copy(**{"contact.diameter": "5 um"})
        self.assertEqual((deck["contact.diameter"], other["contact.diameter"]), ("9.64 um", "5 um"))
        self.assertNotIn("needle.pressures", deck)
        with self.assertRaisesRegex(KeyError, "lisei help needle.pressures"):
            deck["needle.pressures"]
        del other["contact.diameter"]
        self.assertEqual(other["contact.diameter"], "9.64 um")

    def test_wrong_decks(self):
        deck = lisei.Deck.parse(DISK + HOLD)
        deck.check()
        deck.validate()
        deck["contact.diamter"] = "5 um"
        deck["electrolyte.conductivity"] = "1.65 um"
        with self.assertRaisesRegex(lisei.DeckError, "(?s)did you mean 'diameter'.*conductivity.*2 errors"):
            deck.check()
        with self.assertRaisesRegex(lisei.DeckError, "diamter"):
            deck.validate()
        with self.assertRaisesRegex(lisei.DeckError, "did you mean 'diameter'"):
            lisei.run(deck, self.folder / "out")
        self.assertFalse((self.folder / "out").exists())

    def test_wrong_text(self):
        with self.assertRaisesRegex(lisei.DeckError, "twice"):
            lisei.Deck.parse("grid: {rings: 8, rings: 9}")
        wrong = self.folder / "wrong.yaml"
        wrong.write_text("- a list\n", encoding="utf-8")
        with self.assertRaisesRegex(lisei.DeckError, "expected groups and keys"):
            lisei.Deck.load(wrong)
        wrong.write_text("grid: {rings: \n", encoding="utf-8")
        with self.assertRaisesRegex(lisei.DeckError, "not YAML"):
            lisei.Deck.load(wrong)

    def test_files_keep_their_place(self):
        deck = lisei.Deck({"include": "base.yaml", "protocol": [{"waveform": {"file": "w.csv"}}]}, self.folder / "here")
        moved = lisei.Deck.parse(deck.text(self.folder / "there"))
        self.assertEqual(moved.data, {"include": "../here/base.yaml", "protocol": [{"waveform": {"file": "../here/w.csv"}}]})


@unittest.skipUnless(HAS_XARRAY, "no xarray")
class Runs(Case):
    def test_dataset(self):
        data = lisei.run(lisei.Deck.parse(EVOLVING + CYCLE), self.folder / "out", settings={"output.fields": "vertices"})
        self.assertEqual(data.current.attrs["units"], "A")
        self.assertEqual(data.current.dims, ("time",))
        self.assertEqual(data.ring_contact_fraction.dims, ("ring_time", "ring"))
        self.assertIn("stripping", data.sign_convention)
        self.assertFalse(data.running)
        numpy.testing.assert_array_equal(data.current, self.columns()["current"])
        shares = data.ring_area / data.ring_area.sum()
        numpy.testing.assert_allclose((shares * data.ring_contact_fraction).sum("ring"), data.contact_fraction, rtol=1e-12)
        vertices = lisei.measures(self.folder / "out")
        self.assertEqual(vertices.cycle.values.tolist(), [1, 1, 2, 2])
        self.assertAlmostEqual(vertices.peak_current_density.min().item() / data.current_density.min().item(), 1, places=9)
        cells = lisei.open_fields(self.folder / "out", 1.0)
        self.assertEqual(cells.sizes["cell"], 8 * 12)
        self.assertLess(cells.z.max(), 0)
        self.assertAlmostEqual(cells.attrs["time"], 1.0, places=6)

    def columns(self):
        with numpy.errstate(all="raise"):
            lines = [line for line in (self.folder / "out" / "history.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        names = [name.strip('"').split(" ")[0] for name in lines[0].split(",")]
        return dict(zip(names, numpy.array([[float(word) for word in line.split(",")] for line in lines[1:]]).T))

    def test_stop_and_resume(self):
        deck = lisei.Deck.parse(EVOLVING.replace("1e-6", "1e-9") + CYCLE.replace("cycles: 2", "cycles: 5000"))
        job = lisei.start(deck, self.folder / "out")
        while job.running and not (self.folder / "out" / "history.h5").exists():
            pass
        job.stop()
        with self.assertRaises(lisei.RunError) as stopped:
            job.wait(60)
        self.assertEqual(stopped.exception.status, 3)
        self.assertGreater(job.open().sizes["time"], 0)
        again = lisei.restart(self.folder / "out")
        again.stop()
        with self.assertRaises(lisei.RunError):
            again.wait(60)

    def test_impedance(self):
        deck = lisei.Deck.load(INPUTS / "impedance.yaml")
        deck["grid.rings"] = 8
        lisei.run(deck, self.folder / "out")
        data = lisei.open_impedance(self.folder / "out")
        self.assertGreater(data.sizes["state"], 1)
        parts = sum(data[name] for name in data if name.startswith("impedance_"))
        numpy.testing.assert_allclose(parts, data.impedance, rtol=1e-9)

    def test_sweep(self):
        (self.folder / "deck.yaml").write_text(DISK + HOLD, encoding="utf-8")
        (self.folder / "study.yaml").write_text("base: deck.yaml\ndesign: grid\nparameters:\n  size: {key: contact.diameter, values: [5 um, 10 um]}\n"
                                                "measures: [peak_current]\n", encoding="utf-8")
        self.lisei("sweep", "study.yaml", "--out", "sweep")
        data = lisei.open_sweep(self.folder / "sweep")
        numpy.testing.assert_allclose(data["size"], [5e-6, 1e-5])
        self.assertEqual(data["size"].attrs["units"], "m")
        self.assertEqual(data.outcome.values.tolist(), [0, 0])
        self.assertGreater(data.peak_current[1], data.peak_current[0])

    def test_examples(self):
        for path in sorted((ROOT / "python" / "examples").glob("*.py")):
            done = subprocess.run([sys.executable, path, self.folder / path.stem], env=dict(os.environ, PYTHONPATH=str(ROOT / "python")),
                                  capture_output=True, text=True, timeout=200, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "load_series" / "load_series.png").exists())


@unittest.skipUnless(HAS_XARRAY, "no xarray")
class Tutorial(Case):
    """What docs/tutorial.md tells to do."""

    def block(self, language):
        text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
        return text.split(f"```{language}\n")[1].split("```")[0]

    def test_deck_and_figure(self):
        self.write("mine.yaml", self.block("yaml"))
        told = self.lisei("check", "mine.yaml", "--set", "contact.diamter=5 um", status=1).stderr
        self.assertIn(told.strip(), (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
        output = self.run_deck(self.block("yaml"))
        anodic = output.history["potential"] > 0.005
        self.assertLess(output.history["contact_fraction"][anodic].min(), 0.95)  # the tutorial speaks of what is lost
        self.write("figure.py", self.block("python"))
        done = subprocess.run([sys.executable, "figure.py"], cwd=self.folder, capture_output=True, text=True, check=False,
                              env=dict(os.environ, PYTHONPATH=str(ROOT / "python"), MPLBACKEND="Agg"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "rates.png").exists())


class Pictures(Case):
    """scripts/compare and scripts/animate."""

    def script(self, name, *words, status=0):
        done = subprocess.run([sys.executable, ROOT / "scripts" / name, *words], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done

    def test_compare(self):
        for size in (5, 8):
            self.run_deck(EVOLVING.replace("9.64 um", f"{size} um") + CYCLE, out=f"d{size}")
        self.run_deck(DISK + HOLD, out="hold")
        self.script("compare", "d5", "d8", "hold", "--out", "three.png")
        self.assertGreater((self.folder / "three.png").stat().st_size, 20000)
        self.assertIn("2 to 10 folders", self.script("compare", "d5", status=1).stderr)
        self.assertIn("1 labels for 2 folders", self.script("compare", "d5", "d8", "--labels", "one", status=1).stderr)
        self.assertIn("is not a folder", self.script("compare", "d5", "none", status=1).stderr)

    def test_labels_name_what_differs(self):
        loader = importlib.machinery.SourceFileLoader("compare", str(ROOT / "scripts" / "compare"))
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
        loader.exec_module(module)
        for size in (5, 8):
            self.run_deck(DISK.replace("9.64 um", f"{size} um") + HOLD, out=f"d{size}")
        self.assertEqual(module.labels_of([lisei.Output(str(self.folder / f"d{size}")) for size in (5, 8)]), ["diameter 5 um", "diameter 8 um"])

    def test_animate(self):
        self.run_deck(EVOLVING + CYCLE)
        self.script("animate", "out", "--seconds", "0.5", "--out", "film.gif")
        from PIL import Image
        with Image.open(self.folder / "film.gif") as film:
            self.assertEqual(film.n_frames, 6)
        self.assertIn("between 0 and", self.script("animate", "out", "--from", "100", status=1).stderr)
        self.assertIn("FILE.gif or FILE.mp4", self.script("animate", "out", "--out", "film.avi", status=1).stderr)


class Messages(Case):
    def test_no_output(self):
        if HAS_XARRAY:
            with self.assertRaisesRegex(lisei.OutputError, "not a folder"):
                lisei.open(self.folder / "nothing")
        with self.assertRaisesRegex(AttributeError, "module lisei has no opne"):
            lisei.opne  # noqa: B018

    def test_no_program(self):
        with mock.patch.dict(os.environ, LISEI="/nowhere/lisei"), self.assertRaisesRegex(FileNotFoundError, "LISEI=PROGRAM"):
            lisei.check(INPUTS / "cv_symmetric.yaml")

    def test_no_xarray(self):
        """What a user without xarray is told, by a Python that does not find it."""
        find = importlib.util.find_spec
        self.run_deck(DISK + HOLD)
        with mock.patch.object(packages.importlib.util, "find_spec", lambda name: None if name == "xarray" else find(name)):
            with self.assertRaisesRegex(packages.PackageMissing, "xarray.Dataset.*apt-get install python3-xarray"):
                lisei.open(self.folder / "out")
        self.assertIn("current", lisei.Output(str(self.folder / "out")).history)

    def test_scripts_without_their_packages(self):
        """An isolated Python (-I -S: no packages at all) is told what is missing, not a traceback."""
        for name in ("plot", "plot_sweep", "impedance", "render", "sweep_design", "study_structure", "convert", "compare", "animate"):
            done = subprocess.run([sys.executable, "-I", "-S", ROOT / "scripts" / name, "nothing"], capture_output=True, text=True, check=False)
            self.assertNotIn("Traceback", done.stderr, name)
            self.assertRegex(done.stderr, "apt-get install python3-", name)
            self.assertEqual(done.returncode, 1)

    def test_installs(self):
        """The tree can be installed: the metadata names every module, and the version is the program's."""
        text = (ROOT / "python" / "pyproject.toml").read_text(encoding="utf-8")
        version = subprocess.run([LISEI, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        self.assertIn(f'version = "{version}"', text)
        names = {path.stem for path in pathlib.Path(ROOT / "python" / "lisei").glob("*.py")} - {"__init__"}
        for name in sorted(names - ({"dataset"} if not HAS_XARRAY else set())):
            importlib.import_module(f"lisei.{name}")


if __name__ == "__main__":
    unittest.main()
