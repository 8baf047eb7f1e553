"""What the paper reports, taken from runs: one function per target of inputs/paper/targets.yaml.

Each takes `runs` (names of experiments.py -> lisei.output.Output) and gives an Observation; a number is judged by its
tolerance (verdicts.py), an inequality here. SI; anodic is positive.
"""

from dataclasses import dataclass

import numpy as np

from paper import curves

FARADAY = 96485.33212
GAS = 8.314462618
BOLTZMANN = 1.380649e-23
AVOGADRO = 6.02214076e23
MOLAR_VOLUME = 13.02e-6
TEMPERATURE = 298.15
LITHIUM_CONCENTRATION = 76.8e3  # [mol/m^3], paper 2.9
NOMINAL_DIAMETER = 9.64e-6
NOMINAL_AREA = np.pi * NOMINAL_DIAMETER**2 / 4
PELLET_CONDUCTIVITY = 0.165
CONSTRICTION = 1 / (2 * PELLET_CONDUCTIVITY * NOMINAL_DIAMETER)  # [ohm], eq. 1
MA_CM2 = 10.0  # [A/m^2]
REPORTED_RATES = ("1.62", "8.48", "19.77", "47.88")  # [mA/cm^2]
FASTER_RATES = ("75", "100", "150")
DEPARTURE = 0.05  # a curve has left a line or its mirror image

OBSERVABLES = {}


@dataclass
class Observation:
    """value in SI, or None where the target is an inequality; holds: verdict of an inequality."""

    value: float = None
    unit: str = "1"
    holds: bool = None
    text: str = ""


def observable(name):
    """Register a function under the id of a target."""

    def register(function):
        OBSERVABLES[name] = function
        return function

    return register


def last(run, column):
    return run.history[column][-1]


def step_end(run, number, column):
    """Value at the end of protocol step `number` (from 1)."""
    return run.history[column][run.history["protocol_step"] == number][-1]


# --- Deposition and constants --------------------------------------------------------------------------------------------


@observable("deposit_volume")
def deposit_volume(runs):
    charge = abs(last(runs["deposition"], "charge"))
    volume = charge / FARADAY * MOLAR_VOLUME
    lithium = last(runs["deposition"], "lithium_volume")
    return Observation(volume, "m3", text=f"{charge * 1e6:.2f} uC; {lithium * 1e18:.0f} um3 of metal at the end, with the "
                       "nucleus and without what the SEI has consumed")


@observable("deposit_overpotential")
def deposit_overpotential(runs):
    return Observation(step_end(runs["deposition"], 1, "potential"), "V")


@observable("constriction")
def constriction(runs):
    run = runs["constriction"]
    return Observation(last(run, "potential") / last(run, "current"), "ohm", text="solved on the grid, not eq. 1")


def polarisation_resistance(runs):
    """[ohm m^2] of the first cathodic sweep at 1 mV."""
    half = curves.cathodic(runs["cv_symmetric"])[0]
    return 1e-3 / half.at("forward", 1e-3) * NOMINAL_AREA


@observable("R_p")
def total_resistance(runs):
    return Observation(polarisation_resistance(runs), "ohm m2", text="first cathodic sweep at 0.2 mV/s, at 1 mV")


@observable("i0_from_R_p")
def exchange_current_density(runs):
    model = GAS * TEMPERATURE / (FARADAY * polarisation_resistance(runs))
    return Observation(GAS * TEMPERATURE / (FARADAY * 0.8e-4), "A m-2",
                       text=f"of the reported 0.8 ohm cm2; of the model's R_p {model / MA_CM2:.1f} mA/cm2")


# --- Voltammogram at 10 mV/s (Fig. 2) ------------------------------------------------------------------------------------


@observable("linear_limit_cathodic_10mVs")
def linear_limit_cathodic(runs):
    half = curves.cathodic(runs["cv_fast"])[0]
    return Observation(curves.departure(*half.forward, DEPARTURE), "V")


@observable("linear_limit_anodic_10mVs")
def linear_limit_anodic(runs):
    half = curves.anodic(runs["cv_fast"])[0]
    return Observation(curves.departure(*half.forward, DEPARTURE), "V")


