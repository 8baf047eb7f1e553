"""`lisei sweep`: a study's samples, measured as single runs are; designs, plots."""
import csv
import importlib.util
import re
import subprocess
import unittest

import h5py
import numpy

from support import DISK, ROOT, Output
from sweep_support import BASE, STUDY, SweepCase

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
            beyond = potential[up][1:][(straight >= 0.05) & (potential[up][1:] > 0.3e-3)]
            if not len(beyond):
                self.assertEqual(row["linear_limit_anodic [V]"], "")
                continue
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


    def test_straight_line_has_no_limit(self):
        """A linear interface without voids: the curve never leaves its beginning."""
        self.write("base.yaml", DISK + "protocol:\n  - cv: {vertices: [-10 mV, 10 mV], rate: 1 mV/s}\n")
        self.sweep("base: base.yaml\nparameters: {temperature: {values: [298 K]}}\n"
                   "measures: [linear_limit_anodic, linear_limit_cathodic, hysteresis_ratio_anodic]\n")
        row = self.table()[0]
        self.assertEqual((row["linear_limit_anodic [V]"], row["linear_limit_cathodic [V]"]), ("", ""))
        self.assertAlmostEqual(float(row["hysteresis_ratio_anodic [1]"]), 1.0, places=6)

    def test_sei_resistance(self):
        """Of a resolved layer of one material on a plane contact: thickness over conductivity; of a lumped interface its resistance."""
        self.write("base.yaml", """\
contact: {diameter: 2 um, law: none}
electrolyte: {conductivity: 1 S/cm}
grid: {rings: 6, layers: 12}
interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}
sei: {resolved: true, thickness: 40 nm, block: {layers: 8, conductivity: 1e-6 S/cm}}
protocol: [{cv: {vertices: [-10 mV, 10 mV], rate: 10 mV/s}}]
""")
        study = "base: base.yaml\nparameters: {KEY: {values: [VALUES]}}\nmeasures: [sei_resistance_effective]\n"
        self.sweep(study.replace("KEY", "sei.thickness").replace("VALUES", "20 nm, 40 nm"))
        for thickness, row in zip((20e-9, 40e-9), self.table()):
            self.assertAlmostEqual(float(row["sei_resistance_effective [ohm m2]"]) / (thickness / 1e-4), 1.0, places=3)
        self.write("base.yaml", DISK + "protocol:\n  - cv: {vertices: [-10 mV, 10 mV], rate: 1 mV/s}\n")
        self.sweep(study.replace("KEY", "interface.linear.resistance").replace("VALUES", "3 ohm cm2"), out="lumped")
        self.assertAlmostEqual(float(self.table("lumped")[0]["sei_resistance_effective [ohm m2]"]) / 3e-4, 1.0, places=3)

    def test_column_has_its_unit(self):
        self.sweep(STUDY)
        self.assertGreater(float(self.table()[0]["mean_load [Pa]"]), 5e4)
        self.bad(STUDY.replace("of: mean}", "of: mean, unit: MPa}"), "study.yaml:11", "'load' is in 'Pa', not in 'MPa'")


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
        self.write("design.csv", "\ufeffload [MPa]\n0.1\n0.3\n")  # as spreadsheets write UTF-8
        self.sweep("base: base.yaml\ndesign: {table: design.csv}\nparameters: {load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa}}\n",
                   out="marked")
        self.assertEqual([float(row["load [Pa]"]) for row in self.table("marked")], [1e5, 3e5])
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


if __name__ == "__main__":
    unittest.main()
