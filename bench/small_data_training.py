"""Measure whether training on few subjects of other looks gives a model better than its start.

Run it with `python -m bench.small_data_training`: some minutes a seed on two cores; stopped, it
goes on where it was. Six simulated subjects with three images of 512 px each, of the second
simulator, which the weights that ship were not trained on: three human-like ones and three rat-like
ones, with the number of plaques that is usual there, with 2.5 times as many (human) or half as many
(rat), and one human-like subject that is nearly empty. For each of five seeds, `gapjunction train`
splits, cross-validates and trains with its defaults. The start and what came of it are then
compared on the subjects kept for testing, and on 18 other images of the same six kinds.
"""

import json
import logging
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.second_simulator.field import simulate_field
from bench.second_simulator.kinds import KINDS, KindName
from bench.sets import CLASSES, write_field
from gapjunction.commands import train
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
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

FOLDER = Path("runs") / f"small_data_{weights_version(SHIPPED_MODEL)}"
SPLIT_SEEDS = (0, 1, 2, 3, 4)
TRAIN_SEED, OTHER_SEED = 301, 302
NUM_IMAGES, SIZE_PX = 3, 512
RAW_FILE_DEPTH = 3  # dataset/Assets/asset/Raw/file


# Of plaques, by subject, relative to what is usual.
DENSITIES: dict[KindName, dict[str, float]] = {
    "human": {"usual": 1.0, "dense": 2.5, "nearly_empty": 0.04},
    "rat": {"usual": 1.0, "other": 1.0, "sparse": 0.5},
}


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
    pools = [_simulated(kind, TRAIN_SEED) for kind in KINDS]
    others = [_simulated(kind, OTHER_SEED) for kind in KINDS]
    comparisons = [each for seed in SPLIT_SEEDS for each in _compared(seed, pools, others)]
    sys.stdout.write(_table(comparisons))


def _simulated(kind: KindName, seed: int) -> Dataset:
    """Return the dataset of a kind: a subject for each density, with images of its own."""
    root = FOLDER / f"seed_{seed}" / f"{kind}_look"
    if not root.is_dir():
        pictures = FOLDER / f"pictures_{seed}_{kind}"
        pictures.mkdir(parents=True, exist_ok=True)
        assets = tuple(
            Asset(name, _simulated_images(kind, number, name, seed, pictures))
            for number, name in enumerate(DENSITIES[kind])
        )
        write_dataset(Dataset(root.name, root, CLASSES, assets), root)
    return read_dataset(root)


def _simulated_images(
    kind: KindName, number: int, name: str, seed: int, pictures: Path
) -> tuple[AnnotatedImage, ...]:
    rng = np.random.default_rng([seed, list(KINDS).index(kind), number])
    fewest, most = KINDS[kind].num_plaques
    density = DENSITIES[kind][name]
    own = replace(KINDS[kind], num_plaques=(round(fewest * density), round(most * density)))
    return tuple(
        write_field(simulate_field(own, SIZE_PX, rng), pictures / f"{kind}_{name}_{index}.webp")
        for index in range(NUM_IMAGES)
    )


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
