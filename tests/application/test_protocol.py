"""The kinds of protocol steps, their ends with the recorded reason, and what happens when an end is infeasible."""
import unittest

import numpy

from support import DISK, EVOLVING, Case, rows_of_step

STRIP = "  - hold: {potential: 20 mV, duration: 100 s}\n"  # leaves a contact that heals afterwards


def protocol(*steps):
    return "protocol:\n" + "".join(step if step.endswith("\n") else f"  - {step}\n" for step in steps)


class Kinds(Case):
    def test_cv_hits_its_vertices_exactly(self):
        history = self.run_deck(EVOLVING + protocol("cv: {start: 1 mV, vertices: [-3 mV, 5 mV], rate: 0.3 mV/s, cycles: 3}")).history
        rate, targets = 0.3e-3, [-0.003, 0.005, 0.001] * 3
        at, potential = 0.0, 0.001
        for number, target in enumerate(targets):
            if number == 1:
                self.assertEqual(history["cycle"][history["time"] == at][0], 1)
            at += abs(target - potential) / rate
            potential = target
            found = numpy.flatnonzero((history["potential"] == target) & (numpy.abs(history["time"] - at) < 1e-9 * at))
            self.assertEqual(found.size, 1, f"vertex {number}: {target} V at {at} s")
        self.assertEqual(set(history["cycle"]), {1.0, 2.0, 3.0})
        self.assertAlmostEqual(history["time"][-1], 3 * 16 / 0.3, places=9)
        self.assertTrue(numpy.all(numpy.diff(history["time"]) > 0))

    def test_cv_follows_straight_lines(self):
        history = self.run_deck(EVOLVING + protocol("cv: {vertices: [-3 mV, 5 mV], rate: 1 mV/s, cycles: 2}")).history
        expected = numpy.interp(history["time"] % 16, [0, 3, 11, 16], [0, -0.003, 0.005, 0])
        numpy.testing.assert_allclose(history["potential"], expected, atol=1e-15)

    def test_cv_with_one_and_with_many_vertices(self):
        potential = self.run_deck(DISK + protocol("cv: {vertices: [4 mV], rate: 1 mV/s}"), out="one").history["potential"]
        self.assertEqual((potential.min(), potential.max(), potential[-1]), (0.0, 0.004, 0.0))
        potential = self.run_deck(DISK + protocol("cv: {vertices: [4 mV, 1 mV, 3 mV, -2 mV], rate: 1 mV/s}"), out="many").history["potential"]
        turns = potential[1:-1][numpy.diff(numpy.sign(numpy.diff(potential))) != 0]
        self.assertEqual(list(turns), [0.004, 0.001, 0.003, -0.002])

    def test_current(self):
        history = self.run_deck(EVOLVING + protocol("current: {current: -3 nA, duration: 20 s}")).history
        numpy.testing.assert_allclose(history["current"], -3e-9, rtol=1e-9)
        self.assertEqual(history["time"][-1], 20.0)
        self.assertAlmostEqual(history["charge"][-1], -60e-9, delta=60e-9 * 1e-10)

    def test_rest(self):
        history = self.run_deck(EVOLVING + protocol(STRIP, "rest: {duration: 10 s}")).history
        rest = rows_of_step(history, 2)
        self.assertLess(numpy.abs(rest["current"]).max(), 1e-12 * history["current"].max())
        self.assertLess(abs(rest["potential"][-1]), 1e-12)
        self.assertGreater(rest["contact_fraction"][-1], rest["contact_fraction"][0])

    def test_hold_keeps_its_potential_to_the_bit(self):
        history = self.run_deck(EVOLVING + protocol("hold: {potential: 3 mV, duration: 7 s}")).history
        self.assertEqual(set(history["potential"]), {0.003})
        self.assertEqual(history["time"][-1], 7.0)

    def test_repeat(self):
        deck = EVOLVING + protocol("hold: {potential: 1 mV, duration: 1 s}", """\
  - repeat:
      times: 2
      steps:
        - repeat:
            times: 3
            steps:
              - hold: {potential: 2 mV, duration: 1 s}
              - rest: {duration: 1 s}
        - current: {current: -1 nA, duration: 2 s}
""")
        output = self.run_deck(deck)
        kinds = [step["kind"] for step in output.report["steps"]]
        self.assertEqual(kinds, ["hold"] + 2 * (3 * ["hold", "rest"] + ["current"]))
        history = output.history
        self.assertEqual(history["time"][-1], 1 + 2 * (3 * 2 + 2))
        cycles = [rows_of_step(history, number + 1)["cycle"][-1] for number in range(len(kinds))]
        self.assertEqual(cycles, [1, 1, 1, 2, 2, 3, 3, 1, 1, 1, 2, 2, 3, 3, 2])


