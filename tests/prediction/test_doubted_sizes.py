"""Tests for `gapjunction.prediction.doubted_sizes`."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from builders import BlobDetector, FarSightedDetector
from gapjunction.dataset.names import ImageOrigin
from gapjunction.images.pictures import write_png
from gapjunction.models.checkpoint import DetectorConfig, PixelSizes
from gapjunction.prediction.doubted_sizes import judge_sizes
from gapjunction.prediction.listed_image import ListedImage, SizeSource
from gapjunction.prediction.shown_size import SizeVerdicts, Viewer

CONFIG = DetectorConfig(
    class_names=("gap_junction",),
    class_colors=("#4EF8FF",),
    pixel_sizes=PixelSizes(finest_um=0.1, coarsest_um=0.2),
)
NOTHING = SizeVerdicts()


@pytest.fixture
def field(tmp_path: Path) -> Path:
    """Return an image of 64 px with nine bright squares."""
    image = np.full((1, 64, 64), 20, np.uint8)
    for y in (6, 26, 46):
        for x in (6, 26, 46):
            image[:, y : y + 5, x : x + 5] = 200
    write_png(tmp_path / "a.png", image)
    return tmp_path / "a.png"


def listed(path: Path, um_per_px: float, source: SizeSource = "file") -> ListedImage:
    return ListedImage(ImageOrigin("", "", path), path.stem, um_per_px, source)


def judged(
    image: ListedImage, detector: BlobDetector, earlier: SizeVerdicts = NOTHING
) -> SizeVerdicts:
    return judge_sizes([image], Viewer(detector, CONFIG, torch.device("cpu")), earlier)


def test_judge_sizes__nothing_seen_enlarged__is_doubted_in_one_line(
    field: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        verdicts = judged(listed(field, 0.8), FarSightedDetector())
    assert verdicts.reason_of_doubt == {0.8: "9 objects are seen without it and 0 with it"}
    (record,) = caplog.records
    assert "a.png: a pixel size of 0.8 um is not believed (9 objects are" in record.getMessage()
    assert "--pixel_size_um 0.8 insists on it" in record.getMessage()


@pytest.mark.parametrize("source", ["file", "dataset"])
def test_judge_sizes__as_much_seen_enlarged__is_believed(field: Path, source: SizeSource) -> None:
    verdicts = judged(listed(field, 0.5, source), BlobDetector())
    assert verdicts == SizeVerdicts(believed_um=frozenset({0.5}))


def test_judge_sizes__next_to_nothing_seen_at_all__is_believed(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", np.zeros((1, 64, 64), np.uint8))
    assert not judged(listed(tmp_path / "a.png", 0.8), FarSightedDetector()).reason_of_doubt


@pytest.mark.parametrize(
    ("um_per_px", "reason"),
    [
        (1.0, "where they know none"),
        (25400 / 300, "no light microscope"),
        (4.0, "the model knows no such"),
    ],
)
def test_judge_sizes__placeholder_of_a_file__is_doubted_unseen(
    um_per_px: float, reason: str
) -> None:
    detector = BlobDetector()
    verdicts = judged(listed(Path("missing.tif"), um_per_px), detector)
    assert reason in verdicts.reason_of_doubt[um_per_px]
    assert not detector.seen_sizes


@pytest.mark.parametrize(
    ("um_per_px", "source"), [(0.15, "file"), (0.02, "file"), (1.0, "user"), (85.0, "dataset")]
)
def test_judge_sizes__known_reduced_stated_or_refused_size__is_not_looked_at(
    um_per_px: float, source: SizeSource
) -> None:
    detector = BlobDetector()
    verdicts = judged(listed(Path("missing.tif"), um_per_px, source), detector)
    assert not verdicts.reason_of_doubt
    assert not detector.seen_sizes


@pytest.mark.parametrize(
    "earlier",
    [SizeVerdicts(believed_um=frozenset({0.8})), SizeVerdicts(reason_of_doubt={0.8: "as before"})],
)
def test_judge_sizes__judged_before__is_not_looked_at_again(
    field: Path, earlier: SizeVerdicts
) -> None:
    detector = FarSightedDetector()
    assert judged(listed(field, 0.8), detector, earlier) == earlier
    assert not detector.seen_sizes
