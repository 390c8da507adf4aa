"""Where a command writes a new folder, and nothing may be lost."""

from collections.abc import Collection
from pathlib import Path

from gapjunction.dataset.assets import entries
from gapjunction.errors import ConfigError


def require_new(folder: Path, *, option: str, leftovers: Collection[str] = ()) -> None:
    """Refuse a file, or a folder in which there is more than `leftovers` of an earlier attempt.

    Raises:
        ConfigError: naming what is there; `option` is what to change.
    """
    is_file = folder.exists() and not folder.is_dir()
    others = [path.name for path in entries(folder) if path.name not in leftovers]
    if is_file or others:
        raise ConfigError(
            folder,
            expected="a new or empty folder",
            found="a file" if is_file else f"a folder with {others[0]} in it",
            fix=f"choose another {option}; nothing is overwritten",
        )
