"""The printed error by the grid, held against a run on a four times finer grid: within a factor of three, or none."""
import itertools
import unittest

from support import Case

KINETICS = {"linear": "interface: {kinetics: linear, linear: {resistance: 0.57 ohm cm2}}\n",
            "stiff": "interface: {kinetics: linear, linear: {resistance: 0.02 ohm cm2}}\n",
            "sinh": "interface: {kinetics: sinh, sinh: {exchange_current_density: 17.54 mA/cm2, inverse_scale: 100 1/V}}\n"}
LAWS = ("none", "first_order", "void", "void_reservoir")
SWEEP = "protocol: [{cv: {vertices: [-10 mV, 10 mV], rate: 2 mV/s}}]\n"
JUMP = "protocol: [{hold: {potential: 6 mV, duration: 1 s}}]\n"  # the largest current is the first, through a contact without history
STRIP = "protocol: [{cv: {vertices: [20 mV], rate: 0.2 mV/s}}]\n"  # its largest current is found on voids that have opened unevenly


class GridError(Case):
    def current(self, law, kinetics, solver, rings, protocol, electrolyte=""):
        deck = (f"contact: {{diameter: 9.64 um, law: {law}}}\nelectrolyte: {{conductivity: 1.65 mS/cm{electrolyte}}}\n{KINETICS[kinetics]}"
                f"grid: {{rings: {rings}, layers: {3 * rings // 2}}}\nbulk: {{solver: {solver}, cache: none}}\ntime: {{tolerance: 1e-6}}\n"
                f"output: {{fields: none}}\n{protocol}")
        report = self.run_deck(deck, "--force").report["discretisation"]
        return report["peak_current"], report["peak_current_grid_error"]

    def hold_against_finer(self, law, kinetics, solver, protocol, electrolyte=""):
        value, printed = self.current(law, kinetics, solver, 16, protocol, electrolyte)
        finer, _ = self.current(law, kinetics, "condensed" if solver == "field" else solver, 64, protocol, electrolyte)
        if printed is not None:
            ratio = printed / abs(value / finer - 1.0)
            self.assertTrue(1 / 3 < ratio < 3.0, f"{law}, {kinetics}, {solver}: printed {printed:.2e}, true {value / finer - 1:.2e}")
        return printed

    def test_every_operator_and_law(self):
        for solver, kinetics, law in itertools.product(("halfspace", "condensed"), KINETICS, LAWS):
            with self.subTest(solver=solver, kinetics=kinetics, law=law):
                printed = self.hold_against_finer(law, kinetics, solver, JUMP)
                self.assertTrue(printed is not None or kinetics == "stiff")

    def test_all_cells(self):
        self.assertIsNotNone(self.hold_against_finer("none", "linear", "field", JUMP))

    def test_counter_electrode_near_by(self):
        self.hold_against_finer("none", "linear", "condensed", JUMP, ", depth: 20 um")

    def test_during_a_sweep(self):
        for solver, law in itertools.product(("halfspace", "condensed"), LAWS):
            printed = self.hold_against_finer(law, "linear", solver, SWEEP)
            self.assertEqual(printed is None, law == "void_reservoir", f"{solver}, {law}")  # its gaps have filled unevenly

    def test_none_for_a_contact_that_is_uneven(self):
        for solver, law in itertools.product(("halfspace", "condensed"), ("void", "void_reservoir")):
            self.assertIsNone(self.current(law, "linear", solver, 16, STRIP)[1])

    def test_none_for_an_imposed_current(self):
        """It has no error; that of its potential is another question."""
        self.assertIsNone(self.current("none", "linear", "condensed", 16, "protocol: [{current: {current: 1 nA, duration: 1 s}}]\n")[1])


if __name__ == "__main__":
    unittest.main()
