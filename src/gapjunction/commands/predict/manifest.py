"""What a folder of predictions was made with, so that it is gone on with in the same way."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.dataset.splits import AssetKey, read_assignment
from gapjunction.errors import BenchmarkError, ConfigError, DatasetError
from gapjunction.images.locations import address_of, shown_location
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import SizeVerdicts
from gapjunction.prediction.views import EarlierViews, Views
from gapjunction.prediction_folder import (
    MANIFEST_NAME,
    Kind,
    Manifest,
    StatedSizes,
    read_manifest_file,
    write_manifest,
)
from gapjunction.provenance import git_commit
from gapjunction.runs.folder import SHIPPED_PREFIX, SPLITS_NAME
from gapjunction.version import __version__

logger = logging.getLogger(__name__)

# Options that change nothing of what is seen in which images, or of which the manifest has
# another word: the path of the input, the version of the model. All others make older results
# invalid, also one that is new and not thought of here.
NOT_DECISIVE = frozenset(
    {
        "input",
        "checkpoint",
        "output",
        "threshold",
        "min_score",
        "overlays",
        "csv",
        "geojson",
        "objects",
        "batch_size",
        "num_gpus",
        "slice_names",
        "z_step_um",
        "roi",
        "exclude_regions",
        "tissue_mask",
        "cells",
        "border_um",
        "second_channel",
        "recursive",
        "cluster",
        "time_limit_s",
        "align",
    }
)
# What else of a manifest may be another than before; in the same way, the rest may not.
MAY_DIFFER = frozenset(
    {
        "model",
        "seen_assets",
        "threshold",
        "threshold_fitted",
        "threshold_fitted_to_images",
        "lowest_score",
        "plaque_threshold",
        "pixel_sizes",
        "dataset",
        "git_commit",
        "package_version",
    }
)
# What was decided of images by their place: others may join, but not in another way.
OF_PLACES = {"found_channels": "channel", "shared_spans": "range"}
OF_RESULTS: tuple[Kind, ...] = ("detections", "counts")


def claim_output(
    config: PredictConfig, model: Model, rule: CountingRule, views: Views, shared: SharedRange
) -> None:
    """Write the manifest, unless it is there already from a run with the same model and settings.

    The commit and the package version may differ: they do not change a box.

    Raises:
        ConfigError: if the folder holds predictions made otherwise, or without a manifest.
    """
    path = config.output / MANIFEST_NAME
    manifest = _manifest(config, model, rule, views, shared)
    if path.exists():
        _require_same(path, read_earlier(config.output), manifest)
    elif any(any((config.output / kind).glob("*.json")) for kind in OF_RESULTS):
        raise ConfigError(
            path,
            expected="a new folder, or predictions with the manifest that says how they were made",
            found="predictions without it",
            fix="choose another output folder",
        )
    write_manifest(config.output, manifest)


def read_earlier(output: Path) -> Manifest:
    """Return the manifest of an earlier run, one that says nothing where none can be read.

    Images that join a prediction are looked at as its others, and none is looked at again.
    """
    path = output / MANIFEST_NAME
    try:
        return read_manifest_file(path) if path.exists() else Manifest()
    except BenchmarkError:  # `claim_output` refuses such a folder
        return Manifest()


def earlier_views(earlier: Manifest) -> EarlierViews:
    """Return how an earlier run looked at images."""
    sizes = earlier.pixel_sizes or StatedSizes(believed_um=(), doubted_um={})
    verdicts = SizeVerdicts(frozenset(sizes.believed_um), sizes.doubted_um)
    return EarlierViews(earlier.estimated_scale, verdicts, earlier.found_channels or {})


def _manifest(
    config: PredictConfig, model: Model, rule: CountingRule, views: Views, shared: SharedRange
) -> Manifest:
    detector, verdicts = model.config, views.shown_size.verdicts
    tiling = {"tile_size", "magnification", "overlap", "pixel_sizes"}
    return Manifest(
        model=str(model.folder),
        model_version=model.version,
        seen_assets=_seen_assets(model.folder.resolve()),
        class_names=detector.class_names,
        tiling=detector.model_dump(mode="json", include=tiling),
        calibration=detector.calibration.model_dump(mode="json"),
        threshold=rule.threshold,
        threshold_fitted=detector.score_threshold,
        threshold_fitted_to_images=detector.calibration.num_images,
        lowest_score=rule.lowest_score,
        plaque_threshold=rule.plaque_threshold,
        settings=config.model_dump(mode="json", exclude=set(NOT_DECISIVE)),
        estimated_scale=views.shown_size.estimated,
        pixel_sizes=StatedSizes(
            believed_um=tuple(sorted(verdicts.believed_um)),
            doubted_um=dict(verdicts.reason_of_doubt),
        ),
        dataset=shown_location(config.input),
        input=address_of(config.input) or str(config.input.absolute()),
        found_channels=views.channels,
        shared_spans=dict(shared.spans),
        git_commit=git_commit(),
        package_version=__version__,
    )


def _seen_assets(run_folder: Path) -> tuple[AssetKey, ...]:
    """Return dataset and asset of what a run was trained and validated on, as far as it tells.

    The shipped weights saw simulated images only: the splits beside a copy are of another use.
    """
    path = run_folder / SPLITS_NAME
    if run_folder.name.startswith(SHIPPED_PREFIX) or not path.is_file():
        return ()
    try:
        assignment = read_assignment(path)
    except DatasetError as error:
        logger.warning("nothing tells what the model was trained on: %s", error)
        return ()
    return (*assignment.assets_in("train"), *assignment.assets_in("val"))


def _require_same(path: Path, earlier: Manifest, manifest: Manifest) -> None:
    changed = next(_changes(earlier, manifest), None)
    if changed is not None:
        raise ConfigError(
            path,
            expected="a new folder, or predictions of the same model with the same settings",
            found=changed,
            fix="choose another output folder",
        )


def _changes(earlier: Manifest, manifest: Manifest) -> Iterator[str]:
    """Yield what makes the results of an earlier run invalid."""
    before, now = _decisive(earlier), _decisive(manifest)
    if None in before.values():
        yield "a manifest of another version, or a damaged one"
        return
    for name, value in now.items():
        if name == "settings":
            yield from _changed_options(before[name], value)
        elif name in OF_PLACES:
            yield from _changed_places(OF_PLACES[name], before[name], value)
        elif before[name] != value:
            yield f"predictions made with another {name.replace('_', ' ')}"


def _decisive(manifest: Manifest) -> dict[str, Any]:
    names = (name for name in Manifest.model_fields if name not in MAY_DIFFER)
    return {name: getattr(manifest, name) for name in names}


def _changed_options(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options with another value, or that only one of the two runs knows."""
    for name in {**now, **before}:
        if name not in before or name not in now or before[name] != now[name]:
            yield f"predictions made with another --{name}"


def _changed_places(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for place, own in now.items():
        if before.get(place, own) != own:
            yield f"predictions made with another {what} in {place}"
