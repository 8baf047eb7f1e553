"""What the paper says besides its targets and the model does not give, in numbers from the runs."""

import numpy as np

from .observables import NOMINAL_AREA, STEP_100S, STEP_220S, step_end

C_PER_CM2 = 1e4  # [C/m^2]


def net_charge(runs):
    """Stripped and plated charge per cycle of the asymmetric voltammogram."""
    history = runs["cv_asymmetric"].history
    cells = []
    for cycle in np.unique(history["cycle"]):
        rows = history["cycle"] == cycle
        current, time = history["current"][rows] / NOMINAL_AREA / C_PER_CM2, history["time"][rows]
        stripped, plated = (np.trapz(np.clip(sign * current, 0, None), time) for sign in (1, -1))
        cells.append(f"{stripped:.2f}/{plated:.2f}")
    return ("**Net charge of the asymmetric voltammogram.** The paper says that more is stripped than plated. The model strips/plates "
            + ", ".join(cells) + " C/cm² in cycles 1 to " + str(len(cells)) + ": from the first stripping on the contact that is left "
            "limits the anodic half, and the two are about equal.")


def flaw_voltages(runs):
    """Ratio of the two voltages on the flaw."""
    early, late = (step_end(runs["staircase_flaw"], step, "potential") for step in (STEP_100S, STEP_220S))
    return (f"**Ratio of the flaw's voltages.** Reported 31/15 = 2.07, simulated {late / early:.2f}: quasi-static growth at a constant "
            "toughness gives a radius ∝ Q^0.4. A toughness that goes on rising, or several cracks, would give more.")


def loads(runs):
    """Needle pressures at which the contact starts."""
    first, second = (runs[name].history["load"][0] / 1e6 for name in ("cv_symmetric", "cv_asymmetric_fast"))
    return (f"**Load of Fig. S7.** {second:.2f} MPa against {first:.2f} MPa in the other decks; at their load the contact is lost in "
            "cycle 1 at 0.5 mV/s, too. The hysteresis grows steadily instead of setting in at cycle 4.")


def closing(runs):
    """Needle pressure over the symmetric voltammogram."""
    load = runs["cv_symmetric"].history["load"] / 1e6
    return (f"**Closing of the hysteresis** rests on net plating that presses the needle back: {load[0]:.2f} → {load[-1]:.2f} MPa. A load "
            "that was held would leave it open (mechanisms: needle compliance).")


def write(document, runs):
    document.heading("Beyond the targets: what the set does not give")
    for remark in (net_charge, flaw_voltages, loads, closing):
        try:
            document.paragraph(remark(runs))
        except Exception as error:  # pylint: disable=broad-except
            # --only, or a run that failed: its own line among the runs says why.
            document.paragraph(f"Not said here, a run is missing: {error}.")
