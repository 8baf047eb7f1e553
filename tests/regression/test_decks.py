"""A few numbers of each deck in inputs/, with the tolerance and its reason.

The expected values are those of refined runs (128 rings, time.tolerance 1e-6; the asymmetric deck 256 rings, the deposition
time steps of 1 s), not those of the decks as they are: a deck may come nearer to them but not go farther away. A change of
a law or of its parameters moves them for good; then they are to be computed anew, and the change belongs in CHANGELOG.md.
"""
import pathlib
import sys
import unittest

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "application"))
from support import INPUTS, Case  # noqa: E402


class Decks(Case):
    def run_input(self, name):
        output = self.run_deck(INPUTS / name, "--set", "output.fields=none")
        self.assertEqual(set(output.reasons), {"completed"})
        return output.history

    def near(self, value, expected, tolerance, reason):
        self.assertLess(abs(value / expected - 1.0), tolerance, f"{value} against {expected}; tolerance: {reason}")

    def test_symmetric_voltammogram(self):
        history = self.run_input("cv_symmetric.yaml")
        promised = "0.1 % in every peak current is what the deck is made for"
        for cycle, anodic, cathodic in ((1, 5.99833e-9, -27.0887e-9), (6, 8.71785e-9, -27.5404e-9), (11, 9.48876e-9, -27.9154e-9)):
            current = history["current"][history["cycle"] == cycle]
            self.near(current.max(), anodic, 1e-3, promised)
            self.near(current.min(), cathodic, 1e-3, promised)
        averaged = "integrals over the whole run average the errors of the steps"
        self.near(history["load"][-1], 2.61012e6, 3e-4, averaged)
        self.near(history["charge"][-1], -6.04265e-6, 3e-4, averaged)
        self.near(history["contact_fraction"][history["cycle"] == 1].min(), 0.0481339, 1e-3, "the contact at its worst drives the peak current")

    def test_asymmetric_voltammogram(self):
        history = self.run_input("cv_asymmetric.yaml")
        before, after = "as in the symmetric deck", "the contact that is left after +20 mV lies in a few rings: the deck's 128 rings leave 0.9 % at worst, 64 would leave 5 %"
        for cycle, anodic, cathodic, tolerance, reason in ((1, 5.9983e-9, -27.089e-9, 1e-3, before), (2, 2.2696e-9, -6.382e-9, 0.012, after),
                                                           (5, 2.3673e-9, -7.6434e-9, 0.012, after)):
            current = history["current"][history["cycle"] == cycle]
            self.near(current.max(), anodic, tolerance, reason)
            self.near(current.min(), cathodic, tolerance, reason)
        self.near(history["contact_fraction"][-1], 0.02738, 0.012, after)

    def test_llzo(self):
        """The row of docs/tutorial_llzo.md at the deck's load."""
        history = self.run_input("llzo.yaml")
        self.near(history["contact_fraction"][-1], 0.141, 0.01, "three digits of the table")
        self.near(history["potential"][-1], 0.469, 0.005, "three digits of the table")

    def test_disk_primary(self):
        history = self.run_input("disk_primary.yaml")
        self.near(history["current"][-1], 10e-3 * 4 * 0.165 * 4.82e-6, 2e-8, "the film of 1e-9 ohm cm2, which a disk's rim feels most")

    def test_deposition(self):
        history = self.run_input("deposition.yaml")
        ages = "the SEI's age in a ring is known to the length of a time step"
        for step, potential in ((1, -4.11647e-3), (2, -3.22274e-3), (3, -3.67657e-3)):
            self.near(history["potential"][history["protocol_step"] == step][-1], potential, 1e-3, ages)
        self.near(history["potential"][0], -20.6318e-3, 1e-4, "no time has passed: the grid alone")
        self.near(history["contact_radius_effective"][-1], 4.85595e-6, 1e-4, "follows from the charge, through the SEI's share of the lithium")
        self.near(history["sei_thickness"][-1], 9.52004e-9, 1e-3, ages)
        self.near(history["sei_charge"][-1], 1.82264e-9, 1e-3, ages)
        self.near(history["charge"][-1], -17.4e-6, 1e-9, "prescribed")


if __name__ == "__main__":
    unittest.main()

    def test_staircase(self):
        history = self.run_input("staircase.yaml")
        steps = "the time tolerance of the deck"
        for time, potential, length in ((20, -24.16698e-3, 5e-6), (50, -19.25289e-3, 20.19142e-6), (100, -16.59525e-3, 62.04495e-6),
                                        (220, -24.40432e-3, 181.41218e-6)):
            row = numpy.flatnonzero(numpy.isclose(history["time"], time, rtol=1e-12))[0]
            self.near(history["potential"][row], potential, 1e-4, steps)
            self.near(history["crack_length"][row], length, 1e-4, steps)
        self.near(history["crack_charge"][-1], -151.90016e-6, 1e-5, steps)
        self.near(history["lithium_volume"][-1], 143.0128e-18, 1e-4, steps)
