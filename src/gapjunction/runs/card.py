"""The model card in a run folder."""

from pathlib import Path
from typing import Any

from gapjunction.files import write_text
from gapjunction.models.checkpoint import CARD_NAME, DetectorConfig, weights_version
from gapjunction.provenance import git_commit
from gapjunction.report.model_card import model_card
from gapjunction.runs.data import TrainingData
from gapjunction.runs.folder import RunSettings
from gapjunction.runs.folds import NO_FOLDS
from gapjunction.training.records import EpochRecord, best_record
from gapjunction.version import __version__


def write_card(
    folder: Path,
    settings: RunSettings,
    data: TrainingData,
    config: DetectorConfig,
    records: list[EpochRecord],
) -> None:
    """Describe the weights in `folder`, which are those of the best epoch so far."""
    start, best = records[0], best_record(records)
    is_in_folds = settings.num_folds != NO_FOLDS
    version, source = weights_version(folder), settings.weights
    facts: dict[str, Any] = {
        "title": f"{settings.preset}, model {version}",
        "model_version": version,
        "preset": settings.preset,
        "trained_from": "random weights" if source is None else source.path.name,
        "class_names": list(config.class_names),
        "channel": list(config.channel),
        "score_threshold": config.score_threshold,
        "datasets": data.datasets,
        "data_fingerprint": data.fingerprint,
        "num_train_images": len(data.images if is_in_folds else data.train),
        "num_val_images": len(data.images if is_in_folds else data.val),
        "num_folds": settings.num_folds,
        "rehearsed_share": settings.rehearse,
        "learning_rate": settings.training.learning_rate,
        "odds_per_octave": config.brightness.odds_per_octave if config.brightness else 0.0,
        "num_calibration_images": config.calibration.num_images,
        "is_validated_on_training_images": data.is_validated_on_training and not is_in_folds,
        "epoch": best.epoch,
        "validation": best.validation.metrics,
        "assets_at_start": start.validation.by_asset,
        "assets": best.validation.by_asset,
        "package_version": __version__,
        "git_commit": git_commit(),
    }
    write_text(folder / CARD_NAME, model_card(facts))
