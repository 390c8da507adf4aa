"""Tests for `gapjunction.napari_plugin.corrections`, `writer` and `hidden_boxes`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import build_dataset
from gapjunction.detections_json import read_detection_file
from gapjunction.errors import ConfigError
from gapjunction.napari_plugin.corrections import changed_places, save_corrections
from gapjunction.napari_plugin.hidden_boxes import BEFORE, HIDDEN, BoxSet
from gapjunction.napari_plugin.layer_data import LayerOrigin, origin_of
from gapjunction.napari_plugin.reader import get_reader
from gapjunction.napari_plugin.writer import write_boxes
from review_cases import detection_file, predicted_dataset


def opened(root: Path, name: str = "asset_0 boxes") -> tuple[BoxSet, LayerOrigin, dict[str, Any]]:
    """Return boxes, origin and options of a layer of a dataset."""
    read = get_reader(str(root))
    assert read is not None
    [(corners, shown)] = [(each[0], each[1]) for each in read("") if each[1]["name"] == name]
    origin = origin_of(shown["metadata"])
    assert origin is not None
    return BoxSet(list(corners), shown["features"]), origin, shown


def moved(boxes: BoxSet, index: int, x: float) -> BoxSet:
    """Return boxes of which one is moved to the right."""
    corners = [each.copy() for each in boxes.corners]
    corners[index][:, -1] += x
    return BoxSet(corners, boxes.features)


def test_changed_places__a_box_moved__names_its_image(tmp_path: Path) -> None:
    boxes, origin, shown = opened(build_dataset(tmp_path / "rat"))
    assert not changed_places(shown["metadata"][BEFORE], boxes, origin)
    [(place, change)] = changed_places(
        shown["metadata"][BEFORE], moved(boxes, -1, 3), origin
    ).items()
    assert (place, str(change)) == (1, "1 changed, 2 kept")


def test_changed_places__a_box_deleted__names_its_image(tmp_path: Path) -> None:
    boxes, origin, shown = opened(build_dataset(tmp_path / "rat"))
    left = boxes[np.arange(len(boxes)) > 0]
    [(place, change)] = changed_places(shown["metadata"][BEFORE], left, origin).items()
    assert (place, change.num_deleted) == (0, 1)


def test_save_corrections__a_box_moved__writes_its_file_and_no_other(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat")
    boxes, origin, _ = opened(root)
    others = {path: path.read_bytes() for path in root.rglob("*.*")}
    target = detection_file(root, "0_1")
    before = others.pop(target)
    save_corrections(moved(boxes, -1, 3), origin, [1])
    assert {path: path.read_bytes() for path in others} == others
    old, new = (json.loads(text)["0_1_rat"] for text in (before, target.read_bytes()))
    assert [each["bbox_x"] for each in new] == [
        old[0]["bbox_x"],
        old[1]["bbox_x"],
        old[2]["bbox_x"] + 3,
    ]


def test_save_corrections__predictions_looked_through__are_annotations_without_scores(
    tmp_path: Path,
) -> None:
    root = predicted_dataset(tmp_path / "rat")
    boxes, origin, _ = opened(root)
    counts, _ = boxes.divided(0.4)
    save_corrections(counts, origin, [0])
    written = read_detection_file(detection_file(root, "0_0"))
    assert not written.has_scores
    assert written.boxes.tolist() == [[2, 3, 12, 15], [30, 20, 38, 28]]


def test_save_corrections__all_boxes_deleted__says_that_there_is_none(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat")
    boxes, origin, _ = opened(root)
    save_corrections(boxes[np.zeros(len(boxes), bool)], origin, [0])
    assert read_detection_file(detection_file(root, "0_0")).records == ()


def test_save_corrections__no_dataset__says_what_to_do(tmp_path: Path) -> None:
    origin = LayerOrigin({"gap_junction": "#4EF8FF"}, (tmp_path / "a.tif",))
    nothing = BoxSet([], {"class": np.zeros(0, object), "score": np.zeros(0)})
    with pytest.raises(ConfigError, match="make a dataset with 'gapjunction create'"):
        save_corrections(nothing, origin, [0])


def test_save_corrections__unknown_class__is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "rat")
    boxes, origin, _ = opened(root)
    before = detection_file(root, "0_0").read_bytes()
    wrong = BoxSet(boxes.corners, {**boxes.features, "class": np.full(len(boxes), "cell", object)})
    with pytest.raises(ConfigError, match="expected a class out of gap_junction, found cell"):
        save_corrections(wrong, origin, [0, 1])
    assert detection_file(root, "0_0").read_bytes() == before


def test_divided__threshold__keeps_all_boxes_in_one_of_two(tmp_path: Path) -> None:
    boxes, *_ = opened(predicted_dataset(tmp_path / "rat"))
    shown, hidden = boxes.divided(0.4)
    again = shown.joined(hidden)
    assert (len(shown), len(hidden), len(again)) == (len(boxes) - 1, 1, len(boxes))
    assert sorted(again.features["score"]) == sorted(boxes.features["score"])


def test_write_boxes__one_image__is_a_detection_file_with_scores(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "rat")
    (root / "Assets" / "asset_0" / "Raw" / "0_1_rat.png").unlink()
    detection_file(root, "0_1").unlink()
    boxes, _, shown = opened(root, "0_0_rat boxes")
    [path] = write_boxes(str(tmp_path / "mine.json"), boxes.corners, shown)
    written = read_detection_file(Path(path))
    assert (Path(path).name, written.stem) == ("mine_bbox.json", "0_0_rat")
    assert written.scores.tolist() == pytest.approx([0.9, 0.5, 0.2])
    assert len(shown["metadata"][HIDDEN]) == 0


def test_write_boxes__a_stack__says_how_to_save_it(tmp_path: Path) -> None:
    boxes, _, shown = opened(build_dataset(tmp_path / "rat"))
    with pytest.raises(ConfigError, match="expected boxes of one image file, found a stack"):
        write_boxes(str(tmp_path / "mine.json"), boxes.corners, shown)
