"""Curves of all sets on one axis, in the paper's units, for the pages of the targets. Each drawing takes (axes, runs, style) of one set."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib.ticker import MaxNLocator  # noqa: E402

from . import curves  # noqa: E402
from .checks import CONSTRICTION, MA_CM2, NOMINAL_AREA, NotReached, RATES, smaller_over_larger, smallest  # noqa: E402

REPORTED = "#c0392b"  # colour of what the paper states
COLOURS = ("#1f5fa8", "#b9770e", "#2e8b57", "#7d3c98", "#16a2b8", "#d35400", "#5d6d7e", "#8e7cc3")
CONTROL = "0.6"

plt.rcParams.update(
    {
        "font.size": 9,
        "axes.labelsize": 9,
        "axes.titlesize": 9,
        "legend.fontsize": 7.5,
        "legend.frameon": False,
        "xtick.direction": "in",
        "ytick.direction": "in",
        "xtick.top": True,
        "ytick.right": True,
        "axes.linewidth": 0.8,
        "lines.linewidth": 1.2,
        "figure.constrained_layout.use": True,
        "axes.formatter.useoffset": False,
    }
)


def styles(judged):
    """{set: keywords of a line}; controls are grey."""
    found, colours = {}, iter(COLOURS * 4)
    for one in judged:
        found[one.name] = {"color": CONTROL, "ls": "--" if one.name == "null" else ":"} if one.one.control else {"color": next(colours)}
        found[one.name]["label"] = one.name
    return found


def _loop(name, cycle):
    def draw(axes, runs, style):
        history = runs[name].history
        rows = history["cycle"] == cycle
        axes.plot(1e3 * history["potential"][rows], 1e9 * history["current"][rows], **style)
        axes.set(xlabel="$\\eta$ (mV)", ylabel="$I$ (nA)", title=f"cycle {cycle}")

    return draw


def _corrected(axes, runs, style):
    half = [half for half in curves.halves(runs["cv_fast"]) if half.vertex < 0][0]
    overpotential, current = half.forward
    axes.plot(current / NOMINAL_AREA / MA_CM2, 1e3 * (overpotential - current * CONSTRICTION), **style)
    axes.set(xlabel="$|i|$ (mA cm$^{-2}$)", ylabel="$|\\eta|-|I|Z$ (mV)", xlim=(0, 60))


def _total(axes, runs, style):
    half = [half for half in curves.halves(runs["cv_fast"]) if half.vertex < 0][0]
    axes.plot(1e3 * half.forward[0], half.forward[1] / NOMINAL_AREA / MA_CM2, **style)
    axes.set(xlabel="total $|\\eta|$ (mV)", ylabel="$|i|$ (mA cm$^{-2}$)")


def _ratios(name, side):
    def draw(axes, runs, style):
        found = [half for half in curves.halves(runs[name]) if half.vertex * side > 0 and not half.cut]
        value = smallest if side > 0 else smaller_over_larger
        axes.plot([half.cycle for half in found], [value(half) for half in found], marker="o", ms=3, **style)
        axes.set(xlabel="cycle", ylabel="anodic $I_{rev}/I_{fwd}$" if side > 0 else "cathodic $I_{fwd}/I_{rev}$", ylim=(0, 1.05))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return draw


def _peaks(name, side):
    def draw(axes, runs, style):
        found = [half for half in curves.halves(runs[name]) if half.vertex * side > 0]
        axes.plot([half.cycle for half in found], [half.peak / found[0].peak for half in found], marker="o", ms=3, **style)
        axes.set(xlabel="cycle", ylabel=("anodic" if side > 0 else "cathodic") + " peak, of cycle 1")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return draw


def _column(name, column, factor, label, logarithmic=False):
    def draw(axes, runs, style):
        history = runs[name].history
        axes.plot(history["time"], factor * history[column], **style)
        axes.set(xlabel="time (s)", ylabel=label)
        if logarithmic:
            axes.set_yscale("symlog" if column == "potential" else "log")

    return draw


def _rates(axes, runs, style):
    found = [
        (float(rate), 1e-4 * runs[f"rate_{rate}"].history["charge"][-1] / NOMINAL_AREA)
        for rate in RATES
        if runs[f"rate_{rate}"].history["potential"][-1] > 0.999
    ]
    if found:
        axes.loglog(*np.array(found).T, marker="o", ms=4, **style)
    axes.set(xlabel="$i$ (mA cm$^{-2}$)", ylabel="charge to 1 V (C cm$^{-2}$)")


def _voids(axes, runs, style):
    run = runs["stripping"]
    history = run.history
    moment = np.interp(0.5 * history["charge"][-1], history["charge"], history["time"])
    row = int(np.argmin(np.abs(run.interface_time - moment)))
    axes.plot(run.ring_radius / run.ring_radius[-1], 1e9 * run.interface["void_depth"][row], **style)
    axes.set(xlabel="$r/a$", ylabel="void depth (nm)")


def _grains(axes, runs, style):
    sizes = (63, 79, 100, 126)
    values = [smallest([half for half in curves.halves(runs[f"grains_{size}"]) if half.vertex > 0][0]) for size in sizes]
    axes.plot(sizes, values, marker="o", ms=4, **style)
    axes.set(xlabel="grain size (nm)", ylabel="anodic $I_{rev}/I_{fwd}$, cycle 1")


FLAWS = (_column("staircase_flaw", "potential", 1e3, "$\\eta$ (mV), flaw"),)
SURFACE = (_column("staircase_surface_3", "potential", 1e3, "$\\eta$ (mV), no flaw"),)
CRACK = (
    _column("staircase_flaw", "crack_length", 1e6, "crack ($\\mu$m), flaw", True),
    _column("staircase_boundary_0.32", "crack_length", 1e6, "crack ($\\mu$m), boundary", True),
    _column("staircase_surface_10", "crack_length", 1e6, "crack ($\\mu$m), 10 nm", True),
)
FAST = (_loop("cv_fast", 1), _total)
FIRST = (_loop("cv_symmetric", 1), _loop("cv_symmetric", 2))
CLOSING = (_ratios("cv_symmetric", 1), _ratios("cv_symmetric", -1), _loop("cv_symmetric", 11))
GROWTH = (_peaks("cv_symmetric", 1), _peaks("cv_symmetric", -1))
ASYMMETRIC = (_loop("cv_asymmetric", 1), _loop("cv_asymmetric", 3), _peaks("cv_asymmetric", -1))
OF_TARGET = {
    "deposit_overpotential": (_column("deposition", "potential", 1e3, "$\\eta$ (mV)"),),
    "sei_thickness": (_column("deposition", "sei_thickness", 1e9, "SEI (nm)"),),
    "R_p": FIRST,
    "linear_limit_cathodic_10mVs": FAST,
    "linear_limit_anodic_10mVs": FAST,
    "current_40": FAST,
    "corrected_eta_peak": (_corrected, _total),
    "corrected_eta_falls": (_corrected, _total),
    "cathodic_retraces_10mVs": FAST,
    "cycle1_cathodic_overlap": FIRST,
    "anodic_symmetric_to": FIRST,
    "anodic_hysteresis": FIRST,
    "anodic_current_drop": FIRST,
    "carry_over": FIRST,
    "hysteresis_closes": CLOSING,
    "current_grows": GROWTH,
    "asymmetric_loss": ASYMMETRIC,
    "asymmetric_net_stripping": ASYMMETRIC,
    "asymmetric_fast": (_loop("cv_asymmetric_fast", 1), _ratios("cv_asymmetric_fast", 1), _peaks("cv_asymmetric_fast", -1)),
    "nanocrystalline": (_grains,),
    "uniform_stripping": (_voids,),
    "flaw_100s": FLAWS,
    "flaw_220s": FLAWS,
    "flawless_100s": SURFACE,
    "flawless_220s": SURFACE,
    "flaw_fractures": CRACK,
    "boundary_fractures": CRACK,
    "surface_endures": CRACK,
    "rate_charge_drop": (_rates,),
    "rate_slight": (_rates,),
    "rate_second_drop": (_rates,),
    "rate_flat": (_rates,),
    "apparent_diffusivity": (_rates,),
}
# Where a digitised panel lies: target -> (place of the axes, panel, cycle).
DIGITISED = {
    **{name: (0, "fig2a", 1) for name, drawn in OF_TARGET.items() if drawn is FAST},
    **{name: (0, "fig2b", 1) for name in ("corrected_eta_peak", "corrected_eta_falls")},
    **{name: (0, "fig3a", 1) for name, drawn in OF_TARGET.items() if drawn is FIRST},
    "hysteresis_closes": (2, "figS6", 11),
    "asymmetric_loss": (0, "fig3b", 1),
    "asymmetric_net_stripping": (0, "fig3b", 1),
    "asymmetric_fast": (0, "figS7", 1),
}


# What is reported: target -> [(place of the axes, "x" or "y", low, high)], a band or, where both are the same, a line.
MARKS = {
    "deposit_overpotential": [(0, "y", -5, -3)],
    "sei_thickness": [(0, "y", 5, 30)],
    "linear_limit_cathodic_10mVs": [(0, "x", -6.5, -3.5)],
    "linear_limit_anodic_10mVs": [(0, "x", 1, 3)],
    "current_40": [(1, "y", 40, 40), (1, "x", 14.5, 14.5), (1, "x", 18.6, 18.6)],
    "corrected_eta_peak": [(0, "x", 7.9, 10.9), (0, "y", 7.9, 10.9), (0, "x", 40, 40)],
    "corrected_eta_falls": [(0, "x", 40, 40)],
    "cathodic_retraces_10mVs": [(0, "x", -5, -5)],
    "anodic_symmetric_to": [(0, "x", 4, 6)],
    "hysteresis_closes": [(0, "y", 0.95, 0.95), (0, "x", 11, 11), (1, "y", 0.95, 0.95), (1, "x", 11, 11)],
    "asymmetric_loss": [(2, "y", 0.02, 0.95)],
    "asymmetric_fast": [(1, "x", 4, 4)],
    "flaw_100s": [(0, "y", -19.5, -10.5), (0, "x", 100, 100)],
    "flaw_220s": [(0, "y", -40.3, -21.7), (0, "x", 220, 220)],
    "flawless_100s": [(0, "y", -178.1, -95.9), (0, "x", 100, 100)],
    "flawless_220s": [(0, "y", -929.5, -500.5), (0, "x", 220, 220)],
    "flaw_fractures": [(0, "x", 39, 39)],
}


def _mark(axes, direction, low, high):
    line, span = (axes.axvline, axes.axvspan) if direction == "x" else (axes.axhline, axes.axhspan)
    if low == high:
        line(low, color=REPORTED, lw=0.8, ls="--", zorder=0)
    else:
        span(low, high, color=REPORTED, alpha=0.10, lw=0, zorder=0)


def _digitised(axes, panel, curve, cycle):
    marks = {"ls": "none", "marker": ".", "ms": 4, "color": REPORTED, "label": "digitised", "zorder": 5}
    if panel == "fig2b":
        axes.plot(curve["current_density"] / MA_CM2, 1e3 * curve["overpotential"], **marks)
        return
    rows = curve["cycle"] == cycle if "cycle" in curve else slice(None)
    axes.plot(1e3 * curve["potential"][rows], 1e9 * curve["current"][rows], **marks)


def draw(name, judged, digitised):
    """The figure of a target; sets whose runs did not get there are left out."""
    drawn = OF_TARGET[name]
    figure, panels = plt.subplots(1, len(drawn), figsize=(0.6 + 3.6 * len(drawn), 3.2), squeeze=False)
    look = styles(judged)
    for axes, drawing in zip(panels[0], drawn):
        for one in judged:
            try:
                drawing(axes, one.runs, look[one.name])
            except (NotReached, LookupError, ArithmeticError, ValueError):
                continue
    for place, direction, low, high in MARKS.get(name, []):
        _mark(panels[0][place], direction, low, high)
    place, panel, cycle = DIGITISED.get(name, (0, None, 1))
    if panel in digitised:
        _digitised(panels[0][place], panel, digitised[panel], cycle)
    panels[0][0].legend()
    return figure
