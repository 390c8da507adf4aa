"""Measure whether training on few subjects of different looks gives a model better than its start.

Run it with `python bench/small_data_training.py`: some minutes a seed on two cores; stopped, it
goes on where it was. Six simulated subjects with three images of 512 px each: three human-like
ones in three colors and three rat-like ones in grey, with the number of plaques that is usual
there, with 2.5 times as many (human) or half as many (rat), and one human-like subject that is
nearly empty. For each of five seeds, `gapjunction train` splits, cross-validates and trains with
its defaults. The start and what came of it are then compared on the subjects kept for testing,
and on 18 other images of the same six kinds.
"""

import json
import logging
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from gapjunction.commands import train
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Asset, Dataset
from gapjunction.dataset.splits import read_assignment
from gapjunction.dataset.writer import write_dataset
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.files import write_json
from gapjunction.metrics.asset_scores import group_assets, mean_scores
from gapjunction.models.checkpoint import weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction_folder import file_of
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.folder import SETTINGS_NAME, SPLITS_NAME
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.simulation.generator import draw_subject, simulate_image
from gapjunction.simulation.imaging_model import MODELS, STAININGS, Kind
from gapjunction.simulation.simulated_dataset import CLASSES, write_field

FOLDER = Path("runs") / f"small_data_training_{weights_version(SHIPPED_MODEL)}"
SPLIT_SEEDS = (0, 1, 2, 3, 4)
TRAIN_SEED, OTHER_SEED = 301, 302
NUM_IMAGES, SIZE_PX = 3, 512
RAW_FILE_DEPTH = 3  # dataset/Assets/asset/Raw/file


@dataclass(frozen=True, slots=True)
class Look:
    """What tells the subjects of a dataset from those of the other.

    Attributes:
        densities: of plaques, by subject, relative to what is usual.
        staining: the number of one in STAININGS.
    """

    kind: Kind
    densities: dict[str, float]
    staining: int


LOOKS = (
    Look("human", {"usual": 1.0, "dense": 2.5, "nearly_empty": 0.04}, staining=0),
    Look("rat", {"usual": 1.0, "other": 1.0, "sparse": 0.5}, staining=1),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """F1 at IoU 0.5 and count error, means over subjects, of the start and after training."""

    seed: int
    images: str
    best_epoch: int
    f1_start: float
    f1_trained: float
    count_error_start: float
    count_error_trained: float


def main() -> None:
    """Make what is missing, and print the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    pools = [_simulated(look, TRAIN_SEED) for look in LOOKS]
    others = [_simulated(look, OTHER_SEED) for look in LOOKS]
    comparisons = [each for seed in SPLIT_SEEDS for each in _compared(seed, pools, others)]
    sys.stdout.write(_table(comparisons))


def _simulated(look: Look, seed: int) -> Dataset:
    """Return the dataset of a look: a subject for each density, with images of its own."""
    root = FOLDER / f"seed_{seed}" / f"{look.kind}_look"
    if not root.is_dir():
        pictures = FOLDER / f"pictures_{seed}_{look.kind}"
        pictures.mkdir(parents=True, exist_ok=True)
        assets = tuple(
            _simulated_asset(look, number, name, seed, pictures)
            for number, name in enumerate(look.densities)
        )
        um_per_px = MODELS[look.kind].optics.um_per_px
        write_dataset(Dataset(root.name, root, CLASSES, assets, um_per_px=um_per_px), root)
    return read_dataset(root)


def _simulated_asset(look: Look, number: int, name: str, seed: int, pictures: Path) -> Asset:
    model = MODELS[look.kind]
    rng = np.random.default_rng([seed, LOOKS.index(look), number])
    subject = replace(
        draw_subject(model, number, rng),
        staining=STAININGS[look.staining],
        density_factor=look.densities[name],
    )
    images = [
        write_field(
            simulate_image(model, subject, SIZE_PX, rng), f"{look.kind}_{name}_{i}", pictures
        )
        for i in range(NUM_IMAGES)
    ]
    return Asset(name, tuple(images), subject.metadata)


def _compared(seed: int, pools: list[Dataset], others: list[Dataset]) -> list[Comparison]:
    folder = FOLDER / f"split_{seed}"
    record = folder / "comparisons.json"
    if not record.is_file():
        run = folder / "run"
        is_begun = (run / SETTINGS_NAME).exists()
        begun = TrainConfig(output=run, resume=True, mlflow_dir=FOLDER / "mlflow")
        new = TrainConfig(
            data=tuple(pool.root for pool in pools),
            presets="medium_quality",
            output=run,
            seed=seed,
            mlflow_dir=FOLDER / "mlflow",
        )
        best_epoch = train.run(begun if is_begun else new).best_epoch
        tested = set(read_assignment(run / SPLITS_NAME).assets_in("test"))
        held_out = [each for each in _images(pools) if tuple(each.asset.split("/")) in tested]
        comparisons = [
            _comparison(seed, "held-out subjects", best_epoch, held_out, run),
            _comparison(seed, "other images", best_epoch, _images(others), run),
        ]
        write_json(record, [asdict(each) for each in comparisons])
    return [Comparison(**each) for each in json.loads(record.read_text(encoding="utf-8"))]


def _images(datasets: list[Dataset]) -> list[TrainingImage]:
    return [
        TrainingImage(image.path, image.boxes, image.labels, asset=f"{dataset.name}/{asset.name}")
        for dataset in datasets
        for asset in dataset.assets
        for image in asset.images
    ]


def _comparison(
    seed: int, name: str, best_epoch: int, images: list[TrainingImage], run: Path
) -> Comparison:
    start, trained = (_scored(images, folder) for folder in (SHIPPED_MODEL, run))
    return Comparison(seed, name, best_epoch, start[0], trained[0], start[1], trained[1])


def _scored(images: list[TrainingImage], folder: Path) -> tuple[float, float]:
    """Return F1 and count error of the model in a folder, as `gapjunction predict` counts."""
    found: dict[Path, Detections] = {}
    with TemporaryDirectory() as fresh:
        for root in sorted({image.path.parents[RAW_FILE_DEPTH] for image in images}):
            out = Path(fresh) / root.name
            checkpoint = None if folder == SHIPPED_MODEL else folder
            predict.run(PredictConfig(input=root, checkpoint=checkpoint, output=out))
            for image in read_dataset(root).images():
                path = file_of(out, "detections", image.path.stem)
                found[image.path] = read_detection_file(path).as_detections(tuple(CLASSES))
    truths = [image.as_detections() for image in images]
    groups = group_assets([image.asset for image in images], truths)
    means = mean_scores(groups, truths, [found[image.path] for image in images])
    return means.f1, means.count_error


def _table(comparisons: list[Comparison]) -> str:
    lines = [
        "| split | judged by | best epoch | F1, start | F1, trained | count error, start | "
        "count error, trained |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {c.seed} | {c.images} | {c.best_epoch} | {c.f1_start:.3f} | {c.f1_trained:.3f} | "
        f"{c.count_error_start:.1%} | {c.count_error_trained:.1%} |"
        for c in comparisons
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
