"""Tests for `gapjunction.commands.predict.cells`, through a prediction with a fake detector."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from builders import BlobDetector
from channel_pictures import SIDE_PX, SPACING_PX, noise, spots, with_spots
from gapjunction import cli
from gapjunction.images.pictures import read_picture
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.model import Model

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())


@pytest.fixture(autouse=True)
def blobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shipped model find each bright spot."""
    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Write an image with two rows of five spots."""
    plane = with_spots(noise(channels=1), spots(10), 0)[0]
    (tmp_path / "images").mkdir()
    Image.fromarray(plane).save(tmp_path / "images" / "rat.png")
    return tmp_path / "images" / "rat.png"


def labels(folder: Path, dtype: str = "uint16") -> Path:
    """Write two cells whose border runs through the first row of spots, and a third below."""
    first_row = int(spots(1)[0, 1]) + 3
    cells = np.full((SIDE_PX, SIDE_PX), 2)
    cells[:first_row], cells[first_row + 3 * SPACING_PX :] = 1, 3
    path = folder / "rat_cp_masks.tif"
    tifffile.imwrite(path, cells.astype(dtype))
    return path


def predicted(image: Path, cells: Path, *more: str) -> int:
    out = cells.parent / "out"
    given = ["predict", str(image), "--output", str(out), "--cells", str(cells)]
    return cli.run([*given, *more])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_run__cells__tables_graph_and_picture_are_written(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = predicted(image, labels(tmp_path), "--pixel_size_um", "0.1", "--overlays")
    assert code == 0
    out = tmp_path / "out"
    pairs = {(row["cell"], row["other_cell"]): row for row in rows_of(out / "cell_pairs.csv")}
    assert {pair: row["plaques"] for pair, row in pairs.items()} == {
        ("1", "2"): "5",
        ("2", "3"): "0",
    }
    cells = {row["cell"]: row for row in rows_of(out / "cells.csv")}
    assert [cells[name]["plaques"] for name in "123"] == ["5", "10", "0"]
    assert (out / "coupling" / "rat.graphml").exists()
    assert read_picture(out / "coupling" / "rat.png").shape == (3, 2 * SIDE_PX, 2 * SIDE_PX)
    said = capsys.readouterr().out
    assert "3 cells of 1 image: of 10 plaques 5 on borders of two cells, 0 in no cell" in said


def test_run__wider_border__holds_more_plaques(image: Path, tmp_path: Path) -> None:
    far = str(SPACING_PX * 0.1)
    predicted(image, labels(tmp_path), "--pixel_size_um", "0.1", "--border_um", far)
    pairs = rows_of(tmp_path / "out" / "cell_pairs.csv")
    assert [row["plaques"] for row in pairs] == ["10", "0"]


@pytest.mark.parametrize(
    ("dtype", "more", "line"),
    [
        ("float32", ("--pixel_size_um", "0.1"), "rat_cp_masks.tif: expected a label image"),
        ("uint16", (), "rat.png: pixel size: expected a known one"),
    ],
)
def test_main__cells_that_cannot_be_used__are_one_line(
    image: Path,
    tmp_path: Path,
    dtype: str,
    more: tuple[str, ...],
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert predicted(image, labels(tmp_path, dtype), *more) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.splitlines()[-1]) < 500
