"""Tests for `gapjunction.commands.convert.config`."""

from pathlib import Path
from typing import Any

import pytest

from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.config import build_config
from gapjunction.errors import ConfigError

IN_AND_OUT = (Path("in"), Path("out"))


def test_convert_config__no_format__is_no_translation() -> None:
    assert ConvertConfig().translation is None


@pytest.mark.parametrize(
    ("settings", "formats"),
    [
        ({"to_format": "yolo"}, ("platform", "yolo")),
        ({"from_format": "yolo"}, ("yolo", "platform")),
        ({"from_format": "yolo", "to_format": "voc"}, ("yolo", "voc")),
    ],
)
def test_convert_config__one_format_or_both__are_a_translation(
    settings: dict[str, Any], formats: tuple[str, str]
) -> None:
    translation = ConvertConfig(data=IN_AND_OUT, **settings).translation
    assert translation is not None
    assert (translation.from_format, translation.to_format) == formats
    assert (translation.source.path, translation.output) == IN_AND_OUT


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"to_format": "yolo"}, "expected two paths, IN and OUT, found 1 (data)"),
        (
            {"to_format": "yolo", "data": (*IN_AND_OUT, Path("more"))},
            "expected two paths, IN and OUT, found 3 (in, out, more)",
        ),
        (
            {"to_format": "yolo", "data": IN_AND_OUT, "seed": 1},
            "--seed: expected neither --from nor --to beside it, found 1",
        ),
        (
            {"to_format": "yolo", "data": IN_AND_OUT, "output": Path("x")},
            "--output: expected neither",
        ),
        ({"accept_predictions": True}, "--accept_predictions: expected --from or --to beside it"),
        ({"images": Path("x")}, "--images: expected --from or --to"),
        ({"to_format": "xls", "data": IN_AND_OUT}, "'platform', 'coco', 'yolo'"),
    ],
)
def test_convert_config__options_that_do_not_go_together__are_refused(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        build_config(ConvertConfig, settings, "command line")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"channel": "2"}, "expected --from or --to beside it"),
        ({"channel": "2", "to_format": "coco"}, "expected --from with another tool's format"),
        ({"z": "max", "from_format": "platform"}, "expected --from with another tool's format"),
        ({"z": "all", "from_format": "coco"}, "the slice or projection .* found all"),
    ],
)
def test_convert_config__planes_that_cannot_be_chosen__are_refused(
    settings: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        ConvertConfig(data=(Path("in"), Path("out")), **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"to_format": "coco", "point_size_px": 6.0}, "--point_size_px: expected --from another"),
        ({"to_format": "coco", "class_name": "zz"}, "--class_name: expected --from another format"),
        ({"from_format": "coco", "first_pixel": 0}, "--first_pixel: expected --from voc beside it"),
        ({"from_format": "coco", "pixel_size_um": 0.1}, "--pixel_size_um: expected --from points"),
    ],
)
def test_convert_config__options_of_other_formats__are_refused(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        ConvertConfig(data=IN_AND_OUT, **settings)


def test_convert_config__options_of_the_format__are_taken() -> None:
    assert ConvertConfig(data=IN_AND_OUT, from_format="voc", first_pixel=0).first_pixel == 0
    points = ConvertConfig(data=IN_AND_OUT, from_format="points", pixel_size_um=0.1, class_name="a")
    assert points.pixel_size_um == 0.1
