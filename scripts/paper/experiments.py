"""The runs: which deck of inputs/paper with which overrides. What differs between experiments stands, with its reason, in the decks."""

from dataclasses import dataclass

NOMINAL_AREA = 72.986e-12  # [m^2] of the contact, d = 9.64 um (paper 2.1)
RATES = (1.62, 8.48, 19.77, 47.88, 75.0, 100.0, 150.0)  # [mA/cm^2] Fig. 8b; the last three stand for "thereafter"
GRAIN_SIZES = (63, 79, 100, 126)  # [nm] around the paper's "below 100 nm" (2.5)
GRAIN_LOADS = (0.03, 0.1, 0.3, 1, 3, 10)  # [MPa]
# Grains of 63 nm are 83 nm wide after 150 s, at the anodic vertex (2.4: the growth of grains at room temperature is fast).
GRAIN_GROWTH = "2e-17 m2/s"
DISLOCATIONS = ("0", "1e14", "1e15", "1e16")  # [1/m^2] eq. 6-7
# What Fig. 2b is not: interfaces without gaps on a contact that does not evolve, R_int 0.553 ohm cm^2 and the pellet's conductivity (so
# R_p = 0.8 ohm cm^2). Run name: (label, overrides besides).
NO_GAPS = (("contact.law", "none"), ("electrolyte.conductivity", "1.65 mS/cm"), ("electrolyte.grain_depth", "0 um"),
           ("electrolyte.grain_conductivity", "0 mS/cm"))
ALTERNATIVES = {
    "cv_fast_linear": ("linear interface", (("interface.kinetics", "linear"), ("interface.linear.resistance", "0.553 ohm cm2"))),
    "cv_fast_sinh": ("sinh, scale 2RT/F = 51 mV", (("interface.kinetics", "sinh"), ("interface.sinh.inverse_scale", "19.46 V-1"),
                                                   ("interface.sinh.exchange_current_density", "92.9 mA/cm2"))),
    "cv_fast_free_sinh": ("sinh, free scale 1.1 mV", (("interface.kinetics", "sinh"), ("interface.sinh.inverse_scale", "909 V-1"),
                                                      ("interface.sinh.exchange_current_density", "1.99 mA/cm2"))),
}


@dataclass(frozen=True)
class Run:
    """A deck and what is set besides; `cost` [s] is a guess, with which the longest start first."""
    name: str
    deck: str
    experiment: str
    overrides: tuple = ()
    cost: float = 1.0


def _rate_runs():
    for density in RATES:
        current = f"{density * 10 * NOMINAL_AREA * 1e9:.6g} nA"
        yield Run(f"rate_{density:g}", "rate_capability.yaml", "rate", (("protocol.0.current.current", current),))


def _grain_runs():
    for size in GRAIN_SIZES:
        for load in GRAIN_LOADS:
            yield Run(f"grains_{size}_{load:g}", "grains.yaml", "microstructure",
                      (("lithium.grains.grain_size", f"{size} nm"), ("needle.pressure", f"{load:g} MPa")), 0.5)
    yield Run("grains_growing", "grains.yaml", "microstructure",
              (("lithium.grains.grain_size", "63 nm"), ("needle.pressure", "0.3 MPa"),
               ("lithium.grains.growth_constant", GRAIN_GROWTH)), 0.5)


def _all_runs():
    yield Run("constriction", "constriction.yaml", "constriction")
    yield Run("deposition", "deposition.yaml", "deposition", (), 2.0)
    yield Run("cv_fast", "cv_fast.yaml", "voltammogram")
    for name, (_, overrides) in ALTERNATIVES.items():
        yield Run(name, "cv_fast.yaml", "voltammogram", NO_GAPS + overrides)
    yield Run("cv_symmetric", "cv_symmetric.yaml", "symmetric", (), 3.0)
    yield Run("cv_asymmetric", "cv_asymmetric.yaml", "asymmetric", (), 10.0)
    yield Run("cv_asymmetric_fast", "cv_asymmetric_fast.yaml", "asymmetric", (), 4.0)
    yield from _grain_runs()
    for density in DISLOCATIONS:
        yield Run(f"dislocations_{density}", "dislocations.yaml", "microstructure",
                  (("interface.dislocations.density", f"{density} m-2"),))
    yield Run("sei_long", "sei_growth.yaml", "deposition")
    yield Run("stripping", "stripping.yaml", "stripping")
    for where in ("flaw", "surface", "boundary"):
        yield Run(f"staircase_{where}", f"staircase_{where}.yaml", "staircase", (), 2.0)
    yield from _rate_runs()


RUNS = {run.name: run for run in _all_runs()}
EXPERIMENTS = list(dict.fromkeys(run.experiment for run in RUNS.values()))


def chosen(names):
    """Runs of the named experiments or runs; all where no name is given. Unknown names raise KeyError."""
    if not names:
        return list(RUNS.values())
    for name in names:
        if name not in EXPERIMENTS and name not in RUNS:
            raise KeyError(name)
    return [run for run in RUNS.values() if run.experiment in names or run.name in names]
