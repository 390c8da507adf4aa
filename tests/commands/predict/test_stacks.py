"""Tests for `gapjunction.commands.predict.stacks`, through a prediction with a fake detector."""

import csv
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from builders import BlobDetector, add_image, build_dataset, edit_json
from channel_pictures import noise, spots, with_spots
from gapjunction.calibration import Calibration
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.result import PredictResult
from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import DetectorConfig, PlaqueScoring
from gapjunction.prediction.model import Model
from gapjunction.prediction_folder import PREDICTED_PLAQUES
from microscope_samples import write_ome_tiff

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())


@pytest.fixture(autouse=True)
def blobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shipped model find each bright spot."""
    take_for_shipped(monkeypatch, CONFIG)


def take_for_shipped(monkeypatch: pytest.MonkeyPatch, config: DetectorConfig) -> None:
    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), config, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)


def with_plaques(*places: int) -> NDArray[np.uint8]:
    image = noise(channels=1)
    for place in places:
        image = with_spots(image, spots(1, first=place), 0)
    plane: NDArray[np.uint8] = image[0]
    return plane


def written(folder: Path, slices: Sequence[tuple[str, NDArray[np.uint8]]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, plane in slices:
        Image.fromarray(plane).save(folder / f"{name}.png")
    return folder


def stack_of_four(folder: Path) -> Path:
    """Write slices 3 to 6, in names against their order: plaques in 1, 2 and all of them."""
    planes = [with_plaques(0, 1), with_plaques(0, 1), with_plaques(0, 7), with_plaques(0)]
    return written(folder, [(f"{9 - z}_Z{z}_", plane) for z, plane in enumerate(planes, start=3)])


def predicted(folder: Path, out: Path, **options: str) -> PredictResult:
    return run(PredictConfig(input=folder, output=out, **options))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_run__slices_of_a_stack__counts_each_plaque_once(tmp_path: Path) -> None:
    result = predicted(stack_of_four(tmp_path / "stack"), tmp_path / "out")
    assert (result.totals, result.plaques) == ({"gap_junction": 7}, {"gap_junction": 3})
    (stack,) = rows_of(tmp_path / "out" / "stacks.csv")
    assert stack["asset"] == "stack"
    assert [stack[name] for name in ("plaques", "boxes", "slices")] == ["3", "7", "4"]
    assert [stack[name] for name in ("first_slice", "last_slice")] == ["3", "6"]
    plaques = rows_of(tmp_path / "out" / "plaques.csv")
    assert [(each["first_slice"], each["last_slice"]) for each in plaques] == [
        ("3", "6"),
        ("3", "4"),
        ("5", "5"),
    ]
    assert float(plaques[0]["x_px"]) == pytest.approx(10.5, abs=1)
    assert plaques[0]["x_um"] == ""
    assert "Linked through the slices of stacks: 3 gap_junction" in str(result)


def test_run__model_with_plaques__counts_those_that_are_sure_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The plaque that shows in one slice alone is less sure than its box."""
    caplog.set_level(logging.INFO)
    scoring = PlaqueScoring(calibration=Calibration(num_images=40), threshold=0.95)
    take_for_shipped(monkeypatch, CONFIG.but(plaques=scoring))
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    result = predicted(folder, out)
    assert (result.totals, result.plaques) == ({"gap_junction": 7}, {"gap_junction": 2})
    assert "plaques of stacks count from a probability of 0.95 on" in caplog.text
    first, second = rows_of(out / "plaques.csv")
    assert float(first["score"]) > float(second["score"]) > 0.95
    assert (first["plaque"], first["num_slices"], second["num_slices"]) == ("0", "4", "2")
    again = run(PredictConfig(input=folder, output=out, threshold=0.9))
    assert (again.num_counted_anew, again.plaques) == (4, {"gap_junction": 3})


def test_run__any_stack__has_a_table_of_the_boxes_of_plaques(tmp_path: Path) -> None:
    predicted(stack_of_four(tmp_path / "stack"), tmp_path / "out")
    plaques = PREDICTED_PLAQUES.read(tmp_path / "out" / "plaque_boxes.csv")
    assert [each.stack for each in plaques] == [("", "stack")] * 3
    assert [each.numbers.tolist() for each in plaques] == [[3, 4, 5, 6], [3, 4], [5]]
    listed = rows_of(tmp_path / "out" / "plaques.csv")
    assert [float(each["score"]) for each in listed] == [each.values[0] for each in plaques]
    best = plaques[1].boxes[plaques[1].numbers.tolist().index(int(listed[1]["best_slice"]))]
    assert best.tolist() == pytest.approx([float(listed[1][n]) for n in ("x0", "y0", "x1", "y1")])


