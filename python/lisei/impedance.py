"""Read impedance.h5 of a lisei run, and what people make of an impedance: distribution of relaxation times, equivalent circuits.

    from lisei.impedance import read
    for state in read("out"):
        state.frequency, state.impedance, state.parts["charge_transfer"], state.times, state.resistances
"""

import os

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402

from .output import OutputError, check_format  # noqa: E402

PARTS = {"charge_transfer": "Li|SEI charge transfer", "sei_transport": "SEI", "se_transfer": "SE|SEI transfer",
         "electrolyte": "electrolyte (constriction)", "ground": "beyond the grain, crack"}


LEAST_FREQUENCIES = 5  # of which a distribution or a circuit is made
FITS = 0.05  # largest relative residual of a circuit that fits
COINCIDE = 1.5  # factor between two times below which two elements are one


class State:
    """Impedance [ohm] at one state, at falling frequencies [Hz]."""

    def __init__(self, file, number):
        here = {name: data[number] for name, data in file.items() if name not in ("ring_radius", "ring_area")}
        measured = np.isfinite(here["frequency"])
        self.number = number + 1
        self.frequency = here["frequency"][measured]
        self.impedance = here["impedance"][measured]
        self.parts = {name: here[f"impedance_{name}"][measured] for name in PARTS}
        self.area = np.pi * here["contact_radius"] ** 2  # [m^2]
        self.ring_radius, self.ring_area = file["ring_radius"][:], file["ring_area"][:]
        self.ring_admittance = here["ring_admittance"][measured] if here["ring_admittance"].shape[1] == len(self.ring_radius) else None
        found = np.isfinite(here["relaxation_time"])
        self.times, self.resistances = here["relaxation_time"][found], here["relaxation_resistance"][found]
        self.infinite = float(here["infinite_resistance"])
        self.notes = here["notes"].decode("utf-8", "replace").rstrip("\0")
        for name in ("time", "potential", "current", "temperature", "live", "amplitude"):
            setattr(self, name, float(here[name]))

    @property
    def label(self):
        return f"{self.time:.4g} s, {1e3 * round(self.potential, 12):+.3g} mV" + (", live" if self.live else "")

    def significant(self, share=0.01):
        """Real relaxations [s], [ohm] within reach of the frequencies, of at least this share of their sum; slowest first."""
        tau, r = self.times.real, self.resistances.real
        window = (tau > 0.02 / self.frequency.max()) & (tau < 1 / self.frequency.min()) & (abs(self.times.imag) < 1e-6 * abs(tau))
        chosen = window & (r > share * abs(r[window]).sum())
        order = np.argsort(-tau[chosen])
        return tau[chosen][order], r[chosen][order]

    def characteristic_times(self):
        """{process: time [s]} where its part of -Im Z is largest, of the processes that store charge; those of the range only."""
        times = {}
        for name, part in self.parts.items():
            loss = -part.imag
            top = int(np.argmax(loss))
            if name not in ("electrolyte", "ground") and 0 < top < len(loss) - 1 and loss[top] > 1e-3 * abs(self.impedance).max():
                times[name] = 1 / (2 * np.pi * self.frequency[top])
        return times


def path_of(folder):
    return os.path.join(folder, "impedance.h5")


def read(folder):
    """All states of a run."""
    path = path_of(folder)
    if not os.path.exists(path):
        raise OutputError(f"{path} does not exist: the protocol of {folder} measures no impedance")
    with h5py.File(path, "r", libver="latest", swmr=True) as file:
        check_format(file.attrs, path)
        return [State(file, number) for number in range(file["time"].shape[0])]


def drt(frequency, impedance, smoothing=1e-3, per_decade=10):
    """Distribution of relaxation times by ridge regression with non-negative values: times [s], R per ln(time) [ohm].

    Piecewise constant in ln(time), second differences damped; Wan, Saccoccio, Chen, Ciucci 2015, 10.1016/j.electacta.2015.09.097."""
    from scipy.optimize import nnls

    need_frequencies(frequency, 0, "a distribution of relaxation times")

    omega = 2 * np.pi * frequency
    count = int(per_decade * (np.log10(omega.max() / omega.min()) + 2)) + 1
    tau = np.logspace(-np.log10(omega.max()) - 1, -np.log10(omega.min()) + 1, count)
    width = np.log(tau[1] / tau[0])
    kernel = width / (1 + 1j * omega[:, None] * tau[None, :])
    scale = abs(impedance).max()
    columns = np.hstack([kernel, np.ones((len(omega), 1))])
    damping = np.zeros((count - 2, count + 1))
    for k in range(count - 2):
        damping[k, k:k + 3] = (1, -2, 1)
    matrix = np.vstack([columns.real, columns.imag, np.sqrt(smoothing) * damping])
    rhs = np.concatenate([impedance.real / scale, impedance.imag / scale, np.zeros(count - 2)])
    solution, _ = nnls(matrix, rhs, maxiter=50 * count)
    return tau, solution[:-1] * scale


