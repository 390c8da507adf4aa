"""Tests for `gapjunction.commands.predict.files`."""

import os
from pathlib import Path

import pytest

from gapjunction.commands.predict.files import remove_other_files
from gapjunction.prediction_folder import file_of

COMPOSED, DECOMPOSED = "Z\u00fcrich", "Zu\u0308rich"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "intervals").mkdir()
    file_of(tmp_path, "intervals", COMPOSED).touch()
    return tmp_path


def test_remove_other_files__decomposed_name_of_an_earlier_version__is_removed(
    output: Path,
) -> None:
    file_of(output, "intervals", DECOMPOSED).touch()
    assert remove_other_files(output, {COMPOSED}) == 1
    assert file_of(output, "intervals", COMPOSED).exists()
    assert not file_of(output, "intervals", DECOMPOSED).exists()


def test_remove_other_files__file_system_that_decomposes_names__keeps_the_file(
    output: Path,
) -> None:
    """A second name of one file stands for the form in which such a system lists it."""
    os.link(file_of(output, "intervals", COMPOSED), file_of(output, "intervals", DECOMPOSED))
    assert remove_other_files(output, {COMPOSED}) == 0
    assert file_of(output, "intervals", DECOMPOSED).exists()
