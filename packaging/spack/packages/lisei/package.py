# Copyright (c) 2026, the lisei authors
# SPDX-License-Identifier: BSD-2-Clause

from spack.package import *


class Lisei(CMakePackage):
    """Finite-volume simulator of a constricted Li | SEI | Li6PS5Cl microelectrode: ionic current, non-linear interface
    laws, loss and healing of the lithium contact by creep."""

    # From a checkout: spack dev-build lisei@main in the repository, or spack develop --path PATH lisei@main.
    version("main", branch="main")

    variant("plots", default=True, description="Packages of the plotting scripts and of the Python module")
    variant("expressions", default=True, description="Formulae in sweeps (muParser)")
    variant("maps", default=True, description="Measured maps of the SEI as PNG and TIFF")

    depends_on("cmake@3.18:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("petsc@3.18: +mpi ~complex")
    depends_on("hdf5@1.10: +mpi")
    depends_on("lapack")
    depends_on("libyaml")
    depends_on("jansson")
    depends_on("udunits")
    depends_on("muparser", when="+expressions")
    depends_on("libpng", when="+maps")
    depends_on("libtiff", when="+maps")
    with when("+plots"):
        depends_on("python@3.9:", type="run")
        for name in ("py-h5py", "py-matplotlib", "py-numpy", "py-scipy", "py-pyyaml", "py-xarray"):
            depends_on(name, type="run")

    def cmake_args(self):
        return [self.define("LISEI_TESTS", False), self.define("CMAKE_C_COMPILER", self.spec["mpi"].mpicc)]

    def setup_run_environment(self, env):
        env.prepend_path("PYTHONPATH", join_path(self.prefix.share, "lisei", "python"))
