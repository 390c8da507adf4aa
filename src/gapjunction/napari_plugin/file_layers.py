"""A picture or microscope file as layers: one for each channel of each scene."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.images.memory import refuse_more_than_memory
from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.napari_plugin.image_layers import image_layer
from gapjunction.napari_plugin.layer_data import LayerData, LayerOrigin
from gapjunction.napari_plugin.shown_images import USUAL_CLASS

COLORMAPS = ("green", "magenta", "cyan", "yellow", "red", "blue")


def file_layers(path: Path) -> list[LayerData]:
    """Read a file whole: slices, or else time points, lie behind each other.

    A file with several slices at several times has layers for each time; the first are visible.

    Raises:
        ImageError: if it cannot be read, or does not fit into memory.
    """
    layers: list[LayerData] = []
    with opened_scenes(path) as scenes:
        for number, scene in enumerate(scenes, start=1):
            _require_room(path, scene)
            label = (scene.name or str(number)) if len(scenes) > 1 else ""
            for field in _fields(scene, label):
                for pixels, shown, kind in _layers_of(path, field):
                    is_visible = number == 1 and field.is_first
                    layers.append((pixels, {**shown, "visible": is_visible}, kind))
    return layers


@dataclass(frozen=True, slots=True)
class _Field:
    """What is one layer for each channel: planes (time, z) of a scene."""

    scene: MicroscopeScene
    label: str
    places: Sequence[tuple[int, int]]
    is_first: bool = True

    def read(self, channel: int) -> NDArray[Any]:
        """Return (H, W), or (N, H, W) of several planes."""
        planes = [self.scene.read_plane(time, z, channel) for time, z in self.places]
        return planes[0] if len(planes) == 1 else np.stack(planes)


def _fields(scene: MicroscopeScene, label: str) -> Iterator[_Field]:
    times, slices = range(scene.num_times), range(scene.num_slices)
    if len(times) > 1 and len(slices) > 1:
        for time in times:
            own = f"{label} time {time + 1}".strip()
            yield _Field(scene, own, [(time, z) for z in slices], is_first=time == 0)
    else:
        yield _Field(scene, label, [(time, z) for time in times for z in slices])


def _layers_of(path: Path, field: _Field) -> Iterator[LayerData]:
    scene = field.scene
    origin = _origin(path, field)
    name = f"{path.stem} {field.label}".strip()
    channels = [field.read(channel) for channel in range(len(scene.channel_names))]
    if scene.is_color:
        colors = np.stack(channels, axis=-1)
        sample = colors[0] if origin.is_stacked else colors
        layers = [image_layer(colors, sample, origin, name)]
    else:
        names = _channel_names(scene, name)
        samples = [each[len(each) // 2] if origin.is_stacked else each for each in channels]
        rows = zip(channels, samples, names, strict=True)
        layers = [image_layer(own, sample, origin, label) for own, sample, label in rows]
    for place, (pixels, shown, kind) in enumerate(layers):
        if len(layers) > 1:
            color = COLORMAPS[place % len(COLORMAPS)]
            shown |= {"colormap": color, "blending": "additive"}
        yield pixels, shown, kind


def _channel_names(scene: MicroscopeScene, name: str) -> list[str]:
    """Return a name for each channel's layer: what the file calls it, else its number."""
    if len(scene.channel_names) == 1:
        return [name]
    return [
        f"{name} {own or f'channel {number}'}"
        for number, own in enumerate(scene.channel_names, start=1)
    ]


def _origin(path: Path, field: _Field) -> LayerOrigin:
    scene, num_planes = field.scene, len(field.places)
    is_stack = scene.num_slices > 1
    return LayerOrigin(
        {USUAL_CLASS: CLASS_COLOR},
        (path,) * num_planes,
        um_per_px=scene.um_per_px,
        z_step_um=scene.z_step_um,
        numbers=tuple(range(1, num_planes + 1)) if is_stack else (),
        is_stacked=num_planes > 1,
    )


def _require_room(path: Path, scene: MicroscopeScene) -> None:
    shape = (len(scene.channel_names), scene.num_times, scene.num_slices)
    num_px = prod(shape) * scene.height * scene.width
    refuse_more_than_memory(path, num_px * scene.dtype.itemsize)
