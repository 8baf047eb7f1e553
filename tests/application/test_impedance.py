"""Impedance as a user measures it: steps and sweeps, what is written, flags and errors, interruption, processes."""
import shutil
import signal
import subprocess
import unittest

import h5py
import numpy

from support import DISK, EVOLVING, INPUTS, LISEI, ROOT, Case

AREA = numpy.pi * 4.82e-6**2  # [m^2]
CONSTRICTION = 1 / (4 * 0.165 * 4.82e-6)  # [ohm] primary
CAPACITOR = "capacitance: {charge_transfer: 10 uF/cm2}\n"
RANGE = "highest_frequency: 1 MHz, lowest_frequency: 10 Hz"
SERIES = DISK.replace("kinetics: linear, linear: {resistance: 1 ohm cm2}",
                      "kinetics: series, charge_transfer: {law: sinh, sinh: {exchange_current_density: 50 mA/cm2, inverse_scale: 19.5 1/V}}, "
                      "sei_transport: {law: linear, linear: {resistance: 0.3 ohm cm2}, acts_on: whole_area}, "
                      "se_transfer: {law: linear, linear: {resistance: 0.1 ohm cm2}, acts_on: whole_area}")
SERIES_STORAGE = "capacitance: {charge_transfer: 10 uF/cm2, se_transfer: 1 uF/cm2, sei_permittivity: 10, electrolyte_permittivity: 12}\n"


def protocol(*steps):
    return "protocol:\n" + "".join(f"  - {step}\n" for step in steps)


def measure(keys=RANGE):
    return f"impedance: {{{keys}}}"


def states(output):
    with h5py.File(output.folder / "impedance.h5", "r") as file:
        return {name: file[name][()] for name in file}


class BadInput(Case):
    """Each is refused with its place before anything is written."""

    def refused(self, deck, *texts):
        output = self.run_deck(deck, status=1)
        for text in texts:
            self.assertIn(text, output.messages)
        self.assertFalse(output.folder.exists())

    def test_frequencies(self):
        deck = DISK + CAPACITOR
        line = deck.count("\n") + 2
        for keys, text in (("amplitude: 5 mV", "no frequencies"), ("frequencies: []", "no frequencies"), ("highest_frequency: 1 kHz", "no frequencies"),
                           ("highest_frequency: 1 Hz, lowest_frequency: 1 kHz", "1000 Hz is above highest_frequency"),
                           (f"frequencies: [1 Hz], {RANGE}", "either a list")):
            with self.subTest(keys):
                self.refused(deck + protocol(measure(keys)), text, f"out.yaml:{line}: ")
        for frequency in ("-1 Hz", "0 Hz", "1 V", "nan Hz"):
            with self.subTest(frequency):
                self.refused(deck + protocol(measure(f"frequencies: [{frequency}]")), f"out.yaml:{line}: protocol.0.impedance.frequencies")
        self.refused(deck + protocol(measure(f"{RANGE}, amplitude: 0 mV")), "amplitude")

    def test_nothing_stores_charge(self):
        self.refused(DISK + protocol(measure()), "nothing stores charge", "set capacitance.charge_transfer")
        self.refused(DISK + protocol(measure(RANGE + ", slow_states: live")), "nothing stores charge")
        self.refused(EVOLVING + protocol(measure()), "nothing stores charge")
        self.run_deck(EVOLVING + protocol(measure("highest_frequency: 1 Hz, lowest_frequency: 1 mHz, slow_states: live")), out="live")

    def test_capacitance_without_a_place(self):
        for key, name in (("se_transfer: 1 uF/cm2", "se_transfer"), ("sei_permittivity: 10", "sei_permittivity")):
            self.refused(DISK + f"capacitance: {{charge_transfer: 1 uF/cm2, {key}}}\n" + protocol(measure()), f"capacitance.{name}", "there is no")
        none = SERIES.replace("law: sinh, sinh: {exchange_current_density: 50 mA/cm2, inverse_scale: 19.5 1/V}", "law: none")
        self.refused(none + CAPACITOR + protocol(measure()), "capacitance.charge_transfer", "there is no charge transfer")
        grain = DISK.replace("conductivity: 1.65 mS/cm", "conductivity: 1.65 mS/cm, grain_conductivity: 3 mS/cm, grain_depth: 20 um")
        self.refused(grain + "capacitance: {electrolyte_permittivity: 10}\n" + protocol(measure()), "homogeneous electrolyte")

    def test_sweep(self):
        sweep = "cv: {{vertices: [-5 mV, 5 mV], rate: 1 mV/s, impedance: {{{}}}}}"
        self.refused(DISK + CAPACITOR + protocol(sweep.format(RANGE)), "without `at`")
        self.refused(DISK + CAPACITOR + protocol(sweep.format(f"at: [7 mV], {RANGE}")), "never reaches 0.007 V")
        self.refused(DISK + CAPACITOR + protocol(sweep.format("at: [3 mV]")), "no frequencies")

    def test_crack_does_not_answer(self):
        crack = EVOLVING + CAPACITOR + "crack: {shape: half_penny}\n"
        self.refused(crack + protocol(measure(RANGE + ", slow_states: live")), "a crack does not answer")


