"""Another program has history.h5 open for writing while a run wants it: the run goes on, and the history is whole."""
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import h5py

from support import Case, Output
from test_resume import LONG, run

HOLDER = "import h5py, sys, time\nfile = h5py.File(sys.argv[1], 'r+')\nprint('open', flush=True)\ntime.sleep(600)\n"


class Held(Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lisei-")
        cls.addClassCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "whole.yaml").write_text(LONG, encoding="utf-8")
        run(folder.name, "run", "whole.yaml", "--out", "whole")
        cls.expected = Output(pathlib.Path(folder.name) / "whole")

    def setUp(self):
        super().setUp()
        self.output = Output(self.folder / "out")
        self.file = self.output.folder / "history.h5"

    def hold(self, process):
        """Open the file as soon as the run leaves it alone for a moment."""
        self.wait_for_table(process, self.output, 200000)
        while True:
            try:
                return h5py.File(self.file, "r+")
            except OSError:
                self.assertIsNone(process.poll(), "the run ended first")
                time.sleep(0.001)

    def begin(self):
        return self.start("run", self.write("out.yaml", LONG), "--out", "out")

    def finish(self, process, status=0):
        output = process.communicate(timeout=120)[0]
        self.assertEqual(process.returncode, status, output)
        return output

    def copies(self):
        return sorted(path.name for path in self.output.folder.glob("history-held*"))

    def assert_left(self, messages):
        """One note, the old file under its new name, and a new one that is whole."""
        self.assertEqual(messages.count("history.h5 open for writing"), 1, messages)
        self.assertEqual(self.copies(), ["history-held-1.h5"])
        self.assert_same_bits(self.expected, self.output)
        with h5py.File(self.file, "r") as file:  # as anybody opens it
            self.assertEqual(file["history/time"].size, self.expected.history["time"].size)

    def test_for_a_second(self):
        process = self.begin()
        file = self.hold(process)
        threading.Timer(1.0, file.close).start()
        self.assertNotIn("history.h5", self.finish(process).replace("results in", ""))
        self.assertEqual(self.copies(), [])
        self.assert_same_bits(self.expected, self.output)

    def test_until_the_end(self):
        process = self.begin()
        file = self.hold(process)
        messages = self.finish(process)
        file.attrs["note"] = "mine"
        file.close()
        self.assert_left(messages)
        with h5py.File(self.output.folder / "history-held-1.h5", "r") as old:
            self.assertEqual(old.attrs["note"], "mine")
        self.assertIn("already finished", self.lisei("resume", "out").stderr)

    def test_by_a_program_that_is_killed(self):
        process = self.begin()
        self.wait_for_table(process, self.output, 200000)
        while True:
            holder = subprocess.Popen([sys.executable, "-c", HOLDER, self.file], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            if holder.stdout.readline():
                break
            holder.wait()
            holder.stdout.close()
            self.assertIsNone(process.poll(), "the run ended first")
        holder.kill()
        holder.wait()
        holder.stdout.close()
        self.assert_left(self.finish(process))

    def test_when_it_is_resumed(self):
        process = self.begin()
        self.wait_for_table(process, self.output, 400000)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 3)
        with h5py.File(self.file, "r+"):
            messages = self.lisei("resume", "out").stderr
        self.assert_left(messages)

    def test_by_one_that_only_reads(self):
        process = self.begin()
        self.wait_for_table(process, self.output, 400000)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 3)
        with h5py.File(self.file, "r"):
            self.assertNotIn("history.h5", self.lisei("resume", "out").stderr)
        self.assertEqual(self.copies(), [])
        self.assert_same_bits(self.expected, self.output)

    def test_by_one_that_changes_rows(self):
        process = self.begin()
        file = self.hold(process)
        file["history/time"][3] = 77.0
        file.flush()
        messages = self.finish(process, status=2)
        file.close()
        self.assertIn("and has changed it (the first", messages)
        self.assertIn("rows of out/history.h5.part are not those that were written", messages)


if __name__ == "__main__":
    unittest.main()
