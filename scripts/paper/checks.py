"""What the paper reports, read off runs: one function per target of inputs/paper/targets.yaml, exactly as its check says.

A check returns an Observation: value [SI], where the target is a number; bounds, the inequalities that have to hold. `runs` is a
evaluate.SampleRuns: runs["cv_fast"] is a lisei.output.Output. A run that ends before the reading raises NotReached: not held. SI; anodic is
positive; i_rev/i_fwd are taken at equal overpotential, between 10 and 99.5 % of the vertex where nothing else is said.
"""

from dataclasses import dataclass, field

import numpy as np

from . import curves

NOMINAL_DIAMETER = 9.64e-6
NOMINAL_AREA = np.pi * NOMINAL_DIAMETER**2 / 4
PELLET_CONDUCTIVITY = 0.165
CONSTRICTION = 1 / (2 * PELLET_CONDUCTIVITY * NOMINAL_DIAMETER)  # [ohm], eq. 1
MA_CM2 = 10.0  # [A/m^2]
DEPARTURE = 0.05  # a curve has left a line or its mirror image
LARGEST_PENALTY = 3.0
RATES = ("1.62", "8.48", "19.77", "47.88", "75", "100", "150")  # [mA/cm^2]
GRAIN_SIZES = ("63", "79", "100", "126")  # [nm]
STEP_100S, STEP_220S = 10, 22  # of the staircase
# Relative size of what the step control of the runs leaves in a curve (time tolerance 1e-4): a rise or a maximum below it is none.
NOISE = 1e-3


class NotReached(Exception):
    """A run ended before what is to be read off it."""


@dataclass
class Bound:
    """An inequality value <= limit (sense -1) or value >= limit (+1); scale: a difference that is one tolerance."""

    value: float
    limit: float
    sense: int
    scale: float

    @property
    def inside(self):
        """Distance to the limit, positive where the inequality holds (rounding forgiven)."""
        distance = self.sense * (self.value - self.limit)
        return 0.0 if abs(distance) <= 1e-12 * abs(self.limit) else distance

    @property
    def margin(self):
        """Relative to the limit; to the scale where the limit is zero."""
        return self.inside / (abs(self.limit) or self.scale)

    @property
    def penalty(self):
        return max(0.0, -self.inside / self.scale)


def at_most(value, limit, scale):
    return Bound(float(value), limit, -1, scale)


def at_least(value, limit, scale):
    return Bound(float(value), limit, 1, scale)


@dataclass
class Observation:
    """value: number [SI] or None; bounds: all have to hold; text: what was seen."""

    value: float = None
    bounds: list = field(default_factory=list)
    text: str = ""


@dataclass
class Verdict:
    """margin: distance of the nearest bound over the bound, negative where it is missed; None where nothing could be read. penalty: how far
    it is missed, in tolerances, at most LARGEST_PENALTY."""

    target: object
    holds: bool
    margin: float
    penalty: float
    value: float = None
    text: str = ""


def judge(targets, runs, reading=None):
    """{id: Verdict} of all targets given."""
    return {name: _judge_one(target, runs, reading) for name, target in targets.items()}


def _judge_one(target, runs, reading):
    try:
        seen = CHECKS[target.id](runs, reading) if target.two_readings or target.id == "current_40" else CHECKS[target.id](runs)
        bounds = list(seen.bounds)
        if target.numeric and not target.two_readings:
            tolerance = (target.high - target.low) / 2
            bounds += [at_least(seen.value, target.low, tolerance), at_most(seen.value, target.high, tolerance)]
        if not all(np.isfinite(bound.inside) for bound in bounds):
            raise NotReached(seen.text or "no number")
    except NotReached as error:
        return Verdict(target, False, None, LARGEST_PENALTY, text=str(error))
    # A run that went elsewhere than it was made for may have no vertex, no sweep, no column.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return Verdict(target, False, None, LARGEST_PENALTY, text=f"cannot be read off the runs ({type(error).__name__}: {error})")
    margin = min(bound.margin for bound in bounds)
    holds = all(bound.inside >= 0 for bound in bounds)
    return Verdict(target, holds, margin, min(LARGEST_PENALTY, sum(bound.penalty for bound in bounds)), seen.value, seen.text)


