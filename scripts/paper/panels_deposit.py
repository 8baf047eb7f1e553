"""Fig. 1 (deposition), the SEI (2.3), and grain size, grain growth and dislocations (2.5-2.7)."""

import matplotlib.pyplot as plt
import numpy as np

from . import curves
from .experiments import DISLOCATIONS, GRAIN_LOADS, GRAIN_SIZES
from .panels import ANODIC, CATHODIC, REPORTED, THIRD, letter, mark_y, panel

MINUTE, HOUR = 60.0, 3600.0


def contact_radius(run, moment):
    """[m] of the nominal contact at a time [s]."""
    return np.sqrt(run.ring_area.sum() / np.pi) * run.growth(moment)


def outline(run, moment):
    """(x, z) [m] of the hemispheroid with the contact and the volume of the deposit at a time [s]."""
    radius = contact_radius(run, moment)
    volume = np.interp(moment, run.history["time"], run.history["lithium_volume"])
    angle = np.linspace(0, np.pi, 181)
    height = 3 * volume / (2 * np.pi * radius**2)
    return radius * np.cos(angle), height * np.sin(angle)


@panel("fig1", "Fig. 1c–d: deposition at −2, −3, −4 nA",
       "c: potential, the first 10 min and (inset) all; the nucleation at −800 mV is a contact of some nm and not resolved. "
       "d: the deposit as a hemispheroid over its contact. Right: SEI thickness per ring, thinner where the contact is "
       "younger.", ("deposition",))
def draw_deposition(runs, study):
    run = runs["deposition"]
    history = run.history
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 3.2))
    first = history["time"] <= 10 * MINUTE
    left.plot(history["time"][first] / MINUTE, 1e3 * history["potential"][first], color="k")
    left.set(xlabel="time (min)", ylabel="$\\eta$ (mV)", ylim=(-16, 0))
    target = study.targets["deposit_overpotential"]
    mark_y(left, -4.0, "−4 mV", 1e3 * target.low, 1e3 * target.high)
    letter(left, "c")
    inset = left.inset_axes([0.42, 0.12, 0.54, 0.36])
    inset.plot(history["time"] / MINUTE, 1e3 * history["potential"], color="k", lw=0.8)
    inset.set(ylim=(-8, 0))
    inset.tick_params(labelsize=6)
    for moment, colour in ((30.0, "0.6"), (10 * MINUTE, "0.4"), (60 * MINUTE, CATHODIC), (90 * MINUTE, "k")):
        x, z = outline(run, min(moment, history["time"][-1]))
        middle.plot(1e6 * x, 1e6 * z, color=colour, label="30 s" if moment < MINUTE else f"{moment / MINUTE:.0f} min")
    middle.plot([-5.3, 5.3], [0, 0], color=REPORTED, lw=3, solid_capstyle="butt", label="d = 10.6 µm")
    middle.set(xlabel="$x$ (µm)", ylabel="$z$ (µm)", aspect="equal")
    middle.legend(loc="upper right")
    letter(middle, "d")
    for share in (0.11, 0.67, 1.0):
        instant = int(np.argmin(np.abs(run.interface_time - share * history["time"][-1])))
        radius = 1e6 * run.ring_radius * run.growth(run.interface_time[instant])
        right.plot(radius, 1e9 * run.interface["sei_thickness"][instant], label=f"{run.interface_time[instant] / MINUTE:.0f} min")
    right.set(xlabel="$r$ (µm)", ylabel="SEI thickness (nm)")
    right.axhspan(5, 30, color=REPORTED, alpha=0.08, lw=0)
    right.annotate("5–30 nm after 90 min", (0.03, 5), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
                   color=REPORTED, fontsize=7.5)
    right.set_ylim(0, max(12, right.get_ylim()[1]))
    right.legend()
    return figure


@panel("sei", "Section 2.3: parabolic growth of the SEI", "Thickness at rest; slope 0.5 at long times.", ("sei_long",))
def draw_sei(runs, study):
    run = runs["sei_long"]
    time, thickness = run.history["time"], run.history["sei_thickness"]
    later = time > 0
    figure, axes = plt.subplots(figsize=(4.2, 3.0))
    axes.loglog(time[later] / HOUR, 1e9 * thickness[later], color="k")
    end = np.array([0.02, 1.0]) * time[-1]
    axes.loglog(end / HOUR, 1e9 * thickness[-1] * np.sqrt(end / time[-1]) * 1.25, color=REPORTED, ls="--", label="∝ $t^{1/2}$")
    axes.set(xlabel="time (h)", ylabel="SEI thickness (nm)")
    axes.legend()
    return figure


