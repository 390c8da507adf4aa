"""The images that a choice of planes makes of a file: one, or one of each scene or slice."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.plane_choice import (
    ALL_SCENES,
    ALL_SLICES,
    PlaneChoice,
    choose_scene,
    split_scenes,
    split_slices,
)


class ChosenImage(NamedTuple):
    """One of the images that a choice means.

    Attributes:
        scene: the name of its scene; empty where it is the only one.
        choice: what makes this image alone.
        slice_number: where each slice is an image, its number from 1.
    """

    scene: str
    choice: PlaneChoice
    slice_number: int | None = None

    @property
    def name(self) -> str:
        """What tells it from the other images of its file; empty where there is no other."""
        place = "" if self.slice_number is None else f"Z{self.slice_number:03d}"
        return "_".join(filter(None, (self.scene, place)))


def chosen_images(path: Path, choice: PlaneChoice) -> list[ChosenImage]:
    """Return the images that a choice means: one or, for all scenes or slices, each of them.

    A scene without a name of its own is called by its number. The name of the only one is empty.

    Raises:
        ImageError: if the file cannot be opened, or needs to be told which scene is meant.
    """
    if choice.scene != ALL_SCENES and choice.z != ALL_SLICES:
        return [ChosenImage("", choice)]
    with opened_scenes(path) as scenes:
        names = _names_of(scenes)
        found = []
        for number, own in enumerate(split_scenes(len(scenes), choice)):
            scene = choose_scene(scenes, own, path)
            name = names[number] if choice.scene == ALL_SCENES and len(scenes) > 1 else ""
            slices = split_slices(scene.num_slices, own)
            found += [ChosenImage(name, each, place) for place, each in slices]
    return found


def _names_of(scenes: Sequence[MicroscopeScene]) -> list[str]:
    """Return the names of scenes, their numbers where they have no names of their own."""
    names = [scene.name for scene in scenes]
    is_unique = len({name for name in names if name}) == len(names)
    return names if is_unique else [str(number) for number in range(1, len(names) + 1)]
