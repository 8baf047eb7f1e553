"""Numbers with units as they stand in decks and targets: "9.64 um", "0.8 ohm cm^2", "60 mA cm-2", "1 1/s/MPa"."""

import re

PREFIXES = {"": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9}
# In terms of SI base units; a gram is the unit of mass that takes prefixes.
BASES = {"m": 1.0, "s": 1.0, "A": 1.0, "V": 1.0, "ohm": 1.0, "S": 1.0, "Pa": 1.0, "N": 1.0, "C": 1.0, "K": 1.0, "g": 1e-3, "J": 1.0,
         "mol": 1.0, "eV": 1.602176634e-19, "min": 60.0, "h": 3600.0, "%": 0.01, "1": 1.0}
NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")
PIECE = re.compile(r"([A-Za-zµ%]+|1)\^?([+-]?\d+(?:\.\d+)?)?$")


class UnitError(ValueError):
    """A number or a unit that cannot be read."""


def split(text):
    """("9.64 um") -> (9.64, "um"); plain numbers have the unit ""."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text), ""
    found = NUMBER.match(str(text))
    if not found:
        raise UnitError(f"'{text}' is not a number with a unit")
    return float(found.group(1)), found.group(2)


def _base(name):
    for start in range(len(name)):
        if name[:start] in PREFIXES and name[start:] in BASES:
            return PREFIXES[name[:start]] * BASES[name[start:]]
    raise UnitError(f"unknown unit '{name}'")


def factor(unit):
    """What one of the unit is in SI: factor("mA/cm^2") = 10."""
    product = 1.0
    for number, group in enumerate(unit.split("/")):
        for piece in group.replace("*", " ").split():
            found = PIECE.match(piece)
            if not found:
                raise UnitError(f"unknown unit '{piece}' in '{unit}'")
            power = float(found.group(2) or 1)
            product *= _base(found.group(1)) ** (-power if number else power)
    return product


def to_si(text):
    """[SI] of a text such as "9.64 um"."""
    number, unit = split(text)
    return number * factor(unit)


def scaled(text, by):
    """The text with its number multiplied: scaled("2.8 mS/cm", 1.05) = "2.94 mS/cm"."""
    number, unit = split(text)
    return f"{number * by:.10g} {unit}".strip()


def shown(value, unit, digits=4):
    """An SI value written in the unit."""
    return f"{value / factor(unit):.{digits}g} {unit}".strip()
