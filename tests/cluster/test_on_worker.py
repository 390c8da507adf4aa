"""Tests for `gapjunction.cluster.on_worker`."""

from pathlib import Path
from threading import Thread

import pytest

from cluster_work import Deeds, tries_of
from gapjunction.cluster.on_worker import end_processes, work_on
from gapjunction.cluster.supervised import CalledOffError
from gapjunction.cluster.work import Work

pytestmark = pytest.mark.long


def test_work_on__two_tasks__are_done_in_one_process(tmp_path: Path) -> None:
    work = Work.of(Deeds(tmp_path), num_threads=1, time_limit_s=60)
    first = work_on(work, [(0, "do a"), (1, "do b")])
    second = work_on(work, [(2, "do c")])
    end_processes(work)
    assert [each.result for each in first + second] == ["done a", "done b", "done c"]
    assert len(list(tmp_path.glob("begun-*"))) == 1


def test_end_processes__in_the_middle_of_an_item__does_not_try_it_again(tmp_path: Path) -> None:
    work = Work.of(Deeds(tmp_path), num_threads=1, time_limit_s=60)
    raised: list[CalledOffError] = []

    def hang() -> None:
        try:
            work_on(work, [(0, "hang a")])
        except CalledOffError as error:
            raised.append(error)

    thread = Thread(target=hang)
    thread.start()
    while not tries_of(tmp_path, "a"):
        thread.join(0.05)
    end_processes(work)
    thread.join()
    assert [str(error) for error in raised] == ["the work was called off"]
    assert len(tries_of(tmp_path, "a")) == 1


def test_work_on__task_that_arrives_after_the_end__begins_nothing(tmp_path: Path) -> None:
    work, another = (Work.of(Deeds(tmp_path), num_threads=1, time_limit_s=60) for _ in range(2))
    end_processes(work)
    with pytest.raises(CalledOffError, match="called off"):
        work_on(work, [(0, "do a")])
    assert list(tmp_path.iterdir()) == []
    assert work_on(another, [(0, "do a")])[0].result == "done a"
    end_processes(another)
