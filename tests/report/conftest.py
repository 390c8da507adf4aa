"""Settings of the tests of reports."""

import pytest
from matplotlib.figure import Figure

from tiny_detectors import save_as_one_pixel


@pytest.fixture
def figures_of_one_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save figures as one pixel, where other tests draw them and only the page is looked at."""
    monkeypatch.setattr(Figure, "savefig", save_as_one_pixel)
