"""Tests for `gapjunction.cluster.supervised` and `gapjunction.cluster.child`."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from cluster_work import Deeds, never, tries_of
from gapjunction.cluster.supervised import CalledOffError, Supervised, _begun
from gapjunction.cluster.work import Begin, SetAsideError, Work
from gapjunction.errors import ImageError
from gapjunction.process_ids import is_running

pytestmark = pytest.mark.long

SOON_S = 20.0


@contextmanager
def supervised(begin: Begin, time_limit_s: float = 60) -> Iterator[Supervised]:
    process = Supervised(Work.of(begin, num_threads=1, time_limit_s=time_limit_s), None)
    try:
        yield process
    finally:
        process.end()


def test_do__items__are_done_in_one_process(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        outcomes = [process.do(number, f"do {number}") for number in (3, 4)]
    assert [(each.number, each.result) for each in outcomes] == [(3, "done 3"), (4, "done 4")]
    assert len(list(tmp_path.glob("begun-*"))) == 1


def test_do__error_of_an_item__comes_back_as_it_is(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        error = process.do(0, "fail a.png").error
    assert isinstance(error, ImageError)
    assert str(error) == "a.png: expected an image, found none; check it"
    assert len(tries_of(tmp_path, "a.png")) == 1


def test_do__message__comes_back_with_its_level(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        assert process.do(0, "say a").said == ((30, "said of a"),)
        assert process.do(1, "do b").said == ()


def test_do__item_that_ends_its_process__is_set_aside_after_two_tries(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        error = process.do(0, "die a").error
        assert process.do(1, "do b").result == "done b"
    assert isinstance(error, SetAsideError)
    assert "2 tries in vain: the process was ended by SIGKILL" in str(error)
    assert len(tries_of(tmp_path, "a")) == 2


def test_do__process_that_is_lost_once__costs_a_try(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        assert process.do(0, "die_once a").result == "done a"


def test_do__item_that_hangs__is_set_aside_after_two_tries(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path), time_limit_s=0.5) as process:
        error = process.do(0, "hang a").error
    assert "2 tries in vain: it took more than 0.5 s" in str(error)
    assert len(tries_of(tmp_path, "a")) == 2


def test_do__error_before_the_first_item__is_raised() -> None:
    with supervised(never) as process, pytest.raises(ImageError, match="expected a model"):
        process.do(0, "do a")


def test_end__while_nothing_is_done__leaves_no_process(tmp_path: Path) -> None:
    with supervised(Deeds(tmp_path)) as process:
        process.do(0, "do a")
    (begun,) = tmp_path.glob("begun-*")
    assert not is_running(int(begun.name.removeprefix("begun-")))


def test_child__its_supervisor_is_killed__ends_in_the_middle_of_its_work(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from pathlib import Path\n"
        "from cluster_work import Deeds\n"
        "from gapjunction.cluster.supervised import Supervised\n"
        "from gapjunction.cluster.work import Work\n"
        f"deeds = Deeds(Path({str(tmp_path)!r}))\n"
        "Supervised(Work.of(deeds, num_threads=1, time_limit_s=600), None).do(0, 'hang a')"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program])
    patience = time.monotonic() + 60
    while not tries_of(tmp_path, "a") and time.monotonic() < patience:
        time.sleep(0.05)
    supervisor.kill()
    supervisor.wait()
    (begun,) = tmp_path.glob("begun-*")
    child = int(begun.name.removeprefix("begun-"))
    patience = time.monotonic() + SOON_S
    while is_running(child) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not is_running(child)


def test_end__while_the_process_begins__leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    is_beginning = Event()

    def begin_slowly(*given: Any) -> "subprocess.Popen[bytes]":
        is_beginning.set()
        time.sleep(0.3)
        process = _begun(*given)
        begun.append(process.pid)
        return process

    monkeypatch.setattr("gapjunction.cluster.supervised._begun", begin_slowly)
    with supervised(Deeds(tmp_path)) as process, ThreadPoolExecutor(1) as thread:
        doing = thread.submit(process.do, 0, "hang a")
        assert is_beginning.wait(SOON_S)
        process.end()
        assert not is_running(begun[0])
        with pytest.raises(CalledOffError):
            doing.result(SOON_S)
