"""Whether the files and folders that a command was given to read are there at all."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from pydantic.config import JsonDict

from gapjunction.config import StrictConfig
from gapjunction.errors import ConfigError, one_line

# In `json_schema_extra` of a setting: a path to read, or several. A default may well be missing.
IS_READ: JsonDict = {"is_read": True}


def fault_of_empty(arguments: Sequence[str]) -> str | None:
    """Return what to say where an argument is empty: a path would be the folder that one is in."""
    for before, argument in pairwise(["", *arguments]):
        name, equals, value = argument.partition("=")
        if not argument or (name.startswith("--") and equals and not value):
            option = name or before
            return one_line(
                "command line",
                option if option.startswith("--") else "",
                "a value",
                "'', which is empty",
                "give one; is a variable of the shell not set?",
            )
    return None


def require_given_paths(config: StrictConfig) -> None:
    """Refuse a path with nothing there, before what reads it is imported, which takes seconds.

    Defaults and addresses are left to their readers.

    Raises:
        ConfigError: naming the path and the setting.
    """
    for name, path in _given_paths(config):
        if _is_nothing(path):
            raise ConfigError(
                path,
                expected="a file or folder",
                found="nothing there",
                fix="check the path",
                settings=(name,),
            )


def _given_paths(config: StrictConfig) -> Iterator[tuple[str, Path]]:
    for name, field in type(config).model_fields.items():
        extra, value = field.json_schema_extra, getattr(config, name)
        if isinstance(extra, dict) and "is_read" in extra and value not in (None, field.default):
            for path in value if isinstance(value, tuple) else (value,):
                yield name, path


def _is_nothing(path: Path) -> bool:
    """Tell whether a path leads nowhere; of one that cannot be looked at, its reader tells more."""
    if path.parts[:1] and path.parts[0].endswith(":"):  # an address, such as s3://...
        return False
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
