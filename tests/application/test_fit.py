"""lisei fit: numbers of decks from data that a run has made, with noise of a known size; what it says of them; what it refuses."""
import json
import re
import unittest

import numpy

from support import INPUTS, Case

VOLTAMMOGRAM = f"""\
include: {INPUTS}/electrode.yaml
contact: {{law: void}}
lithium: {{coble: {{grain_boundary_diffusivity: 2e-10 cm2/s}}}}
grid: {{rings: 8}}
output: {{fields: none, curve_tolerance: 1e-5}}
protocol:
  - cv: {{start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.5 mV/s, cycles: 2}}
time: {{tolerance: 1e-5}}
"""
TRUTH = {"interface.linear.resistance": (0.12, "ohm cm2", 0.2, 0.02, 1), "electrolyte.conductivity": (2.8, "mS/cm", 2, 0.5, 10),
         "lithium.coble.grain_boundary_diffusivity": (2e-10, "cm2/s", 4e-10, 1e-11, 1e-8),
         "contact.void.depth_limit": (132, "nm", 70, 10, 500), "needle.pressure": (0.352, "MPa", 0.5, 0.05, 5),
         "contact.void.healing_fraction": (0.43, "", 0.7, 0.1, 1)}
SI = {"ohm cm2": 1e-4, "mS/cm": 0.1, "cm2/s": 1e-4, "nm": 1e-9, "MPa": 1e6, "": 1.0}
NOISE = 0.05  # [nA]

# A disk with a known answer: two resistances in series, which only their sum enters at one potential.
DISK = """\
contact: {diameter: 9.64 um, law: none}
electrolyte: {conductivity: 1.65 mS/cm}
interface: {kinetics: linear, linear: {resistance: 1 ohm cm2}}
grid: {rings: 4}
output: {fields: none}
protocol:
  - %s
"""


def parameters(names, scale="log"):
    lines = []
    for name in names:
        _, unit, start, least, most = TRUTH[name]
        lines.append(f"  {name}: {{start: {start} {unit}, bounds: [{least} {unit}, {most} {unit}], scale: {scale}}}\n")
    return "parameters:\n" + "".join(lines)


class Fit(Case):
    def data(self, name, deck, points, noise, seed, column="current", unit="nA", factor=1e9):
        """What a run of the deck gives at so many instants, with Gaussian noise."""
        history = self.run_deck(deck, out=f"truth-{name}").history
        time = numpy.linspace(0.0, history["time"][-1], points + 2)[1:-1]
        values = numpy.interp(time, history["time"], history[column]) * factor
        values += numpy.random.default_rng(seed).normal(0.0, noise, points)
        rows = "".join(f"{t:.9g},{v:.12g}\n" for t, v in zip(time, values))
        self.write(f"{name}.csv", f"# made by a test\nt/s,{column} [{unit}]\n" + rows)

    def fit(self, text, *arguments, out="fit", status=0, ranks=1):
        self.write("fit.yaml", text)
        self.done = self.lisei("fit", "fit.yaml", "--out", out, *arguments, status=status, ranks=ranks)
        return json.loads((self.folder / out / "fit.json").read_text(encoding="utf-8")) if status == 0 else None

    def evaluations(self):
        return int(re.search(r"(\d+) evaluations\n", self.done.stdout).group(1))


