"""Tests for `bench.few_labels`."""

from pathlib import Path

import pytest
from bench.few_labels import KEPT, divided

from builders import build_dataset
from gapjunction.dataset.reader import read_dataset


def test_divided__images_of_few_assets__are_assets_of_their_own_and_each_on_one_side(
    tmp_path: Path,
) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", num_assets=3, images_per_asset=4))
    pool, tested = divided(dataset)
    learnt = [image.path for image in pool.images()]
    assert len(pool.assets) == len(learnt) == 4
    assert len(tested) == 8
    assert {*learnt, *(image.path for image in tested)} == {i.path for i in dataset.images()}


@pytest.mark.long
def test_kept__cells__have_their_spots_inside() -> None:
    for pixels, truth in KEPT["cells"]():
        height, width = pixels.shape
        assert len(truth) > 20
        assert truth.boxes.min() >= 0
        assert (truth.boxes[:, 2:] <= [width, height]).all()