class WithoutMemory(Case):
    """A cell in which nothing evolves: a constant control is one step, exact in current and charge."""

    SINH = DISK.replace("{kinetics: linear, linear: {resistance: 1 ohm cm2}}",
                        "{kinetics: sinh, sinh: {exchange_current_density: 17.5 mA/cm2, inverse_scale: 100 1/V}}")
    HOLDS = [f"hold: {{potential: {v} mV, duration: 3 s}}" for v in (1, -7, 20)]

    def test_constant_control_is_one_step(self):
        output = self.run_deck(self.SINH + protocol(*self.HOLDS, "current: {current: 2 nA, duration: 1 h}"))
        history = output.history
        self.assertEqual(list(history["dt"]), [0.0, 3.0] * 3 + [0.0, 3600.0])
        self.assertLessEqual(output.report["counts"]["newton_iterations"], 4 * 3)
        charge = numpy.cumsum(history["dt"] * history["current"])
        numpy.testing.assert_allclose(history["charge"], charge, rtol=0.0, atol=1e-13 * numpy.abs(charge).max())
        small = self.run_deck(self.SINH + protocol(*self.HOLDS, "current: {current: 2 nA, duration: 1 h}"), "--set", "time.largest_step=0.1 s",
                              out="small").history
        for number in range(1, 5):
            one, many = rows_of_step(history, number), rows_of_step(small, number)
            self.assertGreater(len(many["time"]), 30)
            for name in ("potential", "current", "charge", "eta_interface", "lithium_volume"):
                numpy.testing.assert_allclose(one[name][-1], many[name][-1], rtol=1e-11, err_msg=name)

    def test_what_else_asks_for_steps_gets_them(self):
        deck = self.SINH + protocol(self.HOLDS[0])
        saved = self.run_deck(deck, "--set", "output.fields=interval", "--set", "output.fields_interval=1 s", out="saved")
        self.assertEqual(list(saved.history["time"]), [0.0, 1.0, 2.0, 3.0])
        self.assertEqual(self.run_deck(deck, "--set", "time.first_step=0.1 s", out="first").history["dt"][1], 0.1)
        ended = self.run_deck(self.SINH + protocol("hold: {potential: 5 mV, duration: 1 h, until: {charge: 10 nC}}"), out="ended")
        self.assertEqual(ended.reasons, ["charge"])
        self.assertAlmostEqual(ended.history["charge"][-1], 1e-8, delta=1e-14)

    def test_memory_is_noticed(self):
        growing = "{conductivity: 1.65 mS/cm}\nsei: {growth: wagner}\ndeposit: {contact_growth_exponent: 0.5}"
        for deck in (EVOLVING, self.SINH.replace("{conductivity: 1.65 mS/cm}", growing)):
            history = self.run_deck(deck + protocol("hold: {potential: -5 mV, duration: 100 s}"), "--force").history
            self.assertGreater(len(history["time"]), 5)

    def test_sweeps_are_drawn_as_before(self):
        """Straight lines between the rows are right to the accuracy that the curve is promised, against twenty times as many."""
        sweep = protocol("hold: {potential: -20 mV, duration: 5 s}", "cv: {start: -20 mV, vertices: [20 mV], rate: 1 mV/s}")
        drawn = self.run_deck(self.SINH + sweep).history
        exact = rows_of_step(self.run_deck(self.SINH + sweep, "--set", "time.largest_step=0.05 s", out="exact").history, 2)
        error = numpy.abs(numpy.interp(exact["time"], drawn["time"], drawn["current"]) - exact["current"])
        self.assertLess(error.max(), 2e-3 * numpy.abs(exact["current"]).max())


