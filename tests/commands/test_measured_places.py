"""Tests for `gapjunction.commands.measured_places`, through `gapjunction measure`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction.commands import measure
from gapjunction.commands.measure import MeasureConfig
from gapjunction.errors import GapJunctionError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "rats", num_assets=1, images_per_asset=1)


def write_mask(data: Path, folder: Path) -> Path:
    """Write a mask of the left half of the one image of a dataset."""
    [raw] = data.glob("Assets/*/Raw/*")
    with Image.open(raw) as picture:
        mask = np.zeros((picture.height, picture.width), np.uint8)
    mask[:, : mask.shape[1] // 2] = 7
    folder.mkdir()
    Image.fromarray(mask).save(folder / f"{raw.stem}_mask.png")
    return folder


def test_measure__regions__have_counts_of_annotations(data: Path, tmp_path: Path) -> None:
    roi = write_mask(data, tmp_path / "roi")
    result = measure.run(MeasureConfig(input=data, output=tmp_path / "out", roi=roi))
    [row] = pd.read_csv(tmp_path / "out" / "regions.csv").to_dict("records")
    objects = pd.read_csv(tmp_path / "out" / "objects.csv")
    middles = (objects["x0"] + objects["x1"]) / 2
    width = 2 * row["area_px"] / len(np.asarray(Image.open(next(roi.iterdir()))))
    assert (str(row["region"]), row["count"]) == ("7", int((middles < width / 2).sum()))
    assert np.isnan(row["low"])
    assert "Counts and densities by region" in str(result)


def test_measure__regions_and_cells__are_columns_of_the_objects(data: Path, tmp_path: Path) -> None:
    roi = write_mask(data, tmp_path / "roi")
    output = tmp_path / "out"
    result = measure.run(
        MeasureConfig(input=data, output=output, roi=roi, cells=roi, pixel_size_um=0.5)
    )
    objects = pd.read_csv(output / "objects.csv")
    inside = objects[objects["cell"] == 7]
    assert len(inside) > 0
    assert inside["region"].tolist() == [7] * len(inside)
    assert inside["region_border_px"].tolist() == pytest.approx(inside["cell_border_px"].tolist())
    assert inside["cell_border_um"].tolist() == pytest.approx(
        (inside["cell_border_px"] / 2).tolist()
    )
    [cell] = pd.read_csv(output / "cells.csv").to_dict("records")
    assert cell["cell"] == 7
    assert cell["plaques"] >= len(inside)
    assert len(list((output / "coupling").iterdir())) == 1
    assert "1 cell of 1 image" in str(result)


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_measure__space__has_patterns_and_maps(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.measurement.space.LEAST_PLAQUES", 3)
    outputs = [tmp_path / name for name in ("a", "b")]
    for output in outputs:
        measure.run(MeasureConfig(input=data, output=output, space=True))
    [row] = pd.read_csv(outputs[0] / "space.csv").to_dict("records")
    assert (row["region"], row["plaques"]) == ("image", 3)
    assert 0 < row["ripley_p"] <= 1
    ripley = pd.read_csv(outputs[0] / "ripley.csv")
    assert (ripley["low_px"] <= ripley["high_px"]).all()
    assert len(list((outputs[0] / "density").iterdir())) == 1
    same = [(output / "ripley.csv").read_bytes() for output in outputs]
    assert same[0] == same[1]


def test_measure__region_of_another_size__is_an_error(data: Path, tmp_path: Path) -> None:
    [raw] = data.glob("Assets/*/Raw/*")
    (tmp_path / "roi").mkdir()
    Image.new("L", (3, 3), 1).save(tmp_path / "roi" / f"{raw.stem}_mask.png")
    config = MeasureConfig(input=data, output=tmp_path / "out", roi=tmp_path / "roi")
    with pytest.raises(GapJunctionError, match=r"_mask\.png"):
        measure.run(config)
