"""Physics through decks: what a user gets from a whole run agrees with what can be said without the program."""
import unittest

import numpy

from support import DISK, EVOLVING, INPUTS, Case, rows_of_step

SIGMA, RADIUS = 0.165, 4.82e-6  # [S/m], [m] of the disk in the decks here
FARADAY, MOLAR_VOLUME = 96485.33212, 6.941e-3 / 534.0  # [C/mol]; [m^3/mol] of lithium from its density
AREA = numpy.pi * RADIUS**2


class Disk(Case):
    def test_primary_resistance(self):
        """R = 1/(4 sigma a) (Newman 1966) when the interface costs nothing."""
        deck = INPUTS / "disk_primary.yaml"
        history = self.run_deck(deck).history
        numpy.testing.assert_allclose(history["potential"] / history["current"] * 4 * SIGMA * RADIUS, 1.0, rtol=0, atol=2e-8)
        history = self.run_deck(deck, "--set", "interface.linear.resistance=1e-12 ohm cm2", out="thin").history
        numpy.testing.assert_allclose(history["potential"] / history["current"] * 4 * SIGMA * RADIUS, 1.0, rtol=0, atol=1e-10)

    def test_interface_that_all_but_vanishes(self):
        """The smallest resistances that a deck may give; the current is the primary one but for what they take."""
        deck = INPUTS / "disk_primary.yaml"
        last = 0.0
        for resistance in ("1e-9", "1e-10", "1e-11", "1e-12"):
            history = self.run_deck(deck, "--set", f"interface.linear.resistance={resistance} ohm cm2", "--force").history
            ratio = history["current"][-1] / (history["potential"][-1] * 4 * SIGMA * RADIUS)
            self.assertGreater(1.0 - ratio, 0.0)
            self.assertLess(1.0 - ratio, 30 * float(resistance) + 1e-13, "2/pi rho sigma/a times the sum of w/mu, which is 9.5")
            self.assertGreater(ratio, last)
            last = ratio

    def test_resistance_with_a_film(self):
        """The film in series plus the electrolyte of a nearly uniform current: w = R_f sigma/a = 10 gives 1.0795/(4 sigma a)."""
        film = 10 * RADIUS / SIGMA  # [Ohm m^2]
        text = DISK.replace("rings: 8", "rings: 64").replace("1 ohm cm2", f"{film!r} ohm m2") + "protocol:\n  - hold: {potential: 10 mV, duration: 1 s}\n"
        history = self.run_deck(text).history
        electrolyte = history["potential"][-1] / history["current"][-1] - film / AREA
        self.assertAlmostEqual(electrolyte * 4 * SIGMA * RADIUS, 1.0795, delta=2e-4)

    def test_temperature(self):
        """Arrhenius: 0.40 eV of the conductivity from 25 to 60 degC."""
        primary = INPUTS / "disk_primary.yaml"
        cold = self.run_deck(primary, out="cold").history["current"][-1]
        warm = self.run_deck(primary, "--set", "temperature=60 degC", out="warm").history["current"][-1]
        factor = numpy.exp(0.40 / 8.617333262e-5 * (1 / 298.15 - 1 / 333.15))
        self.assertAlmostEqual(warm / cold / factor, 1.0, delta=1e-5)


class FreshLayer(Case):
    """Law fresh_layer of the needle: a constant force, the supply is what plating has put down."""
    def run_needle(self, needle, out):
        deck = ("contact: {law: void_reservoir, void_reservoir: {asperity_fraction: 1}}\ngrid: {rings: 8}\n"
                "interface: {kinetics: parallel, parallel: {resistance: 0.5 ohm cm2, exchange_current_density: 0.1 mA/cm2, inverse_scale: 700 V-1}}\n"
                f"needle: {{pressure: 1 MPa, adhesion: 0 MPa, {needle}}}\n"
                "protocol: [{cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.2 mV/s, cycles: 2}}]\noutput: {fields: none}\n")
        return self.run_deck(deck, out=out).history

    def test_without_coarsening_it_is_the_reloading_needle(self):
        """Coble creep, no adhesion, K = p0/l0: the same supply, so the same currents (the smoothing of the load is 20 kPa of 1 MPa)."""
        spring, layer = self.run_needle("stiffness: 0.5 MPa/um", "spring"), self.run_needle("law: fresh_layer, layer_thickness: 2 um", "layer")
        time = numpy.linspace(0.02, 0.98, 50) * min(spring["time"][-1], layer["time"][-1])
        currents = [numpy.interp(time, history["time"], history["current"]) for history in (spring, layer)]
        numpy.testing.assert_allclose(currents[0], currents[1], rtol=0, atol=2e-3 * numpy.abs(currents[0]).max())
        self.assertGreater(numpy.ptp(spring["load"]), 0.2e6)
        numpy.testing.assert_array_equal(layer["load"], 1e6)
        numpy.testing.assert_allclose(numpy.interp(time, layer["time"], layer["fresh_layer_thickness"]) / 2e-6,
                                      numpy.interp(time, spring["time"], spring["load"]) / 1e6, rtol=0, atol=5e-3)

    def test_coarsening_starves_the_contact(self):
        lasting, coarse = (self.run_needle(f"law: fresh_layer, layer_thickness: 2 um, coarsening_time: {time}", out)
                           for time, out in (("0 s", "lasting"), ("100 s", "coarse")))
        self.assertLess(coarse["contact_fraction"].min(), lasting["contact_fraction"].min() - 0.05)


