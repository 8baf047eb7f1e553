"""Lithium bodies through decks: results, files, ends, ranks, wrong decks."""
import csv
import json
import unittest

import h5py
import numpy

from support import Case

DECK = """\
body: {needle_radius: 2 um, cells_radial: 8, cells_axial: 8}
needle: {force: 26 uN, stiffness: 18.7 N/m}
time: {end: 20 s, saves: 2}
"""


class Body(Case):
    def body(self, text, *arguments, out="out", ranks=1, status=0):
        done = self.lisei("body", self.write(f"{out}.yaml", text), "--out", out, *arguments, ranks=ranks, status=status)
        report = self.folder / out / "report.json"
        return done, json.loads(report.read_text(encoding="utf-8")) if report.exists() else None

    def history(self, out="out", name="history.csv"):
        with open(self.folder / out / name, encoding="utf-8") as file:
            rows = list(csv.reader(line for line in file if not line.startswith("#")))
        return {key.split(" ")[0]: numpy.array([float(row[n]) for row in rows[1:]]) for n, key in enumerate(rows[0])}


class Results(Body):
    def test_relaxation(self):
        done, report = self.body(DECK)
        history, rings = self.history(), self.history(name="rings.csv")
        self.assertEqual(report["exit"]["reason"], "completed")
        self.assertIn("completed", done.stdout)
        self.assertEqual(history["time"][-1], 20.0)
        self.assertTrue(numpy.all(numpy.diff(history["needle_force"]) < 0))
        numpy.testing.assert_allclose(26e-6 - history["needle_force"], 18.7 * history["needle_displacement"], atol=1e-12)
        numpy.testing.assert_allclose(history["needle_force"] + history["line_force"], history["contact_force"], rtol=1e-7)
        self.assertLess(numpy.abs(history["volume_imbalance"]).max(), 1e-10)
        area = numpy.pi * 4.82e-6**2 * numpy.diff(numpy.linspace(0, 1, 9) ** 2)
        force = sum(area[j] * rings[f"pressure_{j}"] for j in range(8))
        numpy.testing.assert_allclose(force, history["contact_force"], rtol=1e-7)

    def test_grain_size(self):
        """Coble: all times go with the cube of the grain size."""
        self.body(DECK.replace("end: 20 s", "end: 0 s"), out="fine")
        self.body(DECK.replace("end: 20 s", "end: 0 s") + "lithium: {grains: {grain_size: 200 nm}}\n", out="coarse")
        fine, coarse = self.history("fine"), self.history("coarse")
        self.assertAlmostEqual(coarse["relaxation_time"][0] / fine["relaxation_time"][0] / 8, 1, 7)
        self.assertAlmostEqual(coarse["pressure_centre"][0] / fine["pressure_centre"][0], 1, 7)

    def test_fields(self):
        self.body(DECK)
        files = sorted((self.folder / "out" / "fields").glob("*.hdf"))
        self.assertEqual(len(files), 3)
        with h5py.File(files[-1]) as file:
            data = file["VTKHDF/CellData"]
            self.assertEqual(set(data), {"velocity", "pressure", "equivalent_stress", "strain_rate", "grain_size"})
            self.assertEqual(data["velocity"].shape, (64, 3))
            # Coble creep is linear: the same ratio everywhere
            ratio = data["equivalent_stress"][:] / data["strain_rate"][:]
            self.assertLess(numpy.ptp(ratio) / ratio.mean(), 1e-5)

    def test_power_law(self):
        """Twice the force: 2^n times the velocity, without surface tension."""
        deck = DECK.replace("end: 20 s", "end: 0 s").replace("cells_axial: 8", "cells_axial: 8, surface_tension: 0 N/m")
        deck += "lithium: {creep: [power_law]}\n"
        self.body(deck, "--set", "needle.force=200 uN", out="one")
        self.body(deck, "--set", "needle.force=400 uN", out="two")
        ratio = self.history("two")["needle_velocity"][0] / self.history("one")["needle_velocity"][0]
        self.assertAlmostEqual(ratio / 2**6.6, 1, 5)

    def test_ranks(self):
        self.body(DECK, out="one")
        self.body(DECK, out="two", ranks=2)
        for name in ("history.csv", "rings.csv"):
            self.assertEqual((self.folder / "one" / name).read_text(), (self.folder / "two" / name).read_text())


class Ends(Body):
    def test_force(self):
        _, report = self.body(DECK.replace("saves: 2", "saves: 2, until_force: 0.9"))
        self.assertIn("0.9", report["exit"]["reason"])
        self.assertLess(self.history()["time"][-1], 20.0)

    def test_contact_is_lost(self):
        _, report = self.body(DECK, "--set", "needle.control=force", "--set", "needle.force=-40 uN")
        self.assertIn("contact is lost everywhere", report["exit"]["reason"])

    def test_used_up(self):
        _, report = self.body(DECK.replace("20 s", "400 s") + "current: {density: 20 mA/cm2}\n", "--set",
                              "needle.control=force", status=2)
        self.assertIn("the outline folds", report["exit"]["reason"])
        self.assertLess(abs(report["body"]["volume_imbalance"]), 1e-10)


class Wrong(Body):
    def wrong(self, *expected, setting=()):
        done, report = self.body(DECK, *[word for text in setting for word in ("--set", text)], status=1)
        self.assertIsNone(report)
        for text in expected:
            self.assertIn(text, done.stderr)

    def test_all_at_once(self):
        self.wrong("body.needle_radius", "wider than the top", "body.contact_line", "lithium.creep", "without creep",
                   setting=("body.needle_radius=6 um", "body.contact_line=spreads", "lithium.creep=[]"))

    def test_needle(self):
        self.wrong("needle.velocity", "not used", setting=("needle.control=force", "needle.velocity=1 nm/s"))
        self.wrong("needle.force", "not used", setting=("needle.control=velocity",))

    def test_key(self):
        self.wrong("body.needle_radious", "did you mean", setting=("body.needle_radious=1 um",))

    def test_check_and_help(self):
        deck = self.write("deck.yaml", DECK)
        self.assertIn("8 x 8 cells", self.lisei("check", deck).stdout)
        self.assertIn("um", self.lisei("help", "body", "body.needle_radius").stdout)


if __name__ == "__main__":
    unittest.main()
