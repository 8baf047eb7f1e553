"""The problem on which lisei and peer_sei_fenicsx.py are compared: constants, the two cases, the phase map of the SEI, and how
peaks and errors are read off a voltammogram. As decks/sei_cycle.yaml."""
import hashlib
import json

import numpy as np

RADIUS = 4.82e-6  # [m]
THICKNESS = 10e-9  # [m] of the SEI
SIGMA = 0.28  # [S/m] electrolyte
I0 = 2000.0  # [A/m2]
BETA = 20.0  # [1/V]
K_STRIP = 0.02e-4 / 1e-3  # [m2/(A s)]
K_HEAL = 0.005  # [1/s]
THERMAL = 8.31446261815324 * 298.15 / 96485.33212  # [V] RT/F
PHASES = {"li3p": (0.185, 1e-2), "li2s": (0.71, 1e-4), "licl": (0.105, 1e-6)}  # volume fraction, conductivity [S/m]

# vertex [V], rate [V/s], half jump distance [m], steps per quarter cycle, power by which they crowd at its start
CASES = {"weak": (10e-3, 0.2e-3, 2e-9, (10, 10, 10, 10), (1, 1, 1, 1)),
         "strong": (1.0, 50e-3, 10e-9, (16, 10, 60, 12), (1, 1, 1.5, 1))}

def hashed_uniform(seed, index):
    """A number in [0, 1) of seed and index (splitmix64), as in solver/model/material.c."""
    mask = (1 << 64) - 1
    z = (seed * 0x9e3779b97f4a7c15 + (index + 1) * 0xbf58476d1ce4e5b9) & mask
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & mask
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & mask
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53

def random_map(seed=1, rings=64, layers=8, grain_columns=2, grain_layers=2):
    """Phase map of lisei's microstructure `random` on uniform rings: edges from the axis and from the lithium down."""
    limits = np.cumsum([fraction for fraction, _ in PHASES.values()])
    phase = [[int(np.searchsorted(limits, hashed_uniform(seed, along * rings + across), side="right"))
              for across in range(-(-rings // grain_columns))] for along in range(-(-layers // grain_layers))]
    columns, rows = np.arange(0, rings + grain_columns, grain_columns), np.arange(0, layers + grain_layers, grain_layers)
    return {"r_edges_m": femtometres(RADIUS * np.sin(0.5 * np.pi * np.minimum(columns, rings) / rings)),
            "z_edges_m": femtometres(THICKNESS * (1 - np.minimum(rows, layers) / layers)), "phase": phase,
            "phases": list(PHASES), "conductivity_S_per_m": [sigma for _, sigma in PHASES.values()]}

def femtometres(edges):
    return [round(float(edge), 15) for edge in edges]

def digest(phase_map):
    return hashlib.sha256(json.dumps(phase_map, sort_keys=True).encode()).hexdigest()[:16]

def read_peaks(times, currents, quarter):
    """Cathodic and anodic peak [A] by one rule for all programs: the extremum of a cubic spline through the instants between
    two kinks of V(t)."""
    from scipy.interpolate import CubicSpline  # here, as its import would count as time of the peer
    extrema = []
    for number in range(4):
        inside = (times >= (number - 1e-9) * quarter) & (times <= (number + 1 + 1e-9) * quarter)
        curve = CubicSpline(times[inside], currents[inside])
        values = np.r_[currents[inside], curve(curve.derivative().roots(extrapolate=False))]
        extrema.append(values[np.argmax(np.abs(values))])
    return np.array([max(extrema[k:k + 2], key=abs) for k in (0, 2)])

def sample(times, currents, quarter, per_quarter=10):
    """The current at even instants, from splines between the kinks."""
    from scipy.interpolate import CubicSpline
    values = [0.0]
    for number in range(4):
        inside = (times >= (number - 1e-9) * quarter) & (times <= (number + 1 + 1e-9) * quarter)
        values += list(CubicSpline(times[inside], currents[inside])(quarter * (number + np.arange(1, per_quarter + 1)
                                                                               / per_quarter)))
    return np.array(values)

def errors(times, currents, quarter, exact):
    """Relative errors of the two peaks, and the largest relative error at even instants but those of V = 0."""
    times, currents = np.asarray(times), np.asarray(currents)
    curve, ours = np.array(exact["curve_A"]), sample(times, currents, quarter)
    moving = np.arange(len(curve)) % (len(curve) // 2) != 0
    return [*(read_peaks(times, currents, quarter) / np.array(exact["peaks_A"]) - 1),
            np.max(np.abs(ours[moving] / curve[moving] - 1))]
