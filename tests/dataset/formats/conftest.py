"""Fixtures of the tests of formats."""

from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return an empty folder to write a format into, apart from the dataset it comes from."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def supervision() -> ModuleType:
    """Return the package, where it and what it reads images with are installed."""
    pytest.importorskip("cv2")
    package: ModuleType = pytest.importorskip("supervision")
    return package
