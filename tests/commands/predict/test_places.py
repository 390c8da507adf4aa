"""Tests for `gapjunction.commands.predict.places`, and that Python users get the same tables."""

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
import torch
from PIL import Image

import gapjunction as gj
from builders import BlobDetector
from channel_pictures import SIDE_PX, noise, spots, with_spots
from gapjunction import cli
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.found import Found
from gapjunction.prediction.model import Model

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())
UM_PER_PX = 0.1
NAMES = ["dataset", "asset", "image"]  # an image in Python is of no dataset


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """Return a model that finds each bright spot, and is the one that comes with the package."""
    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)
    return model


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Write an image of two channels: ten spots in the first, on six of them the second."""
    planes = noise(channels=2)
    planes = with_spots(with_spots(planes, spots(10), 0), spots(6), 1)
    path = tmp_path / "rat.ome.tif"
    tifffile.imwrite(path, planes, metadata={"axes": "CYX", "Channel": {"Name": ["Cx43", "GFAP"]}})
    return path


def halves() -> np.ndarray:
    """Return a label image: 1 in the upper half, 2 in the lower, none at the left."""
    labels = np.ones((SIDE_PX, SIDE_PX), np.uint8)
    labels[SIDE_PX // 2 :] = 2
    labels[:, : SIDE_PX // 4] = 0
    return labels


def predicted(image: Path) -> Path:
    """Return the output of a prediction with all places."""
    mask, out = image.parent / "mask.png", image.parent / "out"
    Image.fromarray(halves()).save(mask)
    asked = ["--roi", mask, "--cells", mask, "--second_channel", "GFAP", "--objects", "csv"]
    given = ["predict", image, "--output", out, "--channel", "Cx43", "--pixel_size_um", UM_PER_PX]
    assert cli.run([str(each) for each in (*given, *asked)]) == 0
    return out


def found_in(model: Model, image: Path) -> Found:
    return model.find(gj.read_image(image), channel="Cx43", um_per_px=UM_PER_PX)


def require_same(table: pd.DataFrame, path: Path) -> None:
    """Compare a table with one in a file, but for the names of the image."""
    written = pd.read_csv(path)
    assert list(table.columns) == list(written.columns)
    read = pd.read_csv(StringIO(table.to_csv(index=False)))
    assert len(read) > 0
    pd.testing.assert_frame_equal(read.drop(columns=NAMES), written.drop(columns=NAMES))


def test_write__objects_with_regions_and_cells__tell_them(model: Model, image: Path) -> None:
    out = predicted(image)
    table = pd.read_csv(out / "objects.csv")
    assert set(table["region"].dropna()) == set(table["cell"].dropna()) == {1}
    assert table["region"].isna().any()
    require_same(
        found_in(model, image).to_pandas(regions=halves(), cells=halves()), out / "objects.csv"
    )


def test_count_regions__array__is_what_predict_writes(model: Model, image: Path) -> None:
    out = predicted(image)
    require_same(found_in(model, image).count_regions(halves()), out / "regions.csv")


def test_count_regions__whole_image__has_the_counts_of_the_image(model: Model, image: Path) -> None:
    found = found_in(model, image)
    table = found.count_regions(np.ones((SIDE_PX, SIDE_PX), bool))
    [row] = table.to_dict("records")
    assert {row["class"]: row["count"]} == found.counts
    assert {row["class"]: (row["low"], row["high"])} == found.intervals


def test_count_cells__array__is_what_predict_writes(model: Model, image: Path) -> None:
    out = predicted(image)
    cells, pairs = found_in(model, image).count_cells(halves())
    require_same(cells, out / "cells.csv")
    require_same(pairs, out / "cell_pairs.csv")


def test_compare_channel__regions__is_what_predict_writes(model: Model, image: Path) -> None:
    out = predicted(image)
    table = found_in(model, image).compare_channel("GFAP", regions=halves())
    require_same(table, out / "colocalization.csv")
