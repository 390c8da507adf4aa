"""Measures every object of an image: its outline, size, shape, place and light."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from gapjunction.boxes import BoxArray, centers
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.measurement.blur import PIXEL_VARIANCE, SIGMA_PER_RESOLUTION, Blur
from gapjunction.measurement.grounds import Image, measure_grounds
from gapjunction.measurement.light import ChannelLight, full_levels, measure_light
from gapjunction.measurement.outlines import (
    Outline,
    Plane,
    draw_outlines,
    gap_px,
    smoothing_for,
)
from gapjunction.measurement.shapes import Shape, shape_of
from gapjunction.measurement.sizes import ToldSize, size_as_seen, sizes_without_blur
from gapjunction.measurement.spots import place_spots

RESOLUTION_UM = 0.25  # Rayleigh's distance for green light and the best objectives
LEAST_RESOLUTION_PX, MOST_RESOLUTION_PX = 1e-4, 100.0  # beyond, a size is in the wrong unit
UNKNOWN_SIGMA_PX = 0.75  # of the microscope's blur, where its size in pixels is not known

FloatArray = NDArray[np.float64]
Point = tuple[float, float]  # x, y


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredObject:
    """An object, in px and grey values; a pixel reaches from i to i + 1.

    Attributes:
        number: its place among the detections, from 1 on.
        box: x0, y0, x1, y1.
        center: x and y: of its outline; of a fitted Gaussian if it is a spot; else of its box.
        outline, shape, told: None where nothing stands out of the background in its box.
        spot_fwhm: of a Gaussian fitted to a spot, blur and all; None where it is more.
        signal_to_noise: its height over the background, per standard deviation of a pixel there;
            None where the background does not vary.
        light: in each channel of the image.
        is_cut: its outline reaches the border of the image.
        nearest: distance between the centers of it and the nearest other object, None without.
    """

    number: int
    label: int
    score: float
    box: tuple[float, float, float, float]
    center: tuple[float, float]
    outline: Outline | None
    shape: Shape | None
    told: ToldSize | None
    spot_fwhm: float | None
    signal_to_noise: float | None
    light: tuple[ChannelLight, ...]
    is_cut: bool
    nearest: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """An image as it is measured.

    Attributes:
        image: grey values (C, H, W).
        plane: (H, W), what outlines are drawn in.
        resolution_px: None where it is not known.
        sigma_px: of the blur of the microscope.
    """

    image: Image
    plane: Plane
    resolution_px: float | None
    sigma_px: float

    @property
    def smoothing_px(self) -> float:
        """The standard deviation to smooth with."""
        return smoothing_for(self.sigma_px)

    @property
    def gap(self) -> int:
        """How far beyond its box an object's own light reaches, in px."""
        return gap_px(self.smoothing_px)


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """What stands out of its ground; attributes as in `MeasuredObject`."""

    outline: Outline
    shape: Shape
    told: ToldSize
    center: Point
    spot_fwhm: float | None = None


def measured_objects(
    image: Image,
    detections: Detections,
    um_per_px: float | None,
    *,
    outlined: Plane | None = None,
    resolution_um: float = RESOLUTION_UM,
) -> list[MeasuredObject]:
    """Return what the object in each box is like, in the order of the detections.

    Args:
        image: grey values of all channels (C, H, W), as the file has them.
        detections: boxes to look in.
        um_per_px: the side of a pixel, None where it is not known.
        outlined: (H, W), what outlines are drawn in; without it the mean of all channels.
        resolution_um: the distance that the microscope resolves (0.61 wavelengths over the
            aperture); no smaller size is told.

    Raises:
        ConfigError: if that is no size of a microscope: below 0.0001 px, or above 100.
    """
    if not len(detections):
        return []
    view = _view(image, um_per_px, outlined, resolution_um)
    boxes = detections.boxes
    own = measure_grounds(view.plane[None], boxes, view.gap)
    standing = _standing(view, boxes, own.level[:, 0])
    middles = [
        each.center if each else middle
        for each, middle in zip(standing, _points(boxes), strict=True)
    ]
    light, nearest, noise = _light(view, boxes, standing), _nearest(middles), own.noise[:, 0]
    return [
        MeasuredObject(
            number=place + 1,
            label=int(detections.labels[place]),
            score=float(detections.scores[place]),
            box=tuple(boxes[place].tolist()),
            center=middles[place],
            outline=each.outline if each else None,
            shape=each.shape if each else None,
            told=each.told if each else None,
            spot_fwhm=each.spot_fwhm if each else None,
            signal_to_noise=_ratio(each.outline.height, noise[place]) if each else None,
            light=light[place],
            is_cut=each is not None and _is_cut(each.outline, view.plane.shape),
            nearest=nearest[place],
        )
        for place, each in enumerate(standing)
    ]


