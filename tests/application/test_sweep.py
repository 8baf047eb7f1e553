"""`lisei sweep`: a study's samples, measured as single runs are, whatever is killed, changed or fails."""
import csv
import importlib.util
import re
import signal
import subprocess
import time
import unittest

import h5py
import numpy

from support import DISK, INPUTS, ROOT, Case, Output

# A contact that loses and heals, fast to solve.
BASE = DISK.replace("law: none", "law: void").replace("rings: 8", "rings: 6") + """\
lithium: {creep: [coble]}
needle: {pressure: 0.3 MPa}
protocol:
  - cv: {vertices: [-10 mV, 10 mV], rate: 1 mV/s, cycles: 2}
"""
STUDY = """\
title: Load and grain size
base: base.yaml
parameters:
  load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa, points: 3, scale: log}
  lithium.grains.grain_size: {values: [50 nm, 100 nm]}
measures:
  - peak_current_anodic
  - {measure: peak_current_cathodic, name: trough, cycles: 2}
  - hysteresis_ratio_anodic
  - charge
  - {name: mean_load, column: load, of: mean}
  - {name: density, expression: peak_current_anodic / area, unit: A m-2}
"""


class SweepCase(Case):
    def setUp(self):
        super().setUp()
        self.write("base.yaml", BASE)

    def sweep(self, study, *arguments, out="sweep", ranks=1, status=0):
        self.write("study.yaml", study)
        self.messages = self.lisei("sweep", "study.yaml", "--out", out, *arguments, ranks=ranks, status=status)
        return self.messages

    def table(self, out="sweep"):
        with open(self.folder / out / "sweep.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def bad(self, study, *words, arguments=()):
        """A study that is refused, with a message that has these words; nothing is written."""
        done = self.sweep(study, *arguments, out="refused", status=1)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse((self.folder / "refused").exists())
        return done.stderr


class Results(SweepCase):
    def test_table(self):
        self.sweep(STUDY)
        rows = self.table()
        self.assertEqual(len(rows), 6)
        self.assertEqual([row["sample"] for row in rows], list("123456"))
        self.assertEqual({row["outcome"] for row in rows}, {"finished"})
        loads = [float(row["load [Pa]"]) for row in rows]
        numpy.testing.assert_allclose(loads, numpy.repeat([1e5, 10**5.5, 1e6], 2), rtol=1e-12)
        self.assertEqual([float(row["lithium.grains.grain_size [m]"]) for row in rows], [5e-8, 1e-7] * 3)
        with h5py.File(self.folder / "sweep" / "sweep.h5") as file:
            self.assertEqual(file["inputs/load"].attrs["units"], b"Pa")
            self.assertEqual(file["measures/density"].attrs["units"], b"A m-2")
            self.assertEqual(list(file["outcome"][:]), [0] * 6)
            for name in file["measures"]:
                unit = file["measures"][name].attrs["units"].decode()
                column = [float(row[f"{name} [{unit}]"] or "nan") for row in rows]
                numpy.testing.assert_array_equal(column, file["measures"][name][:], err_msg=name)

    def test_same_as_single_runs(self):
        """To the bit, with 1 and 3 processes."""
        self.sweep(STUDY.replace("measures:", "histories: true\nmeasures:"))
        self.sweep(STUDY, out="three", ranks=3)
        self.assertEqual(self.table(), self.table("three"))
        for number, row in enumerate(self.table(), 1):
            command = next(line for line in self.plan_commands() if f"sample-{number} " in line)
            overrides = re.findall(r"--set '([^']*)'", command)
            single = self.run_deck(BASE, *[word for text in overrides for word in ("--set", text)], out=f"single{number}")
            kept = Output(self.folder / "sweep" / "histories" / f"{number:06d}")
            for part in ("history", "interface"):
                for name, column in getattr(single, part).items():
                    self.assertTrue(numpy.array_equal(column, getattr(kept, part)[name]), f"{part}/{name}")
            current, cycle = single.history["current"], single.history["cycle"]
            self.assertEqual(float(row["peak_current_anodic [A]"]), current.max())
            self.assertEqual(float(row["trough_1 [A]"]), current[cycle == 1].min())
            self.assertEqual(float(row["trough_2 [A]"]), current[cycle == 2].min())
            self.assertEqual(float(row["charge [C]"]), single.history["charge"][-1])
            area = numpy.pi * 4.82e-6**2
            self.assertAlmostEqual(float(row["density [A m-2]"]) * area / current.max(), 1.0, places=14)

    def plan_commands(self):
        """The command of each sample, as a sweep in which all fail would list it."""
        with open(self.folder / "sweep" / "manifest.csv", encoding="utf-8") as file:
            listed = [tuple(row[2:]) for row in csv.reader(line for line in file if line[0].isdigit())]
        self.assertEqual([size for _, size in listed], ["50 nm", "100 nm"] * 3)
        return [f"sample-{k} --set 'needle.pressure={load}' --set 'lithium.grains.grain_size={size}'"
                for k, (load, size) in enumerate(listed, 1)]

    def test_measures_independently(self):
        """Ratio, areas and limits against numpy on the kept histories."""
        study = STUDY.replace("measures:", "histories: true\nmeasures:\n  - polarisation_resistance\n  - linear_limit_anodic\n"
                              "  - loop_area_anodic\n  - smallest_contact_fraction\n  - largest_contact_stress")
        self.sweep(study)
        for number, row in enumerate(self.table(), 1):
            history = Output(self.folder / "sweep" / "histories" / f"{number:06d}").history
            time_, potential, current = (history[name] for name in ("time", "potential", "current"))
            up, down = (time_ >= 20) & (time_ <= 30), (time_ >= 30) & (time_ <= 40)  # first cycle: -10 mV, then +10 mV
            grid = numpy.linspace(1e-3, 9.95e-3, 181)
            there = numpy.interp(grid, potential[up], current[up])
            back = numpy.interp(grid, potential[down][::-1], current[down][::-1])
            self.assertAlmostEqual(float(row["hysteresis_ratio_anodic [1]"]), (back / there).min(), places=9)
            area = numpy.trapz(current[up], potential[up]) + numpy.trapz(current[down], potential[down])
            self.assertAlmostEqual(float(row["loop_area_anodic [W]"]) / area, 1.0, places=6)
            first = time_ <= 10
            expected = numpy.pi * 4.82e-6**2 * 1e-3 / numpy.interp(1e-3, -potential[first], -current[first])
            self.assertAlmostEqual(float(row["polarisation_resistance [ohm m2]"]) / expected, 1.0, places=9)
            self.assertEqual(float(row["smallest_contact_fraction [1]"]), history["contact_fraction"].min())
            self.assertEqual(float(row["largest_contact_stress [Pa]"]), history["contact_stress"].max())
            slope = numpy.interp(0.3e-3, potential[up], current[up]) / 0.3e-3
            straight = numpy.abs(current[up][1:] / (slope * potential[up][1:]) - 1)
            beyond = numpy.append(potential[up][1:][(straight >= 0.05) & (potential[up][1:] > 0.3e-3)], 10e-3)
            limit = float(row["linear_limit_anodic [V]"])
            self.assertLessEqual(limit, beyond[0])
            self.assertGreaterEqual(limit, potential[up][potential[up] < beyond[0]][-1])

    def test_impedance(self):
        """Values of a spectrum: those of the single run's file, at a point and between two."""
        base = BASE + "  - impedance: {frequencies: [100 kHz, 10 kHz, 1 kHz, 100 Hz]}\n"
        base = base.replace("cycles: 2", "cycles: 1") + "capacitance: {charge_transfer: {value: 10 uF/cm2}}\n"
        self.write("base.yaml", base)
        self.sweep("""\
base: base.yaml
parameters: {needle.pressure: {values: [0.2 MPa, 0.4 MPa]}}
measures:
  - {name: re, measure: impedance_real, at: 10 kHz}
  - {name: im, measure: impedance_imaginary, at: 10 kHz}
  - {name: between, measure: impedance_real, at: 3.1622776601683795 kHz}
  - {name: outside, measure: impedance_real, at: 1 MHz}
""")
        self.run_deck(base, "--set", "needle.pressure=0.4 MPa", out="single")
        table = numpy.loadtxt(self.folder / "single" / "impedance" / "000001.csv", delimiter=",")
        row, point = self.table()[1], numpy.argmin(abs(table[:, 0] - 1e4))
        self.assertEqual(float(row["re [ohm]"]), table[point, 1])
        self.assertEqual(float(row["im [ohm]"]), table[point, 2])
        self.assertLess(table[point, 2], 0)
        self.assertAlmostEqual(float(row["between [ohm]"]) / (0.5 * (table[point, 1] + table[point + 1, 1])), 1.0, places=9)
        self.assertEqual(row["outside [ohm]"], "")

    def test_dead_contact(self):
        """A contact that is lost has no hysteresis either: the peak of the cycle tells, and it does not count as closed."""
        self.sweep("""\
base: base.yaml
set: {contact.void.healing_fraction: 0, contact.void.filling_fraction: 0, contact.void.depth_limit: 5 nm,
      protocol.0.cv.cycles: 3}
parameters: {needle.pressure: {values: [0.01 MPa]}}
measures:
  - {measure: hysteresis_ratio_anodic, name: ratio, cycles: 3}
  - {measure: peak_current_anodic, name: peak, cycles: 3}
  - peak_current_cathodic
  - closing_cycle
""")
        row = self.table()[0]
        self.assertGreater(float(row["ratio_3 [1]"]), 0.9)
        self.assertLess(float(row["peak_3 [A]"]), -0.2 * float(row["peak_current_cathodic [A]"]))
        self.assertEqual(row["closing_cycle [1]"], "")

    def test_teams(self):
        """Two processes a run: the numbers of a run with two processes."""
        self.sweep(STUDY + "ranks_per_run: 2\n", ranks=4)
        self.assertEqual({row["outcome"] for row in self.table()}, {"finished"})
        single = self.run_deck(BASE, "--set", "needle.pressure=1 MPa", "--set", "lithium.grains.grain_size=100 nm", ranks=2)
        self.assertEqual(float(self.table()[5]["peak_current_anodic [A]"]), single.history["current"].max())
        done = self.sweep(STUDY + "ranks_per_run: 2\n", out="odd", ranks=3, status=1)
        self.assertIn("3 processes cannot be divided into teams of 2", done.stderr)


class Designs(SweepCase):
    def loads(self):
        return [float(row["load [Pa]"]) for row in self.table()]

    def test_list(self):
        self.sweep("""\
base: base.yaml
design: list
parameters:
  load: {key: needle.pressure, values: [0.1 MPa, 200 kPa]}
  vertex: {key: protocol.0.cv.vertices.1, values: [5 mV, 6 mV]}
""")
        self.assertEqual(self.loads(), [1e5, 2e5])
        self.assertEqual([float(row["vertex [V]"]) for row in self.table()], [5e-3, 6e-3])

    def test_keys_move_together(self):
        self.sweep("""\
base: base.yaml
histories: true
parameters:
  tolerance: {keys: [time.tolerance, time.newton_tolerance], values: [1e-5]}
  load: {key: needle.pressure, values: [0.1 MPa]}
""")
        with h5py.File(self.folder / "sweep" / "histories" / "000001" / "history.h5") as file:
            deck = file["deck"][()].decode()
        self.assertEqual(re.findall(r"^ *(?:newton_)?tolerance: ([^ #\n]*)", deck, re.M), ["1e-5", "1e-5"])

    def test_table_with_constraint(self):
        self.write("design.csv", "# a comment\nload [MPa],lithium.creep\n0.1,[coble]\n0.2,[coble]\n0.9,[coble]\n")
        self.sweep("""\
base: base.yaml
design: {table: design.csv}
parameters: {load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa}}
constraints: load < 0.5e6
""")
        self.assertEqual(self.loads(), [1e5, 2e5])
        self.write("design.csv", "load [MPa]\n0.1\n2\n")
        self.bad("base: base.yaml\ndesign: {table: design.csv}\nparameters: {load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa}}\n",
                 "outside the range of the parameter")

    def test_dry_run(self):
        done = self.sweep(STUDY, "--dry-run", out="nothing")
        self.assertIn("6 samples", done.stdout)
        self.assertIn("316227.7660168", done.stdout)
        self.assertIn("time: about", done.stdout)
        self.assertIn("disk: results", done.stdout)
        self.assertFalse((self.folder / "nothing").exists())


class Scripts(SweepCase):
    RANGES = """\
base: base.yaml
design: {table: design.csv, method: METHOD, samples: 8, seed: 1}
parameters:
  load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa, scale: log}
  lithium.grains.grain_size: {from: 50 nm, to: 100 nm}
measures: [peak_current_anodic, charge]
"""

    def script(self, name, *arguments, status=0):
        done = subprocess.run([ROOT / "scripts" / name, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def design(self, method):
        self.write("study.yaml", self.RANGES.replace("METHOD", method))
        self.script("sweep_design", "study.yaml", "--force")
        return numpy.loadtxt(self.folder / "design.csv", delimiter=",", skiprows=2)

    def test_designs(self):
        for method in ("random", "lhs", "sobol"):
            table = self.design(method)
            self.assertEqual(table.shape, (8, 2))
            self.assertTrue(((table >= [0.1, 50]) & (table <= [1, 100])).all())
            if method != "random":  # one sample in each eighth of each range
                shares = numpy.column_stack([numpy.log10(table[:, 0]) + 1, table[:, 1] / 50 - 1])
                self.assertEqual(numpy.sort((8 * shares).astype(int), axis=0).tolist(), [[k, k] for k in range(8)])
        self.assertIn("exists", self.script("sweep_design", "study.yaml", status=1).stderr)
        self.assertIn("powers of two", self.script("sweep_design", "study.yaml", "--force", "--samples", "9", status=1).stderr)

    @unittest.skipIf(importlib.util.find_spec("openturns") is None, "no python3-openturns")
    def test_sobol_indices(self):
        """Of a sum of squares they are known: the charge is replaced by a formula of the inputs."""
        formula = "(lithium.grains.grain_size / 50e-9 - 1)^2 + 2 * (log10(load) - 5)"
        text = self.RANGES.replace("METHOD", "saltelli").replace("samples: 8", "samples: 256")
        self.write("study.yaml", text.replace("measures: [peak_current_anodic, charge]", "set: {protocol.0.cv.cycles: 1, time.tolerance: 1e-2}\n"
                                              f"measures: [{{name: known, expression: '{formula}'}}]"))
        self.script("sweep_design", "study.yaml")
        self.lisei("sweep", "study.yaml", "--out", "sweep", ranks=2)
        self.script("plot_sweep", "sweep")
        with open(self.folder / "sweep" / "plots" / "sobol.csv", encoding="utf-8", newline="") as file:
            rows = {row["input"]: row for row in csv.DictReader(file)}
        parts = {"lithium.grains.grain_size": 4 / 45, "load": 4 / 12}
        for name, part in parts.items():
            exact = part / sum(parts.values())
            self.assertLess(abs(float(rows[name]["first"]) - exact), 0.1)
            self.assertLess(abs(float(rows[name]["total"]) - exact), 0.1)
            self.assertLess(float(rows[name]["first_low"]), exact)
            self.assertGreater(float(rows[name]["first_high"]), exact)

    def test_plots(self):
        self.sweep(STUDY)
        self.script("plot_sweep", "sweep", "--measures", "charge")
        names = sorted(path.name for path in (self.folder / "sweep" / "plots").iterdir())
        self.assertEqual(names, ["map_charge.png", "parallel.png", "response_charge.png"])
        self.assertIn("there are", self.script("plot_sweep", "sweep", "--measures", "chrage", status=1).stderr)


class Mistakes(SweepCase):
    def parameter(self, text):
        return f"base: base.yaml\nparameters:\n  {text}\n"

    def test_refusals(self):
        self.bad(self.parameter("needle.presure: {values: [1 MPa]}"), "study.yaml:3", "needle.presure", "did you mean", "pressure")
        self.bad(self.parameter("needle.pressure: {valeus: [1 MPa]}"), "study.yaml:3", "unknown key 'valeus'", "values")
        self.bad(self.parameter("needle.pressure: {values: [1 mm]}"), "study.yaml:3", "expected a pressure", "1 mm")
        self.bad(self.parameter("contact.void.smallest_fraction: {from: 0.01, to: 0.5, points: 3}"), "study.yaml:3",
                 "out of range", "2 of 3 samples")
        self.bad("base: base.yaml\n", "the design is empty")
        self.bad(self.parameter("needle.pressure: {values: []}"), "the design is empty")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "constraints: needle.pressure < 0\n",
                 "the constraints exclude all")
        self.bad(self.parameter("needle.pressure: {from: 1 Pa, to: 1 MPa, points: 1000000000}"), "1000000000 samples")
        self.bad(self.parameter("needle.pressure: {from: 1 Pa, to: 1 MPa, points: 100000}\n"
                                "  temperature: {from: 290 K, to: 300 K, points: 10000}"), "1000000000 samples")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [peak_curent_anodic]\n",
                 "did you mean 'peak_current_anodic'")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [{name: x, expression: 2 * nothing}]\n",
                 "study.yaml:4", "nothing")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [{name: x, column: nothing}]\n",
                 "no column 'nothing'")
        self.bad("base: nowhere.yaml\nparameters: {needle.pressure: {values: [1 MPa]}}\n", "nowhere.yaml", "cannot be read")
        self.bad(STUDY, "--chunk", "expected K/N", arguments=["--chunk", "9/8"])

    def test_all_at_once(self):
        text = self.bad("base: base.yaml\nbaes: x\nparameters: {needle.presure: {values: [1 MPa]}, temperature: {values: [1 m]}}\n")
        self.assertIn("3 errors", text)

    def test_another_sweep(self):
        self.sweep(STUDY)
        before = {path: path.read_bytes() for path in (self.folder / "sweep").rglob("*") if path.is_file()}
        other = "base: base.yaml\nparameters: {temperature: {values: [290 K]}}\n"
        self.assertIn("another sweep", self.sweep(other, status=1).stderr)
        self.assertIn("measures", self.sweep(STUDY.replace("of: mean", "of: last"), status=1).stderr)
        self.write("base.yaml", BASE.replace("6, layers: 12", "7, layers: 12"))
        text = self.sweep(STUDY, status=1).stderr
        self.assertIn("base.yaml", text)
        self.assertIn("grid.rings", text)
        self.assertIn("--update", text)
        after = {path: path.read_bytes() for path in (self.folder / "sweep").rglob("*") if path.is_file()}
        self.assertEqual(before, after)
        self.assertIn("6 run", self.sweep(STUDY, "--update").stderr)
        self.run_deck(BASE, out="single")
        self.assertIn("single run", self.sweep(STUDY, out="single", status=1).stderr)


