"""Tests for `gapjunction.images.plane_choice`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gapjunction.choices import ZAxis
from gapjunction.errors import ImageError
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.plane_choice import (
    ALL_CHANNELS,
    NOTHING_CHOSEN,
    ChosenPlanes,
    PlaneChoice,
    choose_planes,
    choose_scene,
    split_scenes,
    with_slices_along,
)

FILE = Path("a.czi")


def scene(
    *names: str, slices: int = 1, times: int = 1, is_color: bool = False, name: str = ""
) -> MicroscopeScene:
    return MicroscopeScene(
        name=name,
        channel_names=names or ("",),
        num_slices=slices,
        num_times=times,
        height=2,
        width=2,
        dtype=np.dtype(np.uint16),
        um_per_px=None,
        is_color=is_color,
        read_plane=lambda *_: np.zeros((2, 2), np.uint16),
    )


def test_choose_planes__single_plane__needs_no_choice() -> None:
    planes = choose_planes(scene(), NOTHING_CHOSEN, FILE)
    assert planes == ChosenPlanes((0,), range(1), "max", 0)


def numbered(*names: str, slices: int, times: int) -> MicroscopeScene:
    """Return a scene of planes of 100 times their time, 10 times their slice, and their channel."""
    return replace(
        scene(*names, slices=slices, times=times),
        read_plane=lambda t, z, c: np.full((2, 2), 100 * t + 10 * z + c, np.uint16),
        z_step_um=0.5,
    )


def test_with_slices_along__times__are_slices_then() -> None:
    turned = with_slices_along(numbered("a", "b", slices=1, times=7), "time")
    assert (turned.num_slices, turned.num_times, turned.channel_names) == (7, 1, ("a", "b"))
    assert turned.read_plane(0, 6, 1)[0, 0] == 601
    assert turned.z_step_um is None


def test_with_slices_along__channels__are_slices_then() -> None:
    turned = with_slices_along(numbered("a", "b", "c", slices=1, times=2), "channel")
    assert (turned.num_slices, turned.num_times, turned.channel_names) == (3, 2, ("",))
    assert turned.read_plane(1, 2, 0)[0, 0] == 102


@pytest.mark.parametrize("axis", ["z", "time", "channel"])
def test_with_slices_along__single_planes_or_colors__stay(axis: ZAxis) -> None:
    stack = numbered(slices=4, times=1)
    colors = scene("red", "green", "blue", is_color=True)
    assert with_slices_along(stack, axis) is stack
    assert with_slices_along(colors, axis) is colors


def test_choose_planes__times_only__names_the_option_for_slices() -> None:
    with pytest.raises(ImageError, match="7 time points; choose a time by number, or z_axis time"):
        choose_planes(scene(times=7), NOTHING_CHOSEN, FILE)


def test_choose_planes__colors__need_no_choice() -> None:
    planes = choose_planes(scene("red", "green", "blue", is_color=True), NOTHING_CHOSEN, FILE)
    assert planes.channels == (0, 1, 2)


def test_choose_planes__nothing_said__lists_every_open_axis_and_what_to_type() -> None:
    with pytest.raises(ImageError) as caught:
        choose_planes(scene("DAPI", "", slices=7, times=2), NOTHING_CHOSEN, FILE)
    text = str(caught.value)
    assert "2 channels (1 DAPI, 2) and 7 slices along z and 2 time points" in text
    assert all(part in text for part in ("a channel by", "slices by max", "a time by"))
    assert "\n" not in text


@pytest.mark.parametrize(
    ("asked", "slices", "projection"),
    [
        ("max", range(7), "max"),
        ("mean", range(7), "mean"),
        ("5", range(4, 5), "max"),
        ("3-7", range(2, 7), "max"),
        ("max:2-3", range(1, 3), "max"),
        ("Mean:2-3", range(1, 3), "mean"),
        ("1-7", range(7), "max"),
    ],
)
def test_choose_planes__z__counts_from_1_and_includes_both_ends(
    asked: str, slices: range, projection: str
) -> None:
    planes = choose_planes(scene(slices=7), PlaneChoice(z=asked), FILE)
    assert (planes.slices, planes.projection) == (slices, projection)


@pytest.mark.parametrize("asked", ["0", "8", "5-8", "4-2", "", "min", "3-", "-3", "1,2", "2.5"])
def test_choose_planes__impossible_z__is_refused(asked: str) -> None:
    with pytest.raises(ImageError, match=r"a\.czi: z "):
        choose_planes(scene(slices=7), PlaneChoice(z=asked), FILE)


@pytest.mark.parametrize("asked", ["2", "cx43", " Cx43 "])
def test_choose_planes__channel_by_name_or_number__is_found(asked: str) -> None:
    planes = choose_planes(scene("DAPI", "Cx43"), PlaneChoice(channels=(asked,)), FILE)
    assert planes.channels == (1,)


def test_choose_planes__several_channels__keep_the_order_asked_for() -> None:
    choice = PlaneChoice(channels=("3", "a"))
    assert choose_planes(scene("a", "b", "c"), choice, FILE).channels == (2, 0)


def test_choose_planes__names_that_differ_in_case__are_told_apart() -> None:
    choice = PlaneChoice(channels=("gfp",))
    assert choose_planes(scene("GFP", "gfp"), choice, FILE).channels == (1,)


def test_choose_planes__number_that_is_also_a_name__is_the_number() -> None:
    choice = PlaneChoice(channels=("2",))
    assert choose_planes(scene("2", "1"), choice, FILE).channels == (1,)


@pytest.mark.parametrize(
    ("names", "asked", "message"),
    [
        (("DAPI", "Cx43"), "GFAP", r"2 channels \(1 DAPI, 2 Cx43\), found none of that name"),
        (("DAPI", "Cx43"), "3", "none of that name"),
        (("DAPI", "Cx43"), "0", "none of that name"),
        (("x", "x"), "x", "found 2 of that name"),
        (("", ""), "", "none of that name"),
    ],
)
def test_choose_planes__channel_that_is_not_there__lists_what_is(
    names: tuple[str, ...], asked: str, message: str
) -> None:
    with pytest.raises(ImageError, match=message):
        choose_planes(scene(*names), PlaneChoice(channels=(asked,)), FILE)


def test_choose_planes__four_channels__are_too_many() -> None:
    with pytest.raises(ImageError, match="at most 3 channels"):
        choose_planes(scene(*"abcd"), PlaneChoice(channels=("1", "2", "3", "4")), FILE)


@pytest.mark.parametrize("asked", [0, 3])
def test_choose_planes__time_out_of_range__is_refused(asked: int) -> None:
    with pytest.raises(ImageError, match="a number from 1 to 2"):
        choose_planes(scene(times=2), PlaneChoice(time=asked), FILE)


def test_choose_scene__several_and_none_named__lists_them() -> None:
    scenes = [scene(name="left"), scene(name="right")]
    with pytest.raises(ImageError, match="found 2: 1 left, 2 right; choose a scene"):
        choose_scene(scenes, NOTHING_CHOSEN, FILE)


def test_choose_scene__by_name__is_found() -> None:
    scenes = [scene(name="left"), scene(name="right")]
    assert choose_scene(scenes, PlaneChoice(scene="Right"), FILE) is scenes[1]


def test_split_scenes__all__gives_one_choice_each() -> None:
    assert [each.scene for each in split_scenes(3, PlaneChoice(scene="all"))] == ["1", "2", "3"]


def test_split_scenes__all_of_one__is_nothing_chosen() -> None:
    assert split_scenes(1, PlaneChoice(scene="all")) == [NOTHING_CHOSEN]


def test_choose_planes__all_channels__are_taken_up_to_three() -> None:
    choice = PlaneChoice(channels=ALL_CHANNELS)
    assert choose_planes(scene("DAPI", "Cx43"), choice, FILE).channels == (0, 1)
    with pytest.raises(ImageError, match="at most 3 channels"):
        choose_planes(scene(*"abcd"), choice, FILE)


@pytest.mark.parametrize("asked", ["green", "2", "all"])
def test_choose_planes__grey_without_a_name__is_taken_whatever_is_asked(asked: str) -> None:
    assert choose_planes(scene(), PlaneChoice(channels=(asked,)), FILE).channels == (0,)


def test_choose_planes__only_channel_has_another_name__is_refused() -> None:
    with pytest.raises(ImageError, match="1 channels \\(1 DAPI\\)"):
        choose_planes(scene("DAPI"), PlaneChoice(channels=("Cx43",)), FILE)
