"""Tests for `gapjunction.commands.predict.second_channel`, by a prediction with a fake detector."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from builders import BlobDetector
from channel_pictures import SIDE_PX, noise, spots, with_spots
from gapjunction import cli
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
    """Write an image of two channels: ten spots in the first, on six of them the second."""
    planes = noise(channels=2)
    planes = with_spots(with_spots(planes, spots(10), 0), spots(6), 1)
    tifffile.imwrite(
        tmp_path / "rat.ome.tif",
        planes,
        metadata={"axes": "CYX", "Channel": {"Name": ["Cx43", "GFAP"]}},
    )
    return tmp_path / "rat.ome.tif"


def predicted(image: Path, *more: str) -> int:
    out = image.parent / "out"
    return cli.run(["predict", str(image), "--output", str(out), "--channel", "Cx43", *more])


def rows_of(image: Path) -> list[dict[str, str]]:
    with (image.parent / "out" / "colocalization.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_run__second_channel__tells_how_many_plaques_lie_on_it(image: Path) -> None:
    assert predicted(image, "--second_channel", "GFAP") == 0
    (row,) = rows_of(image)
    names = ("region", "second_channel", "plaques", "on_second", "second_objects", "share_on")
    assert [row[name] for name in names] == ["image", "GFAP", "10", "6", "6", "0.6"]
    assert float(row["share_on_p"]) < 0.05


def test_run__stated_shift__moves_the_second_channel_away(image: Path) -> None:
    assert predicted(image, "--second_channel", "GFAP", "--align", "20,0") == 0
    (row,) = rows_of(image)
    assert int(row["on_second"]) < 6


def test_run__regions__have_a_row_each(image: Path, tmp_path: Path) -> None:
    labels = np.ones((SIDE_PX, SIDE_PX), np.uint8)
    labels[: SIDE_PX // 2] = 2
    Image.fromarray(labels).save(tmp_path / "mask.png")
    roi = str(tmp_path / "mask.png")
    assert predicted(image, "--second_channel", "2", "--roi", roi, "--exclude_regions", "1") == 0
    assert [(row["region"], row["plaques"]) for row in rows_of(image)] == [("2", "10")]


@pytest.mark.parametrize(
    ("channel", "line"),
    [("DAPI", "(1 Cx43, 2 GFAP), found none of that name"), ("Cx43", "which is the same")],
)
def test_main__channel_that_is_no_second_one__is_one_line(
    image: Path, channel: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predicted(image, "--second_channel", channel) == 2
    said = capsys.readouterr().err
    assert line in said
    assert "(--second_channel)" in said


def test_main__image_of_one_channel__is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(noise(channels=1)[0]).save(tmp_path / "a.png")
    given = ["predict", str(tmp_path / "a.png"), "--output", str(tmp_path / "out")]
    assert cli.run([*given, "--second_channel", "green"]) == 2
    assert "an image of several channels" in capsys.readouterr().err


def test_run__image_that_cannot_be_read__does_not_keep_others_from_theirs(
    image: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (image.parent / "broken.tif").write_bytes(b"II*\0")
    out = image.parent / "out"
    given = ["predict", str(image.parent), "--output", str(out), "--channel", "Cx43"]
    assert cli.run([*given, "--second_channel", "GFAP"]) == 1
    assert "Not predicted: 1" in capsys.readouterr().out
    assert [row["plaques"] for row in rows_of(image)] == ["10"]
