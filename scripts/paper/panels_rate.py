"""Fig. 8: rate capability, charge against current, t^(-1/2), and what Sand's equation makes of it."""

import matplotlib.pyplot as plt
import numpy as np

from .experiments import NOMINAL_AREA, RATES
from .panels import REPORTED, letter, mark_y, panel

FARADAY = 96485.33212
CONCENTRATION = 76.8e3  # [mol/m^3] of lithium, paper 2.9
SELF_DIFFUSION = 5.6e-15  # [m^2/s] of lithium at room temperature


def transition(run):
    """(current density [mA/cm^2], time to 1 V [s], charge [C/cm^2])."""
    history = run.history
    charge = abs(history["charge"][-1]) / NOMINAL_AREA * 1e-4
    return 0.1 * abs(np.median(history["current"])) / NOMINAL_AREA, history["time"][-1], charge


def sand_diffusivity(density, time):
    """[cm^2/s] apparent, eq. 10 solved for D: 4 i^2 t/(pi (c0 F)^2); density [mA/cm^2], time [s]."""
    return 1e4 * 4 * (10 * density) ** 2 * time / (np.pi * (CONCENTRATION * FARADAY) ** 2)


@panel("fig8", "Fig. 8a–c: rate capability to 1.0 V, and Sand's equation",
       "a: potential at constant current. b: charge against current, with the reported fall, slight decrease, second fall and"
       " constant charge. c: t^(−1/2) against i; dashed: eq. 10 with the self-diffusion coefficient 5.6·10⁻¹¹ cm²/s. d: the "
       "apparent diffusivity that eq. 10 gives rises with the current. A material constant cannot do that: with"
       " a charge that does not depend on the current, t = q/i and D = 4 i q/(π (c₀F)²) is proportional to i by construction."
       " The time to 1.0 V measures the lithium that creep, reservoir and voids can give (b), not a concentration profile in "
       "the metal, in which c₀ is constant.",
       tuple(f"rate_{density:g}" for density in RATES))
def draw_rates(runs, study):
    figure, panels = plt.subplots(2, 2, figsize=(9.0, 6.4))
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.92, len(RATES)))
    found = []
    for density, shade in zip(RATES, shades):
        run = runs[f"rate_{density:g}"]
        panels[0, 0].loglog(run.history["time"][1:], run.history["potential"][1:], color=shade, label=f"{density:g}")
        found.append(transition(run))
    panels[0, 0].set(xlabel="time (s)", ylabel="$\\eta$ (V)")
    panels[0, 0].set_ylim(top=2.0)
    panels[0, 0].legend(title="mA cm$^{-2}$", title_fontsize=7.5, loc="center left", bbox_to_anchor=(1.0, 0.5))
    mark_y(panels[0, 0], 1.0, "1.0 V", place=0.3)
    density, time, charge = np.array(found).T
    panels[0, 1].plot(density, charge, marker="o", ms=4, color="k")
    panels[0, 1].set(xlabel="$i$ (mA cm$^{-2}$)", ylabel="charge to 1.0 V (C cm$^{-2}$)", ylim=(0, None))
    for reported in RATES[:4]:
        panels[0, 1].axvline(reported, color=REPORTED, lw=0.6, ls="--", zorder=0)
    panels[1, 0].plot(density, time ** -0.5, marker="o", ms=4, color="k", label="simulated")
    line = np.linspace(0, density[-1], 50)
    panels[1, 0].plot(line, 2 * 10 * line / (np.sqrt(np.pi * SELF_DIFFUSION) * CONCENTRATION * FARADAY), color="0.5", ls="--",
                      label="eq. 10, 5.6·10$^{-11}$ cm$^2$/s")
    panels[1, 0].set(xlabel="$i$ (mA cm$^{-2}$)", ylabel="$t^{-1/2}$ (s$^{-1/2}$)")
    panels[1, 0].legend()
    panels[1, 1].loglog(density, sand_diffusivity(density, time), marker="o", ms=4, color="k")
    panels[1, 1].axhline(1e4 * SELF_DIFFUSION, color="0.5", lw=0.9, ls="--", label="self-diffusion")
    panels[1, 1].legend(loc="upper left")
    panels[1, 1].set(xlabel="$i$ (mA cm$^{-2}$)", ylabel="apparent $D$ (cm$^2$ s$^{-1}$)")
    for axes, word in zip(panels.flat, "abcd"):
        letter(axes, word)
    return figure
