"""A resolved SEI solved by iteration over the processes: the numbers of the direct solver, on any number of processes, after an
interruption, through zero, at any contrast; what it cannot do is refused."""
import os
import random
import unittest

import numpy

from support import Case, Output

COUNT = int(os.environ.get("LISEI_RANDOM_DECKS", "5"))
MOST_RANKS = int(os.environ.get("LISEI_MOST_RANKS", "4"))

BLOCK = """\
electrolyte: {conductivity: 2.8 mS/cm}
interface: {kinetics: sinh, sinh: {exchange_current_density: 200 mA/cm2, inverse_scale: 20 V-1}}
grid: {rings: 8, layers: 10}
sei:
  resolved: true
  thickness: 20 nm
  block:
    layers: 6
    columns: 3
    half_jump_distance: 2 nm
    microstructure: random
    random: {seed: 3, grain_width: 100 nm, grain_height: 5 nm}
    phases: {li2s_conductivity: 1e-6 S/cm, licl_conductivity: 1e-8 S/cm, li3p_conductivity: 1e-4 S/cm}
output: {fields: none}
"""
STEADY = "contact: {diameter: 2 um, law: none}\n" + BLOCK
DECK = ("contact: {diameter: 2 um, law: first_order, first_order: {initial_contact_fraction: 1, loss_coefficient: 0.02 cm2 mA-1 s-1, "
        "healing_rate: 0.05 1/s}}\n") + BLOCK
CYCLE = "protocol:\n  - cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 5 mV/s}\n"
SHORT = ("protocol:\n  - hold: {potential: -10 mV, duration: 0.1 s}\n  - cv: {start: -10 mV, vertices: [5 mV], rate: 100 mV/s}\n"
         "time: {largest_step: 20 ms}\n")  # and no choice of steps: where the curve is straight that turns on the last digits
ITERATIVE, DIRECT = ("--set", "sei.block.solver=iterative"), ("--set", "sei.block.solver=direct", "--set", "bulk.solver=condensed")


