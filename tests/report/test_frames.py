"""Tests for `gapjunction.report.frames`."""

from pathlib import Path

import numpy as np
import pandas as pd

from gapjunction.report.frames import write_frame


def test_write_frame__numbers_and_gaps__are_as_pandas_writes_them(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "name": ["a", None, "c,d"],
            "count": [-1, 2, 3],
            "share": [0.1, float("nan"), -1e-07],
            "single": np.array([0.1, 2, 3], np.float32),
            "is_best": [True, False, True],
            "known": pd.array([1, None, 3], dtype="Int64"),
        }
    )

    write_frame(tmp_path / "a.csv", frame)

    assert (tmp_path / "a.csv").read_text() == frame.to_csv(index=False, lineterminator="\n")


def test_write_frame__names_that_begin_formulas__are_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=1+1": ["@SUM(A1)", "-2"]})

    write_frame(tmp_path / "a.csv", frame)

    assert (tmp_path / "a.csv").read_text() == "'=1+1\n'@SUM(A1)\n-2\n"
