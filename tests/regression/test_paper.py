"""Verdicts and counts of every set of the paper are those of inputs/paper/verdicts.yaml; the command writes the whole report.

A verdict that turns for good, in either direction, is accepted by `scripts/reproduce --accept` and belongs in CHANGELOG.md and
docs/reproduction.md."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "python")]

from paper import sets, targets  # noqa: E402

INPUTS = ROOT / "inputs" / "paper"


class Paper(unittest.TestCase):
    def test_verdicts_and_report(self):
        baseline = targets.read_baseline(INPUTS / "verdicts.yaml")
        self.assertEqual(set(baseline), set(sets.read_sets(INPUTS)), "every set has accepted verdicts")
        with tempfile.TemporaryDirectory(prefix="lisei-") as folder:
            out = pathlib.Path(folder)
            done = subprocess.run(
                [ROOT / "scripts" / "reproduce", "--quick", "--jobs", "2", "--out", out],
                env=dict(os.environ),
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("regressions: none", done.stdout)
            for name, accepted in baseline.items():
                self.assertIn(f"{name}: {accepted['training']} training, {accepted['evidence']} evidence", done.stdout)
            report = (out / "report.md").read_text(encoding="utf-8")
            verdict = report.split("## Verdict")[1].split("Regressions:")[0]
            self.assertEqual(verdict.count("\n- "), 10)
            self.assertEqual(len(list((out / "targets").glob("*.html"))), 33)
            self.assertEqual(len(list((out / "targets" / "pictures").glob("*.png"))), 33)
            self.assertIn("## The paper's inconsistencies", report)
            # What a control holds is marked and not counted.
            self.assertRegex(report, r"\| \[asymmetric_net_stripping\]\S+ \| 3, Fig 3b \| dead, null \|")


if __name__ == "__main__":
    unittest.main()
