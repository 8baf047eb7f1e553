"""The lithium-filled crack and the grain through decks: the staircase, ends, balances, resume, processes, refusals."""
import shutil
import subprocess
import unittest

import numpy

from support import DISK, INPUTS, ROOT, Case, rows_of_step

FARADAY, MOLAR_VOLUME = 96485.33212, 13.02e-6  # [C/mol], [m^3/mol]
FLAW = DISK + "crack: {shape: half_penny, length: 3 um, toughness: 0.3 MPa m^0.5}\n"
STAIRCASE = INPUTS / "staircase.yaml"


def at_end(history, name, time):
    """Of the protocol step that ends at `time`: the next one begins with a row of its own."""
    return history[name][numpy.flatnonzero(numpy.isclose(history["time"], time, rtol=1e-12))[0]]


class Staircase(Case):
    def near(self, value, expected, tolerance):
        self.assertLess(abs(value / expected - 1.0), tolerance, f"{value} against {expected}")

    def test_flaw_and_flaw_free_surface(self):
        """The table of a lumped contact and crack (quasi-static, implicit Euler): rings and kinetic growth change it by up to 2 %."""
        flaw = self.run_deck(STAIRCASE, "--set", "output.fields=none", out="flaw")
        free = self.run_deck(STAIRCASE, "--set", "output.fields=none", "--set", "crack.shape=none", out="free")
        self.near(at_end(flaw.history, "potential", 100), -16.6e-3, 0.01)
        self.near(at_end(flaw.history, "potential", 220), -24.4e-3, 0.01)
        self.near(at_end(flaw.history, "crack_length", 100), 62e-6, 0.01)
        self.near(at_end(flaw.history, "crack_length", 220), 182e-6, 0.01)
        self.near(at_end(flaw.history, "crack_current", 100) / at_end(flaw.history, "current", 100), 0.99, 0.01)
        self.near(flaw.report["crack"]["initiated"], 20.8, 0.002)
        self.near(at_end(free.history, "potential", 100), -136e-3, 0.01)
        self.near(at_end(free.history, "potential", 220), -728e-3, 0.02)
        self.assertNotIn("crack", free.report)
        self.assertEqual(set(flaw.history) - set(free.history), {f"crack_{name}" for name in (
            "length", "speed", "pressure", "stress_intensity", "opening", "current", "charge")})
        self.assertLessEqual(set(free.history), set(flaw.history))

    def test_plot(self):
        flaw = self.run_deck(STAIRCASE, "--set", "output.fields=none", out="flaw")
        done = subprocess.run([ROOT / "scripts" / "plot", flaw.folder, "--format", "png"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((flaw.folder / "plots" / "crack.png").exists())
        free = self.run_deck(STAIRCASE, "--set", "output.fields=none", "--set", "crack.shape=none", out="free")
        done = subprocess.run([ROOT / "scripts" / "plot", free.folder, "--format", "png", "--only", "crack"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("no crack in", done.stderr)

    def test_grain_boundary(self):
        """A small weak flaw is stiff: it starts before 39 s, and a crack of the strong grain of that length never does."""
        small = ("--set", "crack.length=50 nm", "--set", "output.fields=none")
        weak = self.run_deck(STAIRCASE, *small, "--set", "crack.toughness_factor=0.15", out="weak")
        strong = self.run_deck(STAIRCASE, *small, out="strong")
        self.assertTrue(0 < weak.report["crack"]["initiated"] < 39)
        self.assertIsNone(strong.report["crack"]["initiated"])
        self.assertEqual(strong.history["crack_length"].max(), 50e-9)
        self.assertLess(strong.report["counts"]["steps"], 600)  # an ill-conditioned solve takes thousands


class Crack(Case):
    def test_laws_of_the_columns(self):
        """p, K_I, length, charge and volume of every row fit together; a crack neither heals nor creeps below its toughness."""
        output = self.run_deck(FLAW + "protocol:\n  - current: {current: -30 nA, duration: 60 s}\n  - rest: {duration: 20 s}\n"
                               "  - hold: {potential: 5 mV, duration: 20 s}\n")
        h = output.history
        modulus, volume = 22.1e9 / (1 - 0.37**2), -h["crack_charge"] * MOLAR_VOLUME / FARADAY
        pressure = 3 * modulus * volume / (8 * h["crack_length"] ** 3)
        filled = volume > 0
        numpy.testing.assert_allclose(h["crack_pressure"][filled], pressure[filled], rtol=1e-9)
        numpy.testing.assert_allclose(h["crack_stress_intensity"], 2 * h["crack_pressure"] * numpy.sqrt(h["crack_length"] / numpy.pi), rtol=1e-9)
        numpy.testing.assert_allclose(h["crack_opening"], volume / (0.5 * numpy.pi * h["crack_length"] ** 2), rtol=1e-9)
        self.assertTrue(numpy.all(numpy.diff(h["crack_length"]) >= 0))
        below = h["time"] < output.report["crack"]["initiated"]
        self.assertTrue(numpy.all(h["crack_length"][below] == 3e-6) and below.sum() > 3)
        self.assertLess(h["crack_stress_intensity"].max(), 0.3e6 * 1.02)
        self.assertGreater(h["crack_length"][-1], 10e-6)
        stripped = rows_of_step(h, 3)
        self.assertGreater(stripped["crack_current"].max(), 0)
        self.assertEqual(stripped["crack_length"][-1], stripped["crack_length"][0])

    def test_balances(self):
        """Both currents add to the imposed one; Faraday holds for deposit and crack together, also with voids and a growing contact."""
        decks = {"pinned": FLAW, "growing": FLAW + "deposit: {volume: 20 um3, contact_growth_exponent: 0.3}\n",
                 "voids": f"include: {INPUTS}/electrode.yaml\ngrid: {{rings: 12}}\noutput: {{fields: none}}\n"
                          "deposit: {contact_growth_exponent: 0}\ncrack: {shape: half_penny, length: 1 um, toughness: 0.02 MPa m^0.5}\n"}
        for name, deck in decks.items():
            with self.subTest(deck=name):
                output = self.run_deck(deck + "protocol:\n  - current: {current: -20 nA, duration: 30 s}\n  - current: {current: 2 nA, duration: 5 s}\n", out=name)
                h = output.history
                self.assertLess(output.report["balances"]["current"], 1e-9)
                self.assertLess(output.report["balances"]["volume"], 1e-9)
                self.assertGreater(h["crack_length"][-1], h["crack_length"][0])
                moved = h["lithium_volume"][0] - h["lithium_volume"]
                numpy.testing.assert_allclose(moved, (h["charge"] - h["crack_charge"]) * moved[-1] / (h["charge"] - h["crack_charge"])[-1],
                                              rtol=0, atol=1e-9 * numpy.abs(moved).max())
                self.assertAlmostEqual(h["charge"][-1], -20e-9 * 30 + 2e-9 * 5, delta=1e-9 * 6e-7)

    def test_potentials_add(self):
        """With the crack's share in the ground the drops of the contact still add to the potential."""
        grain = FLAW.replace("electrolyte: {", "electrolyte: {grain_depth: 10 um, grain_conductivity: 4 mS/cm, ")
        h = self.run_deck(grain + "protocol:\n  - cv: {vertices: [-30 mV, 10 mV], rate: 2 mV/s}\n").history
        numpy.testing.assert_allclose(h["eta_constriction"] + h["eta_interface"], h["potential"], rtol=0, atol=1e-12)
        self.assertGreater(h["crack_length"][-1], 3e-6)

    def test_rest_against_the_pressure(self):
        """No net current, V = -Omega p/F: the small currents between contact and crack are rounding of what V could drive."""
        for radius, length in ((1, 12), (10, 0.05)):
            with self.subTest(length=length):
                text = (FLAW.replace("diameter: 9.64 um", f"diameter: {2 * radius} um").replace("length: 3 um", f"length: {length} um")
                        + "protocol:\n  - current: {current: -1 nA, duration: 20 s}\n  - rest: {duration: 1000 s}\n")
                h = rows_of_step(self.run_deck(text, out=f"rest{length}").history, 2)
                self.assertLess(numpy.abs(h["current"]).max(), 1e-9 * 1e-9)
                numpy.testing.assert_allclose(h["potential"][-1], -MOLAR_VOLUME / FARADAY * h["crack_pressure"][-1], rtol=1e-2, atol=1e-9)

    def test_jump_across_the_bend_of_the_kinetics(self):
        """From -5 V, where asinh is flat, to -96 mV: Newton's method alone would go to and fro."""
        text = (DISK.replace("1.65 mS/cm", "0.3056 mS/cm").replace("kinetics: linear, linear: {resistance: 1 ohm cm2}",
                                                                 "kinetics: sinh, sinh: {exchange_current_density: 18.3214 mA/cm2, inverse_scale: 19.7831 1/V}")
                + "crack: {shape: half_penny, length: 0.1099 um, toughness: 0.0331 MPa m^0.5}\nprotocol:\n"
                "  - current: {current: 55.4 nA, duration: 1 s}\n  - current: {current: -2772 nA, duration: 22 s}\n  - hold: {potential: -96 mV, duration: 29 s}\n")
        self.assertEqual(self.run_deck(text).reasons, ["completed"] * 3)

    def test_shapes_and_rising_toughness(self):
        protocol = "protocol:\n  - current: {current: -50 nA, duration: 60 s}\n"
        length = {shape: self.run_deck(FLAW.replace("half_penny", shape) + protocol, out=shape).history["crack_length"][-1]
                  for shape in ("half_penny", "penny", "edge")}
        self.assertLess(length["penny"], length["half_penny"])
        self.assertLess(length["half_penny"], length["edge"])
        rising = self.run_deck(FLAW + protocol, "--set", "crack.toughness_plateau=0.6 MPa m^0.5", out="rising").history
        self.assertLess(rising["crack_length"][-1], length["half_penny"])
        self.assertGreater(rising["crack_stress_intensity"][-1], 0.5e6)


class Ends(Case):
    def test_located(self):
        output = self.run_deck(FLAW + "protocol:\n  - current: {current: -30 nA, duration: 100 s, until: {crack_initiated: true}}\n"
                               "  - current: {current: -30 nA, until: {crack_length: 9 um}}\n  - hold: {potential: -20 mV, duration: 1 s}\n")
        h = output.history
        self.assertEqual(output.reasons, ["crack_initiated", "crack_length", "completed"])
        self.assertAlmostEqual(rows_of_step(h, 1)["crack_stress_intensity"][-1] / 0.3e6, 1.0, delta=1e-6)
        self.assertAlmostEqual(rows_of_step(h, 2)["crack_length"][-1], 9e-6, delta=9e-6 * 1e-6)
        self.assertAlmostEqual(output.report["crack"]["initiated"], output.report["steps"][0]["end_time"], delta=1e-3 * output.report["steps"][0]["end_time"])
        self.assertIn("crack: extends since t =", output.messages)

    def test_already_met(self):
        for end in ("crack_initiated: true", "crack_length: 5 um"):
            with self.subTest(end=end):
                text = FLAW + f"protocol:\n  - current: {{current: -30 nA, until: {{crack_length: 6 um}}}}\n  - current: {{current: -30 nA, duration: 1 s, until: {{{end}}}}}\n"
                name = end.split(":")[0]
                output = self.run_deck(text, out=name, status=2)
                self.assertIn(f"the end `{name}` is already met when protocol step 2 starts", output.messages)
                skipping = self.run_deck(text.replace("duration: 1 s,", "duration: 1 s, on_infeasible: skip,"), out=f"{name}_skip")
                self.assertEqual(skipping.reasons, ["crack_length", "skipped: an end was already met"])

    def test_false_is_no_end(self):
        output = self.run_deck(FLAW + "protocol:\n  - current: {current: -30 nA, duration: 60 s, until: {crack_initiated: false}}\n")
        self.assertEqual(output.reasons, ["completed"])
        self.assertGreater(output.report["crack"]["initiated"], 0)

    def test_failure_names_the_crack(self):
        failed = self.run_deck(FLAW + "time: {smallest_step: 100 s}\nprotocol:\n  - current: {current: -30 nA, duration: 1000 s}\n", status=2)
        self.assertRegex(failed.messages, "The time step fell below time.smallest_step.*; crack of 3 um at .* MPa, .* of its toughness, with .* nA")

    def test_never_met(self):
        """Without a current the flaw cannot go: an open step says so."""
        done = self.run_deck(FLAW + "protocol:\n  - hold: {potential: -3 mV, until: {crack_initiated: true}}\n", status=2)
        self.assertIn("its end cannot be met: nothing changes any more", done.messages)


class Parallel(Case):
    PROTOCOL = "protocol:\n  - current: {current: -30 nA, duration: 40 s}\n  - hold: {potential: -15 mV, duration: 5 s}\n  - rest: {duration: 5 s}\n"

    def test_resume(self):
        """Stopped at a wall-time limit over and over, the run ends in the same bits."""
        text = FLAW.replace("rings: 8", "rings: 16") + "deposit: {volume: 20 um3, contact_growth_exponent: 0.3}\ntime: {tolerance: 1e-6}\n" + self.PROTOCOL
        whole = self.run_deck(text, out="whole")
        part = self.run_deck(text, "--set", "output.wall_time_limit=1 us", out="part", status=3)
        stops = 1
        while part.report["exit"]["status"] == 3 and stops < 10:
            self.lisei("resume", "part", status=3)
            stops += 1
        self.lisei("resume", "part", "--set", "output.wall_time_limit=0 s")
        for part_name in ("history", "interface"):
            first, second = getattr(whole, part_name), getattr(part, part_name)
            for name in first:
                self.assertTrue(numpy.array_equal(first[name], second[name]), f"{part_name}/{name}")
        self.assertEqual(part.report["crack"], whole.report["crack"])
        self.assertEqual(part.report["balances"], whole.report["balances"])

    def test_resume_after_an_end_of_the_crack(self):
        """The record of an end that a part offers is known again."""
        steps = "protocol:\n  - current: {current: -30 nA, duration: 100 s, until: {crack_initiated: true}}\n  - rest: {duration: 5 s}\n"
        output = self.run_deck(FLAW + steps, "--set", "output.wall_time_limit=1 us", status=3)
        for _ in range(200):
            if output.reasons[0] == "crack_initiated":
                break
            self.lisei("resume", "out", status=3)
        self.assertEqual(output.reasons, ["crack_initiated", "wall-time limit"])
        self.lisei("resume", "out", "--set", "output.wall_time_limit=0 s")
        self.assertEqual(output.reasons, ["crack_initiated", "completed"])

    def test_checkpoint_of_another_deck(self):
        """A crack cannot come or go under a run, and the key is named before its state is missed."""
        rest = "protocol:\n  - rest: {duration: 5 s}\n"
        for text, change, message in (
                (FLAW, lambda deck: deck[:deck.index("crack:")] + deck[deck.index("protocol:"):], "crack.shape: none, but half_penny in the run: it cannot change under a run"),
                (DISK, lambda deck: deck.replace("shape: none", "shape: half_penny"), "crack.shape: half_penny, but none in the run: it cannot change under a run")):
            with self.subTest(message=message):
                output = self.run_deck(text + rest, "--set", "output.wall_time_limit=1 us", status=3)
                path = output.folder / "deck.yaml"
                path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
                self.assertIn(message, self.lisei("resume", "out", status=1).stderr)
                shutil.rmtree(output.folder)

    def test_processes(self):
        one = self.run_deck(FLAW + self.PROTOCOL, out="one")
        for ranks in (2, 4):
            other = self.run_deck(FLAW + self.PROTOCOL, out=f"ranks{ranks}", ranks=ranks)
            self.assert_same_numbers(one, other)

    def test_solvers(self):
        """A crack beside a resolved grain: condensed cells against the analytic half space."""
        grain = FLAW.replace("electrolyte: {", "electrolyte: {grain_depth: 20 um, grain_conductivity: 4 mS/cm, ").replace("rings: 8, layers: 12", "rings: 32, layers: 64")
        length = {solver: self.run_deck(grain + self.PROTOCOL + f"bulk: {{solver: {solver}}}\n", out=solver).history["crack_length"][-1]
                  for solver in ("condensed", "field", "halfspace")}
        self.assertAlmostEqual(length["condensed"] / length["field"], 1.0, delta=1e-6)
        self.assertAlmostEqual(length["condensed"] / length["halfspace"], 1.0, delta=5e-3)  # the grain ends on a face of the cells


class Refused(Case):
    def refuse(self, text, *messages):
        done = self.lisei("check", self.write("deck.yaml", text), status=1)
        for message in messages:
            self.assertIn(message, done.stderr)

    def test_impossible_combinations(self):
        protocol = "protocol:\n  - hold: {potential: 1 mV, duration: 1 s}\n"
        self.refuse(FLAW.replace("length: 3 um", "length: 0 um") + protocol, "crack.length: '0 um' is out of range")
        self.refuse(FLAW.replace("0.3 MPa m^0.5", "0.3 MPa") + protocol, "crack.toughness: expected a fracture toughness")
        self.refuse(FLAW.replace("half_penny", "disk") + protocol, "crack.shape: expected none, half_penny, penny or edge")
        self.refuse(FLAW.replace("grid: {", "grid: {type: cylindrical, ") + protocol, "crack.shape: a crack needs grid.type oblate")
        self.refuse(FLAW.replace("electrolyte: {", "electrolyte: {depth: 1 mm, ") + protocol, "crack.shape: a crack needs a counter electrode that is infinitely far")
        self.refuse(FLAW.replace("electrolyte: {", "electrolyte: {grain_depth: 5 um, grain_boundary_resistance: 1 ohm cm2, ") + protocol,
                    "crack.shape: a crack does not go with electrolyte.grain_boundary_resistance")

    def test_ends_without_a_crack(self):
        for end in ("crack_initiated: true", "crack_length: 5 um"):
            self.refuse(DISK + f"protocol:\n  - current: {{current: -1 nA, duration: 1 s, until: {{{end}}}}}\n",
                        f"the end `{end.split(':')[0]}` needs a crack: set crack.shape")

    def test_keys_without_a_crack(self):
        self.refuse(DISK + "crack: {length: 3 um}\nprotocol:\n  - rest: {duration: 1 s}\n", "crack.length")


if __name__ == "__main__":
    unittest.main()
