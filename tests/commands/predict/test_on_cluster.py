"""Tests for `gapjunction.commands.predict.on_cluster` and `elsewhere`."""

import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction.cluster.distribute import Parcel
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.commands.predict import on_cluster
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.elsewhere import Beginning
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.version import __version__
from tiny_detectors import save_untrained
from whole_commands import content

needs_dask = pytest.mark.skipif(
    "not __import__('importlib.util').util.find_spec('distributed')",
    reason="distributed comes with the extra cluster",
)


def beginning(checkpoint: Path, **changes: str) -> Beginning:
    known = {"model_version": load_checkpoint(checkpoint).version, "package_version": __version__}
    own = known | changes
    return Beginning(
        checkpoint, own["model_version"], own["package_version"], "torch", "no", 0, None, 0.5, 0.5
    )


def write_empty(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        Image.fromarray(np.zeros((32, 32), np.uint8)).save(folder / name)
    return folder


@pytest.mark.long
@needs_dask
def test_run__dataset_on_a_cluster__leaves_the_same_bytes(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_dataset(tmp_path / "set")
    monkeypatch.chdir(tmp_path)
    first = min(root.glob("Assets/*/Raw/*"))
    Path("regions").mkdir()
    with Image.open(first) as picture:
        mask = Image.new("L", picture.size, 1)
    mask.save(Path("regions") / f"{first.stem}_mask.png")
    alone = PredictConfig(
        input=Path("set"),
        checkpoint=checkpoint,
        output=Path("alone"),
        overlays=True,
        csv=True,
        objects=("csv",),
        roi=Path("regions"),
    )
    run(alone)
    result = run(alone.but(output=Path("together"), cluster="local:2"))
    assert result.num_images == 6
    assert content(tmp_path / "together") == content(tmp_path / "alone")


@pytest.mark.long
@needs_dask
def test_run__on_a_cluster__says_once_what_is_to_be_said_of_images(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = write_empty(tmp_path / "images", "a.png", "b.png", "c.png")
    whole = (images / "b.png").read_bytes()
    (images / "b.png").write_bytes(whole[:-30])
    caplog.set_level(logging.INFO)
    config = PredictConfig(
        input=images, checkpoint=checkpoint, output=tmp_path / "alone", threshold=1
    )
    alone = run(config)
    said_alone = caplog.messages.copy()
    caplog.clear()
    together = run(config.but(output=tmp_path / "together", cluster="local:1"))
    assert together.failures == alone.failures
    assert len(together.failures) == together.exit_code == 1
    said = [each for each in caplog.messages if "nearly empty" in each]
    assert said == [each for each in said_alone if "nearly empty" in each]
    assert said[0].startswith("2 images are nearly empty (a, c)")


@needs_dask
def test_run__image_that_was_tried_in_vain__is_named_and_the_others_are_done(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = write_empty(tmp_path / "images", "a.png", "b.png")

    def distribute(_client: None, work: Work, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
        predict = pickle.loads(work.begin)()  # noqa: S301 - made by this test
        for parcel in parcels:
            yield Outcome(*parcel[0][:1], None, SetAsideError("2 tries in vain: it took long"))
            yield from (Outcome(number, predict(item)) for number, item in parcel[1:])

    monkeypatch.setattr(on_cluster, "distribute", distribute)
    monkeypatch.setattr(on_cluster, "opened_client", lambda *_: nullcontext())
    monkeypatch.setattr(on_cluster, "end_work", lambda *_: None)
    result = run(
        PredictConfig(
            input=images, checkpoint=checkpoint, output=tmp_path / "out", cluster="local:1"
        )
    )
    assert result.failures == (
        f"{images / 'a.png'}: expected an image that a process can predict, found 2 tries in vain: "
        "it took long; look at the image; a large one may need more time or memory "
        "(--time_limit_s)",
    )
    assert (result.num_images, result.exit_code) == (1, 1)


def test_run__cluster_that_is_none__is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found slurm"):
        run(PredictConfig(input=tmp_path / "nothing", output=tmp_path / "out", cluster="slurm"))


def test_run__cluster_without_its_extra__says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r'pip install "gapjunction\[cluster\]"'):
        run(PredictConfig(input=tmp_path, output=tmp_path / "out", cluster="local"))


@pytest.mark.parametrize(
    ("what", "error"), [("model_version", CheckpointError), ("package_version", ConfigError)]
)
def test_beginning__other_model_or_package__is_refused(
    checkpoint: Path, what: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"expected .* in every worker, found .* in one"):
        beginning(checkpoint, **{what: "another"})()


@needs_dask
@pytest.mark.slow
def test_predict__interrupted_on_a_cluster__ends_with_all_it_began(tmp_path: Path) -> None:
    save_untrained(tmp_path / "model")
    names = [f"{number:03}.png" for number in range(200)]
    write_empty(tmp_path / "images", *names)
    words = ["predict", "images", "--checkpoint", "model", "--scale", "1", "--cluster", "local:2"]
    command = subprocess.Popen(
        [sys.executable, "-m", "gapjunction", *words, "--output", "out"],
        cwd=tmp_path,
        env=os.environ | {"OF_TEST": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    patience = time.monotonic() + 300
    while not list(tmp_path.glob("out/intervals/*.json")) and time.monotonic() < patience:
        time.sleep(0.05)
    begun = begun_by(tmp_path)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 130
    assert said.splitlines()[-1] == "gapjunction: interrupted; what is finished is kept"
    assert "Traceback" not in said
    assert len(begun) >= 2
    assert begun_by(tmp_path) == []
    assert not list(tmp_path.glob("out/.gapjunction-lock"))


def begun_by(folder: Path) -> list[int]:
    """Return the processes that a command of this test has begun, and itself (Linux)."""
    mark = f"OF_TEST={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is not ours
            if mark in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found
