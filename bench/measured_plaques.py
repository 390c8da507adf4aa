"""Measure plaques of known size and light: bias and spread, beside scikit-image's usual way.

Run it with `python -m bench.measured_plaques`: some minutes on two cores. Plaques are evenly
bright ellipses, imaged by the simulator's optics and camera on the light of simulated rat tissue
without plaques. Their boxes are the simulator's. The usual way is Otsu's threshold of the whole
image, `label` and `regionprops`; what touches is one region there.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from skimage.filters import threshold_otsu
from skimage.measure import label as label_regions
from skimage.measure import regionprops

from gapjunction.detections import Detections
from gapjunction.measurement.objects import MeasuredObject, measured_objects
from gapjunction.simulation.camera import expose
from gapjunction.simulation.generator import image_plaque, light_of_the_rest
from gapjunction.simulation.ground_truth import Visibility, annotate
from gapjunction.simulation.imaging_model import RAT
from gapjunction.simulation.optics import Footprint, draw_illumination
from gapjunction.simulation.scene import build_scene
from gapjunction.simulation.tissue import Emitters, FloatArray

SEED = 20_261_127
SIDE_PX = 512
SPACING_UM = 3.6
LENGTHS_UM = (0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
SIGNALS = (0.25, 0.5, 1.0)  # of the light of a median plaque
EMITTERS_PER_UM2 = 4000.0
RAYLEIGH_NM_PER_APERTURE = 0.61
NO_VISIBILITY = Visibility(min_snr=0, min_contrast=0, min_grey=0)
MEASURES = ("area", "length", "light")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a set of fields has in common.

    Attributes:
        depth_um: plaques lie at most so far above or below the focus.
        gap_um: None for plaques that stand alone, else the gap to a second one beside each.
        resolution_um: that the measurement is told; None is the simulated one.
    """

    title: str
    depth_um: float = 0.0
    gap_um: float | None = None
    resolution_um: float | None = None


SETTINGS = (
    Setting("alone, in focus"),
    Setting("alone, up to 0.1 um out of focus", depth_um=0.1),
    Setting("two with a gap of 0.3 um, in focus", gap_um=0.3),
    Setting("alone, in focus, with the default resolution of 0.25 um", resolution_um=0.25),
)


@dataclass(frozen=True, slots=True, eq=False)
class KnownPlaque:
    """A plaque as it was put there; `light` in grey values over the whole image."""

    length: float
    signal: float
    area: float
    light: float


def main(num_fields: int, seed: int) -> None:
    """Print a table for each setting."""
    for setting in SETTINGS:
        rng = np.random.default_rng(seed)
        rows = [row for _ in range(num_fields) for row in measured_field(setting, rng)]
        sys.stdout.write(f"\n{setting.title}\n{summary(pd.DataFrame(rows))}\n")


def summary(rows: pd.DataFrame) -> str:
    """Return bias and spread by size and signal as text.

    Bias is the median of measured / true - 1 in %, spread half the range of the middle 68 %.
    """
    cells = []
    for (length, signal), own in rows.groupby(["length", "signal"]):
        cell: dict[str, object] = {"um": length, "signal": signal, "plaques": len(own)}
        cell["snr"] = round(float(own["snr"].median()), 1)
        cell["sized %"] = round(100 * float(own["ours area"].notna().mean()))
        for way in ("ours", "otsu"):
            for measure in MEASURES:
                cell[f"{way} {measure}"] = _bias_and_spread(own[f"{way} {measure}"].dropna())
            if way == "otsu":
                cell["otsu found %"] = round(100 * float(own["otsu area"].notna().mean()))
        cells.append(cell)
    return pd.DataFrame(cells).to_string(index=False)