class Spectra(Case):
    def test_linear_disk(self):
        output = self.run_deck(DISK + CAPACITOR + protocol(measure("highest_frequency: 1 GHz, lowest_frequency: 1 mHz")))
        found = states(output)
        z = found["impedance"][0]
        self.assertEqual(z.shape, (121,))
        self.assertTrue(numpy.all(numpy.diff(found["frequency"][0]) < 0))
        self.assertEqual((found["frequency"][0, 0], found["frequency"][0, -1]), (1e9, 1e-3))
        self.assertLess(abs(z[0] / CONSTRICTION - 1), 2e-3)  # primary
        self.assertGreater(z[-1].real, CONSTRICTION + 1e-4 / AREA)  # secondary and interface
        self.assertLess(found["kramers_kronig_residual"][0], 1e-6)
        self.assertLess(found["spectrum_residual"][0], 1e-9)
        self.assertAlmostEqual(numpy.nansum(found["relaxation_resistance"][0]).real + found["infinite_resistance"][0], z[-1].real,
                               delta=1e-6 * z[-1].real)
        self.assertEqual(found["unstable_modes"][0], 0)
        parts = sum(found[name] for name in found if name.startswith("impedance_"))
        numpy.testing.assert_allclose(parts, found["impedance"], rtol=1e-12)
        # the table is the same numbers, and reads as the common readers read it
        table = numpy.genfromtxt(output.folder / "impedance" / "000001.csv", delimiter=",")
        numpy.testing.assert_array_equal(table[:, 0], found["frequency"][0])
        numpy.testing.assert_array_equal(table[:, 1] + 1j * table[:, 2], z)
        # currents of the rings add to the total
        current = (found["ring_admittance"][0] * found["ring_area"]).sum(axis=1)
        numpy.testing.assert_allclose(current, 1 / z, rtol=1e-10)

    def test_processes_in_series(self):
        """Uniform films on the whole area are RC elements of their own, whatever the constriction does."""
        found = states(self.run_deck(SERIES + SERIES_STORAGE + "sei: {thickness: 10 nm}\n"
                                     + protocol(measure("highest_frequency: 1 GHz, lowest_frequency: 1 Hz"))))
        times = found["relaxation_time"][0].real
        for resistance, capacitance in ((0.1e-4, 1e-2), (0.3e-4, 8.8541878128e-12 * 10 / 10e-9)):  # [ohm m^2], [F/m^2]
            self.assertLess(numpy.nanmin(abs(times / (resistance * capacitance) - 1)), 1e-2)
        self.assertLess(abs(found["impedance_sei_transport"][0][-1] / (0.3e-4 / AREA) - 1), 0.05)
        low = abs(found["impedance"][0][0])
        self.assertLess(low, 0.95 * CONSTRICTION)  # the electrolyte's displacement current shunts at 1 GHz

    def test_constant_phase(self):
        output = self.run_deck(DISK + CAPACITOR.replace("}", ", charge_transfer_exponent: 0.8}")
                               + protocol(measure("highest_frequency: 10 Hz, lowest_frequency: 1 mHz")))
        found = states(output)
        self.assertTrue(numpy.isnan(found["relaxation_time"]).all())
        self.assertIn("constant-phase", output.report["warnings"]["impedance_spectrum"])
        extra = 1 / found["impedance_charge_transfer"][0][0] - 1 / found["impedance_charge_transfer"][0][-1]
        self.assertAlmostEqual(numpy.angle(extra), 0.8 * numpy.pi / 2, delta=0.02)

    def test_after_a_skipped_step_the_potential_is_held(self):
        output = self.run_deck(EVOLVING + CAPACITOR + """protocol:
  - hold: {potential: 5 mV, duration: 1 s}
  - current: {current: 100 nA, duration: 5 s, until: {potential_above: 1 mV}, on_infeasible: skip}
  - impedance: {highest_frequency: 1 kHz, lowest_frequency: 1 Hz}
""")
        self.assertIn("skipped", output.reasons[1])
        self.assertEqual(list(states(output)["held_current"]), [0])

    def test_sweep_is_not_disturbed(self):
        """At the potentials asked for, in the order of the sweep, and a step between two others changes no bit."""
        sweep = "cv: {{vertices: [-5 mV, 5 mV], rate: 1 mV/s{}}}"
        output = self.run_deck(SERIES + SERIES_STORAGE + protocol(sweep.format(f", impedance: {{at: [-5 mV, -2 mV, 0 mV], {RANGE}}}")))
        numpy.testing.assert_allclose(states(output)["potential"], [-2e-3, -5e-3, -2e-3, 0, 0], atol=1e-12)
        numpy.testing.assert_allclose(states(output)["time"], [2, 5, 8, 10, 20], rtol=1e-9)
        steps = ("hold: {potential: 5 mV, duration: 10 s}", "rest: {duration: 10 s}")
        plain = self.run_deck(EVOLVING + CAPACITOR + protocol(*steps), out="plain")
        both = self.run_deck(EVOLVING + CAPACITOR + protocol(steps[0], measure(), steps[1], measure()), out="both")
        first, second = plain.history, both.history
        for name in first:
            if name != "protocol_step":
                numpy.testing.assert_array_equal(first[name], second[name], err_msg=name)
        self.assertEqual(both.reasons, ["completed"] * 4)
        found = states(both)
        numpy.testing.assert_array_equal(found["held_current"], [0, 1])
        numpy.testing.assert_array_equal(found["step"], [2, 4])

    def test_absent_it_leaves_no_trace(self):
        output = self.run_deck(EVOLVING + protocol("hold: {potential: 5 mV, duration: 1 s}"))
        self.assertEqual([path.name for path in output.folder.iterdir() if "impedance" in path.name], [])
        self.assertNotIn("impedance", output.report)
        for path in (output.folder / "checkpoint").iterdir():
            self.assertNotIn(b"impedance_states", path.read_bytes())


