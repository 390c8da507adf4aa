"""Tests for `gapjunction.cluster.distribute` and `gapjunction.cluster.client`."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cluster_work import Deeds, never, tries_of
from gapjunction.cluster.client import opened_client
from gapjunction.cluster.distribute import distribute, end_work, parcels_of
from gapjunction.cluster.place import Here, Running
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.errors import ConfigError, ImageError
from gapjunction.process_ids import is_running

pytestmark = pytest.mark.long

needs_dask = pytest.mark.skipif(
    "not __import__('importlib.util').util.find_spec('distributed')",
    reason="distributed comes with the extra cluster",
)


def work_of(folder: Path, time_limit_s: float = 60) -> Work:
    return Work.of(Deeds(folder), num_threads=1, time_limit_s=time_limit_s)


def done(work: Work, items: list[str]) -> list[Outcome]:
    parcels = parcels_of(((item, 1) for item in items), most_items=2, most_size=9)
    with opened_client(Here(2), 0) as client:
        try:
            return list(distribute(client, work, parcels))
        finally:
            end_work(client, work)


def running_in(folder: Path) -> list[int]:
    """Return the processes that work and still run."""
    pids = [int(path.name.removeprefix("begun-")) for path in folder.glob("begun-*")]
    return [pid for pid in pids if is_running(pid)]


def test_parcels_of__small_items__come_together_up_to_both_limits() -> None:
    items = [("a", 4), ("b", 4), ("c", 4), ("d", 20), ("e", 1), ("f", 1), ("g", 1)]
    parcels = [[item for _, item in each] for each in parcels_of(items, 2, 10)]
    assert parcels == [["a", "b"], ["c"], ["d"], ["e", "f"], ["g"]]
    numbers = [number for each in parcels_of(items, 3, 10) for number, _ in each]
    assert numbers == list(range(len(items)))


@needs_dask
def test_distribute__items__are_each_done_once_and_no_process_is_left(tmp_path: Path) -> None:
    outcomes = done(work_of(tmp_path), [f"do {number}" for number in range(20)])
    assert sorted((each.number, each.result) for each in outcomes) == [
        (number, f"done {number}") for number in range(20)
    ]
    assert 1 <= len(list(tmp_path.glob("begun-*"))) <= 2
    assert running_in(tmp_path) == []


@needs_dask
def test_distribute__items_that_die_hang_or_fail__do_not_keep_others_from_theirs(
    tmp_path: Path,
) -> None:
    items = ["do 0", "die 1", "do 2", "hang 3", "fail 4", "do 5"]
    outcomes = sorted(done(work_of(tmp_path, 2), items), key=lambda each: each.number)
    assert [each.result for each in outcomes] == ["done 0", None, "done 2", None, None, "done 5"]
    kinds = [type(each.error) for each in outcomes if each.error is not None]
    assert kinds == [SetAsideError, SetAsideError, ImageError]


@needs_dask
def test_distribute__given_up_in_the_middle__leaves_no_process(tmp_path: Path) -> None:
    items: Iterator[tuple[str, int]] = (("do a" if n == 0 else "hang b", 1) for n in range(9))
    with opened_client(Here(2), 0) as client:
        outcomes = distribute(client, work_of(tmp_path), parcels_of(items, 1, 9))
        with closing(outcomes):
            assert next(outcomes).result == "done a"
    assert running_in(tmp_path) == []
    assert len(tries_of(tmp_path, "b")) <= 3


@needs_dask
def test_distribute__work_that_cannot_begin__is_raised(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="expected a model"):
        done(Work.of(never, num_threads=1, time_limit_s=60), ["do a"])
    assert tries_of(tmp_path, "a") == []


@needs_dask
def test_opened_client__no_scheduler_at_the_address__is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gapjunction.cluster.client.PATIENCE_S", 0.5)
    refused = pytest.raises(ConfigError, match="expected the address of a running scheduler")
    with refused, opened_client(Running("tcp://127.0.0.1:9"), 0):
        pass
