"""Tests for `gapjunction.dataset.formats.label_studio_images`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.image_files import ImageFiles
from gapjunction.dataset.formats.label_studio_images import image_of_task
from gapjunction.errors import DatasetError

FILE, ROOT = Path("tasks.json"), Path("images")
IMAGES = ImageFiles(ROOT, (ROOT / "a.png", ROOT / "b.png"), "rat")


@pytest.mark.parametrize(
    "data",
    [
        {"image": "a.png"},
        {"picture": "/data/upload/3/1234abcd-a.png"},
        {"image": "/data/local-files/?d=rats/a.png"},
        {"animal": "7", "picture": "https://server/a.png?token=1"},
        {"image": "a.png", "thumbnail": "https://server/a.png"},
        {"image": "a", "animal": "b"},
    ],
    ids=["image", "upload", "local", "beside a text", "twice", "without suffix"],
)
def test_image_of_task__one_image__is_it(data: dict[str, str]) -> None:
    assert image_of_task(data, IMAGES, FILE, "task 0") == ROOT / "a.png"


def test_image_of_task__two_images__are_refused() -> None:
    with pytest.raises(DatasetError, match=r"task 0: expected one image in a task, found a\.png"):
        image_of_task({"image": "a.png", "after": "b.png"}, IMAGES, FILE, "task 0")
