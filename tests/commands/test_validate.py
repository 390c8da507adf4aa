"""Tests for `gapjunction.commands.validate`."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from builders import add_image, build_dataset, edit_json
from gapjunction import cli
from gapjunction.commands import validate
from gapjunction.commands.validate import ValidateConfig, ValidateResult
from gapjunction.errors import DatasetError

BLACK = np.zeros((30, 40), np.uint8)


def run(config: ValidateConfig) -> ValidateResult:
    result = validate.run(config)
    assert isinstance(result, ValidateResult)
    return result


def test_run__nothing_wrong__counts_and_leaves_exit_code_0(tmp_path: Path) -> None:
    for name in ("HUMAN", "RAT"):
        build_dataset(tmp_path / name, num_assets=2, images_per_asset=1)
    result = run(ValidateConfig(data=tmp_path))
    assert result.exit_code == 0
    assert str(result) == "2 datasets, 4 assets, 4 images, 12 boxes: 0 errors, 0 warnings"


def test_run__warnings_only__leaves_exit_code_0(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    add_image(root / "Assets" / "asset_0", "unseen", BLACK, None)
    result = run(ValidateConfig(data=root))
    assert (result.exit_code, len(result.of("warning"))) == (0, 1)
    assert str(result).startswith("Warnings:\n  ")
    assert str(result).endswith("0 errors, 1 warning")


def test_run__nobody_has_looked_yet__warns_once_an_asset(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=2)
    for folder in root.glob("Assets/*/Detection"):
        shutil.rmtree(folder)
    warnings = run(ValidateConfig(data=root)).of("warning")
    assert [warning.file.parent.name for warning in warnings] == ["asset_0", "asset_1"]


def test_run__file_of_no_kind_that_is_read__is_told_which_are(tmp_path: Path) -> None:
    path = tmp_path / "slide.vsi"
    path.write_bytes(b"pixels")
    with pytest.raises(DatasetError, match=r"\.czi, .*\.svs\), found another file"):
        validate.run(ValidateConfig(data=path))


def test_run__errors_in_every_dataset__lists_them_all(tmp_path: Path) -> None:
    for name in ("HUMAN", "RAT"):
        root = build_dataset(tmp_path / name)
        edit_json(root / "Assets" / "asset_1" / "asset_metadata.json", sex="M")
    result = run(ValidateConfig(data=tmp_path))
    assert result.exit_code == 1
    assert [problem.found for problem in result.of("error")] == ["'M'", "'M'"]


@pytest.mark.parametrize("kind", ["Raw", "Segmentation"])
def test_run__image_cut_short_behind_its_header__is_an_error(tmp_path: Path, kind: str) -> None:
    root = build_dataset(tmp_path / "d")
    noise = np.random.default_rng(0).integers(0, 255, (64, 80, 3), dtype=np.uint8)
    folder = root / "Assets" / "asset_0" / kind
    folder.mkdir(exist_ok=True)
    path = folder / ("0_0_d.png" if kind == "Raw" else "0_0_d_mask.png")
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    [error] = run(ValidateConfig(data=root)).of("error")
    assert error.file == path
    assert "cut short" in error.found


def test_run__one_stem_in_two_assets__is_a_warning(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    for asset in ("asset_0", "asset_1"):
        add_image(root / "Assets" / asset, "same", BLACK, [])
    [warning] = run(ValidateConfig(data=root)).of("warning")
    assert warning.expected == "a stem of its own"


def test_run__class_that_no_box_uses__is_a_warning(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    edit_json(root / "Label_Properties" / "label_properties.json", unused="#123456")
    [warning] = run(ValidateConfig(data=root)).of("warning")
    assert warning.item == "class unused"


def test_run__no_label_file__is_one_error_and_not_one_for_each_box(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    (root / "Label_Properties" / "label_properties.json").unlink()
    [error] = run(ValidateConfig(data=root)).problems
    assert error.expected == "a file of class names"


def test_run__dataset_without_assets__is_an_error(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=0)
    [error] = run(ValidateConfig(data=root)).of("error")
    assert error.expected == "at least one asset folder"


def test_run__report__holds_the_same_problems(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    add_image(root / "Assets" / "asset_0", "unseen", BLACK, None)
    edit_json(root / "Assets" / "asset_1" / "asset_metadata.json", age="old")
    result = run(ValidateConfig(data=root, report=tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    assert [error["found"] for error in report["errors"]] == ["'old'"]
    assert [Path(warning["file"]).name for warning in report["warnings"]] == ["unseen.png"]
    assert report["num_images"] == result.num_images == 7


def test_run__data__is_not_changed(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    run(ValidateConfig(data=root))
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_run__no_dataset__is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a dataset"):
        run(ValidateConfig(data=tmp_path))


def test_run__zip__is_checked_and_its_files_named_by_the_zip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    next(root.rglob("Detection/*.json")).write_text("{")
    zipped = shutil.make_archive(str(tmp_path / "platform"), "zip", root)
    report = tmp_path / "report.json"
    assert cli.run(["validate", zipped, "--report", str(report)]) == 1
    shown = capsys.readouterr().out
    assert f"  {zipped}/Assets/asset_0/Detection/" in shown
    [error] = json.loads(report.read_text())["errors"]
    assert error["file"].startswith(f"{zipped}/Assets/asset_0/Detection/")


def test_run__zip_with_its_dataset_deeper_inside__says_what_is_missing(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "RAT.zip", "w") as packed:
        packed.writestr("a/b/RAT/notes.txt", "")
    with pytest.raises(DatasetError, match=r"a folder with Label_Properties/"):
        run(ValidateConfig(data=tmp_path / "RAT.zip"))
