"""`gapjunction predict`: find and count the objects of many images."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from gapjunction.cluster.client import require_place
from gapjunction.cluster.place import place_of
from gapjunction.commands.asked_planes import plane_choice
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.file_list import list_tree
from gapjunction.commands.predict.file_tree import Listing, divided
from gapjunction.commands.predict.image_selection import ImageSelection, require_no_dataset
from gapjunction.commands.predict.images import list_images
from gapjunction.commands.predict.loop import PredictAll, predict_all
from gapjunction.commands.predict.manifest import read_earlier
from gapjunction.commands.predict.on_cluster import predicting_on_cluster
from gapjunction.commands.predict.one_folder import Plan, look_at, predict_into
from gapjunction.commands.predict.parts import (
    PARTS,
    predict_in_parts,
    require_possible_in_parts,
)
from gapjunction.commands.predict.places import Places
from gapjunction.commands.predict.result import PredictResult
from gapjunction.commands.predict.slides import predict_slides, refuse_whole_images
from gapjunction.errors import ConfigError
from gapjunction.images.locations import is_zarr
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.images.region import Region
from gapjunction.images.slice_names import slice_rule
from gapjunction.locks import alone_in
from gapjunction.measurement.object_table import require_packages
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.model import Model
from gapjunction.prediction_folder import holds_predictions
from gapjunction.runs.device import choose_device

logger = logging.getLogger(__name__)

MOST_IN_ONE_FOLDER = 10_000  # images; file systems and memory suffer from more


def run(config: PredictConfig) -> PredictResult:
    """Predict every image of the input; go on where an earlier run with these settings stopped.

    An image that cannot be read, or whose name is too long, is named in the result and does not
    keep others from theirs.

    Raises:
        CheckpointError: if there is no model.
        ImageError: if no image can be predicted.
        ConfigError: if the output holds predictions made otherwise, another process predicts
            into it, or the model cannot be run as asked for.
    """
    with alone_in(config.output, "gapjunction predict"):
        return _predict(config)


def _predict(config: PredictConfig) -> PredictResult:
    slice_names = slice_rule(config.slice_names)
    if config.cluster is not None:
        require_place(place_of(config.cluster))
    require_packages(config.objects)
    model = replace(_load_model(config), batch_size=config.batch_size)
    rule = CountingRule.of(model.config, config.threshold, config.min_score)
    with _predicting(config, model, rule) as (predict, predict_slides):
        plan = Plan(model, rule, slice_names, predict, predict_slides)
        if not config.input.is_dir() or is_zarr(config.input):
            return _predict_at_once(config, plan, None)
        places = divided(config.input, is_recursive=config.recursive, left_out=config.output)
        with places as listing:
            if _is_in_parts(config, listing):
                return _predict_in_parts(config, plan, listing)
            return _predict_at_once(config, plan, listing if config.recursive else None)


def _is_in_parts(config: PredictConfig, listing: Listing) -> bool:
    """Tell whether there are too many images for one folder; what was begun goes on as it is."""
    if (config.output / PARTS).is_dir():
        return True
    return listing.num_files > MOST_IN_ONE_FOLDER and not holds_predictions(config.output)


def _predict_at_once(config: PredictConfig, plan: Plan, tree: Listing | None) -> PredictResult:
    """Predict all images together: those of a tree of folders, or else what the input means."""
    model, wanted = plan.model, _selection(config, plan.model)
    if tree is None:
        images = list_images(config.input, wanted, model.folder)
    else:
        images = list_tree(config.input, tree, wanted)
    refuse_whole_images(config, images)
    places = Places.of(config, images)
    logger.info(plan.rule.sentence(is_shipped=model.is_shipped))
    looks = look_at(images, model, config.scale, read_earlier(config.output))
    return predict_into(config, plan, looks, places)


def _predict_in_parts(config: PredictConfig, plan: Plan, listing: Listing) -> PredictResult:
    wanted = _selection(config, plan.model)
    require_no_dataset(config.input, wanted)
    require_possible_in_parts(config)
    listing.require_unique_names(config.input)
    logger.info(plan.rule.sentence(is_shipped=plan.model.is_shipped))
    return predict_in_parts(config, plan, listing, wanted)


@contextmanager
def _predicting(
    config: PredictConfig, model: Model, rule: CountingRule
) -> Iterator[tuple[PredictAll, PredictAll]]:
    """Give what predicts images, and slides, in this process or on the cluster asked for."""
    if config.cluster is None:
        yield predict_all, predict_slides
        return
    with predicting_on_cluster(config, config.cluster, model, rule) as both:
        yield both


def _selection(config: PredictConfig, model: Model) -> ImageSelection:
    return ImageSelection(
        config.split,
        config.annotated_only,
        plane_choice(config),
        config.pixel_size_um,
        may_find_channel=model.config.channel != ALL_CHANNELS,
        region=None if config.region is None else Region.parse(config.region),
    )


def _choose_device(config: PredictConfig) -> torch.device:
    """Return where to predict; ONNX Runtime works on the CPU."""
    if config.backend == "torch":
        return choose_device(config.num_gpus)
    if config.num_gpus:
        raise ConfigError(
            f"--num_gpus {config.num_gpus}",
            expected="no GPU with --backend onnx",
            found="one",
            fix="leave one of the two options out",
        )
    return choose_device(0)


def _load_model(config: PredictConfig) -> Model:
    """Return the model asked for, else the one that comes with the package.

    Raises:
        ConfigError: if images of a split are asked for, which the shipped model knows nothing of.
    """
    device = _choose_device(config)
    if config.checkpoint is None and config.split is not None:
        raise ConfigError(
            f"--split {config.split}",
            expected="--checkpoint beside it: a run that divided the images",
            found="none; the weights that come with the package saw none of them",
            fix="leave the option out, or name the run",
        )
    model = Model.load(
        config.checkpoint, device=device, backend=config.backend, precision=config.precision
    )
    if model.is_shipped:
        logger.info(
            "using the weights that come with the package, which saw simulated images only; "
            "--checkpoint takes a model that you trained"
        )
    return model
