"""Tests for `bench.mistakes`."""

import subprocess
import sys
from pathlib import Path

import pytest
from bench.mistakes import WRONG, told_in_one_line

from gapjunction.errors import CheckpointError

ROOT = Path(__file__).parents[2]


def test_told_in_one_line__mistake__is_its_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    mistake = CheckpointError("run", expected="a model", found="none", fix="train first")
    with pytest.raises(SystemExit) as ended, told_in_one_line():
        raise mistake
    assert ended.value.code == WRONG
    assert capsys.readouterr().err == f"{mistake}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        "average_weights {empty} --shares 1 --output {empty}/mean",
        "count_intervals --weights {empty}",
        "crowded_cells --checkpoint {empty}",
        "dark_slices --checkpoint {empty}",
        "few_labels {root}/data/RAT__gap_junctions --start {empty}",
        "known_images --weights {empty}",
        "plaque_scoring --weights {empty}",
        "shipped_weights --start {empty}",
        "where_seconds_go {empty}",
    ],
)
def test_benchmark__folder_without_a_model__is_a_line_at_once(
    arguments: str, tmp_path: Path
) -> None:
    module, *rest = arguments.format(empty=tmp_path, root=ROOT).split()
    command = [sys.executable, "-m", f"bench.{module}", *rest]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode == WRONG
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr
