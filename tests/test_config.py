"""Tests for `gapjunction.config`."""

import re
from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.config import StrictConfig, build_config, read_config
from gapjunction.errors import ConfigError
from gapjunction.training.config import TrainingConfig

CODE = ("src", "bench", "scripts", "tests")


class OvenConfig(StrictConfig):
    """Settings of an oven."""

    degrees: int = Field(180, ge=0, le=250)
    bread: str = "rye"


class KitchenConfig(StrictConfig):
    """Settings with others inside."""

    oven: OvenConfig = OvenConfig()
    seats: int = 2


def test_strict_config__built__cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        OvenConfig().degrees = 200  # type: ignore[misc]


def test_but__some_settings__the_others_stay() -> None:
    assert OvenConfig(bread="oat").but(degrees=200) == OvenConfig(degrees=200, bread="oat")


def test_but__settings_inside__keep_their_kind_and_values() -> None:
    kitchen = KitchenConfig(oven=OvenConfig(degrees=200))
    assert kitchen.but(seats=3) == KitchenConfig(oven=OvenConfig(degrees=200), seats=3)


def test_but__misspelt_setting__lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="OvenConfig: degree: expected one of degrees, bread"):
        OvenConfig().but(degree=200)


def test_but__value_out_of_range__names_range_and_value() -> None:
    with pytest.raises(ConfigError, match="batch_size: expected greater than or equal to 1, foun"):
        TrainingConfig().but(batch_size=-5)


def test_model_copy__which_checks_nothing__is_used_nowhere() -> None:
    root = Path(__file__).parents[1]
    files = [path for part in CODE for path in (root / part).rglob("*.py")]
    assert len(files) > len(CODE)
    assert [path for path in files if re.search(r"\.model_copy\(", path.read_text("utf-8"))] == []


def test_build_config__unknown_setting__lists_the_known_ones() -> None:
    message = "command line: degree: expected one of degrees, bread, found 200; change this setting"
    with pytest.raises(ConfigError, match=message):
        build_config(OvenConfig, {"degree": 200}, "command line")


def test_build_config__value_out_of_range__names_range_and_value() -> None:
    with pytest.raises(ConfigError, match="degrees: expected less than or equal to 250, found 300"):
        build_config(OvenConfig, {"degrees": 300}, "command line")


def test_build_config__settings_that_do_not_go_together__names_both() -> None:
    message = r"val_fraction and test_fraction below 1 together, found 0\.85 and 0\.15; change"
    with pytest.raises(ConfigError, match=message):
        build_config(ConvertConfig, {"val_fraction": 0.85}, "command line")


def test_read_config__some_settings__the_others_keep_their_defaults(tmp_path: Path) -> None:
    (tmp_path / "oven.yaml").write_text("degrees: 200\n")
    expected = OvenConfig(degrees=200)
    assert read_config(OvenConfig, tmp_path / "oven.yaml") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("degrees: [", "expected valid YAML"),
        ("- degrees", "expected a mapping of settings, found list"),
        ("", "expected a mapping of settings, found NoneType"),
        ("degrees: hot", r"oven\.yaml: degrees: expected a valid integer"),
    ],
)
def test_read_config__wrong_file__says_what_is_wrong(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "oven.yaml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(OvenConfig, tmp_path / "oven.yaml")


def test_read_config__missing_file__says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_config(OvenConfig, tmp_path / "oven.yaml")


def test_build_config__empty_path__is_not_the_current_folder() -> None:
    with pytest.raises(ConfigError, match=r"predict: output: expected a path, found ''"):
        build_config(PredictConfig, {"input": "images", "output": ""}, "predict")
