"""Tests for `gapjunction.dataset.masks`."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction.dataset import masks
from gapjunction.dataset.masks import COLOR_TOLERANCE, read_mask
from gapjunction.errors import ImageError
from gapjunction.images import memory

CLASSES = {"round": "#40F080", "oval": "#FF00AA"}
COLORS = ((0x40, 0xF0, 0x80), (0xFF, 0x00, 0xAA))
TRANSPARENT, BLACK, ROUND, OVAL = (9, 9, 9, 0), (0, 0, 0, 255), (*COLORS[0], 255), (*COLORS[1], 9)


def save(path: Path, pixels: Any, mode: str | None = None, **options: Any) -> Path:
    picture = Image.fromarray(np.asarray(pixels, np.uint8))
    (picture if mode is None else picture.convert(mode)).save(path, **options)
    return path


def read(path: Path) -> list[list[int]]:
    rows: list[list[int]] = read_mask(path, CLASSES).classes.tolist()
    return rows


def paint(numbers: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
    """Return an RGBA mask (H, W, 4) of class numbers."""
    colors = np.array([(0, 0, 0, 0), (*COLORS[0], 255), (*COLORS[1], 255)], np.uint8)
    pixels: NDArray[np.uint8] = colors[numbers]
    return pixels


@pytest.mark.parametrize(("name", "options"), [("a.png", {}), ("a.webp", {"lossless": True})])
def test_read_mask__colors__are_classes_and_transparent_is_background(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    path = save(tmp_path / name, [[TRANSPARENT, ROUND], [OVAL, BLACK]], exact=True, **options)
    assert read(path) == [[0, 1], [2, 0]]


def test_read_mask__colors_without_alpha__have_black_background(tmp_path: Path) -> None:
    assert read(save(tmp_path / "a.png", [[(0, 0, 0), COLORS[0], (10, 10, 10)]])) == [[0, 1, 0]]


def test_read_mask__class_in_black__goes_before_black_background(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[BLACK, TRANSPARENT]])
    assert read_mask(path, {"shadow": "#000000"}).classes.tolist() == [[1, 0]]


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1, 1])
def test_read_mask__color__may_differ_by_the_tolerance_and_no_more(
    tmp_path: Path, channel: int, sign: int
) -> None:
    color = np.array([[COLORS[0]]])
    color[..., channel] += sign * COLOR_TOLERANCE
    assert read(save(tmp_path / "a.png", color)) == [[1]]
    color[..., channel] += sign
    with pytest.raises(ImageError, match=r"pixel x 0, y 0: expected a class's color"):
        read(save(tmp_path / "a.png", color))


def test_read_mask__colors_of_two_classes_near_one_another__the_nearest_is_taken(
    tmp_path: Path,
) -> None:
    path = save(tmp_path / "a.png", [[(100, 0, 0), (103, 0, 0), (105, 0, 0), (112, 0, 0)]])
    found = read_mask(path, {"dark": "#640000", "light": "#6A0000"})  # red 100 and 106
    assert found.classes.tolist() == [[1, 1, 2, 2]]


def test_read_mask__unknown_color__is_named_with_its_first_pixel(tmp_path: Path) -> None:
    unknown = (1, 200, 255, 255)
    path = save(tmp_path / "a.png", [[ROUND, TRANSPARENT], [OVAL, unknown]])
    with pytest.raises(ImageError, match=r"x 1, y 1: .* found #01C8FF there, and 1 of 3 colored"):
        read(path)


def test_read_mask__strips__give_what_one_pass_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(0).integers(0, 3, (11, 7))
    path = save(tmp_path / "a.png", paint(numbers))
    monkeypatch.setattr(masks, "PIXELS_PER_STRIP", 14)
    assert read(path) == numbers.tolist()


def test_read_mask__lossy_large_objects__lose_only_edges_and_say_how_many(tmp_path: Path) -> None:
    numbers = np.zeros((96, 96), np.int64)
    numbers[16:48, 16:80], numbers[48:80, 16:80] = 1, 2
    found = read_mask(save(tmp_path / "a.webp", paint(numbers), quality=85), CLASSES)
    is_wrong = found.classes != numbers
    assert 0 < found.num_unknown_px == is_wrong.sum() < 0.2 * (numbers > 0).sum()
    assert not found.classes[is_wrong].any()


def test_read_mask__lossy_and_most_of_it_unknown__is_refused(tmp_path: Path) -> None:
    pixels = np.full((32, 32, 3), (0, 0, 255))
    with pytest.raises(ImageError, match="of 1,024 colored pixels of no class"):
        read(save(tmp_path / "a.webp", pixels, quality=85))


@pytest.mark.parametrize("mode", ["L", "P"])
def test_read_mask__grey_or_palette__holds_the_numbers(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8))
    if mode == "P":
        picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])  # as in PASCAL VOC
    picture.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as saved:
        assert saved.mode == mode
    assert read(tmp_path / "a.png") == [[0, 1], [2, 1]]


def test_read_mask__grey_of_16_or_1_bits__holds_the_numbers(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 2]], np.uint16)).save(tmp_path / "deep.png")
    save(tmp_path / "flat.png", [[0, 255]], "1")
    assert (read(tmp_path / "deep.png"), read(tmp_path / "flat.png")) == ([[0, 2]], [[0, 1]])


def test_read_mask__palette_in_the_order_of_the_classes__is_read_either_way(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    picture.putpalette([0, 0, 0, *COLORS[0], *COLORS[1]])
    picture.save(tmp_path / "a.png", transparency=0)
    assert read(tmp_path / "a.png") == [[0, 1, 2]]


def test_read_mask__palette_in_another_order__is_refused_not_swapped(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    picture.putpalette([*COLORS[0], 0, 0, 0, *COLORS[1]])
    picture.save(tmp_path / "a.png", transparency=1)
    with pytest.raises(ImageError, match=r"index 0 in the color of round \(1\); save it as RGBA"):
        read(tmp_path / "a.png")


def test_read_mask__index_of_no_class__is_named_with_its_pixel(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[0, 1], [255, 0]])
    words = r"x 0, y 1: expected class indices \(0 background, 1 round, 2 oval\), found 255"
    with pytest.raises(ImageError, match=words):
        read(path)


@pytest.mark.parametrize(
    ("name", "mode", "words"),
    [
        ("a.jpg", "RGB", r"found \.jpg; save it as PNG"),
        ("a.tif", "L", r"found \.tif; save it as PNG"),
        ("a.png", "LA", "PNG of mode LA"),
    ],
)
def test_read_mask__unsuitable_format__is_refused(
    tmp_path: Path, name: str, mode: str, words: str
) -> None:
    with pytest.raises(ImageError, match=words):
        read(save(tmp_path / name, [[0]], mode))


def test_read_mask__jpeg_called_png__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="JPEG of mode L"):
        read(save(tmp_path / "a.png", [[0]], format="JPEG"))


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
@pytest.mark.parametrize("keep", [0, 1, 20, 60])
def test_read_mask__cut_short__is_one_line_that_names_the_file(
    tmp_path: Path, name: str, keep: int
) -> None:
    pixels = paint(np.random.default_rng(0).integers(0, 3, (30, 30)))
    path = save(tmp_path / name, pixels)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ImageError, match=name) as caught:
        read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1"])
def test_read_mask__png_with_fewer_rows_than_it_says__is_cut_short(
    tmp_path: Path, mode: str
) -> None:
    path = save(tmp_path / "a.png", np.zeros((9, 8)), mode)
    content = bytearray(path.read_bytes())
    content[20:24] = struct.pack(">I", 10)  # the height
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    with pytest.raises(ImageError, match="cut short"):
        read_mask(path, CLASSES)


def test_read_mask__png_larger_than_memory__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.png", [[0, 1]])
    monkeypatch.setattr(memory, "free_bytes", lambda: 1)
    with pytest.raises(ImageError, match="fits into memory"):
        read_mask(path, CLASSES)


def test_read_mask__missing__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No such file"):
        read(tmp_path / "a.png")
