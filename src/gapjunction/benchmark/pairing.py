"""Read ground truth and predictions in benchmark format, paired by the image's stem.

docs/metrics.md describes the format: a folder of JSON files, one an image, each a detection
file or a count file. Which of the two a file is, its content says.
"""

import json
import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gapjunction.benchmark.counts import CountArray
from gapjunction.benchmark.manifest import MANIFEST_NAME
from gapjunction.dataset.assets import stems_of_key
from gapjunction.detections_json import read_count_file, read_detection_file, stem_of
from gapjunction.errors import BenchmarkError, DetectionsFileError

logger = logging.getLogger(__name__)

DETECTIONS_FOLDER = "detections"  # where `gapjunction predict` puts its detection files
MAX_NAMES = 5  # in one line of error


@dataclass(frozen=True, slots=True, eq=False)
class PairedCounts:
    """True and predicted object counts (num_images, num_classes) of the same images.

    Attributes:
        stems: the image of each row, in alphabetical order.
        class_names: the class of each column: all that either side names, sorted.
    """

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    truth: CountArray
    predicted: CountArray


def read_paired_counts(
    ground_truth_dir: Path, predictions_dir: Path, threshold: float | None
) -> PairedCounts:
    """Read the counts of both folders.

    Boxes of `predictions_dir` count from the score `threshold` on, all of them if it is None;
    a box without a score always counts, and so does every box of the ground truth. A class
    that only predictions name has a true count of zero, and is logged as a warning.

    Raises:
        BenchmarkError: if a folder is missing or empty, if a stem has no or several files.
        DetectionsFileError: if a file cannot be read.
    """
    truth_files = find_files(ground_truth_dir)
    predicted_files = find_files(detections_folder_of(predictions_dir))
    require_same_stems(truth_files, predicted_files, ground_truth_dir, predictions_dir)
    stems = tuple(sorted(truth_files))
    truth = [read_counts(truth_files[stem], None) for stem in stems]
    predicted = [read_counts(predicted_files[stem], threshold) for stem in stems]
    named, also_predicted = set().union(*truth), set().union(*predicted)
    if new := sorted(also_predicted - named):
        logger.warning(
            "%s: ground truth never names the class %s; its true count is taken as 0",
            predictions_dir,
            listed(new),
        )
    class_names = tuple(sorted(named | also_predicted))
    return PairedCounts(
        stems, class_names, _as_array(truth, class_names), _as_array(predicted, class_names)
    )


def detections_folder_of(predictions_dir: Path) -> Path:
    """Return the folder of files itself, or its subfolder `detections` if it has one."""
    subfolder = predictions_dir / DETECTIONS_FOLDER
    return subfolder if subfolder.is_dir() else predictions_dir


def find_files(folder: Path) -> dict[str, Path]:
    """Return the detection or count file of each stem in `folder`, but for hidden files.

    Stems are in Unicode's composed form, as some file systems store letters decomposed.

    Raises:
        BenchmarkError: if the folder is missing, holds none, or several of one image.
    """
    if not folder.is_dir():
        raise BenchmarkError(
            folder,
            expected="a folder of detection or count files",
            found="no such folder",
            fix="check the path; the default ones are relative to the repository's root",
        )
    paths = [
        path
        for path in sorted(folder.glob("*.json"))
        if not path.name.startswith(".") and path.name != MANIFEST_NAME and path.is_file()
    ]
    files = files_by_stem(folder, paths, stem_of)
    if not files:
        raise BenchmarkError(
            folder,
            expected="detection or count files (*.json)",
            found="none",
            fix="check the path",
        )
    return files


def files_by_stem(
    folder: Path, paths: Iterable[Path], stem_of_name: Callable[[str], str]
) -> dict[str, Path]:
    """Return `paths` in `folder` by the stem of their image, in Unicode's composed form.

    Raises:
        BenchmarkError: if two are of one image.
    """
    files: dict[str, Path] = {}
    for path in paths:
        stem = unicodedata.normalize("NFC", stem_of_name(path.name))
        if stem in files:
            raise BenchmarkError(
                folder,
                item=stem,
                expected="one file for each image",
                found=f"{files[stem].name} and {path.name}",
                fix="keep one of them",
            )
        files[stem] = path
    return files


def read_counts(path: Path, threshold: float | None) -> dict[str, int]:
    """Return the number of objects of each class that a detection or a count file states.

    Raises:
        DetectionsFileError: if it is neither, or holds the boxes of another image.
    """
    if _is_count_file(path):
        return _read_some_counts(path)
    detection_file = read_detection_file(path)
    require_key_of_file(detection_file.stem, path)
    is_object = detection_file.scores >= (0.0 if threshold is None else threshold)
    names = zip(detection_file.label_names, is_object.tolist(), strict=True)
    return dict(Counter(name for name, counts in names if counts))


def holds_count_files(predictions_dir: Path) -> bool:
    """Tell whether any prediction is already counted, so that no threshold can apply to it."""
    return any(map(_is_count_file, find_files(detections_folder_of(predictions_dir)).values()))


def require_same_stems(
    truth: Mapping[str, Path],
    predicted: Mapping[str, Path],
    ground_truth_dir: Path,
    predictions_dir: Path,
) -> None:
    """Refuse files by stem of two folders that are not of the same images.

    Raises:
        BenchmarkError: naming the images that one of the folders lacks.
    """
    if missing := sorted(truth.keys() - predicted.keys()):
        raise BenchmarkError(
            predictions_dir,
            expected=f"predictions for all {len(truth)} images of {ground_truth_dir}",
            found=f"none for {listed(missing)}",
            fix="predict these images too, or take their ground truth out",
        )
    if extra := sorted(predicted.keys() - truth.keys()):
        raise BenchmarkError(
            ground_truth_dir,
            expected=f"ground truth for all {len(predicted)} images of {predictions_dir}",
            found=f"none for {listed(extra)}",
            fix="annotate these images too, or take their predictions out",
        )


def _is_count_file(path: Path) -> bool:
    """Tell a count file, whose values are no lists; of a damaged file the reader tells more."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and not any(isinstance(v, list) for v in content.values())


def _read_some_counts(path: Path) -> dict[str, int]:
    """Read a count file; refuse an empty one, as nothing tells what was counted."""
    counts = read_count_file(path)
    if not counts:
        raise DetectionsFileError(
            path,
            expected="counts by class, or a list of boxes under the image's stem",
            found="an empty object",
            fix='for no objects write {"gap_junction": 0}, or the stem with an empty list',
        )
    return counts


def require_key_of_file(key: str, path: Path) -> None:
    """Refuse boxes of another image than the one that the file is named after.

    Where images share a stem, `predict` calls files dataset__asset__stem; their key is the stem.

    Raises:
        DetectionsFileError: if the key is another image's stem.
    """
    stem = unicodedata.normalize("NFC", stem_of(path.name))
    if not any(stem == name or stem.endswith(f"__{name}") for name in stems_of_key(key) if name):
        raise DetectionsFileError(
            path,
            item="key",
            expected=f"the image's stem {stem!r}",
            found=repr(key),
            fix="correct the key, or the file's name, whichever is wrong",
        )


def listed(names: list[str]) -> str:
    """Name the first few, and say how many there are if that is not all."""
    shown = ", ".join(names[:MAX_NAMES])
    return shown if len(names) <= MAX_NAMES else f"{shown}, ... ({len(names)} in all)"


def _as_array(counts: Iterable[Mapping[str, int]], class_names: tuple[str, ...]) -> CountArray:
    rows = [[of_image.get(name, 0) for name in class_names] for of_image in counts]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(class_names))