def corrected(run):
    """(|i| [A/m^2], |eta| less the constriction of eq. 1 [V], |eta| [V]) of the first cathodic sweep (Fig. 2b)."""
    overpotential, current = curves.cathodic(run)[0].forward
    return current / NOMINAL_AREA, overpotential - current * CONSTRICTION, overpotential


@observable("corrected_eta_peak")
def corrected_peak(runs):
    density, eta, _ = corrected(runs["cv_fast"])
    reported = density < 40 * MA_CM2
    top = density[reported][np.argmax(eta[reported])]
    near = np.abs(density - top) < 0.2 * top  # the top is flat: a parabola finds it better than the highest row
    if near.sum() > 3:
        curvature, slope, _ = np.polyfit(density[near] / top - 1, eta[near], 2)
        top *= 1 - slope / (2 * curvature) if curvature < 0 else 1
    return Observation(top, "A m-2", text=f"{np.interp(top, density, eta) * 1e3:.2f} mV there")


@observable("corrected_eta_falls")
def corrected_falls(runs):
    density, eta, total = corrected(runs["cv_fast"])
    peak = np.max(eta[density < 40 * MA_CM2])
    at_end, total_end = np.interp(40 * MA_CM2, density, eta), np.interp(40 * MA_CM2, density, total)
    reached = density[-1] >= 40 * MA_CM2
    return Observation(holds=bool(reached and at_end < peak and total_end <= 14.5e-3),
                       text=f"peak {peak * 1e3:.2f} mV, at 40 mA/cm2 {at_end * 1e3:.2f} mV, total {total_end * 1e3:.2f} mV")


# --- Symmetric voltammogram at 0.2 mV/s (Fig. 3a, S6) ---------------------------------------------------------------------


@observable("cycle1_cathodic_overlap")
def cathodic_overlap(runs):
    half = curves.cathodic(runs["cv_symmetric"])[0]
    grid = half.grid()
    difference = np.abs(1 / half.ratio(grid) - 1)
    worst = np.argmax(difference)
    return Observation(holds=bool(difference[worst] < 0.03),
                       text=f"at most {difference[worst]:.2%} (at {grid[worst] * 1e3:.1f} mV), median {np.median(difference):.2%}")


@observable("anodic_symmetric_to")
def anodic_symmetric_to(runs):
    run = runs["cv_symmetric"]
    down, up = curves.cathodic(run)[0], curves.anodic(run)[0]
    grid = up.grid()
    away = np.abs(up.at("forward", grid) / down.at("forward", grid) - 1)
    return Observation(curves.first_crossing(grid, away, DEPARTURE, 0), "V", text="5 % between the two halves")


@observable("anodic_hysteresis")
def anodic_hysteresis(runs):
    half = curves.anodic(runs["cv_symmetric"])[0]
    ratio = half.ratio(half.grid(0.2))
    return Observation(holds=bool(ratio.max() < 1), text=f"I_rev/I_fwd {ratio.min():.2f} to {ratio.max():.3f}")


@observable("carry_over")
def carry_over(runs):
    first, second = curves.cathodic(runs["cv_symmetric"])[:2]
    grid = first.grid()
    ratio = 1 / second.ratio(grid)
    reverse = np.abs(second.at("reverse", grid) / first.at("reverse", grid) - 1).max()
    at = " / ".join(f"{np.interp(v, grid, ratio):.2f}" for v in (3e-3, 5e-3, 8e-3))
    return Observation(holds=bool(ratio.min() <= 0.97 and np.median(ratio) < 1 and reverse <= 0.03),
                       text=f"I_fwd/I_rev {at} at 3 / 5 / 8 mV; reverse within {reverse:.1%} of cycle 1")


@observable("hysteresis_closes")
def hysteresis_closes(runs):
    run = runs["cv_symmetric"]
    up = np.array([half.ratio(half.grid()).min() for half in curves.anodic(run)[:11]])
    down = np.array([(1 / half.ratio(half.grid())).min() for half in curves.cathodic(run)[:11]])
    # The first cathodic half has no stripping before it; the smallest ratio wobbles by the width of the grid.
    monotone = np.all(np.diff(up) > 0) and np.all(np.diff(down[1:]) > -0.005)
    return Observation(holds=bool(up[-1] >= 0.95 and down[-1] >= 0.95 and monotone),
                       text=f"anodic {up[0]:.2f} -> {up[-1]:.3f}, cathodic {down[1]:.2f} -> {down[-1]:.3f} (cycles 2 to 11), "
                       + ("monotonic" if monotone else "not monotonic"))


