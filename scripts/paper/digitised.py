"""Curves digitised from the paper's figures: inputs/paper/digitised/PANEL.csv, empty by default; the format is in the README there.

    curves = read_all("inputs/paper/digitised")          {panel: {column: array, SI}}
    write_fit(one, curves, folder)                       a study of `lisei fit` of a set's numbers
"""

import csv
import os

import numpy as np
import yaml

from . import evaluate, units
from .checks import CONSTRICTION, NOMINAL_AREA
from .decks import InputError

VOLTAMMOGRAM = {"potential": "V", "current": "A"}
CYCLES = {"cycle": "1", **VOLTAMMOGRAM}
COLUMNS = {
    "fig2a": VOLTAMMOGRAM,
    "fig2b": {"current_density": "A m-2", "overpotential": "V"},
    "fig3a": CYCLES,
    "fig3b": CYCLES,
    "fig8a": {"current_density": "A m-2", "time": "s", "potential": "V"},
    "figS6": CYCLES,
    "figS7": CYCLES,
}
# Of the sweeps: run, scan rate [V/s], vertices [V] in their order.
SWEEPS = {
    "fig2a": ("cv_fast", 10e-3, (-20e-3, 20e-3)),
    "fig2b": ("cv_fast", 10e-3, (-20e-3, 20e-3)),
    "fig3a": ("cv_symmetric", 0.2e-3, (-10e-3, 10e-3)),
    "figS6": ("cv_symmetric", 0.2e-3, (-10e-3, 10e-3)),
    "fig3b": ("cv_asymmetric", 0.2e-3, (-10e-3, 20e-3)),
    "figS7": ("cv_asymmetric_fast", 0.5e-3, (-10e-3, 20e-3)),
}


def read(path):
    """{column: array [SI]} of one file."""
    panel = os.path.splitext(os.path.basename(path))[0]
    if panel not in COLUMNS:
        raise InputError(f"{path}: there is no panel '{panel}'; expected {', '.join(COLUMNS)}")
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [(number, line) for number, line in enumerate(file.read().splitlines(), 1) if line.strip() and not line.startswith("#")]
    wrong, factors, names = [], [], []
    header = next(csv.reader([rows[0][1]])) if rows else []
    for word in header:
        name, _, unit = word.strip().partition(" [")
        names.append(name)
        try:
            factors.append(units.factor(unit.rstrip("]")))
        except units.UnitError as error:
            wrong.append(f"{path}:{rows[0][0]}: {word}: {error}")
            factors.append(1.0)
    if set(names) != set(COLUMNS[panel]):
        wrong.append(f"{path}: expected the columns {', '.join(COLUMNS[panel])} with their units, got {', '.join(names) or 'nothing'}")
    values = []
    for number, line in rows[1:]:
        words = next(csv.reader([line]))
        try:
            if len(words) != len(names):
                raise ValueError(f"{len(words)} values")
            values.append([float(word) * factor for word, factor in zip(words, factors)])
            if not np.isfinite(values[-1]).all():
                raise ValueError("not finite")
        except ValueError as error:
            wrong.append(f"{path}:{number}: expected {len(names)} numbers: {error}")
    if not wrong and len(values) < 2:
        wrong.append(f"{path}: expected two points at least, got {len(values)}")
    if wrong:
        raise InputError("\n".join(wrong))
    return dict(zip(names, np.array(values).T))


def read_all(folder):
    """{panel: curve} of the files that are there; all that is wrong in one error."""
    found, wrong = {}, []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not name.endswith(".csv"):
            continue
        try:
            found[os.path.splitext(name)[0]] = read(os.path.join(folder, name))
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        raise InputError("\n".join(wrong))
    return found