class Interruptions(SweepCase):
    LONG = STUDY.replace("points: 3", "points: 40")

    def test_changed_samples_run_again(self):
        self.sweep(STUDY)
        first = self.table()
        done = self.sweep(STUDY.replace("[50 nm, 100 nm]", "[50 nm, 120 nm]"))
        self.assertIn("3 run", done.stderr)
        second = self.table()
        self.assertEqual([row for row in first if row["sample"] in "135"], [row for row in second if row["sample"] in "135"])
        self.assertNotEqual(first[1], second[1])
        self.assertIn("0 run", self.sweep(STUDY.replace("[50 nm, 100 nm]", "[50 nm, 120 nm]")).stderr)

    def test_changed_map(self):
        """A map is part of what samples are made from: another one in its place is a changed base."""
        def draw(grey):
            with h5py.File(self.folder / "map.h5", "w") as file:
                file["phase"] = numpy.full((16, 9), grey)

        self.write("base.yaml", """\
contact: {diameter: 2 um, law: none}
electrolyte: {conductivity: 1 S/cm}
grid: {rings: 6, layers: 12}
interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}
sei:
  resolved: true
  thickness: 40 nm
  block:
    layers: 8
    microstructure: map
    phases: {li2s_conductivity: 1e-6 S/cm, li3p_conductivity: 1e-5 S/cm}
    map: {file: map.h5, pixel: 2.5 nm, beyond: repeat, li3p_grey: 7, li2s_grey: 200}
protocol: [{hold: {potential: 10 mV, duration: 1 s}}]
""")
        study = "base: base.yaml\nparameters: {temperature: {values: [300 K, 310 K]}}\nmeasures: [charge]\n"
        draw(7)
        self.sweep(study)
        self.assertIn("0 run", self.sweep(study).stderr)
        first = [float(row["charge [C]"]) for row in self.table()]
        draw(200)
        told = self.sweep(study, status=1).stderr
        self.assertIn("sei.block.map.file: 'map.h5' holds something else", told)
        self.assertIn("--update", told)
        self.assertIn("2 run", self.sweep(study, "--update").stderr)
        for before, row in zip(first, self.table()):
            self.assertLess(float(row["charge [C]"]), 0.5 * before)

    def interrupted(self, how, ranks):
        self.write("study.yaml", self.LONG)
        process = self.start("sweep", "study.yaml", "--out", "broken", ranks=ranks)
        journal = self.folder / "broken" / "chunks" / "1-of-1" / "journal.csv"
        deadline = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b"\n") < 8:
            self.assertIsNone(process.poll(), "ended before it could be interrupted")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        process.send_signal(how)
        process.wait()
        return process.returncode, journal

    def check_resumed(self, ranks):
        done = self.sweep(self.LONG, out="broken", ranks=ranks)
        run = int(re.search(r"(\d+) run in", done.stderr).group(1))
        self.assertLess(run, 78)
        self.sweep(self.LONG, out="whole")
        self.assertEqual(self.table("whole"), self.table("broken"))

    def test_killed(self):
        _, journal = self.interrupted(signal.SIGKILL, 1)
        with open(journal, "ab") as file:
            file.write(b"0123456789abcdef,0,0.1")  # a line that was being written
        self.check_resumed(1)

    def test_stopped(self):
        status, _ = self.interrupted(signal.SIGTERM, 1)
        self.assertEqual(status, 3)
        self.check_resumed(2)

    def test_chunks_and_collection(self):
        for chunk in (2, 1, 3):
            self.sweep(STUDY, "--chunk", f"{chunk}/3", out="chunked")
            self.assertFalse((self.folder / "chunked" / "sweep.csv").exists())
        self.sweep(STUDY, "--collect", out="chunked")
        self.sweep(STUDY)
        self.assertEqual(self.table(), self.table("chunked"))
        self.sweep(STUDY, "--chunk", "1/3", out="partly")
        done = self.sweep(STUDY, "--collect", out="partly", status=3)
        self.assertIn("4 to do", done.stderr)
        self.assertEqual([row["outcome"] for row in self.table("partly")], ["finished", "pending", "pending"] * 2)


