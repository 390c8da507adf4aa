"""Tests for `gapjunction.dataset.formats.placing`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from builders import add_image, build_dataset, edit_json
from gapjunction.dataset.formats.placing import place_images
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.images.microscope_image import read_image
from gapjunction.images.pictures import read_picture

BLACK = np.zeros((8, 8), np.uint8)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Return an annotated, a predicted and an unseen image, a.png, b.png and c.png."""
    root = build_dataset(tmp_path / "set", num_assets=0)
    slide = root / "Assets" / "slide"
    for stem, boxes in (("a", [(1, 1, 4, 4)]), ("b", [(1, 1, 4, 4)]), ("c", None)):
        add_image(slide, stem, BLACK, boxes)
    path = slide / "Detection" / "b_bbox.json"
    record = {"label_name": "gap_junction", "bbox_x": 1, "bbox_y": 1, "score": 0.75}
    edit_json(path, b=[record | {"bbox_width": 4, "bbox_height": 4}])
    return read_dataset(root)


@pytest.mark.parametrize(
    ("keeps_unseen", "keeps_predicted", "apart"),
    [(False, False, {"b", "c"}), (False, True, {"c"}), (True, True, set())],
)
def test_place_images__not_annotated__lie_apart_unless_kept(
    dataset: Dataset, tmp_path: Path, keeps_unseen: bool, keeps_predicted: bool, apart: set[str]
) -> None:
    placed = list(
        place_images(dataset, tmp_path, keeps_unseen=keeps_unseen, keeps_predicted=keeps_predicted)
    )
    for each in placed:
        top = "unannotated" if each.path.stem in apart else "images"
        assert each.path.as_posix() == f"{top}/slide/{each.path.name}"
        assert (tmp_path / each.path).read_bytes() == each.image.path.read_bytes()


def test_place_images__annotated_and_predicted__give_their_boxes(
    dataset: Dataset, tmp_path: Path
) -> None:
    annotated, predicted, unseen = place_images(dataset, tmp_path)
    assert (annotated.boxes_xyxy, annotated.scores) == ([[1, 1, 5, 5]], [None])
    assert (predicted.boxes_xyxy, predicted.scores) == ([[1, 1, 5, 5]], [0.75])
    assert (unseen.boxes_xyxy, unseen.scores, unseen.labels) == ([], [], [])


def test_place_images__webp_for_a_tool_without_it__becomes_png_without_loss(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1, images_per_asset=1)
    [png] = root.rglob("*.png")
    webp = png.with_suffix(".webp")
    Image.open(png).save(webp)
    png.unlink()
    [placed] = place_images(read_dataset(root), tmp_path, form="png")
    assert placed.path.suffix == ".png"
    assert np.array_equal(read_picture(tmp_path / placed.path), read_picture(webp))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(9, 12), (9, 12, 3)])
def test_place_images__pixel_size_known__is_in_the_file_and_pixels_are_the_same(
    tmp_path: Path, shape: tuple[int, ...], dtype: type[np.uint8 | np.uint16]
) -> None:
    root = build_dataset(tmp_path / "rat", num_assets=0)
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(dtype)
    folder = root / "Assets" / "a" / "Raw"
    folder.mkdir(parents=True)
    tifffile.imwrite(folder / "b.tif", pixels)
    [placed] = place_images(read_dataset(root), tmp_path, keeps_unseen=True, form="sized")
    written = read_image(tmp_path / placed.path)
    assert placed.path.suffix == ".tif"
    assert written.um_per_px == pytest.approx(0.103, rel=1e-6)
    assert (written.pixels == read_picture(folder / "b.tif")).all()


def test_place_images__pixel_size_unknown__keeps_the_file(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat", num_assets=1, images_per_asset=1)
    (root / "Metadata_Static" / "metadata_static.json").unlink()
    [placed] = place_images(read_dataset(root), tmp_path, form="sized")
    source = root / "Assets" / "asset_0" / "Raw" / placed.path.name
    assert (tmp_path / placed.path).read_bytes() == source.read_bytes()
