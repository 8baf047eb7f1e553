"""Fig. 7: the staircase on a flaw, a grain boundary and a flaw-free surface; critical current density against flaw size."""

import matplotlib.pyplot as plt
import numpy as np

from .panels import CATHODIC, REPORTED, THIRD, mark, mark_x, mark_y, panel
from .panels_deposit import contact_radius

PLACES = {"flaw": ("flaw", CATHODIC), "boundary": ("grain boundary", THIRD), "surface": ("flaw-free surface", "k")}
REPORTED_VOLTAGES = {"flaw": ((100, 15), (220, 31)), "surface": ((100, 137), (220, 715))}  # (s, mV), Fig. 7a-b
MOLAR_VOLUME_OVER_FARADAY = 13.02e-6 / 96485.33212  # [m^3/C]
ROWS = ("voltage", "pressure", "toughness", "length", "speed", "opening", "share")


def has_crack(run):
    return "crack_length" in run.history and run.history["crack_length"].max() > 0


def speeds(run):
    """(middle of the step [s], mean crack speed in it [m/s]) of each protocol step in which the crack grows."""
    found = []
    for number in np.unique(run.history["protocol_step"]):
        rows = np.flatnonzero(run.history["protocol_step"] == number)
        time, length = run.history["time"][rows], run.history["crack_length"][rows]
        if len(rows) > 1 and length[-1] > length[0] * (1 + 1e-4):
            found.append((0.5 * (time[0] + time[-1]), (length[-1] - length[0]) / (time[-1] - time[0])))
    return np.array(found).reshape(-1, 2)


def crack_rows(run):
    """{row: (time, values)} of what a run with a crack shows, in the units of the plot."""
    history = run.history
    time = history["time"]
    current = np.where(history["current"] == 0, np.nan, history["current"])
    rows = {"pressure": (time, 1e-6 * history["crack_pressure"]),
            "toughness": (time, 1e-6 * history["crack_stress_intensity"]),
            "length": (time, 1e6 * history["crack_length"]),
            "share": (time, history["crack_current"] / current)}
    middle, speed = speeds(run).T
    rows["speed"] = (middle, 1e6 * speed)
    rows["opening"] = (time, 1e9 * history["crack_opening"])
    return rows


LABELS = {"voltage": "$|\\eta|$ (mV)", "pressure": "$p$ (MPa)", "toughness": "$K_\\mathrm{I}$ (MPa m$^{1/2}$)",
          "length": "crack length (µm)", "speed": "crack speed (µm/s)", "opening": "mean opening (nm)", "share": "crack's share of $I$"}


@panel("fig7", "Fig. 7a–l, S8: staircase −2 nA … −2.2 µA on a flaw, a grain boundary and a flaw-free surface",
       "From above: voltage, pressure of the lithium in the crack, stress intensity, crack length, mean crack speed in each "
       "step, mean opening, and the share of the current that enters the crack. The steps between the two reported "
       "ones are assumed (see the deck). Reported: fracture seen at 39 s.", ("staircase_flaw", "staircase_boundary", "staircase_surface"))
def draw_staircase(runs, study):
    figure, panels = plt.subplots(len(ROWS), 3, figsize=(10.0, 13.0), sharex=True)
    for column, (place, (word, colour)) in enumerate(PLACES.items()):
        run = runs[f"staircase_{place}"]
        panels[0, column].semilogy(run.history["time"], 1e3 * np.abs(run.history["potential"]) + 1e-9, color=colour)
        panels[0, column].set(ylim=(0.5, 5000), title=word)
        for second, millivolt in REPORTED_VOLTAGES.get(place, ()):
            mark(panels[0, column], second, millivolt, f"{millivolt} mV", -32, 8)
        rows = crack_rows(run) if has_crack(run) else {}
        for number, row in enumerate(ROWS[1:], 1):
            axes = panels[number, column]
            if row in rows:
                axes.plot(*rows[row], color=colour, marker="o" if row == "speed" else "", ms=3)
                axes.axvline(39, color=REPORTED, lw=0.7, ls="--")
            else:
                axes.text(0.5, 0.5, "no crack", transform=axes.transAxes, ha="center", va="center", color="0.5")
                axes.set_yticks([])
        panels[-1, column].set_xlabel("time (s)")
    for number, row in enumerate(ROWS):
        panels[number, 0].set_ylabel(LABELS[row])
    mark_x(panels[3, 0], 39, "39 s")
    return figure