CHECKS = {}


def check(name):
    """Register a function under the id of a target."""

    def register(function):
        CHECKS[name] = function
        return function

    return register


def whole(run, runs, name):
    """The run, if it came to the end of its protocol."""
    if runs.ended.get(name) != "completed":
        raise NotReached(f"{name}: {runs.ended.get(name)}")
    return run


def halves(runs, name, side, count):
    """The first `count` halves of a voltammogram on one side (-1, 1)."""
    found = [half for half in curves.halves(runs[name]) if half.vertex * side > 0 and not half.cut]
    if len(found) < count:
        raise NotReached(f"{name}: {len(found)} of {count} halves; {runs.ended.get(name)}")
    return found[:count]


def step_end(runs, name, number, column):
    """Value at the end of protocol step `number` (from 1), if the run went through it."""
    history = runs[name].history
    step = history["protocol_step"]
    if not (step == number).any() or (step[-1] == number and runs.ended[name] != "completed"):
        raise NotReached(f"{name}: {runs.ended[name]}")
    return history[column][step == number][-1]


def smallest(half):
    """Smallest i_rev/i_fwd."""
    return half.ratio(half.grid()).min()


def smaller_over_larger(half):
    """Smallest ratio of the branches, whichever is the smaller."""
    ratio = half.ratio(half.grid())
    return min(ratio.min(), (1 / ratio).min())


def fit_line(branch):
    """(offset [A], slope [A/V]) of the least-squares line up to 1 mV, on a grid, so that the choice of time steps does not weigh."""
    grid = np.linspace(max(branch[0][0], 0.0), 1e-3, 101)
    slope, offset = np.polyfit(grid, np.interp(grid, *branch), 1)
    return offset, slope


# --- Deposition, resistance ------------------------------------------------------------------------------------------------


@check("deposit_overpotential")
def deposit_overpotential(runs):
    return Observation(step_end(runs, "deposition", 1, "potential"))


@check("R_p")
def total_resistance(runs):
    _, slope = fit_line(halves(runs, "cv_symmetric", -1, 1)[0].forward)
    return Observation(NOMINAL_AREA / slope)


@check("sei_thickness")
def sei_thickness(runs):
    return Observation(whole(runs["deposition"], runs, "deposition").history["sei_thickness"][-1])


# --- Fig. 2, 10 mV/s --------------------------------------------------------------------------------------------------------


def departure(branch):
    """(overpotential [V] at which the current departs from its line by 5 %, line there [A]); the vertex if it never does."""
    offset, slope = fit_line(branch)
    overpotential, current = branch
    away = np.abs(current / np.maximum(offset + slope * overpotential, 1e-300) - 1)
    found = curves.first_crossing(overpotential, away, DEPARTURE, 1e-3)
    return found, offset + slope * found


@check("linear_limit_cathodic_10mVs")
def linear_limit_cathodic(runs):
    return Observation(departure(halves(runs, "cv_fast", -1, 1)[0].forward)[0])


@check("linear_limit_anodic_10mVs")
def linear_limit_anodic(runs):
    half = halves(runs, "cv_fast", 1, 1)[0]
    found, line = departure(half.forward)
    there, back = (half.at(way, found) / line for way in ("forward", "reverse"))
    # Interpolation may leave the departure a rounding short of its 5 %.
    bounds = [at_most(there, 1 - 0.99 * DEPARTURE, DEPARTURE), at_most(back, 1 - 0.99 * DEPARTURE, DEPARTURE)]
    return Observation(found, bounds, f"there {there:.3f} of the line, on the way back {back:.3f}")


def first_cathodic_sweep(runs):
    """(i [A/m^2], overpotential [V], overpotential less the constriction of eq. 1 [V]) of the sweep to the vertex, on an even grid of
    potentials: what the step control leaves does not show."""
    half = halves(runs, "cv_fast", -1, 1)[0]
    overpotential = np.linspace(half.forward[0][0], half.forward[0][-1], 401)
    current = half.at("forward", overpotential)
    return current / NOMINAL_AREA, overpotential, overpotential - current * CONSTRICTION


