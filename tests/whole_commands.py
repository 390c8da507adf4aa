"""Commands that a test gives as a user does, in processes, and what they leave."""

import hashlib
import io
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import torch

from builders import build_dataset
from tiny_detectors import save_untrained

# Times of day, how long it took, and what holds them.
DIFFERS = ("history.csv", "curves.png", "mlflow.db")
STATE_NAME = "state.pt"


@dataclass(frozen=True)
class Command:
    """A command that may be broken off.

    Attributes:
        words: what to give; `{out}` stands for its output.
        again: what to give after a break, if it is not the same; `{out}/FILE` has to be there.
    """

    words: str
    again: tuple[str, str] | None = None

    def arguments(self, out: Path, seen: Path | None = None) -> list[str]:
        """Return what to give now; `seen` is where this process sees `out`, if elsewhere."""
        words = self.words
        if self.again is not None and ((seen or out) / self.again[0]).exists():
            words = self.again[1]
        return [sys.executable, "-m", "gapjunction", *words.format(out=out).split()]


COMMANDS = {
    "predict": Command("predict set --checkpoint model --output {out} --overlays --csv"),
    "train": Command(
        "train set --weights model --output {out} --max_epochs 2 --folds 1 --rehearse 0 "
        "--presets medium_quality --mlflow_dir logged",
        ("settings.yaml", "train --resume --output {out} --mlflow_dir logged"),
    ),
    "convert": Command("convert set --output {out}"),
    "create": Command("create {out} --from pictures"),
    "simulate": Command("simulate {out} --kind rat --images 2 --assets 2 --size 128"),
    "report": Command("report set --by species --output {out}"),
    "measure": Command("measure predicted --output {out} --formats csv --formats parquet"),
    "benchmark": Command(
        "benchmark counts --predictions_dir predicted --ground_truth_dir set "
        "--json {out}/metrics.json --mlflow_dir {out}"
    ),
}


def furnish(folder: Path) -> Path:
    """Fill a folder with a dataset, pictures, a model, and predictions of it; return it."""
    images = build_dataset(folder / "set", num_assets=4)
    (folder / "pictures" / "a").mkdir(parents=True)
    for image in images.glob("Assets/*/Raw/*"):
        copy(image, folder / "pictures" / "a")
    save_untrained(folder / "model")
    finish(Command("predict set --checkpoint model --output {out}"), folder / "predicted", folder)
    return folder


def finish(command: Command, out: Path, place: Path) -> float:
    """Give the command until it ends; return how long that took, in seconds."""
    begun = time.monotonic()
    done = subprocess.run(
        command.arguments(out), cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - begun


def content(out: Path) -> dict[str, bytes]:
    """Return what is in the files of a folder, as far as it is to be the same each time."""
    files = (path for path in out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): _lasting(path)
        for path in files
        if "artifacts" not in path.parts
    }


def _lasting(path: Path) -> bytes:
    """Return the content of a file without times; the weights of a state are hashed."""
    if path.name in DIFFERS:
        return b""
    if path.name != STATE_NAME:
        return path.read_bytes()
    state = torch.load(path, weights_only=True)
    epochs = [record | {"seconds": 0.0} for record in state["records"]]
    weights = io.BytesIO()
    for kind in ("model", "average"):
        for tensor in state[kind].values():
            weights.write(tensor.numpy().tobytes())
    return f"{hashlib.sha256(weights.getvalue()).hexdigest()} {epochs}".encode()