@panel("fig7_surface", "Fig. 7: the crack widens the contact; without it lithium grows upwards",
       "Left: apparent resistance |η/I|; with the crack the contact widens (eq. 1: ∝ 1/d). Reported: 50 and 14 kΩ at the "
       "flaw, 457 and 325 kΩ without (the voltages at 100 and 220 s over the currents). Middle: current density of the "
       "contact itself; the flaw-free surface endures more than 150 mA/cm². Right: contact and height of the deposit on the "
       "flaw-free surface.",
       ("staircase_flaw", "staircase_boundary", "staircase_surface"))
def draw_surface(runs, study):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11.0, 3.3))
    for place, (word, colour) in PLACES.items():
        history = runs[f"staircase_{place}"].history
        flowing = np.abs(history["current"]) > 0
        time, current = history["time"][flowing], history["current"][flowing]
        left.semilogy(time, 1e-3 * np.abs(history["potential"][flowing] / current), color=colour, label=word)
        middle.semilogy(time, 0.1 * np.abs(history["current_density"][flowing]), color=colour)
    for place, points in REPORTED_VOLTAGES.items():
        for second, millivolt in points:
            mark(left, second, millivolt / {100: 0.3, 220: 2.2}[second])  # mV/µA = kΩ
    left.set(xlabel="time (s)", ylabel="$|\\eta/I|$ (kΩ)")
    left.legend()
    mark_y(middle, 150, "150")
    middle.set(xlabel="time (s)", ylabel="$i$ of the contact (mA cm$^{-2}$)")
    run = runs["staircase_surface"]
    times = run.history["time"]
    radius = contact_radius(run, times)
    right.plot(times, 2e6 * radius, color="k", ls="--", label="contact diameter")
    right.plot(times, 1e6 * 3 * run.history["lithium_volume"] / (2 * np.pi * radius**2), color="k", label="height")
    right.set(xlabel="time (s)", ylabel="(µm)", yscale="log")
    right.legend()
    return figure


def critical_density(length, toughness, resistance):
    """[A/m^2] at which a linear film [ohm m^2] drives a half-penny flaw [m] to its toughness [Pa m^0.5]:
    Omega p_c/F = R i with p_c = (K/2) sqrt(pi/c); design value 49.7 mA/cm^2 at 1 um, 0.23 MPa m^0.5, 0.553 ohm cm^2."""
    return MOLAR_VOLUME_OVER_FARADAY * 0.5 * toughness * np.sqrt(np.pi / length) / resistance


@panel("critical_current", "Critical current density against flaw size",
       "A flaw that is filled and pressed cracks when the overpotential of the interface reaches Ω p_c/F: here for a linear "
       "film of 0.553 Ω cm² (R_p of 0.8 Ω cm² less the constriction). Surviving 150 mA/cm² means flaws below the crossing "
       "with the red line. Points: local current density at which the flaws of the staircases start to grow.",
       ("staircase_flaw", "staircase_boundary"))
def draw_critical(runs, study):
    figure, axes = plt.subplots(figsize=(5.2, 3.6))
    length = np.logspace(-8, -4, 200)
    for toughness, style in ((0.23e6, "-"), (0.5e6, "--")):
        axes.loglog(1e6 * length, 0.1 * critical_density(length, toughness, 0.553e-4), color="k", ls=style,
                    label=f"$K_\\mathrm{{IC}}$ = {1e-6 * toughness:g} MPa m$^{{1/2}}$")
    mark_y(axes, 150, "endured by the flaw-free surface")
    for place in ("flaw", "boundary"):
        history = runs[f"staircase_{place}"].history
        if "crack_length" not in history:
            continue
        grown = np.flatnonzero(history["crack_length"] > 1.001 * history["crack_length"][0])
        if grown.size:
            axes.plot(1e6 * history["crack_length"][0], 0.1 * abs(history["current_density"][grown[0]]), marker="o", ls="none",
                      color=PLACES[place][1], label=f"{PLACES[place][0]}, starts to grow")
    axes.set(xlabel="flaw size (µm)", ylabel="critical $i$ (mA cm$^{-2}$)")
    axes.legend()
    return figure
