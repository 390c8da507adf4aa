"""Which files beside images belong to which image: by their names, as regions and cells do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.dataset.formats.image_files import files_in
from gapjunction.errors import DatasetError
from gapjunction.text import normalized

MOST_NAMED = 3  # images, in one line of error


@dataclass(frozen=True, slots=True)
class NamedImage:
    """What an image may be called by a file that belongs to it.

    Attributes:
        name: its own, among all images.
        path: its file; several images may be of one.
        groups: asset, stack and folder that it is of; a file that is called so is of all of theirs.
    """

    name: str
    path: Path
    groups: tuple[str, ...] = ()

    @property
    def own_names(self) -> set[str]:
        """What files may be called that are of it, or of all images of its file; composed (NFC)."""
        return set(map(normalized, (self.name, self.path.stem, self.path.name)))

    @property
    def group_names(self) -> set[str]:
        """What files of all images of its asset or stack may be called, composed (NFC)."""
        return {normalized(name) for name in self.groups if name}


@dataclass(frozen=True, slots=True)
class KindOfFile:
    """Files of one kind.

    Attributes:
        noun: what one is called in errors.
        suffixes: of their names.
        endings: that their names may have behind that of the image.
        setting: that names them.
    """

    noun: str
    suffixes: tuple[str, ...]
    endings: tuple[str, ...]
    setting: str


def files_of_images(
    source: Path, images: Sequence[NamedImage], kind: KindOfFile
) -> dict[str, list[Path]]:
    """Return the files of each image that has any, by its name.

    `source` is a folder of files, or one file. A file belongs to the image that it is called
    after; else to all images of the asset or stack that it is called after; else to those that
    the sub-folder is called after in which it lies. A single file may also belong to the only
    image, whatever it is called. The images themselves are passed over.

    Raises:
        DatasetError: if there is no file, one fits no image, or images of several files.
    """
    own = {image.path.resolve() for image in images}
    listed = [source] if source.is_file() else list(files_in(source, kind.suffixes))
    files = [path for path in listed if path.resolve() not in own]
    if not files or any(path.suffix.lower() not in kind.suffixes for path in files):
        there = "none" if source.is_dir() else _what_is_there(source)
        raise _missing(source, kind, f"{_told(kind)}, or a folder of such", there)
    names, found = _Names.of(images), dict[str, list[Path]]()
    for path in files:
        for image in _images_of(path, source, names, kind):
            found.setdefault(image.name, []).append(path)
    return found


def require_file(path: Path, kind: KindOfFile) -> None:
    """Refuse what is no file of this kind.

    Raises:
        DatasetError: saying what is there.
    """
    if not path.is_file() or path.suffix.lower() not in kind.suffixes:
        raise _missing(path, kind, _told(kind), _what_is_there(path))


@dataclass(frozen=True, slots=True)
class _Names:
    """Images by what they are called, so that each file is looked up, however many there are."""

    images: Sequence[NamedImage]
    own: Mapping[str, Sequence[NamedImage]]
    of_groups: Mapping[str, Sequence[NamedImage]]

    @classmethod
    def of(cls, images: Sequence[NamedImage]) -> Self:
        own, of_groups = defaultdict(list), defaultdict(list)
        for image in images:
            for name in image.own_names:
                own[name].append(image)
            for name in image.group_names:
                of_groups[name].append(image)
        return cls(images, own, of_groups)

    def called(self, names: Sequence[str]) -> list[NamedImage]:
        """Return the images that are called one of some names themselves."""
        return _each_once(image for name in names for image in self.own.get(name, ()))

    def in_groups(self, names: Sequence[str]) -> list[NamedImage]:
        """Return the images whose asset or stack is called one of some names."""
        return _each_once(image for name in names for image in self.of_groups.get(name, ()))


def _each_once(images: Iterable[NamedImage]) -> list[NamedImage]:
    return list({image.name: image for image in images}.values())


def _images_of(path: Path, source: Path, names: _Names, kind: KindOfFile) -> list[NamedImage]:
    stems = [normalized(path.stem)]
    stems += [stems[0].removesuffix(each) for each in kind.endings if stems[0].endswith(each)]
    folders = [] if path == source else [normalized(p) for p in path.relative_to(source).parts[:-1]]
    called = names.called(stems)
    if len({image.path for image in called}) > 1:
        called = [image for image in called if image.group_names.intersection(folders)]
        if len({image.path for image in called}) != 1:
            raise _unfit(path, kind, "one image that it is called after", "several")
    for fits in (called, names.in_groups(stems)):
        if fits:
            return fits
    for folder in reversed(folders):
        fits = _each_once([*names.called([folder]), *names.in_groups([folder])])
        if fits:
            return fits
    images = names.images
    if path == source and len({image.path for image in images}) == 1:
        return list(images)
    shown = ", ".join(image.name for image in images[:MOST_NAMED])
    found = shown if len(images) <= MOST_NAMED else f"{shown}, ... ({len(images)} in all)"
    raise _unfit(path, kind, "a file called after an image", f"images called {found}")


def _unfit(path: Path, kind: KindOfFile, expected: str, found: str) -> DatasetError:
    fix = f"rename the file to <image>{path.suffix}, or put it into a folder <image>"
    return DatasetError(path, expected=expected, found=found, fix=fix, settings=(kind.setting,))


def _missing(source: Path, kind: KindOfFile, expected: str, found: str) -> DatasetError:
    return DatasetError(
        source,
        expected=expected,
        found=found,
        fix="check the path",
        settings=(kind.setting,),
    )


def _told(kind: KindOfFile) -> str:
    return f"{kind.noun} ({', '.join(kind.suffixes)})"


def _what_is_there(source: Path) -> str:
    if not source.exists():
        return "nothing there"
    return "a folder" if source.is_dir() else f"a file {source.suffix or 'without a suffix'}"