def interior_maximum(density, eta):
    """Index of the highest maximum below 40 mA/cm^2 after which the curve falls, before it is as high again or the sweep ends; None where
    there
    is none."""
    last = len(density) - 1 if density[-1] < 40 * MA_CM2 else int(np.argmax(density >= 40 * MA_CM2))
    found = []
    for top in range(1, last):
        if eta[top] >= eta[top - 1] and eta[top] > eta[top + 1]:
            after = eta[top + 1 :]
            until = int(np.argmax(after >= eta[top])) if (after >= eta[top]).any() else len(after)
            if after[:until].min() < eta[top] * (1 - NOISE):
                found.append(top)
    return max(found, key=lambda top: eta[top], default=None)


def readings(runs):
    """(Bound A, Bounds B..., text): inequalities of the two readings of "|eta| = 9.4 mA cm-2"; None where there is no maximum."""
    density, _, eta = first_cathodic_sweep(runs)
    top = interior_maximum(density, eta)
    if top is None:
        return None, None, "no interior maximum"
    place, height = density[top], eta[top]
    reading_a = [at_least(place, 7.9 * MA_CM2, 1.5 * MA_CM2), at_most(place, 10.9 * MA_CM2, 1.5 * MA_CM2)]
    reading_b = [at_least(height, 7.9e-3, 1.5e-3), at_most(height, 10.9e-3, 1.5e-3)]
    return reading_a, reading_b, f"maximum of {height * 1e3:.2f} mV at {place / MA_CM2:.2f} mA/cm2"


def met(bounds):
    return bounds is not None and all(bound.inside >= 0 for bound in bounds)


def stated_reading(runs, reading):
    """The reading that the set claims, else the one that it meets; None where it meets neither."""
    reading_a, reading_b, _ = readings(runs)
    return reading or ("A" if met(reading_a) else "B" if met(reading_b) else None)


@check("current_40")
def current_40(runs, reading):
    """The bound of the reading; without one the wider, which "or" allows."""
    density, overpotential, _ = first_cathodic_sweep(runs)
    stated = stated_reading(runs, reading)
    limit = 14.5e-3 if stated == "A" else 18.6e-3
    if density[-1] < 40 * MA_CM2:
        reached = density[-1] / MA_CM2
        return Observation(None, [at_least(reached, 40.0, 20.0)], f"{reached:.1f} mA/cm2 at the end of the sweep")
    found = curves.first_crossing(overpotential, density, 40 * MA_CM2, 0)
    return Observation(None, [at_most(found, limit, 2e-3)], f"at {found * 1e3:.2f} mV; reading {stated or 'none'}")


@check("corrected_eta_peak")
def corrected_peak(runs, reading):
    reading_a, reading_b, text = readings(runs)
    if reading_a is None:
        raise NotReached(text)
    if reading:
        chosen = reading_a if reading == "A" else reading_b
    else:
        chosen = min((reading_a, reading_b), key=lambda bounds: sum(bound.penalty for bound in bounds))
    which = stated_reading(runs, reading)
    return Observation(None, chosen, f"{text}; reading {which or 'none'}")


@check("corrected_eta_falls")
def corrected_falls(runs):
    density, _, eta = first_cathodic_sweep(runs)
    top = interior_maximum(density, eta)
    if top is None or density[-1] < 40 * MA_CM2:
        raise NotReached("no interior maximum" if top is None else f"{density[-1] / MA_CM2:.1f} mA/cm2 at the end of the sweep")
    end = int(np.argmax(density >= 40 * MA_CM2))
    fall = eta[top : end + 1]
    rise = (fall - np.minimum.accumulate(fall)).max() / fall[0]  # largest climb out of what was the lowest so far
    return Observation(
        None, [at_most(rise, NOISE, 0.1)], f"{fall[0] * 1e3:.2f} -> {fall[-1] * 1e3:.2f} mV, largest rise {rise:.1%} of the maximum"
    )


