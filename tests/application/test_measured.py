"""Curves of instruments: formats, signs, what is refused; the way into a deck and back out of a run."""
import subprocess
import sys
import unittest

import numpy

from support import DISK, ROOT, Case

sys.path.insert(0, str(ROOT / "python"))
from lisei import measured  # noqa: E402

RESISTANCE = 500e3  # [ohm] of the made-up cell
TIME = numpy.linspace(0, 4, 41)
POTENTIAL = 0.01 * numpy.interp(TIME, [0, 1, 3, 4], [0, -1, 1, 0])
CURRENT = POTENTIAL / RESISTANCE


def biologic(comma=False):
    head = ["EC-Lab ASCII FILE", "Nb header lines : 6", "", "Cyclic Voltammetry", "Electrode surface area : 0.001 cm\u00b2",
            "mode\tox/red\ttime/s\tcontrol/V\tEwe/V\t<I>/mA\tcycle number"]
    rows = [f"2\t1\t{t:.6E}\t{v:.6E}\t{v:.7E}\t{1e3 * i:.7E}\t1" for t, v, i in zip(TIME, POTENTIAL, CURRENT)]
    return "\r\n".join(head + [row.replace(".", ",") if comma else row for row in rows]) + "\r\n"


def gamry():
    """Two cycles as two tables whose times go on."""
    text = ["EXPLAIN", "TAG\tCV", "OCVCURVE\tTABLE\t1", "\tPt\tT\tVf", "\t#\ts\tV", "\t0\t0\t0.1"]
    for cycle in (1, 2):
        text += [f"CURVE{cycle}\tTABLE\t{len(TIME) - 1}", "\tPt\tT\tVf\tIm\tVu\tSig", "\t#\ts\tV vs. Ref.\tA\tV\tV"]
        text += [f"\t{k}\t{t + 4 * (cycle - 1):.5f}\t{v:.7E}\t{i:.7E}\t0\t0" for k, (t, v, i) in enumerate(zip(TIME, POTENTIAL, CURRENT)) if k]
    return "\n".join(text) + "\n"


class Formats(Case):
    def same(self, record, time=TIME, potential=POTENTIAL, current=CURRENT):
        numpy.testing.assert_allclose(record.time, time, atol=1e-6)
        numpy.testing.assert_allclose(record.potential, potential, atol=1e-9)
        numpy.testing.assert_allclose(record.current, current, atol=1e-15)

    def test_biologic(self):
        for comma in (False, True):
            path = self.folder / f"cv{comma}.mpt"
            path.write_bytes(biologic(comma).encode("latin-1"))
            record = measured.read(path)
            self.assertIn("BioLogic", record.kind)
            self.same(record)

    def test_gamry(self):
        record = measured.read(self.file("cv.dta", gamry()))
        self.same(record, numpy.r_[TIME[1:], TIME[1:] + 4], numpy.tile(POTENTIAL[1:], 2), numpy.tile(CURRENT[1:], 2))

    def file(self, name, text):
        return self.write(name, text)

    def test_bdf_and_csv(self):
        for head, scale in (("Test Time / s,Voltage / V,Current / A", 1), ("test_time_second,voltage_volt,current_ampere", 1),
                            ("t [s];Ewe [mV];I [nA]", 1e9)):
            mark = ";" if ";" in head else ","
            rows = [mark.join(map(repr, map(float, row))) for row in zip(TIME, POTENTIAL * (1e3 if scale > 1 else 1), CURRENT * scale)]
            self.same(measured.read(self.file("a.csv", "\n".join([head, *rows]) + "\n")))

    def test_other_sign(self):
        rows = [f"{t},{v},{-i}" for t, v, i in zip(TIME, POTENTIAL, CURRENT)]
        path = self.file("discharge_positive.csv", "\n".join(["Test Time / s,Voltage / V,Current / A", *rows]) + "\n")
        with self.assertRaisesRegex(measured.DataError, "gives off energy.*--flip"):
            measured.read(path)
        self.same(measured.read(path, flip=True))

    def test_refused(self):
        for text, message in (("t [s],V [V]\n", "expected a column of time"), ("time / s,Voltage / V\n0,1\n1,x\n2,\n", r"(?s)a\.csv:3: potential: .*'x'.*a\.csv:4"),
                              ("time / s,Voltage / V\n0,1\n", "1 rows"), ("time / s,Voltage / V\n0,1\n2,1\n1,1\n", "time goes back in row 3"),
                              ("time / s,Voltage / V\n0,1\n1,nan\n", "not all values are finite"), ("", "is empty"),
                              ("time / s,Voltage / K\n0,1\n1,1\n", "Voltage / K"), ("EC-Lab ASCII FILE\nNb header lines : 99\n", "Nb header lines"),
                              ("EXPLAIN\nTAG\tEIS\n", "without a table CURVE")):
            with self.assertRaisesRegex(measured.DataError, message, msg=text):
                measured.read(self.file("a.csv", text))
        with self.assertRaisesRegex(measured.DataError, "binary"):
            (self.folder / "a.mpr").write_bytes(b"BIO-LOGIC MODULAR FILE\0\1")
            measured.read(self.folder / "a.mpr")
        with self.assertRaisesRegex(measured.DataError, "No such file"):
            measured.read(self.folder / "none.csv")

    def test_thinning_keeps_within(self):
        record = measured.Record(TIME, POTENTIAL + 1e-5 * numpy.sin(40 * TIME), CURRENT, "made up", "CSV")
        kept = record.write_waveform(self.folder / "w.csv", "potential", 1e-4)
        self.assertLess(kept, 8)
        time, potential = numpy.loadtxt(self.folder / "w.csv", delimiter=",", skiprows=2).T
        self.assertLess(numpy.abs(numpy.interp(TIME, time, potential) - record.potential).max(), 1e-4)


