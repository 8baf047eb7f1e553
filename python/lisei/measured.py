"""Curves of instruments: BDF (Battery Data Format), BioLogic EC-Lab text (.mpt), Gamry (.DTA), plain CSV.

    from lisei import measured
    record = measured.read("cell.mpt")               time [s], potential [V], current [A] and where it comes from
    record.write_waveform("pulse.csv", "current")    for a deck: protocol: [{waveform: {file: pulse.csv, control: current}}]
    record.write_columns("cv.csv")                   for a fit: time, potential, current
    measured.export_bdf("out/cv", "cv.bdf")          a run as BDF

Sign: a positive current makes the potential of the Li electrode against the far Li electrode rise: anodic, stripping. It is that of BDF
(positive charges), of EC-Lab (oxidation at the working electrode) and of Gamry's default, if the Li electrode is the working electrode.
A Li | Li cell takes up energy; data in which it gives some off have the other sign and are refused unless `flip` says that it is known.
"""

import csv
import io
import os
import re

import numpy as np

from .output import Output


class DataError(Exception):
    """What is wrong with a file of data, for people."""


# Quantity -> (names of columns, without unit, in lower case).
NAMES = {"time": ("test time", "test_time", "time", "t", "elapsed time"),
         "potential": ("voltage", "ewe", "ewe-ece", "ecell", "<ewe>", "vf", "potential", "e", "u"),
         "current": ("current", "i", "<i>", "im")}
SCALES = {"s": ("time", 1.0), "second": ("time", 1.0), "sec": ("time", 1.0), "ms": ("time", 1e-3), "min": ("time", 60.0), "h": ("time", 3600.0),
          "v": ("potential", 1.0), "volt": ("potential", 1.0), "v vs. ref.": ("potential", 1.0), "mv": ("potential", 1e-3),
          "a": ("current", 1.0), "ampere": ("current", 1.0), "ma": ("current", 1e-3), "ua": ("current", 1e-6), "µa": ("current", 1e-6),
          "μa": ("current", 1e-6), "na": ("current", 1e-9), "pa": ("current", 1e-12)}
LEAST_ROWS = 2


class Record:
    """What an instrument recorded; `potential` or `current` is None where the file has none."""

    def __init__(self, time, potential, current, source, kind):
        self.time, self.potential, self.current, self.source, self.kind = time, potential, current, source, kind

    def flipped(self):
        return Record(self.time, self.potential, None if self.current is None else -self.current, self.source, self.kind)

    @property
    def energy(self):
        """Electrical energy [J] that went into the cell; 0 where the file lacks one of both."""
        if self.potential is None or self.current is None:
            return 0.0
        power = self.potential * self.current
        return float(np.sum(0.5 * (power[1:] + power[:-1]) * np.diff(self.time)))

    def check_sign(self):
        """Refuse a cell of lithium on both sides that gives off energy on the whole."""
        power = 0.0 if self.potential is None or self.current is None else float(np.sum(np.abs(self.potential * self.current)))
        if power > 0 and self.energy < 0:
            raise DataError(f"{self.source}: on the whole the cell gives off energy ({self.energy:.3g} J), which one with lithium on both sides cannot: "
                            "the current has the other sign (positive when discharging), or the electrodes are exchanged. "
                            "With --flip (flip=True) its sign is turned")

    def _column(self, control):
        values = getattr(self, control)
        if values is None:
            raise DataError(f"{self.source} has no column of the {control}")
        return values

    def write_waveform(self, path, control="potential", tolerance=0.0):
        """A deck's waveform. Points are dropped where a straight line between the others stays within `tolerance` [V or A]."""
        time, values = self.time - self.time[0], self._column(control)
        kept = np.sort(_needed(time, values, tolerance)) if tolerance > 0 else np.arange(len(time))
        unit = {"potential": "V", "current": "A"}[control]
        _write(path, [f"time [s],{control} [{unit}]"], [time[kept], values[kept]], f"# from {os.path.basename(self.source)} ({self.kind})")
        return len(kept)

    def write_columns(self, path):
        """All columns, for `lisei fit`."""
        columns = [(f"{name} [{unit}]", getattr(self, name)) for name, unit in (("time", "s"), ("potential", "V"), ("current", "A"))]
        columns = [(head, values) for head, values in columns if values is not None]
        shifted = [values - values[0] if head.startswith("time") else values for head, values in columns]
        _write(path, [",".join(head for head, _ in columns)], shifted, f"# from {os.path.basename(self.source)} ({self.kind}); anodic positive")


