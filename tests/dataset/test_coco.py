"""Tests for `gapjunction.dataset.coco`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from builders import add_image, build_dataset
from gapjunction.dataset.coco import coco_instances, plan_images, scaled_to_8_bits, write_coco
from gapjunction.dataset.reader import read_dataset, read_datasets
from gapjunction.dataset.splits import split_assets
from gapjunction.errors import DatasetError
from gapjunction.images.pictures import read_picture

BLACK = np.zeros((30, 40), np.uint8)


def dataset_with(root: Path, asset: str = "slide") -> Path:
    """Write a dataset without any image; return the folder of its asset to be."""
    build_dataset(root, num_assets=0)
    return root / "Assets" / asset


def test_coco_instances__boxes__are_xywh_with_ids_from_one(tmp_path: Path) -> None:
    add_image(dataset_with(tmp_path / "d"), "a", BLACK, [(10, 5, 8, 4), (-2, 20, 6, 20)])
    dataset = read_dataset(tmp_path / "d")
    images = plan_images([dataset], split_assets([dataset], seed=0))
    instances = coco_instances(images, dataset.class_names)
    assert instances["images"] == [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    assert instances["categories"] == [{"id": 1, "name": "gap_junction", "supercategory": ""}]
    assert instances["annotations"] == [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "bbox": [10, 5, 8, 4],
            "area": 32,
            "iscrowd": 0,
        },
        {
            "id": 2,
            "image_id": 1,
            "category_id": 1,
            "bbox": [0, 20, 4, 10],
            "area": 40,
            "iscrowd": 0,
        },
    ]


def test_plan_images__different_class_lists__share_the_categories(tmp_path: Path) -> None:
    build_dataset(tmp_path / "d0", num_assets=1, class_names=("gap_junction",))
    build_dataset(tmp_path / "d1", num_assets=1, class_names=("debris", "gap_junction"))
    datasets = read_datasets([tmp_path])
    labels = {
        image.dataset: image.labels.tolist()
        for image in plan_images(datasets, split_assets(datasets, seed=0))
    }
    assert labels == {"d0": [0, 0, 0], "d1": [1, 0, 1]}


def test_plan_images__equal_stems__get_dataset_and_asset_into_the_name(tmp_path: Path) -> None:
    for asset, stem in (("s1", "a"), ("s2", "A"), ("s2", "b")):
        add_image(dataset_with(tmp_path / "d", asset), stem, BLACK)
    dataset = read_dataset(tmp_path / "d")
    images = plan_images([dataset], split_assets([dataset], seed=0))
    names = [image.file_name for image in images]
    assert names == ["d__s1__a.png", "d__s2__A.png", "b.png"]


def test_plan_images__equal_names_even_so__are_refused(tmp_path: Path) -> None:
    for asset, stem in (("s", "x__a"), ("s__x", "a"), ("t", "x__a"), ("t", "a")):
        add_image(dataset_with(tmp_path / "d", asset), stem, BLACK)
    dataset = read_dataset(tmp_path / "d")
    with pytest.raises(DatasetError, match="a name of its own"):
        plan_images([dataset], split_assets([dataset], seed=0))


def test_plan_images__nobody_looked__is_left_out(tmp_path: Path) -> None:
    asset = dataset_with(tmp_path / "d")
    add_image(asset, "empty", BLACK, [])
    add_image(asset, "unseen", BLACK, None)
    dataset = read_dataset(tmp_path / "d")
    images = plan_images([dataset], split_assets([dataset], seed=0))
    assert [image.file_name for image in images] == ["empty.png"]


def write_image_of(asset: Path, name: str, out: Path) -> None:
    """Convert the dataset around `asset`, whose image "a.png" is replaced by `name`."""
    dataset = read_dataset(asset.parent.parent)
    out.mkdir()
    write_coco(plan_images([dataset], split_assets([dataset], seed=0)), ["gap_junction"], out)
    assert [path.name for path in (out / "train2017").iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.webp", "a.jpg", "a.png"])
def test_write_coco__common_formats__are_copied_byte_for_byte(tmp_path: Path, name: str) -> None:
    asset = dataset_with(tmp_path / "d")
    add_image(asset, "a", BLACK).unlink()
    Image.fromarray(BLACK).save(asset / "Raw" / name)
    write_image_of(asset, name, tmp_path / "out")
    copied = tmp_path / "out" / "train2017" / name
    assert copied.read_bytes() == (asset / "Raw" / name).read_bytes()


def test_write_coco__tiff_of_8_bits__becomes_png_without_loss(tmp_path: Path) -> None:
    asset = dataset_with(tmp_path / "d")
    add_image(asset, "a", BLACK).unlink()
    pixels = (np.arange(1200) * 51).astype(np.uint8).reshape(30, 40)
    tifffile.imwrite(asset / "Raw" / "a.tif", pixels)
    write_image_of(asset, "a.png", tmp_path / "out")
    np.testing.assert_array_equal(read_picture(tmp_path / "out" / "train2017" / "a.png")[0], pixels)


@pytest.mark.parametrize("name", ["a.tif", "a.png"])
def test_write_coco__grey_of_16_bits__is_spread_over_what_dino_reads(
    tmp_path: Path, name: str
) -> None:
    asset = dataset_with(tmp_path / "d")
    add_image(asset, "a", BLACK).unlink()
    pixels = np.linspace(1000, 1000 + 4 * 255, 256).round().astype(np.uint16).reshape(16, 16)
    if name == "a.tif":
        tifffile.imwrite(asset / "Raw" / name, pixels)
    else:
        Image.fromarray(pixels).save(asset / "Raw" / name)
    write_image_of(asset, "a.png", tmp_path / "out")
    with Image.open(tmp_path / "out" / "train2017" / "a.png") as picture:
        seen = np.asarray(picture.convert("RGB"))
    np.testing.assert_array_equal(seen[..., 0].ravel(), np.arange(256))


def test_write_coco__color_of_16_bits__has_one_scale_for_all_channels(tmp_path: Path) -> None:
    asset = dataset_with(tmp_path / "d")
    add_image(asset, "a", BLACK).unlink()
    pixels = np.zeros((4, 4, 3), np.uint16)
    pixels[0, 0] = [0, 20_000, 40_000]
    tifffile.imwrite(asset / "Raw" / "a.tif", pixels, photometric="rgb")
    write_image_of(asset, "a.png", tmp_path / "out")
    written = read_picture(tmp_path / "out" / "train2017" / "a.png")
    assert written[:, 0, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("spots", [0, 1])
def test_to_8_bits__image_nearly_without_signal__keeps_what_there_is(spots: int) -> None:
    image = np.full((1, 200, 200), 500, np.uint16)
    image[0, 0, :spots] = 60_000
    assert scaled_to_8_bits(image).sum() == 255 * spots


def test_to_8_bits__hot_pixel__does_not_dim_the_rest() -> None:
    image = np.tile(np.arange(256, dtype=np.uint16), (1, 100, 1))
    hot = image.copy()
    hot[0, 0, 0] = 65_535
    np.testing.assert_array_equal(scaled_to_8_bits(hot)[0, 1:], image[0, 1:])
    assert scaled_to_8_bits(hot)[0, 0, 0] == 255


def test_plan_images__sixteen_bits__are_marked(tmp_path: Path) -> None:
    asset = dataset_with(tmp_path / "d")
    for stem in ("a", "b", "c", "d"):
        add_image(asset, stem, BLACK)
    Image.fromarray(BLACK.astype(np.uint16)).save(asset / "Raw" / "b.png")
    for stem, dtype in (("c", np.uint8), ("d", np.uint16)):
        (asset / "Raw" / f"{stem}.png").unlink()
        tifffile.imwrite(asset / "Raw" / f"{stem}.tif", BLACK.astype(dtype))
    dataset = read_dataset(tmp_path / "d")
    images = plan_images([dataset], split_assets([dataset], seed=0))
    assert [image.is_rescaled for image in images] == [False, True, False, True]
