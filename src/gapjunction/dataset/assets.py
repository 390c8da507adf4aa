"""Read one asset folder; collect what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.folders import entries
from gapjunction.dataset.metadata import ASSET_FILE, inspect_asset_metadata
from gapjunction.dataset.records import AnnotatedImage, Asset
from gapjunction.dataset.rules import Problem, check_boxes, check_name, is_inside
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    COUNT_SUFFIX,
    DETECTION_SUFFIX,
    DetectionFile,
    inspect_detection_file,
    stem_of,
)
from gapjunction.errors import ImageError
from gapjunction.images.pictures import IMAGE_SUFFIXES, read_image_size
from gapjunction.images.slice_names import in_order_of_slices
from gapjunction.text import is_utf8, normalized

RAW_FOLDER, DETECTION_FOLDER, MASK_FOLDER = "Raw", "Detection", "Segmentation"
STORE_FOLDER = "Processed"  # around these in a copy of the platform's own store
MASK_SUFFIX = "_mask"


@dataclass(frozen=True, slots=True)
class _FoundBoxes:
    """A detection file that belongs to an image; `content` is None if it could not be read."""

    path: Path
    content: DetectionFile | None


def stems_of_key(key: str) -> tuple[str, str]:
    """Return the stems a detection file's key can mean: itself, and without an image's suffix."""
    key = normalized(key)
    return key, Path(key).stem if Path(key).suffix.lower() in IMAGE_SUFFIXES else key


def is_asset_folder(folder: Path) -> bool:
    """Tell whether `folder` looks like an asset."""
    parts = (RAW_FOLDER, DETECTION_FOLDER, f"{STORE_FOLDER}/{DETECTION_FOLDER}", ASSET_FILE)
    return folder.is_dir() and any((folder / part).exists() for part in parts)


def annotation_folder(asset: Path, kind: str) -> Path:
    """Return where an asset keeps its detection files or masks: directly, or as in the store."""
    in_store = asset / STORE_FOLDER / kind
    return in_store if in_store.is_dir() and not (asset / kind).is_dir() else asset / kind


def inspect_asset(folder: Path, class_names: Sequence[str]) -> tuple[Asset, list[Problem]]:
    """Return an asset with everything readable in it, and everything wrong with it."""
    metadata, problems = inspect_asset_metadata(folder)
    image_paths, image_problems = _image_paths(folder / RAW_FOLDER)
    problems += image_problems
    detection_folder = annotation_folder(folder, DETECTION_FOLDER)
    detection_files, detection_problems = _detection_files(detection_folder, image_paths)
    problems += detection_problems
    mask_paths, mask_problems = _mask_paths(annotation_folder(folder, MASK_FOLDER), image_paths)
    problems += mask_problems
    images, unreadable = [], []
    for stem, path in image_paths.items():
        try:
            size = read_image_size(path)
        except ImageError as error:
            problems.append(Problem.from_error(error))
            unreadable.append(path)
            continue
        found = detection_files.get(stem)
        if detection_folder.is_dir():  # without one, it alone is named, not each of its files
            problems += _check_annotations(path, size, found, class_names)
        mask_path = mask_paths.get(stem)
        problems += _check_mask(mask_path, size)
        images.append(_annotated_image(path, size, found, class_names, mask_path))
    true_path, true_problems = _true_plaques_path(folder / TRUE_PLAQUES_NAME)
    problems += true_problems
    return Asset(folder.name, tuple(images), metadata, true_path, tuple(unreadable)), problems


def _true_plaques_path(path: Path) -> tuple[Path | None, list[Problem]]:
    if path.is_file() or not (path.exists() or path.is_symlink()):
        return (path if path.is_file() else None), []
    found = "a folder" if path.is_dir() else "a link to nothing"
    fix = "simulate the stack again, or remove it: only simulated stacks have it"
    return None, [Problem("error", path, "", found, "a table (CSV)", fix)]


def _image_paths(folder: Path) -> tuple[dict[str, Path], list[Problem]]:
    """Return the image files by normalized stem: slices of a stack by their number in it."""
    if not folder.is_dir():
        fix = "put the asset's images there, or remove the asset"
        return {}, [Problem("error", folder, "", "none", "a folder of images", fix)]
    paths: dict[str, Path] = {}
    problems = []
    for path in entries(folder):
        stem = normalized(path.stem)
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            expected = f"images ({' '.join(IMAGE_SUFFIXES)})"
            fix = "convert it ('gapjunction create'), or move it elsewhere: it is ignored"
            problems.append(Problem("warning", path, "", path.suffix or "no suffix", expected, fix))
        elif not is_utf8(path.name):
            problems += check_name(path)
        elif stem in paths:
            found = f"the stem of {_told_apart(paths[stem].name, path.name)}"
            fix = "remove or rename one of the two"
            problems.append(Problem("error", path, "", found, "a stem of its own", fix))
        else:
            paths[stem] = path
    paths = {stem: paths[stem] for stem in in_order_of_slices(paths, str)}
    if not paths:
        fix = "put the asset's images there, or remove the asset"
        problems.append(Problem("warning", folder, "", "none", "at least one image", fix))
    return paths, problems


def _told_apart(name: str, other: str) -> str:
    """Return a name as it is, with its letters' codes where the other one looks the same."""
    return f"{name} ({name!a})" if normalized(name) == normalized(other) else name


