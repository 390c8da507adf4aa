"""Tests for `gapjunction.commands.convert.command`."""

import io
import json
import logging
import os
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from builders import add_image, build_dataset, draw_boxes
from gapjunction.commands.convert.command import ConvertResult, run
from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.convert.translate import TranslateResult
from gapjunction.config import build_config
from gapjunction.errors import ConfigError, DatasetError


def convert(tmp_path: Path, **changes: Any) -> ConvertResult:
    """Convert the datasets in `tmp_path`/data to `tmp_path`/out."""
    settings = {"data": (tmp_path / "data",), "output": tmp_path / "out"}
    result = run(ConvertConfig(**(settings | changes)))
    assert isinstance(result, ConvertResult)
    return result


def splits_of(tmp_path: Path) -> dict[str, str]:
    """Return asset -> split as the manifest has it."""
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    return {image["asset"]: image["split"] for image in manifest["images"]}


def contents_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_run__two_datasets__every_image_and_box_arrives_once(tmp_path: Path) -> None:
    for index, name in enumerate(("HUMAN", "RAT")):
        build_dataset(tmp_path / "data" / name, num_assets=4, seed=index)
    result = convert(tmp_path)
    assert result.num_images == {"train": 8, "val": 4, "test": 4}
    assert sum(result.num_boxes.values()) == 2 * 4 * 2 * 3
    for split, count in result.num_images.items():
        assert len(list((tmp_path / "out" / f"{split}2017").iterdir())) == count


def test_run__output__loads_in_pycocotools_with_the_drawn_boxes(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=1, images_per_asset=1, seed=5)
    convert(tmp_path)
    rng = np.random.default_rng(5)
    drawn = draw_boxes(rng, height=64, width=80, count=3)
    with redirect_stdout(io.StringIO()):
        coco = COCO(tmp_path / "out" / "annotations" / "instances_train2017.json")
    [image_id] = coco.getImgIds()
    boxes = [tuple(a["bbox"]) for a in coco.loadAnns(coco.getAnnIds(imgIds=[image_id]))]
    assert boxes == drawn
    file_name = coco.loadImgs([image_id])[0]["file_name"]
    assert (tmp_path / "out" / "train2017" / file_name).is_file()


def test_run__same_data_twice__writes_the_same_bytes(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d")
    convert(tmp_path)
    first = contents_of(tmp_path / "out")
    convert(tmp_path)
    assert contents_of(tmp_path / "out") == first


def test_run__again_with_more_assets__moves_none(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=3)
    convert(tmp_path)
    before = splits_of(tmp_path)
    build_dataset(tmp_path / "data" / "d", num_assets=12)
    convert(tmp_path)
    after = splits_of(tmp_path)
    assert before.items() <= after.items()
    assert len(after) == 12


@pytest.mark.long
@pytest.mark.parametrize("settings", [{"seed": 1}, {"val_fraction": 0.3}, {"test_fraction": 0.3}])
def test_run__again_with_another_seed_or_share__draws_a_new_split(
    tmp_path: Path, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    build_dataset(tmp_path / "data" / "d", num_assets=12)
    convert(tmp_path)
    before = splits_of(tmp_path)
    convert(tmp_path, **settings)
    assert splits_of(tmp_path) != before
    assert "drawing a new one" in caplog.text


@pytest.mark.parametrize(
    ("again", "drawn"),
    [
        ({}, (5, 0.3, 0.2)),
        ({"seed": 5}, (5, 0.3, 0.2)),
        ({"seed": 6}, (6, 0.3, 0.2)),
        ({"val_fraction": 0.1}, (5, 0.1, 0.2)),
    ],
)
def test_run__again_in_part__takes_the_rest_of_the_earlier_conversion(
    tmp_path: Path, again: dict[str, Any], drawn: tuple[int, float, float]
) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=12)
    convert(tmp_path, seed=5, val_fraction=0.3, test_fraction=0.2)
    before = splits_of(tmp_path)
    convert(tmp_path, **again)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    names = ("seed", "val_fraction", "test_fraction")
    assert tuple(manifest[name] for name in names) == drawn
    assert (splits_of(tmp_path) == before) == (drawn == (5, 0.3, 0.2))


def test_run__again_without_shares__keeps_the_split_that_was_drawn_with_some(
    tmp_path: Path,
) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=12)
    convert(tmp_path, val_fraction=0.4)
    before = splits_of(tmp_path)
    convert(tmp_path)
    assert splits_of(tmp_path) == before
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["val_fraction"], manifest["test_fraction"]) == (0.4, 0.15)


