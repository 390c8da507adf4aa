"""The files that a prediction leaves for each image, and the table of all counts."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from gapjunction.commands.predict.image_state import ImageState
from gapjunction.commands.predict.seen_file import SeenInImage
from gapjunction.config import StrictConfig, build_config
from gapjunction.count_intervals import CountEstimate
from gapjunction.detections_csv import write_box_table
from gapjunction.detections_geojson import write_geojson
from gapjunction.detections_json import (
    read_count_file,
    write_count_file,
    write_detection_file,
)
from gapjunction.errors import DetectionsFileError, GapJunctionError, ImageError
from gapjunction.files import LONGEST_NAME, write_text, written_whole
from gapjunction.outside_text import read_json
from gapjunction.overlays.counted_image import Counted, ShownImage, prediction_overlay
from gapjunction.prediction.counting_rule import CalibratedOn, CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import ENDINGS, CountRow, Kind, file_of, write_counts
from gapjunction.text import is_utf8, normalized

LONGEST_STEM = LONGEST_NAME - max(map(len, ENDINGS.values()))  # bytes
FIRST_AND_LAST: tuple[Kind, ...] = ("seen", "intervals")  # of the files of an image
SHOWN = 40  # characters of a name that is longer
UNLIKENESS_DIGITS = 2


class IntervalFile(StrictConfig):
    """Low and high of each class's count, and what all files of the image were made from.

    Attributes:
        estimates: what `intervals` come from.
        threshold, lowest_score: from which on objects were counted, and boxes written.
        unlikeness, calibrated_on: of the image; None where the model does not know.
    """

    intervals: dict[str, tuple[int, int]]
    estimates: dict[str, CountEstimate]
    made_from: ImageState | None
    threshold: float
    lowest_score: float
    unlikeness: float | None
    calibrated_on: CalibratedOn

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file of one image.

        Raises:
            GapJunctionError: if it cannot be read, or is not as `predict` writes it.
        """
        return build_config(cls, read_json(path, DetectionsFileError), path)


@dataclass(frozen=True, slots=True)
class PredictionFiles:
    """The files of one image.

    Attributes:
        has_overlay, has_csv, has_geojson: whether these are wanted.
        image_state: of the image when it was listed, which is before it is read.
    """

    detections: Path
    intervals: Path
    counts: Path
    overlays: Path
    seen: Path
    csv: Path
    geojson: Path
    has_overlay: bool
    has_csv: bool
    image_state: ImageState | None
    has_geojson: bool = False

    @classmethod
    def of(
        cls,
        image: ListedImage,
        out: Path,
        *,
        has_overlay: bool,
        has_csv: bool,
        has_geojson: bool = False,
    ) -> Self:
        """Return where the files of an image go in the folder `out`."""
        paths = {str(kind): file_of(out, kind, image.output_name) for kind in ENDINGS}
        return cls(
            **paths,
            has_overlay=has_overlay,
            has_csv=has_csv,
            has_geojson=has_geojson,
            image_state=ImageState.of(image.origin.path),
        )

    def absolute(self) -> Self:
        """Return them with paths that hold in whatever folder a process works."""
        paths = {str(kind): getattr(self, kind).absolute() for kind in ENDINGS}
        return replace(self, **paths)

    def are_complete(self, rule: CountingRule) -> bool:
        """Tell whether all are there, whole, and made from the image as it is, by this rule."""
        wanted = [self.seen, self.detections, self.intervals, self.counts]
        wanted += [self.overlays] if self.has_overlay else []
        wanted += [self.csv] if self.has_csv else []
        wanted += [self.geojson] if self.has_geojson else []
        try:
            if not all(path.exists() for path in wanted):
                return False
            content = IntervalFile.read(self.intervals)
            counts = read_count_file(self.counts)
        except (OSError, GapJunctionError):
            return False
        is_known = set(counts) == set(content.estimates) == set(rule.config.class_names)
        is_same_rule = (content.threshold, content.lowest_score) == (
            rule.threshold,
            rule.lowest_score,
        )
        return is_known and is_same_rule and content.made_from == self.image_state is not None