@check("cathodic_retraces_10mVs")
def cathodic_retraces(runs):
    ratio = float(1 / halves(runs, "cv_fast", -1, 1)[0].ratio(5e-3))
    return Observation(None, [at_most(abs(ratio - 1), 0.10, 0.1)], f"R_rev/R_fwd {ratio:.3f} at 5 mV")


# --- Fig. 3a, S6: symmetric, 0.2 mV/s ----------------------------------------------------------------------------------------


@check("cycle1_cathodic_overlap")
def cathodic_overlap(runs):
    half = halves(runs, "cv_symmetric", -1, 1)[0]
    grid = np.linspace(0.5e-3, 0.995 * abs(half.vertex), 181)
    worst = np.abs(1 / half.ratio(grid) - 1).max()
    return Observation(None, [at_most(worst, 0.03, 0.03)], f"at most {worst:.2%}")


@check("anodic_symmetric_to")
def anodic_symmetric_to(runs):
    down, up = halves(runs, "cv_symmetric", -1, 1)[0], halves(runs, "cv_symmetric", 1, 1)[0]
    grid = np.linspace(0.05, 0.995, 381) * abs(up.vertex)
    ratio = up.at("forward", grid) / down.at("forward", grid)
    found = curves.first_crossing(grid, np.abs(ratio - 1), DEPARTURE, 0)
    there = float(np.interp(found, grid, ratio))
    return Observation(found, [at_most(there, 1 - 0.99 * DEPARTURE, DEPARTURE)], f"there {there:.3f} of the mirror image")


@check("anodic_hysteresis")
def anodic_hysteresis(runs):
    half = halves(runs, "cv_symmetric", 1, 1)[0]
    ratio, upper = smallest(half), half.ratio(np.linspace(0.5, 0.995, 100) * half.vertex).max()
    return Observation(
        None, [at_most(ratio, 0.9, 0.1), at_most(upper, 1.0, 0.05)], f"smallest {ratio:.3f}; at most {upper:.3f} in the upper half"
    )


@check("anodic_current_drop")
def anodic_current_drop(runs):
    half = halves(runs, "cv_symmetric", 1, 1)[0]
    grid = half.grid(count=91)
    current = half.at("forward", grid)
    # The fall over a step of the grid, over that which a resistor rises; in the noise it is none.
    slope = np.diff(current).min() / (current[-1] / (len(grid) - 1))
    drop = at_most(slope, 0.0, 1.0)
    if slope > -NOISE * len(grid):
        drop = at_most(max(slope, 1e-9), 0.0, 1.0)
    left = float(half.at("reverse", 0.95 * half.vertex) / half.at("forward", half.vertex))
    kept = at_most(left, 0.90, 0.05)
    better = drop if drop.inside >= 0 or drop.penalty < kept.penalty else kept
    if kept.inside >= 0:
        better = kept
    return Observation(None, [better], f"steepest slope {slope:.2f} of the mean; {left:.3f} of the vertex current on the way back")


@check("carry_over")
def carry_over(runs):
    first, second = halves(runs, "cv_symmetric", -1, 2)
    grid = first.grid()
    ratio = (1 / second.ratio(grid)).min()
    apart = np.abs(second.at("reverse", grid) / first.at("reverse", grid) - 1).max()
    return Observation(
        None,
        [at_most(ratio, 0.97, 0.03), at_most(apart, 0.03, 0.03)],
        f"smallest I_fwd/I_rev {ratio:.3f}; reverse within {apart:.1%} of cycle 1",
    )


