"""A run folder of the weights that come with the package, to test them as a trained model is."""

import logging
import shutil
from pathlib import Path

from gapjunction.config import read_config
from gapjunction.dataset.fingerprint import fingerprint
from gapjunction.dataset.named_images import merged_classes
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.splits import split_assets, write_assignment
from gapjunction.files import folder_written_whole, write_text
from gapjunction.models.checkpoint import (
    CARD_NAME,
    CONFIG_NAME,
    WEIGHTS_NAME,
    DetectorConfig,
    weights_version,
)
from gapjunction.presets import PRESETS, SHIPPED_PRESET
from gapjunction.runs.folder import (
    SHIPPED_PREFIX,
    SPLITS_NAME,
    has_runs,
    newest_run,
)
from gapjunction.samples.layout import channel_layout

logger = logging.getLogger(__name__)

FINGERPRINT_DIGITS = 8


def newest_or_shipped_run(runs: Path, data_dir: Path, seed: int) -> Path:
    """Return the newest run in `runs` or, before the first one, one of the shipped weights.

    These were trained on no asset of the data. Which ones are for testing is drawn as for
    training, so that a model trained later can be compared.

    Raises:
        CheckpointError: if there is no run and nothing is shipped.
        DatasetError: if a dataset has errors.
    """
    shipped = PRESETS[SHIPPED_PRESET].shipped
    if shipped is None or has_runs(runs):
        return newest_run(runs)
    logger.info("nothing was trained here yet: using the weights that come with the package")
    datasets = read_datasets([data_dir])
    state = f"{weights_version(shipped)}_{fingerprint(datasets)[:FINGERPRINT_DIGITS]}"
    folder = runs / f"{SHIPPED_PREFIX}{state}_seed{seed}"
    class_names = tuple(merged_classes(datasets))
    detector = read_config(DetectorConfig, shipped / CONFIG_NAME)
    if len(class_names) == 1:  # whatever it is called here
        detector = detector.but(class_names=class_names)
    if not folder.is_dir():
        with folder_written_whole(folder) as partial:
            for name in (CARD_NAME, WEIGHTS_NAME):
                shutil.copyfile(shipped / name, partial / name)
            write_text(partial / CONFIG_NAME, detector.model_dump_json(indent=2) + "\n")
            drawn = split_assets(datasets, seed=seed, layout_of=channel_layout)
            write_assignment(partial / SPLITS_NAME, drawn)
    return folder
