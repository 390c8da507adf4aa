"""Tests for `gapjunction.commands.predict.alignment`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from channel_pictures import noise, spots, with_spots
from gapjunction.commands.predict.alignment import SecondChannel
from gapjunction.dataset.names import ImageOrigin
from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.measurement.channel_shift import ChannelShift
from gapjunction.prediction.listed_image import ListedImage


def listed(tmp_path: Path, *channels: str) -> ListedImage:
    origin = ImageOrigin("", "", tmp_path / "rat.ome.tif")
    return ListedImage(origin, "rat", choice=PlaneChoice(channels=channels))


def write_beads(tmp_path: Path, second: np.ndarray) -> str:
    first = with_spots(noise(channels=1), spots(10), 0)[0]
    path = tmp_path / "beads.ome.tif"
    names = {"Name": ["Cx43", "GFAP"]}
    planes = np.stack([first, second if second.any() else np.roll(first, (2, -3), (0, 1))])
    tifffile.imwrite(path, planes, metadata={"axes": "CYX", "Channel": names})
    return str(path)


def test_shift_of__stated__is_that_of_all_images(tmp_path: Path) -> None:
    alignment = SecondChannel.of("GFAP", "1.5,-0.3")
    assert alignment.shift_of(listed(tmp_path, "Cx43")) == ChannelShift(1.5, -0.3)


def test_shift_of__nothing_said__is_none(tmp_path: Path) -> None:
    assert SecondChannel.of("GFAP", None).shift_of(listed(tmp_path, "Cx43")) is None


def test_shift_of__beads__is_what_they_show(tmp_path: Path) -> None:
    beads = write_beads(tmp_path, np.zeros(1))
    shift = SecondChannel.of("GFAP", beads).shift_of(listed(tmp_path, "Cx43"))
    assert shift is not None
    assert (shift.x, shift.y) == pytest.approx((-3, 2), abs=0.1)


def test_shift_of__beads_in_one_channel_alone__is_an_error(tmp_path: Path) -> None:
    beads = write_beads(tmp_path, noise(channels=2)[1])
    with pytest.raises(ImageError, match="seen in channels Cx43 and GFAP"):
        SecondChannel.of("GFAP", beads).shift_of(listed(tmp_path, "Cx43"))


def test_shift_of__plaques_of_several_channels__is_an_error(tmp_path: Path) -> None:
    beads = write_beads(tmp_path, np.zeros(1))
    with pytest.raises(ImageError, match="plaques found in one channel"):
        SecondChannel.of("GFAP", beads).shift_of(listed(tmp_path, "Cx43", "DAPI"))


@pytest.mark.parametrize(
    ("align", "second", "message"),
    [("1,2", None, "--second_channel with it"), ("gone.tif", "GFAP", "a shift in pixels")],
)
def test_of__what_does_not_go__is_an_error(align: str, second: str | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SecondChannel.of(second, align)
