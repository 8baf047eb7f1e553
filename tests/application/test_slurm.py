"""scripts/slurm on a real Slurm: chunks that are cancelled, requeued and out of time, and what is made of them."""
import csv
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import slurm_cluster
from support import DISK, LISEI, ROOT, Case

BASE = DISK.replace("law: none", "law: void").replace("rings: 8", "rings: 24") + """\
lithium: {creep: [coble]}
needle: {pressure: 0.3 MPa}
time: {tolerance: 1e-5}
protocol:
  - cv: {vertices: [-10 mV, 10 mV], rate: 1 mV/s, cycles: 12}
"""
STUDY = """\
base: base.yaml
parameters:
  load: {key: needle.pressure, from: 0.1 MPa, to: 1 MPa, points: 1500, scale: log}
measures: [peak_current_anodic, charge]
"""
CHUNKS = 3


@unittest.skipIf(slurm_cluster.why_not(), slurm_cluster.why_not())
class Slurm(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="lisei-slurm-")
        self.addCleanup(folder.cleanup)
        self.cluster = slurm_cluster.Cluster(pathlib.Path(folder.name))
        self.addCleanup(self.cluster.stop)
        self.write("base.yaml", BASE)
        self.write("study.yaml", STUDY)

    def submit(self, *options):
        environment = {**self.cluster.environment, **self.environment(), "LISEI": LISEI,
                       "SLURM_CONF": self.cluster.environment["SLURM_CONF"], "PATH": self.cluster.environment["PATH"]}
        done = subprocess.run([ROOT / "scripts" / "slurm", "study.yaml", "--out", "out", "--chunks", str(CHUNKS), *options], cwd=self.folder,
                              env=environment, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.split("chunks: job ")[1].split(",")[0]

    def states(self, job):
        return {name.split("_")[1]: state for name, state in self.cluster.queue().items() if name.startswith(f"{job}_")}

    def journal_lines(self, chunk):
        path = self.folder / "out" / "chunks" / f"{chunk}-of-{CHUNKS}" / "journal.csv"
        return path.read_bytes().count(b"\n") - 1 if path.exists() else 0

    def log(self, chunk):
        path = self.folder / "out" / "logs" / f"chunk-{chunk}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def table(self, out):
        with open(self.folder / out / "sweep.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def test_cancelled_requeued_timed_out(self):
        # 1: out of time; the signal comes after some seconds. 2: cancelled. 3: requeued by an operator.
        job = self.submit("--", "--time=00:01:00", "--signal=B:TERM@54", "--mem-per-cpu=200M", "--exclusive=user", "--ntasks=1")
        handled = set()
        deadline = time.monotonic() + 900
        while self.states(job):
            states = self.states(job)
            for chunk, action in (("2", "scancel"), ("3", "requeue")):
                if chunk not in handled and states.get(chunk) == "RUNNING" and self.journal_lines(chunk) >= 3:
                    command = ["scancel"] if action == "scancel" else ["scontrol", "requeue"]
                    self.cluster.run(*command, f"{job}_{chunk}")
                    handled.add(chunk)
            self.assertLess(time.monotonic(), deadline, f"{states}\n{self.log(1)}\n{self.log(2)}\n{self.log(3)}")
            time.sleep(0.2)
        self.assertEqual(handled, {"2", "3"}, "a chunk was done before it could be disturbed: the study is too short")
        self.cluster.wait_for(lambda: not self.cluster.queue(), "the collection does not end")
        self.assertIn("back into the queue", self.log(1))
        self.assertIn("attempt 2", self.log(1))
        self.assertNotIn("attempt 2", self.log(2))
        self.assertIn("attempt 2", self.log(3))
        rows = self.table("out")
        for chunk in range(CHUNKS):
            outcomes = [row["outcome"] for row in rows[chunk::CHUNKS]]
            if chunk == 1:
                self.assertIn("pending", outcomes)
                self.assertIn("finished", outcomes)
            else:
                self.assertEqual(set(outcomes), {"finished"}, self.log(chunk + 1))
        self.assertIn("to do", (self.folder / "out" / "logs" / "collect.log").read_text(encoding="utf-8"))
        # the same command again runs what is left; then all is as if one process had run it
        self.submit("--", "--mem-per-cpu=200M")
        self.cluster.wait_for(lambda: not self.cluster.queue(), "the rest does not end")
        self.lisei("sweep", "study.yaml", "--out", "whole")
        self.assertEqual(self.table("whole"), self.table("out"))


if __name__ == "__main__":
    os.environ.setdefault("LISEI", "lisei")
    unittest.main()
