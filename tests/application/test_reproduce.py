"""scripts/reproduce: what the checks read off curves that are known, margins, sets, base rates, digitised curves, counts and regressions.

The curves here are written down, not computed by the program: what a check has to find in them is known beforehand."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "python")]

from paper import (
    base_rate,
    checks,
    digitised,
    evaluate,
    figures,
    mechanisms,
    predictions,
    report,
    score,
    sets,
    spread,
    targets,
    units,
)  # noqa: E402
from paper.checks import NOMINAL_AREA, at_least, at_most  # noqa: E402
from paper.decks import InputError, merged  # noqa: E402
from paper.document import Document, heat  # noqa: E402

LISEI = os.environ["LISEI"]
INPUTS = ROOT / "inputs" / "paper"
REPORTED = targets.read_targets(INPUTS / "targets.yaml").targets


class Run:
    """A voltammogram by a function of (cycle, side, way, overpotential): current magnitude [A]."""

    def __init__(self, current, vertices=(-10e-3, 10e-3), cycles=1, rate=0.2e-3, points=401):
        potential, amperes, cycle, time, clock = [], [], [], [], 0.0
        for number in range(1, cycles + 1):
            for vertex in vertices:
                side = np.sign(vertex)
                there = np.linspace(0, vertex, points)
                for way, leg in (("forward", there), ("reverse", there[::-1])):
                    potential.append(leg[1:])
                    amperes.append(side * current(number, int(side), way, np.abs(leg[1:])))
                    cycle.append(np.full(points - 1, number))
                    time.append(clock + abs(vertex) / rate * np.arange(1, points) / (points - 1))
                    clock = time[-1][-1]
        self.history = {
            "potential": np.r_[0.0, np.concatenate(potential)],
            "current": np.r_[0.0, np.concatenate(amperes)],
            "cycle": np.r_[1, np.concatenate(cycle)],
            "time": np.r_[0.0, np.concatenate(time)],
        }


def runs_of(**named):
    found = evaluate.SampleRuns()
    for name, run in named.items():
        found.folders[name], found.ended[name], found._read[name] = "", "completed", run  # pylint: disable=protected-access
    return found


def judged(name, reading=None, **named):
    return checks.judge({name: REPORTED[name]}, runs_of(**named), reading)[name]


def resistor(area_resistance):
    return lambda cycle, side, way, eta: eta * NOMINAL_AREA / area_resistance


class Units(unittest.TestCase):
    def test_factors(self):
        for unit, expected in (
            ("mV", 1e-3),
            ("um^3", 1e-18),
            ("mA/cm^2", 10.0),
            ("A m-2", 1.0),
            ("ohm cm^2", 1e-4),
            ("1/s/MPa", 1e-6),
            ("s-1 MPa-1", 1e-6),
            ("kohm", 1e3),
            ("GPa/s", 1e9),
            ("MPa m^0.5", 1e6),
            ("nm2/h", 1e-18 / 3600),
            ("", 1.0),
            ("1", 1.0),
            ("min", 60.0),
            ("mol/m3", 1.0),
        ):
            self.assertAlmostEqual(units.factor(unit) / expected, 1.0, places=12, msg=unit)

    def test_unknown_unit_is_an_error(self):
        with self.assertRaises(units.UnitError):
            units.factor("furlong")


class Reported(unittest.TestCase):
    def test_second_edition(self):
        roles = [target.role for target in REPORTED.values()]
        self.assertEqual((len(roles), roles.count("training"), roles.count("evidence"), roles.count("free")), (33, 17, 10, 6))

    def test_every_target_has_a_check_and_a_drawing(self):
        self.assertEqual(set(REPORTED), set(checks.CHECKS))
        self.assertEqual(set(REPORTED), set(figures.OF_TARGET))

    def test_bounds(self):
        self.assertAlmostEqual(REPORTED["deposit_overpotential"].low, -5e-3)
        self.assertAlmostEqual(REPORTED["linear_limit_cathodic_10mVs"].high, 6.5e-3)
        self.assertAlmostEqual(REPORTED["sei_thickness"].high, 30e-9)

    def test_wrong_entry_is_an_error(self):
        for entry in (
            {"id": "x", "where": "1", "kind": "number", "train": True, "check": "c", "value": "5 mV"},
            {"id": "x", "where": "1", "kind": "shape", "check": "c"},
            {"id": "x", "where": "1", "kind": "shape", "train": True, "check": "c", "at": 1},
        ):
            with self.assertRaises(InputError):
                targets.Target(entry)


class Margins(unittest.TestCase):
    def test_bound(self):
        self.assertAlmostEqual(at_most(0.85, 0.9, 0.1).margin, 0.05 / 0.9)
        self.assertAlmostEqual(at_most(1.0, 0.9, 0.1).penalty, 1.0)
        self.assertAlmostEqual(at_least(-2.0, 0.0, 0.5).margin, -4.0)
        self.assertEqual(at_least(0.9, 0.9, 0.1).inside, 0.0)

    def test_number_on_both_sides(self):
        for resistance, holds, margin in (
            (0.8e-4, True, 0.08 / 0.88),
            (0.87e-4, True, 0.01 / 0.88),
            (0.9e-4, False, -0.02 / 0.88),
            (0.7e-4, False, -0.02 / 0.72),
        ):
            verdict = judged("R_p", cv_symmetric=Run(resistor(resistance)))
            self.assertEqual(verdict.holds, holds)
            self.assertAlmostEqual(verdict.margin, margin, places=6)
        self.assertAlmostEqual(verdict.penalty, 0.25, places=6)

    def test_what_cannot_be_read_is_missed(self):
        verdict = judged("R_p")
        self.assertEqual((verdict.holds, verdict.margin, verdict.penalty), (False, None, checks.LARGEST_PENALTY))


def bent(limit, power, loss=None):
    """A line that departs by 5 % exactly at `limit` [V]: I = g eta (1 + 0.05 (eta/limit)^power)."""

    def current(cycle, side, way, eta):
        line = eta * NOMINAL_AREA / 0.8e-4
        if side < 0:
            return line * (1 + 0.05 * (eta / limit) ** power)
        return line * np.where(eta > 1e-3, 1 - 0.05 * (eta / (loss or limit)) ** power, 1.0) * (0.9 if way == "reverse" else 1.0)

    return current


class Voltammograms(unittest.TestCase):
    def test_cathodic_limit(self):
        # The line is fitted up to 1 mV, where the bend is 0.05/5^6 of it: nothing.
        run = Run(bent(5e-3, 6), (-20e-3, 20e-3))
        verdict = judged("linear_limit_cathodic_10mVs", cv_fast=run)
        self.assertTrue(verdict.holds)
        self.assertAlmostEqual(verdict.value, 5e-3, delta=2e-5)
        self.assertFalse(judged("linear_limit_cathodic_10mVs", cv_fast=Run(bent(7e-3, 6), (-20e-3, 20e-3))).holds)

    def test_anodic_limit_must_be_a_loss_that_stays(self):
        run = Run(bent(5e-3, 6, 2e-3), (-20e-3, 20e-3))
        verdict = judged("linear_limit_anodic_10mVs", cv_fast=run)
        self.assertTrue(verdict.holds, verdict.text)
        gain = Run(lambda cycle, side, way, eta: eta * 1e-6 * (1 + 0.05 * (eta / 2e-3) ** 6), (-20e-3, 20e-3))
        self.assertFalse(judged("linear_limit_anodic_10mVs", cv_fast=gain).holds)
        comes_back = Run(
            lambda cycle, side, way, eta: eta * 1e-6 * (1 - 0.05 * (eta / 2e-3) ** 6 * (way == "forward") * (eta < 3e-3)), (-20e-3, 20e-3)
        )
        verdict = judged("linear_limit_anodic_10mVs", cv_fast=comes_back)
        self.assertAlmostEqual(verdict.value, 2e-3, delta=3e-5)
        self.assertFalse(verdict.holds)

    @staticmethod
    def corrected(place, height, end, bump=0.0):
        """eta - I Z rises to `height` [V] at `place` [A/m2], falls to `end` at 400 A/m2 (with a bump on the way), then on."""
        density = np.linspace(0, 600, 4001)
        eta = np.interp(density, [0, place, 400, 600], [0, height, end, end - 1e-4]) + bump * np.exp(
            -(((density - 0.6 * (place + 400)) / 10) ** 2)
        )
        total = eta + density * NOMINAL_AREA * checks.CONSTRICTION
        return Run(lambda cycle, side, way, given: np.interp(given, total, density * NOMINAL_AREA), (-20e-3, 20e-3), points=4001)

    def test_both_readings(self):
        for place, height, reading, holds, word in (
            (94, 4e-3, None, True, "reading A"),
            (250, 9.4e-3, None, True, "reading B"),
            (200, 5e-3, None, False, "reading none"),
            (94, 4e-3, "B", False, "reading B"),
            (94, 4e-3, "A", True, "reading A"),
        ):
            run = self.corrected(place, height, height - 1e-3)
            verdict = judged("corrected_eta_peak", reading, cv_fast=run)
            self.assertEqual(verdict.holds, holds, verdict.text)
            self.assertIn(word, verdict.text)

    def test_monotonic_maximum_is_none(self):
        run = self.corrected(400, 9.4e-3, 9.4e-3)
        self.assertFalse(judged("corrected_eta_peak", cv_fast=Run(resistor(0.8e-4), (-20e-3, 20e-3))).holds)
        self.assertFalse(judged("corrected_eta_peak", cv_fast=run).holds)

    def test_maximum_that_is_passed_again_later_is_one(self):
        density = np.linspace(0, 600, 4001)
        eta = np.interp(density, [0, 94, 200, 600], [0, 4e-3, 3e-3, 9e-3])
        total = eta + density * NOMINAL_AREA * checks.CONSTRICTION
        run = Run(lambda cycle, side, way, given: np.interp(given, total, density * NOMINAL_AREA), (-20e-3, 20e-3), points=4001)
        self.assertIn("reading A", judged("corrected_eta_peak", cv_fast=run).text)
        self.assertFalse(judged("corrected_eta_falls", cv_fast=run).holds)

    def test_fall_must_be_monotonic(self):
        self.assertTrue(judged("corrected_eta_falls", cv_fast=self.corrected(94, 4e-3, 3e-3)).holds)
        self.assertFalse(judged("corrected_eta_falls", cv_fast=self.corrected(94, 4e-3, 3e-3, 0.5e-3)).holds)

    def test_bound_of_40_follows_the_reading(self):
        # eta(40) = height - 1 mV + 400 A/m2 Z A = 9.18 mV of constriction
        for height, place, reading, holds in (
            (4e-3, 94, None, True),
            (9.4e-3, 94, None, False),
            (9.4e-3, 250, None, True),
            (9.4e-3, 250, "A", False),
        ):
            verdict = judged("current_40", reading, cv_fast=self.corrected(place, height, height - 1e-3))
            self.assertEqual(verdict.holds, holds, verdict.text)

    @staticmethod
    def hysteresis(lost, drop=False):
        """Anodic branch symmetric to 5 mV, then `lost` of it gone by the vertex and kept on the way back."""

        def current(cycle, side, way, eta):
            line = eta * NOMINAL_AREA / 0.8e-4
            if side < 0:
                return line
            share = lost * np.clip((eta - 4.5e-3) / 5.5e-3, 0, 1) if way == "forward" else np.full_like(eta, lost)
            return line * (1 - share) ** (2 if drop else 1)

        return Run(current)

    def test_hysteresis(self):
        self.assertTrue(judged("anodic_hysteresis", cv_symmetric=self.hysteresis(0.2)).holds)
        verdict = judged("anodic_hysteresis", cv_symmetric=self.hysteresis(0.05))
        self.assertFalse(verdict.holds)
        self.assertAlmostEqual(verdict.margin, -0.05 / 0.9, places=3)

    def test_symmetry_and_drop(self):
        verdict = judged("anodic_symmetric_to", cv_symmetric=self.hysteresis(0.5))
        self.assertAlmostEqual(verdict.value, 4.5e-3 + 0.55e-3, delta=2e-5)
        self.assertTrue(verdict.holds)
        self.assertTrue(judged("anodic_current_drop", cv_symmetric=self.hysteresis(0.6, True)).holds)
        self.assertFalse(judged("anodic_current_drop", cv_symmetric=Run(resistor(0.8e-4))).holds)
        gain = Run(lambda cycle, side, way, eta: eta * (1 + (side > 0) * 0.02 * (eta / 5e-3) ** 4))
        self.assertFalse(judged("anodic_symmetric_to", cv_symmetric=gain).holds)

    @staticmethod
    def closing(worst, stuck=False, growth=1.0):
        def current(cycle, side, way, eta):
            left = 1 - (1 - worst) / (1 if stuck else cycle)
            worse = way == ("reverse" if side > 0 else "forward") and not (side < 0 and cycle == 1)
            return eta * growth**cycle * (left if worse else 1.0)

        return Run(current, cycles=11)

    def test_closing(self):
        verdict = judged("hysteresis_closes", cv_symmetric=self.closing(0.6, growth=1.001))
        self.assertTrue(verdict.holds, verdict.text)
        self.assertFalse(judged("hysteresis_closes", cv_symmetric=self.closing(0.6, True)).holds)
        self.assertFalse(judged("hysteresis_closes", cv_symmetric=self.closing(0.92, growth=1.001)).holds)  # nothing to close
        self.assertFalse(judged("hysteresis_closes", cv_symmetric=self.closing(0.6, growth=0.99)).holds)  # it dies
        self.assertFalse(judged("hysteresis_closes", cv_symmetric=Run(resistor(1.0), cycles=4)).holds)

    def test_carry_over_and_growth(self):
        self.assertTrue(judged("carry_over", cv_symmetric=self.closing(0.6)).holds)
        self.assertFalse(judged("carry_over", cv_symmetric=Run(resistor(1.0), cycles=2)).holds)
        for growth, holds in ((1.01, True), (1.001, False), (1.0, False)):  # together 10 %, 1 %, nothing
            run = Run(lambda cycle, side, way, eta, growth=growth: eta * growth**cycle, cycles=11)
            self.assertEqual(judged("current_grows", cv_symmetric=run).holds, holds)
        one_sided = Run(lambda cycle, side, way, eta: eta * (1.02**cycle if side > 0 else 1.0), cycles=11)
        self.assertFalse(judged("current_grows", cv_symmetric=one_sided).holds)

    def test_asymmetric(self):
        def current(cycle, side, way, eta, left=0.5, stripped=3.0):
            if cycle == 1:
                return eta * (1.0 if side < 0 else stripped)
            lost = 0.8 if cycle == 2 and side < 0 and way == "forward" else 1.0
            return eta * left * lost * (1.0 if side < 0 else stripped)

        run = Run(current, (-10e-3, 20e-3), 5)
        self.assertTrue(judged("asymmetric_loss", cv_asymmetric=run).holds)
        self.assertTrue(judged("asymmetric_net_stripping", cv_asymmetric=run).holds)
        dead = Run(lambda *given: current(*given, left=1e-3), (-10e-3, 20e-3), 5)
        self.assertFalse(judged("asymmetric_loss", cv_asymmetric=dead).holds)
        self.assertFalse(judged("asymmetric_net_stripping", cv_asymmetric=dead).holds)
        even = Run(lambda *given: current(*given, stripped=0.25), (-10e-3, 20e-3), 5)
        verdict = judged("asymmetric_net_stripping", cv_asymmetric=even)
        self.assertFalse(verdict.holds)
        self.assertIn("stripped/plated 1.0", judged("asymmetric_net_stripping", cv_asymmetric=even).text)

    def test_onset_in_cycle_4(self):
        def current(cycle, side, way, eta, onset=4):
            return eta * (0.6 if side > 0 and way == "reverse" and cycle >= onset else 1.0) * (0.7 if side < 0 and cycle > onset else 1.0)

        self.assertTrue(judged("asymmetric_fast", cv_asymmetric_fast=Run(current, (-10e-3, 20e-3), 6)).holds)
        early = Run(lambda *given: current(*given, onset=2), (-10e-3, 20e-3), 6)
        self.assertFalse(judged("asymmetric_fast", cv_asymmetric_fast=early).holds)


class Rates(unittest.TestCase):
    @staticmethod
    def runs(charges, volts=1.0):
        found = {
            f"rate_{rate}": types.SimpleNamespace(
                history={"potential": np.array([0, volts]), "charge": np.array([0, charge * NOMINAL_AREA])}
            )
            for rate, charge in zip(checks.RATES, charges)
        }
        return found

    def test_verdicts(self):
        as_reported = (9.0, 3.0, 2.5, 1.2, 1.2, 1.15, 1.1)
        for name, charges, holds in (
            ("rate_charge_drop", as_reported, True),
            ("rate_charge_drop", (20.0, *as_reported[1:]), False),
            ("rate_slight", as_reported, True),
            ("rate_slight", (9, 3, 3.1, 1.2, 1, 1, 1), False),
            ("rate_second_drop", as_reported, True),
            ("rate_second_drop", (9, 3, 1.8, 1.15, 1, 1, 1), False),
            ("rate_flat", as_reported, True),
            ("rate_flat", (9, 3, 2.5, 1.2, 1.2, 1.15, 1.0), False),
            ("apparent_diffusivity", as_reported, True),
            ("apparent_diffusivity", (60.0, *as_reported[1:]), False),
        ):
            self.assertEqual(judged(name, **self.runs(charges)).holds, holds, (name, charges))

    def test_run_that_ends_before_one_volt(self):
        self.assertFalse(judged("rate_charge_drop", **self.runs((9, 3, 2, 1, 1, 1, 1), 0.9)).holds)


class Sets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        self.addCleanup(folder.cleanup)
        self.inputs = pathlib.Path(folder.name)
        self.folder = self.inputs / "sets" / "mine"
        self.folder.mkdir(parents=True)
        self.write("parameters.yaml", "needle: {pressure: {value: 0.3 MPa, range: [0.1 MPa, 5 MPa]}}\ncontact: {diameter: 9.64 um}\n")
        (self.inputs / "run.yaml").write_text("include: parameters.yaml\ncontact: {diameter: 2 um}\n", encoding="utf-8")
        (self.inputs / "special.yaml").write_text("include: run.yaml\n", encoding="utf-8")

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, fitted, more=""):
        self.write("set.yaml", f"hypothesis: h\ntraining: none\nsearch: none\nblind: true\n{more}fitted:\n{fitted}")
        return sets.read_set(self.folder)

    def test_numbers(self):
        one = self.read("  load: {key: needle.pressure, scale: log}\n  width: {key: contact.diameter, decks: [run], range: [1 um, 3 um]}\n")
        load, width = one.fitted.values()
        self.assertEqual((load.value, load.low, load.high, load.unit), (0.3, 0.1, 5.0, "MPa"))
        self.assertAlmostEqual(load.at(load.share(0.3)), 0.3)
        self.assertAlmostEqual(load.at(0.5), 0.5**0.5)
        self.assertEqual((width.value, width.unit), (2.0, "um"))
        self.assertTrue(one.applies(width, ["special", "run"]))
        self.assertFalse(one.applies(width, ["other"]))
        drawn = one.random_samples(50, 1)
        self.assertTrue(all(0.1 <= sample["load"] <= 5 and 1 <= sample["width"] <= 3 for sample in drawn))
        self.assertEqual(drawn, one.random_samples(50, 1))

    def test_what_a_deck_needs_besides(self):
        one = self.read("  width: {key: contact.diameter, decks: [run], range: [1 um, 4 um]}\n", "decks: {run: {contact.diameter: 3 um}}\n")
        self.assertEqual(one.fitted["width"].value, 3.0)
        self.assertEqual(one.overrides(["special", "run"]), {"contact.diameter": "3 um"})

    def test_errors_say_where(self):
        for fitted, words in (
            ("  load: {scale: log}\n", "fitted.load: needs key"),
            ("  x: {key: needle.stiffness}\n", "needle.stiffness has no value"),
            ("  d: {key: contact.diameter}\n", "contact.diameter has no range"),
            ("  d: {key: contact.diameter, range: [3 um, 1 um]}\n", "from low to high"),
            ("  d: {key: contact.diameter, range: [1 um, 3 um], scale: cubic}\n", "from low to high"),
        ):
            with self.assertRaisesRegex(InputError, words):
                self.read(fitted)
        for fitted, more in (
            ("  x: {key: needle.pressure, decks: [run]}\n", ""),
            ("  x: {key: needle.pressure}\n", "decks: {run: {needle.pressure: 4.8 MPa}}\n"),
        ):
            with self.assertRaisesRegex(InputError, "one initial load for all experiments"):
                self.read(fitted, more)
        with self.assertRaisesRegex(InputError, "reading: expected A or B"):
            self.read("  load: {key: needle.pressure}\n", "reading: C\n")
        self.write("set.yaml", "hypothesis: h\ncolour: blue\n")
        with self.assertRaisesRegex(InputError, "missing: blind, fitted, search, training; unknown: colour"):
            sets.read_set(self.folder)

    def test_ranges_stay_with_the_key(self):
        (self.folder / "other.yaml").write_text("include: parameters.yaml\nneedle: {pressure: 0.5 MPa}\n", encoding="utf-8")
        self.assertEqual(merged(self.folder / "other.yaml")["needle"]["pressure"], {"value": "0.5 MPa", "range": ["0.1 MPa", "5 MPa"]})

    def test_ensemble_and_base_rate_files(self):
        one = self.read("  load: {key: needle.pressure, scale: log}\n")
        self.assertEqual((spread.read(one), base_rate.read(one)), ([], (None, [])))
        spread.write(one, [{"load": 0.4}, {"load": 0.25}])
        self.assertEqual(spread.read(one), [{"load": 0.4}, {"load": 0.25}])
        base_rate.write(one, {"R_p": 0.25}, [(3, 1), (5, 2)])
        shares, comments = base_rate.read(one)
        self.assertEqual(shares, {"R_p": 0.25})
        self.assertIn("evidence targets held: median 2", comments[-1])
        self.write("ensemble.csv", "load [kPa]\n3\n")
        with self.assertRaisesRegex(InputError, "the unit of its range"):
            spread.read(one)

    def test_what_numbers_are_fitted_to_is_there(self):
        for path in [*INPUTS.glob("*.yaml"), *INPUTS.glob("sets/*/parameters.yaml")]:
            for words in re.findall(r"fitted_to: \[([^]]*)\]", path.read_text(encoding="utf-8")):
                self.assertEqual([word for word in words.split(", ") if word not in REPORTED], [], path)

    def test_shipped_sets(self):
        found = sets.read_sets(INPUTS)
        self.assertEqual([one.name for one in found.values() if one.control], ["dead", "null"])
        outside = [
            (one.name, number.name)
            for one in found.values()
            for number in one.fitted.values()
            if not number.low <= number.value <= number.high
        ]
        self.assertEqual(outside, [])
        for one in found.values():
            spread.read(one), base_rate.read(one)  # pylint: disable=expression-not-assigned


class Counting(unittest.TestCase):
    def one(self, name, holds, control=False, numbers=0, blind=True):
        verdicts = {
            key: checks.Verdict(target, key in holds, 0.1 if key in holds else -0.1, 0.0 if key in holds else 2.0)
            for key, target in REPORTED.items()
        }
        return score.Judged(types.SimpleNamespace(name=name, control=control, fitted=range(numbers), blind=blind), verdicts, None)

    def test_what_a_control_holds_does_not_count(self):
        null, mine = self.one("null", {"rate_flat", "R_p"}, True), self.one("mine", {"rate_flat", "rate_slight", "R_p"}, numbers=2)
        self.assertEqual(mine.held("evidence"), ["rate_slight", "rate_flat"])
        self.assertEqual(score.counted([null, mine], mine), ["rate_slight"])

    def test_criterion(self):
        one = self.one("x", {"R_p"}, numbers=2)
        self.assertEqual(one.misfit(), 16 * 4.0)
        self.assertEqual(one.criterion(), (68.0, 68.0 + 12 / 14))
        self.assertEqual(self.one("x", {"R_p"}, numbers=16).criterion()[1], None)

    def test_blind_sets_come_first(self):
        seen, blind = self.one("seen", {"rate_flat", "rate_slight"}, blind=False), self.one("blind", {"rate_flat"})
        self.assertEqual(score.best([seen, blind]).name, "blind")
        self.assertEqual(score.best([seen]).name, "seen")

    def test_regressions(self):
        before = score.baseline_of([self.one("x", {"rate_flat", "R_p"})])
        self.assertEqual(before["x"], {"training": 1, "evidence": 1, "holds": ["R_p", "rate_flat"]})
        self.assertEqual(score.regressions([self.one("x", {"rate_flat", "R_p"})], before), [])
        self.assertEqual(score.regressions([self.one("x", {"rate_slight", "R_p"})], before), ["x: rate_flat no longer holds"])
        self.assertEqual(score.regressions([self.one("x", {"R_p"})], before)[1], "x: 0 of evidence instead of 1")
        self.assertEqual(score.regressions([self.one("new", set())], before), [])

    def test_verdict_in_ten_lines(self):
        null, blind = self.one("null", {"rate_flat"}, True), self.one("blind", {"rate_flat", "rate_slight", "R_p"}, numbers=3)
        seen = self.one("seen", {"rate_second_drop", "rate_slight", "R_p", "flaw_100s"}, numbers=9, blind=False)
        lines = report.verdict_lines([null, blind, seen], {"x": {"blind": 1.0, "seen": 4.0}, "y": {"blind": 1.0, "seen": 2.0}})
        self.assertEqual(len(lines), 10)
        self.assertIn(
            "`blind`**, 2 of 10 targets that are evidence, 1 of 9 without those that a control holds (rate_flat); 1 of 17 in", lines[0]
        )
        self.assertIn("Not blind, so that their evidence is none in the strict sense: `seen`.", lines)
        self.assertIn("`seen` 2 (9 numbers), `blind` 1 (3 numbers)", lines[3])
        self.assertIn("nothing: none.", lines[6])
        self.assertIn("x (4×); y (2×)", lines[9])
        self.assertEqual(len(report.verdict_lines([null])), 1)

    def test_contrast_of_predictions(self):
        self.assertEqual(predictions.contrast({"a": 1.0, "b": 3.0, "c": None}), 3.0)
        self.assertEqual(predictions.contrast({"a": 1.0, "b": None}), 1.0)


class Digitised(unittest.TestCase):
    """Synthetic curves in the place of digitised ones."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.run = Run(lambda cycle, side, way, eta: eta * 1e-6 * (1 + 0.1 * cycle) * (0.8 if way == "reverse" else 1), cycles=2)

    def write(self, panel, text):
        (self.folder / f"{panel}.csv").write_text(text, encoding="utf-8")

    def fig3a(self, scale=1.0, every=8):
        history = self.run.history
        rows = [
            f"{history['cycle'][row]},{1e3 * history['potential'][row]:.6f},{1e9 * scale * history['current'][row]:.6f}"
            for row in range(every, len(history["time"]), every)
        ]  # the vertices are among them
        self.write("fig3a", "# synthetic\ncycle [1],potential [mV],current [nA]\n" + "\n".join(rows) + "\n")
        return digitised.read_all(self.folder)["fig3a"]

    def test_times_follow_from_order(self):
        curve = self.fig3a()
        expected = self.run.history["time"][8::8]
        np.testing.assert_allclose(digitised.times("fig3a", curve), expected, atol=0.01)

    def test_deviation(self):
        runs = runs_of(cv_symmetric=self.run)
        self.assertLess(digitised.deviation("fig3a", self.fig3a(), runs), 1e-4)
        worse = digitised.deviation("fig3a", self.fig3a(1.1), runs)
        self.assertGreater(worse, 0.01)
        self.assertLess(worse, 0.1)

    def test_fig2b_is_a_sweep(self):
        density = np.linspace(1, 30, 30)
        self.write("fig2b", "current_density [mA/cm^2],overpotential [mV]\n" + "\n".join(f"{one:.4f},{0.1 * one:.4f}" for one in density))
        curve = digitised.read_all(self.folder)["fig2b"]
        total = 0.1e-3 * density + density * 10 * NOMINAL_AREA * checks.CONSTRICTION
        np.testing.assert_allclose(digitised.times("fig2b", curve), total / 10e-3, rtol=1e-3)

    def test_errors_all_at_once(self):
        self.write("fig3a", "cycle [1],potential [furlong]\n1,2\nx,3\n")
        self.write("fig9", "x\n")
        with self.assertRaises(InputError) as caught:
            digitised.read_all(self.folder)
        for words in (
            "unknown unit",
            "expected the columns cycle, potential, current",
            "fig3a.csv:3: expected 2 numbers",
            "there is no panel 'fig9'",
        ):
            self.assertIn(words, str(caught.exception))

    def test_rates_are_one_file_each(self):
        self.write("fig8a", "current_density [mA/cm^2],time [s],potential [mV]\n1.62,1,2\n1.62,5,3\n8.48,1,4\n8.48,2,1000\n")
        found = digitised.write_data("fig8a", digitised.read_all(self.folder)["fig8a"], self.folder)
        self.assertEqual([pathlib.Path(path).name for path, *_ in found], ["fig8a_1.62.csv", "fig8a_8.48.csv"])
        self.assertEqual(pathlib.Path(found[1][0]).read_text(encoding="utf-8"), "time [s],potential [V]\n1,0.004\n2,1\n")
        self.assertAlmostEqual(units.to_si(found[1][2]["protocol.0.current.current"]), 84.8 * NOMINAL_AREA)


