"""Tests for `gapjunction.runs.channel`."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from channel_pictures import noise, spots, stained, with_spots
from gapjunction.dataset.coco import CocoImage
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.runs.channel import LearntChannels, learnt_channels


def annotated(folder: Path, images: Mapping[str, NDArray[np.uint8]]) -> list[CocoImage]:
    """Write an image for each asset, with boxes at the first 20 spots."""
    planned = []
    for asset, image in images.items():
        path = folder / f"{asset}.png"
        pixels = image[0] if len(image) == 1 else np.moveaxis(image, 0, -1)
        Image.fromarray(pixels).save(path)
        labels = np.zeros(20, np.int64)
        source = AnnotatedImage(path, 128, 128, spots(20), labels)
        planned.append(
            CocoImage("d", asset, source, "train", path.name, spots(20), labels, 0, False)
        )
    return planned


def channels_of(learnt: LearntChannels) -> dict[str, int]:
    return {path.stem: channel.index for path, channel in learnt.of_image.items()}


def test_learnt_channels__nothing_said__is_where_the_boxes_stand_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    learnt = learnt_channels(annotated(tmp_path, {"a": stained(1), "b": stained(1)}), ())
    assert channels_of(learnt) == {"a": 1, "b": 1}
    assert learnt.names == ("green",)
    (line,) = [record.getMessage() for record in caplog.records]
    assert "are learnt from in channel green (boxes stand out by: red" in line


def test_learnt_channels__two_stainings__has_a_channel_for_each_and_no_name(
    tmp_path: Path,
) -> None:
    learnt = learnt_channels(annotated(tmp_path, {"a": stained(0), "b": stained(2)}), ())
    assert channels_of(learnt) == {"a": 0, "b": 2}
    assert learnt.names == ()


def test_learnt_channels__stain_of_a_mixed_color__is_the_largest_share_of_all_assets(
    tmp_path: Path,
) -> None:
    pure, mixed = stained(1), with_spots(stained(1), spots(20), 0, light=75)
    learnt = learnt_channels(annotated(tmp_path, {"a": pure, "b": mixed}), ())
    shares = {path.stem: channel.stain for path, channel in learnt.of_image.items()}
    assert shares["a"] == pytest.approx((0, 1, 0), abs=0.1)
    assert shares["b"] == pytest.approx((0.5, 1, 0), abs=0.1)
    assert learnt.stain == pytest.approx((0.5, 1, 0), abs=0.1)


def test_learnt_channels__asked_for__counts_all_that_is_in_the_channel(tmp_path: Path) -> None:
    learnt = learnt_channels(annotated(tmp_path, {"a": stained(1)}), ("green",))
    assert [channel.stain for channel in learnt.of_image.values()] == [None]
    assert learnt.stain is None


def test_learnt_channels__grey_images__have_nothing_to_choose(tmp_path: Path) -> None:
    grey = stained(1)[1:2]
    images = annotated(tmp_path, {"a": grey, "b": np.repeat(grey, 3, axis=0)})
    assert learnt_channels(images, ()) == LearntChannels({}, ())


def test_learnt_channels__much_shines_in_all_channels__is_color(tmp_path: Path) -> None:
    image = with_spots(noise(), spots(20), 1)
    for channel in range(3):
        image = with_spots(image, spots(5, first=20), channel, light=200)
    learnt = learnt_channels(annotated(tmp_path, {"a": image}), ())
    assert learnt == LearntChannels({}, ALL_CHANNELS)


@pytest.mark.parametrize("asked", ["blue", "3"])
def test_learnt_channels__asked_for__is_taken_beside_grey_images(
    tmp_path: Path, asked: str
) -> None:
    images = annotated(tmp_path, {"a": stained(1), "grey": stained(1)[1:2]})
    assert channels_of(learnt_channels(images, (asked,))) == {"a": 2}


def test_learnt_channels__all__is_color(tmp_path: Path) -> None:
    images = annotated(tmp_path, {"a": stained(1)})
    assert learnt_channels(images, ALL_CHANNELS) == LearntChannels({}, ALL_CHANNELS)


def test_learnt_channels__unknown_one__lists_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"1 red, 2 green, 3 blue"):
        learnt_channels(annotated(tmp_path, {"a": stained(1)}), ("Cx43",))


def test_learnt_channels__several__are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="one channel to train on"):
        learnt_channels(annotated(tmp_path, {"a": stained(1)}), ("red", "green"))
