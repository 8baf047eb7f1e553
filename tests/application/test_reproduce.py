"""scripts/reproduce: tolerances and verdicts, regressions, tables of variants, the report, and runs that fail."""
import os
import pathlib
import subprocess
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "python")]

from paper import sensitivity, targets, uncertainty, units, variants, verdicts  # noqa: E402
from paper.document import Document, heat  # noqa: E402
from paper.experiments import RUNS  # noqa: E402
from paper.observables import OBSERVABLES, Observation  # noqa: E402
from paper.runner import Result, Runs  # noqa: E402
from paper.targets import Target  # noqa: E402

LISEI = os.environ["LISEI"]
INPUTS = ROOT / "inputs" / "paper"


def target(value, tolerance=None, kind="number", name="x"):
    return Target({"id": name, "where": "1", "kind": kind, "value": value, "tol": tolerance})


class Units(unittest.TestCase):
    def test_factors(self):
        for unit, expected in (("mV", 1e-3), ("um^3", 1e-18), ("mA/cm^2", 10.0), ("A m-2", 1.0), ("ohm cm^2", 1e-4), ("1/s/MPa", 1e-6),
                               ("s-1 MPa-1", 1e-6), ("kohm", 1e3), ("GPa/s", 1e9), ("MPa m^0.5", 1e6), ("nm2/h", 1e-18 / 3600), ("", 1.0),
                               ("1", 1.0), ("min", 60.0), ("mol/m3", 1.0)):
            self.assertAlmostEqual(units.factor(unit) / expected, 1.0, places=12, msg=unit)

    def test_unknown_unit_is_an_error(self):
        with self.assertRaises(units.UnitError):
            units.factor("furlong")

    def test_scaled_keeps_the_unit(self):
        self.assertEqual(units.scaled("2.8 mS/cm", 1.05), "2.94 mS/cm")
        self.assertEqual(units.scaled("1e-4", 0.1), "1e-05")


class Tolerances(unittest.TestCase):
    def test_relative_also_of_a_negative_value(self):
        found = target("-4 mV", 0.25)
        self.assertTrue(found.contains(-3e-3) and found.contains(-5e-3))
        self.assertFalse(found.contains(-2.99e-3) or found.contains(-5.01e-3) or found.contains(4e-3))

    def test_absolute_with_a_unit(self):
        found = target("9.4 mA/cm^2", "1.5 mA/cm^2")
        self.assertTrue(found.contains(79.0) and found.contains(109.0))
        self.assertFalse(found.contains(78.9) or found.contains(109.1))

    def test_range(self):
        found = target("5..30 nm")
        self.assertTrue(found.contains(5e-9) and found.contains(30e-9))
        self.assertFalse(found.contains(4.9e-9) or found.contains(31e-9))

    def test_words_have_no_bounds(self):
        self.assertFalse(target("R falls; 0.043 at 1e14", kind="exact").numeric)

    def test_number_without_tolerance_is_an_error(self):
        with self.assertRaises(targets.InputError):
            target("5 mV")


class Judging(unittest.TestCase):
    def judge(self, observation, of=None, fitted=(), results=None):
        return verdicts.judge(of or target("5 mV", 0.1), lambda runs: observation(runs) if callable(observation) else observation,
                              Runs(results or {}), set(fitted))

    def test_number_in_its_own_unit(self):
        self.assertEqual(self.judge(Observation(5.4e-3, "V")).state, verdicts.HOLDS)
        self.assertEqual(self.judge(Observation(5.4, "mV")).state, verdicts.HOLDS)
        self.assertEqual(self.judge(Observation(5.6, "mV")).state, verdicts.MISSES)

    def test_inequality(self):
        shape = target("a < b", kind="shape")
        self.assertEqual(self.judge(Observation(holds=True), shape).state, verdicts.HOLDS)
        self.assertEqual(self.judge(Observation(holds=False), shape).state, verdicts.MISSES)
        self.assertEqual(self.judge(Observation(holds=None), shape).state, verdicts.MISSES)

    def test_marks(self):
        self.assertEqual(self.judge(Observation(5e-3, "V"), fitted=["x"]).mark, "fitted")
        self.assertEqual(self.judge(Observation(5e-3, "V"), fitted=["y"]).mark, "predicted")
        self.assertEqual(self.judge(Observation(5e-3, "V"), target("5 mV", 0.1, "exact"), ["x"]).mark, "computed")

    def test_failed_run_is_named(self):
        failed = Result(types.SimpleNamespace(label="cv", folder="none"), 2, "no convergence", 1.0)
        verdict = self.judge(lambda runs: runs["cv"], results={"cv": failed})
        self.assertEqual((verdict.state, verdict.why), (verdicts.NOT_RUN, "cv: no convergence"))

    def test_run_that_was_not_asked_for_gives_no_verdict(self):
        self.assertIsNone(self.judge(lambda runs: runs["cv"]))

    def test_observable_that_finds_nothing(self):
        verdict = self.judge(lambda runs: [][0])
        self.assertEqual((verdict.state, verdict.broken), (verdicts.NOT_RUN, True))


