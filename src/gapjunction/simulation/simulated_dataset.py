"""Simulate the assets and images of a dataset, each from random numbers of its own.

The generators are keyed by kind, asset and image, so that more images leave the earlier ones as
they are, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.simulation.generator import (
    SimulatedImage,
    Subject,
    draw_subject,
    simulate_image,
)
from gapjunction.simulation.imaging_model import MODELS, Kind

CLASSES = {"gap_junction": CLASS_COLOR}
WEBP_QUALITY = 85
KIND_KEYS: dict[Kind, int] = {"human": 1, "rat": 2}


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """One image to simulate; numbers count from 0."""

    kind: Kind
    number: int
    asset_index: int
    field_index: int

    @property
    def stem(self) -> str:
        """The image's name, unique also between kinds."""
        return f"{self.number + 1:02d}_{self.kind}_field{self.field_index + 1:02d}"

    @property
    def asset_name(self) -> str:
        """The name of the asset it belongs to."""
        return f"{self.kind}_{self.asset_index + 1:02d}"


def plan_fields(kind: Kind, num_images: int, num_assets: int) -> list[ImagePlan]:
    """Deal images out to assets in turn, so that later images do not rename earlier ones."""
    return [ImagePlan(kind, i, i % num_assets, i // num_assets) for i in range(num_images)]


def subject_of(plan: ImagePlan, seed: int) -> Subject:
    """Return the subject of the asset that an image belongs to."""
    return draw_subject(MODELS[plan.kind].subjects, plan.asset_index, _generator(plan, seed, 0))


def simulate_planned(plan: ImagePlan, seed: int, size_px: int) -> SimulatedImage:
    """Simulate one image; equal arguments give equal pixels."""
    generator = _generator(plan, seed, 1 + plan.field_index)
    return simulate_image(MODELS[plan.kind], subject_of(plan, seed), size_px, generator)


def write_field(image: SimulatedImage, stem: str, folder: Path) -> AnnotatedImage:
    """Write the pixels to `folder` as the platform does, lossy WEBP, and return the record."""
    path = folder / f"{stem}.webp"
    Image.fromarray(image.pixels).save(path, quality=WEBP_QUALITY)
    height, width, _ = image.pixels.shape
    return AnnotatedImage(path, height, width, image.boxes, np.zeros(len(image.boxes), np.int64))


def assemble_dataset(images: Mapping[ImagePlan, AnnotatedImage], seed: int, root: Path) -> Dataset:
    """Return a dataset of written images, named after its folder `root`."""
    plans_of: dict[str, list[ImagePlan]] = {}
    for plan in images:
        plans_of.setdefault(plan.asset_name, []).append(plan)
    assets = tuple(
        Asset(name, tuple(images[plan] for plan in plans), subject_of(plans[0], seed).metadata)
        for name, plans in plans_of.items()
    )
    optics = MODELS[next(iter(images)).kind].optics
    return Dataset(
        name=root.name,
        root=root,
        classes=CLASSES,
        assets=assets,
        device_type="simulated: Olympus UPlanXApo",
        scaling_value=f"{optics.magnification:g}x",
        um_per_px=optics.um_per_px,
    )


def _generator(plan: ImagePlan, seed: int, stream: int) -> np.random.Generator:
    """Return the random numbers of an asset's subject (stream 0) or of its images (1, 2, ...)."""
    key = (KIND_KEYS[plan.kind], plan.asset_index, stream)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
