"""Runs of the program, several side by side, and what they left. Nothing is kept from one call to the next."""

import concurrent.futures
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from lisei.output import Output, OutputError

PATIENCE = 240.0  # [s] after which a run is given up


class NotSelected(KeyError):
    """A run that was not asked for."""


class RunFailed(Exception):
    """A run that was asked for and left no result."""


@dataclass
class Job:
    """One run: label for people, deck, overrides, output folder; `key` is whatever the caller wants to have back."""
    label: str
    deck: str
    overrides: tuple
    folder: str
    cost: float = 1.0
    key: object = None


@dataclass
class Result:
    """How a job ended: exit status of the program, why it failed ("" if it did not), wall time [s]."""
    job: Job
    status: int
    why: str
    seconds: float

    @property
    def failed(self):
        return bool(self.why)


def command(program, job):
    words = [program, "run", job.deck, "--out", job.folder, "--force"]
    for key, value in job.overrides:
        words += ["--set", f"{key}={value}"]
    return words


def _why(text, status):
    """The program's own words for its failure, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "note:" not in line]
    for line in lines:
        if "FAILED" in line:
            return line.split("FAILED:")[-1].strip()
    telling = [line for line in lines if not line.startswith(("lisei ", "1 error")) and not line.endswith("errors")]
    return "; ".join(telling[:3]) or f"exit status {status}"


def run_job(program, job):
    """Run one job to its end."""
    begin = time.monotonic()
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    try:
        done = subprocess.run(command(program, job), capture_output=True, text=True, timeout=PATIENCE, env=environment,
                              check=False, stdin=subprocess.DEVNULL)
        status, why = done.returncode, ""
        if status:
            why = _why((done.stderr + "\n" + done.stdout).replace(os.path.dirname(job.deck) + os.sep, ""), status)
    except subprocess.TimeoutExpired:
        status, why = -1, f"not finished after {PATIENCE:g} s"
    except OSError as error:
        status, why = -1, f"cannot start {program}: {error.strerror}"
    return Result(job, status, why, time.monotonic() - begin)


class Progress:
    """A line that is rewritten on a terminal; a line every few seconds elsewhere."""

    EVERY = 10.0

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.begin = self.last = time.monotonic()
        self.done = self.total = 0

    def expect(self, count):
        self.total += count

    def step(self, label):
        self.done += 1
        now = time.monotonic()
        if self.live:
            self._write(f"\r\033[K{self._line(label)}")
        elif now - self.last >= self.EVERY or self.done == self.total:
            self.last = now
            self._write(self._line(label) + "\n")

    def say(self, text):
        self._write(("\r\033[K" if self.live else "") + text + "\n")

    def _line(self, label):
        seconds = int(time.monotonic() - self.begin)
        return f"{self.done}/{self.total} runs, {seconds // 60}:{seconds % 60:02d}  {label}"

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()


def run_all(program, jobs, workers, progress):
    """Run the jobs, the longest first; yields each result as it comes."""
    progress.expect(len(jobs))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(run_job, program, job) for job in sorted(jobs, key=lambda job: -job.cost)]
        try:
            for future in concurrent.futures.as_completed(waiting):
                result = future.result()
                progress.step(result.job.label)
                yield result
        finally:
            for future in waiting:
                future.cancel()


class Runs(Mapping):
    """Results by run name, read when they are asked for: runs["cv_fast"] is a lisei.output.Output.

    `used` collects the names that were asked for."""

    def __init__(self, results):
        self.results = dict(results)
        self.used = set()
        self._outputs = {}

    def __getitem__(self, name):
        self.used.add(name)
        if name not in self.results:
            raise NotSelected(name)
        result = self.results[name]
        if result.failed:
            raise RunFailed(f"{name}: {result.why}")
        if name not in self._outputs:
            try:
                self._outputs[name] = Output(result.job.folder)
            except OutputError as error:
                raise RunFailed(f"{name}: {error}") from error
        return self._outputs[name]

    def __iter__(self):
        return iter(self.results)

    def __len__(self):
        return len(self.results)

    def share(self, name, other):
        """Take a result, read or not, of another collection."""
        self.results[name] = other.results[name]
        if name in other._outputs:
            self._outputs[name] = other._outputs[name]

    def clear(self):
        """Forget what has been read."""
        self._outputs.clear()

    def resolved(self, name):
        """The deck as the program used it, as {key: text}."""
        return flat_deck(os.path.join(self.results[name].job.folder, "deck.yaml"))


def flat_deck(path):
    """{key: value} of a resolved deck, without its protocol."""
    with open(path, encoding="utf-8") as file:
        # Values stay text: YAML would read 1e-4 as text and 1.0e-4 as a number.
        tree = yaml.load(file, Loader=yaml.BaseLoader)
    found = {}

    def walk(prefix, node):
        for name, value in node.items():
            if isinstance(value, dict):
                walk(f"{prefix}{name}.", value)
            elif name != "protocol":
                found[prefix + name] = value
    walk("", tree)
    return found
