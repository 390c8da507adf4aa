"""Tests for `gapjunction.commands.predict.images`."""

from pathlib import Path

import numpy as np

from builders import build_dataset
from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.dataset.reader import read_dataset

EVERYTHING = ImageSelection()


def test_list_images__dataset__has_what_people_marked(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=2)
    images = [each for asset in read_dataset(root).assets for each in asset.images]
    boxes = {each.path: each.boxes for each in images}
    listed = list_images(root, EVERYTHING, tmp_path)
    assert len(listed) == len(images) > 0
    for image in listed:
        np.testing.assert_array_equal(image.annotations, boxes[image.origin.path])


def test_list_images__plain_files__are_not_known_to_be_annotated(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    [image] = [each for asset in read_dataset(root).assets for each in asset.images][:1]
    [listed] = list_images(image.path, EVERYTHING, tmp_path)
    assert listed.annotations is None
