"""Tests for `gapjunction.commands.publish`."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import add_image, build_dataset, write_json_file
from gapjunction.commands.publish import PublishConfig, PublishResult, run
from gapjunction.dataset.reader import inspect_dataset, read_dataset
from gapjunction.errors import BenchmarkError, ConfigError, DatasetError, DetectionsFileError

BLACK = np.zeros((30, 40), np.uint8)
DRAWN = {
    "label_name": "gap_junction",
    "bbox_x": 1.0,
    "bbox_y": 2.0,
    "bbox_width": 4.0,
    "bbox_height": 5.0,
}
FOUND = DRAWN | {"bbox_x": 10.0, "score": 0.75}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a dataset of the image "seen", which a person annotated, and "unseen"."""
    root = build_dataset(tmp_path / "set", num_assets=0)
    add_image(root / "Assets" / "slide", "seen", BLACK, [(1, 2, 4, 5)])
    add_image(root / "Assets" / "slide", "unseen", BLACK, None)
    return root


def predict(folder: Path, **boxes: list[dict[str, Any]]) -> Path:
    """Write predictions as `gapjunction predict` does, with a threshold of 0.5."""
    for stem, records in boxes.items():
        write_json_file(folder / "detections" / f"{stem}_bbox.json", {stem: records})
    write_json_file(folder / "manifest.json", {"threshold": 0.5})
    return folder


def publish(tmp_path: Path, root: Path, **changes: Any) -> PublishResult:
    return run(PublishConfig(predictions=tmp_path / "pred", data=root, **changes))


def boxes_in(root: Path, stem: str) -> list[dict[str, Any]]:
    """Return the boxes in the file of an image, with what matters of each."""
    path = root / "Assets" / "slide" / "Detection" / f"{stem}_bbox.json"
    [records] = json.loads(path.read_text()).values()
    return [{key: each[key] for key in each if key in FOUND} for each in records]


