"""Eight headline numbers, for sensitivity and uncertainty. Positive; SI."""

from dataclasses import dataclass

from . import curves, units
from .experiments import NOMINAL_AREA
from .observables import OBSERVABLES


@dataclass(frozen=True)
class Headline:
    """A number read off the runs that `runs` names."""
    id: str
    label: str
    unit: str
    runs: tuple
    value: object


def _observed(name):
    def value(runs):
        seen = OBSERVABLES[name](runs)
        return abs(seen.value) * units.factor(seen.unit)
    return value


def hysteresis_depth(runs):
    """[1] largest loss of current on the way back, 1 - min I_rev/I_fwd, first anodic half at 0.2 mV/s."""
    half = curves.anodic(runs["cv_symmetric"])[0]
    return 1.0 - float(half.ratio(half.grid()).min())


def charge_at(density):
    def value(runs):
        return abs(float(runs[f"rate_{density:g}"].history["charge"][-1])) / NOMINAL_AREA
    return value


HEADLINES = (
    Headline("R_p", "R_p", "ohm cm^2", ("cv_symmetric",), _observed("R_p")),
    Headline("linear_limit_anodic_10mVs", "anodic linear limit, 10 mV/s", "mV", ("cv_fast",), _observed("linear_limit_anodic_10mVs")),
    Headline("corrected_eta_peak", "peak of the corrected η", "mA/cm^2", ("cv_fast",), _observed("corrected_eta_peak")),
    Headline("anodic_symmetric_to", "anodic limit, 0.2 mV/s", "mV", ("cv_symmetric",), _observed("anodic_symmetric_to")),
    Headline("hysteresis", "depth of the hysteresis, cycle 1", "", ("cv_symmetric",), hysteresis_depth),
    Headline("charge", "charge to 1 V at 19.77 mA/cm²", "C/cm^2", ("rate_19.77",), charge_at(19.77)),
    Headline("flaw_220s", "|η| flaw, 220 s", "mV", ("staircase_flaw",), _observed("flaw_220s")),
    Headline("flawless_220s", "|η| flaw-free, 220 s", "mV", ("staircase_surface",), _observed("flawless_220s")),
)


def needed_runs():
    return tuple(dict.fromkeys(name for headline in HEADLINES for name in headline.runs))


def values(runs):
    """{id: value [SI] or None}: None where the run is missing, failed, or has lost the feature."""
    found = {}
    for headline in HEADLINES:
        try:
            found[headline.id] = float(headline.value(runs))
        except Exception:  # pylint: disable=broad-except
            # A variant may end anywhere: no vertex, no crack, a run that was refused. There is no number then.
            found[headline.id] = None
    return found