def test_run__scales_stated__has_places_in_um_and_densities(tmp_path: Path) -> None:
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    run(PredictConfig(input=folder, output=out, pixel_size_um=0.5, z_step_um=2))
    first, *_ = rows_of(out / "plaques.csv")
    assert float(first["x_um"]) == pytest.approx(float(first["x_px"]) / 2, abs=0.001)
    assert float(first["z_um"]) == pytest.approx(float(first["z_slice"]) * 2, abs=0.002)
    (stack,) = rows_of(out / "stacks.csv")
    height, width = noise(channels=1)[0].shape
    area_mm2 = height * width * 0.5e-3**2
    assert float(stack["area_mm2"]) == pytest.approx(area_mm2)
    assert float(stack["volume_mm3"]) == pytest.approx(area_mm2 * 4 * 2e-3)
    assert float(stack["per_mm2"]) == pytest.approx(3 / area_mm2, rel=1e-5)
    assert float(stack["per_mm3"]) == pytest.approx(3 / (area_mm2 * 4 * 2e-3), rel=1e-5)


def test_run__scales_not_known__leaves_densities_empty(tmp_path: Path) -> None:
    predicted(stack_of_four(tmp_path / "stack"), tmp_path / "out")
    (stack,) = rows_of(tmp_path / "out" / "stacks.csv")
    names = ("um_per_px", "z_step_um", "area_mm2", "volume_mm3", "per_mm2", "per_mm3")
    assert [stack[name] for name in names] == [""] * 6
    assert int(stack["low"]) <= int(stack["plaques"]) <= int(stack["high"])


def test_run__z_step_of_the_asset__is_taken(tmp_path: Path) -> None:
    root = tmp_path / "rats"
    build_dataset(root, num_assets=1, images_per_asset=0)
    asset = root / "Assets" / "asset_0"
    for z in (1, 2):
        add_image(asset, f"{z}_Z{z}_", with_plaques(0))
    edit_json(asset / "asset_metadata.json", z_step_um=0.3)
    predicted(root, tmp_path / "out")
    (stack,) = rows_of(tmp_path / "out" / "stacks.csv")
    assert stack["z_step_um"] == "0.3"


def test_run__counted_anew_or_again__keeps_the_tables_right(tmp_path: Path) -> None:
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    predicted(folder, out)
    before = (out / "plaques.csv").read_text()
    assert predicted(folder, out).plaques == {"gap_junction": 3}
    assert (out / "plaques.csv").read_text() == before
    assert run(PredictConfig(input=folder, output=out, threshold=1.0)).plaques == {
        "gap_junction": 0
    }


def test_run__switched_off__leaves_no_tables(tmp_path: Path) -> None:
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    predicted(folder, out)
    result = predicted(folder, out, slice_names="off")
    assert (result.num_skipped, result.plaques) == (4, {})
    assert not (out / "stacks.csv").exists()
    assert not (out / "plaques.csv").exists()
    assert not (out / "plaque_boxes.csv").exists()


def test_run__names_of_ones_own__are_told_by_an_expression(tmp_path: Path) -> None:
    planes = [(f"plane{z}", with_plaques(2)) for z in range(3)]
    folder = written(tmp_path / "stack", planes)
    assert predicted(folder, tmp_path / "a").plaques == {}
    own = predicted(folder, tmp_path / "b", slice_names=r"plane(\d+)")
    assert own.plaques == {"gap_junction": 1}


@pytest.mark.parametrize("wrong", ["plane", "plane(", r"(\d)(\d)"])
def test_run__expression_that_is_none__is_one_line(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match="a regular expression with the number"):
        predicted(tmp_path, tmp_path / "out", slice_names=wrong)


def test_run__a_slice_twice__is_said_and_not_linked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    planes = [(name, with_plaques(0)) for name in ("a_z1", "a_z2", "b_z2")]
    assert predicted(written(tmp_path / "two", planes), tmp_path / "out").plaques == {}
    assert "two: several images are slice 2" in caplog.text


def test_run__missing_slices__are_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    planes = [(f"a_z{z}", with_plaques(0)) for z in (1, 3, 7)]
    result = predicted(written(tmp_path / "stack", planes), tmp_path / "out")
    assert result.plaques == {"gap_junction": 2}
    assert "stack: no image of 4 slices 2, 4, 5, 6" in caplog.text


def test_run__no_slices__has_no_tables(tmp_path: Path) -> None:
    planes = [("field1", with_plaques(0)), ("field2", with_plaques(0))]
    result = predicted(written(tmp_path / "fields", planes), tmp_path / "out")
    assert result.plaques == {}
    assert "stacks" not in str(result)


