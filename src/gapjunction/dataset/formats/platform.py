"""The annotation platform's own format, as one of those that annotations come in and go to."""

from pathlib import Path

from gapjunction.dataset.formats.source import ReadResult, Source
from gapjunction.dataset.further_columns import TABLE_FILE
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.writer import write_dataset
from gapjunction.detections_json import COUNT_SUFFIX
from gapjunction.errors import ConfigError
from gapjunction.text import counted

SHOWN_NAMES = 3


def read_platform(source: Source) -> ReadResult:
    """Read a dataset, or all datasets in a folder.

    Raises:
        ConfigError: if images are sought elsewhere than in the dataset.
        DatasetError: if a dataset has errors.
    """
    if source.images is not None:
        raise ConfigError(
            "images",
            expected="a format whose images can lie elsewhere",
            found="platform, which holds its images",
            fix="leave it out, or say the format",
            settings=("images", "from_format"),
        )
    datasets = tuple(read_datasets([source.path]))
    notes = (_left_unread(each) for each in datasets)
    return ReadResult(datasets, tuple(note for note in notes if note))


def write_platform(dataset: Dataset, folder: Path) -> list[str]:
    """Write a dataset; nothing is lost."""
    write_dataset(dataset, folder)
    return []


def _left_unread(dataset: Dataset) -> str:
    """Return a line on the files of a dataset that are not read, or nothing if there are none."""
    inside = (path.relative_to(dataset.root) for path in sorted(dataset.root.rglob("*.*")))
    others = [path for path in inside if _is_left_unread(path)]
    if not others:
        return ""
    names = list(dict.fromkeys(path.name for path in others))
    shown = ", ".join(names if len(names) <= SHOWN_NAMES else [*names[:SHOWN_NAMES], "..."])
    return f"{counted(len(others), 'file')} of {dataset.name}, not read: {shown}"


def _is_left_unread(path: Path) -> bool:
    is_kept = path.parts[-2:] == TABLE_FILE.parts
    return (TABLE_FILE.parts[0] in path.parts and not is_kept) or path.stem.endswith(COUNT_SUFFIX)
