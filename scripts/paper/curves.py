"""Curves of a voltammogram and what the paper reads off them. SI; anodic is positive."""

import numpy as np


class Half:
    """One half of a cycle: from 0 V to a vertex (forward) and back (reverse), as magnitudes.

    forward, reverse: (overpotential [V] > 0 increasing, current magnitude [A]); peak [A] signed; cut: the way back ends before 0 V,
    with the run."""

    def __init__(self, cycle, vertex, forward, reverse, peak, cut=False):  # pylint: disable=too-many-arguments
        self.cycle, self.vertex, self.forward, self.reverse, self.peak, self.cut = cycle, vertex, forward, reverse, peak, cut

    def at(self, direction, overpotential):
        """Current [A] of "forward" or "reverse" at overpotentials [V]."""
        branch = getattr(self, direction)
        return np.interp(overpotential, *branch)

    def ratio(self, overpotentials):
        """I_rev/I_fwd."""
        return self.at("reverse", overpotentials) / self.at("forward", overpotentials)

    def grid(self, lowest=0.1, count=181):
        """Overpotentials [V] from a share of the vertex to the vertex; below, both currents vanish."""
        return np.linspace(lowest, 0.995, count) * abs(self.vertex)


def halves(run, column=None):
    """All halves of all cycles, in order; of the current, or of another column in its place."""
    history = run.history
    potential, current, cycle = history["potential"], history[column or "current"], history["cycle"]
    turn = np.flatnonzero(np.diff(np.sign(np.diff(potential))) != 0) + 1
    found = []
    for row in turn:
        vertex = potential[row]
        side = np.sign(vertex)
        if abs(vertex) < 1e-6 or np.sign(vertex - potential[row - 1]) != side:
            continue
        first, last = row, row
        while first > 0 and (potential[first] - potential[first - 1]) * side > 0 and potential[first] * side > 0:
            first -= 1
        while last + 1 < len(potential) and (potential[last + 1] - potential[last]) * side < 0 and potential[last] * side > 0:
            last += 1
        forward = np.arange(first, row + 1)
        reverse = np.arange(last, row - 1, -1)
        if len(forward) < 4 or len(reverse) < 4:
            continue
        branch = [(np.abs(potential[rows]), side * current[rows]) for rows in (forward, reverse)]
        rows = np.r_[forward, reverse]
        peak = current[rows][np.argmax(side * current[rows])]
        cut = last + 1 == len(potential) and potential[last] * side > 0.02 * abs(vertex)
        found.append(Half(int(cycle[row]), vertex, branch[0], branch[1], peak, cut))
    return found


def first_crossing(x, y, level, start):
    """First x > start at which y reaches the level, by linear interpolation; the last x if it never does."""
    for k in range(1, len(x)):
        if x[k] > start and y[k] >= level:
            low = y[k - 1]
            return x[k] if low >= level else x[k - 1] + (level - low) / (y[k] - low) * (x[k] - x[k - 1])
    return x[-1]
