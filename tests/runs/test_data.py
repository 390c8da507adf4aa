"""Tests for `gapjunction.runs.data`."""

from pathlib import Path

from builders import build_dataset, write_json_file
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.runs.data import read_training_data


def test_read_training_data__one_class_in_two_colors__has_that_of_the_report(
    tmp_path: Path,
) -> None:
    for name, color in {"a": "#111111", "b": "#222222"}.items():
        root = build_dataset(tmp_path / name, images_per_asset=1)
        labels = root / "Label_Properties" / "label_properties.json"
        write_json_file(labels, {"gap_junction": color})
    trained, measured = read_training_data([tmp_path], seed=0), measure_annotations(tmp_path)
    assert trained.class_colors == measured.class_colors == ("#111111",)
