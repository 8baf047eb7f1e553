"""Discretisation error of the headline numbers: rings halved and doubled, finer steps in time."""

import math
from dataclasses import dataclass

from . import headlines, units
from .document import Cell
from .variants import Group

LEAST_RINGS = 8
NOISE = 1e-5  # relative; differences below it show rounding and the step control, not an order


def _rings(by):
    def change(deck):
        rings = max(LEAST_RINGS, round(int(deck["grid.rings"]) * by)) if "grid.rings" in deck else 0
        return [("grid.rings", str(rings))] if rings else []
    return change


def _tighter(deck):
    """The tolerance, and the largest step where the deck sets one: then that, and the curve between its rows, is the error."""
    finer = [("time.tolerance", 0.1)] + ([("time.largest_step", 0.25)] if units.to_si(deck.get("time.largest_step", "0 s")) else [])
    return [(key, units.scaled(deck[key], by)) for key, by in finer if key in deck]


REFINEMENTS = {"half": ("rings halved", _rings(0.5)), "double": ("rings doubled", _rings(2.0)), "time": ("finer in time", _tighter)}


@dataclass
class Estimate:
    """Errors of a value: grid and time, observed order of the grid's, all [SI] but the order."""
    value: float
    grid: float
    time: float
    order: float = None

    @property
    def total(self):
        return self.grid + self.time


def grid_error(half, value, double):
    """(error of `value`, observed order or None) from three grids with a ratio of 2.

    Richardson: value(N) = v + C N^-p, so p = log2 of the ratio of the differences and error = |v(N) - v(2N)|/(1 - 2^-p), p taken
    between 1 and 4. Where the sequence is not monotone or does not converge, the larger difference."""
    first, second = value - half, double - value
    if second == 0.0:
        return 0.0, None
    if first * second <= 0.0 or abs(second) >= abs(first):
        return max(abs(first), abs(second)), None
    order = math.log2(first / second)
    error = abs(second) / (1 - 2 ** -min(max(order, 1.0), 4.0))
    return error, order if abs(second) > NOISE * abs(value) else None


class UncertaintyTable:
    """Three groups of refined runs."""

    def __init__(self, plan, names):
        self.names = tuple(name for name in headlines.needed_runs() if name in names)
        self.groups = {}
        for key, (label, change) in REFINEMENTS.items():
            self.groups[id(plan.add(Group(label, self.names, change)))] = key
        self.values = {}

    def owns(self, group):
        return id(group) in self.groups

    def evaluate(self, group):
        self.values[self.groups[id(group)]] = headlines.values(group.results)

    def estimate(self, headline, value):
        """The Estimate of a headline; None where one of the refined runs has no value."""
        found = [self.values.get(key, {}).get(headline) for key in REFINEMENTS]
        if value is None or any(number is None for number in found):
            return None
        half, double, tighter = found
        grid, order = grid_error(half, value, double)
        return Estimate(value, grid, abs(tighter - value), order)

    def write(self, document, base_values):
        document.heading("Uncertainty of the headline numbers by grid and time")
        document.paragraph(
            "Every headline number again with half and twice the rings, and with a tenth of the tolerance in time (and a quarter of the "
            "largest step, where the deck sets one). Grid: Richardson, "
            "error = |v(N) − v(2N)|/(1 − 2⁻ᵖ) with the observed order p = log₂[(v(N) − v(N/2))/(v(2N) − v(N))] kept between 1 and 4; where "
            "the three values do not converge monotonically, the larger of the two differences (no order given). Time: the difference "
            "to the finer steps. The error is their sum. It says nothing about the model or its parameters.")
        rows = []
        for headline in headlines.HEADLINES:
            value = base_values.get(headline.id)
            estimate = self.estimate(headline.id, value)
            if estimate is None:
                rows.append([headline.label, Cell("no value", "warn")] + [""] * 4)
                continue
            rows.append([headline.label, Cell(with_error(value, estimate.total, headline.unit), "", True),
                         Cell(units.shown(estimate.grid, headline.unit, 2), "", True),
                         "" if estimate.order is None else f"{estimate.order:.1f}",
                         Cell(units.shown(estimate.time, headline.unit, 2), "", True),
                         Cell(f"{100 * estimate.total / abs(value):.2g} %" if value else "", "", True)])
        document.table(["headline number", "value ± discretisation error", "grid", "order", "time", "relative"], rows)


def with_error(value, error, unit):
    """"0.8021 ± 0.0004 ohm cm^2": as many digits as the error allows."""
    scale = units.factor(unit)
    value, error = value / scale, error / scale
    if not error:
        return f"{value:.6g} ± 0 {unit}".strip()
    digits = max(0, -math.floor(math.log10(error)))
    return f"{value:.{digits}f} ± {error:.{digits}f} {unit}".strip()
