"""Tests for `gapjunction.commands.create`."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gapjunction import cli
from gapjunction.commands import create, validate
from gapjunction.commands.create import CreateConfig
from gapjunction.commands.validate import ValidateConfig, ValidateResult
from gapjunction.dataset.reader import read_dataset
from gapjunction.errors import ConfigError, DatasetError, ImageError
from microscope_samples import MOSAIC_CZI, REAL_OIB, stack, write_lif, write_ome_tiff

UM = {
    "PhysicalSizeX": 0.103,
    "PhysicalSizeY": 0.103,
    "Channel": {"Name": ["DAPI", "Cx43"]},
}
PLANES: dict[str, Any] = {"channel": ("Cx43",), "z": "max"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder with three stacks (Z, C, Y, X) of two rats."""
    folder = tmp_path / "from"
    for number, name in enumerate(["rat_1/a", "rat_1/b ü", "rat_2/a"]):
        pixels = stack(3, 2, 20, 30, seed=number)
        write_ome_tiff(folder / f"{name}.ome.tif", pixels, "ZCYX", **UM)
    return folder


def test_run__folder_of_stacks__is_a_dataset_without_errors(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "RAT"
    result = create.run(CreateConfig(out=out, source=source, **PLANES))
    assert (result.num_assets, result.num_images) == (2, 3)
    checked = validate.run(ValidateConfig(data=out))
    assert isinstance(checked, ValidateResult)
    assert not checked.of("error")
    dataset = read_dataset(out)
    assert [image.stem for image in dataset.images()] == ["01_a", "02_b ü", "03_a"]
    assert dataset.um_per_px == pytest.approx(0.103)
    assert not any(image.is_annotated for image in dataset.images())


@pytest.mark.parametrize(("stated", "is_doubtful"), [(None, True), (1.0, False)])
def test_run__pixel_size_that_nobody_measured__warns_unless_it_is_stated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, stated: float | None, *, is_doubtful: bool
) -> None:
    placeholder = {"PhysicalSizeX": 1.0, "PhysicalSizeY": 1.0}
    write_ome_tiff(tmp_path / "from" / "rat" / "a.ome.tif", stack(20, 30), "YX", **placeholder)
    create.run(CreateConfig(out=tmp_path / "RAT", source=tmp_path / "from", pixel_size_um=stated))
    assert ("a pixel has 1 um (programs write it" in caplog.text) == is_doubtful


