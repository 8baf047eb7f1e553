#!/usr/bin/env python3
"""Kills runs of random decks at random moments, in every way a job can die, resumes them, and compares the result with
that of the run that nobody disturbed: history, ring profiles and table must agree to the last bit.

usage: run_kills.py [--kills N] [--seed N] LISEI
environment: MPIEXEC"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "application"))
PATIENCE = 240  # [s] after which a run is taken to hang

WAVE = "time [s],potential [mV]\n" + "".join(f"{k},{(-1) ** k * (1 + k % 5)}\n" for k in range(40))
DECKS = {
    "void_reservoir": "include: {inputs}/electrode.yaml\ngrid: {{rings: {rings}}}\n",
    "void": "include: {inputs}/electrode.yaml\ncontact: {{law: void}}\ngrid: {{rings: {rings}}}\n",
    "condensed": "include: {inputs}/electrode.yaml\ndeposit: {{contact_growth_exponent: 0}}\ngrid: {{rings: 12, layers: 16}}\nbulk: {{solver: condensed}}\n",
    "field": "include: {inputs}/electrode.yaml\ndeposit: {{contact_growth_exponent: 0}}\ngrid: {{rings: 6, layers: 8}}\nbulk: {{solver: field}}\n",
    "crack": "include: {inputs}/electrode.yaml\ndeposit: {{contact_growth_exponent: 0}}\ngrid: {{rings: {rings}}}\n"
             "crack: {{shape: half_penny, length: 2 um}}\n",
    "sei": "include: {inputs}/electrode.yaml\ngrid: {{rings: 6}}\nsei: {{resolved: true, thickness: 10 nm, block: {{layers: 2, half_jump_distance: 1 nm}}}}\n"
           "interface: {{kinetics: butler_volmer, butler_volmer: {{exchange_current_density: 200 mA/cm2}}}}\n",
    "growing": "include: {inputs}/electrode.yaml\ngrid: {{rings: {rings}}}\nsei: {{growth: wagner}}\ndeposit: {{contact_growth_exponent: 0.4}}\n",
}
PROTOCOLS = {
    "cv": "  - cv: {vertices: [-8 mV, 8 mV], rate: 1 mV/s, cycles: 3}\n",
    "mixed": "  - current: {current: -5 nA, duration: 20 s}\n  - rest: {duration: 20 s}\n  - repeat:\n      times: 3\n      steps:\n"
             "        - hold: {potential: 4 mV, duration: 10 s, until: {contact_fraction_below: 0.1}}\n        - current: {current: -2 nA, duration: 10 s}\n",
    "waveform": "  - waveform: {file: wave.csv}\n  - rest: {duration: 5 s}\n",
}
WAYS = ("kill", "terminate", "interrupt", "kill while it writes", "kill one rank", "kill the launcher", "terminate the launcher")


def deck(chosen):
    kind, protocol = chosen.choice(list(DECKS)), chosen.choice(list(PROTOCOLS))
    inputs = pathlib.Path(__file__).resolve().parents[2] / "inputs"
    text = DECKS[kind].format(inputs=inputs, rings=chosen.randint(8, 32))
    fields = chosen.choice(("none", "vertices", "interval"))
    every = ", fields_interval: 2 s" if fields == "interval" else ""
    text += (f"output: {{fields: {fields}{every}, checkpoint_every: {chosen.choice(('0.02 s', '0.05 s', '0.2 s'))}, "
             f"flush_every: {chosen.choice(('0.02 s', '0.1 s', '1 s'))}, interface_every: {chosen.randint(1, 4)}}}\n"
             f"time: {{method: {chosen.choice(('esdirk3', 'esdirk4'))}, tolerance: {10 ** chosen.uniform(-7, -4):.3g}, largest_step: 0.2 s}}\n")
    return f"{kind}, {protocol}", text + "protocol:\n" + PROTOCOLS[protocol]


def children(pid):
    """Processes below a launcher that are the program."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


