"""Structures of a resolved SEI with lengths of their own: grains, pores, maps; what the run says of them; bad input."""
import struct
import unittest
import zlib

import h5py
import numpy

from support import Case

DECK = """\
contact: {diameter: 2 um, law: none}
electrolyte: {conductivity: 1 S/cm}
grid: {rings: 16, layers: 24}
interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}
sei:
  resolved: true
  thickness: 40 nm
  block:
    layers: 32
    microstructure: voronoi
    cell_width: 2.5 nm
    phases: {li2s_conductivity: 1e-6 S/cm, licl_conductivity: 1e-7 S/cm, li3p_conductivity: 1e-5 S/cm}
    %s
output: {fields: end}
protocol: [{hold: {potential: 10 mV, duration: 1 s}}]
"""
VORONOI = DECK % "voronoi: {seed: 3, grain_size: 10 nm}"
SMALL = VORONOI.replace("2 um", "0.4 um").replace("fields: end", "fields: none")
MAP = DECK.replace("voronoi", "map") % "map: {file: %s, pixel: %s nm, beyond: repeat, li3p_grey: 7, li2s_grey: 200, pore_grey: 0}"
THICKNESS, AREA = 40e-9, numpy.pi * 1e-12
LI3P, LI2S, LICL = 1e-3, 1e-4, 1e-5  # [S/m]


def png(path, image, bits=8):
    """A grey PNG, written by hand: the reader under test is libpng."""
    kind = ">u1" if bits == 8 else ">u2"
    raw = b"".join(b"\0" + row.astype(kind).tobytes() for row in image)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", image.shape[1], image.shape[0], bits, 0, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def tiff(path, image):
    """A grey TIFF of 16 bits in one strip."""
    data = image.astype("<u2").tobytes()
    tags = [(256, image.shape[1]), (257, image.shape[0]), (258, 16), (259, 1), (262, 1), (273, 8), (277, 1), (278, image.shape[0]),
            (279, len(data))]
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags))
                     + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags) + struct.pack("<I", 0))


def hdf(path, image):
    with h5py.File(path, "w") as file:
        file["phase"] = image


class Structure(Case):
    def solve(self, deck, *settings, out="out", ranks=1):
        arguments = [word for setting in settings for word in ("--set", setting)]
        return self.run_deck(deck, *arguments, "--force", out=out, ranks=ranks)

    def resistance(self, *arguments, **named):
        return self.solve(*arguments, **named).history["sei_resistance"][-1]

    def map_deck(self, image, name="map.h5", pixel=2.5):
        {"h5": hdf, "png": png, "tif": tiff}[name.split(".")[1]](self.folder / name, image)
        return MAP % (name, pixel)


