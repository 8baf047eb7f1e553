"""The answer does not depend on the number of processes, nor on how the electrolyte is solved."""
import os
import unittest

import numpy

from support import EVOLVING, INPUTS, Case

SWEEP = "protocol:\n  - cv: {vertices: [-10 mV, 10 mV], rate: 2 mV/s}\n"
MOST_RANKS = int(os.environ.get("LISEI_MOST_RANKS", "4"))  # fewer where a sanitizer makes everything slow
QUICK = EVOLVING.replace("1e-6", "1e-2").replace("layers: 12", "layers: 6")  # solving all cells on many processes takes time
SEI = "sei: {resolved: true, thickness: 100 nm, block: {layers: 4, conductivity: 1e-7 S/cm, half_jump_distance: 0.8 nm}}\n"


class Ranks(Case):
    def compare(self, deck, numbers=(2, 3, 4)):
        """One and several processes agree to 1e-9 in every column."""
        one = self.run_deck(deck, out="ranks1")
        self.assertGreater(one.history["time"].size, 10)
        for ranks in [n for n in numbers if n <= MOST_RANKS] or [MOST_RANKS]:
            with self.subTest(ranks=ranks):
                other = self.run_deck(deck, out=f"ranks{ranks}", ranks=ranks)
                self.assertEqual(other.report["provenance"]["ranks"], ranks)
                self.assertEqual(other.reasons, one.reasons)
                self.assert_same_numbers(one, other)
                for name, values in one.interface.items():
                    numpy.testing.assert_allclose(other.interface[name], values, rtol=0, atol=1e-9 * numpy.abs(values).max(), err_msg=name)

    def test_halfspace_with_the_full_contact_law(self):
        self.compare(f"include: {INPUTS}/electrode.yaml\ngrid: {{rings: 10}}\noutput: {{fields: none}}\nprotocol:\n"
                     "  - cv: {vertices: [-10 mV, 10 mV], rate: 2 mV/s}\n  - current: {current: 10 nA, duration: 5 s}\n")

    def test_condensed(self):
        self.compare(EVOLVING + SWEEP + "bulk: {solver: condensed}\n")

    def test_field(self):
        self.compare(QUICK + SWEEP + "bulk: {solver: field}\n")

    def test_field_on_a_cylinder(self):
        self.compare(QUICK.replace("grid: {", "grid: {type: cylindrical, cylindrical: {columns_outside: 6}, ") + SWEEP + "bulk: {solver: field}\n", (3,))

    def test_field_with_non_linear_sei(self):
        self.compare(QUICK + SEI + SWEEP.replace("[-10 mV, 10 mV]", "[100 mV]").replace("2 mV/s", "20 mV/s"))

    def test_random_sei_is_the_same_on_any_number_of_processes(self):
        self.compare(QUICK + SWEEP + "sei: {resolved: true, block: {layers: 4, microstructure: random, random: {seed: 7}}}\nbulk: {solver: field}\n", (3,))

    def test_random_sei_that_grows_under_a_growing_contact_over_a_crack(self):
        """Strong fields, a thickness per ring, a radius that changes, and a second electrode."""
        sei = ("sei: {resolved: true, thickness: 5 nm, growth: wagner, wagner: {growth_constant: 3e4 nm2/h}, block: {layers: 4, columns: 2, "
               "half_jump_distance: 5 nm, microstructure: random, random: {seed: 7, grain_width: 300 nm}}}\n")
        self.compare(QUICK + sei + "deposit: {volume: 40 um3, contact_growth_exponent: 0.45}\ncrack: {shape: half_penny, length: 3 um}\n"
                     "bulk: {solver: condensed}\nprotocol:\n  - current: {current: -10 nA, duration: 20 s}\n"
                     "  - cv: {vertices: [-50 mV, 20 mV], rate: 20 mV/s}\n")


class Solvers(Case):
    def current(self, deck, solver):
        output = self.run_deck(f"{deck}bulk: {{solver: {solver}}}\n", out=solver)
        return output.history["time"], output.history["current"]

    def test_condensed_and_field_agree(self):
        cylinder = EVOLVING.replace("grid: {", "grid: {type: cylindrical, cylindrical: {columns_outside: 6}, ")
        decks = {
            "half space": EVOLVING,
            "finite depth": EVOLVING.replace("electrolyte: {", "electrolyte: {depth: 30 um, "),
            "grain": EVOLVING.replace("electrolyte: {", "electrolyte: {grain_depth: 5 um, grain_conductivity: 4 mS/cm, grain_boundary_resistance: 2 ohm cm2, "),
            "resolved SEI": EVOLVING + "sei: {resolved: true, thickness: 50 nm, block: {layers: 3}}\n",
            "cylinder": cylinder,
        }
        for name, deck in decks.items():
            deck = deck.replace("tolerance: 1e-6", "tolerance: 1e-6, newton_tolerance: 1e-7")  # they differ in the kind of Newton method, too
            with self.subTest(deck=name):
                (time, condensed), (other_time, field) = (self.current(deck + SWEEP, solver) for solver in ("condensed", "field"))
                numpy.testing.assert_allclose(other_time, time, rtol=1e-9)
                numpy.testing.assert_allclose(field, condensed, rtol=0, atol=1e-9 * numpy.abs(condensed).max())
                for folder in ("condensed", "field"):
                    (self.folder / folder).rename(self.folder / f"{folder} {name}")

    def test_both_converge_to_the_half_space(self):
        """Second order: a quarter of the error on twice the grid."""
        peak, errors = {}, []
        for rings in (8, 16, 32):
            for solver in ("condensed", "halfspace"):
                deck = EVOLVING.replace("rings: 8, layers: 12", f"rings: {rings}, layers: {rings * 3 // 2}") + SWEEP + f"bulk: {{solver: {solver}}}\n"
                peak[solver] = self.run_deck(deck, out=f"{solver}{rings}").history["current"].max()
            errors.append(abs(peak["condensed"] / peak["halfspace"] - 1.0))
        self.assertLess(errors[-1], 2e-3)
        for coarse, fine in zip(errors, errors[1:]):
            self.assertGreater(numpy.log2(coarse / fine), 1.5, errors)

    def test_cached_operator_gives_the_same_bits(self):
        deck = EVOLVING.replace("grid: {", "grid: {type: cylindrical, ") + SWEEP + "bulk: {solver: condensed}\n"
        first = self.run_deck(deck, out="built")
        self.assertEqual(len(list(self.cache.rglob("*.h5"))), 1)
        self.assert_same_bits(first, self.run_deck(deck, out="cached"))
        for path in self.cache.rglob("*.h5"):
            path.write_bytes(path.read_bytes()[:100])
        self.assert_same_bits(first, self.run_deck(deck, out="damaged"))


if __name__ == "__main__":
    unittest.main()
