"""Figures as files for a paper: SVG and PDF, whose text can be edited, and PNG."""

import io
from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.figure import Figure

DOTS_PER_INCH = 300  # of the PNG
# Nothing in a file tells when it was made, so that the same figure gives the same bytes.
METADATA: Mapping[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def figure_files(figure: Figure, name: str) -> dict[str, bytes]:
    """Return a figure as files that are called `name` and their suffix."""
    files = {}
    with mpl.rc_context(
        {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "gapjunction"}
    ):
        for kind, metadata in METADATA.items():
            content = io.BytesIO()
            figure.savefig(content, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
            files[f"{name}.{kind}"] = content.getvalue()
    return files