class Flags(Case):
    def test_disorder_is_sorted_and_said(self):
        output = self.run_deck(DISK + CAPACITOR + protocol(measure("frequencies: [10 Hz, 1 kHz, 100 Hz]")))
        numpy.testing.assert_array_equal(states(output)["frequency"][0], [1e3, 1e2, 1e1])
        self.assertIn("were sorted", output.messages)
        self.assertIn("were sorted", output.report["warnings"]["impedance_frequencies"])
        for ordered in ("[10 Hz, 100 Hz]", "[100 Hz, 10 Hz]"):
            output = self.run_deck(DISK + CAPACITOR + protocol(measure(f"frequencies: {ordered}")), "--force")
            numpy.testing.assert_array_equal(states(output)["frequency"][0], [1e2, 1e1])
            self.assertNotIn("sorted", output.messages)

    def test_drift(self):
        """A contact that is being lost: flagged with its drift where slow states answer, and only there."""
        keys = "highest_frequency: 1 kHz, lowest_frequency: 10 mHz"
        deck = EVOLVING + CAPACITOR
        output = self.run_deck(deck + protocol("hold: {potential: 20 mV, duration: 0.5 s}", measure(keys), measure(keys + ", slow_states: live")))
        found = states(output)
        notes = [text.decode().rstrip("\0") for text in found["notes"]]
        self.assertNotIn("not steady", notes[0])
        self.assertIn("not steady", notes[1])
        self.assertIn("not steady", output.report["warnings"]["impedance_drift"])
        rows, rings = output.history, output.interface
        self.assertGreater(found["drift"][1], 1e-3)
        self.assertEqual(found["drift_per_period"][1], found["drift"][1] / 0.01)
        self.assertTrue(rows and rings)

    def test_amplitude(self):
        deck = SERIES + SERIES_STORAGE
        quiet = self.run_deck(deck + protocol("hold: {potential: 20 mV, duration: 1 s}", measure(RANGE + ", amplitude: 1 mV")))
        self.assertNotIn("linear range", quiet.messages)
        loud = self.run_deck(deck + protocol("hold: {potential: 20 mV, duration: 1 s}", measure(RANGE + ", amplitude: 100 mV")), out="loud")
        self.assertIn("beyond the linear range", loud.messages)
        self.assertIn("second harmonic", loud.report["warnings"]["impedance_amplitude"])
        small, large = (states(output)["second_harmonic"][0] for output in (quiet, loud))
        self.assertGreater(large, 0.01)
        self.assertAlmostEqual(large / small / 100, 1, delta=0.5)  # proportional to the amplitude
        rest = states(self.run_deck(deck + protocol(measure(RANGE + ", amplitude: 100 mV")), out="rest"))
        self.assertLess(rest["second_harmonic"][0], 1e-6)  # odd laws at rest: only the third
        self.assertGreater(rest["third_harmonic"][0], 1e-3)


