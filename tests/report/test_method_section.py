"""Tests for `gapjunction.report.method_section`."""

from dataclasses import replace
from pathlib import Path

from builders import build_dataset
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.report.html_page import Points, Table
from gapjunction.report.method_section import Settings, method_section

SETTINGS = Settings("data", "1.2.3", "abcdef", None, 5000, 7)


def test_method_section__annotations__names_what_the_numbers_depend_on(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    table, methods = method_section(measured, SETTINGS).parts
    assert isinstance(table, Table)
    settings = {row[0]: row[1] for row in table.rows}
    assert (settings["seed"], settings["gapjunction"]) == ("7", "1.2.3")
    assert settings["pixel of rats"] == "0.103 um"
    assert "predictions" not in settings
    assert isinstance(methods, Points)
    assert any("else 5000 drawn" in text for text in methods.texts)


def test_method_section__predictions__names_the_model(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    predicted = replace(measured, predictions=Path("out"), threshold=0.4, model="v1")
    table = method_section(predicted, SETTINGS).parts[0]
    assert isinstance(table, Table)
    settings = {row[0]: row[1] for row in table.rows}
    assert settings["model version"] == "v1"
    assert settings["lowest score that counts"] == "0.4"


def test_method_section__options_of_the_comparison__are_settings(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats"))
    section = method_section(measured, replace(SETTINGS, primary="sex", animal="rat"))
    [table, _] = section.parts
    assert isinstance(table, Table)
    assert ["planned comparison", "sex"] in table.rows
    assert ["one value for each animal", "rat"] in table.rows
    assert "compared within blocks" not in [row[0] for row in table.rows]
