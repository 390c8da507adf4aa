"""What a folder of predictions was made with, so that it is gone on with in the same way."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gapjunction import __version__
from gapjunction.benchmark.manifest import MANIFEST_NAME
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.dataset.splits import AssetKey, read_assignment
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.files import remove_partial_files, write_json
from gapjunction.models.checkpoint import Checkpoint
from gapjunction.prediction.channel_decisions import TakenChannel
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.shown_size import ShownSize, SizeVerdicts
from gapjunction.provenance import git_commit
from gapjunction.runs.folder import SHIPPED_PREFIX, SPLITS_NAME

logger = logging.getLogger(__name__)

# What decides what is seen in which images; what of it is counted and written may change.
DECISIVE = (
    "model_version",
    "class_names",
    "tiling",
    "calibration",
    "settings",
    "input",
    "selection",
)
# What was decided of images by their place: others may join, but not in another way.
OF_PLACES = {"found_channels": "channel", "shared_spans": "range"}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of images before they are predicted, and holds for those that join them.

    Attributes:
        channels: what is taken of images with several, by their place.
    """

    shown_size: ShownSize
    channels: Mapping[str, TakenChannel]
    shared: SharedRange


def claim_output(
    config: PredictConfig, checkpoint: Checkpoint, rule: CountingRule, decided: Decided
) -> None:
    """Write the manifest, unless it is there already from a run with the same model and settings.

    The commit and the package version may differ: they do not change a box.
    """
    path = config.output / MANIFEST_NAME
    shown_size = decided.shown_size
    manifest = {
        "model": str(checkpoint.folder),
        "model_version": checkpoint.version,
        "seen_assets": _seen_assets(checkpoint.folder.resolve()),
        "class_names": list(checkpoint.config.class_names),
        "tiling": checkpoint.config.model_dump(
            include={"tile_size", "magnification", "overlap", "pixel_sizes"}
        ),
        "calibration": checkpoint.config.calibration.model_dump(),
        "threshold": rule.threshold,
        "threshold_fitted": checkpoint.config.score_threshold,
        "threshold_fitted_to_images": checkpoint.config.calibration.num_images,
        "lowest_score": rule.lowest_score,
        "settings": {
            "scale": config.scale,
            "estimated_scale": shown_size.estimated,
            "pixel_size_um": config.pixel_size_um,
            "backend": config.backend,
            "precision": config.precision,
        },
        "pixel_sizes": {
            "believed_um": sorted(shown_size.verdicts.believed_um),
            "doubted_um": {
                str(size): reason for size, reason in shown_size.verdicts.reason_of_doubt.items()
            },
        },
        "dataset": str(config.input),
        "input": str(config.input.absolute()),
        "selection": {
            "split": config.split,
            "annotated_only": config.annotated_only,
            "channel": list(config.channel),
            "z": config.z,
            "time": config.time,
            "scene": config.scene,
        },
        "found_channels": {
            place: taken.model_dump(mode="json") for place, taken in decided.channels.items()
        },
        "shared_spans": dict(decided.shared.spans),
        "git_commit": git_commit(),
        "package_version": __version__,
    }
    if path.exists():
        _require_same_settings(path, manifest)
    elif any(any((config.output / kind).glob("*.json")) for kind in ("detections", "counts")):
        raise ConfigError(
            path,
            expected="a new folder, or predictions with the manifest that says how they were made",
            found="predictions without it",
            fix="choose another output folder",
        )
    remove_partial_files(config.output)
    write_json(path, manifest)


@dataclass(frozen=True, slots=True)
class EarlierSizes:
    """What an earlier run decided about sizes; `estimated` is None where there was none."""

    estimated: float | None = None
    verdicts: SizeVerdicts = field(default_factory=SizeVerdicts)


def read_earlier_sizes(output: Path) -> EarlierSizes:
    """Return what the manifest says of sizes, nothing where there is none that can be read.

    Images that join a prediction are shown as its others, and none is looked at again.
    """
    try:
        manifest = json.loads((output / MANIFEST_NAME).read_text(encoding="utf-8"))
        sizes = manifest["pixel_sizes"]
        doubted = {float(size): str(why) for size, why in sizes["doubted_um"].items()}
        verdicts = SizeVerdicts(frozenset(map(float, sizes["believed_um"])), doubted)
        return EarlierSizes(float(manifest["settings"]["estimated_scale"]), verdicts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return EarlierSizes()


def read_earlier_channels(output: Path) -> dict[str, TakenChannel]:
    """Return what the manifest says was taken of images with several channels, by their place.

    Nothing where there is none that can be read: images that join a prediction are taken as its
    others.
    """
    try:
        manifest = json.loads((output / MANIFEST_NAME).read_text(encoding="utf-8"))
        found = manifest["found_channels"]
        return {place: TakenChannel.model_validate(own) for place, own in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def read_earlier_spans(output: Path) -> dict[str, float]:
    """Return what the manifest says images of 16 bits span, by group; nothing if unreadable."""
    try:
        manifest = json.loads((output / MANIFEST_NAME).read_text(encoding="utf-8"))
        return {name: float(span) for name, span in manifest["shared_spans"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _seen_assets(run_folder: Path) -> list[AssetKey]:
    """Return dataset and asset of what a run was trained and validated on, as far as it tells.

    The shipped weights saw simulated images only: the splits beside a copy are of another use.
    """
    path = run_folder / SPLITS_NAME
    if run_folder.name.startswith(SHIPPED_PREFIX) or not path.is_file():
        return []
    try:
        assignment = read_assignment(path)
    except DatasetError as error:
        logger.warning("nothing tells what the model was trained on: %s", error)
        return []
    return [*assignment.assets_in("train"), *assignment.assets_in("val")]


def _require_same_settings(path: Path, manifest: Mapping[str, Any]) -> None:
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        changed = [
            f"predictions made with another {key.replace('_', ' ')}"
            for key in DECISIVE
            if earlier[key] != manifest[key]
        ]
        changed += [
            f"predictions made with another {name} in {place}"
            for key, name in OF_PLACES.items()
            for place, own in manifest[key].items()
            if earlier[key].get(place, own) != own
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        changed = ["a manifest of another version, or a damaged one"]
    if changed:
        raise ConfigError(
            path,
            expected="a new folder, or predictions of the same model with the same settings",
            found=changed[0],
            fix="choose another output folder",
        )
