"""Situations that once hung, failed or misled: each is what a user could do."""
import unittest

import numpy

from support import DISK, Case


class Robustness(Case):
    def test_rest_while_rings_feed_each_other(self):
        """An uneven contact stress shifts the rings' equilibrium: currents circulate although none passes."""
        deck = DISK.replace("interface: {kinetics: linear, linear: {resistance: 1 ohm cm2}}",
                            "interface: {kinetics: butler_volmer, butler_volmer: {exchange_current_density: 30 mA/cm2, stress_shift: 1}}\n"
                            "needle: {pressure: 5 MPa}")
        output = self.run_deck(deck + "protocol:\n  - current: {current: 5 nA, duration: 20 s}\n  - rest: {duration: 20 s}\n")
        self.assertEqual(output.reasons, ["completed", "completed"])
        circulating = numpy.abs(output.interface["current_density"][-1]).max()
        self.assertGreater(circulating, 1.0)
        self.assertLess(abs(output.history["current_density"][-1]), 1e-9 * circulating)

    def test_an_end_that_never_comes_is_noticed(self):
        for extra in ("time: {largest_step: 1 s}\n", ""):
            output = self.run_deck(DISK + extra + "protocol:\n  - hold: {potential: -5 mV, until: {current_above: 1 mA}}\n",
                                   out="never" + str(len(extra)), status=2)
            self.assertIn("cannot be met", output.messages)
            self.assertLess(output.history["time"].size, 1000)

    def test_sei_age_at_the_growing_edge(self):
        """Potential and saved SEI belong together, and the time step hardly matters."""
        deck = ("contact: {diameter: 2 um, law: none}\ninterface:\n  kinetics: film\n  film: {conductivity: 5e-6 S/cm}\n"
                "sei: {growth: wagner, thickness: 1 nm, wagner: {growth_constant: 100 nm2/h}}\n"
                "deposit: {volume: 2.094 um3, contact_growth_exponent: 0.45}\ngrid: {rings: 16}\noutput: {fields: none}\n"
                "protocol:\n  - current: {current: -2 nA, duration: 20 min}\n")
        coarse, fine = self.run_deck(deck), self.run_deck(deck, "--set", "time.largest_step=1 s", out="fine")
        self.assertLess(abs(coarse.history["potential"][-1] / fine.history["potential"][-1] - 1.0), 1e-3)
        film = coarse.interface["current_density"][-1] * coarse.interface["sei_thickness"][-1] / 5e-4
        numpy.testing.assert_allclose(coarse.interface["overpotential"][-1], film, rtol=1e-3)

    def test_cycles_count_on_through_repetitions(self):
        output = self.run_deck(DISK + "protocol:\n  - repeat:\n      times: 2\n      steps:\n"
                                      "        - cv: {vertices: [1 mV], rate: 1 mV/s, cycles: 3}\n")
        self.assertEqual(sorted(set(output.history["cycle"])), [1, 2, 3, 4, 5, 6])

    def test_resuming_a_finished_run_changes_nothing(self):
        output = self.run_deck(DISK + "protocol:\n  - hold: {potential: 1 mV, duration: 1 s}\n")
        before = (output.folder / "report.json").read_bytes()
        self.assertIn("already finished", self.lisei("resume", "out").stderr)
        self.assertEqual((output.folder / "report.json").read_bytes(), before)

    def test_a_run_does_not_overwrite_its_own_deck(self):
        deck = self.write("deck.yaml", DISK + "protocol:\n  - hold: {potential: 1 mV, duration: 1 s}\n")
        self.assertIn("own deck", self.lisei("run", "deck.yaml", "--out", ".", "--force", status=1).stderr)
        self.assertTrue(deck.read_text(encoding="utf-8").startswith("contact:"))

    def test_wall_time_limit_on_two_processes(self):
        deck = DISK.replace("{fields: none}", "{fields: none, wall_time_limit: 0.05 s}")
        deck += "time: {largest_step: 1 ms}\nprotocol:\n  - hold: {potential: 1 mV, duration: 1000 s}\n"
        for k in range(3):
            self.run_deck(deck, out=f"limit{k}", ranks=2, status=3)


if __name__ == "__main__":
    unittest.main()
