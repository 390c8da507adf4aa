"""Tests for `gapjunction.prediction.found_channel`."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from builders import BlobDetector
from channel_pictures import noise, spots, stained, with_spots
from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.detections import Detections
from gapjunction.errors import ImageError
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.channel_decisions import COLOR
from gapjunction.prediction.found_channel import FoundChannels, find_channels
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import Viewer
from microscope_samples import write_ome_tiff

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())
STAINS = {"Channel": {"Name": ["DAPI", "Cx43"]}}


def written(folder: Path, images: Mapping[str, NDArray[np.uint8]]) -> Path:
    folder.mkdir()
    for name, image in images.items():
        Image.fromarray(np.moveaxis(image, 0, -1)).save(folder / f"{name}.png")
    return folder


def listed(source: Path, choice: PlaneChoice | None = None) -> list[ListedImage]:
    selection = ImageSelection(choice=choice or PlaneChoice(), may_find_channel=True)
    return list_images(source, selection, source)


def found_in(
    images: Sequence[ListedImage],
    learnt: tuple[str, ...] = (),
    stain: tuple[float, ...] | None = None,
) -> FoundChannels:
    config = CONFIG.but(channel=learnt, stain=stain)
    viewer = Viewer(BlobDetector(0.75), config, torch.device("cpu"))
    return find_channels(images, viewer, lambda _: (1.0,))


class OnlyInGrey(BlobDetector):
    """Finds nothing where another channel than the first shows anything."""

    def detect(self, tiles: torch.Tensor, min_score: float) -> list[Detections]:
        found = super().detect(tiles, min_score)
        return [own[:0] if tile[1:].any() else own for own, tile in zip(found, tiles, strict=True)]


def shining(num_shining: int) -> NDArray[np.uint8]:
    """Return a picture with 20 puncta in green, some of which are in red as well."""
    return with_spots(with_spots(noise(), spots(20), 1), spots(num_shining), 0)


def test_find_channels__color_pictures__are_taken_from_the_best_and_one_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = written(tmp_path / "a", {"x": stained(2), "y": stained(2)})
    caplog.set_level(logging.INFO)
    found = found_in(listed(folder))
    assert [image.channel for image in found.images] == [2, 2]
    assert [taken.name for taken in found.by_place.values()] == ["blue"]
    (line,) = [record.getMessage() for record in caplog.records]
    assert "2 images with several channels are taken from channel blue (puncta: red" in line
    assert "--channel all takes color as it is" in line


def test_find_channels__grey_beside_color__is_looked_past_and_read_as_grey(
    tmp_path: Path,
) -> None:
    grey = np.repeat(stained(1)[1:2], 3, axis=0)
    red_alone = stained(0) * np.array([1, 0, 0], np.uint8)[:, None, None]
    folder = written(tmp_path / "a", {"a": grey, "b": red_alone, "c": stained(1)})
    images = found_in(listed(folder)).images
    pixels = [image.picture.read() for image in images]
    np.testing.assert_array_equal(pixels[0], grey[:1])
    np.testing.assert_array_equal(pixels[1], red_alone[:1])
    np.testing.assert_array_equal(pixels[2], stained(1)[1:2])


def test_find_channels__single_hue_only__finds_nothing_to_choose(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", {"a": np.repeat(stained(1)[1:2], 3, axis=0)})
    found = found_in(listed(folder))
    assert found.by_place == {}
    assert found.images[0].channel is None


@pytest.mark.parametrize("num_shining", [1, 6])
def test_find_channels__puncta_in_a_second_channel__are_not_in_the_color_of_the_stain(
    tmp_path: Path, num_shining: int
) -> None:
    found = found_in(listed(written(tmp_path / "a", {"a": shining(num_shining)})))
    (image,) = found.images
    assert image.channel == 1
    assert image.stain == pytest.approx((0, 1, 0), abs=0.05)


def test_find_channels__all_that_is_bright_of_one_hue__has_no_channel_to_choose(
    tmp_path: Path,
) -> None:
    found = found_in(listed(written(tmp_path / "a", {"a": shining(0)})))
    assert found.by_place == {}
    assert found.images[0].channel is None


def test_find_channels__far_less_seen_in_color__keeps_color(tmp_path: Path) -> None:
    images = listed(written(tmp_path / "a", {"a": stained(1)}))
    viewer = Viewer(OnlyInGrey(0.75), CONFIG, torch.device("cpu"))
    (image,) = find_channels(images, viewer, lambda _: (1.0,)).images
    assert image.channel is None


def test_find_channels__taken_earlier__is_taken_again_without_looking(tmp_path: Path) -> None:
    images = listed(written(tmp_path / "a", {"a": stained(1)}))
    first = found_in(images)
    blind = Viewer(BlobDetector(2.0), CONFIG, torch.device("cpu"))
    again = find_channels(images, blind, lambda _: (1.0,), first.by_place)
    assert again == first


def without_puncta() -> NDArray[np.uint8]:
    """Return a picture in which red and green fill large parts."""
    image = noise()
    image[0, :64] += np.uint8(100)
    image[1, 64:] += np.uint8(100)
    return image


def test_find_channels__hardly_a_punctum__keeps_color_and_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found = found_in(listed(written(tmp_path / "a", {"a": without_puncta()})))
    assert found.images[0].channel is None
    assert [taken.name for taken in found.by_place.values()] == [COLOR]
    assert "too few to choose by" in caplog.text


def test_find_channels__model_of_a_channel__takes_that_of_its_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found = found_in(listed(written(tmp_path / "a", {"a": stained(2)})), learnt=("green",))
    assert found.images[0].channel == 1
    assert "which the model was trained on" in caplog.text


@pytest.mark.parametrize(("stain", "own"), [((0.1, 1.0, 0.2),) * 2, ((0.1, 1.0), None)])
def test_find_channels__model_that_knows_its_stain__leaves_out_what_shines_elsewhere(
    tmp_path: Path, stain: tuple[float, ...], own: tuple[float, ...] | None
) -> None:
    images = listed(written(tmp_path / "a", {"a": stained(1)}))
    (image,) = found_in(images, learnt=("green",), stain=stain).images
    assert (image.channel, image.stain) == (1, own)


def test_find_channels__model_of_a_channel_that_is_not_there__finds_one(tmp_path: Path) -> None:
    found = found_in(listed(written(tmp_path / "a", {"a": stained(2)})), learnt=("Cx43",))
    assert found.images[0].channel == 2


def test_find_channels__microscope_file__is_taken_from_the_best(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tif", stained(1)[:2], "CYX", **STAINS)
    found = found_in(listed(path))
    assert [taken.name for taken in found.by_place.values()] == ["Cx43"]
    np.testing.assert_array_equal(found.images[0].picture.read(), stained(1)[1:2])


def test_find_channels__microscope_file_with_puncta_in_both__asks(tmp_path: Path) -> None:
    image = with_spots(with_spots(noise(channels=2), spots(20), 0), spots(20), 1)
    path = write_ome_tiff(tmp_path / "a.ome.tif", image, "CYX", **STAINS)
    with pytest.raises(ImageError, match=r"puncta: DAPI \d+, Cx43 \d+\); choose a channel"):
        found_in(listed(path))


def test_find_channels__microscope_file_without_puncta__asks(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tif", noise(channels=2), "CYX", **STAINS)
    with pytest.raises(ImageError, match="choose a channel by number or name"):
        found_in(listed(path))


def test_find_channels__group_with_hardly_a_punctum__follows_others_of_its_channels(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "a", {"full": stained(2), "empty": without_puncta()})
    images = [
        replace(image, origin=replace(image.origin, asset=image.output_name))
        for image in listed(folder)
    ]
    found = found_in(images)
    assert [image.channel for image in found.images] == [2, 2]


def test_find_channels__group_in_which_two_channels_are_alike__follows_the_clear_ones(
    tmp_path: Path,
) -> None:
    unclear = with_spots(with_spots(noise(), spots(13), 0), spots(10, 13), 2)
    folder = written(tmp_path / "a", {"a": stained(2), "b": stained(2), "unclear": unclear})
    images = [
        replace(image, origin=replace(image.origin, asset=image.output_name))
        for image in listed(folder)
    ]

    alone, among_others = found_in(images[2:]), found_in(images)

    assert [image.channel for image in alone.images] == [0]
    assert [image.channel for image in among_others.images] == [2, 2, 2]


def test_find_channels__channel_was_said__changes_nothing(tmp_path: Path) -> None:
    images = listed(written(tmp_path / "a", {"a": stained(2)}), PlaneChoice(channels=("red",)))
    assert found_in(images) == FoundChannels(images, {})
