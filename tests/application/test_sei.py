"""A resolved SEI through decks: what once failed or took minutes, strong fields, currents through zero, random decks."""
import os
import random
import unittest

import numpy

from support import INPUTS, Case, Output, rows_of_step

COUNT = int(os.environ.get("LISEI_RANDOM_DECKS", "20"))
SOLVED = 1e-5  # relative: time.newton_tolerance times time.tolerance, to which a current is solved

STRONG = """\
contact: {{diameter: 9.64 um, law: none}}
electrolyte: {{conductivity: 2.8 mS/cm}}
grid: {{rings: 32, layers: 48}}
interface: {{kinetics: sinh, sinh: {{exchange_current_density: 200 mA/cm2, inverse_scale: 20 V-1}}}}
sei:
  resolved: true
  thickness: 10 nm
  block:
    layers: 8
    half_jump_distance: {jump}
    microstructure: random
    random: {{seed: 3, grain_columns: 2, grain_layers: 2}}
    phases: {{li2s_conductivity: {li2s} S/cm, licl_conductivity: {licl} S/cm, li3p_conductivity: {li3p} S/cm}}
output: {{fields: none}}
protocol:
  - cv: {{start: 0 mV, vertices: [-1 V, 1 V], rate: 50 mV/s}}
"""


class Sei(Case):
    def run_balanced(self, deck, *arguments, out="out"):
        """Every step of the protocol is completed and every time step keeps the current, to 1e-9."""
        output = self.run_deck(deck, *arguments, out=out)
        self.assertEqual(set(output.reasons), {"completed"})
        self.assertLess(numpy.abs(output.history["balance"]).max(), 1e-9)
        return output

    def assert_odd(self, output, tolerance):
        """A contact without memory and laws that are odd: as much current at the one vertex as at the other."""
        current, potential = output.history["current"], output.history["potential"]
        self.assertGreaterEqual((current * potential).min(), -1e-12 * numpy.abs(current * potential).max(), "it gives energy")
        self.assertLess(abs(current.max() / -current.min() - 1.0), tolerance)


class StrongField(Sei):
    CASES = {"contrast 1e4": ("2 nm", "1e-6", "1e-8", "1e-4"), "contrast 1e6": ("2 nm", "1e-7", "1e-10", "1e-4"),
             "contrast 1e10": ("2 nm", "1e-9", "1e-14", "1e-4"), "E = 39 E_c": ("10 nm", "1e-6", "1e-8", "1e-4"),
             "contrast 1e8, 4 nm": ("4 nm", "1e-8", "1e-12", "1e-4")}

    def test_sweeps_of_a_volt(self):
        for name, (jump, li2s, licl, li3p) in self.CASES.items():
            with self.subTest(case=name):
                output = self.run_balanced(STRONG.format(jump=jump, li2s=li2s, licl=licl, li3p=li3p), out=name.replace(" ", "_"))
                self.assert_odd(output, SOLVED)
                self.assertAlmostEqual(numpy.abs(output.history["potential"]).max(), 1.0, 9)

    def test_field_dependence_shows(self):
        """The same block without a jump distance carries far less."""
        deck = STRONG.format(jump="10 nm", li2s="1e-8", licl="1e-10", li3p="1e-6")
        bent = self.run_balanced(deck).history["current"].max()
        straight = self.run_balanced(deck, "--set", "sei.block.half_jump_distance=0 nm", out="linear").history["current"].max()
        self.assertGreater(bent, 30.0 * straight)


