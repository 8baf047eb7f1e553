"""Logarithmic derivatives d ln(headline)/d ln(parameter) by central differences."""

import math

from . import headlines, units
from .document import Cell, heat
from .variants import Group

# Far above the noise of the step control (time.tolerance 1e-4, so about 1e-3 in a derivative), small enough for a derivative.
STEP = 0.05


def shift(key, by):
    """A change that multiplies the value of a key as the deck has it, so that an experiment's own state is shifted, too."""
    def change(deck):
        return [(key, units.scaled(deck[key], 1 + by))] if key in deck else []
    return change


class SensitivityTable:
    """Two groups of runs per fitted parameter."""

    def __init__(self, plan, parameters, reference):
        self.reference = reference
        self.keys = [key for key, parameter in parameters.items() if parameter.fitted_to and _nonzero_number(parameter.value)]
        self.groups, self.values, self.unused = {}, {}, []
        for key in self.keys:
            pair = [plan.add(Group(f"{key} {100 * by:+g} %", headlines.needed_runs(), shift(key, by), reference)) for by in (STEP, -STEP)]
            if pair[0].own:
                self.groups[id(pair[0])], self.groups[id(pair[1])] = (key, STEP), (key, -STEP)
            else:
                self.unused.append(key)

    def owns(self, group):
        return id(group) in self.groups

    def evaluate(self, group):
        self.values[self.groups[id(group)]] = headlines.values(group.results)

    def derivative(self, key, headline):
        """d ln(headline)/d ln(parameter); None where the feature is missing on one side."""
        above, below = (self.values.get((key, by), {}).get(headline) for by in (STEP, -STEP))
        if not above or not below or above <= 0 or below <= 0:
            return None
        return math.log(above / below) / math.log((1 + STEP) / (1 - STEP))

    def write(self, document):
        document.heading("Sensitivity: d ln(headline)/d ln(parameter)")
        document.paragraph(
            f"Central differences, each fitted parameter ±{100 * STEP:g} %, same runs and rings as the mechanisms above. 1 means "
            "proportional, 0 no influence (below 0.005 in size: the noise of the step control). – : the feature is not there on one side.")
        rows = []
        for key in self.keys:
            if key in self.unused:
                continue
            found = [self.derivative(key, headline.id) for headline in headlines.HEADLINES]
            rows.append([f"`{key}`"] + [Cell("–", "warn", True) if value is None else heat(value, 1.5, f"{value + 0.0:+.2f}")
                                        for value in found])
        document.table(["fitted parameter"] + [headline.label for headline in headlines.HEADLINES], rows)
        if self.unused:
            document.paragraph("Used by none of these runs: " + ", ".join(f"`{key}`" for key in self.unused) + ".")


def _nonzero_number(value):
    try:
        return units.split(value)[0] != 0.0
    except units.UnitError:
        return False
