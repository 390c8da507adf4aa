"""Which image a task of Label Studio is about."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gapjunction.dataset.formats.image_files import LONGEST_SHOWN, ImageFiles
from gapjunction.dataset.formats.records_of_files import text
from gapjunction.errors import DatasetError
from gapjunction.images.pictures import IMAGE_SUFFIXES

UPLOAD_PREFIX = 9  # eight characters and a hyphen, which an upload puts before a name


def image_of_task(data: Mapping[str, object], images: ImageFiles, file: Path, item: str) -> Path:
    """Return the image of a task, given by a path, a URL, or as uploads and storages name it.

    A task may have other texts beside it, such as the name of an animal.

    Raises:
        DatasetError: if there is none, or several.
    """
    texts = [value for value in data.values() if isinstance(value, str)]
    links = [value for value in texts if _name(value).lower().endswith(IMAGE_SUFFIXES)]
    named = dict.fromkeys(_name(link).rsplit("/", 1)[-1] for link in links)
    if len(named) > 1:
        found = ", ".join(named)[:LONGEST_SHOWN]
        fix = "make a task of each image"
        raise DatasetError(file, item=item, expected="one image in a task", found=found, fix=fix)
    first = next(iter([*links, *texts]), None)
    name = _name(text(data.get("image") or first, "an image", file, item))
    try:
        return images.named(name, file, item)
    except DatasetError:
        last = name.rsplit("/", 1)[-1]
        if last[UPLOAD_PREFIX - 1 : UPLOAD_PREFIX] != "-":
            raise
        return images.named(last[UPLOAD_PREFIX:], file, item)


def _name(link: str) -> str:
    parts = urlsplit(link)
    return parse_qs(parts.query).get("d", [parts.path if parts.scheme else link])[0]