class Same(Case):
    def assert_same(self, one, other, allowed):
        self.assertEqual(one.reasons, other.reasons)
        for name, values in one.history.items():
            if name not in ("newton_iterations", "balance", "sei_field_radius", "sei_field_height"):
                scale = numpy.abs(values).max()
                self.assertLessEqual(numpy.abs(other.history[name] - values).max(), allowed * scale, name)

    def test_hold_as_the_direct_solver(self):
        protocol = "protocol:\n  - hold: {potential: -10 mV, duration: 1 ms}\n"
        for layers, columns in ((4, 1), (6, 3), (12, 6)):
            size = ("--set", f"sei.block.layers={layers}", "--set", f"sei.block.columns={columns}")
            with self.subTest(layers=layers, columns=columns):
                direct = self.run_deck(STEADY + protocol, *size, *DIRECT, "--force", out="direct")
                iterative = self.run_deck(STEADY + protocol, *size, *ITERATIVE, "--force", out="iterative")
                self.assert_same(direct, iterative, 1e-8)
                self.assertIn("conjugate gradients", iterative.report["sei"]["solver"])
                self.assertGreater(iterative.report["sei"]["linear_iterations"], 0)
                self.assertIn("conjugate gradients", iterative.messages)
                self.assertEqual(direct.report["sei"]["linear_iterations"], 0)
                self.assertLess(numpy.abs(iterative.history["balance"]).max(), 1e-9)

    def test_voltammogram_as_the_direct_solver(self):
        steps = ("--set", "time.tolerance=1e-6")
        direct = self.run_deck(DECK + CYCLE, *steps, *DIRECT, out="direct").history
        output = self.run_deck(DECK + CYCLE, *steps, *ITERATIVE, out="iterative")
        iterative = output.history
        self.assertLess(numpy.abs(iterative["balance"]).max(), 1e-9)
        current = numpy.interp(direct["time"], iterative["time"], iterative["current"])
        self.assertLess(numpy.abs(current - direct["current"]).max(), 1e-3 * numpy.abs(direct["current"]).max())
        for extreme in (numpy.min, numpy.max):  # to what the steps leave: both meet the vertices
            self.assertAlmostEqual(extreme(iterative["current"]) / extreme(direct["current"]), 1.0, delta=1e-5)

    def test_any_number_of_processes(self):
        fixed = (*ITERATIVE, "--set", "output.curve_tolerance=0.1")
        one = self.run_deck(DECK + SHORT, *fixed, out="ranks1")
        for ranks in [n for n in (2, 4) if n <= MOST_RANKS]:
            with self.subTest(ranks=ranks):
                self.assert_same(one, self.run_deck(DECK + SHORT, *fixed, out=f"ranks{ranks}", ranks=ranks), 1e-9)

    def test_resumed_run_is_the_same_to_the_bit(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                whole = self.run_deck(DECK + SHORT, *ITERATIVE, out=f"whole{ranks}", ranks=ranks).history
                out = f"cut{ranks}"
                self.run_deck(DECK + SHORT, *ITERATIVE, "--set", "output.wall_time_limit=1e-6 s", out=out, ranks=ranks, status=3)
                self.lisei("resume", out, "--set", "output.wall_time_limit=1e-6 s", ranks=ranks, status=3)
                self.lisei("resume", out, "--set", "output.wall_time_limit=0 s", ranks=ranks)
                resumed = Output(self.folder / out).history
                for name, values in whole.items():
                    numpy.testing.assert_array_equal(resumed[name], values, name)
        refused = self.run_deck(DECK + SHORT, *ITERATIVE, "--set", "output.wall_time_limit=1e-6 s", out="two", ranks=2, status=3)
        self.assertTrue(refused.folder.exists())
        done = self.lisei("resume", "two", ranks=1, status=1)
        self.assertIn("number of processes", done.stderr)

    def test_zero_after_a_large_voltage_and_a_sweep_through_it(self):
        for deck in (DECK, DECK.replace("licl_conductivity: 1e-8", "licl_conductivity: 1e-14")):  # contrast 1e10
            output = self.run_deck(deck + "protocol:\n  - hold: {potential: -20 mV, duration: 0.1 s}\n"
                                   "  - hold: {potential: 0 mV, duration: 0.1 s}\n  - cv: {start: 0 mV, vertices: [-20 mV, 20 mV], "
                                   "rate: 0.5 V/s}\n", *ITERATIVE, "--force")
            self.assertEqual(set(output.reasons), {"completed"})
            self.assertLess(numpy.abs(output.history["balance"]).max(), 1e-9)
            rest = numpy.flatnonzero(numpy.isclose(output.history["time"], 0.2))[0]
            self.assertEqual(output.history["potential"][rest], 0.0)
            self.assertLess(numpy.abs(output.history["current"][rest]), 1e-9 * numpy.abs(output.history["current"]).max())


class RandomDecks(Case):
    def test_as_the_direct_solver(self):
        """Steady currents at random strengths, contrasts and shapes."""
        generator = random.Random(9)
        for number in range(COUNT):
            jump, voltage = generator.choice((0, 1, 4, 10)), generator.choice((-1, 1)) * 10 ** generator.uniform(-4, -0.3)
            keys = {"sei.thickness": f"{generator.uniform(3, 200)} nm", "sei.block.layers": generator.randint(2, 24),
                    "sei.block.columns": generator.randint(1, 6), "sei.block.half_jump_distance": f"{jump} nm",
                    "sei.block.random.seed": generator.randint(1, 10**6), "sei.block.random.grain_width": f"{generator.uniform(40, 400)} nm",
                    "sei.block.random.grain_height": "0 nm", "grid.rings": generator.randint(4, 20),
                    "sei.block.phases.licl_conductivity": f"{10 ** generator.uniform(-14, -6)} S/cm",
                    "sei.block.phases.interphase_resistance": f"{generator.choice((0, 1e-3))} ohm cm2",
                    "sei.block.phases.pore_fraction": generator.choice((0, 0.2))}
            settings = [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]
            deck = STEADY + f"protocol:\n  - hold: {{potential: {voltage} V, duration: 1 ms}}\n"
            with self.subTest(number=number, voltage=voltage, keys=keys):
                direct = self.run_deck(deck, *settings, *DIRECT, out=f"direct{number}").history
                ranks = generator.choice([n for n in (1, 2, 3, 4) if n <= MOST_RANKS])
                iterative = self.run_deck(deck, *settings, *ITERATIVE, out=f"iterative{number}", ranks=ranks).history
                for name in ("current", "sei_resistance", "sei_lithium_peak", "sei_electrolyte_peak", "sei_field"):
                    numpy.testing.assert_allclose(iterative[name], direct[name], rtol=1e-8, err_msg=name)


class Refused(Case):
    def refuse(self, deck, *arguments, says, ranks=1):
        done = self.lisei("run", self.write("deck.yaml", deck + CYCLE), "--out", "refused", *ITERATIVE, *arguments, ranks=ranks, status=1)
        self.assertIn(says, done.stderr)
        self.assertFalse((self.folder / "refused").exists())

    def test_what_needs_the_direct_solver(self):
        self.refuse(DECK, "--set", "bulk.solver=halfspace", says="needs cells of the electrolyte")
        self.refuse(DECK, "--set", "sei.block.phases_follow=place", says="need sei.block.solver direct")
        self.refuse(DECK + "crack: {shape: half_penny, length: 3 um}\n", says="a crack needs sei.block.solver direct")

    def test_more_processes_than_rings(self):
        self.refuse(DECK, "--set", "grid.rings=2", says="are more than the 2 rings", ranks=3)

    def test_more_cells_than_memory_bears(self):
        self.refuse(DECK, "--set", "sei.block.columns=256", "--set", "sei.block.layers=10000", "--set", "sei.block.finest_column=1e-4", "--set",
                    "sei.block.random.grain_width=2 nm", says="GB for the 1 processes")

    def test_fields_that_the_disk_cannot_hold(self):
        self.refuse(DECK, "--set", "output.fields=interval", "--set", "output.fields_interval=1 ps", says="field files need")

    def test_check_says_sizes_and_what_processes_do(self):
        told = self.lisei("check", self.write("deck.yaml", DECK + CYCLE), *ITERATIVE).stdout
        self.assertIn("more processes share memory and work", told)
        self.assertRegex(told, r"checkpoints expected: two of [\d.]+ kB")
        self.assertIn("more processes do not help", self.lisei("check", "deck.yaml").stdout)


if __name__ == "__main__":
    unittest.main()
