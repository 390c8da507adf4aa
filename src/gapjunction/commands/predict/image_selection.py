"""Which images of an input are wanted, and what is wrong where there is none."""

from dataclasses import dataclass
from pathlib import Path

from gapjunction.choices import Split
from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.locations import ZARR_SUFFIX
from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.images.region import Region


@dataclass(frozen=True, slots=True)
class ImageSelection:
    """Which images are wanted: of one split of a run, those a person annotated, which planes.

    Attributes:
        um_per_px: the side of their pixels, where the user states it, whatever the files say.
        may_find_channel: several channels of which nothing was said are no error.
        region: the part of each image that is wanted; None is all of it.
    """

    split: Split | None = None
    annotated_only: bool = False
    choice: PlaneChoice = NOTHING_CHOSEN
    um_per_px: float | None = None
    may_find_channel: bool = False
    region: Region | None = None


def require_no_dataset(source: Path, wanted: ImageSelection) -> None:
    """Refuse to choose among plain files as only a dataset's images can be chosen.

    Raises:
        ConfigError: if a split is asked for, or what a person annotated.
    """
    if wanted.split is not None or wanted.annotated_only:
        raise ConfigError(
            "--annotated_only" if wanted.split is None else f"--split {wanted.split}",
            expected="a dataset as input",
            found=str(source),
            fix="leave the option out, or give a dataset",
        )


def no_image(source: Path, wanted: ImageSelection) -> ImageError:
    """Return the error of an input without a wanted image."""
    is_of_all = wanted.split is None
    suffixes = ", ".join((*READABLE_SUFFIXES, ZARR_SUFFIX))
    return ImageError(
        source,
        expected=f"an image ({suffixes}), a folder of images or a dataset",
        found=_missing(source, wanted),
        fix="check the path" if is_of_all else "give the data the model was trained on",
    )


def _missing(source: Path, wanted: ImageSelection) -> str:
    if not source.exists():
        return "nothing there"
    annotated = " that a person annotated" if wanted.annotated_only else ""
    of_split = "" if wanted.split is None else f" of the {wanted.split} split"
    return f"no image{of_split}{annotated}"