def _write(path, head, columns, comment):
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write("\n".join([comment, *head]) + "\n")
        for row in zip(*columns):
            stream.write(",".join(repr(float(value)) for value in row) + "\n")


def _needed(time, values, tolerance):
    """Points of a polygon that stays within the tolerance (Douglas and Peucker, doi:10.3138/FM57-6770-U75U-7727, vertical distance)."""
    kept, spans = {0, len(time) - 1}, [(0, len(time) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        line = np.interp(time[first:last + 1], time[[first, last]], values[[first, last]])
        far = first + int(np.argmax(np.abs(values[first:last + 1] - line)))
        if abs(values[far] - line[far - first]) > tolerance:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return np.array(sorted(kept))


def _identify(title):
    """(quantity, factor) of a column's title such as `Voltage / V`, `<I>/mA`, `current [nA]`, `voltage_volt`; None if it is another."""
    text = title.strip().strip('"').lower()
    match = re.fullmatch(r"(.+?)\s*(?:/\s*([^/]+)|\[(.+)\]|\((.+)\))", text)
    name, unit = (match.group(1), next(group for group in match.groups()[1:] if group)) if match else (text, "")
    if not match and text.rpartition("_")[2] in ("second", "volt", "ampere"):
        name, _, unit = text.rpartition("_")
    for quantity, names in NAMES.items():
        if name.strip().replace("_", " ") in [one.replace("_", " ") for one in names]:
            if not unit:
                return quantity, 1.0
            scale = SCALES.get(unit.strip())
            return (quantity, scale[1]) if scale and scale[0] == quantity else None
    return None


def _number(word, decimal_comma):
    return float(word.replace(",", ".") if decimal_comma else word)


def _table(path, titles, rows, first_line, kind, decimal_comma=False):
    """The record of a table: titles, rows of words, number of the first row's line."""
    found = {}
    for place, title in enumerate(titles):
        quantity = _identify(title)
        if quantity and quantity[0] not in found:
            found[quantity[0]] = (place, quantity[1])
    if "time" not in found or len(found) < 2:
        raise DataError(f"{path}: expected a column of time and one of voltage or current, with units such as `Voltage / V`; it has "
                        + ", ".join(title.strip() for title in titles))
    values, errors = {name: [] for name in found}, []
    for number, row in enumerate(rows, first_line):
        if not any(word.strip() for word in row):
            continue
        for name, (place, factor) in found.items():
            try:
                values[name].append(factor * _number(row[place], decimal_comma))
            except (IndexError, ValueError):
                errors.append(f"{path}:{number}: {name}: expected a number, got '{row[place].strip() if place < len(row) else ''}'")
    if errors:
        raise DataError("\n".join(errors[:20] + ([f"... and {len(errors) - 20} more"] if len(errors) > 20 else [])))
    columns = {name: np.array(column) for name, column in values.items()}
    time = columns["time"]
    if len(time) < LEAST_ROWS:
        raise DataError(f"{path}: {len(time)} rows of data, expected at least {LEAST_ROWS}")
    if not all(np.isfinite(column).all() for column in columns.values()):
        raise DataError(f"{path}: not all values are finite")
    backward = np.flatnonzero(np.diff(time) < 0)
    if backward.size:
        raise DataError(f"{path}: time goes back in row {backward[0] + 2} of the data ({time[backward[0]]:g} s, then {time[backward[0] + 1]:g} s)")
    kept = np.r_[np.diff(time) > 0, True]  # of rows at one time the last
    return Record(time[kept], *(columns[name][kept] if name in columns else None for name in ("potential", "current")), path, kind)


def _read_biologic(path, lines):
    match = next((re.search(r"Nb header lines\s*:\s*(\d+)", line) for line in lines[:3] if "Nb header lines" in line), None)
    if not match or int(match.group(1)) > len(lines):
        raise DataError(f"{path}: an EC-Lab text without a valid line `Nb header lines : N`")
    head = int(match.group(1))
    titles = lines[head - 1].rstrip("\n").rstrip("\t").split("\t")
    rows = [line.rstrip("\n").split("\t") for line in lines[head:]]
    comma = any("," in word and "." not in word for row in rows[:5] for word in row)
    return _table(path, titles, rows, head + 1, "BioLogic EC-Lab", comma)


def _read_gamry(path, lines):
    """All tables CURVE, CURVE1, ... one after the other; time goes on where a new one starts again from 0."""
    records, place = [], 0
    while place < len(lines):
        words = lines[place].strip().split("\t")
        if len(words) > 1 and re.fullmatch(r"CURVE\d*", words[0]) and words[1] == "TABLE":
            end = place + 3
            while end < len(lines) and lines[end].startswith("\t"):
                end += 1
            titles, units = ([word.strip() for word in lines[place + k].rstrip("\n").split("\t")] for k in (1, 2))
            heads = [f"{title}/{unit}" if title in ("T", "Vf", "Im") else title for title, unit in zip(titles, units + [""] * len(titles))]
            rows = [line.rstrip("\n").split("\t") for line in lines[place + 3:end]]
            comma = any("," in word and "." not in word for row in rows[:5] for word in row)
            records.append(_table(path, heads, rows, place + 4, "Gamry", comma))
            place = end
        else:
            place += 1
    if not records:
        raise DataError(f"{path}: a Gamry file without a table CURVE (OCV and impedance tables are not curves)")
    time, offset = [], 0.0
    for record in records:
        start = offset if time and record.time[0] <= time[-1][-1] else 0.0
        time.append(record.time + start)
        offset = time[-1][-1] + (record.time[-1] - record.time[0]) / max(len(record.time) - 1, 1)
    columns = [None if any(getattr(one, name) is None for one in records) else np.concatenate([getattr(one, name) for one in records])
               for name in ("potential", "current")]
    return Record(np.concatenate(time), *columns, path, "Gamry")


def _read_text(path, lines):
    first = next((k for k, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if first is None:
        raise DataError(f"{path} is empty")
    separator = next((mark for mark in "\t;," if mark in lines[first]), ",")
    rows = csv.reader(io.StringIO("".join("\n" if line.startswith("#") else line for line in lines[first:])), delimiter=separator)
    titles = next(rows)
    bdf = any(re.fullmatch(r"(?i)test[ _]time.*", title.strip()) for title in titles)
    return _table(path, titles, rows, first + 2, "BDF" if bdf else "CSV", separator == ";" and not any("." in line for line in lines[first + 1:first + 4]))


def read(path, flip=False):
    """A Record; DataError with file and line. The sign of the current is checked (module's head), or turned."""
    path = os.fspath(path)
    try:
        with open(path, "rb") as stream:
            raw = stream.read()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    if b"\0" in raw:
        raise DataError(f"{path} is not text: export the instrument's binary file (.mpr, .par) as text (.mpt, .csv) first")
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            lines = raw.decode(encoding).replace("\r\n", "\n").splitlines(keepends=True)
            break
        except UnicodeDecodeError:
            continue
    head = "".join(lines[:2])
    if "EC-Lab ASCII" in head or "BT-Lab ASCII" in head:
        record = _read_biologic(path, lines)
    elif lines and lines[0].startswith("EXPLAIN"):
        record = _read_gamry(path, lines)
    else:
        record = _read_text(path, lines)
    record = record.flipped() if flip else record
    record.check_sign()
    return record


BDF = (("Test Time / s", "time"), ("Voltage / V", "potential"), ("Current / A", "current"), ("Cycle Count / 1", "cycle"),
       ("Step Count / 1", "protocol_step"), ("Net Capacity / Ah", "charge"))


def export_bdf(folder, path):
    """The history of a run as BDF; returns the number of rows. Rows at one time (jumps of the control) keep the last."""
    history = Output(os.fspath(folder)).history
    columns = [history[name] / (3600.0 if name == "charge" else 1.0) for _, name in BDF]
    kept = np.r_[np.diff(history["time"]) > 0, True]
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(",".join(title for title, _ in BDF) + "\n")
        for row in zip(*(column[kept] for column in columns)):
            stream.write(",".join(str(int(value)) if title.endswith("/ 1") else repr(float(value)) for value, (title, _) in zip(row, BDF)) + "\n")
    return int(kept.sum())
