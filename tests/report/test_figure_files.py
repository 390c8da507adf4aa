"""Tests for `gapjunction.report.figure_files`."""

import pytest
from matplotlib.figure import Figure

from gapjunction.report.figure_files import figure_files


def drawn() -> dict[str, bytes]:
    figure = Figure(figsize=(2, 1), layout="constrained")
    figure.subplots().set_title("plaques per mm\u00b2")
    return figure_files(figure, "groups_by_diagnosis")


@pytest.mark.long
def test_figure_files__figure__is_written_for_papers_and_for_screens() -> None:
    files = drawn()
    assert files["groups_by_diagnosis.pdf"].startswith(b"%PDF")
    assert files["groups_by_diagnosis.png"].startswith(b"\x89PNG")
    assert "plaques per mm\u00b2" in files["groups_by_diagnosis.svg"].decode("utf-8")


@pytest.mark.long
def test_figure_files__same_figure__gives_the_same_bytes() -> None:
    assert drawn() == drawn()
