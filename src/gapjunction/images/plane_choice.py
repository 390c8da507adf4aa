"""Which planes of a microscope file make the image; no axis is ever guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gapjunction.choices import ZAxis
from gapjunction.errors import ImageError
from gapjunction.images.microscope_scene import RGB_NAMES, MicroscopeScene, listed_names
from gapjunction.text import normalized

Projection = Literal["max", "mean"]

ALL_SCENES = "all"
ALL_SLICES = "all"  # each is an image
ALL_CHANNELS = ("all",)  # color as it is
MAX_CHANNELS = 3  # a detector sees red, green and blue
CHANNEL_FIX = "a channel by number or name, or up to three for red, green and blue"
SLICES_FIX = "slices by max, mean, 5 (one slice), 3-7 (the maximum of some) or all (each)"
SHOWN = 20  # names in one line of error
_SLICES = re.compile(r"(?:(max|mean)(?::|$))?(?:(\d+)(?:-(\d+))?)?")


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """What a user said; all numbers count from 1.

    Attributes:
        channels: names or numbers, or "all"; the image has them in this order.
        z: "5", "3-7", "max", "mean", "max:3-7" or "mean:3-7"; "3-7" means "max:3-7"; "all" makes
            an image of each slice.
        time: one time point.
        scene: a name, a number, or "all".
        z_axis: the axis whose planes are slices; many programs write them as times or channels.
    """

    channels: tuple[str, ...] = ()
    z: str | None = None
    time: int | None = None
    scene: str | None = None
    z_axis: ZAxis = "z"

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was said."""
        return self == NOTHING_CHOSEN


NOTHING_CHOSEN = PlaneChoice()


@dataclass(frozen=True, slots=True)
class ChosenPlanes:
    """Planes of a scene, counted from 0; several slices become one by `projection`."""

    channels: tuple[int, ...]
    slices: range
    projection: Projection
    time: int


def choose_scene(
    scenes: Sequence[MicroscopeScene], choice: PlaneChoice, path: Path
) -> MicroscopeScene:
    """Return the scene that was asked for, or the only one, with the slices along z.

    Raises:
        ImageError: if there are several and none was named, or there is no such scene.
    """
    if len(scenes) == 1 and choice.scene in (None, ALL_SCENES):
        return with_slices_along(scenes[0], choice.z_axis)
    names = tuple(scene.name for scene in scenes)
    if choice.scene is None or choice.scene == ALL_SCENES:
        raise ImageError(
            path,
            expected="one scene",
            found=f"{len(scenes)}: {_shown(names)}",
            fix=f"choose a scene by number or name, or {ALL_SCENES}",
            settings=("scene",),
        )
    scene = scenes[_index_of(choice.scene, names, "scene", path)]
    return with_slices_along(scene, choice.z_axis)


def with_slices_along(scene: MicroscopeScene, axis: ZAxis) -> MicroscopeScene:
    """Return a scene whose times or channels are slices, and the other way round.

    One with a single plane along that axis, or whose channels are the colors of a picture, stays.
    Of the others, planes are read whole.
    """
    read, num_slices = scene.read_plane, scene.num_slices
    if axis == "time" and scene.num_times > 1:
        return replace(
            scene,
            num_slices=scene.num_times,
            num_times=num_slices,
            read_plane=lambda time, place, channel: read(place, time, channel),
            z_step_um=None,
            levels=(),
        )
    if axis == "channel" and len(scene.channel_names) > 1 and scene.channel_names != RGB_NAMES:
        return replace(
            scene,
            num_slices=len(scene.channel_names),
            channel_names=("",) * num_slices,
            is_color=False,
            read_plane=lambda time, place, channel: read(time, channel, place),
            z_step_um=None,
            levels=(),
        )
    return scene


def split_scenes(num_scenes: int, choice: PlaneChoice) -> list[PlaneChoice]:
    """Return a choice for each of the images it means: one, or for "all" one for each scene."""
    if choice.scene != ALL_SCENES:
        return [choice]
    if num_scenes == 1:
        return [replace(choice, scene=None)]
    return [replace(choice, scene=str(number)) for number in range(1, num_scenes + 1)]


def split_slices(num_slices: int, choice: PlaneChoice) -> list[tuple[int | None, PlaneChoice]]:
    """Return a choice for each image of a scene it means, with the number of its slice, from 1.

    One without a number, or for "all" one for each slice.
    """
    if choice.z != ALL_SLICES:
        return [(None, choice)]
    if num_slices == 1:
        return [(None, replace(choice, z=None))]
    return [(number, replace(choice, z=str(number))) for number in range(1, num_slices + 1)]


def choose_planes(scene: MicroscopeScene, choice: PlaneChoice, path: Path) -> ChosenPlanes:
    """Return the planes that make the image.

    Raises:
        ImageError: if an axis has several planes and nothing was said of it, or if what was said
            is not there.
    """
    _refuse_open_axes(scene, choice, path)
    slices, projection = _choose_slices(scene, choice.z, path)
    time = _choose_time(scene, choice.time, path)
    return ChosenPlanes(_choose_channels(scene, choice.channels, path), slices, projection, time)


