"""Unit cells through decks: results, files, hand-over to a run, ranks, wrong decks."""
import json
import os
import unittest

import h5py
import numpy

from support import Case, DISK, HOLD

LAYERS = """\
cell:
  length_x: 4 nm
  length_y: 4 nm
  length_z: 8 nm
  cells_x: 4
  cells_y: 4
  cells_z: 8
  structure: layers
  phases: {li3p_fraction: 0.25, li2s_fraction: 0.75, licl_fraction: 0}
"""
BRICKS = """\
cell:
  length_x: 8 nm
  length_y: 8 nm
  length_z: 8 nm
  cells_x: 8
  cells_y: 8
  cells_z: 8
  structure: bricks
  bricks: {seed: 3, size_x: 2 nm, size_y: 2 nm, size_z: 2 nm}
  phases: {li3p_fraction: 0.5, li2s_fraction: 0.5, licl_fraction: 0}
  half_jump_distance: 0.2 nm
  rtol: 1e-11
"""
LI3P, LI2S = 1e-2, 1e-4  # [S/m] defaults


class Cell(Case):
    def cell(self, text, *arguments, out="out", ranks=1, status=0):
        done = self.lisei("cell", self.write(f"{out}.yaml", text), "--out", out, *arguments, ranks=ranks, status=status)
        report = self.folder / out / "report.json"
        return done, json.loads(report.read_text(encoding="utf-8")) if report.exists() else None


class Results(Cell):
    def test_layers_files_and_hand_over(self):
        _, report = self.cell(LAYERS)
        effective = report["effective_conductivity"]
        for name, exact in (("xx", 0.25 * LI3P + 0.75 * LI2S), ("zz", 1.0 / (0.25 / LI3P + 0.75 / LI2S))):
            self.assertAlmostEqual(effective[name] / exact, 1.0, 8)
            self.assertLess(effective[f"{name}_relative_error"], 1e-7)
        self.assertAlmostEqual(report["bounds"]["wiener_upper"] / effective["xx"], 1.0, 8)
        self.assertAlmostEqual(report["bounds"]["wiener_lower"] / effective["zz"], 1.0, 8)
        self.assertEqual([report["percolation"][f"li3p_{axis}"] for axis in "xyz"], [1.0, 1.0, 0.0])
        self.assertIn("not_percolating_z", report["warnings"])
        with h5py.File(self.folder / "out" / "fields" / "000000.hdf") as file:
            data = file["VTKHDF/CellData"]
            self.assertEqual(data["phase"].shape, (8, 4, 4))
            numpy.testing.assert_array_equal(data["phase"][:, 0, 0], [0, 0, 1, 1, 1, 1, 1, 1])
            numpy.testing.assert_allclose(data["current_density"][..., 2], effective["zz"], rtol=1e-5)
        deck = self.write("deck.yaml", "include: out/effective.yaml\n" + DISK + HOLD)
        self.assertIn("sei.block.conductivity", self.lisei("check", deck).stdout)

    def test_field_dependent_layers(self):
        """In series: the same current through both, the field by asinh."""
        _, report = self.cell(LAYERS + "  half_jump_distance: 0.2 nm\n")
        law = report["effective_law"]
        scale = 8.314462618 * 298.15 / (96485.33212 * 0.2e-9)
        for k in (1, 2, 3):
            i, field = law[f"current_density_{k}"], law[f"field_{k}"]
            through = scale * (0.25 * numpy.arcsinh(i / (LI3P * scale)) + 0.75 * numpy.arcsinh(i / (LI2S * scale)))
            self.assertAlmostEqual(through / field, 1.0, 7)

    def test_ranks(self):
        _, one = self.cell(BRICKS, out="one")
        for ranks in range(2, int(os.environ.get("LISEI_MOST_RANKS", "4")) + 1):
            _, more = self.cell(BRICKS, out=f"ranks{ranks}", ranks=ranks)
            for section in ("effective_conductivity", "effective_law"):
                for name, value in one[section].items():
                    if "error" in name or "order" in name or "misfit" in name:
                        continue
                    with self.subTest(ranks=ranks, name=name):
                        scale = one[section].get("zz", abs(value))
                        self.assertLess(abs(more[section][name] - value), 1e-9 * max(abs(value), scale))

    def test_two_dimensional_columns(self):
        """One cell along y or many: bricks through the box conduct the same."""
        columns = BRICKS.replace("size_y: 2 nm", "size_y: 8 nm").replace("  half_jump_distance: 0.2 nm\n", "")
        _, deep = self.cell(columns, out="deep")
        _, flat = self.cell(columns, "--set", "cell.cells_y=1", out="flat")
        for name in ("xx_fine_cells", "xx_fine_nodes", "zz_fine_cells", "zz_fine_nodes"):
            self.assertAlmostEqual(deep["effective_conductivity"][name] / flat["effective_conductivity"][name], 1.0, 9)


class BadInput(Cell):
    def test_everything_at_once_and_nothing_written(self):
        wrong = BRICKS.replace("cells_x: 8", "cells_x: 7").replace("li3p_fraction: 0.5", "li3p_fraction: 0.6")
        wrong = wrong.replace("seed: 3", "sead: 3") + "protocol:\n  - rest: {duration: 1 s}\n"
        done, report = self.cell(wrong, status=1)
        self.assertIn("seed", done.stderr)
        self.assertIn("protocol", done.stderr)
        self.assertIsNone(report)
        done, _ = self.cell(wrong.replace("sead", "seed").split("protocol")[0], status=1)
        self.assertIn("out.yaml:5: cell.cells_x: 7 is odd", done.stderr)
        self.assertIn("the four fractions sum to 1.1", done.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_grains_below_two_cells_are_told(self):
        _, report = self.cell(BRICKS.replace("size_z: 2 nm", "size_z: 1 nm").replace("  half_jump_distance: 0.2 nm\n", ""))
        self.assertIn("1 cells along z", report["warnings"]["coarse_cells_z"])

    def test_axes_between_electrodes(self):
        done, _ = self.cell(LAYERS + "  boundary: electrodes\n  axes: [x]\n", status=1)
        self.assertIn("between electrodes the mean field is along z", done.stderr)

    def test_not_converged(self):
        _, report = self.cell(BRICKS, "--", "-cell_ksp_max_it", "1", status=2)
        self.assertEqual(report["exit"]["status"], 2)
        self.assertIn("did not converge", report["exit"]["reason"])


if __name__ == "__main__":
    unittest.main()
