"""Make the weights that ship with the package: train the compact detector on simulated images.

Run it with `python bench/shipped_weights.py`, or with `--start WEIGHTS` to go on training from
a run folder on new images; stopped, it goes on where it was when it is started again, also on
another machine that has its folder. It needs this code and nothing else, trains on a GPU where
there is one, and simulates on all cores; `--images`, `--epochs` and `--batch_size` make use of a
fast one. What it trained is in `runs/shipped_weights`; `--ship` puts it into the package. Each
image is drawn from a microscope, a staining and a field of clutter of its own
(`simulation/random/random_image.py`), so that the detector cannot rely on the look of any of them.
Neither `data/` nor any set of `make bench` plays a part, also not in choosing settings. Afterwards
`python -m bench.plaque_scoring` fits what the plaques of stacks are worth to the new weights, and
`python -m bench.known_images` how far their counts are to be trusted.
"""

import argparse
import hashlib
import logging
import shutil
import sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import gapjunction.simulation
from bench.mistakes import told_in_one_line
from gapjunction.config import StrictConfig
from gapjunction.dataset.splits import Assignment
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file, write_detection_file
from gapjunction.files import write_text, written_whole
from gapjunction.models.checkpoint import (
    CARD_NAME,
    CONFIG_NAME,
    WEIGHTS_NAME,
    DetectorConfig,
    PixelSizes,
    load_checkpoint,
    save_config,
)
from gapjunction.models.shipped import SHIPPED_WEIGHTS
from gapjunction.runs.data import TrainingData
from gapjunction.runs.fit import fit_run
from gapjunction.runs.folder import (
    SETTINGS_NAME,
    RunSettings,
    WeightsSource,
)
from gapjunction.salience import Salience
from gapjunction.samples.augmentation import AugmentationConfig
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.simulation.random.crowded_image import (
    simulate_crowded_image,
    simulate_tight_image,
)
from gapjunction.simulation.random.random_image import simulate_random_image
from gapjunction.simulation.random.randomization import UM_PER_PX
from gapjunction.simulation.simulated_dataset import CLASSES
from gapjunction.terminal import tracked
from gapjunction.training.config import TrainingConfig

FOLDER = Path("runs/shipped_weights")
SHIPPED_FILES = (WEIGHTS_NAME, CONFIG_NAME, CARD_NAME)
SIMULATOR = Path(next(iter(gapjunction.simulation.__path__)))
SEED = 20261130
# Another simulator draws other images.
_sources = b"".join(path.read_bytes() for path in sorted(SIMULATOR.rglob("*.py")))
VERSION = hashlib.sha256(_sources).hexdigest()[:8]
POOL = FOLDER / f"pool_{VERSION}"
NUM_TRAIN, NUM_VAL = 1672, 48
NUM_GOING_ON = 720  # images to go on training with
SIDE_PX = 512
KINDS = (
    simulate_random_image,
    simulate_tight_image,
    simulate_random_image,
    simulate_crowded_image,
)
TRAINING = TrainingConfig(
    max_epochs=48,
    tiles_per_epoch=1024,
    batch_size=8,
    average_decay=0.998,
    patience=48,
    # Colors tell granules from plaques, and brightness what can be seen: they are not taken away.
    # The images vary by themselves.
    augmentation=AugmentationConfig(max_gain=1.25, grey_probability=0.0),
)
# Chosen on real images of other markers (docs/model-history.md, "Brightness, where it doubts").
SALIENCE = Salience(usual_doubt=0.16, odds_per_doubt=100.0, even_octaves=-1.5)
GOING_ON = TRAINING.but(max_epochs=7, learning_rate=4e-4)


class Amount(StrictConfig):
    """How much to train; None is the usual.

    Attributes:
        num_images: simulated to train on.
        num_workers: processes that prepare tiles.
    """

    num_images: int | None = None
    max_epochs: int | None = None
    batch_size: int | None = None
    num_workers: int | None = None

    def of(self, usual: TrainingConfig) -> TrainingConfig:
        """Return how to train."""
        asked = self.model_dump(exclude={"num_images"}, exclude_none=True)
        return usual.but(**asked)


