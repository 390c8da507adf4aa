"""Tests for `gapjunction.dataset.formats.yolo_classes`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.yolo_classes import read_class_names
from gapjunction.errors import DatasetError


def test_read_class_names__two_files_that_agree_as_far_as_they_go__are_read(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("names: {0: a, 1: b}\n")
    (tmp_path / "classes.txt").write_text("a\n\n")
    assert read_class_names(Source(tmp_path)) == (["a", "b"], None)


@pytest.mark.parametrize("other", ["b\na\n", "b\n", "a\nc\nb\n"])
def test_read_class_names__two_files_that_differ__are_refused(tmp_path: Path, other: str) -> None:
    (tmp_path / "data.yaml").write_text("names: [a, b]\n")
    (tmp_path / "obj.names").write_text(other)
    with pytest.raises(DatasetError, match=r"the class names of data\.yaml, in their order"):
        read_class_names(Source(tmp_path))