class Ways(Case):
    def convert(self, *words, status=0):
        done = subprocess.run([sys.executable, ROOT / "scripts" / "convert", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_a_run_repeats_what_another_has_exported(self):
        """history -> BDF -> waveform -> the same currents; the grid of times differs, the resistor does not."""
        cv = "protocol:\n  - cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 10 mV/s}\n"
        first = self.run_deck(DISK + cv, out="first")
        self.convert("bdf", "first", "--out", "run.bdf")
        self.convert("waveform", "run.bdf", "--out", "pulse.csv", "--within", "1 nV")
        again = self.run_deck(DISK + "protocol:\n  - waveform: {file: pulse.csv}\n", out="again")
        for name in ("current", "charge"):
            self.assertAlmostEqual(again.history[name].min() / first.history[name].min(), 1, places=6)
        self.assertIn("exists; nothing was written", self.convert("bdf", "first", "--out", "run.bdf", status=1).stderr)
        self.assertIn("expected a number and a unit", self.convert("waveform", "run.bdf", "--out", "p.csv", "--within", "1 nA", status=1).stderr)
        self.assertFalse((self.folder / "p.csv").exists())

    def test_a_fit_reads_what_was_measured(self):
        self.write("cv.mpt", biologic())
        self.convert("data", "cv.mpt", "--out", "cv.csv")
        self.write("cell.yaml", DISK + "protocol:\n  - cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 10 mV/s}\n")
        self.write("fit.yaml", "parameters:\n  interface.linear.resistance: {start: 1 ohm cm2, bounds: [0.01 ohm cm2, 100 ohm cm2], scale: log}\n"
                               "experiments:\n  - {deck: cell.yaml, data: cv.csv, value: current, noise: 10 pA}\nprofiles: false\n")
        self.lisei("fit", "fit.yaml", "--out", "fit")
        free = DISK.replace("linear: {resistance: 1 ohm cm2}", "")
        best = self.run_deck(free + "include: fit/best.yaml\nprotocol:\n  - hold: {potential: 10 mV, duration: 1 s}\n")
        self.assertAlmostEqual(0.01 / best.history["current"][-1] / RESISTANCE, 1, places=2)


if __name__ == "__main__":
    unittest.main()
