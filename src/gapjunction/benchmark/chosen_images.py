"""Which images and which class a benchmark is about, where that is not all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gapjunction.benchmark.pairing import listed
from gapjunction.errors import BenchmarkError
from gapjunction.outside_text import read_text
from gapjunction.text import normalized

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class ChosenImages:
    """The images to compare; all of them without a file that names some.

    Attributes:
        stems: in Unicode's composed form.
    """

    file: Path | None = None
    stems: frozenset[str] = frozenset()

    @classmethod
    def named_in(cls, path: Path | None) -> "ChosenImages":
        """Read the stems in a text file, one a line; empty lines are none.

        Raises:
            BenchmarkError: if it cannot be read or names no image.
        """
        if path is None:
            return ALL_IMAGES
        try:
            lines = read_text(path, BenchmarkError).splitlines()
        except BenchmarkError as error:
            raise _unusable(path, error.found) from None
        stems = frozenset(normalized(line.strip()) for line in lines if line.strip())
        if not stems:
            raise _unusable(path, "an empty file")
        return cls(path, stems)

    def among(self, images: Mapping[str, Content], folder: Path) -> dict[str, Content]:
        """Return those of the images in `folder`, by stem, that are to be compared.

        Raises:
            BenchmarkError: naming the chosen stems that are not among them.
        """
        if self.file is None:
            return dict(images)
        if unknown := sorted(self.stems - images.keys()):
            raise BenchmarkError(
                self.file,
                expected=f"stems of images in {folder}",
                found=f"unknown ones: {listed(unknown)}",
                fix="correct them, or take them out",
                settings=("forced_filenames_path",),
            )
        return {stem: images[stem] for stem in images if stem in self.stems}


ALL_IMAGES = ChosenImages()


def column_of(label: str, class_names: Sequence[str], ground_truth_dir: Path) -> int:
    """Return the place of the one class to compare.

    Raises:
        BenchmarkError: if neither side names it.
    """
    if label not in class_names:
        raise BenchmarkError(
            ground_truth_dir,
            item="label",
            expected=f"one of {', '.join(class_names) or 'no classes, as there are no objects'}",
            found=repr(label),
            fix="correct it, or leave it out",
            settings=("label",),
        )
    return class_names.index(label)


def _unusable(path: Path, found: str) -> BenchmarkError:
    return BenchmarkError(
        path,
        expected="a text file with the stem of an image a line",
        found=found,
        fix="write the stems of the images to compare into it",
        settings=("forced_filenames_path",),
    )