class Cycle(Sei):
    def test_voids_under_a_random_field_dependent_sei(self):
        """A cycle of the full contact law took 37 s; the limit is generous for a busy machine."""
        deck = """\
contact: {diameter: 9.64 um, law: void_reservoir, pressure: {profile: power_law, exponent: 0.116}}
electrolyte: {conductivity: 2.8 mS/cm}
grid: {rings: 64, layers: 96}
interface: {kinetics: sinh, sinh: {exchange_current_density: 200 mA/cm2, inverse_scale: 20 V-1}}
sei:
  resolved: true
  thickness: 10 nm
  block: {layers: 8, half_jump_distance: 2 nm, microstructure: random, random: {seed: 3, grain_columns: 2, grain_layers: 2}}
lithium: {creep: [coble], coble: {grain_boundary_diffusivity: 5.96e-10 cm2/s}, grains: {grain_size: 100 nm}}
needle: {pressure: 0.352 MPa, stiffness: 0.207 MPa/um, adhesion: 0.040 MPa}
deposit: {volume: 1250 um3}
protocol: [{cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.2 mV/s}}]
output: {fields: vertices}
"""
        output = self.run_balanced(deck)
        self.assertLess(output.report["timings"]["total"], 10.0)
        fine = self.run_balanced(deck, "--set", "time.tolerance=1e-6", out="fine")
        for extreme in (numpy.min, numpy.max):  # what the time tolerance is worth at the peaks
            self.assertLess(abs(extreme(output.history["current"]) / extreme(fine.history["current"]) - 1.0), 2e-4)


class ThroughZero(Sei):
    UNIFORM = """\
contact: {diameter: 9.64 um, law: none}
grid: {rings: 128, layers: 64}
interface: {kinetics: sinh, sinh: {exchange_current_density: 45 mA/cm2, inverse_scale: 19.5 1/V}}
sei: {resolved: true, thickness: 50 nm, block: {layers: 16, half_jump_distance: 0.2 nm}}
output: {fields: none}
"""

    def test_hold_at_zero(self):
        output = self.run_balanced(self.UNIFORM + "protocol:\n  - hold: {potential: -20 mV, duration: 1 s}\n  - hold: {potential: 0 mV, duration: 1 s}\n")
        before, after = (numpy.abs(rows_of_step(output.history, n)["current"]) for n in (1, 2))
        self.assertLess(after[-1], 1e-12 * before.max())

    def test_rest_and_sweep(self):
        output = self.run_balanced(self.UNIFORM + "protocol:\n  - current: {current: 5 nA, duration: 1 s}\n  - rest: {duration: 1 s}\n"
                                                  "  - cv: {start: 0 mV, vertices: [5 mV, -5 mV], rate: 5 mV/s}\n")
        self.assertLess(abs(rows_of_step(output.history, 2)["potential"][-1]), 1e-12)
        swept = rows_of_step(output.history, 3)
        self.assertLess(abs(swept["current"].max() / -swept["current"].min() - 1.0), SOLVED)

    def test_rest_under_uniform_stress(self):
        """The stress shifts all rings alike: no current, and the potential of the shift, -0.135 mV/MPa."""
        output = self.run_balanced("contact: {diameter: 0.5 um, pressure: {profile: uniform}}\n"
                                   "interface: {kinetics: butler_volmer, butler_volmer: {exchange_current_density: 10 mA/cm2, stress_shift: 1}}\n"
                                   "sei: {thickness: 79 nm, resolved: true, block: {layers: 4, microstructure: layered}}\n"
                                   "grid: {rings: 10, layers: 17}\nneedle: {pressure: 2 MPa}\noutput: {fields: none}\n"
                                   "protocol: [{rest: {duration: 1 s}}]\n")
        shift = -2e6 * 13.02e-6 / 96485.33212
        self.assertLess(abs(output.history["potential"][-1] / shift - 1.0), 0.05)
        self.assertLess(numpy.abs(output.interface["current_density"]).max(), 1e-6)


