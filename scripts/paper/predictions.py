"""What the sets predict for experiments that the paper did not do: where they differ, a measurement decides."""

from dataclasses import dataclass

import numpy as np

from .checks import NOMINAL_AREA, NotReached, anodic_symmetric_to, fit_line, halves, smallest
from .evaluate import Experiment, batch

LOADS = ("0.1", "0.3", "1", "3")  # [MPa]; 7, 22, 73, 219 uN on the contact
TEMPERATURES = ("288.15", "318.15", "333.15")  # [K]; 25 degC is in the table as it is
GRAINS = ("50", "200")  # [nm]
SCAN_RATES = ("0.05", "1", "5")  # [mV/s]


def _variants(prefix, key, values, unit):
    return {f"{prefix}_{value}": {key: f"{value} {unit}"} for value in values}


PREDICTIONS = (
    Experiment("p_load", "grains", _variants("p_load", "needle.pressure", LOADS, "MPa")),
    Experiment("p_temperature", "grains", _variants("p_temperature", "temperature", TEMPERATURES, "K")),
    Experiment("p_grain", "grains", _variants("p_grain", "lithium.grains.grain_size", GRAINS, "nm")),
    Experiment("p_rate", "grains", _variants("p_rate", "protocol.0.cv.rate", SCAN_RATES, "mV/s")),
    Experiment("p_constant_force", "cv_symmetric", {"p_constant_force": {"needle.stiffness": "0 MPa/um"}}),
)


@dataclass(frozen=True)
class Prediction:
    """A number that an experiment would give. run: a run of PREDICTIONS or EXPERIMENTS."""

    label: str
    run: str
    value: object
    form: str = "{:.3f}"


def _ratio(runs, name):
    return smallest(halves(runs, name, 1, 1)[0])


def _last_ratio(runs, name):
    return smallest(halves(runs, name, 1, 11)[10])


def _resistance(runs, name):
    return 1e4 * NOMINAL_AREA / fit_line(halves(runs, name, -1, 1)[0].forward)[1]


def _peak_ratio(runs, name):
    up, down = (halves(runs, name, side, 11)[10].peak for side in (1, -1))
    return abs(up / down)


def _retrace(runs, name):
    return float(1 / halves(runs, name, -1, 1)[0].ratio(5e-3))


def _limit(runs, name):
    """Anodic limit [mV] of a first cycle, as anodic_symmetric_to."""

    class Renamed:
        ended = {"cv_symmetric": runs.ended[name]}

        def __getitem__(self, _):
            return runs[name]

    return 1e3 * anodic_symmetric_to(Renamed()).value


TABLE = (
    [
        Prediction("cathodic R_rev/R_fwd at 5 mV, 10 mV/s", "cv_fast", _retrace),
        Prediction("anodic over cathodic peak, cycle 11", "cv_symmetric", _peak_ratio),
        Prediction("smallest anodic I_rev/I_fwd, cycle 11", "cv_symmetric", _last_ratio),
        Prediction("the same under a needle of constant force", "p_constant_force", _last_ratio),
    ]
    + [Prediction(f"smallest anodic I_rev/I_fwd, cycle 1, {load} MPa", f"p_load_{load}", _ratio) for load in LOADS]
    + [Prediction(f"R_p at {float(kelvin) - 273.15:.0f} °C (ohm cm2)", f"p_temperature_{kelvin}", _resistance) for kelvin in TEMPERATURES]
    + [
        Prediction(f"smallest anodic I_rev/I_fwd, cycle 1, {float(kelvin) - 273.15:.0f} °C", f"p_temperature_{kelvin}", _ratio)
        for kelvin in TEMPERATURES
    ]
    + [Prediction(f"smallest anodic I_rev/I_fwd, cycle 1, grains of {size} nm", f"p_grain_{size}", _ratio) for size in GRAINS]
    + [Prediction(f"anodic limit at {rate} mV/s (mV)", f"p_rate_{rate}", _limit) for rate in SCAN_RATES]
    + [Prediction(f"smallest anodic I_rev/I_fwd, cycle 1, {rate} mV/s", f"p_rate_{rate}", _ratio) for rate in SCAN_RATES]
)


def compute(judged, jobs, rings=24):
    """{label: {set: value or None}} of the hypotheses."""
    found = {prediction.label: {} for prediction in TABLE}
    for one in judged:
        with batch(one.one, [{}], rings=rings, jobs=jobs, experiments=PREDICTIONS) as (runs,):
            for prediction in TABLE:
                source = runs if prediction.run.startswith("p_") else one.runs
                try:
                    found[prediction.label][one.name] = float(prediction.value(source, prediction.run))
                except (NotReached, ArithmeticError, LookupError, ValueError):
                    found[prediction.label][one.name] = None
    return found


def contrast(values):
    """Largest over smallest of the sets' values; 1 where fewer than two are known."""
    known = [abs(value) for value in values.values() if value is not None and np.isfinite(value) and value != 0]
    return max(known) / min(known) if len(known) > 1 else 1.0
