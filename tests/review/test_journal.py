"""Tests for `gapjunction.review.journal`."""

import json
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from gapjunction.errors import DatasetError
from gapjunction.locks import Holder
from gapjunction.review.entries import Box, Change, Entry
from gapjunction.review.journal import Journal


def entry(sequence: int, by: str = "Ana") -> Entry:
    box = Box(id="b", box=(0, 0, 1, 1), label=0)
    change = Change(what="box", id="b", after=box)
    return Entry(
        id=f"op-{sequence}",
        sequence=sequence,
        time="2026-01-01T00:00:00Z",
        by=by,
        image="rat/a.png",
        kind="draw",
        changes=(change,),
    )


def write(journal: Journal, *entries: Entry) -> None:
    with journal.turn():
        journal.append(entries)


def test_append__lines__are_read_by_another_as_they_were(tmp_path: Path) -> None:
    write(Journal(tmp_path, "Ana"), entry(1), entry(2))
    assert Journal(tmp_path, "Bo").read_new() == [entry(1), entry(2)]


def test_read_new__own_lines__are_not_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Ana")
    write(journal, entry(1))
    assert journal.read_new() == []


def test_read_new__two_annotators__come_in_one_sequence(tmp_path: Path) -> None:
    write(Journal(tmp_path, "Bo"), entry(2, "Bo"))
    write(Journal(tmp_path, "Ana"), entry(1), entry(3))
    journal = Journal(tmp_path, "Chi")
    assert [each.sequence for each in journal.read_new()] == [1, 2, 3]
    assert journal.last_sequence == 3


def test_read_new__cut_last_line__is_dropped_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path, "Ana")
    write(journal, entry(1), entry(2))
    path = tmp_path / ".review" / "Ana.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert Journal(tmp_path, "Ana").read_new() == [entry(1)]
    assert "its last line is cut and was dropped" in caplog.text


def test_append__after_a_cut_line__takes_its_place(tmp_path: Path) -> None:
    write(Journal(tmp_path, "Ana"), entry(1))
    path = tmp_path / ".review" / "Ana.jsonl"
    path.write_bytes(path.read_bytes() + b'{"id": "half')
    journal = Journal(tmp_path, "Ana")
    journal.read_new()
    write(journal, entry(2))
    assert Journal(tmp_path, "Ana").read_new() == [entry(1), entry(2)]


def test_read_new__damaged_line__names_file_and_place(tmp_path: Path) -> None:
    write(Journal(tmp_path, "Ana"), entry(1))
    path = tmp_path / ".review" / "Ana.jsonl"
    path.write_bytes(b'{"id": 3}\n' + path.read_bytes())
    with pytest.raises(DatasetError, match=r"Ana\.jsonl: line at byte 0: expected a line of a rev"):
        Journal(tmp_path, "Ana").read_new()


def test_annotators__journals__are_named_after_them(tmp_path: Path) -> None:
    for name in ("Zoë", "李"):
        write(Journal(tmp_path, name), entry(1, name))
    assert Journal(tmp_path, "Ana").annotators() == ["Zoë", "李"]


@pytest.mark.parametrize("name", [".review", ".review/Ana.jsonl"])
def test_turn__link_to_elsewhere__is_refused(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / "data" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    journal = Journal(tmp_path / "data", "Ana")
    with pytest.raises(DatasetError, match="found a link"), journal.turn():
        pytest.fail("it must not come to this")
    assert not list(elsewhere.iterdir())


def lock_of_another_computer(folder: Path) -> Path:
    lock = folder / ".review" / ".turn"
    lock.parent.mkdir()
    holder = Holder("gapjunction review", 1, "another-computer", "another boot", "2026-01-01")
    lock.write_text(json.dumps(asdict(holder)))
    return lock


def test_turn__held_on_another_computer__is_waited_for(tmp_path: Path) -> None:
    lock = lock_of_another_computer(tmp_path)
    timer = threading.Timer(0.3, lock.unlink)
    timer.start()
    write(Journal(tmp_path, "Ana"), entry(1))
    timer.join()
    assert Journal(tmp_path, "Bo").read_new() == [entry(1)]


def test_turn__killed_on_another_computer__says_what_to_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.journal.OTHERS_S", 0.2)
    lock_of_another_computer(tmp_path)
    journal = Journal(tmp_path, "Ana")
    with pytest.raises(TimeoutError, match=r"another-computer.*delete \.turn in"), journal.turn():
        pytest.fail("it must not come to this")
