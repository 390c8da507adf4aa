"""Tests for `gapjunction.git_lfs`, and that every command says it in one line."""

import os
from pathlib import Path

import pytest

from gapjunction import cli
from gapjunction.errors import DatasetError
from gapjunction.git_lfs import is_pointer, require_pulled

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 26\n"
STEM = "8746_cx43_Z47_cx43_0df171ec_confocal_glioblastoma_cancer_"
NAMES = (
    "Label_Properties/label_properties.json",
    "Metadata_Static/metadata_static.json",
    f"Assets/0df171ec/Raw/{STEM}.webp",
    f"Assets/0df171ec/Detection/{STEM}_bbox.json",
    "Assets/0df171ec/asset_metadata.json",
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return the data of a clone of the published repository without Git LFS."""
    for dataset in ("HUMAN__gap_junctions", "RAT__gap_junctions"):
        for name in NAMES:
            path = tmp_path / "data" / dataset / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(POINTER)
    return tmp_path / "data"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no pipes in folders")
def test_is_pointer__pipe__is_none_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    assert not is_pointer(tmp_path / "a.png")


@pytest.mark.parametrize(
    "command",
    [
        "validate {data}",
        "convert {data} {out}",
        "convert {data} {out} --from coco --to yolo",
        "convert {data}/HUMAN__gap_junctions/Assets {out} --from labelme --to coco",
        "create {out} --from {data}",
        "train {data} --output {out}",
        "predict {data} --output {out}",
        "predict {data}/RAT__gap_junctions/Assets/0df171ec/Raw --output {out}",
        "publish {out} {data}",
        "pipeline --data_dir {data} --presets medium_quality",
        "benchmark counts --ground_truth_dir {data} --predictions_dir {data}",
        "benchmark detection --ground_truth_dir {data} --predictions_dir {data}",
        "benchmark segmentation --ground_truth_dir {data} --predictions_dir {data}",
        "benchmark stacks --ground_truth_dir {data} --predictions_dir {data}",
        "report {data} --output {out}",
    ],
)
def test_run__clone_without_git_lfs__is_one_line_that_says_what_to_do(
    command: str,
    clone: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [word.format(data=clone, out=tmp_path / "out") for word in command.split()]
    assert cli.run(words) == cli.USER_ERROR
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "LFS" in line]
    assert "Git LFS pointers in place of" in line
    assert "git lfs pull" in line
    assert not (tmp_path / "out").exists()


def test_run__single_file__says_what_it_is(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = clone / "RAT__gap_junctions" / NAMES[2]
    assert cli.run(["predict", str(image), "--output", str(tmp_path / "out")]) == cli.USER_ERROR
    assert "Git LFS pointers in place of this file" in capsys.readouterr().err


def test_require_pulled__clone__counts_all_pointers_once(clone: Path) -> None:
    with pytest.raises(DatasetError, match="pointers in place of 10 files"):
        require_pulled(clone)


def test_require_pulled__other_files_and_nothing_at_all__are_let_through(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    require_pulled(tmp_path)
    require_pulled(tmp_path / "a.json")
    require_pulled(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "is_one"), [(POINTER, True), (POINTER[5:], False), ("", False)]
)
def test_is_pointer__content__decides(tmp_path: Path, content: str, is_one: bool) -> None:
    (tmp_path / "a.webp").write_text(content)
    assert is_pointer(tmp_path / "a.webp") == is_one


def test_is_pointer__large_file_that_begins_like_one__is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(POINTER + " " * 2000)
    assert not is_pointer(tmp_path / "a.txt")


def test_require_pulled__chunks_of_an_image__are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "0").write_text(POINTER)
    require_pulled(tmp_path)