class Baseline(unittest.TestCase):
    def setUp(self):
        self.targets = {name: target("5 mV", 0.1, name=name) for name in "abc"}
        self.found = {name: verdicts.Verdict(self.targets[name], state, "predicted")
                      for name, state in (("a", verdicts.HOLDS), ("b", verdicts.MISSES))}

    def test_regression_is_what_held_and_was_judged(self):
        self.assertEqual(verdicts.regressions(self.found, ["a", "b", "c"]), ["b"])
        self.assertEqual(verdicts.regressions(self.found, None), [])

    def test_accepting_keeps_what_was_not_judged(self):
        self.assertEqual(verdicts.merged_baseline(self.found, ["b", "c"], self.targets), ["a", "c"])

    def test_closing_line(self):
        line = verdicts.closing_line(self.found, ["b"], self.targets)
        self.assertEqual(line, "1 of 2 hold (1 not asked for); missed: b; regressions: b")


class Tables(unittest.TestCase):
    DECK = {"a": "1 nm", "b": "2", "grid.rings": "48"}

    def test_order_and_error_of_a_second_order_sequence(self):
        error, order = uncertainty.grid_error(1 + 0.16, 1 + 0.04, 1 + 0.01)
        self.assertAlmostEqual(order, 2.0)
        self.assertAlmostEqual(error, 0.04)  # the true one

    def test_sequence_that_does_not_converge_gets_the_larger_difference(self):
        self.assertEqual(uncertainty.grid_error(1.0, 1.1, 1.05)[1], None)
        self.assertAlmostEqual(uncertainty.grid_error(1.0, 1.1, 1.05)[0], 0.1)

    def test_steps_stay_in_the_range(self):
        self.assertEqual(sensitivity.steps_within(targets.Parameter("k", {"value": 1, "range": [0.1, 1]})), (0.0, -0.05))
        self.assertEqual(sensitivity.steps_within(targets.Parameter("k", {"value": "2 nm", "range": ["1 nm", "3 nm"]})), (0.05, -0.05))

    def test_derivative_of_a_power_law(self):
        table = sensitivity.SensitivityTable.__new__(sensitivity.SensitivityTable)
        table.steps = {"k": (0.05, -0.05)}
        table.values = {("k", by): {"h": 3.0 * (1 + by) ** -2} for by in (0.05, -0.05)}
        self.assertAlmostEqual(table.derivative("k", "h"), -2.0)

    def plan(self):
        return variants.Plan("inputs", "out", {"cv_fast": self.DECK, "cv_symmetric": {"a": "1 nm"}}, {})

    def test_overrides_that_change_nothing_are_not_run(self):
        plan = self.plan()
        basis = plan.add(variants.Group("basis", ("cv_fast", "cv_symmetric"), variants.coarse))
        group = plan.add(variants.Group("b off", basis.runs, variants.fixed(("b", "0")), basis))
        self.assertEqual((group.own, group.shared), (["cv_fast"], ["cv_symmetric"]))
        self.assertEqual([job.overrides for job in plan.jobs], [(("grid.rings", "24"),), (), (("grid.rings", "24"), ("b", "0"))])

    def test_variation_of_the_experiments_shares_what_it_leaves(self):
        plan = self.plan()
        basis = variants.as_they_are(Runs({"cv_fast": 1, "cv_symmetric": 2}))
        group = plan.add(variants.Group("b off", ("cv_fast", "cv_symmetric"), variants.fixed(("b", "0")), basis))
        self.assertEqual([job.overrides for job in plan.jobs], [(("b", "0"),)])
        self.assertEqual(plan.finished(Result(plan.jobs[0], 0, "", 1.0)), [group])
        self.assertEqual(group.results.results["cv_symmetric"], 2)

    def test_group_waits_for_what_it_shares(self):
        plan = self.plan()
        basis = plan.add(variants.Group("basis", ("cv_fast", "cv_symmetric"), variants.coarse))
        group = plan.add(variants.Group("b off", basis.runs, variants.fixed(("b", "0")), basis))
        ends = {job.key[0].name + job.key[1]: Result(job, 0, "", 1.0) for job in plan.jobs}
        self.assertEqual(plan.finished(ends["b offcv_fast"]), [])
        self.assertEqual(plan.finished(ends["basiscv_fast"]), [])
        self.assertEqual(plan.finished(ends["basiscv_symmetric"]), [basis, group])
        self.assertIs(group.results.results["cv_symmetric"], ends["basiscv_symmetric"])


