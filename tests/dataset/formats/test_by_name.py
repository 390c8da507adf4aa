"""Round trips through all formats of `gapjunction.dataset.formats.by_name`."""

import tempfile
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings

from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.exchange import Source
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Dataset
from random_datasets import Dataset as RandomDataset
from random_datasets import datasets, write_random_dataset

WHOLE_PIXELS = 0.5
FINE = 0.004  # px: what rounding to 0.001 px and to single precision make together
TOLERANCE: dict[FormatName, float] = dict.fromkeys(FORMATS, FINE) | {"voc": WHOLE_PIXELS}
FORMATS_THAT_KEEP_EMPTY = set(FORMATS) - {"makesense"}


def there_and_back(dataset: Dataset, name: FormatName, folder: Path) -> Dataset:
    """Write `dataset` in a format, read it, write what was read for the platform, read that."""
    read, write = FORMATS[name]
    (folder / name).mkdir()
    write(dataset, folder / name)
    [read_back] = read(Source(folder / name)).datasets
    FORMATS["platform"][1](read_back, folder / "back")
    return read_dataset(folder / "back")


def images_of(dataset: Dataset) -> dict[tuple[str, str], AnnotatedImage]:
    return {(asset.name, image.stem): image for asset in dataset.assets for image in asset.images}


def names_of(dataset: Dataset, image: AnnotatedImage) -> list[str]:
    return [dataset.class_names[label] for label in image.labels]


def test_formats__names__are_those_that_a_user_may_give() -> None:
    assert tuple(FORMATS) == get_args(FormatName)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None)
@given(drawn=datasets)
def test_formats__there_and_back__gives_the_same_boxes(
    name: FormatName, drawn: RandomDataset
) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        dataset = read_dataset(write_random_dataset(folder / "set", drawn))
        back = there_and_back(dataset, name, folder)
        ours, theirs = images_of(dataset), images_of(back)
        assert theirs.keys() == ours.keys()
        for key, image in ours.items():
            found = theirs[key]
            is_kept = name in FORMATS_THAT_KEEP_EMPTY or len(image.boxes) > 0
            assert found.is_annotated == (image.is_annotated and is_kept)
            assert names_of(back, found) == names_of(dataset, image)
            np.testing.assert_allclose(found.boxes, image.boxes, atol=TOLERANCE[name], rtol=0)
            assert (found.height, found.width) == (image.height, image.width)