def random_deck(seed):
    """A deck within what a user could mean: contrast up to 1e10, fields up to some 100 E_c, any kinetics."""
    draw = random.Random(seed)
    contrast, middle = 10 ** draw.uniform(0, 10), 10 ** draw.uniform(-8, -4)
    low = max(middle / contrast ** draw.uniform(0, 1), 1e-16)
    high = max(min(low * contrast, 10), 1e-16)
    jump = draw.choice([0, draw.uniform(0, 10), 10 ** draw.uniform(-1, 1)])
    volts = 10 ** draw.uniform(-2, 0)
    rings, layers = draw.randint(16, 96), draw.randint(2, 24)
    kinetics = draw.choice([
        f"kinetics: sinh, sinh: {{exchange_current_density: {10 ** draw.uniform(0, 3):.4g} mA/cm2, inverse_scale: {draw.uniform(5, 40):.4g} V-1}}",
        f"kinetics: linear, linear: {{resistance: {10 ** draw.uniform(-2, 1):.4g} ohm cm2}}",
        f"kinetics: butler_volmer, butler_volmer: {{exchange_current_density: {10 ** draw.uniform(0, 3):.4g} mA/cm2}}"])
    law = draw.choice(["none", "none", "first_order"])
    structure = draw.choice([
        "microstructure: layered",
        f"microstructure: random, random: {{seed: {draw.randint(1, 999)}, grain_columns: {draw.randint(1, 6)}, grain_layers: {draw.randint(1, 4)}}}",
        f"microstructure: random, random: {{seed: {draw.randint(1, 999)}, grain_width: {10 ** draw.uniform(1.5, 3):.4g} nm, grain_layers: 1}}"])
    return law, f"""\
contact: {{diameter: {10 ** draw.uniform(0.3, 1.3):.4g} um, law: {law}}}
electrolyte: {{conductivity: {10 ** draw.uniform(-0.5, 1):.4g} mS/cm}}
grid: {{rings: {rings}, layers: {rings * 3 // 2}}}
interface: {{{kinetics}}}
sei:
  resolved: true
  thickness: {10 ** draw.uniform(0.7, 2.4):.4g} nm
  block:
    layers: {layers}
    columns: {draw.choice([1, 1, 2, 4])}
    half_jump_distance: {jump:.4g} nm
    {structure.replace(', random:', chr(10) + '    random:')}
    phases: {{li2s_conductivity: {middle:.3g} S/cm, licl_conductivity: {low:.3g} S/cm, li3p_conductivity: {high:.3g} S/cm}}
deposit: {{volume: 1e6 um3}}
protocol: [{{cv: {{start: 0 mV, vertices: [-{volts:.6g} V, {volts:.6g} V], rate: {volts / 20:.6g} V/s}}}}]
output: {{fields: none}}
"""


STEADY = """\
contact: {diameter: 9.64 um, law: none}
electrolyte: {conductivity: 2.8 mS/cm}
grid: {rings: 32}
bulk: {solver: halfspace}
interface: {kinetics: linear, linear: {resistance: 0.02 ohm cm2}}
sei:
  resolved: true
  thickness: 10 nm
  block:
    layers: 4
    microstructure: random
    random: {seed: 3, grain_width: 300 nm, grain_height: 2.5 nm}
output: {fields: none}
protocol: [{hold: {potential: 10 mV, duration: 1 s}}]
"""


class Structure(Sei):
    """What does not depend on the grid, and what the program says of what does."""

    def steady(self, *settings):
        arguments = [word for setting in settings for word in ("--set", setting)]
        output = self.run_deck(STEADY, *arguments, "--force")
        return output.history["current"][-1], output.report["discretisation"].get("peak_current_grid_error")

    def test_layers_conduct_as_their_series(self):
        """Li3P, Li2S and LiCl one above the other by their volume fractions, however many cells: the exact series, in a film of
        which the electrolyte is a small part."""
        series = 10e-9 * (0.185 / 1e-2 + 0.71 / 1e-4 + 0.105 / 1e-6) + 2e-6  # [Ohm m^2] with the interface
        for layers in (3, 4, 8, 16):
            current, _ = self.steady("sei.block.microstructure=layered", f"sei.block.layers={layers}")
            constriction = 8 / (3 * numpy.pi**2 * 0.28 * 4.82e-6)  # uniform current
            expected = 10e-3 / (series / (numpy.pi * 4.82e-6**2) + constriction)
            self.assertAlmostEqual(current / expected, 1.0, delta=2e-5, msg=f"{layers} layers")

    def test_printed_error(self):
        """The grid's error that a run prints, against far finer cells: within a factor of two where either is above a
        tenth of a per cent."""
        large = 0
        for seed in (3, 5, 11, 29):
            random = f"sei.block.random.seed={seed}"
            fine, left = self.steady(random, "sei.block.columns=24", "sei.block.layers=16", "sei.block.finest_column=0.02")
            limit = fine / (1 + left)
            self.assertLess(abs(left), 0.006)
            for columns in (1, 4):
                current, printed = self.steady(random, f"sei.block.columns={columns}")
                true = current / limit - 1
                message = f"seed {seed}, {columns} columns: printed {printed}, true {true}"
                self.assertLess(true, 0.0, "two-point fluxes conduct too little; " + message)
                if min(true, printed) < -1e-3:
                    large += 1
                    self.assertTrue(0.5 < printed / true < 2.0, message)
        self.assertGreaterEqual(large, 3)

    def test_uniform_has_no_error(self):
        """Nothing crowds in a uniform block: what the two discretisations differ by is not printed as an error."""
        _, printed = self.steady("sei.block.microstructure=uniform", "grid.rings=64")
        self.assertLess(abs(printed), 2e-4)

    def test_phases_that_stay(self):
        """A contact that grows over a structure without grains sees no difference between both rules."""
        grows = ("deposit.contact_growth_exponent=0.3", "deposit.volume=20 um3", "protocol=[{hold: {potential: -10 mV, duration: 20 s}}]")
        for kind in ("uniform", "layered"):
            settings = (*grows, f"sei.block.microstructure={kind}")
            ring, _ = self.steady(*settings)
            place, _ = self.steady(*settings, "sei.block.phases_follow=place")
            self.assertAlmostEqual(place / ring, 1.0, delta=1e-9)