def require_usable_name(image: ListedImage) -> None:
    """Refuse an image whose name its files cannot have, or cannot hold.

    Raises:
        ImageError: if the name is longer than `LONGEST_STEM`, or no UTF-8.
    """
    if not is_utf8(image.output_name):
        raise ImageError(
            image.origin.path,
            item="name",
            expected="a name in UTF-8",
            found=ascii(image.output_name),
            fix="rename the image",
        )
    length = len(os.fsencode(image.output_name))
    if length > LONGEST_STEM:
        raise ImageError(
            image.origin.path,
            item="name",
            expected=f"{LONGEST_STEM} bytes at most, as the names of its files are longer",
            found=f"{length} ({image.output_name[:SHOWN]}...)",
            fix="rename the image",
        )


def remove_other_files(output: Path, names: Collection[str]) -> int:
    """Delete the files of predicted images that are not among `names`; return of how many."""
    predicted = {
        _as_written(path).name.removesuffix(ENDINGS[kind])
        for kind in FIRST_AND_LAST
        for path in (output / kind).glob(f"[!.]*{ENDINGS[kind]}")
    }
    others = predicted.difference(names)
    for name in others:
        for kind in ENDINGS:
            file_of(output, kind, name).unlink(missing_ok=True)
    return len(others)


def write_prediction(
    image: ListedImage,
    files: PredictionFiles,
    seen: SeenInImage,
    rule: CountingRule,
    shown: ShownImage | None,
) -> None:
    """Write the files of one image that a rule makes of what was seen in it.

    `shown` is for the overlay; without it, one that is there is deleted, as it
    shows the image or the objects as they were, and so are tables that are not wanted. The
    intervals go first and come last, with what all files are made from: an image without them is
    not finished.
    """
    files.intervals.unlink(missing_ok=True)
    files.overlays.unlink(missing_ok=True)
    files.csv.unlink(missing_ok=True)
    files.geojson.unlink(missing_ok=True)
    name, size = image.origin.path.name, (seen.height, seen.width)
    names = rule.config.class_names
    written, counted = rule.written(seen.detections), rule.counted(seen.detections)
    write_detection_file(files.detections, written, names, image_name=name, image_size=size)
    if files.has_csv:
        write_box_table(files.csv, counted, names, image_name=name, image_size=size)
    if files.has_geojson:
        write_geojson(files.geojson, counted, names, rule.config.class_colors)
    if shown is not None:
        picture = prediction_overlay(shown, Counted(counted, names, rule.threshold))
        with written_whole(files.overlays) as partial:
            picture.save(partial)
    write_count_file(files.counts, counted, names)
    estimates = rule.estimates(seen.detections, seen.num_spots)
    content = IntervalFile(
        intervals={name: each.interval for name, each in estimates.items()},
        estimates=estimates,
        made_from=files.image_state,
        threshold=rule.threshold,
        lowest_score=rule.lowest_score,
        unlikeness=rule.unlikeness(seen.detections, seen.num_spots),
        calibrated_on=rule.calibrated_on(seen.detections, seen.num_spots),
    )
    write_text(files.intervals, content.model_dump_json(indent=2) + "\n")


def write_table(
    output: Path,
    predicted: Sequence[tuple[ListedImage, PredictionFiles]],
) -> list[CountRow]:
    """Write counts.csv, a row for each image and class, and return the rows.

    `low` and `high` hold the true count in 95 % of images like those of the validation.
    """
    rows = [row for image, files in predicted for row in _rows(image, files)]
    write_counts(output, rows)
    return rows


def _rows(image: ListedImage, files: PredictionFiles) -> Iterator[CountRow]:
    """Yield what the files of an image say of each class."""
    origin = image.origin
    content = IntervalFile.read(files.intervals)
    unlikeness = (
        None if content.unlikeness is None else round(content.unlikeness, UNLIKENESS_DIGITS)
    )
    for name, count in read_count_file(files.counts).items():
        own = origin.dataset, origin.asset, image.output_name, name
        interval = content.estimates[name].interval
        yield CountRow(*own, count, *interval, unlikeness, content.calibrated_on)


def _as_written(path: Path) -> Path:
    """Return the path of a listed file as it was written: some file systems decompose names."""
    composed = path.with_name(normalized(path.name))
    is_same = path == composed or (composed.exists() and composed.samefile(path))
    return composed if is_same else path
