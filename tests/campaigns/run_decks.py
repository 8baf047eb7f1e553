#!/usr/bin/env python3
"""Runs decks from a Sobol sequence and says what became of each: finished, refused, stopped with a reason; or a defect.

usage: run_decks.py [--first N] [--count N] [--seed N] [--files DIR] [--keep DIR] [--report FILE] LISEI
Exit status 1 if there is a defect, or more than 0.3 % stop with status 2."""
import argparse
import collections
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

PATIENCE = 60  # [s] of processor time
WALL = 600  # [s] however busy the machine is
MOST_STOPPED = 0.003  # share of decks that may stop with status 2
PULL = 0.9e6  # [Pa] the yield strength of lithium, which bounds the pull of an emptied crack
LITHIUM = 1.347e-10  # [m3/C] volume of lithium per charge
SOFT = 2e4  # [Pa] widths of the needle's laws, docs/theory.md
FLOWS = 100e6  # [Pa] stress from which a warning is due


def environment():
    return {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_ess_singleton_isolated": "1",
            "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE + 5))


def call(lisei, folder, *arguments):
    """Status (None: no end), messages, processor time [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run([lisei, *arguments], cwd=folder, env=environment(), text=True, errors="replace", capture_output=True, timeout=WALL,
                              preexec_fn=limit, check=False)
        status, text = done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        status, text = None, "no end within the wall time"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return status, text, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def check_values(deck, history, rings, warnings):
    """What is wrong with the numbers of a run: a list of texts."""
    wrong = []

    def expect(good, text):
        if not numpy.all(good):
            wrong.append(text)

    for name, values in {**history, **rings}.items():
        expect(numpy.isfinite(values), f"{name} is not finite")
    if wrong or not history["time"].size:
        return wrong
    expect(numpy.diff(history["time"]) >= 0.0, "time goes back")
    for name, values in {**history, **rings}.items():
        if name == "contact_fraction":
            expect((values > 0.0) & (values <= 1.0 + 1e-12), "contact fraction outside (0, 1]")
        elif name in ("sei_thickness", "grain_size", "contact_radius_effective"):
            expect(values > 0.0, f"{name} is not positive")
        elif name == "lithium_volume":  # known to the accuracy of all the charge that has passed
            unknown = 1e-7 * LITHIUM * numpy.abs(history["charge"]).max() if "lithium_volume" in warnings else 0.0
            expect(values >= -unknown - 1e-6 * values.max(), "lithium_volume is negative")
        elif name in ("dt", "contact_stress", "sei_charge", "crack_length") or name in rings and name.endswith("depth"):
            expect(values >= -1e-12 * numpy.abs(values).max(), f"{name} is negative")
        elif name == "load":  # the needle is held by the lithium that adheres
            expect(values >= -SOFT - 1e6 * float(deck.tree["needle"]["adhesion"].split()[0]), "the load exceeds the adhesion")
        elif name == "crack_pressure":  # voids open in the lithium of an emptied crack
            expect(values >= -PULL, "the lithium in the crack pulls")
    if "contact_growth_exponent" not in deck.tree["deposit"]:  # else its age is sampled ring by ring, while the rings move
        expect(numpy.diff(history["sei_charge"]) >= -1e-9 * history["sei_charge"].max(), "the SEI gives lithium back")
    expect(numpy.diff(history["grain_size"]) >= 0.0, "grains shrink")
    expect(history["balance"] <= 1e-9, "currents do not balance")
    if "crack_length" in history:
        tolerance = float(deck.tree["time"]["tolerance"])
        expect(numpy.diff(history["crack_length"]) >= -tolerance * history["crack_length"][:-1], "the crack heals")
    if "contact_stress" not in warnings and deck.tree["contact"]["law"].startswith("void"):
        expect(history["contact_stress"] < 10.0 * FLOWS, "absurd contact stress without a warning")
    # the cell gives no energy where nothing can store it: no crack, no equilibrium shifted by stress
    if "stress_shift" not in deck.text and "crack" not in deck.tree:
        power = history["current"] * history["potential"]
        expect(power >= -1e-9 * numpy.abs(power).max() - 1e-30, "current against the potential")
    return wrong


def contents(folder):
    with h5py.File(folder / "history.h5", "r") as file:
        return {n: d[:] for n, d in file["history"].items()}, {n: d[:] for n, d in file["interface"].items() if n not in ("time", "radius", "area")}


def judge(deck, folder, checked, status, text):
    """Outcome and what is wrong."""
    wrong = []
    if status is None or status < 0:
        return "crash" if status not in (None, -24, -9) else "hang", [f"status {status}: {text[-300:]}"]
    if (checked == 1) != (status == 1):
        wrong.append(f"check says {checked}, run {status}")
    if "PETSC ERROR" in text or "nan" in text.lower().replace("nanometre", ""):
        wrong.append("PETSc's error or a nan in the messages")
    if status == 1:
        if not re.search(r"^deck.yaml:\d+: .*: .{20}", text, re.M):
            wrong.append("refused without a line and a reason")
        return "refused", wrong
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    history, rings = contents(folder / "out")
    wrong += check_values(deck, history, rings, report.get("warnings", {}))
    if status == 0:
        reasons = {step["reason"] for step in report["steps"]}
        return "finished" if reasons <= {"completed"} else "finished, not every step to its end", wrong
    if status == 2:
        if len(report["exit"]["reason"] if isinstance(report.get("exit"), dict) else str(report)) < 20:
            wrong.append("stopped without a reason")
        asked = "set on_infeasible to stop or skip" in text or "its end cannot be met" in text
        return "stopped, as on_infeasible: error asks" if asked else "stopped", wrong
    return f"status {status}", wrong + ["unknown status"]


def run(lisei, deck, folder):
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(deck.text, encoding="utf-8")
    for name, text in deck.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    checked, _, _ = call(lisei, folder, "check", "deck.yaml")
    status, text, seconds = call(lisei, folder, "run", "deck.yaml", "--out", "out")
    (folder / "messages").write_text(text, encoding="utf-8")
    outcome, wrong = judge(deck, folder, checked, status, text)
    reason = ""
    if outcome in ("stopped", "refused", "crash", "hang"):
        reason = next((line for line in text.splitlines() if "FAILED" in line or line.startswith("deck.yaml:")), text[-200:]).strip()[:300]
    return {"outcome": outcome, "wrong": wrong, "seconds": seconds, "reason": reason}


class FileDeck:
    """A deck from a folder, with the waveforms beside it."""

    def __init__(self, path):
        import yaml
        self.name, self.text = path.stem, path.read_text(encoding="utf-8")
        self.files = {wave.name: wave.read_text(encoding="utf-8") for wave in path.parent.glob("*.csv")}
        self.tree = yaml.safe_load(self.text)
        self.keys = set()


def choose(options):
    """Numbers or names of the decks, and the decks."""
    if options.files:
        found = [FileDeck(path) for path in sorted(options.files.glob("*.yaml"))]
        return [deck.name for deck in found], found
    import decks
    return range(options.first, options.first + options.count), decks.sobol_decks(options.first, options.count, options.seed)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("lisei", type=pathlib.Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--files", type=pathlib.Path, help="decks of this folder instead")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the runs that are defects, stopped or slow")
    parser.add_argument("--report", type=pathlib.Path, help="write every outcome as JSON")
    return parser.parse_args()


def main():
    options = arguments()
    lisei = str(options.lisei.resolve())
    names, chosen = choose(options)
    results, start = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lisei-decks-") as scratch:
        for number, deck in zip(names, chosen):
            folder = pathlib.Path(scratch) / str(number)
            result = {"deck": number, **run(lisei, deck, folder)}
            results.append(result)
            if result["wrong"] or result["outcome"] in ("stopped", "crash", "hang"):
                print(f"{number}: {result['outcome']} {result['wrong']} {result['reason']}", flush=True)
            if options.keep and (result["wrong"] or result["outcome"] in ("stopped", "crash", "hang") or result["seconds"] > 10):
                shutil.copytree(folder, options.keep / folder.name, dirs_exist_ok=True)
            shutil.rmtree(folder)
    keys = set().union(*(deck.keys for deck in chosen))
    print(f"{len(results)} decks over {len(keys)} keys, {time.monotonic() - start:.0f} s; processor time of a deck: "
          f"{numpy.median([r['seconds'] for r in results]):.2f} s in the median, {max(r['seconds'] for r in results):.1f} s at most")
    for outcome, count in sorted(collections.Counter(r["outcome"] for r in results).items()):
        print(f"  {outcome}: {count}")
    defects = sum(1 for r in results if r["wrong"])
    stopped = sum(1 for r in results if r["outcome"] == "stopped")
    print(f"  with something wrong: {defects}")
    if options.report:
        options.report.write_text(json.dumps(results, indent=0), encoding="utf-8")
    return 1 if defects or stopped > MOST_STOPPED * len(results) else 0


if __name__ == "__main__":
    sys.exit(main())
