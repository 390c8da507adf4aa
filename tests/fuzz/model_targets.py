"""Readers of weights, of states of a training and of what predictions are counted anew from."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import torch

from fuzz.target import Attempt, Target, command, reading
from gapjunction.boxes import as_boxes
from gapjunction.commands.predict.image_state import ImageState
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen, write_seen
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.dino.published_file import read_published
from gapjunction.models.zipped_run import opened_run
from gapjunction.training.records import read_records, read_state
from published_files import TINY_RESNET, official_weights, random_network
from tiny_detectors import save_untrained

RUN, PUBLISHED = "run", "published.pth"

_STATE = ImageState(num_bytes=100, changed_ns=10**18)


def model_targets() -> list[Target]:
    """Return a target for each file that a network or a training is read from."""
    return [
        Target("run folder", _fill_run, reading(_read_run), share=0.5),
        Target("zipped run", _fill_zipped_run, reading(_read_zipped_run), share=0.5),
        Target("state.pt", _fill_state, reading(_read_state)),
        Target("seen.npz", _fill_seen, reading(_read_seen)),
        Target("published weights", _fill_published, reading(_read_published), share=0.05),
        Target("import-weights", _fill_published, _import_weights(), share=0.02),
    ]


def _import_weights() -> Attempt:
    return command("import-weights", f"{{i}}/{PUBLISHED}", "--output", "{o}")


def _fill_run(folder: Path) -> None:
    save_untrained(folder / RUN)


def _read_run(folder: Path) -> None:
    load_checkpoint(folder / RUN)


def _fill_zipped_run(folder: Path) -> None:
    save_untrained(folder / RUN)
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        for path in sorted((folder / RUN).iterdir()):
            archive.write(path, f"{RUN}/{path.name}")
    shutil.rmtree(folder / RUN)


def _read_zipped_run(folder: Path) -> None:
    with opened_run(folder / "run.zip") as run:
        load_checkpoint(run)


def _fill_state(folder: Path) -> None:
    weights = {"conv.weight": torch.zeros(2, 2), "conv.bias": torch.zeros(2)}
    torch.save({"records": [], "model": weights, "epoch": 3}, folder / "state.pt")


def _read_state(folder: Path) -> None:
    read_state(folder / "state.pt")
    read_records(folder / "state.pt")


def _fill_seen(folder: Path) -> None:
    boxes = as_boxes([(1, 2, 5, 7), (10, 10, 14, 16)])
    found = Detections(boxes, np.array([0.75, 0.5], np.float32), np.zeros(2, np.int64))
    write_seen(folder / "a.npz", SeenInImage(found, 30, 40, 3), _STATE)


def _read_seen(folder: Path) -> None:
    seen = read_seen(folder / "a.npz", _STATE)
    if seen is not None:
        str((seen.detections.boxes.tolist(), seen.height * seen.width))


def _fill_published(folder: Path) -> None:
    weights = official_weights(random_network(TINY_RESNET), TINY_RESNET)
    torch.save({"model": weights, "epoch": 12, "args": {"lr": 1e-4}}, folder / PUBLISHED)


def _read_published(folder: Path) -> None:
    read_published(folder / PUBLISHED)