@observable("current_grows")
def current_grows(runs):
    run = runs["cv_symmetric"]
    down = np.abs([half.peak for half in curves.cathodic(run)[:11]])
    up = np.array([half.peak for half in curves.anodic(run)[:11]])
    return Observation(holds=bool(np.all(np.diff(down) > 0) and np.all(np.diff(up) > 0)),
                       text=f"cathodic {down[0] * 1e9:.2f} -> {down[-1] * 1e9:.2f} nA, anodic {up[0] * 1e9:.2f} -> {up[-1] * 1e9:.2f} nA")


# --- Asymmetric voltammograms (Fig. 3b, S7) -------------------------------------------------------------------------------


@observable("asymmetric_loss")
def asymmetric_loss(runs):
    halves = curves.cathodic(runs["cv_asymmetric"])
    grid = halves[0].grid()
    first = halves[0].at("reverse", grid)
    second = np.median(1 / halves[1].ratio(grid))
    below = max((half.at("reverse", grid) / first).max() for half in halves[2:])
    apart = max(np.abs(half.at("reverse", grid) - half.at("forward", grid)).max() for half in halves[2:]) / abs(halves[0].peak)
    left = halves[-1].at("reverse", 3e-3) / halves[0].at("reverse", 3e-3)
    return Observation(holds=bool(second < 0.97 and below < 1 and apart < 0.03),
                       text=f"cycle 2 I_fwd/I_rev {second:.2f} (median); from cycle 3 at most {below:.2f} of cycle 1, {left:.2f} at 3 mV, "
                       f"forward and reverse within {apart:.1%} of the first peak")


@observable("asymmetric_fast")
def asymmetric_fast(runs):
    ratios = [half.ratio(half.grid()).min() for half in curves.anodic(runs["cv_asymmetric_fast"])]
    pronounced = np.array(ratios) < 0.8
    return Observation(holds=bool(pronounced[3:].all() and np.all(np.diff(ratios) < 0)),
                       text="smallest anodic I_rev/I_fwd by cycle: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
                       + "; pronounced means below 0.8. It grows steadily rather than setting in at cycle 4")


# --- SEI, creep, microstructure -------------------------------------------------------------------------------------------


@observable("sei_parabolic")
def sei_parabolic(runs):
    history = runs["sei_long"].history
    time, thickness = history["time"], history["sei_thickness"]
    late = time > 0.5 * time[-1]
    return Observation(np.polyfit(np.log(time[late]), np.log(thickness[late]), 1)[0], "1",
                       text=f"over the second half of {time[-1] / 3600:.0f} h at rest")


@observable("sei_thickness")
def sei_thickness(runs):
    return Observation(last(runs["deposition"], "sei_thickness"), "m", text="area mean over the rings' ages")


@observable("coble_rate")
def coble_rate(runs):
    del runs  # the equation's value; that the program's law has it is asserted by tests/unit/test_physics_creep.c
    atom, width, diffusivity, size = MOLAR_VOLUME / AVOGADRO, 0.5e-9, 1e-11, 100e-9
    rate = 14 * np.pi * 1e6 * atom * width * diffusivity / (BOLTZMANN * TEMPERATURE * size**3)
    return Observation(rate, "s-1 MPa-1", text="eq. 5 at the paper's numbers")


GRAIN_SIZES = (63, 79, 100, 126)  # [nm]
GRAIN_LOADS = (0.03, 0.1, 0.3, 1, 3, 10)  # [MPa]
WANTED_RATIO = 0.8  # anodic I_rev/I_fwd that a load is to reach


def first_anodic_ratio(run):
    half = curves.anodic(run)[0]
    return half.ratio(half.grid()).min()


def load_needed(runs, size):
    """[MPa] at which the hysteresis of cycle 1 is WANTED_RATIO; nan outside the loads tried."""
    ratios = [first_anodic_ratio(runs[f"grains_{size}_{load}"]) for load in GRAIN_LOADS]
    if ratios[0] > WANTED_RATIO or ratios[-1] < WANTED_RATIO:
        return np.nan
    return np.exp(np.interp(WANTED_RATIO, ratios, np.log(GRAIN_LOADS)))