def first_anodic_ratio(run):
    half = curves.anodic(run)[0]
    return float(half.ratio(half.grid()).min())


def local_resistance(run):
    """[ohm m^2] of a ring; the mean over the contact would also tell how unevenly the current spreads."""
    return run.interface["overpotential"][-1][0] / run.interface["current_density"][-1][0]


@panel("fig4", "Fig. 4, sections 2.5–2.7: grain size, grain growth, dislocations",
       "Left: smallest anodic I_rev/I_fwd of cycle 1 (1: no hysteresis) against the needle load for four grain sizes. Middle:"
       " cycle 1 with small, growing and large grains at 0.3 MPa. Right: charge-transfer resistance against dislocation "
       "density; red: eq. 6–7 at β = 0.5.",
       ("grains_63_0.3", "grains_growing", "dislocations_1e15"))
def draw_microstructure(runs, study):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 3.1))
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(GRAIN_SIZES)))
    for size, shade in zip(GRAIN_SIZES, shades):
        ratios = [first_anodic_ratio(runs[f"grains_{size}_{load:g}"]) for load in GRAIN_LOADS]
        left.semilogx(GRAIN_LOADS, ratios, marker="o", ms=3, color=shade, label=f"{size} nm")
    left.set(xlabel="needle load (MPa)", ylabel="$I_\\mathrm{rev}/I_\\mathrm{fwd}$, anodic, cycle 1", ylim=(0, 1.05))
    left.legend(title="grain size", title_fontsize=7.5)
    for name, label, colour in (("grains_63_0.3", "63 nm", CATHODIC), ("grains_growing", "63 nm, growing", THIRD),
                                ("grains_126_0.3", "126 nm", ANODIC)):
        history = runs[name].history
        middle.plot(1e3 * history["potential"], 1e9 * history["current"], color=colour, label=label)
    middle.axhline(0, color="0.75", lw=0.6)
    middle.set(xlabel="$\\eta$ (mV)", ylabel="$I$ (nA)")
    middle.legend()
    densities = [float(density) for density in DISLOCATIONS[1:]]
    factors = [local_resistance(runs[f"dislocations_{density}"]) / local_resistance(runs["dislocations_0"]) for density in DISLOCATIONS[1:]]
    right.loglog(densities, factors, marker="o", ms=4, color="k", label="simulated")
    right.loglog(densities, [0.043, 0.0137, 0.0043], marker="D", ms=7, mfc="none", mec=REPORTED, ls="none", label="eq. 6–7")
    right.set(xlabel="dislocation density (m$^{-2}$)", ylabel="$R_\\mathrm{CT}/R_{0,\\mathrm{CT}}$")
    right.legend()
    return figure


@panel("fig5", "Fig. 5: stripped at 41 mA/cm²",
       "What is missing of the lithium across the contact (void depth, mirrored), half-way and at 1 V: nearly uniform, the edge protrudes. "
       "Right: potential.", ("stripping",))
def draw_stripping(runs, study):
    run = runs["stripping"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.0), width_ratios=(2, 1))
    rows = {"half-way": len(run.interface_time) // 2, "end": len(run.interface_time) - 1}
    for (word, row), colour in zip(rows.items(), (CATHODIC, "k")):
        depth = 1e9 * run.interface["void_depth"][row]
        radius = 1e6 * run.ring_radius
        left.plot(np.r_[-radius[::-1], radius], -np.r_[depth[::-1], depth], color=colour, label=f"{word}, {run.interface_time[row]:.3g} s")
    left.axhline(0, color="0.75", lw=0.6)
    left.set(xlabel="$r$ (µm)", ylabel="lithium surface (nm)")
    left.legend()
    right.plot(run.history["time"], 1e3 * run.history["potential"], color="k")
    right.set(xlabel="time (s)", ylabel="$\\eta$ (mV)", yscale="log")
    right.set_ylim(top=2000)
    mark_y(right, 1000, "1.0 V", place=0.3)
    return figure