class Grains(Structure):
    def cells(self, output):
        path = sorted((output.folder / "fields").glob("*.hdf"))[-1]
        with h5py.File(path) as file:
            data = file["VTKHDF/CellData"]
            chosen = data["phase"][:] >= 10
            return data["conductivity"][:][chosen]

    def test_any_number_of_processes(self):
        one, two = self.solve(VORONOI), self.solve(VORONOI, out="two", ranks=2)
        numpy.testing.assert_array_equal(self.cells(one), self.cells(two))

    def test_refinement_converges(self):
        """The same seed is the same structure on any cells: its resistance on 2 and 8 cells a grain against 32 falls from 2 to
        1 %, with an order between 0.4 and 1.2 (cells that edges of grains cross), in the mean of four seeds."""
        errors = {2: 0.0, 8: 0.0}
        for seed in (2, 3, 5, 6):
            found = {n: self.resistance(SMALL, f"sei.block.voronoi.seed={seed}", f"sei.block.cell_width={10 / n} nm",
                                        f"sei.block.layers={4 * n}") for n in (2, 8, 32)}
            for n in errors:
                errors[n] += (found[n] / found[32] - 1) ** 2 / 4
        errors = {n: numpy.sqrt(error) for n, error in errors.items()}
        self.assertLess(errors[8], 0.015)
        self.assertTrue(0.4 < numpy.log2(errors[2] / errors[8]) / 2 < 1.2, str(errors))

    def test_bounds(self):
        """Wiener's bounds, with the volume fractions that the report states, for a hundred seeds."""
        for seed in range(100):
            output = self.solve(SMALL, f"sei.block.voronoi.seed={seed}", "sei.block.cell_width=5 nm", "sei.block.layers=16",
                                "sei.block.phases.pore_fraction=0.1", "sei.block.phases.pore_conductivity=1e-8 S/cm")
            told = output.report["sei"]
            fraction = numpy.array([told[f"{name}_fraction"] for name in ("li3p", "li2s", "licl", "pore")])
            self.assertAlmostEqual(fraction.sum(), 1.0, 9)
            sigma = numpy.array([LI3P, LI2S, LICL, 1e-6])
            conducts = THICKNESS / output.history["sei_resistance"][-1]
            self.assertTrue(1 / (fraction / sigma).sum() < conducts < (fraction * sigma).sum(), f"seed {seed}")

    def test_small_grains_are_said(self):
        done = self.lisei("run", self.write("deck.yaml", VORONOI), "--out", "out", "--set", "sei.block.cell_width=8 nm")
        self.assertIn("1.2 cells across", done.stderr)

    def test_resistances_add_up(self):
        """Interface, SEI, SE|SEI and constriction make up the potential."""
        deck = VORONOI.replace("1e-9 ohm cm2", "0.01 ohm cm2").replace("conductivity: 1 S", "conductivity: 1e-3 S")
        history = self.solve(deck, "sei.block.half_jump_distance=4 nm").history
        total = sum(history[name][-1] for name in ("sei_resistance", "sei_resistance_lithium", "sei_resistance_electrolyte",
                                                   "sei_resistance_constriction"))
        self.assertAlmostEqual(total * history["current"][-1] / AREA / 10e-3, 1.0, 6)

    def test_boundaries(self):
        """Columnar grains of one phase: boundaries that resist do nothing to a current along them, sheets along them conduct in
        parallel, one in each cylinder between two grains."""
        columnar = ("sei.block.voronoi.columnar=true", "sei.block.phases.li2s_fraction=1", "sei.block.phases.licl_fraction=0",
                    "sei.block.phases.li3p_fraction=0", "sei.block.layers=4")
        plain = self.resistance(VORONOI, *columnar)
        self.assertAlmostEqual(plain / (THICKNESS / LI2S), 1.0, 6)
        resists = self.resistance(VORONOI, *columnar, "sei.block.grain_boundary_resistance=1 ohm cm2")
        self.assertAlmostEqual(resists / plain, 1.0, 4)
        sheet = 1e-12  # [S]
        conducts = self.resistance(VORONOI, *columnar, f"sei.block.grain_boundary_conductance={sheet} S")
        # grains 10 nm wide: cylinders every 10 nm have a length of 1 per 10 nm and area, on average
        self.assertAlmostEqual(THICKNESS / conducts / (LI2S + sheet / 10e-9), 1.0, delta=0.01)
        across = self.resistance(VORONOI, "sei.block.grain_boundary_resistance=0.5 ohm cm2")
        self.assertGreater(across, 1.3 * self.resistance(VORONOI))


    def test_a_small_resistance_changes_nothing(self):
        """Also not what passes the corners between phases, which a large one closes."""
        plain, closed = self.resistance(SMALL), self.resistance(SMALL, "sei.block.corners=false")
        self.assertGreater(closed / plain, 1.003)
        keys = ("sei.block.grain_boundary_resistance", "sei.block.phases.interphase_resistance")
        for key in keys:
            self.assertAlmostEqual(self.resistance(SMALL, f"{key}=1e-12 ohm cm2") / plain, 1.0, 6)
        large, without = (self.resistance(SMALL, *(f"{key}=1000 ohm cm2" for key in keys), f"sei.block.corners={corners}")
                          for corners in ("true", "false"))
        self.assertAlmostEqual(large / without, 1.0, 2)

    def test_field_in_a_cell(self):
        """What passes a corner or a sheet is no field in the poor cells beside it."""
        def field(*settings):
            return abs(self.solve(SMALL, *settings).history["sei_field"][-1])

        self.assertLess(field(), 1.05 * field("sei.block.corners=false"))
        self.assertLess(field("sei.block.grain_boundary_conductance=1e-9 S"), 10e-3 / (0.5 * THICKNESS / 32))  # all of 10 mV in half a cell


class ManyLayers(Structure):
    def test_sparse_and_band(self):
        """The cells' matrix as a band and as a sparse one, which many layers have, give one voltammogram through a
        field-dependent SEI under voids."""
        deck = VORONOI.replace("law: none", "law: first_order").replace("hold: {potential: 10 mV, duration: 1 s}",
                                                                        "cv: {vertices: [-0.3 V, 0.3 V], rate: 0.1 V/s}")
        deck = deck.replace("layers: 32", "layers: 12\n    half_jump_distance: 4 nm")
        self.write("deck.yaml", deck.replace("cell_width: 2.5 nm", "cell_width: 20 nm"))
        currents = {}
        for sparse in (0, 1):
            self.lisei("run", "deck.yaml", "--out", "out", "--force", "--", "-sei_sparse", sparse)
            with h5py.File(self.folder / "out/history.h5", "r", libver="latest", swmr=True) as file:
                currents[sparse] = file["history/current"][:]
        self.assertGreater(currents[0].size, 20)
        numpy.testing.assert_allclose(currents[1], currents[0], rtol=0, atol=1e-9 * numpy.abs(currents[0]).max())


