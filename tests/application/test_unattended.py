"""Runs that nobody watches: two at once in one folder, decks that change under a run, damaged results, job arrays."""
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from support import EVOLVING, HOLD, PATIENCE, ROOT, Case, Output, command

# Some thousand small steps: long enough to be met while it runs.
LONG = EVOLVING.replace("fields: none", "fields: none, checkpoint_every: 0.02 s, flush_every: 0.02 s").replace(
    "tolerance: 1e-6", "tolerance: 1e-6, largest_step: 1 ms") + "protocol:\n  - cv: {vertices: [-10 mV, 10 mV], rate: 10 mV/s}\n"


class Unattended(Case):
    def setUp(self):
        super().setUp()
        self.output = Output(self.folder / "out")

    def begin(self, size=20000, deck=LONG):
        """A run that is under way and has a checkpoint."""
        process = self.start("run", self.write("long.yaml", deck), "--out", "out")
        self.wait_for_table(process, self.output, size)
        deadline = time.monotonic() + PATIENCE
        while not list(self.output.folder.glob("checkpoint/*.h5")):
            self.assertIsNone(process.poll(), "the run ended before it had a checkpoint")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        return process

    def kill(self, process):
        process.kill()
        self.assertEqual(process.wait(), -signal.SIGKILL, "the run ended before it was killed")

    def contents(self):
        return {path: path.read_bytes() for path in sorted(self.output.folder.rglob("*")) if path.is_file()}


class OneAtATime(Unattended):
    LOCK = "lisei.lock"

    def test_second_process(self):
        whole = self.run_deck(LONG, out="whole")
        process = self.begin()
        process.send_signal(signal.SIGSTOP)  # so that it is there, whatever the others do
        lock = (self.output.folder / self.LOCK).read_text(encoding="utf-8")
        self.assertIn(f"host: {socket.gethostname()}\nprocess: {process.pid}\n", lock)
        self.assertRegex(lock, r"started: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n")
        before = self.contents()
        for arguments in (("resume", "out"), ("run", "long.yaml", "--out", "out", "--force")):
            done = self.lisei(*arguments, status=1)
            self.assertRegex(done.stderr, rf"'out' is in use by process {process.pid} on \S+, started \S+: one at a time can write there\n")
            self.assertEqual(self.contents(), before, arguments)
        self.lisei("resume", "out", ranks=2, status=1)
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 0, process.stdout.read())
        self.assert_same_bits(whole, self.output)
        self.assertFalse((self.output.folder / self.LOCK).exists())

    def test_two_resumes(self):
        whole = self.run_deck(LONG, out="whole")
        self.kill(self.begin())
        both = [self.start("resume", "out") for _ in range(2)]
        self.assertEqual(sorted(process.wait() for process in both), [0, 1])
        self.assert_same_bits(whole, self.output)

    def test_lock_of_a_dead_process(self):
        process = self.begin()
        self.kill(process)
        self.assertTrue((self.output.folder / self.LOCK).exists())
        done = self.lisei("resume", "out")
        self.assertRegex(done.stderr, rf"note: 'out' was left by process {process.pid}, started \S+, which has ended: taking it over")
        self.assertFalse((self.output.folder / self.LOCK).exists())

    def test_lock_of_another_computer(self):
        output = self.run_deck(EVOLVING + HOLD)
        text = "host: elsewhere\nprocess: 1\nticks: 5\nstarted: 2024-01-01T00:00:00Z\n"
        lock = self.write(f"out/{self.LOCK}", text + "attempt: 0\n")
        for arguments in (("resume", "out"), ("run", "out.yaml", "--out", "out", "--force")):
            done = self.lisei(*arguments, status=1)
            self.assertIn("'out' is in use by process 1 on elsewhere, started 2024-01-01T00:00:00Z", done.stderr)
            self.assertIn("if that process is no longer there, remove 'out/lisei.lock' and try again", done.stderr)
            self.assertTrue(lock.exists())
        lock.unlink()
        self.lisei("resume", "out")
        self.assertEqual(output.reasons, ["completed"])

    def test_next_attempt_of_the_same_job(self):
        """Slurm runs a job once at a time: when it is queued again, the computer of the attempt before is out of it."""
        self.run_deck(EVOLVING + HOLD)
        lock = f"out/{self.LOCK}"
        text = "host: elsewhere\nprocess: 1\nticks: 5\nstarted: 2024-01-01T00:00:00Z\njob: 77\nattempt: 0\n"
        for job, attempt, status in (("78", "1", 1), ("77", "0", 1), ("77", "1", 0)):
            self.write(lock, text)
            env = {**self.environment(), "SLURM_JOB_ID": job, "SLURM_RESTART_COUNT": attempt}
            done = subprocess.run(command("resume", "out"), cwd=self.folder, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn("taking it over", done.stderr)

    def test_lock_that_says_nothing(self):
        """Its maker died before it wrote."""
        self.run_deck(EVOLVING + HOLD)
        self.write(f"out/{self.LOCK}", "")
        self.lisei("resume", "out")
        self.assertFalse((self.output.folder / self.LOCK).exists())


if __name__ == "__main__":
    unittest.main()