@check("hysteresis_closes")
def hysteresis_closes(runs):
    anodic, cathodic = halves(runs, "cv_symmetric", 1, 11), halves(runs, "cv_symmetric", -1, 11)
    up = np.array([smallest(half) for half in anodic])
    down = np.array([smaller_over_larger(half) for half in cathodic])[1:]  # no stripping before the first
    bounds = [at_most(up[0], 0.9, 0.1), at_least(up[-1], 0.95, 0.1), at_least(down[-1], 0.95, 0.1)]
    for ratio in (up, down):
        allowed = np.where(ratio[:-1] > 0.97, -0.005, 0.0)
        bounds.append(at_least((np.diff(ratio) - allowed).min(), 0.0, 0.05))
    for found in (anodic, cathodic):
        bounds.append(at_least(abs(found[-1].peak / found[0].peak), 1.0, 0.1))
    return Observation(
        None,
        bounds,
        f"anodic {up[0]:.2f} -> {up[-1]:.3f}, cathodic {down[0]:.2f} (cycle 2) -> {down[-1]:.3f}, peaks "
        f"{anodic[-1].peak / anodic[0].peak:.3f}, {cathodic[-1].peak / cathodic[0].peak:.3f} of cycle 1, smallest rise "
        f"{min(np.diff(up).min(), np.diff(down).min()):.4f}",
    )


@check("current_grows")
def current_grows(runs):
    peaks = np.abs([[half.peak for half in halves(runs, "cv_symmetric", side, 11)] for side in (1, -1)])
    together = peaks[:, -1].sum() / peaks[:, 0].sum()
    rise = (np.diff(peaks, axis=1) / peaks[:, :-1]).min()
    # Equal peaks do not rise.
    return Observation(
        None,
        [at_least(rise if abs(rise) > 1e-9 else -1e-9, 0.0, 0.01), at_least(together, 1.03, 0.03)],
        f"together {together:.3f}, smallest rise {rise:.2%}",
    )


# --- Fig. 3b, S7: asymmetric --------------------------------------------------------------------------------------------------


@check("asymmetric_loss")
def asymmetric_loss(runs):
    found = halves(runs, "cv_asymmetric", -1, 5)
    second = (1 / found[1].ratio(found[1].grid())).min()
    peaks = np.array([half.peak / found[0].peak for half in found[2:]])
    grid = np.linspace(1e-3, 0.995 * abs(found[0].vertex), 181)
    apart = max(np.abs(1 / half.ratio(grid) - 1).max() for half in found[2:])
    return Observation(
        None,
        [at_most(second, 0.97, 0.03), at_least(peaks.min(), 0.02, 0.02), at_most(peaks.max(), 0.95, 0.1), at_most(apart, 0.05, 0.1)],
        f"cycle 2 I_fwd/I_rev {second:.3f}; later peaks {peaks.min():.3f} to {peaks.max():.3f} of cycle 1, branches within {apart:.1%}",
    )


def charges(run, cycles):
    """(stripped, plated) [C] in the first cycles."""
    history = run.history
    rows = history["cycle"] <= cycles
    time, current = history["time"][rows], history["current"][rows]
    return tuple(np.sum(0.5 * np.diff(time) * (part[1:] + part[:-1])) for part in (np.maximum(current, 0), np.maximum(-current, 0)))


@check("asymmetric_net_stripping")
def asymmetric_net_stripping(runs):
    found = halves(runs, "cv_asymmetric", -1, 4)
    halves(runs, "cv_asymmetric", 1, 4)
    stripped, plated = charges(runs["cv_asymmetric"], 4)
    left = found[3].peak / found[0].peak
    return Observation(
        None,
        [at_least(stripped / plated, 1.1, 0.3), at_least(left, 0.05, 0.05)],
        f"stripped/plated {stripped / plated:.3f}, peak of cycle 4 {left:.3f} of cycle 1",
    )


@check("asymmetric_fast")
def asymmetric_fast(runs):
    """A cathodic loss as in Fig. 3b: a cathodic peak at the end between 0.02 and 0.95 of the first."""
    ratios = [smallest(half) for half in halves(runs, "cv_asymmetric_fast", 1, 4)]
    peaks = [half.peak for half in halves(runs, "cv_asymmetric_fast", -1, 6)]
    left = peaks[-1] / peaks[0]
    return Observation(
        None,
        [at_most(left, 0.95, 0.1), at_least(left, 0.02, 0.02), at_least(min(ratios[:3]) - ratios[3], 0.1, 0.1)],
        "smallest I_rev/I_fwd " + ", ".join(f"{ratio:.3f}" for ratio in ratios) + f"; last peak {left:.3f} of the first",
    )