class Writing(unittest.TestCase):
    def test_both_forms(self):
        document = Document("Title & more")
        document.heading("First part")
        document.paragraph("a < b, `code` and **bold**")
        document.table(["x|y"], [[heat(0.5, 1, "+0.5")], ["a|b"]])
        text = document.as_html()
        self.assertIn('<h2 id="first-part">First part</h2>', text)
        self.assertIn("a &lt; b, <code>code</code> and <b>bold</b>", text)
        self.assertIn('<td class="number" style="background:#ffbcbc">+0.5</td>', text)
        self.assertIn("| a\\|b |", document.as_markdown())


class ShippedInputs(unittest.TestCase):
    """inputs/paper is complete and fits together."""

    def test_every_target_is_read_off_some_run(self):
        found, inconsistencies = targets.read_targets(INPUTS / "targets.yaml")
        self.assertEqual(len(found), 37)
        self.assertEqual(sorted(set(found) - set(OBSERVABLES)), [])
        touched = {name for entry in found.values() for name in entry.inconsistencies}
        self.assertEqual(touched, set(inconsistencies))

    def test_parameters_lie_in_their_ranges_and_name_targets(self):
        found, _ = targets.read_targets(INPUTS / "targets.yaml")
        parameters = targets.read_parameters(INPUTS / "parameters.yaml")
        parameters.update(targets.read_own_values(INPUTS, [run.deck for run in RUNS.values()], parameters))
        self.assertEqual([key for key, entry in parameters.items() if entry.inside is False], [])
        self.assertEqual(verdicts.fitted_targets(parameters) - set(found), set())
        self.assertEqual([key for key, entry in parameters.items() if entry.fitted_to and not (entry.range and entry.source)], [])

    def test_decks_and_baseline_are_there(self):
        self.assertEqual([run.deck for run in RUNS.values() if not (INPUTS / run.deck).exists()], [])
        found, _ = targets.read_targets(INPUTS / "targets.yaml")
        self.assertEqual(set(targets.read_baseline(INPUTS / "verdicts.yaml") or []) - set(found), set())


# Small decks under the names of the real ones.
PARAMETERS = """\
contact: {diameter: 9.64 um, law: none}
interface:
  kinetics: linear
  linear: {resistance: {value: 0.553 ohm cm2, range: [0.5 ohm cm2, 0.6 ohm cm2], source: test, fitted_to: [linear_limit_anodic_10mVs]}}
electrolyte: {conductivity: 1.65 mS/cm}
grid: {rings: 12}
output: {fields: none}
"""
CONSTRICTION = """\
contact: {diameter: 9.64 um, law: none}
electrolyte: {conductivity: 1.65 mS/cm}
interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}
grid: {rings: 16}
output: {fields: none}
protocol:
  - hold: {potential: 10 mV, duration: 1 s}
"""
CV_FAST = """\
include: parameters.yaml
protocol:
  - cv: {vertices: [-15 mV, 15 mV], rate: 10 mV/s}
"""


