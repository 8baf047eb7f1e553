"""Li|Li cells give back no work that nothing has stored: V I dt over voltammograms, holds and rests, for every contact law, kinetics and
crack shape, and a resolved SEI. Without a stress shift only the pressure in a crack stores any."""
import json
import unittest

import numpy

from support import INPUTS, Case, rows_of_step

VOLUME_PER_CHARGE = 13.02e-6 / 96485.33212  # [m^3/C]
YIELD = 0.8e6  # [Pa] pull of an emptied crack at most

BASE = """\
contact: {diameter: 3.6 um, law: none}
electrolyte: {conductivity: 1.65 mS/cm}
interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}
deposit: {volume: 100 um3}
grid: {rings: 8, layers: 12}
output: {fields: none}
"""
KINETICS = {
    "linear": "kinetics: linear, linear: {resistance: 0.5 ohm cm2}",
    "sinh": "kinetics: sinh, sinh: {exchange_current_density: 200 mA/cm2, inverse_scale: 20 V-1}",
    "butler_volmer": "kinetics: butler_volmer, butler_volmer: {exchange_current_density: 50 mA/cm2}",
    "hopping": "kinetics: hopping",
}
LAWS = ("none", "first_order", "void", "void_reservoir")
SHAPES = ("half_penny", "penny", "edge")
# Stripped hard, then less hard and plated: what an emptied crack or contact has lost must not drive a current.
SEQUENCE = """\
protocol:
  - hold: {potential: 40 mV, duration: 2 s}
  - hold: {potential: 20 mV, duration: 2 s}
  - rest: {duration: 5 s}
  - cv: {start: 0 mV, vertices: [-20 mV, 20 mV], rate: 10 mV/s, cycles: 2}
  - rest: {duration: 5 s}
  - hold: {potential: 1 mV, duration: 2 s}
  - current: {current: -20 nA, duration: 2 s}
  - rest: {duration: 20 s}
"""


def work_of(history):
    """[J] put into the cell, up to each row"""
    power, time = history["potential"] * history["current"], history["time"]
    return numpy.concatenate([[0.0], numpy.cumsum(0.5 * numpy.diff(time) * (power[1:] + power[:-1]))])


class Passivity(Case):
    def assert_passive(self, history):
        """No work comes out in total, nor at any time more than a crack holds by its pressure."""
        work = work_of(history)
        dissipated, stored = numpy.abs(work).max(), 0.0
        self.assertGreater(dissipated, 0.0)
        self.assertGreaterEqual(work.min(), -1e-9 * dissipated)
        if "crack_pressure" in history:
            volume = -history["crack_charge"] * VOLUME_PER_CHARGE
            stored = numpy.max(0.5 * history["crack_pressure"] * numpy.maximum(volume, 0.0)) + YIELD * numpy.abs(volume.min())
        drawn = (numpy.maximum.accumulate(work) - work).max()
        self.assertLessEqual(drawn, stored + 1e-6 * dissipated)

    def test_contact_laws_and_kinetics(self):
        for law in LAWS:
            for name, kinetics in KINETICS.items():
                with self.subTest(law=law, kinetics=name):
                    text = BASE.replace("law: none", f"law: {law}").replace(KINETICS["linear"], kinetics)
                    history = self.run_deck(text + SEQUENCE, out=f"{law}_{name}").history
                    self.assert_passive(history)
                    power = history["potential"] * history["current"]
                    self.assertGreaterEqual(power.min(), -1e-9 * power.max())  # at no time, as nothing is stored

    def test_crack_shapes(self):
        for shape in SHAPES:
            for law in ("none", "void_reservoir"):
                for name, kinetics in KINETICS.items():
                    with self.subTest(shape=shape, law=law, kinetics=name):
                        text = BASE.replace("law: none", f"law: {law}").replace(KINETICS["linear"], kinetics)
                        text += f"crack: {{shape: {shape}, length: 5 um, toughness: 0.5 MPa m^0.5}}\n"
                        self.assert_passive(self.run_deck(text + SEQUENCE, out=f"{shape}_{law}_{name}").history)

    def test_resolved_sei(self):
        sei = ("sei: {resolved: true, thickness: 10 nm, block: {layers: 2, half_jump_distance: 2 nm, microstructure: random, random: {seed: 3}}}\n"
               "bulk: {solver: halfspace}\n")
        for law in LAWS:
            with self.subTest(law=law):
                history = self.run_deck(BASE.replace("law: none", f"law: {law}") + sei + SEQUENCE, out=law).history
                self.assert_passive(history)

    def test_emptied_crack_is_no_battery(self):
        """At +100 mV after +200 mV lithium is still stripped; at rest no more than the yield strength of lithium, 0.11 mV, is left."""
        output = self.run_deck(BASE + "crack: {shape: half_penny, length: 5 um, toughness: 0.5 MPa m^0.5}\n"
                               "protocol: [{hold: {potential: 200 mV, duration: 2 s}}, {hold: {potential: 100 mV, duration: 2 s}}, {rest: {duration: 5 s}}]\n")
        self.assert_passive(output.history)
        self.assertGreater(rows_of_step(output.history, 2)["current"].min(), 10e-9)
        self.assertLess(numpy.abs(rows_of_step(output.history, 3)["potential"]).max(), VOLUME_PER_CHARGE * YIELD)
        emptied = output.history["crack_charge"].max() * VOLUME_PER_CHARGE / (numpy.pi * 5e-6**2)
        self.assertLess(emptied, 5e-9)  # some nanometres of its faces, and no more

    def test_emptied_crack_fills_again(self):
        """Plating finds the faces as they were: the emptied crack takes its lithium back and comes under pressure."""
        history = self.run_deck(BASE + "crack: {shape: half_penny, length: 5 um, toughness: 0.5 MPa m^0.5}\n"
                                "protocol: [{hold: {potential: 100 mV, duration: 2 s}}, {hold: {potential: -5 mV, duration: 10 s}}]\n").history
        self.assertLess(rows_of_step(history, 1)["crack_pressure"][-1], 0)
        self.assertGreater(rows_of_step(history, 2)["crack_pressure"][-1], 30e6)