def main(start: Path | None, amount: Amount, *, is_shipping: bool) -> None:
    """Simulate the images that are missing, then train, from the weights in `start` if given."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    if start is not None:
        load_checkpoint(start)  # says what is wrong with it, before images are simulated
    POOL.mkdir(parents=True, exist_ok=True)
    num_usual = NUM_TRAIN if start is None else NUM_GOING_ON
    num_images = NUM_VAL + (amount.num_images or num_usual)
    with get_context("spawn").Pool() as pool:
        waiting = pool.imap(pool_image, range(num_images))
        images = list(tracked(waiting, "Simulating", num_images))
    data = TrainingData(
        datasets={"random": f"{num_images} simulated images of random microscopes, no real one"},
        class_names=tuple(CLASSES),
        class_colors=tuple(CLASSES.values()),
        assignment=Assignment(SEED, 0.0, 0.0, {}),
        train=tuple(images[NUM_VAL:]),
        val=tuple(images[:NUM_VAL]),
        images=tuple(images),
        pixel_sizes=PixelSizes(finest_um=UM_PER_PX[0], coarsest_um=UM_PER_PX[1]),
        num_clipped=0,
        is_validated_on_training=False,
        fingerprint=f"simulated, seed {SEED}, simulator {VERSION}",
    )
    settings = RunSettings(
        preset="medium_quality",
        data=(POOL,),
        data_fingerprint=data.fingerprint,
        training=amount.of(TRAINING if start is None else GOING_ON),
        weights=None if start is None else WeightsSource.of(start.absolute()),
        detector=DetectorConfig(
            class_names=data.class_names,
            class_colors=data.class_colors,
            pixel_sizes=data.pixel_sizes,
            channel=(),  # it knows color and single stains alike
        ),
    )
    write_text(FOLDER / SETTINGS_NAME, settings.model_dump_json(indent=2) + "\n")
    fit_run(settings, data, FOLDER, use_cpu=not torch.cuda.is_available())
    if is_shipping:
        _ship(SHIPPED_WEIGHTS / settings.preset)


def _ship(folder: Path) -> None:
    """Put the trained weights into the package, with what was decided for all that ship."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHIPPED_FILES:
        shutil.copyfile(FOLDER / name, folder / name)
    save_config(load_checkpoint(folder).config.but(salience=SALIENCE), folder)


def pool_image(number: int) -> TrainingImage:
    """Return an image of the pool, simulated and written unless it is there already."""
    path, annotations = POOL / f"{number:05d}.png", POOL / f"{number:05d}_bbox.json"
    if not annotations.is_file():
        simulate = KINDS[number % len(KINDS)]
        image = simulate(SIDE_PX, np.random.default_rng([SEED, number]))
        with written_whole(path) as partial:
            Image.fromarray(image.pixels).save(partial, "PNG", compress_level=1)
        num_boxes = len(image.boxes)
        marks = Detections(
            image.boxes, np.ones(num_boxes, np.float32), np.zeros(num_boxes, np.int64)
        )
        write_detection_file(
            annotations,
            marks,
            tuple(CLASSES),
            image_name=path.name,
            image_size=(SIDE_PX, SIDE_PX),
            with_scores=False,
        )
    return as_training_image(path)


def as_training_image(path: Path) -> TrainingImage:
    """Return an image of a pool with the annotations beside it."""
    annotations = path.with_name(f"{path.stem}_bbox.json")
    found = read_detection_file(annotations).as_detections(tuple(CLASSES))
    return TrainingImage(path, found.boxes, found.labels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, metavar="WEIGHTS", help="go on from this run folder")
    parser.add_argument("--images", type=int, metavar="N")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--batch_size", type=int, metavar="N")
    parser.add_argument("--num_workers", type=int, metavar="N")
    parser.add_argument("--ship", action="store_true", help="put the weights into the package")
    asked = parser.parse_args()
    amount = Amount(
        num_images=asked.images,
        max_epochs=asked.epochs,
        batch_size=asked.batch_size,
        num_workers=asked.num_workers,
    )
    with told_in_one_line():
        main(asked.start, amount, is_shipping=asked.ship)
