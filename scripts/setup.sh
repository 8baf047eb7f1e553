# Sourced by scripts/demo, scripts/test and .ci/run: packages, configuration, build. Functions only; nothing runs on sourcing.
# shellcheck shell=bash

build_packages="build-essential cmake pkg-config git ca-certificates petsc-dev libhdf5-openmpi-dev libyaml-dev libudunits2-dev
  libjansson-dev libpng-dev libtiff-dev libmuparser-dev openmpi-bin libopenblas0-serial"
plot_packages="python3-h5py python3-matplotlib python3-scipy"
test_packages="libcmocka-dev python3-openturns python3-xarray python3-yaml python3-jsonschema paraview python3-paraview xvfb xauth"
static_packages="clang-format clang-tidy cppcheck"
site_packages="python3-sphinx python3-myst-parser furo python3-yaml"

say() { printf '== %s\n' "$*" >&2; }

# need_packages PACKAGE... : install what is missing, or say what it is and stop.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    say "missing packages: ${missing[*]}"
    say "install them (Debian: apt-get install --no-install-recommends ${missing[*]}) and call this again."
    say "On another system, or on a cluster with its own PETSc, build with CMake: README.md, \"Build by hand\"."
    exit 1
  fi
  say "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
    { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } ||
    { say "apt-get could not install ${missing[*]}"; exit 1; }
}

# build PRESET [CMake options]: configure once, build what has changed.
build() {
  local preset=$1
  shift
  [ -f "build/$preset/CMakeCache.txt" ] && [ $# -eq 0 ] || cmake --preset "$preset" "$@" >"build-$preset.log" 2>&1 ||
    { cat "build-$preset.log" >&2; exit 1; }
  rm -f "build-$preset.log"
  say "building ($preset)"
  cmake --build --preset "$preset" --parallel "$(nproc)" >"build-$preset.log" 2>&1 || { cat "build-$preset.log" >&2; exit 1; }
  rm -f "build-$preset.log"
}

# Open MPI refuses to run as root, and more processes than cores, unless told.
mpi_environment() {
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
}
