"""Which Python packages are there, for people. Imports nothing itself."""

import importlib
import importlib.util
import sys

# Import name -> Debian package, where it is not python3-<name>.
DEBIAN = {"OpenTURNS": "python3-openturns", "yaml": "python3-yaml"}


class PackageMissing(ImportError):
    """A package is not installed for this Python."""


def missing_text(missing):
    """What is not there, and what to do."""
    debian = " ".join(DEBIAN.get(name, f"python3-{name}") for name in missing)
    pip = " ".join("PyYAML" if name == "yaml" else name for name in missing)
    text = f"{sys.executable or 'this Python'} has no {', '.join(missing)}. Debian: apt-get install {debian}; else: {sys.executable} -m pip install {pip}"
    if sys.executable and not sys.executable.startswith("/usr/bin/"):
        text += ". Packages of Debian belong to /usr/bin/python3: put that in front of the command to use them"
    return text


def missing(*names):
    """Those of the modules that this Python does not have."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def need(*names):
    """For scripts: end with a message unless all modules are there."""
    absent = missing(*names)
    if absent:
        sys.exit(f"{sys.argv[0]}: {missing_text(absent)}")


def require(name, what_for):
    """For the module: import a package or say what it is needed for."""
    if missing(name):
        raise PackageMissing(f"{what_for} needs {name}: {missing_text([name])}")
    return importlib.import_module(name)
