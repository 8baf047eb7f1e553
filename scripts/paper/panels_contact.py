"""Fig. 2 and 3, S6 and S7: the voltammograms."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from . import curves
from .experiments import ALTERNATIVES, NOMINAL_AREA
from .panels import ANODIC, CATHODIC, REPORTED, letter, loops, mark_x, mark_y, panel
from .runner import NotSelected

CONSTRICTION = 1 / (2 * 0.165 * 9.64e-6)  # [ohm] eq. 1
REPORTED_R_P = 0.8e-4  # [ohm m^2]


def corrected(run):
    """(|i| [mA/cm^2], |eta| - |I| Z [mV]) of the first cathodic sweep."""
    overpotential, current = curves.cathodic(run)[0].forward
    return 0.1 * current / NOMINAL_AREA, 1e3 * (overpotential - current * CONSTRICTION)


@panel("fig2", "Fig. 2a–b: voltammogram at 10 mV/s and its correction for the constriction",
       "a: dotted, 0.8 Ω cm²; the reported ends of the linear range. b: |η| − |I|/(2σd) of the cathodic branch rises to a "
       "peak and folds back. Thin lines are alternatives that do not: a linear interface and a sinh law with the voltage "
       "scale of a single charge transfer (2RT/F), both with the pellet's conductivity and R_p = 0.8 Ω cm², rise for good; a "
       "sinh law with a free scale of 1.1 mV only flattens, and by eq. 3 that scale is a half jump distance of 120 nm in an "
       "SEI of 5 nm.", ("cv_fast",) + tuple(ALTERNATIVES))
def draw_fast(runs, study):
    run = runs["cv_fast"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.6))
    loops(left, run)
    line = np.array([-15.0, 15.0])
    left.plot(line, line * 1e-3 / REPORTED_R_P * NOMINAL_AREA * 1e9, color=REPORTED, ls=":", lw=0.9, label="0.8 Ω cm²")
    left.set_ylim(1.08 * 1e9 * run.history["current"].min(), 1.25 * 1e9 * run.history["current"].max())
    for name, sign in (("linear_limit_cathodic_10mVs", -1), ("linear_limit_anodic_10mVs", 1)):
        target = study.targets[name]
        middle, low, high = (sign * 1e3 * value for value in ((target.low + target.high) / 2, target.low, target.high))
        mark_x(left, middle, f"{middle:+.0f} mV", low, high)
    left.legend(loc="lower right")
    letter(left, "a")
    density, eta = corrected(run)
    right.plot(density, eta, color="k", lw=1.8, label="simulated")
    for name, (label, *_), style in zip(ALTERNATIVES, ALTERNATIVES.values(), ("--", "-.", ":")):
        try:
            right.plot(*corrected(runs[name]), color="0.5", ls=style, lw=1.0, label=label)
        except NotSelected:
            pass
    target = study.targets["corrected_eta_peak"]
    mark_x(right, 9.4, "9.4 mA/cm²", 0.1 * target.low, 0.1 * target.high)
    right.set(xlabel="$|I|$ (mA cm$^{-2}$)", ylabel="$|\\eta| - |I| Z_\\mathrm{constriction}$ (mV)", xlim=(0, 45),
              ylim=(min(0, eta.min()), 3.0 * eta.max()))
    right.legend()
    letter(right, "b")
    return figure


def ratio_panel(axes, run, last_cycle):
    """I_rev/I_fwd of both halves (cathodic inverted, so that 1 is closed from below) against the cycle."""
    for halves, colour, label, power in ((curves.anodic(run), ANODIC, "anodic $I_\\mathrm{rev}/I_\\mathrm{fwd}$", 1),
                                         (curves.cathodic(run), CATHODIC, "cathodic $I_\\mathrm{fwd}/I_\\mathrm{rev}$", -1)):
        halves = [half for half in halves if half.cycle <= last_cycle]
        axes.plot([half.cycle for half in halves], [(half.ratio(half.grid()) ** power).min() for half in halves], marker="o", ms=3,
                  color=colour, label=label)
    axes.axhline(1, color="0.75", lw=0.6, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="cycle", ylabel="smallest ratio in the half", ylim=(0, 1.08))
    axes.legend()


@panel("fig3a", "Fig. 3a, S6: symmetric voltammogram at 0.2 mV/s",
       "a: 11 cycles. Middle: hysteresis by cycle, reported to near overlap in cycle 11. S6: peak currents grow, also beyond cycle 11.",
       ("cv_symmetric",))
def draw_symmetric(runs, study):
    run = runs["cv_symmetric"]
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11.0, 3.3), width_ratios=(1.35, 1, 1))
    loops(left, run, 11)
    target = study.targets["anodic_symmetric_to"]
    mark_x(left, 5, "5 mV", 1e3 * target.low, 1e3 * target.high)
    letter(left, "a")
    last = int(run.history["cycle"].max())
    ratio_panel(middle, run, last)
    mark_x(middle, 11, "11", height=0.2)
    mark_y(middle, 0.95, "")
    for halves, colour, label in ((curves.anodic(run), ANODIC, "anodic"), (curves.cathodic(run), CATHODIC, "cathodic")):
        right.plot([half.cycle for half in halves], [1e9 * abs(half.peak) for half in halves], marker="o", ms=3, color=colour, label=label)
    right.set(xlabel="cycle", ylabel="peak current (nA)")
    right.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.legend()
    letter(right, "S6")
    return figure


@panel("fig3b", "Fig. 3b, S7: asymmetric voltammograms, −10/+20 mV",
       "b: 0.2 mV/s. S7: 0.5 mV/s, with a load of its own (see the deck). Below: hysteresis by cycle; reported: cathodic loss"
       " from cycle 2 on with overlap from cycle 3 (b), pronounced hysteresis from cycle 4 on (S7).",
       ("cv_asymmetric", "cv_asymmetric_fast"))
def draw_asymmetric(runs, study):
    figure, panels = plt.subplots(2, 2, figsize=(9.0, 6.2), height_ratios=(1.3, 1))
    for column, (name, word) in enumerate((("cv_asymmetric", "b"), ("cv_asymmetric_fast", "S7"))):
        run = runs[name]
        loops(panels[0, column], run)
        letter(panels[0, column], word)
        ratio_panel(panels[1, column], run, int(run.history["cycle"].max()))
    mark_x(panels[1, 1], 4, "from cycle 4", height=0.2)
    mark_x(panels[1, 0], 3, "overlap from cycle 3", height=0.2)
    return figure
