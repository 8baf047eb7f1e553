"""The contact zone of a run through a heterogeneous SEI: its stream function, its hot spots, its figures."""
import os
import shutil
import struct
import subprocess
import sys
import unittest

import h5py
import numpy
import support

sys.path.insert(0, str(support.ROOT / "python"))
from lisei import output as lisei_output  # noqa: E402
from lisei import sei as lisei_sei  # noqa: E402

SHORT = ["--set", "grid.rings=16", "--set", "sei.block.columns=2", "--set", "sei.block.random.grain_width=500 nm"]


def short_deck():
    """The main job with a cycle instead of eleven."""
    text = (support.INPUTS / "cv_heterogeneous.yaml").read_text(encoding="utf-8")
    assert "cycles: 11" in text and "include: electrode.yaml" in text
    return text.replace("cycles: 11", "cycles: 1").replace("include: electrode.yaml", f"include: {support.INPUTS / 'electrode.yaml'}")


class Spots(unittest.TestCase):
    def test_known_distribution(self):
        """Half of the current through a tenth of the area: the share is a half, the peak factor 5."""
        edge = numpy.sqrt(numpy.linspace(0.0, 1.0, 21))
        flow = numpy.r_[numpy.full(6, 0.5 / 18), 0.25, 0.25, numpy.full(12, 0.5 / 18)]
        for sign in (1.0, -1.0):
            spots = lisei_sei.Spots(edge, sign * flow, 1e-3)
            self.assertAlmostEqual(spots.share, 0.5, places=12)
            self.assertAlmostEqual(spots.peak_factor, 5.0, places=12)
            self.assertAlmostEqual(spots.broad_factor, 5.0, places=12)  # narrower than the spot
            self.assertAlmostEqual(lisei_sei.Spots(edge, sign * flow, 1.0).broad_factor, 1.0, places=12)  # all of it
            self.assertIn(spots.hottest, (6, 7))
            self.assertAlmostEqual(spots.total, sign, places=12)

    def test_even_current_has_no_spots(self):
        edge = numpy.linspace(0.0, 2.0, 11)
        spots = lisei_sei.Spots(edge, numpy.diff(edge**2), 0.3)
        for value, expected in ((spots.share, 0.1), (spots.peak_factor, 1.0), (spots.broad_factor, 1.0)):
            self.assertAlmostEqual(value, expected, places=12)


