"""A real scheduler with two workers: some are killed, and one image or block hangs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tiny_detectors import save_untrained
from whole_commands import content
from zarr_samples import attributes, dark_with_spots

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "not __import__('importlib.util').util.find_spec('distributed')",
        reason="distributed comes with the extra cluster",
    ),
]

NUM_IMAGES, NUM_KILLS, BETWEEN_KILLS = 60, 3, 4
PATIENCE_S = 300
SLIDE_PX = (5_000, 9_000)  # six blocks
# Reading takes workers so long that they can be killed at it, or for ever.
SLOW_READING = """
import sys, time

def look(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".png"):
        time.sleep(3600 if "hang" in str(arguments[0]) else 0.3)

sys.addaudithook(look)
"""


SLOW_KEEPING = """
import sys, time

def look(event, arguments):
    if event == "open" and "-partial-0000" in str(arguments[0]):
        time.sleep(3600 if str(arguments[0]).endswith("01.npz") else 2)

sys.addaudithook(look)
"""


@contextmanager
def started(*words: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program of Dask, with slow reading, and end it after the block."""
    path = os.pathsep.join([str(folder), *(each for each in sys.path if each)])
    with (folder / "said.txt").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            env=os.environ | {"PYTHONPATH": path},
            cwd=folder,
            stdout=said,
            stderr=said,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_done(out: Path, number: int, files: str = "intervals/*.json") -> None:
    patience = time.monotonic() + PATIENCE_S
    while len(list(out.glob(files))) < number:
        assert time.monotonic() < patience, "nothing was predicted for minutes"
        time.sleep(0.05)


def predict(*options: str, folder: Path) -> subprocess.Popen[str]:
    has_model = (folder / "model").is_dir()
    source, *model = ["images", "--checkpoint", "model"] if has_model else ["section.zarr"]
    words = ["predict", source, *model, "--scale", "1"]
    return subprocess.Popen(
        [sys.executable, "-m", "gapjunction", *words, *options],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # as workers have; others round otherwise
    )


def test_predict__workers_killed_and_an_image_that_hangs__leaves_the_bytes_of_one_process(
    tmp_path: Path,
) -> None:
    save_untrained(tmp_path / "model")
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    noise = rng.integers(0, 255, (NUM_IMAGES + 1, 64, 64), dtype=np.uint8)
    for number in range(NUM_IMAGES):
        Image.fromarray(noise[number]).save(tmp_path / "images" / f"{number:02}.png")
    alone = predict("--output", "alone", folder=tmp_path)
    alone.communicate(timeout=PATIENCE_S)
    assert alone.returncode == 0
    Image.fromarray(noise[-1]).save(tmp_path / "images" / "hang.png")

    (tmp_path / "sitecustomize.py").write_text(SLOW_READING)
    address, out = f"tcp://127.0.0.1:{free_port()}", tmp_path / "together"
    worker = ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with ExitStack() as kept:
        port = address.rpartition(":")[2]
        scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        kept.enter_context(started(*scheduler, folder=tmp_path))
        kept.enter_context(started(*worker, folder=tmp_path))
        command = predict(
            *("--output", "together", "--cluster", address, "--time_limit_s", "20"),
            folder=tmp_path,
        )
        for kill in range(NUM_KILLS):
            with started(*worker, folder=tmp_path):
                wait_until_done(out, (kill + 1) * BETWEEN_KILLS)
        kept.enter_context(started(*worker, folder=tmp_path))
        said, complaints = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 1, complaints
    assert "hang.png: expected an image that a process can predict" in said
    assert "2 tries in vain: it took more than 20 s" in said
    assert content(out) == content(tmp_path / "alone")


def test_predict__scheduler_killed__says_so_in_one_line_and_keeps_what_is_done(
    tmp_path: Path,
) -> None:
    save_untrained(tmp_path / "model")
    (tmp_path / "images").mkdir()
    for number in range(NUM_IMAGES):
        pixels = np.zeros((32, 32), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{number:02}.png")
    (tmp_path / "sitecustomize.py").write_text(SLOW_READING)
    port = str(free_port())
    address = f"tcp://127.0.0.1:{port}"
    worker = ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    with started(*scheduler, folder=tmp_path), started(*worker, folder=tmp_path):
        command = predict("--output", "out", "--cluster", address, folder=tmp_path)
        wait_until_done(tmp_path / "out", 1)
    _, said = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 2
    assert said.splitlines()[-1] == (
        f"gapjunction: {address}: expected a scheduler that runs until all is done, found that it "
        "ended; give the command again: what is finished is kept (--cluster)"
    )
    assert list((tmp_path / "out").glob("intervals/*.json"))


def test_predict__worker_killed_and_a_block_that_hangs__keeps_the_other_blocks(
    tmp_path: Path,
) -> None:
    zarr = pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
    height, width = SLIDE_PX
    group = zarr.create_group(str(tmp_path / "section.zarr"))
    group.attrs.update(attributes("yx"))
    array = group.create_array(
        "0", shape=SLIDE_PX, chunks=(512, 512), dtype=np.uint16, fill_value=0
    )
    along = np.arange(20, 580, 37)
    middles = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    for x in (3300, 6900):  # where four blocks meet
        array[3000:3600, x : x + 600] = dark_with_spots(600, 600, middles)
    region = ("--region", f"0,0,{width},{height}")
    alone = predict("--output", "alone", *region, folder=tmp_path)
    alone.communicate(timeout=PATIENCE_S)
    assert alone.returncode == 0

    (tmp_path / "sitecustomize.py").write_text(SLOW_KEEPING)
    address, out = f"tcp://127.0.0.1:{free_port()}", tmp_path / "together"
    worker = ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    again = ("--output", "together", *region)
    kept = "seen/.blocks-*/0*.npz"
    with ExitStack() as open_until_done:
        port = address.rpartition(":")[2]
        scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        open_until_done.enter_context(started(*scheduler, folder=tmp_path))
        elsewhere = ("--cluster", address, "--time_limit_s", "30")
        with started(*worker, folder=tmp_path):
            command = predict(*again, *elsewhere, folder=tmp_path)
            wait_until_done(out, 1, kept)
        for _ in range(2):
            open_until_done.enter_context(started(*worker, folder=tmp_path))
        _, said = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 2, said
    assert "section.zarr: block of " in said.splitlines()[-1]
    assert "2 tries in vain: it took more than 30 s" in said.splitlines()[-1]
    assert sorted(path.name for path in out.glob(kept)) == [
        f"{index:06d}.npz" for index in range(6) if index != 1
    ]
    command = predict(*again, folder=tmp_path)
    command.communicate(timeout=PATIENCE_S)
    assert content(out) == content(tmp_path / "alone")
