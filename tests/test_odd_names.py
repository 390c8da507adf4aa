"""Odd names of images, assets and folders on their way through the commands, and back."""

import json
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction import cli
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.prediction_folder import read_image_rows
from odd_names import NAMES, OTHER_ENCODING, build_named

COPIES = [name for name in FORMATS if name != "platform"]


def error_of(arguments: list[str | Path], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that refuses something and return its one line."""
    assert cli.run([os.fspath(each) for each in arguments]) == cli.USER_ERROR
    *told, line = capsys.readouterr().err.splitlines()
    assert all(each.startswith("using the weights that come") for each in told)
    return line


@pytest.mark.long
@pytest.mark.parametrize("name", COPIES)
def test_convert__odd_names_there_and_back__are_the_same(name: FormatName, tmp_path: Path) -> None:
    for number, odd in enumerate(NAMES):
        folder = tmp_path / str(number)
        root = build_named(folder / "set", odd, odd)
        to, back = folder / "to", folder / "back"
        assert cli.run(["convert", f"{root}", f"{to}", "--to", name]) == 0
        assert cli.run(["convert", f"{to}", f"{back}", "--from", name]) == 0
        [image] = (back / "Assets").glob("*/Raw/*")
        assert (image.parent.parent.name, image.stem) == (odd, odd)


def test_predict__odd_names__are_those_in_counts_csv(tmp_path: Path) -> None:
    pixels = np.zeros((32, 32), np.uint8)
    odd = [each for each in NAMES if not each.startswith("x")]
    (tmp_path / "in").mkdir()
    for each in odd:
        Image.fromarray(pixels).save(tmp_path / "in" / f"{each}.png")
    assert cli.run(["predict", f"{tmp_path / 'in'}", "--output", f"{tmp_path / 'out'}"]) == 0
    rows = read_image_rows(tmp_path / "out" / "counts.csv")
    assert sorted(row.image for row in rows) == sorted(odd)
    counts = {path.name for path in (tmp_path / "out" / "counts").iterdir()}
    assert len(counts) == len(odd)


@pytest.mark.parametrize("command", ["predict", "convert", "report", "create"])
def test_commands__name_in_another_encoding__is_one_line_that_names_it(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_named(tmp_path / "set", OTHER_ENCODING, "a")
    out = [tmp_path / "out"]
    arguments: dict[str, list[str | Path]] = {
        "predict": [root, "--output", *out],
        "convert": [root, "--output", *out],
        "report": [root, "--output", *out],
        "create": [*out, "--from", root / "Assets"],
    }
    line = error_of([command, *arguments[command]], capsys)
    assert "Z\\udcfcrich" in line
    assert "expected a name in UTF-8" in line
    assert not (tmp_path / "out").exists()


def test_validate__names_in_another_encoding__are_errors_and_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_named(tmp_path / "set", "a", OTHER_ENCODING)
    assert cli.run(["validate", f"{root}", "--report", f"{tmp_path / 'report.json'}"]) == 1
    errors = json.loads((tmp_path / "report.json").read_text())["errors"]
    assert errors[0]["expected"] == "a name in UTF-8"
    assert "Raw/Z\\udcfcrich.png" in capsys.readouterr().out


def test_predict__one_name_in_another_encoding__predicts_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for stem in (OTHER_ENCODING, "b"):
        Image.fromarray(np.zeros((32, 32), np.uint8)).save(tmp_path / f"{stem}.png")
    assert cli.run(["predict", f"{tmp_path}", "--output", f"{tmp_path / 'out'}"]) == 1
    assert "Z\\udcfcrich.png: name: expected a name in UTF-8" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "out" / "counts").iterdir()] == [
        "b_bbox_metrics.json"
    ]


def test_convert__option_in_another_encoding__is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = error_of(["convert", tmp_path, "--output", tmp_path / OTHER_ENCODING], capsys)
    assert "output: expected a name in UTF-8" in line


@pytest.mark.parametrize("name", ["voc", "cvat"])
def test_convert__letter_that_xml_does_not_know__is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_named(tmp_path / "set", "a", "a\x1b[31m")
    line = error_of(["convert", root, tmp_path / "out", "--to", name], capsys)
    assert "expected names that XML can hold, found" in line
    assert "\\x1b" in line
    assert not (tmp_path / "out").exists()


def test_create__folders_that_look_the_same__are_not_one_asset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("NFC", "NFD"):
        folder = tmp_path / "scans" / unicodedata.normalize(form, "Zürich")
        folder.mkdir(parents=True)
        Image.fromarray(np.zeros((32, 32), np.uint8)).save(folder / f"{form}.tif")
    line = error_of(["create", tmp_path / "out", "--from", tmp_path / "scans"], capsys)
    assert "expected a name of its own, found one that looks the same" in line


@pytest.mark.parametrize("command", ["validate", "convert"])
def test_commands__name_of_255_bytes__are_lines_of_less_than_500_letters(
    command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    root = build_dataset(Path("set"), num_assets=1, images_per_asset=1)
    [boxes] = (root / "Assets" / "asset_0" / "Detection").iterdir()
    boxes.rename(boxes.with_name(f"{'x' * 250}.json"))
    cli.run([command, f"{root}", *(["--output", "o"] if command == "convert" else [])])
    shown = capsys.readouterr()
    assert max(map(len, (shown.out + shown.err).splitlines())) < 500