class ContactZone(support.Case):
    def setUp(self):
        super().setUp()
        self.run_deck(short_deck(), *SHORT)
        self.run_output = lisei_output.Output(str(self.folder / "out"))
        self.saved = lisei_sei.vertices(self.run_output, lisei_output.sweeps(self.run_output))

    def plot(self, *arguments):
        return subprocess.run([str(support.ROOT / "scripts" / "plot"), str(self.folder / "out"), *arguments], check=False,
                              capture_output=True, text=True)

    def check_stream(self, zone):
        history = self.run_output.history
        current = history["current"][numpy.argmin(numpy.abs(history["time"] - zone.time))]
        # at the rim of every layer, and of every line below the SEI
        for stream in (zone.stream, zone.deep_stream):
            numpy.testing.assert_allclose(stream[:, -1], current, rtol=1e-6)
            numpy.testing.assert_array_equal(stream[:, 0], 0.0)
        return current

    def check_faces(self, zone, path):
        """Kirchhoff's law: what the faces between layers leave over flows along r. The radial densities are saved apart."""
        with h5py.File(path, "r") as file:
            radial = file["VTKHDF/CellData/current_density"][:zone.phase.size, 0].reshape(zone.phase.shape)
        outward = zone.stream[:-1] - zone.stream[1:]  # through the edges of the columns
        density = outward[:, 1:] / zone.edge[1:]
        density[:, 1:] += outward[:, 1:-1] / zone.edge[1:-1]
        height = (zone.height[:-1] - zone.height[1:]).mean(axis=1, keepdims=True)
        numpy.testing.assert_allclose(density / (4.0 * numpy.pi * height), radial, atol=1e-6 * numpy.abs(radial).max())

    def check_electrolyte(self, zone):
        """Eight radii away the contact is a point: the current within the angle theta of the axis is 1 - cos(theta)."""
        nodes, radius = zone.deep_nodes, zone.edge[-1]
        row = int(numpy.searchsorted(-nodes[:, 0, 1], 8.0 * radius))
        far = 1.0 + nodes[row, :, 1] / numpy.hypot(nodes[row, :, 0], nodes[row, :, 1])
        numpy.testing.assert_allclose(zone.deep_stream[row] / zone.stream[-1, -1], far, atol=0.02)

    def test_stream_function_and_figures(self):
        self.assertEqual([sweep.anodic for sweep, _ in self.saved], [False, True])
        for sweep, path in self.saved:
            zone = lisei_sei.ContactZone(self.run_output, path)
            current = self.check_stream(zone)
            self.assertEqual(current > 0, sweep.anodic)
            self.check_faces(zone, path)
            self.check_electrolyte(zone)
            self.assertEqual(set(numpy.unique(zone.phase)), {11, 12, 13})
            for where in ("top", "bottom"):
                self.assertGreater(zone.spots(where).peak_factor, 1.2)
                self.assertTrue(0.1 < zone.spots(where).share < 1.0)
        result = self.plot("--only", "contact_zone,hot_spots")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        for name in ("contact_zone_cycle1_cathodic", "contact_zone_cycle1_anodic", "hot_spots"):
            plots = self.folder / "out" / "plots"
            head = (plots / f"{name}.png").read_bytes()[:24]
            self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
            self.assertGreater(min(struct.unpack(">II", head[16:])), 500)
            self.assertEqual((plots / f"{name}.pdf").read_bytes()[:5], b"%PDF-")
            self.check_picture(plots / f"{name}.png")
        table = (plots / "hot_spots.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(table), 1 + 2 * len(self.saved))

    def check_picture(self, path):
        """Not an empty page."""
        import matplotlib.image
        pixels = matplotlib.image.imread(path)[..., :3]
        self.assertGreater((pixels < 0.9).any(axis=2).mean(), 0.01)
        self.assertGreater(len(numpy.unique((8 * pixels).astype(int).reshape(-1, 3), axis=0)), 8)

    @unittest.skipUnless(shutil.which("pvbatch") and shutil.which("xvfb-run"), "ParaView or xvfb is not installed")
    def test_paraview_draws_all_vertices_at_once(self):
        plots = self.folder / "out" / "plots"
        result = subprocess.run([str(support.ROOT / "scripts" / "render"), str(self.folder / "out"), "--zone", "--time", "vertices",
                                 "--size", "900x600"], check=False, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        pictures = sorted(path.name for path in plots.glob("zone_*.png"))
        self.assertEqual(pictures, sorted(f"zone_{os.path.basename(path)[:-4]}.png" for _, path in self.saved))
        for name in pictures:
            self.check_picture(plots / name)

    def test_without_the_ring_profile(self):
        """Means of the cells instead: the total stays, and the stream function within two per cent."""
        path = self.saved[0][1]
        exact = lisei_sei.ContactZone(self.run_output, path)
        self.run_output.interface_time = self.run_output.interface_time[:1]
        means = lisei_sei.ContactZone(self.run_output, path)
        self.check_stream(means)
        change = numpy.abs(means.stream - exact.stream).max() / abs(exact.stream[-1, -1])
        self.assertTrue(0.0 < change < 0.02, change)


class WithoutSei(support.Case):
    def test_says_why_there_is_no_picture(self):
        self.run_deck(support.DISK + support.HOLD)
        result = subprocess.run([str(support.ROOT / "scripts" / "plot"), str(self.folder / "out"), "--only", "contact_zone"],
                                check=False, capture_output=True, text=True, env=dict(os.environ))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no saved fields of a resolved SEI", result.stderr)


if __name__ == "__main__":
    unittest.main()