def microscope_stack(path: Path) -> Path:
    planes = np.stack([with_plaques(0, 1), with_plaques(0, 1), with_plaques(0)])
    sizes = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 0.3}
    return write_ome_tiff(path, planes, "ZYX", **sizes)


def test_run__all_slices_of_microscope_files__are_a_stack_each(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    for name in ("first", "second_Z1"):
        microscope_stack(folder / f"{name}.ome.tif")
    result = run(PredictConfig(input=folder, output=tmp_path / "out", z="all"))
    assert (result.totals, result.plaques) == ({"gap_junction": 10}, {"gap_junction": 4})
    stacks = rows_of(tmp_path / "out" / "stacks.csv")
    assert [(each["asset"], each["plaques"], each["z_step_um"]) for each in stacks] == [
        ("first.ome", "2", "0.3"),
        ("second_Z1.ome", "2", "0.3"),
    ]
    images = [each["image"] for each in rows_of(tmp_path / "out" / "counts.csv")]
    assert images[:3] == ["first.ome_Z001", "first.ome_Z002", "first.ome_Z003"]


def test_run__overlays__have_a_picture_of_each_stack(tmp_path: Path) -> None:
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    run(PredictConfig(input=folder, output=out, overlays=True))
    assert [path.name for path in (out / "stack_overlays").iterdir()] == ["stack.png"]
    predicted(folder, out, slice_names="off")
    assert not (out / "stack_overlays").exists()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a_Z1", "a_Z2", "over"), "1 image of no slice (over) beside 2 slices"),
        (("a_Z1", "b_Z1"), "several images are slice 1"),
    ],
)
def test_run__images_that_make_no_stack__say_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, names: tuple[str, ...], said: str
) -> None:
    folder = written(tmp_path / "some", [(name, with_plaques(0)) for name in names])
    assert predicted(folder, tmp_path / "out").plaques == {}
    assert said in caplog.text


def test_run__dates_for_numbers__are_of_no_slice(tmp_path: Path) -> None:
    names = ("t20240101120000", "t20990101120000")
    folder = written(tmp_path / "days", [(name, with_plaques(0)) for name in names])
    assert predicted(folder, tmp_path / "out", slice_names=r"(\d+)").plaques == {}


def test_run__stopped_while_counting_anew__leaves_no_tables_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = stack_of_four(tmp_path / "stack"), tmp_path / "out"
    predicted(folder, out)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gapjunction.commands.predict.one_folder.count_anew", stop)
    with pytest.raises(KeyboardInterrupt):
        run(PredictConfig(input=folder, output=out, threshold=0.9))
    assert not list(out.glob("*.csv"))


def test_run__all_slices_of_files_with_one__says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "scans"
    for name in ("first", "second"):
        write_ome_tiff(folder / f"{name}.ome.tif", with_plaques(0)[None], "ZYX")
    microscope_stack(folder / "third.ome.tif")
    with caplog.at_level(logging.INFO):
        run(PredictConfig(input=folder, output=tmp_path / "out", z="all"))
    [said] = [each.message for each in caplog.records if "single slice" in each.message]
    assert said.endswith(": first.ome.tif, second.ome.tif")


def test_run__stacks_in_folders_of_one_name__are_called_by_their_paths(tmp_path: Path) -> None:
    for animal in ("A", "B"):
        stack_of_four(tmp_path / "in" / animal / "zstack")
    config = PredictConfig(
        input=tmp_path / "in", output=tmp_path / "out", recursive=True, overlays=True
    )
    run(config)
    rows = rows_of(tmp_path / "out" / "stacks.csv")
    assert [row["asset"] for row in rows] == ["A__zstack", "B__zstack"]
    assert len(list((tmp_path / "out" / "stack_overlays").iterdir())) == 2
    tabled = PREDICTED_PLAQUES.read(tmp_path / "out" / "plaque_boxes.csv")
    assert len(list(tabled)) > 0


def test_run__current_folder__is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stack_of_four(tmp_path / "rat 1"))
    predicted(Path(), tmp_path / "out")
    assert [row["asset"] for row in rows_of(tmp_path / "out" / "stacks.csv")] == ["rat 1"]


@pytest.mark.parametrize(("step", "is_said"), [(2, False), (3, True), (10, True)])
def test_run__numbers_far_apart__says_that_plaques_are_not_linked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, step: int, *, is_said: bool
) -> None:
    planes = [(f"a_Z{step * z:03}_", with_plaques(0)) for z in range(4)]
    with caplog.at_level(logging.WARNING):
        predicted(written(tmp_path / "in", planes), tmp_path / "out")
    assert (f"rise by {step} or more, so that a plaque" in caplog.text) == is_said
    [row] = rows_of(tmp_path / "out" / "stacks.csv")
    assert int(row["plaques"]) == (4 if is_said else 1)
