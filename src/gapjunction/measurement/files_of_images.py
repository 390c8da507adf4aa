"""Which files beside images belong to which image: by their names, as regions and cells do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
        groups: asset and stack that it is of; a file that is called so is of all their images.
    """

    name: str
    path: Path
    groups: tuple[str, ...] = ()

    def is_called(self, stem: str) -> bool:
        """Tell whether a name, composed (NFC), is this image's, or its file's."""
        names = (self.name, self.path.stem, self.path.name)
        return stem in map(normalized, names)

    def is_in(self, stem: str) -> bool:
        """Tell whether a name, composed (NFC), is that of its asset or stack."""
        return stem in (normalized(name) for name in self.groups if name)


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
        raise DatasetError(
            source,
            expected=f"{kind.noun} ({', '.join(kind.suffixes)}), or a folder of such",
            found=_what_is_there(source),
            fix="check the path",
            settings=(kind.setting,),
        )
    found: dict[str, list[Path]] = {}
    for path in files:
        for image in _images_of(path, source, images, kind):
            found.setdefault(image.name, []).append(path)
    return found


def _images_of(
    path: Path, source: Path, images: Sequence[NamedImage], kind: KindOfFile
) -> list[NamedImage]:
    stems = [normalized(path.stem)]
    stems += [stems[0].removesuffix(each) for each in kind.endings if stems[0].endswith(each)]
    folders = [] if path == source else [normalized(p) for p in path.relative_to(source).parts[:-1]]
    called = [image for image in images if any(map(image.is_called, stems))]
    if len({image.path for image in called}) > 1:
        called = [image for image in called if any(map(image.is_in, folders))]
        if len({image.path for image in called}) != 1:
            raise _unfit(path, kind, "one image that it is called after", "several")
    for fits in (called, [image for image in images if any(map(image.is_in, stems))]):
        if fits:
            return fits
    for folder in reversed(folders):
        fits = [image for image in images if image.is_called(folder) or image.is_in(folder)]
        if fits:
            return fits
    if path == source and len({image.path for image in images}) == 1:
        return list(images)
    shown = ", ".join(image.name for image in images[:MOST_NAMED])
    found = shown if len(images) <= MOST_NAMED else f"{shown}, ... ({len(images)} in all)"
    raise _unfit(path, kind, "a file called after an image", f"images called {found}")


def _unfit(path: Path, kind: KindOfFile, expected: str, found: str) -> DatasetError:
    fix = f"rename the file to <image>{path.suffix}, or put it into a folder <image>"
    return DatasetError(path, expected=expected, found=found, fix=fix, settings=(kind.setting,))


def _what_is_there(source: Path) -> str:
    if not source.exists():
        return "nothing there"
    return "none" if source.is_dir() else f"a file {source.suffix or 'without a suffix'}"
