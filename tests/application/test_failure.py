"""A run that cannot go on: exit status 2, a message with time, step, ring and overpotential, the state saved, nothing made up."""
import resource
import signal
import subprocess
import unittest

import numpy

from support import EVOLVING, INPUTS, PATIENCE, Case, Output, command

# Steps may not become as short as the contact law needs them.
HARD = f"""\
include: {INPUTS}/electrode.yaml
grid: {{rings: 8}}
time: {{tolerance: 1e-8, first_step: 1 s, smallest_step: 0.5 s}}
output: {{fields: none}}
protocol:
  - hold: {{potential: 1 mV, duration: 5 s}}
  - cv: {{vertices: [-10 mV, 10 mV], rate: 2 mV/s}}
"""


class NumericalFailure(Case):
    def test_time_step_too_short(self):
        output = self.run_deck(HARD, status=2)
        self.assertRegex(output.messages, r"FAILED: The time step fell below time\.smallest_step \(error control\) at t = [\d.e+-]+ s "
                                          r"\(accepted step \d+, protocol step \d, dt = [\d.e+-]+ s\): V = [-\d.e+]+ mV, worst ring \d of 8 "
                                          r"with i = [-\d.e+]+ mA/cm2 and interface overpotential [-\d.e+]+ mV")
        report = output.report
        self.assertEqual(report["exit"]["status"], 2)
        self.assertIn("time.smallest_step", report["exit"]["reason"])
        self.assertEqual(report["steps"][-1]["reason"], "failed")
        self.assertGreater(report["counts"]["rejected"], 0)

    def test_state_is_saved_and_the_history_is_whole(self):
        output = self.run_deck(HARD, status=2)
        self.assertEqual(len(list(output.folder.glob("checkpoint/*.h5"))), 1)
        history = output.history
        self.assertEqual(history["step"][-1], output.report["counts"]["steps"])
        self.assertTrue(all(numpy.all(numpy.isfinite(values)) for values in history.values()))
        self.assertIn("FAILED: The time step fell below", self.lisei("resume", "out", status=2).stderr)
        numpy.testing.assert_array_equal(output.history["time"], history["time"])

    def test_failed_run_goes_on_when_it_may(self):
        """The user allows shorter steps and resumes."""
        output = self.run_deck(HARD, status=2)
        self.lisei("resume", "out", "--set", "time.smallest_step=1e-9 s")
        self.assertEqual(output.reasons, ["completed", "completed"])

    def test_same_on_several_processes(self):
        one = self.run_deck(HARD, status=2)
        self.write("deck.yaml", HARD)
        done = self.lisei("run", "deck.yaml", "--out", "two", ranks=2, status=2)
        self.assertEqual(done.stderr.count("FAILED: The time step fell below"), 1)
        self.assertIn(one.messages.split("\n")[0], done.stderr)

    def test_newton_that_cannot_converge(self):
        """A step of a whole sweep to a stiff contact law at an unreachable accuracy of Newton's method."""
        text = EVOLVING.replace("law: first_order", "law: first_order, first_order: {loss_coefficient: 1e5 cm2/(mA s)}")
        text = text.replace("time: {tolerance: 1e-6}", "time: {tolerance: 1e-10, newton_tolerance: 1e-12, smallest_step: 1e-3 s}")
        output = self.run_deck(text + "protocol:\n  - hold: {potential: 1 V, duration: 10 s}\n", status=2)
        self.assertRegex(output.messages, r"FAILED: (Newton's method did not converge|The time step fell below)[^\n]* at t = [^\n]*worst ring \d of 8")


class FullDisk(Case):
    """A limit on the size of files stands for a disk that fills up while the job runs."""

    DECK = HARD.replace("tolerance: 1e-8, first_step: 1 s, smallest_step: 0.5 s", "tolerance: 1e-6")
    DECK = DECK.replace("fields: none", "fields: none, checkpoint_every: 0.01 s, flush_every: 0.01 s").replace("duration: 5 s", "duration: 5 s}\n  - cv: {vertices: [-10 mV, 10 mV], rate: 0.2 mV/s, cycles: 2")

    def run_with_limit(self, size):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        self.write("deck.yaml", self.DECK)
        return subprocess.run(command("run", "deck.yaml", "--out", "out"), cwd=self.folder, env=self.environment(), preexec_fn=limit,
                              restore_signals=False, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def test_message_and_resume(self):
        whole = self.run_deck(self.DECK, out="whole")
        done = self.run_with_limit(int(0.7 * (whole.folder / "history.h5").stat().st_size))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"lisei: error: cannot write out/(history\.(h5|csv)|checkpoint/\S+): File too large")
        self.lisei("resume", "out")
        self.assert_same_bits(whole, Output(self.folder / "out"))


if __name__ == "__main__":
    unittest.main()
