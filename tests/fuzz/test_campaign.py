"""Tests for campaigns, their summaries and `make fuzz`."""

from pathlib import Path

import pytest

from fuzz import __main__ as command
from fuzz.campaign import Campaign, Summary, trials_of
from fuzz.trial import Failure, Trial

GOOD = Trial("coco", "a.json", True, (), 0.5, 10**9)
BAD = Trial("yolo", "a.txt", False, (Failure("traceback", "KeyError"),), 2.0, 10**8)


def test_summary__good_and_bad__counts_each_kind_and_names_the_extremes() -> None:
    summary = Summary()
    summary.add(3, GOOD)
    summary.add(7, BAD)
    text = str(summary)
    assert text.startswith("2 inputs, 1 refused\nlongest time: 2.0 s (input 7, yolo)\n")
    assert "largest memory of a process: 1.00 GB (input 3, coco)" in text
    assert "traceback: 1" in text
    assert "input changed: 0" in text


@pytest.mark.parametrize(("trial", "code"), [(GOOD, 0), (BAD, 1)])
def test_main__failures__are_told_and_are_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trial: Trial, code: int
) -> None:
    monkeypatch.setattr(command, "trials_of", lambda _: iter([(7, trial)]))
    assert command.main(["--number", "1", "--seed", "5"]) == code
    said = capsys.readouterr().out
    assert ("input 7, yolo: traceback: KeyError" in said) == bool(code)
    assert "seed 5: 1 inputs" in said


@pytest.mark.slow
def test_trials_of__two_processes__try_each_input_once_and_alike(tmp_path: Path) -> None:
    first, second = (
        dict(trials_of(Campaign(number=6, seed=1, num_workers=workers, kept=tmp_path)))
        for workers in (1, 2)
    )
    assert sorted(first) == sorted(second) == list(range(6))
    assert [(first[n].target, first[n].damaged) for n in range(6)] == [
        (second[n].target, second[n].damaged) for n in range(6)
    ]
