"""What the readers and writers of all formats take and give."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Source:
    """Where to read annotations, and what they do not say themselves.

    Attributes:
        path: a folder, or the one file with the annotations.
        images: the folder of the images, or the one image; None: the folder of the annotations.
        class_name: the class of objects that come without one.
        point_size_px: the side of the square that stands for a point without a size.
        pixel_size_um: the side of a pixel, for positions in micrometers; None: as the image says.
        plane_files: the file that an image is a plane of, where it was written for that.
        first_pixel: the number of the first pixel, for a format of which tools disagree on it.
    """

    path: Path
    images: Path | None = None
    class_name: str = "gap_junction"
    point_size_px: float | None = None
    first_pixel: int = 1
    pixel_size_um: float | None = None
    plane_files: Mapping[Path, Path] = field(default_factory=dict, hash=False)

    @property
    def folder(self) -> Path:
        """The folder of the annotations."""
        return self.path if self.path.is_dir() else self.path.parent

    @property
    def name(self) -> str:
        """What a dataset or an asset made of it is called."""
        path = self.path.resolve()
        return path.name if path.is_dir() else path.stem


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Datasets, and lines on what of their annotations could not be taken as it was."""

    datasets: tuple[Dataset, ...]
    notes: tuple[str, ...] = ()


# A writer fills an existing folder and returns lines on what the format cannot hold.
Reader = Callable[[Source], ReadResult]
Writer = Callable[[Dataset, Path], list[str]]


def no_files(source: Source, expected: str, found: str = "none") -> DatasetError:
    """Return the error of a source in which there are no annotations of the format."""
    return DatasetError(
        source.path,
        expected=expected,
        found=found,
        fix="check the path and the format",
        settings=("from_format",),
    )


def with_numbers(notes: Iterable[str]) -> tuple[str, ...]:
    """Return "<what>: <number>" for each kind of note, in the order of the first of each."""
    return tuple(f"{what}: {number:,}" for what, number in Counter(notes).items())
