"""Stopped, killed and resumed runs: the history of a resumed run equals that of an uninterrupted one to the last bit."""
import errno
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy

from support import EVOLVING, HOLD, INPUTS, Case, Output, command, environment

# Long enough to be interrupted anywhere: some thousand small steps of the full contact law.
LONG = f"""\
include: {INPUTS}/electrode.yaml
grid: {{rings: 32}}
time: {{tolerance: 1e-6}}
output: {{fields: none, checkpoint_every: 0.05 s, flush_every: 0.05 s}}
protocol:
  - cv: {{vertices: [-10 mV, 10 mV], rate: 0.2 mV/s, cycles: 8}}
"""


NO_LIMIT = ("--set", "output.wall_time_limit=0 s")  # for a run that was begun with StepByStep.LIMIT


def run(folder, *arguments, ranks=1):
    return subprocess.run(command(*arguments, ranks=ranks), cwd=folder, env=environment(ranks), capture_output=True, check=True)


class Interrupted(Case):
    @classmethod
    def setUpClass(cls):
        """The uninterrupted run that all others are compared with."""
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        cls.addClassCleanup(folder.cleanup)
        cls.deck = pathlib.Path(folder.name) / "long.yaml"
        cls.deck.write_text(LONG, encoding="utf-8")
        run(folder.name, "run", cls.deck, "--out", "whole")
        cls.whole = Output(pathlib.Path(folder.name) / "whole")
        cls.size = cls.whole.table_size

    def setUp(self):
        super().setUp()
        self.output = Output(self.folder / "out")

    def interrupt(self, process, number, part):
        """Send a signal when a part of the whole run is done; returns the exit status."""
        self.wait_for_table(process, self.output, part * self.size)
        process.send_signal(number)
        process.wait()
        return process.returncode

    def test_terminated(self):
        for number, part in ((signal.SIGTERM, 0.2), (signal.SIGINT, 0.4)):
            with self.subTest(signal=number.name):
                process = self.start("run", self.deck, "--out", "out") if number == signal.SIGTERM else self.start("resume", "out")
                self.assertEqual(self.interrupt(process, number, part), 3)
                self.assertIn("stopped; continue with `lisei resume`", process.stdout.read())
                self.assertEqual(self.output.reasons, ["stopped by a signal"])
                self.assertEqual(self.output.report["exit"], {"status": 3, "reason": "stopped, can be resumed"})
                self.assertLess(self.output.history["time"][-1], self.whole.history["time"][-1])
        self.lisei("resume", "out")
        self.assert_same_bits(self.whole, self.output)
        self.assertEqual(self.output.reasons, ["completed"])
        self.assertEqual(self.output.report["counts"], self.whole.report["counts"])

    def test_wall_time_limit(self):
        limit = 0.2 * self.whole.report["timings"]["total"]
        self.lisei("run", self.deck, "--out", "out", "--set", f"output.wall_time_limit={limit} s", status=3)
        self.assertEqual(self.output.reasons, ["wall-time limit"])
        stops = 1
        while subprocess.run(command("resume", "out"), cwd=self.folder, env=environment(1), capture_output=True, check=False).returncode == 3:
            stops += 1
            self.assertLess(stops, 200)
        self.assert_same_bits(self.whole, self.output)

    def test_killed_again_and_again(self):
        process = self.start("run", self.deck, "--out", "out")
        for part in (0.15, 0.3, 0.45, 0.6):
            self.assertEqual(self.interrupt(process, signal.SIGKILL, part), -signal.SIGKILL)
            self.assert_readable()
            self.assertLessEqual(len(list(self.output.folder.glob("checkpoint/*.h5"))), 3)
            process = self.start("resume", "out")
        self.assertEqual(process.wait(), 0, process.stdout.read())
        self.assert_same_bits(self.whole, self.output)

    def assert_readable(self):
        """All columns can be read and hold the beginning of the whole run."""
        with self.output.open() as file:
            rows = min(data.shape[0] for data in file["history"].values())
            self.assertGreater(rows, 0)
            for name, data in file["history"].items():
                numpy.testing.assert_array_equal(data[:rows], self.whole.history[name][:rows], name)

    def test_damaged_checkpoint_is_passed_over(self):
        process = self.start("run", self.deck, "--out", "out")
        self.interrupt(process, signal.SIGTERM, 0.5)
        newest = max(self.output.folder.glob("checkpoint/*.h5"))
        newest.write_bytes(newest.read_bytes()[:1000])
        done = self.lisei("resume", "out")
        self.assertEqual(done.stderr.count(newest.name), 1, "one warning")
        self.assert_same_bits(self.whole, self.output)

    def test_history_is_read_while_it_grows(self):
        process = self.start("run", self.deck, "--out", "out")
        self.wait_for_table(process, self.output, 0.1 * self.size)
        seen = []
        with self.output.open() as file:  # kept open: a reader must not stop the writer
            while process.poll() is None:
                for name in ("time", "current"):
                    file["history"][name].refresh()
                rows = min(file["history"][name].shape[0] for name in ("time", "current"))
                numpy.testing.assert_array_equal(file["history/current"][:rows], self.whole.history["current"][:rows])
                seen.append(rows)
                time.sleep(0.02)
        self.assertEqual(process.returncode, 0, process.stdout.read())
        self.assertGreater(len(set(seen)), 3, "the reader does not see the history grow")
        self.assert_same_bits(self.whole, self.output)

    def test_snapshot(self):
        process = self.start("run", self.deck, "--out", "out", "--set", "output.fields=end", "--set", "output.checkpoint_every=1 h")
        self.wait_for_table(process, self.output, 0.3 * self.size)
        self.assertEqual(list(self.output.folder.glob("checkpoint/*")), [])
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(), 0, process.stdout.read())
        self.assertEqual(len(list(self.output.folder.glob("fields/*.hdf"))), 2, "the snapshot and the end")
        with h5py.File(self.output.folder / "fields/000000.hdf", "r") as file:
            self.assertIn(file["VTKHDF/FieldData/TimeValue"][0], self.whole.history["time"])
        self.assertEqual(len(list(self.output.folder.glob("checkpoint/*.h5"))), 2)
        for name, values in self.whole.history.items():
            numpy.testing.assert_array_equal(self.output.history[name], values, name)

    def test_signal_to_one_of_two_processes(self):
        deck = ("run", self.deck, "--set", "time.tolerance=1e-5", "--set", "protocol.0.cv.cycles=2", "--set", "grid.rings=12", "--out")
        run(self.folder, *deck, "whole", ranks=2)
        process = self.start(*deck, "out", ranks=2)
        self.wait_for_table(process, self.output, 0.1 * Output(self.folder / "whole").table_size)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        subprocess.run(["kill", "-TERM", children[-1]], check=True)
        self.assertEqual(process.wait(), 3, process.stdout.read())
        self.lisei("resume", "out", ranks=2)
        self.assert_same_bits(Output(self.folder / "whole"), self.output)


