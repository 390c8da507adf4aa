"""Read the boxes of one image, and see that they are its own."""

from pathlib import Path

from gapjunction.dataset.assets import stems_of_key
from gapjunction.detections_csv import read_box_table
from gapjunction.detections_json import DetectionFile, read_detection_file, stem_of
from gapjunction.errors import DetectionsFileError
from gapjunction.text import normalized


def read_boxes_of_image(path: Path) -> DetectionFile:
    """Read a detection file, or box table, that is named after its image.

    Raises:
        DetectionsFileError: if it cannot be read, if its key is another image's stem, or if a
            box has a negative side.
    """
    content = read_box_table(path) if path.suffix == ".csv" else read_detection_file(path)
    _require_key_of_file(content.stem, path)
    for index, record in enumerate(content.records):
        if record.bbox_width < 0 or record.bbox_height < 0:
            raise DetectionsFileError(
                path,
                item=f"box {index}",
                expected="a width and a height of 0 or more",
                found=f"{record.bbox_width} x {record.bbox_height}",
                fix="correct the box",
            )
    return content


def _require_key_of_file(key: str, path: Path) -> None:
    """Refuse boxes of another image than the one that the file is named after.

    Where images share a stem, `predict` calls files dataset__asset__stem; their key is the stem.

    Raises:
        DetectionsFileError: if the key is another image's stem.
    """
    stem = normalized(stem_of(path.name))
    if not any(stem == name or stem.endswith(f"__{name}") for name in stems_of_key(key) if name):
        raise DetectionsFileError(
            path,
            item="key",
            expected=f"the image's stem {stem!r}",
            found=repr(key),
            fix="correct the key, or the file's name, whichever is wrong",
        )