class Maps(Structure):
    def test_laminates(self):
        """Layers are in series, cylinders in parallel, whatever the cells."""
        rows = numpy.repeat(numpy.array([[7], [200], [200], [200]]), 3, axis=1)
        deck = self.map_deck(rows, pixel=10)
        for layers in (4, 7, 32):
            found = self.resistance(deck, f"sei.block.layers={layers}")
            exact = 10e-9 / LI3P + 30e-9 / LI2S
            self.assertAlmostEqual(found / exact, 1.0, delta=1e-5 if layers % 4 == 0 else 0.2)
        columns = numpy.repeat(numpy.array([[7, 200]]), 4, axis=0)
        deck = self.map_deck(columns, "columns.h5", pixel=10)
        self.assertAlmostEqual(THICKNESS / self.resistance(deck) / (0.5 * (LI3P + LI2S)), 1.0, delta=0.012)

    def test_checkerboard(self):
        """Squares of two phases conduct their geometric mean (Keller, Dykhne), up to the faces, where half a square is cut."""
        image = numpy.where(numpy.add.outer(numpy.arange(16), numpy.arange(16)) % 2, 7, 200)
        found = [THICKNESS / self.resistance(self.map_deck(image), f"sei.block.cell_width={2.5 / n} nm", f"sei.block.layers={16 * n}")
                 for n in (1, 2, 4)]
        limit = found[2] + (found[2] - found[1]) / 3
        self.assertAlmostEqual(limit / numpy.sqrt(LI3P * LI2S), 1.0, delta=0.03)

    def test_dilute_inclusions(self):
        """A few disks in the r, z plane, far from one another: Maxwell's law in two dimensions."""
        n, radius = 64, 6.5
        y, x = numpy.mgrid[0:n, 0:n] + 0.5
        inside = (x - n / 2) ** 2 + (y - n / 2) ** 2 < radius**2
        share = inside.mean()
        deck = self.map_deck(numpy.where(inside, 7, 200), pixel=40 / n)
        beta = (LI3P - LI2S) / (LI3P + LI2S)
        found = THICKNESS / self.resistance(deck, f"sei.block.cell_width={40 / n} nm", "sei.block.layers=64") / LI2S
        self.assertAlmostEqual((found - 1) / (2 * share * beta / (1 - share * beta)), 1.0, delta=0.06)

    def test_single_channel(self):
        """One cylinder of Li3P through an SEI that hardly conducts carries the current, by its area."""
        image = numpy.full((2, 40), 200)
        image[:, 19] = 7
        deck = self.map_deck(image, pixel=20).replace("1e-6 S/cm", "1e-14 S/cm")
        output = self.solve(deck, "sei.block.map.pixel=25 nm", "sei.block.map.pixel_height=20 nm")
        inner, outer = 19 * 25e-9, 20 * 25e-9
        share = (outer**2 - inner**2) / 1e-12
        self.assertAlmostEqual(THICKNESS / output.history["sei_resistance"][-1] / (LI3P * share), 1.0, delta=1e-3)
        told = output.report["sei"]
        self.assertAlmostEqual(told["sei_lithium_peak"] * share, 1.0, delta=1e-3)
        self.assertAlmostEqual(told["sei_lithium_hottest_10"], 1.0, delta=1e-4)
        self.assertEqual(told["connects"], "Li3P, Li2S")

    def test_kinds_of_files(self):
        image = numpy.where(numpy.add.outer(numpy.arange(16), numpy.arange(9)) % 3, 7, 200)
        found = {self.resistance(self.map_deck(image, f"map.{kind}")) for kind in ("h5", "png", "tif")}
        self.assertEqual(len(found), 1)
        png(self.folder / "map.png", image * 1, bits=16)
        self.assertEqual(self.resistance(MAP % ("map.png", 2.5)), found.pop())

    def test_resume_from_elsewhere(self):
        """The resolved deck names the map by its absolute path."""
        self.write("decks/deck.yaml", self.map_deck(numpy.full((16, 9), 7)).replace("file: ", "file: ../"))
        self.lisei("run", "decks/deck.yaml", "--out", "out")
        with h5py.File(self.folder / "out/history.h5", "r", libver="latest", swmr=True) as file:
            self.assertIn(f'file: "{self.folder / "map.h5"}"', str(file["deck"][()]))

    def test_changed_map_stops_a_resume(self):
        """Another picture under the same name is refused, and leaves the folder as it is; the first one, back again, is not."""
        image = numpy.full((16, 9), 7)
        self.write("deck.yaml", self.map_deck(image, "map.png").replace("fields: end", "fields: end, wall_time_limit: 1 us"))
        self.lisei("run", "deck.yaml", "--out", "out", status=3)
        first = (self.folder / "map.png").read_bytes()
        on = ("--set", "output.wall_time_limit=0 s")
        image[5] = 200
        png(self.folder / "map.png", image)
        before = {path: path.read_bytes() for path in (self.folder / "out").rglob("*") if path.is_file()}
        for arguments in (on, (*on, "--set", f"sei.block.map.file={self.folder / 'map.png'}")):
            told = self.lisei("resume", "out", *arguments, status=1).stderr
            self.assertIn("sei.block.map.file", told)
            self.assertIn(f"'{self.folder / 'map.png'}' holds something else", told)
            self.assertIn("start a new run", told)
        self.assertEqual(before, {path: path.read_bytes() for path in (self.folder / "out").rglob("*") if path.is_file()})
        self.assertIn("sei.block.map.file", self.lisei("check", "deck.yaml", "--against", "out", status=1).stderr)
        (self.folder / "map.png").write_bytes(first)
        self.lisei("check", "deck.yaml", "--against", "out")
        self.lisei("resume", "out", *on)