class Waveforms(Case):
    def wave(self, csv, options="", text=EVOLVING):
        self.write("wave.csv", csv)
        return self.run_deck(text + protocol(f"waveform: {{file: wave.csv{options}}}")).history

    def test_potential_in_straight_lines(self):
        rows = [(0.0, 0.0), (1.5, 4.0), (2.0, -3.0), (7.25, -3.0), (8.0, 1.0)]
        history = self.wave("# a comment\ntime [s],potential [mV]\n" + "".join(f"{t},{v}\n" for t, v in rows))
        times, values = zip(*rows)
        numpy.testing.assert_allclose(history["potential"], numpy.interp(history["time"], times, values) * 1e-3, atol=1e-15)
        for time, value in rows:
            self.assertEqual(history["potential"][history["time"] == time][-1], value * 1e-3, f"row at {time} s")

    def test_potential_in_steps(self):
        history = self.wave("0,0.001\n1,-0.002\n2.5,0.003\n4,0\n", ", interpolation: step")
        for start, end, value in ((0, 1, 0.001), (1, 2.5, -0.002), (2.5, 4, 0.003)):
            inside = (history["time"] > start) & (history["time"] < end)
            self.assertGreater(inside.sum(), 0)
            self.assertEqual(set(history["potential"][inside]), {value})
        self.assertEqual(history["time"][-1], 4.0)

    def test_current_in_straight_lines(self):
        rows = [(0.0, 1.0), (10.0, 3.0), (20.0, -2.0)]
        history = self.wave("minutes [min],current [nA]\n" + "".join(f"{t / 60!r},{i}\n" for t, i in rows), ", control: current")
        times, values = zip(*rows)
        numpy.testing.assert_allclose(history["current"], numpy.interp(history["time"], times, values) * 1e-9, atol=3e-9 * 1e-9)
        self.assertAlmostEqual(history["charge"][-1], (20e-9 + 5e-9), delta=25e-9 * 1e-9)

    def test_current_in_steps(self):
        history = self.wave("0,1e-9\n5,-2e-9\n9,0\n", ", control: current, interpolation: step")
        self.assertAlmostEqual(history["charge"][-1], 5e-9 - 8e-9, delta=8e-9 * 1e-10)

    def test_times_count_from_the_first_row(self):
        history = self.wave("100,0\n102,0.001\n", text=DISK)
        self.assertEqual((history["time"][-1], history["potential"][-1]), (2.0, 0.001))


class Ends(Case):
    """Each end is met by a step whose control does not prescribe the quantity."""

    def end(self, column, threshold, reason, *steps, magnitude=False):
        output = self.run_deck(EVOLVING + protocol(*steps))
        history, step = output.history, output.report["steps"][-1]
        last = history[column][-1] - (history[column][history["protocol_step"] < len(steps)][-1] if column == "charge" and len(steps) > 1 else 0.0)
        self.assertEqual(step["reason"], reason)
        self.assertEqual(step["end_time"], history["time"][-1])
        self.assertLess(abs((abs(last) if magnitude else last) / threshold - 1.0), 1e-6, f"{column} {last} against {threshold}")
        return output

    def test_time(self):
        output = self.run_deck(EVOLVING + protocol("hold: {potential: 10 mV, duration: 12.5 s, until: {contact_fraction_below: 0.01}}"))
        self.assertEqual(output.reasons, ["completed"])
        self.assertEqual(output.history["time"][-1], 12.5)

    def test_potential_above(self):
        self.end("potential", 0.004, "potential_above", "current: {current: 2 nA, until: {potential_above: 4 mV}}")

    def test_potential_below(self):
        self.end("potential", 0.001, "potential_below", STRIP, "current: {current: 0.2 nA, until: {potential_below: 1 mV}}")

    def test_potential_in_a_sweep(self):
        output = self.end("potential", 0.0037, "potential_above", "cv: {vertices: [-1 mV, 9 mV], rate: 1 mV/s, until: {potential_above: 3.7 mV}}")
        self.assertAlmostEqual(output.history["time"][-1], 1 + 4.7, delta=5.7e-6)

    def test_charge(self):
        self.end("charge", 30e-9, "charge", "hold: {potential: 10 mV, until: {charge: 30 nC}}")

    def test_charge_counts_from_the_start_of_the_step(self):
        self.end("charge", 30e-9, "charge", STRIP, "hold: {potential: -10 mV, until: {charge: 30 nC}}", magnitude=True)

    def test_current_below(self):
        self.end("current", 3e-9, "current_below", "hold: {potential: 10 mV, until: {current_below: 3 nA}}")

    def test_current_above(self):
        self.end("current", 4e-9, "current_above", STRIP, "hold: {potential: -10 mV, until: {current_above: 4 nA}}", magnitude=True)

    def test_contact_fraction_below(self):
        self.end("contact_fraction", 0.5, "contact_fraction_below", "hold: {potential: 10 mV, until: {contact_fraction_below: 0.5}}")

    def test_contact_fraction_above(self):
        self.end("contact_fraction", 0.6, "contact_fraction_above", STRIP, "rest: {duration: 1 h, until: {contact_fraction_above: 0.6}}")

    def test_analytic_time_of_an_end(self):
        """At rest the contact heals as 1 - theta = (1 - theta_0) exp(-k_h t)."""
        text = EVOLVING.replace("law: first_order", "law: first_order, first_order: {initial_contact_fraction: 0.2, healing_rate: 0.01 s-1}")
        output = self.run_deck(text + protocol("rest: {duration: 1 h, until: {contact_fraction_above: 0.7}}"))
        self.assertAlmostEqual(output.history["time"][-1] / (100 * numpy.log(0.8 / 0.3)), 1.0, delta=1e-5)

    def test_first_of_several_ends(self):
        output = self.end("charge", 10e-9, "charge", "hold: {potential: 10 mV, duration: 100 s, until: {charge: 10 nC, current_below: 3 nA, contact_fraction_below: 0.5}}")
        self.assertGreater(output.history["contact_fraction"][-1], 0.5)
        self.assertGreater(output.history["current"][-1], 3e-9)

    def test_each_repetition_ends_by_itself(self):
        output = self.run_deck(EVOLVING + protocol("repeat: {times: 3, steps: [{hold: {potential: 10 mV, until: {contact_fraction_below: 0.6}}}, {rest: {duration: 50 s}}]}"))
        self.assertEqual(output.reasons, 3 * ["contact_fraction_below", "completed"])

    def test_the_next_step_starts_where_the_end_was(self):
        output = self.run_deck(EVOLVING + protocol("hold: {potential: 10 mV, until: {charge: 10 nC}}", "hold: {potential: -5 mV, duration: 2 s}"))
        first, second = output.report["steps"]
        self.assertEqual(first["end_time"], second["start_time"])
        history = output.history
        self.assertEqual(rows_of_step(history, 2)["time"][0], rows_of_step(history, 1)["time"][-1])
        self.assertAlmostEqual(history["time"][-1], first["end_time"] + 2.0, places=12)