@observable("nanocrystalline")
def nanocrystalline(runs):
    ratios = [first_anodic_ratio(runs[f"grains_{size}_0.3"]) for size in GRAIN_SIZES]
    loads = [load_needed(runs, size) for size in GRAIN_SIZES]
    steady, growing = (first_anodic_ratio(runs[name]) for name in ("grains_63_0.3", "grains_growing"))
    holds = np.all(np.diff(ratios) < 0) and np.all(np.diff(loads) > 0) and growing < steady
    return Observation(holds=bool(holds),
                       text="I_rev/I_fwd " + " / ".join(f"{ratio:.2f}" for ratio in ratios) + " and load for 0.8 "
                       + " / ".join(f"{load:.2f}" for load in loads) + " MPa at "
                       + " / ".join(str(size) for size in GRAIN_SIZES)
                       + f" nm; 63 nm with grain growth: {growing:.2f}")


DISLOCATION_DENSITIES = ("1e14", "1e15", "1e16")  # [m^-2]
EQUATION_7 = (0.043, 0.0137, 0.0043)


@observable("dislocations")
def dislocations(runs):
    def resistance(density):
        ring = runs[f"dislocations_{density}"].interface
        return ring["overpotential"][-1, 0] / ring["current_density"][-1, 0]

    bare = resistance("0")
    factors = [resistance(density) / bare for density in DISLOCATION_DENSITIES]
    near = all(abs(factor / value - 1) < 0.02 for factor, value in zip(factors, EQUATION_7))
    return Observation(holds=bool(near and np.all(np.diff(factors) < 0)),
                       text="R/R0 = " + ", ".join(f"{factor:.4f}" for factor in factors) + " at " + ", ".join(DISLOCATION_DENSITIES))