# --- Microstructure, stripping -------------------------------------------------------------------------------------------------


@check("nanocrystalline")
def nanocrystalline(runs):
    """Loads: those of a smallest ratio of 0.8, 0 where none is needed. Two zeros are in order; all zero, no load is less than another."""
    ratios = np.array([smallest(halves(runs, f"grains_{size}", 1, 1)[0]) for size in GRAIN_SIZES])
    growing = smallest(halves(runs, "grains_growing", 1, 1)[0])
    loads = np.array([runs.loads[size] for size in GRAIN_SIZES]) / 1e6
    text = (
        "I_rev/I_fwd "
        + " / ".join(f"{ratio:.3f}" for ratio in ratios)
        + ", load for 0.8 "
        + " / ".join(f"{load:.3g}" for load in loads)
        + " MPa at "
        + " / ".join(GRAIN_SIZES)
        + f" nm; growing {growing:.3f}"
    )
    steps = [1.0 if small == large == 0 else min(10.0, large / small) if small else 10.0 for small, large in zip(loads, loads[1:])]
    step = min(steps) if loads[-1] > 0 else 0.0
    # What decides is the order; 1e-4 is what the step control leaves in a ratio.
    return Observation(
        None, [at_most(np.diff(ratios).max(), -1e-4, 0.02), at_least(step, 1.0, 1.0), at_most(growing - ratios[0], -1e-4, 0.02)], text
    )


@check("uniform_stripping")
def uniform_stripping(runs):
    run = runs["stripping"]
    reached_one_volt(runs, "stripping")
    history = run.history
    moment = np.interp(0.5 * history["charge"][-1], history["charge"], history["time"])
    field_ = run.interface["void_depth"]
    depth = np.array([np.interp(moment, run.interface_time, field_[:, ring]) for ring in range(field_.shape[1])])
    inner, rim = depth[run.ring_radius < 0.8 * run.ring_radius[-1]], depth[-1]
    spread = (inner.max() - inner.min()) / inner.mean()
    return Observation(
        None,
        [at_most(spread, 0.1, 0.1), at_most(rim / inner.mean(), 0.9, 0.1)],
        f"{inner.mean() * 1e9:.1f} nm inside 0.8 a, uniform to {spread:.1%}; rim {rim / inner.mean():.3f} of it",
    )


# --- Fig. 7, S8: flaws ----------------------------------------------------------------------------------------------------------


def staircase_potential(name, number):
    return lambda runs: Observation(step_end(runs, name, number, "potential"))


CHECKS["flaw_100s"] = staircase_potential("staircase_flaw", STEP_100S)
CHECKS["flaw_220s"] = staircase_potential("staircase_flaw", STEP_220S)
CHECKS["flawless_100s"] = staircase_potential("staircase_surface_3", STEP_100S)
CHECKS["flawless_220s"] = staircase_potential("staircase_surface_3", STEP_220S)


def extension_time(run):
    """[s] at which the crack has grown by 0.1 %; inf if it never does, or if there is none."""
    length = run.history.get("crack_length")
    if length is None:
        return np.inf
    grown = np.flatnonzero(length > 1.001 * length[0])
    return run.history["time"][grown[0]] if grown.size else np.inf


@check("flaw_fractures")
def flaw_fractures(runs):
    found = extension_time(runs["staircase_flaw"])
    return Observation(None, [at_most(min(found, 1e3), 39.0, 10.0)], f"at {found:.1f} s")


@check("boundary_fractures")
def boundary_fractures(runs):
    found = {factor: extension_time(runs[f"staircase_boundary_{factor}"]) for factor in ("0.1", "0.32")}
    return Observation(
        None,
        [at_most(min(max(found.values()), 1e3), 220.0, 50.0)],
        ", ".join(f"at {time:.1f} s with the factor {factor}" for factor, time in found.items()),
    )


