"""Tests for `gapjunction.runs.fitted_brightness`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.weighing import weighed_in
from gapjunction.runs.fitted_brightness import with_brightness
from gapjunction.samples.torch_dataset import TrainingImage
from spot_rows import spots_in_a_row

PEAKS = [140, 130, 120, 110, 30, 25, 20, 15]  # of which people mark the first four
NUM_MARKED = 4
CONFIG = DetectorConfig(
    class_names=("gap_junction",),
    class_colors=("#4EF8FF",),
    calibration=Calibration(slope=1.2, intercept=-0.1),
)


def images_and_found(folder: Path, mode: str) -> tuple[list[TrainingImage], list[Detections]]:
    """Return images of six animals, in which all spots are found with scores that tell nothing."""
    rng = np.random.default_rng(0)
    images, found = [], []
    for index in range(6):
        seen, pixels = spots_in_a_row(PEAKS, rng.uniform(0.4, 0.6, len(PEAKS)).tolist())
        grey = pixels[0].astype(np.uint8)
        picture = Image.fromarray(
            grey if mode == "L" else np.dstack([grey.T.reshape(grey.shape), grey, grey])
        )
        path = folder / f"{index}.png"
        picture.save(path)
        marked = seen[:NUM_MARKED]
        images.append(TrainingImage(path, marked.boxes, marked.labels, asset=f"rat_{index}"))
        found.append(seen)
    return images, found


def test_with_brightness__bright_spots_are_annotated__counts_these(tmp_path: Path) -> None:
    images, found = images_and_found(tmp_path, "L")

    config, probable = with_brightness(CONFIG, images, found)

    assert config.brightness is not None
    assert config.brightness.odds_per_octave > 1
    line = (config.calibration.slope, config.calibration.intercept)
    assert line == (CONFIG.calibration.slope, CONFIG.calibration.intercept)
    for image, own, expected in zip(images, found, probable, strict=True):
        pixels = np.asarray(Image.open(image.path))[None]
        weighed = weighed_in(pixels, pixels, own, config)
        np.testing.assert_array_equal(weighed.scores, expected.scores)
        is_counted = weighed.scores >= config.score_threshold
        assert is_counted.tolist() == [True] * NUM_MARKED + [False] * (len(PEAKS) - NUM_MARKED)


def test_with_brightness__in_color__stays_as_it_is(tmp_path: Path) -> None:
    images, found = images_and_found(tmp_path, "RGB")

    config, probable = with_brightness(CONFIG, images, found)

    assert config == CONFIG
    assert probable == found


def test_with_brightness__all_that_is_found_is_annotated__says_nothing(tmp_path: Path) -> None:
    images, found = images_and_found(tmp_path, "L")
    marked = [own[:NUM_MARKED] for own in found]

    config, probable = with_brightness(CONFIG, images, marked)

    assert config.brightness is None
    assert probable == marked


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_weighed_in__model_without_brightness__changes_nothing(tmp_path: Path, mode: str) -> None:
    (image, *_), (own, *_) = images_and_found(tmp_path, mode)
    pixels = np.atleast_3d(np.asarray(Image.open(image.path))).transpose(2, 0, 1)

    assert weighed_in(pixels, pixels, own, CONFIG) is own
