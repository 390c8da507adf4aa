"""Tests for `gapjunction.images.picture_scene`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images import picture_scene as module
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.picture_scene import picture_scene
from gapjunction.images.pictures import read_picture
from microscope_samples import stack


def scene_of(path: Path) -> MicroscopeScene:
    with path.open("rb") as stream:
        return picture_scene(path, stream)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P", "RGB", "RGBA"])
def test_picture_scene__every_kind_of_png__promises_what_it_gives(
    tmp_path: Path, mode: str
) -> None:
    deep = Image.fromarray(stack(5, 7))
    flat = Image.fromarray(stack(5, 7, 3).astype(np.uint8))
    (deep if mode == "I;16" else flat.convert(mode)).save(tmp_path / "a.png")
    image = read_picture(tmp_path / "a.png")
    scene = scene_of(tmp_path / "a.png")
    assert (len(scene.channel_names), scene.height, scene.width) == image.shape
    assert scene.dtype == image.dtype
    for channel, plane in enumerate(image):
        np.testing.assert_array_equal(scene.read_plane(0, 0, channel), plane)


def test_picture_scene__header_alone__decodes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(stack(5, 7, 3).astype(np.uint8)).save(tmp_path / "a.webp")
    monkeypatch.delattr(module, "read_picture")
    assert scene_of(tmp_path / "a.webp").channel_names == ("red", "green", "blue")


def test_picture_scene__no_picture__says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(ImageError, match="begins with b'hello'"):
        scene_of(tmp_path / "a.png")