class Resolved(Case):
    """A resolved SEI, whose cells store charge."""

    BASE = (DISK.replace("kinetics: linear, linear: {resistance: 1 ohm cm2}",
                         "kinetics: series, charge_transfer: {law: linear, linear: {resistance: 0.2 ohm cm2}}, "
                         "se_transfer: {law: sinh, sinh: {exchange_current_density: 60 mA/cm2, inverse_scale: 25 1/V}, acts_on: whole_area}"
                         "@SEI@")
            + SERIES_STORAGE + "bulk: {solver: condensed, cache: none}\n")
    WIDE = "highest_frequency: 1 GHz, lowest_frequency: 1 Hz"

    def test_uniform_is_a_film(self):
        """One material of cells is the plate capacitor with its resistance: along 10 nm nothing flows sideways."""
        film = ", sei_transport: {law: film, film: {conductivity: 2e-6 S/cm}, acts_on: whole_area}"
        lumped = states(self.run_deck(self.BASE.replace("@SEI@", film) + "sei: {thickness: 10 nm}\n" + protocol(measure(self.WIDE)), out="lumped"))
        block = "sei: {thickness: 10 nm, resolved: true, block: {layers: 4, conductivity: 2e-6 S/cm}}\n"
        cells = states(self.run_deck(self.BASE.replace("@SEI@", "") + block + protocol(measure(self.WIDE)), out="cells"))
        for name in lumped:
            if name.startswith("impedance"):
                numpy.testing.assert_allclose(cells[name], lumped[name], atol=1e-5 * abs(lumped["impedance"]).max(), err_msg=name)

    def test_random_and_nonlinear(self):
        """Linearised at 40 mV: the slope of the current, the network of the spectrum, which is assembled on its own, and reciprocity."""
        block = ("sei: {thickness: 10 nm, resolved: true, block: {layers: 4, half_jump_distance: 5 nm, microstructure: random, random: {seed: 3}, "
                 "phases: {interphase_resistance: 1e-3 ohm cm2}}}\n")
        hold = "hold: {{potential: {} mV, duration: 1 s}}"
        output = self.run_deck(self.BASE.replace("@SEI@", "") + block + protocol(hold.format(39.99), hold.format(40.01), hold.format(40), measure(self.WIDE)))
        found, rows = states(output), output.history
        current = [rows["current"][rows["protocol_step"] == step][-1] for step in (1, 2)]
        self.assertAlmostEqual((current[1] - current[0]) / 2e-5 * found["impedance"][0][-1].real, 1, delta=1e-5)
        self.assertLess(found["spectrum_residual"][0], 1e-8)
        self.assertLess(found["kramers_kronig_residual"][0], 1e-6)
        parts = sum(found[name] for name in found if name.startswith("impedance_"))
        numpy.testing.assert_allclose(parts, found["impedance"], rtol=1e-11)


