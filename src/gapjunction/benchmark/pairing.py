"""Find the detection and count files of a benchmark, paired by the image's stem.

docs/metrics.md describes the format: a folder of JSON or CSV files, one an image.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from gapjunction.detections_csv import is_box_table
from gapjunction.detections_json import stem_of
from gapjunction.errors import BenchmarkError
from gapjunction.git_lfs import require_pulled
from gapjunction.prediction_folder import COUNTS_NAME, MANIFEST_NAME, STACK_TABLES, TOTALS_NAME
from gapjunction.text import normalized

TABLES = (COUNTS_NAME, TOTALS_NAME, *STACK_TABLES)  # of `predict`, not of an image
MAX_NAMES = 5  # in one line of error


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
    require_pulled(folder)
    files = files_by_stem(folder, _listed_files(folder), stem_of)
    if not files:
        raise BenchmarkError(
            folder,
            expected="detection or count files (*.json), or box tables (*.csv)",
            found="none",
            fix="check the path",
        )
    return files


def any_files(folder: Path) -> bool:
    """Tell whether there is any detection or count file in `folder`."""
    return bool(_listed_files(folder))


def _listed_files(folder: Path) -> list[Path]:
    paths = [*sorted(folder.glob("*.json")), *sorted(folder.glob("*.csv"))]
    return [
        path
        for path in paths
        if not path.name.startswith(".") and path.name != MANIFEST_NAME and path.is_file()
        if path.suffix == ".json" or (path.name not in TABLES and is_box_table(path))
    ]


def files_by_stem(
    folder: Path, paths: Iterable[Path], stem_of_name: Callable[[str], str]
) -> dict[str, Path]:
    """Return `paths` in `folder` by the stem of their image, in Unicode's composed form.

    Raises:
        BenchmarkError: if two are of one image.
    """
    files: dict[str, Path] = {}
    for path in paths:
        stem = normalized(stem_of_name(path.name))
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


def require_same_stems(
    truth: Mapping[str, object],
    predicted: Mapping[str, object],
    ground_truth_dir: Path,
    predictions_dir: Path,
) -> None:
    """Refuse two sides, by stem, that are not of the same images.

    Raises:
        BenchmarkError: naming the images that one of the folders lacks.
    """
    if missing := sorted(truth.keys() - predicted.keys()):
        raise BenchmarkError(
            predictions_dir,
            expected=f"predictions for all {len(truth)} images of {ground_truth_dir}",
            found=f"none for {listed(missing)}",
            fix="predict or annotate them, or take their ground truth out",
        )
    if extra := sorted(predicted.keys() - truth.keys()):
        raise BenchmarkError(
            ground_truth_dir,
            expected=f"ground truth for all {len(predicted)} images of {predictions_dir}",
            found=f"none for {listed(extra)}",
            fix="annotate these images too, or take their predictions out",
        )


def listed(names: list[str]) -> str:
    """Name the first few, and say how many there are if that is not all."""
    shown = ", ".join(names[:MAX_NAMES])
    return shown if len(names) <= MAX_NAMES else f"{shown}, ... ({len(names)} in all)"
