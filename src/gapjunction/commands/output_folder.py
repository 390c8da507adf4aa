"""Where a command writes a new folder, and nothing may be lost."""

from collections.abc import Collection
from pathlib import Path

from gapjunction.errors import ConfigError
from gapjunction.files import PARTIAL

DESKTOP_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")  # written by looking at a folder


def require_new(folder: Path, *, option: str, leftovers: Collection[str] = ()) -> None:
    """Refuse a file, or a folder in which there is more than `leftovers` of an earlier attempt.

    Raises:
        ConfigError: naming what is there; `option` is what to change.
    """
    found = _what_is_in_the_way(folder, leftovers)
    if found is not None:
        raise ConfigError(
            folder,
            expected="a new or empty folder",
            found=found,
            fix=f"choose another {option}; nothing is overwritten",
        )


def _what_is_in_the_way(folder: Path, leftovers: Collection[str]) -> str | None:
    if not folder.is_dir():
        if folder.is_symlink():
            return "a link to nothing"
        return "a file" if folder.exists() else None
    for name in sorted(path.name for path in folder.iterdir()):
        if name not in leftovers and name not in DESKTOP_FILES and not PARTIAL.match(name):
            return f"a folder with {name} in it"
    return None
