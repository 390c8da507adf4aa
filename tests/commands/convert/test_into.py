"""Tests for `gapjunction.commands.convert.into`, by way of `gapjunction convert --into`."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builders import add_image, build_dataset, edit_json
from foreign_files import save_image
from gapjunction.commands.convert.command import run
from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.convert.into import MergeResult
from gapjunction.dataset.formats.by_name import FORMATS
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.errors import ConfigError, DatasetError, GapJunctionError

BLACK = np.zeros((30, 40), np.uint8)
PERSONS, MODELS = (1.25, 2.5, 4.1, 5.3), (10.4, 12.2, 6.3, 7.7)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a dataset of an annotated, an empty, a predicted and an unseen image."""
    root = build_dataset(tmp_path / "set", num_assets=0)
    slide = root / "Assets" / "slide"
    for stem, boxes in (("a", [PERSONS]), ("b", []), ("c", [MODELS]), ("d", None)):
        add_image(slide, stem, BLACK, boxes)
    record = {"label_name": "gap_junction", "score": 0.5}
    sides = dict(zip(("bbox_x", "bbox_y", "bbox_width", "bbox_height"), MODELS, strict=True))
    edit_json(slide / "Detection" / "c_bbox.json", c=[record | sides])
    return root


def exported(root: Path, name: str = "labelme") -> Path:
    """Return the dataset's images and boxes as another program's files."""
    output = root.parent / name
    run(ConvertConfig(data=(root, output), to_format=name))
    return output


def merged(source: Path, root: Path, name: str = "labelme", **changes: Any) -> MergeResult:
    result = run(ConvertConfig(data=(source,), from_format=name, into=root, **changes))
    assert isinstance(result, MergeResult)
    return result


def images(root: Path) -> dict[str, AnnotatedImage]:
    return {image.stem: image for image in read_dataset(root).images()}


