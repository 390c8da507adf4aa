"""Files of other formats, made for tests of what lies beside the rules of these."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import roifile
from PIL import Image

from gapjunction.dataset.formats.by_name import FormatName

HEIGHT, WIDTH = 80, 100
BOX = [10.0, 20.0, 6.0, 5.0]
POINT = [17.0, 27.0, 6.0, 6.0]  # the square around x 20, y 30
Content = str | bytes


@dataclass(frozen=True)
class Oddity:
    """What lies beside an image a.png of 100 x 80 px, and what `gapjunction convert` makes of it.

    Attributes:
        what: as docs/oddities.md calls it.
        files: their content by their names.
        boxes: (x, y, width, height) of each; None where it is refused.
        says: in the line of error, or among the notes.
    """

    what: str
    format_name: FormatName
    files: dict[str, Content]
    boxes: list[list[float]] | None
    says: str = ""

    def fill(self, folder: Path) -> None:
        """Write the image and the files."""
        folder.mkdir(parents=True)
        Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint8)).save(folder / "a.png")
        for name, content in self.files.items():
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)


def coco_file(image: dict[str, Any] | None = None, **changes: Any) -> dict[str, Content]:
    """Return a COCO file with one box, but for the changes."""
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": BOX}
    content = {
        "images": [
            {"id": 1, "file_name": "a.png", "width": WIDTH, "height": HEIGHT} | (image or {})
        ],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": "plaque"}],
    }
    return {"coco.json": json.dumps(content | changes)}


def coco_boxes(*changes: dict[str, Any]) -> dict[str, Content]:
    """Return a COCO file with an annotation for each of these changes of one without a box."""
    base = {"id": 1, "image_id": 1, "category_id": 1}
    return coco_file(annotations=[base | each for each in changes])


def yolo(lines: Content, names: str = "names: [plaque]\n") -> dict[str, Content]:
    """Return a label file and the class names."""
    return {"a.txt": lines, "data.yaml": names}


def voc(objects: str, size: str = "") -> dict[str, Content]:
    """Return a Pascal VOC file."""
    return {"a.xml": f"<annotation><filename>a.png</filename>{size}{objects}</annotation>"}


def voc_object(x0: float, y0: float, x1: float, y1: float, more: str = "") -> str:
    """Return an object of Pascal VOC, counted from pixel 1."""
    sides = f"<xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
    return f"<object><name>plaque</name>{more}<bndbox>{sides}</bndbox></object>"


def cvat(shapes: str) -> dict[str, Content]:
    """Return a CVAT file with these shapes."""
    image = f'<image id="0" name="a.png" width="{WIDTH}" height="{HEIGHT}">{shapes}</image>'
    return {"annotations.xml": f"<annotations>{image}</annotations>"}


def label_studio(image: str, *annotations: list[dict[str, Any]]) -> dict[str, Content]:
    """Return a task with these annotations."""
    tasks = [{"data": {"image": image}, "annotations": [{"result": each} for each in annotations]}]
    return {"tasks.json": json.dumps(tasks)}


def region(**changes: Any) -> dict[str, Any]:
    """Return a rectangle of Label Studio, at BOX but for the changes."""
    value = {"x": 10, "y": 25, "width": 6, "height": 6.25, "rectanglelabels": ["plaque"]}
    size = {"original_width": WIDTH, "original_height": HEIGHT}
    return {"type": "rectanglelabels", "value": value | changes, **size}


def labelme(
    kind: str, corners: list[list[float]], mask: str | None = None, **changes: Any
) -> dict[str, Content]:
    """Return a LabelMe file with one shape."""
    shape = {"label": "plaque", "shape_type": kind, "points": corners, "mask": mask}
    size = {"imageHeight": HEIGHT, "imageWidth": WIDTH}
    return {"a.json": json.dumps({"imagePath": "a.png", "shapes": [shape]} | size | changes)}


def roi(left: int, top: int, right: int, bottom: int) -> bytes:
    """Return a rectangle as ImageJ saves it."""
    roi = roifile.ImagejRoi()
    roi.roitype, roi.version = roifile.ROI_TYPE.RECT, 228
    roi.left, roi.top, roi.right, roi.bottom = left, top, right, bottom
    content: bytes = roi.tobytes()
    return content


def zipped(*members: bytes, suffix: str = ".roi") -> dict[str, Content]:
    """Return a ROI set with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number:04}{suffix}", member)
    return {"a_RoiSet.zip": stream.getvalue()}


def qupath(*features: dict[str, Any]) -> dict[str, Content]:
    """Return a GeoJSON file of a feature, or of a list of such."""
    return {"a.geojson": json.dumps(features[0] if len(features) == 1 else features)}


def feature(kind: str, coordinates: Any) -> dict[str, Any]:
    """Return an annotation of QuPath."""
    named = {"objectType": "annotation", "classification": {"name": "plaque"}}
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": named}