class Kills:
    def __init__(self, folder, chosen):
        from support import Output, command, environment  # needs LISEI in the environment
        self.folder, self.chosen, self.command, self.output = folder, chosen, command, Output
        self.environment = lambda ranks: {**environment(ranks), "XDG_CACHE_HOME": str(folder / "cache"), "OMP_NUM_THREADS": "1",
                                          "OPENBLAS_NUM_THREADS": "1"}

    def start(self, ranks, *arguments):
        return subprocess.Popen(self.command(*arguments, ranks=ranks), cwd=self.folder, env=self.environment(ranks), text=True, start_new_session=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def finish(self, process):
        try:
            text = process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0]
        return process.returncode, text

    def strike(self, process, way, ranks, size):
        """Wait until so many bytes of the table are there, then kill."""
        out = self.folder / "out"
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and self.output(out).table_size < size and time.monotonic() < deadline:
            time.sleep(0.001)
        while way == "kill while it writes" and process.poll() is None and not any(out.glob("*/*.part")) and time.monotonic() < deadline:
            pass
        targets = children(process.pid) if ranks > 1 else [process.pid]
        chosen = [self.chosen.choice(targets)] if way == "kill one rank" and targets else targets
        numbers = {"terminate": signal.SIGTERM, "interrupt": signal.SIGINT, "terminate the launcher": signal.SIGTERM}
        for pid in [process.pid] if "launcher" in way else chosen:
            try:
                os.kill(pid, numbers.get(way, signal.SIGKILL))
            except ProcessLookupError:
                pass
        status, _ = self.finish(process)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and any(pathlib.Path(f"/proc/{pid}").exists() for pid in targets):
            time.sleep(0.01)  # ranks whose launcher died
        for pid in targets:
            if pathlib.Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
        return status

    def case(self, number):
        """One deck, struck one to three times. Ways, and what is wrong ("": nothing)."""
        name, text = deck(self.chosen)
        ranks = self.chosen.choice((1, 1, 2))
        for entry in ("out", "whole"):
            shutil.rmtree(self.folder / entry, ignore_errors=True)
        (self.folder / "deck.yaml").write_text(text, encoding="utf-8")
        (self.folder / "wave.csv").write_text(WAVE, encoding="utf-8")
        status, said = self.finish(self.start(ranks, "run", "deck.yaml", "--out", "whole"))
        if status != 0:
            return name, [], f"undisturbed: status {status}: {said[-300:]}"
        whole = self.output(self.folder / "whole")
        arguments, ways = ("run", "deck.yaml", "--out", "out"), []
        for _ in range(self.chosen.randint(1, 3)):
            way = self.chosen.choice(WAYS if ranks > 1 else WAYS[:4])
            ended = self.strike(self.start(ranks, *arguments), way, ranks, self.chosen.uniform(0.02, 0.95) * whole.table_size)
            if ended != 0:
                ways.append(f"{way}, {ranks} rank{'s' if ranks > 1 else ''}")
            if any((self.folder / "out").glob("checkpoint/????????.h5")):
                arguments = ("resume", "out")
            else:  # killed before its first checkpoint: there is nothing to resume
                shutil.rmtree(self.folder / "out", ignore_errors=True)
        status, said = self.finish(self.start(ranks, *arguments))
        if status != 0:
            return name, ways, f"{arguments[0]}: status {status}: {said[-300:]}"
        return name, ways, self.compare(whole, self.output(self.folder / "out"))

    @staticmethod
    def compare(whole, other):
        import numpy
        for part in ("history", "interface"):
            first, second = getattr(whole, part), getattr(other, part)
            for name in first:
                if not numpy.array_equal(first[name], second[name]):
                    return f"{part}/{name} differs"
        if (whole.folder / "history.csv").read_bytes() != (other.folder / "history.csv").read_bytes():
            return "history.csv differs"
        fields = [{p.name: p.stat().st_size for p in (o.folder / "fields").glob("*.hdf")} for o in (whole, other)]
        return "" if fields[0].keys() == fields[1].keys() else f"fields differ: {len(fields[0])}, {len(fields[1])}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("lisei", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["LISEI"] = str(options.lisei.resolve())
    os.environ.update({"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"})
    done, defects, number = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory(prefix="lisei-kills-") as scratch:
        while sum(done.values()) < options.kills:
            kills = Kills(pathlib.Path(scratch), random.Random(f"{options.seed} {number}"))
            name, ways, wrong = kills.case(number)
            done.update(ways)
            if wrong:
                defects += 1
                print(f"case {number} ({name}; {', '.join(ways)}): {wrong}", flush=True)
            number += 1
    print(f"{sum(done.values())} kills of {number} runs, {defects} resumed to something else")
    for way, count in sorted(done.items()):
        print(f"  {way}: {count}")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
