"""Tests for `gapjunction.dataset.metadata`."""

from pathlib import Path
from typing import Any

import pytest

from builders import write_json_file
from gapjunction.dataset.further_columns import TABLE_FILE
from gapjunction.dataset.metadata import (
    inspect_asset_metadata,
    inspect_classes,
    inspect_static_metadata,
)
from gapjunction.dataset.records import AssetMetadata


def write_scales(root: Path, *scales: dict[str, Any], scaling_value: Any = "60x") -> None:
    values = {"scaling_value": scaling_value, "scales": list(scales)}
    write_json_file(root / "Metadata_Static" / "metadata_static.json", values)


def scale(unit: str, value: Any, barcode: str | None = "60x") -> dict[str, Any]:
    return {"barcode": barcode, "unit": unit, "value_per_pixel": value}


@pytest.mark.parametrize(
    ("unit", "value"),
    [("nm", 103.0), ("um", 0.103), ("\u00b5m", 0.103), ("\u03bcm", 0.103), ("mm", 103e-6)],
)
def test_inspect_static_metadata__every_unit__gives_micrometers(
    tmp_path: Path, unit: str, value: float
) -> None:
    write_scales(tmp_path, scale(unit, value))
    static, problems = inspect_static_metadata(tmp_path)
    assert static.um_per_px == pytest.approx(0.103)
    assert problems == []


def test_inspect_static_metadata__several_scales__takes_that_of_the_objective(
    tmp_path: Path,
) -> None:
    write_scales(tmp_path, scale("nm", 300, "20x"), scale("nm", 100, "60X "))
    assert inspect_static_metadata(tmp_path)[0].um_per_px == pytest.approx(0.1)


def test_inspect_static_metadata__no_scale_of_the_objective__is_a_warning_not_a_guess(
    tmp_path: Path,
) -> None:
    write_scales(tmp_path, scale("nm", 300, "20x"), scale("nm", 100, "40x"))
    static, [problem] = inspect_static_metadata(tmp_path)
    assert static.um_per_px is None
    assert problem.severity == "warning"


def test_inspect_static_metadata__objective_with_two_scales__is_a_warning_not_a_guess(
    tmp_path: Path,
) -> None:
    write_scales(tmp_path, scale("nm", 100), scale("nm", 200))
    static, [problem] = inspect_static_metadata(tmp_path)
    assert static.um_per_px is None
    assert problem.severity == "warning"


@pytest.mark.parametrize(("barcode", "scaling"), [(None, "60x"), ("", "60x"), ("60x", None)])
def test_inspect_static_metadata__only_scale_names_no_objective__is_taken(
    tmp_path: Path, barcode: str | None, scaling: str | None
) -> None:
    write_scales(tmp_path, scale("nm", 100, barcode), scaling_value=scaling)
    assert inspect_static_metadata(tmp_path)[0].um_per_px == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("values", "item"),
    [
        ({"scales": [scale("inch", 1)]}, "scale 0 unit"),
        ({"scales": [scale("nm", 0)]}, "scale 0 value_per_pixel"),
        ({"scales": [scale("nm", "103")]}, "scale 0 value_per_pixel"),
        ({"scales": [5]}, "scale 0"),
        ({"scales": {}}, "scales"),
        ({"scaling_value": "sixty"}, "scaling_value"),
        ({"scaling_value": -60}, "scaling_value"),
        ({"device_type": 7}, "device_type"),
    ],
)
def test_inspect_static_metadata__wrong_value__is_named(
    tmp_path: Path, values: dict[str, Any], item: str
) -> None:
    write_json_file(tmp_path / "Metadata_Static" / "metadata_static.json", values)
    _, [problem] = inspect_static_metadata(tmp_path)
    assert (problem.severity, problem.item) == ("error", item)


@pytest.mark.parametrize("values", [{}, {"scaling_value": None, "scales": None}, {"scales": []}])
def test_inspect_static_metadata__fields_missing__is_right(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    write_json_file(tmp_path / "Metadata_Static" / "metadata_static.json", values)
    static, problems = inspect_static_metadata(tmp_path)
    assert (static.um_per_px, problems) == (None, [])


def test_inspect_static_metadata__magnification_as_a_number__gets_its_x(tmp_path: Path) -> None:
    write_scales(tmp_path, scaling_value=60)
    assert inspect_static_metadata(tmp_path)[0].scaling_value == "60x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", "18"),
        ("age", -1),
        ("age", False),
        ("age", float("nan")),
        pytest.param("age", float("inf"), id="infinite"),
        ("weight", 0),
        ("weight", True),
        ("z_step_um", 0),
        ("sex", "male"),
        ("species", 3),
    ],
)
def test_inspect_asset_metadata__wrong_value__is_named(
    tmp_path: Path, name: str, value: Any
) -> None:
    write_json_file(tmp_path / "asset_metadata.json", {name: value})
    _, [problem] = inspect_asset_metadata(tmp_path)
    assert (problem.severity, problem.item) == ("error", name)


