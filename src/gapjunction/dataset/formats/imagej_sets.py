"""Which selections of a folder belong to which image: sets, and single ones that make a set."""

from collections.abc import Iterator
from pathlib import Path

from gapjunction.dataset.formats.image_files import ImageFiles, files_in
from gapjunction.dataset.formats.imagej_files import Rois, read_rois

SET_SUFFIX = "_RoiSet"
SINGLE = ".roi"


def sets_in(folder: Path, images: ImageFiles) -> Iterator[tuple[Path, Path, Rois]]:
    """Yield images with the file of a set, and the selections in it.

    Several .roi files of one image in one folder are a set, of which the folder is the file.

    Raises:
        ArchiveError: if a zip is damaged or hostile.
        DatasetError: if a file belongs to no image, or is damaged.
    """
    single: dict[tuple[Path, Path], list[Path]] = {}
    for path in files_in(folder, (".zip", SINGLE)):
        image = images.of(_called_after_image(path, folder, images), SET_SUFFIX)
        if path.suffix.lower() == SINGLE:
            single.setdefault((image, path.parent), []).append(path)
        else:
            yield image, path, read_rois(path)
    for (image, place), paths in single.items():
        if len(paths) == 1:
            yield image, paths[0], read_rois(paths[0])
        else:
            yield image, place, [(path.name, roi) for path in paths for _, roi in read_rois(path)]


def _called_after_image(path: Path, folder: Path, images: ImageFiles) -> Path:
    """Return the file, or the sub-folder it is in: ImageJ calls single selections by their place.

    Such as 0012-0034.roi, in a sub-folder that is called after the image.
    """
    is_single = path.suffix.lower() == SINGLE and path.parent != folder
    return path.parent if is_single and not images.knows(path, SET_SUFFIX) else path