class Failures(SweepCase):
    # A step that may not get shorter than it must: only some samples can be done.
    FAILING = """\
base: base.yaml
set: {time.smallest_step: 0.5 s, time.tolerance: 1e-5}
parameters: {vertex: {key: protocol.0.cv.rate, values: [1000 mV/s, 0.02 mV/s, 900 mV/s]}}
"""

    def test_failed_sample(self):
        done = self.sweep(self.FAILING, status=2)
        rows = self.table()
        self.assertEqual([row["outcome"] for row in rows], ["finished", "failed", "finished"])
        self.assertIn("time.smallest_step", rows[1]["reason"])
        self.assertNotEqual(rows[1]["reason"], "")
        command = next(line for line in done.stderr.splitlines() if line.strip().startswith("lisei run"))
        self.assertIn(command.strip(), (self.folder / "sweep" / "failed.txt").read_text(encoding="utf-8"))
        words = re.findall(r"'([^']*)'", command)
        self.assertEqual(words[0], "base.yaml")
        self.lisei("run", words[0], "--out", "again", *[w for text in words[1:] for w in ("--set", text)], status=2)
        self.assertIn("0 run", self.sweep(self.FAILING, status=2).stderr)
        self.assertIn("1 run", self.sweep(self.FAILING, "--retry", status=2).stderr)