@observable("uniform_stripping")
def uniform_stripping(runs):
    run = runs["stripping"]
    depth, radius = run.interface["void_depth"][-1], run.ring_radius / run.ring_radius[-1]
    inner, rim = depth[radius < 0.8], depth[-1]
    spread = (inner.max() - inner.min()) / inner.mean()
    middle = run.interface["void_depth"][len(run.interface_time) // 2]
    return Observation(holds=bool(spread < 0.1 and rim < inner.min()),
                       text=f"voids {inner.mean() * 1e9:.1f} nm deep inside 0.8 a, uniform to {spread:.1%}; {rim * 1e9:.1f} nm at the rim "
                       f"(half-way {middle[radius < 0.8].mean() * 1e9:.0f} and {middle[-1] * 1e9:.0f} nm)")


# --- Flaw, grain boundary, flaw-free surface (Fig. 7) ---------------------------------------------------------------------

STEP_100S, STEP_220S = 10, 22


def staircase_potential(name, number):
    def value(runs):
        return Observation(step_end(runs[name], number, "potential"), "V")

    return value


OBSERVABLES["flaw_100s"] = staircase_potential("staircase_flaw", STEP_100S)
OBSERVABLES["flaw_220s"] = staircase_potential("staircase_flaw", STEP_220S)
OBSERVABLES["flawless_100s"] = staircase_potential("staircase_surface", STEP_100S)
OBSERVABLES["flawless_220s"] = staircase_potential("staircase_surface", STEP_220S)


@observable("flaw_ratio")
def flaw_ratio(runs):
    return Observation(step_end(runs["staircase_surface"], STEP_100S, "potential")
                       / step_end(runs["staircase_flaw"], STEP_100S, "potential"), "1")


def extension_time(run):
    """[s] at which the crack has grown by 0.1 %; inf if it never does, or if there is none."""
    length = run.history.get("crack_length")
    if length is None:
        return np.inf
    grown = np.flatnonzero(length > 1.001 * length[0])
    return run.history["time"][grown[0]] if grown.size else np.inf


@observable("flaw_fractures")
def flaw_fractures(runs):
    flaw, boundary, surface = (extension_time(runs[f"staircase_{name}"]) for name in ("flaw", "boundary", "surface"))
    density = np.abs(runs["staircase_surface"].history["current_density"]).max() / MA_CM2
    return Observation(holds=bool(flaw < 39 and boundary < 39 and np.isinf(surface) and density > 150),
                       text=f"flaw at {flaw:.1f} s, grain boundary at {boundary:.1f} s, flaw-free surface "
                       + ("never" if np.isinf(surface) else f"at {surface:.1f} s") + f" up to {density:.0f} mA/cm2")


def step_speeds(run):
    """(current magnitude [A], mean crack speed [m/s]) of the protocol steps in which the crack grows."""
    history, start = run.history, extension_time(run)
    found = []
    for number in np.unique(history["protocol_step"]):
        rows = np.flatnonzero((history["protocol_step"] == number) & (history["time"] >= start))
        if len(rows) > 2:
            length, time = history["crack_length"][rows], history["time"][rows]
            found.append((abs(history["current"][rows[-1]]), (length[-1] - length[0]) / (time[-1] - time[0])))
    return np.array(found)


@observable("fracture_accelerates")
def fracture_accelerates(runs):
    current, speed = step_speeds(runs["staircase_flaw"]).T
    ranks = [np.argsort(np.argsort(values)) for values in (current, speed)]
    correlation = np.corrcoef(*ranks)[0, 1]
    return Observation(holds=bool(correlation > 0.5 and speed[-1] > speed[0]),
                       text=f"{speed[0] * 1e6:.2f} um/s at {current[0] * 1e9:.0f} nA -> {speed[-1] * 1e6:.2f} um/s at "
                       f"{current[-1] * 1e6:.1f} uA, rank correlation of speed and current {correlation:.2f}")


@observable("critical_stress")
def critical_stress(runs):
    del runs  # the equation's value; the program's law: tests/unit/test_physics_crack.c
    return Observation(0.23e6 / (1.12 * np.sqrt(np.pi * 1e-6)), "Pa", text="eq. 8 with Y = 1.12")


@observable("pressure_rate")
def pressure_rate(runs):
    del runs  # the equation's value; the program's law: tests/unit/test_physics_crack.c
    modulus = 22.1e9 / (1 - 0.37**2)
    return Observation(0.44 * modulus * MOLAR_VOLUME * 1500 / (1e-6 * FARADAY), "Pa s-1", text="eq. 9")


# --- Rate capability (Fig. 8) ---------------------------------------------------------------------------------------------


def extracted(runs, rate):
    """[C/m^2] stripped until 1.0 V at a current density given as text in mA/cm2."""
    return last(runs[f"rate_{rate}"], "charge") / NOMINAL_AREA


def charge_ratio(runs, slow, fast, lowest, highest):
    ratio = extracted(runs, slow) / extracted(runs, fast)
    return Observation(holds=bool(lowest < ratio < highest), text=f"q({slow})/q({fast}) = {ratio:.2f}")


@observable("rate_charge_drop")
def rate_charge_drop(runs):
    return charge_ratio(runs, "1.62", "8.48", 2, np.inf)


@observable("rate_first_plateau")
def rate_first_plateau(runs):
    return charge_ratio(runs, "8.48", "19.77", 1, 1.4)


@observable("rate_second_drop")
def rate_second_drop(runs):
    return charge_ratio(runs, "19.77", "47.88", 1.5, np.inf)


@observable("rate_flat")
def rate_flat(runs):
    ratios = [extracted(runs, rate) / extracted(runs, "47.88") for rate in FASTER_RATES]
    return Observation(holds=bool(all(abs(ratio - 1) <= 0.15 for ratio in ratios)),
                       text="q/q(47.88) = " + ", ".join(f"{ratio:.2f}" for ratio in ratios) + " at " + ", ".join(FASTER_RATES) + " mA/cm2")


def apparent_diffusivity(runs, rate):
    """[m^2/s] by Sand's equation (eq. 10)."""
    density = float(rate) * MA_CM2
    time = extracted(runs, rate) / density
    return 4 * density**2 * time / (np.pi * (LITHIUM_CONCENTRATION * FARADAY) ** 2)


@observable("apparent_diffusivity")
def apparent_diffusivity_rises(runs):
    values = [apparent_diffusivity(runs, rate) for rate in REPORTED_RATES + FASTER_RATES]
    return Observation(holds=bool(np.all(np.diff(values) > 0)),
                       text="D = " + ", ".join(f"{value * 1e4:.1e}" for value in values) + " cm2/s at "
                       + ", ".join(REPORTED_RATES + FASTER_RATES) + " mA/cm2")
