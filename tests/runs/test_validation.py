"""Tests for `gapjunction.runs.validation`."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from builders import BlobDetector
from channel_pictures import noise, spots, with_spots
from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.runs.validation import THRESHOLD, detect, judge, judge_start
from gapjunction.samples.torch_dataset import TrainingImage


def image_of(asset: str, num_boxes: int) -> TrainingImage:
    boxes = row_of(num_boxes)
    return TrainingImage(Path("a.png"), boxes, np.zeros(num_boxes, np.int64), asset=asset)


def row_of(num: int) -> np.ndarray:
    return as_boxes([[10 * n, 0, 10 * n + 8, 8] for n in range(num)]).reshape(-1, 4)


def found_with(scores: np.ndarray) -> Detections:
    """Return boxes in a row, the first with the first score."""
    return Detections(row_of(len(scores)), scores.astype(np.float32), np.zeros(len(scores), int))


def test_judge__everything_found_in_every_asset__is_perfect() -> None:
    images = [image_of(name, 12) for name in "abc"]
    found = [found_with(np.r_[np.full(12, 0.9), np.full(3, 0.1)]) for _ in images]
    judged = judge(images, found)
    assert (judged.score, judged.error) == (1, 0)
    assert judged.metrics["f1"] == 1
    assert list(judged.by_asset) == ["a", "b", "c"]
    assert judged.by_asset["a"] == {"num_images": 1, "num_truth": 12, "num_found": 12, "f1": 1}


def test_judge__asset_that_needs_another_threshold__is_judged_with_that_of_the_others() -> None:
    images = [image_of(name, 12) for name in "abc"]
    usual = found_with(np.r_[np.full(12, 0.9), np.full(12, 0.3)])
    dim = found_with(np.r_[np.full(12, 0.2)])
    judged = judge(images, [usual, usual, dim])
    assert judged.by_asset["c"]["num_found"] == 0
    assert judged.error >= 1 / 3


def test_judge__calibration__knows_all_images() -> None:
    images = [image_of(name, 12) for name in "ab"]
    judged = judge(images, [found_with(np.full(12, 0.9))] * 2)
    assert judged.calibration.num_images == 2
    assert 0 < judged.metrics[THRESHOLD] < 1


def config_with(threshold: float) -> DetectorConfig:
    return DetectorConfig(
        class_names=("a",),
        class_colors=("#000000",),
        calibration=Calibration(num_images=99),
        score_threshold=threshold,
    )


@pytest.mark.parametrize(("threshold", "is_kept"), [(0.5, True), (0.95, False)])
def test_judge_start__threshold_of_its_own__is_kept_unless_a_fitted_one_is_better(
    threshold: float, is_kept: bool
) -> None:
    images = [image_of(name, 12) for name in "abc"]
    found = [found_with(np.r_[np.full(12, 0.9), np.full(3, 0.1)]) for _ in images]
    judged = judge_start(images, found, config_with(threshold))
    assert (judged.calibration.num_images == 99) == is_kept
    assert judged.score == 1


class BlobModule(BlobDetector, torch.nn.Module):
    """A `BlobDetector` that is on a device, as networks are."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)
        BlobDetector.__init__(self)
        self.place = torch.nn.Parameter(torch.zeros(1))


@pytest.mark.parametrize(("stain", "num_found"), [((0.0, 1.0, 0.0), 18), (None, 20)])
def test_detect__some_shine_in_red_too__are_left_out_where_the_stain_is_known(
    tmp_path: Path, stain: tuple[float, ...] | None, num_found: int
) -> None:
    pixels = with_spots(with_spots(noise(), spots(20), 1), spots(2), 0)
    Image.fromarray(np.moveaxis(pixels, 0, -1)).save(tmp_path / "a.png")
    image = TrainingImage(
        tmp_path / "a.png", spots(18, first=2), np.zeros(18, np.int64), channel=1, stain=stain
    )
    (found,) = detect(BlobModule(), [image], config_with(0.5))
    assert len(found) == num_found