def test_run__image_without_a_file__gets_boxes_with_scores(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", unseen=[FOUND])
    assert publish(tmp_path, root).outcomes == {"written": 1}
    assert boxes_in(root, "unseen") == [FOUND]


def test_run__published__is_read_as_predictions_and_not_trained_on(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", unseen=[FOUND])
    publish(tmp_path, root)
    images = {image.stem: image for image in read_dataset(root).images()}
    assert not images["unseen"].is_annotated
    assert images["unseen"].predictions is not None
    _, problems = inspect_dataset(root)
    assert [problem.severity for problem in problems] == ["warning"]


def test_run__nothing_found_where_a_person_annotated__says_so(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", seen=[])
    result = publish(tmp_path, root, replace="annotations")
    assert boxes_in(root, "seen") == [DRAWN]
    assert "1 image left alone: a person annotated them, and nothing was found" in str(result)


@pytest.mark.parametrize("replace", ["none", "predictions"])
def test_run__a_persons_annotation__is_left_alone(root: Path, tmp_path: Path, replace: str) -> None:
    predict(tmp_path / "pred", seen=[FOUND])
    result = publish(tmp_path, root, replace=replace)
    assert boxes_in(root, "seen") == [DRAWN]
    assert "1 image left alone: a person annotated them" in str(result)


def test_run__told_to__replaces_a_persons_annotation(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", seen=[FOUND])
    publish(tmp_path, root, replace="annotations")
    assert boxes_in(root, "seen") == [FOUND]


@pytest.mark.parametrize(("replace", "score"), [("none", 0.75), ("predictions", 0.875)])
def test_run__earlier_predictions__are_replaced_when_told_to(
    root: Path, tmp_path: Path, replace: str, score: float
) -> None:
    predict(tmp_path / "pred", unseen=[FOUND])
    publish(tmp_path, root)
    predict(tmp_path / "pred", unseen=[FOUND | {"score": 0.875}])
    publish(tmp_path, root, replace=replace)
    assert boxes_in(root, "unseen") == [FOUND | {"score": score}]


def test_run__predictions_that_a_person_added_to__are_a_persons(root: Path, tmp_path: Path) -> None:
    file = root / "Assets" / "slide" / "Detection" / "unseen_bbox.json"
    write_json_file(file, {"unseen": [FOUND, DRAWN]})
    predict(tmp_path / "pred", unseen=[FOUND])
    publish(tmp_path, root, replace="predictions")
    assert boxes_in(root, "unseen") == [FOUND, DRAWN]


def test_run__nothing_found__writes_no_file_that_would_say_empty(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", unseen=[FOUND | {"score": 0.25}])
    result = publish(tmp_path, root)
    assert result.outcomes == {"nothing": 1}
    assert not (root / "Assets" / "slide" / "Detection" / "unseen_bbox.json").exists()


def test_run__nothing_found_any_more__removes_the_earlier_predictions(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", unseen=[FOUND])
    publish(tmp_path, root)
    predict(tmp_path / "pred", unseen=[])
    publish(tmp_path, root, replace="predictions")
    assert not (root / "Assets" / "slide" / "Detection" / "unseen_bbox.json").exists()


def test_run__nothing_found__removes_no_persons_annotation(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", seen=[])
    publish(tmp_path, root, replace="annotations")
    assert boxes_in(root, "seen") == [DRAWN]


def test_run__threshold__takes_the_place_of_the_manifests(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", unseen=[FOUND, FOUND | {"score": 0.25}])
    assert publish(tmp_path, root, threshold=0.2).num_boxes == 2


def test_run__class_of_another_dataset__is_refused_and_nothing_written(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", seen=[FOUND], unseen=[FOUND | {"label_name": "nucleus"}])
    with pytest.raises(DetectionsFileError, match="expected a class out of gap_junction"):
        publish(tmp_path, root, replace="annotations")
    assert boxes_in(root, "seen") == [DRAWN]


def test_run__predictions_of_no_image__are_refused(root: Path, tmp_path: Path) -> None:
    predict(tmp_path / "pred", stranger=[FOUND])
    with pytest.raises(BenchmarkError, match="expected boxes of one image"):
        publish(tmp_path, root)


def test_run__predictions_of_images_in_no_dataset__lead_to_create(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").touch()
    predict(tmp_path / "pred", a=[FOUND])
    with pytest.raises(DatasetError, match="'gapjunction create OUT --from "):
        publish(tmp_path, tmp_path / "images")


def test_run__zip__cannot_be_written_into(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr("a", "")
    predict(tmp_path / "pred", unseen=[FOUND])
    with pytest.raises(ConfigError, match="unpack it and name the folder"):
        publish(tmp_path, tmp_path / "set.zip")


def test_run__accepted_image__becomes_an_annotation_and_others_stay_predictions(
    root: Path, tmp_path: Path
) -> None:
    add_image(root / "Assets" / "slide", "other", BLACK, None)
    add_image(root / "Assets" / "slide", "void", BLACK, None)
    predict(tmp_path / "pred", unseen=[FOUND], other=[FOUND], void=[])
    result = publish(tmp_path, root, accept_predictions=("unseen", "void"))
    assert result.outcomes == {"accepted": 2, "written": 1}
    images = {image.stem: image for image in read_dataset(root).images()}
    assert images["unseen"].is_annotated
    assert boxes_in(root, "unseen") == [{key: FOUND[key] for key in FOUND if key != "score"}]
    assert images["other"].predictions is not None
    assert images["void"].is_annotated, "a person looked and agreed that nothing is there"


def test_run__accepted_image_that_a_person_annotated__is_left_alone(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", seen=[FOUND])
    assert publish(tmp_path, root, accept_predictions=("all",)).outcomes == {"annotated": 1}
    assert boxes_in(root, "seen") == [DRAWN]


def test_run__accepted_name_of_no_image__is_refused_and_nothing_written(
    root: Path, tmp_path: Path
) -> None:
    predict(tmp_path / "pred", unseen=[FOUND])
    with pytest.raises(ConfigError, match=r"--accept_predictions nobody: .*no image of that name"):
        publish(tmp_path, root, accept_predictions=("nobody",))
    assert not (root / "Assets" / "slide" / "Detection" / "unseen_bbox.json").exists()
