"""Whether the paths that a command was given are there at all, or may be written to."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from pydantic.config import JsonDict

from gapjunction.config import StrictConfig
from gapjunction.errors import ConfigError, one_line

# In `json_schema_extra` of a setting: a path to read, or several. A default may well be missing.
IS_READ: JsonDict = {"is_read": True}
WRITTEN = ("output", "out", "output_dir", "report", "json_file", "mlflow_dir")  # settings
# What a dataset in the platform's format holds: each folder in the first is an asset.
ASSETS, CLASSES = "Assets", "Label_Properties"


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


def require_usable_paths(config: StrictConfig) -> None:
    """Refuse a path that is of no use, before what uses it is imported, which takes seconds.

    There is nothing at one to read (defaults and addresses are left to their readers), or one to
    write to would be taken for an asset of a dataset.

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
    for name in WRITTEN:
        place = getattr(config, name, None)
        if isinstance(place, Path) and (dataset := _dataset_around(place)) is not None:
            raise ConfigError(
                place,
                expected="a place outside of the assets of a dataset",
                found=f"one among those of {dataset}",
                fix="choose another",
                settings=(name,),
            )


def _given_paths(config: StrictConfig) -> Iterator[tuple[str, Path]]:
    for name, field in type(config).model_fields.items():
        extra, value = field.json_schema_extra, getattr(config, name)
        if isinstance(extra, dict) and "is_read" in extra and value not in (None, field.default):
            for path in value if isinstance(value, tuple) else (value,):
                yield name, path


def _dataset_around(path: Path) -> Path | None:
    """Return the dataset among whose assets a path lies, or would lie; None where there is none."""
    for folder in (path.absolute(), *path.absolute().parents):
        if folder.name == ASSETS and (folder.parent / CLASSES).is_dir():
            return folder.parent
    return None


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
