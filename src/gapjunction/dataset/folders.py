"""What lies in a folder, without what operating systems leave there."""

from pathlib import Path

from gapjunction.errors import DatasetError

STRAY_NAMES = ("thumbs.db", "desktop.ini", "__macosx", "@eadir")


def entries(folder: Path) -> list[Path]:
    """Return what lies in `folder`, sorted, without stray files of operating systems.

    Raises:
        DatasetError: if the folder may not be listed.
    """
    if not folder.is_dir():
        return []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable_folder(folder, error) from None
    return [path for path in paths if not is_stray(path.name)]


def unreadable_folder(folder: Path, error: OSError) -> DatasetError:
    """Return what is said of a folder that may not be listed."""
    return DatasetError(
        folder,
        expected="a readable folder",
        found=error.strerror or str(error),
        fix="check its permissions",
    )


def is_stray(name: str) -> bool:
    """Tell whether a file of this name is hidden or left behind by an operating system."""
    return name.startswith(".") or name.lower() in STRAY_NAMES


def is_broken_link(path: Path) -> bool:
    """Tell whether `path` is a link to something that is gone."""
    return path.is_symlink() and not path.exists()