class Scripts(Case):
    """What people make of the numbers."""

    def script(self, name, *arguments, status=0):
        done = subprocess.run([str(ROOT / "scripts" / name), *map(str, arguments)], cwd=self.folder, text=True, capture_output=True, check=False,
                              env={**self.environment(), "LISEI": LISEI, "MPLCONFIGDIR": str(self.cache)})
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stdout + done.stderr * (status != 0)

    def test_too_few_frequencies_and_circuits_that_do_not_fit(self):
        storage = "capacitance: {charge_transfer: 10 uF/cm2, se_transfer: 0.05 uF/cm2}\n"
        self.run_deck(SERIES + storage + protocol(measure("frequencies: [1 kHz]")))
        self.assertIn("no distribution of relaxation times from 1 frequencies", self.script("plot", "out"))
        self.assertIn("this state has 1", self.script("impedance", "fit", "out", status=1))
        # one element for three processes that are decades apart
        self.run_deck(SERIES + storage + protocol(measure("highest_frequency: 1 GHz, lowest_frequency: 1 Hz")), "--force")
        said = self.script("impedance", "fit", "out", "--elements", "1")
        self.assertRegex(said, r"R\|\|C does not fit \(largest residual \d+ %\)")
        # many more elements than relaxations: some coincide
        self.assertIn("which is one relaxation", self.script("impedance", "fit", "out", "--elements", "6"))

    def test_figures_and_overlap(self):
        """Time constants far apart are told apart, equal ones are not, and the circuit that fits them is wrong."""
        two = SERIES.replace("sei_transport: {law: linear, linear: {resistance: 0.3 ohm cm2}, acts_on: whole_area}", "sei_transport: {law: none}")
        # R_ct = 1/(i0 beta) = 1.026 ohm cm2 beside 0.1 ohm cm2
        for capacitances, expected, absent in (("charge_transfer: 10 uF/cm2, se_transfer: 0.05 uF/cm2", "are told apart", "overlap"),
                                               ("charge_transfer: 1 uF/cm2, se_transfer: 10.26 uF/cm2", "overlap", "told apart")):
            storage = f"capacitance: {{{capacitances}}}\n"
            self.run_deck(two + storage + protocol(measure("highest_frequency: 1 GHz, lowest_frequency: 100 Hz")), "--force")
            said = self.script("plot", "out", "--format", "png", "--only", "impedance")
            self.assertIn(expected, said)
            self.assertNotIn(absent, said)
            for name in ("nyquist", "bode", "parts", "rings", "relaxation_001"):
                self.assertGreater((self.folder / "out" / "plots" / f"impedance_{name}.png").stat().st_size, 10000)
            row = next(line for line in self.script("impedance", "fit", "out").splitlines() if line.startswith("SE|SEI"))
            error = abs(float(row[40:].split()[1]))  # [%] of R||C; constriction alone makes ten of them
            self.assertTrue(error < 15 if absent == "overlap" else error > 50, row)

    def test_arrhenius(self):
        """The slopes of the exact parts are the energies of the deck; charge transfer less RT."""
        deck = self.write("series.yaml", f"include: {INPUTS}/impedance_temperature.yaml\ngrid: {{rings: 16}}\n")
        said = self.script("impedance", "temperature", deck, "--out", "series", "--steps", 3, "--from", 10, "--to", 40)
        slopes = {line.split("  ")[0]: float(line[28:40]) for line in said.splitlines()[1:5]}
        for name, expected in (("Li|SEI charge transfer", 0.60 - 8.617e-5 * 298), ("SEI", 0.50), ("SE|SEI transfer", 0.30), ("electrolyte (constriction)", 0.40)):
            self.assertAlmostEqual(slopes[name], expected, delta=4e-3)
        self.assertEqual(len((self.folder / "series" / "arrhenius.csv").read_text(encoding="utf-8").splitlines()), 4)


