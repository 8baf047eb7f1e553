"""Logarithmic derivatives d ln(headline)/d ln(parameter) by central differences."""

import math

from . import headlines, units
from .document import Cell, heat
from .experiments import RUNS
from .variants import Group

# Far above the noise of the step control (time.tolerance 1e-4, so about 1e-3 in a derivative), small enough for a derivative.
STEP = 0.05
NOISE = 0.005  # of a derivative, below which it is shown as 0


def shift(key, by):
    """A change that multiplies the value of a key as the deck has it, so that an experiment's own state is shifted, too."""
    def change(deck):
        return [(key, units.scaled(deck[key], 1 + by))] if key in deck else []
    return change


def steps_within(parameter):
    """(up, down): relative shifts that stay in the parameter's range; 0 on the side where it ends."""
    try:
        low, high = sorted(units.to_si(bound) for bound in parameter.range)
        value = units.to_si(parameter.value)
    except (TypeError, ValueError):
        return STEP, -STEP
    up = STEP if low <= value * (1 + STEP) <= high else 0.0
    down = -STEP if low <= value * (1 - STEP) <= high else 0.0
    return (up, down) if up or down else (STEP, -STEP)


class SensitivityTable:
    """Two groups of runs per fitted parameter."""

    def __init__(self, plan, parameters, reference):
        self.reference = reference
        self.keys = [key for key, parameter in parameters.items() if parameter.fitted_to and _nonzero_number(parameter.value)]
        self.groups, self.values, self.unused = {}, {}, []
        self.steps = {key: steps_within(parameters[key]) for key in self.keys}
        for key in self.keys:
            used = False
            for by in self.steps[key]:
                if by:
                    runs = tuple(name for name in headlines.needed_runs() if parameters[key].deck in ("", RUNS[name].deck))
                    group = plan.add(Group(f"{key} {100 * by:+g} %", runs, shift(parameters[key].key, by), reference))
                    self.groups[id(group)] = (key, by)
                    used = used or bool(group.own)
            if not used:
                self.unused.append(key)

    def owns(self, group):
        return id(group) in self.groups or group is self.reference

    def evaluate(self, group):
        found = headlines.values(group.results)
        if group is self.reference:
            self.values.update({(key, 0.0): found for key in self.keys})
        else:
            self.values[self.groups[id(group)]] = found

    def derivative(self, key, headline):
        """d ln(headline)/d ln(parameter); None where the feature is missing on one side."""
        up, down = self.steps[key]
        above, below = (self.values.get((key, by), {}).get(headline) for by in (up, down))
        if not above or not below or above <= 0 or below <= 0:
            return None
        return math.log(above / below) / math.log((1 + up) / (1 + down))

    def write(self, document):
        document.heading("Sensitivity: d ln(headline)/d ln(parameter)")
        document.paragraph(
            f"Central differences, each fitted parameter ±{100 * STEP:g} % (one-sided at the end of its range), same runs and rings as "
            f"the mechanisms above. 1 means proportional, 0 no influence (below {NOISE:g} in size, the noise of the step control). – : the "
            "feature is not there on one side.")
        rows = []
        for key in self.keys:
            if key in self.unused:
                continue
            found = [self.derivative(key, headline.id) for headline in headlines.HEADLINES]
            rows.append([f"`{key}`"] + [Cell("–", "warn", True) if value is None else heat(value, 1.5, _written(value)) for value in found])
        document.table(["fitted parameter"] + [headline.label for headline in headlines.HEADLINES], rows)
        if self.unused:
            document.paragraph("Used by none of these runs: " + ", ".join(f"`{key}`" for key in self.unused) + ".")


def _written(value):
    return "0" if abs(value) < NOISE else f"{value:+.2f}"


def _nonzero_number(value):
    try:
        return units.split(value)[0] != 0.0
    except units.UnitError:
        return False
