"""Tests for `gapjunction.commands.predict.objects`."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gapjunction.commands.predict.objects import ImageObjects, measure_all, write_measured
from gapjunction.dataset.names import ImageOrigin
from gapjunction.errors import ImageError
from gapjunction.images.pictures import write_png
from gapjunction.measurement.object_places import ObjectPlace
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.measured_image import Measuring
from measured_light import boxed

MEASURE = partial(measure_all, Measuring(("plaque",)))


def objects_of(path: Path, um_per_px: float | None = 0.1) -> ImageObjects:
    image = ListedImage(ImageOrigin("", "", path), path.stem, um_per_px, is_file=True)
    found = boxed([[15, 15, 25, 25], [2, 2, 6, 6]])
    return ImageObjects(image, found, (40, 40), um_per_px)


def saturated_square(path: Path) -> Path:
    """Write a saturated square, and nothing where there is another box."""
    pixels = np.full((1, 40, 40), 9, np.uint8)
    pixels[0, 15:25, 15:25] = 255
    write_png(path, pixels)
    return path


def test_write_measured__image__says_what_a_reader_should_know(tmp_path: Path) -> None:
    images = [objects_of(saturated_square(tmp_path / "a.png"), None)]
    table = write_measured(tmp_path, images, MEASURE, ("csv",))
    assert str(table) == (
        f"Measured 2 objects of 1 image in {tmp_path / 'objects.csv'}; 1 with saturated pixels, "
        "whose intensities are too low; 1 that do not stand out of the light around them; sizes "
        "in pixels only in 1 image of unknown pixel size"
    )


def test_write_measured__one_image_is_gone__is_a_failure_beside_the_others(
    tmp_path: Path,
) -> None:
    images = [objects_of(saturated_square(tmp_path / "a.png")), objects_of(tmp_path / "b.png")]
    table = write_measured(tmp_path, images, MEASURE, ("csv",))
    assert (table.num_images, table.num_objects, list(table.failures)) == (1, 2, ["b"])


def test_write_measured__all_images_are_gone__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"b\.png"):
        write_measured(tmp_path, [objects_of(tmp_path / "b.png")], MEASURE, ("csv",))


def test_write_measured__places__are_columns_of_their_objects(tmp_path: Path) -> None:
    images = [objects_of(saturated_square(tmp_path / "a.png"))]
    places = (ObjectPlace(region="cortex", region_border=4.0), ObjectPlace(cell=3))
    write_measured(tmp_path, images, MEASURE, ("csv",), lambda _: places)
    table = pd.read_csv(tmp_path / "objects.csv")
    assert table["region"].fillna("").tolist() == ["cortex", ""]
    assert table["cell"].fillna(0).tolist() == [0, 3]


def test_write_measured__image_is_gone__places_are_not_asked_for(tmp_path: Path) -> None:
    images = [objects_of(saturated_square(tmp_path / "a.png")), objects_of(tmp_path / "b.png")]
    asked: list[str] = []

    def places_of(each: ImageObjects) -> tuple[ObjectPlace, ...]:
        asked.append(each.image.output_name)
        return ()

    write_measured(tmp_path, images, MEASURE, ("csv",), places_of)
    assert asked == ["a"]
