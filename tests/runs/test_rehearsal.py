"""Tests for `gapjunction.runs.rehearsal`, and what `gapjunction train` makes of it."""

import shutil
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import yaml

from builders import build_dataset
from gapjunction.boxes import as_boxes
from gapjunction.commands.train import run
from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import WEIGHTS_NAME
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs import fit, rehearsal
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.folder import REHEARSAL_NAME, SETTINGS_NAME
from gapjunction.runs.rehearsal import choose_rehearsal, rehearsal_images
from gapjunction.simulation.generator import SimulatedImage

pytestmark = pytest.mark.usefixtures("tiny_preset")

ONE, TWO = ("gap_junction",), ("gap_junction", "nucleus")


@pytest.fixture(autouse=True)
def quick_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rehearse four images of noise with one box, in place of simulated tissue."""

    def draw(size_px: int, rng: np.random.Generator) -> SimulatedImage:
        pixels = rng.integers(0, 255, (size_px, size_px, 3), dtype=np.uint8)
        return SimulatedImage(pixels, as_boxes([[4, 4, 12, 12]]), np.ones(1))

    monkeypatch.setattr(rehearsal, "KINDS", (draw,))
    monkeypatch.setattr(rehearsal, "NUM_IMAGES", 4)
    monkeypatch.setattr(rehearsal, "SIDE_PX", 64)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "data", num_assets=4)


@pytest.fixture
def last_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the last epoch, as these trainings are too short to be better than their start."""
    for module in ("training.loop", "runs.fit", "runs.recorder", "runs.card", "commands.train"):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[-1])


def rehearsed_by(folder: Path) -> float:
    return float(yaml.safe_load((folder / SETTINGS_NAME).read_text())["rehearse"])


def test_choose_rehearsal__copy_of_the_shipped_weights__is_usual(tmp_path: Path) -> None:
    shutil.copyfile(SHIPPED_MODEL / WEIGHTS_NAME, tmp_path / WEIGHTS_NAME)
    assert choose_rehearsal(None, tmp_path, ONE) == rehearsal.USUAL


def test_choose_rehearsal__random_or_other_weights__is_none(checkpoint: Path) -> None:
    assert choose_rehearsal(None, None, ONE) == 0
    assert choose_rehearsal(None, checkpoint, ONE) == 0


def test_choose_rehearsal__asked_for__is_what_was_asked_for(checkpoint: Path) -> None:
    assert choose_rehearsal(2.0, checkpoint, ONE) == 2.0
    assert choose_rehearsal(0.0, SHIPPED_MODEL, ONE) == 0


def test_choose_rehearsal__several_classes__is_none_and_refused_if_asked_for() -> None:
    assert choose_rehearsal(None, SHIPPED_MODEL, TWO) == 0
    with pytest.raises(ConfigError, match=r"rehearse 1: .* several classes.*gap_junction, nucleus"):
        choose_rehearsal(1.0, SHIPPED_MODEL, TWO)


@pytest.mark.long
def test_choose_rehearsal__run_that_rehearsed__is_usual(tmp_path: Path, data: Path) -> None:
    for asked, expected in ((0.5, rehearsal.USUAL), (0.0, 0)):
        folder = tmp_path / f"run_{asked}"
        run(TrainConfig(data=(data,), output=folder, folds=1, rehearse=asked))
        assert choose_rehearsal(None, folder, ONE) == expected


def test_rehearsal_images__equal_seeds__give_equal_images(tmp_path: Path) -> None:
    one, again, other = (
        [each.read() for each in rehearsal_images(tmp_path / name, seed)]
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert len({each.tobytes() for each in one}) == 4


def test_rehearsal_images__there_already__are_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rehearsal_images(tmp_path, 0)
    monkeypatch.setattr(rehearsal, "KINDS", ())  # to draw would raise
    second = rehearsal_images(tmp_path, 0)
    assert [each.path for each in first] == [each.path for each in second]
    assert all(each.boxes.tolist() == [[4, 4, 12, 12]] for each in second)


@pytest.mark.long
@pytest.mark.parametrize("folds", [1, 2])
def test_run__rehearse__adds_tiles_to_each_step_and_removes_its_images(
    tmp_path: Path, data: Path, folds: int
) -> None:
    drawn: list[int] = []
    fitted = "_fit_once" if folds == 1 else "fit_in_folds"
    original = getattr(fit, fitted)

    def spy(*arguments: object, **options: object) -> object:
        settings, known = arguments[:2]
        drawn.extend([settings.training.batch_size, settings.training.tiles_per_epoch])  # type: ignore[attr-defined]
        drawn.append(len(known.rehearsed))  # type: ignore[attr-defined]
        return original(*arguments, **options)

    with patch.object(fit, fitted, spy):
        run(TrainConfig(data=(data,), output=tmp_path / "run", folds=folds, rehearse=1.0))
    assert drawn == [4, 8, 4]  # instead of 2 and 4, and the images
    assert rehearsed_by(tmp_path / "run") == 1.0
    assert not (tmp_path / "run" / REHEARSAL_NAME).exists()


@pytest.mark.long
@pytest.mark.usefixtures("last_is_best")
def test_run__rehearsing_stopped_and_resumed__ends_as_without_the_break(
    tmp_path: Path, data: Path
) -> None:
    config = TrainConfig(data=(data,), output=tmp_path / "whole", folds=1, rehearse=0.5)
    whole, broken = run(config), tmp_path / "broken"
    with (
        patch.object(EpochTable, "on_step", side_effect=[None, None, KeyboardInterrupt]),
        pytest.raises(KeyboardInterrupt),
    ):
        run(config.but(output=broken))
    assert (broken / REHEARSAL_NAME).is_dir()
    resumed = run(TrainConfig(output=broken, resume=True))
    assert resumed.version == whole.version
    assert not (broken / REHEARSAL_NAME).exists()


@pytest.mark.long
@pytest.mark.usefixtures("last_is_best")
def test_run__rehearse__changes_what_is_learnt(tmp_path: Path, data: Path) -> None:
    versions = {
        run(TrainConfig(data=(data,), output=tmp_path / name, folds=1, rehearse=rehearse)).version
        for name, rehearse in (("none", 0.0), ("some", 1.0))
    }
    assert len(versions) == 2
