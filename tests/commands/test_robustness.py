"""Damaged and hostile inputs: each ends at once, in one line that names the file.

Every input is made here; the names of the tests say what it is.
"""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from builders import build_dataset
from gapjunction import cli

Refusal = Callable[..., str]

ALIAS_BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
DEEP = "[" * 100_000 + "]" * 100_000
needs_pipes = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no pipes in folders")


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Run a command; return its only line of error."""

    def run(*arguments: Path | str, exit_code: int = cli.USER_ERROR) -> str:
        assert cli.run([str(argument) for argument in arguments]) == exit_code
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        assert len(line) < 500
        return line

    return run


@pytest.fixture
def listed(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], str]:
    """Validate a dataset with one error; return it."""

    def run(data: Path) -> str:
        assert cli.run(["validate", str(data)]) == 1
        lines = capsys.readouterr().out.splitlines()
        return lines[lines.index("Errors:") + 1]

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "D", num_assets=3, images_per_asset=1)


def first_image(data: Path) -> Path:
    return data / "Assets" / "asset_0" / "Raw" / "0_0_D.png"


def with_yaml_labels(data: Path, text: str) -> Path:
    (data / "Label_Properties" / "label_properties.json").unlink()
    (data / "Label_Properties" / "label_properties.yaml").write_text(text)
    return data


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ALIAS_BOMB, "an alias (*a)"),
        ("gap_junction: !!int ''", "no value of the kind 'int'"),
        ("gap_junction: !!bool x", "no value of the kind 'bool'"),
        ("gap_junction: !!timestamp x", "no value of the kind 'timestamp'"),
        ("gap_junction: 2024-99-99", "no value of the kind 'timestamp'"),
        (DEEP, "more than 100 levels"),
    ],
    ids=["aliases", "int", "bool", "timestamp", "date", "deep"],
)
def test_validate__hostile_yaml__is_an_error(
    data: Path, listed: Callable[[Path], str], text: str, found: str
) -> None:
    line = listed(with_yaml_labels(data, text))
    assert "label_properties.yaml: expected valid YAML" in line
    assert found in line


@pytest.mark.parametrize(
    "place", ["Label_Properties/label_properties.json", "Assets/asset_1/asset_metadata.json"]
)
def test_validate__lone_surrogate__is_an_error_not_to_be_met_later(
    data: Path, listed: Callable[[Path], str], place: str
) -> None:
    (data / place).write_text('{"species": "rat\\ud800"}')
    assert f"{Path(place).name}: expected valid JSON, found half a character" in listed(data)


def test_convert__lone_surrogate__is_one_line(data: Path, tmp_path: Path, refusal: Refusal) -> None:
    path = data / "Label_Properties" / "label_properties.json"
    path.write_text('{"gap_junction\\ud800": "#4EF8FF"}')
    assert "half a character" in refusal("convert", data, tmp_path / "out", "--to", "cvat")
    assert not (tmp_path / "out").exists()


def test_convert__yolo_names_with_a_date_that_is_none__is_one_line(
    tmp_path: Path, refusal: Refusal
) -> None:
    (tmp_path / "in").mkdir()
    Image.new("L", (9, 9)).save(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "data.yaml").write_text("names: [2024-13-45]")
    line = refusal("convert", tmp_path / "in", tmp_path / "out", "--from", "yolo")
    assert "data.yaml: expected valid YAML, found '2024-13-45'" in line


def test_train__deep_splits__is_one_line(data: Path, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "splits.json").write_text(DEEP)
    line = refusal(
        "train", data, "--output", tmp_path / "run", "--splits", tmp_path / "splits.json"
    )
    assert "splits.json: expected valid JSON, found more than 100 levels of nesting" in line


@pytest.mark.parametrize("name", ["config.json", "settings.yaml"])
@pytest.mark.parametrize("text", [DEEP, "a: 2024-99-99", "[" * 60 + "]" * 60])
def test_train__resume_with_damaged_settings__is_one_line(
    tmp_path: Path, refusal: Refusal, name: str, text: str
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text(text)
    assert str(tmp_path / "run") in refusal("train", "--resume", "--output", tmp_path / "run")


def test_predict__deep_manifest__is_one_line(data: Path, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "P").mkdir()
    (tmp_path / "P" / "manifest.json").write_text(DEEP)
    assert "manifest.json" in refusal("predict", data, "--output", tmp_path / "P")


def test_convert__deep_manifest__is_one_line(data: Path, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "C").mkdir()
    (tmp_path / "C" / "manifest.json").write_text(DEEP)
    assert "manifest.json" in refusal("convert", data, "--output", tmp_path / "C")


def test_benchmark__deep_manifest__is_one_line(
    data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    for image in data.rglob("*_bbox.json"):
        target = tmp_path / "P" / "detections" / image.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(image.read_bytes())
    (tmp_path / "P" / "manifest.json").write_text(DEEP)
    given = ("--ground_truth_dir", data, "--predictions_dir", tmp_path / "P")
    line = refusal("benchmark", "counts", *given, "--mlflow_dir", tmp_path / "mlflow")
    assert "manifest.json: expected valid JSON, found more than 100 levels" in line


def cut_short(path: Path, suffix: str) -> Path:
    """Put the first half of an image of noise in place of `path`."""
    pixels = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
    content = io.BytesIO()
    if suffix == ".tif":
        tifffile.imwrite(content, pixels, photometric="rgb")
    else:
        Image.fromarray(pixels).save(content, {".jpg": "JPEG"}.get(suffix, suffix[1:].upper()))
    path.unlink()
    path.with_suffix(suffix).write_bytes(content.getvalue()[: len(content.getvalue()) // 2])
    return path.with_suffix(suffix)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize(
    "command",
    [
        "validate {data}",
        "convert {data} --output {out}",
        "convert {data} {out} --to cvat",
        "convert {data} {out} --to platform",
        "create {out} --from {images}",
        "predict {images} --output {out}",
        "train {data} --output {out}",
        "report {data} --output {out}",
    ],
)
def test_any_command__image_cut_short__is_an_error(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, suffix: str
) -> None:
    path = cut_short(first_image(data), suffix)
    given = command.format(data=data, out=tmp_path / "out", images=data / "Assets" / "asset_0")
    if "--from" not in command:
        given = given.replace("Assets/asset_0", "Assets/asset_0/Raw")
    assert cli.run(given.split()) != 0
    shown = capsys.readouterr()
    line = next(line for line in (shown.out + shown.err).splitlines() if path.name in line)
    assert "expected " in line
    assert not list((tmp_path / "out").rglob(path.name))


def test_create__tiff_of_width_0__is_one_line(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "scans" / "a" / "x.tif"
    path.parent.mkdir(parents=True)
    tifffile.imwrite(path, np.zeros((8, 8), np.uint8))
    content = bytearray(path.read_bytes())
    at = content.index(struct.pack("<HH", 256, 4)) if struct.pack("<HH", 256, 4) in content else -1
    at = at if at >= 0 else content.index(struct.pack("<HH", 256, 3))
    content[at + 8 : at + 12] = bytes(4)
    path.write_bytes(content)
    assert "x.tif: " in refusal("create", tmp_path / "out", "--from", tmp_path / "scans")


def test_validate__zip_with_damaged_lzma__is_one_line(
    data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    with zipfile.ZipFile(tmp_path / "D.zip", "w", zipfile.ZIP_LZMA) as archive:
        for path in data.rglob("*.json"):
            archive.write(path, path.relative_to(data))
        start = archive.infolist()[0].header_offset + 30 + len(archive.infolist()[0].filename)
    content = bytearray((tmp_path / "D.zip").read_bytes())
    content[start + 9 : start + 20] = b"\xff" * 11
    (tmp_path / "D.zip").write_bytes(content)
    assert "D.zip: expected a zip file, found a damaged one" in refusal(
        "validate", tmp_path / "D.zip"
    )


def test_convert__rois_in_a_zip_without_names__is_one_line(
    tmp_path: Path, refusal: Refusal
) -> None:
    (tmp_path / "in").mkdir()
    Image.new("L", (9, 9)).save(tmp_path / "in" / "a.png")
    path = tmp_path / "in" / "a_RoiSet.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.roi", b"Iout")
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 46
    content[at : at + 1] = b"\0"  # zipfile ends a name there
    path.write_bytes(content)
    assert "a_RoiSet.zip" in refusal(
        "convert", tmp_path / "in", tmp_path / "out", "--from", "imagej"
    )


@needs_pipes
@pytest.mark.parametrize(
    "command", ["convert {data} --output {out}", "convert {data} {out} --to cvat"]
)
@pytest.mark.parametrize(
    "place", ["Raw/0_0_D.png", "Detection/0_0_D_bbox.json", "asset_metadata.json"]
)
def test_convert__pipe_in_place_of_a_file__is_not_waited_for(
    data: Path, tmp_path: Path, refusal: Refusal, command: str, place: str
) -> None:
    path = data / "Assets" / "asset_0" / place
    path.unlink()
    os.mkfifo(path)
    given = command.format(data=data, out=tmp_path / "out").split()
    assert "found a named pipe" in refusal(*given)


@needs_pipes
def test_validate__pipe_in_place_of_an_image__is_an_error(
    data: Path, listed: Callable[[Path], str]
) -> None:
    first_image(data).unlink()
    os.mkfifo(first_image(data))
    assert "0_0_D.png: expected a plain file, found a named pipe" in listed(data)


def test_predict__one_broken_image__does_not_stop_the_rest(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cut_short(first_image(data), ".webp")
    assert cli.run(["predict", str(data), "--output", str(tmp_path / "P")]) != 0
    shown = capsys.readouterr()
    assert path.name in shown.out + shown.err
    found = {each.name for each in (tmp_path / "P" / "detections").iterdir()}
    assert found == {"1_0_D_bbox.json", "2_0_D_bbox.json"}


def test_benchmark__count_beyond_all_reason__is_one_line(
    data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    for image in data.rglob("*_bbox.json"):
        (tmp_path / "P").mkdir(exist_ok=True)
        name = image.name.replace("_bbox", "_bbox_metrics")
        (tmp_path / "P" / name).write_text(json.dumps({"gap_junction": 10**30}))
    given = ("--ground_truth_dir", data, "--predictions_dir", tmp_path / "P")
    line = refusal("benchmark", "counts", *given, "--mlflow_dir", tmp_path / "mlflow")
    assert "gap_junction: expected a whole number of objects" in line