def peaks(tau, gamma, share=0.02):
    """Times of the maxima of a distribution that hold at least this share of its largest."""
    inside = (gamma[1:-1] > gamma[:-2]) & (gamma[1:-1] >= gamma[2:]) & (gamma[1:-1] > share * gamma.max())
    return tau[1:-1][inside]


def overlap(state, tau, gamma):
    """Sentences: which processes a measured distribution tells apart, and which not."""
    times = sorted(state.characteristic_times().items(), key=lambda item: -item[1])
    found = peaks(tau, gamma)
    exact, _ = state.significant()
    said = [f"{len(exact)} exact relaxations above 1 % of the polarisation, {len(found)} maxima of the regularised DRT"]
    for (slow, slow_time), (fast, fast_time) in zip(times, times[1:]):
        between = [t for t in found if fast_time / 2 < t < 2 * slow_time]
        ratio = slow_time / fast_time
        if ratio < 2 or len(between) < 2:
            said.append(f"{PARTS[slow]} ({slow_time:.2g} s) and {PARTS[fast]} ({fast_time:.2g} s) overlap: factor {ratio:.2g}, one maximum; "
                        "their resistances cannot be read from the DRT")
        else:
            said.append(f"{PARTS[slow]} ({slow_time:.2g} s) and {PARTS[fast]} ({fast_time:.2g} s) are told apart: factor {ratio:.3g}")
    return said


def need_frequencies(frequency, unknowns, what):
    """OutputError unless there is more to fit to than is fitted: real and imaginary part at every frequency."""
    least = max(LEAST_FREQUENCIES, (unknowns + 1) // 2)
    if len(frequency) < least:
        raise OutputError(f"{what} needs at least {least} frequencies, this state has {len(frequency)}")


def coincident(tau):
    """Neighbouring times of elements that are one but for rounding."""
    ordered = np.sort(tau)
    return [(float(a), float(b)) for a, b in zip(ordered, ordered[1:]) if b < COINCIDE * a]


def circuit(parameters, frequency, constant_phase):
    """R0 in series with elements R||Q; parameters: ln R0, then ln R, ln tau (and the exponent) of each."""
    s = 2j * np.pi * frequency
    z = np.exp(parameters[0]) + 0j * s
    step = 3 if constant_phase else 2
    for k in range(1, len(parameters), step):
        exponent = parameters[k + 2] if constant_phase else 1.0
        z = z + np.exp(parameters[k]) / (1 + (s * np.exp(parameters[k + 1])) ** exponent)
    return z


def fit_circuit(state, elements, constant_phase=False):
    """Least squares, weighted by 1/|Z|: {R0, R, tau, exponent}, largest residual [1]."""
    from scipy.optimize import least_squares

    need_frequencies(state.frequency, 1 + (3 if constant_phase else 2) * elements, f"a circuit of {elements} elements")
    times = sorted(state.characteristic_times().values(), reverse=True)
    low, high = 1 / (2 * np.pi * state.frequency.max()), 1 / (2 * np.pi * state.frequency.min())
    spread = list(np.geomspace(max(high / 10, low * 10), low * 10, elements))
    times = (times + spread)[:elements]
    whole = state.impedance[-1].real - state.impedance[0].real
    start, lower, upper = [np.log(state.impedance[0].real)], [-np.inf], [np.inf]
    for tau in times:
        start += [np.log(whole / elements), np.log(tau)] + ([0.95] if constant_phase else [])
        lower += [-np.inf, np.log(low / 100)] + ([0.3] if constant_phase else [])
        upper += [np.inf, np.log(high * 100)] + ([1.0] if constant_phase else [])

    def residual(parameters):
        r = (circuit(parameters, state.frequency, constant_phase) - state.impedance) / abs(state.impedance)
        return np.concatenate([r.real, r.imag])

    best = least_squares(residual, start, bounds=(lower, upper), x_scale="jac", max_nfev=2000, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    step = 3 if constant_phase else 2
    order = np.argsort(-best.x[2::step])
    return {"R0": float(np.exp(best.x[0])), "R": np.exp(best.x[1::step])[order], "tau": np.exp(best.x[2::step])[order],
            "exponent": best.x[3::step][order] if constant_phase else np.ones(elements),
            "impedance": circuit(best.x, state.frequency, constant_phase)}, float(abs(residual(best.x)).max())