class Infeasible(Case):
    MET = "current: {{current: 2 nA, duration: 5 s, {}until: {{potential_above: 0.1 mV}}}}"
    AFTER = "hold: {potential: 1 mV, duration: 1 s}"

    def test_error_is_the_default(self):
        output = self.run_deck(EVOLVING + protocol(self.AFTER, self.MET.format("")), status=2)
        self.assertIn("out.yaml:9: current: the end `potential_above` is already met when protocol step 2 starts at t = 1 s", output.messages)
        self.assertEqual(output.reasons, ["completed", "failed"])
        self.assertIn("potential_above", output.report["exit"]["reason"])

    def test_error_stays_one_after_a_resume(self):
        self.run_deck(EVOLVING + protocol(self.MET.format(""), self.AFTER), status=2)
        self.assertIn("is already met", self.lisei("resume", "out", status=2).stderr)

    def test_stop(self):
        output = self.run_deck(EVOLVING + protocol(self.AFTER, self.MET.format("on_infeasible: stop, "), self.AFTER))
        self.assertEqual(output.reasons, ["completed", "stopped: an end was already met"])
        self.assertEqual(output.history["time"][-1], 1.0)
        before = output.history
        self.lisei("resume", "out")
        self.assertEqual(output.reasons, ["completed", "stopped: an end was already met"])
        numpy.testing.assert_array_equal(output.history["time"], before["time"])

    def test_skip(self):
        output = self.run_deck(EVOLVING + protocol(self.AFTER, self.MET.format("on_infeasible: skip, "), self.AFTER))
        self.assertEqual(output.reasons, ["completed", "skipped: an end was already met", "completed"])
        self.assertEqual(output.history["time"][-1], 2.0)

    def test_end_that_is_never_reached(self):
        """A contact at its equilibrium: nothing changes any more, so an end without a duration cannot be met."""
        step = "hold: {{potential: -5 mV, {}until: {{contact_fraction_below: 0.5}}}}"
        output = self.run_deck(EVOLVING + protocol(step.format("")), out="error", status=2)
        self.assertIn("its end cannot be met: nothing changes any more", output.messages)
        for choice, reasons in (("stop", 1), ("skip", 2)):
            output = self.run_deck(EVOLVING + protocol(step.format(f"on_infeasible: {choice}, "), self.AFTER), out=choice)
            self.assertEqual(output.reasons, ["nothing changes any more: the end cannot be met", "completed"][:reasons])

    def test_control_that_never_reaches_the_end(self):
        """With skip, a step that cannot meet its end still runs to its own end."""
        output = self.run_deck(EVOLVING + protocol("hold: {potential: 1 mV, duration: 2 s, on_infeasible: skip, until: {potential_above: 3 mV}}"))
        self.assertEqual(output.reasons, ["completed"])


if __name__ == "__main__":
    unittest.main()
