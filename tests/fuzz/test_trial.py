"""Tests that a trial sees each way of ending badly."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from fuzz import trial
from fuzz.target import Target, reading
from fuzz.trial import Workplace, judged, restored, try_random
from gapjunction.errors import DatasetError

Read = Callable[[Path, Path], list[str]]


def workplace(folder: Path, attempt: Read) -> Workplace:
    """Return a workplace with the one input "a.txt"."""
    made = Workplace(Target("planted", lambda _: None, attempt), folder)
    made.inputs.mkdir(parents=True)
    (made.inputs / "a.txt").write_text("content")
    return made


def kinds_of(folder: Path, attempt: Read) -> list[str]:
    """Return how an attempt is judged."""
    place = workplace(folder, attempt)
    return [failure.kind for failure in judged(place, place.inputs / "a.txt").failures]


def refuse(inputs: Path) -> None:
    raise DatasetError(inputs / "a.txt", expected="x", found="y", fix="z")


def fail(_: Path, __: Path) -> list[str]:
    raise KeyError("x")


def change(inputs: Path, _: Path) -> list[str]:
    (inputs / "a.txt").write_text("other")
    return []


def add(inputs: Path, _: Path) -> list[str]:
    (inputs / "b.txt").touch()
    return []


def write_and_refuse(inputs: Path, outputs: Path) -> list[str]:
    outputs.mkdir()
    return [f"{inputs}/a.txt: no"]


def leave_partial_file(_: Path, outputs: Path) -> list[str]:
    outputs.mkdir()
    (outputs / f".{os.getpid()}-partial-a.json").touch()
    return []


BAD: dict[str, Read] = {
    "traceback": fail,
    "input changed": change,
    "half written": write_and_refuse,
    "names no file": lambda _, __: ["something is wrong"],
    "long refusal": lambda _, __: ["a.txt: " + "x" * 500],
    "several lines": lambda _, __: ["a.txt: x\ny"],
}


@pytest.mark.parametrize("kind", BAD)
def test_judged__attempt_that_ends_badly__is_a_failure(tmp_path: Path, kind: str) -> None:
    assert kinds_of(tmp_path, BAD[kind]) == [kind]


def test_judged__file_beside_the_inputs__is_a_change(tmp_path: Path) -> None:
    assert kinds_of(tmp_path, add) == ["input changed"]


def test_judged__temporary_file_that_stays__is_half_written(tmp_path: Path) -> None:
    assert kinds_of(tmp_path, leave_partial_file) == ["half written"]


def test_judged__attempt_without_end__is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_: Path, __: Path) -> list[str]:
        while True:
            try:
                time.sleep(1)
            except OSError:
                continue

    monkeypatch.setattr(trial, "MOST_SECONDS", 0.1)
    assert kinds_of(tmp_path, wait) == ["too long"]


def test_judged__much_memory__is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([10, 3 * 10**9])
    monkeypatch.setattr(trial, "largest_memory", lambda: next(sizes))
    assert kinds_of(tmp_path, lambda _, __: []) == ["memory"]


def test_judged__refusal_in_a_line__is_none(tmp_path: Path) -> None:
    place = workplace(tmp_path, reading(refuse))
    judgment = judged(place, place.inputs / "a.txt")
    assert judgment.is_refused
    assert not judgment.failures


def test_judged__error_of_the_system_that_names_a_file__is_a_refusal(tmp_path: Path) -> None:
    read = reading(lambda inputs: (inputs / "gone.txt").read_text())
    place = workplace(tmp_path, read)
    assert judged(place, place.inputs / "a.txt").is_refused


def test_try_random__same_seed__damages_the_same_and_gives_it_back(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def look(inputs: Path, _: Path) -> list[str]:
        path = inputs / "a.txt"
        seen.append(path.read_bytes() if path.is_file() else b"no file")
        return []

    place = workplace(tmp_path, look)
    for seed in (3, 3, 4):
        try_random(place, Random(seed))
    assert seen[0] == seen[1] != seen[2]
    assert (place.inputs / "a.txt").read_text() == "content"


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_restored__whatever_is_there__gives_back_the_file(
    tmp_path: Path, put: Callable[[Path], object]
) -> None:
    (tmp_path / "a").write_text("content")
    with restored(tmp_path / "a"):
        put(tmp_path / "a")
    assert (tmp_path / "a").read_text() == "content"
