"""What leaves the page: tables of counts and of objects, regions, and the dataset as a zip file."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gapjunction.csv_tables import csv_text
from gapjunction.dataset.folders import is_stray
from gapjunction.review.entries import Box, Region
from gapjunction.review.facts import progress_of, queue_of
from gapjunction.review.opening import ReviewImage
from gapjunction.review.regions import is_counted
from gapjunction.review.reviewed import Review
from gapjunction.review.slices import counting_boxes

COUNT_COLUMNS = ("dataset", "asset", "image", "class", "count", "low", "high", "state")
OBJECT_COLUMNS = (
    *("dataset", "asset", "image", "class", "x0", "y0", "x1", "y1"),
    *("width_um", "height_um", "score", "by", "state", "counted"),
)
DECIMALS = 3
INCLUDED, EXCLUDED = "region", "exclude"  # classes of polygons


def counts_csv(review: Review, threshold: float) -> str:
    """Return a row for each image and class; with the interval where there is one class.

    Raises:
        GapJunctionError: if a detection file cannot be read.
    """
    doubts = {each.image.id: each for each in queue_of(review, threshold)}
    rows: list[tuple[object, ...]] = [COUNT_COLUMNS]
    for image in review.opened.images.values():
        each = doubts[image.id]
        counted = _counted(review, image, threshold)
        for label, name in _own_classes(review, image):
            count = sum(box.label == label for box in counted)
            is_only = len(review.class_names) == 1
            ends = (each.doubt.low, each.doubt.high) if is_only else (None, None)
            rows.append((*_origin(image), name, count, *ends, each.state))
    return csv_text(rows)


def objects_csv(review: Review, threshold: float) -> str:
    """Return a row for each box, of a person or of the model; `counted` says which count.

    Raises:
        GapJunctionError: if a detection file cannot be read.
    """
    rows: list[tuple[object, ...]] = [OBJECT_COLUMNS]
    for image in review.opened.images.values():
        counted = {box.id for box in _counted(review, image, threshold)}
        um = image.dataset.um_per_px
        for box in review.state(image).boxes:
            x0, y0, x1, y1 = (round(side, DECIMALS) for side in box.box)
            size = (None, None) if um is None else _size_um(box, um)
            about = (box.score, box.by, box.state, int(box.id in counted))
            name = review.class_names[box.label]
            rows.append((*_origin(image), name, x0, y0, x1, y1, *size, *about))
    return csv_text(rows)


def write_zip(review: Review, path: Path) -> None:
    """Write the datasets as they are on the disk, without the journals, into a zip file.

    Raises:
        OSError: if it cannot be written.
    """
    with zipfile.ZipFile(path, "w", strict_timestamps=False) as archive:
        for dataset in review.opened.datasets:
            for file in _files(dataset.root):
                inner = Path(dataset.name) / file.relative_to(dataset.root)
                archive.write(file, inner.as_posix())


def write_regions(review: Review, path: Path) -> None:
    """Write the polygons of each image that has some as QuPath's GeoJSON, into a zip file.

    Files are called after their images, and exclusions are of the class "exclude", so that the
    unpacked folder is one for `gapjunction predict --roi`.

    Raises:
        OSError: if it cannot be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for image in review.opened.images.values():
            features = [_feature(region) for region in review.state(image).regions]
            if features:
                content = {"type": "FeatureCollection", "features": features}
                archive.writestr(f"{image.named.name}.geojson", json.dumps(content, indent=1))


def _feature(region: Region) -> dict[str, Any]:
    ring = [list(point) for point in (*region.points, region.points[0])]
    class_name = EXCLUDED if region.kind == "exclude" else INCLUDED
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "objectType": "annotation",
            "name": region.name or class_name,
            "classification": {"name": class_name},
        },
    }


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder, but for hidden ones and what operating systems leave."""
    for path in sorted(folder.iterdir()):
        if is_stray(path.name) or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _counted(review: Review, image: ReviewImage, threshold: float) -> list[Box]:
    """Return the boxes of an image that count."""
    state = review.state(image)
    is_done = progress_of(review, image) == "done"
    sure = [box for box in state.boxes if box.state != "model"]
    boxes = sure if is_done else counting_boxes(state.boxes, threshold)
    regions = state.regions
    return [box for box in boxes if is_counted(box, regions)]


def _own_classes(review: Review, image: ReviewImage) -> list[tuple[int, str]]:
    colors = image.dataset.classes.values()
    pairs = enumerate(zip(review.class_names, colors, strict=True))
    return [(label, name) for label, (name, color) in pairs if color]


def _origin(image: ReviewImage) -> tuple[str, str, str]:
    return image.dataset.name, image.asset.name, image.named.name


def _size_um(box: Box, um_per_px: float) -> tuple[float, float]:
    x0, y0, x1, y1 = box.box
    return round((x1 - x0) * um_per_px, DECIMALS), round((y1 - y0) * um_per_px, DECIMALS)
