"""The presets, by name: each states only what differs from the defaults."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gapjunction.choices import GivenPreset, PresetName, RecipeName
from gapjunction.errors import ConfigError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec
from gapjunction.models.networks import Network
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.training.config import TrainingConfig

logger = logging.getLogger(__name__)

SHIPPED_PRESET: PresetName = "medium_quality"
MMDETECTION = "https://download.openmmlab.com/mmdetection/v3.0/dino"
# The 36 epochs of Swin-L, 58.4 AP of COCO, are here; MMDetection's own server has 12 (57.2 AP).
MMLAB_WEIGHTS = "https://github.com/RistoranteRist/mmlab-weights/releases/download"


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """Where to get the weights of a network that was trained on COCO.

    Attributes:
        sha256_start: the first digits of the file's SHA-256, which MMDetection puts in its name.
    """

    url: str
    sha256_start: str
    size_mb: int


@dataclass(frozen=True, slots=True)
class Preset:
    """A network and the settings to train it with.

    Attributes:
        recipes: what `recipe` can name; all have "from_scratch".
        scratch_network: the network to train from random weights, where it is another one.
        tile_size: side in px of the part of an image that the network looks at in one go.
        magnification: the network sees it enlarged by this factor.
        max_passes: an epoch has at most so many times the tiles that cover all images once.
        is_for_gpu: training without one takes hours or days.
        shipped: folder of the weights that come with the package.
        published: where weights trained on COCO can be had. Training starts from what is shipped
            or published, unless something else is asked for.
    """

    summary: str
    network: Network
    recipes: Mapping[RecipeName, TrainingConfig]
    scratch_network: Network | None = None
    tile_size: int = 512
    magnification: int = 1
    max_passes: int | None = None
    is_for_gpu: bool = False
    shipped: Path | None = None
    published: PublishedWeights | None = None


# The rate is a tenth of that from scratch: the weights are to change, not to be forgotten.
_COMPACT_FINE_TUNING = TrainingConfig(max_epochs=10, learning_rate=2e-4)
_DINO = TrainingConfig(tile_size=512, batch_size=4, weight_decay=1e-4, max_gradient_norm=0.1)
# Zhang et al. 2022, appendix D: 12 epochs of COCO in batches of 16, the rate falls in the last.
_PUBLISHED_RECIPE = _DINO.but(
    max_epochs=12,
    tiles_per_epoch=8000,
    batch_size=2,
    learning_rate=1e-4,
    backbone_rate_factor=0.1,
    schedule="step",
    drop_at=11 / 12,
    decays_all=True,
    warmup_epochs=0.0,
    average_decay=0.0,
    patience=12,
)
# For 15 to 200 images: half the rate for a quarter of the batch, averaged, stopped early.
_FINE_TUNING = _DINO.but(
    max_epochs=40,
    tiles_per_epoch=160,
    learning_rate=5e-5,
    backbone_rate_factor=0.1,
    average_decay=0.998,
    patience=10,
)
_FROM_SCRATCH = _DINO.but(
    max_epochs=100,
    tiles_per_epoch=480,
    learning_rate=2e-4,
    average_decay=0.998,
    patience=30,
)
# Plaques of 3 to 40 px are shown as the things in photographs are: 6 to 80 px.
_DINO_TILE_SIZE, _DINO_MAGNIFICATION = 256, 2
_DINO_MAX_PASSES = 4
_RESNET50 = DinoConfig(num_select=900)
_SWIN_L = DinoConfig(backbone=SwinSpec(), num_levels=5, num_select=900, recomputes_activations=True)

PRESETS: Mapping[PresetName, Preset] = {
    "medium_quality": Preset(
        summary="compact detector, for any CPU",
        network=CenterNetConfig(),
        recipes={"fine_tuning": _COMPACT_FINE_TUNING, "from_scratch": TrainingConfig()},
        shipped=SHIPPED_MODEL,
    ),
    "high_quality": Preset(
        summary="DINO-ResNet50, for a GPU",
        network=_RESNET50,
        scratch_network=_RESNET50.but(backbone=ResNetSpec(norm="group")),
        recipes={
            "fine_tuning": _FINE_TUNING,
            "from_scratch": _FROM_SCRATCH,
            "published": _PUBLISHED_RECIPE,
        },
        tile_size=_DINO_TILE_SIZE,
        magnification=_DINO_MAGNIFICATION,
        max_passes=_DINO_MAX_PASSES,
        is_for_gpu=True,
        published=PublishedWeights(
            f"{MMDETECTION}/dino-4scale_r50_8xb2-12e_coco/"
            "dino-4scale_r50_8xb2-12e_coco_20221202_182705-55b2bba2.pth",
            sha256_start="55b2bba2",
            size_mb=190,
        ),
    ),
    "best_quality": Preset(
        summary="DINO-SwinL, for a GPU with 24 GB",
        network=_SWIN_L,
        recipes={
            "fine_tuning": _FINE_TUNING.but(batch_size=2),
            "from_scratch": _FROM_SCRATCH.but(batch_size=2),
            "published": _PUBLISHED_RECIPE,
        },
        tile_size=_DINO_TILE_SIZE,
        magnification=_DINO_MAGNIFICATION,
        max_passes=_DINO_MAX_PASSES,
        is_for_gpu=True,
        published=PublishedWeights(
            f"{MMLAB_WEIGHTS}/dino-swinl/dino-5scale_swin-l_8xb2-36e_coco-5486e051.pth",
            sha256_start="5486e051",
            size_mb=830,
        ),
    ),
}


def find_recipe(
    preset_name: PresetName, recipe_name: RecipeName | None, *, has_weights: bool
) -> TrainingConfig:
    """Return the recipe called `recipe_name`, or the one for a network with or without weights.

    Raises:
        ConfigError: if the preset does not have it.
    """
    recipes = PRESETS[preset_name].recipes
    if recipe_name is None:
        recipe_name = "fine_tuning" if has_weights else "from_scratch"
        return recipes.get(recipe_name, recipes["from_scratch"])
    if recipe_name not in recipes:
        raise ConfigError(
            f"recipe {recipe_name}",
            expected=f"a recipe of {preset_name}: {', '.join(recipes)}",
            found=recipe_name,
            fix="leave it out",
            settings=("recipe",),
        )
    return recipes[recipe_name]


def preset_called(name: GivenPreset) -> PresetName:
    """Return the preset of a name; say so in one line if it is AutoGluon's for another of ours."""
    if name == "good_quality":
        logger.info("preset good_quality is taken as %s", SHIPPED_PRESET)
        return SHIPPED_PRESET
    return name


def choose_preset(*, has_cuda: bool) -> tuple[PresetName, str]:
    """Return the preset for a machine, and the reason, for users who named none."""
    if has_cuda:
        return "high_quality", "a CUDA GPU was found"
    return "medium_quality", "no CUDA GPU was found"