def test_run__images_nobody_looked_at__are_counted(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data" / "d")
    add_image(root / "Assets" / "asset_0", "unseen", np.zeros((8, 8), np.uint8), None)
    result = convert(tmp_path)
    assert result.num_left_out == 1
    assert "Left out 1 image without a detection file." in str(result)


def test_run__nothing_annotated__says_so(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data" / "d", num_assets=0)
    add_image(root / "Assets" / "slide", "unseen", np.zeros((8, 8), np.uint8), None)
    with pytest.raises(DatasetError, match="at least one annotated image"):
        convert(tmp_path)


@pytest.mark.parametrize("stranger", ["notes.txt", "train2017/mine.png", "models/best.pt"])
@pytest.mark.parametrize("is_conversion", [True, False])
def test_run__output_holds_something_else__is_refused_and_left_alone(
    tmp_path: Path, stranger: str, is_conversion: bool
) -> None:
    build_dataset(tmp_path / "data" / "d")
    if is_conversion:
        convert(tmp_path)
    path = tmp_path / "out" / stranger
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("precious")
    before = contents_of(tmp_path / "out")
    with pytest.raises(ConfigError, match="which no conversion wrote"):
        convert(tmp_path)
    assert contents_of(tmp_path / "out") == before


@pytest.mark.parametrize("is_conversion", [True, False])
def test_run__output_with_what_systems_leave_behind__is_replaced(
    tmp_path: Path, is_conversion: bool
) -> None:
    build_dataset(tmp_path / "data" / "d")
    if is_conversion:
        convert(tmp_path)
    for stray in (".DS_Store", "Thumbs.db", "train2017/._a.png", "__MACOSX/a", "@eaDir/a.png/b"):
        (tmp_path / "out" / stray).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / stray).write_text("stray")
    convert(tmp_path)
    assert not (tmp_path / "out" / ".DS_Store").exists()


@pytest.mark.parametrize("is_conversion", [True, False])
def test_run__output_holds_a_repository__is_refused(tmp_path: Path, is_conversion: bool) -> None:
    build_dataset(tmp_path / "data" / "d")
    if is_conversion:
        convert(tmp_path)
    (tmp_path / "out" / ".git").mkdir(parents=True)
    (tmp_path / "out" / ".git" / "HEAD").write_text("ref: refs/heads/main")
    with pytest.raises(ConfigError, match="which no conversion wrote"):
        convert(tmp_path)


def test_run__images_of_16_bits__are_counted(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data" / "d")
    path = add_image(root / "Assets" / "asset_0", "deep", np.zeros((8, 8), np.uint8))
    Image.fromarray(np.zeros((8, 8), np.uint16)).save(path)
    result = convert(tmp_path)
    assert result.num_rescaled == 1
    assert "Scaled 1 image of 16 bits to 8 bits." in str(result)


def test_run__killed_between_the_renames__keeps_the_split(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=3)
    convert(tmp_path)
    before = splits_of(tmp_path)
    build_dataset(tmp_path / "data" / "d", num_assets=12)
    (tmp_path / "out").rename(tmp_path / f".{os.getpid()}-replaced-out")
    convert(tmp_path)
    assert before.items() <= splits_of(tmp_path).items()


def test_run__output_is_the_data__is_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data" / "d")
    before = contents_of(root)
    with pytest.raises(ConfigError, match="which no conversion wrote"):
        convert(tmp_path, output=root)
    assert contents_of(root) == before


def test_run__file_system_that_decomposes_names__knows_its_earlier_files(tmp_path: Path) -> None:
    asset = build_dataset(tmp_path / "data" / "d", num_assets=1) / "Assets" / "asset_0"
    add_image(asset, "Z\u00fcrich", np.zeros((20, 20), np.uint8))
    [written] = convert(tmp_path).output.rglob("Z\u00fcrich.png")
    written.rename(written.with_name("Zu\u0308rich.png"))
    convert(tmp_path)
    assert written.exists()


def test_run__output_is_an_empty_folder__is_filled(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d")
    (tmp_path / "out").mkdir()
    assert (convert(tmp_path).output / "manifest.json").is_file()


def test_run__broken_image__leaves_the_earlier_conversion_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_dataset(tmp_path / "data" / "d")
    convert(tmp_path)
    before = contents_of(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gapjunction.images.pictures.shutil.copyfile", fail)
    with pytest.raises(OSError, match="No space left"):
        convert(tmp_path)
    assert contents_of(tmp_path) == before


def test_run__manifest__says_what_went_where(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=1, images_per_asset=1)
    convert(tmp_path)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["seed"] == 0
    assert manifest["assets"]["train"] == [{"dataset": "d", "asset": "asset_0"}]
    assert manifest["images"] == [
        {
            "dataset": "d",
            "asset": "asset_0",
            "image": "0_0_d.png",
            "split": "train",
            "file_name": "0_0_d.png",
            "num_boxes": 3,
            "num_clipped": 0,
        }
    ]


def test_convert_config__fractions_of_one__are_refused() -> None:
    with pytest.raises(ConfigError, match="below 1 together"):
        build_config(ConvertConfig, {"val_fraction": 0.5, "test_fraction": 0.5}, "command line")


def test_run__images_with_predictions_only__are_left_out_and_counted(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data" / "d")
    path = min(root.rglob("*_bbox.json"))
    [(key, records)] = json.loads(path.read_text()).items()
    path.write_text(json.dumps({key: [each | {"score": 0.5} for each in records]}))
    result = convert(tmp_path)
    assert (result.num_left_out, result.num_predicted) == (0, 1)
    assert "Left out 1 image with predictions only." in str(result)
    assert sum(result.num_images.values()) == 5


def test_run__layout_of_autogluon__has_png_files_a_coco_file_a_split_and_labels(
    tmp_path: Path,
) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=3, images_per_asset=1)
    result = convert(tmp_path, layout="autogluon")
    out = tmp_path / "out"
    assert (out / "labels.txt").read_text() == "gap_junction\n"
    named = []
    for split, num_images in result.num_images.items():
        content = json.loads((out / "Annotations" / f"{split}.json").read_text())
        assert len(content["images"]) == num_images == 1
        assert len(content["annotations"]) == result.num_boxes[split] == 3
        named += [image["file_name"] for image in content["images"]]
    written = {path for path in contents_of(out) if path.startswith("images/")}
    assert written == set(named)
    for name in named:
        with Image.open(out / name) as image:
            assert (image.format, image.size) == ("PNG", (80, 64))


def test_run__another_layout_into_the_same_folder__replaces_it_and_keeps_the_split(
    tmp_path: Path,
) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=3)
    convert(tmp_path)
    first, split = contents_of(tmp_path / "out"), splits_of(tmp_path)
    convert(tmp_path, layout="autogluon")
    assert splits_of(tmp_path) == split
    assert not (tmp_path / "out" / "train2017").exists()
    convert(tmp_path)
    assert contents_of(tmp_path / "out") == first


def test_run__layout_of_autogluon__can_be_read_back(tmp_path: Path) -> None:
    build_dataset(tmp_path / "data" / "d", num_assets=3)
    convert(tmp_path, layout="autogluon")
    back = run(ConvertConfig(data=(tmp_path / "out", tmp_path / "back"), from_format="coco"))
    assert isinstance(back, TranslateResult)
    assert back.num_boxes == 3 * 2 * 3


def test_convert_config__layout_with_formats__is_refused() -> None:
    with pytest.raises(ConfigError, match="--layout: expected neither --from nor --to"):
        ConvertConfig(data=(Path("a"), Path("b")), to_format="voc", layout="autogluon")


def test_run__a_stack_in_assets_of_two_sides__says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = build_dataset(tmp_path / "data" / "d", num_assets=0)
    for asset, numbers in {"a": (1, 2), "b": (3, 4)}.items():
        for number in numbers:
            folder = root / "Assets" / asset
            add_image(folder, f"rat_Z{number}", np.zeros((32, 32), np.uint8), [(4, 4, 8, 8)])
    convert(tmp_path)
    [said] = [each.message for each in caplog.records if "one stack" in each.message]
    assert "rat_Z* has 2 slices in train and 2 slices in val;" in said