class Interrupted(Case):
    DECK = (EVOLVING + CAPACITOR + "time: {largest_step: 0.01 s}\noutput: {fields: none, checkpoint_every: 0.02 s}\n").replace(
        "time: {tolerance: 1e-6}\n", "").replace("output: {fields: none}\n", "")
    STEPS = protocol("repeat: {times: 20, steps: [{hold: {potential: 5 mV, duration: 1 s}}, {impedance: {" + RANGE + ", slow_states: live}}]}")

    def test_resume_to_the_bit(self):
        whole = self.run_deck(self.DECK + self.STEPS)
        part = self.folder / "part"
        process = self.start("run", self.folder / "out.yaml", "--out", part)
        self.wait_for_table(process, type(whole)(part), whole.table_size // 2)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 3)
        self.lisei("resume", part)
        self.assert_same_impedance(whole, type(whole)(part))
        self.assert_same_bits(whole, type(whole)(part))

    def test_killed(self):
        whole = self.run_deck(self.DECK + self.STEPS)
        part = self.folder / "part"
        process = self.start("run", self.folder / "out.yaml", "--out", part)
        self.wait_for_table(process, type(whole)(part), whole.table_size // 2)
        process.kill()
        process.wait()
        shutil.copy(part / "impedance" / "000001.csv", part / "impedance" / "000099.csv")  # a state that the checkpoint does not know
        self.lisei("resume", part)
        self.assertFalse((part / "impedance" / "000099.csv").exists())
        self.assert_same_impedance(whole, type(whole)(part))

    def assert_same_impedance(self, one, other):
        first, second = states(one), states(other)
        for name in first:
            numpy.testing.assert_array_equal(first[name], second[name], err_msg=name)
        names = sorted(path.name for path in (one.folder / "impedance").iterdir())
        self.assertEqual(names, [f"{k:06d}.csv" for k in range(1, 21)])
        self.assertEqual(names, sorted(path.name for path in (other.folder / "impedance").iterdir()))
        for name in names:
            self.assertEqual((one.folder / "impedance" / name).read_bytes(), (other.folder / "impedance" / name).read_bytes())


class Processes(Case):
    def test_operators_and_processes(self):
        deck = SERIES + SERIES_STORAGE + protocol("hold: {potential: 5 mV, duration: 1 s}", measure())
        reference = {}
        for solver in ("halfspace", "condensed", "field"):
            for ranks in (1, 2):
                output = self.run_deck(deck, "--set", f"bulk.solver={solver}", "--set", "bulk.cache=none", out=f"{solver}{ranks}", ranks=ranks)
                z = states(output)["impedance"][0]
                numpy.testing.assert_allclose(z, reference.setdefault(solver, z), rtol=1e-9)
        numpy.testing.assert_allclose(reference["field"], reference["condensed"], rtol=1e-9)
        numpy.testing.assert_allclose(reference["halfspace"], reference["condensed"], rtol=5e-3)  # 8 rings


if __name__ == "__main__":
    unittest.main()
