"""What a folder of predictions was made with, so that it is gone on with in the same way."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gapjunction.benchmark.manifest import MANIFEST_NAME
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.dataset.splits import AssetKey, read_assignment
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.files import remove_partial_files, write_json
from gapjunction.prediction.channel_decisions import TakenChannel
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import SizeVerdicts
from gapjunction.prediction.views import EarlierViews, Views
from gapjunction.provenance import git_commit
from gapjunction.runs.folder import SHIPPED_PREFIX, SPLITS_NAME
from gapjunction.version import __version__

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


def claim_output(
    config: PredictConfig, model: Model, rule: CountingRule, views: Views, shared: SharedRange
) -> None:
    """Write the manifest, unless it is there already from a run with the same model and settings.

    The commit and the package version may differ: they do not change a box.
    """
    path = config.output / MANIFEST_NAME
    shown_size = views.shown_size
    manifest = {
        "model": str(model.folder),
        "model_version": model.version,
        "seen_assets": _seen_assets(model.folder.resolve()),
        "class_names": list(model.config.class_names),
        "tiling": model.config.model_dump(
            include={"tile_size", "magnification", "overlap", "pixel_sizes"}
        ),
        "calibration": model.config.calibration.model_dump(),
        "threshold": rule.threshold,
        "threshold_fitted": model.config.score_threshold,
        "threshold_fitted_to_images": model.config.calibration.num_images,
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
            place: taken.model_dump(mode="json") for place, taken in views.channels.items()
        },
        "shared_spans": dict(shared.spans),
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


def read_earlier_views(output: Path) -> EarlierViews:
    """Return what the manifest says of sizes and channels, nothing where none can be read.

    Images that join a prediction are looked at as its others, and none is looked at again.
    """
    try:
        manifest = json.loads((output / MANIFEST_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return EarlierViews()
    scale, verdicts = _earlier_sizes(manifest)
    return EarlierViews(scale, verdicts, _earlier_channels(manifest))


def _earlier_sizes(manifest: Any) -> tuple[float | None, SizeVerdicts]:
    try:
        sizes = manifest["pixel_sizes"]
        doubted = {float(size): str(why) for size, why in sizes["doubted_um"].items()}
        verdicts = SizeVerdicts(frozenset(map(float, sizes["believed_um"])), doubted)
        return float(manifest["settings"]["estimated_scale"]), verdicts
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, SizeVerdicts()


def _earlier_channels(manifest: Any) -> dict[str, TakenChannel]:
    try:
        found = manifest["found_channels"]
        return {place: TakenChannel.model_validate(own) for place, own in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
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