class Charge(Case):
    def assert_faraday(self, history):
        """The lithium volume changes by Omega Q/F; SEI growth takes its own share."""
        moved = history["lithium_volume"][0] - history["lithium_volume"]
        charge = history["charge"] + history["sei_charge"]
        scale = numpy.abs(charge).max() * MOLAR_VOLUME / FARADAY
        numpy.testing.assert_allclose(moved, charge * MOLAR_VOLUME / FARADAY, rtol=0, atol=3e-3 * scale)  # of the density of lithium
        ratio = numpy.polyfit(charge, moved, 1)[0]
        numpy.testing.assert_allclose(moved, charge * ratio, rtol=0, atol=1e-10 * scale + 1e-13 * history["lithium_volume"].max())

    def test_constant_current(self):
        history = self.run_deck(EVOLVING + "protocol:\n  - current: {current: 3 nA, duration: 30 s}\n  - current: {current: -1 nA, duration: 50 s}\n").history
        numpy.testing.assert_allclose(rows_of_step(history, 1)["charge"], 3e-9 * rows_of_step(history, 1)["time"], rtol=0, atol=90e-9 * 1e-10)
        self.assertAlmostEqual(history["charge"][-1], 90e-9 - 50e-9, delta=90e-9 * 1e-10)
        self.assert_faraday(history)

    def test_linear_sweep(self):
        """A linear disk: the current is a straight line in time, so the trapezoidal rule is exact."""
        history = self.run_deck(DISK + "protocol:\n  - cv: {vertices: [-5 mV, 12 mV], rate: 1 mV/s, cycles: 2}\n").history
        charge = numpy.concatenate(([0.0], numpy.cumsum(0.5 * (history["current"][1:] + history["current"][:-1]) * numpy.diff(history["time"]))))
        numpy.testing.assert_allclose(history["charge"], charge, rtol=0, atol=1e-10 * numpy.abs(charge).max())
        self.assert_faraday(history)

    def test_evolving_contact(self):
        """The trapezoidal rule over many small steps, which is right to the square of their length."""
        history = self.run_deck(EVOLVING + "protocol:\n  - hold: {potential: 10 mV, duration: 40 s}\n", "--set", "time.largest_step=0.02 s").history
        charge = numpy.trapz(history["current"], history["time"])
        self.assertAlmostEqual(history["charge"][-1] / charge, 1.0, delta=3e-6)
        self.assert_faraday(history)

    def test_non_linear_kinetics_at_default_accuracy(self):
        """The charge of a sweep is as exact as time.tolerance promises, also where nothing but the current changes."""
        deck = DISK.replace("kinetics: linear, linear: {resistance: 1 ohm cm2}",
                            "kinetics: sinh, sinh: {exchange_current_density: 1 mA/cm2, inverse_scale: 100 V-1}")
        deck += "protocol:\n  - cv: {vertices: [30 mV], rate: 1 mV/s}\n"
        coarse = self.run_deck(deck, out="coarse").history
        fine = self.run_deck(deck, "--set", "time.largest_step=0.05 s", out="fine").history
        self.assertAlmostEqual(coarse["charge"][-1] / fine["charge"][-1], 1.0, delta=1e-3)
        drawn = numpy.trapz(coarse["current"], coarse["time"])
        self.assertAlmostEqual(drawn / fine["charge"][-1], 1.0, delta=2e-3, msg="the history draws the curve too coarsely")