def content(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_merge__nothing_changed_there__writes_nothing(root: Path, name: str) -> None:
    before = content(root)
    result = merged(exported(root, name), root, name)
    assert not result.changes
    assert content(root) == before


def test_merge__box_moved_in_a_predicted_image__makes_an_annotation_of_that_image_only(
    root: Path,
) -> None:
    source = exported(root)
    before = content(root)
    [file] = source.rglob("c.json")
    edit_json(
        file,
        shapes=[
            {"label": "gap_junction", "shape_type": "rectangle", "points": [[12, 13], [19, 21]]}
        ],
    )
    result = merged(source, root)
    assert str(result).splitlines() == [
        "c: 1 changed",
        "3 images left alone: no box changed (--opened NAME takes what a person looked through "
        "and found right)",
        f"1 image merged into {root}",
    ]
    corrected = images(root)["c"]
    assert corrected.is_annotated
    assert corrected.predictions is None
    assert corrected.boxes.tolist() == [[12, 13, 19, 21]]
    changed = {path.name for path, data in content(root).items() if before.get(path) != data}
    assert changed == {"c_bbox.json"}


def test_merge__opened_image_without_a_change__is_accepted_with_its_own_numbers(
    root: Path,
) -> None:
    result = merged(exported(root), root, opened=("c",))
    assert [*result.changes] == ["c"]
    accepted = images(root)["c"]
    assert accepted.is_annotated
    np.testing.assert_allclose(accepted.boxes, [[10.4, 12.2, 16.7, 19.9]], atol=1e-4)


def test_merge__image_annotated_there_for_the_first_time__is_taken_though_empty(
    root: Path,
) -> None:
    source = exported(root)
    [unseen] = source.rglob("d.*")
    edit = {"imagePath": unseen.name, "shapes": [], "imageHeight": 30, "imageWidth": 40}
    (unseen.parent / "d.json").write_text("{}")
    edit_json(unseen.parent / "d.json", **edit)
    assert [*merged(source, root).changes] == ["d"]
    assert images(root)["d"].is_annotated


def test_merge__metadata_and_other_annotations__stay_byte_for_byte(root: Path) -> None:
    note = root / "Assets" / "slide" / "Arbitrary_Metadata" / "note.json"
    note.parent.mkdir()
    note.write_text('{"stain": "Cx43"}')
    before = content(root)
    merged(exported(root), root, opened=("all",))
    assert {path: data for path, data in content(root).items() if "Detection" not in str(path)} == {
        path: data for path, data in before.items() if "Detection" not in str(path)
    }


def test_merge__further_keys_of_boxes__stay_with_their_boxes(root: Path) -> None:
    path = root / "Assets" / "slide" / "Detection" / "a_bbox.json"
    [kept] = json.loads(path.read_text())["a"]
    moved = kept | {"bbox_x": 20.0, "bbox_y": 20.0, "comment": "moved"}
    gone = kept | {"bbox_x": 30.0, "bbox_y": 2.0, "comment": "gone"}
    edit_json(path, a=[gone, kept | {"comment": "kept", "id": 7}, moved])
    source = exported(root)
    (drawn,) = source.rglob("a.json")
    shapes = json.loads(drawn.read_text())["shapes"]
    shapes[2]["points"][1][0] += 3
    shapes.append(shapes[1] | {"points": [[1, 20], [6, 26]]})
    edit_json(drawn, shapes=shapes[1:])

    merged(source, root)

    boxes = json.loads(path.read_text())["a"]
    assert [each.get("comment") for each in boxes] == ["kept", "moved", None]
    assert boxes[0]["id"] == 7
    assert boxes[0]["bbox_x"] == kept["bbox_x"]


def test_merge__image_of_elsewhere__is_left_out_and_named(root: Path) -> None:
    source = exported(root)
    [file] = source.rglob("a.json")
    save_image(file.parent / "elsewhere.png")
    assert "1 image not in the dataset, left out: elsewhere.png" in str(merged(source, root))


def test_merge__images_of_elsewhere_only__are_refused(root: Path, tmp_path: Path) -> None:
    other = build_dataset(tmp_path / "other", num_assets=0)
    add_image(other / "Assets" / "slide", "z", BLACK, [])
    with pytest.raises(DatasetError, match="none with a name of its images"):
        merged(exported(other), root)


def test_merge__image_of_another_size__is_refused_and_nothing_written(root: Path) -> None:
    source = exported(root)
    before = content(root)
    [image] = [path for path in source.rglob("a.*") if path.suffix != ".json"]
    image.unlink()
    Image.new("L", (20, 15)).save(image.with_suffix(".png"))
    [file] = source.rglob("a.json")
    edit_json(file, imagePath="a.png", imageHeight=15, imageWidth=20)
    with pytest.raises(DatasetError, match=r"expected 40 x 30 px.*found 20 x 15 px"):
        merged(source, root, opened=("all",))
    assert content(root) == before


def test_merge__class_that_the_dataset_has_not__is_refused(root: Path) -> None:
    source = exported(root)
    [file] = source.rglob("a.json")
    file.write_text(file.read_text().replace('"gap_junction"', '"hemichannel"'))
    with pytest.raises(DatasetError, match=r"expected classes .*gap_junction.*'hemichannel'"):
        merged(source, root)


def test_merge__one_name_in_two_assets__goes_where_the_folder_says(
    root: Path, tmp_path: Path
) -> None:
    add_image(root / "Assets" / "second", "a", BLACK, [PERSONS])
    source = exported(root)
    [file] = source.rglob("second/**/a.json")
    edit_json(file, shapes=[])
    assert [str(each) for each in merged(source, root).changes.values()] == ["1 deleted"]
    by_asset = {asset.name: asset.images for asset in read_dataset(root).assets}
    assert [len(image.boxes) for image in by_asset["second"]] == [0]
    assert [len(image.boxes) for image in by_asset["slide"] if image.stem == "a"] == [1]
    flat = tmp_path / "flat"
    flat.mkdir()
    shutil.copy(file, flat)
    [image] = [path for path in file.parent.glob("a.*") if path.suffix != ".json"]
    shutil.copy(image, flat)
    with pytest.raises(DatasetError, match="one image of the dataset has, found 2"):
        merged(flat, root)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"opened": ("x",)}, "--opened x: expected the name of an image"),
        ({"to_format": "coco"}, "convert with --into: expected one path IN"),
        ({"accept_predictions": True}, "convert with --into: expected one path IN"),
    ],
)
def test_merge__settings_that_do_not_fit__are_refused(
    root: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(GapJunctionError, match=message):
        merged(exported(root), root, **changes)


def test_config__opened_without_into__is_refused() -> None:
    with pytest.raises(ConfigError, match="--opened: expected --into beside it"):
        ConvertConfig(data=(Path("in"),), opened=("a",))
