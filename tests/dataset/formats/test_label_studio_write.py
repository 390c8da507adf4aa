"""Tests for `gapjunction.dataset.formats.label_studio_write`."""

import json
from pathlib import Path

from builders import build_dataset
from foreign_files import HEIGHT, WIDTH, only_dataset
from gapjunction.dataset.formats.label_studio import read_label_studio
from gapjunction.dataset.formats.label_studio_write import LABELS, write_label_studio
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset


def test_write_label_studio__stated_sizes__are_the_images(tmp_path: Path, out: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", height=HEIGHT, width=WIDTH))
    write_label_studio(dataset, out)
    tasks = json.loads((out / "tasks.json").read_text())
    regions = [each for task in tasks for each in task["annotations"][0]["result"]]
    assert {(each["original_height"], each["original_width"]) for each in regions} == {
        (HEIGHT, WIDTH)
    }


def test_write_label_studio__configuration__keeps_classes_and_has_no_declaration(
    tmp_path: Path,
    out: Path,
) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", class_names=("a", "b", "c", "d")))
    write_label_studio(dataset, out)
    assert (out / LABELS).read_text().startswith("<View>")
    assert only_dataset(read_label_studio, Source(out)).classes == dataset.classes