class Rest(Case):
    """1e10 s, 317 years."""

    def test_nothing_moves(self):
        for law in LAWS:
            with self.subTest(law=law):
                output = self.run_deck(BASE.replace("law: none", f"law: {law}") + "protocol:\n  - rest: {duration: 1e10 s}\n", out=law)
                for name, column in output.history.items():
                    if name in ("current", "potential", "contact_fraction", "contact_stress", "contact_radius", "charge", "lithium_volume"):
                        self.assertTrue(numpy.all(column == column[0]), name)
                for name in set(output.interface) - {"time", "radius", "area"}:
                    self.assertTrue(numpy.all(output.interface[name] == output.interface[name][0]), name)

    def test_only_creep_heals(self):
        """Voids that stripping has opened stay without creep, needle and all, and with it close under load to nothing, not below."""
        stripped = "protocol:\n  - hold: {potential: 20 mV, duration: 20 s}\n  - rest: {duration: 1e10 s}\n"
        for law in ("void", "void_reservoir"):
            for creep in ("coble", "power_law"):
                with self.subTest(law=law, creep=creep):
                    rate = "lithium: {creep: [power_law], power_law: {reference_rate: 0 1/s}}\n" if creep == "power_law" else ""
                    output = self.run_deck(BASE.replace("law: none", f"law: {law}") + rate + stripped, out=law + creep)
                    voids, resting = output.interface["void_depth"], rows_of_step(output.history, 2)
                    self.assertGreater(voids.max(), 1e-9)
                    self.assertGreaterEqual(voids.min(), 0.0)
                    stress = resting["contact_stress"]
                    if rate:
                        numpy.testing.assert_allclose(voids[-1], voids[-2], rtol=1e-9)
                        self.assertAlmostEqual(stress[-1] / stress[len(stress) // 2], 1.0, delta=1e-9)
                    else:  # closing lets the body sink: the needle never gains load
                        self.assertLess(voids[-1].max(), voids.max())


class FirstOrder(Case):
    def test_never_more_than_full_contact(self):
        text = BASE.replace("law: none", "law: first_order, first_order: {healing_rate: 3 1/s, loss_coefficient: 1 cm2 mA-1 s-1}")
        output = self.run_deck(text + "protocol:\n  - cv: {start: 0 mV, vertices: [-20 mV, 20 mV], rate: 10 mV/s, cycles: 3}\n  - rest: {duration: 100 s}\n")
        self.assertLessEqual(output.interface["contact_fraction"].max(), 1.0)


class LostContact(Case):
    # the needle follows nowhere: it keeps its load on what is left
    LOST = BASE.replace("law: none", "law: void") + "needle: {stiffness: 0 MPa/um, pressure: 5 MPa}\nlithium: {creep: []}\n"
    STRIPPING = "protocol:\n  - current: {current: 20 nA, duration: 12 s%s}\n"

    def test_warned_of_once(self):
        output = self.run_deck(self.LOST + self.STRIPPING % "")
        self.assertEqual(output.messages.count("warning: "), 2, output.messages)
        warnings = output.report["warnings"]
        self.assertEqual(set(warnings), {"contact_fraction", "contact_stress"})
        self.assertIn("contact.void.smallest_fraction = 0.0001", warnings["contact_fraction"])
        self.assertIn("exceeds 100 MPa", warnings["contact_stress"])
        since = float(warnings["contact_stress"].split("t = ")[1].split(" s")[0])
        history = output.history
        before, after = history["contact_stress"][history["time"] < 0.9 * since], history["contact_stress"][history["time"] > 1.1 * since]
        self.assertLess(before.max(), 110e6)  # rows before the warning bear less, those after it more
        self.assertGreater(after.min(), 90e6)

    def test_also_after_a_resume(self):
        whole = self.run_deck(self.LOST + self.STRIPPING % "", out="whole")
        self.run_deck(self.LOST + self.STRIPPING % "", "--set", "output.wall_time_limit=1 us", out="part", status=3)
        done = self.lisei("resume", "part", "--set", "output.wall_time_limit=0 s")
        self.assertEqual(done.stderr.count("warning: "), 2)
        self.assertEqual(json.loads((self.folder / "part" / "report.json").read_text())["warnings"], whole.report["warnings"])

    def test_end_at_the_loss(self):
        """The end by the contact fraction comes first, and then there is nothing to warn of."""
        output = self.run_deck(self.LOST + self.STRIPPING % ", until: {contact_fraction_below: 0.1}")
        self.assertEqual(output.reasons, ["contact_fraction_below"])
        self.assertEqual(output.report["warnings"], {})
        self.assertNotIn("warning", output.messages)
        self.assertAlmostEqual(output.history["contact_fraction"][-1], 0.1, delta=1e-6)

    def test_nothing_to_warn_of(self):
        for name in ("cv_symmetric", "cv_asymmetric"):
            output = self.run_deck(INPUTS / f"{name}.yaml", "--set", "output.fields=none", "--set", "grid.rings=16", out=name)
            self.assertEqual(output.report["warnings"], {})


if __name__ == "__main__":
    unittest.main()
