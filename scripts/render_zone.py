"""What ParaView draws of a contact zone (paraview/zone_view.py): areas, lines and texts in the picture plane. Used by render."""

import os

import numpy as np
from contourpy import contour_generator
from matplotlib.colors import to_rgb

from contact_zone import COLOURS, ELECTROLYTE, LINES, LITHIUM, NANO, current_text, length_text, levels_between, nice, window
from lisei.sei import PHASES

# Of the picture plane; the unit is the width of a stack, y of the interface SE|SEI is 0 in the first.
SEI, LITHIUM_HEIGHT, DEEP, DENSITY, GAP = 0.09, 0.012, 0.09, 0.06, 0.006
ABOVE, BELOW = SEI + LITHIUM_HEIGHT + GAP + DENSITY, DEEP + GAP + DENSITY
BETWEEN = 0.06  # the stacks, for texts
BARS_AT = 1.015  # x of the scale bars
SIZE = (1.3, 0.867)  # the picture must show


def rectangle(x0, x1, y0, y1):
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


class Drawing:
    """What is collected for one picture."""

    def __init__(self):
        self.areas, self.colours, self.groups, self.profiles, self.bars, self.texts = [], [], [], [], [], []

    def area(self, corners, colour):
        """Quadrilaterals (..., 4, 2) of one colour."""
        corners = corners.reshape(-1, 4, 2)
        self.areas.append(corners)
        self.colours.append(np.tile(np.round(255 * np.array(to_rgb(colour))), (len(corners), 1)))

    def lines(self, x, y, stream, levels, box):
        contours = contour_generator(x, y, stream)
        found = [line for level in levels for line in contours.lines(level)] + [rectangle(*box)[[0, 1, 2, 3, 0]]]
        margin = 1e-6  # the frame is not to be cut
        self.groups.append((found, np.array(box) + margin * np.array([-1, 1, -1, 1])))

    def text(self, words, x, y, size=12):
        self.texts.append((words, x, y, size))

    def save(self, path):
        data = {"areas": np.concatenate(self.areas), "colours": np.concatenate(self.colours), "groups": len(self.groups)}
        for k, (lines, box) in enumerate(self.groups):
            data.update({f"points{k}": np.concatenate(lines), f"sizes{k}": [len(line) for line in lines], f"box{k}": box})
        for name, lines in (("profile", self.profiles), ("bar", self.bars)):
            data.update({f"{name}_points": np.concatenate(lines), f"{name}_sizes": [len(line) for line in lines]})
        np.savez(path, **data)


def add_sei(drawing, zone, low, high, base, levels):
    """Phases, clipped to the picture, and current lines of the stretched SEI, lithium above."""
    wide, thickness = high - low, zone.height[0].max()
    x = np.broadcast_to((zone.edge - low) / wide, zone.height.shape)
    y = base + SEI * zone.height / thickness
    across = np.clip(x, 0.0, 1.0)
    around = ((0, 0), (0, 1), (1, 1), (1, 0))  # (down, right) of the corners of a cell
    rows, columns = zone.phase.shape
    corners = np.stack([np.stack([part[d:d + rows, c:c + columns] for d, c in around], axis=-1) for part in (across, y)], axis=-1)
    seen = (x[0, 1:] > 0.0) & (x[0, :-1] < 1.0)
    for number in np.unique(zone.phase):
        drawing.area(corners[(zone.phase == number) & seen], COLOURS[int(number)])
    drawing.area(rectangle(0.0, min(1.0, x[0, -1]), base + SEI, base + SEI + LITHIUM_HEIGHT), LITHIUM)
    drawing.lines(x, y, zone.stream, levels, (0.0, 1.0, base, base + SEI))


def add_bars(drawing, zone, wide, base):
    thickness = zone.height[0].max()
    r_bar, z_bar = nice(0.04 * wide), nice(0.6 * thickness)
    along = r_bar / wide
    for y, up, words in ((base + 0.006, SEI * z_bar / thickness, f"SEI, z x {SEI * wide / thickness:.3g}\nr: {length_text(r_bar)}\n"
                          f"z: {length_text(z_bar)}"), (base - DEEP, along, f"SE, z x 1\nr, z: {length_text(r_bar)}")):
        drawing.bars.append(np.array([[BARS_AT + along, y], [BARS_AT, y], [BARS_AT, y + up]]))
        drawing.text(words, BARS_AT + 0.055, y)


def add_stack(drawing, zone, low, high, count, base):
    """One stack whose interface SE|SEI lies at y = base."""
    wide = high - low
    levels, step = levels_between(zone, low, high, count)
    drawing.area(rectangle(0.0, 1.0, base - DEEP, base), ELECTROLYTE)
    add_sei(drawing, zone, low, high, base, levels)
    r, z, stream = zone.electrolyte_stream(low, high, DEEP * wide)
    drawing.lines((r - low) / wide, base + z / wide, stream, levels, (0.0, 1.0, base - DEEP, base))
    for where, plane, sign, level, y in (("top", "Li|SEI", 1.0, base + ABOVE - DENSITY, base + ABOVE + 0.004),
                                         ("bottom", "SE|SEI", -1.0, base - BELOW + DENSITY, base - BELOW - 0.022)):
        spots = zone.spots(where)
        edge, size = np.repeat(spots.edge, 2)[1:-1], np.repeat(spots.density / (spots.largest or 1.0), 2)
        inside = (edge >= low) & (edge <= high)
        drawing.profiles.append(np.column_stack([(edge[inside] - low) / wide, level + sign * DENSITY * size[inside]]))
        words = (f"i at {plane}; maximum {0.1 * abs(spots.largest):.3g} mA/cm2 = {spots.peak_factor:.3g} x mean at r = "
                 f"{NANO * spots.radius:.4g} nm; hottest 10 % of area: {100 * spots.share:.0f} % of the current")
        if where == "top":
            words = f"r = {NANO * low:.4g} to {NANO * high:.4g} nm, {current_text(step)}; " + words
        drawing.text(words, 0.0, y)
    add_bars(drawing, zone, wide, base)


def zone_task(zone, task, folder):
    """Add to the task what zone_view takes; the arrays go into a file of the folder."""
    drawing = Drawing()
    low, high, _ = window(zone)
    second = -ABOVE - BELOW - BETWEEN
    add_stack(drawing, zone, 0.0, zone.edge[-1], LINES["whole"], 0.0)
    add_stack(drawing, zone, low, high, LINES["zoom"], second)
    legend = [(COLOURS[number], f"{PHASES[number]} ({0.01 * value:.0e} S/cm)") for number, value in zone.conductivities().items()]
    bottom = second - BELOW - 0.055
    for k, (colour, words) in enumerate(legend + [(ELECTROLYTE, "SE"), (LITHIUM, "Li")]):
        drawing.area(rectangle(0.18 * k, 0.18 * k + 0.02, bottom, bottom + 0.018), colour)
        drawing.text(words, 0.18 * k + 0.025, bottom)
    drawing.text(task["text"], 0.0, ABOVE + 0.034, 15)
    width, height = task["size"]
    half = 0.5 * max(SIZE[1], SIZE[0] * height / width)
    middle = (0.5 * SIZE[0] - 0.04, 0.5 * (ABOVE + 0.09 + bottom - 0.01))
    task["camera"] = [*middle, half]
    task["texts"] = [[words, [(x - middle[0]) * height / (2 * half * width) + 0.5, (y - middle[1]) / (2 * half) + 0.5], size]
                     for words, x, y, size in drawing.texts]
    task["data"] = os.path.join(folder, os.path.basename(task["picture"]) + ".npz")
    drawing.save(task["data"])
    return task