class DuringSetUp(Case):
    """The deck is a pipe, so that the program is known to wait in its set-up when the signal comes."""

    def signal_while_it_reads(self, number, deck):
        os.mkfifo(self.folder / "deck.yaml")
        process = self.start("run", "deck.yaml", "--out", "out")
        deadline = time.monotonic() + 60
        while True:
            try:  # there is somebody at the other end only when the program opens its deck
                pipe = os.open(self.folder / "deck.yaml", os.O_WRONLY | os.O_NONBLOCK)
                break
            except OSError as error:
                self.assertEqual(error.errno, errno.ENXIO)
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), deadline, "the deck is never opened")
                time.sleep(0.001)
        process.send_signal(number)
        with os.fdopen(pipe, "w", encoding="utf-8") as stream:
            stream.write(deck)
        return process.wait(), process.stdout.read(), Output(self.folder / "out")

    def test_stop(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                status, text, output = self.signal_while_it_reads(number, EVOLVING + HOLD)
                self.assertEqual(status, 3, text)
                self.assertEqual(output.reasons, ["stopped by a signal"])
                self.assertLess(output.history["time"][-1], 1.0)
                self.lisei("resume", "out")
                (self.folder / "deck.yaml").unlink()
                self.assert_same_bits(self.run_deck(EVOLVING + HOLD, out=f"whole{number}"), output)
                shutil.rmtree(output.folder)

    def test_snapshot(self):
        status, text, output = self.signal_while_it_reads(signal.SIGUSR1, EVOLVING.replace("fields: none", "fields: end") + HOLD)
        self.assertEqual(status, 0, text)
        self.assertEqual(output.reasons, ["completed"])
        self.assertEqual(len(list(output.folder.glob("fields/*.hdf"))), 2, "the snapshot after the first step, and the end")

    def test_wrong_deck(self):
        status, text, output = self.signal_while_it_reads(signal.SIGTERM, "grid: {rings: 1}\n" + HOLD)
        self.assertEqual(status, 1, text)
        self.assertFalse(output.folder.exists())


class StepByStep(Case):
    """With an exhausted wall-time limit each process does one time step: every state of the run goes through a checkpoint."""

    LIMIT = ("--set", "output.wall_time_limit=1e-9 s")

    def compare(self, deck, fewest):
        whole = self.run_deck(deck, out="whole")
        output = self.run_deck(deck, *self.LIMIT, out="out", status=3)
        status, processes = 3, 1
        while status == 3:
            done = subprocess.run(command("resume", "out"), cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False)
            status = done.returncode
            processes += 1
            self.assertLess(processes, 200, "a resumed run makes no progress")
        self.assertEqual(status, 0, done.stderr)
        self.assertGreaterEqual(processes, fewest)
        self.assert_same_bits(whole, output)
        self.assertEqual(whole.report["steps"], output.report["steps"])
        self.assertEqual(whole.report["counts"]["rejected"], output.report["counts"]["rejected"])
        fields = [sorted(path.name for path in one.folder.glob("fields/*.hdf")) for one in (whole, output)]
        self.assertEqual(*fields)
        if fields[0]:
            self.assertEqual((whole.folder / "fields.xdmf").read_bytes(), (output.folder / "fields.xdmf").read_bytes())

    def test_void_law(self):
        self.compare(f"include: {INPUTS}/electrode.yaml\ngrid: {{rings: 4}}\ntime: {{tolerance: 1e-2}}\noutput: {{fields: vertices}}\nprotocol:\n"
                     "  - cv: {vertices: [-1 mV, 1 mV], rate: 1 mV/s}\n", 8)

    def test_growing_contact_ages_and_ends(self):
        deck = (INPUTS / "deposition.yaml").read_text(encoding="utf-8").replace("rings: 64", "rings: 6").split("protocol:")[0]
        self.compare(deck + "time: {tolerance: 1e-2}\noutput: {fields: none}\nprotocol:\n  - current: {current: -2 nA, until: {charge: 100 nC}}\n"
                     "  - hold: {potential: -1 mV, duration: 5 s}\n", 8)

    def test_condensed(self):
        self.compare(EVOLVING.replace("fields: none", "fields: interval, fields_interval: 0.5 s").replace("1e-6", "1e-2")
                     + HOLD + "bulk: {solver: condensed}\n", 4)

    def test_field(self):
        self.compare(EVOLVING.replace("1e-6", "1e-2") + HOLD + "bulk: {solver: field}\n", 4)

    def test_field_with_non_linear_sei(self):
        sei = "sei: {resolved: true, thickness: 20 nm, block: {layers: 3, half_jump_distance: 1 nm}}\n"
        self.compare(EVOLVING.replace("1e-6", "1e-2") + sei + "protocol:\n  - cv: {vertices: [40 mV], rate: 40 mV/s}\n", 4)

    def test_random_sei_under_a_growing_contact(self):
        """The potentials and flows within the SEI are part of the state: the next step starts from the same numbers."""
        sei = ("sei: {resolved: true, thickness: 10 nm, growth: wagner, block: {layers: 3, half_jump_distance: 5 nm, microstructure: random, "
               "random: {seed: 7, grain_columns: 2}}}\n")
        self.compare(EVOLVING.replace("1e-6", "1e-3") + sei + "deposit: {volume: 40 um3, contact_growth_exponent: 0.45}\nprotocol:\n"
                     "  - current: {current: -20 nA, duration: 20 s}\n  - cv: {vertices: [-100 mV, 20 mV], rate: 50 mV/s}\n", 8)


class PetscOptions(Case):
    """What was given behind `--` belongs to the run."""

    DECK = EVOLVING.replace("1e-6", "1e-2") + HOLD + "bulk: {solver: field}\npetsc: {bulk_ksp_type: preonly, bulk_ksp_rtol: 1e-13}\n"
    OPTIONS = ("--", "-bulk_ksp_type", "cg", "-bulk_pc_type", "jacobi")

    def start_run(self):
        return self.run_deck(self.DECK, *StepByStep.LIMIT, *self.OPTIONS, status=3)

    def edit(self, output, old, new):
        path = output.folder / "deck.yaml"
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test_are_used_again(self):
        whole = self.run_deck(self.DECK, *self.OPTIONS, out="whole")
        self.assertGreater(whole.report["counts"]["linear_iterations"], 10 * whole.report["counts"]["newton_iterations"],
                           "the command line wins over the deck: not one application of a preconditioner, but CG with a poor one")
        output = self.start_run()
        self.lisei("resume", "out", *NO_LIMIT)
        self.assert_same_bits(whole, output)
        for option in ("-bulk_ksp_type cg", "-bulk_pc_type jacobi", "-bulk_ksp_rtol 1e-13"):
            self.assertIn(option, output.report["provenance"]["petsc_options"])

    def test_environment_is_kept(self):
        deck = self.write("out.yaml", self.DECK)
        done = subprocess.run(command("run", deck, "--out", "out", *StepByStep.LIMIT), cwd=self.folder, capture_output=True, check=False,
                              env={**self.environment(), "PETSC_OPTIONS": "-bulk_ksp_type cg -bulk_pc_type jacobi"})
        self.assertEqual(done.returncode, 3)
        self.assertIn("bulk_pc_type: jacobi\n", (self.folder / "out" / "deck.yaml").read_text(encoding="utf-8"))

    def test_others_hold_for_the_process(self):
        output = self.start_run()
        done = self.lisei("resume", "out", *NO_LIMIT, "--", "-bulk_ksp_monitor")
        self.assertIn("KSP Residual norm", done.stdout)
        self.assertNotIn("monitor", (output.folder / "deck.yaml").read_text(encoding="utf-8"))

    def test_unused_ones_are_mistakes(self):
        output = self.start_run()
        before = {path: path.read_bytes() for path in sorted(output.folder.rglob("*")) if path.is_file()}
        done = self.lisei("resume", "out", "--", "-bulk_ksp_rtoll", "1e-3", status=1)
        self.assertIn("the PETSc option -bulk_ksp_rtoll is not used by anything in this run", done.stderr)
        self.assertEqual({path: path.read_bytes() for path in sorted(output.folder.rglob("*")) if path.is_file()}, before)
        self.edit(output, "bulk_pc_type", "bulk_pc_tpye")
        done = self.lisei("resume", "out", "--set", "petsc.bulk_pc_tpye=jacobi", status=1)
        self.assertRegex(done.stderr, r"--set: petsc: the PETSc option -bulk_pc_tpye is not used")


class BeyondItsRange(Case):
    def test_set_may_leave_the_range_and_be_resumed(self):
        """Allowed, said on stderr, marked in the stored deck; the range stops no resume."""
        deck = EVOLVING.replace("1.65 mS/cm", "{value: 1.65 mS/cm, range: [1 mS/cm, 5 mS/cm], source: pellet}") + HOLD
        arguments = ("--set", "electrolyte.conductivity=9 mS/cm")
        whole = self.run_deck(deck, *arguments, out="whole")
        self.assertIn("lisei: note: --set: electrolyte.conductivity = 9 mS cm-1 is outside its plausible range 1 mS cm-1 to 5 mS cm-1 of ",
                      whole.messages)
        output = self.run_deck(deck, *arguments, *StepByStep.LIMIT, status=3)
        stored = output.folder / "deck.yaml"
        text = stored.read_text(encoding="utf-8")
        self.assertIn("conductivity: 9 mS/cm  # OUTSIDE its plausible range 1 mS cm-1 to 5 mS cm-1 of out.yaml:2\n", text)
        self.lisei("resume", "out", *NO_LIMIT)
        self.assert_same_bits(whole, output)
        with output.open() as file:
            self.assertIn("9 mS/cm", file["deck"][()].decode())

    def test_a_file_may_not(self):
        self.write("deck.yaml", EVOLVING.replace("1.65 mS/cm", "{value: 9 mS/cm, range: [1 mS/cm, 5 mS/cm]}") + HOLD)
        done = self.lisei("run", "deck.yaml", status=1)
        self.assertIn("deck.yaml:2: electrolyte.conductivity: '9 mS/cm' is outside its plausible range 1 mS cm-1 to 5 mS cm-1", done.stderr)
        self.assertFalse((self.folder / "out").exists())


class Unresumable(Case):
    def test_finished_run(self):
        output = self.run_deck(EVOLVING + HOLD)
        contents = {path: path.read_bytes() for path in output.folder.glob("history.*")}
        done = self.lisei("resume", "out")
        self.assertIn("finished", done.stderr)
        self.assertEqual({path: path.read_bytes() for path in output.folder.glob("history.csv")}, {path: data for path, data in contents.items() if path.suffix == ".csv"})
        self.assertEqual(output.reasons, ["completed"])

    def test_folder_without_checkpoint(self):
        output = self.run_deck(EVOLVING + HOLD)
        shutil.rmtree(output.folder / "checkpoint")
        before = sorted(output.folder.rglob("*"))
        done = self.lisei("resume", "out", status=1)
        self.assertIn("'out' has no readable checkpoint to continue from: run the deck again", done.stderr)
        self.assertEqual(sorted(output.folder.rglob("*")), before)

    def test_no_output_folder(self):
        self.assertIn("'nowhere' is not the output folder of a run", self.lisei("resume", "nowhere", status=1).stderr)
        self.assertIn("expected one output folder, got 0", self.lisei("resume", status=1).stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_on_another_number_of_processes(self):
        """Not the same bits, but the same numbers to 1e-9."""
        whole = self.run_deck(EVOLVING + HOLD + "bulk: {solver: field}\n", out="whole")
        output = self.run_deck(EVOLVING + HOLD + "bulk: {solver: field}\n", *StepByStep.LIMIT, status=3)
        self.lisei("resume", "out", ranks=2, status=3)
        self.lisei("resume", "out", *NO_LIMIT, ranks=2)
        self.assert_same_numbers(whole, output)


if __name__ == "__main__":
    unittest.main()
