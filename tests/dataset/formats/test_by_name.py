"""Round trips through all formats of `gapjunction.dataset.formats.by_name`."""

import csv
import tempfile
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import build_dataset
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.errors import GapJunctionError
from random_datasets import Dataset as RandomDataset
from random_datasets import datasets, write_random_dataset

WHOLE_PIXELS = 0.5
FINE = 0.004  # px: what rounding to 0.001 px and to single precision make together
WRONG = (
    b"",
    b"NaN",
    b"null",
    b"-1",
    b"[]",
    b"{}",
    b'""',
    b"\x00",
    b"\xff",
    b"<",
    b",",
    b"\n",
    b"1e999",
)
TOLERANCE: dict[FormatName, float] = dict.fromkeys(FORMATS, FINE) | {"voc": WHOLE_PIXELS}
FORMATS_THAT_KEEP_EMPTY = sorted(set(FORMATS) - {"makesense"})


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
@settings(max_examples=settings().max_examples // 5)  # each writes whole datasets
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


def folder_of(name: FormatName, folder: Path) -> Path:
    """Write a small dataset in a format and return its folder."""
    root = build_dataset(folder / "set", num_assets=1, images_per_asset=1, boxes_per_image=2)
    if name == "platform":
        return root
    (folder / name).mkdir()
    FORMATS[name][1](read_dataset(root), folder / name)
    return folder / name


@pytest.mark.parametrize("name", FORMATS)
@given(choices=st.data())
def test_formats__damaged_file__is_read_or_refused_in_one_line(
    name: FormatName, choices: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = folder_of(name, Path(parent))
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".png")
        path = choices.draw(st.sampled_from(files))
        content = path.read_bytes()
        start = choices.draw(st.integers(0, len(content)))
        stop = choices.draw(st.integers(start, min(start + 20, len(content))))
        inserted = choices.draw(st.sampled_from(WRONG))
        path.write_bytes(content[:start] + inserted + content[stop:])
        message = ""
        try:
            FORMATS[name][0](Source(folder))
        except GapJunctionError as error:
            message = str(error)
        assert "\n" not in message


@pytest.mark.parametrize("name", FORMATS)
def test_formats__classes_and_images_called_like_formulas__are_as_they_were(
    name: FormatName, tmp_path: Path
) -> None:
    root = build_dataset(
        tmp_path / "=set", num_assets=1, images_per_asset=2, class_names=("=1+1", "@b", "'-c")
    )
    dataset = read_dataset(root)
    back = there_and_back(dataset, name, tmp_path)
    ours, theirs = images_of(dataset), images_of(back)
    assert {key: names_of(back, image) for key, image in theirs.items()} == {
        key: names_of(dataset, image) for key, image in ours.items()
    }
    for table in tmp_path.rglob("*.csv"):
        cells = [cell for row in csv.reader(table.read_text().splitlines()) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
