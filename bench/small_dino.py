"""Train a small DINO from scratch on `data/`, to see what it reaches beside the compact detector.

Run it with `python bench/small_dino.py`: 90 minutes on two cores; stopped, it goes on where it
was when it is started again. The published networks start from COCO; this one, a fifteenth of
their size, knows nothing at first. To score it beside `medium_quality` afterwards:
`python scripts/train_pipeline.py --skip_training --checkpoint runs/small_dino`.
"""

import logging
import sys
from pathlib import Path

from gapjunction.dataset.splits import write_assignment
from gapjunction.files import write_text
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.sizes import ResNetSpec
from gapjunction.runs.data import read_training_data
from gapjunction.runs.fit import fit_run
from gapjunction.runs.folder import SETTINGS_NAME, SPLITS_NAME, RunSettings
from gapjunction.training.config import TrainingConfig

DATA = Path("data")
RUN = Path("runs/small_dino")
NETWORK = DinoConfig(
    backbone=ResNetSpec(
        stem_width=32, widths=(64, 128, 256, 512), depths=(2, 2, 2, 2), norm="group"
    ),
    num_levels=5,
    hidden_dim=128,
    ffn_dim=512,
    num_encoder_layers=3,
    num_decoder_layers=3,
    num_queries=100,
    num_select=100,
)
TILE_SIZE = 192
TRAINING = TrainingConfig(
    max_epochs=26,
    tiles_per_epoch=480,
    tile_size=TILE_SIZE,
    batch_size=4,
    learning_rate=4e-4,
    weight_decay=1e-4,
    average_decay=0.998,
    patience=26,
    max_gradient_norm=0.1,
)


def main() -> None:
    """Train, or go on training."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    data = read_training_data([DATA], seed=0)
    settings = RunSettings(
        preset="small_dino",
        data=(DATA.absolute(),),
        data_fingerprint=data.fingerprint,
        training=TRAINING,
        detector=DetectorConfig(
            class_names=data.class_names,
            class_colors=data.class_colors,
            network=NETWORK,
            tile_size=TILE_SIZE,
            channel=data.channel,
        ),
    )
    write_assignment(RUN / SPLITS_NAME, data.assignment)
    write_text(RUN / SETTINGS_NAME, settings.model_dump_json(indent=2) + "\n")
    fit_run(settings, data, RUN, use_cpu=True)


if __name__ == "__main__":
    main()