@check("surface_endures")
def surface_endures(runs):
    """The density is that on the nominal contact; flaws of 3 and 10 nm."""
    bounds, texts = [], []
    for size in ("3", "10"):
        run = runs[f"staircase_surface_{size}"]
        time, history = extension_time(run), run.history
        intact = history["time"] < time
        density = np.abs(history["current_density"][intact]).max() / MA_CM2
        bounds.append(at_least(density, 150.0, 50.0))
        texts.append(f"{size} nm: " + (f"to {density:.0f} mA/cm2" if np.isinf(time) else f"breaks at {density:.0f} mA/cm2"))
    return Observation(None, bounds, ", ".join(texts))


# --- Fig. 8: rates --------------------------------------------------------------------------------------------------------------


def reached_one_volt(runs, name):
    if runs[name].history["potential"][-1] < 0.999:
        raise NotReached(f"{name}: {runs.ended[name]} at {runs[name].history['potential'][-1]:.3f} V")


def extracted(runs, rate):
    """[C/m^2] stripped until 1.0 V at a current density given as text in mA/cm2."""
    reached_one_volt(runs, f"rate_{rate}")
    return runs[f"rate_{rate}"].history["charge"][-1] / NOMINAL_AREA


def charge_ratio(runs, slow, fast, lowest, highest):
    ratio = extracted(runs, slow) / extracted(runs, fast)
    return Observation(
        None,
        [at_least(ratio, lowest, 0.3 * lowest)] + ([at_most(ratio, highest, 0.3 * highest)] if highest else []),
        f"q({slow})/q({fast}) = {ratio:.3f}",
    )


@check("rate_charge_drop")
def rate_charge_drop(runs):
    return charge_ratio(runs, "1.62", "8.48", 2.0, 6.0)


@check("rate_slight")
def rate_slight(runs):
    return charge_ratio(runs, "8.48", "19.77", 1.0, 1.4)


@check("rate_second_drop")
def rate_second_drop(runs):
    seen = charge_ratio(runs, "19.77", "47.88", 1.5, None)
    before = extracted(runs, "8.48") / extracted(runs, "19.77")
    ratio = seen.bounds[0].value
    return Observation(None, seen.bounds + [at_least(ratio, before, 0.3 * before)], f"{seen.text}, before it {before:.3f}")


@check("rate_flat")
def rate_flat(runs):
    ratios = [extracted(runs, rate) / extracted(runs, "47.88") for rate in RATES[4:]]
    return Observation(
        None,
        [at_most(max(abs(ratio - 1) for ratio in ratios), 0.15, 0.15)],
        "q/q(47.88) = " + ", ".join(f"{ratio:.3f}" for ratio in ratios),
    )


@check("apparent_diffusivity")
def apparent_diffusivity(runs):
    """D = 4 i^2 t/(pi c^2 F^2), eq. 10, is proportional to i q."""
    values = np.array([extracted(runs, rate) * float(rate) for rate in RATES])
    step = (values[1:] / values[:-1]).min()
    return Observation(None, [at_least(step, 1.0, 0.3)], f"smallest ratio of two steps {step:.3f}")


# --- Not scored -----------------------------------------------------------------------------------------------------------------


def fracture_accelerates(runs):
    """Rank correlation of the crack's speed and the current over the steps of the staircase in which the crack grows."""
    run = runs["staircase_flaw"]
    history, start = run.history, extension_time(run)
    found = []
    for number in np.unique(history["protocol_step"]):
        rows = np.flatnonzero((history["protocol_step"] == number) & (history["time"] >= start))
        if len(rows) > 2:
            length, time = history["crack_length"][rows], history["time"][rows]
            found.append((abs(history["current"][rows[-1]]), (length[-1] - length[0]) / (time[-1] - time[0])))
    if len(found) < 3:
        return None
    ranks = [np.argsort(np.argsort(values)) for values in np.array(found).T]
    return float(np.corrcoef(*ranks)[0, 1])