class Studies(unittest.TestCase):
    """The command on decks of the test's own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.inputs = self.folder / "inputs"
        self.inputs.mkdir()
        self.targets = (INPUTS / "targets.yaml").read_text(encoding="utf-8")
        for name, text in (("targets", self.targets), ("parameters", PARAMETERS), ("constriction", CONSTRICTION), ("cv_fast", CV_FAST)):
            self.write(name, text)

    def write(self, name, text):
        (self.inputs / f"{name}.yaml").write_text(text, encoding="utf-8")

    def reproduce(self, *words, status=0, program=LISEI):
        command = [ROOT / "scripts" / "reproduce", "--inputs", self.inputs, "--out", self.folder / "out", "--jobs", "2", *words]
        done = subprocess.run(command, env=dict(os.environ, LISEI=str(program)), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def report(self, name="report.md"):
        return (self.folder / "out" / name).read_text(encoding="utf-8")

    def test_report_of_one_experiment(self):
        done = self.reproduce("--only", "constriction", "--quick")
        self.assertRegex(done.stdout, r"\d+ of \d+ hold \(\d+ not asked for\).*regressions: no baseline")
        text = self.report()
        self.assertRegex(text, r"\| constriction \| eq. 1 \| 314.3 kohm ± 0.1 % .*\| 314\.\d kohm; [^|]*\| holds \| computed \|")
        self.assertIn("## Inconsistencies within the paper", text)
        self.assertIn("`lisei run inputs/paper/constriction.yaml --out out/constriction`", text)

    def test_baseline(self):
        self.reproduce("--only", "constriction", "--accept")
        self.assertIn("  - constriction\n", (self.inputs / "verdicts.yaml").read_text(encoding="utf-8"))
        self.assertIn("regressions: none", self.reproduce("--only", "constriction").stdout)
        self.write("targets", self.targets.replace("314.3 kohm", "400 kohm"))
        self.assertIn("regressions: constriction\n", self.reproduce("--only", "constriction", status=1).stdout)

    def test_bad_deck_is_reported_and_the_rest_goes_on(self):
        self.write("constriction", CONSTRICTION.replace("conductivity", "konductivity"))
        done = self.reproduce("--only", "constriction", "voltammogram", "--quick", status=1)
        self.assertRegex(done.stderr, r"FAILED constriction: constriction.yaml:2: electrolyte.konductivity: unknown key")
        self.assertRegex(done.stdout, r"not run: constriction")
        self.assertRegex(self.report(), r"\| constriction \| eq. 1 .*konductivity.*\| not run \|")
        self.assertTrue((self.folder / "out" / "pictures" / "fig2.png").exists())

    def test_no_program(self):
        self.assertRegex(self.reproduce("--only", "constriction", status=1, program=self.folder / "none").stderr,
                         r"FAILED constriction: cannot start \S+none: No such file")

    def test_state_of_one_deck(self):
        """A value that only one deck has, with a range and a fit of its own."""
        self.write("constriction", CONSTRICTION.replace("conductivity: 1.65 mS/cm",
                                                        "conductivity: {value: 1.65 mS/cm, range: [1 mS/cm, 2 mS/cm], fitted_to: [R_p]}"))
        self.reproduce("--only", "constriction", "symmetric", status=1)
        self.assertIn("| `constriction.yaml: electrolyte.conductivity` | 1.65 mS/cm | 1 mS/cm to 2 mS/cm |", self.report())
        self.assertRegex(self.report(), r"\| R_p \| .*\| not run \| fitted \|")

    def test_unknown_experiment(self):
        self.assertIn("there is no experiment or run 'cooking'", self.reproduce("--only", "cooking", status=2).stderr)

    def test_tables_and_pictures(self):
        """A linear disk: no limit within the sweep, and a current that follows from R_p."""
        self.reproduce("--only", "cv_fast", "--tables")
        page = self.report("report.html")
        self.assertIn('src="data:image/png;base64,', page)
        self.assertNotIn('src="pictures', page)
        text = self.report()
        self.assertRegex(text, r"\| constriction \| electrolyte without resistance \|")
        self.assertRegex(text, r"\| `interface.linear.resistance` \|")
        self.assertRegex(text, r"\| anodic linear limit, 10 mV/s \| 15(\.0+)? ± 0\S* mV \|")
        self.assertIn("| `interface.linear.resistance` | 0.553 ohm cm2 | 0.5 ohm cm2 to 0.6 ohm cm2 | test |", text)
        self.assertEqual(list(self.folder.glob("lisei-reproduce-*")), [])


if __name__ == "__main__":
    unittest.main()