def _detection_files(
    folder: Path, image_paths: Mapping[str, Path]
) -> tuple[dict[str, _FoundBoxes], list[Problem]]:
    """Return the detection files by the normalized stem of their image."""
    if not folder.is_dir():
        fix = "annotate or export them; without, the asset is predicted, but not trained on"
        missing = Problem("warning", folder, "", "none", "a folder of detection files", fix)
        return {}, [missing] if image_paths else []
    found: dict[str, _FoundBoxes] = {}
    problems = []
    for path in entries(folder):
        if path.suffix.lower() != ".json" or path.stem.endswith(COUNT_SUFFIX):
            continue
        content, errors = inspect_detection_file(path)
        problems += [Problem.from_error(error) for error in errors]
        stem = _stem_of_image(path, content, image_paths)
        if stem is None:
            fix = f"put the image into {RAW_FOLDER}, or delete this file"
            expected = f"an image {stem_of(path.name)!r} in {RAW_FOLDER}"
            problems.append(Problem("error", path, "", "none", expected, fix))
        elif stem in found:
            expected, other = "one detection file for each image", found[stem].path.name
            fix = "remove one of the two"
            problems.append(Problem("error", path, "", f"{other} as well", expected, fix))
        else:
            found[stem] = _FoundBoxes(path, content)
            problems += _check_key(path, content, image_paths[stem])
    return found, problems


def _stem_of_image(
    path: Path, content: DetectionFile | None, image_paths: Mapping[str, Path]
) -> str | None:
    """Return which image a detection file means, going by its name; its key settles doubts.

    An image can itself be called "a_bbox", so that "a_bbox.json" may mean "a" or "a_bbox".
    """
    names = (stem_of(f"{path.stem}.json"), path.stem)
    stems = [stem for stem in map(normalized, names) if stem in image_paths]
    if content is not None:
        stems.sort(key=lambda stem: not _is_key_of(content.stem, image_paths[stem]))
    return stems[0] if stems else None


def _is_key_of(key: str, image_path: Path) -> bool:
    """Tell whether a detection file's key is the image's stem, alone or with a suffix."""
    return normalized(image_path.stem) in stems_of_key(key)


def _check_key(path: Path, content: DetectionFile | None, image_path: Path) -> Iterator[Problem]:
    if content is not None and not _is_key_of(content.stem, image_path):
        fix = "correct the key, or the file's name, whichever is wrong"
        expected = f"the image's stem {image_path.stem!r}"
        yield Problem("error", path, "key", repr(content.stem), expected, fix)


def _mask_paths(
    folder: Path, image_paths: Mapping[str, Path]
) -> tuple[dict[str, Path], list[Problem]]:
    """Return the color masks by the normalized stem of their image."""
    paths: dict[str, Path] = {}
    problems = []
    for path in entries(folder):
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        stem = normalized(path.stem).removesuffix(MASK_SUFFIX)
        if stem not in image_paths:
            fix = f"put the image into {RAW_FOLDER}, or delete the mask"
            expected = f"an image {stem!r} in {RAW_FOLDER}"
            problems.append(Problem("warning", path, "", "none", expected, fix))
        elif stem in paths:
            found = f"{paths[stem].name} as well"
            fix = "remove one of the two"
            expected = "one mask for each image"
            problems.append(Problem("error", path, "", found, expected, fix))
        else:
            paths[stem] = path
    return paths, problems


def _check_annotations(
    path: Path, size: tuple[int, int], found: _FoundBoxes | None, class_names: Sequence[str]
) -> Iterator[Problem]:
    if found is None:
        name = f"{path.stem}{DETECTION_SUFFIX}.json"
        fix = "annotate the image; until then it is not used (an empty list says 'no objects')"
        yield Problem("warning", path, "", "none", f"a detection file {name}", fix)
    elif found.content is not None:
        if found.content.has_scores:
            fix = (
                "look through them, then take them over with 'gapjunction convert IN OUT "
                "--to platform --accept_predictions'; until then the image is not used"
            )
            expected = "boxes drawn by a person"
            yield Problem("warning", found.path, "", "predictions with scores", expected, fix)
        yield from check_boxes(found.content.records, class_names, size, found.path)


def _check_mask(path: Path | None, size: tuple[int, int]) -> Iterator[Problem]:
    if path is None:
        return
    try:
        mask_size = read_image_size(path)
    except ImageError as error:
        yield Problem.from_error(error)
        return
    if mask_size != size:
        found, expected = (f"{width} x {height} px" for height, width in (mask_size, size))
        fix = "export image and mask together, at full size"
        yield Problem("error", path, "", found, f"the size of its image, {expected}", fix)


def _annotated_image(
    path: Path,
    size: tuple[int, int],
    found: _FoundBoxes | None,
    class_names: Sequence[str],
    mask_path: Path | None,
) -> AnnotatedImage:
    """Return the image with those of its boxes that can be used at all.

    A file with a score is a detector's: its boxes are predictions, and no annotations.
    """
    content = found.content if found else None
    records = content.records if content else ()
    usable = tuple(r for r in records if r.label_name in class_names and is_inside(r, size))
    boxes_path = found.path if found else None
    boxes = DetectionFile(boxes_path or path, path.stem, usable).as_detections(class_names)
    is_predicted = content is not None and content.has_scores
    annotations = Detections.none() if is_predicted else boxes
    return AnnotatedImage(
        path=path,
        height=size[0],
        width=size[1],
        boxes=annotations.boxes,
        labels=annotations.labels,
        is_annotated=content is not None and not is_predicted,
        mask_path=mask_path,
        boxes_path=boxes_path,
        predictions=boxes if is_predicted else None,
    )
