"""What becomes of odd annotations and images, as docs/oddities.md tells it."""

import json
from pathlib import Path

import pytest

from gapjunction import cli
from more_odd_annotations import MORE_ODDITIES
from odd_annotations import ODDITIES
from odd_files import Oddity

PAGE = Path(__file__).parents[1] / "docs" / "oddities.md"
FORMATS = list(dict.fromkeys(odd.format_name for odd in ODDITIES))
ALL = sorted([*ODDITIES, *MORE_ODDITIES], key=lambda odd: FORMATS.index(odd.format_name))
SIDES = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")


@pytest.mark.parametrize("odd", ALL, ids=lambda odd: f"{odd.format_name}: {odd.what}")
def test_convert__odd_annotations__are_read_rightly_or_refused(
    odd: Oddity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd.fill(tmp_path / "in")
    folders = [f"{tmp_path / 'in'}", f"{tmp_path / 'out'}"]
    code = cli.run(["convert", *folders, "--from", odd.format_name, "--point_size_px", "6"])
    shown = capsys.readouterr()
    assert odd.says in (shown.err if odd.boxes is None else shown.out)
    assert code == (cli.USER_ERROR if odd.boxes is None else 0)
    files = list((tmp_path / "out").rglob("Detection/*.json"))
    found = [record for file in files for record in json.loads(file.read_text())["a"]]
    assert [[record[side] for side in SIDES] for record in found] == (odd.boxes or [])


def test_page__annotations__are_those_that_are_tested() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text("utf-8").splitlines() if " | " in line]
    told = [
        (row[0].removeprefix("| ").strip("`"), row[1]) for row in rows if row[0].startswith("| `")
    ]
    assert told == [(odd.format_name, odd.what) for odd in ALL]
