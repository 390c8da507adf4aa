"""Tests for `gapjunction.commands.option_names`."""

import pytest

from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.option_names import option_of, with_all_options, with_options
from gapjunction.errors import GapJunctionError


def error_about(*settings: str) -> GapJunctionError:
    return GapJunctionError("a", expected="b", found="c", fix="d", settings=settings)


@pytest.mark.parametrize(
    ("name", "shown"), [("output", "--output"), ("from_format", "--from"), ("data", "DATA")]
)
def test_option_of__field__is_what_sets_it_on_the_command_line(name: str, shown: str) -> None:
    assert option_of(name, ConvertConfig.model_fields[name]) == shown


def test_with_options__settings__follow_the_text() -> None:
    shown = with_options(error_about("from_format", "output"), ConvertConfig)
    assert shown == "a: expected b, found c; d (--from, --output)"


def test_with_options__setting_that_the_command_lacks__is_left_out() -> None:
    assert with_options(error_about("scene"), ConvertConfig) == "a: expected b, found c; d"


def test_with_all_options__setting_of_other_commands__is_shown() -> None:
    assert with_all_options(error_about("scene")) == "a: expected b, found c; d (--scene)"
