"""The plane of each image that its annotations were drawn in, where files hold several."""

import shutil
from dataclasses import replace
from pathlib import Path

from gapjunction.dataset.formats.image_files import files_in
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import DatasetError, ImageError
from gapjunction.images.microscope_files import (
    READABLE_SUFFIXES,
    is_taken_as_it_is,
    read_chosen,
)
from gapjunction.images.pictures import write_png
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice


def with_planes(source: Source, choice: PlaneChoice, folder: Path) -> Source:
    """Return a source whose images are the chosen planes, written as PNG into `folder`.

    Pictures of one plane are taken as they are. Images lie in the sub-folders that they lay in.

    Raises:
        DatasetError: if two files would become one image.
        ImageError: if a file cannot be read, or does not have these planes.
    """
    root = source.images or source.folder
    paths = [root] if root.is_file() else list(files_in(root, READABLE_SUFFIXES))
    top = root.parent if root.is_file() else root
    written = {_write_plane(path, choice, folder / path.relative_to(top)): path for path in paths}
    images = next(iter(written)) if root.is_file() else folder
    return replace(source, images=images, plane_files=written)


def _write_plane(path: Path, choice: PlaneChoice, place: Path) -> Path:
    is_picture = is_taken_as_it_is(path, NOTHING_CHOSEN)
    target = place if is_picture else place.with_suffix(".png")
    if target.exists():
        raise DatasetError(
            path,
            expected="images with names of their own",
            found=f"another image that becomes {target.name}",
            fix="rename one of the two, suffixes apart",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_picture:
        shutil.copyfile(path, target)
        return target
    image = read_chosen(path, choice)
    if len(image) > 1:
        raise ImageError(
            path,
            expected="one channel, in which the objects were marked",
            found=f"{len(image)}",
            fix="choose one",
            settings=("channel",),
        )
    write_png(target, image)
    return target
