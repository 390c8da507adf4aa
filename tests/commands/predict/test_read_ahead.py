"""Tests for `gapjunction.commands.predict.read_ahead`."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.commands.predict.read_ahead import read_ahead, write_behind
from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.samples.picture import Picture


def write_grey(path: Path, grey: int) -> Path:
    Image.fromarray(np.full((4, 5), grey, np.uint8)).save(path)
    return path


def written_images(folder: Path, count: int) -> list[Picture]:
    paths = [write_grey(folder / f"{grey}.png", grey) for grey in range(count)]
    return [Picture(path, num_pixels=20) for path in paths]


def wait_until(is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.005)
    return is_true()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the images whose reading was started, so far."""
    names: list[str] = []

    def noting_read(path: Path, choice: PlaneChoice, *, is_quiet: bool) -> ImageArray:
        names.append(path.stem)
        return read_chosen(path, choice, is_quiet=is_quiet)

    monkeypatch.setattr("gapjunction.samples.picture.read_chosen", noting_read)
    return names


@pytest.mark.parametrize("count", [0, 1, 5])
def test_read_ahead__any_number__gives_each_image_in_order(tmp_path: Path, count: int) -> None:
    pictures = read_ahead(written_images(tmp_path, count))
    assert [picture.result()[0, 0, 0] for picture in pictures] == list(range(count))


def test_read_ahead__caller_at_work__reads_one_image_ahead_and_no_more(
    tmp_path: Path, started: list[str]
) -> None:
    with closing(read_ahead(written_images(tmp_path, 4))) as pictures:
        next(pictures).result()
        assert wait_until(lambda: len(started) == 2)
        time.sleep(0.05)
        assert started == ["0", "1"]


def test_read_ahead__large_image__is_alone(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.commands.predict.read_ahead.LARGE_PX", 19)
    with closing(read_ahead(written_images(tmp_path, 3))) as pictures:
        next(pictures).result()
        time.sleep(0.05)
        assert started == ["0"]


def test_read_ahead__damaged_image__fails_by_itself(tmp_path: Path) -> None:
    files = written_images(tmp_path, 3)
    files[1].path.write_bytes(b"")
    first, damaged, last = read_ahead(files)
    assert first.result()[0, 0, 0] == 0
    assert last.result()[0, 0, 0] == 2
    with pytest.raises(ImageError, match=r"1\.png"):
        damaged.result()


def test_write_behind__job__runs_while_the_caller_works() -> None:
    is_free, done = threading.Event(), []

    def job() -> None:
        assert is_free.wait(10)
        done.append("job")

    with write_behind() as start:
        start(job)
        done.append("caller")
        is_free.set()
    assert done == ["caller", "job"]


def test_write_behind__failing_job__raises_at_the_next_start_or_the_end() -> None:
    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"), write_behind() as start:
        start(fail)


def test_write_behind__after_a_failing_job__no_other_is_started() -> None:
    def fail() -> None:
        raise OSError("the disk is full")

    reached = []

    def start_two() -> None:
        with write_behind() as start:
            start(fail)
            start(lambda: reached.append("second"))

    with pytest.raises(OSError, match="disk is full"):
        start_two()
    assert not reached


def test_write_behind__caller_is_interrupted__the_job_is_finished_all_the_same() -> None:
    done = []

    def job() -> None:
        time.sleep(0.05)
        done.append("job")

    def start_and_be_interrupted() -> None:
        with write_behind() as start:
            start(job)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start_and_be_interrupted()
    assert done == ["job"]
