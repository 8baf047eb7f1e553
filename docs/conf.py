"""The site of these pages: scripts/site. Sphinx, MyST, furo."""

import os

project = "lisei"
author = copyright = "the lisei authors"  # noqa: A001
release = os.environ.get("LISEI_VERSION", "")
extensions = ["myst_parser", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"lisei {release}"
source_suffix = {".md": "markdown"}
# Links to files of the repository that are no pages stay as they are.
suppress_warnings = ["myst.ref", "ref.myst"]
