"""The sets of images that methods are tuned and judged on; made when they are not there yet."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from bench.second_simulator.field import Field, simulate_field
from bench.second_simulator.kinds import KINDS, KindName
from bench.third_simulator.looks import LOOKS
from bench.third_simulator.slices import Slice, simulate_slice
from gapjunction.commands import simulate
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.writer import write_dataset
from gapjunction.files import write_json
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned

Pixels = NDArray[np.uint8]

SIZE_PX = 1024
PROBE_PX = 160
ASSETS_FOR_TUNING = 5
WEBP_QUALITY = 85
CLASSES = {"gap_junction": "#4EF8FF"}
FINGERPRINT_NAME = "fingerprint.json"
# These seeds of the simulators are used for nothing else, such as data/ or shipped weights.
SEED = 815_000


@dataclass(frozen=True, slots=True)
class Amount:
    """How many images of which size each set has."""

    tuning: int = 15
    test: int = 10
    size_px: int = SIZE_PX


@dataclass(frozen=True, slots=True)
class SetSpec:
    """How a set is made.

    Attributes:
        title: as it is called in the table.
        write: write a dataset of so many images of a size from a seed to a folder.
        probe: draw a small image; where it changes, the simulator did, and sets are made anew.
        tuned_as: the set whose tuning images methods see before this one, if it has none.
    """

    title: str
    write: Callable[[Path, int, int, int], None]
    probe: Callable[[], Pixels]
    tuned_as: str | None = None


@dataclass(frozen=True, slots=True)
class BenchSet:
    """A set on disk: two datasets, and what tells whether they are as they should be."""

    name: str
    tuning: Path
    test: Path
    fingerprint: str


def make_sets(names: list[str], amount: Amount, folder: Path) -> dict[str, BenchSet]:
    """Return the named sets, and those that they are tuned as; write what is missing."""
    wanted = dict.fromkeys(
        own for name in names for own in (SETS[name].tuned_as, name) if own is not None
    )
    made: dict[str, BenchSet] = {}
    for name in wanted:
        spec = SETS[name]
        fingerprint = _fingerprint(spec, amount)
        root = folder / name
        tuning = root / "tuning" if spec.tuned_as is None else made[spec.tuned_as].tuning
        if not _is_made(root, fingerprint):
            seed = SEED + 10 * list(SETS).index(name)
            if spec.tuned_as is None:
                spec.write(tuning, amount.tuning, amount.size_px, seed)
            spec.write(root / "test", amount.test, amount.size_px, seed + 1)
            write_json(root / FINGERPRINT_NAME, fingerprint)
        made[name] = BenchSet(name, tuning, root / "test", fingerprint)
    return made


def _write_own(kind: KindName) -> Callable[[Path, int, int, int], None]:
    """Return a function that writes images of the package's own simulator."""

    def write(folder: Path, count: int, size_px: int, seed: int) -> None:
        with tempfile.TemporaryDirectory() as fresh:
            out = Path(fresh) / folder.name
            simulate.run(
                simulate.SimulateConfig(
                    out=out,
                    kind=kind,
                    images=count,
                    size=size_px,
                    seed=seed,
                    assets=min(ASSETS_FOR_TUNING, count),
                )
            )
            _move(out, folder)

    return write


def _write_fields(draw: Callable[[int, Generator], Field | Slice]) -> Callable[..., None]:
    """Return a function that writes images which `draw` makes, of a size in pixels."""

    def write(folder: Path, count: int, size_px: int, seed: int) -> None:
        with tempfile.TemporaryDirectory() as fresh:
            images = []
            for index in range(count):
                rng = np.random.default_rng([seed, index])
                field = draw(size_px, rng)
                images.append(write_field(field, Path(fresh) / f"field_{index:02}.webp"))
            num_assets = min(ASSETS_FOR_TUNING, count)
            assets = tuple(
                Asset(f"simulated_{own}", tuple(images[own::num_assets]))
                for own in range(num_assets)
            )
            write_dataset(Dataset(folder.name, folder, CLASSES, assets), folder)

    return write


def _probe_own(kind: KindName) -> Callable[[], Pixels]:
    plan = plan_fields(kind, num_images=1, num_assets=1)[0]
    return lambda: simulate_planned(plan, SEED, PROBE_PX).pixels


def _probe_fields(draw: Callable[[int, Generator], Field | Slice]) -> Callable[[], Pixels]:
    return lambda: draw(PROBE_PX, np.random.default_rng(SEED)).pixels


def _drawn(title: str, draw: Callable[[int, Generator], Field | Slice]) -> SetSpec:
    """Return a set of images that `draw` makes."""
    return SetSpec(title, _write_fields(draw), _probe_fields(draw))


def write_field(field: Field | Slice, path: Path) -> AnnotatedImage:
    """Write a field of the second or the third simulator; return it as an image of a dataset."""
    Image.fromarray(np.moveaxis(field.pixels, 0, -1)).save(path, quality=WEBP_QUALITY)
    height, width = field.pixels.shape[1:]
    labels = np.zeros(len(field.boxes), np.int64)
    return AnnotatedImage(path, height, width, field.boxes, labels)


def _move(source: Path, target: Path) -> None:
    """Write the dataset in `source` again as `target`, whole, in the place of what is there."""
    write_dataset(read_dataset(source), target)


def _fingerprint(spec: SetSpec, amount: Amount) -> str:
    asked = f"{spec.title} {SEED} {amount}".encode() + spec.probe().tobytes()
    return hashlib.sha256(asked).hexdigest()[:16]


def _is_made(root: Path, fingerprint: str) -> bool:
    path = root / FINGERPRINT_NAME
    return path.is_file() and json.loads(path.read_text(encoding="utf-8")) == fingerprint


NEGATIVE = "negative"

SETS: dict[str, SetSpec] = {
    "own_human": SetSpec("own simulator, human", _write_own("human"), _probe_own("human")),
    "own_rat": SetSpec("own simulator, rat", _write_own("rat"), _probe_own("rat")),
    "second_human": _drawn("second simulator, human", partial(simulate_field, KINDS["human"])),
    "second_rat": _drawn("second simulator, rat", partial(simulate_field, KINDS["rat"])),
    NEGATIVE: SetSpec(
        "second simulator, human, no plaques",
        _write_fields(partial(simulate_field, KINDS["human"], has_plaques=False)),
        _probe_fields(partial(simulate_field, KINDS["human"])),
        tuned_as="second_human",
    ),
    # At the end, as sets draw their seeds by their places.
    "third_human": _drawn("third simulator, human", partial(simulate_slice, LOOKS["human"])),
    "third_rat": _drawn("third simulator, rat", partial(simulate_slice, LOOKS["rat"])),
}
