"""The annotation platform's own format, as one of those that annotations come in and go to."""

from collections.abc import Iterator
from pathlib import Path

from gapjunction.dataset.formats.source import ReadResult, Source
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.writer import write_dataset
from gapjunction.errors import ConfigError

NOT_READ = ("Arbitrary_Metadata", "_bbox_metrics.json")


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
    return ReadResult(datasets, tuple(note for each in datasets for note in _notes(each)))


def write_platform(dataset: Dataset, folder: Path) -> list[str]:
    """Write a dataset; nothing is lost."""
    write_dataset(dataset, folder)
    return []


def _notes(dataset: Dataset) -> Iterator[str]:
    for name in NOT_READ:
        number = sum(1 for _ in dataset.root.rglob(f"*{name}"))
        if number:
            yield f"*{name} of {dataset.name}, not read: {number:,}"