def test_inspect_asset_metadata__null_and_missing_fields__are_unknown(tmp_path: Path) -> None:
    write_json_file(tmp_path / "asset_metadata.json", {"age": 0, "weight": None, "sex": "Female"})
    metadata, problems = inspect_asset_metadata(tmp_path)
    assert metadata == AssetMetadata(age_months=0, sex="Female")
    assert problems == []


def test_inspect_asset_metadata__other_fields__are_further(tmp_path: Path) -> None:
    known = {"sex": "Female", "treatment": "drug", "litter": 3, "note": None}
    write_json_file(tmp_path / "asset_metadata.json", known)
    write_json_file(
        tmp_path / TABLE_FILE, {"rows": [{"treatment": "as the table says", "genotype": "wt"}]}
    )
    metadata, problems = inspect_asset_metadata(tmp_path)
    further = {"treatment": "drug", "litter": "3", "genotype": "wt"}
    assert metadata == AssetMetadata(sex="Female", further=further)
    assert problems == []


def test_inspect_asset_metadata__broken_file__is_an_error(tmp_path: Path) -> None:
    (tmp_path / "asset_metadata.json").write_text('{"age": 18,')
    metadata, [problem] = inspect_asset_metadata(tmp_path)
    assert metadata == AssetMetadata()
    assert (problem.severity, problem.expected) == ("error", "valid JSON")


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        ({"a": "blue"}, "'blue'"),
        ({"a": "#12345"}, "'#12345'"),
        ({"a": 7}, "7"),
        ({"a": "#FF0000", "b": "#ff0000"}, "#FF0000 for a, b"),
        ({" ": "#FF0000"}, "' '"),
        ({}, "none"),
        ([], "list"),
    ],
)
def test_inspect_classes__wrong_classes__are_an_error(
    tmp_path: Path, classes: Any, found: str
) -> None:
    write_json_file(tmp_path / "Label_Properties" / "label_properties.json", classes)
    names, [problem] = inspect_classes(tmp_path)
    assert (names, problem.severity, problem.found) == ({}, "error", found)


def test_inspect_classes__color_without_quotes_in_yaml__says_to_quote_it(tmp_path: Path) -> None:
    (tmp_path / "Label_Properties").mkdir()
    path = tmp_path / "Label_Properties" / "label_properties.yaml"
    path.write_text("gap_junction: #4EF8FF\n")
    _, [problem] = inspect_classes(tmp_path)
    assert (problem.found, problem.file) == ("None", path)
    assert "in quotes" in problem.fix


def test_inspect_classes__no_file__says_what_to_write(tmp_path: Path) -> None:
    _, [problem] = inspect_classes(tmp_path)
    assert problem.file.name == "label_properties.json"
    assert '{"gap_junction": "#4EF8FF"}' in problem.fix


def test_inspect_classes__two_label_files__is_an_error_not_a_choice(tmp_path: Path) -> None:
    for suffix in (".json", ".yaml"):
        path = tmp_path / "Label_Properties" / f"label_properties{suffix}"
        write_json_file(path, {"gap_junction": "#4EF8FF"})
    classes, [problem] = inspect_classes(tmp_path)
    assert (classes, problem.found) == ({}, "label_properties.yaml as well")


@pytest.mark.parametrize("depth", [500, 5_000, 100_000])
@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_inspect_classes__nested_without_end__is_an_error(
    tmp_path: Path, suffix: str, depth: int
) -> None:
    (tmp_path / "Label_Properties").mkdir()
    path = tmp_path / "Label_Properties" / f"label_properties{suffix}"
    path.write_text('{"gap_junction": ' + "[" * depth + "]" * depth + "}")
    _, [problem] = inspect_classes(tmp_path)
    assert (problem.severity, problem.file) == ("error", path)
    assert len(str(problem)) < 500