def times(panel, curve):
    """Times [s] from the start of the sweep, from the potentials and the order of the points: the ways of a cycle part at its lowest and
    highest
    potentials."""
    _, rate, vertices = SWEEPS[panel]
    potential = (
        curve["potential"] if "potential" in curve else -(curve["overpotential"] + curve["current_density"] * NOMINAL_AREA * CONSTRICTION)
    )
    cycles = curve.get("cycle", np.ones(len(potential)))
    span = 2 * sum(abs(vertex) for vertex in vertices) / rate
    result = np.empty(len(potential))
    for cycle in np.unique(cycles):
        rows = np.flatnonzero(cycles == cycle)
        first = 0
        for start, end, begin in _legs(rate, vertices):
            rest = potential[rows[first:]]
            count = (len(rest) if end == 0 else int(np.argmax(np.sign(end) * rest)) + 1) if len(rest) else 0
            way = rows[first : first + count]
            result[way] = (cycle - 1) * span + begin + np.clip((potential[way] - start) / (end - start), 0, 1) * abs(end - start) / rate
            first += count
    return np.maximum.accumulate(result)  # reading errors do not turn time back


def _legs(rate, vertices):
    """(potential at the start, at the end [V], time of the start [s]) of the ways of a cycle, which starts at 0 V."""
    legs, here, clock = [], 0.0, 0.0
    for vertex in (*vertices, 0.0):
        legs.append((here, vertex, clock))
        clock += abs(vertex - here) / rate
        here = vertex
    return legs


def density_at_sweep(curve):
    """[A] of fig2b."""
    return -curve["current_density"] * NOMINAL_AREA


def write_data(panel, curve, folder):
    """Data of a panel for `lisei fit`: [(path, experiment, settings of the deck, quantity)]; a sweep is one file of time and current,
    fig8a one of time
    and potential for each of its current densities."""
    if panel in SWEEPS:
        current = curve["current"] if "current" in curve else density_at_sweep(curve)
        path = os.path.join(folder, f"{panel}.csv")
        _write_columns(path, ("time [s]", "current [A]"), times(panel, curve), current)
        return [(path, SWEEPS[panel][0], {}, "current")]
    found = []
    for density in np.unique(curve["current_density"]):
        rows = curve["current_density"] == density
        path = os.path.join(folder, f"{panel}_{density / 10:g}.csv")
        _write_columns(path, ("time [s]", "potential [V]"), curve["time"][rows], curve["potential"][rows])
        found.append((path, "rate", {"protocol.0.current.current": f"{density * NOMINAL_AREA:.8g} A"}, "potential"))
    return found


def _write_columns(path, header, *columns):
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows([f"{value:.8g}" for value in row] for row in zip(*columns))


def write_fit(one, curves, folder):
    """fit.yaml with decks and data of a set, in a folder that is made; returns its path. Numbers of one key that all decks use are its
    parameters."""
    evaluate.lay_out_decks(one, folder)
    experiments = []
    for panel, curve in curves.items():
        for path, name, settings, quantity in write_data(panel, curve, folder):
            deck = evaluate.wrapper(one, evaluate.EXPERIMENTS[name], folder, False)
            experiments.append(
                {
                    "name": os.path.splitext(os.path.basename(path))[0],
                    "deck": os.path.basename(deck),
                    "data": os.path.basename(path),
                    "quantity": quantity,
                    **({"set": settings} if settings else {}),
                }
            )
    parameters = {
        number.keys[0]: {
            "start": number.text(),
            "bounds": [number.text(number.low), number.text(number.high)],
            "scale": "log" if number.logarithmic else "linear",
        }
        for number in one.fitted.values()
        if len(number.keys) == 1 and not number.decks
    }
    path = os.path.join(folder, "fit.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(
            {"title": f"Digitised curves, set {one.name}", "parameters": parameters, "experiments": experiments}, file, sort_keys=False
        )
    return path


def deviation(panel, curve, runs):
    """Root mean square of simulated less digitised current over the largest digitised one; None where the run does not reach."""
    name = SWEEPS[panel][0]
    history = runs[name].history
    moments = times(panel, curve)
    if moments[-1] > history["time"][-1] * (1 + 1e-6):
        return None
    current = curve["current"] if "current" in curve else density_at_sweep(curve)
    simulated = np.interp(moments, history["time"], history["current"])
    return float(np.sqrt(np.mean((simulated - current) ** 2)) / np.abs(current).max())
