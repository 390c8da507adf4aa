"""Detectors for tests: one with random weights, and a tiny preset to train."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from gapjunction import presets
from gapjunction.models.centernet.model import CenterNet, CenterNetConfig
from gapjunction.models.checkpoint import DetectorConfig, save_checkpoint
from gapjunction.presets import Preset
from gapjunction.runs import log
from gapjunction.tracking.store import TrackingStore
from gapjunction.training.config import TrainingConfig
from logged_runs import LoggedRuns

TINY_NETWORK = CenterNetConfig(widths=(4, 4, 4, 4))


@pytest.fixture(autouse=True)
def logged_training(monkeypatch: pytest.MonkeyPatch) -> LoggedRuns:
    """Keep training runs out of the MLflow store of whoever runs the tests."""
    return log_nowhere(monkeypatch)


def log_nowhere(monkeypatch: pytest.MonkeyPatch) -> LoggedRuns:
    """Let training runs log to the returned object."""
    runs = LoggedRuns()
    monkeypatch.setattr(log, "log_run", runs.log_run)
    monkeypatch.setattr(log, "find_run", runs.find_run)
    monkeypatch.setattr(log, "choose_store", lambda _: TrackingStore("nowhere", None))
    return runs


@pytest.fixture
def drawn_figures() -> None:
    """Let a test draw its figures in earnest; `quick_figures` leaves them alone."""


@pytest.fixture(autouse=True)
def quick_figures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Save figures as one pixel: drawing them takes a second, and `tests/report` does it."""
    if "drawn_figures" not in request.fixturenames:
        monkeypatch.setattr(Figure, "savefig", save_as_one_pixel)


def save_as_one_pixel(_: Figure, target: Path | IO[bytes], **options: Any) -> None:
    """Take the place of `Figure.savefig`."""
    kind = options.get("format", "png")
    Image.new("RGB", (1, 1)).save(target, "png" if kind == "svg" else kind)  # Pillow writes none


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """Return the folder of a detector that finds much, as it was never trained."""
    return save_untrained(tmp_path / "untrained_model")


def save_untrained(folder: Path) -> Path:
    """Write a detector that finds much, as it was never trained; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _untrained_files().items():
        (folder / name).write_bytes(content)
    torch.manual_seed(0)  # what a test draws does not depend on the tests before it
    return folder


@cache
def _untrained_files() -> dict[str, bytes]:
    config = DetectorConfig(
        class_names=("gap_junction",),
        class_colors=("#4EF8FF",),
        network=TINY_NETWORK,
        score_threshold=0.5085,  # half of what it finds in noise
    )
    torch.manual_seed(0)
    detector = CenterNet(TINY_NETWORK, num_classes=1)
    last = detector.network.heat[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    torch.nn.init.normal_(last.weight)
    torch.nn.init.zeros_(last.bias)
    with TemporaryDirectory() as folder:
        save_checkpoint(detector, config, Path(folder))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.fixture
def tiny_preset(monkeypatch: pytest.MonkeyPatch, checkpoint: Path) -> None:
    """Make medium_quality a network and a training of a second, from weights never trained."""
    use_tiny_preset(monkeypatch, checkpoint)


@contextmanager
def tiny_trainings(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """Do, for what several tests share, what the fixtures above do for each test."""
    with pytest.MonkeyPatch.context() as patch:
        log_nowhere(patch)
        patch.setattr(Figure, "savefig", save_as_one_pixel)
        use_tiny_preset(patch, save_untrained(folder / "untrained_model"))
        yield patch


def use_tiny_preset(monkeypatch: pytest.MonkeyPatch, checkpoint: Path) -> None:
    """Make medium_quality a tiny network, with a short training that starts from a checkpoint."""
    training = TrainingConfig(max_epochs=2, tiles_per_epoch=4, batch_size=2, tile_size=32)
    (checkpoint / "MODEL_CARD.md").write_text("# For tests\n")
    preset = Preset(
        "for tests",
        TINY_NETWORK,
        {"from_scratch": training},
        shipped=checkpoint,
    )
    monkeypatch.setitem(presets.PRESETS, "medium_quality", preset)
