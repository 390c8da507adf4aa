"""This package's detector after `gapjunction train` on the tuning images."""

from pathlib import Path

from bench.examples import TuningSet
from bench.peers.method import Method
from bench.peers.ours import OurSettings, find_all, prepare
from gapjunction.commands import train
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.splits import split_assets, write_assignment
from gapjunction.models.checkpoint import weights_version
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.folder import SETTINGS_NAME

NO_WEIGHTS = "none"  # trains from random ones
VAL_FRACTION = 0.2  # one asset of five: three images of fifteen


def trained(checkpoint: Path, max_epochs: int | None) -> Method:
    """Return the method that first goes on training the weights in a folder, if there are any.

    With the shipped weights that is what `gapjunction train` does. None trains for as many epochs
    as the preset says.
    """

    def tune(tuning: TuningSet) -> OurSettings:
        _train(tuning, checkpoint, max_epochs)
        return OurSettings(checkpoint=tuning.work, version=weights_version(tuning.work))

    return Method("gapjunction, trained on 15", OurSettings, tune, prepare, find_all)


def _train(tuning: TuningSet, checkpoint: Path, max_epochs: int | None) -> None:
    """Train with the options that a user would give; all images are to learn from, none to test."""
    log = tuning.work / "mlflow"
    if (tuning.work / SETTINGS_NAME).is_file():
        train.run(TrainConfig(output=tuning.work, resume=True, num_gpus=0, mlflow_dir=log))
        return
    splits = tuning.work.with_suffix(".splits.json")
    dataset = read_dataset(tuning.folder)
    write_assignment(
        splits, split_assets([dataset], seed=0, val_fraction=VAL_FRACTION, test_fraction=0)
    )
    train.run(
        TrainConfig(
            data=(tuning.folder,),
            presets="medium_quality",
            output=tuning.work,
            splits=splits,
            weights=str(checkpoint) if checkpoint.is_dir() else NO_WEIGHTS,
            max_epochs=max_epochs,
            num_gpus=0,
            mlflow_dir=log,
        )
    )