def measured_field(setting: Setting, rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """Yield what is measured of each plaque of a simulated field, relative to the truth."""
    known, footprints, rest = _field(setting, rng)
    photons = rest.copy()
    for footprint in footprints:
        photons[footprint.window] += footprint.values
    image = expose(photons, RAT.camera, rng)
    annotated = annotate(footprints, rest, RAT.camera, NO_VISIBILITY)
    single = [row for row, members in enumerate(annotated.members) if len(members) == 1]
    number = len(annotated.boxes)
    detections = Detections(
        annotated.boxes, np.ones(number, np.float32), np.zeros(number, np.int64)
    )
    um = RAT.optics.um_per_px
    found = measured_objects(
        image[None], detections, um, resolution_um=setting.resolution_um or rayleigh_um()
    )
    regions = _otsu_regions(image)
    for row in single:
        truth, each = known[annotated.members[row][0]], found[row]
        shares = {"length": truth.length, "signal": truth.signal}
        shares["snr"] = each.signal_to_noise or np.nan
        shares |= {f"ours {m}": v for m, v in _ours(each, truth, um).items()}
        yield shares | {f"otsu {m}": v for m, v in _usual(regions, each, truth, um).items()}


def rayleigh_um() -> float:
    """Return the resolution of the simulated microscope."""
    optics = RAT.optics
    return RAYLEIGH_NM_PER_APERTURE * RAT.emission_nm[0] / 1000 / optics.numerical_aperture


def _field(
    setting: Setting, rng: np.random.Generator
) -> tuple[list[KnownPlaque], list[Footprint], FloatArray]:
    """Return plaques, their light in photons, and the light of all else (H, W)."""
    um = RAT.optics.um_per_px
    side_um = SIDE_PX * um
    scene = replace(build_scene(RAT.tissue, side_um, 0.0, rng), plaques=())
    light = draw_illumination(RAT.optics, SIDE_PX, rng)
    rest = light_of_the_rest(RAT, scene, light)[0]
    ticks = np.arange(SPACING_UM / 2, side_um - SPACING_UM / 2, SPACING_UM)
    known, footprints = [], []
    for point in np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2):
        for cloud, plaque in _plaques_at(point + rng.uniform(-0.3, 0.3, 2), setting, rng):
            footprint = image_plaque(RAT, cloud, light)
            footprints.append(footprint)
            grey = float(footprint.values.sum()) * RAT.camera.gain_grey_per_photon
            known.append(replace(plaque, light=grey))
    return known, footprints, rest


def _plaques_at(
    point: FloatArray, setting: Setting, rng: np.random.Generator
) -> Iterator[tuple[Emitters, KnownPlaque]]:
    """Yield one plaque at a point, or two beside each other, across their lengths."""
    angle = rng.uniform(0, np.pi)
    across = np.array([-np.sin(angle), np.cos(angle)])
    widths = []
    for number in range(1 if setting.gap_um is None else 2):
        length = float(rng.choice(LENGTHS_UM))
        width = min(float(rng.uniform(*RAT.tissue.plaque_width_um)), length)
        widths.append(width)
        away = 0.0 if number == 0 else sum(widths) / 2 + (setting.gap_um or 0.0)
        signal = float(rng.choice(SIGNALS))
        depth = rng.uniform(-1, 1) * setting.depth_um
        cloud = _ellipse(point + away * across, angle, (length, width), depth, signal)
        yield cloud, KnownPlaque(length, signal, np.pi / 4 * length * width, 0.0)


def _ellipse(
    middle: FloatArray, angle: float, axes: tuple[float, float], depth: float, signal: float
) -> Emitters:
    """Return emitters that fill an ellipse evenly, on a sunflower's spiral."""
    length, width = axes
    area = np.pi / 4 * length * width
    number = int(EMITTERS_PER_UM2 * area)
    steps = np.arange(number) + 0.5
    reach, turn = np.sqrt(steps / number) / 2, steps * np.pi * (3 - np.sqrt(5))
    along, across = reach * np.cos(turn) * length, reach * np.sin(turn) * width
    x = middle[0] + along * np.cos(angle) - across * np.sin(angle)
    y = middle[1] + along * np.sin(angle) + across * np.cos(angle)
    points = np.stack([x, y, np.full(number, depth)], axis=1)
    return Emitters(points, np.full(number, signal * area / number))


def _ours(each: MeasuredObject, truth: KnownPlaque, um: float) -> dict[str, float]:
    size = each.told.size if each.told else None
    light = each.light[0].integrated / truth.light if each.light else np.nan
    if size is None:
        return {"area": np.nan, "length": np.nan, "light": light}
    return {
        "area": size.area * um**2 / truth.area,
        "length": size.length * um / truth.length,
        "light": light,
    }


def _otsu_regions(image: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Sequence[Any]]:
    labels = label_regions(image > threshold_otsu(image))
    return labels, regionprops(labels, intensity_image=image)


def _usual(
    regions: tuple[NDArray[np.int64], Sequence[Any]],
    each: MeasuredObject,
    truth: KnownPlaque,
    um: float,
) -> dict[str, float]:
    """Return area, length and light of the region at the middle of a box."""
    labels, props = regions
    x0, y0, x1, y1 = each.box
    number = int(labels[int((y0 + y1) / 2), int((x0 + x1) / 2)])
    if number == 0:
        return dict.fromkeys(MEASURES, np.nan)
    region = props[number - 1]
    return {
        "area": region.area * um**2 / truth.area,
        "length": region.feret_diameter_max * um / truth.length,
        "light": region.intensity_mean * region.area / truth.light,
    }


def _bias_and_spread(ratios: "pd.Series[float]") -> str:
    if len(ratios) == 0:
        return "-"
    low, middle, high = np.percentile(100 * (ratios - 1), (16, 50, 84))
    return f"{middle:+.1f} ({(high - low) / 2:.1f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=12, help="of each setting")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other fields")
    asked = parser.parse_args()
    main(asked.fields, asked.seed)