class Voltammogram(Fit):
    FIT = "title: six numbers\n" + parameters(TRUTH) + f"experiments:\n  - {{deck: cv.yaml, data: cv.csv, noise: {NOISE} nA}}\n"

    def setUp(self):
        super().setUp()
        self.write("cv.yaml", VOLTAMMOGRAM)
        self.data("cv", VOLTAMMOGRAM, 400, NOISE, seed=4)

    def test_six_parameters(self):
        result = self.fit(self.FIT)
        self.assertTrue(result["converged"])
        self.assertEqual(result["rank"], 6)
        self.assertLess(abs(result["sum_of_squares"] - 394), 3 * numpy.sqrt(2 * 394), "chi squared of 394 degrees of freedom")
        for name, (value, unit, *_) in TRUTH.items():
            found = result["parameters"][name]
            self.assertEqual(found["interval_by"], "profile likelihood")
            self.assertGreater(found["value"], found["lower_95"])
            self.assertLess(found["value"], found["upper_95"])
            width = (found["upper_95"] - found["lower_95"]) / 2
            self.assertLess(abs(found["value"] - value * SI[unit]), 1.5 * width, f"{name}: a deviation beyond 3 sigma")
            self.assertAlmostEqual(width / found["standard_deviation"], 1.96, delta=0.1, msg=name)
            self.assertFalse(found["doubtful"])
        self.assertGreater(result["correlation"][0][1], 0.95, "resistances in series are hardly told apart")
        self.assertLess(abs(result["numerical_error"]), 1.0)
        # the best numbers are a deck to include, which gives the fitted curve
        residual = numpy.genfromtxt(self.folder / "fit" / "residuals.csv", delimiter=",", skip_header=2, usecols=(1, 2, 3, 4))
        self.assertAlmostEqual(float((residual[:, 3] ** 2).sum()), result["sum_of_squares"], places=5)
        best = self.run_deck(VOLTAMMOGRAM.replace("lithium: {coble: {grain_boundary_diffusivity: 2e-10 cm2/s}}\n", "").replace(
            f"include: {INPUTS}/electrode.yaml", f"include: [{INPUTS}/electrode.yaml, fit/best.yaml]"), out="best").history
        model = numpy.interp(residual[:, 0], best["time"], best["current"])
        self.assertLess(abs(model - residual[:, 2]).max(), 2e-12, "to the table's digits of the parameters")

    def test_killed_fit_goes_on(self):
        self.FIT = self.FIT.replace("title: six numbers", "profiles: false")
        whole = self.fit(self.FIT, out="whole")
        made = self.evaluations()
        kept = self.folder / "whole" / "evaluations" / "process0-1.evaluations"
        content = kept.read_bytes()
        self.assertEqual(self.fit(self.FIT, out="whole"), whole)
        self.assertEqual(self.evaluations(), 0)
        kept.write_bytes(content[: len(content) // 2 - 100])  # as a kill leaves it, in the middle of an evaluation
        self.assertEqual(self.fit(self.FIT, out="whole"), whole)
        self.assertGreater(self.evaluations(), made // 3)
        self.assertLess(self.evaluations(), made)

    def test_another_fit_in_the_folder(self):
        text = parameters(list(TRUTH)[:1]) + f"profiles: false\nexperiments:\n  - {{deck: cv.yaml, data: cv.csv, noise: {NOISE} nA}}\n"
        self.fit(text)
        self.fit(text.replace("0.05 nA", "0.06 nA"), status=1)
        self.assertIn("holds another fit", self.done.stderr)
        self.fit(text.replace("0.05 nA", "0.06 nA"), "--force")

    def test_starts_on_two_processes(self):
        text = parameters(list(TRUTH)[3:5]) + "starts: 3\nprofiles: false\n" + self.FIT[self.FIT.index("experiments"):]
        one = self.fit(text, out="one")
        two = self.fit(text, out="two", ranks=2)
        self.assertEqual(one, two)
        self.assertEqual(len(one["sums_of_squares_by_start"]), 3)


class Several(Fit):
    def test_potential_and_current_at_once(self):
        """Two experiments, one with an imposed current, the noise of neither known."""
        galvano, cv = DISK % "current: {current: 5 nA, duration: 10 s}", DISK % "hold: {potential: 4 mV, duration: 10 s}"
        self.write("galvano.yaml", galvano)
        self.write("cv.yaml", cv)
        self.data("galvano", galvano, 30, 0.02, seed=1, column="potential", unit="mV", factor=1e3)
        self.data("cv", cv, 30, 0.02, seed=2)
        result = self.fit(
            "parameters:\n  interface.linear.resistance: {start: 2 ohm cm2, bounds: [0.1 ohm cm2, 9 ohm cm2]}\n"
            "experiments:\n"
            "  - {deck: galvano.yaml, data: galvano.csv, quantity: potential}\n"
            "  - {name: hold, deck: cv.yaml, data: cv.csv, set: {grid.rings: 8}}\n")
        found = result["parameters"]["interface.linear.resistance"]
        self.assertFalse(result["noise_known"])
        self.assertLess(found["lower_95"], 1e-4)
        self.assertGreater(found["upper_95"], 1e-4)
        self.assertLess(found["standard_deviation"], 2e-6)

    SERIES = (DISK % "hold: {potential: 4 mV, duration: 10 s}").replace(
        "{kinetics: linear, linear: {resistance: 1 ohm cm2}}",
        "{kinetics: series, charge_transfer: {law: linear, linear: {resistance: 1 ohm cm2}}, se_transfer: {law: linear, linear: {resistance: 1 ohm cm2}}}")
    TWO = ("parameters:\n"
           "  interface.charge_transfer.linear.resistance: {start: 0.7 ohm cm2, bounds: [0.1 ohm cm2, 4 ohm cm2]%s}\n"
           "  interface.se_transfer.linear.resistance: {start: 0.7 ohm cm2, bounds: [0.1 ohm cm2, 4 ohm cm2]}\n"
           "experiments:\n  - {deck: two.yaml, data: two.csv, noise: 0.02 nA}\n")

    def test_what_the_data_cannot_tell(self):
        self.write("two.yaml", self.SERIES)
        self.data("two", self.SERIES, 30, 0.02, seed=3)
        result = self.fit(self.TWO % "")
        self.assertEqual(result["rank"], 1)
        for name, other in (("charge", "se"), ("se", "charge")):
            found = result["parameters"][f"interface.{name}_transfer.linear.resistance"]
            self.assertFalse(found["determined"])
            self.assertIn(f"only a combination of it with interface.{other}_transfer.linear.resistance", found["says"])
            self.assertIsNone(found["standard_deviation"])
        self.assertIn("not determined", self.done.stdout)
        prior = self.fit(self.TWO % ", prior: {value: 1 ohm cm2, sigma: 0.1 ohm cm2}", "--force")
        self.assertEqual(prior["rank"], 2, "what is known besides the data")
        found = prior["parameters"]["interface.se_transfer.linear.resistance"]
        self.assertAlmostEqual(found["standard_deviation"], 1e-5, delta=0.1e-5)
        self.assertAlmostEqual(found["value"], 1e-4, delta=0.1e-4)


class Refused(Fit):
    GOOD = ("parameters:\n  interface.linear.resistance: {start: 2 ohm cm2, bounds: [0.1 ohm cm2, 9 ohm cm2]}\n"
            "experiments:\n  - {deck: hold.yaml, data: hold.csv, noise: 0.02 nA}\n")

    def setUp(self):
        super().setUp()
        self.write("hold.yaml", DISK % "hold: {potential: 4 mV, duration: 10 s}")
        self.table = "t/s,I/nA\n1,3\n2,3.1\n3,3\n"
        self.write("hold.csv", self.table)

    def refused(self, message, change=(), data=None):
        text = self.GOOD
        for old, new in [change] if change else []:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.write("hold.csv", data or self.table)
        self.fit(text, status=1)
        self.assertRegex(self.done.stderr, message)
        self.assertFalse((self.folder / "fit" / "fit.json").exists())

    def test_data(self):
        self.refused(r"hold\.csv:3: value: expected a number, got 'n/a'", data="t/s,I/nA\n1,3\n2,n/a\n")
        self.refused(r"hold\.csv:3: value: a gap: no number in column 2", data="t/s,I/nA\n1,3\n2,\n")
        self.refused(r"hold\.csv:3: time: the time goes back", data="t/s,I/nA\n2,3\n1,3\n")
        self.refused(r"the unit of this column is not known", data="t/s,I\n1,3\n")
        self.refused(r"'mV' is no unit that becomes A", data="t/s,U/mV\n1,3\n")
        self.refused(r"no data", data="t/s,I/nA\n")
        self.refused(r"there is no column 'current': the columns are 't/s', 'I/nA'", ("data: hold.csv", "data: hold.csv, value: current"))
        self.refused(r"the data cannot be read", ("data: hold.csv", "data: missing.csv"))
        self.refused(r"the run ends at 10 s, its data reach from 1 s to 99 s", data="t/s,I/nA\n1,3\n99,3\n")

    def test_parameters(self):
        resistance = "interface.linear.resistance: {start: 2 ohm cm2, bounds: [0.1 ohm cm2, 9 ohm cm2]}"
        self.refused(r"the start is not within the bounds", ("start: 2 ohm", "start: 20 ohm"))
        self.refused(r"unknown key; did you mean 'resistance'\?", ("linear.resistance", "linear.resistence"))
        self.refused(r"the bounds may not hold 0", ("[0.1 ohm", "[-1 ohm"))
        self.refused(r"expected a number with a unit that becomes", ("start: 2 ohm cm2", "start: 2 mV"))
        self.refused(r"belongs to the method", (resistance, "time.tolerance: {start: 1e-4, bounds: [1e-5, 1e-3]}"))
        self.refused(r"lithium\.grains\.grain_size: has no effect on the data", (
            resistance, resistance + "\n  lithium.grains.grain_size: {start: 100 nm, bounds: [10 nm, 1 um]}"))
        self.refused(r"2 parameters are more than 1 data and priors, which determine 1 combinations", (
            resistance, resistance + "\n  electrolyte.conductivity: {start: 1 mS/cm, bounds: [0.1 mS/cm, 9 mS/cm]}"),
            data="t/s,I/nA\n1,3\n")

    def test_experiments(self):
        self.refused(r"a run has no column 'voltage' with derivatives", ("data: hold.csv", "data: hold.csv, quantity: voltage"))
        self.refused(r"unknown key 'weigth'", ("data: hold.csv", "data: hold.csv, weigth: 1"))
        self.refused(r"missing\.yaml", ("deck: hold.yaml", "deck: missing.yaml"))
        self.refused(r"each needs a deck and its data", ("deck: hold.yaml, ", ""))
        self.refused(r"is not differentiated yet", ("data: hold.csv", "data: hold.csv, set: {electrolyte.grain_depth: 15 um}"))


if __name__ == "__main__":
    unittest.main()
