"""Settings: immutable, checked, and closed to unknown keys."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gapjunction.errors import ConfigError
from gapjunction.outside_text import read_yaml
from gapjunction.text import is_utf8

Seed = Annotated[int, Field(ge=0, lt=2**32)]  # what every generator takes, torch's included


class StrictConfig(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    def but(self, **changes: Any) -> Self:
        """Return these settings with `changes`, which are checked like values from outside.

        Raises:
            ConfigError: if a change names no setting, or its value is out of range.
        """
        return build_config(type(self), dict(self) | changes, type(self).__name__)


Config = TypeVar("Config", bound=StrictConfig)


def build_config(config_class: type[Config], values: dict[str, Any], where: Path | str) -> Config:
    """Return `config_class` built from outside values.

    Raises:
        ConfigError: naming `where`, the setting, the allowed and the given value.
    """
    _require_utf8(values, where)
    _require_no_empty_path(config_class, values, where)
    try:
        return config_class.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ConfigError(
            where,
            item=setting,
            expected=_expectation(first["type"], first["msg"], config_class),
            found=first.get("ctx", {}).get("found") or repr(first["input"]),
            fix="change this setting",
        ) from None


def read_config(config_class: type[Config], path: Path) -> Config:
    """Return `config_class` built from a YAML (or JSON) file.

    Raises:
        ConfigError: if the file is missing, is not a YAML mapping, or a setting is wrong.
    """
    values = read_yaml(path, ConfigError, fix="check the path and the file")
    if not isinstance(values, dict):
        raise ConfigError(
            path,
            expected="a mapping of settings",
            found=type(values).__name__,
            fix="write one 'name: value' a line",
        )
    return build_config(config_class, values, path)


def require_within(name: str, value: float | None, least: float, most: float) -> None:
    """Refuse an argument of a function that is out of range; None is the default, and is not.

    Raises:
        ConfigError: naming it.
    """
    if value is not None and not least <= value <= most:
        raise ConfigError(
            name, expected=f"{least:g} to {most:g}", found=f"{value:g}", fix="change it"
        )


def _require_utf8(values: Mapping[str, Any], where: Path | str) -> None:
    """Refuse text and paths that no manifest, log or table could name."""
    for setting, value in values.items():
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, str | Path) and not is_utf8(str(part)):
                raise ConfigError(
                    where,
                    item=setting,
                    expected="a name in UTF-8",
                    found=ascii(str(part)),
                    fix="rename the file or folder",
                )


def _require_no_empty_path(
    config_class: type[StrictConfig], values: Mapping[str, Any], where: Path | str
) -> None:
    """Refuse an empty text as a path, which would be the folder that one is in."""
    for setting, field in config_class.model_fields.items():
        if values.get(setting) == "" and "Path" in str(field.annotation):
            raise ConfigError(
                where, item=setting, expected="a path", found="''", fix="give one, or '.'"
            )


def _expectation(kind: str, message: str, config_class: type[StrictConfig]) -> str:
    if kind == "extra_forbidden":
        return f"one of {', '.join(config_class.model_fields)}"
    return message.removeprefix("Input should be ").removeprefix("Value error, ")
