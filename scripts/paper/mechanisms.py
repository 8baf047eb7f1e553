"""One mechanism switched off at a time: which targets a set then loses. Overrides as --set writes them; one that the set does not use is
left out."""

import os

from . import evaluate
from .checks import judge
from .decks import lookup, merged

VOID = "contact.void_reservoir."
# Name: (overrides, what they mean).
MECHANISMS = {
    "needle compliance": ({"needle.stiffness": "0 MPa/um"}, "the load stays"),
    "Coble creep": ({"lithium.coble.grain_boundary_diffusivity": "1e-16 cm2/s"}, "no creep to speak of"),
    "pressure profile": ({"contact.pressure.profile": "uniform"}, "uniform pressure"),
    "filling of voids": ({VOID + "filling_fraction": "0"}, "plating fills no voids"),
    "healing": ({VOID + "healing_fraction": "0"}, "surplus creep closes no voids"),
    "coalescence": ({VOID + "healing_exponent": "0"}, "coalesced voids heal as others do"),
    "asperity gaps": ({VOID + "asperity_fraction": "1"}, "full contact at rest"),
    "reservoir": ({VOID + "reservoir_supply": "1e-7 mA cm-2"}, "it gives nothing"),
    "area growth": ({"deposit.contact_growth_exponent": "0"}, "exponent 0"),
    "SEI growth": ({"sei.growth": "none"}, "the SEI stays"),
    "toughness that rises": ({"crack.toughness_plateau": "0 MPa m^0.5"}, "that of one grain"),
}
LEFT_OUT = ("grains", "grain_loads")  # many runs for one target that is no evidence


def used(one, key):
    """Whether the set or a deck of the experiments gives the key."""
    return lookup(merged(os.path.join(one.folder, "parameters.yaml")), key)[0] is not None


def compute(one, targets, jobs, rings=24):
    """[(name, meaning, lost targets, gained targets)] against the same runs with everything on."""
    experiments = [experiment for experiment in evaluate.EXPERIMENTS.values() if experiment.name not in LEFT_OUT]
    wanted = {name: target for name, target in targets.items() if name != "nanocrystalline"}

    def held(extra):
        with evaluate.batch(one, [{}], rings=rings, jobs=jobs, experiments=experiments, extra=extra) as (runs,):
            return {name for name, verdict in judge(wanted, runs, one.reading).items() if verdict.holds}

    before, found = held({}), []
    for name, (overrides, meaning) in MECHANISMS.items():
        if all(used(one, key) for key in overrides):
            after = held(overrides)
            found.append(
                (name, meaning, [key for key in wanted if key in before - after], [key for key in wanted if key in after - before])
            )
    return found
