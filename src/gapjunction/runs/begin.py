"""Begin a training run: choose network, recipe, tiles and weights, and write down the settings."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from gapjunction.choices import GivenPreset, PresetName
from gapjunction.config import build_config, read_config
from gapjunction.dataset.splits import write_assignment
from gapjunction.errors import ConfigError
from gapjunction.files import require_new, write_text
from gapjunction.images.pictures import read_image_size
from gapjunction.models.checkpoint import CONFIG_NAME, WEIGHTS_NAME, DetectorConfig
from gapjunction.models.initial_weights import read_initial_weights
from gapjunction.presets import PRESETS, Preset, choose_preset, find_recipe, preset_called
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.data import TrainingData, read_training_data
from gapjunction.runs.device import has_cuda
from gapjunction.runs.folder import (
    RUNS,
    SETTINGS_NAME,
    SPLITS_NAME,
    RunSettings,
    WeightsSource,
    new_run_folder,
)
from gapjunction.runs.folds import NO_FOLDS, choose_num_folds
from gapjunction.runs.rehearsal import choose_rehearsal
from gapjunction.runs.weights import NONE, find_weights
from gapjunction.samples.crowding import NEARLY_FULL_SHARE, choose_tile_size, most_objects
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.tiling import SEAM_MARGIN
from gapjunction.training.config import TrainingConfig

logger = logging.getLogger(__name__)

FEW_IMAGES = 15  # below, results change much from image to image
OVERLAP_STEP = 16  # px
TILE_STEP = 32  # px; networks halve a tile five times
# Of the epochs of a recipe: three folds and the final training take four times as long as one.
SHARE_IN_FOLDS = 0.4
OVERRIDES = ("max_epochs", "batch_size", "learning_rate", "num_workers", "precision", "seed")


def begin_run(config: TrainConfig) -> tuple[Path, RunSettings, TrainingData]:
    """Write a new run folder with the settings and splits of the run.

    Raises:
        DatasetError: if a dataset has errors or holds nothing to train on.
        ConfigError: if a setting is wrong or the output is in use.
        CheckpointError: if the weights to start from cannot be had.
    """
    has_gpu = has_cuda(config.num_gpus)
    name = resolve_preset(config.presets, has_gpu=has_gpu)
    folder = config.output or new_run_folder(RUNS, name)
    _require_unused(folder)
    source = find_weights(asked_weights(config), name)
    recipe = find_recipe(name, config.recipe, has_weights=source is not None)
    data = read_training_data(
        config.data, seed=config.seed, splits=config.splits, channel=config.channel
    )
    num_folds = choose_num_folds(data.images, data.val, config.folds)
    images = data.train if num_folds == NO_FOLDS else data.images
    _warn_about(data, images, num_folds)
    if PRESETS[name].is_for_gpu and not has_gpu:
        logger.warning(
            "%s is made for a GPU and none was found: an epoch takes minutes to hours on a CPU; "
            "--presets medium_quality takes seconds",
            name,
        )
    preset = PRESETS[name]
    detector = _detector_config(preset, data, images, source, recipe.augmentation.max_zoom)
    fitted = {
        "tile_size": min(
            recipe.tile_size,
            detector.tile_size * detector.magnification,
            _tile_around(images, detector.magnification),
        ),
        "tiles_per_epoch": _tiles_per_epoch(recipe, preset, images, detector.tile_size),
    }
    if num_folds != NO_FOLDS and source is not None:
        fitted["max_epochs"] = max(1, round(SHARE_IN_FOLDS * recipe.max_epochs))
    start = _start_config(source, data.class_names)
    settings = RunSettings(
        preset=name,
        data=tuple(path.absolute() for path in config.data),
        data_fingerprint=data.fingerprint,
        training=_overridden(recipe, fitted, config),
        detector=detector,
        channel=config.channel,
        start_channel=None if start is None else start.channel,
        start_stain=None if start is None else start.stain,
        weights=None if source is None else WeightsSource.of(source),
        num_folds=num_folds,
        rehearse=choose_rehearsal(config.rehearse, source, data.class_names),
    )
    write_assignment(folder / SPLITS_NAME, data.assignment)
    text = yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_text(folder / SETTINGS_NAME, text)
    return folder, settings, data


def asked_weights(config: TrainConfig) -> str | None:
    """Return the weights asked for: none where training is to begin from scratch.

    Raises:
        ConfigError: if other options contradict each other.
    """
    is_from_scratch = config.recipe == "from_scratch"
    if not (config.from_scratch or is_from_scratch):
        return config.weights
    if config.weights not in (None, NONE):
        raise ConfigError(
            "recipe from_scratch" if is_from_scratch else "from_scratch",
            expected="no weights beside it",
            found=config.weights,
            fix="leave one of them out",
            settings=("recipe" if is_from_scratch else "from_scratch", "weights"),
        )
    return NONE


def resolve_preset(named: GivenPreset | None, *, has_gpu: bool) -> PresetName:
    """Return the preset that was named, or the one for this machine, and log the reason."""
    if named is not None:
        return preset_called(named)
    name, reason = choose_preset(has_cuda=has_gpu)
    logger.info("preset %s, because %s", name, reason)
    return name


def _require_unused(folder: Path) -> None:
    for name_there in (SETTINGS_NAME, WEIGHTS_NAME):
        if (folder / name_there).exists():
            raise ConfigError(
                folder,
                expected="a new run folder",
                found=f"one with {name_there} in it",
                fix="resume that run, or choose another output",
                settings=("resume", "output"),
            )
    require_new(folder, leftovers=(SPLITS_NAME,))


def _detector_config(
    preset: Preset,
    data: TrainingData,
    images: Sequence[TrainingImage],
    source: Path | None,
    max_zoom: float,
) -> DetectorConfig:
    """Return the detector with tiles that fit both the objects and the network."""
    if source is not None:
        network = read_initial_weights(source, preset.network).network
    else:
        network = preset.scratch_network or preset.network
    tile_size = preset.tile_size
    if network.max_detections is not None:
        fullest = NEARLY_FULL_SHARE * network.max_detections
        boxes = [image.boxes for image in images]
        tile_size = choose_tile_size(boxes, preset.tile_size, fullest, max_zoom)
        if tile_size < preset.tile_size:
            logger.info("tiles of %d px, as larger ones hold too many objects", tile_size)
        if max(most_objects(each, tile_size * max_zoom) for each in boxes) > fullest:
            logger.warning(
                "some tiles of %d px hold more than two thirds of the %d objects that the network "
                "can find: use medium_quality, which has no limit",
                tile_size,
                network.max_detections,
            )
    return DetectorConfig(
        class_names=data.class_names,
        class_colors=data.class_colors,
        network=network,
        tile_size=tile_size,
        magnification=preset.magnification,
        overlap=_overlap(images, tile_size),
        pixel_sizes=data.pixel_sizes,
        channel=data.channel,
        stain=data.stain,
        **_meaning_of_scores(_start_config(source, data.class_names)),
    )


def _start_config(source: Path | None, class_names: tuple[str, ...]) -> DetectorConfig | None:
    """Return the config of the run folder to start from, if it knows the classes."""
    if source is None or not source.is_dir():
        return None
    begun = read_config(DetectorConfig, source / CONFIG_NAME)
    is_single = len(begun.class_names) == len(class_names) == 1  # whatever it is called
    return begun if begun.class_names == class_names or is_single else None


def _meaning_of_scores(begun: DetectorConfig | None) -> dict[str, Any]:
    """Return calibrations and threshold of what training starts from, where they are known."""
    if begun is None:
        return {}
    names = ("calibration", "score_threshold", "salience", "brightness", "plaques", "known")
    return {name: getattr(begun, name) for name in names}


def _tile_around(images: Sequence[TrainingImage], magnification: int) -> int:
    """Return the side in px of a tile that holds the largest image: more would be empty."""
    largest = max(max(read_image_size(image.path)) for image in images)
    return TILE_STEP * -(-largest * magnification // TILE_STEP)


def _tiles_per_epoch(
    recipe: TrainingConfig, preset: Preset, images: Sequence[TrainingImage], tile_size: int
) -> int:
    """Return how many tiles the recipe asks for, or fewer where the images are few and small."""
    if preset.max_passes is None:
        return recipe.tiles_per_epoch
    shapes = [read_image_size(image.path) for image in images]
    num_tiles = sum(-(-height // tile_size) * -(-width // tile_size) for height, width in shapes)
    return min(recipe.tiles_per_epoch, preset.max_passes * num_tiles)


def _overridden(
    recipe: TrainingConfig, fitted: dict[str, int], config: TrainConfig
) -> TrainingConfig:
    """Return the recipe with what was fitted to the data and what the user asked for."""
    asked = {name: getattr(config, name) for name in OVERRIDES}
    given = {name: value for name, value in asked.items() if value is not None}
    return build_config(TrainingConfig, recipe.model_dump() | fitted | given, "training settings")


def _overlap(images: Sequence[TrainingImage], tile_size: int) -> int:
    """Return an overlap in px that holds the largest object, as far as a tile allows."""
    largest = max(float((b.boxes[:, 2:] - b.boxes[:, :2]).max(initial=0)) for b in images)
    needed = largest + 2 * SEAM_MARGIN
    rounded = OVERLAP_STEP * int(-(-needed // OVERLAP_STEP))
    default = int(DetectorConfig.model_fields["overlap"].default)
    return min(max(rounded, default), tile_size // 2)


def _warn_about(data: TrainingData, images: Sequence[TrainingImage], num_folds: int) -> None:
    if len(images) < FEW_IMAGES:
        logger.warning(
            "only %d training images: with fewer than %d, results depend on which they are; "
            "annotate more, from several assets",
            len(images),
            FEW_IMAGES,
        )
    if data.num_clipped:
        logger.info("%d boxes reach beyond their image and were cut", data.num_clipped)
    if data.is_validated_on_training and num_folds == NO_FOLDS:
        logger.warning(
            "no asset with boxes is left for validation: validating on the training images, so "
            "that metrics and threshold are too good; annotate another asset"
        )
