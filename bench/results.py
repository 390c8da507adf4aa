"""What was measured of one method on one set, and how it is kept to be used again."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gapjunction
from bench.examples import TuningSet, read_examples
from bench.methods import OURS
from bench.peers.method import Method
from bench.scoring import ImageScore, score_image
from bench.sets import BenchSet
from gapjunction.config import StrictConfig
from gapjunction.files import write_json
from gapjunction.models.checkpoint import weights_version

HERE = Path(__file__).parent
PACKAGE = Path(next(iter(gapjunction.__path__)))
SHARED_SOURCES = ("scoring.py", "search.py", "views.py", "examples.py", "peers/method.py")
PEER_SOURCES = {
    "log": ("peers/spots.py",),
    "dog": ("peers/spots.py",),
    "tophat": ("peers/tophat.py",),
    "bigfish": ("peers/bigfish.py",),
    "spotiflow": ("peers/spotiflow.py",),
}
NOT_OUR_SOURCES = ("report", "simulation", "cli.py", "tracking/runs.py")  # they change no box


class Result(StrictConfig):
    """One method on one set.

    Attributes:
        title: of the method, as it is called in the table.
        fingerprint: of the code, the set and our weights: what another one made is made anew.
        settings: what was tuned.
        images: scores of the test images.
    """

    method: str
    title: str
    set_name: str
    fingerprint: str
    settings: dict[str, Any]
    images: tuple[ImageScore, ...]


def fingerprint_of(name: str, bench_set: BenchSet, checkpoint: Path, max_epochs: int | None) -> str:
    """Return what tells whether a kept result is still what would be measured."""
    own = PEER_SOURCES.get(name, ("peers/ours.py", "peers/our_training.py"))
    paths = [HERE / each for each in (*SHARED_SOURCES, *own)]
    asked = [name, bench_set.fingerprint]
    if name in OURS:
        paths += [
            path
            for path in sorted(PACKAGE.rglob("*.py"))
            if path.relative_to(PACKAGE).parts[0] not in NOT_OUR_SOURCES
        ]
        asked += [str(max_epochs), weights_version(checkpoint) if checkpoint.is_dir() else "none"]
    asked += [path.read_text(encoding="utf-8") for path in paths]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]


def kept_result(path: Path, fingerprint: str) -> Result | None:
    """Return the result in a file if it was made by the same code from the same things."""
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("fingerprint") != fingerprint:
        return None
    return Result.model_validate(content)


def measure(name: str, method: Method, bench_set: BenchSet, fingerprint: str, out: Path) -> Result:
    """Tune a method on a set's tuning images, judge it on the test images, and keep the result."""
    work = out / "work" / f"{bench_set.name}-{name}-{fingerprint}"
    examples = read_examples(bench_set.tuning)
    settings = method.tune(TuningSet(bench_set.tuning, work, examples))
    return judge(name, method, bench_set, fingerprint, settings, out)


def judge(
    name: str, method: Method, bench_set: BenchSet, fingerprint: str, settings: Any, out: Path
) -> Result:
    """Let a tuned method find objects in the test images, and keep how well it did."""
    examples = read_examples(bench_set.test)
    if method.find_all is None:
        detect = method.prepare(settings)
        found = [detect(example.pixels) for example in examples]
    else:
        found = method.find_all(settings, bench_set.test)
    images = [score_image(e.truth, own) for e, own in zip(examples, found, strict=True)]
    result = Result(
        method=name,
        title=method.title,
        set_name=bench_set.name,
        fingerprint=fingerprint,
        settings=settings.model_dump(mode="json"),
        images=tuple(images),
    )
    write_json(result_path(out, bench_set.name, name), result.model_dump(mode="json"))
    return result


def result_path(out: Path, set_name: str, method: str) -> Path:
    """Return where the result of a method on a set is kept."""
    return out / "results" / f"{set_name}-{method}.json"


def result_of(results: Sequence[Result], set_name: str, method: str) -> Result | None:
    """Return the result of a method on a set, or None if it was not measured."""
    wanted = (own for own in results if own.set_name == set_name and own.method == method)
    return next(wanted, None)