class Limits(SweepCase):
    """A limit by bisection against the closed form of the law `void` (docs/theory.md, "Contact"; needle.c for the load)."""

    FARADAY, AVOGADRO, BOLTZMANN, CHARGE, MOLAR_VOLUME = 96485.33212, 6.02214076e23, 1.380649e-23, 1.602176634e-19, 13.02e-6

    def limiting_density(self, load, temperature):
        """[A/m2] largest supply by creep while more than 0.1 of the contact touches: uniform current, held load."""
        volume_per_charge = self.MOLAR_VOLUME / self.FARADAY
        diffusivity = 5.96e-14 * numpy.exp(-0.4 * self.CHARGE / self.BOLTZMANN * (1 / temperature - 1 / 298.15))
        rate = (14 * numpy.pi * self.MOLAR_VOLUME / self.AVOGADRO * 0.5e-9 * diffusivity
                / (self.BOLTZMANN * temperature * 50e-9**3))  # Coble, per pressure
        positive = lambda x, width: (x + numpy.hypot(x, width)) / 2  # noqa: E731
        fraction = numpy.linspace(0.1, 1, 100001)
        stress = positive(load, 2e4) / fraction + positive(4e4 + load - positive(load, 2e4), 1e3)
        creep = 1e-6 * rate * stress  # over 1 um
        return (creep / (1 + creep / (volume_per_charge * 6000 * fraction))).max() / volume_per_charge

    def check(self, tolerance, allowed):
        study = (INPUTS / "studies" / "stability_map.yaml").read_text(encoding="utf-8")
        study = study.replace("stripping.yaml", str(INPUTS / "studies" / "stripping.yaml")).replace("points: 7", "points: 3")
        self.sweep(study.replace("points: 4", "points: 2").replace("1e-3", str(tolerance)), out=f"map{tolerance}")
        rows = self.table(f"map{tolerance}")
        self.assertEqual(len(rows), 6)
        for row in rows:
            exact = self.limiting_density(float(row["load [Pa]"]), float(row["temperature [K]"]))
            self.assertLess(abs(float(row["density [A m-2]"]) / exact - 1), allowed)
            lower, upper = float(row["current_lower [A]"]), float(row["current_upper [A]"])
            self.assertLess(lower, upper)
            self.assertLessEqual(upper - lower, tolerance * (lower + upper) / 2 * (1 + 1e-12))

    def test_stability_map(self):
        self.check(1e-3, 5e-4)
        self.check(1e-5, 1e-5)

    def test_no_limit(self):
        study = (INPUTS / "studies" / "stability_map.yaml").read_text(encoding="utf-8")
        study = study.replace("stripping.yaml", str(INPUTS / "studies" / "stripping.yaml")).replace("points: 7", "points: 1")
        study = study.replace("points: 4", "points: 1").replace("to: 1 uA", "to: 0.2 nA")
        self.sweep(study)
        self.assertEqual(self.table()[0]["current [A]"], "")
        self.assertIn("no limit from 0.1 nA to 0.2 nA: it is not passed at both", self.table()[0]["reason"])
        self.bad(study.replace("until: contact_fraction_below", "until: contact_fraction_above"), "has no end")


if __name__ == "__main__":
    unittest.main()