class Contact(Case):
    def test_first_order_law_at_constant_current(self):
        """theta = theta_inf + (1 - theta_inf) exp(-(k_s i + k_h) t) where all rings carry the same current density."""
        text = EVOLVING.replace("1 ohm cm2", "1e4 ohm cm2").replace("1e-6", "1e-8")  # a film that makes the current uniform
        history = self.run_deck(text + "protocol:\n  - current: {current: 1 nA, duration: 60 s}\n").history
        loss, healing = 0.02 * 1e-4 / 1e-3, 0.005  # [m^2/(A s)], [1/s]: the defaults
        rate = loss * 1e-9 / AREA + healing
        expected = healing / rate + (1 - healing / rate) * numpy.exp(-rate * history["time"])
        numpy.testing.assert_allclose(history["contact_fraction"], expected, rtol=1e-5)


class Deposition(Case):
    def setUp(self):
        super().setUp()
        self.output = self.run_deck(INPUTS / "deposition.yaml")

    def test_charge_and_volume(self):
        """-2 nA 10 min, -3 nA 50 min, -4 nA 30 min: 17.4 uC (paper 2.1), 2348 um^3 of lithium less what the SEI took."""
        history = self.output.history
        self.assertAlmostEqual(history["charge"][-1], -17.4e-6, delta=17.4e-6 * 1e-9)
        added = history["lithium_volume"][-1] - history["lithium_volume"][0]
        sei = history["sei_charge"][-1] * MOLAR_VOLUME / FARADAY
        self.assertAlmostEqual((added + sei) * 1e18, 2348, delta=8)
        self.assertGreater(sei, 0.0)

    def test_contact_grows_with_the_volume(self):
        """a ~ V^(alpha/2) with V by Faraday's law from the current alone."""
        history = self.output.history
        volume = 2.094e-18 - history["charge"] * MOLAR_VOLUME / FARADAY
        radius = 1e-6 * (volume / 2.094e-18) ** (0.45 / 2)
        numpy.testing.assert_allclose(history["contact_radius_effective"], radius, rtol=2e-3)

    def test_every_ring_has_its_own_sei_age(self):
        """L^2 = L0^2 + k age, the age counted from when the contact's edge passed the ring; the rim is youngest and thinnest."""
        history, interface = self.output.history, self.output.interface
        radius_now = interface["radius"] / 1e-6 * history["contact_radius_effective"][-1]
        # exact: the volume follows the charge of the three currents, the area the volume to the power 0.45
        volume = 2.094e-18 * (numpy.maximum(radius_now, 1e-6) / 1e-6) ** (2 / 0.45)
        charge = (volume - 2.094e-18) / (13.02e-6 / 96485.33212)
        passed = numpy.interp(charge, [0.0, 1.2e-6, 10.2e-6, 17.4e-6], [0.0, 600.0, 3600.0, 5400.0])
        expected = numpy.sqrt(1e-18 + 100e-18 / 3600 * (history["time"][-1] - passed))
        thickness = interface["sei_thickness"][-1]
        numpy.testing.assert_allclose(thickness, expected, rtol=1e-3)  # the time tolerance is 1e-4, the rim is young
        self.assertTrue(numpy.all(numpy.diff(thickness) <= 0.0))
        self.assertAlmostEqual(thickness[0], numpy.sqrt(1 + 100 * 1.5) * 1e-9, delta=1e-15)
        self.assertLess(thickness[-1], 1.1e-9)


def branches(history, cycle):
    """Potential and current of the anodic half of a cycle: forwards and backwards, both with rising potential."""
    chosen = history["cycle"] == cycle
    potential, current = history["potential"][chosen], history["current"][chosen]
    lowest, highest = numpy.argmin(potential), numpy.argmax(potential)
    forward = slice(lowest, highest + 1)
    return (potential[forward], current[forward]), (potential[highest:][::-1], current[highest:][::-1])


def hysteresis(history, cycle):
    """Smallest I_rev/I_fwd between 1 and 9 mV."""
    potential = numpy.linspace(1e-3, 9e-3, 33)
    forward, backward = (numpy.interp(potential, *branch) for branch in branches(history, cycle))
    return (backward / forward).min()


