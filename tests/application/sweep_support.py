"""What the tests of `lisei sweep` share: a base deck, a study, the table of results."""
import csv

from support import DISK, Case

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