class Writing(unittest.TestCase):
    def test_both_forms(self):
        document = Document("Title & more")
        document.heading("First part")
        document.paragraph("a < b, `code`, **bold** and [page](targets/x.md)")
        document.table(["x|y"], [[heat(0.5, 1, "+0.5")], ["a|b"]])
        text = document.as_html()
        self.assertIn('<h2 id="first-part">First part</h2>', text)
        self.assertIn('a &lt; b, <code>code</code>, <b>bold</b> and <a href="targets/x.html">page</a>', text)
        self.assertIn('<td class="number" style="background:#ffbcbc">+0.5</td>', text)
        self.assertIn("| a\\|b |", document.as_markdown())


class Evaluation(unittest.TestCase):
    """A small set on the shipped decks, with the program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        self.addCleanup(folder.cleanup)
        self.inputs = pathlib.Path(folder.name)
        for path in INPUTS.glob("*.yaml"):
            shutil.copy(path, self.inputs)
        self.folder = self.inputs / "sets" / "disk"
        self.folder.mkdir(parents=True)
        (self.folder / "parameters.yaml").write_text(
            "contact: {diameter: 9.64 um, law: none}\nelectrolyte: {conductivity: 1.65 mS/cm}\n"
            "interface: {kinetics: linear, linear: {resistance: {value: 0.553 ohm cm2, range: [0.1 ohm cm2, 1 ohm cm2]}}}\n",
            encoding="utf-8",
        )
        (self.folder / "set.yaml").write_text(
            "hypothesis: a disk\ntraining: none\nsearch: none\nblind: true\nfitted:\n"
            "  resistance: {key: interface.linear.resistance, scale: log}\n",
            encoding="utf-8",
        )
        self.one = sets.read_set(self.folder)

    def test_samples_have_their_own_numbers(self):
        """R_p of a disk: the interface's resistance, and the spreading resistance between that of an equal potential and of an even
        current."""
        only = [evaluate.EXPERIMENTS["cv_symmetric"]]
        with evaluate.batch(self.one, [{"resistance": 0.2}, {"resistance": 0.553}], training=True, rings=16, experiments=only) as found:
            values = [checks.judge({"R_p": REPORTED["R_p"]}, runs)["R_p"].value for runs in found]
        for value, resistance in zip(values, (0.2e-4, 0.553e-4)):
            spreading = (value - resistance) / (checks.CONSTRICTION * NOMINAL_AREA)
            self.assertTrue(1.0 < spreading < 32 / (3 * np.pi**2), spreading)
        self.assertAlmostEqual(values[1] - values[0], 0.353e-4, delta=0.353e-4 * 0.03)

    def test_mechanism_that_is_not_there_is_not_switched_off(self):
        self.assertTrue(mechanisms.used(self.one, "interface.linear.resistance"))
        self.assertFalse(mechanisms.used(self.one, "needle.stiffness"))
        extra = {"interface.linear.resistance": "0.2 ohm cm2"}
        values = []
        for more in ({}, extra):
            with evaluate.batch(self.one, [{}], rings=16, experiments=[evaluate.EXPERIMENTS["cv_fast"]], extra=more) as (runs,):
                values.append(runs["cv_fast"].history["current"].max())
        self.assertGreater(values[1], 1.5 * values[0])

    def test_wrong_deck_says_where(self):
        (self.folder / "parameters.yaml").write_text(
            "contact: {diameter: 9.64 um, law: void_x}\ninterface: "
            "{linear: {resistance: {value: 0.5 ohm cm2, range: [0.1 ohm cm2, 1 ohm cm2]}}}\n",
            encoding="utf-8",
        )
        with self.assertRaisesRegex(InputError, r"parameters.yaml:1: contact.law"):
            with evaluate.batch(sets.read_set(self.folder), [{}], experiments=[evaluate.EXPERIMENTS["cv_fast"]]):
                pass

    def test_fit_finds_the_resistance_again(self):
        """A run in the place of Fig. 2a, of which the study sees potentials and currents; the set's number starts elsewhere."""
        with evaluate.batch(self.one, [{"resistance": 0.4}], rings=16, experiments=[evaluate.EXPERIMENTS["cv_fast"]]) as (runs,):
            history = runs["cv_fast"].history
        rows = np.unique(np.searchsorted(history["time"], np.arange(0.1, 7.95, 0.1)))
        place = self.inputs / "digitised"
        place.mkdir()
        (place / "fig2a.csv").write_text(
            "potential [mV],current [nA]\n"
            + "\n".join(f"{1e3 * history['potential'][row]:.5f},{1e9 * history['current'][row]:.5f}" for row in rows),
            encoding="utf-8",
        )
        study = digitised.write_fit(self.one, digitised.read_all(place), self.inputs / "fit" / "disk")
        done = subprocess.run([LISEI, "fit", study, "--out", self.inputs / "found"], check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = merged(self.inputs / "found" / "best.yaml")["interface"]["linear"]["resistance"]
        # 16 rings made the data, 48 are fitted to them.
        self.assertAlmostEqual(units.to_si(found["value"] if isinstance(found, dict) else found) / 0.4e-4, 1.0, delta=5e-3)

    def test_command(self):
        def reproduce(*words):
            return subprocess.run(
                [ROOT / "scripts" / "reproduce", "--inputs", self.inputs, *words],
                env=dict(os.environ, LISEI=LISEI),
                capture_output=True,
                text=True,
                check=False,
            )

        done = reproduce("--sets", "cooking")
        self.assertEqual((done.returncode, done.stderr.strip()), (1, "reproduce: there is no set cooking; sets: disk"))
        self.assertIn("no digitised curve", reproduce("--fit-data", str(self.inputs / "data")).stdout)


if __name__ == "__main__":
    unittest.main()
