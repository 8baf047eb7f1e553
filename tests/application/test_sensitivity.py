"""Sensitivities of the history: against differences of whole runs with the same time steps, at vertices, jumps and located ends."""
import math
import unittest

import numpy

from support import INPUTS, Case, Output

# Steps of a fixed length: none is rejected, and Newton's method leaves nothing that a difference of two runs would see.
TIME = "time: {{tolerance: 0.1, newton_tolerance: 1e-10, first_step: {0} s, largest_step: {0} s}}\n"
OUTPUT = "output: {fields: none, curve_tolerance: 1, sensitivities: []}\n"

SWEEP = f"""\
include: {INPUTS}/electrode.yaml
grid: {{rings: 12}}
protocol:
  - cv: {{start: 0 mV, vertices: [-5 mV, 5 mV], rate: 0.2 mV/s, cycles: 1}}
""" + TIME.format(0.5) + OUTPUT
SWEEP_KEYS = {"needle.pressure": "0.352 MPa", "needle.stiffness": "0.207 MPa/um", "needle.adhesion": "0.040 MPa",
              "contact.diameter": "9.64 um", "electrolyte.conductivity": "2.8 mS/cm", "interface.linear.resistance": "0.12 ohm cm2",
              "lithium.coble.grain_boundary_diffusivity": "5.96e-10 cm2/s", "lithium.grains.grain_size": "100 nm",
              "contact.void_reservoir.asperity_fraction": "0.183", "deposit.volume": "1250 um3"}

# Cells, an SEI that grows with time, which an end moves under the whole area, three processes, imposed currents, and what follows a jump.
FILMS = """\
contact: {diameter: 9.64 um, law: first_order}
electrolyte: {conductivity: 1.65 mS/cm, depth: 40 um}
interface:
  kinetics: series
  charge_transfer: {law: butler_volmer, butler_volmer: {exchange_current_density: 100 mA/cm2}}
  sei_transport: {law: film, film: {conductivity: 5e-8 S/cm}, acts_on: whole_area}
  se_transfer: {law: sinh, sinh: {exchange_current_density: 100 mA/cm2, inverse_scale: 20 V-1}}
sei: {growth: wagner, thickness: 1 nm, wagner: {growth_constant: 100 nm2/h}}
bulk: {cache: none}
grid: {rings: 8}
temperature: 313.15 K
protocol:
  - hold: {potential: 5 mV, until: {charge: 5e-8 C}}
  - current: {current: 8 nA, duration: 60 s}
  - cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.4 mV/s, cycles: 1}
  - rest: {duration: 10 s}
""" + TIME.format(2) + OUTPUT
FILMS_KEYS = {"temperature": "313.15 K", "contact.diameter": "9.64 um", "electrolyte.conductivity": "1.65 mS/cm",
              "electrolyte.activation_energy": "0.4 eV", "electrolyte.depth": "40 um",
              "interface.charge_transfer.butler_volmer.exchange_current_density": "100 mA/cm2",
              "interface.sei_transport.film.conductivity": "5e-8 S/cm", "sei.thickness": "1 nm",
              "sei.wagner.growth_constant": "100 nm2/h", "contact.first_order.healing_rate": "0.1 s-1"}

# The lengths of two steps of the protocol, and so the times of all that follows, depend on the parameters.
ENDS = f"""\
include: {INPUTS}/electrode.yaml
contact: {{law: void}}
lithium: {{coble: {{grain_boundary_diffusivity: 2e-10 cm2/s}}}}
grid: {{rings: 8}}
protocol:
  - current: {{current: 6 nA, duration: 600 s, until: {{contact_fraction_below: 0.8}}}}
  - hold: {{potential: -3 mV, duration: 100 s, until: {{all: {{charge: 8e-8 C, potential_below: -1 mV}}}}}}
  - cv: {{start: 0 mV, vertices: [-3 mV, 2 mV], rate: 0.5 mV/s, cycles: 1}}
""" + TIME.format(0.5) + OUTPUT
ENDS_KEYS = {"needle.pressure": "0.352 MPa", "needle.stiffness": "0.207 MPa/um", "contact.diameter": "9.64 um",
             "electrolyte.conductivity": "2.8 mS/cm", "interface.linear.resistance": "0.12 ohm cm2",
             "lithium.coble.grain_boundary_diffusivity": "2e-10 cm2/s", "contact.void.depth_limit": "100 nm",
             "contact.void.creep_length": "1 um", "temperature": "298.15 K", "contact.pressure.exponent": "0.116"}

ROUNDING = 1e-8  # [1] of a column's values: what rounding leaves of a derivative that is smaller


def scaled(text, factor):
    number, _, unit = text.partition(" ")
    return f"{float(number) * factor:.17g} {unit}".strip()


def asked(keys):
    return f"output.sensitivities=[{', '.join(keys)}]"


