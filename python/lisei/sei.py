"""The contact zone of a run with a resolved SEI, from its field files: phases, exact currents, current lines, hot spots.

    from lisei.sei import ContactZone
    zone = ContactZone(run, path)          run: lisei.output.Output, path: a file of fields/
    zone.edge, zone.height                 nodes of the SEI [m]: r of the columns' edges, z of nodes (layers + 1, columns + 1)
    zone.stream                            [A] stream function there, 0 on the axis
    zone.spots("top"), zone.spots("bottom")   Li|SEI, SE|SEI

The stream function psi(r, z) is the current through the circle of radius r about the axis at the height z, positive =
anodic = from the lithium into the electrolyte. Its contours are the current lines, and between two of them flows the
difference of their values.
"""

import h5py
import numpy as np

from .output import OutputError, check_format

PHASES = {10: "SEI", 11: "Li3P", 12: "Li2S", 13: "LiCl", 14: "pore"}
SHARE_OF_AREA = 0.1  # the hottest part that spots are measured by


class Spots:
    """Where a plane of the contact zone carries its current; densities in A/m^2, positive = anodic."""

    def __init__(self, edge, flow, span):
        """Current [A] of each column between the edges [m]; `span` [m] is the width over which broad_factor is a mean: the
        peak at the corner of a grain is as high as the columns beside it are narrow, its mean is not."""
        area = np.pi * np.diff(edge**2)
        self.edge, self.density = edge, flow / area
        self.total = flow.sum()
        self.mean = self.total / area.sum()
        size = self.density * (np.sign(self.total) or 1.0)  # in the direction of the total
        self.hottest = int(np.argmax(size))
        self.radius = 0.5 * (edge[self.hottest] + edge[self.hottest + 1])
        self.largest = self.density[self.hottest]
        self.peak_factor = self.largest / self.mean if self.mean else np.nan
        self.span, self.broad_factor = span, self._broad(flow, span)
        order = np.argsort(-size, kind="stable")
        covered = np.r_[0.0, np.cumsum(area[order])] / area.sum()
        carried = np.r_[0.0, np.cumsum(flow[order])]
        self.share = np.interp(SHARE_OF_AREA, covered, carried) / self.total if self.total else np.nan
        self._order = order

    def _broad(self, flow, span):
        """Largest mean over a ring of width `span` over the mean of all."""
        middle = np.clip(0.5 * (self.edge[1:] + self.edge[:-1]), 0.5 * span, self.edge[-1] - 0.5 * span)
        inner, outer = np.maximum(middle - 0.5 * span, 0.0), middle + 0.5 * span
        stream, square = np.r_[0.0, np.cumsum(flow)], self.edge**2  # linear in r^2 between edges
        carried = np.interp(outer**2, square, stream) - np.interp(inner**2, square, stream)
        return float((carried / (np.pi * (outer**2 - inner**2)) / self.mean).max()) if self.mean else np.nan

    def highest(self, count, apart, low=0.0, high=np.inf):
        """Columns with the largest densities between two radii, at least `apart` [m] from each other, the hottest first."""
        middle = 0.5 * (self.edge[1:] + self.edge[:-1])
        found = []
        for column in self._order:
            if low <= middle[column] <= high and all(abs(middle[column] - middle[other]) >= apart for other in found):
                found.append(int(column))
                if len(found) == count:
                    break
        return found


def has_resolved_sei(run):
    """Does the run save cells of the SEI?"""
    instants = run.field_files()
    if not instants:
        return False
    with h5py.File(instants[0][1], "r") as file:
        cells = file["VTKHDF/CellData"]
        return "phase" in cells and bool(cells["phase"][0] >= min(PHASES))


