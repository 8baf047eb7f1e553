"""The section on sweeps: what a sample costs beside its time steps, and whether memory grows with their number."""
import csv
import pathlib
import re
import shutil
import subprocess
import time

from measure import DECKS, median, table, verdict

STUDY = """\
base: {base}
set: {{output.fields: none{more}}}
parameters:
  temperature: {{from: 297 K, to: 299 K, points: {points}}}
measures: [peak_current_anodic, charge, stepping_cpu_time]
"""
CASES = (("11 cycles with the law `void`, 64 rings", DECKS / "void.yaml", "", 40, 10),
         ("the same, 16 rings, 1 cycle", DECKS / "void.yaml", ", grid.rings: 16, protocol.0.cv.cycles: 1", 1000, None),
         ("P2: 20 steady solutions, 32 rings", DECKS / "p2.yaml", "", 3000, 100))


class Sweep:
    """A finished sweep: cost of the process, and of the time steps in it."""

    def __init__(self, bench, base, more, points):
        study, out = bench.folder / "study.yaml", bench.folder / "sweep"
        study.write_text(STUDY.format(base=base, more=more, points=points), encoding="utf-8")
        usage = bench.program(["sweep", study, "--out", out], out)
        self.cpu = usage["cpu"]
        with open(out / "sweep.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if len(rows) != points or any(row["outcome"] != "finished" for row in rows):
            raise SystemExit("benchmarks: a sample failed")
        self.stepping = sum(float(row["stepping_cpu_time [s]"]) for row in rows)


def resident(bench):
    """[MB] memory of a process that sweeps, after a tenth of its samples and just before the last; number of samples."""
    count = 2000 if bench.quick else 10000
    study, out = bench.folder / "study.yaml", bench.folder / "sweep"
    small = ", grid.rings: 8, time.tolerance: 1e-2"
    study.write_text(STUDY.format(base=DECKS / "p2.yaml", more=small, points=count), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    journal, found = out / "chunks" / "1-of-1" / "journal.csv", []
    with subprocess.Popen([bench.binary, "sweep", study, "--out", out], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            lines = journal.read_bytes().count(b"\n") if journal.exists() else 0
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
                memory = int(re.search(r"VmRSS:\s*(\d+) kB", status).group(1)) / 1e3
            except (OSError, AttributeError):  # it has ended
                break
            if count // 10 < lines < count:
                found.append(memory)
            time.sleep(0.05)
    return found[0], found[-1], count


def sweep(bench):
    rows = []
    for name, base, more, points, least in CASES:
        points = max(4, points // 5) if bench.quick else points
        start = median([bench.program(["--version"], bench.folder / "nothing")["cpu"] for _ in range(bench.repetitions)])
        runs = [Sweep(bench, base, more, points) for _ in range(2 if bench.quick else 3)]
        rate = median([points / (run.cpu - start) for run in runs])
        ratio = median([run.stepping / (run.cpu - start) for run in runs])
        alone = median([points / run.stepping for run in runs])
        rows.append([name, points, f"{alone:.1f}", f"{rate:.1f}", f"{ratio:.2f}", verdict(0.9, ratio),
                     f"{least} {verdict(least, rate)}" if least else ""])
    early, late, count = resident(bench)
    growth = late / early - 1
    return "\n\n".join([
        "## Sweeps",
        "Samples per second of one core's processor time: what the time steps alone allow (measured in the sweep itself), and what the sweep does "
        "with the check of every deck, set-up, measures and results, without the start of its process. Target: 0.9 of it.",
        table(["sample", "samples", "steps alone [1/s]", "sweep [1/s]", "ratio", "", "target [1/s]"], rows),
        f"Resident memory in a sweep of {count} samples: {early:.1f} MB after a tenth of them, {late:.1f} MB at the end ({growth:+.1%}; "
        f"target 5 %: {verdict(abs(growth), 0.05)}).",
    ])