def test_create__on_the_command_line__takes_from_and_repeated_channels(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["create", str(tmp_path / "RAT"), "--from", str(source), "--z", "max"]
    assert cli.run([*arguments, "--channel", "2", "--channel", "DAPI"]) == 0
    assert cli.run([*arguments, "--channel", "2"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_run__every_asset__states_its_contrast(tmp_path: Path, source: Path) -> None:
    create.run(CreateConfig(out=tmp_path / "RAT", source=source, **PLANES))
    folder = tmp_path / "RAT" / "Assets" / "rat_1" / "Arbitrary_Metadata"
    content = json.loads((folder / "contrast.json").read_text())
    highest = [stack(3, 2, 20, 30, seed=seed)[:, 1].max(axis=0) for seed in (0, 1)]
    assert content["channels"][0]["black"] == np.min(highest)
    assert [image["image"] for image in content["images"]] == ["01_a", "02_b ü"]


def test_run__table__describes_the_assets(tmp_path: Path, source: Path) -> None:
    frame = pd.DataFrame({"asset": ["rat_1"], "species": ["rat"], "age": [18], "sex": ["female"]})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    config = CreateConfig(out=tmp_path / "RAT", source=source, table=tmp_path / "a.xlsx", **PLANES)
    result = create.run(config)
    first, second = read_dataset(tmp_path / "RAT").assets
    assert (first.metadata.species, first.metadata.age_months) == ("rat", 18)
    assert first.metadata.sex == "Female"
    assert second.metadata.species is None
    assert result.undescribed == ("rat_2",)
    assert "Not in the table: rat_2" in str(result)


def test_run__further_columns_of_the_table__are_kept_beside_the_asset(
    tmp_path: Path, source: Path
) -> None:
    (tmp_path / "a.csv").write_text("asset;treatment\nrat_1;drug\n")
    config = CreateConfig(out=tmp_path / "RAT", source=source, table=tmp_path / "a.csv", **PLANES)
    result = create.run(config)
    folder = tmp_path / "RAT" / "Assets" / "rat_1" / "Arbitrary_Metadata"
    content = json.loads((folder / "table.json").read_text())
    assert content == {"table": "a.csv", "rows": [{"treatment": "drug"}]}
    assert "of each asset: treatment" in str(result)


def test_run__table_of_files__sorts_a_flat_folder(tmp_path: Path) -> None:
    folder = tmp_path / "from"
    for name in ("x", "y", "z"):
        write_ome_tiff(folder / f"{name}.ome.tif", stack(3, 2, 20, 30), "ZCYX", **UM)
    (tmp_path / "a.csv").write_text("file,asset\nx.ome.tif,one\ny.ome.tif,two\n")
    config = CreateConfig(out=tmp_path / "S", source=folder, table=tmp_path / "a.csv", **PLANES)
    result = create.run(config)
    assert [asset.name for asset in read_dataset(tmp_path / "S").assets] == ["one", "two"]
    assert "Left out, 1 file: z.ome.tif" in str(result)


def test_run__all_scenes__make_an_image_each(tmp_path: Path) -> None:
    (tmp_path / "from" / "rat_1").mkdir(parents=True)
    pixels = stack(1, 1, 2, 6, 6)
    write_lif(tmp_path / "from/rat_1/a.lif", {"left": pixels, "right": pixels})
    config = CreateConfig(out=tmp_path / "S", source=tmp_path / "from", channel=("2",), scene="all")
    create.run(config)
    stems = [image.stem for image in read_dataset(tmp_path / "S").images()]
    assert stems == ["01_a_left", "02_a_right"]


def test_run__all_slices__are_a_stack_with_its_z_step(tmp_path: Path) -> None:
    sizes = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 0.3}
    write_ome_tiff(tmp_path / "scans" / "rat_1" / "rat.ome.tif", stack(3, 16, 18), "ZYX", **sizes)
    create.run(CreateConfig(source=tmp_path / "scans", out=tmp_path / "out", z="all"))
    (asset,) = read_dataset(tmp_path / "out").assets
    assert [each.stem for each in asset.images] == ["01_rat_Z001", "02_rat_Z002", "03_rat_Z003"]
    assert asset.metadata.z_step_um == pytest.approx(0.3)


def test_run__files_of_several_makers__share_a_dataset_with_a_stated_pixel_size(
    tmp_path: Path,
) -> None:
    for asset, sample in (("rat_1", MOSAIC_CZI), ("rat_2", REAL_OIB)):
        folder = tmp_path / "from" / asset
        folder.mkdir(parents=True)
        (folder / sample.name).write_bytes(sample.read_bytes())
    config: dict[str, Any] = {"source": tmp_path / "from", "scene": "1", "z": "1", "time": 1}
    with pytest.raises(DatasetError, match="Cx43"):  # number 2 is another stain in each
        create.run(CreateConfig(out=tmp_path / "S", channel=("2",), **config))


def test_run__two_pixel_sizes__are_refused_but_for_one_stated(tmp_path: Path, source: Path) -> None:
    other = {**UM, "PhysicalSizeX": 0.2, "PhysicalSizeY": 0.2}
    write_ome_tiff(source / "rat_3" / "c.ome.tif", stack(3, 2, 20, 30), "ZCYX", **other)
    config: dict[str, Any] = {"out": tmp_path / "S", "source": source, **PLANES}
    with pytest.raises(DatasetError, match=r"expected the pixel size of a\.ome\.tif, 0\.103 um"):
        create.run(CreateConfig(**config))
    create.run(CreateConfig(**config, pixel_size_um=0.15))
    assert read_dataset(tmp_path / "S").um_per_px == pytest.approx(0.15)


@pytest.mark.parametrize("is_folder", [True, False])
def test_run__output_that_exists__is_never_overwritten(
    tmp_path: Path, source: Path, is_folder: bool
) -> None:
    out = tmp_path / "S"
    if is_folder:
        out.mkdir()
        (out / "mine.txt").touch()
    else:
        out.touch()
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        create.run(CreateConfig(out=out, source=source, **PLANES))


def test_run__output_in_the_source__is_refused(source: Path) -> None:
    with pytest.raises(ConfigError, match="outside the one"):
        create.run(CreateConfig(out=source / "S", source=source, **PLANES))


def test_run__nothing_said_of_channels__asks_and_writes_nothing(
    tmp_path: Path, source: Path
) -> None:
    with pytest.raises(ImageError, match="choose a channel"):
        create.run(CreateConfig(out=tmp_path / "S", source=source))
    assert {path.name for path in tmp_path.iterdir()} == {"from"}


def test_run__last_file_damaged__writes_nothing(tmp_path: Path, source: Path) -> None:
    path = source / "rat_2" / "a.ome.tif"
    content = bytearray(path.read_bytes())
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match=r"rat_2/a\.ome\.tif"):
        create.run(CreateConfig(out=tmp_path / "S", source=source, **PLANES))
    assert {path.name for path in tmp_path.iterdir()} == {"from"}


def test_run__all_slices_of_a_file_with_one__says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_ome_tiff(tmp_path / "scans" / "rat_1" / "rat.ome.tif", stack(1, 16, 18), "ZYX", **UM)
    with caplog.at_level(logging.INFO):
        create.run(CreateConfig(source=tmp_path / "scans", out=tmp_path / "out", z="all"))
    assert "one image only of a file with a single slice: rat.ome.tif" in caplog.text