class ContactZone:
    """One saved instant."""

    def __init__(self, run, path):
        with h5py.File(path, "r") as file:
            check_format(file.attrs, path)
            data = file["VTKHDF"]
            self.time = float(data["FieldData/TimeValue"][0])
            self.radius = float(data["FieldData/contact_radius"][0])
            points, corners = data["Points"][:, :2], data["Connectivity"][:].reshape(-1, 4)
            cells = {name: data["CellData"][name][:] for name in ("phase", "conductivity", "current_density", "potential")}
        inside = int((cells["phase"] >= min(PHASES)).sum())
        if not inside:
            raise OutputError(f"{path} has no cells of an SEI: the deck did not ask for sei.resolved")
        columns = int(corners[0, 1]) - 1
        self.layers = inside // columns
        nodes = points[:(columns + 1) * (self.layers + 1)].reshape(self.layers + 1, columns + 1, 2)
        self.edge, self.height = nodes[0, :, 0], nodes[:, :, 1]
        self.area = np.pi * np.diff(self.edge**2)
        for name in ("phase", "conductivity", "potential"):
            setattr(self, name, cells[name][:inside].reshape(self.layers, columns))
        axial = -cells["current_density"][:inside, 1].reshape(self.layers, columns)
        self.face = self._faces(axial, self._surface(run, columns))
        self.stream = np.concatenate([np.zeros((self.layers + 1, 1)), np.cumsum(self.face, axis=1)], axis=1)
        self._read_electrolyte(points, corners[inside:], cells["current_density"][inside:, :2], len(nodes[0]) * len(nodes))
        self._spots = {}

    def _surface(self, run, columns):
        """[A] from the lithium into each column, if the ring profile of the instant was kept."""
        times = run.interface_time
        if not len(times) or "current_density" not in run.interface or len(run.ring_area) != columns:
            return None
        nearest = int(np.argmin(np.abs(times - self.time)))
        if abs(times[nearest] - self.time) > 1e-9 * max(1.0, self.time):
            return None
        return run.interface["current_density"][nearest] * self.area

    def _faces(self, axial, surface):
        """[A] through the faces between layers, (layers + 1, columns). A cell's density is the mean of its two faces, so
        that from the surface on the faces follow without error; without the surface they are means of their cells."""
        flow = axial * self.area
        face = np.empty((self.layers + 1, len(self.area)))
        if surface is not None:
            face[0] = surface
            for k in range(self.layers):
                face[k + 1] = 2.0 * flow[k] - face[k]
            return face
        face[1:-1] = 0.5 * (flow[1:] + flow[:-1])
        face[0], face[-1] = flow[0], flow[-1]
        if self.layers > 1:
            face[0] += 0.5 * (flow[0] - flow[1])
            face[-1] += 0.5 * (flow[-1] - flow[-2])
        return face

    def spots(self, where):
        """Spots of "top" (Li|SEI) or "bottom" (SE|SEI)."""
        if where not in self._spots:
            self._spots[where] = Spots(self.edge, self.face[0 if where == "top" else -1], float(self.height[0].mean()))
        return self._spots[where]

    def grain_edges(self):
        """[m] radii at which phases change, from the axis to the rim."""
        change = (np.diff(self.phase, axis=1) != 0).any(axis=0)
        return np.r_[0.0, self.edge[1:-1][change], self.edge[-1]]

    def conductivities(self):
        """{phase number: [S/m]} of those that occur."""
        return {int(number): float(self.conductivity[self.phase == number].mean()) for number in np.unique(self.phase)}

    def _read_electrolyte(self, points, corners, density, first):
        """Stream function at the electrolyte's nodes: below the SEI's own, the flow through each coordinate line z of the
        grid from the mean of the cells above and below it; each line carries the total."""
        columns = int(corners[0, 1] - corners[0, 0]) - 1
        layers = len(corners) // columns
        nodes = points[first:].reshape(layers + 1, columns + 1, 2)
        density = density.reshape(layers, columns, 2)
        below = np.concatenate([density[1:], density[-1:]])
        mean = 0.5 * (density + below)
        step = np.diff(nodes[1:], axis=1)
        middle = 0.5 * (nodes[1:, 1:, 0] + nodes[1:, :-1, 0])
        # (r, z) outwards along the line: the area vector that points away from the contact is (dz, -dr)
        flow = 2.0 * np.pi * middle * (mean[..., 0] * step[..., 1] - mean[..., 1] * step[..., 0])
        total = self.stream[-1, -1]
        found = flow.sum(axis=1, keepdims=True)
        flow = np.where(np.abs(found) > 0.5 * abs(total), flow * total / np.where(found == 0.0, 1.0, found), flow)
        surface = np.interp(nodes[0, :, 0], self.edge, self.stream[-1])
        self.deep_nodes = nodes
        self.deep_stream = np.concatenate([surface[None], np.concatenate([np.zeros((layers, 1)), np.cumsum(flow, axis=1)], axis=1)])

    def electrolyte_stream(self, low, high, depth):
        """(r, z, stream): nodes [m] below the SEI that cover the radii low..high to a depth, on the lines of the
        electrolyte's grid, and the stream function [A] there. What is finer than the cells of the electrolyte, the flow
        from each column of the SEI, fades into it as in a plane half space."""
        nodes, radius = self.deep_nodes, self.edge[-1]
        margin = high - low
        surface = np.unique(np.r_[self.edge, np.linspace(max(0.0, low - margin), min(radius, high + margin), 1200)])
        surface = surface[(surface >= low - margin) & (surface <= high + margin)]
        rings = nodes[0, :, 0]
        column = np.r_[np.interp(surface, rings, np.arange(len(rings))), np.flatnonzero(rings > radius * (1 + 1e-9))]
        first = abs(nodes[1, 0, 1])
        rows = int(np.searchsorted(-nodes[:, 0, 1], max(3.0 * depth, 0.6 * radius if high > 0.8 * radius else 0.0)))
        rows = min(max(rows, 1), len(nodes) - 1)
        layer = np.r_[0.0, np.geomspace(min(0.01 * depth / first, 0.1), 1.0, 40), np.arange(1.25, rows + 0.01, 0.25)]
        values = np.concatenate([nodes, self.deep_stream[..., None]], axis=2)
        r, z, coarse = np.moveaxis(_between(_between(values, layer, 0), column, 1), 2, 0)
        return r, z, coarse + self._fine_stream(r, -z)

    def _fine_stream(self, r, depth):
        """The difference between the stream function of the columns and of the rings at the surface, into the depth."""
        samples = 4096
        at = self.edge[-1] * np.arange(samples + 1) / samples
        fine = np.interp(at, self.edge, self.stream[-1]) - np.interp(at, self.deep_nodes[0, :, 0], self.deep_stream[0])
        # sine series: the odd continuation; the difference is 0 at the axis and at the rim
        series = np.fft.rfft(np.r_[fine[:-1], -fine[:0:-1]])
        wave = np.pi * np.arange(len(series)) / self.edge[-1]
        levels = np.r_[0.0, np.geomspace(1e-4, 0.3, 48)] * self.edge[-1]
        table = np.array([np.fft.irfft(series * np.exp(-wave * level), 2 * samples)[:samples + 1] for level in levels])
        row = np.interp(depth, levels, np.arange(len(levels)))
        column = np.minimum(r / self.edge[-1], 1.0) * samples
        k, c = np.minimum(row.astype(int), len(levels) - 2), np.minimum(column.astype(int), samples - 1)
        row, column = row - k, column - c
        return ((1 - row) * ((1 - column) * table[k, c] + column * table[k, c + 1])
                + row * ((1 - column) * table[k + 1, c] + column * table[k + 1, c + 1]))


def _between(values, places, axis):
    """Linear interpolation at fractional indices along an axis."""
    whole = np.minimum(places.astype(int), values.shape[axis] - 2)
    part = (places - whole).reshape([-1 if k == axis else 1 for k in range(values.ndim)])
    return (1.0 - part) * np.take(values, whole, axis) + part * np.take(values, whole + 1, axis)


def vertices(run, found):
    """[(sweep, path)] of the vertices (lisei.output.sweeps) that have a saved instant."""
    instants = run.field_files()
    return [(sweep, min(instants, key=lambda one: abs(one[0] - sweep.time))[1]) for sweep in found
            if instants and min(abs(one[0] - sweep.time) for one in instants) <= 1e-6 * max(1.0, sweep.time)]