class AgainstDifferences(Case):
    def compare(self, deck, keys, change, tolerance=1e-5):
        """Central differences of fourth order over the logarithm of each key."""
        fixed = [f"--set={key}={text}" for key, text in keys.items()]
        history = self.run_deck(deck, *fixed, "--set", asked(keys), out="exact").history
        first = next(iter(keys))
        columns = [name[2:-len(f"_d_ln_{first}")] for name in history if name.endswith(f"_d_ln_{first}")]
        self.assertEqual(len(columns), 15)
        for key, text in keys.items():
            runs = {m: self.run_deck(deck, *fixed, f"--set={key}={scaled(text, math.exp(m * change))}", "--force", out="moved").history
                    for m in (-2, -1, 1, 2)}
            for name in columns:
                near, far = ((runs[m][name] - runs[-m][name]) / (2 * m * change) for m in (1, 2))
                reference = (4 * near - far) / 3
                scale = tolerance * abs(reference).max() + ROUNDING * abs(history[name]).max()
                self.assertLessEqual(abs(history[f"d_{name}_d_ln_{key}"] - reference).max(), scale, f"d {name} / d ln {key}")
        return history

    def test_voltammogram(self):
        self.compare(SWEEP, SWEEP_KEYS, 1e-4)

    def test_films_and_imposed_currents(self):
        self.compare(FILMS, FILMS_KEYS, 5e-4)

    def test_located_ends(self):
        history = self.compare(ENDS, ENDS_KEYS, 1e-4)
        for step in (2, 3):
            rows = history["protocol_step"] == step
            self.assertGreater(abs(history["d_time_d_ln_contact.void.depth_limit"][rows]).min(), 0.1, "the end moves")
        self.assertEqual(history["d_time_d_ln_contact.void.depth_limit"][0], 0.0)


class Runs(Case):
    KEYS = list(SWEEP_KEYS)[:3] + ["deposit.contact_growth_exponent"]

    def test_run_itself_does_not_change(self):
        plain = self.run_deck(SWEEP, out="plain").history
        with_them = self.run_deck(SWEEP, "--set", asked(self.KEYS), out="asked").history
        for name, values in plain.items():
            self.assertTrue(numpy.array_equal(values, with_them[name]), name)
        self.assertFalse([name for name in plain if name.startswith("d_")], "no trace where none are asked for")

    def test_resume_to_the_bit(self):
        deck = ENDS.replace("newton", "smallest_step: 1e-6 s, newton")
        whole = self.run_deck(deck, "--set", asked(self.KEYS), out="whole")
        self.run_deck(deck, "--set", asked(self.KEYS), "--set", "output.wall_time_limit=1e-9 s", out="out", status=3)
        for _ in range(3):
            self.lisei("resume", "out", status=3)
        self.lisei("resume", "out", "--set", "output.wall_time_limit=0 s")
        self.assert_same_bits(whole, Output(self.folder / "out"))

    def test_two_processes(self):
        one = self.run_deck(FILMS, "--set", asked(["temperature", "electrolyte.conductivity"]), out="one")
        two = self.run_deck(FILMS, "--set", asked(["temperature", "electrolyte.conductivity"]), out="two", ranks=2)
        self.assert_same_numbers(one, two, tolerance=1e-6)

    def test_set_of_keys_cannot_change_on_the_way(self):
        self.run_deck(SWEEP, "--set", asked(self.KEYS), "--set", "output.wall_time_limit=1e-9 s", out="out", status=3)
        message = self.lisei("resume", "out", "--set", asked(self.KEYS[:1]), status=1).stderr
        self.assertIn("output.sensitivities", message)


class Refused(Case):
    def assert_refused(self, text, *arguments, deck=SWEEP):
        output = self.run_deck(deck, *arguments, out="out", status=1)
        self.assertIn(text, output.messages)
        self.assertFalse((self.folder / "out").exists())

    def test_keys(self):
        for key, text in {"needle.presure": "did you mean 'pressure'?", "grid.rings": "not a single real number",
                          "time.tolerance": "belongs to the method", "interface.sinh.inverse_scale": "is not used by this deck",
                          "electrolyte.depth": "is 0, which has no logarithm", "protocol.cv.rate": "outside the protocol",
                          "needle.pressure, needle.pressure": "is given twice"}.items():
            with self.subTest(key=key):
                self.assert_refused(text, "--set", f"output.sensitivities=[{key}]")

    def test_parts_that_are_not_differentiated(self):
        ask = "--set=output.sensitivities=[temperature]"
        self.assert_refused("a resolved SEI (sei.resolved) is not differentiated yet", ask, deck=INPUTS / "cv_heterogeneous.yaml")
        self.assert_refused("is not differentiated yet", ask, deck=INPUTS / "staircase.yaml")
        self.assert_refused("is not differentiated yet", ask, "--set=electrolyte.grain_depth=15 um")
        self.assert_refused("bulk.solver field is not differentiated yet", ask, "--set=bulk.solver=field")
        self.assert_refused("whose rings differ in age", ask, deck=INPUTS / "deposition.yaml")


if __name__ == "__main__":
    unittest.main()