class Voltammogram(Case):
    def test_symmetric(self):
        """The anodic hysteresis opens in cycle 1 and closes by cycle 11; the peak current grows (paper Fig. 3a, S6)."""
        output = self.run_deck(INPUTS / "cv_symmetric.yaml", "--set", "output.fields=none")
        history = output.history
        ratio = [hysteresis(history, cycle) for cycle in range(1, 12)]
        self.assertLess(ratio[0], 0.6)
        self.assertGreaterEqual(ratio[10], 0.95)
        self.assertTrue(numpy.all(numpy.diff(ratio) > 0), ratio)
        peak = [history["current"][history["cycle"] == cycle].max() for cycle in range(1, 12)]
        self.assertTrue(numpy.all(numpy.diff(peak) > 0), peak)
        self.assertTrue(numpy.all(history["contact_fraction"] > 0) and numpy.all(history["contact_fraction"] <= 1))
        self.assertEqual(history["time"][-1], 2200.0)

    def test_asymmetric(self):
        """After -10/+20 mV the current is lost for good (paper Fig. 3b)."""
        history = self.run_deck(INPUTS / "cv_asymmetric.yaml", "--set", "output.fields=none").history
        plating = []
        for cycle in range(1, 6):
            chosen = history["cycle"] == cycle
            potential, current = history["potential"][chosen], history["current"][chosen]
            lowest = numpy.argmin(potential)
            plating.append(numpy.interp(3e-3, -potential[: lowest + 1], current[: lowest + 1]))
        self.assertTrue(all(current < 0 for current in plating))
        for late in plating[1:]:
            self.assertLess(late / plating[0], 0.25, plating)
        peak = [history["current"][history["cycle"] == cycle].min() for cycle in (1, 5)]
        self.assertLess(peak[1] / peak[0], 0.4)


RESOLVED = """contact: {diameter: 9.64 um, law: void_reservoir, pressure: {profile: power_law, exponent: 0.116}}
electrolyte: {conductivity: 2.8 mS/cm}
grid: {rings: 24}
bulk: {solver: halfspace}
interface:
  kinetics: series
  charge_transfer: {law: sinh, sinh: {exchange_current_density: 500 mA/cm2, inverse_scale: 20 V-1}}
  sei_transport: SEI_TRANSPORT
  se_transfer: {law: sinh, ACTS_ON sinh: {exchange_current_density: 3 A/cm2, inverse_scale: 20 V-1}}
sei: {thickness: 10 nm, growth: wagner, wagner: {growth_constant: 400 nm2/h} BLOCK}
lithium: {creep: [coble], coble: {grain_boundary_diffusivity: 5.96e-10 cm2/s}, grains: {grain_size: 100 nm}}
needle: {pressure: 0.352 MPa, stiffness: 0.207 MPa/um, adhesion: 0.040 MPa}
deposit: {volume: 1250 um3, contact_growth_exponent: 0.06}
time: {tolerance: 1e-6}
protocol: [{cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.5 mV/s, cycles: 1}}]
output: {fields: none}
"""


class ResolvedSei(Case):
    def test_homogeneous_is_the_film(self):
        """A homogeneous, linear block conducts as a film on the whole area, while contact, SEI and contact area evolve: but for
        lateral conduction in the block, which takes part where the current is uneven."""
        film = RESOLVED.replace("SEI_TRANSPORT", "{law: film, acts_on: whole_area, film: {conductivity: 5e-5 S/cm}}")
        film = film.replace("ACTS_ON", "acts_on: whole_area,").replace("BLOCK", "")
        block = RESOLVED.replace("SEI_TRANSPORT", "{law: none}").replace("ACTS_ON", "")
        block = block.replace("BLOCK", ", resolved: true, block: {layers: 2, conductivity: 5e-5 S/cm}")
        lumped, resolved = (self.run_deck(deck, out=name).history for deck, name in ((film, "film"), (block, "block")))
        for column in ("current", "contact_fraction", "load"):
            times = resolved["time"]
            difference = numpy.interp(times, lumped["time"], lumped[column]) - resolved[column]
            self.assertLess(numpy.abs(difference).max(), 3e-4 * numpy.abs(lumped[column]).max(), column)
        self.assertLess(abs(lumped["current"].min() / resolved["current"].min() - 1), 5e-5)
        on_contact = film.replace("acts_on: whole_area", "acts_on: true_contact")
        other = self.run_deck(on_contact, out="contact").history
        self.assertGreater(abs(other["current"].min() / resolved["current"].min() - 1), 0.05, "the comparison can tell")


if __name__ == "__main__":
    unittest.main()
