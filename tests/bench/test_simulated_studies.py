"""Tests for `bench.simulated_studies`."""

import numpy as np
import pytest
from bench.simulated_studies import percent, print_designs


def test_print_designs__some__have_a_row_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "100"])

    def cells_of(design: str, num_studies: int, rng: np.random.Generator) -> tuple[str, ...]:
        assert rng.random() < 1
        return design, str(num_studies)

    print_designs(["3 v 3", "6 v 6"], ("design", "studies"), cells_of, "95 %")
    assert capsys.readouterr().out.splitlines() == [
        "100 studies a design; at 95 %, +- 4.3 %",
        "| design | studies |",
        "|---|---|",
        "| 3 v 3 | 100 |",
        "| 6 v 6 | 100 |",
    ]


def test_percent__share__has_one_digit() -> None:
    assert percent(0.8827) == "88.3 %"