class BadInput(Structure):
    def refused(self, deck, *settings):
        arguments = [word for setting in settings for word in ("--set", setting)]
        done = self.lisei("run", self.write("deck.yaml", deck), "--out", "out", *arguments, status=1)
        self.assertFalse((self.folder / "out").exists())
        return done.stderr

    def test_maps(self):
        image = numpy.full((16, 9), 7)
        deck = self.map_deck(image)
        self.assertIn("sei.block.map.file: there is no file", self.refused(deck.replace("map.h5", "other.h5")))
        self.assertIn("32 nm high, but the SEI is 40 nm", self.refused(deck, "sei.block.map.pixel=2 nm"))
        self.assertIn("the contact has a radius of 1000 nm", self.refused(deck, "sei.block.map.beyond=end"))
        self.assertIn("there is no dataset 'other'", self.refused(deck, "sei.block.map.dataset=other"))
        image[3, 4] = 99
        self.assertIn("grey value 99 at column 4, row 3", self.refused(self.map_deck(image)))
        self.assertIn("holds -1", self.refused(self.map_deck(-numpy.ones((16, 9), int))))
        self.write("map.png", "no picture")
        self.assertIn("cannot be read as PNG", self.refused(MAP % ("map.png", 2.5)))
        self.write("map.tif", "no picture")
        self.assertIn("cannot be read as TIFF", self.refused(MAP % ("map.tif", 2.5)))
        self.write("map.jpg", "no picture")
        self.assertIn("a map ends in .png", self.refused(MAP % ("map.jpg", 2.5)))
        png(self.folder / "cut.png", image)
        path = self.folder / "cut.png"
        path.write_bytes(path.read_bytes()[:60])
        self.assertIn("cannot be read as PNG", self.refused(MAP % ("cut.png", 2.5)))

    def test_fractions(self):
        told = self.refused(VORONOI, "sei.block.phases.li2s_fraction=0.5", "sei.block.phases.pore_fraction=0.8",
                            "sei.block.voronoi.porosity_gradient=0.9")
        self.assertIn("sum to 0.79", told)
        self.assertIn("the porosity is 1.52 at one face", told)

    def test_nothing_solid_connects(self):
        """Solved, and said."""
        image = numpy.full((16, 9), 7)
        image[5] = 0
        done = self.lisei("run", self.write("deck.yaml", self.map_deck(image)), "--out", "out",
                          "--set", "sei.block.phases.pore_conductivity=1e-9 S/cm")
        self.assertIn("no solid connects the lithium and the electrolyte", done.stderr)
        with h5py.File(self.folder / "out/history.h5", "r", libver="latest", swmr=True) as file:
            found = file["history/sei_resistance"][-1]
        self.assertAlmostEqual(found / (37.5e-9 / LI3P + 2.5e-9 / 1e-7), 1.0, delta=1e-5)


if __name__ == "__main__":
    unittest.main()
