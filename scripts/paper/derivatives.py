"""How three currents of the symmetric voltammogram's first cycle depend on the fitted numbers: d ln I/d ln number.

By the program's own sensitivities (`output.sensitivities`) where it differentiates the set; it refuses a crack, a grain under the
contact, a
resolved SEI, and SEI growth under a growing contact. There, and for a number of several keys, by central differences of 5 % in one sweep,
one-sided at the end of a range."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np

from lisei.output import Output

from . import curves
from .checks import NotReached
from .evaluate import Experiment, batch, lay_out_decks, program, wrapper

STEP = 0.05
MOST = 24  # numbers in one run of the program
POINTS = (
    ("−10 mV", "cathodic", "forward", 1.0),
    ("+10 mV", "anodic", "forward", 1.0),
    ("+5 mV, on the way back", "anodic", "reverse", 0.5),
)
ONE_CYCLE = Experiment("derivatives", "grains", {"derivatives": {}})


@dataclass
class Table:
    """values: {number: [d ln I/d ln number at POINTS] or None}; how: by what."""

    values: dict
    how: str


def _currents(run, column=None):
    """Magnitudes [A] at POINTS; of a derivative column with its sign relative to the current."""
    found = []
    for _, side, way, share in POINTS:
        half = [half for half in curves.halves(run, column) if (half.vertex > 0) == (side == "anodic")][0]
        found.append(float(half.at(way, 0.999 * share * abs(half.vertex))))
    return np.array(found)


def _of_program(one):
    """(values, None) by output.sensitivities, or (None, the program's words)."""
    numbers = {number.name: number.keys[0] for number in one.fitted.values() if len(number.keys) == 1 and not number.decks}
    folder = tempfile.mkdtemp(prefix="lisei-derivatives-")
    try:
        lay_out_decks(one, folder)
        deck = wrapper(one, ONE_CYCLE, folder, False)
        values, names = {}, list(numbers)
        for first in range(0, len(names), MOST):
            part = {name: numbers[name] for name in names[first : first + MOST]}
            found, refused = _run_with_sensitivities(deck, part, os.path.join(folder, f"out_{first}"))
            if refused:
                return None, refused
            values.update(found)
        return values, None if values else "no number of one key"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_with_sensitivities(deck, numbers, out):
    """({number: [d ln I/d ln number]}, None), or (None, the program's words)."""
    done = subprocess.run(
        [program(), "run", deck, "--out", out, "--set", f"output.sensitivities=[{', '.join(numbers.values())}]"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ, OMP_NUM_THREADS="1"),
    )
    if done.returncode:
        lines = [
            line.split(": ", 1)[-1].strip()
            for line in done.stderr.splitlines()
            if "note:" not in line and not line.rstrip().endswith(("error", "errors"))
        ]
        return None, "; ".join(dict.fromkeys(lines))[:400]
    run = Output(out)
    plain = _currents(run)
    return {name: list(_currents(run, f"d_current_d_ln_{key}") / plain) for name, key in numbers.items()}, None


def _of_differences(one, names, jobs):
    samples, places = [{}], {}
    for name in names:
        number = one.fitted[name]
        if number.value == 0:
            continue
        ends = [float(np.clip(number.value * (1 + step), number.low, number.high)) for step in (STEP, -STEP)]
        places[name] = (len(samples), np.log(ends[0] / ends[1]))
        samples += [{name: end} for end in ends]
    samples = [{**{number.name: number.value for number in one.fitted.values()}, **sample} for sample in samples]
    with batch(one, samples, rings=24, jobs=jobs, experiments=[ONE_CYCLE]) as found:
        values = {}
        for name, (place, width) in places.items():
            try:
                up, down = (np.log(_currents(found[place + offset]["derivatives"])) for offset in (0, 1))
                values[name] = list((up - down) / width)
            except (NotReached, LookupError, ArithmeticError):
                values[name] = None
        return values


def compute(one, jobs):
    values, refused = _of_program(one)
    if values is not None:
        others = [name for name, number in one.fitted.items() if name not in values and not number.decks]
        values.update(_of_differences(one, others, jobs) if others else {})
        return Table(values, "the program's sensitivities" + (f"; {', '.join(others)} by differences" if others else ""))
    return Table(
        _of_differences(one, [name for name, number in one.fitted.items() if not number.decks], jobs),
        f"central differences of 5 %: the program does not differentiate this set ({refused})",
    )
