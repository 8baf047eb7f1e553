#!/usr/bin/env python3
"""Lets one call after the other fail: an allocation, a write, fsync, rename, any call of HDF5. Whatever fails, the run says
so and ends with status 1 or 2 (or goes on, where it can, with the same results to the bit); the last checkpoint is
intact, and a resume from it gives the results of the run without the fault, to the bit.

usage: run_faults.py [--most N] [--seed N] [--report FILE] [--asan LIBASAN] LISEI SHIM
With --asan, LISEI is a sanitized program; allocations are the sanitizer's then, and only files and HDF5 fail."""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy

from run_decks import environment

PATIENCE = 120  # [s] after which a run is taken to hang
INPUTS = pathlib.Path(__file__).resolve().parents[2] / "inputs"
# A deck that writes everything there is, at every step; nothing in it depends on the clock.
DECK = f"""\
include: {INPUTS}/electrode.yaml
deposit: {{contact_growth_exponent: 0}}
grid: {{rings: 8, layers: 8}}
bulk: {{solver: condensed, cache: cache}}
time: {{tolerance: 1e-2}}
output: {{fields: vertices, checkpoint_every: 0 s, flush_every: 0 s}}
protocol:
  - cv: {{vertices: [-2 mV, 2 mV], rate: 10 mV/s}}
  - waveform: {{file: wave.csv}}
"""
WAVE = "time [s],potential [mV]\n0,0\n0.1,1\n0.2,-1\n"


class Runner:
    def __init__(self, options, folder):
        self.lisei, self.shim, self.asan, self.folder = str(options.lisei.resolve()), str(options.shim.resolve()), options.asan, folder

    def call(self, *arguments, fault=None, log=None):
        preload = ([self.asan] if self.asan else []) + ([self.shim] if fault or log else [])
        env = {**environment(), "LD_PRELOAD": ":".join(preload), "ASAN_OPTIONS": "detect_leaks=0", "HDF5_USE_FILE_LOCKING": "BEST_EFFORT"}
        env.update({"LISEI_FAULT": fault} if fault else {}, **({"LISEI_FAULT_LOG": str(log)} if log else {}))
        try:
            done = subprocess.run([self.lisei, *arguments], cwd=self.folder, env=env, capture_output=True, timeout=PATIENCE, check=False)
            return done.returncode, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            return None, "no end"

    def clear(self):
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        (self.folder / "deck.yaml").write_text(DECK, encoding="utf-8")
        (self.folder / "wave.csv").write_text(WAVE, encoding="utf-8")

    def result(self):
        """Everything that must not depend on a fault."""
        out = self.folder / "out"
        with h5py.File(out / "history.h5", "r", swmr=True) as file:
            numbers = {f"{part}/{name}": data[()] for part in ("history", "interface") for name, data in file[part].items()}
        return numbers, (out / "history.csv").read_bytes()


def same(one, other):
    return one[0].keys() == other[0].keys() and all(numpy.array_equal(one[0][k], other[0][k]) for k in one[0]) and one[1] == other[1]


def sites(log, chosen):
    """(class, number) of the first call from each place, and of one later call from places that call often."""
    places = collections.defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        name, number, place = line.split()
        places[name, place].append(int(number))
    found = [(name, numbers[0]) for (name, _), numbers in places.items()]
    found += [(name, chosen.choice(numbers[1:])) for (name, _), numbers in places.items() if len(numbers) > 1 and name != "memory"]
    return sorted(found)


def clear_message(text):
    """What a person reads: a line that says it, no dump of PETSc. HDF5 dumps its own once if it cannot even start."""
    said = re.search(r"^(lisei: error: |FAILED: |\d+ errors?$)", text, re.M)
    ours = re.sub(r"^(HDF5-DIAG: .*|  +#\d+: .*|    (major|minor): .*)\n", "", text, flags=re.M)  # its stack is as deep as the call was
    return said and "PETSC ERROR" not in text and ("HDF5-DIAG" not in text or "interface initialization failed" in text) and len(ours) < 4000


def try_fault(runner, command, name, number, reference, before):
    """Outcome and what is wrong."""
    runner.clear()
    if before:
        shutil.copytree(before, runner.folder / "out")
    status, text = runner.call(*command, fault=f"{name}:{number}")
    wrong = []
    if status is None:
        return "hang", ["hang"]
    if status < 0 or status > 3 or "AddressSanitizer" in text or "runtime error" in text:
        return "crash", [f"status {status}: {text[-400:]}"]
    out = runner.folder / "out"
    if command[0] == "check":
        return f"status {status}", [] if status == 0 or clear_message(text) else [f"message: {text[:300]}"]
    if status == 0:
        return "goes on", [] if same(runner.result(), reference) else ["status 0, but other results"]
    if not clear_message(text):
        wrong.append(f"message: {text[:400]!r}")
    if before or any(out.glob("checkpoint/????????.h5")):
        again, text = runner.call("resume", "out")
        if again != 0:
            wrong.append(f"resume: status {again}: {text[-300:]}")
        elif not same(runner.result(), reference):
            wrong.append("resumed to other results")
        return f"status {status}, resumed", wrong
    return f"status {status}, before a checkpoint", wrong


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("lisei", type=pathlib.Path)
    parser.add_argument("shim", type=pathlib.Path)
    parser.add_argument("--most", type=int, default=0, help="at most so many sites of each command, drawn at random; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asan", help="the sanitizer's library, to be loaded first")
    parser.add_argument("--report", type=pathlib.Path)
    return parser.parse_args()


def main():
    options = arguments()
    chosen, results = random.Random(options.seed), []
    with tempfile.TemporaryDirectory(prefix="lisei-faults-") as scratch:
        runner = Runner(options, pathlib.Path(scratch) / "work")
        runner.folder.mkdir()
        runner.clear()
        status, text = runner.call("run", "deck.yaml", "--out", "out")
        assert status == 0, text
        reference = runner.result()
        half = pathlib.Path(scratch) / "half"  # a run that was stopped on the way
        runner.clear()
        status, text = runner.call("run", "deck.yaml", "--out", "out", fault="rename:12")
        assert status == 2, text
        shutil.copytree(runner.folder / "out", half)
        for command, before in ((("run", "deck.yaml", "--out", "out"), None),
                                (("resume", "out"), half), (("check", "deck.yaml"), None)):
            runner.clear()
            if before:
                shutil.copytree(before, runner.folder / "out")
            log = pathlib.Path(scratch) / "log"
            status, text = runner.call(*command, log=log)
            assert status == 0, text
            found = sites(log, chosen)
            files = [site for site in found if site[0] != "memory"]
            memory = [site for site in found if site[0] == "memory"]
            if options.most:  # half of each kind
                files, memory = (chosen.sample(kind, min(len(kind), (options.most + 1) // 2)) for kind in (files, memory))
            for name, number in sorted(files + ([] if options.asan else memory)):
                outcome, wrong = try_fault(runner, command, name, number, reference, before)
                results.append({"command": command[0], "call": name, "number": number, "outcome": outcome, "wrong": wrong})
                if wrong:
                    print(f"{command[0]} {name}:{number}: {outcome}: {wrong}", flush=True)
    for key, count in sorted(collections.Counter((r["command"], "memory" if r["call"] == "memory" else "file or HDF5", r["outcome"]) for r in results).items()):
        print(f"  {' | '.join(key)}: {count}")
    defects = sum(1 for r in results if r["wrong"])
    print(f"{len(results)} sites, {defects} with something wrong")
    if options.report:
        options.report.write_text(json.dumps(results, indent=0), encoding="utf-8")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