def _refuse_open_axes(scene: MicroscopeScene, choice: PlaneChoice, path: Path) -> None:
    """Refuse a scene with several planes along axes of which nothing was said, all in one line."""
    names = scene.channel_names
    there, to_choose, settings = [], [], []
    if len(names) > 1 and not scene.is_color and not choice.channels:
        there.append(f"{len(names)} channels ({_shown(names)})")
        to_choose.append(CHANNEL_FIX)
        settings.append("channel")
    if scene.num_slices > 1 and choice.z is None:
        there.append(f"{scene.num_slices} slices along z")
        to_choose.append(SLICES_FIX)
        settings.append("z")
    if scene.num_times > 1 and choice.time is None:
        there.append(f"{scene.num_times} time points")
        is_all_there_is = scene.num_slices == 1
        to_choose.append(f"a time by number{', or z_axis time for slices' * is_all_there_is}")
        settings += ["time", *(["z_axis"] if is_all_there_is else [])]
    if there:
        raise ImageError(
            path,
            expected="one plane, or to be told which",
            found=" and ".join(there),
            fix=f"choose {' and '.join(to_choose)}",
            settings=tuple(settings),
        )


def _choose_channels(scene: MicroscopeScene, asked: Sequence[str], path: Path) -> tuple[int, ...]:
    """Return the places of the channels asked for.

    A single channel without a name of its own is taken whatever is asked, as a grey image may be
    among images in color.
    """
    names = scene.channel_names
    if not asked or names == ("",):
        return tuple(range(len(names)))
    is_all = tuple(asked) == ALL_CHANNELS
    if (len(names) if is_all else len(asked)) > MAX_CHANNELS:
        raise ImageError(
            path,
            expected=f"at most {MAX_CHANNELS} channels to show as red, green and blue",
            found=f"{len(names)}: {_shown(names)}" if is_all else f"{len(asked)}",
            fix="leave out the channels that the detector need not see",
        )
    if is_all:
        return tuple(range(len(names)))
    return tuple(index_of_channel(each, names, path) for each in asked)


def _choose_slices(
    scene: MicroscopeScene, asked: str | None, path: Path
) -> tuple[range, Projection]:
    count = scene.num_slices
    if asked is None:
        return range(count), "max"
    if asked == ALL_SLICES:
        raise ImageError(
            path,
            item=f"z {asked}",
            expected="one image",
            found=f"{count} slices",
            fix="choose a slice, or several to project",
            settings=("z",),
        )
    parts = _SLICES.fullmatch(asked.strip().lower())
    if parts is None or not asked.strip():
        raise ImageError(
            path,
            item=f"z {asked}",
            expected="max, mean, a slice as 5, a range as 3-7, both as mean:3-7, or all",
            found=repr(asked),
            fix="correct it",
            settings=("z",),
        )
    how, first, last = parts.groups()
    start = 1 if first is None else int(first)
    end = int(last) if last else (count if first is None else start)
    if not 1 <= start <= end <= count:
        raise ImageError(
            path,
            item=f"z {asked}",
            expected=f"slices from 1 to {count}, the lower one first",
            found=asked,
            fix="correct it",
            settings=("z",),
        )
    return range(start - 1, end), "mean" if how == "mean" else "max"


def _choose_time(scene: MicroscopeScene, asked: int | None, path: Path) -> int:
    time = 1 if asked is None else asked
    if not 1 <= time <= scene.num_times:
        raise ImageError(
            path,
            item=f"time {asked}",
            expected=f"a number from 1 to {scene.num_times}",
            found=str(asked),
            fix="correct it",
            settings=("time",),
        )
    return time - 1


def index_of_channel(asked: str, names: Sequence[str], path: Path) -> int:
    """Return the place of a channel, by its name or number from 1.

    Raises:
        ImageError: if there is no such channel, or several of that name.
    """
    return _index_of(asked, names, "channel", path)


def _index_of(asked: str, names: Sequence[str], kind: str, path: Path) -> int:
    """Return the place of a name or number; a number of a place that exists is never a name."""
    text = normalized(asked.strip())
    if text.isdecimal() and 1 <= int(text) <= len(names):
        return int(text) - 1
    for plain in (normalized, _caseless):
        found = [place for place, name in enumerate(names) if plain(name) == plain(text) != ""]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise ImageError(
        path,
        item=f"{kind} {asked}",
        expected=f"one of {len(names)} {kind}s ({_shown(names)})",
        found=f"{len(found)} of that name" if found else "none of that name",
        fix="choose one of these numbers or names",
        settings=(kind,),
    )


def _caseless(name: str) -> str:
    return normalized(name).strip().casefold()


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(listed_names(tuple(names[:SHOWN])))
    return f"{shown}, ..." if len(names) > SHOWN else shown