def _view(
    image: Image, um_per_px: float | None, outlined: Plane | None, resolution_um: float
) -> _View:
    plane = image.mean(axis=0, dtype=np.float32) if outlined is None else outlined
    if um_per_px is None:
        return _View(image, plane, None, UNKNOWN_SIGMA_PX)
    resolution_px = resolution_um / um_per_px
    if not LEAST_RESOLUTION_PX <= resolution_px <= MOST_RESOLUTION_PX:
        raise ConfigError(
            f"resolution_um {resolution_um:g}",
            expected=f"{LEAST_RESOLUTION_PX:g} to {MOST_RESOLUTION_PX:g} pixels",
            found=f"{resolution_px:g} pixels of {um_per_px:g} um",
            fix="correct the pixel size (pixel_size_um) or the resolution, both in micrometers",
            settings=("resolution_um", "pixel_size_um"),
        )
    return _View(image, plane, resolution_px, resolution_px * SIGMA_PER_RESOLUTION)


def _standing(view: _View, boxes: BoxArray, ground: FloatArray) -> list[_Standing | None]:
    """Return for each box what stands out of the ground (N,) in it."""
    outlines = draw_outlines(view.plane, boxes, ground, view.smoothing_px)
    places = [place for place, outline in enumerate(outlines) if outline is not None]
    drawn = [outline for outline in outlines if outline is not None]
    shapes = [shape_of(outline.inside, outline.fineness) for outline in drawn]
    told = _told_sizes(view, shapes)
    standing: list[_Standing | None] = [None] * len(boxes)
    for place, outline, shape, size in zip(places, drawn, shapes, told, strict=True):
        x, y = shape.center
        middle = (x + outline.x0, y + outline.y0)
        standing[place] = _Standing(outline, shape, size, middle)
    return _with_spots(view, standing, ground)


def _told_sizes(view: _View, shapes: Sequence[Shape]) -> list[ToldSize]:
    if view.resolution_px is None:
        return [size_as_seen(shape) for shape in shapes]
    blur = Blur.of(view.resolution_px, view.smoothing_px)
    return sizes_without_blur(shapes, blur, view.resolution_px)


def _with_spots(
    view: _View, standing: Sequence[_Standing | None], ground: FloatArray
) -> list[_Standing | None]:
    """Return objects with those that are spots placed by fitted Gaussians."""
    spots = {
        place: each
        for place, each in enumerate(standing)
        if each is not None and each.told.resolved == "none"
    }
    placed = place_spots(
        view.plane,
        [each.outline for each in spots.values()],
        [each.center for each in spots.values()],
        ground[list(spots)],
        float(np.hypot(view.sigma_px, np.sqrt(PIXEL_VARIANCE))),
    )
    completed = list(standing)
    for (place, each), spot in zip(spots.items(), placed, strict=True):
        completed[place] = replace(each, center=spot.center, spot_fwhm=spot.fwhm)
    return completed


def _light(
    view: _View, boxes: BoxArray, standing: Sequence[_Standing | None]
) -> list[tuple[ChannelLight, ...]]:
    background = measure_grounds(view.image, boxes, view.gap).level
    full = full_levels(view.image)
    return [
        measure_light(view.image, each.outline, own, view.sigma_px, full) if each else ()
        for each, own in zip(standing, background, strict=True)
    ]


def _points(boxes: BoxArray) -> list[Point]:
    return [(x, y) for x, y in centers(boxes).tolist()]


def _nearest(points: Sequence[Point]) -> list[float | None]:
    """Return the distance of each point from the nearest other one; None if it is alone."""
    if len(points) == 1:
        return [None]
    places = np.array(points)
    distances = np.asarray(KDTree(places).query(places, k=2)[0])
    nearest: list[float | None] = distances[:, 1].tolist()
    return nearest


def _ratio(height: float, noise: float) -> float | None:
    return height / noise if noise > 0 else None


def _is_cut(outline: Outline, shape: tuple[int, ...]) -> bool:
    """Tell whether an outline reaches the border of its image."""
    (rows, columns), (height, width) = outline.window, shape
    inside = outline.inside
    return bool(
        (rows.start == 0 and inside[0].any())
        or (columns.start == 0 and inside[:, 0].any())
        or (rows.stop == height and inside[-1].any())
        or (columns.stop == width and inside[:, -1].any())
    )
