"""Runs that nobody watches: two at once in one folder, decks that change under a run, damaged results, job arrays."""
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy

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


class ChangedDeck(Unattended):
    """What a run was made from is kept with its states."""

    STOP = ("--set", "output.wall_time_limit=1e-9 s")
    GO = ("--set", "output.wall_time_limit=0 s")

    def edit(self, old, new):
        path = self.output.folder / "deck.yaml"
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, text)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def refuse(self, *messages, arguments=()):
        before = self.contents()
        done = self.lisei("resume", "out", *arguments, status=1)
        for text in messages:
            self.assertRegex(done.stderr, text)
        self.assertIn(f"\n{len(messages)} error{'s' if len(messages) > 1 else ''}\n", "\n" + done.stderr)
        self.assertEqual(self.contents(), before)

    def test_every_changed_key_is_named(self):
        self.run_deck(EVOLVING + HOLD, *self.STOP, status=3)
        self.edit("resistance: 1 ohm cm2", "resistance: 2 ohm cm2")
        self.edit("duration: 1 s", "duration: 3 s")
        self.edit("kinetics: linear", "kinetics: linear\n  # a comment is no change")
        advice = ": put it back, or say that it is meant with `lisei resume DIR --set key=value`"
        resistance = rf"out/deck.yaml:\d+: interface.linear.resistance: 2 ohm cm2, but 1 ohm cm2 in the run{advice}"
        duration = rf"out/deck.yaml:\d+: protocol.0.hold.duration: 3 s, but 1 s in the run{advice}"
        self.refuse(resistance, duration)
        self.refuse(duration, arguments=("--set", "interface.linear.resistance=2 ohm cm2"))

    def test_other_spelling_is_no_change(self):
        whole = self.run_deck(EVOLVING + HOLD, out="whole")
        self.run_deck(EVOLVING + HOLD, *self.STOP, status=3)
        self.edit("duration: 1 s", "duration: 1000 ms")
        self.edit("wall_time_limit: 1e-9 s", "wall_time_limit: 0 s")
        self.lisei("resume", "out", *self.GO)
        self.assert_same_bits(whole, self.output)

    def test_named_change_holds_from_then_on(self):
        """The state stays, what comes after is of the new deck; the next resume needs no --set."""
        deck = EVOLVING + "protocol:\n  - hold: {potential: 10 mV, duration: 1 s}\n  - hold: {potential: 5 mV, duration: 1 s}\n"
        process = self.begin(5000, deck.replace("1e-6", "1e-6, largest_step: 0.1 ms").replace("fields: none", "fields: none, checkpoint_every: 1 ms"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 3)
        self.lisei("resume", "out", *self.STOP, "--set", "protocol.1.hold.potential=7 mV", "--set", "time.largest_step=1 ms", status=3)
        text = (self.output.folder / "deck.yaml").read_text(encoding="utf-8")
        self.assertIn("potential: 7 mV", text)
        self.lisei("resume", "out", *self.GO)
        history = self.output.history
        self.assertEqual(history["potential"][-1], 0.007)
        self.assertEqual(history["time"][-1], 2.0)
        self.assertEqual(history["potential"][0], 0.01)
        self.assertLess(history["dt"][3], 1.1e-4)
        self.assertGreater(history["dt"].max(), 0.9e-3)

    def test_what_a_state_consists_of_stays(self):
        self.run_deck(EVOLVING + HOLD, *self.STOP, status=3)
        for key, value in (("grid.rings", "16"), ("grid.layers", "20"), ("contact.law", "none"), ("contact.diameter", "5 um")):
            self.refuse(rf"--set: {key}: .* but .* in the run: it cannot change under a run", arguments=("--set", f"{key}={value}"))

    def test_what_is_done_stays(self):
        deck = EVOLVING + "protocol:\n  - cv: {vertices: [5 mV], rate: 10 mV/s, cycles: 2}\n  - hold: {potential: 1 mV, duration: 1 s}\n"
        self.run_deck(deck, *self.STOP, status=3)
        self.refuse(r"protocol: the run stands in protocol step 1 at t = \S+ s, to which the protocol of this deck does not lead",
                    arguments=("--set", "protocol.0.cv.rate=20 mV/s"))
        self.lisei("resume", "out", *self.GO, "--set", "protocol.0.cv.cycles=3", "--set", "protocol.1.hold.duration=2 s")
        self.assertEqual(self.output.history["cycle"].max(), 3.0)
        self.assertEqual(self.output.history["time"][-1], 5.0)
        self.refuse("the run in 'out' is finished, --set cannot change it any more", arguments=("--set", "protocol.1.hold.duration=3 s"))

    def test_waveform(self):
        """The folder has its own copy; a change of either the copy or the deck is noticed."""
        rows = "time [ms],current [nA]\n" + "".join(f"{100 * k},{(k % 7) / 3}\n" for k in range(20))
        wave = self.write("wave.csv", rows)
        deck = EVOLVING + "protocol:\n  - waveform: {file: wave.csv, control: current}\n"
        whole = self.run_deck(deck, out="whole")
        self.run_deck(deck, *self.STOP, status=3)
        wave.unlink()
        copy = self.output.folder / "deck.waveform-1.csv"
        self.assertIn("file: deck.waveform-1.csv\n", (self.output.folder / "deck.yaml").read_text(encoding="utf-8"))
        text = copy.read_text(encoding="utf-8")
        copy.write_text(text.replace("0.10000000000000001,3.33", "0.10000000000000001,4.33"), encoding="utf-8")
        self.assertNotEqual(copy.read_text(encoding="utf-8"), text)
        self.refuse(r"out/deck.yaml:\d+: protocol.0.waveform.file: the file holds other numbers")
        copy.write_text(text, encoding="utf-8")
        moved = self.output.folder.rename(self.folder / "moved")
        self.lisei("resume", "moved", *self.GO)
        self.assert_same_bits(whole, Output(moved))

    def test_against(self):
        self.run_deck(EVOLVING + HOLD, "--set", "needle.pressure=0.5 MPa")
        deck = self.folder / "out.yaml"
        self.lisei("check", deck, "--against", "out", "--set", "needle.pressure=500 kPa")
        done = self.lisei("check", deck, "--against", "out", "--set", "needle.pressure=0.6 MPa", status=1)
        self.assertIn("--set: needle.pressure: 0.6 MPa, but 0.5 MPa in the run\n", done.stderr)
        self.assertIn("needle.pressure: 0.352 MPa, but 0.5 MPa in the run\n", self.lisei("check", deck, "--against", "out", status=1).stderr)
        self.assertIn("'nowhere' has no readable checkpoint to compare with", self.lisei("check", deck, "--against", "nowhere", status=1).stderr)


class DamagedHistory(Unattended):
    """A resumed run never builds on rows that are not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        cls.addClassCleanup(folder.cleanup)
        cls.killed = pathlib.Path(folder.name) / "out"

    def setUp(self):
        super().setUp()
        if not self.killed.exists():  # one run for all tests
            process = self.begin(600000)
            self.kill(process)
            shutil.copytree(self.output.folder, self.killed)
            shutil.rmtree(self.output.folder)
        shutil.copytree(self.killed, self.output.folder)
        self.file = self.output.folder / "history.h5"

    def refuse(self, reason):
        before = {path: data for path, data in self.contents().items() if path.name not in ("history.h5", "lisei.lock")}
        done = self.lisei("resume", "out", status=1)  # the lock of the killed run, and the mark of its writer, go
        self.assertRegex(done.stderr, reason)
        self.assertIn("The run cannot continue without them: put a copy of the file back", done.stderr)
        self.assertEqual({path: data for path, data in self.contents().items() if path.name not in ("history.h5", "lisei.lock")}, before)

    def test_end_that_was_lost(self):
        data = self.file.read_bytes()
        for lost in (4000, 20000, 60000, 100000, len(data) - 4000, len(data) - 40):
            with self.subTest(lost=lost):
                self.file.write_bytes(data[:-lost])
                self.refuse(rf"out/history.h5 (has {len(data) - lost} bytes, but \d+ were written: its end was lost|does not begin as)")
        self.file.write_bytes(data)
        self.lisei("resume", "out")

    def test_lost_file(self):
        self.file.unlink()
        self.refuse("out/history.h5: No such file or directory")

    def test_rows_that_were_changed(self):
        whole = self.run_deck(LONG, out="whole")
        with self.output.open() as file:
            value = file["history/current"][100]
            ring = file["interface/overpotential"][50, 3]
        data = self.file.read_bytes()
        for number in (value, ring):
            bits = struct.pack("<d", number)
            self.assertIn(bits, data)
            self.file.write_bytes(data.replace(bits, struct.pack("<d", number * (1 + 1e-15)), 1))
            self.refuse(r"the first \d+ rows of out/history.h5 are not those that were written")
        self.file.write_bytes(data)
        self.lisei("resume", "out")
        self.assert_same_bits(whole, self.output)

    def test_table_is_restored(self):
        """history.csv has nothing that history.h5 has not."""
        whole = self.run_deck(LONG, out="whole")
        table = self.output.folder / "history.csv"
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[4 + 50] = lines[4 + 50].replace("0.", "0\x00", 1)
        table.write_text("".join(lines), encoding="utf-8")
        done = self.lisei("resume", "out")
        self.assertIn("note: row 51 of out/history.csv is not the one that was written; it and the rows after it are restored from history.h5", done.stderr)
        self.assert_same_bits(whole, self.output)

    def test_crafted_position(self):
        """An index in a checkpoint, though its checksum is right, leads nowhere outside the protocol."""
        for path in self.output.folder.glob("checkpoint/*.h5"):
            with h5py.File(path, "r+") as file:
                values = file["position"][:]
                values[1] = 1e9  # the segment
                sum_ = 14695981039346656037
                for bits in struct.unpack(f"<{values.size}Q", values.tobytes()):
                    sum_ = ((sum_ ^ bits) * 1099511628211) % 2**64
                    sum_ ^= sum_ >> 32
                file["position"][:] = values
                file["position"].attrs.modify("checksum", numpy.uint64(sum_))
        done = self.lisei("resume", "out", status=1)
        self.assertIn("to which the protocol of this deck does not lead", done.stderr)


class Interrupts(Unattended):
    def test_second_interrupt_ends_at_once(self):
        """While the deck, a pipe, is waited for, no time step will come."""
        os.mkfifo(self.folder / "deck.yaml")
        process = self.start("run", "deck.yaml", "--out", "out")
        deadline = time.monotonic() + PATIENCE
        while not self.is_up(process):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        text = ""
        while "Ctrl-C again ends at once" not in text:
            text = process.stdout.readline()
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(), -signal.SIGINT)

    @staticmethod
    def is_up(process):
        """Has the program its own handler of SIGINT?"""
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        return bool(int(re.search(r"SigCgt:\s*(\w+)", status).group(1), 16) & 1 << signal.SIGINT - 1)


class JobArray(Unattended):
    """scripts/slurm_array.sh without Slurm, as its head says."""

    def task(self, number, status=0, deck="deck.yaml"):
        done = subprocess.run([str(ROOT / "scripts" / "slurm_array.sh"), deck, "overrides.txt", "results"], cwd=self.folder, capture_output=True, text=True,
                              env={**self.environment(), "SLURM_ARRAY_TASK_ID": str(number), "LISEI": command()[0]}, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def setUp(self):
        super().setUp()
        self.write("deck.yaml", "include: part.yaml\n" + EVOLVING + HOLD)
        self.write("part.yaml", "deposit: {volume: 1000 um3}\n")
        self.write("overrides.txt", '# lines\ngrid.rings=8 needle.pressure="0.2 MPa"\ngrid.rings=10\n')

    def test_done_stays_done(self):
        self.assertIn("run deck.yaml", self.task(2))
        result = Output(self.folder / "results" / "0002")
        self.assertEqual(result.interface["radius"].size, 10)
        before = (result.folder / "report.json").read_bytes()
        self.assertIn("already done", self.task(2))
        self.write("overrides.txt", '# lines\n\ngrid.rings=8\n  grid.rings="10"\n# more\n')
        self.assertIn("already done", self.task(2))
        self.assertEqual((result.folder / "report.json").read_bytes(), before)

    def test_changed_line(self):
        self.task(2)
        self.write("overrides.txt", "grid.rings=8\ngrid.rings=12\n")
        text = self.task(2, status=1)
        self.assertIn("--set: grid.rings: 12, but 10 in the run", text)
        self.assertIn("'results/0002' is not of this deck and line 2 of 'overrides.txt': remove the folder", text)
        self.assertEqual(Output(self.folder / "results" / "0002").interface["radius"].size, 10)

    def test_changed_deck_or_included_file(self):
        self.task(1)
        self.write("part.yaml", "deposit: {volume: 900 um3}\n")
        self.assertIn("part.yaml:1: deposit.volume: 900 um3, but 1000 um3 in the run", self.task(1, status=1))

    def test_stopped_task_is_resumed_in_use_or_not(self):
        self.write("deck.yaml", LONG)
        self.write("overrides.txt", "needle.pressure='0.2 MPa'\n")
        self.output = Output(self.folder / "results" / "0001")
        process = self.start("run", "deck.yaml", "--out", "results/0001", "--set", "needle.pressure=0.2 MPa")
        self.wait_for_table(process, self.output, 20000)
        process.send_signal(signal.SIGUSR1)
        self.wait_for_table(process, self.output, self.output.table_size + 5000)
        process.send_signal(signal.SIGSTOP)
        self.assertIn("is in use by process", self.task(1, status=1))
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 3)
        self.assertIn("resume results/0001", self.task(1))
        self.assertEqual(self.output.reasons, ["completed"])


if __name__ == "__main__":
    unittest.main()
