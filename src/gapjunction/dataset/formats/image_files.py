"""The image files that belong to annotations, and which of them a name means."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gapjunction.dataset.folders import is_stray
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.names import require_utf8
from gapjunction.errors import DatasetError
from gapjunction.images.pictures import IMAGE_SUFFIXES
from gapjunction.text import normalized

IMAGES, VOC_IMAGES, UNANNOTATED = "images", "JPEGImages", "unannotated"
LONGEST_SHOWN = 100  # letters of a name in one line of error
DARKNET_IMAGES = "obj_train_data"  # where CVAT and datumaro put those of "YOLO 1.1"


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """All images in a folder.

    Attributes:
        asset_name: the asset of images that lie in no sub-folder.
    """

    root: Path
    paths: tuple[Path, ...]
    asset_name: str
    _by_name: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    _by_stem: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for path in self.paths:
            self._by_name[normalized(path.name)].append(path)
            self._by_stem[normalized(path.stem)].append(path)

    def named(self, name: str, file: Path, item: str = "") -> Path:
        """Return the image that `name` means in the annotation `file`: a name or a path.

        The image may have another suffix, or one that the name lacks. Of images with one name, the
        one whose folders agree best is taken.

        Raises:
            DatasetError: if there is none, or more than one.
        """
        plain = PurePosixPath(normalized(name))  # a name may hold what Windows puts between folders
        wanted = (
            plain if plain.name in self._by_name else PurePosixPath(str(plain).replace("\\", "/"))
        )
        found = self._by_name.get(wanted.name) or self._with_other_suffix(wanted)
        depths = [_common_tail(wanted.parent.parts, path.parent.parts) for path in found]
        best = [path for path, depth in zip(found, depths, strict=True) if depth == max(depths)]
        return self._only_one(best, name, file, item)

    def of(self, file: Path, suffix: str = "") -> Path:
        """Return the image that an annotation file is called after, as <image><suffix>.<...>.

        Where there is one image only, it is that; else one beside the file, if any is there.

        Raises:
            DatasetError: if there is none, or more than one.
        """
        if len(self.paths) == 1:
            return self.paths[0]
        stem = normalized(file.stem.removesuffix(suffix))
        found = self._by_stem.get(stem) or self._by_name.get(stem) or []
        beside = [path for path in found if path.parent == file.parent]
        return self._only_one(beside or found, stem, file, "")

    def knows(self, file: Path, suffix: str = "") -> bool:
        """Tell whether an annotation file is called after an image."""
        stem = normalized(file.stem.removesuffix(suffix))
        return stem in self._by_stem or stem in self._by_name

    def refuse_other_name(self, image: Path, file: Path, item: str) -> None:
        """Refuse an annotation file that names one image and is called after another beside it.

        So it is when somebody copied or renamed the file, and left what is written in it.

        Raises:
            DatasetError: if it is one.
        """
        stem = normalized(file.stem)
        others = [path for path in self._by_stem.get(stem, ()) if path.parent == image.parent]
        if others and image not in others:
            raise DatasetError(
                file,
                item=item,
                expected=f"the image that the file is called after, {others[0].name}",
                found=image.name,
                fix="correct the name in the file, or rename the file",
            )

    def _with_other_suffix(self, wanted: PurePosixPath) -> list[Path]:
        """Return the images that a name without a suffix means, or else one with another suffix.

        What begins with a digit is no suffix, as in rat1.5.
        """
        found = self._by_stem.get(wanted.name)
        if found is None and not wanted.suffix[1:2].isdigit():
            found = self._by_stem.get(wanted.stem)
        return found or []

    def _only_one(self, found: Sequence[Path], name: str, file: Path, item: str) -> Path:
        if len(found) == 1:
            return found[0]
        raise DatasetError(
            file,
            item=item,
            expected=f"one image {name[:LONGEST_SHOWN]!r} in {self.root}",
            found=f"{len(found)} ({found[0]}, {found[1]})" if found else "none",
            fix="give each image a name of its own" if found else "say where it is",
            settings=() if found else ("images",),
        )

    def asset_of(self, path: Path) -> str:
        """Return the asset of an image: the sub-folders that it lies in, joined by "-"."""
        folders = path.relative_to(self.root).parent.parts
        prescribed = (IMAGES, VOC_IMAGES, DARKNET_IMAGES, UNANNOTATED)
        own = [name for name in folders if name not in prescribed]
        return "-".join(own) or self.asset_name

    def beside(self, folder: Path) -> "ImageFiles":
        """Return the images that lie directly in `folder`."""
        paths = tuple(path for path in self.paths if path.parent == folder)
        return ImageFiles(self.root, paths, self.asset_name)


def find_images(source: Source) -> ImageFiles:
    """Return the images of `source`: those in images/ or JPEGImages/ and unannotated/, or all.

    Raises:
        DatasetError: if there is none.
    """
    root = source.images or source.folder
    if root.is_file():
        return ImageFiles(root.parent, (root,), source.name)
    prescribed = [root / name for name in (IMAGES, VOC_IMAGES) if (root / name).is_dir()]
    folders = [*prescribed, root / UNANNOTATED] if prescribed else [root]
    paths = tuple(path for folder in folders for path in files_in(folder, IMAGE_SUFFIXES))
    if not paths:
        raise DatasetError(
            root,
            expected=f"images ({', '.join(IMAGE_SUFFIXES)})",
            found="none" if root.is_dir() else "no such folder",
            fix="say where they are",
            settings=("images",),
        )
    return ImageFiles(root, paths, source.name)


def files_in(folder: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """Yield the files with one of these suffixes in `folder` and its sub-folders, sorted.

    Raises:
        DatasetError: if the name of one, or of a sub-folder that it is in, is no UTF-8.
    """
    for path in sorted(folder.rglob("*")):
        is_ours = not any(is_stray(part) for part in path.relative_to(folder).parts)
        if is_ours and path.suffix.lower() in suffixes and path.is_file():
            require_utf8(path, folder)
            yield path


def _common_tail(first: Sequence[str], second: Sequence[str]) -> int:
    """Return in how many of their last parts two paths agree."""
    pairs = zip(reversed(first), reversed(second), strict=False)
    depth = 0
    for one, other in pairs:
        if one != normalized(other):
            break
        depth += 1
    return depth
