"""Names for images that come together in one folder, from whatever assets and datasets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.errors import DatasetError
from gapjunction.text import is_utf8, normalized

_FORBIDDEN = '<>:"/\\|?*'


@dataclass(frozen=True, slots=True)
class ImageOrigin:
    """An image file and the asset it belongs to."""

    dataset: str
    asset: str
    path: Path


def unique_names(origins: Sequence[ImageOrigin]) -> list[str]:
    """Return a file name without suffix for each image: its stem, where no other image has it.

    Images that share a stem are called dataset__asset__stem. Names are in Unicode's composed
    form. File systems that ignore case or the form of accents see unique names too.

    Raises:
        DatasetError: if two images would have the same name even so.
    """
    num_uses = Counter(_plain(origin.path.stem) for origin in origins)
    names: list[str] = []
    path_of: dict[str, Path] = {}
    for origin in origins:
        stem = origin.path.stem
        is_unique = num_uses[_plain(stem)] == 1
        name = normalized(stem if is_unique else f"{origin.dataset}__{origin.asset}__{stem}")
        other = path_of.get(_plain(name))
        if other is not None:
            raise DatasetError(
                origin.path,
                expected="a name of its own",
                found=f"{name}, as for {other}",
                fix="rename one of the two images or assets",
            )
        names.append(name)
        path_of[_plain(name)] = origin.path
    return names


def require_utf8(path: Path, folder: Path) -> None:
    """Refuse a file in `folder` that no other file could name.

    Raises:
        DatasetError: if its name, or that of a sub-folder that it is in, is no UTF-8.
    """
    inner = path.relative_to(folder).as_posix()
    if not is_utf8(inner):
        raise DatasetError(
            path, item="name", expected="a name in UTF-8", found=ascii(inner), fix="rename it"
        )


def as_file_name(text: str) -> str:
    """Return a text, composed (NFC), with "-" for what some file systems do not allow in names.

    >>> as_file_name("Project/Series 1")
    'Project-Series 1'
    """
    allowed = ("-" if c in _FORBIDDEN or not c.isprintable() else c for c in normalized(text))
    return "".join(allowed).strip(" .")


def _plain(name: str) -> str:
    """Return `name` as file systems that ignore case compare it."""
    return normalized(name).casefold()