class History(Sei):
    """The printed error of the curve, which the contact's memory is part of (output.grid_error: history)."""
    DECK = f"""\
include: {INPUTS}/cv_heterogeneous.yaml
contact: {{diameter: 3 um}}
deposit: {{volume: 40 um3}}
grid: {{rings: 16}}
sei: {{block: {{finest_column: 0.02}}}}
time: {{tolerance: 3e-4}}
protocol:
  - cv: {{start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.2 mV/s, cycles: 2}}
output: {{fields: none, curve_tolerance: 1e-3}}
"""

    def extremes(self, seed, columns, *arguments):
        """By cycle and kind; what a run with the grid's error says."""
        output = self.run_deck(self.DECK, "--force", *arguments, *(word for setting in (
            f"sei.block.random.seed={seed}", f"sei.block.columns={columns}") for word in ("--set", setting)))
        found = {(cycle, kind): pick(output.history["current"][output.history["cycle"] == cycle])
                 for cycle in (1, 2) for kind, pick in (("least", numpy.min), ("largest", numpy.max))}
        return found, output.report.get("curve_grid_error")

    def test_within_a_factor_of_two(self):
        for seed in (1, 4):
            fine, finest = (self.extremes(seed, columns)[0] for columns in (16, 32))
            limit = {key: 2 * finest[key] - fine[key] for key in finest}  # the error halves with the columns
            for columns in (1, 4):
                found, said = self.extremes(seed, columns, "--set", "output.grid_error=history")
                worst = (said["worst_cycle"], said["worst_extreme"])
                largest = max(limit, key=lambda key: abs(limit[key]))
                for what, key in (("worst", worst), ("largest", largest)):
                    true = found[key] / limit[key] - 1
                    with self.subTest(seed=seed, columns=columns, what=what, printed=said[what], true=true):
                        self.assertGreater(abs(true), 1e-3)
                        self.assertTrue(0.5 < said[what] / true < 2.0)

    def test_resumed(self):
        """The extremes are part of the state: a run that was stopped a few times says the same."""
        _, whole = self.extremes(4, 1, "--set", "output.grid_error=history")
        settings = ("output.grid_error=history", "sei.block.random.seed=4", "sei.block.columns=1", "output.wall_time_limit=0.03 s")
        arguments = ["run", self.write("parts.yaml", self.DECK), "--out", "parts",
                     *(word for setting in settings for word in ("--set", setting))]
        stops = 0
        while stops < 3:
            self.lisei(*arguments, status=3)
            arguments = ["resume", "parts"]
            stops += 1
        self.lisei("resume", "parts", "--set", "output.wall_time_limit=0 s")
        self.assertEqual(Output(self.folder / "parts").report["curve_grid_error"], whole)


class RandomDecks(Sei):
    def test_all_of_a_fixed_sample(self):
        for seed in sorted({*range(COUNT), 78, 110}):  # links of a conducting and an insulating half: these two stopped once
            law, deck = random_deck(seed)
            with self.subTest(seed=seed):
                output = self.run_balanced(deck, out=f"deck{seed}")
                if law == "none":
                    self.assert_odd(output, SOLVED)


if __name__ == "__main__":
    unittest.main()
