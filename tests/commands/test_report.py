"""Tests for `gapjunction.commands.report`."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from builders import build_dataset, edit_json
from gapjunction import cli
from gapjunction.commands import measure
from gapjunction.commands.measure import MeasureConfig
from gapjunction.commands.predict.totals import TOTAL_COLUMNS
from gapjunction.commands.report.command import run
from gapjunction.commands.report.config import ReportConfig
from gapjunction.errors import BenchmarkError, ConfigError, ImageError
from gapjunction.prediction.linked_stack import STACK_COLUMNS
from gapjunction.simulation.imaging_model import DENSITY_BY_DIAGNOSIS
from group_cases import build_study_data, name_trained_assets, write_predictions

TABLES = {"images.csv", "assets.csv", "groups.csv", "comparisons.csv", "age_trends.csv"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_study_data(tmp_path / "rats")


def config(data: Path, **changes: Any) -> ReportConfig:
    settings = {"data": data, "output": data.parent / "out", "num_images": 1}
    return ReportConfig(**settings | changes)


def page_of(data: Path, **changes: Any) -> str:
    return run(config(data, **changes)).page.read_text(encoding="utf-8")


def test_run__annotations__writes_page_and_tables(data: Path) -> None:
    result = run(config(data))
    assert {path.name for path in result.page.parent.iterdir()} == {
        *TABLES,
        "report.html",
        "prism",
        "figures",
    }
    assert (result.page.parent / "figures" / "groups_by_diagnosis.svg").is_file()
    assets = pd.read_csv(result.page.parent / "assets.csv")
    assert assets["num_plaques"].tolist() == [1, 3, 2, 3]
    [ratio, *_] = pd.read_csv(result.page.parent / "comparisons.csv")["ratio"]
    assert ratio == pytest.approx(2)
    assert "epilepsy has 2.00 times the value of healthy" in str(result)


def test_run__page__is_whole_and_asks_for_nothing_outside(data: Path) -> None:
    page = page_of(data)
    HTMLParser().feed(page)
    assert page.rstrip().endswith("</html>")
    sources = re.findall(r'(?:src|href)="([^"]{0,5})', page)
    assert set(sources) == {"data:", "#part"}
    assert "http:" not in page
    assert "https:" not in page


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_run__predictions__shows_agreement_and_the_worst(data: Path, tmp_path: Path) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    [file] = (data / "Assets" / "asset_3" / "Detection").iterdir()
    predicted = predictions / "detections" / file.name
    [(stem, boxes)] = json.loads(predicted.read_text()).items()
    edit_json(predicted, **{stem: boxes[:1]})
    page = page_of(data, predictions=predictions)
    assert "Agreement with annotations" in page
    assert f"{stem} (rats/asset_3): 3 annotated, 1 found, 1 of them right" in page
    assert "found / annotated" in page
    assert "v1" in page


@pytest.mark.long
def test_run__predictions_of_trained_assets__warn(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    name_trained_assets(predictions, "rats", "asset_1", "asset_2")
    run(config(data, predictions=predictions))
    assert "trained or validated on the assets of 2 of the 4 images" in caplog.text


@pytest.mark.long
@pytest.mark.parametrize(("um_per_px", "is_doubtful"), [(1.0, True), (0.2, False)])
def test_run__pixel_size_that_nobody_measured__warns_of_densities(
    data: Path, caplog: pytest.LogCaptureFixture, um_per_px: float, *, is_doubtful: bool
) -> None:
    edit_json(
        data / "Metadata_Static" / "metadata_static.json",
        scales=[{"barcode": "60x", "unit": "um", "value_per_pixel": um_per_px}],
    )
    run(config(data))
    assert ("rats: a pixel size of 1 um (programs write" in caplog.text) == is_doubtful


def test_run__perfect_predictions__have_no_worst(data: Path, tmp_path: Path) -> None:
    page = page_of(data, predictions=write_predictions(data, tmp_path / "predictions"))
    assert ">Images with the most errors<" not in page


def test_run__predictions_of_unannotated_images__are_reported_without_agreement(
    data: Path, tmp_path: Path
) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    for folder in sorted((data / "Assets").iterdir()):
        shutil.rmtree(folder / "Detection")
    page = page_of(data, predictions=predictions)
    assert "Agreement with annotations" not in page
    assert "epilepsy has 2.00 times the value of healthy" in page


@pytest.mark.long
def test_run__predictions_of_stacks__shows_their_plaques(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    row = "rats,asset_1,gap_junction,7,5,9,20,10,1,10,,,,,,"
    (predictions / "stacks.csv").write_text(f"{','.join(STACK_COLUMNS)}\n{row}\n")
    assert ">5 to 9</td>" in page_of(data, predictions=predictions)
    other_threshold = page_of(data, predictions=predictions, threshold=0.6)
    assert "Plaques of stacks" not in other_threshold
    assert "they were linked from a score of 0.5 on" in caplog.text


def test_run__tables_of_regions_and_cells__are_shown_by_group(data: Path, tmp_path: Path) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    regions = ["dataset,asset,image,class,region,count,area_mm2"]
    regions += [f"rats,asset_{n},i,gap_junction,cortex,{n + 1},0.5" for n in range(4)]
    (predictions / "regions.csv").write_text("\n".join(regions) + "\n")
    result = run(config(data, predictions=predictions))
    table = pd.read_csv(result.page.parent / "asset_regions.csv")
    assert table["value"].tolist() == [2, 4, 6, 8]
    assert ">Regions<" in result.page.read_text(encoding="utf-8")
    assert ">Coupling of cells<" not in result.page.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_run__measured_annotations__show_their_sizes(data: Path, tmp_path: Path) -> None:
    measure.run(MeasureConfig(input=data, output=tmp_path / "measured"))
    result = run(config(data, measured=tmp_path / "measured"))
    table = pd.read_csv(result.page.parent / "plaque_quantiles.csv")
    assert set(table["asset"]) == {f"asset_{n}" for n in range(4)}
    page = result.page.read_text(encoding="utf-8")
    assert ">Sizes and intensities<" in page
    assert str(tmp_path / "measured") in page


@pytest.mark.long
def test_run__predictions_with_totals__shows_them_with_intervals(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    row = "asset,rats,asset_1,gap_junction,objects,1,1,3,2,5"
    (predictions / "totals.csv").write_text(f"{','.join(TOTAL_COLUMNS)}\n{row}\n")
    assert ">2 to 5</td>" in page_of(data, predictions=predictions)
    other_threshold = page_of(data, predictions=predictions, threshold=0.6)
    assert "Totals of assets" not in other_threshold
    assert "they were counted from a score of 0.5 on" in caplog.text


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_run__same_seed__gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    first, again = (
        run(config(data, output=tmp_path / name)).page.read_bytes() for name in ("a", "b")
    )
    assert first == again


def test_run__hostile_names__stay_text(tmp_path: Path) -> None:
    data = build_study_data(tmp_path / "rats")
    asset = data / "Assets" / "asset_0"
    asset.rename(data / "Assets" / "<script>alert(1)<script>")
    edit_json(data / "Assets" / "asset_1" / "asset_metadata.json", diagnosis="<b>&epilepsy")
    edit_json(data / "Assets" / "asset_3" / "asset_metadata.json", diagnosis="<b>&epilepsy")
    page = page_of(data, num_images=4)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;&amp;epilepsy" in page


def test_run__other_files_in_the_folder__stay(data: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run(config(data, num_images=0))
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_run__no_metadata__counts_without_comparing(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "rats", num_assets=2)
    for path in sorted(data.glob("Assets/*/asset_metadata.json")):
        path.unlink()
    assert "No groups are compared." in str(run(config(data)))


def test_run__factor_that_nothing_tells__is_an_error(data: Path) -> None:
    with pytest.raises(BenchmarkError, match="by localization: expected assets whose metadata"):
        run(config(data, by=("localization",)))


def test_run__threshold_without_predictions__is_an_error(data: Path) -> None:
    with pytest.raises(ConfigError, match="annotations have no scores"):
        run(config(data, threshold=0.5))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "--rectify: expected --predictions with it"),
        ({"predictions": Path("somewhere"), "block": "litter"}, "found --block litter"),
    ],
)
def test_run__rectify_what_cannot_be__is_an_error(
    data: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        run(config(data, rectify=True, **changes))


def test_run__rectify__corrects_by_annotations_and_lists_images_to_annotate(
    data: Path, tmp_path: Path
) -> None:
    """Everything is found in healthy rats, a third in the others."""
    predictions = write_predictions(data, tmp_path / "predictions")
    for number in (1, 3):
        [file] = (data / "Assets" / f"asset_{number}" / "Detection").iterdir()
        predicted = predictions / "detections" / file.name
        [(stem, boxes)] = json.loads(predicted.read_text()).items()
        edit_json(predicted, **{stem: boxes[:1]})
    result = run(config(data, predictions=predictions, by=("diagnosis",), rectify=True))
    table = pd.read_csv(result.page.parent / "rectified.csv")
    assert table["ratio"].tolist() == pytest.approx([2 / 3])
    assert table["rectified_ratio"].tolist() == pytest.approx([2])
    assert "epilepsy has 2.00 times the value of healthy" in str(result)
    assert "Corrected by annotated images" in result.page.read_text(encoding="utf-8")
    shutil.rmtree(data / "Assets" / "asset_3" / "Detection")
    result = run(config(data, predictions=predictions, by=("diagnosis",), rectify=True))
    assert "not corrected, as two assets of each group need annotated images" in str(result)
    assert pd.read_csv(result.page.parent / "to_annotate.csv")["asset"].tolist() == ["asset_3"]


def test_run__broken_image__leaves_no_half_report(data: Path, tmp_path: Path) -> None:
    for path in sorted(data.glob("Assets/*/Raw/*")):
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ImageError):
        run(config(data))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"a": [], "b": []}', '{"other": []}'])
def test_cli__broken_prediction__is_one_line_and_code_2(
    data: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions = write_predictions(data, tmp_path / "predictions")
    broken = sorted((predictions / "detections").iterdir())[0]
    broken.write_text(content)
    arguments = ["report", str(data), "--predictions", str(predictions), "--output", "out"]
    assert cli.run(arguments) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert broken.name in complaint


@pytest.mark.long
def test_cli__by_two_factors__compares_by_these(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "out")
    arguments = ["report", str(data), "--by", "diagnosis", "--by", "age", "--num_images", "0"]
    assert cli.run([*arguments, "--output", output]) == 0
    shown = capsys.readouterr().out
    assert "Diagnosis," in shown
    assert "Age," in shown
    assert "Sex" not in shown


def test_cli__unknown_factor__names_those_there_are(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["report", str(data), "--primary", "mood", "--output", "out"]) == 2
    complaint = capsys.readouterr().err
    assert "primary mood: expected" in complaint
    assert "which tell species, diagnosis" in complaint
    assert complaint.rstrip().endswith("(--primary)")


def test_cli__further_column__is_the_planned_comparison(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, folder in enumerate(sorted((data / "Assets").iterdir())):
        edit_json(folder / "asset_metadata.json", treatment=("sham", "drug")[number % 2])
    output = data.parent / "out"
    arguments = ["report", str(data), "--primary", "treatment", "--num_images", "0"]
    assert cli.run([*arguments, "--output", str(output)]) == 0
    assert capsys.readouterr().out.startswith("treatment, plaques per mm")
    table = pd.read_csv(output / "comparisons.csv")
    planned = table[table["factor"] == "treatment"]
    assert planned["p_holm"].notna().all()
    assert table[table["factor"] != "treatment"]["p_holm"].isna().all()
    assert (output / "prism" / "treatment_plaques_per_mm2.csv").is_file()


def test_run__sections_as_assets__warn_and_are_joined_by_their_animal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = build_dataset(tmp_path / "rats", num_assets=8, images_per_asset=1)
    for number, folder in enumerate(sorted((data / "Assets").iterdir())):
        known = {"diagnosis": ("healthy", "epilepsy")[number // 4], "animal": f"rat {number // 2}"}
        edit_json(folder / "asset_metadata.json", **known)
    page = page_of(data)
    assert "8 assets look like parts of 4 animals" in caplog.text
    assert "--animal animal makes one value of each animal" in page
    caplog.clear()
    result = run(config(data, animal="animal", by=("diagnosis",)))
    assert caplog.text == ""
    assert {each.effect.num_first for each in result.study.comparisons} == {2}
    assert str(result).startswith("Assets of one animal count as one: 8 assets of 4 animals")


def test_run__covariate__adjusts_the_ratios_and_writes_them(tmp_path: Path) -> None:
    data = build_study_data(tmp_path / "rats", num_assets=8)
    for number, folder in enumerate(sorted((data / "Assets").iterdir())):
        edit_json(folder / "asset_metadata.json", age=(3, 5, 4, 7, 6, 4, 5, 8)[number])
    result = run(config(data, primary="diagnosis", covariate=("age",)))
    table = pd.read_csv(result.page.parent / "adjusted.csv")
    assert table["factor"].tolist() == ["diagnosis"] * len(table)
    assert table["covariates"].tolist() == ["age"] * len(table)
    [ratio, *_] = table["ratio"]
    sentence = f"adjusted for age: epilepsy has {ratio:.2f} times the value of healthy"
    page = result.page.read_text(encoding="utf-8")
    assert sentence in str(result)
    assert "Adjusted for covariates" in page
    assert ">adjusted for</td>" in page


def test_run__covariate_within_blocks__is_an_error(data: Path) -> None:
    with pytest.raises(ConfigError, match="--covariate: expected groups compared as wholes"):
        run(config(data, covariate=("age",), block="litter"))


def test_run__blocks__are_compared_within(tmp_path: Path) -> None:
    data = build_study_data(tmp_path / "rats")
    for number, folder in enumerate(sorted((data / "Assets").iterdir())):
        edit_json(folder / "asset_metadata.json", litter=f"L{number // 2}")
    result = run(config(data, primary="diagnosis", block="litter"))
    table = pd.read_csv(result.page.parent / "comparisons.csv")
    assert table["num_blocks"].dropna().tolist() == [2, 2]
    page = result.page.read_text(encoding="utf-8")
    assert "Groups are compared within blocks (litter)" in page
    assert ">compared within blocks</td>" in page


def test_run__simulated_data__hold_the_effect_that_was_put_in(tmp_path: Path) -> None:
    """The interval is 95 %: it holds the truth for these data, and would for most others."""
    data = Path(__file__).parents[2] / "data"
    result = run(ReportConfig(data=data, output=tmp_path, by=("diagnosis",), num_images=0))
    [effect] = [c.effect for c in result.study.comparisons if c.measure == "plaques_per_mm3"]
    assert (effect.num_first, effect.num_second) == (6, 6)
    assert effect.ratio is not None
    assert effect.ratio.interval is not None
    truth = DENSITY_BY_DIAGNOSIS["epilepsy"]
    assert effect.ratio.interval.low < truth < effect.ratio.interval.high
